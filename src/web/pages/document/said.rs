//! What the page says of a document: facts, notices, and why there is no text.

use crate::domain::{Document, DocumentState, Leaf};
use crate::library::{Cited, DocumentView};
use crate::web::texts::Texts;
use crate::web::words;

/// What is known of a document beside its text.
pub(super) fn facts(t: Texts, document: &Document) -> Vec<String> {
    let mut facts = vec![
        words::kind(t, document.kind).into_owned(),
        words::collection(t, &document.collection),
    ];
    if document.pages > 0 {
        let count = match document.kind.leaf() {
            Leaf::Slide => t.count("slides-count", document.pages),
            Leaf::Sheet => t.count("sheets-count", document.pages),
            Leaf::Page => t.count("pages-count", document.pages),
        };
        facts.push(count.into_owned());
    }
    facts.push(words::size(document.size_bytes));
    facts.push(
        t.with("changed", "time", &words::time(t, document.modified_ms))
            .into_owned(),
    );
    facts
}

/// What a reader should know before reading.
pub(super) fn notices(t: Texts, view: &DocumentView) -> Vec<String> {
    let mut notices = Vec::new();
    if view.cited == Cited::Gone {
        notices.push(t.get("document-citation-gone").into_owned());
    }
    match &view.document.state {
        DocumentState::Pending if view.document.generation.is_some() => {
            notices.push(t.get("document-pending-old").into_owned());
        }
        DocumentState::Pending | DocumentState::Searchable => {}
        DocumentState::Duplicate { .. } => notices.push(t.get("document-duplicate").into_owned()),
        DocumentState::Failed { reason } => {
            notices.push(
                t.with("document-failed", "reason", &words::reason(t, reason))
                    .into_owned(),
            );
        }
    }
    let lacking = view.document.coverage.lacking();
    if lacking > 0 && view.document.generation.is_some() {
        notices.push(t.count("document-pages-lacking", lacking).into_owned());
    }
    notices
}

/// What is said of a document without text: a title and an explanation.
pub(super) fn emptiness(t: Texts, document: &Document) -> (String, String) {
    let (title, explained) = match document.state {
        DocumentState::Pending => (
            t.get("document-empty-pending-title"),
            t.get("document-empty-pending-explained"),
        ),
        _ => (t.get("document-empty-title"), t.get("document-empty-explained")),
    };
    (title.into_owned(), explained.into_owned())
}
