//! One's own account: the password, and the browsers that are signed in.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::accounts::{KeyId, Secret, SessionId, Visit};
use crate::web::error::WebError;
use crate::web::identity::Own;
use crate::web::page::{Place, Shell, keep_nowhere, render};
use crate::web::pages::keys::{KeysPart, new_key};
use crate::web::{AppState, identity, words};

#[derive(Template)]
#[template(path = "pages/account.html")]
struct AccountPage {
    shell: Shell,
    name: String,
    role: String,
    sessions: Vec<SessionView>,
    keys: KeysPart,
    notice: Option<String>,
    problem: Option<String>,
}

struct SessionView {
    end: String,
    agent: String,
    address: String,
    seen: String,
    seen_machine: String,
    current: bool,
}

/// What the form for another password sends.
#[derive(Deserialize)]
pub struct Passwords {
    old: String,
    new: String,
}

/// `GET /account`
pub async fn show(
    request: HttpRequest,
    Own(visit): Own,
    state: web::Data<AppState>,
) -> Result<HttpResponse, WebError> {
    page(&request, &visit, &state, Outcome::None, StatusCode::OK).await
}

/// `POST /account/password`
pub async fn password(
    request: HttpRequest,
    Own(visit): Own,
    state: web::Data<AppState>,
    form: web::Form<Passwords>,
) -> Result<HttpResponse, WebError> {
    let from = identity::origin(&request);
    let changed = state
        .accounts
        .change_password(&visit, &form.old, &form.new, &from)
        .await;
    let t = Shell::for_request(&request, Place::Account).t;
    match changed {
        Ok(()) => {
            let notice = Outcome::Done(t.get("account-password-changed").into_owned());
            page(&request, &visit, &state, notice, StatusCode::OK).await
        }
        Err(error) => {
            let error = WebError::from(error);
            let problem = Outcome::Problem(error.explained(t));
            let status = actix_web::ResponseError::status_code(&error);
            page(&request, &visit, &state, problem, status).await
        }
    }
}

/// `POST /account/sessions/{id}/end`
pub async fn end(
    Own(visit): Own,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    state.accounts.end_session(&visit.staff, SessionId(*id)).await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, "/account"))
        .finish())
}

/// `POST /account/keys`
pub async fn make_key(
    request: HttpRequest,
    visit: Visit,
    state: web::Data<AppState>,
    fields: web::Form<Vec<(String, String)>>,
) -> Result<HttpResponse, WebError> {
    match state.accounts.make_key(&visit.staff, &new_key(&fields)).await {
        Ok(secret) => {
            let made = Outcome::Key(secret);
            Ok(keep_nowhere(
                page(&request, &visit, &state, made, StatusCode::OK).await?,
            ))
        }
        Err(error) => {
            let error = WebError::from(error);
            let t = Shell::for_request(&request, Place::Account).t;
            let problem = Outcome::Problem(error.explained(t));
            let status = actix_web::ResponseError::status_code(&error);
            page(&request, &visit, &state, problem, status).await
        }
    }
}

/// `POST /account/keys/{id}/revoke`
pub async fn revoke_key(
    visit: Visit,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    state.accounts.revoke_key(&visit.staff, KeyId(*id)).await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, "/account#keys"))
        .finish())
}

/// What became of a change.
enum Outcome {
    None,
    Done(String),
    Problem(String),
    /// A key was made, whose secret is shown once.
    Key(Secret),
}

/// The page, with what became of a change.
async fn page(
    request: &HttpRequest,
    visit: &Visit,
    state: &AppState,
    outcome: Outcome,
    status: StatusCode,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(request, Place::Account);
    let t = shell.t;
    let sessions = state.accounts.sessions(&visit.staff).await?;
    let keys = state.accounts.keys(&visit.staff).await?;
    let (mut notice, mut problem, mut made) = (None, None, None);
    match outcome {
        Outcome::None => {}
        Outcome::Done(text) => notice = Some(text),
        Outcome::Problem(text) => problem = Some(text),
        Outcome::Key(secret) => made = Some(secret),
    }
    let page = AccountPage {
        name: visit.staff.name.clone(),
        role: t.get(&format!("role-{}", visit.staff.role.as_str())).into_owned(),
        sessions: sessions
            .into_iter()
            .map(|session| SessionView {
                end: format!("/account/sessions/{}/end", session.id.0),
                seen: words::time(t, session.seen_ms),
                seen_machine: words::machine_time(session.seen_ms),
                current: visit.session == Some(session.id),
                agent: session.agent,
                address: session.address,
            })
            .collect(),
        keys: KeysPart::new(t, "/account/keys", &keys, visit.staff.role, made),
        notice,
        problem,
        shell,
    };
    render(&page, status)
}
