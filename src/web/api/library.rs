//! The JSON twin of Library.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::domain::DocumentId;
use crate::web::AppState;
use crate::web::error::WebError;
use crate::web::pages::library::{Listed, PAGE};

/// `GET /api/library?q=...&state=...&collection=...&sort=...&page=...`
pub async fn list(state: web::Data<AppState>, listed: web::Query<Listed>) -> Result<HttpResponse, WebError> {
    listed.strictly()?;
    let collection = listed.collection();
    let (documents, total) = state.library.list(&listed.query(collection.as_ref())).await?;
    Ok(HttpResponse::Ok().json(json!({
        "counts": state.library.counts().await?,
        "ingestion": state.library.ingestion(),
        "total": total,
        "page": listed.page(),
        "pages": total.div_ceil(u64::from(PAGE)),
        "documents": documents,
    })))
}

/// `POST /api/library/{id}/retry`
pub async fn retry(state: web::Data<AppState>, id: web::Path<i64>) -> Result<HttpResponse, WebError> {
    let document = state.library.retry(DocumentId(*id)).await?;
    Ok(HttpResponse::Accepted().json(json!({ "queued": document.path })))
}
