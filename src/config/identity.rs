//! Who else vouches for people: a directory, a provider.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A directory (OpenLDAP, Active Directory) whose people may sign in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LdapConfig {
    /// `ldaps://HOST` or `ldap://HOST`. Empty: no directory.
    pub url: String,
    /// Whether a connection to `ldap://` is encrypted by StartTLS before anything is said.
    pub start_tls: bool,
    /// PEM file of the authority that signed the directory's certificate. Empty: those that this system trusts.
    pub ca: PathBuf,
    /// The entry as which Gemba looks people up. Empty: without a name.
    pub bind_dn: String,
    /// Its password.
    pub bind_password: String,
    /// A file that holds it instead.
    pub bind_password_file: PathBuf,
    /// The entry below which people and groups are.
    pub base: String,
    /// Finds a person; `{name}` stands for what was typed.
    pub user_filter: String,
    /// The attribute that names the account.
    pub name_attribute: String,
    /// The attribute that stays when everything else of an entry changes.
    pub subject_attribute: String,
    /// The attribute of a person that lists groups. Empty: none.
    pub group_attribute: String,
    /// Finds the groups of a person; `{dn}` stands for the person's entry. Empty: they are not looked for.
    pub group_filter: String,
    /// Seconds that the directory may take for a sign-in.
    pub timeout_seconds: u64,
    /// Seconds after which the directory is asked again about those who are in. 0: never; nor without `bind_dn`.
    pub recheck_seconds: u64,
}

impl Default for LdapConfig {
    fn default() -> Self {
        Self {
            url: String::new(),
            start_tls: false,
            ca: PathBuf::new(),
            bind_dn: String::new(),
            bind_password: String::new(),
            bind_password_file: PathBuf::new(),
            base: String::new(),
            user_filter: "(uid={name})".to_owned(),
            name_attribute: "uid".to_owned(),
            subject_attribute: "entryUUID".to_owned(),
            group_attribute: "memberOf".to_owned(),
            group_filter: String::new(),
            timeout_seconds: 5,
            recheck_seconds: 600,
        }
    }
}

impl LdapConfig {
    /// Whether there is a directory.
    pub fn is_used(&self) -> bool {
        !self.url.is_empty()
    }

    /// Whether those who are in can be looked up again: as an entry of its own, not as whoever signs in.
    pub fn can_look_again(&self) -> bool {
        self.is_used() && !self.bind_dn.is_empty() && self.recheck_seconds > 0
    }

    /// The first key that cannot be used, and why.
    pub(super) fn fault(&self) -> Option<(&'static str, &'static str)> {
        if !self.is_used() {
            return None;
        }
        let secure = self.url.starts_with("ldaps://");
        if !secure && !self.url.starts_with("ldap://") {
            return Some(("ldap.url", "it must begin with ldap:// or ldaps://"));
        }
        if secure && self.start_tls {
            return Some((
                "ldap.start_tls",
                "ldaps:// is encrypted already: take one of both away",
            ));
        }
        if !self.user_filter.contains("{name}") {
            return Some((
                "ldap.user_filter",
                "it must contain {name}, as in (uid={name}), or everybody would be anybody",
            ));
        }
        if !self.group_filter.is_empty() && !self.group_filter.contains("{dn}") {
            return Some((
                "ldap.group_filter",
                "it must contain {dn}, as in (|(member={dn})(uniqueMember={dn}))",
            ));
        }
        if self.base.is_empty() {
            return Some((
                "ldap.base",
                "it must name the entry below which people are, as in dc=example,dc=com",
            ));
        }
        if self.name_attribute.is_empty() || self.subject_attribute.is_empty() {
            return Some(("ldap", "name_attribute and subject_attribute must not be empty"));
        }
        if !self.bind_password.is_empty() && !self.bind_password_file.as_os_str().is_empty() {
            return Some((
                "ldap.bind_password_file",
                "bind_password is set too: take one of both away",
            ));
        }
        if !self.bind_dn.is_empty()
            && self.bind_password.is_empty()
            && self.bind_password_file.as_os_str().is_empty()
        {
            return Some(("ldap.bind_dn", "it needs bind_password or bind_password_file"));
        }
        if self.timeout_seconds == 0 {
            return Some(("ldap.timeout_seconds", "it must be at least 1"));
        }
        None
    }
}

/// A provider over OpenID Connect whose people may sign in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// Its address, as it writes it itself. Empty: no provider.
    pub issuer: String,
    /// What Gemba is called there.
    pub client_id: String,
    /// The secret with which Gemba shows that it is Gemba.
    pub client_secret: String,
    /// A file that holds it instead.
    pub client_secret_file: PathBuf,
    /// What is asked for, beside `openid`.
    pub scopes: String,
    /// The claim that names the account.
    pub name_claim: String,
    /// The claim that lists groups. Empty: none.
    pub groups_claim: String,
    /// What people call the provider. Empty: the company account, in their language.
    pub label: String,
    /// PEM file of the authority that signed the provider's certificate. Empty: those that this system trusts.
    pub ca: PathBuf,
    /// Seconds that each answer of the provider may take.
    pub timeout_seconds: u64,
}

impl Default for OidcConfig {
    fn default() -> Self {
        Self {
            issuer: String::new(),
            client_id: String::new(),
            client_secret: String::new(),
            client_secret_file: PathBuf::new(),
            scopes: "profile".to_owned(),
            name_claim: "preferred_username".to_owned(),
            groups_claim: "groups".to_owned(),
            label: String::new(),
            ca: PathBuf::new(),
            timeout_seconds: 10,
        }
    }
}

impl OidcConfig {
    /// Whether there is a provider.
    pub fn is_used(&self) -> bool {
        !self.issuer.is_empty()
    }

    /// The first key that cannot be used, and why.
    pub(super) fn fault(&self) -> Option<(&'static str, &'static str)> {
        if !self.is_used() {
            return None;
        }
        if !self.issuer.starts_with("https://") {
            return Some((
                "oidc.issuer",
                "it must begin with https://, or anybody could be the provider",
            ));
        }
        if self.client_id.is_empty() {
            return Some(("oidc.client_id", "it must be what the provider calls Gemba"));
        }
        if !self.client_secret.is_empty() && !self.client_secret_file.as_os_str().is_empty() {
            return Some((
                "oidc.client_secret_file",
                "client_secret is set too: take one of both away",
            ));
        }
        if self.name_claim.is_empty() {
            return Some((
                "oidc.name_claim",
                "it must name the claim that names accounts, as in preferred_username",
            ));
        }
        if self.timeout_seconds == 0 {
            return Some(("oidc.timeout_seconds", "it must be at least 1"));
        }
        None
    }
}
