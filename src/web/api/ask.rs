//! The JSON twins of Ask: a whole answer, or its events as they come.

use actix_web::{HttpResponse, web};
use futures::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{AnswerId, Answerer, Ask, WrittenBy};
use crate::domain::{AnswerEvent, Question, SearchFilter, Staff};
use crate::web::AppState;
use crate::web::error::WebError;
use crate::web::parameters::Requested;
use crate::web::sse;

/// What a program sends: `{"question": "...", "filter": {"collections": ["..."], "kinds": ["pdf"]}, "follows": "...",
/// "generator": "best"}`; only the question must be there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    question: String,
    #[serde(default)]
    filter: SearchFilter,
    /// The answer before it in the conversation.
    follows: Option<AnswerId>,
    /// `best`, `quotes` or `model`.
    #[serde(default)]
    generator: WrittenBy,
}

impl Body {
    fn ask(self) -> Result<Ask, WebError> {
        Ok(Ask {
            question: Question::parse(&self.question)?,
            filter: self.filter,
            follows: self.follows,
            by: self.generator,
        })
    }
}

/// `GET /api/ask?q=...&collection=...&kind=...`
pub async fn ask(
    staff: Staff,
    state: web::Data<AppState>,
    asked: web::Query<Requested>,
) -> Result<HttpResponse, WebError> {
    whole(&staff, &state.answerer, asked.ask()?).await
}

/// `POST /api/ask`
pub async fn post(
    staff: Staff,
    state: web::Data<AppState>,
    body: web::Json<Body>,
) -> Result<HttpResponse, WebError> {
    whole(&staff, &state.answerer, body.into_inner().ask()?).await
}

/// `GET /api/ask/stream?q=...&collection=...&kind=...`
pub async fn stream(
    staff: Staff,
    state: web::Data<AppState>,
    asked: web::Query<Requested>,
) -> Result<HttpResponse, WebError> {
    Ok(events(&staff, &state.answerer, asked.ask()?))
}

/// `POST /api/ask/stream`
pub async fn post_stream(
    staff: Staff,
    state: web::Data<AppState>,
    body: web::Json<Body>,
) -> Result<HttpResponse, WebError> {
    Ok(events(&staff, &state.answerer, body.into_inner().ask()?))
}

/// Which answer is to be stopped: `{"stop": "..."}`, by the name that the event `writing` gave.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    stop: String,
}

/// `POST /api/ask/stop`: ends what a model is writing; the stream goes on to its end. 404 where nothing is written any more.
pub async fn stop(
    staff: Staff,
    state: web::Data<AppState>,
    body: web::Json<Stop>,
) -> Result<HttpResponse, WebError> {
    if state.answerer.stop(&staff, &body.stop) {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(WebError::NotFound)
    }
}

/// `GET /api/answers/{id}`
pub async fn answer(
    staff: Staff,
    state: web::Data<AppState>,
    id: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let given = state.answerer.given(&staff, &AnswerId(id.into_inner())).await?;
    Ok(HttpResponse::Ok().json(given))
}

async fn whole(staff: &Staff, answerer: &Answerer, ask: Ask) -> Result<HttpResponse, WebError> {
    let given = answerer.answer(staff, ask).await?;
    Ok(HttpResponse::Ok().json(given))
}

/// Events named as the [`AnswerEvent`] is, or `error`; their data is the event as JSON.
fn events(staff: &Staff, answerer: &Answerer, ask: Ask) -> HttpResponse {
    let (staff, answerer) = (staff.clone(), answerer.clone());
    sse::respond(|events| async move {
        let mut answer = std::pin::pin!(answerer.ask(&staff, ask));
        while let Some(event) = answer.next().await {
            match event {
                Ok(event) => {
                    let name = match &event {
                        AnswerEvent::Verified { .. } => "verified",
                        AnswerEvent::Passages { .. } => "passages",
                        AnswerEvent::Sentence { .. } => "sentence",
                        AnswerEvent::Writing { .. } => "writing",
                        AnswerEvent::Thinking { .. } => "thinking",
                        AnswerEvent::Delta { .. } => "delta",
                        AnswerEvent::Statement { .. } => "statement",
                        AnswerEvent::Done { .. } => "done",
                    };
                    let data = serde_json::to_string(&event).unwrap_or_else(|_| Value::Null.to_string());
                    events.send(name, &data).await?;
                }
                Err(error) => {
                    let error = WebError::from(error);
                    let data = json!({ "error": { "code": error.code(), "message": error.to_string() } });
                    error.log("/api/ask/stream");
                    return events.send("error", &data.to_string()).await;
                }
            }
        }
        Ok(())
    })
}
