//! The JSON twins of Ask: a whole answer, or its events as they come.

use actix_web::{HttpResponse, web};
use futures::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Answerer;
use crate::domain::{AnswerEvent, Question, SearchFilter};
use crate::library::AnswerId;
use crate::web::AppState;
use crate::web::error::WebError;
use crate::web::parameters::Requested;
use crate::web::sse;

/// What a program sends: `{"question": "...", "filter": {"collections": ["..."], "kinds": ["pdf"]}}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    question: String,
    #[serde(default)]
    filter: SearchFilter,
}

/// `GET /api/ask?q=...&collection=...&kind=...`
pub async fn ask(state: web::Data<AppState>, asked: web::Query<Requested>) -> Result<HttpResponse, WebError> {
    whole(&state.answerer, Question::parse(&asked.q)?, asked.filter()).await
}

/// `POST /api/ask`
pub async fn post(state: web::Data<AppState>, body: web::Json<Body>) -> Result<HttpResponse, WebError> {
    let body = body.into_inner();
    whole(&state.answerer, Question::parse(&body.question)?, body.filter).await
}

/// `GET /api/ask/stream?q=...&collection=...&kind=...`
pub async fn stream(
    state: web::Data<AppState>,
    asked: web::Query<Requested>,
) -> Result<HttpResponse, WebError> {
    Ok(events(
        &state.answerer,
        Question::parse(&asked.q)?,
        asked.filter(),
    ))
}

/// `POST /api/ask/stream`
pub async fn post_stream(
    state: web::Data<AppState>,
    body: web::Json<Body>,
) -> Result<HttpResponse, WebError> {
    let body = body.into_inner();
    Ok(events(
        &state.answerer,
        Question::parse(&body.question)?,
        body.filter,
    ))
}

/// `GET /api/answers/{id}`
pub async fn answer(state: web::Data<AppState>, id: web::Path<String>) -> Result<HttpResponse, WebError> {
    Ok(HttpResponse::Ok().json(state.library.answer(&AnswerId(id.into_inner())).await?))
}

async fn whole(
    answerer: &Answerer,
    question: Question,
    filter: SearchFilter,
) -> Result<HttpResponse, WebError> {
    let given = answerer.answer(&question, &filter).await?;
    Ok(HttpResponse::Ok().json(given))
}

/// Events named `passages`, `sentence`, `done` or `error`; their data is the [`AnswerEvent`] as JSON.
fn events(answerer: &Answerer, question: Question, filter: SearchFilter) -> HttpResponse {
    let answerer = answerer.clone();
    sse::respond(|events| async move {
        let mut answer = std::pin::pin!(answerer.ask(question, filter));
        while let Some(event) = answer.next().await {
            match event {
                Ok(event) => {
                    let name = match &event {
                        AnswerEvent::Passages { .. } => "passages",
                        AnswerEvent::Sentence { .. } => "sentence",
                        AnswerEvent::Done { .. } => "done",
                    };
                    let data = serde_json::to_string(&event).unwrap_or_else(|_| Value::Null.to_string());
                    events.send(name, &data).await?;
                }
                Err(error) => {
                    tracing::error!(%error, "a question could not be answered");
                    let data = json!({ "error": { "code": "server", "message": error.to_string() } });
                    return events.send("error", &data.to_string()).await;
                }
            }
        }
        Ok(())
    })
}
