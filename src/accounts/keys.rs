//! API keys: they let a program in, with what its holder may do cut down to what the key is for.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Accounts, AccountsError, Secret, TOUCH_EVERY, Visit, milliseconds, named, now_ms};
use crate::domain::{Action, Administrator, PersonId, Role, Staff};
use crate::store::{ApiKey, KeyId};

/// A key lasts no longer than this, in days.
pub const LONGEST_DAYS: u32 = 366;
/// How long a key that has ended is still listed.
const LISTED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyScope {
    /// Questions and answers.
    Ask,
    /// Search.
    Search,
    /// The list of documents and their text.
    Library,
    /// The list of documents, and what an administrator does with them: uploads, passwords, another try; of use only where
    /// the holder is one. It spares an uploading program a key with which accounts can be made.
    Upload,
    /// What an inspector does with answers; of use only where the holder is one.
    Review,
    /// What an administrator does; of use only where the holder is one.
    Administration,
}

impl KeyScope {
    /// Every scope.
    pub const ALL: [Self; 6] = [
        Self::Ask,
        Self::Search,
        Self::Library,
        Self::Upload,
        Self::Review,
        Self::Administration,
    ];

    /// What its holder must at least be for it to be of use.
    pub fn role(self) -> Role {
        match self {
            Self::Ask | Self::Search | Self::Library => Role::Staff,
            Self::Review => Role::Inspector,
            Self::Upload | Self::Administration => Role::Administrator,
        }
    }

    /// The name in the store and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Search => "search",
            Self::Library => "library",
            Self::Upload => "upload",
            Self::Review => "review",
            Self::Administration => "administration",
        }
    }

    /// The inverse of [`KeyScope::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

/// What somebody wants of a new key.
#[derive(Debug, Clone)]
pub struct NewKey<'new> {
    /// What it is for.
    pub name: &'new str,
    /// What it may be used for; at least one thing.
    pub scopes: BTreeSet<KeyScope>,
    /// For how many days it is good, up to [`LONGEST_DAYS`].
    pub days: u32,
}

/// A program that was let in.
#[derive(Debug, Clone)]
pub struct KeyVisit {
    /// What its holder may do; no more than its scopes are about.
    pub visit: Visit,
    /// What the key may be used for.
    pub scopes: BTreeSet<KeyScope>,
}

impl Accounts {
    /// The keys of this person, the newest first.
    pub async fn keys(&self, staff: &Staff) -> Result<Vec<ApiKey>, AccountsError> {
        match staff.id {
            Some(id) => Ok(self.store.keys_of(id).await?),
            None => Ok(Vec::new()),
        }
    }

    /// Makes a key for this person. The secret is shown once.
    pub async fn make_key(&self, staff: &Staff, new: &NewKey<'_>) -> Result<Secret, AccountsError> {
        let id = staff.id.ok_or(AccountsError::NotFound)?;
        if new.scopes.iter().any(|scope| staff.role < scope.role()) {
            return Err(AccountsError::Key);
        }
        self.add_key(staff, id, new).await
    }

    /// Revokes a key of this person: it lets nobody in from now on.
    pub async fn revoke_key(&self, staff: &Staff, id: KeyId) -> Result<(), AccountsError> {
        let person = staff.id.ok_or(AccountsError::NotFound)?;
        self.remove_key(staff, person, id).await
    }

    /// The keys of an account, the newest first.
    pub async fn keys_of(&self, _: &Administrator, person: PersonId) -> Result<Vec<ApiKey>, AccountsError> {
        Ok(self.store.keys_of(person).await?)
    }

    /// Makes a key for the account of a program. Other accounts make their own. The secret is shown once.
    pub async fn make_service_key(
        &self,
        by: &Administrator,
        person: PersonId,
        new: &NewKey<'_>,
    ) -> Result<Secret, AccountsError> {
        if !self.store.services().await?.contains(&person) {
            return Err(AccountsError::NotFound);
        }
        self.add_key(by, person, new).await
    }

    /// Revokes a key of any account.
    pub async fn revoke_key_of(
        &self,
        by: &Administrator,
        person: PersonId,
        id: KeyId,
    ) -> Result<(), AccountsError> {
        self.remove_key(by, person, id).await
    }

    /// The program that holds `secret`; nothing if it opens nothing (any more).
    pub async fn identify_key(&self, secret: &str) -> Result<Option<KeyVisit>, AccountsError> {
        let Some(key) = self.store.key(&Secret::given(secret).hash()).await? else {
            return Ok(None);
        };
        let now = now_ms();
        if key.expires_ms <= now {
            return Ok(None);
        }
        let Some(mut person) = self.store.person(key.person).await? else {
            return Ok(None);
        };
        if now - key.seen_ms.unwrap_or(0) > milliseconds(TOUCH_EVERY) {
            self.store.touch_key(key.id).await?;
        }
        let scopes: BTreeSet<KeyScope> = key.scopes.split(' ').filter_map(KeyScope::parse).collect();
        let about = scopes.iter().map(|scope| scope.role()).max();
        person.role = person.role.min(about.unwrap_or(Role::Staff));
        // The audit log tells a program from its holder.
        person.name = format!("{} (key {})", person.name, key.name);
        Ok(Some(KeyVisit {
            visit: Visit {
                staff: person.staff(),
                session: None,
            },
            scopes,
        }))
    }

    /// Forgets keys that ended long ago.
    pub(super) async fn tidy_keys(&self) -> Result<(), AccountsError> {
        Ok(self.store.purge_keys(now_ms() - milliseconds(LISTED)).await?)
    }

    async fn add_key(&self, by: &Staff, person: PersonId, new: &NewKey<'_>) -> Result<Secret, AccountsError> {
        let name = named(new.name)?;
        if new.scopes.is_empty() || !(1..=LONGEST_DAYS).contains(&new.days) {
            return Err(AccountsError::Key);
        }
        let account = self.store.account(person).await?.ok_or(AccountsError::NotFound)?;
        let secret = Secret::key()?;
        let names: Vec<&str> = new.scopes.iter().map(|scope| scope.as_str()).collect();
        let names = names.join(" ");
        let lasts = Duration::from_secs(u64::from(new.days) * 24 * 60 * 60);
        self.store
            .add_key(
                &secret.hash(),
                person,
                name,
                &names,
                now_ms() + milliseconds(lasts),
            )
            .await?;
        self.note(by, Action::KeyMade, &account.name, format!("{name}: {names}"))
            .await;
        Ok(secret)
    }

    async fn remove_key(&self, by: &Staff, person: PersonId, id: KeyId) -> Result<(), AccountsError> {
        let account = self.store.account(person).await?.ok_or(AccountsError::NotFound)?;
        let name = self.store.remove_key(person, id).await?;
        let name = name.ok_or(AccountsError::NotFound)?;
        self.note(by, Action::KeyRevoked, &account.name, name).await;
        Ok(())
    }
}
