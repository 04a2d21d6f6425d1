//! Set-up: the link that the console prints makes the first administrator.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::accounts::AccountsError;
use crate::web::client::Listening;
use crate::web::error::WebError;
use crate::web::page::{Place, Shell, render};
use crate::web::{AppState, identity};

#[derive(Template)]
#[template(path = "pages/set_up.html")]
struct SetUpPage {
    shell: Shell,
    key: String,
    name: String,
    shared: bool,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/set_up_done.html")]
struct DonePage {
    shell: Shell,
    address: String,
    fingerprint: Option<String>,
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
    name: String,
    password: String,
    shared: Option<String>,
}

/// `GET /set-up?key=...`
pub async fn form(
    request: HttpRequest,
    state: web::Data<AppState>,
    link: web::Query<Link>,
) -> Result<HttpResponse, WebError> {
    if !state.accounts.may_set_up(&link.key).await? {
        return Err(AccountsError::SetUpLink.into());
    }
    let page = SetUpPage {
        shell: Shell::for_request(&request, Place::Nowhere),
        key: link.into_inner().key,
        name: String::new(),
        shared: false,
        problem: None,
    };
    render(&page, StatusCode::OK)
}

/// `POST /set-up`
pub async fn set_up(
    request: HttpRequest,
    state: web::Data<AppState>,
    listening: web::Data<Listening>,
    form: web::Form<Form>,
) -> Result<HttpResponse, WebError> {
    let from = identity::origin(&request);
    let form = form.into_inner();
    let shared = form.shared.is_some();
    let made = state
        .accounts
        .set_up(&form.key, &form.name, &form.password, shared, &from)
        .await;
    match made {
        Ok(secret) => match &listening.later {
            None => Ok(HttpResponse::SeeOther()
                .cookie(identity::cookie(&request, &secret))
                .insert_header((LOCATION, "/"))
                .finish()),
            // From now on Gemba listens elsewhere, encrypted, where this browser is not signed in.
            Some(later) => {
                if let Some(visit) = state.accounts.identify(secret.reveal()).await? {
                    state.accounts.sign_out(&visit).await?;
                }
                let page = DonePage {
                    shell: Shell::for_request(&request, Place::Nowhere),
                    address: later.address.clone(),
                    fingerprint: later.fingerprint.clone(),
                };
                render(&page, StatusCode::OK)
            }
        },
        Err(error @ (AccountsError::Name | AccountsError::Password | AccountsError::Taken(_))) => {
            let error = WebError::from(error);
            let shell = Shell::for_request(&request, Place::Nowhere);
            let page = SetUpPage {
                key: form.key,
                name: form.name,
                shared,
                problem: Some(error.explained(shell.t)),
                shell,
            };
            render(&page, actix_web::ResponseError::status_code(&error))
        }
        Err(error) => Err(error.into()),
    }
}
