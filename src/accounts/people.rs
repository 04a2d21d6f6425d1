//! What an administrator does with people: make accounts, change what they may do, end what they have open.

use serde::Serialize;

use super::{Account, Accounts, AccountsError, Secret};
use crate::domain::{Action, Administrator, Collection, PersonId, Role};
use crate::store::Vouching;

/// An account with what its groups make of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonDetails {
    /// The account.
    #[serde(flatten)]
    pub account: Account,
    /// The role in force: its own, or a higher one of a group. The account's own where it may not come in.
    pub effective: Role,
    /// The collections that may be read; nothing where all of them may.
    pub readable: Option<Vec<Collection>>,
    /// Whether it is the account of a program, with which nobody signs in.
    pub service: bool,
    /// Until when a link is good with which its holder chooses a password, milliseconds since 1970.
    pub link_until_ms: Option<i64>,
}

impl Accounts {
    /// Every account, by name.
    pub async fn people(&self, _: &Administrator) -> Result<Vec<PersonDetails>, AccountsError> {
        let (services, links) = (self.store.services().await?, self.store.links().await?);
        let mut people = Vec::new();
        for (account, person) in self.store.everybody().await? {
            people.push(PersonDetails {
                effective: person.as_ref().map_or(account.role, |person| person.role),
                readable: match person {
                    Some(person) => person.readable.limits().map(Vec::from_iter),
                    None => Some(Vec::new()),
                },
                service: services.contains(&account.id),
                link_until_ms: links.get(&account.id).copied(),
                account,
            });
        }
        Ok(people)
    }

    /// Makes an account with a password that is to be told to its holder.
    pub async fn add_person(
        &self,
        by: &Administrator,
        name: &str,
        password: &str,
        role: Role,
    ) -> Result<PersonId, AccountsError> {
        let id = self.add(name, Some(password), role).await?;
        self.note(by, Action::AccountAdded, name.trim(), role.as_str().to_owned())
            .await;
        Ok(id)
    }

    /// Makes an account for a program. Nobody can sign in with it; API keys let the program in.
    pub async fn add_service(
        &self,
        by: &Administrator,
        name: &str,
        role: Role,
    ) -> Result<PersonId, AccountsError> {
        let id = self.add(name, None, role).await?;
        self.store.mark_service(id).await?;
        let detail = format!("{}, service", role.as_str());
        self.note(by, Action::AccountAdded, name.trim(), detail).await;
        Ok(id)
    }

    /// Gives an account another role, and lets it in or keeps it out; one that is kept out has no sessions.
    pub async fn set_standing(
        &self,
        by: &Administrator,
        id: PersonId,
        role: Role,
        disabled: bool,
    ) -> Result<(), AccountsError> {
        let account = self.store.account(id).await?.ok_or(AccountsError::NotFound)?;
        if !self.store.set_standing(id, role, disabled).await? {
            return Err(AccountsError::LastAdministrator);
        }
        if disabled {
            self.store.end_sessions(id, None).await?;
            self.store.forget_link(id).await?;
        }
        let out = if disabled { ", kept out" } else { "" };
        let detail = format!("{}{out}", role.as_str());
        self.note(by, Action::AccountChanged, &account.name, detail).await;
        Ok(())
    }

    /// Sets the password of an account whose holder forgot it, and ends its sessions.
    pub async fn reset_password(
        &self,
        by: &Administrator,
        id: PersonId,
        password: &str,
    ) -> Result<(), AccountsError> {
        let account = self.with_own_password(id).await?;
        let hash = self.passwords.hash(&account.name, password).await?;
        self.store.set_password(id, &hash).await?;
        self.store.end_sessions(id, None).await?;
        self.store.forget_link(id).await?;
        self.note(by, Action::PasswordReset, &account.name, String::new())
            .await;
        Ok(())
    }

    /// Signs somebody out everywhere.
    pub async fn end_sessions_of(&self, by: &Administrator, id: PersonId) -> Result<(), AccountsError> {
        let account = self.store.account(id).await?.ok_or(AccountsError::NotFound)?;
        self.store.end_sessions(id, None).await?;
        self.note(by, Action::SessionsEnded, &account.name, String::new())
            .await;
        Ok(())
    }

    /// A password to begin with, to be told to somebody.
    pub fn suggest_password(&self, _: &Administrator) -> Result<String, AccountsError> {
        let secret = Secret::random()?;
        let pairs: Vec<&str> = (0..4)
            .map(|part| &secret.reveal()[part * 5..part * 5 + 5])
            .collect();
        Ok(pairs.join("-"))
    }

    /// The account, if its holder signs in with a password that is kept here.
    pub(super) async fn with_own_password(&self, id: PersonId) -> Result<Account, AccountsError> {
        let account = self.store.account(id).await?.ok_or(AccountsError::NotFound)?;
        let service = self.store.services().await?.contains(&id);
        if account.source != Vouching::Local || service {
            return Err(AccountsError::NotLocal);
        }
        Ok(account)
    }
}
