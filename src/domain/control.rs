//! Controlled documents: a number, a revision, the day from which it holds, and which of several revisions is in force.

use serde::{Deserialize, Serialize};

use super::{Collection, DocumentId, Readable};

/// What a file says of itself as a controlled document, in its name or in itself. Whatever it does not say is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// The number that all of its revisions bear: `SOP-QA-014`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The revision as it is written: `3`, `C`, `2.1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// The day from which it holds, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<String>,
    /// Whether it has been released.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ControlStatus>,
}

impl Declared {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What this one does not say, as `other` says it.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            number: self.number.or(other.number),
            revision: self.revision.or(other.revision),
            effective: self.effective.or(other.effective),
            status: self.status.or(other.status),
        }
    }
}

/// What the inside of a file says of it as a controlled document, by how much it counts beside the file's name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredInside {
    /// What its properties and its text say, which counts less than its name.
    #[serde(flatten)]
    pub text: Declared,
    /// What its front matter says, which counts more.
    #[serde(default, skip_serializing_if = "Declared::is_empty")]
    pub front: Box<Declared>,
}

impl DeclaredInside {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether a revision has been released.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ControlStatus {
    /// It is worked on.
    Draft,
    /// It holds.
    #[default]
    Released,
    /// It holds no more, and nothing took its place.
    Withdrawn,
}

impl ControlStatus {
    /// The name in the store and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Released => "released",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The inverse of [`ControlStatus::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Draft, Self::Released, Self::Withdrawn]
            .into_iter()
            .find(|status| status.as_str() == name)
    }
}

/// One revision of a controlled document, and what came after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Controlled {
    /// The number that all revisions bear.
    pub number: String,
    /// This revision.
    pub revision: Option<String>,
    /// The day from which it holds.
    pub effective: Option<String>,
    /// Whether it has been released.
    pub status: ControlStatus,
    /// Whether that day is still to come.
    pub to_come: bool,
    /// Released revisions after this one, the latest first.
    pub later: Vec<Later>,
}

/// A released revision that came after another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Later {
    /// Its document.
    pub document: DocumentId,
    /// Where that lies.
    pub collection: Collection,
    /// Its path, which decides who may know of it; it is not kept and not told.
    #[serde(skip)]
    pub path: String,
    /// The revision.
    pub revision: String,
}

/// How a revision stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "kebab-case")]
pub enum Standing {
    /// It holds.
    InForce,
    /// Another one holds in its place.
    Superseded {
        /// The one.
        by: Later,
    },
    /// It has not been released.
    Draft,
    /// Its day is still to come.
    ToCome,
    /// It holds no more.
    Withdrawn,
}

impl Standing {
    /// The name in texts and JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::InForce => "in-force",
            Self::Superseded { .. } => "superseded",
            Self::Draft => "draft",
            Self::ToCome => "to-come",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Controlled {
    /// How it stands for somebody who may read `readable`: of a revision that they may not read they learn nothing.
    pub fn standing(&self, readable: &Readable) -> Standing {
        match self.status {
            ControlStatus::Draft => return Standing::Draft,
            ControlStatus::Withdrawn => return Standing::Withdrawn,
            ControlStatus::Released => {}
        }
        let by = self.later.iter().find(|later| readable.allows(&later.path));
        match by {
            Some(by) => Standing::Superseded { by: by.clone() },
            None if self.to_come => Standing::ToCome,
            None => Standing::InForce,
        }
    }
}

/// A revision as somebody sees it who may read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The number that all revisions bear.
    pub number: String,
    /// Which one it is.
    pub revision: Option<String>,
    /// The day from which it holds, `YYYY-MM-DD`.
    pub effective: Option<String>,
    /// How it stands.
    #[serde(flatten)]
    pub standing: Standing,
}

impl Controlled {
    /// It, for somebody who may read `readable`.
    pub fn seen_by(self, readable: &Readable) -> Revision {
        Revision {
            standing: self.standing(readable),
            number: self.number,
            revision: self.revision,
            effective: self.effective,
        }
    }
}

/// A text that sorts as revisions follow each other: numbers by their value, letters by the alphabet, numbers before
/// letters, `2.1` between `2` and `3`.
pub fn revision_rank(revision: &str) -> String {
    let mut rank = String::new();
    let mut rest = revision.trim();
    while let Some(first) = rest.chars().next() {
        let same = |other: char| other.is_ascii_digit() == first.is_ascii_digit() && other.is_alphanumeric();
        let end = if first.is_alphanumeric() {
            rest.find(|other| !same(other)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (run, after) = rest.split_at(end);
        if first.is_ascii_digit() {
            let digits = run.trim_start_matches('0');
            rank.push_str(&format!("{:0>10}.", &digits[..digits.len().min(10)]));
        } else if first.is_alphanumeric() {
            rank.push_str(&run.to_uppercase());
            rank.push('.');
        }
        rest = after;
    }
    rank
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn revisions_follow_each_other_as_people_count_them() {
        for sorted in [
            ["1", "2", "2.1", "3", "10"],
            ["A", "B", "C", "D", "E"],
            ["0", "01", "09", "10", "A"],
        ] {
            let ranks: Vec<String> = sorted.iter().map(|revision| revision_rank(revision)).collect();
            assert!(ranks.is_sorted(), "{ranks:?}");
            assert_eq!(ranks.iter().collect::<BTreeSet<_>>().len(), 5, "{ranks:?}");
        }
        assert_eq!(revision_rank("03"), revision_rank("3"));
        assert_eq!(revision_rank("c"), revision_rank("C"));
    }

    #[test]
    fn of_a_later_revision_that_may_not_be_read_nothing_is_learned() {
        let controlled = Controlled {
            number: "SOP-1".to_owned(),
            revision: Some("2".to_owned()),
            effective: None,
            status: ControlStatus::Released,
            to_come: false,
            later: vec![Later {
                document: DocumentId(9),
                collection: Collection("secret".to_owned()),
                path: "secret/sop-1.md".to_owned(),
                revision: "3".to_owned(),
            }],
        };
        assert_eq!(
            controlled.standing(&Readable::Only(BTreeSet::new())),
            Standing::InForce
        );
        assert_eq!(controlled.standing(&Readable::Everything).as_str(), "superseded");
    }
}
