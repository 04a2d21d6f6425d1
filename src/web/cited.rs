//! Answers as pages show them: sentences with their marks, sources with the words that are cited, or a refusal. A whole
//! page and a stream are made of the same parts, so that they look the same.

use std::collections::BTreeMap;

use askama::Template;

use super::page::address;
use super::source::{Looked, SourcePart, href};
use super::texts::Texts;
use super::words;
use crate::domain::{Quote, Verdict};

/// Passages shown beside a refusal.
const NEAREST: usize = 5;

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

#[cfg(test)]
mod tests {
    use crate::domain::{Citation, DocumentId, GenerationId, Language, Locator, PassageId, Span};

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
