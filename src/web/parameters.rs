//! What addresses carry, read leniently: an address that a person changed by hand still shows a page.

use std::num::NonZeroU32;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use super::words;
use crate::answer::{AnswerId, Ask, WrittenBy};
use crate::domain::{FileKind, InvalidQuestion, Question, SearchFilter};

/// What the address calls all revisions.
pub const ALL_REVISIONS: &str = "all";

/// Which revisions of controlled documents a program asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Revisions {
    #[default]
    InForce,
    All,
}

/// The parameters of Ask and Search.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    /// The question or the words to search for.
    #[serde(default)]
    pub q: String,
    /// Only this collection; `.` is the folder itself.
    #[serde(default)]
    pub collection: String,
    /// Only this format.
    #[serde(default)]
    pub kind: String,
    /// Only files that changed within so many days.
    #[serde(default, deserialize_with = "lenient")]
    pub days: Option<u16>,
    /// `all`: also revisions that are not in force.
    #[serde(default)]
    pub revisions: String,
    /// The page of the results, from 1.
    #[serde(default, deserialize_with = "lenient")]
    pub page: Option<u32>,
    /// The answer before the question in its conversation.
    #[serde(default)]
    pub follows: String,
    /// Whether a script sends it while somebody types.
    #[serde(default, deserialize_with = "said")]
    pub typing: bool,
}

impl Asked {
    /// What is asked, if it is a question.
    pub fn ask(&self) -> Result<Ask, InvalidQuestion> {
        Ok(Ask {
            filter: self.filter(),
            follows: (!self.follows.is_empty()).then(|| AnswerId(self.follows.clone())),
            ..Ask::new(Question::parse(&self.q)?)
        })
    }

    /// The filter that they describe. A format that does not exist restricts nothing.
    pub fn filter(&self) -> SearchFilter {
        SearchFilter {
            collections: words::collection_of_parameter(&self.collection)
                .into_iter()
                .collect(),
            kinds: FileKind::parse(&self.kind).into_iter().collect(),
            changed_after_ms: self.days.map(words::days_ago),
            all_revisions: self.revisions == ALL_REVISIONS,
        }
    }
}

/// The same from a program, which is told what is wrong instead of being given something else.
#[derive(Debug, Clone, Deserialize)]
pub struct Requested {
    /// The question or the words to search for.
    pub q: String,
    #[serde(default)]
    collection: String,
    kind: Option<FileKind>,
    days: Option<u16>,
    #[serde(default)]
    revisions: Revisions,
    page: Option<NonZeroU32>,
    follows: Option<AnswerId>,
    #[serde(default)]
    generator: WrittenBy,
}

impl Requested {
    /// What is asked, if it is a question.
    pub fn ask(&self) -> Result<Ask, InvalidQuestion> {
        Ok(Ask {
            question: Question::parse(&self.q)?,
            filter: self.filter(),
            follows: self.follows.clone(),
            by: self.generator,
        })
    }

    /// The filter that they describe.
    pub fn filter(&self) -> SearchFilter {
        SearchFilter {
            collections: words::collection_of_parameter(&self.collection)
                .into_iter()
                .collect(),
            kinds: self.kind.into_iter().collect(),
            changed_after_ms: self.days.map(words::days_ago),
            all_revisions: self.revisions == Revisions::All,
        }
    }

    /// The page of the results, from 1.
    pub fn page(&self) -> u32 {
        self.page.map_or(1, NonZeroU32::get)
    }
}

/// Whether a parameter is there, whatever it says.
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Option::<String>::deserialize(deserializer).map(|said| said.is_some())
}

/// A value that is missing, empty or malformed is `None`.
pub fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
{
    Ok(Option::<String>::deserialize(deserializer)?.and_then(|text| text.trim().parse().ok()))
}

#[cfg(test)]
mod tests {
    use actix_web::web::Query;

    use super::*;

    #[test]
    fn an_address_changed_by_hand_still_shows_a_page() {
        let asked = Query::<Asked>::from_query("q=torque&page=abc&kind=nonsense&more=1").unwrap();
        assert_eq!(asked.page, None);
        assert_eq!(asked.filter(), SearchFilter::default());
    }

    #[test]
    fn a_program_is_told_what_is_wrong() {
        for query in ["q=x&page=-1", "q=x&page=0", "q=x&kind=exe", "page=1"] {
            assert!(Query::<Requested>::from_query(query).is_err(), "{query}");
        }
        let requested = Query::<Requested>::from_query("q=x&kind=pdf&collection=hr").unwrap();
        assert_eq!(
            (requested.page(), requested.filter().kinds),
            (1, vec![FileKind::Pdf])
        );
    }

    #[test]
    fn a_point_stands_for_the_folder_itself() {
        let asked = Query::<Asked>::from_query("q=a&collection=.&kind=pdf").unwrap();
        assert_eq!(asked.filter().collections[0].as_str(), "");
        assert_eq!(asked.filter().kinds, [FileKind::Pdf]);
    }
}
