//! A directory over LDAP: finds who wants to come in, lets the directory compare the password, reads the groups.
//!
//! What people type never becomes part of a filter unescaped, and never a bind without a password, which directories take
//! for a visitor without a name and accept. A sign-in takes at most as long as is configured.

mod entry;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ldap3::{
    Ldap, LdapConnAsync, LdapConnSettings, LdapError, Scope, SearchEntry, SearchOptions, ldap_escape,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use entry::{CLOSING, exactly, first_value, is_closed, values};

use super::sign_in::Vouched;
use crate::config::LdapConfig;

/// The longest name that is looked up, in characters.
const LONGEST_NAME: usize = 256;

/// Result codes (RFC 4511) that say no to this person: not the directory's trouble.
const REFUSALS: [u32; 6] = [19, 32, 48, 49, 50, 53];
const SIZE_LIMIT: u32 = 4;

/// Why the directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// A file of the configuration cannot be read or holds something else.
    #[error("{key}: {} cannot be used: {reason}", path.display())]
    File {
        /// The key.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A filter is none.
    #[error("{0} is no filter of LDAP: compare its brackets with (uid={{name}})")]
    Filter(&'static str),
    /// It took too long.
    #[error("the directory {url} did not answer within {seconds} s")]
    Slow {
        /// Its address.
        url: String,
        /// What was allowed.
        seconds: u64,
    },
    /// No connection, or one that is not trusted.
    #[error("the directory {url} cannot be asked: {reason}")]
    Unreachable {
        /// Its address.
        url: String,
        /// Why.
        reason: String,
    },
    /// It does not let Gemba look people up.
    #[error("the directory {url} does not let {entry} look people up: {reason}")]
    Refused {
        /// Its address.
        url: String,
        /// As whom Gemba came.
        entry: String,
        /// What it says.
        reason: String,
    },
    /// An entry lacks what accounts need.
    #[error("the entry {entry} of the directory has no {attribute}: see [ldap] in the configuration")]
    Attribute {
        /// The entry.
        entry: String,
        /// What is missing.
        attribute: String,
    },
}

/// The directory. Cheap to clone.
#[derive(Clone)]
pub struct Directory {
    config: Arc<LdapConfig>,
    password: Arc<str>,
    settings: LdapConnSettings,
}

impl Directory {
    /// The directory that is configured, if one is. It is not asked anything yet.
    pub fn open(config: &LdapConfig) -> Result<Option<Self>, DirectoryError> {
        if !config.is_used() {
            return Ok(None);
        }
        for (key, filter) in [
            ("ldap.user_filter", &config.user_filter),
            ("ldap.group_filter", &config.group_filter),
        ] {
            let tried = filter.replace("{name}", "x").replace("{dn}", "x");
            if !tried.is_empty() && ldap3::parse_filter(&tried).is_err() {
                return Err(DirectoryError::Filter(key));
            }
        }
        let password = if config.bind_password_file.as_os_str().is_empty() {
            config.bind_password.clone()
        } else {
            let path = &config.bind_password_file;
            let text = std::fs::read_to_string(path).map_err(file("ldap.bind_password_file", path))?;
            text.trim_end_matches(['\r', '\n']).to_owned()
        };
        if !config.bind_dn.is_empty() && password.is_empty() {
            let empty = std::io::Error::other("it is empty");
            return Err(file("ldap.bind_password_file", &config.bind_password_file)(empty));
        }
        let mut settings = LdapConnSettings::new().set_starttls(config.start_tls);
        if !config.ca.as_os_str().is_empty() {
            settings = settings.set_config(Arc::new(trusting(&config.ca)?));
        }
        Ok(Some(Self {
            config: Arc::new(config.clone()),
            password: password.into(),
            settings,
        }))
    }

    /// Whether passwords travel to it unencrypted.
    pub fn is_open_to_listeners(&self) -> bool {
        self.config.url.starts_with("ldap://") && !self.config.start_tls
    }

    /// Looks whether people could be looked up, and says where.
    pub async fn check(&self) -> Result<String, DirectoryError> {
        self.in_time(async {
            let mut ldap = self.connect().await?;
            let none = self
                .search(&mut ldap, "(objectClass=*)", Scope::Base, &["1.1"])
                .await?;
            if none.is_empty() {
                return Err(self.unreachable(format!("it has no entry {}", self.config.base)));
            }
            Ok(format!(
                "{} answers, people are looked up below {}",
                self.config.url, self.config.base
            ))
        })
        .await
    }

    /// Who has this name and this password; nothing if nobody has.
    pub(super) async fn vouch(&self, name: &str, password: &str) -> Result<Option<Vouched>, DirectoryError> {
        // A bind without a password is one without a name: directories let it in.
        if password.is_empty() || name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Ok(None);
        }
        self.in_time(self.look_up(name, password)).await
    }

    async fn look_up(&self, name: &str, password: &str) -> Result<Option<Vouched>, DirectoryError> {
        let mut ldap = self.connect().await?;
        let filter = self.config.user_filter.replace("{name}", &ldap_escape(name));
        let mut found = self.people(&mut ldap, &filter).await?;
        if found.len() > 1 {
            tracing::warn!(
                name,
                "several entries of the directory have this name, so nobody was let in"
            );
        }
        let (Some(entry), true) = (found.pop(), found.is_empty()) else {
            return Ok(None);
        };
        let bound = ldap.simple_bind(&entry.dn, password).await;
        let bound = bound.map_err(|error| self.failed(&error))?;
        if bound.rc != 0 {
            return match REFUSALS.contains(&bound.rc) {
                true => Ok(None),
                false => Err(self.unreachable(bound.to_string())),
            };
        }
        if !self.config.group_filter.is_empty() {
            self.bind(&mut ldap).await?;
        }
        self.vouched(ldap, &entry).await.map(Some)
    }

    /// Whether somebody may still come in who did before, and with what; nothing where the entry is gone, closed, or none
    /// that the configuration lets in. No password is needed for that.
    pub(super) async fn look_again(
        &self,
        name: &str,
        subject: &str,
    ) -> Result<Option<Vouched>, DirectoryError> {
        let config = &self.config;
        let filled = |name: &str| config.user_filter.replace("{name}", name);
        // By a star, for the name may have changed; by the name, for there are comparisons in which a star is a star.
        let filter = format!(
            "(&{}(|{}{}))",
            exactly(&config.subject_attribute, subject),
            filled("*"),
            filled(&ldap_escape(name))
        );
        self.in_time(async {
            let mut ldap = self.connect().await?;
            let found = self.people(&mut ldap, &filter).await?;
            match found.first().filter(|entry| !is_closed(entry)) {
                Some(entry) => self.vouched(ldap, entry).await.map(Some),
                None => Ok(None),
            }
        })
        .await
    }

    /// The entries of people that a filter finds, two at most.
    async fn people(&self, ldap: &mut Ldap, filter: &str) -> Result<Vec<SearchEntry>, DirectoryError> {
        let config = &self.config;
        let attributes: BTreeSet<&str> = [
            &config.name_attribute,
            &config.subject_attribute,
            &config.group_attribute,
        ]
        .into_iter()
        .map(String::as_str)
        .chain(CLOSING)
        .filter(|attribute| !attribute.is_empty())
        .collect();
        let attributes: Vec<&str> = attributes.into_iter().collect();
        self.search(ldap, filter, Scope::Subtree, &attributes).await
    }

    /// What an entry says of a person.
    async fn vouched(&self, mut ldap: Ldap, entry: &SearchEntry) -> Result<Vouched, DirectoryError> {
        let config = &self.config;
        let mut groups = values(entry, &config.group_attribute);
        if !config.group_filter.is_empty() {
            let filter = config
                .group_filter
                .replace("{dn}", &ldap_escape(entry.dn.as_str()));
            let found = self.search(&mut ldap, &filter, Scope::Subtree, &["1.1"]).await?;
            groups.extend(found.into_iter().map(|group| group.dn));
        }
        let one = |attribute: &str| {
            values(entry, attribute)
                .into_iter()
                .next()
                .filter(|value| !value.is_empty())
                .ok_or_else(|| DirectoryError::Attribute {
                    entry: entry.dn.clone(),
                    attribute: attribute.to_owned(),
                })
        };
        let vouched = Vouched {
            name: one(&config.name_attribute)?,
            subject: one(&config.subject_attribute)?,
            groups: groups
                .iter()
                .flat_map(|dn| [Some(dn.clone()), first_value(dn)])
                .flatten()
                .collect(),
        };
        let _ = ldap.unbind().await;
        Ok(vouched)
    }

    /// A connection on which people can be looked up.
    async fn connect(&self) -> Result<Ldap, DirectoryError> {
        let settings = self.settings.clone();
        let (connection, mut ldap) = LdapConnAsync::with_settings(settings, &self.config.url)
            .await
            .map_err(|error| self.failed(&error))?;
        // It ends with the last handle.
        tokio::spawn(async move {
            if let Err(error) = connection.drive().await {
                tracing::debug!(%error, "a connection to the directory ended");
            }
        });
        self.bind(&mut ldap).await?;
        Ok(ldap)
    }

    async fn bind(&self, ldap: &mut Ldap) -> Result<(), DirectoryError> {
        let bound = ldap.simple_bind(&self.config.bind_dn, &self.password).await;
        let bound = bound.map_err(|error| self.failed(&error))?;
        if bound.rc == 0 {
            return Ok(());
        }
        Err(DirectoryError::Refused {
            url: self.config.url.clone(),
            entry: match self.config.bind_dn.as_str() {
                "" => "visitors without a name".to_owned(),
                entry => entry.to_owned(),
            },
            reason: bound.to_string(),
        })
    }

    async fn search(
        &self,
        ldap: &mut Ldap,
        filter: &str,
        scope: Scope,
        attributes: &[&str],
    ) -> Result<Vec<SearchEntry>, DirectoryError> {
        // Two are enough to know that a name is not one person's; groups may be many.
        let most = if scope == Scope::Subtree && attributes != ["1.1"] {
            2
        } else {
            0
        };
        let found = ldap
            .with_search_options(SearchOptions::new().sizelimit(most))
            .search(&self.config.base, scope, filter, attributes)
            .await
            .map_err(|error| self.failed(&error))?;
        match found.1.rc {
            0 | SIZE_LIMIT => Ok(found.0.into_iter().map(SearchEntry::construct).collect()),
            _ => Err(self.unreachable(found.1.to_string())),
        }
    }

    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, DirectoryError>>,
    ) -> Result<T, DirectoryError> {
        let seconds = self.config.timeout_seconds;
        tokio::time::timeout(Duration::from_secs(seconds), work)
            .await
            .unwrap_or_else(|_| {
                Err(DirectoryError::Slow {
                    url: self.config.url.clone(),
                    seconds,
                })
            })
    }

    fn failed(&self, error: &LdapError) -> DirectoryError {
        let mut reason = error.to_string();
        if let Some(cause) = std::error::Error::source(error).map(ToString::to_string)
            && !reason.contains(&cause)
        {
            reason = format!("{reason}: {cause}");
        }
        self.unreachable(reason)
    }

    fn unreachable(&self, reason: String) -> DirectoryError {
        DirectoryError::Unreachable {
            url: self.config.url.clone(),
            reason,
        }
    }
}

/// TLS that trusts those who are named in `path` and nobody else.
fn trusting(path: &Path) -> Result<ClientConfig, DirectoryError> {
    let mut roots = RootCertStore::empty();
    let unusable = |reason: &dyn std::fmt::Display| DirectoryError::File {
        key: "ldap.ca",
        path: path.to_owned(),
        reason: reason.to_string(),
    };
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unusable(&error))? {
        let certificate = certificate.map_err(|error| unusable(&error))?;
        roots.add(certificate).map_err(|error| unusable(&error))?;
    }
    if roots.is_empty() {
        return Err(unusable(&"it holds no certificate in PEM form"));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn file(key: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> DirectoryError {
    let path = path.to_owned();
    move |error| DirectoryError::File {
        key,
        path,
        reason: error.to_string(),
    }
}
