//! Which model embeds a question: the one whose vectors are in force. While the vectors of a newly configured model are
//! being built, that is the model before it.

use std::sync::{Arc, Mutex, PoisonError};

use crate::embed::Embedder;
use crate::index::{CurrentVectors, VectorIndex};

/// The configured model, and the one before it as long as its vectors are in force. Cheap to clone.
#[derive(Clone)]
pub struct QuestionEmbedders {
    configured: Arc<dyn Embedder>,
    previous: Arc<Mutex<Option<Arc<dyn Embedder>>>>,
}

impl QuestionEmbedders {
    /// With `previous` where the vectors in force are not those of `configured`.
    pub fn new(configured: Arc<dyn Embedder>, previous: Option<Arc<dyn Embedder>>) -> Self {
        Self {
            configured,
            previous: Arc::new(Mutex::new(previous)),
        }
    }

    /// The embedder to ask with the index that its vectors can be compared with; no index where the model that made
    /// the vectors in force is not at hand. The previous model is let go once its successor's vectors are in force.
    pub fn in_force(&self, vectors: &CurrentVectors) -> (Arc<dyn Embedder>, Option<Arc<VectorIndex>>) {
        let mut previous = self.previous.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = vectors.get_for(self.configured.fingerprint()) {
            *previous = None;
            return (Arc::clone(&self.configured), Some(index));
        }
        if let Some(embedder) = &*previous
            && let Some(index) = vectors.get_for(embedder.fingerprint())
        {
            return (Arc::clone(embedder), Some(index));
        }
        (Arc::clone(&self.configured), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::untrained::Untrained;

    #[tokio::test]
    async fn questions_are_embedded_by_the_model_in_force_until_its_successor_takes_over() {
        let folder = tempfile::tempdir().unwrap();
        let open = |name: &'static str| VectorIndex::open(folder.path(), name, Untrained::DIMENSION);
        let vectors = CurrentVectors::new(open("old.1").await.unwrap());
        let old: Arc<dyn Embedder> = Arc::new(Untrained::named("old"));
        let weak = Arc::downgrade(&old);
        let embedders = QuestionEmbedders::new(Arc::new(Untrained::named("new")), Some(old));

        let (embedder, index) = embedders.in_force(&vectors);
        assert_eq!(embedder.fingerprint(), "old");
        assert_eq!(index.unwrap().name(), "old.1");
        drop(embedder);

        vectors.switch(open("new.2").await.unwrap());
        let (embedder, index) = embedders.in_force(&vectors);
        assert_eq!(embedder.fingerprint(), "new");
        assert_eq!(index.unwrap().name(), "new.2");
        assert!(weak.upgrade().is_none(), "the previous model is still loaded");
    }

    #[tokio::test]
    async fn vectors_whose_model_is_not_at_hand_are_not_compared_with_the_questions_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let vectors = CurrentVectors::new(
            VectorIndex::open(folder.path(), "gone.1", Untrained::DIMENSION)
                .await
                .unwrap(),
        );
        let embedders = QuestionEmbedders::new(Arc::new(Untrained::named("new")), None);
        assert!(embedders.in_force(&vectors).1.is_none());
    }
}
