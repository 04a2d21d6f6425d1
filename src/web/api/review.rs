//! The JSON twins of reviews: what people say of answers, and the inbox.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::answer::AnswerId;
use crate::domain::{Administrator, Complaint, Inspector, Opinion, Staff};
use crate::review::{ConcernGroupId, ReviewError};
use crate::web::error::WebError;
use crate::web::pages::inbox::{Listed, PAGE};
use crate::web::{AppState, pages};

/// What a program says of an answer: `{"right": false, "complaint": "outdated", "comment": "..."}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    right: bool,
    complaint: Option<Complaint>,
    #[serde(default)]
    comment: String,
}

/// `GET /api/review/answers/{id}/opinion`
pub async fn opinion(
    staff: Staff,
    state: web::Data<AppState>,
    id: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let opinion = state.review.opinion(&staff, &AnswerId(id.into_inner())).await?;
    Ok(HttpResponse::Ok().json(json!({ "opinion": opinion })))
}

/// `POST /api/review/answers/{id}/opinion`
pub async fn judge(
    staff: Staff,
    state: web::Data<AppState>,
    id: web::Path<String>,
    said: web::Json<Said>,
) -> Result<HttpResponse, WebError> {
    let opinion = Opinion::new(said.right, said.complaint, &said.comment).map_err(ReviewError::from)?;
    state
        .review
        .judge(&staff, &AnswerId(id.into_inner()), &opinion)
        .await?;
    Ok(HttpResponse::Ok().json(json!({ "opinion": opinion })))
}

/// `GET /api/review/inbox?kind=...&sort=...&page=...`
pub async fn inbox(
    inspector: Inspector,
    state: web::Data<AppState>,
    listed: web::Query<Listed>,
) -> Result<HttpResponse, WebError> {
    let inbox = state.review.inbox(&inspector, listed.query()).await?;
    Ok(HttpResponse::Ok().json(json!({
        "waiting": inbox.waiting,
        "groups": inbox.groups,
        "total": inbox.total,
        "page": listed.page(),
        "pages": inbox.total.div_ceil(u64::from(PAGE)),
    })))
}

/// `GET /api/review/inbox/{id}`
pub async fn group(
    inspector: Inspector,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    let group = state.review.group(&inspector, ConcernGroupId(*id)).await?;
    Ok(HttpResponse::Ok().json(group))
}

/// `POST /api/review/inbox/{id}/dismiss`
pub async fn dismiss(
    inspector: Inspector,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    state.review.dismiss(&inspector, ConcernGroupId(*id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Which document is missing: `{"missing": "..."}`; an empty text takes the note back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    missing: String,
}

/// `POST /api/review/inbox/{id}/missing`
pub async fn missing(
    inspector: Inspector,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    body: web::Json<Missing>,
) -> Result<HttpResponse, WebError> {
    let id = ConcernGroupId(*id);
    state.review.name_missing(&inspector, id, &body.missing).await?;
    Ok(HttpResponse::Ok().json(state.review.group(&inspector, id).await?))
}

/// `GET /api/review/missing?page=...`
pub async fn missing_documents(
    administrator: Administrator,
    state: web::Data<AppState>,
    listed: web::Query<pages::missing::Listed>,
) -> Result<HttpResponse, WebError> {
    let (missing, total) = state
        .review
        .missing_documents(&administrator, listed.offset(), pages::missing::PAGE)
        .await?;
    Ok(HttpResponse::Ok().json(json!({
        "missing": missing,
        "total": total,
        "page": listed.page(),
        "pages": total.div_ceil(u64::from(pages::missing::PAGE)),
    })))
}

/// `POST /api/review/missing/{id}/end`
pub async fn end_missing(
    administrator: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    state
        .review
        .end_missing(&administrator, ConcernGroupId(*id))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
