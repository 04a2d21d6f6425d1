//! The audit log as a table for a spreadsheet, sent as it is read.

use std::rc::Rc;

use actix_web::{HttpResponse, web};

use super::audit::Searched;
use crate::accounts::AuditEntry;
use crate::domain::{Administrator, Shown};
use crate::web::error::WebError;
use crate::web::spreadsheet::{Export, defused, streamed};
use crate::web::{AppState, words};

const EXPORT: Export<9> = Export {
    address: "/admin/audit.csv",
    file: "gemba-audit.csv",
    header: [
        "id", "time", "person", "name", "action", "subject", "detail", "address", "shown",
    ],
};

/// `GET /admin/audit.csv?q=...&person=...&action=...&from=...&to=...`
pub async fn csv(
    by: Administrator,
    state: web::Data<AppState>,
    searched: web::Query<Searched>,
) -> Result<HttpResponse, WebError> {
    let asked = Rc::new((by, state, searched.query()));
    let read = move |last: Option<AuditEntry>| {
        let asked = Rc::clone(&asked);
        async move {
            let (by, state, query) = &*asked;
            let after = last.map(|entry| entry.id);
            Ok(state.accounts.export_audit(by, query, after).await?)
        }
    };
    streamed(EXPORT, read, |entry| vec![row(entry)]).await
}

fn row(entry: &AuditEntry) -> [String; 9] {
    let shown: Vec<String> = entry.shown.iter().map(shown).collect();
    [
        entry.id.to_string(),
        words::machine_time(entry.at_ms),
        entry.person.map(|person| person.to_string()).unwrap_or_default(),
        defused(&entry.name),
        defused(&entry.action),
        defused(&entry.subject),
        defused(&entry.detail),
        defused(&entry.address),
        defused(&shown.join("; ")),
    ]
}

/// `quality/gauges.md, document 3, generation 7, passages 11 12`.
fn shown(shown: &Shown) -> String {
    let mut text = format!("{}, document {}", shown.path, shown.document);
    if let Some(generation) = shown.generation {
        text.push_str(&format!(", generation {}", generation.0));
    }
    if !shown.passages.is_empty() {
        let passages: Vec<String> = shown.passages.iter().map(|id| id.0.to_string()).collect();
        text.push_str(&format!(", passages {}", passages.join(" ")));
    }
    text
}
