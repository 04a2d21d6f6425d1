//! The sentences that may answer a question, each with how well it does.
//!
//! The score of a sentence adds up, in this order of weight: how much of the question it holds, and how much its
//! title, headings and neighbours hold besides; how alike their meanings are, where the embedder knows the language;
//! how well its passage was ranked; and whether it names a thing of the kind asked for. Weights learned from examples
//! did no better than these round ones, and every one of them can be halved or doubled with little loss.

use crate::domain::{Question, ScoredPassage, Span, sentences};
use crate::embed::{EmbedError, Embedder};
use crate::index::coverage::{Held, QuestionTerms};

use super::asked::AskedKind;

/// What the title, the headings or the sentence before hold counts this much of what the sentence holds itself.
const CONTEXT: f32 = 0.5;
/// The same where the sentence before is a question, as in a list of questions and answers.
const AFTER_QUESTION: f32 = 0.9;
/// The same for earlier sentences of the passage.
const EARLIER: f32 = 0.3;
const PASSAGE: f32 = 0.5;
const KIND: f32 = 0.3;
/// A question in a document does not answer one.
const IS_QUESTION: f32 = -0.6;
/// A sentence of a neighbour of a passage that was found counts as ranked this much lower.
const NEIGHBOUR: f32 = 0.6;
/// The most that a score can be, similarity and all.
const MOST: f32 = 1.0 + PASSAGE + KIND / 2.0 + 1.0;
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
}

/// The sentences of the excerpts, best first. `vector` is the question's, where the embedder knows its language.
pub async fn candidates(
    question: &Question,
    terms: &QuestionTerms,
    vector: Option<&[f32]>,
    excerpts: &[Excerpt],
    embedder: &dyn Embedder,
) -> Result<Vec<Candidate>, EmbedError> {
    let mut found = by_words(question, terms, excerpts);
    found.sort_by(|one, other| other.score.total_cmp(&one.score));
    if let Some(vector) = vector {
        let compared = found.len().min(COMPARED);
        let texts = found[..compared]
            .iter()
            .map(|candidate| format!("{}: {}", excerpts[candidate.excerpt].passage.title, candidate.text))
            .collect();
        let vectors = embedder.embed_now(texts).await?;
        for (candidate, sentence) in found.iter_mut().zip(vectors) {
            let similarity = cosine(vector, &sentence).clamp(0.0, 1.0);
            candidate.evidence.similarity = Some(similarity);
            candidate.score += similarity / MOST;
        }
        found.sort_by(|one, other| other.score.total_cmp(&one.score));
    }
    Ok(found)
}

fn by_words(question: &Question, terms: &QuestionTerms, excerpts: &[Excerpt]) -> Vec<Candidate> {
    let kind = AskedKind::of(question.as_str());
    let best = excerpts.iter().map(|excerpt| excerpt.passage.score).fold(f32::EPSILON, f32::max);
    let mut candidates = Vec::new();
    for (place, excerpt) in excerpts.iter().enumerate() {
        let ScoredPassage { passage, title, score, .. } = &excerpt.passage;
        let rank = score / best * if excerpt.found { 1.0 } else { NEIGHBOUR };
        let mut above = terms.held(title);
        for heading in &passage.locator.headings {
            above = above.or(terms.held(heading));
        }
        let split = sentences(&passage.text);
        let held: Vec<Held> = split.iter().map(|sentence| terms.held(sentence.text)).collect();
        let passage_share = terms.share(held.iter().fold(above, |all, one| all.or(*one)));
        let mut earlier = Held::default();
        for (position, sentence) in split.iter().enumerate() {
            let own = held[position];
            let before = position.checked_sub(1);
            let previous = before.map(|before| held[before]).unwrap_or_default();
            let after_question = before.is_some_and(|before| is_question(split[before].text));
            let context = terms.share(above.without(own)) * CONTEXT
                + terms.share(previous.without(above).without(own))
                    * if after_question { AFTER_QUESTION } else { CONTEXT };
            let far = terms.share(earlier.without(previous).without(above).without(own));
            let covered = terms.share(own);
            let mut score = covered
                + context
                + EARLIER * far
                + PASSAGE * rank
                + KIND * (kind.fits(sentence.text, question.as_str(), terms) - 0.5);
            if is_question(sentence.text) {
                score += IS_QUESTION;
            }
            candidates.push(Candidate {
                excerpt: place,
                text: sentence.text.to_owned(),
                span: sentence.span,
                score: (score / MOST).max(0.0),
                evidence: Evidence {
                    sentence: (covered + context).min(1.0),
                    passage: passage_share,
                    similarity: None,
                },
            });
            earlier = earlier.or(own);
        }
    }
    candidates
}

fn is_question(sentence: &str) -> bool {
    sentence.ends_with(['?', '？'])
}

/// Both vectors have length 1.
fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}
