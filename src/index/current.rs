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

    /// The index in force, if its vectors were made by the model of this fingerprint: those of another model cannot be
    /// compared with its.
    pub fn get_for(&self, fingerprint: &str) -> Option<Arc<VectorIndex>> {
        let index = self.get();
        let fits = index
            .name()
            .rsplit_once('.')
            .is_some_and(|(model, _)| model == safe(fingerprint));
        fits.then_some(index)
    }

    /// The name of the `number`th table with vectors of the model of this fingerprint.
    pub fn table_name(fingerprint: &str, number: u32) -> String {
        format!("{}.{number}", safe(fingerprint))
    }

    /// Puts `index` in force and hands back the one that was.
    pub fn switch(&self, index: VectorIndex) -> Arc<VectorIndex> {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *current, Arc::new(index))
    }
}

/// What LanceDB takes as a part of a table's name.
fn safe(fingerprint: &str) -> String {
    fingerprint
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() || character == '-' {
                character
            } else {
                '_'
            }
        })
        .collect()
}
