//! Who may do what: people, their roles, what they may read, and the capabilities that a role hands out.
//!
//! A use case takes the capability that it needs as its argument: [`Staff`] to ask and read, [`Inspector`] to judge
//! answers, [`Administrator`] to run the house. Whoever holds one has been let in, so the table of permissions is the set
//! of signatures. A higher capability can be used where a lower one is asked for.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Collection, DocumentId, FileKind, SearchFilter};

/// Identifies an account; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub i64);

impl fmt::Display for PersonId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// What a person does here, each role able to do all that the one before it can.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Asks, searches and reads.
    #[default]
    Staff,
    /// Judges answers as well.
    Inspector,
    /// Runs the house, and reads everything.
    Administrator,
}

impl Role {
    /// Every role, the lowest first.
    pub const ALL: [Self; 3] = [Self::Staff, Self::Inspector, Self::Administrator];

    /// The name used in the store, in forms and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Inspector => "inspector",
            Self::Administrator => "administrator",
        }
    }

    /// The inverse of [`Role::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// What a person may read. Where a file lies decides it, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readable {
    /// All collections, also those that are yet to come.
    Everything,
    /// These collections and no others; perhaps none.
    Only(BTreeSet<Collection>),
    /// What lies below this folder, which has `/` at its end: that of the machine whose sign was scanned.
    Below(String),
}

impl Readable {
    /// What lies below `folder`, of which the name has no `/` at its end. A first-level folder is a collection.
    pub fn below(folder: &str) -> Self {
        match folder.contains('/') {
            true => Self::Below(format!("{folder}/")),
            false => Self::Only([Collection(folder.to_owned())].into()),
        }
    }

    /// Whether the file at `path` may be read.
    pub fn allows(&self, path: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Only(collections) => collections.contains(&Collection::of_path(path)),
            Self::Below(folder) => path.starts_with(folder),
        }
    }

    /// Whether some of what lies, or could lie, in `folder` may be read.
    pub fn reaches(&self, folder: &str) -> bool {
        let inside = format!("{folder}/");
        match self {
            Self::Below(below) => inside.starts_with(below) || below.starts_with(&inside),
            _ => self.allows(&inside),
        }
    }

    /// The collections in which all of it lies, where they are limited.
    pub fn limits(&self) -> Option<BTreeSet<Collection>> {
        match self {
            Self::Everything => None,
            Self::Only(collections) => Some(collections.clone()),
            Self::Below(folder) => Some([Collection::of_path(folder)].into()),
        }
    }
}

/// What a query may find: what was asked for, of what may be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Only these collections, where they are limited; an empty set finds nothing.
    pub collections: Option<BTreeSet<Collection>>,
    /// Only these formats; an empty list restricts nothing.
    pub kinds: Vec<FileKind>,
    /// Only files that changed after this time, milliseconds since 1970. The indexes do not know when files changed: this is
    /// looked at where their hits are joined with the store.
    pub changed_after_ms: Option<i64>,
    /// Only files whose path begins so; likewise, unless `documents` names them.
    pub below: Option<String>,
    /// Only these documents, where they are few enough to be named to the indexes.
    pub documents: Option<Vec<DocumentId>>,
}

impl Scope {
    /// Everything there is: for what the house does by itself.
    pub fn everything() -> Self {
        Self {
            collections: None,
            kinds: Vec::new(),
            changed_after_ms: None,
            below: None,
            documents: None,
        }
    }

    /// What `filter` asks for, of what is `readable`.
    pub fn of(filter: &SearchFilter, readable: &Readable) -> Self {
        let asked: BTreeSet<Collection> = filter.collections.iter().cloned().collect();
        let collections = match (readable.limits(), asked.is_empty()) {
            (None, true) => None,
            (None, false) => Some(asked),
            (Some(limits), true) => Some(limits),
            (Some(limits), false) => Some(asked.intersection(&limits).cloned().collect()),
        };
        let below = match readable {
            Readable::Below(folder) => Some(folder.clone()),
            Readable::Everything | Readable::Only(_) => None,
        };
        Self {
            collections,
            kinds: filter.kinds.clone(),
            changed_after_ms: filter.changed_after_ms,
            below,
            documents: None,
        }
    }

    /// Whether some of what the indexes find is left out where it is joined with the store.
    pub fn is_narrower_than_indexes(&self) -> bool {
        self.changed_after_ms.is_some() || (self.below.is_some() && self.documents.is_none())
    }

    /// Whether nothing at all can be found.
    pub fn is_empty(&self) -> bool {
        self.collections.as_ref().is_some_and(BTreeSet::is_empty)
            || self.documents.as_ref().is_some_and(Vec::is_empty)
    }

    /// Whether a document may be found, by its collection, format, path and the time at which its file changed.
    pub fn allows(&self, collection: &Collection, kind: FileKind, path: &str, modified_ms: i64) -> bool {
        self.collections
            .as_ref()
            .is_none_or(|collections| collections.contains(collection))
            && (self.kinds.is_empty() || self.kinds.contains(&kind))
            && self.changed_after_ms.is_none_or(|after| modified_ms > after)
            && self.below.as_ref().is_none_or(|folder| path.starts_with(folder))
    }
}

/// Somebody who was let in, for the time of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The account; nothing for whoever works at the machine itself.
    pub id: Option<PersonId>,
    /// The name to show.
    pub name: String,
    /// What the person does here.
    pub role: Role,
    /// What the person may read.
    pub readable: Readable,
    /// Where the request comes from, for the audit log; nothing on the command line.
    pub address: Option<IpAddr>,
}

impl Person {
    /// Whoever works at the machine itself: on its command line, or in its browser before there are accounts.
    pub fn at_the_machine() -> Self {
        Self {
            id: None,
            name: String::new(),
            role: Role::Administrator,
            readable: Readable::Everything,
            address: None,
        }
    }

    /// Somebody who did not sign in, where that is allowed.
    pub fn visitor(readable: Readable) -> Self {
        Self {
            id: None,
            name: String::new(),
            role: Role::Staff,
            readable,
            address: None,
        }
    }

    /// Whether it is somebody who did not sign in, and does not work at the machine itself.
    pub fn is_visitor(&self) -> bool {
        self.id.is_none() && self.role == Role::Staff
    }

    /// What everybody who was let in may do.
    pub fn staff(self) -> Staff {
        Staff(Arc::new(self))
    }
}

/// May ask, search and read, within what this person may read.
#[derive(Debug, Clone)]
pub struct Staff(Arc<Person>);

impl Staff {
    /// The same, of somebody at this address.
    #[must_use]
    pub fn from_address(&self, address: IpAddr) -> Self {
        let person = Person::clone(&self.0);
        Person {
            address: Some(address),
            ..person
        }
        .staff()
    }

    /// May judge answers as well, if the role allows it.
    pub fn inspector(&self) -> Option<Inspector> {
        (self.role >= Role::Inspector).then(|| Inspector(self.clone()))
    }

    /// May run the house, if the role allows it.
    pub fn administrator(&self) -> Option<Administrator> {
        let inspector = self.inspector()?;
        (self.role >= Role::Administrator).then_some(Administrator(inspector))
    }
}

impl Deref for Staff {
    type Target = Person;

    fn deref(&self) -> &Person {
        &self.0
    }
}

/// May judge answers: verified answers, the inbox.
#[derive(Debug, Clone)]
pub struct Inspector(Staff);

impl Deref for Inspector {
    type Target = Staff;

    fn deref(&self) -> &Staff {
        &self.0
    }
}

/// May run the house: people, grants, models, settings.
#[derive(Debug, Clone)]
pub struct Administrator(Inspector);

impl Deref for Administrator {
    type Target = Inspector;

    fn deref(&self) -> &Inspector {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn some(names: &[&str]) -> BTreeSet<Collection> {
        names.iter().map(|&name| Collection(name.to_owned())).collect()
    }

    fn person(role: Role) -> Staff {
        Person {
            role,
            ..Person::at_the_machine()
        }
        .staff()
    }

    #[test]
    fn a_role_hands_out_its_own_capability_and_those_below() {
        let held = |role| {
            let staff = person(role);
            (staff.inspector().is_some(), staff.administrator().is_some())
        };
        assert_eq!(held(Role::Staff), (false, false));
        assert_eq!(held(Role::Inspector), (true, false));
        assert_eq!(held(Role::Administrator), (true, true));
    }

    #[test]
    fn whoever_may_read_nothing_finds_nothing() {
        let scope = Scope::of(&SearchFilter::default(), &Readable::Only(BTreeSet::new()));
        assert!(scope.is_empty());
        assert!(!scope.allows(&Collection::top(), FileKind::Pdf, "a.pdf", 0));
    }

    proptest! {
        #[test]
        fn a_filter_never_widens_what_may_be_read(
            asked in prop::collection::vec("[a-d]", 0..4),
            granted in prop::collection::btree_set("[a-d]", 0..4),
            probe in "[a-e]",
        ) {
            let filter = SearchFilter {
                collections: asked.iter().cloned().map(Collection).collect(),
                ..SearchFilter::default()
            };
            let readable = Readable::Only(granted.iter().cloned().map(Collection).collect());
            let scope = Scope::of(&filter, &readable);
            let probe = Collection(probe);
            let wanted = asked.is_empty() || filter.collections.contains(&probe);
            let path = format!("{}/a.pdf", probe.as_str());
            prop_assert_eq!(scope.allows(&probe, FileKind::Pdf, &path, 0), wanted && readable.allows(&path));
        }

        #[test]
        fn below_a_folder_nothing_is_read_that_lies_elsewhere(folder in "[ab](/[ab]){0,2}", path in "[ab]{1,2}(/[ab]{1,2}){0,3}") {
            let readable = Readable::below(&folder);
            let inside = path.strip_prefix(&folder).is_some_and(|rest| rest.starts_with('/'));
            prop_assert_eq!(readable.allows(&path), inside);
            let scope = Scope::of(&SearchFilter::default(), &readable);
            let collection = Collection::of_path(&path);
            prop_assert_eq!(scope.allows(&collection, FileKind::Pdf, &path, 0), inside);
            if inside {
                prop_assert!(readable.reaches(&folder) && readable.reaches(collection.as_str()));
            }
        }
    }

    #[test]
    fn a_folder_beside_is_not_reached_by_its_name() {
        let press = Readable::below("machines/press-4");
        assert!(press.reaches("machines") && press.reaches("machines/press-4/manuals"));
        for elsewhere in ["machines/press-40", "machines/press-5", "hr", ""] {
            assert!(!press.reaches(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn whoever_may_read_everything_gets_what_was_asked_for() {
        let filter = SearchFilter {
            collections: vec![Collection("hr".to_owned())],
            kinds: vec![FileKind::Pdf],
            ..SearchFilter::default()
        };
        let scope = Scope::of(&filter, &Readable::Everything);
        assert_eq!(scope.collections, Some(some(&["hr"])));
        assert_eq!(
            Scope::of(&SearchFilter::default(), &Readable::Everything),
            Scope::everything()
        );
    }
}
