//! Bad files: each gets a clear message, nothing else stops.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;

use super::support::{Folders, files};

const GOOD: &str = "# Canteen\n\nThe canteen opens at 11:30 and closes at 13:30.\n";

/// The file ends as failed, its reason holds `word`, and another file dropped after it answers.
#[track_caller]
fn fails_alone(name: &str, content: &[u8], word: &str) {
    let folders = Folders::new();
    let server = folders.serve();
    folders.write(name, content);
    server.wait_until_state(name, "failed");
    let (_, reason) = server.states().remove(name).unwrap();
    assert!(reason.to_lowercase().contains(word), "{name}: {reason}");
    assert!(reason.len() < 400, "{name}: {reason}");
    folders.write("good.md", GOOD);
    server.wait_until_searchable("good.md");
    assert_eq!(server.ask("When does the canteen open?")["verdict"], "answered");
}

#[test]
fn an_empty_file_fails_and_says_so() {
    fails_alone("empty.md", b"", "empty");
}

#[test]
fn binary_noise_fails_in_every_format() {
    for name in ["noise.txt", "noise.pdf", "noise.docx", "noise.xlsx", "noise.pptx"] {
        fails_alone(name, &files::noise(40_000), "");
    }
}

#[test]
fn a_truncated_pdf_fails_or_gives_what_is_left_of_it() {
    let whole = files::pdf(&["The clamping pressure is 63 bar.", "The second page."]);
    let folders = Folders::new();
    folders.write("half.pdf", &whole[..whole.len() / 8]);
    folders.write("good.md", GOOD);
    let server = folders.serve();
    server.wait_until_searchable("good.md");
    server.wait_until_state("half.pdf", "failed");
}

#[test]
fn a_pdf_with_a_password_fails_and_names_the_password() {
    fails_alone("secret.pdf", &files::pdf_with_password(), "password");
}

#[test]
fn a_zip_bomb_named_docx_fails_within_bounded_memory() {
    let folders = Folders::new();
    folders.write("bomb.docx", files::docx_bomb(1_500));
    folders.write("good.md", GOOD);
    let server = folders.serve();
    server.wait_until_state("bomb.docx", "failed");
    server.wait_until_searchable("good.md");
    let peak = server.peak_memory_megabytes();
    assert!(peak < 1_000, "{peak} MB");
}

#[test]
fn a_large_text_file_is_read_within_bounded_memory() {
    // 200 MB, nearly all of it one sentence again and again, as logs are; the marker stands at its end.
    let folders = Folders::new();
    let path = folders.write("log.txt", "");
    let mut file = fs::File::create(path).unwrap();
    let block = format!("{}\n", " ".repeat(1_023)).repeat(1_024);
    for _ in 0..199 {
        file.write_all(block.as_bytes()).unwrap();
    }
    file.write_all(b"The final inspection of the log found marker ZX-9917.\n")
        .unwrap();
    drop(file);
    let server = folders.serve();
    server.wait_until_searchable("log.txt");
    assert_eq!(server.search("ZX-9917")[0]["path"], "log.txt");
    let peak = server.peak_memory_megabytes();
    assert!(peak < 1_000, "{peak} MB");
}

#[test]
fn strange_names_are_kept_as_they_are() {
    let folders = Folders::new();
    let names = [
        "a b/with space.md",
        "it's \"quoted\".md",
        "班次/早班 安排.md",
        "🏭.md",
        "<b>&amp;.md",
        "100%.md",
        "#1?.md",
    ];
    for (number, name) in names.iter().enumerate() {
        folders.write(
            name,
            format!("# File {number}\n\nThe number of this file is {number}{number}{number}.\n"),
        );
    }
    let server = folders.serve();
    for name in names {
        server.wait_until_searchable(name);
        let document = server.document_id(name);
        assert_eq!(server.get(&format!("/documents/{document}")).0, 200, "{name}");
        assert_eq!(
            server.get(&format!("/documents/{document}/original")).0,
            200,
            "{name}"
        );
    }
}

#[test]
fn a_symbolic_link_out_of_the_folder_is_not_followed() {
    let folders = Folders::new();
    let outside = tempfile::tempdir().unwrap();
    fs::write(
        outside.path().join("secret.md"),
        "# Payroll\n\nThe salary of the director is secret.\n",
    )
    .unwrap();
    symlink(
        outside.path().join("secret.md"),
        folders.documents.path().join("link.md"),
    )
    .unwrap();
    symlink(outside.path(), folders.documents.path().join("folder")).unwrap();
    folders.write("good.md", GOOD);
    let server = folders.serve();
    server.wait_until_searchable("good.md");
    assert!(
        !server
            .search("salary of the director")
            .to_string()
            .contains("secret")
    );
}

#[test]
fn a_file_that_keeps_growing_is_read_when_it_stands_still() {
    let folders = Folders::new();
    let server = folders.serve_with(&[("GEMBA_DOCUMENTS_SETTLE_MILLISECONDS", "600")]);
    let path = folders.write("growing.txt", "");
    let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
    for line in 0..40 {
        writeln!(file, "Line {line} of the growing report names bolt B-{line}.").unwrap();
        std::thread::park_timeout(std::time::Duration::from_millis(25));
        assert!(
            !server.search("growing report").to_string().contains("B-0."),
            "read while it grew"
        );
    }
    server.wait_until_searchable("growing.txt");
    assert!(server.search("B-39").to_string().contains("B-39"));
}

#[test]
fn a_file_deleted_while_it_waits_leaves_nothing_behind() {
    let folders = Folders::new();
    let server = folders.serve();
    for round in 0..20 {
        let path = folders.write(&format!("brief-{round}.md"), GOOD.repeat(50));
        fs::remove_file(path).unwrap();
    }
    folders.write("good.md", GOOD);
    server.wait_until_searchable("good.md");
    server.wait_until("only the file that is there is listed", |server| {
        server.states().into_keys().collect::<Vec<_>>() == ["good.md"]
    });
}

#[test]
fn a_failed_file_that_is_mended_is_read_again() {
    let folders = Folders::new();
    let path = folders.write("report.docx", files::noise(10_000));
    let server = folders.serve();
    server.wait_until_state("report.docx", "failed");
    fs::write(path, files::docx("The report names valve V-77 as the cause.")).unwrap();
    server.wait_until_searchable("report.docx");
    assert_eq!(server.search("V-77")[0]["path"], "report.docx");
}

#[test]
fn a_full_disk_is_said_plainly_and_the_files_are_read_when_there_is_room() {
    let Some(disk) = SmallDisk::mount(64) else {
        eprintln!("skipped: a small disk can only be mounted by root");
        return;
    };
    let folders = Folders::new();
    let data = disk.path().join("data");
    fs::create_dir(&data).unwrap();
    folders.write("before.md", GOOD);
    let server = folders.serve_on(&data);
    server.wait_until_searchable("before.md");
    let filler = disk.path().join("filler");
    let mut file = fs::File::create(&filler).unwrap();
    while file.write_all(&[1; 4_096]).is_ok() {}
    drop(file);
    for number in 0..6 {
        let text: String = (0..200)
            .map(|line| format!("Entry {number}-{line} tells of part P-{number}-{line}, which is kept on shelf {line}.\n\n"))
            .collect();
        folders.write(&format!("new-{number}.txt"), text);
    }
    server.wait_until("the full disk is told", |server| {
        server.log_contains("disk of the data folder is full") || server.get("/library").1.contains("disk")
    });
    assert_eq!(
        server.search("canteen")[0]["path"],
        "before.md",
        "what was there answers on"
    );
    fs::remove_file(filler).unwrap();
    for number in 0..6 {
        server.wait_until_searchable(&format!("new-{number}.txt"));
    }
}

/// A file system in memory of a few megabytes.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let status = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"])
            .arg(folder.path())
            .status()
            .ok()?;
        status.success().then_some(Self(folder))
    }

    fn path(&self) -> &std::path::Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount")
            .arg("-l")
            .arg(self.0.path())
            .status();
    }
}
