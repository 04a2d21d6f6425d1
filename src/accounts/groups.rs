//! What an administrator does with groups: who belongs together, and what a group may read.

use super::{Accounts, AccountsError, Group, GroupId, named};
use crate::domain::{Action, Administrator, Collection, PersonId, Role};

impl Accounts {
    /// Every group with its members and grants; everybody first, then by name.
    pub async fn groups(&self, _: &Administrator) -> Result<Vec<Group>, AccountsError> {
        Ok(self.store.groups().await?)
    }

    /// Makes a group. `external` is the group of a directory or a provider whose members belong here.
    pub async fn add_group(
        &self,
        by: &Administrator,
        name: &str,
        role: Option<Role>,
        external: Option<&str>,
    ) -> Result<GroupId, AccountsError> {
        let name = named(name)?;
        let external = external.map(str::trim).filter(|external| !external.is_empty());
        let added = self.store.add_group(name, role, external).await?;
        let id = added.ok_or_else(|| AccountsError::Taken(name.to_owned()))?;
        let role = role.map_or("", Role::as_str).to_owned();
        self.note(by, Action::GroupAdded, name, role).await;
        Ok(id)
    }

    /// Removes a group with its memberships and grants.
    pub async fn remove_group(&self, by: &Administrator, id: GroupId) -> Result<(), AccountsError> {
        let group = self.group(id).await?;
        if id == GroupId::EVERYONE {
            return Err(AccountsError::Everyone);
        }
        self.store.remove_group(id).await?;
        self.note(by, Action::GroupRemoved, &group.name, String::new())
            .await;
        Ok(())
    }

    /// Makes a person a member of a group, or no longer one.
    pub async fn set_member(
        &self,
        by: &Administrator,
        group: GroupId,
        person: PersonId,
        member: bool,
    ) -> Result<(), AccountsError> {
        let account = self.store.account(person).await?.ok_or(AccountsError::NotFound)?;
        let found = self.group(group).await?;
        if group == GroupId::EVERYONE {
            return Err(AccountsError::Everyone);
        }
        if found.members.contains(&person) == member {
            return Ok(());
        }
        self.store.set_member(group, person, member).await?;
        let action = if member {
            Action::MemberAdded
        } else {
            Action::MemberRemoved
        };
        self.note(by, action, &found.name, account.name).await;
        Ok(())
    }

    /// Lets a group read a collection, or no longer; without a collection: every one, also those to come.
    pub async fn set_grant(
        &self,
        by: &Administrator,
        group: GroupId,
        collection: Option<&Collection>,
        granted: bool,
    ) -> Result<(), AccountsError> {
        let found = self.group(group).await?;
        let before = match collection {
            Some(collection) => found.collections.contains(collection),
            None => found.everything,
        };
        if before == granted {
            return Ok(());
        }
        self.store.set_grant(group, collection, granted).await?;
        let action = if granted { Action::Granted } else { Action::Revoked };
        let what = match collection.map(Collection::as_str) {
            None => "*",
            Some("") => ".",
            Some(name) => name,
        };
        self.note(by, action, &found.name, what.to_owned()).await;
        Ok(())
    }

    async fn group(&self, id: GroupId) -> Result<Group, AccountsError> {
        let groups = self.store.groups().await?;
        groups
            .into_iter()
            .find(|group| group.id == id)
            .ok_or(AccountsError::NotFound)
    }
}
