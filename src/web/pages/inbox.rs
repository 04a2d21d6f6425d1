//! Inbox: what inspectors should look at. Verified answers that are not in force any more, and questions put together.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::{Inspector, SourceState, VerifiedState};
use crate::review::{ConcernKind, InboxGroup, InboxQuery, Verified, VerifiedSource};
use crate::web::error::WebError;
use crate::web::page::{Choice, Paging, Place, Shell, address, render};
use crate::web::parameters::lenient;
use crate::web::texts::{Texts, grouped};
use crate::web::{AppState, words};

/// Groups on a page.
pub const PAGE: u32 = 20;

/// What the address of the inbox carries.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Listed {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    sort: String,
    #[serde(default, deserialize_with = "lenient")]
    page: Option<u32>,
}

#[derive(Template)]
#[template(path = "pages/inbox.html")]
struct InboxPage {
    shell: Shell,
    sections: Vec<Choice>,
    kinds: Vec<Choice>,
    sorts: Vec<Choice>,
    waiting: Vec<WaitingView>,
    groups: Vec<GroupView>,
    filtered: bool,
    paging: Paging,
}

/// A verified answer that is not in force any more.
struct WaitingView {
    href: String,
    question: String,
    changes: Vec<String>,
}

struct GroupView {
    href: String,
    question: String,
    asked: String,
    asked_machine: String,
    chips: Vec<(&'static str, String)>,
    count: Option<String>,
}

impl Listed {
    /// What the address asks of the store.
    pub fn query(&self) -> InboxQuery {
        InboxQuery {
            kind: ConcernKind::parse(&self.kind),
            frequent: self.sort == "frequent",
            offset: (self.page() - 1).saturating_mul(PAGE),
            limit: PAGE,
        }
    }

    /// The page, from 1.
    pub fn page(&self) -> u32 {
        self.page.unwrap_or(1).max(1)
    }

    fn with(&self, kind: &str, sort: &str, page: &str) -> String {
        address("/review/inbox", &[("kind", kind), ("sort", sort), ("page", page)])
    }
}

/// `GET /review/inbox?kind=...&sort=...&page=...`
pub async fn list(
    request: HttpRequest,
    inspector: Inspector,
    state: web::Data<AppState>,
    listed: web::Query<Listed>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(&request, Place::Inbox);
    let t = shell.t;
    let query = listed.query();
    let inbox = state.review.inbox(&inspector, query).await?;
    let pages = u32::try_from(inbox.total.div_ceil(u64::from(PAGE))).unwrap_or(u32::MAX);
    let page = InboxPage {
        sections: sections(t, &inspector, "/review/inbox"),
        kinds: kinds(t, &listed),
        sorts: sorts(t, &listed),
        waiting: inbox
            .waiting
            .iter()
            .map(|waiting| WaitingView::new(t, waiting))
            .collect(),
        groups: inbox
            .groups
            .iter()
            .map(|group| GroupView::new(t, group))
            .collect(),
        filtered: query.kind.is_some(),
        paging: Paging::new(listed.page(), pages, |page| {
            listed.with(&listed.kind, &listed.sort, &page.to_string())
        }),
        shell,
    };
    render(&page, StatusCode::OK)
}

/// The pages of reviews, as links.
pub fn sections(t: Texts, inspector: &Inspector, here: &str) -> Vec<Choice> {
    let section = |href: &str, label: &str| Choice {
        value: String::new(),
        href: href.to_owned(),
        label: label.to_owned(),
        count: None,
        selected: href == here,
    };
    let mut sections = vec![
        section("/review/inbox", &t.get("inbox-title")),
        section("/review/verified", &t.get("verified-title")),
    ];
    if inspector.administrator().is_some() {
        sections.push(section("/review/missing", &t.get("missing-title")));
    }
    sections
}

/// What became of the documents that a verified answer rests on, and whether its time is over.
pub fn changes(t: Texts, verified: &Verified) -> Vec<String> {
    let change = |source: &VerifiedSource| {
        let text = match &source.state {
            SourceState::Same => return None,
            SourceState::Changed => t.with("change-changed", "title", &source.title),
            SourceState::Moved { to } => t.with_all(
                "change-moved",
                &[("title", &source.title), ("to", &words::collection(t, to))],
            ),
            SourceState::Gone => t.with("change-gone", "title", &source.title),
        };
        Some(text.into_owned())
    };
    let mut changes: Vec<String> = verified.sources.iter().filter_map(change).collect();
    if verified.stored.state == VerifiedState::Expired {
        let date = words::date(t, verified.stored.answer.expires_ms);
        changes.push(t.with("change-expired", "date", &date).into_owned());
    }
    changes
}

impl WaitingView {
    fn new(t: Texts, verified: &Verified) -> Self {
        Self {
            href: format!("/review/verified/{}", verified.stored.answer.id),
            question: verified.stored.answer.question().to_owned(),
            changes: changes(t, verified),
        }
    }
}

impl GroupView {
    fn new(t: Texts, group: &InboxGroup) -> Self {
        let chip = |state: &'static str, key: &str, count: u32| {
            (count > 0).then(|| (state, t.count(key, count).into_owned()))
        };
        Self {
            href: format!("/review/inbox/{}", group.id.0),
            question: group.question.clone(),
            asked: words::time(t, group.asked_ms),
            asked_machine: words::machine_time(group.asked_ms),
            chips: [
                chip("pending", "concern-refused", group.refused),
                chip("failed", "concern-disliked", group.disliked),
                chip("pending", "concern-doubtful", group.doubtful),
            ]
            .into_iter()
            .flatten()
            .collect(),
            count: (group.count > 1).then(|| {
                t.with("inbox-asked", "count", &grouped(group.count.into()))
                    .into_owned()
            }),
        }
    }
}

fn kinds(t: Texts, listed: &Listed) -> Vec<Choice> {
    let choice = |value: &str, label: String| Choice {
        value: value.to_owned(),
        href: listed.with(value, &listed.sort, ""),
        label,
        count: None,
        selected: listed.kind == value,
    };
    let mut choices = vec![choice("", t.get("inbox-all").into_owned())];
    choices.extend(ConcernKind::ALL.into_iter().map(|kind| {
        let label = match kind {
            ConcernKind::Refused => t.get("kind-refused"),
            ConcernKind::Doubtful => t.get("kind-doubtful"),
            ConcernKind::Disliked => t.get("kind-disliked"),
        };
        choice(kind.as_str(), label.into_owned())
    }));
    choices
}

fn sorts(t: Texts, listed: &Listed) -> Vec<Choice> {
    [("", t.get("inbox-newest")), ("frequent", t.get("inbox-frequent"))]
        .into_iter()
        .map(|(value, label)| Choice {
            value: value.to_owned(),
            href: listed.with(&listed.kind, value, ""),
            label: label.into_owned(),
            count: None,
            selected: listed.sort == value,
        })
        .collect()
}
