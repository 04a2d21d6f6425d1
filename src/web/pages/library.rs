//! Library: every file with its state, the reason where one failed, and a way to try again.

mod choices;
mod row;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use self::choices::{collections, sorts, states};
use self::row::RowView;
use super::mounted::MountedView;
use super::upload::UploadPart;
use crate::domain::{Administrator, Collection, DocumentId, Staff};
use crate::ingest::IngestStatus;
use crate::library::{DocumentQuery, DocumentSort, LibraryCounts};
use crate::web::error::WebError;
use crate::web::ledger::LedgerPart;
use crate::web::page::{Choice, Paging, Place, Shell, address, render};
use crate::web::parameters::lenient;
use crate::web::texts::{Texts, grouped};
use crate::web::{AppState, words};

/// Files on a page.
pub const PAGE: u32 = 50;

/// What the address of the list carries.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Listed {
    #[serde(default)]
    q: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    collection: String,
    #[serde(default)]
    sort: String,
    #[serde(default, deserialize_with = "lenient")]
    page: Option<u32>,
    /// Whether the part that sends files is open.
    #[serde(default)]
    upload: String,
}

#[derive(Template)]
#[template(path = "pages/library.html")]
struct LibraryPage {
    shell: Shell,
    status: StatusPart,
    /// What is mounted inside the documents folder and cannot be reached.
    unreachable: Vec<MountedView>,
    text: String,
    state: String,
    states: Vec<Choice>,
    collections: Vec<Choice>,
    sorts: Vec<Choice>,
    filtered: bool,
    /// Where files are put, for those whose business that is.
    folder: Option<String>,
    upload: Option<UploadPart>,
    rows: Vec<RowView>,
    paging: Paging,
    worst: String,
    table: String,
}

/// How many files stand where and what ingestion is doing; the page fetches it again while somebody looks.
#[derive(Template)]
#[template(path = "parts/status.html")]
pub struct StatusPart {
    summary: String,
    ledger: Option<LedgerPart>,
    busy: bool,
    line: String,
    ignored: Option<String>,
    administers: bool,
    troubles: Vec<String>,
}

impl Listed {
    /// The collection that the address names.
    pub fn collection(&self) -> Option<Collection> {
        words::collection_of_parameter(&self.collection)
    }

    /// What the address asks of the store.
    pub fn query<'own>(&'own self, collection: Option<&'own Collection>) -> DocumentQuery<'own> {
        DocumentQuery {
            state: self.known_state(),
            collection,
            kind: None,
            text: Some(self.q.trim()).filter(|text| !text.is_empty()),
            sort: self.sort(),
            offset: (self.page() - 1).saturating_mul(PAGE),
            limit: PAGE,
        }
    }

    /// An error where a program named a state or an order that does not exist; people get all files in the usual order.
    pub fn strictly(&self) -> Result<(), WebError> {
        if !self.state.is_empty() && self.known_state().is_none() {
            let names: Vec<&str> = STATES.iter().map(|(name, _)| *name).collect();
            return Err(WebError::BadRequest(format!(
                "the states are {}",
                names.join(", ")
            )));
        }
        if SORTS.iter().all(|(name, _)| *name != self.sort) {
            let names: Vec<&str> = SORTS.iter().skip(1).map(|(name, _)| *name).collect();
            return Err(WebError::BadRequest(format!(
                "the orders are {}",
                names.join(", ")
            )));
        }
        Ok(())
    }

    /// The page, from 1.
    pub fn page(&self) -> u32 {
        self.page.unwrap_or(1).max(1)
    }

    fn known_state(&self) -> Option<&str> {
        Some(self.state.as_str()).filter(|state| STATES.iter().any(|(known, _)| known == state))
    }

    fn sort(&self) -> DocumentSort {
        SORTS
            .iter()
            .find(|(name, _)| *name == self.sort)
            .map_or(DocumentSort::State, |(_, sort)| *sort)
    }

    fn with(&self, name: &str, value: &str) -> String {
        self.with_path("/library", name, value)
    }

    fn with_path(&self, path: &str, name: &str, value: &str) -> String {
        let of = |own: &str, default: &str| {
            if own == name {
                value.to_owned()
            } else {
                default.to_owned()
            }
        };
        let (q, state, collection, sort, page) = (
            of("q", self.q.trim()),
            of("state", &self.state),
            of("collection", &self.collection),
            of("sort", &self.sort),
            of("page", ""),
        );
        address(
            path,
            &[
                ("q", &q),
                ("state", &state),
                ("collection", &collection),
                ("sort", &sort),
                ("page", &page),
            ],
        )
    }
}

type CountOf = fn(&LibraryCounts) -> u64;

const STATES: [(&str, CountOf); 4] = [
    ("searchable", |counts| counts.searchable),
    ("failed", |counts| counts.failed),
    ("duplicate", |counts| counts.duplicate),
    ("pending", |counts| counts.pending),
];

const SORTS: [(&str, DocumentSort); 6] = [
    ("", DocumentSort::State),
    ("path", DocumentSort::Path),
    ("title", DocumentSort::Title),
    ("updated", DocumentSort::Updated),
    ("size", DocumentSort::Size),
    ("worst", DocumentSort::Worst),
];

/// `GET /library?q=...&state=...&collection=...&sort=...&page=...`
pub async fn list(
    request: HttpRequest,
    staff: Staff,
    state: web::Data<AppState>,
    listed: web::Query<Listed>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(&request, Place::Library);
    let t = shell.t;
    let collection = listed.collection();
    let (documents, total) = state
        .library
        .list(&staff, &listed.query(collection.as_ref()))
        .await?;
    let counts = state.library.counts(&staff).await?;
    let administrator = staff.administrator();
    let administers = administrator.is_some();
    let upload = match &administrator {
        Some(administrator) => {
            let open = !listed.upload.is_empty();
            Some(UploadPart::new(t, &state, administrator, &listed.collection, open).await?)
        }
        None => None,
    };
    let pages = u32::try_from(total.div_ceil(u64::from(PAGE))).unwrap_or(u32::MAX);
    let ingestion = state.library.ingestion(&staff).await?;
    let page = LibraryPage {
        status: StatusPart::new(t, &counts, &ingestion, administers),
        unreachable: MountedView::all(t, &ingestion, administers),
        text: listed.q.trim().to_owned(),
        state: listed.known_state().unwrap_or_default().to_owned(),
        states: states(t, &listed, &counts),
        collections: collections(t, &listed, &state.library.collections(&staff).await?),
        sorts: sorts(t, &listed),
        filtered: total != counts.documents,
        folder: administers.then(|| state.library.folder().display().to_string()),
        upload,
        rows: documents
            .iter()
            .map(|document| RowView::new(&shell, document, administers, &ingestion))
            .collect(),
        paging: Paging::new(listed.page(), pages, |page| {
            listed.with("page", &page.to_string())
        }),
        worst: listed.with("sort", "worst"),
        table: listed.with_path("/library/coverage.csv", "sort", ""),
        shell,
    };
    render(&page, StatusCode::OK)
}

/// `GET /library/status`: the figures and the line about ingestion alone.
pub async fn status(
    request: HttpRequest,
    staff: Staff,
    state: web::Data<AppState>,
) -> Result<HttpResponse, WebError> {
    let t = Shell::for_request(&request, Place::Library).t;
    let counts = state.library.counts(&staff).await?;
    render(
        &StatusPart::new(
            t,
            &counts,
            &state.library.ingestion(&staff).await?,
            staff.administrator().is_some(),
        ),
        StatusCode::OK,
    )
}

/// What the retry button sends.
#[derive(Debug, Deserialize)]
pub struct Retry {
    #[serde(default)]
    back: String,
}

/// `POST /library/{id}/retry`
pub async fn retry(
    administrator: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    form: web::Form<Retry>,
) -> Result<HttpResponse, WebError> {
    state.library.retry(&administrator, DocumentId(*id)).await?;
    let back = super::switch::inside(&form.back);
    let back = if back == "/" { "/library" } else { back };
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, back)).finish())
}

impl StatusPart {
    /// How it stands with the documents and with ingestion. `administers`: whether to lead to what is passed over.
    pub fn new(t: Texts, counts: &LibraryCounts, status: &IngestStatus, administers: bool) -> Self {
        let waiting = status.waiting + status.settling;
        let reading = status
            .current
            .as_ref()
            .map(|path| ("status-reading", "status-reading-more", path));
        let recognising = status
            .recognising
            .as_ref()
            .map(|path| ("status-recognising", "status-recognising-more", path));
        let line = match (reading.or(recognising), waiting) {
            (Some((alone, _, path)), 0) => t.with(alone, "path", path),
            (Some((_, more, path)), waiting) => {
                t.with_all(more, &[("path", path), ("waiting", &grouped(waiting))])
            }
            (None, 0) if status.upkeep.asked => t.get("status-upkeep"),
            (None, 0) if status.rebuilding > 0 => t.count("status-rebuilding", status.rebuilding),
            (None, 0) if status.walked_ms.is_none() => t.get("status-looking"),
            (None, 0) => t.get("status-idle"),
            (None, waiting) => t.count("status-waiting", waiting),
        };
        let mut troubles: Vec<String> = status
            .folder_trouble
            .iter()
            .chain(&status.trouble)
            .map(|trouble| words::capitalised(&words::reason(t, trouble)))
            .collect();
        troubles.extend(
            status
                .unreadable
                .iter()
                .map(|folder| t.with("status-unreadable", "path", folder).into_owned()),
        );
        Self {
            summary: summary(t, counts),
            ledger: LedgerPart::new(t, &counts.coverage),
            busy: waiting > 0
                || reading.or(recognising).is_some()
                || status.rebuilding > 0
                || status.upkeep.asked,
            line: line.into_owned(),
            ignored: (status.ignored > 0).then(|| t.count("status-ignored", status.ignored).into_owned()),
            administers,
            troubles,
        }
    }
}

fn summary(t: Texts, counts: &LibraryCounts) -> String {
    t.with_all(
        "library-summary",
        &[
            ("documents", &t.count("documents-count", counts.documents)),
            ("searchable", &grouped(counts.searchable)),
            ("passages", &t.count("passages-count", counts.passages)),
        ],
    )
    .into_owned()
}
