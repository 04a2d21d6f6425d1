//! Ends what a model is writing for whoever asks so.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::domain::Staff;
use crate::web::AppState;
use crate::web::error::WebError;

/// Which answer is to be stopped.
#[derive(Debug, Deserialize)]
pub struct Stop {
    stop: String,
}

/// `POST /ask/stop`: ends what a model is writing; the stream goes on to its end. 404 where nothing is written any more.
pub async fn stop(
    staff: Staff,
    state: web::Data<AppState>,
    form: web::Form<Stop>,
) -> Result<HttpResponse, WebError> {
    if state.answerer.stop(&staff, &form.stop) {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(WebError::NotFound)
    }
}
