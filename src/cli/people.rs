//! `gemba people` and `gemba groups`: who comes in, what they do and what they may read, beside a running server.

use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use super::Common;
use crate::accounts::{Accounts, AccountsError, Group, GroupId, PersonDetails};
use crate::app::with_store;
use crate::domain::{Administrator, Collection, Person, Role};
use crate::store::Store;

/// Look after accounts.
#[derive(Debug, Subcommand)]
pub(super) enum PeopleCommand {
    /// Every account, with its role and what it may read.
    List(ListArguments),
    /// Make an account. Prints the password to begin with, unless one is given.
    Add {
        /// What is typed to sign in.
        name: String,
        /// staff, inspector or administrator.
        #[arg(long, default_value = "staff", value_parser = parse_role)]
        role: Role,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Give an account another role.
    Role {
        /// The account.
        name: String,
        /// staff, inspector or administrator.
        #[arg(value_parser = parse_role)]
        role: Role,
    },
    /// Set the password of somebody who forgot it. Prints the new one, unless one is given.
    Password {
        /// The account.
        name: String,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Keep an account out, and end its sessions.
    Disable {
        /// The account.
        name: String,
    },
    /// Let an account in again.
    Enable {
        /// The account.
        name: String,
    },
}

/// Look after groups and what they may read.
#[derive(Debug, Subcommand)]
pub(super) enum GroupsCommand {
    /// Every group, with its members and what it may read.
    List(ListArguments),
    /// Make a group.
    Add {
        /// Its name.
        name: String,
        /// The role that its members have at least.
        #[arg(long, value_parser = parse_role)]
        role: Option<Role>,
        /// The group of the directory or the provider whose members belong here.
        #[arg(long)]
        external: Option<String>,
    },
    /// Remove a group with its memberships and grants.
    Remove {
        /// The group.
        group: String,
    },
    /// Make somebody a member of a group.
    Join {
        /// The group.
        group: String,
        /// The account.
        name: String,
    },
    /// End a membership.
    Leave {
        /// The group.
        group: String,
        /// The account.
        name: String,
    },
    /// Let a group read a collection. The group Everyone is everybody who signs in.
    Grant(GrantArguments),
    /// Let a group read a collection no longer.
    Revoke(GrantArguments),
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct GrantArguments {
    /// The group.
    group: String,
    /// The first-level folder; `.` is the documents folder itself.
    #[arg(required_unless_present = "all")]
    collection: Option<String>,
    /// Every collection, also those to come.
    #[arg(long, conflicts_with = "collection")]
    all: bool,
}

fn parse_role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "the roles are staff, inspector and administrator".to_owned())
}

/// Whoever works at the machine itself, with the accounts.
async fn open(common: &Common) -> anyhow::Result<(Accounts, Administrator)> {
    let config = common.configuration(&[])?.values;
    let paths = with_store(&config)?;
    let store = Store::open(&paths.store).await?;
    let person = Person::at_the_machine().staff();
    let administrator = person.administrator().context("nobody works at this machine")?;
    Ok((Accounts::new(store, &config.accounts)?, administrator))
}

pub(super) async fn people(common: &Common, command: PeopleCommand) -> anyhow::Result<ExitCode> {
    let (accounts, administrator) = open(common).await?;
    match command {
        PeopleCommand::List(ListArguments { json }) => {
            let people = accounts.people(&administrator).await?;
            if json {
                println!("{}", serde_json::to_string_pretty(&people)?);
            } else {
                people.iter().for_each(print_person);
            }
        }
        PeopleCommand::Add {
            name,
            role,
            password_stdin,
        } => {
            let password = password(&accounts, &administrator, password_stdin)?;
            accounts
                .add_person(&administrator, &name, password.as_str(), role)
                .await?;
            password.tell(&name);
        }
        PeopleCommand::Role { name, role } => {
            let person = found(&accounts, &administrator, &name).await?;
            let disabled = person.account.disabled;
            accounts
                .set_standing(&administrator, person.account.id, role, disabled)
                .await?;
        }
        PeopleCommand::Password { name, password_stdin } => {
            let person = found(&accounts, &administrator, &name).await?;
            let password = password(&accounts, &administrator, password_stdin)?;
            accounts
                .reset_password(&administrator, person.account.id, password.as_str())
                .await?;
            password.tell(&name);
        }
        PeopleCommand::Disable { name } => stand(&accounts, &administrator, &name, true).await?,
        PeopleCommand::Enable { name } => stand(&accounts, &administrator, &name, false).await?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn groups(common: &Common, command: GroupsCommand) -> anyhow::Result<ExitCode> {
    let (accounts, administrator) = open(common).await?;
    match command {
        GroupsCommand::List(ListArguments { json }) => {
            let groups = accounts.groups(&administrator).await?;
            if json {
                println!("{}", serde_json::to_string_pretty(&groups)?);
            } else {
                let people = accounts.people(&administrator).await?;
                groups.iter().for_each(|group| print_group(group, &people));
            }
        }
        GroupsCommand::Add { name, role, external } => {
            accounts
                .add_group(&administrator, &name, role, external.as_deref())
                .await?;
        }
        GroupsCommand::Remove { group } => {
            let group = group_named(&accounts, &administrator, &group).await?;
            if group == GroupId::EVERYONE {
                bail!("the group of everybody cannot be removed: revoke what it may read");
            }
            accounts.remove_group(&administrator, group).await?;
        }
        GroupsCommand::Join { group, name } => {
            member(&accounts, &administrator, &group, &name, true).await?;
        }
        GroupsCommand::Leave { group, name } => {
            member(&accounts, &administrator, &group, &name, false).await?;
        }
        GroupsCommand::Grant(arguments) => grant(&accounts, &administrator, arguments, true).await?,
        GroupsCommand::Revoke(arguments) => grant(&accounts, &administrator, arguments, false).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A password that was given, or one that is to be told.
enum Password {
    Given(String),
    Made(String),
}

impl Password {
    fn as_str(&self) -> &str {
        match self {
            Self::Given(password) | Self::Made(password) => password,
        }
    }

    fn tell(&self, name: &str) {
        if let Self::Made(password) = self {
            eprintln!("Tell {name} this password, to be changed after the first sign-in:");
            println!("{password}");
        }
    }
}

fn password(accounts: &Accounts, administrator: &Administrator, given: bool) -> anyhow::Result<Password> {
    if !given {
        return Ok(Password::Made(accounts.suggest_password(administrator)?));
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .context("the password cannot be read from standard input")?;
    Ok(Password::Given(text.trim_end_matches(['\r', '\n']).to_owned()))
}

async fn stand(
    accounts: &Accounts,
    administrator: &Administrator,
    name: &str,
    disabled: bool,
) -> anyhow::Result<()> {
    let account = found(accounts, administrator, name).await?.account;
    accounts
        .set_standing(administrator, account.id, account.role, disabled)
        .await?;
    Ok(())
}

async fn member(
    accounts: &Accounts,
    administrator: &Administrator,
    group: &str,
    name: &str,
    member: bool,
) -> anyhow::Result<()> {
    let group = group_named(accounts, administrator, group).await?;
    let person = found(accounts, administrator, name).await?.account.id;
    if group == GroupId::EVERYONE {
        bail!("everybody who signs in belongs to this group");
    }
    accounts.set_member(administrator, group, person, member).await?;
    Ok(())
}

async fn grant(
    accounts: &Accounts,
    administrator: &Administrator,
    arguments: GrantArguments,
    granted: bool,
) -> anyhow::Result<()> {
    let group = group_named(accounts, administrator, &arguments.group).await?;
    let collection = arguments.collection.map(|name| match name.as_str() {
        "." => Collection::top(),
        _ => Collection(name),
    });
    accounts
        .set_grant(administrator, group, collection.as_ref(), granted)
        .await?;
    Ok(())
}

async fn found(
    accounts: &Accounts,
    administrator: &Administrator,
    name: &str,
) -> anyhow::Result<PersonDetails> {
    let people = accounts.people(administrator).await?;
    let lower = name.to_lowercase();
    let found = people
        .into_iter()
        .find(|person| person.account.name.to_lowercase() == lower);
    Ok(found.ok_or(AccountsError::NotFound)?)
}

async fn group_named(
    accounts: &Accounts,
    administrator: &Administrator,
    name: &str,
) -> anyhow::Result<GroupId> {
    let groups = accounts.groups(administrator).await?;
    let lower = name.to_lowercase();
    let found = groups
        .into_iter()
        .find(|group| group.name.to_lowercase() == lower);
    Ok(found.ok_or(AccountsError::NotFound)?.id)
}

fn print_person(person: &PersonDetails) {
    let reads = match &person.readable {
        None => "everything".to_owned(),
        Some(collections) => listed(collections),
    };
    let out = if person.account.disabled { ", kept out" } else { "" };
    println!(
        "{}: {}{out}, reads {reads}",
        person.account.name,
        person.effective.as_str()
    );
}

fn print_group(group: &Group, people: &[PersonDetails]) {
    let members: Vec<&str> = people
        .iter()
        .filter(|person| group.members.contains(&person.account.id))
        .map(|person| person.account.name.as_str())
        .collect();
    let members = match group.id {
        GroupId::EVERYONE => "everybody who signs in".to_owned(),
        _ if members.is_empty() => "nobody".to_owned(),
        _ => members.join(", "),
    };
    let reads = if group.everything {
        "everything".to_owned()
    } else {
        listed(&group.collections)
    };
    println!("{}: {members}; reads {reads}", group.name);
}

fn listed(collections: &[Collection]) -> String {
    if collections.is_empty() {
        return "nothing".to_owned();
    }
    let names: Vec<&str> = collections
        .iter()
        .map(|collection| match collection.as_str() {
            "" => ".",
            name => name,
        })
        .collect();
    names.join(", ")
}
