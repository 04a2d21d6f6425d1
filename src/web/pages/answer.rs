//! A permanent address of an answer: the answer as it was given, with its quotes as they were.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::answer::AnswerId;
use crate::domain::Staff;
use crate::web::cited::{AnswerPart, EarlierPart, Ending, Shown, citations};
use crate::web::error::WebError;
use crate::web::page::{Place, Shell, address, render};
use crate::web::picture::Shapes;
use crate::web::source::Looked;
use crate::web::{AppState, words};

#[derive(Template)]
#[template(path = "pages/answer.html")]
struct AnswerPage {
    shell: Shell,
    question: String,
    asked_at: String,
    asked_at_machine: String,
    answer: AnswerPart,
    earlier: Vec<EarlierPart>,
    again: String,
    /// Where an inspector verifies it.
    verify: Option<String>,
}

/// `GET /answers/{id}`
pub async fn show(
    request: HttpRequest,
    staff: Staff,
    state: web::Data<AppState>,
    id: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let stored = state.answerer.given(&staff, &AnswerId(id.into_inner())).await?;
    let opinion = state.review.opinion(&staff, &stored.id).await?;
    let shell = Shell::for_request(&request, Place::Ask);
    // Passages that were stored in another form are left out; the quotes are whole without them.
    let looked: Vec<Looked> = serde_json::from_value(stored.passages).unwrap_or_default();
    let statements = stored
        .written
        .as_ref()
        .map(|written| written.statements.as_slice());
    let cited = citations(&stored.quotes, statements.unwrap_or_default());
    let shapes = Shapes::of(&staff, &state.library, cited).await;
    let shown = Shown {
        understood: stored.understood.as_deref(),
        verified: stored.verified.as_ref(),
        written: stored.written.as_ref(),
        quotes: &stored.quotes,
        looked: &looked,
        shapes: &shapes,
    };
    let ending = Ending {
        question: &stored.question,
        collection: "",
        verdict: stored.verdict,
        generator: &stored.generator,
        unwritten: stored.unwritten,
        bounds: stored
            .written
            .as_ref()
            .map(|written| written.bounds)
            .unwrap_or_default(),
        duration_ms: stored.duration_ms,
        id: Some(&stored.id.0),
        opinion: opinion.as_ref(),
        permanent: true,
    };
    let earlier = match &stored.follows {
        Some(before) => state.answerer.conversation(&staff, before).await?,
        None => Vec::new(),
    };
    let page = AnswerPage {
        answer: AnswerPart::whole(shell.t, shown, ending)?,
        earlier: earlier
            .iter()
            .map(|answer| EarlierPart::new(shell.t, answer))
            .collect(),
        again: address("/ask", &[("q", &stored.question)]),
        verify: staff
            .inspector()
            .map(|_| address("/review/verified/new", &[("answer", &stored.id.0)])),
        question: stored.question,
        asked_at: words::time(shell.t, stored.created_ms),
        asked_at_machine: words::machine_time(stored.created_ms),
        shell,
    };
    render(&page, StatusCode::OK)
}
