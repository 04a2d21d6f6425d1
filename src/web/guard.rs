//! Stands before every handler: lets in only requests that are meant for this server, looks up who sends them, and sends
//! nothing out without security headers. Errors of handlers get their face here.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, web};

use super::client::{Client, Listening, without_port};
use super::error::WebError;
use super::page::{Place, Shell, address};
use super::{AppState, identity};

/// Nothing inline, nothing from elsewhere, no frames.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
    (
        header::PERMISSIONS_POLICY,
        "camera=(), microphone=(), geolocation=()",
    ),
];

/// The middleware.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let json = request.path().starts_with("/api/") || request.path() == "/health";
    let listening = request.app_data::<web::Data<Listening>>().cloned();
    let listening = listening.unwrap_or_else(|| web::Data::new(Listening::default()));
    let peer = request.peer_addr().map(|peer| peer.ip());
    let client = Client::new(peer, request.headers(), &listening);
    let admitted = admit(
        request.method(),
        request.headers(),
        request.uri().host(),
        &client,
        &listening,
    );
    request.extensions_mut().insert(client);
    if let Err(error) = admitted {
        let face = face(&error, request.request(), json);
        return Ok(request.into_response(secured(face, &listening)));
    }
    // Whoever is not signed in gets the style of the page that says so, and a service manager its answer.
    if !request.path().starts_with("/static/")
        && let Some(state) = request.app_data::<web::Data<AppState>>().cloned()
        && let Err(error) = identity::identify(&state.accounts, &request, &listening).await
    {
        error.log(request.path());
        let face = face(&error, request.request(), json);
        return Ok(request.into_response(secured(face, &listening)));
    }
    if !json
        && navigates(request.request())
        && let Some(state) = request.app_data::<web::Data<AppState>>().cloned()
    {
        identity::look_into_inbox(&state.review, &request).await;
    }
    let (request, response) = next.call(request).await?.map_into_boxed_body().into_parts();
    let response = match error_of(&response) {
        None => response,
        Some(Failure::Known) => {
            let known = response.error().and_then(|error| error.as_error::<WebError>());
            known.map_or_else(
                || HttpResponse::new(response.status()),
                |error| {
                    error.log(request.path());
                    face(error, &request, json)
                },
            )
        }
        Some(Failure::Other(error)) => face(&error, &request, json),
    };
    Ok(ServiceResponse::new(request, secured(response, &listening)))
}

enum Failure {
    Known,
    Other(WebError),
}

fn error_of(response: &HttpResponse) -> Option<Failure> {
    let status = response.status();
    match response.error() {
        Some(error) if error.as_error::<WebError>().is_some() => Some(Failure::Known),
        Some(error) => Some(Failure::Other(WebError::Framework {
            status,
            message: error.to_string(),
        })),
        None if status == StatusCode::METHOD_NOT_ALLOWED => Some(Failure::Other(WebError::MethodNotAllowed)),
        None => None,
    }
}

fn face(error: &WebError, request: &HttpRequest, json: bool) -> HttpResponse {
    if json {
        error.as_json()
    } else if text(request.headers(), &header::ACCEPT) == Some("application/json") {
        error.as_json_for(Shell::for_request(request, Place::Nowhere).t)
    } else if matches!(error, WebError::SignIn) && navigates(request) {
        let back = request
            .uri()
            .path_and_query()
            .map_or("/", |address| address.as_str());
        HttpResponse::SeeOther()
            .insert_header((header::LOCATION, address("/sign-in", &[("back", back)])))
            .finish()
    } else {
        error.as_page(Shell::for_request(request, Place::Nowhere))
    }
}

/// Whether a person opens a page, and not a script a part of one.
fn navigates(request: &HttpRequest) -> bool {
    let mode = request.headers().get("sec-fetch-mode");
    matches!(*request.method(), Method::GET | Method::HEAD)
        && mode.is_none_or(|mode| mode.as_bytes() == b"navigate")
}

fn secured(mut response: HttpResponse, listening: &Listening) -> HttpResponse {
    // A browser that keeps to it could never be told otherwise, so not for a certificate that it does not trust.
    if listening.trusted {
        let keep = HeaderValue::from_static("max-age=31536000");
        response
            .headers_mut()
            .insert(header::STRICT_TRANSPORT_SECURITY, keep);
    }
    for (name, value) in HEADERS {
        // A handler that set its own knows better: originals bring a policy of their own.
        if !response.headers().contains_key(&name) {
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
    }
    response
}

fn admit(
    method: &Method,
    headers: &HeaderMap,
    target: Option<&str>,
    client: &Client,
    listening: &Listening,
) -> Result<(), WebError> {
    let host = text(headers, &header::HOST);
    // What comes through a proxy is meant for the proxy's name.
    if listening.loopback && !client.proxied {
        let named = [host.map(without_port), target].into_iter().flatten();
        let all_loopback = named
            .clone()
            .all(|name| matches!(name, "127.0.0.1" | "localhost" | "[::1]"));
        if !all_loopback || named.count() == 0 {
            return Err(WebError::WrongHost);
        }
    }
    // Nothing but the name keeps a page of elsewhere from reading along where nobody has to sign in.
    if listening.open {
        let mut named = [host, target, client.host.as_deref()].into_iter().flatten();
        if host.is_none() || !named.all(|name| listening.is_called(name)) {
            return Err(WebError::StrangeHost);
        }
    }
    if !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
        && from_elsewhere(headers, client.host.as_deref())
    {
        return Err(WebError::CrossSite);
    }
    Ok(())
}

/// Whether a browser says that another site sent this request. Programs that are no browsers say nothing, and no
/// browser's authority can be borrowed through them.
fn from_elsewhere(headers: &HeaderMap, host: Option<&str>) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return !matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    match text(headers, &header::ORIGIN) {
        Some(origin) => origin.split_once("://").map(|(_, authority)| authority) != host,
        None => headers.contains_key(header::ORIGIN),
    }
}

fn text<'headers>(headers: &'headers HeaderMap, name: &HeaderName) -> Option<&'headers str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        map
    }

    fn tried(method: &Method, headers: &HeaderMap, target: Option<&str>) -> Result<(), WebError> {
        let listening = Listening {
            loopback: true,
            ..Listening::default()
        };
        let client = Client::new(None, headers, &listening);
        admit(method, headers, target, &client, &listening)
    }

    fn get(host: &'static str) -> Result<(), WebError> {
        tried(&Method::GET, &headers(&[("host", host)]), None)
    }

    #[test]
    fn the_names_of_this_machine_are_let_in_with_any_port() {
        for host in [
            "127.0.0.1:8484",
            "localhost:8484",
            "[::1]:8484",
            "[::1]",
            "localhost",
        ] {
            assert!(get(host).is_ok(), "{host}");
        }
    }

    #[test]
    fn a_name_that_was_pointed_at_this_machine_is_refused() {
        for host in [
            "evil.example:8484",
            "127.0.0.1.evil.example",
            "localhost.evil.example:80",
            "",
            "[::1].evil",
        ] {
            assert!(matches!(get(host), Err(WebError::WrongHost)), "{host}");
        }
        assert!(matches!(
            tried(&Method::GET, &HeaderMap::new(), None),
            Err(WebError::WrongHost)
        ));
        let absolute = tried(
            &Method::GET,
            &headers(&[("host", "localhost")]),
            Some("evil.example"),
        );
        assert!(matches!(absolute, Err(WebError::WrongHost)));
    }

    #[test]
    fn a_form_of_another_site_is_refused() {
        for pairs in [
            &[("host", "localhost:8484"), ("sec-fetch-site", "cross-site")][..],
            &[("host", "localhost:8484"), ("sec-fetch-site", "same-site")],
            &[("host", "localhost:8484"), ("origin", "http://evil.example")],
            &[("host", "localhost:8484"), ("origin", "http://localhost:9999")],
            &[("host", "localhost:8484"), ("origin", "null")],
        ] {
            let refused = tried(&Method::POST, &headers(pairs), None);
            assert!(matches!(refused, Err(WebError::CrossSite)), "{pairs:?}");
        }
    }

    #[test]
    fn a_form_of_this_site_and_a_program_are_let_in() {
        for pairs in [
            &[("host", "localhost:8484"), ("sec-fetch-site", "same-origin")][..],
            &[("host", "localhost:8484"), ("origin", "http://localhost:8484")],
            &[("host", "localhost:8484")],
        ] {
            assert!(tried(&Method::POST, &headers(pairs), None).is_ok(), "{pairs:?}");
        }
    }
}
