//! Sign-in with name and password, and its end.

use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::switch::inside;
use crate::accounts::Visit;
use crate::web::error::WebError;
use crate::web::page::{Place, Shell, address, render};
use crate::web::texts::Texts;
use crate::web::{AppState, identity};

#[derive(Template)]
#[template(path = "pages/sign_in.html")]
struct SignInPage {
    shell: Shell,
    name: String,
    back: String,
    problem: Option<String>,
    /// The way to the provider, and what the link says.
    provider: Option<(String, String)>,
}

/// What the address carries.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    back: String,
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Form {
    name: String,
    password: String,
    #[serde(default)]
    back: String,
}

/// `GET /sign-in?back=...`
pub async fn form(
    request: HttpRequest,
    state: web::Data<AppState>,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, WebError> {
    let back = inside(&wanted.back);
    if identity::known(&request).is_some() {
        return Ok(HttpResponse::SeeOther().insert_header((LOCATION, back)).finish());
    }
    let shell = Shell::for_request(&request, Place::Nowhere);
    let page = SignInPage {
        name: String::new(),
        back: back.to_owned(),
        problem: None,
        provider: provider(&state, back, shell.t),
        shell,
    };
    render(&page, StatusCode::OK)
}

/// `POST /sign-in`
pub async fn sign_in(
    request: HttpRequest,
    state: web::Data<AppState>,
    form: web::Form<Form>,
) -> Result<HttpResponse, WebError> {
    let from = identity::origin(&request);
    match state.accounts.sign_in(&form.name, &form.password, &from).await {
        Ok(secret) => Ok(HttpResponse::SeeOther()
            .cookie(identity::cookie(&request, &secret))
            .insert_header((LOCATION, inside(&form.back)))
            .finish()),
        Err(error) => {
            let error = WebError::from(error);
            error.log(request.path());
            let shell = Shell::for_request(&request, Place::Nowhere);
            let page = SignInPage {
                name: form.name.clone(),
                back: inside(&form.back).to_owned(),
                problem: Some(error.explained(shell.t)),
                provider: provider(&state, inside(&form.back), shell.t),
                shell,
            };
            let mut response = render(&page, actix_web::ResponseError::status_code(&error))?;
            if let Some(seconds) = error.retry_after() {
                response.headers_mut().insert(RETRY_AFTER, seconds.into());
            }
            Ok(response)
        }
    }
}

/// The way to the provider, and what the link says.
fn provider(state: &AppState, back: &str, t: Texts) -> Option<(String, String)> {
    let way = address("/sign-in/provider", &[("back", back)]);
    let says = match state.accounts.provider()? {
        "" => t.get("sign-in-company"),
        label => t.with("sign-in-with", "label", label),
    };
    Some((way, says.into_owned()))
}

/// `POST /sign-out`
pub async fn sign_out(
    request: HttpRequest,
    visit: Visit,
    state: web::Data<AppState>,
) -> Result<HttpResponse, WebError> {
    state.accounts.sign_out(&visit).await?;
    Ok(HttpResponse::SeeOther()
        .cookie(identity::no_cookie(&request))
        .insert_header((LOCATION, "/sign-in"))
        .finish())
}
