//! Sign-in at the company's provider: the way there, and the way back.

use actix_web::cookie::time::Duration;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::switch::inside;
use crate::accounts::Arrival;
use crate::web::client::Client;
use crate::web::error::WebError;
use crate::web::{AppState, identity};

/// The cookie of a browser that is at the provider.
const COOKIE: &str = "gemba_provider";
/// A little longer than the sign-in may take.
const KEPT: Duration = Duration::minutes(15);

/// What the address carries.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    back: String,
}

/// `GET /sign-in/provider?back=...`
pub async fn depart(
    request: HttpRequest,
    state: web::Data<AppState>,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, WebError> {
    let here = Client::of(&request).and_then(|client| client.here());
    // Browsers bring what the provider says to where they came from.
    let here = format!("{}/sign-in/provider/return", here.ok_or(WebError::WrongHost)?);
    let kept = request.cookie(identity::cookie_name(&request, COOKIE).as_str());
    let kept = kept.as_ref().map(|cookie| cookie.value());
    let departure = state.accounts.depart(&here, inside(&wanted.back), kept).await?;
    let mut cookie = identity::cookie_of(&request, COOKIE, departure.browser.reveal().to_owned());
    cookie.set_max_age(KEPT);
    Ok(HttpResponse::SeeOther()
        .cookie(cookie)
        .insert_header((LOCATION, departure.address))
        .finish())
}

/// `GET /sign-in/provider/return?state=...&code=...`
pub async fn arrive(
    request: HttpRequest,
    state: web::Data<AppState>,
    arrival: web::Query<Arrival>,
) -> Result<HttpResponse, WebError> {
    let from = identity::origin(&request);
    let kept = request.cookie(identity::cookie_name(&request, COOKIE).as_str());
    let kept = kept.as_ref().map_or("", |cookie| cookie.value());
    let (secret, back) = state.accounts.arrive(arrival.into_inner(), kept, &from).await?;
    Ok(HttpResponse::SeeOther()
        .cookie(identity::cookie(&request, &secret))
        .insert_header((LOCATION, inside(&back)))
        .finish())
}
