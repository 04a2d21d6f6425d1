//! Those of the directory who are in, looked up again: whoever is gone or closed there is signed out, groups follow.

use super::{Accounts, AccountsError};
use crate::domain::{Action, NewEntry, Person};
use crate::store::Vouching;

impl Accounts {
    /// Asks the directory about everybody of it who has a session or a key. What they may read follows their groups at
    /// once; of those whom it lets in no more, sessions and keys end. As long as it cannot be asked nothing changes.
    ///
    /// # Errors
    ///
    /// [`AccountsError::Directory`] if it cannot be asked, then the others are not looked up.
    pub async fn look_again(&self) -> Result<(), AccountsError> {
        let Some(directory) = &self.directory else {
            return Ok(());
        };
        for (id, name, subject) in self.store.present(Vouching::Ldap).await? {
            let still = match directory.look_again(&name, &subject).await? {
                Some(vouched) => self.welcome(Vouching::Ldap, &vouched).await?.is_some(),
                None => false,
            };
            if still {
                continue;
            }
            self.store.end_sessions(id, None).await?;
            self.store.remove_keys(id).await?;
            tracing::info!(
                name,
                "is signed out, for the directory lets this person in no more"
            );
            let house = Person::at_the_machine().staff();
            let entry = NewEntry::of(&house, Action::SessionsEnded, name).with("closed in the directory");
            self.store.record_or_log(&entry).await;
        }
        Ok(())
    }
}
