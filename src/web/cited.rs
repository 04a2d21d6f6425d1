//! Answers as pages show them: sentences with their marks, sources with the words that are cited, or a refusal. A whole
//! page and a stream are made of the same parts, so that they look the same.

use std::borrow::Cow;
use std::collections::BTreeMap;

use askama::Template;

use super::page::address;
use super::source::{Looked, SourcePart, href};
use super::texts::Texts;
use super::words;
use crate::domain::{Citation, Quote, Statement, Support, Unwritten, Verdict, Written};
use crate::generate::QUOTES;
use crate::library::StoredAnswer;

/// Passages shown beside a refusal.
const NEAREST: usize = 5;

/// An answer as it is to be shown: as it was given, or as it was kept.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'answer> {
    /// The question as it was understood, where that is not how it was put.
    pub understood: Option<&'answer str>,
    /// What a model wrote.
    pub written: Option<&'answer Written>,
    /// The sentences of the documents.
    pub quotes: &'answer [Quote],
    /// The passages that were looked at.
    pub looked: &'answer [Looked],
}

/// How an answer ended.
#[derive(Debug, Clone, Copy)]
pub struct Ending<'answer> {
    /// What was asked.
    pub question: &'answer str,
    /// The collection that was asked, as a parameter.
    pub collection: &'answer str,
    /// Answered or refused.
    pub verdict: Verdict,
    /// What made it.
    pub generator: &'answer str,
    /// Why a model that is in use did not write.
    pub unwritten: Option<Unwritten>,
    /// Passages that did not fit into the model's window.
    pub left_out: u32,
    /// Whether the model was cut off.
    pub cut: bool,
    /// How long it took.
    pub duration_ms: u64,
    /// The name under which it was kept, if it was.
    pub id: Option<&'answer str>,
    /// Whether this is its permanent address already.
    pub permanent: bool,
}

/// An answer, whole or still empty.
#[derive(Template)]
#[template(path = "parts/answer.html")]
pub struct AnswerPart {
    t: Texts,
    waiting: bool,
    refused: bool,
    understood: Option<String>,
    thinking: String,
    statements: Vec<StatementPart>,
    sentences: Vec<SentencePart>,
    sources: Vec<SourcePart>,
    end: String,
    nearest: String,
}

/// The mark that leads from a sentence to its place.
struct Mark {
    href: String,
    label: String,
    number: u32,
}

/// A sentence of a document, with its mark.
#[derive(Template)]
#[template(path = "parts/sentence.html")]
pub struct SentencePart {
    /// A sentence is one cell; a row of a table has several.
    cells: Vec<String>,
    mark: Mark,
}

/// A sentence that a model wrote, with its marks, or with a word of doubt.
#[derive(Template)]
#[template(path = "parts/statement.html")]
pub struct StatementPart {
    text: String,
    marks: Vec<Mark>,
    doubt: Option<String>,
}

/// What stands below the sentences.
#[derive(Template)]
#[template(path = "parts/end.html")]
pub struct EndPart {
    t: Texts,
    notes: Vec<String>,
    how: String,
    permalink: Option<String>,
    search: String,
    follows: Option<String>,
    collection: String,
}

/// A question and its answer earlier in the conversation.
#[derive(Template)]
#[template(path = "parts/earlier.html")]
pub struct EarlierPart {
    t: Texts,
    question: String,
    text: String,
    href: String,
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
            understood: None,
            thinking: String::new(),
            statements: Vec::new(),
            sentences: Vec::new(),
            sources: Vec::new(),
            end: String::new(),
            nearest: String::new(),
        }
    }

    /// A whole answer.
    pub fn whole(t: Texts, shown: Shown<'_>, ending: Ending<'_>) -> Result<Self, askama::Error> {
        let Shown {
            understood,
            written,
            quotes,
            looked,
        } = shown;
        let refused = ending.verdict == Verdict::Refused;
        let statements = written.map_or(&[][..], |written| written.statements.as_slice());
        let mut numbered: BTreeMap<u32, Vec<&Citation>> = BTreeMap::new();
        for citation in citations(quotes, statements) {
            numbered.entry(citation.number).or_default().push(citation);
        }
        let nearest = if refused {
            NearestPart::new(t, ending.question, looked).render()?
        } else {
            String::new()
        };
        Ok(Self {
            t,
            waiting: false,
            refused,
            understood: understood.map(str::to_owned),
            thinking: written
                .map(|written| written.thinking.clone())
                .unwrap_or_default(),
            statements: statements
                .iter()
                .map(|statement| StatementPart::new(t, statement))
                .collect(),
            sentences: quotes.iter().map(|quote| SentencePart::new(t, quote)).collect(),
            sources: numbered
                .values()
                .filter_map(|citations| SourcePart::cited(t, citations, looked))
                .collect(),
            end: EndPart::new(t, ending).render()?,
            nearest,
        })
    }
}

/// Everything that an answer cites, the quotes first.
pub fn citations<'answer>(
    quotes: &'answer [Quote],
    statements: &'answer [Statement],
) -> impl Iterator<Item = &'answer Citation> {
    let quoted = quotes.iter().map(|quote| &quote.citation);
    quoted.chain(statements.iter().flat_map(|statement| &statement.citations))
}

impl Mark {
    fn new(t: Texts, citation: &Citation) -> Self {
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
        Self {
            href: href(citation),
            label: label.into_owned(),
            number: citation.number,
        }
    }
}

impl SentencePart {
    /// The sentence of a quote.
    pub fn new(t: Texts, quote: &Quote) -> Self {
        Self {
            cells: quote.text.split(" | ").map(str::to_owned).collect(),
            mark: Mark::new(t, &quote.citation),
        }
    }
}

impl StatementPart {
    /// A sentence of a model.
    pub fn new(t: Texts, statement: &Statement) -> Self {
        let doubt = match &statement.support {
            Support::Supported => None,
            Support::Missing { words } => Some(t.with("doubt-missing", "words", &words.join(", "))),
            Support::Unsupported => Some(t.get("doubt-unsupported")),
        };
        Self {
            text: statement.text.clone(),
            marks: statement
                .citations
                .iter()
                .map(|citation| Mark::new(t, citation))
                .collect(),
            doubt: doubt.map(Cow::into_owned),
        }
    }
}

impl EndPart {
    /// What stands below the sentences of an answer that ended so.
    pub fn new(t: Texts, ending: Ending<'_>) -> Self {
        let duration = words::duration(ending.duration_ms);
        let refused = ending.verdict == Verdict::Refused;
        let how = match ending.generator {
            QUOTES if refused => t.with("how-refused", "duration", &duration),
            QUOTES => t.with("how-quotes", "duration", &duration),
            name if refused => t.with_all("how-model-refused", &[("name", name), ("duration", &duration)]),
            name => t.with_all("how-model", &[("name", name), ("duration", &duration)]),
        };
        let mut notes = Vec::new();
        notes.extend(ending.unwritten.map(|unwritten| t.get(unwritten_key(unwritten))));
        if ending.left_out > 0 {
            notes.push(t.count("note-left-out", ending.left_out));
        }
        if ending.cut {
            notes.push(t.get("note-cut"));
        }
        let permalink = ending.id.filter(|_| !ending.permanent);
        Self {
            t,
            notes: notes.into_iter().map(Cow::into_owned).collect(),
            how: how.into_owned(),
            permalink: permalink.map(|id| format!("/answers/{id}")),
            search: address("/search", &[("q", ending.question)]),
            follows: ending.id.map(str::to_owned),
            collection: ending.collection.to_owned(),
        }
    }
}

fn unwritten_key(unwritten: Unwritten) -> &'static str {
    match unwritten {
        Unwritten::Busy => "note-busy",
        Unwritten::Loading => "note-loading",
        Unwritten::Language => "note-language",
        Unwritten::Window => "note-window",
        Unwritten::Failed => "note-failed",
    }
}

impl EarlierPart {
    /// An answer that was kept.
    pub fn new(t: Texts, answer: &StoredAnswer) -> Self {
        let text = match answer.verdict {
            Verdict::Answered => answer.text(),
            Verdict::Refused => t.get("refused-title").into_owned(),
        };
        Self {
            t,
            question: answer.question.clone(),
            text,
            href: format!("/answers/{}", answer.id),
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
    use crate::domain::{DocumentId, GenerationId, Language, Locator, PassageId, Span};

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
        shown(quotes, None, passages, verdict)
    }

    fn shown(quotes: &[Quote], written: Option<&Written>, looked: &[Looked], verdict: Verdict) -> String {
        let ending = Ending {
            question: "what?",
            collection: "",
            verdict,
            generator: if written.is_some() { "tiny" } else { QUOTES },
            unwritten: None,
            left_out: written.map_or(0, |written| written.left_out),
            cut: false,
            duration_ms: 12,
            id: Some("a1"),
            permanent: false,
        };
        let shown = Shown {
            understood: None,
            written,
            quotes,
            looked,
        };
        AnswerPart::whole(Texts::of(Language::English), shown, ending)
            .unwrap()
            .render()
            .unwrap()
    }

    #[test]
    fn what_a_model_wrote_stands_above_the_quotes_with_its_marks_and_doubts() {
        let statement = |text: &str, number: u32, support: Support| Statement {
            text: text.to_owned(),
            citations: vec![quote(number, "Lock it.", 10).citation],
            support,
        };
        let written = Written {
            statements: vec![
                statement("It is locked <first>.", 1, Support::Supported),
                statement(
                    "It takes 45 s.",
                    2,
                    Support::Missing {
                        words: vec!["45".to_owned()],
                    },
                ),
            ],
            left_out: 2,
            ..Written::default()
        };
        let quotes = [quote(1, "Lock it.", 10)];
        let html = shown(
            &quotes,
            Some(&written),
            &[looked(1, "Stop now. Lock it.")],
            Verdict::Answered,
        );
        let place = |text: &str| html.find(text).unwrap_or_else(|| panic!("no {text} in {html}"));
        assert!(place("It is locked &#60;first&#62;.") < place("It takes 45 s."));
        assert!(place("It takes 45 s.") < place("class=\"doubt\""));
        assert!(place("class=\"doubt\"") < place("own words"));
        assert!(
            html.contains("id=\"source-1\"") && html.contains("id=\"source-2\""),
            "{html}"
        );
        assert!(
            html.contains("2 passages") && html.contains("Written by tiny"),
            "{html}"
        );
        assert!(html.contains("name=\"follows\" value=\"a1\""), "{html}");
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
