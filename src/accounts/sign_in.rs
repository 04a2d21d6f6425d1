//! Sign-in: an account that is kept here, one for which the directory vouches, one for which the provider does.

use super::ldap::Directory;
use super::oidc::{Arrival, Departure, Provider, ProviderError};
use super::throttle::{Attempt, Outcome};
use super::{Account, Accounts, AccountsError, Origin, Secret, Vouching, named};
use crate::domain::{Action, NewEntry, PersonId, Role};
use crate::store::NewAccount;

/// Somebody for whom another vouches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Vouched {
    /// Names the account.
    pub(super) name: String,
    /// Never changes.
    pub(super) subject: String,
    /// The groups outside, by every name that they have.
    pub(super) groups: Vec<String>,
}

/// The length of a secret that a browser keeps.
const SECRET: usize = 64;

impl Accounts {
    /// The same accounts, and those of a directory.
    #[must_use]
    pub fn with_directory(mut self, directory: Option<Directory>) -> Self {
        self.directory = directory;
        self
    }

    /// The same accounts, and those of a provider.
    #[must_use]
    pub fn with_provider(mut self, provider: Option<Provider>) -> Self {
        self.provider = provider;
        self
    }

    /// What people call the provider, where there is one.
    pub fn provider(&self) -> Option<&str> {
        self.provider.as_ref().map(Provider::label)
    }

    /// Begins a sign-in at the provider, which sends browsers back to `redirect`; from there they go on to `back`. `kept` is
    /// what the browser still keeps of another sign-in.
    pub async fn depart(
        &self,
        redirect: &str,
        back: &str,
        kept: Option<&str>,
    ) -> Result<Departure, AccountsError> {
        let provider = self.provider.as_ref().ok_or(AccountsError::NotFound)?;
        let browser = match kept.filter(|kept| kept.len() == SECRET) {
            Some(kept) => Secret::given(kept),
            None => Secret::random()?,
        };
        Ok(provider.depart(redirect, back, browser).await?)
    }

    /// Ends a sign-in at the provider: the secret that the browser keeps, and where it was going.
    pub async fn arrive(
        &self,
        arrival: Arrival,
        kept: &str,
        from: &Origin,
    ) -> Result<(Secret, String), AccountsError> {
        let provider = self.provider.as_ref().ok_or(AccountsError::NotFound)?;
        let arrived = provider.arrive(arrival, &Secret::given(kept)).await;
        if let Err(error @ ProviderError::Refused(_)) = &arrived {
            tracing::warn!(%error, address = %from.address, "a sign-in at the provider failed");
        }
        let (vouched, back) = match arrived {
            // It belongs to no sign-in that was begun here.
            Err(error @ ProviderError::Stale) => return Err(error.into()),
            Err(error) => return Err(self.refused("", error.into(), from).await),
            Ok(arrived) => arrived,
        };
        let welcome = self.welcome(Vouching::Oidc, &vouched).await;
        let person = match welcome.and_then(|person| person.ok_or(AccountsError::KeptOut)) {
            Err(error) => return Err(self.refused(&vouched.name, error, from).await),
            Ok(person) => person,
        };
        let account = self.store.account(person).await?;
        self.note_entry(account.as_ref(), &vouched.name, Action::SignedIn, from)
            .await;
        Ok((self.begin_session(person, from).await?, back))
    }

    /// Signs in with name and password. The secret is what the browser keeps.
    ///
    /// An account that is kept here is never taken over by somebody of the same name in the directory, and its password
    /// is never shown to the directory; so those accounts work when the directory does not.
    pub async fn sign_in(&self, name: &str, password: &str, from: &Origin) -> Result<Secret, AccountsError> {
        let name = name.trim();
        let attempt = self.throttle.attempt(name, from.address).await?;
        let (accounts, typed, password) = (self.clone(), name.to_owned(), password.to_owned());
        let known = async move { accounts.known(&typed, &password).await };
        let person = match in_any_case(attempt, known).await {
            Err(error @ (AccountsError::Store(_) | AccountsError::Secret(_) | AccountsError::Busy)) => {
                return Err(error);
            }
            Err(error) => return Err(self.refused(name, error, from).await),
            Ok(person) => person,
        };
        match person {
            Some(person) => {
                let account = self.store.account(person).await?;
                self.note_entry(account.as_ref(), name, Action::SignedIn, from)
                    .await;
                self.begin_session(person, from).await
            }
            None => {
                self.note_entry(None, name, Action::SignInFailed, from).await;
                tracing::warn!(name, address = %from.address, "a sign-in failed");
                Err(AccountsError::Wrong)
            }
        }
    }

    /// Notes why somebody for whom another should vouch did not come in, and gives the reason back.
    async fn refused(&self, name: &str, error: AccountsError, from: &Origin) -> AccountsError {
        let entry = NewEntry {
            subject: error.to_string(),
            ..super::audit::entry(None, name, Action::SignInFailed, from)
        };
        self.store.record_or_log(&entry).await;
        error
    }

    /// Whose name and password these are.
    async fn known(&self, name: &str, password: &str) -> Result<Option<PersonId>, AccountsError> {
        let account = self.store.account_named(name).await?;
        let local = account.filter(|account| account.source == Vouching::Local);
        match (&self.directory, local) {
            (Some(directory), None) => self.vouched_for(directory, name, password).await,
            (_, local) => self.known_here(local, password).await,
        }
    }

    /// Whose password it is, of an account that is kept here.
    pub(super) async fn known_here(
        &self,
        account: Option<Account>,
        password: &str,
    ) -> Result<Option<PersonId>, AccountsError> {
        let known = account.as_ref().and_then(|account| account.password.as_deref());
        // As long with a name that nobody has as with one that somebody has.
        let right = self.passwords.verify(password, known).await?;
        let account = account.filter(|account| right && !account.disabled);
        Ok(account.map(|account| account.id))
    }

    async fn vouched_for(
        &self,
        directory: &Directory,
        name: &str,
        password: &str,
    ) -> Result<Option<PersonId>, AccountsError> {
        match directory.vouch(name, password).await? {
            Some(vouched) => self.welcome(Vouching::Ldap, &vouched).await,
            None => Ok(None),
        }
    }

    /// The account of somebody for whom another vouches, made at the first time, with the groups of today; nothing if it
    /// is kept out.
    pub(super) async fn welcome(
        &self,
        source: Vouching,
        vouched: &Vouched,
    ) -> Result<Option<PersonId>, AccountsError> {
        let name = named(&vouched.name)?;
        let known = self.store.account_of_subject(source, &vouched.subject).await?;
        let id = match known {
            Some(account) if account.disabled => return Ok(None),
            Some(account) => {
                if account.name != name && !self.store.rename_account(account.id, name).await? {
                    tracing::warn!(
                        from = account.name,
                        to = name,
                        "an account keeps its name, for the new one is taken"
                    );
                }
                account.id
            }
            None => {
                let new = NewAccount {
                    name,
                    role: Role::Staff,
                    password: None,
                    source,
                    subject: Some(&vouched.subject),
                };
                let added = self.store.add_account(&new).await?;
                added.ok_or_else(|| AccountsError::Occupied(name.to_owned()))?
            }
        };
        self.store.set_external_groups(id, &vouched.groups).await?;
        Ok(Some(id))
    }
}

/// Makes an attempt to its end, whether or not somebody still waits for it: it counts as what it was.
pub(super) async fn in_any_case(
    attempt: Attempt,
    made: impl Future<Output = Result<Option<PersonId>, AccountsError>> + Send + 'static,
) -> Result<Option<PersonId>, AccountsError> {
    let made = tokio::spawn(async move {
        let result = made.await;
        attempt.ended(match &result {
            Ok(Some(_)) => Outcome::Right,
            Ok(None) => Outcome::Wrong,
            // It is somebody else's fault.
            Err(_) => Outcome::Unknown,
        });
        result
    });
    made.await
        .map_err(|error| AccountsError::Secret(error.to_string()))?
}
