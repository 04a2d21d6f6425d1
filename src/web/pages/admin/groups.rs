//! Groups: who belongs together, and what each may read, as a table of collections and groups.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use askama::Template;
use serde::Deserialize;

use super::{Done, Fields, Tick, lead_to, roles, values};
use crate::accounts::{Group, GroupId, PersonDetails};
use crate::domain::{Administrator, Collection, PersonId, Role};
use crate::web::error::WebError;
use crate::web::page::{Choice, Place, Shell, render};
use crate::web::texts::Texts;
use crate::web::{AppState, words};

/// What the form calls all collections together: no folder can be named so.
const EVERYTHING: &str = "/";

#[derive(Template)]
#[template(path = "pages/admin/groups.html")]
struct GroupsPage {
    shell: Shell,
    at: &'static str,
    groups: Vec<GroupView>,
    rows: Vec<GrantRow>,
    roles: Vec<Choice>,
    name: String,
    external: String,
    notice: Option<String>,
    problem: Option<String>,
}

struct GroupView {
    here: String,
    name: String,
    role: Option<String>,
    external: Option<String>,
    everyone: bool,
    count: String,
    names: String,
    people: Vec<Tick>,
}

/// What the groups may read of one collection.
struct GrantRow {
    form: String,
    value: String,
    name: String,
    everything: bool,
    gone: bool,
    groups: Vec<Tick>,
}

/// What the form for a new group sends.
#[derive(Debug, Deserialize)]
pub struct NewGroup {
    name: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    external: String,
}

/// `GET /admin/groups`
pub async fn list(
    request: HttpRequest,
    by: Administrator,
    state: web::Data<AppState>,
    done: web::Query<Done>,
) -> Result<HttpResponse, WebError> {
    page(&request, &by, &state, &done, None).await
}

/// `POST /admin/groups`
pub async fn add(
    request: HttpRequest,
    by: Administrator,
    state: web::Data<AppState>,
    form: web::Form<NewGroup>,
) -> Result<HttpResponse, WebError> {
    let role = Role::parse(&form.role).filter(|role| *role > Role::Staff);
    let added = state
        .accounts
        .add_group(&by, &form.name, role, Some(&form.external))
        .await;
    match added.map_err(WebError::from) {
        Ok(_) => Ok(saved()),
        Err(error) if error.status_code().is_server_error() => Err(error),
        Err(error) => page(&request, &by, &state, &Done::default(), Some((error, &form.0))).await,
    }
}

/// `POST /admin/groups/{id}/remove`
pub async fn remove(
    by: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    state.accounts.remove_group(&by, GroupId(*id)).await?;
    Ok(lead_to("/admin/groups?done=removed"))
}

/// `POST /admin/groups/{id}/members`: the people that were listed, and those that are ticked.
pub async fn members(
    by: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    fields: web::Form<Fields>,
) -> Result<HttpResponse, WebError> {
    let ticked: BTreeSet<&str> = values(&fields, "person").collect();
    for person in values(&fields, "listed") {
        let member = ticked.contains(person);
        let person = PersonId(person.parse().map_err(|_| WebError::NotFound)?);
        state
            .accounts
            .set_member(&by, GroupId(*id), person, member)
            .await?;
    }
    Ok(saved())
}

/// `POST /admin/grants`: one row of the table, the groups that were listed in it, and those that are ticked.
pub async fn grant(
    by: Administrator,
    state: web::Data<AppState>,
    fields: web::Form<Fields>,
) -> Result<HttpResponse, WebError> {
    let collection = match values(&fields, "collection").next() {
        Some(EVERYTHING) => None,
        Some(name) => Some(words::collection_of_parameter(name).ok_or(WebError::NotFound)?),
        None => return Err(WebError::NotFound),
    };
    let ticked: BTreeSet<&str> = values(&fields, "group").collect();
    for group in values(&fields, "listed") {
        let granted = ticked.contains(group);
        let group = GroupId(group.parse().map_err(|_| WebError::NotFound)?);
        state
            .accounts
            .set_grant(&by, group, collection.as_ref(), granted)
            .await?;
    }
    Ok(saved())
}

fn saved() -> HttpResponse {
    lead_to("/admin/groups?done=saved")
}

async fn page(
    request: &HttpRequest,
    by: &Administrator,
    state: &AppState,
    done: &Done,
    failed: Option<(WebError, &NewGroup)>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(request, Place::Admin);
    let t = shell.t;
    let groups = state.accounts.groups(by).await?;
    let people = state.accounts.people(by).await?;
    let there = state.library.collections(by).await?;
    let status = failed
        .as_ref()
        .map_or(StatusCode::OK, |(error, _)| error.status_code());
    let (name, external) = failed
        .as_ref()
        .map_or((String::new(), String::new()), |(_, form)| {
            (form.name.clone(), form.external.clone())
        });
    let page = GroupsPage {
        at: "groups",
        rows: rows(
            t,
            &groups,
            there.into_iter().map(|there| there.collection).collect(),
        ),
        groups: groups
            .iter()
            .map(|group| GroupView::new(t, group, &people))
            .collect(),
        roles: roles(t, Role::Staff),
        name,
        external,
        notice: done.notice(t),
        problem: failed.map(|(error, _)| error.explained(t)),
        shell,
    };
    render(&page, status)
}

/// Everything first, then each collection that is there, and those that are granted though no file lies in them.
fn rows(t: Texts, groups: &[Group], there: BTreeSet<Collection>) -> Vec<GrantRow> {
    let granted = groups.iter().flat_map(|group| &group.collections);
    let all: BTreeSet<Collection> = granted.chain(&there).cloned().collect();
    let ticks = |ticked: &dyn Fn(&Group) -> bool| -> Vec<Tick> {
        groups
            .iter()
            .map(|group| Tick {
                id: group.id.0,
                name: name_of(t, group),
                ticked: ticked(group),
            })
            .collect()
    };
    let mut rows = vec![GrantRow {
        form: "everything".to_owned(),
        value: EVERYTHING.to_owned(),
        name: t.get("grants-everything").into_owned(),
        everything: true,
        gone: false,
        groups: ticks(&|group: &Group| group.everything),
    }];
    for (position, collection) in all.iter().enumerate() {
        rows.push(GrantRow {
            form: format!("row{position}"),
            value: words::collection_parameter(collection).to_owned(),
            name: words::collection(t, collection),
            everything: false,
            gone: !there.contains(collection),
            groups: ticks(&|group: &Group| group.collections.contains(collection)),
        });
    }
    rows
}

/// The group of everybody has a name in each language.
fn name_of(t: Texts, group: &Group) -> String {
    if group.id == GroupId::EVERYONE {
        t.get("group-everyone").into_owned()
    } else {
        group.name.clone()
    }
}

impl GroupView {
    fn new(t: Texts, group: &Group, people: &[PersonDetails]) -> Self {
        let ticks: Vec<Tick> = people
            .iter()
            .map(|person| Tick {
                id: person.account.id.0,
                name: person.account.name.clone(),
                ticked: group.members.contains(&person.account.id),
            })
            .collect();
        let names: Vec<&str> = ticks
            .iter()
            .filter(|tick| tick.ticked)
            .map(|tick| tick.name.as_str())
            .collect();
        Self {
            here: format!("/admin/groups/{}", group.id.0),
            name: name_of(t, group),
            role: group
                .role
                .map(|role| t.get(&format!("role-{}", role.as_str())).into_owned()),
            external: group.external.clone(),
            everyone: group.id == GroupId::EVERYONE,
            count: t.count("members-count", names.len() as u64).into_owned(),
            names: names.join(&t.get("list-comma")),
            people: ticks,
        }
    }
}
