//! Who sends a request: the cookie of a session, looked up once a request, and the capabilities that handlers take.

use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr};

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header::{AUTHORIZATION, USER_AGENT};
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::client::{Client, Listening};
use super::error::WebError;
use crate::accounts::{Accounts, KeyScope, Origin, Secret, Visit};
use crate::domain::{Administrator, Inspector, Staff};
use crate::review::Review;

/// The cookie of a session.
const SESSION: &str = "gemba_session";
/// The cookie of a browser that came by the sign on a machine.
pub const KIOSK_COOKIE: &str = "gemba_kiosk";

/// Looks up who sends a request and keeps it with the request.
pub async fn identify(
    accounts: &Accounts,
    request: &ServiceRequest,
    listening: &Listening,
) -> Result<(), WebError> {
    if request.path().starts_with("/api/")
        && let Some(secret) = bearer(request)
    {
        let visit = key(accounts, request.path(), secret).await?;
        keep(request, visit);
        return Ok(());
    }
    let client = Client::of(request);
    let visit = match request.cookie(&cookie_name(request, SESSION)) {
        Some(cookie) => accounts.identify(cookie.value()).await?,
        None => None,
    };
    let visit = match visit {
        Some(visit) => Some(visit),
        // A proxy on this machine brings others in.
        None if client.is_some_and(|client| client.forwarded || !client.address.is_loopback()) => None,
        None => accounts.at_the_machine().await?,
    };
    let visit = match (visit, request.cookie(&cookie_name(request, KIOSK_COOKIE))) {
        (None, Some(cookie)) => accounts.at_kiosk(cookie.value()).await?,
        (visit, _) => visit,
    };
    let visit = match visit {
        None if listening.open => Some(accounts.visitor().await?),
        visit => visit,
    };
    if let Some(visit) = visit {
        keep(request, visit);
    }
    Ok(())
}

/// Keeps with a request who sent it, and from where.
fn keep(request: &ServiceRequest, visit: Visit) {
    let visit = match Client::of(request) {
        Some(client) => Visit {
            staff: visit.staff.from_address(client.address),
            ..visit
        },
        None => visit,
    };
    request.extensions_mut().insert(visit);
}

/// The program that shows this API key, if the key is for `path`.
async fn key(accounts: &Accounts, path: &str, secret: &str) -> Result<Visit, WebError> {
    let found = accounts.identify_key(secret).await?.ok_or(WebError::Key)?;
    match scopes_of(path).iter().any(|scope| found.scopes.contains(scope)) {
        true => Ok(found.visit),
        false => Err(WebError::Forbidden),
    }
}

/// What a key must be for, one of these, to be used at an address. Nothing: no key is of use there.
fn scopes_of(path: &str) -> &'static [KeyScope] {
    let below = path.strip_prefix("/api/").unwrap_or_default();
    match below.split('/').next().unwrap_or_default() {
        "ask" | "answers" => &[KeyScope::Ask],
        "search" => &[KeyScope::Search],
        "library" => &[KeyScope::Library, KeyScope::Upload],
        "documents" => &[KeyScope::Library],
        "review" => &[KeyScope::Review],
        "admin" => &[KeyScope::Administration],
        _ => &[],
    }
}

/// What a request shows as `Authorization: Bearer …`, even if it is nothing that opens anything.
fn bearer(request: &ServiceRequest) -> Option<&str> {
    let shown = request.headers().get(AUTHORIZATION)?.to_str().unwrap_or_default();
    let (scheme, secret) = shown.split_once(' ').unwrap_or((shown, ""));
    Some(if scheme.eq_ignore_ascii_case("bearer") {
        secret.trim()
    } else {
        ""
    })
}

/// Who sent a request, if somebody signed in or works at the machine itself.
pub fn known(request: &HttpRequest) -> Option<Visit> {
    of(request).filter(|visit| !visit.staff.is_visitor())
}

/// How many things wait in the inbox of whoever sent a request.
struct Waiting(u64);

/// Counts what waits in the inbox of an inspector who opens a page. A page without the figure is better than none.
pub async fn look_into_inbox(review: &Review, request: &ServiceRequest) {
    let visit = request.extensions().get::<Visit>().cloned();
    let Some(inspector) = visit.and_then(|visit| visit.staff.inspector()) else {
        return;
    };
    match review.count_inbox(&inspector).await {
        Ok(waiting) => {
            request.extensions_mut().insert(Waiting(waiting));
        }
        Err(error) => tracing::warn!(%error, "it could not be counted what waits in an inbox"),
    }
}

/// What was counted for a request.
pub fn inbox_of(request: &HttpRequest) -> Option<u64> {
    request.extensions().get::<Waiting>().map(|waiting| waiting.0)
}

/// Who sent a request, if anybody is let in.
pub fn of(request: &HttpRequest) -> Option<Visit> {
    request.extensions().get::<Visit>().cloned()
}

/// Where a request comes from.
pub fn origin(request: &HttpRequest) -> Origin {
    let agent = request
        .headers()
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok());
    Origin {
        address: Client::of(request).map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |client| client.address),
        agent: agent.unwrap_or_default().to_owned(),
    }
}

/// The cookie with which a browser shows that it is signed in: sent to this server only, out of reach of scripts, not
/// sent along when another site posts a form. It ends with the browser, or with the session.
pub fn cookie(request: &HttpRequest, secret: &Secret) -> Cookie<'static> {
    cookie_of(request, SESSION, secret.reveal().to_owned())
}

/// The cookie that takes that one away.
pub fn no_cookie(request: &HttpRequest) -> Cookie<'static> {
    let mut cookie = cookie_of(request, SESSION, String::new());
    cookie.set_max_age(Duration::ZERO);
    cookie
}

/// A cookie of ours.
pub fn cookie_of(request: &HttpRequest, name: &str, value: String) -> Cookie<'static> {
    Cookie::build(cookie_name(request, name), value)
        .path("/")
        .secure(is_secure(request))
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish()
}

/// The name of a cookie of ours. Where nobody on the way can listen it begins so that browsers take it only from this very
/// server, and send it only encrypted.
pub fn cookie_name(request: &impl HttpMessage, name: &str) -> String {
    let prefix = if is_secure(request) { "__Host-" } else { "" };
    format!("{prefix}{name}")
}

fn is_secure(request: &impl HttpMessage) -> bool {
    Client::of(request).is_some_and(|client| client.secure)
}

impl FromRequest for Visit {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(of(request).ok_or(WebError::SignIn))
    }
}

/// A visit of somebody who has something of their own: an account, or the machine.
pub struct Own(pub Visit);

impl FromRequest for Own {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(known(request).map(Self).ok_or(WebError::SignIn))
    }
}

impl FromRequest for Staff {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(of(request).map(|visit| visit.staff).ok_or(WebError::SignIn))
    }
}

impl FromRequest for Inspector {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let visit = of(request).ok_or(WebError::SignIn);
        ready(visit.and_then(|visit| visit.staff.inspector().ok_or(WebError::Forbidden)))
    }
}

impl FromRequest for Administrator {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let visit = of(request).ok_or(WebError::SignIn);
        ready(visit.and_then(|visit| visit.staff.administrator().ok_or(WebError::Forbidden)))
    }
}
