//! Administration: what an administrator does daily, each page one click from the tab.

pub(in crate::web) mod audit;
pub(in crate::web) mod export;
pub(in crate::web) mod groups;
pub(in crate::web) mod machine;
pub(in crate::web) mod models;
pub(in crate::web) mod overview;
pub(in crate::web) mod people;
pub(in crate::web) mod person;

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use serde::Deserialize;

use crate::domain::Role;
use crate::web::page::Choice;
use crate::web::texts::Texts;

/// Says on the next page that something was saved.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

impl Done {
    /// What is said.
    fn notice(&self, t: Texts) -> Option<String> {
        match self.done.as_str() {
            "saved" => Some(t.get("admin-saved").into_owned()),
            "removed" => Some(t.get("admin-removed").into_owned()),
            _ => None,
        }
    }
}

/// Leads to a page of this server after something was done there.
fn lead_to(address: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, address))
        .finish()
}

/// The fields of a form in which one name may stand several times.
pub type Fields = Vec<(String, String)>;

/// The values of a field.
fn values<'fields>(
    fields: &'fields [(String, String)],
    name: &'static str,
) -> impl Iterator<Item = &'fields str> {
    fields
        .iter()
        .filter(move |(field, _)| field == name)
        .map(|(_, value)| value.as_str())
}

/// The roles as options.
fn roles(t: Texts, selected: Role) -> Vec<Choice> {
    let choice = |role: Role| Choice {
        value: role.as_str().to_owned(),
        href: String::new(),
        label: t.get(&format!("role-{}", role.as_str())).into_owned(),
        count: None,
        selected: role == selected,
    };
    Role::ALL.into_iter().map(choice).collect()
}

/// A box to tick.
struct Tick {
    id: i64,
    name: String,
    ticked: bool,
}
