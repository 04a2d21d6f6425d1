//! Pictures of pages in pages: their addresses in several widths, and the room that is kept free for them.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use askama::Template;

use super::page::address;
use super::texts::Texts;
use crate::domain::{Citation, DocumentId, GenerationId, PassageId, Span, Staff};
use crate::library::{CitedPage, Library, PageShape, WIDTHS};

/// For so long a page or an answer waits in all to learn on which pages of Office files its citations stand, and how large
/// pages are: those that are not known by then are looked for when somebody wants to see them.
pub const SEARCH: Duration = Duration::from_millis(500);
/// The width that a browser takes which knows no choice.
const USUAL: u32 = 900;
/// In points: a third of the usual page.
const NARROW: f32 = 200.0;

/// A page of a document as a picture.
#[derive(Template)]
#[template(path = "parts/picture.html")]
pub struct PicturePart {
    src: String,
    /// The largest picture of the page, for a close look.
    large: String,
    choice: String,
    sizes: &'static str,
    /// Whether it is too narrow to fill the room for a page: its letters would be as large as a hand.
    narrow: bool,
    width: u32,
    height: u32,
    alt: String,
    /// What is said in its place where it cannot be had after all: only drawing it tells.
    absent: String,
}

/// What is marked on a page.
#[derive(Debug, Clone, Copy)]
pub struct Marked<'quotes> {
    /// The passage that is cited.
    pub passage: PassageId,
    /// The characters of it that are cited.
    pub spans: &'quotes [Span],
}

/// A page that is shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'page> {
    /// The document.
    pub document: DocumentId,
    /// The document's title.
    pub title: &'page str,
    /// The page, from 1. Nothing, and it is the one on which what is marked stands.
    pub page: Option<u32>,
    /// How large it is.
    pub shape: PageShape,
    /// How wide it is shown, as `sizes` says it to a browser.
    pub sizes: &'static str,
}

impl PicturePart {
    /// The picture of a page; nothing where the page cannot be drawn.
    pub fn new(t: Texts, shown: Shown<'_>, marked: Option<Marked<'_>>) -> Option<Self> {
        let (width, height) = shown.shape.pixels(USUAL).ok()?;
        let list = |number: fn(&Span) -> u32| -> String {
            let spans = marked.map(|marked| marked.spans).unwrap_or_default();
            let numbers: Vec<String> = spans.iter().map(|span| number(span).to_string()).collect();
            numbers.join(",")
        };
        let (from, to) = (list(|span| span.start), list(|span| span.end));
        let passage = marked
            .map(|marked| marked.passage.0.to_string())
            .unwrap_or_default();
        let number = shown.page.map(|page| page.to_string());
        let path = format!(
            "/documents/{}/pages/{}.png",
            shown.document,
            number.as_deref().unwrap_or("cited")
        );
        let at = |width: u32| {
            let parameters = [
                ("passage", passage.as_str()),
                ("from", &from),
                ("to", &to),
                ("width", &width.to_string()),
            ];
            address(&path, &parameters)
        };
        let choice = WIDTHS.iter().filter_map(|width| {
            let (real, _) = shown.shape.pixels(*width).ok()?;
            Some(format!("{} {real}w", at(*width)))
        });
        Some(Self {
            src: at(USUAL),
            large: at(WIDTHS.into_iter().max().unwrap_or(USUAL)),
            choice: choice.collect::<Vec<_>>().join(", "),
            sizes: shown.sizes,
            narrow: shown.shape.width < NARROW,
            width,
            height,
            alt: match &number {
                Some(number) => t.with_all("picture-alt", &[("page", number), ("title", shown.title)]),
                None => t.with("picture-alt-cited", "title", shown.title),
            }
            .into_owned(),
            absent: t.get("picture-absent").into_owned(),
        })
    }

    /// The address of the largest picture of the page.
    pub fn large(&self) -> &str {
        &self.large
    }
}

/// How long may still be waited.
#[derive(Debug, Clone, Copy)]
struct Patience(Duration);

impl Patience {
    /// Waits for what is told how long it may take; what it took is gone.
    async fn spend<T>(&mut self, wait: impl AsyncFnOnce(Duration) -> T) -> T {
        let began = Instant::now();
        let outcome = wait(self.0).await;
        self.0 = self.0.saturating_sub(began.elapsed());
        outcome
    }
}

/// A page of a document, or of a file inside it.
type PageKey = (DocumentId, GenerationId, Option<String>, u32);

/// The shapes of the pages that are cited, as far as their pictures can be shown. One for an answer: it waits [`SEARCH`] in
/// all, however many citations it has and in however many parts they come.
#[derive(Debug, Clone)]
pub struct Shapes {
    pages: HashMap<PageKey, PageShape>,
    /// Of passages that do not know their page, with what was cited of them.
    leaves: HashMap<PassageId, (Vec<Span>, Option<CitedPage>)>,
    patience: Patience,
}

impl Default for Shapes {
    fn default() -> Self {
        Self {
            pages: HashMap::new(),
            leaves: HashMap::new(),
            patience: Patience(SEARCH),
        }
    }
}

impl Shapes {
    /// Of the pages that `citations` point at.
    pub async fn of(staff: &Staff, library: &Library, citations: impl Iterator<Item = &Citation>) -> Self {
        let mut shapes = Self::default();
        let citations: Vec<&Citation> = citations.collect();
        shapes.add(staff, library, &citations).await;
        shapes
    }

    /// Adds those of more citations; of a passage, all that is cited of it.
    pub async fn add(&mut self, staff: &Staff, library: &Library, citations: &[&Citation]) {
        for citation in citations {
            match citation.locator.page {
                Some(page) => self.add_page(staff, library, citation, page).await,
                None => {
                    let same = citations.iter().filter(|other| other.passage == citation.passage);
                    let spans = same.map(|citation| citation.span).collect();
                    self.add_leaf(staff, library, citation, spans).await;
                }
            }
        }
    }

    async fn add_page(&mut self, staff: &Staff, library: &Library, citation: &Citation, page: u32) {
        let (document, generation) = (citation.document, citation.generation);
        let part = citation.locator.part.as_deref();
        let key = (document, generation, part.map(str::to_owned), page);
        if self.pages.contains_key(&key) {
            return;
        }
        let look = async |left| {
            library
                .page_shapes(staff, document, generation, part, &[page], left)
                .await
        };
        let found = self.patience.spend(look).await;
        let shape = found.and_then(|found| found.first().copied());
        self.pages.extend(shape.map(|shape| (key, shape)));
    }

    async fn add_leaf(&mut self, staff: &Staff, library: &Library, citation: &Citation, spans: Vec<Span>) {
        let known = self.leaves.get(&citation.passage);
        // What is cited besides seldom stands on another page: with no time left, what was found of the others holds.
        if known.is_some_and(|(known, _)| *known == spans || self.patience.0.is_zero()) {
            return;
        }
        let look = async |left| library.cited_page(staff, citation, &spans, left).await;
        let found = self.patience.spend(look).await;
        self.leaves.insert(citation.passage, (spans, found));
    }

    /// The page that a citation points at.
    pub fn get(&self, citation: &Citation) -> Option<CitedPage> {
        let Some(page) = citation.locator.page else {
            return self.leaves.get(&citation.passage)?.1;
        };
        let part = citation.locator.part.clone();
        let key = (citation.document, citation.generation, part, page);
        Some(CitedPage {
            page: Some(page),
            shape: *self.pages.get(&key)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::web::locale::Locale;

    use super::*;

    #[test]
    fn a_picture_keeps_its_room_free_and_is_offered_in_several_widths() {
        let shown = Shown {
            document: DocumentId(7),
            title: "Press \"A\"",
            page: Some(3),
            shape: PageShape {
                width: 595.0,
                height: 842.0,
            },
            sizes: "26rem",
        };
        let spans = [Span { start: 1, end: 5 }, Span { start: 8, end: 9 }];
        let marked = Marked {
            passage: PassageId(12),
            spans: &spans,
        };
        let html = PicturePart::new(Texts::of(Locale::English), shown, Some(marked))
            .unwrap()
            .render()
            .unwrap();
        for expected in [
            "width=\"900\" height=\"1274\"",
            "loading=\"lazy\"",
            "/documents/7/pages/3.png?passage=12&#38;from=1%2C8&#38;to=5%2C9&#38;width=480 480w, ",
            "alt=\"Page 3 of Press &#34;A&#34;\"",
        ] {
            assert!(html.contains(expected), "{expected} is not in {html}");
        }
    }

    #[tokio::test]
    async fn what_one_citation_waited_for_is_gone_for_the_next() {
        let mut patience = Patience(Duration::from_millis(30));
        let never = async |left| {
            let waited = tokio::time::timeout(left, std::future::pending::<()>()).await;
            assert!(waited.is_err());
            left
        };
        assert_eq!(patience.spend(never).await, Duration::from_millis(30));
        assert_eq!(patience.spend(never).await, Duration::ZERO);
    }
}
