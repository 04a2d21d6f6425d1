//! `/health`: whether the server can answer, for a service manager; to whoever runs the house it says more.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::web::error::WebError;
use crate::web::{AppState, identity};

/// `GET /health`
pub async fn health(request: HttpRequest, state: web::Data<AppState>) -> Result<HttpResponse, WebError> {
    let mut health = json!({ "ready": true, "version": env!("CARGO_PKG_VERSION") });
    let administrator = identity::of(&request).and_then(|visit| visit.staff.administrator());
    if let Some(administrator) = administrator {
        let (writing, waiting) = state.answerer.load();
        health["library"] = json!(state.library.counts(&administrator).await?);
        health["ingestion"] = json!(state.library.ingestion(&administrator).await?);
        health["indexes"] = json!(state.library.agreement(&administrator));
        health["language_model"] = json!(state.answerer.condition());
        health["answers"] = json!({ "writing": writing, "waiting": waiting });
    }
    Ok(HttpResponse::Ok().json(health))
}
