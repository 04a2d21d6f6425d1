//! A group of the inbox: the questions, what was found for the newest, and what an inspector can do about them.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::{Inspector, Verdict};
use crate::review::{Concern, ConcernGroupId, Group};
use crate::web::cited::NearestPart;
use crate::web::error::WebError;
use crate::web::opinion::complaint_name;
use crate::web::page::{Choice, Place, Shell, address, render};
use crate::web::source::Looked;
use crate::web::texts::Texts;
use crate::web::{AppState, words};

#[derive(Template)]
#[template(path = "pages/inbox_group.html")]
struct GroupPage {
    shell: Shell,
    sections: Vec<Choice>,
    question: String,
    concerns: Vec<ConcernView>,
    /// What was said when the newest was asked; empty where it was refused.
    said: String,
    nearest: NearestPart,
    verify: String,
    dismiss: String,
    name_missing: String,
    missing: String,
    missing_by: Option<String>,
}

struct ConcernView {
    href: String,
    question: String,
    asked: String,
    asked_machine: String,
    asker: Option<String>,
    kinds: Vec<(&'static str, String)>,
    dislikes: Vec<String>,
}

/// `GET /review/inbox/{id}`
pub async fn show(
    request: HttpRequest,
    inspector: Inspector,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(&request, Place::Inbox);
    let t = shell.t;
    let Group {
        id,
        concerns,
        missing,
    } = state.review.group(&inspector, ConcernGroupId(*id)).await?;
    let newest = concerns.first().ok_or(WebError::NotFound)?;
    let answer = state.answerer.given(&inspector, &newest.answer).await?;
    let looked: Vec<Looked> = serde_json::from_value(answer.passages.clone()).unwrap_or_default();
    let group = id.0.to_string();
    let page = GroupPage {
        sections: super::inbox::sections(t, &inspector, ""),
        question: newest.question.clone(),
        said: match answer.verdict {
            Verdict::Answered => answer.text(),
            Verdict::Refused => String::new(),
        },
        nearest: NearestPart::new(t, &answer.question, &looked),
        verify: address(
            "/review/verified/new",
            &[("answer", &newest.answer.0), ("group", &group)],
        ),
        dismiss: format!("/review/inbox/{group}/dismiss"),
        name_missing: format!("/review/inbox/{group}/missing"),
        missing_by: missing
            .as_ref()
            .filter(|missing| !missing.by.is_empty())
            .map(|missing| missing.by.clone()),
        missing: missing.map(|missing| missing.missing).unwrap_or_default(),
        concerns: concerns
            .iter()
            .map(|concern| ConcernView::new(t, concern))
            .collect(),
        shell,
    };
    render(&page, StatusCode::OK)
}

/// `POST /review/inbox/{id}/dismiss`
pub async fn dismiss(
    inspector: Inspector,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    state.review.dismiss(&inspector, ConcernGroupId(*id)).await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, "/review/inbox"))
        .finish())
}

/// What the form about a missing document sends.
#[derive(Debug, Deserialize)]
pub struct Missing {
    #[serde(default)]
    missing: String,
}

/// `POST /review/inbox/{id}/missing`
pub async fn missing(
    inspector: Inspector,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    form: web::Form<Missing>,
) -> Result<HttpResponse, WebError> {
    state
        .review
        .name_missing(&inspector, ConcernGroupId(*id), &form.missing)
        .await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, format!("/review/inbox/{id}")))
        .finish())
}

impl ConcernView {
    fn new(t: Texts, concern: &Concern) -> Self {
        let mut kinds = Vec::new();
        if concern.refused {
            kinds.push(("pending", t.get("kind-refused").into_owned()));
        }
        if concern.doubtful {
            kinds.push(("pending", t.get("kind-doubtful").into_owned()));
        }
        if !concern.dislikes.is_empty() {
            kinds.push(("failed", t.get("kind-disliked").into_owned()));
        }
        let dislikes = concern.dislikes.iter().map(|dislike| {
            let complaint = dislike.complaint.map(|complaint| complaint_name(t, complaint));
            let comment = Some(dislike.comment.clone()).filter(|comment| !comment.is_empty());
            let parts: Vec<String> = complaint.into_iter().chain(comment).collect();
            parts.join(" · ")
        });
        Self {
            href: format!("/answers/{}", concern.answer),
            question: concern.question.clone(),
            asked: words::time(t, concern.asked_ms),
            asked_machine: words::machine_time(concern.asked_ms),
            asker: concern.asker.clone(),
            kinds,
            dislikes: dislikes.filter(|said| !said.is_empty()).collect(),
        }
    }
}
