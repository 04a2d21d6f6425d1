//! Encrypted PDF files: their passwords are asked for in the library, tried at once, kept if they open the file, and told
//! to nobody.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use serde_json::json;

use crate::access::PASSWORD;
use crate::support::{Browser, Folders};

/// What opens the files of `tests/cases/locked`.
pub const OPENS: &str = "Drehmoment ä 87";
const WRONG: &str = "Drehmoment 88";
const PATH: &str = "machines/press.pdf";

/// A file of that folder.
pub fn case(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/locked");
    fs::read(format!("{folder}/{name}")).unwrap()
}

#[test]
fn a_pdf_is_read_as_soon_as_its_password_is_given_and_so_is_its_next_version() {
    let folders = Folders::new();
    folders.write(PATH, case("aes-256.pdf"));
    folders.write("free/owner.pdf", case("owner-only.pdf"));
    let server = folders.serve();
    server.wait_until_state(PATH, "failed");
    // An owner's password alone forbids printing and the like, not reading.
    server.wait_until_searchable("free/owner.pdf");
    let id = server.document_id(PATH);
    let mut root = server.set_up("root", PASSWORD);
    let (field, address) = (
        format!("action=\"/library/{id}/password\""),
        format!("/library/{id}/password"),
    );
    for page in ["/library".to_owned(), format!("/documents/{id}/coverage")] {
        let page = root.get(&page).body;
        assert!(
            page.contains(&field) && page.contains("an administrator can give it"),
            "{page}"
        );
        assert!(page.contains("keeps it in its data folder"), "{page}");
    }

    let refused = root.post(&address, &[("password", WRONG), ("back", "/library")]);
    assert_eq!(refused.status, 422);
    assert!(
        refused.body.contains("This password does not open it"),
        "{}",
        refused.body
    );
    assert!(!refused.body.contains(WRONG), "{}", refused.body);
    for nothing in ["", "\u{0}", &"x".repeat(501)] {
        assert_eq!(root.post(&address, &[("password", nothing)]).status, 422);
    }
    // Nothing was kept: it fails again.
    assert_eq!(root.post(&format!("/library/{id}/retry"), &[]).status, 303);
    root.wait_until("/api/library", |library| library.contains("pdf-password"));

    let given = root.post(
        &address,
        &[("password", OPENS), ("back", "/library?state=failed")],
    );
    assert_eq!(
        (given.status, given.location.as_str()),
        (303, "/library?state=failed")
    );
    root.wait_until("/api/search?q=press+9+tightened", |found| {
        found.contains("87 newton")
    });
    assert!(!root.get("/library").body.contains(&field));
    let picture = root.get(&format!("/documents/{id}/pages/2.png"));
    assert_eq!(picture.status, 200);
    let again = root.post_json(
        &format!("/api/library/{id}/password"),
        &json!({"password": OPENS}),
    );
    assert_eq!(again.status, 409, "{}", again.body);
    // What can be no password is not a wrong one where none is asked for.
    let nothing = root.post(&address, &[("password", "")]);
    assert_eq!(nothing.status, 409, "{}", nothing.body);
    assert!(
        nothing.body.contains("This file asks for no password"),
        "{}",
        nothing.body
    );

    // The file itself stays as it is, and its next version is opened with what is known.
    assert_eq!(
        fs::read(folders.documents.path().join(PATH)).unwrap(),
        case("aes-256.pdf")
    );
    folders.write(PATH, case("rc4-128.pdf"));
    root.wait_until("/api/search?q=press+9+tightened", |found| {
        found.contains("88 newton")
    });

    let entry = root.json("/api/admin/audit?action=file-password-given");
    assert_eq!(entry["entries"].as_array().unwrap().len(), 1, "{entry}");
    assert_eq!(entry["entries"][0]["subject"], PATH);
    for address in [
        "/api/admin/audit",
        "/admin/audit.csv",
        "/library/coverage.csv",
        "/api/library",
        &format!("/api/documents/{id}"),
        &format!("/documents/{id}/coverage"),
    ] {
        let said = root.get(address).body;
        assert!(!said.contains("Drehmoment"), "{address}: {said}");
    }
    assert!(!server.log_contains("Drehmoment"));
}

#[test]
fn a_copy_in_another_folder_is_opened_with_what_opened_the_first() {
    let folders = Folders::new();
    folders.write("a/press.pdf", case("rc4-128.pdf"));
    folders.write("b/press.pdf", case("rc4-128.pdf"));
    let server = folders.serve();
    server.wait_until_state("a/press.pdf", "failed");
    server.wait_until_state("b/press.pdf", "failed");
    let id = server.document_id("a/press.pdf");
    let given = Browser::new(&server).post_json(
        &format!("/api/library/{id}/password"),
        &json!({"password": OPENS}),
    );
    assert_eq!(given.status, 202, "{}", given.body);
    server.wait_until_searchable("a/press.pdf");
    server.wait_until_searchable("b/press.pdf");
    assert!(
        server
            .search("press 9 tightened")
            .to_string()
            .contains("88 newton")
    );
    let other = server.document_id("b/press.pdf");
    assert_eq!(
        server
            .get_bytes(&format!("/documents/{other}/pages/1.png"), &[])
            .0,
        200
    );
}

#[test]
fn only_an_administrator_is_asked_for_a_password_and_may_give_one() {
    let folders = Folders::new();
    folders.write(PATH, case("aes-256.pdf"));
    let server = folders.serve();
    server.wait_until_state(PATH, "failed");
    let id = server.document_id(PATH);
    server.set_up("root", PASSWORD);
    let password = folders.run("people", &["add", "ana"]).output.trim().to_owned();
    folders.run("groups", &["grant", "Everyone", "machines"]);
    let mut ana = server.sign_in("ana", &password);
    let page = ana.get("/library").body;
    assert!(
        page.contains("an administrator can give it") && !page.contains("/password\""),
        "{page}"
    );
    let address = format!("/library/{id}/password");
    assert_eq!(ana.post(&address, &[("password", OPENS)]).status, 403);
    assert_eq!(
        ana.post_json(&format!("/api{address}"), &json!({"password": OPENS}))
            .status,
        403
    );
    assert_eq!(
        ana.post_from_elsewhere(&address, &[("password", OPENS)]).status,
        403
    );
    assert_eq!(
        ana.json("/api/library")["documents"][0]["state"]["state"],
        "failed"
    );
}

#[test]
fn parse_takes_a_password_from_its_input_and_prints_it_nowhere() {
    let folders = Folders::new();
    for (name, torque) in [("aes-256.pdf", "87 newton"), ("rc4-128.pdf", "88 newton")] {
        let file = folders.write(name, case(name));
        let parse = |password: &str| {
            let mut child = folders
                .command("parse")
                .args(["--password-stdin", "--json"])
                .arg(&file)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut input = child.stdin.take().unwrap();
            writeln!(input, "{password}").unwrap();
            drop(input);
            let output = child.wait_with_output().unwrap();
            let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
            (output.status.success(), said.concat())
        };
        let (read, said) = parse(OPENS);
        assert!(read && said.contains(torque) && !said.contains(OPENS), "{said}");
        let (read, said) = parse("the owner");
        assert!(
            read && said.contains(torque),
            "the owner's password opens it too: {said}"
        );
        let (read, said) = parse(WRONG);
        assert!(
            !read && said.contains("asks for a password") && !said.contains(WRONG),
            "{said}"
        );
        let (read, said) = parse("");
        assert!(!read && said.contains("no password"), "{said}");
    }
}
