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

/// `GET /api/documents/{id}/coverage`: `coverage` is null where the file has not been read; pages that it does not list
/// have their text from the file itself.
pub async fn coverage(
    staff: Staff,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    let (document, coverage) = state.library.coverage(&staff, DocumentId(*id)).await?;
    Ok(HttpResponse::Ok().json(json!({ "document": document, "coverage": coverage })))
}
