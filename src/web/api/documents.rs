//! The JSON twin of Document.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::domain::{DocumentId, Passage, Span, Staff};
use crate::library::PictureWanted;
use crate::web::AppState;
use crate::web::error::WebError;
use crate::web::pages::document::Shown;
use crate::web::pages::picture::Asked;

/// `GET /api/documents/{id}?part=...&passage=...&page=...`
pub async fn show(
    staff: Staff,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    shown: web::Query<Shown>,
) -> Result<HttpResponse, WebError> {
    let view = state
        .library
        .view(&staff, DocumentId(*id), shown.wanted())
        .await?;
    let passages: Vec<&Passage> = view
        .sections
        .iter()
        .flat_map(|section| &section.passages)
        .collect();
    Ok(HttpResponse::Ok().json(json!({
        "document": view.document,
        "part": view.part,
        "parts": view.parts,
        "passages": passages,
    })))
}

/// `GET /api/documents/{id}/coverage`: `coverage` is null where the file has not been read; pages that it does not list
/// have their text from the file itself. `pictures` lists the pages among whose text are pictures that could not be
/// recognised, with the reason; page 0 is the file as a whole.
pub async fn coverage(
    staff: Staff,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    let (document, coverage) = state.library.coverage(&staff, DocumentId(*id)).await?;
    Ok(HttpResponse::Ok().json(json!({ "document": document, "coverage": coverage })))
}

/// `GET /api/documents/{id}/pages/{page}/rectangles?passage=...&from=...&to=...`: where a passage stands on its page, or the
/// characters of it that `from` and `to` name, as on the picture of the page. Each line is a rectangle, as fractions of the
/// page's width and height from its upper left corner, as it is shown: cropped and turned. There are none where it is not
/// certain where that stands.
pub async fn rectangles(
    staff: Staff,
    state: web::Data<AppState>,
    place: web::Path<(i64, u32)>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let (id, page) = place.into_inner();
    rectangles_of(&staff, &state, id, asked.wanted(Some(page))).await
}

/// `GET /api/documents/{id}/pages/cited/rectangles?passage=...&from=...&to=...`: the same of an Office file, whose passages do
/// not know their page; it is said which one it is.
pub async fn cited_rectangles(
    staff: Staff,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, WebError> {
    rectangles_of(&staff, &state, *id, asked.wanted(None)).await
}

async fn rectangles_of(
    staff: &Staff,
    state: &AppState,
    id: i64,
    mut wanted: PictureWanted,
) -> Result<HttpResponse, WebError> {
    if wanted.spans.is_empty() {
        // The whole passage, wherever it ends.
        wanted.spans.push(Span {
            start: 0,
            end: u32::MAX,
        });
    }
    let drawn = state
        .library
        .page_picture(staff, DocumentId(id), &wanted, |_| false)
        .await?;
    let rectangles = drawn.picture.as_ref().map(|picture| &picture.marks);
    Ok(HttpResponse::Ok().json(json!({ "page": drawn.page, "rectangles": rectangles })))
}
