//! The words of a sentence that say something, whatever index there is. Pure.

use crate::domain::Question;
use crate::index::IndexError;
use crate::index::coverage::QuestionTerms;

/// The words of a sentence, each of the same weight; nothing where it has none.
pub(super) fn terms_of(text: &str) -> Option<QuestionTerms> {
    let sentence = Question::parse(text).ok()?;
    QuestionTerms::weighed(&sentence, 0, |_| Ok::<u64, IndexError>(0)).ok()
}

/// Whether a word says something by itself: `from` does not.
pub(super) fn carries_sense(word: &str) -> bool {
    // A text of such words alone would keep them.
    terms_of(&format!("{word} bolt")).is_some_and(|terms| terms.held(word).count() > 0)
}
