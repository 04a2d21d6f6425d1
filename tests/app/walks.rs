//! A walk over a large folder takes no more memory than one over a small one. It takes some minutes, so it runs only when it
//! is asked for: `cargo test --test app walks -- --ignored --nocapture`.

use std::time::Instant;

use super::soak::{resident_megabytes, wait_until_done};
use super::support::Folders;

/// Different texts: all other files say the same as one of these, and are noted as such, which costs little beside the walk.
const TEXTS: usize = 20;
/// Megabytes that ten times the files may take more.
const LEEWAY: u64 = 64;

/// The memory of the server itself, in megabytes, after it has walked over so many files, first and again.
fn after_a_walk_over(files: usize) -> [u64; 2] {
    let folders = Folders::new();
    for number in 0..files {
        let text = format!(
            "# Sheet {0}\n\nThe bolt of sheet {0} is tightened to {0} Nm.\n",
            number % TEXTS
        );
        folders.write(&format!("folder-{}/{number}.md", number / 500), text);
    }
    let mut resident = [0; 2];
    for (round, resident) in (1..).zip(&mut resident) {
        let began = Instant::now();
        let server = folders.serve();
        wait_until_done(&server, files);
        server.wait_until("all of it was walked over", |server| {
            !server.get("/library").1.contains("Looking through the folder")
        });
        server.wait_until_nothing_waits();
        *resident = resident_megabytes(&server);
        println!(
            "{files} files, walk {round}: {} s, {resident} MB, {} MB at most",
            began.elapsed().as_secs(),
            server.peak_memory_megabytes()
        );
    }
    resident
}

#[test]
#[ignore = "takes minutes; asked for by name"]
fn ten_times_the_files_take_hardly_more_memory() {
    let few = after_a_walk_over(2_000);
    let many = after_a_walk_over(20_000);
    for (few, many) in few.into_iter().zip(many) {
        assert!(
            many < few + LEEWAY,
            "{few} MB for 2,000 files, {many} MB for 20,000"
        );
    }
}
