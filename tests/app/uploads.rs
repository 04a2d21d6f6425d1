//! Uploads over HTTP, as the script of the page sends them and as a plain form does.

mod refused;

use std::fs;

use serde_json::{Value, json};

use crate::access::{PASSWORD, folders, serve};
use crate::support::{Browser, Folders, encoded, files_below};

const JSON: &str = "application/json";
const BYTES: &str = "application/octet-stream";
const SAME: &str = "same-origin";
const OVEN: &[u8] = b"# Oven 2\n\nThe tempering oven is cleaned with vinegar on Fridays.\n";

/// What a script says of a file.
fn about(folder: &str, name: &str, content: &[u8]) -> Value {
    json!({ "folder": folder, "name": name, "size": content.len(), "hash": blake3::hash(content).to_hex().as_str() })
}

fn ask(browser: &Browser<'_>, address: &str, about: &Value) -> (u16, Value) {
    let reply = browser.send_bytes("POST", address, JSON, SAME, about.to_string().as_bytes());
    let answer = serde_json::from_str(&reply.body).unwrap_or(Value::String(reply.body));
    (reply.status, answer)
}

fn announce(browser: &Browser<'_>, about: &Value) -> (u16, Value) {
    ask(browser, "/library/uploads", about)
}

fn piece_address(about: &Value, offset: usize) -> String {
    let field = |name: &str| encoded(about[name].as_str().unwrap());
    format!(
        "/library/uploads/piece?folder={}&name={}&size={}&hash={}&offset={offset}",
        field("folder"),
        field("name"),
        about["size"],
        field("hash")
    )
}

fn send(browser: &Browser<'_>, about: &Value, offset: usize, bytes: &[u8]) -> (u16, Value) {
    let reply = browser.send_bytes("PUT", &piece_address(about, offset), BYTES, SAME, bytes);
    (
        reply.status,
        serde_json::from_str(&reply.body).unwrap_or_default(),
    )
}

fn end(browser: &Browser<'_>, about: &Value, existing: &str) -> (u16, Value) {
    let mut about = about.clone();
    about["existing"] = existing.into();
    ask(browser, "/library/uploads/end", &about)
}

/// A whole upload; the path, or the name of the error.
fn upload(
    browser: &Browser<'_>,
    folder: &str,
    name: &str,
    content: &[u8],
    existing: &str,
) -> Result<String, String> {
    let about = about(folder, name, content);
    let code = |answer: &Value| answer["error"]["code"].as_str().unwrap_or("?").to_owned();
    let (status, announced) = announce(browser, &about);
    if status != 200 {
        return Err(code(&announced));
    }
    let (status, sent) = send(browser, &about, 0, content);
    if status != 200 {
        return Err(code(&sent));
    }
    let (status, ended) = end(browser, &about, existing);
    if status != 200 {
        return Err(code(&ended));
    }
    Ok(ended["path"].as_str().unwrap().to_owned())
}

/// A form as a browser without scripts sends it.
fn form(fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    for (name, content) in files {
        body.extend(
            format!("--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n")
                .bytes(),
        );
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--cut--\r\n");
    ("multipart/form-data; boundary=cut".to_owned(), body)
}

fn everything(folders: &Folders) -> Vec<String> {
    files_below(folders.documents.path())
}

#[test]
fn a_file_that_is_sent_lies_in_the_folder_answers_and_is_in_the_log() {
    let folders = folders();
    let server = serve(&folders);
    let root = server.set_up("root", PASSWORD);
    let oven = about("ovens", "oven.md", OVEN);
    let (status, announced) = announce(&root, &oven);
    assert_eq!(
        (status, announced),
        (
            200,
            json!({ "path": "ovens/oven.md", "received": 0, "taken": false, "twins": [] })
        )
    );
    let as_a_script = root.post_json("/api/library/uploads", &oven);
    assert_eq!(as_a_script.status, 200, "{}", as_a_script.body);
    assert!(
        !folders.documents.path().join("ovens").exists(),
        "nothing was sent yet"
    );
    assert_eq!(
        upload(&root, "ovens", "oven.md", OVEN, "stays").unwrap(),
        "ovens/oven.md"
    );
    assert_eq!(
        fs::read(folders.documents.path().join("ovens/oven.md")).unwrap(),
        OVEN
    );
    let state = format!(
        "/library/uploads/state?path=ovens%2Foven.md&hash={}",
        oven["hash"].as_str().unwrap()
    );
    root.wait_until(&state, |body| body.contains("searchable"));
    let given = root.json(&format!(
        "/api/ask?q={}",
        encoded("What is the tempering oven cleaned with?")
    ));
    assert_eq!(given["passages"][0]["path"], "ovens/oven.md", "{given}");
    root.wait_until("/api/admin/audit?action=uploaded", |body| {
        body.contains("ovens/oven.md")
    });
    let (_, announced) = announce(&root, &about("quality", "copy.md", OVEN));
    assert_eq!(
        announced["twins"],
        json!(["ovens/oven.md"]),
        "told before it is sent"
    );
}

#[test]
fn an_upload_goes_on_where_it_broke_off_also_after_the_server_was_killed() {
    let folders = folders();
    let server = serve(&folders);
    let root = server.set_up("root", PASSWORD);
    let content: Vec<u8> = (0..3_000_000_u32)
        .flat_map(|number| format!("{number}\n").into_bytes())
        .collect();
    let large = about("quality", "large.txt", &content);
    root.send_and_hang_up(&piece_address(&large, 0), content.len(), &content[..5_000_000]);
    let mut received = 0;
    server.wait_until("what came is kept", |_| {
        received = usize::try_from(announce(&root, &large).1["received"].as_u64().unwrap()).unwrap();
        // What is still on its way through the server when the connection ends is lost with it.
        received > 4_500_000
    });
    let (status, refused) = send(&root, &large, received + 1, &content[received + 1..]);
    assert_eq!(
        (status, &refused["error"]["code"]),
        (409, &json!("upload-offset"))
    );
    let (status, refused) = end(&root, &large, "stays");
    assert_eq!(
        (status, &refused["error"]["code"]),
        (409, &json!("upload-offset")),
        "not whole"
    );
    drop(server);
    let server = folders.serve();
    let root = server.sign_in("root", PASSWORD);
    assert_eq!(announce(&root, &large).1["received"], received);
    assert_eq!(send(&root, &large, received, &content[received..]).0, 200);
    assert_eq!(end(&root, &large, "stays").0, 200);
    assert!(fs::read(folders.documents.path().join("quality/large.txt")).unwrap() == content);
    assert_eq!(everything(&folders).len(), 3);
}

#[test]
fn nothing_is_written_over_unless_that_was_chosen() {
    let folders = folders();
    let server = serve(&folders);
    let root = server.set_up("root", PASSWORD);
    let before = fs::read(folders.documents.path().join("quality/gauges.md")).unwrap();
    let (_, announced) = announce(&root, &about("quality", "gauges.md", OVEN));
    assert_eq!(announced["taken"], true);
    assert_eq!(
        upload(&root, "quality", "gauges.md", OVEN, "stays").unwrap_err(),
        "upload-taken"
    );
    assert_eq!(
        upload(&root, "quality", "gauges.md", OVEN, "beside").unwrap(),
        "quality/gauges (2).md"
    );
    assert_eq!(
        fs::read(folders.documents.path().join("quality/gauges.md")).unwrap(),
        before
    );
    let other = b"# Gauges\n\nThe gauges are calibrated every nine weeks by the tool room.";
    assert_eq!(
        upload(&root, "quality", "gauges.md", other, "replaced").unwrap(),
        "quality/gauges.md"
    );
    server.wait_until("the new text answers", |_| {
        let found = root.json("/api/search?q=calibrated+gauges");
        found.to_string().contains("nine weeks") && !found.to_string().contains("six months")
    });
    root.wait_until("/api/admin/audit?action=file-replaced", |body| {
        body.contains("quality/gauges.md")
    });
    assert_eq!(
        everything(&folders),
        ["payroll/secret.md", "quality/gauges (2).md", "quality/gauges.md"]
    );
}

#[test]
fn a_browser_without_scripts_sends_several_files_and_is_told_of_each() {
    let folders = folders();
    let server = serve(&folders);
    let root = server.set_up("root", PASSWORD);
    let press = b"# Press 7\n\nThe clamping pressure of press 7 is 63 bar.\n";
    let (kind, body) = form(
        &[
            ("folder", "quality"),
            ("new_folder", "new ovens"),
            ("existing", "beside"),
        ],
        &[
            ("oven.md", OVEN),
            ("plan.dwg", b"AC1032"),
            ("press.md", press),
            ("", b""),
        ],
    );
    let shown = root.send_bytes("POST", "/library/uploads/form", &kind, SAME, &body);
    assert_eq!(shown.status, 200, "{}", shown.body);
    for says in [
        "new ovens/oven.md",
        "new ovens/press.md",
        "plan.dwg",
        "cannot read",
    ] {
        assert!(shown.body.contains(says), "{says}: {}", shown.body);
    }
    server.wait_until("both are read", |_| {
        root.json("/api/library?state=searchable")["total"] == 4
    });
    let (kind, body) = form(&[("folder", "new ovens")], &[("again.md", OVEN)]);
    let shown = root
        .send_bytes("POST", "/library/uploads/form", &kind, SAME, &body)
        .body;
    assert!(shown.contains("new ovens/oven.md is there already"), "{shown}");
    let there = [
        "new ovens/oven.md",
        "new ovens/press.md",
        "payroll/secret.md",
        "quality/gauges.md",
    ];
    assert_eq!(everything(&folders), there);
}
