//! Missing documents: what inspectors say would have answered, for administrators.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::Administrator;
use crate::review::{ConcernGroupId, MissingDocument};
use crate::web::error::WebError;
use crate::web::page::{Choice, Paging, Place, Shell, address, render};
use crate::web::parameters::lenient;
use crate::web::texts::Texts;
use crate::web::{AppState, words};

/// Notes on a page.
pub const PAGE: u32 = 50;

/// What the address of the list carries.
#[derive(Debug, Default, Deserialize)]
pub struct Listed {
    #[serde(default, deserialize_with = "lenient")]
    page: Option<u32>,
}

#[derive(Template)]
#[template(path = "pages/missing.html")]
struct MissingPage {
    shell: Shell,
    sections: Vec<Choice>,
    rows: Vec<RowView>,
    paging: Paging,
}

struct RowView {
    ask: String,
    end: String,
    missing: String,
    question: String,
    by: String,
    named: String,
    named_machine: String,
}

impl Listed {
    /// The page, from 1.
    pub fn page(&self) -> u32 {
        self.page.unwrap_or(1).max(1)
    }

    /// How many notes stand before it.
    pub fn offset(&self) -> u32 {
        (self.page() - 1).saturating_mul(PAGE)
    }
}

/// `GET /review/missing?page=...`
pub async fn list(
    request: HttpRequest,
    administrator: Administrator,
    state: web::Data<AppState>,
    listed: web::Query<Listed>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(&request, Place::Inbox);
    let (found, total) = state
        .review
        .missing_documents(&administrator, listed.offset(), PAGE)
        .await?;
    let pages = u32::try_from(total.div_ceil(u64::from(PAGE))).unwrap_or(u32::MAX);
    let page = MissingPage {
        sections: super::inbox::sections(shell.t, &administrator, "/review/missing"),
        rows: found
            .iter()
            .map(|missing| RowView::new(shell.t, missing))
            .collect(),
        paging: Paging::new(listed.page(), pages, |page| {
            address("/review/missing", &[("page", &page.to_string())])
        }),
        shell,
    };
    render(&page, StatusCode::OK)
}

/// `POST /review/missing/{id}/end`
pub async fn end(
    administrator: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    state
        .review
        .end_missing(&administrator, ConcernGroupId(*id))
        .await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, "/review/missing"))
        .finish())
}

impl RowView {
    fn new(t: Texts, missing: &MissingDocument) -> Self {
        Self {
            ask: address("/ask", &[("q", &missing.question)]),
            end: format!("/review/missing/{}/end", missing.group.0),
            missing: missing.missing.clone(),
            question: missing.question.clone(),
            by: missing.by.clone(),
            named: words::date(t, missing.named_ms),
            named_machine: words::machine_time(missing.named_ms),
        }
    }
}
