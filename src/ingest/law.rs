//! What a file is that was looked at: the same, changed, moved, a duplicate, new. Pure; carried out by the scout.

use crate::domain::{DocumentId, DocumentState};
use crate::store::{Known, Sighting};

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// The same path, the same content.
    Same(DocumentId),
    /// The same path, other content.
    Changed(DocumentId),
    /// A document whose file went away lies here now. `read_again` where its format is another one here.
    Moved {
        /// The document.
        document: DocumentId,
        /// Whether its text must be taken anew.
        read_again: bool,
    },
    /// Another document of the same collection says the same.
    Duplicate {
        /// The document of this path, if it has one.
        at: Option<DocumentId>,
        /// The one that answers.
        of: DocumentId,
    },
    /// Never seen. Where a document of another collection says the same, its passages are copied when it is read.
    New,
}

/// Decides about `sighting`, whose content was read. `at` is what is known of its path, `twins` every document of the
/// same content.
pub(super) fn decide(sighting: &Sighting, at: Option<&Known>, twins: &[Known]) -> Event {
    let elsewhere = || twins.iter().filter(|twin| twin.path != sighting.path);
    let answers = |twin: &&Known| {
        !twin.missing
            && twin.collection == sighting.collection
            && matches!(twin.state, DocumentState::Pending | DocumentState::Searchable)
    };
    if let Some(at) = at
        && at.hash == sighting.hash
        && at.kind == sighting.kind
    {
        // One that failed because of its content fails again: it is read anew only when somebody asks.
        return Event::Same(at.id);
    }
    if let Some(twin) = elsewhere().find(answers) {
        return Event::Duplicate {
            at: at.map(|at| at.id),
            of: twin.id,
        };
    }
    if let Some(at) = at {
        return Event::Changed(at.id);
    }
    // Where several went away, the one of this collection moves least.
    let moved = elsewhere()
        .filter(|twin| twin.missing)
        .min_by_key(|twin| (twin.collection != sighting.collection, twin.kind != sighting.kind));
    match moved {
        Some(twin) => Event::Moved {
            document: twin.id,
            read_again: twin.kind != sighting.kind,
        },
        None => Event::New,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Collection, ContentHash, FileKind, GenerationId, Reason};
    use crate::store::Stamp;

    fn known(id: i64, path: &str, content: u8, state: DocumentState, missing: bool) -> Known {
        Known {
            id: DocumentId(id),
            path: path.to_owned(),
            collection: Collection::of_path(path),
            kind: FileKind::of_path(path).unwrap(),
            stamp: Stamp::default(),
            hash: Some(ContentHash([content; 32])),
            state,
            generation: Some(GenerationId(id)),
            missing,
        }
    }

    fn seen(path: &str, content: u8) -> Sighting {
        Sighting {
            path: path.to_owned(),
            collection: Collection::of_path(path),
            kind: FileKind::of_path(path).unwrap(),
            stamp: Stamp::default(),
            hash: Some(ContentHash([content; 32])),
        }
    }

    const ANSWERS: DocumentState = DocumentState::Searchable;

    #[test]
    fn a_file_never_seen_is_new() {
        assert_eq!(decide(&seen("a.md", 1), None, &[]), Event::New);
    }

    #[test]
    fn a_file_that_was_only_touched_is_the_same() {
        let at = known(1, "a.md", 1, ANSWERS, false);
        assert_eq!(
            decide(&seen("a.md", 1), Some(&at), std::slice::from_ref(&at)),
            Event::Same(at.id)
        );
    }

    #[test]
    fn a_file_that_comes_back_unchanged_is_the_same() {
        let at = known(1, "a.md", 1, ANSWERS, true);
        assert_eq!(
            decide(&seen("a.md", 1), Some(&at), std::slice::from_ref(&at)),
            Event::Same(at.id)
        );
    }

    #[test]
    fn a_file_that_went_away_and_appears_under_another_name_was_moved() {
        let gone = known(1, "old/a.md", 1, ANSWERS, true);
        assert_eq!(
            decide(&seen("new/b.md", 1), None, std::slice::from_ref(&gone)),
            Event::Moved {
                document: gone.id,
                read_again: false
            }
        );
    }

    #[test]
    fn a_renamed_file_whose_ending_names_another_format_is_moved_and_read_again() {
        let gone = known(1, "a.txt", 1, ANSWERS, true);
        assert_eq!(
            decide(&seen("a.md", 1), None, std::slice::from_ref(&gone)),
            Event::Moved {
                document: gone.id,
                read_again: true
            }
        );
    }

    #[test]
    fn the_same_content_twice_in_a_collection_is_a_duplicate() {
        let first = known(1, "x/a.md", 1, ANSWERS, false);
        assert_eq!(
            decide(&seen("x/b.md", 1), None, std::slice::from_ref(&first)),
            Event::Duplicate {
                at: None,
                of: first.id
            }
        );
    }

    #[test]
    fn the_same_content_in_another_collection_is_a_document_of_its_own() {
        let first = known(1, "x/a.md", 1, ANSWERS, false);
        assert_eq!(decide(&seen("y/a.md", 1), None, &[first]), Event::New);
    }

    #[test]
    fn a_duplicate_is_never_made_of_a_file_that_failed() {
        let failed = known(
            1,
            "a.md",
            1,
            DocumentState::Failed {
                reason: Reason::new("damaged", "broken"),
            },
            false,
        );
        assert_eq!(decide(&seen("b.md", 1), None, &[failed]), Event::New);
    }

    #[test]
    fn a_file_overwritten_with_the_content_of_another_becomes_its_duplicate() {
        let at = known(1, "a.md", 1, ANSWERS, false);
        let other = known(2, "b.md", 2, ANSWERS, false);
        assert_eq!(
            decide(&seen("a.md", 2), Some(&at), std::slice::from_ref(&other)),
            Event::Duplicate {
                at: Some(at.id),
                of: other.id
            }
        );
    }

    #[test]
    fn a_file_moved_over_another_keeps_the_row_of_its_new_path() {
        let at = known(1, "a.md", 1, ANSWERS, false);
        let gone = known(2, "b.md", 2, ANSWERS, true);
        assert_eq!(
            decide(&seen("a.md", 2), Some(&at), &[gone]),
            Event::Changed(at.id)
        );
    }

    #[test]
    fn of_two_that_went_away_the_one_of_the_same_collection_moved() {
        let far = known(1, "x/a.md", 1, ANSWERS, true);
        let near = known(2, "y/a.md", 1, ANSWERS, true);
        assert_eq!(
            decide(&seen("y/b.md", 1), None, &[far, near.clone()]),
            Event::Moved {
                document: near.id,
                read_again: false
            }
        );
    }
}
