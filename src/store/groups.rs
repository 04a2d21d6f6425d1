//! `groups`, `memberships` and `grants`: who belongs together, and what a group may read.

use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::people::role_of;
use super::{Result, Store};
use crate::domain::{Collection, PersonId, Role};

/// Identifies a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GroupId(pub i64);

impl GroupId {
    /// The group of everybody who signed in.
    pub const EVERYONE: Self = Self(1);
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Names it.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// The role that its members have at least.
    pub role: Option<Role>,
    /// The group of a directory or a provider whose members belong here.
    pub external: Option<String>,
    /// Its members, by name; for [`GroupId::EVERYONE`] nobody is listed.
    pub members: Vec<PersonId>,
    /// Whether it may read every collection, also those to come.
    pub everything: bool,
    /// The collections that it may read otherwise.
    pub collections: Vec<Collection>,
}

impl Store {
    /// Makes a group; nothing if its name, or the external group, is taken.
    pub async fn add_group(
        &self,
        name: &str,
        role: Option<Role>,
        external: Option<&str>,
    ) -> Result<Option<GroupId>> {
        let row = sqlx::query(
            "INSERT INTO groups (name, role, external) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING RETURNING id",
        )
        .bind(name)
        .bind(role.map(Role::as_str))
        .bind(external)
        .fetch_optional(&self.writer)
        .await?;
        Ok(row.map(|row| row.try_get(0).map(GroupId)).transpose()?)
    }

    /// Every group with its members and grants; everybody first, then by name.
    pub async fn groups(&self) -> Result<Vec<Group>> {
        let rows = sqlx::query("SELECT id, name, role, external FROM groups ORDER BY id <> 1, name")
            .fetch_all(&self.reader)
            .await?;
        let mut groups = Vec::with_capacity(rows.len());
        for row in rows {
            groups.push(Group {
                id: GroupId(row.try_get(0)?),
                name: row.try_get(1)?,
                role: row.try_get::<Option<&str>, _>(2)?.map(role_of).transpose()?,
                external: row.try_get(3)?,
                members: Vec::new(),
                everything: false,
                collections: Vec::new(),
            });
        }
        let members = sqlx::query(
            "SELECT m.grouping, m.person FROM memberships m JOIN people p ON p.id = m.person ORDER BY p.name",
        )
        .fetch_all(&self.reader)
        .await?;
        for row in members {
            let (group, person) = (GroupId(row.try_get(0)?), PersonId(row.try_get(1)?));
            if let Some(group) = groups.iter_mut().find(|found| found.id == group) {
                group.members.push(person);
            }
        }
        let grants = sqlx::query("SELECT grouping, collection FROM grants ORDER BY collection")
            .fetch_all(&self.reader)
            .await?;
        for row in grants {
            let group = GroupId(row.try_get(0)?);
            let collection: Option<String> = row.try_get(1)?;
            if let Some(group) = groups.iter_mut().find(|found| found.id == group) {
                match collection {
                    Some(name) => group.collections.push(Collection(name)),
                    None => group.everything = true,
                }
            }
        }
        Ok(groups)
    }

    /// Removes a group, its memberships and grants; [`GroupId::EVERYONE`] stays.
    pub async fn remove_group(&self, id: GroupId) -> Result<()> {
        sqlx::query("DELETE FROM groups WHERE id = ?1 AND id <> 1")
            .bind(id.0)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Makes a person a member of a group, or no longer one.
    pub async fn set_member(&self, group: GroupId, person: PersonId, member: bool) -> Result<()> {
        let statement = if member {
            "INSERT INTO memberships (grouping, person) SELECT ?1, ?2 WHERE ?1 <> 1 ON CONFLICT DO NOTHING"
        } else {
            "DELETE FROM memberships WHERE grouping = ?1 AND person = ?2"
        };
        sqlx::query(statement)
            .bind(group.0)
            .bind(person.0)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Makes a person a member of exactly those groups that have one of these names outside; memberships that were given
    /// here stay as they are.
    pub async fn set_external_groups(&self, person: PersonId, names: &[String]) -> Result<()> {
        let names = serde_json::to_string(names).unwrap_or_else(|_| "[]".to_owned());
        let mut transaction = self.writer.begin().await?;
        sqlx::query("DELETE FROM memberships WHERE person = ?1 AND external = 1")
            .bind(person.0)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT INTO memberships (person, grouping, external) \
             SELECT ?1, g.id, 1 FROM groups g \
             WHERE g.external IN (SELECT value FROM json_each(?2)) ON CONFLICT DO NOTHING",
        )
        .bind(person.0)
        .bind(names)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Lets a group read a collection, or no longer; without a collection: every one, also those to come.
    pub async fn set_grant(
        &self,
        group: GroupId,
        collection: Option<&Collection>,
        granted: bool,
    ) -> Result<()> {
        let statement = if granted {
            "INSERT INTO grants (grouping, collection) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
        } else {
            "DELETE FROM grants WHERE grouping = ?1 AND collection IS ?2"
        };
        sqlx::query(statement)
            .bind(group.0)
            .bind(collection.map(Collection::as_str))
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}
