//! What became of every page of every file, as a table for a spreadsheet, sent as it is read.

use std::rc::Rc;

use actix_web::{HttpResponse, web};

use crate::domain::{Coverage, Document, PageFate, PageRun, Staff};
use crate::web::AppState;
use crate::web::error::WebError;
use crate::web::pages::library::Listed;
use crate::web::spreadsheet::{Export, defused, streamed};

const EXPORT: Export<10> = Export {
    address: "/library/coverage.csv",
    file: "gemba-coverage.csv",
    header: [
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
    ],
};

/// The column that says what became of pages: `failed-pictures` is said of pages with text, whose pictures could not be
/// recognised.
const FATE: usize = 7;

/// `GET /library/coverage.csv?q=...&state=...&collection=...`: the files that the page lists, by path.
pub async fn csv(
    staff: Staff,
    state: web::Data<AppState>,
    listed: web::Query<Listed>,
) -> Result<HttpResponse, WebError> {
    let asked = Rc::new((staff, state, listed.into_inner()));
    let read = move |last: Option<(Document, Option<Coverage>)>| {
        let asked = Rc::clone(&asked);
        async move {
            let (staff, state, listed) = &*asked;
            let after = last.map(|(file, _)| file.path).unwrap_or_default();
            let collection = listed.collection();
            let query = listed.query(collection.as_ref());
            Ok(state.library.coverages(staff, &query, &after).await?)
        }
    };
    streamed(EXPORT, read, |(file, coverage)| rows(file, coverage.as_ref())).await
}

/// A row for each run of pages, and for those with pictures among their text that could not be recognised; one for a file of
/// which nothing is known.
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
        Some(coverage) => {
            let pictures = coverage.pictures().iter().map(|run| {
                let mut row = of(Some(run));
                row[FATE].push_str("-pictures");
                row
            });
            coverage
                .runs()
                .iter()
                .map(|run| of(Some(run)))
                .chain(pictures)
                .collect()
        }
        None => vec![of(None)],
    }
}
