//! The vector index in force, which changes while questions are answered when the embedding model is changed.

use std::sync::{Arc, PoisonError, RwLock};

use super::VectorIndex;

/// A handle on the vector index in force; cheap to clone, all clones see a switch.
#[derive(Debug, Clone)]
pub struct CurrentVectors(Arc<RwLock<Arc<VectorIndex>>>);

impl CurrentVectors {
    /// Starts with `index`.
    pub fn new(index: VectorIndex) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(index))))
    }

    /// The index in force now. Whoever holds it keeps it until done, even when another is switched to.
    pub fn get(&self) -> Arc<VectorIndex> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts `index` in force and hands back the one that was.
    pub fn switch(&self, index: VectorIndex) -> Arc<VectorIndex> {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *current, Arc::new(index))
    }
}
