//! The sentences that may answer a question, each with how well it does.
//!
//! The score of a sentence adds up, in this order of weight: how much of the question it holds, and how much its
//! title, headings and neighbours hold besides; how alike their meanings are, where the embedder knows the language;
//! how well its passage was ranked; and whether it names a thing of the kind asked for. Weights learned from examples
//! did no better than these round ones, and every one of them can be halved or doubled with little loss.

use crate::domain::{Question, ScoredPassage, Span};
use crate::embed::{EmbedError, Embedder, cosine};
use crate::index::coverage::{Held, QuestionTerms};

use super::asked::AskedKind;
use super::pieces::{Piece, pieces};

/// What the title, the headings or the sentence before hold counts this much of what the sentence holds itself.
const CONTEXT: f32 = 0.5;
/// The same where the sentence before or the heading is a question, as in a list of questions and answers, and for the
/// head of a table in front of its rows.
const AFTER_QUESTION: f32 = 0.9;
/// The same for earlier sentences of the passage.
const EARLIER: f32 = 0.3;
/// Of the share of the question's Han characters.
const CHARACTERS: f32 = 0.4;
const PASSAGE: f32 = 0.65;
const SIMILARITY: f32 = 1.0;
const KIND: f32 = 0.3;
/// A question in a document does not answer one, nor does the head of a table.
const IS_NO_ANSWER: f32 = -0.6;
/// A sentence of a neighbour of a passage that was found counts as ranked this much lower.
const NEIGHBOUR: f32 = 0.6;
/// The most that a score can be, similarity and all.
const MOST: f32 = 1.0 + PASSAGE + KIND / 2.0 + SIMILARITY;
/// How many sentences are compared by meaning: each costs as long as embedding a question.
const COMPARED: usize = 6;

/// A passage whose sentences are looked at.
#[derive(Debug, Clone)]
pub struct Excerpt {
    /// The passage.
    pub passage: ScoredPassage,
    /// Whether it was found; else it is a neighbour of one that was.
    pub found: bool,
}

/// A sentence that may answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Which of the excerpts it stands in.
    pub excerpt: usize,
    /// The sentence.
    pub text: String,
    /// Its characters in the passage's text.
    pub span: Span,
    /// How well it answers, 0 to 1.
    pub score: f32,
    /// What a refusal is decided by.
    pub evidence: Evidence,
}

/// How strongly a sentence speaks for being an answer; each 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Evidence {
    /// How much of the question the sentence holds, with half of what its context holds.
    pub sentence: f32,
    /// How much of the question its passage holds, with title and headings.
    pub passage: f32,
    /// How alike question and sentence are in meaning, where that is known.
    pub similarity: Option<f32>,
    /// How alike question and passage are, where that is known.
    pub passage_similarity: Option<f32>,
    /// The share of the question's Han characters that the passage holds.
    pub characters: f32,
    /// The share of the codes in the question that the document holds, as far as it was read.
    pub codes: f32,
}

/// The sentences of the excerpts, best first. `meaning` is the question's vector and the embedder that made it, where
/// the embedder knows the question's language.
pub async fn candidates(
    question: &Question,
    terms: &QuestionTerms,
    meaning: Option<(&[f32], &dyn Embedder)>,
    excerpts: &[Excerpt],
) -> Result<Vec<Candidate>, EmbedError> {
    let mut found = by_words(question, terms, excerpts);
    found.sort_by(|one, other| other.score.total_cmp(&one.score));
    if let Some((vector, embedder)) = meaning {
        let compared = found.len().min(COMPARED);
        let texts = found[..compared]
            .iter()
            .map(|candidate| in_context(candidate, excerpts))
            .collect();
        let vectors = embedder.embed_now(texts).await?;
        for (candidate, sentence) in found.iter_mut().zip(vectors) {
            let similarity = cosine(vector, &sentence).clamp(0.0, 1.0);
            candidate.evidence.similarity = Some(similarity);
            candidate.score += SIMILARITY * similarity / MOST;
        }
        found.sort_by(|one, other| other.score.total_cmp(&one.score));
    }
    Ok(found)
}

/// A sentence under the title of its document. The innermost heading in its place told less on the demo documents.
fn in_context(candidate: &Candidate, excerpts: &[Excerpt]) -> String {
    format!(
        "{}: {}",
        excerpts[candidate.excerpt].passage.title, candidate.text
    )
}

fn by_words(question: &Question, terms: &QuestionTerms, excerpts: &[Excerpt]) -> Vec<Candidate> {
    let kind = AskedKind::of(question.as_str());
    let best = excerpts
        .iter()
        .map(|excerpt| excerpt.passage.score)
        .fold(f32::EPSILON, f32::max);
    let mut candidates = Vec::new();
    for run in runs(excerpts) {
        let mut reader = Reader::default();
        for place in run {
            let excerpt = &excerpts[place];
            let ScoredPassage {
                passage,
                title,
                score,
                ..
            } = &excerpt.passage;
            let rank = score / best * if excerpt.found { 1.0 } else { NEIGHBOUR };
            let mut above = terms.held(title);
            for heading in &passage.locator.headings {
                above = above.or(terms.held(heading));
            }
            let asks = passage
                .locator
                .headings
                .last()
                .is_some_and(|heading| is_question(heading));
            let split = pieces(&passage.text);
            let held: Vec<Held> = split.iter().map(|sentence| terms.held(sentence.text)).collect();
            let of_passage = Evidence {
                sentence: 0.0,
                passage: terms.share(held.iter().fold(above, |all, one| all.or(*one))),
                similarity: None,
                passage_similarity: excerpt.passage.dense,
                characters: terms.character_share(&passage.text),
                codes: code_share(terms, excerpts, place),
            };
            reader.begin(asks);
            for (sentence, own) in split.iter().zip(held) {
                let covered = terms.share(own);
                let (near, far) = reader.context(terms, own, above);
                let mut score = covered
                    + near
                    + EARLIER * far
                    + CHARACTERS * terms.character_share(sentence.text)
                    + PASSAGE * rank
                    + KIND * (kind.fits(sentence.text, question.as_str(), terms) - 0.5);
                if sentence.is_head || is_question(sentence.text) {
                    score += IS_NO_ANSWER;
                }
                candidates.push(Candidate {
                    excerpt: place,
                    text: sentence.text.to_owned(),
                    span: sentence.span,
                    score: (score / MOST).max(0.0),
                    evidence: Evidence {
                        sentence: (covered + near).min(1.0),
                        ..of_passage
                    },
                });
                reader.read(sentence, own);
            }
        }
    }
    candidates
}

/// What somebody who reads on from the top has read before a sentence.
#[derive(Default)]
struct Reader {
    /// Whether the passage stands under a question.
    under_question: bool,
    /// The head of the table whose rows are read.
    head: Option<Held>,
    previous: Held,
    after_question: bool,
    earlier: Held,
}

impl Reader {
    /// What the context of a sentence holds of the question beside the sentence itself: nearby, already weighed, and
    /// further back.
    fn context(&self, terms: &QuestionTerms, own: Held, above: Held) -> (f32, f32) {
        let weight = |strong: bool| if strong { AFTER_QUESTION } else { CONTEXT };
        // A row is read under the head of its table, whatever rows stand between.
        let (before, strong) = match self.head {
            Some(head) => (head, true),
            None => (self.previous, self.after_question),
        };
        let above_weight = weight(self.under_question);
        let near = above_weight * terms.share(above.without(own))
            + weight(strong) * terms.share(before.without(above).without(own));
        let far = terms.share(self.earlier.without(before).without(above).without(own));
        (near, far)
    }

    /// A passage begins.
    fn begin(&mut self, under_question: bool) {
        self.under_question = under_question;
        self.head = None;
    }

    fn read(&mut self, sentence: &Piece<'_>, held: Held) {
        self.head = match (sentence.is_head, sentence.is_row) {
            (true, _) => Some(held),
            (false, true) => self.head,
            (false, false) => None,
        };
        self.previous = held;
        self.after_question = is_question(sentence.text);
        self.earlier = self.earlier.or(held);
    }
}

/// Excerpts that follow one another in their document, to be read in one go; by their places, in order.
fn runs(excerpts: &[Excerpt]) -> Vec<Vec<usize>> {
    let key = |place: usize| {
        let passage = &excerpts[place].passage.passage;
        (passage.generation, passage.ordinal)
    };
    let mut places: Vec<usize> = (0..excerpts.len()).collect();
    places.sort_by_key(|place| key(*place));
    let mut runs: Vec<Vec<usize>> = Vec::new();
    for place in places {
        let follows = |last: &usize| {
            let ((generation, ordinal), (next_generation, next_ordinal)) = (key(*last), key(place));
            generation == next_generation && ordinal + 1 == next_ordinal
        };
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(follows) => run.push(place),
            _ => runs.push(vec![place]),
        }
    }
    runs
}

/// The share of the question's codes that the document of an excerpt holds in what was read of it.
fn code_share(terms: &QuestionTerms, excerpts: &[Excerpt], place: usize) -> f32 {
    let generation = excerpts[place].passage.passage.generation;
    let same = excerpts
        .iter()
        .filter(|excerpt| excerpt.passage.passage.generation == generation);
    terms.code_share(same.flat_map(|excerpt| {
        let ScoredPassage { passage, title, .. } = &excerpt.passage;
        let headings = passage.locator.headings.iter().map(String::as_str);
        [title.as_str(), passage.text.as_str()]
            .into_iter()
            .chain(headings)
    }))
}

fn is_question(sentence: &str) -> bool {
    sentence.ends_with(['?', '？'])
}
