//! Whether the passages bear out what a model wrote, sentence by sentence.
//!
//! A sentence is borne out by one sentence or row of a passage, and what stands above it; a long one perhaps by two. There
//! its figures, codes, names and spans of time must stand, and so many of its other words, or what stands there must be so
//! like it in meaning; neither may deny what the other says, and its words must go together there as they do in it. What stands somewhere in the passage is not enough: the
//! figure of the next row stands there too. A sentence that cites nothing, or the wrong passage, is given the passage that
//! bears it out, if one does: what counts is that the reader lands at the right page.
//!
//! The bounds are chosen on `tests/cases/statements.jsonl`, by the test below.

use std::cmp::Ordering;
use std::sync::Arc;

use super::cite::Marked;
use super::denial::{denials, has_no_exception, is_absolute, parts, says_no_exception};
use super::figures::{Holdings, count_the_same};
use super::mixed::{Place, mixes};
use super::terms::terms_of;
use crate::domain::{Citation, Formatting, ScoredPassage, Span, Statement, Support};
use crate::embed::{EmbedError, Embedder, cosine};
use crate::generate::{Piece, pieces};
use crate::index::coverage::{Held, QuestionTerms};

/// The share of a sentence's words that bears it out by itself.
const ENOUGH: f32 = 0.75;
/// Below this share not even likeness in meaning helps.
const LEAST: f32 = 0.6;
/// The cosine at which two sentences say nearly the same, for the embedding model that is built in,
const ALIKE: f32 = 0.8;
/// and that below which they are about different things though they have the same words.
const AKIN: f32 = 0.5;
/// A sentence of at least so many words may have been put together from two.
const TOGETHER: usize = 8;
/// So many words must then stand in each that do not in the other.
const OF_EACH: usize = 3;

/// A passage that the model was given, under the number by which it is cited.
#[derive(Debug, Clone)]
pub(super) struct Ground {
    pub number: u32,
    pub passage: ScoredPassage,
    /// What stands in its title and headings.
    above: Holdings,
    /// What stands anywhere in it.
    anywhere: Holdings,
}

impl Ground {
    pub fn new(number: u32, passage: ScoredPassage) -> Self {
        let headings = passage.passage.locator.headings.iter().map(String::as_str);
        let above = Holdings::of([passage.title.as_str()].into_iter().chain(headings));
        Self {
            number,
            anywhere: Holdings::of([passage.passage.text.as_str()]),
            passage,
            above,
        }
    }

    /// The place in this passage that is most like a sentence.
    fn nearest(&self, sentence: &Sentence<'_>) -> Site<'_> {
        let headings = &self.passage.passage.locator.headings;
        let above = headings
            .iter()
            .fold(sentence.terms.held(&self.passage.title), |held, heading| {
                held.or(sentence.terms.held(heading))
            });
        let mut head = None;
        let mut sites = Vec::new();
        for piece in pieces(&self.passage.passage.text) {
            let mut held = above.or(sentence.terms.held(piece.text));
            let mut texts = vec![piece.text];
            if piece.is_head {
                head = Some(piece.text);
            } else if let Some(head) = head.filter(|_| piece.is_row) {
                // What the cells of a row mean stands in the first one.
                held = held.or(sentence.terms.held(head));
                texts.push(head);
            } else {
                head = None;
            }
            sites.push(Site::new(self, sentence, piece, held, texts));
        }
        let best = sites
            .iter()
            .cloned()
            .max_by(Site::bears_less)
            .unwrap_or_else(|| Site::nowhere(self));
        if best.bears_out() || sentence.terms.count() < TOGETHER {
            return best;
        }
        let two = sites
            .iter()
            .filter(|other| best.goes_with(other))
            .map(|other| best.with(other, sentence))
            .max_by(Site::bears_less);
        two.filter(Site::bears_out).unwrap_or(best)
    }
}

/// A sentence that is checked.
struct Sentence<'text> {
    text: &'text str,
    terms: QuestionTerms,
}

/// A sentence or a row of a passage, or two of them, with what stands above them.
#[derive(Clone)]
struct Site<'ground> {
    ground: &'ground Ground,
    /// The one that is quoted, and its place.
    text: &'ground str,
    span: Span,
    texts: Vec<&'ground str>,
    is_row: bool,
    held: Held,
    /// The share of the sentence's words that stand here.
    share: f32,
    /// Its figures, codes and names that do not.
    missing: Vec<String>,
    /// Whether its figures count the same here.
    counts: bool,
}

impl<'ground> Site<'ground> {
    fn new(
        ground: &'ground Ground,
        sentence: &Sentence<'_>,
        piece: Piece<'ground>,
        held: Held,
        texts: Vec<&'ground str>,
    ) -> Self {
        Self {
            ground,
            text: piece.text,
            span: piece.span,
            is_row: piece.is_row,
            held,
            share: sentence.terms.share(held),
            missing: missing(sentence.text, &texts, &[ground]),
            counts: count_the_same(sentence.text, &texts),
            texts,
        }
    }

    /// Of a passage without a sentence.
    fn nowhere(ground: &'ground Ground) -> Self {
        Self {
            ground,
            text: &ground.passage.passage.text,
            span: Span { start: 0, end: 0 },
            texts: Vec::new(),
            is_row: false,
            held: Held::default(),
            share: 0.0,
            missing: Vec::new(),
            counts: false,
        }
    }

    /// Whether a sentence may have been put together from this and `other`: each has much that the other has not. Rows are
    /// about different things.
    fn goes_with(&self, other: &Self) -> bool {
        !self.is_row
            && !other.is_row
            && self.held.without(other.held).count() >= OF_EACH
            && other.held.without(self.held).count() >= OF_EACH
    }

    /// This and `other` together; quoted is what has more of the sentence.
    fn with(&self, other: &Self, sentence: &Sentence<'_>) -> Self {
        let texts: Vec<&str> = self.texts.iter().chain(&other.texts).copied().collect();
        let held = self.held.or(other.held);
        Self {
            held,
            share: sentence.terms.share(held),
            missing: missing(sentence.text, &texts, &[self.ground, other.ground]),
            counts: count_the_same(sentence.text, &texts),
            texts,
            ..self.clone()
        }
    }

    /// By how much of the sentence stands here; where all its figures and names do, first.
    fn bears_less(&self, other: &Self) -> Ordering {
        let rank = |site: &Self| (site.missing.is_empty() && site.counts, site.share);
        let ((one_whole, one), (other_whole, other)) = (rank(self), rank(other));
        one_whole.cmp(&other_whole).then(one.total_cmp(&other))
    }

    /// Whether it denies what the sentence says, or says what that denies, in a part that speaks of the same.
    fn contradicts(&self, sentence: &Sentence<'_>) -> bool {
        let speaks_of_it = |part: &&str| sentence.terms.held(part).count() >= 2.min(sentence.terms.count());
        let texts = self.texts.iter().flat_map(|text| parts(text));
        let there: usize = texts.filter(speaks_of_it).map(denials).sum();
        there % 2 != denials(sentence.text) % 2
    }

    /// Whether the sentence puts together what does not belong together here, or leaves no exception where this may.
    fn says_less(&self, sentence: &Sentence<'_>) -> bool {
        let ScoredPassage { passage, title, .. } = &self.ground.passage;
        let headings = || passage.locator.headings.iter().map(String::as_str);
        let above = || [title.as_str()].into_iter().chain(headings());
        if is_absolute(sentence.text)
            && !self.texts.iter().any(|text| has_no_exception(text))
            && !above().any(says_no_exception)
        {
            return true;
        }
        let (bearing, others): (Vec<&str>, Vec<&str>) = if self.is_row {
            let rows = pieces(&passage.text).into_iter();
            let others = rows.filter(|piece| piece.is_row && !piece.is_head && piece.text != self.text);
            (vec![self.text], others.map(|piece| piece.text).collect())
        } else {
            let whole = whole_sentences(&passage.text);
            let elsewhere = |text: &&str| !whole.iter().any(|whole| whole.contains(text));
            let elsewhere: Vec<&str> = self.texts.iter().copied().filter(elsewhere).collect();
            let bears = |whole: &&str| self.texts.iter().any(|text| whole.contains(text));
            let (mut bearing, others): (Vec<&str>, Vec<&str>) = whole.into_iter().partition(bears);
            bearing.extend(elsewhere);
            (bearing, others)
        };
        let head = self.texts.iter().skip(1).copied().filter(|_| self.is_row);
        let above = above().chain(head).collect();
        mixes(
            sentence.text,
            &Place {
                bearing,
                is_row: self.is_row,
                others,
                above,
            },
        )
    }

    fn bears_out(&self) -> bool {
        self.missing.is_empty() && self.counts && self.share >= ENOUGH
    }
}

/// Checks the sentences of one answer.
pub(super) struct Verifier {
    pub grounds: Vec<Ground>,
    /// Compares by meaning, where it knows the language.
    pub embedder: Option<Arc<dyn Embedder>>,
}

impl Verifier {
    /// The sentence with the places that bear it out, or marked.
    pub async fn check(&self, marked: Marked) -> Result<Statement, EmbedError> {
        let Marked { text, numbers } = marked;
        let asks = text.trim_end().ends_with(['?', '？']);
        let Some(terms) = terms_of(&text).filter(|_| !asks) else {
            return Ok(statement(text, &[], Support::Unsupported));
        };
        let sentence = Sentence { text: &text, terms };
        let mut sites: Vec<Site<'_>> = self
            .grounds
            .iter()
            .map(|ground| ground.nearest(&sentence))
            .collect();
        // The best first, so that the first that bears the sentence out is the one to read.
        sites.sort_by(|one, other| other.bears_less(one));
        let is_cited = |site: &&Site<'_>| numbers.contains(&site.ground.number);
        let cited: Vec<Site<'_>> = sites.iter().filter(is_cited).cloned().collect();
        let mut bearing = Vec::new();
        for site in &cited {
            if self.bears_out(&sentence, site).await? {
                bearing.push(site.clone());
            }
        }
        if bearing.is_empty()
            && cited.len() > 1
            && sentence.terms.count() >= TOGETHER
            && cited[0].goes_with(&cited[1])
        {
            let two = cited[0].with(&cited[1], &sentence);
            if self.bears_out(&sentence, &two).await? {
                bearing = cited[..2].to_vec();
            }
        }
        if !bearing.is_empty() {
            // In the order in which the model names them.
            bearing.sort_by_key(|site| numbers.iter().position(|number| *number == site.ground.number));
            return Ok(statement(text.clone(), &bearing, Support::Supported));
        }
        for other in sites.iter().take(2) {
            if self.bears_out(&sentence, other).await? {
                return Ok(statement(
                    text.clone(),
                    std::slice::from_ref(other),
                    Support::Supported,
                ));
            }
        }
        let looked = if cited.is_empty() { &sites } else { &cited };
        let all: Vec<&Holdings> = looked
            .iter()
            .flat_map(|site| [&site.ground.above, &site.ground.anywhere])
            .collect();
        // What is told of must stand nowhere in what the reader sees.
        let words = Holdings::missing(&text, &all);
        let support = if words.is_empty() {
            Support::Unsupported
        } else {
            Support::Missing { words }
        };
        Ok(statement(text.clone(), &cited, support))
    }

    /// Whether the sentence stands there, or means the same as what does.
    async fn bears_out(&self, sentence: &Sentence<'_>, site: &Site<'_>) -> Result<bool, EmbedError> {
        let stands = site.missing.is_empty() && site.counts && site.share >= LEAST;
        if !stands || site.contradicts(sentence) || site.says_less(sentence) {
            return Ok(false);
        }
        let Some(embedder) = &self.embedder else {
            return Ok(site.share >= ENOUGH);
        };
        let vectors = embedder
            .embed_now(vec![sentence.text.to_owned(), site.text.to_owned()])
            .await?;
        let alike = cosine(&vectors[0], &vectors[1]);
        Ok(alike >= if site.share >= ENOUGH { AKIN } else { ALIKE })
    }
}

/// The figures, codes, names and spans of time of a sentence that stand in none of `texts` nor above them. A name may
/// stand elsewhere in the passage: where it is spoken of once more, it is `it`.
fn missing(sentence: &str, texts: &[&str], grounds: &[&Ground]) -> Vec<String> {
    let here = Holdings::of(texts.iter().copied());
    let mut held = vec![&here];
    held.extend(grounds.iter().map(|ground| &ground.above));
    let mut missing = Holdings::missing(sentence, &held);
    missing.retain(|word| !grounds.iter().any(|ground| ground.anywhere.has_name(word)));
    missing
}

/// The sentences of a passage that are no rows, up to their full stops: parts that a Chinese semicolon ends go together.
fn whole_sentences(text: &str) -> Vec<&str> {
    let mut whole: Vec<(usize, usize)> = Vec::new();
    for piece in pieces(text).into_iter().filter(|piece| !piece.is_row) {
        let start = piece.text.as_ptr() as usize - text.as_ptr() as usize;
        let end = start + piece.text.len();
        match whole.last_mut() {
            Some(last) if text[..last.1].ends_with('；') => last.1 = end,
            _ => whole.push((start, end)),
        }
    }
    whole.into_iter().map(|(start, end)| &text[start..end]).collect()
}

fn statement(text: String, sites: &[Site<'_>], support: Support) -> Statement {
    let citations = sites
        .iter()
        .map(|site| {
            let ScoredPassage {
                passage, title, path, ..
            } = &site.ground.passage;
            Citation {
                number: site.ground.number,
                passage: passage.id,
                document: passage.document,
                generation: passage.generation,
                title: title.clone(),
                path: path.clone(),
                locator: passage.locator.clone(),
                quote: site.text.to_owned(),
                span: site.span,
            }
        })
        .collect();
    Statement {
        text,
        citations,
        support,
        formatting: Formatting::default(),
    }
}

#[cfg(test)]
mod tests;
