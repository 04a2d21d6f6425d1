//! The contents of a document: its pages, slides, sheets and headings as places to go to.

use crate::domain::{Locator, Passage};

/// The deepest heading that is listed, from 0.
const DEEPEST: usize = 2;

/// The most entries that a reader can use.
const MOST: usize = 600;

/// A place to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// How far it is set in, from 0.
    pub level: usize,
    /// The page, slide or sheet that begins here; empty where the entry is a heading alone.
    pub place: Locator,
    /// The heading that begins here.
    pub heading: Option<String>,
    /// The part of the document in which it is, from 1.
    pub part: u32,
    /// The ordinal of the passage at which it begins, from which its anchor is made.
    pub ordinal: u32,
}

/// The contents of `passages`, which are in order; a part holds `part` of them.
pub(super) fn entries(passages: &[Passage], part: u32) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut previous: Option<&Locator> = None;
    for passage in passages {
        let locator = &passage.locator;
        let place = Locator {
            headings: Vec::new(),
            rows: None,
            ..locator.clone()
        };
        let placed = place != Locator::default();
        let opens = placed
            && previous.is_none_or(|it| {
                it.page != locator.page || it.slide != locator.slide || it.sheet != locator.sheet
            });
        let headings = new_headings(previous, locator);
        let at = |level, place, heading| Entry {
            level,
            place,
            heading,
            part: passage.ordinal / part + 1,
            ordinal: passage.ordinal,
        };
        if opens {
            let heading = headings.first().map(|(_, heading)| heading.clone());
            entries.push(at(0, place, heading));
        } else if !placed {
            for (depth, heading) in headings.into_iter().filter(|(depth, _)| *depth <= DEEPEST) {
                entries.push(at(depth, Locator::default(), Some(heading)));
            }
        }
        previous = Some(locator);
        if entries.len() >= MOST {
            break;
        }
    }
    // One entry leads nowhere that the reader is not already.
    if entries.len() < 2 { Vec::new() } else { entries }
}

/// The headings of `locator` that were not in force at `previous`, with their depth.
pub(super) fn new_headings(previous: Option<&Locator>, locator: &Locator) -> Vec<(usize, String)> {
    let in_force = previous.map_or(&[][..], |previous| &previous.headings);
    let shared = in_force
        .iter()
        .zip(&locator.headings)
        .take_while(|(one, other)| one == other)
        .count();
    locator
        .headings
        .iter()
        .enumerate()
        .skip(shared)
        .map(|(depth, heading)| (depth, heading.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::domain::{DocumentId, GenerationId, PassageId};

    use super::*;

    fn passages(locators: Vec<Locator>) -> Vec<Passage> {
        (0..)
            .zip(locators)
            .map(|(ordinal, locator)| Passage {
                id: PassageId(i64::from(ordinal)),
                document: DocumentId(1),
                generation: GenerationId(1),
                ordinal,
                locator,
                text: String::new(),
            })
            .collect()
    }

    fn headed(headings: &[&str]) -> Locator {
        Locator {
            headings: headings.iter().map(|&it| it.to_owned()).collect(),
            ..Locator::default()
        }
    }

    #[test]
    fn a_text_with_headings_lists_them_by_depth() {
        let passages = passages(vec![
            headed(&["A"]),
            headed(&["A", "B"]),
            headed(&["A", "B"]),
            headed(&["C"]),
        ]);
        let listed: Vec<_> = entries(&passages, 2)
            .into_iter()
            .map(|it| (it.level, it.heading.unwrap(), it.part))
            .collect();
        assert_eq!(
            listed,
            [
                (0, "A".to_owned(), 1),
                (1, "B".to_owned(), 1),
                (0, "C".to_owned(), 2)
            ]
        );
    }

    #[test]
    fn a_text_with_pages_lists_them_once_each() {
        let page = |page| Locator {
            page: Some(page),
            ..Locator::default()
        };
        let listed = entries(&passages(vec![page(1), page(1), page(2)]), 40);
        assert_eq!(
            listed.iter().map(|it| it.place.page).collect::<Vec<_>>(),
            [Some(1), Some(2)]
        );
    }

    #[test]
    fn a_text_of_one_place_has_no_contents() {
        assert!(entries(&passages(vec![headed(&["A"]), headed(&["A"])]), 40).is_empty());
    }
}
