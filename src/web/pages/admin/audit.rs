//! The audit log: searched, paged, exported.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{Days, Local, NaiveDate, NaiveTime};
use serde::Deserialize;

use crate::accounts::{AuditEntry, AuditQuery};
use crate::domain::{Action, Administrator, Shown};
use crate::web::error::WebError;
use crate::web::page::{Choice, Paging, Place, Shell, address, render};
use crate::web::parameters::lenient;
use crate::web::texts::Texts;
use crate::web::{AppState, words};

/// Rows on a page.
pub const PAGE: u32 = 50;

/// What the address carries. The days are those of the server's time zone.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Searched {
    #[serde(default)]
    q: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default, deserialize_with = "lenient")]
    page: Option<u32>,
}

impl Searched {
    /// What the address asks for. A day or an action that does not exist restricts nothing.
    pub fn query(&self) -> AuditQuery {
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        AuditQuery {
            text: text(&self.q),
            person: text(&self.person),
            action: Action::parse(&self.action),
            from_ms: day(&self.from).and_then(begin),
            to_ms: day(&self.to)
                .and_then(|day| day.checked_add_days(Days::new(1)))
                .and_then(begin),
        }
    }

    /// An error where a program named an action or a day that does not exist.
    pub fn strictly(&self) -> Result<(), WebError> {
        if !self.action.is_empty() && Action::parse(&self.action).is_none() {
            let names: Vec<&str> = Action::ALL.into_iter().map(Action::as_str).collect();
            return Err(WebError::BadRequest(format!(
                "the actions are {}",
                names.join(", ")
            )));
        }
        for given in [&self.from, &self.to] {
            if !given.is_empty() && day(given).is_none() {
                return Err(WebError::BadRequest("a day is written as 2026-11-21".to_owned()));
            }
        }
        Ok(())
    }

    /// The page, from 1.
    pub fn page(&self) -> u32 {
        self.page.unwrap_or(1).max(1)
    }

    fn address(&self, path: &str, page: &str) -> String {
        address(
            path,
            &[
                ("q", self.q.trim()),
                ("person", self.person.trim()),
                ("action", &self.action),
                ("from", &self.from),
                ("to", &self.to),
                ("page", page),
            ],
        )
    }
}

fn day(text: &str) -> Option<NaiveDate> {
    text.trim().parse().ok()
}

/// When a day begins here; where clocks are put forward over midnight, the first moment that there is.
fn begin(day: NaiveDate) -> Option<i64> {
    let midnight = day.and_time(NaiveTime::MIN);
    let local = midnight.and_local_timezone(Local);
    let begin = local.earliest().map(|time| time.timestamp_millis());
    Some(begin.unwrap_or_else(|| midnight.and_utc().timestamp_millis()))
}

#[derive(Template)]
#[template(path = "pages/admin/audit.html")]
struct AuditPage {
    shell: Shell,
    at: &'static str,
    searched: Searched,
    actions: Vec<Choice>,
    found: String,
    rows: Vec<RowView>,
    export: String,
    paging: Paging,
}

struct RowView {
    time: String,
    time_machine: String,
    name: String,
    address: String,
    action: String,
    subject: String,
    detail: String,
    passages: Option<String>,
    shown: Vec<ShownView>,
}

struct ShownView {
    href: String,
    path: String,
    detail: String,
}

/// `GET /admin/audit?q=...&person=...&action=...&from=...&to=...&page=...`
pub async fn list(
    request: HttpRequest,
    by: Administrator,
    state: web::Data<AppState>,
    searched: web::Query<Searched>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(&request, Place::Admin);
    let t = shell.t;
    let searched = searched.into_inner();
    let offset = u64::from(searched.page() - 1) * u64::from(PAGE);
    let (entries, total) = state.accounts.audit(&by, &searched.query(), offset, PAGE).await?;
    let pages = u32::try_from(total.div_ceil(u64::from(PAGE))).unwrap_or(u32::MAX);
    let page = AuditPage {
        at: "audit",
        actions: actions(t, &searched.action),
        found: t.count("audit-count", total).into_owned(),
        rows: entries.iter().map(|entry| RowView::new(t, entry)).collect(),
        export: searched.address("/admin/audit.csv", ""),
        paging: Paging::new(searched.page(), pages, |page| {
            searched.address("/admin/audit", &page.to_string())
        }),
        searched,
        shell,
    };
    render(&page, StatusCode::OK)
}

fn actions(t: Texts, selected: &str) -> Vec<Choice> {
    let choice = |value: &str, label: String| Choice {
        selected: value == selected,
        value: value.to_owned(),
        href: String::new(),
        label,
        count: None,
    };
    let mut choices = vec![choice("", t.get("audit-all").into_owned())];
    choices.extend(
        Action::ALL
            .into_iter()
            .map(|action| choice(action.as_str(), named(t, action.as_str()))),
    );
    choices
}

/// An action in words; one that this version does not know is left as it is.
fn named(t: Texts, action: &str) -> String {
    t.find(&format!("audit-{action}"), &[])
        .map_or_else(|| action.to_owned(), Into::into)
}

impl RowView {
    fn new(t: Texts, entry: &AuditEntry) -> Self {
        let passages: u64 = entry.shown.iter().map(|shown| shown.passages.len() as u64).sum();
        Self {
            time: words::time(t, entry.at_ms),
            time_machine: words::machine_time(entry.at_ms),
            name: if entry.name.is_empty() {
                t.get("audit-machine").into_owned()
            } else {
                entry.name.clone()
            },
            address: entry.address.clone(),
            action: named(t, &entry.action),
            subject: entry.subject.clone(),
            detail: entry.detail.clone(),
            passages: (passages > 0).then(|| t.count("audit-passages", passages).into_owned()),
            shown: entry.shown.iter().map(|shown| ShownView::new(t, shown)).collect(),
        }
    }
}

impl ShownView {
    fn new(t: Texts, shown: &Shown) -> Self {
        let passages: Vec<String> = shown.passages.iter().map(|id| id.0.to_string()).collect();
        let generation = shown
            .generation
            .map_or_else(|| "–".to_owned(), |generation| generation.0.to_string());
        Self {
            href: format!("/documents/{}", shown.document),
            path: shown.path.clone(),
            detail: t
                .with_all(
                    "audit-generation",
                    &[
                        ("generation", &generation),
                        ("passages", &passages.join(&t.get("list-comma"))),
                    ],
                )
                .into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_whole_and_one_that_does_not_exist_restricts_nothing() {
        let searched = |from: &str, to: &str| Searched {
            from: from.to_owned(),
            to: to.to_owned(),
            ..Searched::default()
        };
        let query = searched("2026-11-21", "2026-11-21").query();
        let hours = (query.to_ms.unwrap() - query.from_ms.unwrap()) / 3_600_000;
        assert!((23..=25).contains(&hours), "{hours}");
        let wrong = searched("2026-02-30", "yesterday");
        assert_eq!(wrong.query(), AuditQuery::default());
        assert!(wrong.strictly().is_err());
    }
}
