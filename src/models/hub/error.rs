//! Why a hub does not give what it was asked for, and what can be done about it.

use reqwest::StatusCode;

/// Why a hub does not give what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// No hub is configured.
    #[error(
        "no hub is named: set models.hub in the configuration, or the variable HF_ENDPOINT, to the address of a hub or of a mirror of it; without a line to one, `gemba models import` takes a folder or an archive"
    )]
    NoHub,
    /// The address is none.
    #[error("the hub's address {address:?} cannot be used: {reason}")]
    Address {
        /// As it was configured.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The token is none.
    #[error("the token in HF_TOKEN has characters that no token has: set it anew")]
    Token,
    /// The name of a repository is none.
    #[error("{0:?} is not the name of a repository: it is OWNER/NAME")]
    Repository(String),
    /// The host does not answer.
    #[error(
        "{host} cannot be reached: check the line, a proxy (HTTPS_PROXY, HTTP_PROXY) and models.hub, then run the same command again"
    )]
    Unreachable {
        /// The hub, or the host that it redirected to.
        host: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The terms of a repository have to be accepted.
    #[error(
        "{host} gives {repository} only to those who accepted its terms: accept them there, then set HF_TOKEN to a token of your account"
    )]
    Gated {
        /// The hub.
        host: String,
        /// The repository.
        repository: String,
    },
    /// The hub does not know who asks.
    #[error(
        "{host} does not give {repository} to everybody, or has no such repository: check the name and, for a private one, set HF_TOKEN to a token that may read it"
    )]
    Refused {
        /// The hub.
        host: String,
        /// The repository.
        repository: String,
    },
    /// There is no such thing.
    #[error("{host} has no {what}: check the names, the revision and the file")]
    NotFound {
        /// The hub.
        host: String,
        /// What was asked for.
        what: String,
    },
    /// The hub is asked too often.
    #[error("{host} is asked too often{wait}: run the same command again later; it goes on where it stopped")]
    TooOften {
        /// The hub.
        host: String,
        /// How long to wait, where the hub says so.
        wait: String,
    },
    /// The hub fails.
    #[error("{host} answers with {status}: run the same command again later; it goes on where it stopped")]
    Failed {
        /// The hub, or the host that it redirected to.
        host: String,
        /// The status.
        status: StatusCode,
    },
    /// The answer is not understood.
    #[error("{host} does not answer as a hub does: {reason}")]
    Odd {
        /// The hub.
        host: String,
        /// What is missing.
        reason: String,
    },
    /// The line broke.
    #[error("the line to {host} broke after {} of {} MB of {file}: run the same command again; it goes on from there", done / 1_000_000, total.div_ceil(1_000_000))]
    Interrupted {
        /// The host that the file came from.
        host: String,
        /// The file.
        file: String,
        /// Bytes that are kept.
        done: u64,
        /// Bytes of the file.
        total: u64,
        /// Why.
        #[source]
        source: Option<reqwest::Error>,
    },
}
