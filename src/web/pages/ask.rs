//! Ask: the question, and its answer, streamed where there is JavaScript and whole where there is none.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use futures::StreamExt;

use crate::answer::AnswerError;
use crate::domain::{Answer, AnswerEvent, Question, Quote, Verdict};
use crate::web::cited::{AnswerPart, EndPart, Ending, Looked, NearestPart, SentencePart, SourcePart};
use crate::web::error::WebError;
use crate::web::page::{Choice, Place, Shell, address, render};
use crate::web::parameters::Asked;
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
            let problem = crate::web::pages::ask::problem(t, &invalid);
            return page(&request, &state, &asked, None, Some(problem)).await;
        }
    };
    let given = state.answerer.answer(&question, &asked.filter()).await?;
    let part = whole(t, &question, &given.answer, given.id.as_ref().map(|id| format!("/answers/{id}")))?;
    page(&request, &state, &asked, Some(part), None).await
}

/// `GET /ask/stream?q=...&collection=...`: the parts of the answer, as they come, ready for the page.
pub async fn stream(
    request: HttpRequest,
    state: web::Data<AppState>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let t = Shell::for_request(&request, Place::Ask).t;
    let question = Question::parse(&asked.q)?;
    let filter = asked.filter();
    let answerer = state.answerer.clone();
    Ok(sse::respond(|events| async move {
        let mut showing = Showing { t, events, question: question.as_str().to_owned(), looked: Vec::new(), quotes: Vec::new() };
        let mut answer = std::pin::pin!(answerer.ask(question, filter));
        while let Some(event) = answer.next().await {
            match event {
                Ok(event) => showing.show(event).await?,
                Err(error) => return showing.fail(&error).await,
            }
        }
        showing.events.send("done", "").await
    }))
}

/// Turns the events of an answer into parts of the page.
struct Showing {
    t: Texts,
    events: Events,
    question: String,
    looked: Vec<Looked>,
    quotes: Vec<Quote>,
}

impl Showing {
    async fn show(&mut self, event: AnswerEvent) -> Result<(), Gone> {
        match event {
            AnswerEvent::Passages { passages } => {
                self.looked = passages.iter().map(Looked::from).collect();
                Ok(())
            }
            AnswerEvent::Sentence { quote } => {
                self.part("sentence", &SentencePart::new(self.t, &quote)).await?;
                let number = quote.citation.number;
                self.quotes.push(quote);
                let same: Vec<&Quote> = self.quotes.iter().filter(|quote| quote.citation.number == number).collect();
                match SourcePart::cited(self.t, &same, &self.looked) {
                    Some(source) => self.part("source", &source).await,
                    None => Ok(()),
                }
            }
            AnswerEvent::Done { verdict, generator, duration_ms, .. } => {
                if verdict == Verdict::Refused {
                    self.events.send("refused", "").await?;
                    self.part("nearest", &NearestPart::new(self.t, &self.question, &self.looked)).await?;
                }
                let ending = Ending {
                    question: &self.question,
                    verdict,
                    generator: &generator,
                    duration_ms,
                    permalink: None,
                };
                self.part("end", &EndPart::new(self.t, ending)).await
            }
        }
    }

    async fn part(&self, name: &str, part: &impl Template) -> Result<(), Gone> {
        match part.render() {
            Ok(html) => self.events.send(name, html.trim()).await,
            Err(error) => {
                tracing::error!(%error, part = name, "a part of an answer could not be written");
                Ok(())
            }
        }
    }

    async fn fail(&self, error: &AnswerError) -> Result<(), Gone> {
        tracing::error!(%error, "a question could not be answered");
        self.events.send("failed", &self.t.get("answer-failed")).await
    }
}

/// A whole answer as a part of a page.
fn whole(t: Texts, question: &Question, answer: &Answer, permalink: Option<String>) -> Result<AnswerPart, WebError> {
    let looked: Vec<Looked> = answer.passages.iter().map(Looked::from).collect();
    let ending = Ending {
        question: question.as_str(),
        verdict: answer.verdict,
        generator: &answer.generator,
        duration_ms: answer.duration_ms,
        permalink,
    };
    Ok(AnswerPart::whole(t, &answer.quotes, &looked, ending)?)
}

/// Why a question cannot be asked, in the reader's language.
pub fn problem(t: Texts, invalid: &crate::domain::InvalidQuestion) -> String {
    use crate::domain::InvalidQuestion;
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
    let status = if problem.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
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
    [t.get("example-1"), t.get("example-2"), t.get("example-3"), t.get("example-4")]
        .into_iter()
        .map(|text| Example { href: address("/ask", &[("q", &text)]), text: text.into_owned() })
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
        choices.push(option(words::collection_parameter(&collection), words::collection(t, &collection)));
    }
    Ok(choices)
}
