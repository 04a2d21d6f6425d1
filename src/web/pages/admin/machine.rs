//! Jobs, settings and log: what the program is doing, how it is set up, and what it said.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::domain::{Administrator, Document};
use crate::ingest::{IndexPart, IngestStatus, Upkeep, Watching};
use crate::library::{DocumentQuery, DocumentSort};
use crate::web::error::WebError;
use crate::web::page::{Place, Shell, render};
use crate::web::pages::library::StatusPart;
use crate::web::texts::{Texts, grouped};
use crate::web::{AppState, LogLine, Setting, words};

/// Files that are listed.
const LISTED: u32 = 100;

#[derive(Template)]
#[template(path = "pages/admin/jobs.html")]
struct JobsPage {
    shell: Shell,
    at: &'static str,
    status: StatusPart,
    figures: Vec<(String, String)>,
    /// Whether nobody has asked yet for the indexes to be put in order.
    may_order: bool,
    waiting: Vec<File>,
    more: Option<String>,
}

struct File {
    href: String,
    path: String,
    size: String,
}

#[derive(Template)]
#[template(path = "pages/admin/settings.html")]
struct SettingsPage {
    shell: Shell,
    at: &'static str,
    settings: Vec<SettingView>,
}

struct SettingView {
    key: String,
    value: String,
    source: String,
    changed: bool,
}

#[derive(Template)]
#[template(path = "pages/admin/log.html")]
struct LogPage {
    shell: Shell,
    at: &'static str,
    lines: Vec<LogLine>,
}

/// `GET /admin/jobs`
pub async fn jobs(
    request: HttpRequest,
    by: Administrator,
    state: web::Data<AppState>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(&request, Place::Admin);
    let t = shell.t;
    let counts = state.library.counts(&by).await?;
    let status = state.library.ingestion(&by).await?;
    let query = DocumentQuery {
        state: Some("pending"),
        sort: DocumentSort::Path,
        limit: LISTED,
        ..DocumentQuery::default()
    };
    let (waiting, total) = state.library.list(&by, &query).await?;
    let never = || t.get("never").into_owned();
    let figures = vec![
        (t.get("jobs-watching").into_owned(), watching(t, &status)),
        (
            t.get("jobs-walked").into_owned(),
            status.walked_ms.map_or_else(never, |ms| words::time(t, ms)),
        ),
        (t.get("jobs-settling").into_owned(), grouped(status.settling)),
        (t.get("jobs-rebuilding").into_owned(), grouped(status.rebuilding)),
        (t.get("jobs-upkeep").into_owned(), upkeep(t, &status.upkeep)),
    ];
    let more = total.saturating_sub(waiting.len() as u64);
    let page = JobsPage {
        at: "jobs",
        status: StatusPart::new(t, &counts, &status, true),
        figures,
        may_order: !status.upkeep.asked,
        waiting: waiting.iter().map(File::of).collect(),
        more: (more > 0).then(|| t.count("jobs-more", more).into_owned()),
        shell,
    };
    render(&page, StatusCode::OK)
}

fn upkeep(t: Texts, upkeep: &Upkeep) -> String {
    let text = match (upkeep.asked, upkeep.current, upkeep.ended_ms) {
        (true, Some(IndexPart::Vectors), _) => t.get("upkeep-vectors"),
        (true, Some(IndexPart::Words), _) => t.get("upkeep-words"),
        (true, None, _) => t.get("upkeep-asked"),
        (false, _, Some(_)) if upkeep.failed => t.get("upkeep-failed"),
        (false, _, Some(ended)) => t.with("upkeep-ended", "time", &words::time(t, ended)),
        (false, _, None) => t.get("upkeep-regular"),
    };
    text.into_owned()
}

/// `POST /admin/indexes/order`
pub async fn order(by: Administrator, state: web::Data<AppState>) -> HttpResponse {
    state.library.put_in_order(&by).await;
    super::lead_to("/admin/jobs")
}

fn watching(t: Texts, status: &IngestStatus) -> String {
    let key = match status.watching {
        Watching::Off => "watching-off",
        Watching::Events => "watching-events",
        Watching::Polling => "watching-polling",
    };
    t.get(key).into_owned()
}

impl File {
    fn of(document: &Document) -> Self {
        Self {
            href: format!("/documents/{}", document.id),
            path: document.path.clone(),
            size: words::size(document.size_bytes),
        }
    }
}

/// `GET /admin/settings`
pub async fn settings(
    request: HttpRequest,
    by: Administrator,
    state: web::Data<AppState>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(&request, Place::Admin);
    let t = shell.t;
    let settings = state.house.settings(&by).into_iter();
    let page = SettingsPage {
        at: "settings",
        settings: settings.map(|setting| SettingView::new(t, setting)).collect(),
        shell,
    };
    render(&page, StatusCode::OK)
}

impl SettingView {
    fn new(t: Texts, setting: Setting) -> Self {
        let changed = setting.source != "default";
        Self {
            source: if changed {
                setting.source
            } else {
                t.get("settings-default").into_owned()
            },
            key: setting.key,
            value: setting.value,
            changed,
        }
    }
}

/// `GET /admin/log`
pub async fn log(
    request: HttpRequest,
    by: Administrator,
    state: web::Data<AppState>,
) -> Result<HttpResponse, WebError> {
    let mut lines = state.house.log(&by);
    lines.reverse();
    let page = LogPage {
        at: "log",
        lines,
        shell: Shell::for_request(&request, Place::Admin),
    };
    render(&page, StatusCode::OK)
}
