//! The overview: how the documents stand, what needs attention, what the machine has left.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::answer::Condition;
use crate::domain::Administrator;
use crate::ingest::{IngestStatus, Looked};
use crate::library::LibraryCounts;
use crate::web::error::WebError;
use crate::web::page::{Place, Shell, render};
use crate::web::texts::{Texts, grouped};
use crate::web::{AppState, Machine, words};

/// A disk or memory with less than this part left needs attention.
const SCARCE: f64 = 0.1;

#[derive(Template)]
#[template(path = "pages/admin/overview.html")]
struct OverviewPage {
    shell: Shell,
    at: &'static str,
    attention: Vec<Attention>,
    tiles: Vec<Tile>,
    model: String,
    queue: Option<String>,
    storage: Vec<Figure>,
    /// Whether nobody has asked yet for the indexes to be put in order.
    may_order: bool,
    machine: Vec<Figure>,
}

struct Attention {
    text: String,
    href: Option<String>,
}

struct Tile {
    href: String,
    label: String,
    figure: String,
    state: &'static str,
}

struct Figure {
    label: String,
    value: String,
}

/// `GET /admin`
pub async fn show(
    request: HttpRequest,
    by: Administrator,
    state: web::Data<AppState>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(&request, Place::Admin);
    let t = shell.t;
    let counts = state.library.counts(&by).await?;
    let status = state.library.ingestion(&by).await?;
    let condition = state.answerer.condition();
    let machine = machine(&state, &by).await;
    let looked = state.library.agreement(&by);
    let (writing, waiting) = state.answerer.load();
    let page = OverviewPage {
        at: "overview",
        attention: attention(t, &counts, &status, looked.as_ref(), &condition, &machine),
        tiles: tiles(t, &counts),
        model: model(t, &condition),
        queue: matches!(condition, Condition::Ready { .. }).then(|| {
            let (writing, waiting) = (writing.to_string(), waiting.to_string());
            t.with_all("overview-queue", &[("writing", &writing), ("waiting", &waiting)])
                .into_owned()
        }),
        storage: storage(t, &machine)
            .into_iter()
            .chain([Figure {
                label: t.get("agreement-title").into_owned(),
                value: agreement(t, looked.as_ref()),
            }])
            .collect(),
        may_order: !status.upkeep.asked,
        machine: figures(t, &machine),
        shell,
    };
    render(&page, StatusCode::OK)
}

/// The machine at this moment, looked at where nobody waits.
pub async fn machine(state: &web::Data<AppState>, by: &Administrator) -> Machine {
    let (house, by) = (state.house.clone(), by.clone());
    web::block(move || house.machine(&by)).await.unwrap_or_default()
}

fn attention(
    t: Texts,
    counts: &LibraryCounts,
    status: &IngestStatus,
    looked: Option<&Looked>,
    condition: &Condition,
    machine: &Machine,
) -> Vec<Attention> {
    let mut attention = Vec::new();
    let mut say = |text: String, href: Option<&str>| {
        attention.push(Attention {
            text,
            href: href.map(str::to_owned),
        });
    };
    for trouble in status.folder_trouble.iter().chain(&status.trouble) {
        say(words::reason(t, trouble), None);
    }
    for folder in &status.unreadable {
        say(t.with("status-unreadable", "path", folder).into_owned(), None);
    }
    if counts.failed > 0 {
        let text = t.count("attention-failed", counts.failed).into_owned();
        say(text, Some("/library?state=failed"));
    }
    let lacking = counts.coverage.lacking();
    if lacking > 0 {
        let text = t.count("attention-lacking", lacking).into_owned();
        say(text, Some("/library?sort=worst"));
    }
    // What is being rebuilt comes to agree by itself.
    let differing = looked.and_then(|looked| looked.differing).unwrap_or_default();
    if differing > 0 && status.rebuilding == 0 {
        say(t.count("attention-differing", differing).into_owned(), None);
    }
    if let Condition::Failed { model, reason, .. } = condition {
        let text = t.with_all("attention-model", &[("name", model), ("reason", reason)]);
        say(text.into_owned(), Some("/admin/log"));
    }
    if let (Some(free), Some(whole)) = (machine.disk_free, machine.disk_whole)
        && (free as f64) < SCARCE * whole as f64
    {
        let text = t.with("attention-disk", "free", &words::size(free));
        say(text.into_owned(), None);
    }
    if let (Some(free), Some(whole)) = (machine.memory_free, machine.memory_whole)
        && (free as f64) < SCARCE * whole as f64
    {
        let text = t.with("attention-memory", "free", &words::size(free));
        say(text.into_owned(), None);
    }
    attention
}

fn tiles(t: Texts, counts: &LibraryCounts) -> Vec<Tile> {
    [
        ("", "documents", counts.documents),
        ("searchable", "searchable", counts.searchable),
        ("pending", "pending", counts.pending),
        ("failed", "failed", counts.failed),
        ("duplicate", "duplicate", counts.duplicate),
    ]
    .into_iter()
    .map(|(state, key, count)| Tile {
        href: if state.is_empty() {
            "/library".to_owned()
        } else {
            format!("/library?state={state}")
        },
        label: t
            .get(&if state.is_empty() {
                "overview-documents".to_owned()
            } else {
                format!("state-{key}")
            })
            .into_owned(),
        figure: grouped(count),
        state: if count > 0 { state } else { "" },
    })
    .collect()
}

fn model(t: Texts, condition: &Condition) -> String {
    let text = match condition {
        Condition::None => t.get("model-none"),
        Condition::Ready { model } => t.with("overview-model", "name", model),
        Condition::Loading { model, seconds, .. } => t.with_all(
            "model-loading",
            &[("name", model), ("seconds", &seconds.to_string())],
        ),
        Condition::Failed { model, .. } => t.with("model-failed", "name", model),
    };
    text.into_owned()
}

/// Whether both indexes hold what the store has, and when that was looked at.
fn agreement(t: Texts, looked: Option<&Looked>) -> String {
    let Some(looked) = looked else {
        return t.get("agreement-looking").into_owned();
    };
    let found = match looked.differing {
        Some(0) => t.get("agreement-agree"),
        Some(differing) => t.count("agreement-differ", differing),
        None => t.get("agreement-unseen"),
    };
    let time = words::time(t, looked.looked_ms);
    t.with_all("agreement-as-of", &[("found", &found), ("time", &time)])
        .into_owned()
}

fn storage(t: Texts, machine: &Machine) -> Vec<Figure> {
    let mut figures: Vec<Figure> = machine
        .sizes
        .iter()
        .map(|size| Figure {
            label: t.get(&format!("size-{}", size.what)).into_owned(),
            value: words::size(size.bytes),
        })
        .collect();
    if let (Some(free), Some(whole)) = (machine.disk_free, machine.disk_whole) {
        figures.push(Figure {
            label: t.get("size-disk").into_owned(),
            value: of(t, free, whole),
        });
    }
    figures
}

fn figures(t: Texts, machine: &Machine) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut say = |key: &str, value: String| {
        figures.push(Figure {
            label: t.get(key).into_owned(),
            value,
        });
    };
    if let Some(held) = machine.memory_held {
        say("machine-held", words::size(held));
    }
    if let (Some(free), Some(whole)) = (machine.memory_free, machine.memory_whole) {
        say("machine-memory", of(t, free, whole));
    }
    if let Some(load) = machine.load {
        let (load, cores) = (format!("{load:.1}"), machine.cores.to_string());
        let parts = [("load", load.as_str()), ("cores", cores.as_str())];
        say("machine-load", t.with_all("machine-load-of", &parts).into_owned());
    }
    say("machine-running", lasting(t, machine.running_seconds));
    figures
}

fn of(t: Texts, free: u64, whole: u64) -> String {
    let (free, whole) = (words::size(free), words::size(whole));
    t.with_all("free-of", &[("free", &free), ("whole", &whole)])
        .into_owned()
}

fn lasting(t: Texts, seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let (days_shown, hours, minutes) = (days.to_string(), hours.to_string(), minutes.to_string());
    let parts = [
        ("days", days_shown.as_str()),
        ("hours", hours.as_str()),
        ("minutes", minutes.as_str()),
    ];
    let key = if days > 0 { "lasting-days" } else { "lasting-hours" };
    t.with_all(key, &parts).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::locale::Locale;

    #[test]
    fn it_is_said_how_many_documents_differ_in_the_indexes_and_that_they_need_attention_unless_they_are_rebuilt()
     {
        let t = Texts::of(Locale::English);
        let looked = |differing| Looked {
            differing,
            looked_ms: 1_700_000_000_000,
        };
        assert_eq!(agreement(t, None), "being compared");
        for (differing, said) in [
            (Some(0), "agree ("),
            (Some(1), "1 document differs ("),
            (Some(1_200), "1,200 documents differ ("),
            (None, "could not be compared"),
        ] {
            let found = agreement(t, Some(&looked(differing)));
            assert!(found.starts_with(said), "{found}");
        }
        let points = |differing, rebuilding| {
            let status = IngestStatus {
                rebuilding,
                ..IngestStatus::default()
            };
            let (counts, looked) = (LibraryCounts::default(), looked(differing));
            let (condition, machine) = (Condition::None, Machine::default());
            attention(t, &counts, &status, Some(&looked), &condition, &machine).len()
        };
        assert_eq!(points(Some(0), 0), 0);
        assert_eq!(points(Some(3), 0), 1);
        assert_eq!(points(Some(3), 3), 0);
        assert_eq!(points(None, 0), 0);
    }
}
