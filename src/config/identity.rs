//! Who else vouches for people: a directory.

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
        }
    }
}

impl LdapConfig {
    /// Whether there is a directory.
    pub fn is_used(&self) -> bool {
        !self.url.is_empty()
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
