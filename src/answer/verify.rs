//! Whether the passages bear out what a model wrote, sentence by sentence.
//!
//! Figures, codes and names must stand in the passages that a sentence cites. Of its other words so many must stand
//! there, or a sentence there must be so like it in meaning, that it can be called borne out; and it may not deny what
//! that sentence says, nor say what it denies. A sentence that cites nothing, or the wrong passage, is given the passage
//! that bears it out, if one does: what counts is that the reader lands at the right page.

use std::sync::Arc;

use super::cite::Marked;
use super::figures::{Holdings, denies};
use crate::domain::{Citation, Question, ScoredPassage, Span, Statement, Support};
use crate::embed::{EmbedError, Embedder, cosine};
use crate::generate::pieces;
use crate::index::IndexError;
use crate::index::coverage::{Held, QuestionTerms};

/// The share of a sentence's words that bears it out by itself.
const ENOUGH: f32 = 0.6;
/// Below this share not even likeness in meaning helps.
const LEAST: f32 = 0.25;
/// The cosine at which two sentences say nearly the same, for the embedding model that is built in.
const ALIKE: f32 = 0.6;

/// A passage that the model was given, under the number by which it is cited.
#[derive(Debug, Clone)]
pub(super) struct Ground {
    pub number: u32,
    pub passage: ScoredPassage,
    holdings: Holdings,
}

impl Ground {
    pub fn new(number: u32, passage: ScoredPassage) -> Self {
        let headings = passage.passage.locator.headings.iter().map(String::as_str);
        let holdings = Holdings::of(
            [passage.title.as_str(), &passage.passage.text]
                .into_iter()
                .chain(headings),
        );
        Self {
            number,
            passage,
            holdings,
        }
    }

    /// What stands in its title and headings.
    fn above(&self, terms: &QuestionTerms) -> Held {
        let headings = &self.passage.passage.locator.headings;
        headings
            .iter()
            .fold(terms.held(&self.passage.title), |held, heading| {
                held.or(terms.held(heading))
            })
    }
}

/// The sentence of a passage that is most like what was written.
struct Nearest {
    text: String,
    span: Span,
    share: f32,
}

/// A ground looked at for one sentence.
struct Looked<'ground> {
    ground: &'ground Ground,
    held: Held,
    nearest: Nearest,
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
        let Some(terms) = terms_of(&text) else {
            return Ok(statement(text, &[], Support::Unsupported));
        };
        let looked: Vec<Looked<'_>> = self.grounds.iter().map(|ground| look(ground, &terms)).collect();
        let cited: Vec<&Looked<'_>> = looked
            .iter()
            .filter(|looked| numbers.contains(&looked.ground.number))
            .collect();
        let found = self.weigh(&text, &terms, &cited).await?;
        if !cited.is_empty() && found == Support::Supported {
            return Ok(statement(text, &cited, found));
        }
        // The best first, so that the first that bears the sentence out is the one to read.
        let mut others: Vec<&Looked<'_>> = looked.iter().collect();
        others.sort_by(|one, other| other.nearest.share.total_cmp(&one.nearest.share));
        for other in others.iter().take(2) {
            if self.weigh(&text, &terms, &[other]).await? == Support::Supported {
                return Ok(statement(text, &[other], Support::Supported));
            }
        }
        let found = if cited.is_empty() {
            let all: Vec<&Holdings> = self.grounds.iter().map(|ground| &ground.holdings).collect();
            support(Holdings::missing(&text, &all), false)
        } else {
            found
        };
        Ok(statement(text, &cited, found))
    }

    /// Whether all of `looked` together bear out `text`.
    async fn weigh(
        &self,
        text: &str,
        terms: &QuestionTerms,
        looked: &[&Looked<'_>],
    ) -> Result<Support, EmbedError> {
        let holdings: Vec<&Holdings> = looked.iter().map(|looked| &looked.ground.holdings).collect();
        let missing = Holdings::missing(text, &holdings);
        if !missing.is_empty() {
            return Ok(support(missing, false));
        }
        let held = looked.iter().fold(Held::default(), |all, one| all.or(one.held));
        let share = terms.share(held);
        let best = looked
            .iter()
            .map(|looked| &looked.nearest)
            .max_by(|one, other| one.share.total_cmp(&other.share));
        let contrary = best.is_some_and(|best| best.share >= ENOUGH && denies(&best.text) != denies(text));
        if contrary {
            return Ok(Support::Unsupported);
        }
        let alike = match (best, &self.embedder) {
            (Some(best), Some(embedder)) if (LEAST..ENOUGH).contains(&share) => {
                let vectors = embedder
                    .embed_now(vec![text.to_owned(), best.text.clone()])
                    .await?;
                cosine(&vectors[0], &vectors[1]) >= ALIKE
            }
            _ => false,
        };
        Ok(support(missing, share >= ENOUGH || alike))
    }
}

fn support(missing: Vec<String>, borne_out: bool) -> Support {
    match (missing.is_empty(), borne_out) {
        (true, true) => Support::Supported,
        (true, false) => Support::Unsupported,
        (false, _) => Support::Missing { words: missing },
    }
}

/// The words of a sentence, each of the same weight; nothing where it has none.
fn terms_of(text: &str) -> Option<QuestionTerms> {
    let sentence = Question::parse(text).ok()?;
    QuestionTerms::weighed(&sentence, 0, |_| Ok::<u64, IndexError>(0)).ok()
}

fn look<'ground>(ground: &'ground Ground, terms: &QuestionTerms) -> Looked<'ground> {
    let text = &ground.passage.passage.text;
    let mut held = ground.above(terms);
    let mut nearest: Option<Nearest> = None;
    for piece in pieces(text) {
        let own = terms.held(piece.text);
        held = held.or(own);
        let share = terms.share(own);
        if nearest.as_ref().is_none_or(|known| share > known.share) {
            nearest = Some(Nearest {
                text: piece.text.to_owned(),
                span: piece.span,
                share,
            });
        }
    }
    let nearest = nearest.unwrap_or(Nearest {
        text: text.clone(),
        span: Span { start: 0, end: 0 },
        share: 0.0,
    });
    Looked {
        ground,
        held,
        nearest,
    }
}

fn statement(text: String, looked: &[&Looked<'_>], support: Support) -> Statement {
    let citations = looked
        .iter()
        .map(|looked| {
            let ScoredPassage {
                passage, title, path, ..
            } = &looked.ground.passage;
            Citation {
                number: looked.ground.number,
                passage: passage.id,
                document: passage.document,
                generation: passage.generation,
                title: title.clone(),
                path: path.clone(),
                locator: passage.locator.clone(),
                quote: looked.nearest.text.clone(),
                span: looked.nearest.span,
            }
        })
        .collect();
    Statement {
        text,
        citations,
        support,
    }
}
