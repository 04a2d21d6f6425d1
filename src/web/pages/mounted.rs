//! What is mounted inside the documents folder and cannot be reached: said on the library page, and forgotten there.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::domain::Administrator;
use crate::ingest::IngestStatus;
use crate::web::error::WebError;
use crate::web::texts::Texts;
use crate::web::{AppState, words};

/// One such mount.
pub struct MountedView {
    /// What is the matter with it.
    pub text: String,
    /// Its mount point in the documents folder.
    pub path: String,
    /// Whether the reader may have its documents taken out.
    pub can_forget: bool,
}

impl MountedView {
    /// All of them.
    pub fn all(t: Texts, ingestion: &IngestStatus, administers: bool) -> Vec<Self> {
        let view = |folder: &crate::library::MountedFolder| {
            let time = words::time(t, folder.unreachable_ms.unwrap_or_default());
            let text = t.with_all("status-unreachable", &[("path", &folder.path), ("time", &time)]);
            Self {
                text: text.into_owned(),
                path: folder.path.clone(),
                can_forget: administers,
            }
        };
        ingestion.unreachable.iter().map(view).collect()
    }
}

/// What the button sends.
#[derive(Debug, Deserialize)]
pub struct Forget {
    path: String,
}

/// `POST /library/mounted/forget`
pub async fn forget(
    administrator: Administrator,
    state: web::Data<AppState>,
    form: web::Form<Forget>,
) -> Result<HttpResponse, WebError> {
    state.library.forget_mounted(&administrator, &form.path).await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, "/library"))
        .finish())
}
