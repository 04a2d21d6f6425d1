//! Whether an inspector has answered a question already: the verified answer in force to one that means the same.

use super::same::{Essence, Likeness};
use super::{AnswerError, Answerer};
use crate::domain::{Question, Scope, SearchFilter, Staff, VerifiedAnswer, VerifiedState};
use crate::embed::{Embedder, cosine};
use crate::store::KnownQuestion;

/// Questions that are embedded for one that is asked, where the model has changed; the others are compared by words.
const EMBEDDED_AT_ONCE: usize = 16;

impl Answerer {
    /// The verified answer in force to a question that means the same, if it rests only on what `filter` allows and
    /// `staff` may read.
    pub(super) async fn recall(
        &self,
        staff: &Staff,
        question: &Question,
        filter: &SearchFilter,
    ) -> Result<Option<VerifiedAnswer>, AnswerError> {
        let scope = Scope::of(filter, &staff.readable);
        let embedder = self.retriever.embedder_for(question.language());
        let model = embedder.as_ref().map(|embedder| embedder.fingerprint());
        let mut known = self.store.verified_questions(&scope, model, None).await?;
        if known.is_empty() {
            return Ok(None);
        }
        let asked = Essence::of(question.as_str());
        let vector = match &embedder {
            Some(embedder) => {
                self.embed_known(embedder.as_ref(), &mut known).await;
                embedder.embed_query(question.as_str()).await.ok()
            }
            None => None,
        };
        let mut best: Option<(f32, &KnownQuestion)> = None;
        for known in &known {
            let similarity = match (&vector, &known.vector) {
                (Some(vector), Some(known)) => Some(cosine(vector, known)),
                _ => None,
            };
            let same = asked.likeness(&Essence::of(&known.question), similarity) == Likeness::Same;
            let rank = similarity.unwrap_or(0.0);
            if same && best.is_none_or(|(before, _)| rank > before) {
                best = Some((rank, known));
            }
        }
        let Some((_, best)) = best else {
            return Ok(None);
        };
        let stored = self.store.verified(best.id, &staff.readable).await?;
        Ok(stored
            .filter(|stored| stored.state == VerifiedState::InForce)
            .map(|stored| stored.answer))
    }

    /// Embeds the questions that have no vector of this model yet, and keeps the vectors.
    async fn embed_known(&self, embedder: &dyn Embedder, known: &mut [KnownQuestion]) {
        let missing = known.iter_mut().filter(|known| known.vector.is_none());
        for known in missing.take(EMBEDDED_AT_ONCE) {
            let Ok(vector) = embedder.embed_query(&known.question).await else {
                return;
            };
            let kept = self
                .store
                .keep_question_vector(known, embedder.fingerprint(), &vector)
                .await;
            if let Err(error) = kept {
                tracing::warn!(%error, "the vector of a verified question could not be kept");
            }
            known.vector = Some(vector);
        }
    }
}
