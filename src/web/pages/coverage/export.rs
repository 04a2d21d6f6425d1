//! What became of every page of every file, as a table for a spreadsheet, sent as it is read.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::domain::{Coverage, Document, PageFate, PageRun, Staff};
use crate::web::AppState;
use crate::web::error::WebError;
use crate::web::pages::library::Listed;
use crate::web::spreadsheet::{MARK, defused, table};

const HEADER: [&str; 10] = [
    "document",
    "path",
    "title",
    "state",
    "first",
    "last",
    "pages",
    "fate",
    "confidence",
    "reason",
];

/// `GET /library/coverage.csv?q=...&state=...&collection=...`: the files that the page lists, by path.
pub async fn csv(
    staff: Staff,
    state: web::Data<AppState>,
    listed: web::Query<Listed>,
) -> Result<HttpResponse, WebError> {
    let listed = listed.into_inner();
    let collection = listed.collection();
    let library = state.library.clone();
    let first = library
        .coverages(&staff, &listed.query(collection.as_ref()), "")
        .await?;
    let (sender, receiver) = mpsc::channel::<Result<Bytes, WebError>>(2);
    actix_web::rt::spawn(async move {
        let mut text = MARK.as_bytes().to_vec();
        text.extend(table(&[HEADER.map(str::to_owned)]));
        let mut part = first;
        loop {
            let rows: Vec<_> = part
                .iter()
                .flat_map(|(file, coverage)| rows(file, coverage.as_ref()))
                .collect();
            text.extend(table(&rows));
            // Whoever does not read on has gone.
            if sender
                .send(Ok(Bytes::from(std::mem::take(&mut text))))
                .await
                .is_err()
            {
                return;
            }
            let Some(last) = part.last().map(|(file, _)| file.path.clone()) else {
                return;
            };
            let query = listed.query(collection.as_ref());
            match library.coverages(&staff, &query, &last).await {
                Ok(next) => part = next,
                Err(error) => {
                    // A connection that breaks off is no export that looks complete.
                    let error = WebError::from(error);
                    error.log("/library/coverage.csv");
                    let _ = sender.send(Err(error)).await;
                    return;
                }
            }
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"gemba-coverage.csv\""))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(ReceiverStream::new(receiver)))
}

/// A row for each run of pages; one for a file of which nothing is known.
fn rows(file: &Document, coverage: Option<&Coverage>) -> Vec<[String; 10]> {
    let begin = || {
        [
            file.id.to_string(),
            defused(&file.path),
            defused(&file.title),
            file.state.as_str().to_owned(),
        ]
    };
    let of = |run: Option<&PageRun>| {
        let [id, path, title, state] = begin();
        let number = |number: Option<u32>| number.filter(|it| *it > 0).map(|it| it.to_string());
        let confidence = run.and_then(|run| match run.fate {
            PageFate::Ocr { confidence } => Some(confidence.to_string()),
            _ => None,
        });
        let reason = run.and_then(|run| run.fate.reason());
        [
            id,
            path,
            title,
            state,
            number(run.map(|run| run.first)).unwrap_or_default(),
            number(run.map(|run| run.last)).unwrap_or_default(),
            run.map(|run| run.pages().to_string()).unwrap_or_default(),
            run.map(|run| run.fate.as_str().to_owned()).unwrap_or_default(),
            confidence.unwrap_or_default(),
            reason.map(|reason| defused(&reason.sentence)).unwrap_or_default(),
        ]
    };
    match coverage {
        Some(coverage) => coverage.runs().iter().map(|run| of(Some(run))).collect(),
        None => vec![of(None)],
    }
}
