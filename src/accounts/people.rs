//! What an administrator does with people and groups: make them, change what they may do and read.

use serde::Serialize;

use super::{Account, Accounts, AccountsError, Group, GroupId, Secret, named};
use crate::domain::{Administrator, Collection, PersonId, Readable, Role};

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
}

impl Accounts {
    /// Every account, by name.
    pub async fn people(&self, _: &Administrator) -> Result<Vec<PersonDetails>, AccountsError> {
        let mut people = Vec::new();
        for account in self.store.accounts().await? {
            let person = self.store.person(account.id).await?;
            people.push(PersonDetails {
                effective: person.as_ref().map_or(account.role, |person| person.role),
                readable: match person.map(|person| person.readable) {
                    Some(Readable::Everything) => None,
                    Some(Readable::Only(collections)) => Some(collections.into_iter().collect()),
                    None => Some(Vec::new()),
                },
                account,
            });
        }
        Ok(people)
    }

    /// Makes an account with a password that is to be told to its holder.
    pub async fn add_person(
        &self,
        _: &Administrator,
        name: &str,
        password: &str,
        role: Role,
    ) -> Result<PersonId, AccountsError> {
        self.add(name, password, role).await
    }

    /// Gives an account another role, and lets it in or keeps it out; one that is kept out has no sessions.
    pub async fn set_standing(
        &self,
        _: &Administrator,
        id: PersonId,
        role: Role,
        disabled: bool,
    ) -> Result<(), AccountsError> {
        self.store.account(id).await?.ok_or(AccountsError::NotFound)?;
        if !self.store.set_standing(id, role, disabled).await? {
            return Err(AccountsError::LastAdministrator);
        }
        if disabled {
            self.store.end_sessions(id, None).await?;
        }
        Ok(())
    }

    /// Sets the password of an account whose holder forgot it, and ends its sessions.
    pub async fn reset_password(
        &self,
        _: &Administrator,
        id: PersonId,
        password: &str,
    ) -> Result<(), AccountsError> {
        let account = self.store.account(id).await?.ok_or(AccountsError::NotFound)?;
        if account.password.is_none() {
            return Err(AccountsError::NotLocal);
        }
        let hash = self.passwords.hash(&account.name, password).await?;
        self.store.set_password(id, &hash).await?;
        self.store.end_sessions(id, None).await?;
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

    /// Every group with its members and grants; everybody first, then by name.
    pub async fn groups(&self, _: &Administrator) -> Result<Vec<Group>, AccountsError> {
        Ok(self.store.groups().await?)
    }

    /// Makes a group. `external` is the group of a directory or a provider whose members belong here.
    pub async fn add_group(
        &self,
        _: &Administrator,
        name: &str,
        role: Option<Role>,
        external: Option<&str>,
    ) -> Result<GroupId, AccountsError> {
        let name = named(name)?;
        let external = external.map(str::trim).filter(|external| !external.is_empty());
        let added = self.store.add_group(name, role, external).await?;
        added.ok_or_else(|| AccountsError::Taken(name.to_owned()))
    }

    /// Removes a group with its memberships and grants.
    pub async fn remove_group(&self, _: &Administrator, id: GroupId) -> Result<(), AccountsError> {
        Ok(self.store.remove_group(id).await?)
    }

    /// Makes a person a member of a group, or no longer one.
    pub async fn set_member(
        &self,
        _: &Administrator,
        group: GroupId,
        person: PersonId,
        member: bool,
    ) -> Result<(), AccountsError> {
        self.store.account(person).await?.ok_or(AccountsError::NotFound)?;
        Ok(self.store.set_member(group, person, member).await?)
    }

    /// Lets a group read a collection, or no longer; without a collection: every one, also those to come.
    pub async fn set_grant(
        &self,
        _: &Administrator,
        group: GroupId,
        collection: Option<&Collection>,
        granted: bool,
    ) -> Result<(), AccountsError> {
        let known = self.store.groups().await?.iter().any(|found| found.id == group);
        if !known {
            return Err(AccountsError::NotFound);
        }
        Ok(self.store.set_grant(group, collection, granted).await?)
    }
}
