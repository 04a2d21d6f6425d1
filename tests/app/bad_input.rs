//! Bad files: each gets a clear message, nothing else stops.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use super::isolation;
use super::support::{Folders, Server, files, skipped};

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
fn a_large_text_file_of_few_words_is_read_within_bounded_memory() {
    // 200 MB, nearly all of it blanks: it costs its reading, not the embedding of hundreds of thousands of passages.
    let folders = Folders::new();
    isolation::write_long(&folders, "log.txt");
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
fn a_file_deleted_while_it_is_read_leaves_nothing_behind() {
    let folders = Folders::new();
    isolation::write_long(&folders, "log.txt");
    let server = folders.serve();
    isolation::wait_for_reader(&server);
    fs::remove_file(folders.documents.path().join("log.txt")).unwrap();
    server.wait_until("it is no document", |server| {
        !server.states().contains_key("log.txt")
    });
    folders.write("good.md", GOOD);
    server.wait_until_searchable("good.md");
    server.wait_until_nothing_waits();
    server.wait_until("nobody reads it any more", |server| {
        isolation::readers(server).is_empty()
    });
    assert_eq!(server.states().into_keys().collect::<Vec<_>>(), ["good.md"]);
    let found = server.search("ZX-9917");
    assert!(!found.to_string().contains("log.txt"), "{found}");
}

#[test]
fn a_file_whose_events_do_not_come_is_found_changed_by_the_walk_that_comes_again() {
    let folders = Folders::new();
    let outside = tempfile::tempdir().unwrap();
    let outer = outside.path().join("sheet.md");
    fs::write(&outer, "# Oil\n\nThe gearbox holds 9 litres of VG 220.\n").unwrap();
    // The same file under two names: what is done through the outer one is told to the outer folder alone.
    fs::hard_link(&outer, folders.documents.path().join("sheet.md")).unwrap();
    let server = folders.serve_with(&[("GEMBA_DOCUMENTS_RESCAN_SECONDS", "1")]);
    server.wait_until_searchable("sheet.md");
    fs::write(
        &outer,
        "# Oil\n\nThe gearbox holds 14 litres of VG 460 since spring.\n",
    )
    .unwrap();
    server.wait_until("the new text is found", |server| {
        server.search("VG 460").to_string().contains("14 litres")
    });
}

/// The server under an account that may read no more than others let it; none, with a word on it, where it cannot be had.
fn serve_as_any_account(folders: &Folders) -> Option<Server> {
    // To the administrator of the system no file is closed.
    let program = [
        "setpriv",
        "--bounding-set=-dac_override,-dac_read_search",
        "--inh-caps=-dac_override,-dac_read_search",
    ];
    let works = Command::new(program[0]).args(&program[1..]).arg("true").output();
    if !works.is_ok_and(|output| output.status.success()) {
        skipped("setpriv takes no rights away here");
        return None;
    }
    Some(folders.serve_through(&program))
}

#[test]
fn a_file_that_may_not_be_read_fails_and_says_so_and_another_answers() {
    let folders = Folders::new();
    folders.write("good.md", GOOD);
    let closed = folders.write("payroll.md", "# Payroll\n\nThe director earns 9 coins.\n");
    let allow = |mode| fs::set_permissions(&closed, fs::Permissions::from_mode(mode)).unwrap();
    allow(0o000);
    let server = match fs::read(&closed) {
        Err(_) => folders.serve(),
        Ok(_) => match serve_as_any_account(&folders) {
            Some(server) => server,
            None => return,
        },
    };
    server.wait_until_state("payroll.md", "failed");
    let (_, reason) = server.states().remove("payroll.md").unwrap();
    assert!(reason.contains("may not be read"), "{reason}");
    server.wait_until_searchable("good.md");
    assert_eq!(server.ask("When does the canteen open?")["verdict"], "answered");
    allow(0o644);
    fs::write(&closed, "# Payroll\n\nThe director earns 11 coins now.\n").unwrap();
    server.wait_until_searchable("payroll.md");
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
