//! Questions to choose from: while one is typed, and on the first page before anything is.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::domain::Staff;
use crate::web::AppState;
use crate::web::error::WebError;
use crate::web::page::address;
use crate::web::texts::Texts;

/// Questions that are shown while one is typed.
const WHILE_TYPING: usize = 6;
/// Questions on the first page.
const TO_BEGIN_WITH: usize = 4;
/// A file of the demo documents, which the questions to begin with are about as long as nobody has asked others.
const DEMO: &str = "machines/error-codes.csv";

/// A question that a click asks.
pub struct Example {
    /// The question.
    pub text: String,
    /// Where it leads.
    pub href: String,
}

/// What was typed.
#[derive(Debug, Deserialize)]
pub struct Typed {
    #[serde(default)]
    q: String,
}

/// `GET /ask/suggestions?q=...`: a JSON list, `{"question": "...", "verified": true}`.
pub async fn list(
    staff: Staff,
    state: web::Data<AppState>,
    typed: web::Query<Typed>,
) -> Result<HttpResponse, WebError> {
    let found = if typed.q.trim().is_empty() {
        Vec::new()
    } else {
        state.answerer.suggest(&staff, &typed.q, WHILE_TYPING).await?
    };
    Ok(HttpResponse::Ok().json(found))
}

/// Questions to begin with: those that most people ask, or else some about the demo documents, where these are there.
pub async fn examples(t: Texts, staff: &Staff, state: &AppState) -> Result<Vec<Example>, WebError> {
    let often = state.answerer.suggest(staff, "", TO_BEGIN_WITH).await?;
    let mut questions: Vec<String> = often.into_iter().map(|often| often.question).collect();
    if questions.is_empty() && state.library.holds(staff, DEMO).await? {
        questions = ["example-1", "example-2", "example-3", "example-4"]
            .map(|key| t.get(key).into_owned())
            .into();
    }
    Ok(questions
        .into_iter()
        .map(|text| Example {
            href: address("/ask", &[("q", &text)]),
            text,
        })
        .collect())
}
