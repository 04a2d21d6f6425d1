//! A file in the list of the library: its state, what became of its pages, and a way to try again.

use crate::domain::{Document, DocumentState};
use crate::ingest::IngestStatus;
use crate::web::page::Shell;
use crate::web::pages::coverage::PasswordPart;
use crate::web::texts::{Texts, grouped};
use crate::web::words;

/// A file in the list.
pub(super) struct RowView {
    pub(super) href: String,
    pub(super) title: String,
    pub(super) path: String,
    pub(super) kind: &'static str,
    pub(super) state: &'static str,
    pub(super) state_name: String,
    /// Whether its file lies in a mount that cannot be reached.
    pub(super) unreachable: bool,
    pub(super) reason: String,
    pub(super) duplicate_of: Option<String>,
    pub(super) can_retry: bool,
    pub(super) retry: String,
    pub(super) password: Option<PasswordPart>,
    pub(super) collection: String,
    pub(super) pages: String,
    pub(super) note: Option<Note>,
    pub(super) passages: String,
    pub(super) size: String,
    pub(super) changed: String,
    pub(super) changed_machine: String,
}

/// What is to be said of the pages of a file, and where the rest is said.
pub(super) struct Note {
    pub(super) text: String,
    pub(super) href: String,
    pub(super) warns: bool,
}

impl RowView {
    /// `administers`: whether to offer to try again, or to give a password.
    pub(super) fn new(
        shell: &Shell,
        document: &Document,
        administers: bool,
        ingestion: &IngestStatus,
    ) -> Self {
        let t = shell.t;
        let password = PasswordPart::of(shell, document, None).filter(|_| administers);
        let (reason, duplicate_of) = match &document.state {
            DocumentState::Failed { reason } => (words::reason(t, reason), None),
            DocumentState::Duplicate { of } => (String::new(), Some(format!("/documents/{of}"))),
            DocumentState::Pending | DocumentState::Searchable => (String::new(), None),
        };
        let number = |number: u32| {
            if number == 0 {
                "–".to_owned()
            } else {
                grouped(number.into())
            }
        };
        Self {
            href: format!("/documents/{}", document.id),
            title: document.title.clone(),
            path: document.path.clone(),
            kind: words::short_kind(document.kind),
            state: document.state.as_str(),
            state_name: words::state(t, &document.state),
            unreachable: ingestion
                .unreachable
                .iter()
                .any(|folder| folder.holds(&document.path)),
            reason,
            duplicate_of,
            can_retry: administers
                && password.is_none()
                && document.coverage.lacking() > 0
                && document.can_be_retried(),
            retry: format!("/library/{}/retry", document.id),
            password,
            collection: words::collection(t, &document.collection),
            pages: number(document.pages),
            note: Note::of(t, document),
            passages: number(document.passages),
            size: words::size(document.size_bytes),
            changed: words::time(t, document.modified_ms),
            changed_machine: words::machine_time(document.modified_ms),
        }
    }
}

impl Note {
    /// The worst that can be said of the pages of a file.
    fn of(t: Texts, document: &Document) -> Option<Self> {
        let counts = &document.coverage;
        let (key, count) = [
            ("pages-lacking", counts.lacking()),
            ("pages-doubtful", counts.doubtful),
            ("pages-empty", counts.empty),
            ("pages-ocr", counts.ocr),
        ]
        .into_iter()
        .find(|(_, count)| *count > 0)?;
        Some(Self {
            text: t.count(key, count).into_owned(),
            href: format!("/documents/{}/coverage", document.id),
            warns: count != counts.ocr || counts.doubtful > 0,
        })
    }
}
