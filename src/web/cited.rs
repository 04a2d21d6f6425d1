//! Answers as pages show them: sentences with their marks, sources with the words that are cited, or a refusal. A whole
//! page and a stream are made of the same parts, so that they look the same.

use std::collections::BTreeMap;

use askama::Template;
use serde::Deserialize;

use super::page::address;
use super::texts::Texts;
use super::words;
use crate::domain::{Citation, DocumentId, Locator, PassageId, Quote, ScoredPassage, Span, Verdict};
use crate::library::{self, Part, Piece};

/// Characters of a passage shown around what is cited.
const CONTEXT: usize = 700;
/// Rows of a table shown where none is cited.
const ROWS: usize = 4;
/// Passages shown beside a refusal.
const NEAREST: usize = 5;

/// A passage that was looked at for an answer, as it was sent or stored.
#[derive(Debug, Clone, Deserialize)]
pub struct Looked {
    id: PassageId,
    document: DocumentId,
    locator: Locator,
    text: String,
    title: String,
    path: String,
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
        }
    }
}

/// How an answer ended.
#[derive(Debug, Clone)]
pub struct Ending<'answer> {
    /// What was asked.
    pub question: &'answer str,
    /// Answered or refused.
    pub verdict: Verdict,
    /// What wrote it.
    pub generator: &'answer str,
    /// How long it took.
    pub duration_ms: u64,
    /// Its permanent address, if it was stored.
    pub permalink: Option<String>,
}

/// An answer, whole or still empty.
#[derive(Template)]
#[template(path = "parts/answer.html")]
pub struct AnswerPart {
    t: Texts,
    waiting: bool,
    refused: bool,
    sentences: Vec<SentencePart>,
    sources: Vec<SourcePart>,
    end: String,
    nearest: String,
}

/// A sentence with its mark.
#[derive(Template)]
#[template(path = "parts/sentence.html")]
pub struct SentencePart {
    /// A sentence is one cell; a row of a table has several.
    cells: Vec<String>,
    href: String,
    label: String,
    number: u32,
}

/// A source with the words that are cited, or, without a number, a passage near to the question.
#[derive(Template)]
#[template(path = "parts/source.html")]
pub struct SourcePart {
    number: u32,
    href: String,
    title: String,
    place: String,
    path: String,
    parts: Vec<Part>,
}

/// What stands below the sentences.
#[derive(Template)]
#[template(path = "parts/end.html")]
pub struct EndPart {
    t: Texts,
    refused: bool,
    how: String,
    permalink: Option<String>,
    search: String,
}

/// The passages nearest to a question that was refused.
#[derive(Template)]
#[template(path = "parts/nearest.html")]
pub struct NearestPart {
    t: Texts,
    passages: Vec<SourcePart>,
}

impl AnswerPart {
    /// An answer to fill while it streams.
    pub fn skeleton(t: Texts) -> Self {
        Self {
            t,
            waiting: true,
            refused: false,
            sentences: Vec::new(),
            sources: Vec::new(),
            end: String::new(),
            nearest: String::new(),
        }
    }

    /// A whole answer.
    pub fn whole(
        t: Texts,
        quotes: &[Quote],
        looked: &[Looked],
        ending: Ending<'_>,
    ) -> Result<Self, askama::Error> {
        let refused = ending.verdict == Verdict::Refused;
        let mut numbered: BTreeMap<u32, Vec<&Quote>> = BTreeMap::new();
        for quote in quotes {
            numbered.entry(quote.citation.number).or_default().push(quote);
        }
        let question = ending.question.to_owned();
        Ok(Self {
            t,
            waiting: false,
            refused,
            sentences: quotes.iter().map(|quote| SentencePart::new(t, quote)).collect(),
            sources: numbered
                .values()
                .filter_map(|quotes| SourcePart::cited(t, quotes, looked))
                .collect(),
            end: EndPart::new(t, ending).render()?,
            nearest: if refused {
                NearestPart::new(t, &question, looked).render()?
            } else {
                String::new()
            },
        })
    }
}

impl SentencePart {
    /// The sentence of a quote.
    pub fn new(t: Texts, quote: &Quote) -> Self {
        let citation = &quote.citation;
        let place = words::locator(t, &citation.locator);
        let number = citation.number.to_string();
        let parts = [
            ("number", number.as_str()),
            ("title", &citation.title),
            ("place", &place),
        ];
        let label = if place.is_empty() {
            t.with_all("cite-label", &parts)
        } else {
            t.with_all("cite-label-place", &parts)
        };
        let cells = quote.text.split(" | ").map(str::to_owned).collect();
        Self {
            cells,
            href: href(citation),
            label: label.into_owned(),
            number: citation.number,
        }
    }
}

impl SourcePart {
    /// The source that all of `quotes` point at; nothing if there is no quote.
    pub fn cited(t: Texts, quotes: &[&Quote], looked: &[Looked]) -> Option<Self> {
        let citation = &quotes.first()?.citation;
        let passage = looked.iter().find(|passage| passage.id == citation.passage);
        let spans: Vec<Span> = quotes.iter().map(|quote| quote.citation.span).collect();
        let parts = match passage {
            Some(passage) => shown(passage, &spans, || {
                library::excerpt(&passage.text, &spans, CONTEXT)
            }),
            None => {
                let mut quoted = Vec::new();
                for quote in quotes {
                    if !quoted.is_empty() {
                        quoted.push(Piece {
                            text: " … ".to_owned(),
                            marked: false,
                        });
                    }
                    quoted.push(Piece {
                        text: quote.citation.quote.clone(),
                        marked: true,
                    });
                }
                vec![Part::Text(quoted)]
            }
        };
        Some(Self {
            number: citation.number,
            href: href(citation),
            title: citation.title.clone(),
            place: words::locator(t, &citation.locator),
            path: citation.path.clone(),
            parts,
        })
    }

    fn near(t: Texts, question: &str, passage: &Looked) -> Self {
        Self {
            number: 0,
            href: passage_href(passage.document, passage.id, None),
            title: passage.title.clone(),
            place: words::locator(t, &passage.locator),
            path: passage.path.clone(),
            parts: shown(passage, &[], || {
                library::highlighted(&passage.text, question, CONTEXT)
            }),
        }
    }
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

impl EndPart {
    /// What stands below the sentences of an answer that ended so.
    pub fn new(t: Texts, ending: Ending<'_>) -> Self {
        let milliseconds = ending.duration_ms.to_string();
        let refused = ending.verdict == Verdict::Refused;
        let how = match ending.generator {
            _ if refused => t.with("how-refused", "duration", &milliseconds),
            "quotes" => t.with("how-quotes", "duration", &milliseconds),
            name => t.with_all("how-model", &[("name", name), ("duration", &milliseconds)]),
        };
        Self {
            t,
            refused,
            how: how.into_owned(),
            permalink: ending.permalink,
            search: address("/search", &[("q", ending.question)]),
        }
    }
}

impl NearestPart {
    /// The nearest of the passages that were looked at.
    pub fn new(t: Texts, question: &str, looked: &[Looked]) -> Self {
        let passages = looked
            .iter()
            .take(NEAREST)
            .map(|passage| SourcePart::near(t, question, passage))
            .collect();
        Self { t, passages }
    }
}

/// Where a passage stands in its document, and what of it to mark.
pub fn passage_href(document: DocumentId, passage: PassageId, span: Option<Span>) -> String {
    let mut parameters = vec![("passage", passage.0.to_string())];
    if let Some(span) = span {
        parameters.push(("from", span.start.to_string()));
        parameters.push(("to", span.end.to_string()));
    }
    let parameters: Vec<(&str, &str)> = parameters
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    address(&format!("/documents/{document}"), &parameters) + "#cited"
}

fn href(citation: &Citation) -> String {
    passage_href(citation.document, citation.passage, Some(citation.span))
}

#[cfg(test)]
mod tests {
    use crate::domain::{GenerationId, Language};

    use super::*;

    fn quote(number: u32, text: &str, start: u32) -> Quote {
        let length = u32::try_from(text.chars().count()).unwrap();
        Quote {
            text: text.to_owned(),
            citation: Citation {
                number,
                passage: PassageId(i64::from(number)),
                document: DocumentId(7),
                generation: GenerationId(1),
                title: "Press <manual>".to_owned(),
                path: "press/manual.pdf".to_owned(),
                locator: Locator {
                    page: Some(3),
                    ..Locator::default()
                },
                quote: text.to_owned(),
                span: Span {
                    start,
                    end: start + length,
                },
            },
            score: 1.0,
        }
    }

    fn looked(id: i64, text: &str) -> Looked {
        Looked {
            id: PassageId(id),
            document: DocumentId(7),
            locator: Locator::default(),
            text: text.to_owned(),
            title: "Press <manual>".to_owned(),
            path: "press/manual.pdf".to_owned(),
        }
    }

    fn whole(quotes: &[Quote], passages: &[Looked], verdict: Verdict) -> String {
        let ending = Ending {
            question: "what?",
            verdict,
            generator: "quotes",
            duration_ms: 12,
            permalink: None,
        };
        AnswerPart::whole(Texts::of(Language::English), quotes, passages, ending)
            .unwrap()
            .render()
            .unwrap()
    }

    #[test]
    fn every_sentence_has_a_mark_that_leads_to_its_place() {
        let html = whole(
            &[quote(1, "Lock it.", 10)],
            &[looked(1, "Stop now. Lock it.")],
            Verdict::Answered,
        );
        assert!(
            html.contains("href=\"/documents/7?passage=1&#38;from=10&#38;to=18#cited\""),
            "{html}"
        );
        assert!(html.contains("<mark>Lock it.</mark>"), "{html}");
        assert!(html.contains("page 3"), "{html}");
    }

    #[test]
    fn two_sentences_of_one_passage_share_a_source() {
        let quotes = [quote(1, "Stop now.", 0), quote(1, "Lock it.", 10)];
        let html = whole(&quotes, &[looked(1, "Stop now. Lock it.")], Verdict::Answered);
        assert_eq!(html.matches("class=\"sentence\"").count(), 2);
        assert_eq!(html.matches("id=\"source-1\"").count(), 1);
        assert!(
            html.contains("<mark>Stop now.</mark>") && html.contains("<mark>Lock it.</mark>"),
            "{html}"
        );
    }

    #[test]
    fn what_a_document_says_is_never_markup() {
        let html = whole(
            &[quote(1, "<script>alert(1)</script>", 0)],
            &[],
            Verdict::Answered,
        );
        assert!(
            !html.contains("<script>") && !html.contains("Press <manual>"),
            "{html}"
        );
    }

    #[test]
    fn a_refusal_claims_nothing_and_shows_what_is_near() {
        let html = whole(
            &[],
            &[looked(1, "The canteen opens at eleven.")],
            Verdict::Refused,
        );
        assert!(
            html.contains("answer-refused") && html.contains("The canteen opens at eleven."),
            "{html}"
        );
        assert!(!html.contains("class=\"sentence\""), "{html}");
    }
}
