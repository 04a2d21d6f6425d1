//! Coverage: what became of each page of one file, with the reason where there is no text, and a way to try again.

mod export;
mod password;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::{Coverage, Document, DocumentId, DocumentState, FileKind, Leaf, PageRun, Staff};
use crate::web::error::WebError;
use crate::web::ledger::{self, LedgerPart};
use crate::web::page::{Choice, Paging, Place, Shell, address, render};
use crate::web::parameters::lenient;
use crate::web::texts::{Texts, grouped};
use crate::web::{AppState, words};

pub use export::csv;
pub use password::{PasswordPart, give, give_as_json};

/// Runs of pages on a page.
const PAGE: usize = 100;

/// What can be chosen to be listed.
const FATES: [&str; 6] = ["text", "ocr", "empty", "picture", "failed", "skipped"];

/// What the address carries.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    /// Only pages that fared so, by the name of [`PageFate::as_str`](crate::domain::PageFate::as_str).
    #[serde(default)]
    fate: String,
    #[serde(default, deserialize_with = "lenient")]
    page: Option<u32>,
}

#[derive(Template)]
#[template(path = "pages/coverage.html")]
struct CoveragePage {
    shell: Shell,
    title: String,
    path: String,
    href: String,
    ledger: Option<LedgerPart>,
    /// What is wrong with the file as a whole.
    reason: Option<String>,
    retry: Option<String>,
    password: Option<PasswordPart>,
    /// What the pages of this kind of file are called.
    column: String,
    fates: Vec<Choice>,
    runs: Vec<RunView>,
    paging: Paging,
}

struct RunView {
    pages: String,
    /// The first of the pages, where it has text to show.
    href: Option<String>,
    fate_name: &'static str,
    fate: String,
    reason: String,
}

/// `GET /documents/{id}/coverage?fate=...&page=...`
pub async fn show(
    request: HttpRequest,
    staff: Staff,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(&request, Place::Library);
    let (document, coverage) = state.library.coverage(&staff, DocumentId(*id)).await?;
    let administers = staff.administrator().is_some();
    let page = CoveragePage::new(shell, &document, coverage.as_ref(), &asked, administers);
    render(&page, StatusCode::OK)
}

impl CoveragePage {
    fn new(
        shell: Shell,
        document: &Document,
        coverage: Option<&Coverage>,
        asked: &Asked,
        administers: bool,
    ) -> Self {
        let t = shell.t;
        let here = format!("/documents/{}/coverage", document.id);
        let all = coverage.map(Coverage::runs).unwrap_or_default();
        let fate = FATES.into_iter().find(|fate| *fate == asked.fate);
        let pictures = coverage.map_or(&[][..], Coverage::pictures);
        let listed = listed(pictures, &all, fate);
        let pages = u32::try_from(listed.len().div_ceil(PAGE)).unwrap_or(u32::MAX);
        let paging = Paging::new(asked.page.unwrap_or(1), pages, |page| {
            address(
                &here,
                &[("fate", fate.unwrap_or_default()), ("page", &page.to_string())],
            )
        });
        let first = (paging.page as usize - 1) * PAGE;
        let searchable = matches!(document.state, DocumentState::Searchable);
        let can_be_retried = document.can_be_retried() || (searchable && !pictures.is_empty());
        Self {
            title: document.title.clone(),
            path: document.path.clone(),
            href: format!("/documents/{}", document.id),
            ledger: LedgerPart::new(t, &document.coverage),
            reason: document
                .state
                .reason()
                .map(|reason| words::capitalised(&words::reason(t, reason))),
            retry: (administers && can_be_retried && !document.asks_for_password())
                .then(|| format!("/library/{}/retry", document.id)),
            password: PasswordPart::of(&shell, document, coverage).filter(|_| administers),
            column: column(t, document.kind),
            fates: fates(t, &here, &all, fate),
            runs: listed
                .into_iter()
                .skip(first)
                .take(PAGE)
                .map(|(run, are_pictures)| match are_pictures {
                    true => RunView::of_pictures(t, document, run),
                    false => RunView::new(t, document, run),
                })
                .collect(),
            paging,
            shell,
        }
    }
}

/// What is listed, over all pages of the list: first the pictures among the text of pages, as `true` says, then the pages.
fn listed<'ledger>(
    pictures: &'ledger [PageRun],
    pages: &'ledger [PageRun],
    fate: Option<&str>,
) -> Vec<(&'ledger PageRun, bool)> {
    let pictures = pictures.iter().map(|run| (run, true));
    let all = pictures.chain(pages.iter().map(|run| (run, false)));
    all.filter(|(run, _)| fate.is_none_or(|fate| run.fate.as_str() == fate))
        .collect()
}

impl RunView {
    fn new(t: Texts, document: &Document, run: &PageRun) -> Self {
        let number = |page: u32| grouped(page.into());
        Self {
            pages: match (run.first, run.last) {
                (0, _) => t.get("ledger-whole").into_owned(),
                (first, last) if first == last => number(first),
                (first, last) => format!("{}–{}", number(first), number(last)),
            },
            href: (run.fate.is_searchable() && run.first > 0 && document.kind.has_numbered_pages())
                .then(|| format!("/documents/{}?page={}", document.id, run.first)),
            fate_name: run.fate.as_str(),
            fate: ledger::fate(t, &run.fate),
            reason: run
                .fate
                .reason()
                .map(|reason| words::capitalised(&words::reason(t, reason)))
                .unwrap_or_default(),
        }
    }
}

impl RunView {
    /// Pictures among the text of pages, some of which could not be recognised.
    fn of_pictures(t: Texts, document: &Document, run: &PageRun) -> Self {
        Self {
            href: (run.first > 0 && document.kind.has_numbered_pages())
                .then(|| format!("/documents/{}?page={}", document.id, run.first)),
            fate: t.get("fate-pictures").into_owned(),
            ..Self::new(t, document, run)
        }
    }
}

fn column(t: Texts, kind: FileKind) -> String {
    let text = match kind.leaf() {
        Leaf::Slide => t.get("column-slides"),
        Leaf::Sheet => t.get("column-sheets"),
        Leaf::Page => t.get("column-pages"),
    };
    text.into_owned()
}

/// What there is to choose from: what no page of the file became is left out.
fn fates(t: Texts, here: &str, runs: &[PageRun], chosen: Option<&str>) -> Vec<Choice> {
    let pages = |fate: Option<&str>| -> u64 {
        let runs = runs
            .iter()
            .filter(|run| fate.is_none_or(|fate| run.fate.as_str() == fate));
        runs.map(|run| u64::from(run.pages())).sum()
    };
    let choice = |fate: Option<&str>, label: String| Choice {
        value: fate.unwrap_or_default().to_owned(),
        href: address(here, &[("fate", fate.unwrap_or_default())]),
        label,
        count: Some(grouped(pages(fate))),
        selected: chosen == fate,
    };
    let mut choices = vec![choice(None, t.get("state-all").into_owned())];
    for fate in FATES {
        if pages(Some(fate)) > 0 {
            choices.push(choice(
                Some(fate),
                t.get(&format!("fate-{fate}-short")).into_owned(),
            ));
        }
    }
    choices
}

#[cfg(test)]
mod tests {
    use crate::domain::{Collection, FileKind, GenerationId, PageCounts, PageFate, Reason};
    use crate::web::locale::Locale;

    use super::*;

    fn document(kind: FileKind) -> Document {
        Document {
            id: DocumentId(7),
            path: format!("file.{}", kind.extensions()[0]),
            collection: Collection::top(),
            kind,
            title: "file".to_owned(),
            size_bytes: 1,
            modified_ms: 0,
            state: DocumentState::Searchable,
            generation: Some(GenerationId(1)),
            pages: 12,
            coverage: PageCounts::default(),
            passages: 12,
            updated_ms: 0,
        }
    }

    #[test]
    fn pictures_among_the_text_stand_before_the_pages_in_one_list() {
        let run = |page: u32, fate: PageFate| PageRun {
            first: page,
            last: page,
            fate,
        };
        let failed = PageFate::Failed {
            reason: Reason::new("ocr-failed", "it broke off"),
        };
        let pictures: Vec<PageRun> = (1..=150).map(|page| run(page * 2, failed.clone())).collect();
        let pages = [run(1, PageFate::Text), run(2, failed)];
        let all = listed(&pictures, &pages, None);
        assert_eq!(all.len(), 152);
        assert_eq!((all[149], all[150]), ((&pictures[149], true), (&pages[0], false)));
        assert_eq!(listed(&pictures, &pages, Some("failed")).len(), 151);
        assert_eq!(listed(&pictures, &pages, Some("text")), [(&pages[0], false)]);
    }

    #[test]
    fn slides_and_sheets_of_every_format_are_called_so_and_numbered_ones_lead_to_their_text() {
        let t = Texts::of(Locale::English);
        let run = PageRun {
            first: 3,
            last: 4,
            fate: PageFate::Text,
        };
        let cases = [
            (FileKind::Pdf, "Pages", true),
            (FileKind::Image, "Pages", true),
            (FileKind::Pptx, "Slides", true),
            (FileKind::Ppt, "Slides", true),
            (FileKind::Odp, "Slides", true),
            (FileKind::Xlsx, "Sheets", false),
            (FileKind::Xls, "Sheets", false),
            (FileKind::Xlsb, "Sheets", false),
            (FileKind::Ods, "Sheets", false),
            (FileKind::Docx, "Pages", false),
        ];
        for (kind, called, leads) in cases {
            assert_eq!(column(t, kind), called, "{kind:?}");
            let href = RunView::new(t, &document(kind), &run).href;
            let expected = leads.then_some("/documents/7?page=3");
            assert_eq!(href.as_deref(), expected, "{kind:?}");
        }
    }
}
