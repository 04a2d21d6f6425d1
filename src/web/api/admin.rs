//! The JSON twins of People, Groups and Audit, for scripts.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Deserializer};
use serde_json::json;

use crate::accounts::{AuditEntry, GroupId};
use crate::domain::{Administrator, Collection, PersonId, Role};
use crate::web::AppState;
use crate::web::error::WebError;
use crate::web::pages::admin::audit::{PAGE, Searched};
use crate::web::pages::admin::people::link;
use crate::web::pages::admin::{models, overview};

/// A new account: `{"name": "ana", "role": "staff", "service": false}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    name: String,
    #[serde(default)]
    role: Role,
    #[serde(default)]
    service: bool,
}

/// A change of an account: `{"role": "inspector", "disabled": false}`; what is absent stays as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    role: Option<Role>,
    disabled: Option<bool>,
}

/// A new group: `{"name": "Quality", "role": null, "external": null}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    name: String,
    role: Option<Role>,
    external: Option<String>,
}

/// A grant: `{"collection": "quality", "granted": true}`. The collection `null` is all of them, also those to come; `""`
/// is the documents folder itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    // To forget it must not mean everything.
    #[serde(deserialize_with = "named")]
    collection: Option<Collection>,
    granted: bool,
}

fn named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Collection>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(Collection))
}

/// The model that is to write: `{"model": "mine"}`, or `null` for none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    // To forget it must not mean none.
    #[serde(deserialize_with = "Option::deserialize")]
    model: Option<String>,
}

/// `GET /api/admin/people`
pub async fn people(by: Administrator, state: web::Data<AppState>) -> Result<HttpResponse, WebError> {
    Ok(HttpResponse::Ok().json(json!({ "people": state.accounts.people(&by).await? })))
}

/// `POST /api/admin/people`: with the link by which its holder chooses a password, unless it is for a program.
pub async fn add_person(
    request: HttpRequest,
    by: Administrator,
    state: web::Data<AppState>,
    new: web::Json<NewPerson>,
) -> Result<HttpResponse, WebError> {
    let made = if new.service {
        json!({ "id": state.accounts.add_service(&by, &new.name, new.role).await? })
    } else {
        let (id, secret) = state.accounts.invite_person(&by, &new.name, new.role).await?;
        json!({ "id": id, "link": link(&request, &secret) })
    };
    Ok(HttpResponse::Created().json(made))
}

/// `PATCH /api/admin/people/{id}`
pub async fn stand(
    by: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    standing: web::Json<Standing>,
) -> Result<HttpResponse, WebError> {
    let people = state.accounts.people(&by).await?;
    let person = people.into_iter().find(|person| person.account.id.0 == *id);
    let account = person.ok_or(WebError::NotFound)?.account;
    let role = standing.role.unwrap_or(account.role);
    let disabled = standing.disabled.unwrap_or(account.disabled);
    state
        .accounts
        .set_standing(&by, account.id, role, disabled)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/admin/people/{id}/link`
pub async fn make_link(
    request: HttpRequest,
    by: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    let secret = state.accounts.make_link(&by, PersonId(*id)).await?;
    Ok(HttpResponse::Created().json(json!({ "link": link(&request, &secret) })))
}

/// `GET /api/admin/groups`
pub async fn groups(by: Administrator, state: web::Data<AppState>) -> Result<HttpResponse, WebError> {
    Ok(HttpResponse::Ok().json(json!({ "groups": state.accounts.groups(&by).await? })))
}

/// `POST /api/admin/groups`
pub async fn add_group(
    by: Administrator,
    state: web::Data<AppState>,
    new: web::Json<NewGroup>,
) -> Result<HttpResponse, WebError> {
    let id = state
        .accounts
        .add_group(&by, &new.name, new.role, new.external.as_deref())
        .await?;
    Ok(HttpResponse::Created().json(json!({ "id": id })))
}

/// `DELETE /api/admin/groups/{id}`
pub async fn remove_group(
    by: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    state.accounts.remove_group(&by, GroupId(*id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `PUT /api/admin/groups/{id}/members/{person}`
pub async fn join(
    by: Administrator,
    state: web::Data<AppState>,
    ids: web::Path<(i64, i64)>,
) -> Result<HttpResponse, WebError> {
    member(&by, &state, *ids, true).await
}

/// `DELETE /api/admin/groups/{id}/members/{person}`
pub async fn leave(
    by: Administrator,
    state: web::Data<AppState>,
    ids: web::Path<(i64, i64)>,
) -> Result<HttpResponse, WebError> {
    member(&by, &state, *ids, false).await
}

async fn member(
    by: &Administrator,
    state: &AppState,
    (group, person): (i64, i64),
    member: bool,
) -> Result<HttpResponse, WebError> {
    state
        .accounts
        .set_member(by, GroupId(group), PersonId(person), member)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/admin/groups/{id}/grants`
pub async fn grant(
    by: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    grant: web::Json<Grant>,
) -> Result<HttpResponse, WebError> {
    state
        .accounts
        .set_grant(&by, GroupId(*id), grant.collection.as_ref(), grant.granted)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /api/admin/audit?q=...&person=...&action=...&from=...&to=...&page=...`
pub async fn audit(
    by: Administrator,
    state: web::Data<AppState>,
    searched: web::Query<Searched>,
) -> Result<HttpResponse, WebError> {
    searched.strictly()?;
    let offset = u64::from(searched.page() - 1) * u64::from(PAGE);
    let (entries, total): (Vec<AuditEntry>, u64) =
        state.accounts.audit(&by, &searched.query(), offset, PAGE).await?;
    Ok(HttpResponse::Ok().json(json!({
        "total": total,
        "page": searched.page(),
        "pages": total.div_ceil(u64::from(PAGE)),
        "entries": entries,
    })))
}

/// `POST /api/admin/indexes/order`: compacts and merges both indexes once nothing waits to be read. `begun` is false
/// where that was asked for already and is not over; `GET /health` tells how it goes.
pub async fn order(by: Administrator, state: web::Data<AppState>) -> Result<HttpResponse, WebError> {
    let begun = state.library.put_in_order(&by).await;
    Ok(HttpResponse::Accepted().json(json!({ "begun": begun })))
}

/// `GET /api/admin/models`
pub async fn models(by: Administrator, state: web::Data<AppState>) -> Result<HttpResponse, WebError> {
    let models = models::models(&state, &by).await?;
    Ok(HttpResponse::Ok().json(json!({ "writing": state.answerer.condition(), "models": models })))
}

/// `POST /api/admin/models`
pub async fn choose_model(
    by: Administrator,
    state: web::Data<AppState>,
    chosen: web::Json<Chosen>,
) -> Result<HttpResponse, WebError> {
    models::use_model(&state, &by, chosen.into_inner().model).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /api/admin/machine`: sizes, memory and load, for whoever watches machines.
pub async fn machine(by: Administrator, state: web::Data<AppState>) -> Result<HttpResponse, WebError> {
    Ok(HttpResponse::Ok().json(overview::machine(&state, &by).await))
}
