//! `people`: the accounts, and what their groups let them do and read.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Result, Store, StoreError, now_ms};
use crate::domain::{Collection, Person, PersonId, Readable, Role};

/// Who vouches for an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Vouching {
    /// Gemba itself, by a password.
    Local,
    /// A directory, over LDAP.
    Ldap,
    /// A provider, over OpenID Connect.
    Oidc,
}

impl Vouching {
    /// The name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Ldap => "ldap",
            Self::Oidc => "oidc",
        }
    }

    fn parse(name: &str) -> Result<Self> {
        [Self::Local, Self::Ldap, Self::Oidc]
            .into_iter()
            .find(|source| source.as_str() == name)
            .ok_or_else(|| StoreError::Unknown {
                what: format!("accounts of {name:?}"),
            })
    }
}

/// An account that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewAccount<'new> {
    /// What is typed to sign in; its case does not count.
    pub name: &'new str,
    /// The role that it has by itself.
    pub role: Role,
    /// The hash of its password, in PHC form.
    pub password: Option<&'new str>,
    /// Who vouches for it.
    pub source: Vouching,
    /// The name that never changes, where another vouches for it.
    pub subject: Option<&'new str>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Names it.
    pub id: PersonId,
    /// What is typed to sign in.
    pub name: String,
    /// The role that it has by itself; its groups may give it a higher one.
    pub role: Role,
    /// The hash of its password.
    #[serde(skip)]
    pub password: Option<String>,
    /// Who vouches for it.
    pub source: Vouching,
    /// Whether it may not come in at present.
    pub disabled: bool,
    /// When it was made, milliseconds since 1970.
    pub created_ms: i64,
    /// When it was last used.
    pub seen_ms: Option<i64>,
}

const ACCOUNT: &str = "SELECT id, name, role, password, source, disabled_ms, created_ms, seen_ms FROM people";

/// One who has yet to choose a password cannot sign in.
const HAS_ADMINISTRATOR: &str = "SELECT EXISTS (SELECT 1 FROM people WHERE role = 'administrator' \
     AND disabled_ms IS NULL AND (password IS NOT NULL OR source <> 'local'))";

impl Store {
    /// Makes an account; nothing if its name is taken.
    pub async fn add_account(&self, new: &NewAccount<'_>) -> Result<Option<PersonId>> {
        let row = sqlx::query(
            "INSERT INTO people (name, role, password, source, subject, created_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
             ON CONFLICT DO NOTHING RETURNING id",
        )
        .bind(new.name)
        .bind(new.role.as_str())
        .bind(new.password)
        .bind(new.source.as_str())
        .bind(new.subject)
        .bind(now_ms())
        .fetch_optional(&self.writer)
        .await?;
        Ok(row.map(|row| row.try_get(0).map(PersonId)).transpose()?)
    }

    /// Every account, by name.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{ACCOUNT} ORDER BY name")))
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(account).collect()
    }

    /// The account.
    pub async fn account(&self, id: PersonId) -> Result<Option<Account>> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("{ACCOUNT} WHERE id = ?1")))
            .bind(id.0)
            .fetch_optional(&self.reader)
            .await?;
        row.as_ref().map(account).transpose()
    }

    /// The account that signs in with `name`.
    pub async fn account_named(&self, name: &str) -> Result<Option<Account>> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("{ACCOUNT} WHERE name = ?1")))
            .bind(name)
            .fetch_optional(&self.reader)
            .await?;
        row.as_ref().map(account).transpose()
    }

    /// The account for which `source` vouches under a name that never changes.
    pub async fn account_of_subject(&self, source: Vouching, subject: &str) -> Result<Option<Account>> {
        let statement = format!("{ACCOUNT} WHERE source = ?1 AND subject = ?2");
        let row = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(source.as_str())
            .bind(subject)
            .fetch_optional(&self.reader)
            .await?;
        row.as_ref().map(account).transpose()
    }

    /// Whether there is an administrator who can sign in.
    pub async fn has_administrator(&self) -> Result<bool> {
        let row = sqlx::query(HAS_ADMINISTRATOR).fetch_one(&self.reader).await?;
        Ok(row.try_get(0)?)
    }

    /// Gives an account the hash of another password, in PHC form.
    pub async fn set_password(&self, id: PersonId, password: &str) -> Result<()> {
        sqlx::query("UPDATE people SET password = ?2 WHERE id = ?1")
            .bind(id.0)
            .bind(password)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Gives an account another name. False, with nothing changed, where that is taken.
    pub async fn rename_account(&self, id: PersonId, name: &str) -> Result<bool> {
        let renamed = sqlx::query("UPDATE OR IGNORE people SET name = ?2 WHERE id = ?1")
            .bind(id.0)
            .bind(name)
            .execute(&self.writer)
            .await?;
        Ok(renamed.rows_affected() == 1)
    }

    /// Gives an account another role and lets it in or keeps it out. False, with nothing changed, where no administrator
    /// who can sign in would be left.
    pub async fn set_standing(&self, id: PersonId, role: Role, disabled: bool) -> Result<bool> {
        let mut transaction = self.writer.begin().await?;
        sqlx::query(
            "UPDATE people SET role = ?2, \
             disabled_ms = CASE WHEN ?3 THEN COALESCE(disabled_ms, ?4) END WHERE id = ?1",
        )
        .bind(id.0)
        .bind(role.as_str())
        .bind(disabled)
        .bind(now_ms())
        .execute(&mut *transaction)
        .await?;
        let row = sqlx::query(HAS_ADMINISTRATOR)
            .fetch_one(&mut *transaction)
            .await?;
        let left: bool = row.try_get(0)?;
        if left {
            transaction.commit().await?;
        } else {
            transaction.rollback().await?;
        }
        Ok(left)
    }

    /// What the group of everybody may read.
    pub async fn readable_by_everyone(&self) -> Result<Readable> {
        let rows = sqlx::query("SELECT collection FROM grants WHERE grouping = 1")
            .fetch_all(&self.reader)
            .await?;
        let mut collections = BTreeSet::new();
        for row in &rows {
            match row.try_get::<Option<String>, _>(0)? {
                Some(name) => collections.insert(Collection(name)),
                None => return Ok(Readable::Everything),
            };
        }
        Ok(Readable::Only(collections))
    }

    /// Accounts for which `source` vouches and that have a session or a key: each with its name, and the name that never
    /// changes.
    pub async fn present(&self, source: Vouching) -> Result<Vec<(PersonId, String, String)>> {
        let rows = sqlx::query(
            "SELECT id, name, subject FROM people p WHERE source = ?1 AND subject IS NOT NULL AND disabled_ms IS NULL \
             AND (EXISTS (SELECT 1 FROM sessions WHERE person = p.id) \
                  OR EXISTS (SELECT 1 FROM api_keys WHERE person = p.id)) ORDER BY id",
        )
        .bind(source.as_str())
        .fetch_all(&self.reader)
        .await?;
        let person = |row: &SqliteRow| Ok((PersonId(row.try_get(0)?), row.try_get(1)?, row.try_get(2)?));
        rows.iter().map(person).collect()
    }

    /// Who an account is at this moment, with what its groups give it; nothing if it may not come in.
    pub async fn person(&self, id: PersonId) -> Result<Option<Person>> {
        let Some(account) = self.account(id).await?.filter(|account| !account.disabled) else {
            return Ok(None);
        };
        let rows = sqlx::query(
            "SELECT g.role, r.grouping IS NOT NULL, r.collection \
             FROM groups g LEFT JOIN grants r ON r.grouping = g.id \
             WHERE g.id = 1 OR g.id IN (SELECT grouping FROM memberships WHERE person = ?1)",
        )
        .bind(id.0)
        .fetch_all(&self.reader)
        .await?;
        let given: Vec<Given> = rows.iter().map(|row| given(row, 0)).collect::<Result<_>>()?;
        Ok(Some(person(&account, given.iter())))
    }

    /// Every account by name, and who it is at this moment; nobody where it may not come in.
    pub async fn everybody(&self) -> Result<Vec<(Account, Option<Person>)>> {
        // To the group of everybody nobody in particular belongs.
        let rows = sqlx::query(
            "SELECT m.person, g.role, r.grouping IS NOT NULL, r.collection \
             FROM groups g LEFT JOIN memberships m ON m.grouping = g.id AND g.id <> 1 \
             LEFT JOIN grants r ON r.grouping = g.id WHERE g.id = 1 OR m.person IS NOT NULL",
        )
        .fetch_all(&self.reader)
        .await?;
        let mut all: BTreeMap<Option<i64>, Vec<Given>> = BTreeMap::new();
        for row in &rows {
            all.entry(row.try_get(0)?).or_default().push(given(row, 1)?);
        }
        let of = |id: Option<i64>| all.get(&id).into_iter().flatten();
        let accounts = self.accounts().await?.into_iter();
        Ok(accounts
            .map(|account| {
                let given = of(None).chain(of(Some(account.id.0)));
                let person = (!account.disabled).then(|| person(&account, given));
                (account, person)
            })
            .collect())
    }
}

/// What one grant of one group gives, or a group without any.
struct Given {
    role: Option<Role>,
    /// Nothing without a grant; a grant without a collection is one of all of them.
    grant: Option<Option<Collection>>,
}

/// Reads it from three columns.
fn given(row: &SqliteRow, from: usize) -> Result<Given> {
    let is_granted: bool = row.try_get(from + 1)?;
    let collection: Option<String> = row.try_get(from + 2)?;
    Ok(Given {
        role: row.try_get::<Option<&str>, _>(from)?.map(role_of).transpose()?,
        grant: is_granted.then(|| collection.map(Collection)),
    })
}

fn person<'given>(account: &Account, given: impl Iterator<Item = &'given Given>) -> Person {
    let mut role = account.role;
    let mut everything = false;
    let mut collections = BTreeSet::new();
    for given in given {
        role = given.role.map_or(role, |given| role.max(given));
        match &given.grant {
            Some(Some(collection)) => drop(collections.insert(collection.clone())),
            Some(None) => everything = true,
            None => {}
        }
    }
    let readable = if everything || role == Role::Administrator {
        Readable::Everything
    } else {
        Readable::Only(collections)
    };
    Person {
        id: Some(account.id),
        name: account.name.clone(),
        role,
        readable,
        address: None,
    }
}

pub(super) fn role_of(name: &str) -> Result<Role> {
    Role::parse(name).ok_or_else(|| StoreError::Unknown {
        what: format!("the role {name:?}"),
    })
}

fn account(row: &SqliteRow) -> Result<Account> {
    Ok(Account {
        id: PersonId(row.try_get(0)?),
        name: row.try_get(1)?,
        role: role_of(row.try_get(2)?)?,
        password: row.try_get(3)?,
        source: Vouching::parse(row.try_get(4)?)?,
        disabled: row.try_get::<Option<i64>, _>(5)?.is_some(),
        created_ms: row.try_get(6)?,
        seen_ms: row.try_get(7)?,
    })
}
