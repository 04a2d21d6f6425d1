//! Search: passages by words and meaning, with the words marked, filters, and pages.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::revisions::revision_line;
use crate::domain::{Question, ScoredPassage, Staff};
use crate::library::{self, Piece};
use crate::web::error::WebError;
use crate::web::page::{Choice, Paging, Place, Shell, address, render};
use crate::web::parameters::{ALL_REVISIONS, Asked};
use crate::web::source::passage_href;
use crate::web::texts::{Texts, grouped};
use crate::web::{AppState, words};

/// Results on a page.
pub const PAGE: usize = 10;
/// Results that can be paged through: who needs more asks more precisely.
pub const MOST: usize = 100;
/// Characters of a title that a result shows.
const TITLE: usize = 200;
/// Characters of a passage that a result shows.
const EXCERPT: usize = 320;

/// The ages of files that can be chosen: days, and what they are called.
const AGES: [(&str, &str); 4] = [
    ("", "age-all"),
    ("7", "age-week"),
    ("31", "age-month"),
    ("365", "age-year"),
];

#[derive(Template)]
#[template(path = "pages/search.html")]
struct SearchPage {
    shell: Shell,
    query: String,
    collection: String,
    kind: String,
    days: String,
    revisions: String,
    problem: Option<String>,
    collections: Vec<Choice>,
    kinds: Vec<Choice>,
    ages: Vec<Choice>,
    /// In force or all, where some are not in force.
    editions: Vec<Choice>,
    unfiltered: String,
    found: String,
    hits: Vec<HitView>,
    paging: Paging,
}

struct HitView {
    href: String,
    title: Vec<Piece>,
    place: String,
    path: String,
    /// The revision, where its document is controlled.
    revision: Option<String>,
    in_force: bool,
    pieces: Vec<Piece>,
}

/// `GET /search?q=...&collection=...&kind=...&page=...`
pub async fn search(
    request: HttpRequest,
    staff: Staff,
    state: web::Data<AppState>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(&request, Place::Search);
    let t = shell.t;
    let query = asked.q.trim().to_owned();
    let (found, problem) = if query.is_empty() {
        (Vec::new(), None)
    } else {
        match Question::parse(&query) {
            Ok(question) => {
                let filter = asked.filter();
                (
                    state.retriever.search(&staff, &question, &filter, MOST).await?,
                    None,
                )
            }
            Err(invalid) => (Vec::new(), Some(super::ask::problem(t, &invalid))),
        }
    };
    let pages = u32::try_from(found.len().div_ceil(PAGE)).unwrap_or(1);
    let paging = Paging::new(asked.page.unwrap_or(1), pages, |page| {
        let page = page.to_string();
        with(&asked, &[("page", if page == "1" { "" } else { &page })])
    });
    let first = (paging.page as usize - 1) * PAGE;
    let shown = found.iter().skip(first).take(PAGE);
    if problem.is_none()
        && let Ok(question) = Question::parse(&query)
    {
        state
            .retriever
            .shown(&staff, &question, shown.clone(), asked.typing);
    }
    let status = if problem.is_some() {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let page = SearchPage {
        hits: shown.map(|hit| HitView::new(t, &query, hit)).collect(),
        found: summary(t, &found),
        collections: collection_filters(t, &staff, &state, &asked).await?,
        kinds: kind_filters(t, &staff, &state, &asked).await?,
        ages: age_filters(t, &asked),
        editions: edition_filters(t, &asked),
        unfiltered: address("/search", &[("q", &query)]),
        collection: asked.collection.clone(),
        kind: asked.kind.clone(),
        days: days(&asked),
        revisions: asked.revisions.clone(),
        query,
        problem,
        paging,
        shell,
    };
    render(&page, status)
}

impl HitView {
    fn new(t: Texts, query: &str, hit: &ScoredPassage) -> Self {
        Self {
            href: passage_href(hit.passage.document, hit.passage.id, None),
            title: library::highlighted(&hit.title, query, TITLE),
            place: words::locator_line(t, &hit.passage.locator),
            path: hit.path.clone(),
            revision: hit.revision.as_ref().map(|revision| revision_line(t, revision)),
            in_force: hit.revision.as_ref().is_none_or(words::is_in_force),
            pieces: library::highlighted(&hit.passage.text, query, EXCERPT),
        }
    }
}

fn summary(t: Texts, found: &[ScoredPassage]) -> String {
    let count = found.len() as u64;
    let text = if !found.iter().any(|hit| hit.lexical.is_some()) {
        t.count("search-found-by-meaning", count)
    } else if found.len() >= MOST {
        t.count("search-found-best", count)
    } else {
        t.count("search-found", count)
    };
    text.into_owned()
}

/// The address of this search with some parameters replaced; another filter starts at the first page.
fn with(asked: &Asked, changed: &[(&str, &str)]) -> String {
    let of = |name: &str, value: &str| -> String {
        changed
            .iter()
            .find(|(changed, _)| *changed == name)
            .map_or(value, |(_, value)| value)
            .to_owned()
    };
    let (q, collection, kind, days, revisions, page) = (
        of("q", asked.q.trim()),
        of("collection", &asked.collection),
        of("kind", &asked.kind),
        of("days", &days(asked)),
        of("revisions", &asked.revisions),
        of("page", ""),
    );
    address(
        "/search",
        &[
            ("q", &q),
            ("collection", &collection),
            ("kind", &kind),
            ("days", &days),
            ("revisions", &revisions),
            ("page", &page),
        ],
    )
}

async fn collection_filters(
    t: Texts,
    staff: &Staff,
    state: &AppState,
    asked: &Asked,
) -> Result<Vec<Choice>, WebError> {
    let all = state.library.collections(staff).await?;
    let choice = |value: &str, label: String, count: Option<u32>| Choice {
        href: with(asked, &[("collection", value)]),
        selected: asked.collection == value,
        value: value.to_owned(),
        count: count.map(|count| grouped(count.into())),
        label,
    };
    let mut choices = vec![choice("", t.get("collection-all").into_owned(), None)];
    for there in &all {
        choices.push(choice(
            words::collection_parameter(&there.collection),
            words::collection(t, &there.collection),
            Some(there.searchable),
        ));
    }
    Ok(choices)
}

fn days(asked: &Asked) -> String {
    asked.days.map(|days| days.to_string()).unwrap_or_default()
}

fn age_filters(t: Texts, asked: &Asked) -> Vec<Choice> {
    AGES.iter()
        .map(|(value, key)| Choice {
            href: with(asked, &[("days", value)]),
            selected: days(asked) == *value,
            value: (*value).to_owned(),
            count: None,
            label: t.get(key).into_owned(),
        })
        .collect()
}

fn edition_filters(t: Texts, asked: &Asked) -> Vec<Choice> {
    [("", "revisions-in-force"), (ALL_REVISIONS, "revisions-all")]
        .iter()
        .map(|(value, key)| Choice {
            href: with(asked, &[("revisions", value)]),
            selected: asked.revisions == *value,
            value: (*value).to_owned(),
            count: None,
            label: t.get(key).into_owned(),
        })
        .collect()
}

async fn kind_filters(
    t: Texts,
    staff: &Staff,
    state: &AppState,
    asked: &Asked,
) -> Result<Vec<Choice>, WebError> {
    let all = state.library.kinds(staff).await?;
    let choice = |value: &str, label: String, count: Option<u32>| Choice {
        href: with(asked, &[("kind", value)]),
        selected: asked.kind == value,
        value: value.to_owned(),
        count: count.map(|count| grouped(count.into())),
        label,
    };
    let mut choices = vec![choice("", t.get("kind-all").into_owned(), None)];
    for (kind, count) in all {
        choices.push(choice(
            kind.as_str(),
            words::kind(t, kind).into_owned(),
            Some(count),
        ));
    }
    Ok(choices)
}
