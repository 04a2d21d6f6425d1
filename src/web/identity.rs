//! Who sends a request: the cookie of a session, looked up once a request, and the capabilities that handlers take.

use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr};

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header::USER_AGENT;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::error::WebError;
use crate::accounts::{Accounts, Origin, Secret, Visit};
use crate::domain::{Administrator, Inspector, Staff};
use crate::review::Review;

/// The cookie of a session.
pub const COOKIE: &str = "gemba_session";
/// The cookie of a browser that came by the sign on a machine.
pub const KIOSK_COOKIE: &str = "gemba_kiosk";

/// Looks up who sends a request and keeps it with the request.
pub async fn identify(accounts: &Accounts, request: &ServiceRequest) -> Result<(), WebError> {
    let visit = match request.cookie(COOKIE) {
        Some(cookie) => accounts.identify(cookie.value()).await?,
        None => None,
    };
    let visit = match visit {
        Some(visit) => Some(visit),
        None => accounts.at_the_machine().await?,
    };
    let visit = match (visit, request.cookie(KIOSK_COOKIE)) {
        (None, Some(cookie)) => accounts.at_kiosk(cookie.value()).await?,
        (visit, _) => visit,
    };
    if let Some(visit) = visit {
        request.extensions_mut().insert(visit);
    }
    Ok(())
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

/// Who sent a request, if anybody is known.
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
        address: request
            .peer_addr()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip()),
        agent: agent.unwrap_or_default().to_owned(),
    }
}

/// The cookie with which a browser shows that it is signed in: sent to this server only, out of reach of scripts, not
/// sent along when another site posts a form. It ends with the browser, or with the session.
pub fn cookie(secret: &Secret) -> Cookie<'static> {
    Cookie::build(COOKIE, secret.reveal().to_owned())
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish()
}

/// The cookie that takes that one away.
pub fn no_cookie() -> Cookie<'static> {
    Cookie::build(COOKIE, "")
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::ZERO)
        .finish()
}

impl FromRequest for Visit {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(of(request).ok_or(WebError::SignIn))
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
