//! What is passed over in the documents folder, and why: for administrators who look for a file.

use std::rc::Rc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::Administrator;
use crate::library::{PassedBy, PassedOver, PassedPart};
use crate::web::AppState;
use crate::web::error::WebError;
use crate::web::page::{Place, Shell, address, render};
use crate::web::spreadsheet::{Export, defused, streamed};
use crate::web::texts::{Texts, grouped};

/// Entries on a page, and of an export at once.
const PAGE: usize = 100;
const EXPORTED_TOGETHER: usize = 5_000;

const EXPORT: Export<6> = Export {
    address: "/library/passed.csv",
    file: "gemba-passed-over.csv",
    header: ["path", "kind", "why", "rules", "line", "pattern"],
};

/// What the address carries.
#[derive(Debug, Deserialize)]
pub struct Asked {
    /// The path after which the page begins.
    #[serde(default)]
    after: String,
}

#[derive(Template)]
#[template(path = "pages/passed.html")]
struct PassedPage {
    shell: Shell,
    rows: Vec<RowView>,
    /// What is said where there are no rows.
    none: String,
    /// Whether the page begins at the beginning.
    is_first: bool,
    next: Option<String>,
}

struct RowView {
    path: String,
    why: String,
    pattern: Option<String>,
}

/// `GET /library/passed?after=...`
pub async fn show(
    request: HttpRequest,
    administrator: Administrator,
    state: web::Data<AppState>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(&request, Place::Library);
    let part = state
        .library
        .passed_over(&administrator, &asked.after, PAGE)
        .await?;
    let page = PassedPage {
        none: none(shell.t, part.next.is_some(), asked.after.is_empty()),
        rows: part
            .entries
            .iter()
            .map(|entry| RowView::new(shell.t, entry))
            .collect(),
        is_first: asked.after.is_empty(),
        next: part
            .next
            .map(|after| address("/library/passed", &[("after", &after)])),
        shell,
    };
    render(&page, StatusCode::OK)
}

/// `GET /api/library/passed?after=...`
pub async fn list(
    administrator: Administrator,
    state: web::Data<AppState>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let part = state
        .library
        .passed_over(&administrator, &asked.after, PAGE)
        .await?;
    Ok(HttpResponse::Ok().json(part))
}

/// `GET /library/passed.csv`
pub async fn csv(administrator: Administrator, state: web::Data<AppState>) -> Result<HttpResponse, WebError> {
    let asked = Rc::new((administrator, state));
    let read = move |last: Option<PassedPart>| {
        let asked = Rc::clone(&asked);
        async move {
            let (administrator, state) = &*asked;
            let after = match last {
                None => String::new(),
                Some(PassedPart {
                    next: Some(after), ..
                }) => after,
                Some(_) => return Ok(Vec::new()),
            };
            let part = state
                .library
                .passed_over(administrator, &after, EXPORTED_TOGETHER)
                .await?;
            Ok(vec![part])
        }
    };
    streamed(EXPORT, read, |part| part.entries.iter().map(row).collect()).await
}

fn row(entry: &PassedOver) -> [String; 6] {
    let kind = if entry.is_folder { "folder" } else { "file" };
    let (file, line, pattern) = match &entry.by {
        PassedBy::Rule { file, line, pattern } => (defused(file), line.to_string(), defused(pattern)),
        _ => Default::default(),
    };
    let why = entry.by.as_str().to_owned();
    [defused(&entry.path), kind.to_owned(), why, file, line, pattern]
}

/// The search ends after some seconds, and a part may end with the last entry: where there is nothing, it is not yet, or not
/// any more.
fn none(t: Texts, goes_on: bool, is_first: bool) -> String {
    let said = match (goes_on, is_first) {
        (true, _) => t.get("passed-none-yet"),
        (false, true) => t.get("passed-none"),
        (false, false) => t.get("passed-none-more"),
    };
    said.into_owned()
}

impl RowView {
    fn new(t: Texts, entry: &PassedOver) -> Self {
        let (why, pattern) = match &entry.by {
            PassedBy::Format => (t.get("passed-format"), None),
            PassedBy::Hidden => (t.get("passed-hidden"), None),
            PassedBy::Litter => (t.get("passed-litter"), None),
            PassedBy::Link => (t.get("passed-link"), None),
            PassedBy::Special => (t.get("passed-special"), None),
            PassedBy::Rule { file, line, pattern } => {
                let line = grouped(*line as u64);
                let said = t.with_all("passed-rule", &[("file", file), ("line", &line)]);
                (said, Some(pattern.clone()))
            }
        };
        Self {
            path: if entry.is_folder {
                format!("{}/", entry.path)
            } else {
                entry.path.clone()
            },
            why: why.into_owned(),
            pattern,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::web::locale::Locale;

    use super::*;

    #[test]
    fn only_a_search_that_came_to_its_end_from_the_beginning_says_that_there_is_nothing() {
        let none = |goes_on, is_first| none(Texts::of(Locale::English), goes_on, is_first);
        assert_eq!(none(false, true), "Nothing is passed over.");
        assert_eq!(none(false, false), "Nothing more is passed over.");
        for is_first in [true, false] {
            assert_eq!(
                none(true, is_first),
                "Nothing found so far. Go on to look further."
            );
        }
    }
}
