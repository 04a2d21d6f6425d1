//! The field for the password of an encrypted PDF, in the list of the library and on the page of its coverage.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{Asked, CoveragePage};
use crate::domain::{Administrator, Coverage, Document, DocumentId};
use crate::library::LibraryError;
use crate::web::AppState;
use crate::web::error::WebError;
use crate::web::page::{Place, Shell, render};
use crate::web::pages::switch;
use crate::web::texts::Texts;

/// The field with what is said beside it.
#[derive(Template)]
#[template(path = "parts/file_password.html")]
pub struct PasswordPart {
    t: Texts,
    action: String,
    /// Tells the fields of a page apart.
    id: i64,
    /// Where to go afterwards.
    back: String,
    /// Whether the one that was given does not open the file.
    wrong: bool,
}

impl PasswordPart {
    /// Nothing where the file asks for no password, nor any in it as far as its `coverage` is known here.
    pub fn of(shell: &Shell, document: &Document, coverage: Option<&Coverage>) -> Option<Self> {
        let inside = coverage.is_some_and(|coverage| coverage.locked_part().is_some());
        let asks = document.asks_for_password() || (inside && document.kind.holds_files());
        asks.then(|| Self {
            t: shell.t,
            action: format!("/library/{}/password", document.id),
            id: document.id.0,
            back: shell.back.clone(),
            wrong: false,
        })
    }

    pub(super) fn refused(self, back: &str) -> Self {
        Self {
            wrong: true,
            back: back.to_owned(),
            ..self
        }
    }
}

/// What the field sends. It is printed nowhere.
#[derive(Deserialize)]
pub struct Given {
    #[serde(default)]
    password: String,
    #[serde(default)]
    back: String,
}

/// `POST /library/{id}/password`
pub async fn give(
    request: HttpRequest,
    administrator: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    form: web::Form<Given>,
) -> Result<HttpResponse, WebError> {
    let id = DocumentId(*id);
    let back = switch::inside(&form.back);
    let back = if back == "/" { "/library" } else { back };
    match state.library.unlock(&administrator, id, &form.password).await {
        Ok(_) => Ok(HttpResponse::SeeOther().insert_header((LOCATION, back)).finish()),
        Err(LibraryError::WrongPassword) => {
            let shell = Shell::for_request(&request, Place::Library);
            let (document, coverage) = state.library.coverage(&administrator, id).await?;
            let page = CoveragePage::new(shell, &document, coverage.as_ref(), &Asked::default(), true);
            let page = CoveragePage {
                password: page.password.map(|part| part.refused(back)),
                ..page
            };
            render(&page, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /api/library/{id}/password`, `{"password": "..."}`
pub async fn give_as_json(
    administrator: Administrator,
    state: web::Data<AppState>,
    id: web::Path<i64>,
    given: web::Json<Given>,
) -> Result<HttpResponse, WebError> {
    let document = state
        .library
        .unlock(&administrator, DocumentId(*id), &given.password)
        .await?;
    Ok(HttpResponse::Accepted().json(serde_json::json!({ "queued": document.path })))
}
