//! Two thousand good and broken files, while readers and the server are killed at random; at the end no process that reads is
//! left. It takes some minutes, so it runs only when it is asked for: `cargo test --test app soak -- --ignored`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::isolation;
use super::pictures::Picture;
use super::support::{Folders, Server, files, files_below};

/// Files in all.
const FILES: usize = 2_000;
/// How often the server is killed.
const SERVER_KILLS: usize = 12;
/// Megabytes that the last server may have more than the one that nobody disturbed: allocators do not give all back.
const LEEWAY: u64 = 48;
/// The seed of what happens when.
const SEED: u64 = 0x5eed_2026;

/// Numbers that look random and are the same in every run (Marsaglia's xorshift64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

fn content(number: usize) -> (String, Vec<u8>) {
    let text = format!(
        "# Work order {number}\n\nPart P-{number} is fitted with bolt B-{number}, tightened to {} Nm.\n",
        10 + number % 90
    );
    let bare = text.replace('#', "");
    let (extension, bytes) = match number % 22 {
        0..=4 => ("md", text.into_bytes()),
        5 => ("txt", bare.into_bytes()),
        6 => (
            "csv",
            format!("part,torque\nP-{number},{}\n", number % 90).into_bytes(),
        ),
        7 => (
            "html",
            format!("<h1>Order {number}</h1><p>{bare}</p>").into_bytes(),
        ),
        8 => ("docx", files::docx(&bare)),
        9 => ("pdf", files::pdf(&[bare.as_str(), "The second page."])),
        10 => ("pdf", files::noise(2_000 + number)),
        11 => ("docx", files::docx(&bare)[..200].to_vec()),
        12 => ("xlsx", files::noise(3_000 + number)),
        13 => ("md", Vec::new()),
        14 => ("txt", files::noise(1_000 + number)),
        15 => (
            "eml",
            format!("From: a@example.com\r\nSubject: Order {number}\r\n\r\n{bare}").into_bytes(),
        ),
        16 => (
            "zip",
            files::archive(&[
                ("order.md", text.as_bytes()),
                ("noise.docx", b"no document".as_slice()),
            ]),
        ),
        17 => ("doc", files::word_6(&bare)),
        18 => ("odt", odt(&bare)),
        19 => ("png", nearly_white(number).png()),
        20 => ("png", files::noise(500 + number)),
        _ => ("pdf", files::pdf(&[bare.as_str()])[..300].to_vec()),
    };
    (format!("orders-{}/{number:04}.{extension}", number % 7), bytes)
}

/// A text document of OpenDocument.
fn odt(text: &str) -> Vec<u8> {
    let paragraphs: String = text
        .lines()
        .map(|line| format!("<text:p>{line}</text:p>"))
        .collect();
    let content = format!(
        "<office:document-content><office:body><office:text>{paragraphs}</office:text></office:body></office:document-content>"
    );
    files::archive(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text".as_slice()),
        ("content.xml", content.as_bytes()),
    ])
}

/// A picture with one speck on it, of which each has another colour.
fn nearly_white(number: usize) -> Picture {
    let mut pixels = vec![255; 200 * 200 * 3];
    pixels[..2].copy_from_slice(&u16::try_from(number).unwrap().to_le_bytes());
    Picture {
        width: 200,
        height: 200,
        pixels,
    }
}

/// State and passages by path.
fn library(server: &Server) -> BTreeMap<String, (String, u64)> {
    server
        .documents()
        .into_iter()
        .map(|(path, state, passages)| (path, (state, passages)))
        .collect()
}

/// Waits for one file after the other, each of which has the patience of a test.
pub fn wait_until_done(server: &Server, files: usize) {
    let counts = |server: &Server| server.json("/api/library")["counts"].clone();
    let left = |server: &Server| {
        let counts = counts(server);
        let known = counts["documents"].as_u64().unwrap();
        counts["pending"].as_u64().unwrap() + (files as u64 - known)
    };
    let mut before = left(server);
    while before > 0 {
        server.wait_until("one more file is done", |server| left(server) < before);
        before = left(server);
    }
}

fn kill(process: u32) {
    // It may have ended by itself meanwhile.
    let _ = Command::new("kill")
        .args(["-KILL", &process.to_string()])
        .stderr(std::process::Stdio::null())
        .status();
}

pub fn resident_megabytes(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.process())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1_024
}

/// The memory of a server that has nothing to do, and has answered before: what is loaded for the first answers is no leak.
fn calm_memory(server: &Server) -> u64 {
    server.wait_until_nothing_waits();
    for number in 0..40 {
        server.search(&format!("bolt B-{number} torque"));
    }
    resident_megabytes(server)
}

#[test]
#[ignore = "takes minutes; asked for by name"]
fn two_thousand_files_come_to_their_right_end_whatever_is_killed() {
    let mut chance = Chance(SEED);
    let folders = Folders::new();
    for number in 0..FILES {
        let (path, bytes) = content(number);
        folders.write(&path, bytes);
    }
    let calm = tempfile::tempdir().unwrap();
    let server = folders.serve_on(calm.path());
    wait_until_done(&server, FILES);
    let expected = library(&server);
    let before = calm_memory(&server);
    drop(server);

    let (mut server_kills, mut reader_kills) = (0, 0);
    let mut started = BTreeSet::new();
    // Whatever a server puts into the folder for temporary files it takes away again, or the next one does.
    let temporary = tempfile::tempdir().unwrap();
    let own = [("TMPDIR", temporary.path().to_str().unwrap())];
    while server_kills < SERVER_KILLS {
        let server = folders.serve_with(&own);
        let until = Instant::now() + Duration::from_millis(500 + chance.below(4_000));
        while Instant::now() < until {
            if let Some(reader) = isolation::readers(&server).first()
                && chance.below(4) == 0
            {
                kill(*reader);
                reader_kills += 1;
            }
        }
        started.extend(isolation::family(&server));
        kill(server.process());
        server_kills += 1;
    }
    let server = folders.serve_with(&own);
    wait_until_done(&server, FILES);
    server.wait_until("no reader is left", |server| {
        isolation::readers(server).is_empty()
    });
    let memory = calm_memory(&server);
    println!("killed: {reader_kills} readers, {server_kills} servers; {before} MB before, {memory} MB now");
    assert!(reader_kills > 20, "only {reader_kills} readers were killed");
    let found = library(&server);
    let other: Vec<_> = expected
        .iter()
        .filter(|(path, state)| found.get(*path) != Some(*state))
        .map(|(path, state)| format!("{path}: {state:?}, but {:?}", found.get(path)))
        .collect();
    assert!(other.is_empty(), "{}", other.join("\n"));
    assert_eq!(
        fs::read_dir(folders.data.path().join("reading")).unwrap().count(),
        0
    );
    let litter = |folder: &Path, name: &str| {
        let mut found = files_below(folder);
        found.retain(|path| path.contains(name));
        found
    };
    assert_eq!(litter(folders.documents.path(), ".gemba-upload-"), [""; 0]);
    assert_eq!(litter(temporary.path(), ""), [""; 0]);
    let printed = folders.data.path().join("printed");
    assert_eq!(litter(&printed, ""), [""; 0], "no page was asked for");
    assert!(memory < before + LEEWAY, "{memory} MB after {before} MB");
    assert!(started.len() >= SERVER_KILLS, "{started:?}");
    started.extend(isolation::family(&server));
    kill(server.process());
    let folders_of_data = [folders.data.path(), calm.path()];
    server.wait_until("no process that reads is left of any server", |_| {
        isolation::left_of(&started, &folders_of_data).is_empty()
    });
    drop(server);
    let checks = folders.run("doctor", &["--json"]).json()["checks"].clone();
    let agree = checks
        .as_array()
        .unwrap()
        .iter()
        .all(|check| check["state"] != "wrong");
    assert!(agree, "{checks}");
}
