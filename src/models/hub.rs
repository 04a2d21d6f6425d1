//! Asks a hub that speaks as Hugging Face's does: which files a repository has, what is known of one, its content.
//!
//! - `/api/models/{repository}/revision/{revision}` lists the files and names the commit.
//! - `/{repository}/resolve/{revision}/{file}` is a file. Its headers name the commit (`x-repo-commit`) and its checksum:
//!   `x-linked-etag`, the SHA-256 of a large file, which the hub redirects to another host, or `etag` of a small one.
//!
//! The client crate of the hub, hf-hub, is not used: it compares nothing that it fetched with a checksum, and it writes an
//! answer behind the half that is there without looking whether it is the range that was asked for or the whole file.
//! So the client is reqwest, which LanceDB brings along: it takes proxies from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`,
//! trusts what the system trusts (a company's own authority too), and keeps the token from other hosts.

mod error;

use std::time::Duration;

use reqwest::header::{
    ACCEPT_ENCODING, AUTHORIZATION, ETAG, HeaderMap, HeaderValue, LOCATION, RANGE, RETRY_AFTER,
};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;

use super::checksum::Checksum;
use super::path::inside;
pub use error::HubError;

/// Redirects that are followed within the hub; a renamed repository takes one or two.
const REDIRECTS: usize = 5;
/// Without an answer for so long, the host is not there.
const CONNECTING: Duration = Duration::from_secs(20);
/// A mirror may fetch a file itself before it gives the first byte of it.
const PATIENCE: Duration = Duration::from_secs(180);
/// No list of files is longer.
const LONGEST_LISTING: usize = 16 << 20;

/// A hub, or a mirror of one.
#[derive(Debug, Clone)]
pub struct Hub {
    endpoint: Url,
    host: String,
    token: Option<HeaderValue>,
    /// Follows no redirect: the headers of the first answer are wanted.
    asking: Client,
    fetching: Client,
}

/// The files of a repository at one commit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listing {
    pub commit: String,
    pub files: Vec<String>,
}

/// What the hub says of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RemoteFile {
    pub commit: Option<String>,
    pub size: Option<u64>,
    pub checksum: Option<Checksum>,
}

impl Hub {
    /// The hub at `address`; `token` is shown to it and to nobody else.
    ///
    /// # Errors
    ///
    /// [`HubError::NoHub`] for an empty address, [`HubError::Address`] for one that is none.
    pub fn new(address: &str, token: Option<&str>) -> Result<Self, HubError> {
        let address = address.trim();
        if address.is_empty() {
            return Err(HubError::NoHub);
        }
        let wrong = |reason: String| HubError::Address {
            address: address.to_owned(),
            reason,
        };
        let endpoint = Url::parse(address).map_err(|error| wrong(error.to_string()))?;
        let host = match (endpoint.scheme(), endpoint.host_str()) {
            ("http" | "https", Some(host)) => host.to_owned(),
            _ => return Err(wrong("it must begin with https:// or http://".to_owned())),
        };
        // What is fetched in parts must lie on the line as it lies in the file.
        let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("identity"))]);
        let token = match token.map(str::trim).filter(|token| !token.is_empty()) {
            None => None,
            Some(token) => {
                let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| {
                    wrong("the token in HF_TOKEN has characters that no token has".to_owned())
                })?;
                value.set_sensitive(true);
                Some(value)
            }
        };
        let client = |redirects: Policy| {
            Client::builder()
                .user_agent(concat!("gemba/", env!("CARGO_PKG_VERSION")))
                .default_headers(headers.clone())
                .redirect(redirects)
                .no_gzip()
                .connect_timeout(CONNECTING)
                .read_timeout(PATIENCE)
                .build()
                .map_err(|error| wrong(error.to_string()))
        };
        Ok(Self {
            host,
            token,
            asking: client(Policy::none())?,
            fetching: client(Policy::limited(2 * REDIRECTS))?,
            endpoint,
        })
    }

    /// The hub's name, for messages.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The files of a repository, and the commit that `revision` names.
    pub(super) async fn listing(&self, repository: &str, revision: &str) -> Result<Listing, HubError> {
        #[derive(Deserialize)]
        struct Answer {
            sha: String,
            siblings: Vec<Sibling>,
        }
        #[derive(Deserialize)]
        struct Sibling {
            rfilename: String,
        }
        let owner_and_name = names(repository)?;
        let parts = ["api", "models"]
            .into_iter()
            .chain(owner_and_name)
            .chain(["revision", revision]);
        let mut response = self
            .request(&self.fetching, Method::GET, self.address(parts))
            .send()
            .await
            .map_err(|source| self.unreachable(source))?;
        self.check(&response, repository, &format!("{repository} at {revision}"))?;
        let mut text = Vec::new();
        while let Some(block) = response
            .chunk()
            .await
            .map_err(|source| self.unreachable(source))?
        {
            text.extend_from_slice(&block);
            if text.len() > LONGEST_LISTING {
                return Err(self.odd("its list of files has no end"));
            }
        }
        let answer: Answer =
            serde_json::from_slice(&text).map_err(|_| self.odd("its list of files is not understood"))?;
        let files = answer
            .siblings
            .into_iter()
            .map(|sibling| sibling.rfilename)
            // Such a name could only be meant to lead out of the folder.
            .filter(|name| inside(name).as_ref() == Some(name))
            .collect();
        Ok(Listing {
            commit: answer.sha,
            files,
        })
    }

    /// What is known of a file before it is fetched.
    pub(super) async fn file(
        &self,
        repository: &str,
        revision: &str,
        path: &str,
    ) -> Result<RemoteFile, HubError> {
        let mut address = self.resolve(repository, revision, path)?;
        let mut found = RemoteFile {
            commit: None,
            size: None,
            checksum: None,
        };
        let what = format!("{path} in {repository} at {revision}");
        for _ in 0..REDIRECTS {
            let response = self
                .request(&self.asking, Method::HEAD, address.clone())
                .send()
                .await
                .map_err(|source| self.unreachable(source))?;
            let header = |name: &str| response.headers().get(name)?.to_str().ok().map(str::to_owned);
            found.commit = found.commit.or_else(|| header("x-repo-commit"));
            found.size = found.size.or_else(|| header("x-linked-size")?.parse().ok());
            found.checksum = found
                .checksum
                .or_else(|| Checksum::of_etag(&header("x-linked-etag")?));
            if response.status().is_redirection() {
                let next = header(LOCATION.as_str()).and_then(|to| address.join(&to).ok());
                match next {
                    // A renamed repository, or the hub's own cache. Another host has only the content.
                    Some(next) if next.origin() == address.origin() => address = next,
                    Some(_) if found.checksum.is_some() || found.size.is_some() => return Ok(found),
                    Some(next) => address = next,
                    None => return Err(self.odd("it redirects to nowhere")),
                }
                continue;
            }
            self.check(&response, repository, &what)?;
            found.size = found.size.or_else(|| header("content-length")?.parse().ok());
            found.checksum = found
                .checksum
                .or_else(|| Checksum::of_etag(&header(ETAG.as_str())?));
            return Ok(found);
        }
        Err(self.odd("it redirects in a circle"))
    }

    /// The content of a file from byte `from` on; the status says whether the host begins there (206) or anew (200).
    pub(super) async fn content(
        &self,
        repository: &str,
        revision: &str,
        path: &str,
        from: u64,
    ) -> Result<Response, HubError> {
        let address = self.resolve(repository, revision, path)?;
        let mut request = self.request(&self.fetching, Method::GET, address);
        if from > 0 {
            request = request.header(RANGE, format!("bytes={from}-"));
        }
        let response = request.send().await.map_err(|source| self.unreachable(source))?;
        if response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            return Ok(response);
        }
        self.check(
            &response,
            repository,
            &format!("{path} in {repository} at {revision}"),
        )?;
        Ok(response)
    }

    pub(super) fn odd(&self, reason: &str) -> HubError {
        HubError::Odd {
            host: self.host.clone(),
            reason: reason.to_owned(),
        }
    }

    fn resolve(&self, repository: &str, revision: &str, path: &str) -> Result<Url, HubError> {
        let parts = names(repository)?
            .into_iter()
            .chain(["resolve", revision])
            .chain(path.split('/'));
        Ok(self.address(parts))
    }

    /// A request that shows the token to the hub alone; reqwest takes it away where it is redirected to another host.
    fn request(&self, client: &Client, method: Method, address: Url) -> RequestBuilder {
        let token = self
            .token
            .as_ref()
            .filter(|_| address.origin() == self.endpoint.origin());
        let request = client.request(method, address);
        match token {
            Some(token) => request.header(AUTHORIZATION, token.clone()),
            None => request,
        }
    }

    /// An address below the endpoint; each part is escaped by itself, so that a revision may have a `/` in it.
    fn address<'a>(&self, parts: impl IntoIterator<Item = &'a str>) -> Url {
        let mut address = self.endpoint.clone();
        // Only an address that is no base has no segments, and such a one was refused.
        if let Ok(mut segments) = address.path_segments_mut() {
            segments.pop_if_empty().extend(parts);
        }
        address
    }

    /// Turns a status into what can be done about it.
    fn check(&self, response: &Response, repository: &str, what: &str) -> Result<(), HubError> {
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let host = response.url().host_str().unwrap_or(&self.host).to_owned();
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let repository = repository.to_owned();
        Err(match (status.as_u16(), header("x-error-code")) {
            (401 | 403, Some("GatedRepo")) => HubError::Gated { host, repository },
            (401 | 403, _) => HubError::Refused { host, repository },
            (404 | 410, _) => HubError::NotFound {
                host,
                what: what.to_owned(),
            },
            (429, _) => HubError::TooOften {
                host,
                wait: header(RETRY_AFTER.as_str())
                    .and_then(|seconds| seconds.parse::<u64>().ok())
                    .map(|seconds| format!(" and wants {seconds} seconds of rest"))
                    .unwrap_or_default(),
            },
            _ => HubError::Failed { host, status },
        })
    }

    fn unreachable(&self, source: reqwest::Error) -> HubError {
        let host = source
            .url()
            .and_then(Url::host_str)
            .unwrap_or(&self.host)
            .to_owned();
        HubError::Unreachable {
            host,
            source: source.without_url(),
        }
    }
}

/// Owner and name of a repository; few have no owner.
fn names(repository: &str) -> Result<Vec<&str>, HubError> {
    let names: Vec<&str> = repository.split('/').collect();
    let sound = |name: &&str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        !name.is_empty() && !name.starts_with('.') && name.bytes().all(allowed)
    };
    if names.len() <= 2 && names.iter().all(sound) {
        Ok(names)
    } else {
        Err(HubError::Repository(repository.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_made_below_the_endpoint_and_a_revision_keeps_its_slash() {
        let hub = Hub::new("http://mirror.example/proxy/hub/", None).unwrap();
        assert_eq!(
            hub.resolve("owner/name", "refs/pr/1", "onnx/model q4.onnx")
                .unwrap()
                .as_str(),
            "http://mirror.example/proxy/hub/owner/name/resolve/refs%2Fpr%2F1/onnx/model%20q4.onnx"
        );
        assert_eq!(hub.host(), "mirror.example");
    }

    #[test]
    fn an_address_or_a_repository_that_is_none_is_refused() {
        assert!(matches!(Hub::new(" ", None), Err(HubError::NoHub)));
        for address in ["mirror.example", "ftp://mirror.example", "/srv/mirror"] {
            let error = Hub::new(address, None).unwrap_err();
            assert!(matches!(error, HubError::Address { .. }), "{address}: {error}");
        }
        for repository in ["", "a/b/c", "../b", "a/..", "a b/c", "https://x/y"] {
            assert!(names(repository).is_err(), "{repository}");
        }
        assert_eq!(names("owner/Name-1.5_b").unwrap(), ["owner", "Name-1.5_b"]);
    }

    #[test]
    fn a_token_is_not_printed() {
        let hub = Hub::new("https://mirror.example", Some("hf_secret")).unwrap();
        assert!(!format!("{hub:?}").contains("hf_secret"));
        let error = Hub::new("https://mirror.example", Some("hf\nsecret")).unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
