//! Uploads: the part of Library that sends files, what its script asks, and the plain form of those without scripts.

use actix_multipart::{Field, Multipart};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use futures::StreamExt;
use futures::stream::Fuse;
use serde::Deserialize;
use serde_json::json;

use crate::domain::{Administrator, ContentHash, DocumentState, FileKind};
use crate::library::{Existing, LibraryError, Upload, UploadError};
use crate::web::error::WebError;
use crate::web::page::{Choice, Place, Shell, address, render};
use crate::web::texts::Texts;
use crate::web::{AppState, words};

/// Longer names of files and folders are no names.
const NAME_BYTES: usize = 4_096;

/// What the page shows to those who may send files.
pub struct UploadPart {
    pub open: bool,
    pub folders: Vec<Choice>,
    pub existing: Vec<Choice>,
    pub limit: String,
    pub limit_bytes: u64,
    /// As a file field takes them: `.pdf,.docx`.
    pub accept: String,
    pub kinds: String,
}

#[derive(Template)]
#[template(path = "pages/uploaded.html")]
struct UploadedPage {
    shell: Shell,
    files: Vec<Sent>,
}

/// What became of a file of the form.
struct Sent {
    name: String,
    taken: bool,
    said: String,
    href: String,
}

/// A file, as the script announces it.
#[derive(Debug, Deserialize)]
pub struct Announcement {
    #[serde(default)]
    folder: String,
    name: String,
    size: u64,
    hash: String,
    #[serde(default)]
    existing: String,
    #[serde(default)]
    offset: u64,
}

/// A file whose state is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    path: String,
    hash: String,
}

impl UploadPart {
    /// The part, with `folder` chosen.
    pub async fn new(
        t: Texts,
        state: &AppState,
        administrator: &Administrator,
        folder: &str,
        open: bool,
    ) -> Result<Self, WebError> {
        let choice = |value: &str, label: String, selected: bool| Choice {
            value: value.to_owned(),
            href: String::new(),
            label,
            count: None,
            selected,
        };
        // A folder that cannot be read is told of elsewhere on the page.
        let names = state
            .library
            .upload_folders(administrator)
            .await
            .unwrap_or_default();
        let mut folders = vec![choice("", t.get("collection-top").into_owned(), false)];
        folders.extend(
            names
                .iter()
                .map(|name| choice(name, name.clone(), name == folder)),
        );
        let existing = ["stays", "beside", "replaced"];
        let limit_bytes = state.library.upload_limit();
        let kinds = FileKind::ALL.map(|kind| words::kind(t, kind).into_owned());
        let extensions = FileKind::ALL.into_iter().flat_map(FileKind::extensions);
        Ok(Self {
            open,
            folders,
            existing: existing
                .map(|name| {
                    choice(
                        name,
                        t.get(&format!("upload-existing-{name}")).into_owned(),
                        false,
                    )
                })
                .into(),
            limit: words::size(limit_bytes),
            limit_bytes,
            accept: extensions
                .map(|extension| format!(".{extension}"))
                .collect::<Vec<_>>()
                .join(","),
            kinds: kinds.join(", "),
        })
    }
}

impl Announcement {
    fn upload(&self) -> Result<Upload, WebError> {
        Ok(Upload {
            folder: self.folder.trim().to_owned(),
            name: self.name.clone(),
            size: self.size,
            hash: hash(&self.hash)?,
        })
    }
}

fn hash(hex: &str) -> Result<ContentHash, WebError> {
    let parsed = blake3::Hash::from_hex(hex)
        .map_err(|_| WebError::BadRequest("the hash is BLAKE3, in 64 hexadecimal digits".to_owned()))?;
    Ok(ContentHash(*parsed.as_bytes()))
}

fn existing(name: &str) -> Existing {
    match name {
        "replaced" => Existing::Replaced,
        "beside" => Existing::Beside,
        _ => Existing::Stays,
    }
}

/// `POST /library/uploads`: whether a file can be taken, and how much of it is here.
pub async fn announce(
    administrator: Administrator,
    state: web::Data<AppState>,
    file: web::Json<Announcement>,
) -> Result<HttpResponse, WebError> {
    let announced = state
        .library
        .announce_upload(&administrator, &file.upload()?)
        .await?;
    Ok(HttpResponse::Ok().json(json!({
        "path": announced.path,
        "received": announced.received,
        "taken": announced.taken,
        "twins": announced.twins,
    })))
}

/// `PUT /library/uploads/piece?...&offset=...`: bytes of a file, from `offset` on.
pub async fn piece(
    administrator: Administrator,
    state: web::Data<AppState>,
    file: web::Query<Announcement>,
    mut body: web::Payload,
) -> Result<HttpResponse, WebError> {
    let mut incoming = state
        .library
        .receive_upload(&administrator, &file.upload()?, file.offset)
        .await?;
    while let Some(bytes) = body.next().await {
        match bytes {
            Ok(bytes) => incoming.write(&bytes).await.map_err(LibraryError::from)?,
            Err(error) => {
                // What has come stays.
                incoming.pause().await.map_err(LibraryError::from)?;
                return Err(WebError::BadBody(error.to_string()));
            }
        }
    }
    let received = incoming.pause().await.map_err(LibraryError::from)?;
    Ok(HttpResponse::Ok().json(json!({ "received": received })))
}

/// `POST /library/uploads/end`: every byte has been sent.
pub async fn end(
    administrator: Administrator,
    state: web::Data<AppState>,
    file: web::Json<Announcement>,
) -> Result<HttpResponse, WebError> {
    let path = state
        .library
        .finish_upload(&administrator, &file.upload()?, existing(&file.existing))
        .await?;
    Ok(HttpResponse::Ok().json(json!({ "path": path })))
}

/// `GET /library/uploads/state?path=...&hash=...`: what became of a file that was sent.
pub async fn state(
    request: HttpRequest,
    administrator: Administrator,
    state: web::Data<AppState>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, WebError> {
    let t = Shell::for_request(&request, Place::Library).t;
    let found = state
        .library
        .uploaded(&administrator, &asked.path, hash(&asked.hash)?)
        .await?;
    let Some(document) = found else {
        return Ok(HttpResponse::Ok().json(json!({ "state": "pending" })));
    };
    let reason = match &document.state {
        DocumentState::Failed { reason } => words::reason(t, reason),
        _ => String::new(),
    };
    Ok(HttpResponse::Ok().json(json!({
        "state": document.state.as_str(),
        "name": words::state(t, &document.state),
        "reason": words::capitalised(&reason),
        "href": format!("/documents/{}", document.id),
    })))
}

/// What the fields before the files say.
#[derive(Default)]
struct Fields {
    folder: String,
    new_folder: String,
    existing: String,
}

impl Fields {
    fn folder(&self) -> &str {
        match self.new_folder.trim() {
            "" => self.folder.trim(),
            new => new,
        }
    }
}

/// `POST /library/uploads/form`: the files of a browser without scripts.
pub async fn form(
    request: HttpRequest,
    administrator: Administrator,
    state: web::Data<AppState>,
    mut form: Multipart,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(&request, Place::Library);
    let mut fields = Fields::default();
    let mut files = Vec::new();
    while let Some(field) = form.next().await {
        let mut field = field.map_err(broken)?;
        let Some(name) = file_name(&field) else {
            let which = field.name().unwrap_or_default().to_owned();
            let value = read(&mut field).await?;
            match which.as_str() {
                "folder" => fields.folder = value,
                "new_folder" => fields.new_folder = value,
                "existing" => fields.existing = value,
                _ => {}
            }
            continue;
        };
        let mut bytes = field.fuse();
        // A field in which nothing was chosen.
        if name.is_empty() {
            while bytes.next().await.is_some() {}
            continue;
        }
        let sent = match receive(&state, &administrator, &fields, &name, &mut bytes).await {
            Ok(path) => Sent {
                href: address("/library", &[("q", &path)]),
                name: path,
                taken: true,
                said: shell.t.get("upload-arrived").into_owned(),
            },
            Err(WebError::BadBody(error)) => return Err(WebError::BadBody(error)),
            Err(error) => {
                error.log(request.path());
                Sent {
                    href: String::new(),
                    name,
                    taken: false,
                    said: error.explained(shell.t),
                }
            }
        };
        files.push(sent);
        // The rest of a file that was not taken is passed over, so that the next one is reached.
        while bytes.next().await.is_some() {}
    }
    render(&UploadedPage { shell, files }, StatusCode::OK)
}

async fn receive(
    state: &AppState,
    administrator: &Administrator,
    fields: &Fields,
    name: &str,
    content: &mut Fuse<Field>,
) -> Result<String, WebError> {
    let folder = fields.folder();
    let mut incoming = state.library.receive_form(administrator, folder, name).await?;
    while let Some(bytes) = content.next().await {
        let written = match bytes {
            Ok(bytes) => incoming.write(&bytes).await,
            Err(error) => {
                incoming.discard().await;
                return Err(broken(error));
            }
        };
        written.map_err(LibraryError::from)?;
    }
    let path = state
        .library
        .finish_form(
            administrator,
            (folder, name),
            incoming,
            existing(&fields.existing),
        )
        .await?;
    Ok(path)
}

/// What a browser calls the file of a field; nothing where the field is no file.
fn file_name(field: &Field) -> Option<String> {
    let disposition = field.content_disposition()?;
    disposition.get_filename().map(str::to_owned)
}

async fn read(field: &mut Field) -> Result<String, WebError> {
    let bytes = field.bytes(NAME_BYTES).await;
    let bytes = bytes
        .map_err(|_| LibraryError::from(UploadError::Folder))?
        .map_err(broken)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn broken(error: impl std::fmt::Display) -> WebError {
    WebError::BadBody(error.to_string())
}
