//! `/health`: whether the server can answer, for a service manager and for people.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::web::AppState;
use crate::web::error::WebError;

/// `GET /health`
pub async fn health(state: web::Data<AppState>) -> Result<HttpResponse, WebError> {
    let counts = state.library.counts().await?;
    let (writing, waiting) = state.answerer.load();
    Ok(HttpResponse::Ok().json(json!({
        "ready": true,
        "version": env!("CARGO_PKG_VERSION"),
        "library": counts,
        "ingestion": state.library.ingestion(),
        "language_model": state.answerer.condition(),
        "answers": { "writing": writing, "waiting": waiting },
    })))
}
