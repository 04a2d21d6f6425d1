//! The form in which an inspector writes a verified answer, or verifies one anew: questions, sentences with marks, and the
//! passages to cite, of which a search finds more.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use askama::Template;
use serde::Deserialize;

use crate::answer::AnswerId;
use crate::domain::{Inspector, PassageId, ScoredPassage, VerifiedId};
use crate::library::{Piece, highlighted};
use crate::review::{ConcernGroupId, Draft, Drafted, MONTHS, MOST_PASSAGES, ReviewError, Verified};
use crate::web::cited::by;
use crate::web::error::WebError;
use crate::web::page::{Choice, Place, Shell, render};
use crate::web::source::passage_href;
use crate::web::texts::Texts;
use crate::web::{AppState, words};

/// Characters of a passage that the form shows.
const EXCERPT: usize = 500;

#[derive(Template)]
#[template(path = "pages/verify.html")]
struct VerifyPage {
    shell: Shell,
    sections: Vec<Choice>,
    action: String,
    /// The verified answer that is changed.
    known: Option<Known>,
    problem: Option<String>,
    questions: String,
    text: String,
    passages: String,
    listed: Vec<PassageView>,
    find: String,
    searched: bool,
    found: Vec<PassageView>,
    months: Vec<Choice>,
    group: String,
}

struct Known {
    state: &'static str,
    state_name: String,
    by: String,
    until: String,
    changes: Vec<String>,
    delete: String,
}

struct PassageView {
    id: i64,
    number: usize,
    /// The document has changed since it was put here.
    gone: bool,
    href: String,
    title: String,
    place: String,
    path: String,
    pieces: Vec<Piece>,
}

/// What the address of an empty form carries.
#[derive(Debug, Deserialize)]
pub struct Begun {
    #[serde(default)]
    answer: String,
    #[serde(default)]
    group: String,
}

/// What the form holds besides the draft.
#[derive(Debug, Default)]
struct Form {
    draft: Draft,
    find: String,
    group: String,
    save: bool,
    /// Whether more passages were sent than there may be to choose from.
    too_many: bool,
}

impl Form {
    /// Reads what was sent. Passages that were ticked join those to choose from, as far as there is room.
    fn of(fields: &[(String, String)]) -> Self {
        let mut form = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "questions" => form.draft.questions.clone_from(value),
                "text" => form.draft.text.clone_from(value),
                "passages" | "add" => form.add(value),
                "months" => form.draft.months = value.parse().unwrap_or(0),
                "find" => form.find = value.trim().to_owned(),
                "group" => form.group.clone_from(value),
                "action" => form.save = value == "save",
                _ => {}
            }
        }
        form
    }

    fn add(&mut self, ids: &str) {
        for id in ids.split(',').filter_map(|id| id.trim().parse().ok()) {
            let passages = &mut self.draft.passages;
            if passages.contains(&PassageId(id)) {
                continue;
            }
            if passages.len() >= MOST_PASSAGES {
                self.too_many = true;
                return;
            }
            passages.push(PassageId(id));
        }
    }

    fn group(&self) -> Option<ConcernGroupId> {
        self.group.parse().ok().map(ConcernGroupId)
    }
}

/// `GET /review/verified/new?answer=...&group=...`
pub async fn begin(
    request: HttpRequest,
    inspector: Inspector,
    state: web::Data<AppState>,
    begun: web::Query<Begun>,
) -> Result<HttpResponse, WebError> {
    let begun = begun.into_inner();
    let drafted = if begun.answer.is_empty() {
        let draft = Draft {
            months: 12,
            ..Draft::default()
        };
        state.review.draft(&inspector, draft).await?
    } else {
        let id = AnswerId(begun.answer);
        state.review.draft_from_answer(&inspector, &id).await?
    };
    let form = Form {
        group: begun.group,
        ..Form::default()
    };
    page(&request, &inspector, &state, None, &form, drafted, None).await
}

/// `POST /review/verified/new`
pub async fn begun(
    request: HttpRequest,
    inspector: Inspector,
    state: web::Data<AppState>,
    fields: web::Form<Vec<(String, String)>>,
) -> Result<HttpResponse, WebError> {
    send(&request, &inspector, &state, None, &fields).await
}

/// `GET /review/verified/{id}`
pub async fn open(
    request: HttpRequest,
    inspector: Inspector,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    let id = VerifiedId(*id);
    let drafted = state.review.draft_from_verified(&inspector, id).await?;
    page(
        &request,
        &inspector,
        &state,
        Some(id),
        &Form::default(),
        drafted,
        None,
    )
    .await
}

/// `POST /review/verified/{id}`
pub async fn change(
    request: HttpRequest,
    inspector: Inspector,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    fields: web::Form<Vec<(String, String)>>,
) -> Result<HttpResponse, WebError> {
    send(&request, &inspector, &state, Some(VerifiedId(*id)), &fields).await
}

/// `POST /review/verified/{id}/delete`
pub async fn delete(
    inspector: Inspector,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    state.review.delete_verified(&inspector, VerifiedId(*id)).await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, "/review/verified"))
        .finish())
}

/// Keeps what was sent; where it cannot be kept or passages are looked for, the form comes back as it was.
async fn send(
    request: &HttpRequest,
    inspector: &Inspector,
    state: &AppState,
    id: Option<VerifiedId>,
    fields: &[(String, String)],
) -> Result<HttpResponse, WebError> {
    let form = Form::of(fields);
    let mut problem = None;
    if form.too_many {
        problem = Some(WebError::from(ReviewError::TooMany {
            what: "passages",
            most: MOST_PASSAGES,
        }));
    } else if form.save {
        match state
            .review
            .verify(inspector, id, &form.draft, form.group())
            .await
        {
            Ok(kept) => {
                return Ok(HttpResponse::SeeOther()
                    .insert_header((LOCATION, format!("/review/verified/{kept}")))
                    .finish());
            }
            Err(error) => {
                let error = WebError::from(error);
                if error.status_code().is_server_error() || error.status_code() == StatusCode::NOT_FOUND {
                    return Err(error);
                }
                problem = Some(error);
            }
        }
    }
    let drafted = state.review.draft(inspector, form.draft.clone()).await?;
    page(request, inspector, state, id, &form, drafted, problem).await
}

async fn page(
    request: &HttpRequest,
    inspector: &Inspector,
    state: &AppState,
    id: Option<VerifiedId>,
    form: &Form,
    drafted: Drafted,
    problem: Option<WebError>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(request, Place::Inbox);
    let t = shell.t;
    let known = match id {
        Some(id) => Some(Known::new(t, &state.review.verified(inspector, id).await?)),
        None => None,
    };
    let found = if form.find.is_empty() {
        Vec::new()
    } else {
        state.review.passages(inspector, &form.find).await?
    };
    let Drafted { draft, passages } = drafted;
    let status = problem
        .as_ref()
        .map_or(StatusCode::OK, ResponseError::status_code);
    let listed = (1..).zip(&draft.passages).map(|(number, id)| {
        let passage = passages.iter().find(|passage| passage.passage.id == *id);
        match passage {
            Some(visible) => PassageView {
                href: passage_href(visible.passage.document, *id, None),
                title: visible.title.clone(),
                place: words::locator_line(t, &visible.passage.locator),
                path: visible.path.clone(),
                pieces: highlighted(&visible.passage.text, &draft.questions, EXCERPT),
                gone: false,
                ..PassageView::gone(*id, number)
            },
            None => PassageView::gone(*id, number),
        }
    });
    let ids: Vec<String> = draft.passages.iter().map(|id| id.0.to_string()).collect();
    let page = VerifyPage {
        sections: super::inbox::sections(t, inspector, ""),
        action: id.map_or_else(
            || "/review/verified/new".to_owned(),
            |id| format!("/review/verified/{id}"),
        ),
        known,
        problem: problem.map(|problem| problem.explained(t)),
        listed: listed.collect(),
        passages: ids.join(","),
        searched: !form.find.is_empty(),
        found: found
            .iter()
            .filter(|found| !draft.passages.contains(&found.passage.id))
            .map(|found| PassageView::found(t, &form.find, found))
            .collect(),
        find: form.find.clone(),
        months: months(t, draft.months),
        questions: draft.questions,
        text: draft.text,
        group: form.group.clone(),
        shell,
    };
    render(&page, status)
}

impl Known {
    fn new(t: Texts, verified: &Verified) -> Self {
        let stored = &verified.stored;
        let (state, state_name) = super::verified::state_view(t, stored.state);
        Self {
            state,
            state_name,
            by: by(t, &stored.answer),
            until: t
                .with(
                    "verified-until",
                    "date",
                    &words::date(t, stored.answer.expires_ms),
                )
                .into_owned(),
            changes: super::inbox::changes(t, verified),
            delete: format!("/review/verified/{}/delete", stored.answer.id),
        }
    }
}

impl PassageView {
    fn gone(id: PassageId, number: usize) -> Self {
        Self {
            id: id.0,
            number,
            gone: true,
            href: String::new(),
            title: String::new(),
            place: String::new(),
            path: String::new(),
            pieces: Vec::new(),
        }
    }

    fn found(t: Texts, query: &str, found: &ScoredPassage) -> Self {
        Self {
            id: found.passage.id.0,
            number: 0,
            gone: false,
            href: passage_href(found.passage.document, found.passage.id, None),
            title: found.title.clone(),
            place: words::locator_line(t, &found.passage.locator),
            path: found.path.clone(),
            pieces: highlighted(&found.passage.text, query, EXCERPT),
        }
    }
}

fn months(t: Texts, chosen: u32) -> Vec<Choice> {
    MONTHS
        .into_iter()
        .map(|months| Choice {
            value: months.to_string(),
            href: String::new(),
            label: t.count("months-count", months).into_owned(),
            count: None,
            selected: months == chosen,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(name: &str, ids: impl Iterator<Item = i64>) -> (String, String) {
        let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
        (name.to_owned(), ids.join(","))
    }

    #[test]
    fn a_form_holds_no_more_passages_than_there_may_be_and_says_so() {
        let form = Form::of(&[sent("passages", 1..=3), sent("add", 3..=4)]);
        assert_eq!(form.draft.passages, [1, 2, 3, 4].map(PassageId));
        assert!(!form.too_many);
        let all = 1..=i64::try_from(MOST_PASSAGES).unwrap();
        let full = Form::of(&[sent("passages", all.clone()), sent("add", all.clone())]);
        assert_eq!((full.draft.passages.len(), full.too_many), (MOST_PASSAGES, false));
        let over = Form::of(&[sent("passages", all), sent("add", 1_000..100_000)]);
        assert_eq!((over.draft.passages.len(), over.too_many), (MOST_PASSAGES, true));
    }
}
