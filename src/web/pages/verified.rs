//! Verified answers: all of them with how they stand, searched and filtered.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::{Inspector, VerifiedState};
use crate::review::{StoredVerified, VerifiedQuery};
use crate::web::cited::by;
use crate::web::error::WebError;
use crate::web::page::{Choice, Paging, Place, Shell, address, render};
use crate::web::parameters::lenient;
use crate::web::texts::{Texts, grouped};
use crate::web::{AppState, words};

/// Verified answers on a page.
pub const PAGE: u32 = 30;

/// What the address of the list carries.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Listed {
    #[serde(default)]
    q: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    owner: String,
    #[serde(default, deserialize_with = "lenient")]
    page: Option<u32>,
}

#[derive(Template)]
#[template(path = "pages/verified.html")]
struct VerifiedPage {
    shell: Shell,
    sections: Vec<Choice>,
    states: Vec<Choice>,
    text: String,
    state: String,
    mine: bool,
    filtered: bool,
    rows: Vec<RowView>,
    paging: Paging,
}

struct RowView {
    href: String,
    question: String,
    text: String,
    by: String,
    until: String,
    state: &'static str,
    state_name: String,
}

impl Listed {
    /// What the address asks of the store.
    pub fn query(&self, inspector: &Inspector) -> VerifiedQuery<'_> {
        VerifiedQuery {
            state: VerifiedState::parse(&self.state),
            owner: self.mine().then_some(inspector.id),
            text: Some(self.q.trim()).filter(|text| !text.is_empty()),
            offset: (self.page() - 1).saturating_mul(PAGE),
            limit: PAGE,
        }
    }

    /// The page, from 1.
    pub fn page(&self) -> u32 {
        self.page.unwrap_or(1).max(1)
    }

    fn mine(&self) -> bool {
        self.owner == "me"
    }

    fn with(&self, state: &str, page: &str) -> String {
        address(
            "/review/verified",
            &[
                ("q", self.q.trim()),
                ("state", state),
                ("owner", &self.owner),
                ("page", page),
            ],
        )
    }
}

/// `GET /review/verified?q=...&state=...&owner=me&page=...`
pub async fn list(
    request: HttpRequest,
    inspector: Inspector,
    state: web::Data<AppState>,
    listed: web::Query<Listed>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(&request, Place::Inbox);
    let t = shell.t;
    let query = listed.query(&inspector);
    let (found, total) = state.review.list_verified(&inspector, &query).await?;
    let counts = state.review.count_verified(&inspector).await?;
    let pages = u32::try_from(total.div_ceil(u64::from(PAGE))).unwrap_or(u32::MAX);
    let page = VerifiedPage {
        sections: super::inbox::sections(t, &inspector, "/review/verified"),
        states: states(t, &listed, counts),
        text: listed.q.trim().to_owned(),
        state: query
            .state
            .map(|state| state.as_str().to_owned())
            .unwrap_or_default(),
        mine: listed.mine(),
        filtered: query.state.is_some() || query.owner.is_some() || query.text.is_some(),
        rows: found.iter().map(|stored| RowView::new(t, stored)).collect(),
        paging: Paging::new(listed.page(), pages, |page| {
            listed.with(&listed.state, &page.to_string())
        }),
        shell,
    };
    render(&page, StatusCode::OK)
}

impl RowView {
    fn new(t: Texts, stored: &StoredVerified) -> Self {
        let (state, state_name) = state_view(t, stored.state);
        Self {
            href: format!("/review/verified/{}", stored.answer.id),
            question: stored.answer.question().to_owned(),
            text: stored.answer.text(),
            by: by(t, &stored.answer),
            until: t
                .with(
                    "verified-until",
                    "date",
                    &words::date(t, stored.answer.expires_ms),
                )
                .into_owned(),
            state,
            state_name,
        }
    }
}

/// How a verified answer stands: the colour of the library that fits, and its name.
pub fn state_view(t: Texts, state: VerifiedState) -> (&'static str, String) {
    let (colour, text) = match state {
        VerifiedState::InForce => ("searchable", t.get("verified-in-force")),
        VerifiedState::Withdrawn => ("failed", t.get("verified-withdrawn")),
        VerifiedState::Expired => ("pending", t.get("verified-expired")),
    };
    (colour, text.into_owned())
}

fn states(t: Texts, listed: &Listed, counts: [u32; 3]) -> Vec<Choice> {
    let choice = |value: &str, label: String, count: u32| Choice {
        value: value.to_owned(),
        href: listed.with(value, ""),
        label,
        count: Some(grouped(count.into())),
        selected: listed.state == value,
    };
    let mut choices = vec![choice("", t.get("state-all").into_owned(), counts.iter().sum())];
    for (state, count) in VerifiedState::ALL.into_iter().zip(counts) {
        choices.push(choice(state.as_str(), state_view(t, state).1, count));
    }
    choices
}
