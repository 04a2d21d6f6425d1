//! Memory that is no longer needed goes back to the system.
//!
//! glibc keeps an arena for nearly every thread, and what was freed in one is no use to another: with a dozen threads
//! that each once held a large document, more than half of the memory was held by nobody. So there are few arenas, and
//! now and then they are asked for what they hold. Other C libraries are left as they are.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// Arenas of the allocator: fewer would make the threads wait for each other.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const ARENAS: std::ffi::c_int = 2;
/// Between two times that memory is given back.
const PAUSE: Duration = Duration::from_secs(60);

/// Sets the allocator up; to be called before there are threads.
pub fn prepare() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it changes a number of the allocator, under the allocator's own lock.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, ARENAS);
    }
}

/// Gives back what the allocator holds and nobody uses; takes some milliseconds.
pub(super) fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it touches free memory alone, under the allocator's own locks.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Gives memory back again and again until `stop`.
pub(super) async fn give_back_regularly(stop: CancellationToken) {
    loop {
        // The locks of the allocator are nothing to wait for on a thread that answers questions.
        if tokio::task::spawn_blocking(give_back).await.is_err() {
            return;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}
