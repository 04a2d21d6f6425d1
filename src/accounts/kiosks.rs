//! Kiosks: whoever scans the sign on a machine asks its documents, without an account.

use super::{Accounts, AccountsError, Secret, Visit, named};
use crate::domain::{Action, Administrator, Person, Readable, Role};
use crate::store::{Kiosk, KioskId};

impl Accounts {
    /// Every kiosk, by name.
    pub async fn kiosks(&self, _: &Administrator) -> Result<Vec<Kiosk>, AccountsError> {
        Ok(self.store.kiosks().await?)
    }

    /// Makes a kiosk of the documents below `folder`, which is relative to the documents folder. Whoever has its link may
    /// read these, and no others.
    pub async fn add_kiosk(
        &self,
        by: &Administrator,
        name: &str,
        folder: &str,
    ) -> Result<KioskId, AccountsError> {
        let name = named(name)?;
        let folder = folder.trim().trim_matches('/');
        if folder.is_empty() || folder.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(AccountsError::Folder);
        }
        let key = Secret::random()?;
        let added = self.store.add_kiosk(name, &key.reveal()[..32], folder).await?;
        let id = added.ok_or_else(|| AccountsError::Taken(name.to_owned()))?;
        self.note(by, Action::KioskAdded, name, folder.to_owned()).await;
        Ok(id)
    }

    /// Removes a kiosk: its link leads nowhere from then on.
    pub async fn remove_kiosk(&self, by: &Administrator, id: KioskId) -> Result<(), AccountsError> {
        let kiosks = self.store.kiosks().await?;
        self.store.remove_kiosk(id).await?;
        if let Some(kiosk) = kiosks.into_iter().find(|kiosk| kiosk.id == id) {
            self.note(by, Action::KioskRemoved, &kiosk.name, kiosk.folder)
                .await;
        }
        Ok(())
    }

    /// Whoever came by the link of a kiosk; nothing if it leads nowhere (any more).
    pub async fn at_kiosk(&self, key: &str) -> Result<Option<Visit>, AccountsError> {
        let Some(kiosk) = self.store.kiosk_with(key).await? else {
            return Ok(None);
        };
        let person = Person {
            id: None,
            name: kiosk.name,
            role: Role::Staff,
            readable: Readable::below(&kiosk.folder),
            address: None,
        };
        Ok(Some(Visit {
            staff: person.staff(),
            session: None,
        }))
    }
}
