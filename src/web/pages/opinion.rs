//! Takes what somebody says of an answer and leads back to it.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::answer::AnswerId;
use crate::domain::{Complaint, Opinion, Staff};
use crate::review::ReviewError;
use crate::web::AppState;
use crate::web::error::WebError;

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct Said {
    right: String,
    #[serde(default)]
    complaint: String,
    #[serde(default)]
    comment: String,
}

/// `POST /answers/{id}/opinion`
pub async fn judge(
    staff: Staff,
    state: web::Data<AppState>,
    id: web::Path<String>,
    form: web::Form<Said>,
) -> Result<HttpResponse, WebError> {
    let id = AnswerId(id.into_inner());
    let right = match form.right.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(WebError::BadRequest("right must be yes or no".to_owned())),
    };
    let complaint = Complaint::parse(&form.complaint);
    let opinion = Opinion::new(right, complaint, &form.comment).map_err(ReviewError::from)?;
    state.review.judge(&staff, &id, &opinion).await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, format!("/answers/{id}")))
        .finish())
}
