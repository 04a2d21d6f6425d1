//! History: the conversations that a person had, with a way to name and to delete each.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::answer::{AnswerId, Conversation};
use crate::domain::Staff;
use crate::web::error::WebError;
use crate::web::page::{Paging, Place, Shell, address, render};
use crate::web::parameters::lenient;
use crate::web::texts::Texts;
use crate::web::{AppState, words};

/// Conversations on a page.
const PAGE: u32 = 30;

#[derive(Template)]
#[template(path = "pages/history.html")]
struct HistoryPage {
    shell: Shell,
    conversations: Vec<ConversationView>,
    paging: Paging,
}

struct ConversationView {
    here: String,
    href: String,
    name: String,
    questions: String,
    asked: String,
    asked_machine: String,
}

/// What the address carries.
#[derive(Debug, Deserialize)]
pub struct Listed {
    #[serde(default, deserialize_with = "lenient")]
    page: Option<u32>,
}

/// What the form for another name sends.
#[derive(Debug, Deserialize)]
pub struct Named {
    name: String,
}

/// `GET /history?page=...`
pub async fn list(
    request: HttpRequest,
    staff: Staff,
    state: web::Data<AppState>,
    listed: web::Query<Listed>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(&request, Place::Ask);
    let page = listed.page.unwrap_or(1).max(1);
    let offset = (page - 1).saturating_mul(PAGE);
    let (conversations, total) = state.answerer.conversations(&staff, offset, PAGE).await?;
    let pages = u32::try_from(total.div_ceil(u64::from(PAGE))).unwrap_or(u32::MAX);
    let page = HistoryPage {
        conversations: conversations
            .into_iter()
            .map(|conversation| ConversationView::new(shell.t, conversation))
            .collect(),
        paging: Paging::new(page, pages, |page| {
            address("/history", &[("page", &page.to_string())])
        }),
        shell,
    };
    render(&page, StatusCode::OK)
}

/// `POST /history/{id}/name`
pub async fn name(
    staff: Staff,
    state: web::Data<AppState>,
    id: web::Path<String>,
    form: web::Form<Named>,
) -> Result<HttpResponse, WebError> {
    let id = AnswerId(id.into_inner());
    state.answerer.name_conversation(&staff, &id, &form.name).await?;
    Ok(back())
}

/// `POST /history/{id}/delete`
pub async fn delete(
    staff: Staff,
    state: web::Data<AppState>,
    id: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let id = AnswerId(id.into_inner());
    state.answerer.delete_conversation(&staff, &id).await?;
    Ok(back())
}

fn back() -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, "/history"))
        .finish()
}

impl ConversationView {
    fn new(t: Texts, conversation: Conversation) -> Self {
        Self {
            here: format!("/history/{}", conversation.id),
            href: format!("/answers/{}", conversation.last),
            name: conversation.name,
            questions: t.count("questions-count", conversation.questions).into_owned(),
            asked: words::time(t, conversation.asked_ms),
            asked_machine: words::machine_time(conversation.asked_ms),
        }
    }
}
