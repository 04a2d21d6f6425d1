//! Files that are dropped on the library page or chosen there, until they can be asked about.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Chromium, Folders, Server};

const GAUGES: &str = "# Gauges\n\nThe thread gauges are calibrated every six months by the quality office.\n";
const OVEN: &str = "# Oven 2\n\nThe tempering oven is cleaned with vinegar on Fridays.\n";

/// A library with one file, a browser on it, and a folder with files to send.
fn library(folders: &Folders) -> (Server, Option<Chromium>, tempfile::TempDir) {
    folders.write("quality/gauges.md", GAUGES);
    let server = folders.serve();
    server.wait_until_searchable("quality/gauges.md");
    let browser = Chromium::open(&server);
    (server, browser, tempfile::tempdir().unwrap())
}

fn file(desk: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = desk.join(name);
    fs::write(&path, content).unwrap();
    path
}

/// Drags files over the page and lets them go there, as the system does.
fn drop_files(browser: &Chromium, files: &[PathBuf]) {
    let files: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    // The part opens below the hand, which goes on.
    for kind in ["dragEnter", "dragOver", "dragOver", "drop"] {
        let data = json!({ "items": [], "files": files, "dragOperationsMask": 1 });
        browser.devtools(
            "Input.dispatchDragEvent",
            json!({ "type": kind, "x": 300, "y": 300, "data": data }),
        );
    }
}

/// An expression that is true once a row of the upload says this.
fn row_says(name: &str, says: &str) -> String {
    format!(
        "[...document.querySelectorAll('.upload-row')].some((row) =>
            row.querySelector('[data-name]').textContent === {} && row.textContent.includes({}))",
        json!(name),
        json!(says)
    )
}

#[test]
fn files_that_are_dropped_on_the_library_are_followed_until_they_can_be_asked_about() {
    let folders = Folders::new();
    let (_server, Some(browser), desk) = library(&folders) else {
        return;
    };
    browser.go("/library");
    let files = [
        file(desk.path(), "oven.md", OVEN),
        file(desk.path(), "plan.dwg", "AC1032"),
        file(desk.path(), "broken.pdf", "no PDF at all"),
        file(desk.path(), "copy.md", GAUGES),
    ];
    browser.run("document.querySelector('#upload-new').value = 'ovens'", &[]);
    drop_files(&browser, &files);
    browser.wait_until(&row_says("plan.dwg", "cannot read"));
    browser.wait_until(&row_says("oven.md", "Can be asked about now"));
    browser.wait_until(
        "document.querySelector('.upload-row[data-state=failed] [data-state]').textContent.length > 20",
    );
    browser.wait_until(&row_says("copy.md", "already, as quality/gauges.md"));
    browser.click(".upload-row [data-answer=skip]");
    browser.wait_until(&row_says("copy.md", "Not sent"));
    // The list follows, without the page being loaded again.
    browser.wait_until("document.querySelector('[data-list]').textContent.includes('ovens/oven.md')");
    assert!(!folders.documents.path().join("ovens/copy.md").exists());
    browser.go("/");
    browser.press("What is the tempering oven cleaned with?");
    browser.press(thirtyfour::Key::Enter);
    browser.wait_until("document.querySelector('[data-end] .answer-how')");
    let answer = browser.text("main");
    assert!(answer.contains("vinegar"), "{answer}");
}

#[test]
fn a_file_of_the_same_name_is_replaced_or_kept_beside_as_somebody_says() {
    let folders = Folders::new();
    let (_server, Some(browser), desk) = library(&folders) else {
        return;
    };
    let there = folders.documents.path().join("quality");
    browser.go("/library?upload=open&collection=quality");
    assert_eq!(
        browser.value("document.querySelector('#upload-folder').value"),
        "quality"
    );
    let choose = |content: &str| {
        let file = file(desk.path(), "gauges.md", content);
        browser.choose_file("#upload-files", &file);
        browser.wait_until("document.querySelector('.upload-row:last-child [data-answer=beside]')");
    };
    choose("# Gauges\n\nThe gauges are calibrated every nine weeks.\n");
    browser.click(".upload-row:last-child [data-answer=beside]");
    browser.wait_until("document.querySelector('.upload-row:last-child').dataset.state === 'searchable'");
    assert_eq!(fs::read_to_string(there.join("gauges.md")).unwrap(), GAUGES);
    assert!(there.join("gauges (2).md").exists());
    choose(OVEN);
    browser.click(".upload-row:last-child [data-answer=replaced]");
    browser.wait_until("document.querySelector('.upload-row:last-child').dataset.state === 'searchable'");
    assert_eq!(fs::read_to_string(there.join("gauges.md")).unwrap(), OVEN);
    browser.choose_file("#upload-files", &desk.path().join("gauges.md"));
    browser.wait_until(&row_says("gauges.md", "this very file is there already"));
}

#[test]
fn a_large_file_goes_on_in_the_browser_after_the_server_was_away() {
    let folders = Folders::new();
    let (server, Some(browser), desk) = library(&folders) else {
        return;
    };
    let content: String = (0..5_000_000).map(|number| format!("{number}\n")).collect();
    let large = file(desk.path(), "large.txt", &content);
    browser.go("/library?upload=open");
    // Slow enough to be met on the way, in bytes a second.
    slow(&browser, 6_000_000);
    browser.choose_file("#upload-files", &large);
    browser.wait_until("document.querySelector('.upload-row progress').value > 0.3 && document.querySelector('.upload-row').textContent.includes('sent')");
    let address = server.address.trim_start_matches("http://").to_owned();
    drop(server);
    browser.wait_until(&row_says("large.txt", "connection is lost"));
    let kept = fs::read_dir(folders.documents.path()).unwrap().flatten();
    let kept: u64 = kept
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(".gemba-upload-"))
        .map(|entry| entry.metadata().unwrap().len())
        .sum();
    assert!(kept > 1_000_000, "{kept} bytes have arrived");
    slow(&browser, -1);
    let _server = folders.serve_at(&address);
    browser.wait_until("!document.querySelector('.upload-row [data-answer]') && document.querySelector('.upload-row').textContent.match(/Arrived|asked about now/)");
    assert!(fs::read_to_string(folders.documents.path().join("large.txt")).unwrap() == content);
}

fn slow(browser: &Chromium, bytes_a_second: i64) {
    browser.devtools("Network.enable", json!({}));
    browser.devtools(
        "Network.emulateNetworkConditions",
        json!({ "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second }),
    );
}

#[test]
fn the_browser_makes_the_same_hash_as_the_server_of_any_length_in_any_pieces() {
    let folders = Folders::new();
    let (_server, Some(browser), _desk) = library(&folders) else {
        return;
    };
    browser.go("/library");
    // The lengths of the published test vectors, and their bytes.
    let lengths = [
        0_usize, 1, 2, 3, 4, 5, 6, 7, 8, 63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 2048, 2049, 3072, 3073,
        4096, 4097, 5120, 5121, 6144, 6145, 7168, 7169, 8192, 8193, 16384, 31744, 102400,
    ];
    const HASH: &str = "
        const [length, piece] = arguments;
        const bytes = Uint8Array.from({ length }, (_, i) => i % 251);
        const hasher = new Blake3();
        for (let from = 0; from < length; from += piece) hasher.update(bytes.subarray(from, from + piece));
        return hasher.hex();
    ";
    for length in lengths {
        let bytes: Vec<u8> = (0..length)
            .map(|number| u8::try_from(number % 251).unwrap())
            .collect();
        let expected = blake3::hash(&bytes).to_hex();
        for piece in [1 << 20, 1000] {
            let hash = browser.run(HASH, &[json!(length), json!(piece)]);
            assert_eq!(
                hash,
                Value::String(expected.to_string()),
                "{length} in pieces of {piece}"
            );
        }
    }
}
