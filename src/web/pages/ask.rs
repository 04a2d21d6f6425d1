//! Ask: the question, and its answer, streamed where there is JavaScript and whole where there is none.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use futures::StreamExt;

use crate::answer::Given;
use crate::domain::{AnswerEvent, InvalidQuestion, Question, Quote, Verdict};
use crate::web::cited::{AnswerPart, EndPart, Ending, NearestPart, SentencePart};
use crate::web::error::WebError;
use crate::web::page::{Choice, Place, Shell, address, render};
use crate::web::parameters::Asked;
use crate::web::source::{Looked, SourcePart};
use crate::web::sse::{self, Events, Gone};
use crate::web::texts::Texts;
use crate::web::{AppState, words};

#[derive(Template)]
#[template(path = "pages/ask.html")]
struct AskPage {
    shell: Shell,
    question: String,
    collections: Vec<Choice>,
    examples: Vec<Example>,
    searchable: u64,
    summary: String,
    folder: String,
    problem: Option<String>,
    answer: Option<AnswerPart>,
    skeleton: AnswerPart,
}

struct Example {
    text: String,
    href: String,
}

/// `GET /`
pub async fn start(request: HttpRequest, state: web::Data<AppState>) -> Result<HttpResponse, WebError> {
    page(&request, &state, &Asked::default(), None, None).await
}

/// `GET /ask?q=...&collection=...`: the question and its whole answer.
pub async fn ask(
    request: HttpRequest,
    state: web::Data<AppState>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let t = Shell::for_request(&request, Place::Ask).t;
    let question = match Question::parse(&asked.q) {
        Ok(question) => question,
        // The field shows what was typed, so that it can be mended.
        Err(invalid) => {
            return page(&request, &state, &asked, None, Some(problem(t, &invalid))).await;
        }
    };
    let given = state.answerer.answer(&question, &asked.filter()).await?;
    page(&request, &state, &asked, Some(whole(t, &question, &given)?), None).await
}

/// `GET /ask/stream?q=...&collection=...`: the parts of the answer, ready for the page, as they come.
pub async fn stream(
    request: HttpRequest,
    state: web::Data<AppState>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let t = Shell::for_request(&request, Place::Ask).t;
    let question = Question::parse(&asked.q)?;
    let answer = state.answerer.ask(question.clone(), asked.filter());
    Ok(sse::respond(|events| async move {
        let mut answer = std::pin::pin!(answer);
        let mut said = Said::default();
        while let Some(event) = answer.next().await {
            match event {
                Ok(event) => said.send(t, &events, &question, event).await?,
                Err(error) => {
                    tracing::error!(%error, "a question could not be answered");
                    return events.send("failed", &t.get("answer-failed")).await;
                }
            }
        }
        Ok(())
    }))
}

/// What was said of an answer so far.
#[derive(Default)]
struct Said {
    looked: Vec<Looked>,
    quotes: Vec<Quote>,
}

impl Said {
    /// Sends the parts that an event stands for: `sentence` and `source` (a source that was sent before replaces it),
    /// then `refused` and `nearest` where it is a refusal, then `end` and `done`.
    async fn send(
        &mut self,
        t: Texts,
        events: &Events,
        question: &Question,
        event: AnswerEvent,
    ) -> Result<(), Gone> {
        match event {
            AnswerEvent::Passages { passages } => {
                self.looked = passages.iter().map(Looked::from).collect();
                Ok(())
            }
            AnswerEvent::Sentence { quote } => {
                part(events, "sentence", &SentencePart::new(t, &quote)).await?;
                let number = quote.citation.number;
                self.quotes.push(quote);
                let same: Vec<&Quote> = self
                    .quotes
                    .iter()
                    .filter(|quote| quote.citation.number == number)
                    .collect();
                match SourcePart::cited(t, &same, &self.looked) {
                    Some(source) => part(events, "source", &source).await,
                    None => Ok(()),
                }
            }
            AnswerEvent::Done {
                verdict,
                generator,
                duration_ms,
                id,
                ..
            } => {
                if verdict == Verdict::Refused {
                    events.send("refused", "").await?;
                    let nearest = NearestPart::new(t, question.as_str(), &self.looked);
                    part(events, "nearest", &nearest).await?;
                }
                let ending = Ending {
                    question: question.as_str(),
                    verdict,
                    generator: &generator,
                    duration_ms,
                    permalink: id.map(|id| format!("/answers/{id}")),
                };
                part(events, "end", &EndPart::new(t, ending)).await?;
                events.send("done", "").await
            }
        }
    }
}

async fn part(events: &Events, name: &str, part: &impl Template) -> Result<(), Gone> {
    match part.render() {
        Ok(html) => events.send(name, html.trim()).await,
        Err(error) => {
            tracing::error!(%error, part = name, "a part of an answer could not be written");
            Ok(())
        }
    }
}

/// A whole answer as a part of a page.
fn whole(t: Texts, question: &Question, given: &Given) -> Result<AnswerPart, WebError> {
    let looked: Vec<Looked> = given.passages.iter().map(Looked::from).collect();
    Ok(AnswerPart::whole(
        t,
        &given.quotes,
        &looked,
        ending(question, given),
    )?)
}

fn ending<'answer>(question: &'answer Question, given: &'answer Given) -> Ending<'answer> {
    Ending {
        question: question.as_str(),
        verdict: given.verdict,
        generator: &given.generator,
        duration_ms: given.duration_ms,
        permalink: given.id.as_ref().map(|id| format!("/answers/{id}")),
    }
}

/// Why a question cannot be asked, in the reader's language.
pub fn problem(t: Texts, invalid: &InvalidQuestion) -> String {
    match invalid {
        InvalidQuestion::Empty => t.get("error-question-empty-explained").into_owned(),
        InvalidQuestion::TooLong { .. } => t.get("error-question-long-explained").into_owned(),
    }
}

async fn page(
    request: &HttpRequest,
    state: &AppState,
    asked: &Asked,
    answer: Option<AnswerPart>,
    problem: Option<String>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(request, Place::Ask);
    let t = shell.t;
    let counts = state.library.counts().await?;
    let summary = t.with_all(
        "ask-summary",
        &[
            ("documents", &t.count("documents-count", counts.searchable)),
            ("passages", &t.count("passages-count", counts.passages)),
        ],
    );
    let status = if problem.is_some() {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let page = AskPage {
        question: asked.q.trim().to_owned(),
        collections: collections(t, state, &asked.collection).await?,
        examples: examples(t),
        searchable: counts.searchable,
        summary: summary.into_owned(),
        folder: state.library.folder().display().to_string(),
        problem,
        answer,
        skeleton: AnswerPart::skeleton(t),
        shell,
    };
    render(&page, status)
}

fn examples(t: Texts) -> Vec<Example> {
    [
        t.get("example-1"),
        t.get("example-2"),
        t.get("example-3"),
        t.get("example-4"),
    ]
    .into_iter()
    .map(|text| Example {
        href: address("/ask", &[("q", &text)]),
        text: text.into_owned(),
    })
    .collect()
}

/// The collections as options of a select, the whole library first.
pub async fn collections(t: Texts, state: &AppState, selected: &str) -> Result<Vec<Choice>, WebError> {
    let option = |value: &str, label: String| Choice {
        value: value.to_owned(),
        href: String::new(),
        label,
        count: None,
        selected: value == selected,
    };
    let mut choices = vec![option("", t.get("collection-all").into_owned())];
    for (collection, _) in state.library.collections().await? {
        choices.push(option(
            words::collection_parameter(&collection),
            words::collection(t, &collection),
        ));
    }
    Ok(choices)
}
