//! The web: pages, their JSON twins, and what every request goes through.
//!
//! Every address is on this one screen, in `routes`. A page is a struct beside its handler in `pages`, with a
//! template of the same name in `templates/pages`; its twin in `api` answers with JSON. Handlers parse, call a use case
//! of a lower room, and show: nothing here knows SQL, an index or a model.

mod api;
mod assets;
mod cited;
mod client;
mod error;
mod guard;
mod house;
mod identity;
mod layout;
mod ledger;
mod locale;
mod opinion;
mod page;
mod pages;
mod parameters;
mod picture;
mod source;
mod spreadsheet;
mod sse;
mod texts;
mod tls;
mod words;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, Resource, Route, guard as condition, web};

/// Stops a server.
pub use actix_web::dev::ServerHandle;
pub use error::WebError;
pub use house::{House, Loading, LogLine, Machine, Model, Setting, Size};
pub use tls::{Tls, TlsError, day};

use crate::accounts::Accounts;
use crate::answer::Answerer;
use crate::library::Library;
use crate::retrieve::Retriever;
use crate::review::Review;

/// What handlers work with. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// Who comes in.
    pub accounts: Accounts,
    /// Documents, as people see them.
    pub library: Library,
    /// Search.
    pub retriever: Retriever,
    /// Ask.
    pub answerer: Answerer,
    /// The program and its machine, for administrators.
    pub house: Arc<dyn House>,
    /// What is made of answers.
    pub review: Review,
}

/// How the server is to listen.
#[derive(Clone, Default)]
pub struct Terms {
    /// What it encrypts with, if it does.
    pub tls: Option<Tls>,
    /// Proxies whose headers are believed.
    pub proxies: Vec<IpAddr>,
    /// Whether those who did not sign in are let in.
    pub open: bool,
    /// What this machine is called, in lower case.
    pub names: Vec<String>,
    /// The first of these that was configured.
    pub known_as: Option<String>,
    /// Where it is going to listen encrypted once there is an administrator.
    pub later: Option<Later>,
}

/// Where whoever made the first administrator goes on.
#[derive(Debug, Clone)]
pub struct Later {
    /// The address of the page for sign-in.
    pub address: String,
    /// The fingerprint of the certificate, where browsers cannot know that it is right.
    pub fingerprint: Option<String>,
}

/// The largest form: a verified answer in Chinese, each character of which is sent as nine.
const FORM_BYTES: usize = 512 * 1024;

fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/", get().to(pages::ask::start)))
        .service(at("/ask", get().to(pages::ask::ask)))
        .service(at("/ask/stream", get().to(pages::ask::stream)))
        .service(at("/ask/stop", web::post().to(pages::stop::stop)))
        .service(at("/ask/suggestions", get().to(pages::suggestions::list)))
        .service(at("/answers/{id}", get().to(pages::answer::show)))
        .service(at("/history", get().to(pages::history::list)))
        .service(at("/history/{id}/name", web::post().to(pages::history::name)))
        .service(at("/history/{id}/delete", web::post().to(pages::history::delete)))
        .service(at("/kiosk/{key}", get().to(pages::kiosks::enter)))
        .service(at("/kiosks", get().to(pages::kiosks::list)).route(web::post().to(pages::kiosks::add)))
        .service(at("/kiosks/{id}", get().to(pages::kiosks::sign)))
        .service(at("/kiosks/{id}/code.svg", get().to(pages::kiosks::code)))
        .service(at("/kiosks/{id}/remove", web::post().to(pages::kiosks::remove)))
        .service(at("/answers/{id}/opinion", web::post().to(pages::opinion::judge)))
        .service(at("/search", get().to(pages::search::search)))
        .service(at("/documents/{id}", get().to(pages::document::show)))
        .service(at(
            "/documents/{id}/original",
            get().to(pages::original::download),
        ))
        .service(at(
            "/documents/{id}/pages/cited.png",
            get().to(pages::picture::show_cited),
        ))
        .service(at(
            "/documents/{id}/pages/{page}.png",
            get().to(pages::picture::show),
        ))
        .service(at("/documents/{id}/revisions", get().to(pages::revisions::list)))
        .service(at(
            "/documents/{id}/compare/{other}",
            get().to(pages::revisions::compare),
        ))
        .service(at("/documents/{id}/coverage", get().to(pages::coverage::show)))
        .service(at("/library", get().to(pages::library::list)))
        .service(at("/library/coverage.csv", get().to(pages::coverage::csv)))
        .service(at("/library/passed", get().to(pages::passed::show)))
        .service(at("/library/passed.csv", get().to(pages::passed::csv)))
        .service(at("/library/status", get().to(pages::library::status)))
        .service(at("/library/{id}/retry", web::post().to(pages::library::retry)))
        .service(at(
            "/library/{id}/password",
            web::post().to(pages::coverage::give),
        ))
        .service(at(
            "/library/mounted/forget",
            web::post().to(pages::mounted::forget),
        ))
        .service(at("/library/uploads", web::post().to(pages::upload::announce)))
        .service(at("/library/uploads/piece", web::put().to(pages::upload::piece)))
        .service(at("/library/uploads/end", web::post().to(pages::upload::end)))
        .service(at("/library/uploads/state", get().to(pages::upload::state)))
        .service(at("/library/uploads/form", web::post().to(pages::upload::form)))
        .service(at("/review/inbox", get().to(pages::inbox::list)))
        .service(at("/review/inbox/{id}", get().to(pages::inbox_group::show)))
        .service(at(
            "/review/inbox/{id}/dismiss",
            web::post().to(pages::inbox_group::dismiss),
        ))
        .service(at(
            "/review/inbox/{id}/missing",
            web::post().to(pages::inbox_group::missing),
        ))
        .service(at("/review/missing", get().to(pages::missing::list)))
        .service(at(
            "/review/missing/{id}/end",
            web::post().to(pages::missing::end),
        ))
        .service(at("/review/verified", get().to(pages::verified::list)))
        .service(
            at("/review/verified/new", get().to(pages::verify::begin))
                .route(web::post().to(pages::verify::begun)),
        )
        .service(
            at("/review/verified/{id}", get().to(pages::verify::open))
                .route(web::post().to(pages::verify::change)),
        )
        .service(at(
            "/review/verified/{id}/delete",
            web::post().to(pages::verify::delete),
        ))
        .service(at("/language", web::post().to(pages::switch::switch)))
        .service(at("/set-up", get().to(pages::set_up::form)).route(web::post().to(pages::set_up::set_up)))
        .service(
            at("/sign-in", get().to(pages::sign_in::form)).route(web::post().to(pages::sign_in::sign_in)),
        )
        .service(at("/sign-in/provider", get().to(pages::provider::depart)))
        .service(at("/sign-in/provider/return", get().to(pages::provider::arrive)))
        .service(at("/sign-out", web::post().to(pages::sign_in::sign_out)))
        .service(at("/account", get().to(pages::account::show)))
        .service(at("/account/password", web::post().to(pages::account::password)))
        .service(at(
            "/account/sessions/{id}/end",
            web::post().to(pages::account::end),
        ))
        .service(at("/account/keys", web::post().to(pages::account::make_key)))
        .service(at(
            "/account/keys/{id}/revoke",
            web::post().to(pages::account::revoke_key),
        ))
        .service(
            at("/invitation", get().to(pages::invitation::form))
                .route(web::post().to(pages::invitation::accept)),
        )
        .configure(administration)
        .service(at("/static/{file}", get().to(assets::serve)))
        .service(at("/favicon.ico", get().to(assets::icon)))
        .service(at("/health", get().to(api::health::health)))
        .service(at("/api/ask", get().to(api::ask::ask)).route(web::post().to(api::ask::post)))
        .service(
            at("/api/ask/stream", get().to(api::ask::stream)).route(web::post().to(api::ask::post_stream)),
        )
        .service(at("/api/ask/stop", web::post().to(api::ask::stop)))
        .service(at("/api/answers/{id}", get().to(api::ask::answer)))
        .service(at("/api/search", get().to(api::search::search)))
        .service(at("/api/documents/{id}", get().to(api::documents::show)))
        .service(at(
            "/api/documents/{id}/coverage",
            get().to(api::documents::coverage),
        ))
        .service(at(
            "/api/documents/{id}/pages/cited/rectangles",
            get().to(api::documents::cited_rectangles),
        ))
        .service(at(
            "/api/documents/{id}/pages/{page}/rectangles",
            get().to(api::documents::rectangles),
        ))
        .service(at("/api/library", get().to(api::library::list)))
        .service(at("/api/library/passed", get().to(pages::passed::list)))
        .service(at(
            "/api/library/uploads",
            web::post().to(pages::upload::announce),
        ))
        .service(at(
            "/api/library/uploads/piece",
            web::put().to(pages::upload::piece),
        ))
        .service(at("/api/library/uploads/end", web::post().to(pages::upload::end)))
        .service(at("/api/library/uploads/state", get().to(pages::upload::state)))
        .service(at("/api/library/{id}/retry", web::post().to(api::library::retry)))
        .service(at(
            "/api/library/{id}/password",
            web::post().to(pages::coverage::give_as_json),
        ))
        .service(
            at("/api/review/answers/{id}/opinion", get().to(api::review::opinion))
                .route(web::post().to(api::review::judge)),
        )
        .service(at("/api/review/inbox", get().to(api::review::inbox)))
        .service(at("/api/review/inbox/{id}", get().to(api::review::group)))
        .service(at(
            "/api/review/inbox/{id}/dismiss",
            web::post().to(api::review::dismiss),
        ))
        .service(at(
            "/api/review/inbox/{id}/missing",
            web::post().to(api::review::missing),
        ))
        .service(at(
            "/api/review/missing",
            get().to(api::review::missing_documents),
        ))
        .service(at(
            "/api/review/missing/{id}/end",
            web::post().to(api::review::end_missing),
        ))
        .service(at("/api/review/draft", get().to(api::verified::draft)))
        .service(
            at("/api/review/verified", get().to(api::verified::list))
                .route(web::post().to(api::verified::add)),
        )
        .service(
            at("/api/review/verified/{id}", get().to(api::verified::show))
                .route(web::post().to(api::verified::change))
                .route(web::delete().to(api::verified::delete)),
        )
        .default_service(web::to(nothing));
}

/// What administrators do.
fn administration(config: &mut web::ServiceConfig) {
    use self::api::admin as twins;
    use pages::admin::{audit, export, groups, machine, models, overview, people, person};
    let post = web::post;
    config
        .service(at("/admin", get().to(overview::show)))
        .service(at("/admin/people", get().to(people::list)).route(post().to(people::add)))
        .service(at("/admin/people/{id}", get().to(person::show)))
        .service(at("/admin/people/{id}/standing", post().to(person::stand)))
        .service(at("/admin/people/{id}/groups", post().to(person::join)))
        .service(at("/admin/people/{id}/link", post().to(person::make_link)))
        .service(at("/admin/people/{id}/sign-out", post().to(person::sign_out)))
        .service(at("/admin/people/{id}/keys", post().to(person::make_key)))
        .service(at(
            "/admin/people/{id}/keys/{key}/revoke",
            post().to(person::revoke_key),
        ))
        .service(at("/admin/groups", get().to(groups::list)).route(post().to(groups::add)))
        .service(at("/admin/groups/{id}/remove", post().to(groups::remove)))
        .service(at("/admin/groups/{id}/members", post().to(groups::members)))
        .service(at("/admin/grants", post().to(groups::grant)))
        .service(at("/admin/audit", get().to(audit::list)))
        .service(at("/admin/audit.csv", get().to(export::csv)))
        .service(at("/admin/jobs", get().to(machine::jobs)))
        .service(at("/admin/indexes/order", post().to(machine::order)))
        .service(at("/admin/models", get().to(models::list)).route(post().to(models::choose)))
        .service(at("/admin/models/status", get().to(models::status)))
        .service(at("/admin/settings", get().to(machine::settings)))
        .service(at("/admin/log", get().to(machine::log)))
        .service(at("/api/admin/people", get().to(twins::people)).route(post().to(twins::add_person)))
        .service(at("/api/admin/people/{id}", web::patch().to(twins::stand)))
        .service(at("/api/admin/people/{id}/link", post().to(twins::make_link)))
        .service(at("/api/admin/groups", get().to(twins::groups)).route(post().to(twins::add_group)))
        .service(at(
            "/api/admin/groups/{id}",
            web::delete().to(twins::remove_group),
        ))
        .service(
            at(
                "/api/admin/groups/{id}/members/{person}",
                web::put().to(twins::join),
            )
            .route(web::delete().to(twins::leave)),
        )
        .service(at("/api/admin/groups/{id}/grants", post().to(twins::grant)))
        .service(at("/api/admin/audit", get().to(twins::audit)))
        .service(at("/api/admin/audit.csv", get().to(export::csv)))
        .service(at("/api/admin/indexes/order", post().to(twins::order)))
        .service(at("/api/admin/models", get().to(twins::models)).route(post().to(twins::choose_model)))
        .service(at("/api/admin/machine", get().to(twins::machine)));
}

/// Starts to listen at `address`; port 0 takes a free one. Returns the address in force and the server, which is to be
/// awaited; its handle stops it.
pub fn start(state: AppState, address: SocketAddr, terms: Terms) -> Result<(SocketAddr, Server), WebError> {
    let Terms {
        tls,
        proxies,
        open,
        names,
        known_as,
        later,
    } = terms;
    let listening = web::Data::new(client::Listening {
        loopback: address.ip().is_loopback(),
        encrypted: tls.is_some(),
        trusted: tls.as_ref().is_some_and(|tls| tls.own),
        proxies,
        open,
        names,
        known_as,
        later,
    });
    let state = web::Data::new(state);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .app_data(listening.clone())
            .app_data(web::PathConfig::default().error_handler(|_, _| WebError::NotFound.into()))
            .app_data(
                web::QueryConfig::default()
                    .error_handler(|error, _| WebError::BadRequest(error.to_string()).into()),
            )
            .app_data(
                web::FormConfig::default()
                    .limit(FORM_BYTES)
                    .error_handler(|error, _| WebError::BadBody(error.to_string()).into()),
            )
            .app_data(
                web::JsonConfig::default()
                    .error_handler(|error, _| WebError::BadBody(error.to_string()).into()),
            )
            .wrap(from_fn(guard::guard))
            .configure(routes)
    })
    .workers(std::thread::available_parallelism().map_or(2, |cores| cores.get().min(4)))
    .disable_signals()
    // What is streamed is sent at once: each small piece would else wait until the one before it is acknowledged.
    .tcp_nodelay(true)
    // Long enough for an answer that is being streamed, short enough for a service manager.
    .shutdown_timeout(5);
    let server = match tls {
        Some(tls) => server.bind_rustls_0_23(address, tls.config),
        None => server.bind(address),
    };
    let server = server.map_err(|source| WebError::Listen { address, source })?;
    let actual = server.addrs().first().copied().unwrap_or(address);
    Ok((actual, server.run()))
}

fn at(path: &str, route: Route) -> Resource {
    web::resource(path).route(route)
}

fn get() -> Route {
    web::route().guard(condition::Any(condition::Get()).or(condition::Head()))
}

async fn nothing() -> Result<actix_web::HttpResponse, WebError> {
    Err(WebError::NotFound)
}
