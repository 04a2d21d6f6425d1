//! Document: its text by page or section, or its pages as pictures; the contents beside it, what is cited marked, the
//! way to the original.

mod leaves;
mod pages;
mod said;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use self::leaves::Found;
use self::pages::PageView;
use self::said::{emptiness, facts, notices};
use super::original::opens_in_browser;
use super::revisions::revision_line;
use crate::domain::{DocumentId, PassageId, Revision, Span, Staff, Standing};
use crate::library::{Cited, DocumentView, Entry, Section, Wanted};
use crate::web::error::WebError;
use crate::web::layout::{Block, Stretch, blocks};
use crate::web::page::{Choice, Paging, Place, Shell, address, render};
use crate::web::parameters::lenient;
use crate::web::texts::{Texts, grouped};
use crate::web::{AppState, words};

/// What the address of a document carries.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Shown {
    #[serde(default, deserialize_with = "lenient")]
    passage: Option<i64>,
    #[serde(default, deserialize_with = "lenient")]
    from: Option<u32>,
    #[serde(default, deserialize_with = "lenient")]
    to: Option<u32>,
    #[serde(default, deserialize_with = "lenient")]
    part: Option<u32>,
    #[serde(default, deserialize_with = "lenient")]
    page: Option<u32>,
    /// `pages` shows pictures of the pages in place of their text.
    #[serde(default)]
    view: String,
}

#[derive(Template)]
#[template(path = "pages/document.html")]
struct DocumentPage {
    shell: Shell,
    title: String,
    path: String,
    facts: Vec<String>,
    original: Option<OriginalLink>,
    /// Where stands what became of its pages.
    coverage: String,
    notices: Vec<String>,
    /// The revision, where the document is controlled.
    revision: Option<RevisionView>,
    contents: Vec<EntryView>,
    /// Text or pages, where there is a choice.
    views: Vec<Choice>,
    /// The pages, where they are shown in place of the text.
    pages: Vec<PageView>,
    sections: Vec<SectionView>,
    empty_title: String,
    empty_explained: String,
    paging: Paging,
}

struct RevisionView {
    label: String,
    number: String,
    in_force: bool,
    /// The one that holds in its place.
    successor: Option<String>,
    href: String,
}

struct OriginalLink {
    href: String,
    label: String,
    opens: bool,
}

struct EntryView {
    level: usize,
    href: String,
    label: String,
    current: bool,
}

struct SectionView {
    anchor: String,
    label: String,
    headings: Vec<HeadingView>,
    blocks: Vec<Block>,
}

struct HeadingView {
    depth: usize,
    text: String,
}

impl Shown {
    /// What it asks of the library.
    pub fn wanted(&self) -> Wanted {
        let span = self.from.zip(self.to).filter(|(from, to)| from < to);
        Wanted {
            part: self.part,
            page: self.page,
            passage: self.passage.map(PassageId),
            span: span.map(|(start, end)| Span { start, end }),
        }
    }

    fn as_pages(&self) -> bool {
        self.view == "pages"
    }

    /// The same place as text and as pages.
    fn views(&self, t: Texts, here: &str, part: u32) -> Vec<Choice> {
        let number = |number: Option<String>| number.unwrap_or_default();
        let passage = number(self.passage.map(|passage| passage.to_string()));
        let part = if passage.is_empty() {
            part.to_string()
        } else {
            String::new()
        };
        let choice = |value: &str, key: &str| {
            let parameters = [
                ("passage", passage.as_str()),
                ("from", &number(self.from.map(|from| from.to_string()))),
                ("to", &number(self.to.map(|to| to.to_string()))),
                ("part", &part),
                ("view", value),
            ];
            let place = if passage.is_empty() { "" } else { "#cited" };
            Choice {
                value: value.to_owned(),
                href: address(here, &parameters) + place,
                label: t.get(key).into_owned(),
                count: None,
                selected: self.as_pages() == (value == "pages"),
            }
        };
        vec![choice("", "view-text"), choice("pages", "view-pages")]
    }
}

/// `GET /documents/{id}?passage=...&from=...&to=...&part=...&page=...`
pub async fn show(
    request: HttpRequest,
    staff: Staff,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    shown: web::Query<Shown>,
) -> Result<HttpResponse, WebError> {
    let view = state
        .library
        .view(&staff, DocumentId(*id), shown.wanted())
        .await?;
    let as_leaves = shown.as_pages() && view.document.kind.is_laid_out();
    if let Some(page) = shown.page.filter(|_| shown.passage.is_none() && !as_leaves)
        && let Some(place) = place_of(&view, page, shown.as_pages())
    {
        return Ok(HttpResponse::SeeOther().insert_header((LOCATION, place)).finish());
    }
    let shell = Shell::for_request(&request, Place::Library);
    let mut pages = pages::of(shell.t, &staff, &state.library, &view).await;
    let mut found = Found::default();
    if as_leaves {
        found = Found::of(&staff, &state.library, &view, shown.wanted()).await;
        pages = found.pages(shell.t, &view);
    }
    let revision = state.library.revision(&staff, view.document.id).await?;
    let mut page = DocumentPage {
        revision: revision.map(|revision| RevisionView::new(shell.t, view.document.id, revision)),
        ..DocumentPage::new(shell, &view, &shown, pages)
    };
    // Asked last: laying them out may just have failed.
    if state.library.has_leaves(&view.document) {
        page.views = shown.views(page.shell.t, &format!("/documents/{}", view.document.id), 1);
    }
    found.settle(&mut page, &view);
    render(&page, StatusCode::OK)
}

impl DocumentPage {
    /// `pages` are there where their pictures can be shown.
    fn new(shell: Shell, view: &DocumentView, shown: &Shown, pages: Option<Vec<PageView>>) -> Self {
        let t = shell.t;
        let document = &view.document;
        let here = format!("/documents/{}", document.id);
        let (empty_title, empty_explained) = emptiness(t, document);
        let as_pages = shown.as_pages() && pages.is_some();
        let part_view = if as_pages { "pages" } else { "" };
        // Of a file inside this one the page is shown that is cited, so that the contents lead to the text.
        let (contents_part, contents_view) = match as_pages && document.kind.holds_files() {
            true => (0, ""),
            false => (view.part, part_view),
        };
        let mut notices = notices(t, view);
        let hidden = pages::hidden(view);
        if as_pages && hidden > 0 {
            notices.push(t.count("document-pages-hidden", hidden).into_owned());
        }
        Self {
            title: document.title.clone(),
            path: document.path.clone(),
            facts: facts(t, document),
            original: original(t, view),
            coverage: format!("{here}/coverage"),
            notices,
            revision: None,
            views: match pages {
                Some(_) => shown.views(t, &here, view.part),
                None => Vec::new(),
            },
            pages: pages.filter(|_| as_pages).unwrap_or_default(),
            contents: view
                .contents
                .iter()
                .map(|entry| EntryView::new(t, entry, &here, contents_part, contents_view))
                .collect(),
            sections: view
                .sections
                .iter()
                .map(|section| SectionView::new(t, section, view))
                .collect(),
            empty_title,
            empty_explained,
            paging: Paging::new(view.part, view.parts, |part| {
                address(&here, &[("part", &part.to_string()), ("view", part_view)])
            }),
            shell,
        }
    }
}

impl RevisionView {
    fn new(t: Texts, here: DocumentId, revision: Revision) -> Self {
        Self {
            label: revision_line(t, &revision),
            in_force: words::is_in_force(&revision),
            successor: match &revision.standing {
                Standing::Superseded { by } => Some(format!("/documents/{}", by.document)),
                _ => None,
            },
            href: format!("/documents/{here}/revisions"),
            number: revision.number,
        }
    }
}

impl EntryView {
    fn new(t: Texts, entry: &Entry, here: &str, part: u32, view: &str) -> Self {
        let place = words::capitalised(&words::place(t, &entry.place));
        let label = match (&entry.heading, place.is_empty()) {
            (Some(heading), true) => heading.clone(),
            (Some(heading), false) => format!("{place} · {heading}"),
            (None, _) => place,
        };
        let anchor = anchor(entry.ordinal);
        let href = if entry.part == part {
            format!("#{anchor}")
        } else {
            address(here, &[("part", &entry.part.to_string()), ("view", view)]) + "#" + anchor.as_str()
        };
        Self {
            level: entry.level,
            href,
            label,
            current: false,
        }
    }
}

impl SectionView {
    fn new(t: Texts, section: &Section, view: &DocumentView) -> Self {
        let mut locator = section.locator.clone();
        locator.rows = None;
        locator.time = None;
        let first = section.passages.first().map_or(0, |passage| passage.ordinal);
        Self {
            anchor: anchor(first),
            label: if section.opens_place {
                words::capitalised(&words::place(t, &locator))
            } else {
                String::new()
            },
            headings: section
                .headings
                .iter()
                .map(|(depth, text)| HeadingView {
                    depth: (*depth).min(2),
                    text: text.clone(),
                })
                .collect(),
            blocks: blocks(&section.passages, view),
        }
    }
}

/// The address of the place at which a page or slide begins: what comes after `#` is the browser's part.
fn place_of(view: &DocumentView, page: u32, as_pages: bool) -> Option<String> {
    let here = format!("/documents/{}", view.document.id);
    if as_pages && (view.pages.0..=view.pages.1).contains(&page) && page > 0 {
        let parameters = [("part", view.part.to_string()), ("view", "pages".to_owned())];
        let parameters = parameters.each_ref().map(|(name, value)| (*name, value.as_str()));
        return Some(address(&here, &parameters) + "#" + pages::anchor(page).as_str());
    }
    let section = view
        .sections
        .iter()
        .find(|section| section.locator.page_number() == Some(page))?;
    let ordinal = section.passages.first()?.ordinal;
    Some(format!("{here}?part={}#{}", view.part, anchor(ordinal)))
}

fn anchor(ordinal: u32) -> String {
    format!("p{ordinal}")
}

fn original(t: Texts, view: &DocumentView) -> Option<OriginalLink> {
    let document = &view.document;
    let mut href = format!("/documents/{}/original", document.id);
    let cited_page = match view.cited {
        Cited::Here(cited) => view
            .sections
            .iter()
            .flat_map(|section| &section.passages)
            .find(|passage| passage.id == cited)
            .and_then(|passage| passage.locator.page),
        Cited::Nothing | Cited::Gone => None,
    };
    let opens = opens_in_browser(document.kind);
    let label = match (opens, cited_page) {
        (true, Some(page)) => {
            href.push_str(&format!("#page={page}"));
            t.with("original-open-page", "page", &grouped(page.into()))
        }
        (true, None) => t.get("original-open"),
        (false, _) => t.get("original-download"),
    };
    Some(OriginalLink {
        href,
        label: label.into_owned(),
        opens,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_that_is_none_is_not_asked_for() {
        let shown = Shown {
            passage: Some(1),
            from: Some(5),
            to: Some(5),
            ..Shown::default()
        };
        assert_eq!(shown.wanted().span, None);
    }
}
