//! A source as pages show it: a passage with what is cited of it, and the way to its place in its document.

use askama::Template;
use serde::Deserialize;

use super::page::address;
use super::pages::revisions::revision_line;
use super::picture::{Marked, PicturePart, Shapes, Shown};
use super::texts::Texts;
use super::words;
use crate::domain::{Citation, DocumentId, Locator, PassageId, Revision, ScoredPassage, Span};
use crate::library::{self, Part, Piece};

/// Characters of a passage shown around what is cited.
const CONTEXT: usize = 700;
/// Rows of a table shown where none is cited.
const ROWS: usize = 4;

/// A passage that was looked at for an answer, as it was sent or stored.
#[derive(Debug, Clone, Deserialize)]
pub struct Looked {
    pub(super) id: PassageId,
    pub(super) document: DocumentId,
    pub(super) locator: Locator,
    pub(super) text: String,
    pub(super) title: String,
    pub(super) path: String,
    #[serde(default)]
    pub(super) revision: Option<Revision>,
}

impl From<&ScoredPassage> for Looked {
    fn from(scored: &ScoredPassage) -> Self {
        Self {
            id: scored.passage.id,
            document: scored.passage.document,
            locator: scored.passage.locator.clone(),
            text: scored.passage.text.clone(),
            title: scored.title.clone(),
            path: scored.path.clone(),
            revision: scored.revision.clone(),
        }
    }
}

/// A source with the words that are cited, or, without a number, a passage near to the question.
#[derive(Template)]
#[template(path = "parts/source.html")]
pub struct SourcePart {
    number: u32,
    /// Whether other parts of the page lead here by its number.
    anchor: bool,
    href: String,
    title: String,
    place: String,
    path: String,
    /// The revision, where its document is controlled, as it stood when the question was asked.
    revision: Option<String>,
    in_force: bool,
    parts: Vec<Part>,
    page: Option<PageView>,
}

/// The page on which the cited words stand.
struct PageView {
    href: String,
    label: String,
    picture: PicturePart,
    /// Whether it is there without anything having to be laid out first.
    ready: bool,
}

fn is_in_force(passage: Option<&Looked>) -> bool {
    let revision = passage.and_then(|passage| passage.revision.as_ref());
    revision.is_none_or(words::is_in_force)
}

impl SourcePart {
    /// The source that all of `citations` point at; nothing if there is none.
    pub fn cited(t: Texts, citations: &[&Citation], looked: &[Looked], shapes: &Shapes) -> Option<Self> {
        let citation = *citations.first()?;
        let passage = looked.iter().find(|passage| passage.id == citation.passage);
        let spans: Vec<Span> = citations.iter().map(|citation| citation.span).collect();
        let parts = match passage {
            Some(passage) => shown(passage, &spans, || {
                library::excerpt(&passage.text, &spans, CONTEXT)
            }),
            None => {
                let mut quoted = Vec::new();
                for citation in citations {
                    if !quoted.is_empty() {
                        quoted.push(Piece {
                            text: " … ".to_owned(),
                            marked: false,
                        });
                    }
                    quoted.push(Piece {
                        text: citation.quote.clone(),
                        marked: true,
                    });
                }
                vec![Part::Text(quoted)]
            }
        };
        Some(Self {
            number: citation.number,
            anchor: true,
            href: href(citation),
            title: citation.title.clone(),
            place: words::locator_line(t, &citation.locator),
            path: citation.path.clone(),
            revision: passage
                .and_then(|passage| passage.revision.as_ref())
                .map(|revision| revision_line(t, revision)),
            in_force: is_in_force(passage),
            parts,
            page: page(t, citation, &spans, shapes),
        })
    }

    /// The same beside other sources: nothing on the page leads here by its number.
    pub fn plain(t: Texts, citations: &[&Citation]) -> Option<Self> {
        let source = Self::cited(t, citations, &[], &Shapes::default())?;
        Some(Self {
            anchor: false,
            ..source
        })
    }

    /// A passage near to a question, with the words of the question marked.
    pub fn near(t: Texts, question: &str, passage: &Looked) -> Self {
        Self {
            number: 0,
            anchor: false,
            href: passage_href(passage.document, passage.id, None),
            title: passage.title.clone(),
            place: words::locator_line(t, &passage.locator),
            path: passage.path.clone(),
            revision: passage
                .revision
                .as_ref()
                .map(|revision| revision_line(t, revision)),
            in_force: is_in_force(Some(passage)),
            parts: shown(passage, &[], || {
                library::highlighted(&passage.text, question, CONTEXT)
            }),
            page: None,
        }
    }
}

/// The page of a citation, where it can be shown.
fn page(t: Texts, citation: &Citation, spans: &[Span], shapes: &Shapes) -> Option<PageView> {
    let page = shapes.get(citation)?;
    let shown = Shown {
        document: citation.document,
        title: &citation.title,
        // Which page of an Office file it is may depend on all that is cited: that is asked for, and not the page.
        page: citation.locator.page,
        shape: page.shape,
        sizes: "(max-width: 40rem) 82vw, 28rem",
    };
    let marked = Marked {
        passage: citation.passage,
        spans,
    };
    Some(PageView {
        href: pages_href(citation),
        label: t.get("picture-show").into_owned(),
        picture: PicturePart::new(t, shown, Some(marked))?,
        ready: page.page.is_some(),
    })
}

/// A passage as a source shows it: a table with its header and the rows that are cited, else the words around what is
/// cited, which `excerpt` makes.
fn shown(passage: &Looked, spans: &[Span], excerpt: impl FnOnce() -> Vec<Piece>) -> Vec<Part> {
    let mut parts = library::parts(&passage.text, passage.locator.rows, spans);
    let tabular = |part: &Part| match part {
        Part::Table { rows, .. } => spans.is_empty() || rows.iter().any(|row| row.marked),
        Part::Text(_) => false,
    };
    let Some(position) = parts
        .iter()
        .position(tabular)
        .filter(|position| *position == 0 || !spans.is_empty())
    else {
        return vec![Part::Text(excerpt())];
    };
    let mut table = parts.swap_remove(position);
    if let Part::Table { rows, .. } = &mut table {
        if spans.is_empty() {
            rows.truncate(ROWS);
        } else {
            rows.retain(|row| row.marked);
        }
    }
    vec![table]
}

/// Where a passage stands in its document, and what of it to mark.
pub fn passage_href(document: DocumentId, passage: PassageId, span: Option<Span>) -> String {
    href_in_view(document, passage, span, "")
}

/// The same among the pages as pictures.
fn pages_href(citation: &Citation) -> String {
    href_in_view(citation.document, citation.passage, Some(citation.span), "pages")
}

fn href_in_view(document: DocumentId, passage: PassageId, span: Option<Span>, view: &str) -> String {
    let mut parameters = vec![("passage", passage.0.to_string())];
    if let Some(span) = span {
        parameters.push(("from", span.start.to_string()));
        parameters.push(("to", span.end.to_string()));
    }
    parameters.push(("view", view.to_owned()));
    let parameters: Vec<(&str, &str)> = parameters
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    address(&format!("/documents/{document}"), &parameters) + "#cited"
}

/// Where a citation points at.
pub fn href(citation: &Citation) -> String {
    passage_href(citation.document, citation.passage, Some(citation.span))
}
