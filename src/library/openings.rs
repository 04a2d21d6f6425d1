//! Which originals are open at present: a browser fetches one in many pieces, and the audit log names it once.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;

use crate::domain::{DocumentId, GenerationId, PassageId, PersonId};

/// Pieces of one original that come closer together than this are one opening.
const ONE_OPENING: Duration = Duration::from_secs(60);
/// Openings that are remembered at most.
const MOST: NonZeroUsize = NonZeroUsize::new(1_000).expect("a number above zero");

/// What of a document is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Opened {
    /// Its file.
    Original,
    /// A page of it as a picture.
    Page(u32),
    /// The page on which this passage stands, where it is not known which one that is.
    PageOf(PassageId),
}

/// Who (those without an account by the name of their sign) has what of which generation of which document open.
pub(super) type Opening = (Option<PersonId>, String, DocumentId, Option<GenerationId>, Opened);

/// The originals that are open. Cheap to clone.
#[derive(Clone)]
pub(super) struct Openings(Arc<Mutex<LruCache<Opening, Instant>>>);

impl Default for Openings {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(MOST))))
    }
}

impl Openings {
    /// Whether this person opens the original now, and did not a moment ago.
    pub(super) fn is_new(&self, opening: Opening) -> bool {
        let now = Instant::now();
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = open.put(opening, now);
        before.is_none_or(|before| now - before > ONE_OPENING)
    }
}
