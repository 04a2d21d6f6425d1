//! Kiosks: the signs on machines, for an administrator to make and print, and the link that they bear.

use actix_web::cookie::time::Duration;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::Deserialize;

use crate::accounts::{AccountsError, Kiosk, KioskId};
use crate::domain::Administrator;
use crate::web::client::{Client, Listening};
use crate::web::error::WebError;
use crate::web::identity::KIOSK_COOKIE;
use crate::web::page::{Place, Shell, render};
use crate::web::{AppState, identity};

/// How long a phone that scanned a sign stays at its machine.
const VISIT: Duration = Duration::hours(12);

#[derive(Template)]
#[template(path = "pages/kiosks.html")]
struct KiosksPage {
    shell: Shell,
    at: &'static str,
    kiosks: Vec<KioskView>,
    name: String,
    folder: String,
    folders: Vec<String>,
    problem: Option<String>,
}

struct KioskView {
    here: String,
    name: String,
    folder: String,
}

#[derive(Template)]
#[template(path = "pages/kiosk_sign.html")]
struct SignPage {
    shell: Shell,
    name: String,
    code: String,
    link: String,
    /// Whether the link leads only here, as the page was opened under an address by which every machine means itself.
    only_here: bool,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct Form {
    name: String,
    folder: String,
}

/// `GET /kiosk/{key}`: what the sign leads to.
pub async fn enter(
    request: HttpRequest,
    state: web::Data<AppState>,
    key: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((LOCATION, "/"));
    if state.accounts.at_kiosk(&key).await?.is_none() {
        return Err(WebError::Kiosk);
    }
    // Whoever is signed in stays who they are.
    if identity::of(&request).is_none_or(|visit| visit.session.is_none()) {
        let mut cookie = identity::cookie_of(&request, KIOSK_COOKIE, key.into_inner());
        cookie.set_max_age(VISIT);
        response.cookie(cookie);
    }
    Ok(response.finish())
}

/// `GET /kiosks`
pub async fn list(
    request: HttpRequest,
    administrator: Administrator,
    state: web::Data<AppState>,
) -> Result<HttpResponse, WebError> {
    page(&request, &administrator, &state, None).await
}

/// `POST /kiosks`
pub async fn add(
    request: HttpRequest,
    administrator: Administrator,
    state: web::Data<AppState>,
    form: web::Form<Form>,
) -> Result<HttpResponse, WebError> {
    let added = state
        .accounts
        .add_kiosk(&administrator, &form.name, &form.folder)
        .await;
    match added {
        Ok(_) => Ok(back()),
        Err(error @ (AccountsError::Name | AccountsError::Taken(_) | AccountsError::Folder)) => {
            let refused = Some((form.into_inner(), WebError::from(error)));
            page(&request, &administrator, &state, refused).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /kiosks/{id}/remove`
pub async fn remove(
    administrator: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    state.accounts.remove_kiosk(&administrator, KioskId(*id)).await?;
    Ok(back())
}

/// `GET /kiosks/{id}`: the sign, to be printed.
pub async fn sign(
    request: HttpRequest,
    administrator: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    let kiosk = found(&administrator, &state, KioskId(*id)).await?;
    let (link, only_here) = link(&request, &kiosk);
    let page = SignPage {
        shell: Shell::for_request(&request, Place::Nowhere),
        code: format!("/kiosks/{}/code.svg", kiosk.id.0),
        link,
        only_here,
        name: kiosk.name,
    };
    render(&page, StatusCode::OK)
}

/// `GET /kiosks/{id}/code.svg`
pub async fn code(
    request: HttpRequest,
    administrator: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    let kiosk = found(&administrator, &state, KioskId(*id)).await?;
    let (link, _) = link(&request, &kiosk);
    let code = QrCode::new(link).map_err(|error| WebError::BadRequest(error.to_string()))?;
    let picture = code.render::<svg::Color<'_>>().min_dimensions(320, 320).build();
    Ok(HttpResponse::Ok()
        .content_type("image/svg+xml")
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .body(picture))
}

async fn found(administrator: &Administrator, state: &AppState, id: KioskId) -> Result<Kiosk, WebError> {
    let kiosks = state.accounts.kiosks(administrator).await?;
    kiosks
        .into_iter()
        .find(|kiosk| kiosk.id == id)
        .ok_or(WebError::NotFound)
}

/// The link, at the address under which the administrator opened the page if other machines find this one there, and
/// whether none does.
fn link(request: &HttpRequest, kiosk: &Kiosk) -> (String, bool) {
    let client = Client::of(request);
    let listening = request.app_data::<web::Data<Listening>>();
    let beyond = client
        .as_ref()
        .zip(listening)
        .and_then(|(client, listening)| client.beyond(listening));
    let only_here = beyond.is_none();
    let address = beyond.or_else(|| client?.here()).unwrap_or_default();
    (format!("{address}/kiosk/{}", kiosk.key), only_here)
}

fn back() -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, "/kiosks"))
        .finish()
}

async fn page(
    request: &HttpRequest,
    administrator: &Administrator,
    state: &AppState,
    refused: Option<(Form, WebError)>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(request, Place::Admin);
    let status = refused.as_ref().map_or(StatusCode::OK, |(_, error)| {
        actix_web::ResponseError::status_code(error)
    });
    let (name, folder, problem) = match refused {
        Some((form, error)) => (form.name, form.folder, Some(error.explained(shell.t))),
        None => (String::new(), String::new(), None),
    };
    let folders = state.library.collections(administrator).await?;
    let page = KiosksPage {
        at: "kiosks",
        kiosks: state
            .accounts
            .kiosks(administrator)
            .await?
            .into_iter()
            .map(|kiosk| KioskView {
                here: format!("/kiosks/{}", kiosk.id.0),
                name: kiosk.name,
                folder: kiosk.folder,
            })
            .collect(),
        name,
        folder,
        folders: folders
            .into_iter()
            .map(|there| there.collection.0)
            .filter(|name| !name.is_empty())
            .collect(),
        problem,
        shell,
    };
    render(&page, status)
}
