//! A provider over OpenID Connect: sends browsers to its sign-in page and reads what it says when they come back.
//!
//! Authorisation code flow with PKCE. What is needed when a browser comes back (nonce, verifier, where it was going) stays
//! here, is good once and for ten minutes, and only for the browser that left. Who somebody is, is the subject that the
//! provider gives within its issuer, never a name or an e-mail address. The provider is asked nothing before somebody
//! uses it; its keys are kept for an hour, and fetched again when it signs with a new one.

mod claims;

use std::error::Error;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreProviderMetadata,
};
use openidconnect::{
    AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    SignatureVerificationError, TokenResponse, UserInfoClaims,
};
use reqwest::redirect::Policy;
use serde::Deserialize;
use serde_json::Value;

use super::secret::Secret;
use super::sign_in::Vouched;
use crate::config::OidcConfig;
use claims::{Answer, Client, More, flat, texts, with_causes};

/// How long a browser may stay at the provider.
const AWAY: Duration = Duration::from_secs(600);
/// How many may be there at the same time.
const MOST_AWAY: NonZeroUsize = NonZeroUsize::new(1_000).expect("a number above zero");
/// How long the provider's addresses and keys are kept.
const KEPT: Duration = Duration::from_secs(3_600);
/// How long at least, so that wrong signatures do not make Gemba ask all the time.
const KEPT_AT_LEAST: Duration = Duration::from_secs(30);

/// Why the provider cannot be used, or does not vouch.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// A file of the configuration cannot be used.
    #[error("{key}: {file} cannot be used: {reason}")]
    File {
        /// The key.
        key: &'static str,
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// It cannot be asked.
    #[error("the provider {issuer} cannot be asked: {reason}")]
    Unreachable {
        /// Its address.
        issuer: String,
        /// Why.
        reason: String,
    },
    /// What a browser brings back is of no sign-in that it began here.
    #[error("this sign-in has ended, was used already or began in another browser: begin again")]
    Stale,
    /// The provider says no.
    #[error("the provider says: {0}")]
    Refused(String),
    /// What it says cannot be trusted.
    #[error("what the provider {issuer} says is not valid: {reason}")]
    Untrusted {
        /// Its address.
        issuer: String,
        /// What is wrong.
        reason: String,
    },
    /// It does not say who somebody is.
    #[error("the provider says no {0}: see [oidc] in the configuration")]
    Claim(String),
}

/// Where a browser goes, and what it is to keep meanwhile.
#[derive(Debug)]
pub struct Departure {
    /// The provider's page.
    pub address: String,
    /// Shows that it is the same browser when it comes back.
    pub browser: Secret,
}

/// What a browser brings back.
#[derive(Debug, Default, Deserialize)]
pub struct Arrival {
    /// Names the sign-in that was begun.
    #[serde(default)]
    pub state: String,
    /// Is exchanged for what the provider says.
    pub code: Option<String>,
    /// Why there is none.
    pub error: Option<String>,
    /// The same, for people.
    pub error_description: Option<String>,
}

/// A sign-in that was begun.
struct Away {
    browser: [u8; 32],
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    redirect: String,
    back: String,
    since: Instant,
}

/// The provider. Cheap to clone.
#[derive(Clone)]
pub struct Provider {
    config: Arc<OidcConfig>,
    secret: Option<ClientSecret>,
    http: reqwest::Client,
    known: Arc<tokio::sync::Mutex<Option<(Instant, CoreProviderMetadata)>>>,
    away: Arc<Mutex<LruCache<[u8; 32], Away>>>,
}

impl Provider {
    /// The provider that is configured, if one is. It is not asked anything yet.
    pub fn open(config: &OidcConfig) -> Result<Option<Self>, ProviderError> {
        if !config.is_used() {
            return Ok(None);
        }
        let file = |key, path: &Path, reason: &dyn std::fmt::Display| ProviderError::File {
            key,
            file: path.display().to_string(),
            reason: reason.to_string(),
        };
        let mut secret = config.client_secret.clone();
        let path = &config.client_secret_file;
        if !path.as_os_str().is_empty() {
            let text = std::fs::read_to_string(path);
            let text = text.map_err(|error| file("oidc.client_secret_file", path, &error))?;
            text.trim().clone_into(&mut secret);
        }
        let mut http = reqwest::Client::builder()
            .use_rustls_tls()
            .redirect(Policy::none())
            .timeout(Duration::from_secs(config.timeout_seconds));
        if !config.ca.as_os_str().is_empty() {
            let path = &config.ca;
            let text = std::fs::read(path).map_err(|error| file("oidc.ca", path, &error))?;
            let roots = reqwest::Certificate::from_pem_bundle(&text)
                .map_err(|error| file("oidc.ca", path, &error))?;
            if roots.is_empty() {
                return Err(file("oidc.ca", path, &"it holds no certificate in PEM form"));
            }
            http = http.tls_built_in_root_certs(false);
            for root in roots {
                http = http.add_root_certificate(root);
            }
        }
        let http = http
            .build()
            .map_err(|error| file("oidc.ca", &config.ca, &error))?;
        Ok(Some(Self {
            config: Arc::new(config.clone()),
            secret: (!secret.is_empty()).then(|| ClientSecret::new(secret)),
            http,
            known: Arc::default(),
            away: Arc::new(Mutex::new(LruCache::new(MOST_AWAY))),
        }))
    }

    /// What people call it.
    pub fn label(&self) -> &str {
        &self.config.label
    }

    /// Looks whether it answers.
    pub async fn check(&self) -> Result<String, ProviderError> {
        let found = self.metadata(Duration::ZERO).await?;
        Ok(format!(
            "{} answers, with {} keys",
            found.issuer().as_str(),
            found.jwks().keys().len()
        ))
    }

    /// Begins a sign-in that comes back to `redirect` and then leads to `back`. A browser that keeps a secret already,
    /// of a sign-in in another window, goes on with it.
    pub(super) async fn depart(
        &self,
        redirect: &str,
        back: &str,
        browser: Secret,
    ) -> Result<Departure, ProviderError> {
        let client = self.client(&self.metadata(KEPT).await?, redirect)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .set_pkce_challenge(challenge);
        // `openid` is asked for in any case.
        for scope in self
            .config
            .scopes
            .split_whitespace()
            .filter(|scope| *scope != "openid")
        {
            request = request.add_scope(Scope::new(scope.to_owned()));
        }
        let (address, state, nonce) = request.url();
        let away = Away {
            browser: browser.hash(),
            nonce,
            verifier,
            redirect: redirect.to_owned(),
            back: back.to_owned(),
            since: Instant::now(),
        };
        self.away().put(Secret::given(state.secret()).hash(), away);
        Ok(Departure {
            address: address.to_string(),
            browser,
        })
    }

    /// Ends a sign-in: for whom the provider vouches, and where the browser was going.
    pub(super) async fn arrive(
        &self,
        arrival: Arrival,
        browser: &Secret,
    ) -> Result<(Vouched, String), ProviderError> {
        let away = self.away().pop(&Secret::given(&arrival.state).hash());
        let away = away
            .filter(|away| away.browser == browser.hash() && away.since.elapsed() < AWAY)
            .ok_or(ProviderError::Stale)?;
        if let Some(error) = arrival.error {
            let described = arrival.error_description.filter(|text| !text.is_empty());
            return Err(ProviderError::Refused(described.unwrap_or(error)));
        }
        let code = arrival.code.ok_or(ProviderError::Stale)?;
        let mut metadata = self.metadata(KEPT).await?;
        let client = self.client(&metadata, &away.redirect)?;
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| self.untrusted(&error))?
            .set_pkce_verifier(away.verifier)
            .request_async(&self.http)
            .await
            .map_err(|error| match &error {
                RequestTokenError::Request(cause) => self.unreachable(cause),
                error => self.untrusted(error),
            })?;
        let token = answer
            .id_token()
            .ok_or_else(|| ProviderError::Claim("id_token".to_owned()))?;
        let mut claims = token.claims(&client.id_token_verifier(), &away.nonce);
        let renewed;
        if let Err(ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey,
        )) = claims
        {
            metadata = self.metadata(KEPT_AT_LEAST).await?;
            renewed = self.client(&metadata, &away.redirect)?;
            claims = token.claims(&renewed.id_token_verifier(), &away.nonce);
        }
        let claims = claims.map_err(|error| self.untrusted(&error))?;
        let mut said = flat(claims);
        let wanted = [&self.config.name_claim, &self.config.groups_claim];
        let missing = wanted
            .iter()
            .any(|claim| !claim.is_empty() && !said.contains_key(claim.as_str()));
        if missing && let Some(request) = self.asking_more(&client, &answer, claims.subject().clone()) {
            let more: Result<UserInfoClaims<More, CoreGenderClaim>, _> =
                request.request_async(&self.http).await;
            let more = more.map_err(|error| self.unreachable(&error))?;
            for (name, value) in flat(&more) {
                said.entry(name).or_insert(value);
            }
        }
        let vouched = Vouched {
            name: match said.get(&self.config.name_claim).and_then(Value::as_str) {
                Some(name) if !name.trim().is_empty() => name.to_owned(),
                _ => return Err(ProviderError::Claim(self.config.name_claim.clone())),
            },
            subject: format!("{} {}", metadata.issuer().as_str(), claims.subject().as_str()),
            groups: texts(said.get(&self.config.groups_claim)),
        };
        Ok((vouched, away.back))
    }

    fn asking_more<'client>(
        &self,
        client: &'client Client,
        answer: &Answer,
        subject: openidconnect::SubjectIdentifier,
    ) -> Option<openidconnect::UserInfoRequest<'client, CoreJweContentEncryptionAlgorithm, CoreJsonWebKey>>
    {
        client
            .user_info(answer.access_token().clone(), Some(subject))
            .ok()
    }

    fn client(&self, metadata: &CoreProviderMetadata, redirect: &str) -> Result<Client, ProviderError> {
        if metadata.token_endpoint().is_none() {
            return Err(self.untrusted(&ProviderError::Claim("token_endpoint".to_owned())));
        }
        let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|_| ProviderError::Stale)?;
        let id = ClientId::new(self.config.client_id.clone());
        let client: Client =
            openidconnect::Client::from_provider_metadata(metadata.clone(), id, self.secret.clone())
                .set_redirect_uri(redirect);
        Ok(client)
    }

    /// The provider's addresses and keys, not older than that.
    async fn metadata(&self, age: Duration) -> Result<CoreProviderMetadata, ProviderError> {
        let mut known = self.known.lock().await;
        if let Some((since, metadata)) = known.as_ref()
            && since.elapsed() < age
        {
            return Ok(metadata.clone());
        }
        let issuer = IssuerUrl::new(self.config.issuer.clone()).map_err(|error| self.unreachable(&error))?;
        let found = CoreProviderMetadata::discover_async(issuer, &self.http).await;
        let found = found.map_err(|error| self.unreachable(&error))?;
        *known = Some((Instant::now(), found.clone()));
        Ok(found)
    }

    fn away(&self) -> std::sync::MutexGuard<'_, LruCache<[u8; 32], Away>> {
        self.away.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unreachable(&self, error: &dyn Error) -> ProviderError {
        ProviderError::Unreachable {
            issuer: self.config.issuer.clone(),
            reason: with_causes(error),
        }
    }

    fn untrusted(&self, error: &dyn Error) -> ProviderError {
        ProviderError::Untrusted {
            issuer: self.config.issuer.clone(),
            reason: with_causes(error),
        }
    }
}
