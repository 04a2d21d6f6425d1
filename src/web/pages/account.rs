//! One's own account: the password, and the browsers that are signed in.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::accounts::{SessionId, Visit};
use crate::web::error::WebError;
use crate::web::identity::Own;
use crate::web::page::{Place, Shell, render};
use crate::web::{AppState, identity, words};

#[derive(Template)]
#[template(path = "pages/account.html")]
struct AccountPage {
    shell: Shell,
    name: String,
    role: String,
    sessions: Vec<SessionView>,
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
    page(&request, &visit, &state, None, StatusCode::OK).await
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
            let notice = Ok(t.get("account-password-changed").into_owned());
            page(&request, &visit, &state, Some(notice), StatusCode::OK).await
        }
        Err(error) => {
            let error = WebError::from(error);
            let problem = Err(error.explained(t));
            let status = actix_web::ResponseError::status_code(&error);
            page(&request, &visit, &state, Some(problem), status).await
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

/// The page, with what became of a change.
async fn page(
    request: &HttpRequest,
    visit: &Visit,
    state: &AppState,
    outcome: Option<Result<String, String>>,
    status: StatusCode,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(request, Place::Account);
    let t = shell.t;
    let sessions = state.accounts.sessions(&visit.staff).await?;
    let (notice, problem) = match outcome {
        Some(Ok(notice)) => (Some(notice), None),
        Some(Err(problem)) => (None, Some(problem)),
        None => (None, None),
    };
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
        notice,
        problem,
        shell,
    };
    render(&page, status)
}
