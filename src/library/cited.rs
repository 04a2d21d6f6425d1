//! What is cited of a page, with what stands around it: that is looked for on the page. A passage belongs to a generation,
//! and not to the file that is shown: of files that say the same, each shows the generation of the one that answers.

use super::LibraryError;
use super::picture::PictureWanted;
use crate::domain::{Document, GenerationId, Locator, Passage, PassageId, Span};
use crate::ingest::parse::{CitedText, Inside, Recognised};
use crate::store::Store;

/// Passages before and after the cited one whose text tells where on the page it stands.
const AROUND: u32 = 12;
/// Quotes that are marked on one page.
const QUOTES: usize = 24;

/// The text around what is cited, and where in it that stands; nothing where the passage is not on this page of this
/// generation, or of this file inside it.
pub(super) async fn cited(
    store: &Store,
    generation: GenerationId,
    part: Option<&str>,
    wanted: &PictureWanted,
) -> Result<CitedText, LibraryError> {
    let on_page = |passage: &Passage| {
        passage.generation == generation
            && passage.locator.part.as_deref() == part
            && passage.locator.page.is_some()
            && passage.locator.page == wanted.page
    };
    let Some(passage) = wanted.passage.filter(|_| !wanted.spans.is_empty()) else {
        return Ok(CitedText::default());
    };
    let visible = store.passages_visible(&[passage]).await?;
    let Some(found) = visible.into_iter().map(|found| found.passage).find(on_page) else {
        return Ok(CitedText::default());
    };
    let around = found.ordinal.saturating_sub(AROUND)..=found.ordinal.saturating_add(AROUND);
    let neighbours = store.neighbours(generation, around).await?;
    Ok(within(
        &found,
        neighbours.iter().filter(|passage| on_page(passage)),
        &wanted.spans,
    ))
}

/// The same where the passage does not know its page, with what it knows of its place. Without spans the whole passage is
/// what is cited.
pub(super) async fn cited_anywhere(
    store: &Store,
    generation: GenerationId,
    passage: PassageId,
    spans: &[Span],
) -> Result<Option<(CitedText, Locator)>, LibraryError> {
    let visible = store.passages_visible(&[passage]).await?;
    let mut found = visible.into_iter().map(|found| found.passage);
    let Some(found) = found.find(|it| it.generation == generation) else {
        return Ok(None);
    };
    let place = found.locator.clone();
    let around = found.ordinal.saturating_sub(AROUND)..=found.ordinal.saturating_add(AROUND);
    let neighbours = store.neighbours(generation, around).await?;
    let beside = neighbours
        .iter()
        .filter(|passage| passage.locator.slide == place.slide && passage.locator.sheet == place.sheet);
    let whole = [Span {
        start: 0,
        end: u32::MAX,
    }];
    let spans = if spans.is_empty() { &whole } else { spans };
    Ok(Some((within(&found, beside, spans), place)))
}

/// The file inside `document` of which a passage cites a page; nothing where pages of it cannot be drawn.
pub(super) async fn inside(
    store: &Store,
    document: &Document,
    wanted: &PictureWanted,
) -> Result<Option<Inside>, LibraryError> {
    let Some(passage) = wanted.passage.filter(|_| document.kind.holds_files()) else {
        return Ok(None);
    };
    let visible = store.passages_visible(&[passage]).await?;
    let mut found = visible.into_iter().map(|found| found.passage);
    let found = found
        .find(|found| document.generation == Some(found.generation) && found.locator.page == wanted.page);
    let part = found.and_then(|found| found.locator.part);
    let inside = part.map(|part| Inside::of(document, &part));
    Ok(inside.filter(|inside| inside.kind().is_some()))
}

/// The words of a page that was recognised, of the file itself or of one inside it.
pub(super) async fn recognised(
    store: &Store,
    generation: GenerationId,
    part: Option<&str>,
    page: u32,
) -> Result<Option<Recognised>, LibraryError> {
    let words = store
        .recognised(generation, part.unwrap_or_default(), page)
        .await?;
    // What cannot be read any more is not marked.
    Ok(words.and_then(|words| serde_json::from_str(&words).ok()))
}

/// The passages as one text, with the spans of `cited` where they stand in it.
fn within<'store>(
    cited: &Passage,
    passages: impl Iterator<Item = &'store Passage>,
    spans: &[Span],
) -> CitedText {
    let mut whole = CitedText::default();
    for passage in passages {
        if !whole.text.is_empty() {
            whole.text.push('\n');
        }
        let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let (before, length) = (count(&whole.text), count(&passage.text));
        if passage.id == cited.id {
            let inside = spans.iter().take(QUOTES).map(|span| Span {
                start: before + span.start.min(length),
                end: before + span.end.min(length),
            });
            whole.spans = inside.filter(|span| span.start < span.end).collect();
        }
        whole.text.push_str(&passage.text);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DocumentId;

    fn passage(id: i64, text: &str) -> Passage {
        Passage {
            id: PassageId(id),
            document: DocumentId(1),
            generation: GenerationId(1),
            ordinal: 0,
            locator: Locator::default(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_span_is_moved_to_where_its_passage_stands_on_the_page_and_cut_at_its_end() {
        let page = [passage(1, "停机。"), passage(2, "挂牌。"), passage(3, "清洁。")];
        let spans = [
            Span { start: 0, end: 2 },
            Span { start: 2, end: 90 },
            Span { start: 7, end: 9 },
        ];
        let cited = within(&page[1], page.iter(), &spans);
        assert_eq!(cited.text, "停机。\n挂牌。\n清洁。");
        assert_eq!(
            cited.spans,
            [Span { start: 4, end: 6 }, Span { start: 6, end: 7 }]
        );
    }
}
