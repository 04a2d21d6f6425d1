//! The audit log as a table for a spreadsheet, sent as it is read.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::audit::Searched;
use crate::accounts::AuditEntry;
use crate::domain::{Administrator, Shown};
use crate::web::error::WebError;
use crate::web::spreadsheet::{MARK, defused, table};
use crate::web::{AppState, words};

const HEADER: [&str; 9] = [
    "id", "time", "person", "name", "action", "subject", "detail", "address", "shown",
];

/// `GET /admin/audit.csv?q=...&person=...&action=...&from=...&to=...`
pub async fn csv(
    by: Administrator,
    state: web::Data<AppState>,
    searched: web::Query<Searched>,
) -> Result<HttpResponse, WebError> {
    let query = searched.query();
    let first = state.accounts.export_audit(&by, &query, None).await?;
    let (sender, receiver) = mpsc::channel::<Result<Bytes, WebError>>(2);
    let accounts = state.accounts.clone();
    actix_web::rt::spawn(async move {
        let mut text = MARK.as_bytes().to_vec();
        text.extend(table(&[HEADER.map(str::to_owned)]));
        let mut part = first;
        loop {
            let rows: Vec<_> = part.iter().map(row).collect();
            text.extend(table(&rows));
            // Whoever does not read on has gone.
            if sender
                .send(Ok(Bytes::from(std::mem::take(&mut text))))
                .await
                .is_err()
            {
                return;
            }
            let Some(last) = part.last().map(|entry| entry.id) else {
                return;
            };
            match accounts.export_audit(&by, &query, Some(last)).await {
                Ok(next) => part = next,
                Err(error) => {
                    // A connection that breaks off is no export that looks complete.
                    let error = WebError::from(error);
                    error.log("/admin/audit.csv");
                    let _ = sender.send(Err(error)).await;
                    return;
                }
            }
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"gemba-audit.csv\""))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(ReceiverStream::new(receiver)))
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
