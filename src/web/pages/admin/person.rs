//! One person: role, groups, a link for the password, sessions, API keys.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::people::{NewLink, link, reads, role, standing};
use super::{Done, Fields, Tick, lead_to, roles, values};
use crate::accounts::{GroupId, KeyId, Secret};
use crate::domain::{Administrator, PersonId};
use crate::web::error::WebError;
use crate::web::page::{Choice, Place, Shell, address, keep_nowhere, render};
use crate::web::pages::keys::{KeysPart, new_key};
use crate::web::{AppState, words};

#[derive(Template)]
#[template(path = "pages/admin/person.html")]
struct PersonPage {
    shell: Shell,
    at: &'static str,
    name: String,
    state: &'static str,
    state_name: String,
    reads: String,
    seen: String,
    here: String,
    history: String,
    roles: Vec<Choice>,
    let_in: bool,
    service: bool,
    may_have_link: bool,
    link_until: Option<String>,
    link: Option<NewLink>,
    groups: Vec<Tick>,
    keys: KeysPart,
    notice: Option<String>,
}

/// What the form about the account sends.
#[derive(Debug, Deserialize)]
pub struct Standing {
    role: String,
    let_in: Option<String>,
}

/// `GET /admin/people/{id}`
pub async fn show(
    request: HttpRequest,
    by: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    done: web::Query<Done>,
) -> Result<HttpResponse, WebError> {
    page(&request, &by, &state, PersonId(*id), &done, Secrets::default()).await
}

/// `POST /admin/people/{id}/standing`
pub async fn stand(
    by: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    form: web::Form<Standing>,
) -> Result<HttpResponse, WebError> {
    let (role, out) = (role(&form.role)?, form.let_in.is_none());
    state.accounts.set_standing(&by, PersonId(*id), role, out).await?;
    Ok(saved(*id))
}

/// `POST /admin/people/{id}/groups`: those that were listed, and those that are ticked.
pub async fn join(
    by: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    fields: web::Form<Fields>,
) -> Result<HttpResponse, WebError> {
    for group in values(&fields, "listed") {
        let member = values(&fields, "group").any(|ticked| ticked == group);
        let group = GroupId(group.parse().map_err(|_| WebError::NotFound)?);
        state
            .accounts
            .set_member(&by, group, PersonId(*id), member)
            .await?;
    }
    Ok(saved(*id))
}

/// `POST /admin/people/{id}/link`
pub async fn make_link(
    request: HttpRequest,
    by: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    let secret = state.accounts.make_link(&by, PersonId(*id)).await?;
    let secrets = Secrets {
        link: Some(link(&request, &secret)),
        key: None,
    };
    let shown = page(&request, &by, &state, PersonId(*id), &Done::default(), secrets).await?;
    Ok(keep_nowhere(shown))
}

/// `POST /admin/people/{id}/sign-out`
pub async fn sign_out(
    by: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    state.accounts.end_sessions_of(&by, PersonId(*id)).await?;
    Ok(saved(*id))
}

/// `POST /admin/people/{id}/keys`
pub async fn make_key(
    request: HttpRequest,
    by: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    fields: web::Form<Fields>,
) -> Result<HttpResponse, WebError> {
    let secret = state
        .accounts
        .make_service_key(&by, PersonId(*id), &new_key(&fields))
        .await?;
    let secrets = Secrets {
        link: None,
        key: Some(secret),
    };
    let shown = page(&request, &by, &state, PersonId(*id), &Done::default(), secrets).await?;
    Ok(keep_nowhere(shown))
}

/// `POST /admin/people/{id}/keys/{key}/revoke`
pub async fn revoke_key(
    by: Administrator,
    state: web::Data<AppState>,
    ids: web::Path<(i64, i64)>,
) -> Result<HttpResponse, WebError> {
    let (person, key) = ids.into_inner();
    state
        .accounts
        .revoke_key_of(&by, PersonId(person), KeyId(key))
        .await?;
    Ok(saved(person))
}

fn saved(id: i64) -> HttpResponse {
    lead_to(&format!("/admin/people/{id}?done=saved"))
}

/// What is shown once.
#[derive(Default)]
struct Secrets {
    link: Option<String>,
    key: Option<Secret>,
}

async fn page(
    request: &HttpRequest,
    by: &Administrator,
    state: &AppState,
    id: PersonId,
    done: &Done,
    secrets: Secrets,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(request, Place::Admin);
    let t = shell.t;
    let people = state.accounts.people(by).await?;
    let person = people.into_iter().find(|person| person.account.id == id);
    let person = person.ok_or(WebError::NotFound)?;
    let groups = state.accounts.groups(by).await?;
    let keys = state.accounts.keys_of(by, id).await?;
    let (state_chip, state_name) = standing(t, &person);
    let own_password = person.account.source == crate::accounts::Vouching::Local && !person.service;
    let here = format!("/admin/people/{id}");
    let page = PersonPage {
        at: "people",
        state: state_chip,
        state_name,
        reads: reads(t, &person),
        seen: person
            .account
            .seen_ms
            .map_or_else(|| t.get("never").into_owned(), |ms| words::time(t, ms)),
        history: address("/admin/audit", &[("person", &person.account.name)]),
        roles: roles(t, person.account.role),
        let_in: !person.account.disabled,
        service: person.service,
        may_have_link: own_password && !person.account.disabled,
        link_until: person.link_until_ms.map(|ms| words::time(t, ms)),
        link: secrets.link.map(|address| NewLink {
            name: person.account.name.clone(),
            address,
        }),
        groups: groups
            .into_iter()
            .filter(|group| group.id != GroupId::EVERYONE)
            .map(|group| Tick {
                id: group.id.0,
                ticked: group.members.contains(&id),
                name: group.name,
            })
            .collect(),
        keys: KeysPart::new(t, &format!("{here}/keys"), &keys, person.effective, secrets.key)
            .changeable(person.service),
        notice: done.notice(t),
        name: person.account.name,
        here,
        shell,
    };
    render(&page, StatusCode::OK)
}
