//! The JSON twin of Search.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::domain::{Question, Staff};
use crate::web::AppState;
use crate::web::error::WebError;
use crate::web::pages::search::{MOST, PAGE};
use crate::web::parameters::Requested;

/// `GET /api/search?q=...&collection=...&kind=...&page=...`
pub async fn search(
    staff: Staff,
    state: web::Data<AppState>,
    asked: web::Query<Requested>,
) -> Result<HttpResponse, WebError> {
    let question = Question::parse(&asked.q)?;
    let found = state
        .retriever
        .search(&staff, &question, &asked.filter(), MOST)
        .await?;
    let page = asked.page() as usize;
    let hits: Vec<_> = found
        .iter()
        .skip((page - 1).saturating_mul(PAGE))
        .take(PAGE)
        .collect();
    state
        .retriever
        .shown(&staff, &question, hits.iter().copied(), false);
    Ok(HttpResponse::Ok().json(json!({
        "query": question,
        "found": found.len(),
        "page": page,
        "pages": found.len().div_ceil(PAGE),
        "hits": hits,
    })))
}
