//! The JSON twin of Document.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::domain::{DocumentId, Passage, Staff};
use crate::web::AppState;
use crate::web::error::WebError;
use crate::web::pages::document::Shown;

/// `GET /api/documents/{id}?part=...&passage=...&page=...`
pub async fn show(
    staff: Staff,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    shown: web::Query<Shown>,
) -> Result<HttpResponse, WebError> {
    let view = state
        .library
        .view(&staff, DocumentId(*id), shown.wanted())
        .await?;
    let passages: Vec<&Passage> = view
        .sections
        .iter()
        .flat_map(|section| &section.passages)
        .collect();
    Ok(HttpResponse::Ok().json(json!({
        "document": view.document,
        "part": view.part,
        "parts": view.parts,
        "passages": passages,
    })))
}
