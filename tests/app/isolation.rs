//! Files are read in processes of their own: one that is killed, hangs or eats memory costs its file and nothing else,
//! and none is left behind.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use super::pictures::{LATHE, picture};
use super::recognition;
use super::support::files::{Sheet, pdf, pdf_of};
use super::support::{Folders, Server};

/// What stands in the command line of each process that reads files, or starts those that do.
const WORKER: &str = "parse-worker";
const GOOD: &str = "# Canteen\n\nThe canteen opens at 11:30 and closes at 13:30.\n";

/// 200 MB that are read for a while, nearly all of it blanks, with a marker at the end.
pub fn write_long(folders: &Folders, name: &str) {
    let mut file = fs::File::create(folders.write(name, "")).unwrap();
    let block = format!("{}\n", " ".repeat(1_023)).repeat(1_024);
    for _ in 0..199 {
        file.write_all(block.as_bytes()).unwrap();
    }
    file.write_all(b"The final inspection of the log found marker ZX-9917.\n")
        .unwrap();
}

/// The processes that `parent` started, with this `word` in their command line.
pub fn started_by(parent: u32, word: &str) -> Vec<u32> {
    fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|process| {
            let read = |file: &str| fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
            let its_parent = read("stat")
                .rsplit_once(')')
                .and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse::<u32>().ok());
            its_parent == Some(parent) && read("cmdline").contains(word)
        })
        .collect()
}

/// The process of `server` that starts those which read.
pub fn fork_server(server: &Server) -> Option<u32> {
    started_by(server.process(), WORKER).first().copied()
}

/// The processes of `server` that read files at this moment. One that waits for its order has no folder yet.
pub fn readers(server: &Server) -> Vec<u32> {
    let place = |process: &u32| fs::read_link(format!("/proc/{process}/cwd")).unwrap_or_default();
    let mut all = split_off(server);
    all.retain(|process| place(process).components().count() > 1);
    all
}

/// The processes of `server` that read files, or wait for an order to.
fn split_off(server: &Server) -> Vec<u32> {
    let starts = fork_server(server);
    starts
        .map(|process| started_by(process, WORKER))
        .unwrap_or_default()
}

/// A process, told from a later one of the same number by when it began.
pub type Begun = (u32, u64);

/// The processes of `server` that read or wait for an order to, and the one that starts them.
pub fn family(server: &Server) -> Vec<Begun> {
    let mut all = split_off(server);
    all.extend(fork_server(server));
    all.into_iter().filter_map(begun).collect()
}

/// Those of `before` that still run, and every process that reads in a folder below one of `folders`, whoever started it.
pub fn left_of(before: &BTreeSet<Begun>, folders: &[&Path]) -> Vec<Begun> {
    let reads_there = |process: u32| {
        let place = fs::read_link(format!("/proc/{process}/cwd")).unwrap_or_default();
        let command = fs::read_to_string(format!("/proc/{process}/cmdline")).unwrap_or_default();
        command.contains(WORKER) && folders.iter().any(|folder| place.starts_with(folder))
    };
    fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(begun)
        .filter(|process| (before.contains(process) || reads_there(process.0)) && is_there(process.0))
        .collect()
}

/// When a process began, in ticks since the machine did.
fn begun(process: u32) -> Option<Begun> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    Some((process, rest.split_whitespace().nth(19)?.parse().ok()?))
}

pub fn wait_for_reader(server: &Server) -> u32 {
    let mut found = None;
    server.wait_until("a process reads", |server| {
        found = readers(server).first().copied();
        found.is_some()
    });
    found.unwrap()
}

fn signal(name: &str, process: u32) {
    let status = Command::new("kill")
        .args([format!("-{name}"), process.to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// Whether it still runs; one that has ended and that nobody asked about yet does not.
fn is_there(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(") ")
        .is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

/// What processes leave in their folder.
fn left(folders: &Folders) -> usize {
    fs::read_dir(folders.data.path().join("reading")).unwrap().count()
}

#[test]
fn a_reader_that_is_killed_costs_an_attempt_and_the_file_is_read_all_the_same() {
    let folders = Folders::new();
    write_long(&folders, "log.txt");
    let server = folders.serve();
    for _ in 0..2 {
        let process = wait_for_reader(&server);
        signal("KILL", process);
        server.wait_until("it is gone", |_| !is_there(process));
    }
    server.wait_until_searchable("log.txt");
    assert_eq!(server.search("ZX-9917")[0]["path"], "log.txt");
    server.wait_until("nothing is left", |_| left(&folders) == 0);
}

#[test]
fn the_page_of_jobs_names_the_file_that_is_being_read_until_it_has_been() {
    let folders = Folders::new();
    write_long(&folders, "logs/press 4.txt");
    let server = folders.serve();
    let process = wait_for_reader(&server);
    // It waits for whoever looks, and is not taken for one that hangs by then.
    signal("STOP", process);
    let status = || server.get("/admin/jobs").1;
    server.wait_until("the page says so", |_| {
        status().contains("Reading logs/press 4.txt")
    });
    signal("CONT", process);
    server.wait_until_searchable("logs/press 4.txt");
    server.wait_until("nothing is read any more", |_| {
        let status = status();
        status.contains("class=\"status-line\"") && !status.contains("logs/press 4.txt")
    });
}

#[test]
fn a_reader_that_hangs_is_given_up_with_a_reason_and_nothing_of_it_is_left() {
    let folders = Folders::new();
    write_long(&folders, "hangs.txt");
    let server = folders.serve_with(&[("GEMBA_DOCUMENTS_MAX_PARSE_SECONDS", "3")]);
    let process = wait_for_reader(&server);
    signal("STOP", process);
    server.wait_until_state("hangs.txt", "failed");
    let (_, reason) = server.states().remove("hangs.txt").unwrap();
    assert!(reason.contains("3 seconds"), "{reason}");
    server.wait_until("it is gone", |_| !is_there(process) && left(&folders) == 0);
    folders.write("good.md", GOOD);
    server.wait_until_searchable("good.md");
}

#[test]
fn a_file_that_takes_too_much_memory_fails_alone_and_says_so() {
    let folders = Folders::new();
    folders.write("deep.html", "<p>bolt <b>x</b>\n".repeat(1_500_000));
    folders.write("good.md", GOOD);
    let server = folders.serve_with(&[("GEMBA_DOCUMENTS_MAX_PARSE_MEMORY_MEGABYTES", "200")]);
    server.wait_until_state("deep.html", "failed");
    let (_, reason) = server.states().remove("deep.html").unwrap();
    assert!(reason.contains("200 MB of memory"), "{reason}");
    server.wait_until_searchable("good.md");
}

#[test]
fn readers_end_with_a_server_that_is_killed_and_the_next_one_finds_no_litter() {
    let folders = Folders::new();
    write_long(&folders, "log.txt");
    let server = folders.serve();
    let process = wait_for_reader(&server);
    let starts = fork_server(&server).unwrap();
    signal("KILL", server.process());
    server.wait_until("the reader is gone", |_| !is_there(process) && !is_there(starts));
    drop(server);
    fs::write(folders.data.path().join("reading/litter"), "x").unwrap();
    let server = folders.serve();
    assert!(!folders.data.path().join("reading/litter").exists());
    server.wait_until_searchable("log.txt");
}

#[test]
fn the_process_that_starts_readers_may_be_killed_and_another_takes_its_place() {
    let folders = Folders::new();
    write_long(&folders, "log.txt");
    let server = folders.serve();
    wait_for_reader(&server);
    let first = fork_server(&server).unwrap();
    signal("KILL", first);
    server.wait_until_searchable("log.txt");
    folders.write("good.md", GOOD);
    server.wait_until_searchable("good.md");
    assert!(!is_there(first) && fork_server(&server).is_some_and(|second| second != first));
    server.wait_until("nothing is left", |_| left(&folders) == 0);
}

#[test]
fn a_reader_that_hangs_is_given_up_also_where_the_process_that_started_it_is_gone() {
    let folders = Folders::new();
    write_long(&folders, "hangs.txt");
    let server = folders.serve_with(&[("GEMBA_DOCUMENTS_MAX_PARSE_SECONDS", "3")]);
    let process = wait_for_reader(&server);
    signal("KILL", fork_server(&server).unwrap());
    signal("STOP", process);
    server.wait_until_state("hangs.txt", "failed");
    folders.write("good.md", GOOD);
    server.wait_until_searchable("good.md");
    signal("CONT", process);
    server.wait_until("it is gone", |_| !is_there(process) && left(&folders) == 0);
}

#[test]
fn a_reader_has_its_file_and_its_socket_open_and_no_way_to_those_that_start_others() {
    let folders = Folders::new();
    write_long(&folders, "log.txt");
    let server = folders.serve();
    let process = wait_for_reader(&server);
    server.wait_until("it has begun, in a thread of its own", |_| {
        fs::read_dir(format!("/proc/{process}/task")).is_ok_and(|threads| threads.count() == 2)
    });
    signal("STOP", process);
    let links = fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    let opened: BTreeSet<String> = links
        .filter_map(|link| fs::read_link(link.ok()?.path()).ok())
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    let of = |kind: &str| opened.iter().filter(|file| file.contains(kind)).count();
    assert_eq!(
        (of("socket:"), of("log.txt"), of("complaints.txt"), opened.len()),
        (1, 1, 1, 3),
        "{opened:?}"
    );
    signal("CONT", process);
    server.wait_until_searchable("log.txt");
}

#[test]
fn a_reader_knows_no_secret_of_the_server() {
    let folders = Folders::new();
    write_long(&folders, "log.txt");
    let server = folders.serve_with(&[("GEMBA_OIDC_CLIENT_SECRET", "hush-7731")]);
    let process = wait_for_reader(&server);
    signal("STOP", process);
    let known = fs::read(format!("/proc/{process}/environ")).unwrap();
    assert!(!String::from_utf8_lossy(&known).contains("hush"));
    signal("CONT", process);
    server.wait_until_searchable("log.txt");
}

/// What the kernel says of a process under a name, in `/proc/PID/limits` or `/proc/PID/status`.
fn said(process: u32, file: &str, name: &str) -> String {
    let text = fs::read_to_string(format!("/proc/{process}/{file}")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("{name} is not in {text}"))
        .trim()
        .to_owned()
}

#[test]
fn a_reader_is_bounded_in_memory_files_and_calls_and_cannot_get_more() {
    let folders = Folders::new();
    write_long(&folders, "log.txt");
    let server = folders.serve_with(&[("GEMBA_DOCUMENTS_MAX_PARSE_MEMORY_MEGABYTES", "700")]);
    let process = wait_for_reader(&server);
    server.wait_until("it has locked itself in", |_| {
        said(process, "limits", "Max open files").starts_with("256 ")
            && said(process, "status", "Seccomp:") == "2"
    });
    signal("STOP", process);
    for (bound, most) in [
        ("Max data size", 700 << 20),
        ("Max open files", 256),
        ("Max file size", 2 << 30),
        ("Max core file size", 0),
    ] {
        let both = said(process, "limits", bound);
        let [soft, hard]: [u64; 2] = [0, 1].map(|at| {
            let said = both.split_whitespace().nth(at).unwrap();
            said.parse().unwrap_or_else(|_| panic!("{bound}: {both}"))
        });
        // The upper bound as well, or it could raise the lower one.
        assert_eq!((soft, hard), (most, most), "{bound}: {both}");
    }
    assert_eq!(said(process, "status", "NoNewPrivs:"), "1");
    signal("CONT", process);
    server.wait_until_searchable("log.txt");
}

/// How low the priority of a process is: 0 is usual, 19 the lowest.
fn niceness(process: u32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(16)?.parse().ok()
}

#[test]
fn those_who_ask_come_before_readers_and_these_before_text_recognition() {
    if !recognition::is_there() {
        return;
    }
    let page = recognition::scanned(LATHE);
    let folders = Folders::new();
    let sheets: Vec<_> = (0..20).map(|_| Sheet::Scan(&page)).collect();
    folders.write("scan.pdf", pdf_of(&sheets));
    let server = folders.serve();
    let usual = niceness(server.process()).unwrap();
    server.wait_until(
        "text is recognised with the lowest priority, for a reader with a low one",
        |server| {
            readers(server).into_iter().any(|reader| {
                let recognising = started_by(reader, "tesseract");
                niceness(reader) == Some((usual + 10).min(19))
                    && recognising
                        .into_iter()
                        .any(|process| niceness(process) == Some(19))
            })
        },
    );
}

#[test]
fn the_server_that_shows_a_page_of_a_pdf_never_has_the_library_in_it_that_reads_them() {
    let folders = Folders::new();
    folders.write("manual.pdf", pdf(&[LATHE]));
    let server = folders.serve();
    server.wait_until_searchable("manual.pdf");
    let page = format!("/documents/{}/pages/1.png", server.document_id("manual.pdf"));
    picture(&server, &page);
    let maps = fs::read_to_string(format!("/proc/{}/maps", server.process())).unwrap();
    assert!(maps.contains("gemba") && !maps.contains("libpdfium"), "{maps}");
}

/// Whether this kernel has Landlock and it is switched on: then it tells its version.
fn has_landlock() -> bool {
    const VERSION: libc::c_ulong = 1;
    // SAFETY: asked for its version it reads no memory.
    let version = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            std::ptr::null::<libc::c_void>(),
            0_usize,
            VERSION,
        )
    };
    version > 0
}

#[test]
fn doctor_says_how_far_readers_are_locked_in() {
    let checks = Folders::new().run("doctor", &["--json"]).json()["checks"].clone();
    let check = checks
        .as_array()
        .unwrap()
        .iter()
        .find(|check| check["what"] == "reading files")
        .unwrap();
    // Whether Landlock is there is the kernel's affair; all else is not.
    let (found, state) = if has_landlock() {
        (
            "each in a process of its own that can open nothing else, reach no network, and has bounded memory",
            "good",
        )
    } else {
        (
            "each in a process of its own, but a process that reads files can open others as well, because this kernel has \
             no Landlock (Linux 5.13, with landlock among its security modules)",
            "note",
        )
    };
    assert_eq!((&check["found"], &check["state"]), (&found.into(), &state.into()));
}
