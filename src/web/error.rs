//! Every error of a request: one exhaustive match to a status, and two faces, a page and JSON.
//!
//! Policy: a handler returns `Err`; nothing else builds an error response. The face is chosen in `guard.rs`, which
//! knows the request. What is the server's fault is logged, once.

#[cfg(test)]
mod tests;

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpResponse, ResponseError};

use super::page::{Shell, render};
use super::texts::Texts;
use crate::accounts::{AccountsError, ProviderError};
use crate::answer::AnswerError;
use crate::domain::{InvalidQuestion, Unwritten};
use crate::library::{LibraryError, NoPicture, PictureError, UploadError};
use crate::retrieve::RetrieveError;
use crate::review::ReviewError;

/// What can go wrong with a request.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// No such page.
    #[error("there is nothing at this address")]
    NotFound,
    /// The page knows no such method.
    #[error("this address does not take this method")]
    MethodNotAllowed,
    /// A parameter cannot be read.
    #[error("{0}")]
    BadRequest(String),
    /// The request body is not what was expected.
    #[error("the body of the request cannot be read: {0}")]
    BadBody(String),
    /// A form that another site sent.
    #[error("this request came from another site and was not carried out")]
    CrossSite,
    /// A name that is not this server's.
    #[error("this server answers only to 127.0.0.1, localhost and [::1]")]
    WrongHost,
    /// A name that is not this server's, where nobody has to sign in.
    #[error("this server does not know this name: open it by its address, or add the name to server.names")]
    StrangeHost,
    /// Nobody is signed in.
    #[error("sign in first")]
    SignIn,
    /// An API key that opens nothing.
    #[error("this API key is not valid: it was revoked, its time is over, or there never was one")]
    Key,
    /// The role of whoever is signed in does not allow it.
    #[error("your role does not allow this: ask an administrator")]
    Forbidden,
    /// The sign on a machine whose link leads nowhere any more.
    #[error("this sign is out of use")]
    Kiosk,
    /// Accounts.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// The question cannot be asked.
    #[error(transparent)]
    Question(#[from] InvalidQuestion),
    /// The library.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// Retrieval.
    #[error(transparent)]
    Retrieve(#[from] RetrieveError),
    /// Answering.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// A language model that cannot be chosen, and why.
    #[error("the language model cannot be used: {0}")]
    Model(String),
    /// A review.
    #[error(transparent)]
    Review(ReviewError),
    /// A template.
    #[error("the page could not be written: {0}")]
    Template(#[from] askama::Error),
    /// The address to listen on.
    #[error(
        "cannot listen on {address}: {source}; is another Gemba running? choose another address with --address"
    )]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// Anything else that the web framework reports.
    #[error("{message}")]
    Framework {
        /// The status that it chose.
        status: StatusCode,
        /// What it says.
        message: String,
    },
}

/// When a client that was told to come back should, in seconds: about as long as an answer takes.
const RETRY_SECONDS: u64 = 10;

/// The key of the texts that a page shows, without `-title` and `-explained`.
type Key = &'static str;

impl WebError {
    /// The one place that decides what a client is told.
    fn outcome(&self) -> (StatusCode, Key) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "error-not-found"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "error-request"),
            Self::BadRequest(_) | Self::BadBody(_) => (StatusCode::BAD_REQUEST, "error-request"),
            Self::CrossSite => (StatusCode::FORBIDDEN, "error-cross-site"),
            Self::WrongHost => (StatusCode::MISDIRECTED_REQUEST, "error-host"),
            Self::StrangeHost => (StatusCode::MISDIRECTED_REQUEST, "error-name-of-server"),
            Self::SignIn | Self::Key => (StatusCode::UNAUTHORIZED, "error-sign-in"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "error-forbidden"),
            Self::Kiosk => (StatusCode::NOT_FOUND, "error-kiosk"),
            Self::Accounts(error) => accounts(error),
            Self::Question(InvalidQuestion::Empty) => (StatusCode::BAD_REQUEST, "error-question-empty"),
            Self::Question(InvalidQuestion::TooLong { .. }) => {
                (StatusCode::BAD_REQUEST, "error-question-long")
            }
            Self::Library(LibraryError::NotFound) | Self::Answer(AnswerError::NotFound) => {
                (StatusCode::NOT_FOUND, "error-not-found")
            }
            Self::Library(LibraryError::Outside { .. }) => (StatusCode::FORBIDDEN, "error-outside"),
            Self::Library(LibraryError::Unreadable { .. }) => {
                (StatusCode::SERVICE_UNAVAILABLE, "error-unreadable")
            }
            Self::Library(LibraryError::NotLocked) => (StatusCode::CONFLICT, "error-not-locked"),
            Self::Library(LibraryError::WrongPassword) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "error-file-password")
            }
            Self::Library(LibraryError::Comparing) => (StatusCode::TOO_MANY_REQUESTS, "error-comparing"),
            Self::Library(LibraryError::Picture(none)) => without_picture(none),
            Self::Model(_) => (StatusCode::CONFLICT, "error-model"),
            Self::Library(LibraryError::Upload(error)) => upload(error),
            Self::Review(error) => review(error),
            Self::Answer(AnswerError::Unwritten(Unwritten::Busy)) => {
                (StatusCode::TOO_MANY_REQUESTS, "error-busy")
            }
            Self::Answer(AnswerError::Unwritten(Unwritten::Language | Unwritten::Window)) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "error-unwritten")
            }
            Self::Answer(
                AnswerError::Unwritten(Unwritten::Loading | Unwritten::Failed | Unwritten::Stopped)
                | AnswerError::NoModel,
            ) => (StatusCode::SERVICE_UNAVAILABLE, "error-unwritten"),
            Self::Library(LibraryError::Store(_) | LibraryError::Ingest(_))
            | Self::Retrieve(_)
            | Self::Answer(AnswerError::Retrieve(_) | AnswerError::Store(_) | AnswerError::Embed(_))
            | Self::Template(_)
            | Self::Listen { .. } => (StatusCode::INTERNAL_SERVER_ERROR, "error-server"),
            Self::Framework { status, .. } if status.is_server_error() => (*status, "error-server"),
            Self::Framework { status, .. } => (*status, "error-request"),
        }
    }

    /// Logs what is the server's fault, with its causes.
    pub fn log(&self, path: &str) {
        if !self.status_code().is_server_error() {
            return;
        }
        let mut causes = Vec::new();
        let mut cause = std::error::Error::source(self);
        while let Some(inner) = cause {
            causes.push(inner.to_string());
            cause = inner.source();
        }
        let path = without_key(path);
        tracing::error!(path, error = %self, causes = causes.join(": "), "a request could not be answered");
    }

    /// What the error says to a person, in their language.
    pub fn explained(&self, t: Texts) -> String {
        let (_, key) = self.outcome();
        match self {
            Self::Accounts(AccountsError::Throttled(wait)) => t
                .count(&format!("{key}-explained"), wait.as_secs().max(1))
                .into_owned(),
            Self::Accounts(AccountsError::Occupied(name)) => {
                t.with(&format!("{key}-explained"), "name", name).into_owned()
            }
            Self::Accounts(AccountsError::Provider(ProviderError::Refused(said))) => {
                t.with(&format!("{key}-explained"), "said", said).into_owned()
            }
            Self::Model(reason) => t.with(&format!("{key}-explained"), "reason", reason).into_owned(),
            Self::Review(ReviewError::Uncited { sentence }) => t
                .with(&format!("{key}-explained"), "sentence", sentence)
                .into_owned(),
            Self::Library(LibraryError::Upload(UploadError::Kind(name))) => {
                t.with(&format!("{key}-explained"), "name", name).into_owned()
            }
            Self::Library(LibraryError::Upload(UploadError::TooLarge { limit })) => t
                .with(&format!("{key}-explained"), "limit", &super::words::size(*limit))
                .into_owned(),
            Self::Library(LibraryError::Upload(
                UploadError::Taken { path }
                | UploadError::Excluded { path }
                | UploadError::Unreachable { path },
            )) => t.with(&format!("{key}-explained"), "path", path).into_owned(),
            _ => t.get(&format!("{key}-explained")).into_owned(),
        }
    }

    /// When a client that came too often or at a busy time should come back, in seconds.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Accounts(AccountsError::Throttled(wait)) => Some(wait.as_secs().max(1)),
            _ => (self.status_code() == StatusCode::TOO_MANY_REQUESTS).then_some(RETRY_SECONDS),
        }
    }

    /// The name of the error in JSON.
    pub fn code(&self) -> &'static str {
        self.outcome().1.trim_start_matches("error-")
    }

    /// The error as a page.
    pub fn as_page(&self, shell: Shell) -> HttpResponse {
        let (status, key) = self.outcome();
        let title = shell.t.get(&format!("{key}-title")).into_owned();
        let explained = self.explained(shell.t);
        let detail = match self {
            Self::BadRequest(message) => Some(message.clone()),
            _ => None,
        };
        let page = ErrorPage {
            shell,
            status: status.as_u16(),
            title,
            explained,
            detail,
        };
        render(&page, status).unwrap_or_else(|_| HttpResponse::new(status))
    }

    /// The error for a script of a page: as JSON, in the reader's language.
    pub fn as_json_for(&self, t: Texts) -> HttpResponse {
        let (status, _) = self.outcome();
        HttpResponse::build(status)
            .json(serde_json::json!({ "error": { "code": self.code(), "message": self.explained(t) } }))
    }

    /// The error as JSON: `{"error": {"code", "message"}}`.
    pub fn as_json(&self) -> HttpResponse {
        let (status, _) = self.outcome();
        let message = if status == StatusCode::INTERNAL_SERVER_ERROR {
            format!("{self}; the server's log says more")
        } else {
            self.to_string()
        };
        let mut response = HttpResponse::build(status);
        if let Some(seconds) = self.retry_after() {
            response.insert_header((RETRY_AFTER, seconds));
        }
        response.json(serde_json::json!({ "error": { "code": self.code(), "message": message } }))
    }
}

fn review(error: &ReviewError) -> (StatusCode, Key) {
    match error {
        ReviewError::NotFound => (StatusCode::NOT_FOUND, "error-review-gone"),
        ReviewError::TooLong(_) => (StatusCode::UNPROCESSABLE_ENTITY, "error-too-long"),
        ReviewError::Empty => (StatusCode::UNPROCESSABLE_ENTITY, "error-verified-empty"),
        ReviewError::Uncited { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "error-verified-uncited"),
        ReviewError::TooMany { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "error-verified-many"),
        ReviewError::PassageGone => (StatusCode::CONFLICT, "error-verified-passage"),
        ReviewError::Months => (StatusCode::UNPROCESSABLE_ENTITY, "error-verified-months"),
        ReviewError::Question(_)
        | ReviewError::Answer(_)
        | ReviewError::Retrieve(_)
        | ReviewError::Embed(_)
        | ReviewError::Store(_) => (StatusCode::INTERNAL_SERVER_ERROR, "error-server"),
    }
}

/// What a review could not do because answering could not is told as that.
impl From<ReviewError> for WebError {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::Answer(error) => Self::Answer(error),
            ReviewError::Retrieve(error) => Self::Retrieve(error),
            ReviewError::Question(error) => Self::Question(error),
            error => Self::Review(error),
        }
    }
}

fn accounts(error: &AccountsError) -> (StatusCode, Key) {
    match error {
        AccountsError::Wrong => (StatusCode::UNAUTHORIZED, "error-wrong"),
        AccountsError::Throttled(_) => (StatusCode::TOO_MANY_REQUESTS, "error-throttled"),
        AccountsError::Busy => (StatusCode::TOO_MANY_REQUESTS, "error-crowded"),
        AccountsError::SetUpLink => (StatusCode::FORBIDDEN, "error-set-up-link"),
        AccountsError::Password => (StatusCode::UNPROCESSABLE_ENTITY, "error-password"),
        AccountsError::Name => (StatusCode::UNPROCESSABLE_ENTITY, "error-name"),
        AccountsError::Folder => (StatusCode::UNPROCESSABLE_ENTITY, "error-folder"),
        AccountsError::Taken(_) => (StatusCode::CONFLICT, "error-taken"),
        AccountsError::NotFound => (StatusCode::NOT_FOUND, "error-not-found"),
        AccountsError::LastAdministrator => (StatusCode::CONFLICT, "error-last-administrator"),
        AccountsError::NotLocal => (StatusCode::CONFLICT, "error-not-local"),
        AccountsError::Everyone => (StatusCode::CONFLICT, "error-everyone"),
        AccountsError::Disabled => (StatusCode::CONFLICT, "error-disabled"),
        AccountsError::Link => (StatusCode::FORBIDDEN, "error-link"),
        AccountsError::Key => (StatusCode::UNPROCESSABLE_ENTITY, "error-key"),
        AccountsError::Occupied(_) => (StatusCode::CONFLICT, "error-occupied"),
        AccountsError::KeptOut => (StatusCode::FORBIDDEN, "error-kept-out"),
        AccountsError::Provider(ProviderError::Stale) => (StatusCode::BAD_REQUEST, "error-provider-stale"),
        AccountsError::Provider(ProviderError::Refused(_)) => {
            (StatusCode::FORBIDDEN, "error-provider-refused")
        }
        AccountsError::Provider(ProviderError::Unreachable { .. }) => {
            (StatusCode::SERVICE_UNAVAILABLE, "error-provider")
        }
        AccountsError::Provider(_) => (StatusCode::BAD_GATEWAY, "error-provider-untrusted"),
        AccountsError::Directory(_) => (StatusCode::SERVICE_UNAVAILABLE, "error-directory"),
        AccountsError::Secret(_) | AccountsError::Store(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, "error-server")
        }
    }
}

fn upload(error: &UploadError) -> (StatusCode, Key) {
    match error {
        UploadError::Name => (StatusCode::UNPROCESSABLE_ENTITY, "error-upload-name"),
        UploadError::Kind(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "error-upload-kind"),
        UploadError::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "error-upload-large"),
        UploadError::Excluded { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "error-upload-excluded"),
        UploadError::Unreachable { .. } => (StatusCode::SERVICE_UNAVAILABLE, "error-upload-unreachable"),
        UploadError::Folder => (StatusCode::UNPROCESSABLE_ENTITY, "error-upload-folder"),
        UploadError::NoRoom => (StatusCode::INSUFFICIENT_STORAGE, "error-upload-room"),
        UploadError::ReadOnly(_) => (StatusCode::SERVICE_UNAVAILABLE, "error-upload-read-only"),
        UploadError::Taken { .. } => (StatusCode::CONFLICT, "error-upload-taken"),
        UploadError::Offset { .. } => (StatusCode::CONFLICT, "error-upload-offset"),
        UploadError::Changed => (StatusCode::CONFLICT, "error-upload-changed"),
        UploadError::Io(_) => (StatusCode::INTERNAL_SERVER_ERROR, "error-server"),
    }
}

/// What a client is told of a page that has no picture.
fn without_picture(none: &NoPicture) -> (StatusCode, Key) {
    match none {
        NoPicture::NoPages
        | NoPicture::NotFound
        | NoPicture::Page(PictureError::NoSuchFile | PictureError::NoSuchPage { .. }) => {
            (StatusCode::NOT_FOUND, "error-no-page")
        }
        NoPicture::Width { .. } => (StatusCode::BAD_REQUEST, "error-request"),
        NoPicture::Unread => (StatusCode::CONFLICT, "error-page-unread"),
        NoPicture::Changed => (StatusCode::CONFLICT, "error-page-changed"),
        NoPicture::Page(PictureError::Password | PictureError::Damaged | PictureError::Size { .. })
        | NoPicture::Failed
        | NoPicture::TooManyRows
        | NoPicture::NotPrinted(_) => (StatusCode::UNPROCESSABLE_ENTITY, "error-page-undrawable"),
        NoPicture::Busy | NoPicture::Page(PictureError::TooSlow { .. } | PictureError::Stopped) => {
            (StatusCode::SERVICE_UNAVAILABLE, "error-page-slow")
        }
        NoPicture::NoOffice => (StatusCode::NOT_IMPLEMENTED, "error-page-office"),
        NoPicture::NoLibrary => (StatusCode::NOT_IMPLEMENTED, "error-page-library"),
    }
}

/// `path` without the key of a sign: whoever has it reads what the sign leads to.
fn without_key(path: &str) -> &str {
    let key = path.strip_prefix("/kiosk/").is_some_and(|key| !key.is_empty());
    if key { "/kiosk/…" } else { path }
}

impl ResponseError for WebError {
    fn status_code(&self) -> StatusCode {
        self.outcome().0
    }

    /// A bare status: `guard.rs` puts the face on.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

#[derive(askama::Template)]
#[template(path = "pages/error.html")]
struct ErrorPage {
    shell: Shell,
    status: u16,
    title: String,
    explained: String,
    /// What exactly is wrong with an address, in English.
    detail: Option<String>,
}
