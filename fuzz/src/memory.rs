//! An allocator that counts, so that a small file that takes much memory is noticed.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// What reading one small file may take.
const MOST: usize = 512 << 20;

struct Counting;

static TAKEN: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static BEFORE: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is passed on to the system's allocator as it came, but for one that asks for more than there is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // As in a process that may take no more: the program ends where it asks.
        if layout.size() > 2 * MOST {
            return std::ptr::null_mut();
        }
        let taken = TAKEN.fetch_add(layout.size(), Relaxed) + layout.size();
        PEAK.fetch_max(taken, Relaxed);
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        TAKEN.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }
}

/// A file is about to be read.
pub(crate) fn begin() {
    let taken = TAKEN.load(Relaxed);
    BEFORE.store(taken, Relaxed);
    PEAK.store(taken, Relaxed);
}

/// What the file took at most, where that is more than it may.
pub(crate) fn beyond() -> Option<usize> {
    let most = PEAK.load(Relaxed).saturating_sub(BEFORE.load(Relaxed));
    (most > MOST).then_some(most)
}
