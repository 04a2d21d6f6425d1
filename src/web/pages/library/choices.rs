//! What can be chosen above the list of the library: collections, states, orders.

use super::{Listed, SORTS, STATES};
use crate::library::{CollectionCounts, LibraryCounts};
use crate::web::page::Choice;
use crate::web::texts::{Texts, grouped};
use crate::web::words;

/// The collections with the number of their files, and of those that can be searched where these are not all.
pub(super) fn collections(t: Texts, listed: &Listed, there: &[CollectionCounts]) -> Vec<Choice> {
    let choice = |value: &str, label: String| Choice {
        value: value.to_owned(),
        href: String::new(),
        label,
        count: None,
        selected: value == listed.collection,
    };
    let mut choices = vec![choice("", t.get("collection-all").into_owned())];
    for counts in there {
        let name = words::collection(t, &counts.collection);
        let (documents, searchable) = (
            grouped(counts.documents.into()),
            grouped(counts.searchable.into()),
        );
        let parts = [
            ("name", name.as_str()),
            ("documents", &documents),
            ("searchable", &searchable),
        ];
        let label = if counts.searchable == counts.documents {
            t.with_all("collection-counted", &parts)
        } else {
            t.with_all("collection-counted-partly", &parts)
        };
        choices.push(choice(
            words::collection_parameter(&counts.collection),
            label.into_owned(),
        ));
    }
    choices
}

/// The states with the number of the files in each.
pub(super) fn states(t: Texts, listed: &Listed, counts: &LibraryCounts) -> Vec<Choice> {
    let choice = |value: &str, label: String, count: u64| Choice {
        value: value.to_owned(),
        href: listed.with("state", value),
        label,
        count: Some(grouped(count)),
        selected: listed.known_state().unwrap_or_default() == value,
    };
    let mut choices = vec![choice("", t.get("state-all").into_owned(), counts.documents)];
    for (state, count_of) in STATES {
        choices.push(choice(
            state,
            t.get(&format!("state-{state}")).into_owned(),
            count_of(counts),
        ));
    }
    choices
}

/// The orders.
pub(super) fn sorts(t: Texts, listed: &Listed) -> Vec<Choice> {
    SORTS
        .iter()
        .map(|(name, _)| Choice {
            value: (*name).to_owned(),
            href: listed.with("sort", name),
            label: t
                .get(&format!("sort-{}", if name.is_empty() { "state" } else { name }))
                .into_owned(),
            count: None,
            selected: listed.sort == *name,
        })
        .collect()
}
