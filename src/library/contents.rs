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
            time: None,
            ..locator.clone()
        };
        let placed = place != Locator::default();
        let opens = placed
            && previous.is_none_or(|it| {
                it.part != locator.part
                    || it.page != locator.page
                    || it.slide != locator.slide
                    || it.sheet != locator.sheet
            });
        let headings = new_headings(previous, locator);
        let at = |level, place, heading| Entry {
            level,
            place,
            heading,
            part: passage.ordinal / part + 1,
            ordinal: passage.ordinal,
        };
        // The file inside this one is named where it begins; its other pages stand below.
        let goes_on = place.part.is_some() && previous.is_some_and(|it| it.part == locator.part);
        if opens {
            let named = locator.headings.len() - locator.inner_headings().len();
            let heading = headings
                .iter()
                .find(|(depth, _)| *depth >= named)
                .map(|(_, heading)| heading.clone());
            let place = Locator {
                part: place.part.clone().filter(|_| !goes_on),
                ..place
            };
            entries.push(at(usize::from(goes_on), place, heading));
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
    fn a_file_inside_the_file_is_named_once_with_its_pages_below() {
        let page = |part: &str, page| Locator {
            part: Some(part.to_owned()),
            page: Some(page),
            ..headed(&[part])
        };
        let listed: Vec<_> = entries(
            &passages(vec![page("a.pdf", 1), page("a.pdf", 2), page("b.pdf", 1)]),
            40,
        )
        .into_iter()
        .map(|it| (it.level, it.place.part, it.place.page))
        .collect();
        assert_eq!(
            listed,
            [
                (0, Some("a.pdf".to_owned()), Some(1)),
                (1, None, Some(2)),
                (0, Some("b.pdf".to_owned()), Some(1)),
            ]
        );
    }

    #[test]
    fn a_text_of_one_place_has_no_contents() {
        assert!(entries(&passages(vec![headed(&["A"]), headed(&["A"])]), 40).is_empty());
    }
}
