//! A page of a document as a picture, with what is cited on it marked.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ETAG, HeaderMap, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::domain::{DocumentId, PassageId, Span, Staff};
use crate::library::PictureWanted;
use crate::web::AppState;
use crate::web::error::WebError;
use crate::web::parameters::lenient;

/// The width of a picture where none is asked for.
const WIDTH: u32 = 900;

/// What the address of a picture carries. Several quotes are given as lists: `from=12,80&to=40,95`.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    #[serde(default, deserialize_with = "lenient")]
    passage: Option<i64>,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default, deserialize_with = "lenient")]
    width: Option<u32>,
}

impl Asked {
    /// What is wanted of a page; nothing, and it is the one on which what is cited stands.
    pub(in crate::web) fn wanted(&self, page: Option<u32>) -> PictureWanted {
        let numbers = |list: &str| -> Vec<Option<u32>> {
            list.split(',').map(|number| number.trim().parse().ok()).collect()
        };
        let spans = numbers(&self.from).into_iter().zip(numbers(&self.to));
        PictureWanted {
            page,
            width: self.width.unwrap_or(WIDTH),
            passage: self.passage.map(PassageId),
            spans: spans
                .filter_map(|(start, end)| Some((start?, end?)))
                .filter(|(start, end)| start < end)
                .map(|(start, end)| Span { start, end })
                .collect(),
        }
    }
}

/// `GET /documents/{id}/pages/{page}.png?passage=...&from=...&to=...&width=...`
pub async fn show(
    request: HttpRequest,
    staff: Staff,
    state: web::Data<AppState>,
    place: web::Path<(i64, u32)>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let (id, page) = place.into_inner();
    picture(&request, &staff, &state, id, &asked.wanted(Some(page))).await
}

/// `GET /documents/{id}/pages/cited.png?passage=...&from=...&to=...&width=...`: the page of an Office file on which that
/// stands.
pub async fn show_cited(
    request: HttpRequest,
    staff: Staff,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, WebError> {
    picture(&request, &staff, &state, *id, &asked.wanted(None)).await
}

async fn picture(
    request: &HttpRequest,
    staff: &Staff,
    state: &AppState,
    id: i64,
    wanted: &PictureWanted,
) -> Result<HttpResponse, WebError> {
    let known = |tag: &str| knows(request.headers(), tag);
    let drawn = state
        .library
        .page_picture(staff, DocumentId(id), wanted, known)
        .await?;
    let status = if drawn.picture.is_some() {
        StatusCode::OK
    } else {
        StatusCode::NOT_MODIFIED
    };
    let mut response = HttpResponse::build(status);
    response
        .insert_header((ETAG, format!("\"{}\"", drawn.tag)))
        // A browser keeps the picture but asks each time: the file may be gone, or another one may be in force.
        .insert_header((CACHE_CONTROL, "private, no-cache"));
    Ok(match drawn.picture {
        Some(picture) => response.content_type("image/png").body(picture.png.clone()),
        None => response.finish(),
    })
}

/// Whether a browser says that it has a picture of this name.
fn knows(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(IF_NONE_MATCH)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(|named| named.trim().trim_start_matches("W/").trim_matches('"'))
        .any(|named| named == tag)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn asked(query: &str) -> PictureWanted {
        web::Query::<Asked>::from_query(query).unwrap().wanted(Some(3))
    }

    #[test]
    fn several_quotes_are_read_from_lists_and_what_is_no_span_is_left_out() {
        let wanted = asked("passage=7&from=12,80,x,9&to=40,95,100,9&width=480");
        assert_eq!(
            wanted.spans,
            [Span { start: 12, end: 40 }, Span { start: 80, end: 95 }]
        );
        assert_eq!((wanted.passage, wanted.width), (Some(PassageId(7)), 480));
    }

    #[test]
    fn an_address_without_parameters_asks_for_the_plain_page() {
        let wanted = asked("");
        assert_eq!(
            (wanted.passage, wanted.width, wanted.spans.len()),
            (None, WIDTH, 0)
        );
    }

    #[test]
    fn a_browser_that_has_the_picture_is_understood_in_every_form() {
        for (value, known) in [
            ("\"ab\"", true),
            ("W/\"ab\"", true),
            ("\"x\", \"ab\"", true),
            ("\"abc\"", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(IF_NONE_MATCH, HeaderValue::from_static(value));
            assert_eq!(knows(&headers, "ab"), known, "{value}");
        }
    }
}
