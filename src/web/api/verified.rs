//! The JSON twins of verified answers.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::answer::AnswerId;
use crate::domain::{Inspector, PassageId, VerifiedId};
use crate::review::{ConcernGroupId, Draft, Drafted};
use crate::web::AppState;
use crate::web::error::WebError;
use crate::web::pages::verified::{Listed, PAGE};

/// What a program sends: `{"questions": ["..."], "text": "A sentence. [1]", "passages": [17], "months": 12}`; the marks
/// in the text count through the passages. `group` names the concerns that are done with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    questions: Vec<String>,
    text: String,
    passages: Vec<PassageId>,
    #[serde(default = "a_year")]
    months: u32,
    group: Option<ConcernGroupId>,
}

fn a_year() -> u32 {
    12
}

/// What a draft is made from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct From {
    answer: Option<AnswerId>,
    verified: Option<VerifiedId>,
}

impl Body {
    fn draft(&self) -> Draft {
        Draft {
            questions: self.questions.join("\n"),
            text: self.text.clone(),
            passages: self.passages.clone(),
            months: self.months,
        }
    }
}

/// `GET /api/review/draft?answer=...` or `?verified=...`
pub async fn draft(
    inspector: Inspector,
    state: web::Data<AppState>,
    from: web::Query<From>,
) -> Result<HttpResponse, WebError> {
    let Drafted { draft, passages } = match (&from.answer, from.verified) {
        (Some(answer), None) => state.review.draft_from_answer(&inspector, answer).await?,
        (None, Some(verified)) => state.review.draft_from_verified(&inspector, verified).await?,
        _ => {
            return Err(WebError::BadRequest(
                "a draft is made from one answer or one verified answer".to_owned(),
            ));
        }
    };
    let passages: Vec<_> = passages
        .iter()
        .map(|visible| {
            json!({ "id": visible.passage.id, "title": visible.title, "path": visible.path,
                    "locator": visible.passage.locator, "text": visible.passage.text })
        })
        .collect();
    let questions: Vec<&str> = draft.questions.lines().collect();
    Ok(HttpResponse::Ok().json(json!({ "questions": questions, "text": draft.text, "passages": passages })))
}

/// `GET /api/review/verified?q=...&state=...&owner=me&page=...`
pub async fn list(
    inspector: Inspector,
    state: web::Data<AppState>,
    listed: web::Query<Listed>,
) -> Result<HttpResponse, WebError> {
    let (found, total) = state
        .review
        .list_verified(&inspector, &listed.query(&inspector))
        .await?;
    Ok(HttpResponse::Ok().json(json!({
        "verified": found,
        "total": total,
        "page": listed.page(),
        "pages": total.div_ceil(u64::from(PAGE)),
    })))
}

/// `POST /api/review/verified`
pub async fn add(
    inspector: Inspector,
    state: web::Data<AppState>,
    body: web::Json<Body>,
) -> Result<HttpResponse, WebError> {
    let id = state
        .review
        .verify(&inspector, None, &body.draft(), body.group)
        .await?;
    Ok(HttpResponse::Created().json(state.review.verified(&inspector, id).await?))
}

/// `GET /api/review/verified/{id}`
pub async fn show(
    inspector: Inspector,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    Ok(HttpResponse::Ok().json(state.review.verified(&inspector, VerifiedId(*id)).await?))
}

/// `POST /api/review/verified/{id}`
pub async fn change(
    inspector: Inspector,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    body: web::Json<Body>,
) -> Result<HttpResponse, WebError> {
    let id = Some(VerifiedId(*id));
    let id = state
        .review
        .verify(&inspector, id, &body.draft(), body.group)
        .await?;
    Ok(HttpResponse::Ok().json(state.review.verified(&inspector, id).await?))
}

/// `DELETE /api/review/verified/{id}`
pub async fn delete(
    inspector: Inspector,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    state.review.delete_verified(&inspector, VerifiedId(*id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
