//! The link with which the holder of an account chooses a password.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use askama::Template;
use serde::Deserialize;

use crate::accounts::AccountsError;
use crate::web::error::WebError;
use crate::web::page::{Place, Shell, render};
use crate::web::{AppState, identity};

#[derive(Template)]
#[template(path = "pages/invitation.html")]
struct InvitationPage {
    shell: Shell,
    key: String,
    name: String,
    problem: Option<String>,
}

/// What the link carries.
#[derive(Deserialize)]
pub struct Link {
    #[serde(default)]
    key: String,
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Form {
    key: String,
    password: String,
}

/// `GET /invitation?key=...`
pub async fn form(
    request: HttpRequest,
    state: web::Data<AppState>,
    link: web::Query<Link>,
) -> Result<HttpResponse, WebError> {
    let account = state.accounts.holder_of_link(&link.key).await?;
    let page = InvitationPage {
        shell: Shell::for_request(&request, Place::Nowhere),
        key: link.into_inner().key,
        name: account.name,
        problem: None,
    };
    render(&page, StatusCode::OK)
}

/// `POST /invitation`
pub async fn accept(
    request: HttpRequest,
    state: web::Data<AppState>,
    form: web::Form<Form>,
) -> Result<HttpResponse, WebError> {
    let from = identity::origin(&request);
    let form = form.into_inner();
    match state.accounts.use_link(&form.key, &form.password, &from).await {
        Ok(secret) => Ok(HttpResponse::SeeOther()
            .cookie(identity::cookie(&request, &secret))
            .insert_header((LOCATION, "/"))
            .finish()),
        Err(AccountsError::Password) => {
            let error = WebError::from(AccountsError::Password);
            let shell = Shell::for_request(&request, Place::Nowhere);
            let page = InvitationPage {
                name: state.accounts.holder_of_link(&form.key).await?.name,
                key: form.key,
                problem: Some(error.explained(shell.t)),
                shell,
            };
            render(&page, error.status_code())
        }
        Err(error) => Err(error.into()),
    }
}
