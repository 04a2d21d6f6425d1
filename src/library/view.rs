//! A document as it is read: its text in sections, one bounded part at a time, with the place of a citation in it.

use super::LibraryError;
use super::contents::{self, Entry};
use crate::domain::{Document, Locator, Passage, PassageId, Span};
use crate::store::Store;

/// Passages shown at once: about a dozen printed pages.
const PART: u32 = 40;

/// The longest document whose contents are listed whole; of a longer one, the contents of the part that is shown.
const LISTED: u32 = 4_000;

/// What a reader wants to see of a document.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// The part, from 1. A cited passage overrules it.
    pub part: Option<u32>,
    /// The first part in which this page or slide is. One without text is shown with the next one that has some.
    pub page: Option<u32>,
    /// A cited passage.
    pub passage: Option<PassageId>,
    /// The cited characters of it.
    pub span: Option<Span>,
}

/// Whether the cited passage is in the document as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cited {
    /// Nothing was cited.
    Nothing,
    /// It is here.
    Here(PassageId),
    /// The document has changed since and does not hold it any more.
    Gone,
}

/// Passages that stand at one place: one page, slide or sheet, under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The place; its rows are those of the first passage.
    pub locator: Locator,
    /// Whether the page, slide or sheet begins here.
    pub opens_place: bool,
    /// The headings that begin here, with their depth from 0.
    pub headings: Vec<(usize, String)>,
    /// The passages, in order.
    pub passages: Vec<Passage>,
}

/// A part of a document.
#[derive(Debug, Clone)]
pub struct DocumentView {
    /// The document.
    pub document: Document,
    /// The text of the part.
    pub sections: Vec<Section>,
    /// What the document contains, as a list of places to go to.
    pub contents: Vec<Entry>,
    /// The pages that the part takes up, those without text included; 0 to 0 where passages know no page.
    pub pages: (u32, u32),
    /// The part that is shown, from 1.
    pub part: u32,
    /// How many parts there are.
    pub parts: u32,
    /// Where the citation is.
    pub cited: Cited,
    /// The characters of the cited passage that are cited.
    pub span: Option<Span>,
}

pub(super) async fn view(
    store: &Store,
    document: Document,
    wanted: Wanted,
) -> Result<DocumentView, LibraryError> {
    let Some(generation) = document.generation else {
        let cited = if wanted.passage.is_some() {
            Cited::Gone
        } else {
            Cited::Nothing
        };
        return Ok(DocumentView {
            document,
            sections: Vec::new(),
            contents: Vec::new(),
            pages: (0, 0),
            part: 1,
            parts: 1,
            cited,
            span: None,
        });
    };
    let mut ordinal = None;
    let mut cited = Cited::Nothing;
    if let Some(passage) = wanted.passage {
        let visible = store.passages_visible(&[passage]).await?;
        let found = visible
            .iter()
            .find(|found| found.passage.generation == generation);
        ordinal = found.map(|found| found.passage.ordinal);
        cited = if found.is_some() {
            Cited::Here(passage)
        } else {
            Cited::Gone
        };
    }
    let total = document.passages;
    let parts = total.div_ceil(PART).max(1);
    if ordinal.is_none()
        && let Some(page) = wanted.page
    {
        ordinal = store.passage_at_page(generation, page).await?;
    }
    let part = ordinal
        .map_or(wanted.part.unwrap_or(1), |ordinal| ordinal / PART + 1)
        .clamp(1, parts);
    let first = (part - 1) * PART;
    let last = first + PART - 1;
    let whole = total <= LISTED;
    let all = if whole {
        store.passages_of(generation).await?
    } else {
        // With the one before, which says what goes on from there.
        store
            .neighbours(generation, first.saturating_sub(1)..=last)
            .await?
    };
    let shown: Vec<Passage> = all
        .iter()
        .filter(|passage| (first..=last).contains(&passage.ordinal))
        .cloned()
        .collect();
    let before = first.checked_sub(1).and_then(|before| {
        all.iter()
            .find(|passage| passage.ordinal == before)
            .map(|passage| passage.locator.clone())
    });
    let contents = contents::entries(if whole { &all } else { &shown }, PART);
    let pages = pages(&shown, before.as_ref(), (part == parts).then_some(document.pages));
    Ok(DocumentView {
        pages,
        document,
        sections: sections(shown, before.as_ref()),
        contents,
        part,
        parts,
        cited,
        span: wanted.span,
    })
}

/// The pages that a part takes up: from the one after the part `before` to its last one, which in the last part is that
/// of the document. Passages know theirs in PDF files and in pictures.
fn pages(shown: &[Passage], before: Option<&Locator>, last: Option<u32>) -> (u32, u32) {
    let page = |passage: Option<&Passage>| passage.and_then(|passage| passage.locator.page);
    let (Some(first), Some(end)) = (page(shown.first()), page(shown.last())) else {
        return (0, 0);
    };
    let begin = match before.and_then(|before| before.page) {
        Some(before) => first.min(before + 1),
        None if shown.first().is_some_and(|passage| passage.ordinal == 0) => 1,
        None => first,
    };
    (begin, last.unwrap_or(end).max(end))
}

/// Groups passages by place. `before` is the place of the passage before the first one, so that a heading that goes on
/// is not repeated; the first section always names its page.
fn sections(passages: Vec<Passage>, before: Option<&Locator>) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut previous = before.cloned();
    for passage in passages {
        let locator = passage.locator.clone();
        let same = sections.last().is_some_and(|section| {
            same_place(&section.locator, &locator) && section.locator.headings == locator.headings
        });
        if same && let Some(section) = sections.last_mut() {
            section.passages.push(passage);
        } else {
            let opens_place =
                sections.is_empty() || !previous.as_ref().is_some_and(|it| same_place(it, &locator));
            let headings = contents::new_headings(previous.as_ref(), &locator);
            sections.push(Section {
                locator: locator.clone(),
                opens_place,
                headings,
                passages: vec![passage],
            });
        }
        previous = Some(locator);
    }
    sections
}

fn same_place(one: &Locator, other: &Locator) -> bool {
    one.part == other.part && one.page == other.page && one.slide == other.slide && one.sheet == other.sheet
}

#[cfg(test)]
mod tests {
    use crate::domain::{Collection, ContentHash, Coverage, DocumentId, FileKind, GenerationId, PageFate};
    use crate::store::{Finished, FinishedReading, JobId, NewPassage, Sighting, Stamp};

    use super::*;

    fn passage(ordinal: u32, page: Option<u32>, headings: &[&str]) -> Passage {
        Passage {
            id: PassageId(i64::from(ordinal)),
            document: DocumentId(1),
            generation: GenerationId(1),
            ordinal,
            locator: Locator {
                page,
                headings: headings.iter().map(|&heading| heading.to_owned()).collect(),
                ..Locator::default()
            },
            text: format!("text {ordinal}"),
        }
    }

    #[test]
    fn passages_of_one_page_are_one_section() {
        let sections = sections(
            vec![
                passage(0, Some(1), &[]),
                passage(1, Some(1), &[]),
                passage(2, Some(2), &[]),
            ],
            None,
        );
        let shape: Vec<_> = sections
            .iter()
            .map(|s| (s.locator.page, s.opens_place, s.passages.len()))
            .collect();
        assert_eq!(shape, [(Some(1), true, 2), (Some(2), true, 1)]);
    }

    #[test]
    fn a_part_takes_up_the_pages_without_text_before_it_and_the_last_part_those_after_it() {
        let shown = [passage(40, Some(7), &[]), passage(41, Some(9), &[])];
        let before = passage(39, Some(4), &[]).locator;
        assert_eq!(pages(&shown, Some(&before), None), (5, 9));
        assert_eq!(pages(&shown, Some(&before), Some(12)), (5, 12));
        let same = passage(39, Some(7), &[]).locator;
        assert_eq!(pages(&shown, Some(&same), None), (7, 9));
        assert_eq!(pages(&[passage(0, Some(3), &[])], None, Some(3)), (1, 3));
        assert_eq!(pages(&[passage(0, None, &["A"])], None, Some(0)), (0, 0));
    }

    #[test]
    fn a_heading_is_shown_where_it_begins_and_not_again() {
        let sections = sections(
            vec![
                passage(0, None, &["Safety"]),
                passage(1, None, &["Safety", "Gloves"]),
                passage(2, None, &["Safety", "Shoes"]),
            ],
            None,
        );
        let headings: Vec<_> = sections.iter().map(|s| s.headings.clone()).collect();
        assert_eq!(headings[0], [(0, "Safety".to_owned())]);
        assert_eq!(headings[1], [(1, "Gloves".to_owned())]);
        assert_eq!(headings[2], [(1, "Shoes".to_owned())]);
    }

    #[test]
    fn a_heading_that_goes_on_from_the_part_before_is_not_repeated() {
        let before = passage(39, Some(4), &["Safety"]).locator;
        let sections = sections(vec![passage(40, Some(4), &["Safety"])], Some(&before));
        assert!(sections[0].headings.is_empty());
        assert!(sections[0].opens_place);
    }

    /// A document with ten passages on each of 500 pages, but for one page without text.
    async fn long_document(store: &Store, without: u32) -> Document {
        let sighting = Sighting {
            path: "long.pdf".to_owned(),
            collection: Collection::top(),
            kind: FileKind::Pdf,
            stamp: Stamp {
                size: 1,
                modified_ns: 1,
                changed_ns: 1,
            },
            hash: Some(ContentHash([1; 32])),
        };
        let id = store.add_document(&sighting).await.unwrap();
        let job = store.ready_jobs(false, JobId(0), 1).await.unwrap().remove(0).id;
        let (generation, ..) = store.begin_generation(job).await.unwrap().unwrap();
        let pages = (1..=500).filter(|page| *page != without);
        let new: Vec<NewPassage> = pages
            .flat_map(|page| (0..10).map(move |_| page))
            .map(|page| NewPassage {
                locator: Locator {
                    page: Some(page),
                    ..Locator::default()
                },
                text: format!("text of page {page}"),
            })
            .collect();
        store.insert_passages(generation, 0, &new).await.unwrap();
        let mut coverage = Coverage::default();
        for _ in 0..500 {
            coverage.push(PageFate::Text);
        }
        let finished = Finished {
            title: None,
            coverage,
            recognised: Vec::new(),
            copied: None,
            passages: u32::try_from(new.len()).unwrap(),
            declared: Default::default(),
            controlled: None,
            unrecognised: false,
            put_off: false,
        };
        let reading = FinishedReading {
            job,
            document: id,
            generation,
            path: sighting.path,
            result: Ok(finished),
        };
        store.finish(&[reading]).await.unwrap();
        store.document(id).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn a_page_of_a_document_too_long_to_be_listed_whole_is_found_too() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("gemba.sqlite")).await.unwrap();
        let document = long_document(&store, 301).await;
        assert!(document.passages > LISTED);
        let at = |page| {
            let wanted = Wanted {
                page: Some(page),
                ..Wanted::default()
            };
            view(&store, document.clone(), wanted)
        };
        let shown = at(7).await.unwrap();
        assert_eq!((shown.part, shown.pages), (2, (5, 8)));
        // One without text is in the part in which its picture is, also where that begins with it.
        let shown = at(301).await.unwrap();
        assert_eq!((shown.part, shown.pages), (76, (301, 305)));
        let shown = at(9_999).await.unwrap();
        assert_eq!((shown.part, shown.pages), (125, (498, 500)));
    }
}
