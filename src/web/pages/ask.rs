//! Ask: the question, and its answer, streamed where there is JavaScript and whole where there is none.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use futures::StreamExt;
use serde_json::json;

use super::suggestions::{Example, examples};
use crate::answer::{AnswerId, Condition, Given};
use crate::domain::{AnswerEvent, Citation, InvalidQuestion, Quote, Staff, Statement, Verdict};
use crate::library::Library;
use crate::web::cited::{
    AnswerPart, EarlierPart, EndPart, Ending, NearestPart, SentencePart, Shown, StatementPart, VerifiedPart,
    citations,
};
use crate::web::error::WebError;
use crate::web::page::{Choice, Place, Shell, render};
use crate::web::parameters::Asked;
use crate::web::picture::Shapes;
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
    /// Where files are put, for those whose business that is.
    folder: Option<String>,
    problem: Option<String>,
    answer: Option<AnswerPart>,
    /// The questions and answers before, where the question follows one.
    earlier: Vec<EarlierPart>,
    /// How it stands with the language model, where that is not as it should be.
    model: Option<String>,
    skeleton: AnswerPart,
}

/// `GET /`
pub async fn start(
    request: HttpRequest,
    staff: Staff,
    state: web::Data<AppState>,
) -> Result<HttpResponse, WebError> {
    page(&request, &staff, &state, &Asked::default(), None, None).await
}

/// `GET /ask?q=...&collection=...&follows=...`: the question and its whole answer.
pub async fn ask(
    request: HttpRequest,
    staff: Staff,
    state: web::Data<AppState>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let t = Shell::for_request(&request, Place::Ask).t;
    let ask = match asked.ask() {
        Ok(ask) => ask,
        // The field shows what was typed, so that it can be mended.
        Err(invalid) => {
            return page(&request, &staff, &state, &asked, None, Some(problem(t, &invalid))).await;
        }
    };
    let given = state.answerer.answer(&staff, ask).await?;
    let answer = whole(t, &staff, &state.library, &asked, &given).await?;
    page(&request, &staff, &state, &asked, Some(answer), None).await
}

/// `GET /ask/stream?q=...&collection=...&follows=...`: the parts of the answer, ready for the page, as they come.
pub async fn stream(
    request: HttpRequest,
    staff: Staff,
    state: web::Data<AppState>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let t = Shell::for_request(&request, Place::Ask).t;
    let ask = asked.ask()?;
    let writes = state.answerer.may_write(&ask);
    let answer = state.answerer.ask(&staff, ask);
    Ok(sse::respond(move |events| async move {
        let mut answer = std::pin::pin!(answer);
        let mut said = Said {
            staff,
            library: state.library.clone(),
            asked: asked.into_inner(),
            writes,
            looked: Vec::new(),
            quotes: Vec::new(),
            statements: Vec::new(),
            shapes: Shapes::default(),
        };
        while let Some(event) = answer.next().await {
            match event {
                Ok(event) => said.send(t, &events, event).await?,
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
struct Said {
    staff: Staff,
    library: Library,
    asked: Asked,
    /// Whether a model is going to write.
    writes: bool,
    looked: Vec<Looked>,
    quotes: Vec<Quote>,
    statements: Vec<Statement>,
    shapes: Shapes,
}

impl Said {
    /// Sends the parts that an event stands for: `verified`; `understood`; `sentence` and `source` (a source that was sent before
    /// replaces it); where a model writes `writing`, `running`, `thinking`, `delta` and `statement`; then `refused` and `nearest` where it is a
    /// refusal, then `end` and `done`.
    async fn send(&mut self, t: Texts, events: &Events, event: AnswerEvent) -> Result<(), Gone> {
        match event {
            AnswerEvent::Verified { answer } => {
                part(events, "verified", &VerifiedPart::new(t, &answer, false)).await
            }
            AnswerEvent::Passages { understood, passages } => {
                self.looked = passages.iter().map(Looked::from).collect();
                match understood {
                    Some(understood) => events.send("understood", &understood).await,
                    None => Ok(()),
                }
            }
            AnswerEvent::Sentence { quote } => {
                part(events, "sentence", &SentencePart::new(t, &quote)).await?;
                if self.quotes.is_empty() && self.writes {
                    events.send("writing", "").await?;
                }
                let number = quote.citation.number;
                self.quotes.push(quote);
                self.source(t, events, number).await
            }
            AnswerEvent::Writing { stop } => events.send("running", &stop).await,
            AnswerEvent::Thinking { text } => events.send("thinking", &json!(text).to_string()).await,
            // As JSON, since white space at its ends counts.
            AnswerEvent::Delta { text } => events.send("delta", &json!(text).to_string()).await,
            AnswerEvent::Statement { statement } => {
                part(events, "statement", &StatementPart::new(t, &statement)).await?;
                let numbers: Vec<u32> = statement
                    .citations
                    .iter()
                    .map(|citation| citation.number)
                    .collect();
                self.statements.push(statement);
                for number in numbers {
                    self.source(t, events, number).await?;
                }
                Ok(())
            }
            AnswerEvent::Done {
                verdict,
                generator,
                unwritten,
                bounds,
                duration_ms,
                id,
                ..
            } => {
                let question = self.asked.q.trim();
                if verdict == Verdict::Refused {
                    events.send("refused", "").await?;
                    let nearest = NearestPart::new(t, question, &self.looked);
                    part(events, "nearest", &nearest).await?;
                }
                let ending = Ending {
                    question,
                    collection: &self.asked.collection,
                    verdict,
                    generator: &generator,
                    unwritten,
                    bounds,
                    duration_ms,
                    id: id.as_deref(),
                    opinion: None,
                    permanent: false,
                };
                part(events, "end", &EndPart::new(t, ending)).await?;
                events.send("done", id.as_deref().unwrap_or_default()).await
            }
        }
    }

    /// Sends a source with all that is cited of it so far.
    async fn source(&mut self, t: Texts, events: &Events, number: u32) -> Result<(), Gone> {
        let cited: Vec<&Citation> = citations(&self.quotes, &self.statements)
            .filter(|citation| citation.number == number)
            .collect();
        self.shapes.add(&self.staff, &self.library, &cited).await;
        match SourcePart::cited(t, &cited, &self.looked, &self.shapes) {
            Some(source) => part(events, "source", &source).await,
            None => Ok(()),
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
async fn whole(
    t: Texts,
    staff: &Staff,
    library: &Library,
    asked: &Asked,
    given: &Given,
) -> Result<AnswerPart, WebError> {
    let looked: Vec<Looked> = given.passages.iter().map(Looked::from).collect();
    let statements = given
        .written
        .as_ref()
        .map(|written| written.statements.as_slice());
    let shapes = Shapes::of(
        staff,
        library,
        citations(&given.quotes, statements.unwrap_or_default()),
    )
    .await;
    let shown = Shown {
        understood: given.understood.as_deref(),
        verified: given.verified.as_ref(),
        written: given.written.as_ref(),
        quotes: &given.quotes,
        looked: &looked,
        shapes: &shapes,
    };
    let ending = Ending {
        question: asked.q.trim(),
        collection: &asked.collection,
        verdict: given.verdict,
        generator: &given.generator,
        unwritten: given.unwritten,
        bounds: given
            .written
            .as_ref()
            .map(|written| written.bounds)
            .unwrap_or_default(),
        duration_ms: given.duration_ms,
        id: given.id.as_ref().map(|id| id.0.as_str()),
        opinion: None,
        permanent: false,
    };
    Ok(AnswerPart::whole(t, shown, ending)?)
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
    staff: &Staff,
    state: &AppState,
    asked: &Asked,
    answer: Option<AnswerPart>,
    problem: Option<String>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(request, Place::Ask);
    let t = shell.t;
    let counts = state.library.counts(staff).await?;
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
        collections: collections(t, staff, state, &asked.collection).await?,
        examples: examples(t, staff, state).await?,
        searchable: counts.searchable,
        summary: summary.into_owned(),
        folder: staff
            .administrator()
            .map(|_| state.library.folder().display().to_string()),
        problem,
        answer,
        earlier: earlier(t, staff, state, &asked.follows).await?,
        model: model(t, &state.answerer.condition()),
        skeleton: AnswerPart::skeleton(t),
        shell,
    };
    render(&page, status)
}

/// The conversation that ends with the answer `follows`.
async fn earlier(
    t: Texts,
    staff: &Staff,
    state: &AppState,
    follows: &str,
) -> Result<Vec<EarlierPart>, WebError> {
    if follows.is_empty() {
        return Ok(Vec::new());
    }
    let answers = state
        .answerer
        .conversation(staff, &AnswerId(follows.to_owned()))
        .await?;
    Ok(answers.iter().map(|answer| EarlierPart::new(t, answer)).collect())
}

/// What the page says of the language model.
fn model(t: Texts, condition: &Condition) -> Option<String> {
    Some(match condition {
        Condition::None => t.get("model-none").into_owned(),
        Condition::Ready { .. } => return None,
        Condition::Loading {
            model,
            meanwhile: None,
            seconds,
        } => t
            .with_all(
                "model-loading",
                &[("name", model), ("seconds", &seconds.to_string())],
            )
            .into_owned(),
        Condition::Loading {
            model,
            meanwhile: Some(other),
            ..
        } => t
            .with_all("model-changing", &[("name", model), ("other", other)])
            .into_owned(),
        Condition::Failed {
            model, instead: None, ..
        } => t.with("model-failed", "name", model).into_owned(),
        Condition::Failed {
            model,
            instead: Some(other),
            ..
        } => t
            .with_all("model-failed-instead", &[("name", model), ("other", other)])
            .into_owned(),
    })
}

/// The collections as options of a select, the whole library first.
pub async fn collections(
    t: Texts,
    staff: &Staff,
    state: &AppState,
    selected: &str,
) -> Result<Vec<Choice>, WebError> {
    let option = |value: &str, label: String| Choice {
        value: value.to_owned(),
        href: String::new(),
        label,
        count: None,
        selected: value == selected,
    };
    let mut choices = vec![option("", t.get("collection-all").into_owned())];
    for there in state.library.collections(staff).await? {
        choices.push(option(
            words::collection_parameter(&there.collection),
            words::collection(t, &there.collection),
        ));
    }
    Ok(choices)
}
