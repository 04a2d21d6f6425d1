//! The JSON twin of Library.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::domain::{Administrator, DocumentId, Staff};
use crate::web::AppState;
use crate::web::error::WebError;
use crate::web::pages::library::{Listed, PAGE};

/// `GET /api/library?q=...&state=...&collection=...&sort=...&page=...`
pub async fn list(
    staff: Staff,
    state: web::Data<AppState>,
    listed: web::Query<Listed>,
) -> Result<HttpResponse, WebError> {
    listed.strictly()?;
    let collection = listed.collection();
    let (documents, total) = state
        .library
        .list(&staff, &listed.query(collection.as_ref()))
        .await?;
    Ok(HttpResponse::Ok().json(json!({
        "counts": state.library.counts(&staff).await?,
        "ingestion": state.library.ingestion(&staff).await?,
        "total": total,
        "page": listed.page(),
        "pages": total.div_ceil(u64::from(PAGE)),
        "documents": documents,
    })))
}

/// `POST /api/library/{id}/retry`
pub async fn retry(
    administrator: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    let document = state.library.retry(&administrator, DocumentId(*id)).await?;
    Ok(HttpResponse::Accepted().json(json!({ "queued": document.path })))
}
