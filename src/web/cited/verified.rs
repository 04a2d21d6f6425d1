//! A verified answer as pages show it, above the ordinary one: marked as such, with who stands for it and since when.

use std::collections::BTreeMap;

use askama::Template;

use super::{StatementPart, citations};
use crate::domain::{Citation, VerifiedAnswer};
use crate::web::source::SourcePart;
use crate::web::texts::Texts;
use crate::web::words;

/// A verified answer.
#[derive(Template)]
#[template(path = "parts/verified.html")]
pub struct VerifiedPart {
    t: Texts,
    question: String,
    by: String,
    statements: Vec<StatementPart>,
    sources: Vec<SourcePart>,
    /// On the permanent page of an answer it is shown as it was.
    kept: bool,
}

impl VerifiedPart {
    /// A verified answer as it is, or, where it was `kept` with an answer, as it was.
    pub fn new(t: Texts, verified: &VerifiedAnswer, kept: bool) -> Self {
        let mut numbered: BTreeMap<u32, Vec<&Citation>> = BTreeMap::new();
        for citation in citations(&[], &verified.statements) {
            numbered.entry(citation.number).or_default().push(citation);
        }
        Self {
            t,
            question: verified.question().to_owned(),
            by: by(t, verified),
            statements: verified
                .statements
                .iter()
                .map(|statement| StatementPart::new(t, statement))
                .collect(),
            sources: numbered
                .values()
                .filter_map(|citations| SourcePart::plain(t, citations))
                .collect(),
            kept,
        }
    }
}

/// Who stands for a verified answer, and since when.
pub fn by(t: Texts, verified: &VerifiedAnswer) -> String {
    let date = words::date(t, verified.verified_ms);
    let text = if verified.owner.is_empty() {
        t.with("verified-by-machine", "date", &date)
    } else {
        t.with_all("verified-by", &[("name", &verified.owner), ("date", &date)])
    };
    text.into_owned()
}
