//! The revisions of a controlled document, and two of them side by side.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::domain::{DocumentId, Revision, Staff};
use crate::library::{Compared, Piece};
use crate::web::error::WebError;
use crate::web::page::{Place, Shell, render};
use crate::web::texts::{Texts, grouped};
use crate::web::{AppState, words};

#[derive(Template)]
#[template(path = "pages/revisions.html")]
struct RevisionsPage {
    shell: Shell,
    number: String,
    rows: Vec<RevisionView>,
}

struct RevisionView {
    href: String,
    title: String,
    path: String,
    revision: String,
    /// The date as it is shown, and as a machine reads it.
    effective: Option<(String, String)>,
    standing: String,
    in_force: bool,
    current: bool,
    /// The comparison with the one on whose page this is.
    compare: Option<String>,
}

/// `GET /documents/{id}/revisions`
pub async fn list(
    request: HttpRequest,
    staff: Staff,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(&request, Place::Library);
    let t = shell.t;
    let here = DocumentId(*id);
    let revisions = state.library.revisions(&staff, here).await?;
    let number = revisions.first().map(|found| found.revision.number.clone());
    let rows = revisions
        .into_iter()
        .map(|found| RevisionView {
            href: format!("/documents/{}", found.document),
            compare: (found.document != here)
                .then(|| format!("/documents/{}/compare/{}", here, found.document)),
            current: found.document == here,
            in_force: words::is_in_force(&found.revision),
            standing: words::standing(t, &found.revision),
            revision: found.revision.revision.unwrap_or_else(|| "–".to_owned()),
            effective: found
                .revision
                .effective
                .map(|date| (words::date_of(t, &date), date)),
            title: found.title,
            path: found.path,
        })
        .collect();
    let page = RevisionsPage {
        number: number.unwrap_or_default(),
        rows,
        shell,
    };
    render(&page, StatusCode::OK)
}

#[derive(Template)]
#[template(path = "pages/compare.html")]
struct ComparePage {
    shell: Shell,
    number: String,
    before: SideView,
    after: SideView,
    lines: Vec<LineView>,
    changes: String,
    /// What is said where the end of a document was not compared.
    cut: Option<String>,
}

struct SideView {
    href: String,
    label: String,
    path: String,
}

struct LineView {
    before: Vec<Piece>,
    after: Vec<Piece>,
    changed: bool,
    /// What is said in place of lines without a change.
    skipped: Option<String>,
}

/// `GET /documents/{id}/compare/{other}`
pub async fn compare(
    request: HttpRequest,
    staff: Staff,
    state: web::Data<AppState>,
    ids: web::Path<(i64, i64)>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(&request, Place::Library);
    let t = shell.t;
    let (one, other) = ids.into_inner();
    let compared = state
        .library
        .compare(&staff, DocumentId(one), DocumentId(other))
        .await?;
    let changes = compared
        .lines
        .iter()
        .filter(|line| matches!(line, Compared::Changed { .. }))
        .count();
    let page = ComparePage {
        number: compared.before.revision.number.clone(),
        before: SideView::new(t, &compared.before),
        after: SideView::new(t, &compared.after),
        lines: compared
            .lines
            .into_iter()
            .map(|line| LineView::new(t, line))
            .collect(),
        cut: compared.only.map(|lines| {
            t.with("compare-cut", "lines", &grouped(lines as u64))
                .into_owned()
        }),
        changes: t.count("compare-changes", changes as u64).into_owned(),
        shell,
    };
    render(&page, StatusCode::OK)
}

impl SideView {
    fn new(t: Texts, side: &crate::library::RevisionEntry) -> Self {
        Self {
            href: format!("/documents/{}", side.document),
            label: revision_line(t, &side.revision),
            path: side.path.clone(),
        }
    }
}

impl LineView {
    fn new(t: Texts, line: Compared) -> Self {
        let whole = |before, after, changed| Self {
            before,
            after,
            changed,
            skipped: None,
        };
        match line {
            Compared::Same(text) => {
                let same = vec![Piece { text, marked: false }];
                whole(same.clone(), same, false)
            }
            Compared::Changed { before, after } => {
                whole(before.unwrap_or_default(), after.unwrap_or_default(), true)
            }
            Compared::Skipped(lines) => Self {
                skipped: Some(t.count("compare-skipped", lines as u64).into_owned()),
                ..whole(Vec::new(), Vec::new(), false)
            },
        }
    }
}

/// `Revision 3, in force`
pub fn revision_line(t: Texts, revision: &Revision) -> String {
    let standing = words::standing(t, revision);
    match &revision.revision {
        Some(number) => t
            .with_all("revision-line", &[("revision", number), ("standing", &standing)])
            .into_owned(),
        None => words::capitalised(&standing),
    }
}
