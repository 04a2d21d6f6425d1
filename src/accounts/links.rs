//! Links with which the holder of an account chooses a password: good once, and for seven days.

use std::time::Duration;

use super::{Account, Accounts, AccountsError, Origin, Secret, milliseconds, now_ms};
use crate::domain::{Action, Administrator, PersonId, Role};

/// How long a link is good.
const GOOD_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);

impl Accounts {
    /// Makes an account without a password, and the secret of a link with which its holder chooses one.
    pub async fn invite_person(
        &self,
        by: &Administrator,
        name: &str,
        role: Role,
    ) -> Result<(PersonId, Secret), AccountsError> {
        let id = self.add(name, None, role).await?;
        self.note(by, Action::AccountAdded, name.trim(), role.as_str().to_owned())
            .await;
        Ok((id, self.make_link(by, id).await?))
    }

    /// The secret of a link with which the holder of an account chooses another password, for one who forgot it or has
    /// not got one yet. An earlier link is of no use any more; a password that there is stays until the link is used.
    pub async fn make_link(&self, by: &Administrator, id: PersonId) -> Result<Secret, AccountsError> {
        let account = self.with_own_password(id).await?;
        if account.disabled {
            return Err(AccountsError::Disabled);
        }
        let secret = Secret::random()?;
        let until = now_ms() + milliseconds(GOOD_FOR);
        self.store.set_link(id, &secret.hash(), until).await?;
        self.note(by, Action::LinkMade, &account.name, String::new())
            .await;
        Ok(secret)
    }

    /// Whose link `secret` is.
    ///
    /// # Errors
    ///
    /// [`AccountsError::Link`] if it was used already, or its time is over.
    pub async fn holder_of_link(&self, secret: &str) -> Result<Account, AccountsError> {
        let hash = Secret::given(secret).hash();
        let holder = self.store.holder_of_link(&hash).await?;
        let account = match holder {
            Some(id) => self.store.account(id).await?,
            None => None,
        };
        account
            .filter(|account| !account.disabled)
            .ok_or(AccountsError::Link)
    }

    /// Uses a link up: its holder has this password, is signed out elsewhere and signed in here.
    pub async fn use_link(
        &self,
        secret: &str,
        password: &str,
        from: &Origin,
    ) -> Result<Secret, AccountsError> {
        let account = self.holder_of_link(secret).await?;
        let password = self.passwords.hash(&account.name, password).await?;
        let hash = Secret::given(secret).hash();
        let id = self.store.use_link(&hash, &password).await?;
        let id = id.ok_or(AccountsError::Link)?;
        self.note_entry(Some(&account), "", Action::LinkUsed, from).await;
        self.begin_session(id, from).await
    }
}
