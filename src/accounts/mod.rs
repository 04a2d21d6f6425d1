//! Who comes in: accounts, sign-in and sessions, and what an administrator does with people and groups.
//!
//! Until there is an administrator, whoever works at the machine itself may do everything, and the server listens
//! nowhere else. A one-time link that the console prints makes the first one. From then on everybody signs in.
//! [`Accounts::identify`] is the only way to a [`Staff`] value over the network.

mod audit;
mod groups;
mod keys;
mod kiosks;
mod ldap;
mod links;
mod oidc;
mod password;
mod people;
mod recheck;
mod secret;
mod sign_in;
mod throttle;

#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::config::AccountsConfig;
use crate::domain::{Action, Person, PersonId, Role, Staff};
use crate::store::{NewAccount, Store, StoreError};

use password::Passwords;
use sign_in::in_any_case;
use throttle::Throttle;

/// What the store calls these things is what they are called here.
pub use crate::store::{
    Account, ApiKey, AuditEntry, AuditQuery, Group, GroupId, KeyId, Kiosk, KioskId, Session, SessionId,
    Vouching,
};
pub use keys::{KeyScope, KeyVisit, LONGEST_DAYS, NewKey};
pub use ldap::{Directory, DirectoryError};
pub use oidc::{Arrival, Departure, Provider, ProviderError};
pub use people::PersonDetails;
pub use secret::Secret;

/// A session is noted as used no more often than this, so that reading a page does not write.
const TOUCH_EVERY: Duration = Duration::from_secs(60);

/// The longest name of an account or a group, in characters.
const LONGEST_NAME: usize = 100;

/// Why somebody does not come in, or an account is not changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// Name and password do not belong together, or the account may not come in; which of them is not said.
    #[error("the name or the password is wrong")]
    Wrong,
    /// Too many attempts.
    #[error("too many attempts: try again in {} s", .0.as_secs().max(1))]
    Throttled(Duration),
    /// More attempts than can be looked at soon.
    #[error("more people are signing in at this moment than can be let in: try again in a moment")]
    Busy,
    /// The set-up link was used already, or is that of an earlier start.
    #[error("this set-up link is not valid: use the one that the server printed when it was started last")]
    SetUpLink,
    /// A password that would be guessed.
    #[error(
        "the password needs at least {} characters, at most {}, and must not be the name",
        password::SHORTEST,
        password::LONGEST
    )]
    Password,
    /// A name that cannot be one.
    #[error("a name needs 1 to {LONGEST_NAME} characters, none of them a control character")]
    Name,
    /// A name that another account or group has.
    #[error("the name {0} is taken")]
    Taken(String),
    /// A folder that cannot be one.
    #[error("name a folder below the documents folder, such as machines/press-4")]
    Folder,
    /// No such account or group.
    #[error("there is no such account or group")]
    NotFound,
    /// Nobody could run the house any more.
    #[error("this is the last administrator who can sign in: make another one first")]
    LastAdministrator,
    /// Another vouches for this account and knows its password.
    #[error("the password of this account is kept elsewhere and cannot be set here")]
    NotLocal,
    /// The group of everybody has everybody in it.
    #[error(
        "everybody who signs in belongs to this group, and it cannot be removed: change what it may read"
    )]
    Everyone,
    /// A link that is of no use.
    #[error("this link was used already, or its seven days are over: ask an administrator for another one")]
    Link,
    /// A link for an account that may not come in.
    #[error("this account is kept out: let it in first")]
    Disabled,
    /// A key that nobody could use.
    #[error(
        "a key needs at least one thing it may be used for that its holder may do, and 1 to {LONGEST_DAYS} days"
    )]
    Key,
    /// Another vouches for somebody whose name is that of an account already.
    #[error(
        "there is an account {0} already that belongs to somebody else: an administrator can rename or remove it"
    )]
    Occupied(String),
    /// Another vouches for somebody who may not come in here.
    #[error("this account is kept out: an administrator can let it in")]
    KeptOut,
    /// The provider.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The system gives no random numbers, or a password could not be hashed.
    #[error("secrets cannot be made: {0}")]
    Secret(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where a request comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The address.
    pub address: IpAddr,
    /// What the browser calls itself.
    pub agent: String,
}

/// Somebody who was let in, and the session that proves it.
#[derive(Debug, Clone)]
pub struct Visit {
    /// What this person may do.
    pub staff: Staff,
    /// The session; nothing for whoever works at the machine itself before there are accounts.
    pub session: Option<SessionId>,
}

/// The accounts. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    store: Store,
    limits: Limits,
    passwords: Passwords,
    throttle: Throttle,
    /// Vouches for people of its own.
    directory: Option<Directory>,
    /// Vouches for people of its own, on a page of its own.
    provider: Option<Provider>,
    /// The secret of the set-up link, as long as it is of use.
    set_up: Arc<Mutex<Option<Secret>>>,
}

impl Accounts {
    /// The accounts in `store`.
    pub fn new(store: Store, config: &AccountsConfig) -> Result<Self, AccountsError> {
        Ok(Self {
            store,
            limits: Limits::of(config),
            passwords: Passwords::new()?,
            throttle: Throttle::default(),
            directory: None,
            provider: None,
            set_up: Arc::default(),
        })
    }

    /// Whether nobody can sign in yet, so that whoever works at the machine itself may do everything.
    pub async fn is_new(&self) -> Result<bool, AccountsError> {
        Ok(!self.store.has_administrator().await?)
    }

    /// A secret with which [`Accounts::set_up`] makes the first administrator, once; an earlier one is of no use any
    /// more.
    pub fn invite_first(&self) -> Result<Secret, AccountsError> {
        let secret = Secret::random()?;
        *self.set_up.lock().unwrap_or_else(PoisonError::into_inner) = Some(secret.clone());
        Ok(secret)
    }

    /// Whether `secret` is the one of the set-up link, and nobody has used it.
    pub async fn may_set_up(&self, secret: &str) -> Result<bool, AccountsError> {
        let offered = Secret::given(secret);
        let expected = self.set_up.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let matches = expected.is_some_and(|expected| expected.hash() == offered.hash());
        Ok(matches && self.is_new().await?)
    }

    /// Makes the first administrator and signs in. `shared` lets everybody who signs in read every collection.
    pub async fn set_up(
        &self,
        secret: &str,
        name: &str,
        password: &str,
        shared: bool,
        from: &Origin,
    ) -> Result<Secret, AccountsError> {
        if !self.may_set_up(secret).await? {
            return Err(AccountsError::SetUpLink);
        }
        let id = self.add(name, Some(password), Role::Administrator).await?;
        *self.set_up.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if shared {
            self.store.set_grant(GroupId::EVERYONE, None, true).await?;
        }
        let account = self.store.account(id).await?;
        self.note_entry(account.as_ref(), name, Action::SetUp, from).await;
        self.begin_session(id, from).await
    }

    /// Who holds `secret`; nothing if it opens nothing (any more).
    pub async fn identify(&self, secret: &str) -> Result<Option<Visit>, AccountsError> {
        let hash = Secret::given(secret).hash();
        let Some(session) = self.store.session(&hash).await? else {
            return Ok(None);
        };
        let now = now_ms();
        if !self.limits.alive(&session, now) {
            self.store.end_session(session.person, session.id).await?;
            return Ok(None);
        }
        let Some(person) = self.store.person(session.person).await? else {
            return Ok(None);
        };
        if now - session.seen_ms > milliseconds(TOUCH_EVERY) {
            self.store.touch_session(session.id).await?;
        }
        Ok(Some(Visit {
            staff: person.staff(),
            session: Some(session.id),
        }))
    }

    /// Whoever works at the machine itself, as long as there are no accounts.
    pub async fn at_the_machine(&self) -> Result<Option<Visit>, AccountsError> {
        Ok(self.is_new().await?.then(|| Visit {
            staff: Person::at_the_machine().staff(),
            session: None,
        }))
    }

    /// Somebody who did not sign in: asks and reads what the group of everybody may, and has nothing of their own.
    pub async fn visitor(&self) -> Result<Visit, AccountsError> {
        let readable = self.store.readable_by_everyone().await?;
        Ok(Visit {
            staff: Person::visitor(readable).staff(),
            session: None,
        })
    }

    /// Ends the session in which somebody is.
    pub async fn sign_out(&self, visit: &Visit) -> Result<(), AccountsError> {
        if let (Some(person), Some(session)) = (visit.staff.id, visit.session) {
            self.store.end_session(person, session).await?;
            self.note(&visit.staff, Action::SignedOut, "", String::new())
                .await;
        }
        Ok(())
    }

    /// The sessions of this person, the one used last first.
    pub async fn sessions(&self, staff: &Staff) -> Result<Vec<Session>, AccountsError> {
        match staff.id {
            Some(id) => Ok(self.store.sessions_of(id).await?),
            None => Ok(Vec::new()),
        }
    }

    /// Ends one of this person's sessions; does nothing if it is not theirs, or has ended.
    pub async fn end_session(&self, staff: &Staff, session: SessionId) -> Result<(), AccountsError> {
        if let Some(id) = staff.id
            && self.store.end_session(id, session).await?
        {
            self.note(staff, Action::SessionsEnded, &staff.name, String::new())
                .await;
        }
        Ok(())
    }

    /// Changes this person's own password, and ends all sessions but the one in which it is done.
    pub async fn change_password(
        &self,
        visit: &Visit,
        old: &str,
        new: &str,
        from: &Origin,
    ) -> Result<(), AccountsError> {
        let account = match visit.staff.id {
            Some(id) => self.store.account(id).await?,
            None => None,
        };
        let account = account.ok_or(AccountsError::NotFound)?;
        if account.password.is_none() {
            return Err(AccountsError::NotLocal);
        }
        let attempt = self.throttle.attempt(&account.name, from.address).await?;
        let (accounts, old, known) = (self.clone(), old.to_owned(), account.clone());
        let verified = in_any_case(
            attempt,
            async move { accounts.known_here(Some(known), &old).await },
        );
        verified.await?.ok_or(AccountsError::Wrong)?;
        let hash = self.passwords.hash(&account.name, new).await?;
        self.store.set_password(account.id, &hash).await?;
        self.store.end_sessions(account.id, visit.session).await?;
        self.note_entry(Some(&account), "", Action::PasswordChanged, from)
            .await;
        Ok(())
    }

    /// Forgets sessions that have ended by themselves, and keys that ended long ago.
    pub async fn tidy(&self) -> Result<(), AccountsError> {
        self.tidy_keys().await?;
        let now = now_ms();
        let (idle, whole) = (milliseconds(self.limits.idle), milliseconds(self.limits.whole));
        Ok(self.store.purge_sessions(now - idle, now - whole).await?)
    }

    async fn add(&self, name: &str, password: Option<&str>, role: Role) -> Result<PersonId, AccountsError> {
        let name = named(name)?;
        let hash = match password {
            Some(password) => Some(self.passwords.hash(name, password).await?),
            None => None,
        };
        let new = NewAccount {
            name,
            role,
            password: hash.as_deref(),
            source: Vouching::Local,
            subject: None,
        };
        let added = self.store.add_account(&new).await?;
        added.ok_or_else(|| AccountsError::Taken(name.to_owned()))
    }

    async fn begin_session(&self, person: PersonId, from: &Origin) -> Result<Secret, AccountsError> {
        let secret = Secret::random()?;
        let agent: String = from.agent.chars().take(300).collect();
        self.store
            .add_session(&secret.hash(), person, &from.address.to_string(), &agent)
            .await?;
        Ok(secret)
    }
}

/// How long a session lasts.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Without being used.
    idle: Duration,
    /// In any case.
    whole: Duration,
}

impl Limits {
    fn of(config: &AccountsConfig) -> Self {
        let hours = |hours: u64| Duration::from_secs(hours.saturating_mul(3_600));
        Self {
            idle: hours(config.idle_hours),
            whole: hours(config.session_hours),
        }
    }

    fn alive(&self, session: &Session, now_ms: i64) -> bool {
        now_ms - session.seen_ms < milliseconds(self.idle)
            && now_ms - session.created_ms < milliseconds(self.whole)
    }
}

/// A name as it is kept.
fn named(name: &str) -> Result<&str, AccountsError> {
    let name = name.trim();
    let length = name.chars().count();
    if (1..=LONGEST_NAME).contains(&length) && !name.chars().any(char::is_control) {
        Ok(name)
    } else {
        Err(AccountsError::Name)
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}

fn now_ms() -> i64 {
    milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}
