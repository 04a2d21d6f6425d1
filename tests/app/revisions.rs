//! Controlled documents: only the revision in force answers, older ones are found on request, and it changes with every file
//! that comes and goes.

use std::fs;

use crate::access::PASSWORD;
use crate::review::{state, verify};
use crate::support::files::docx_with;
use crate::support::{Browser, Folders, Server, encoded};

const QUESTION: &str = "To how many Nm is the flange bolt tightened?";

fn procedure(torque: u32) -> String {
    format!(
        "# Flange assembly\n\n## Tightening\n\nThe flange bolt is tightened to {torque} Nm in two steps.\n\n## Record\n\n\
         The value is written on the card.\n"
    )
}

fn old_and_new() -> (Folders, Server) {
    let folders = Folders::new();
    folders.write("archive/SOP-QA-030 rev 2.md", procedure(25));
    folders.write("procedures/SOP-QA-030 rev 3.md", procedure(28));
    let server = folders.serve();
    server.wait_until_searchable("archive/SOP-QA-030 rev 2.md");
    server.wait_until_searchable("procedures/SOP-QA-030 rev 3.md");
    (folders, server)
}

fn quoted(server: &Server) -> String {
    server.ask(QUESTION)["quotes"].to_string()
}

fn found(server: &Server, parameters: &str) -> Vec<String> {
    let found = server.json(&format!(
        "/api/search?q={}{parameters}",
        encoded("flange bolt tightened")
    ));
    let hits = found["passages"]
        .as_array()
        .or(found["hits"].as_array())
        .or(found.as_array())
        .unwrap();
    hits.iter()
        .map(|hit| hit["path"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn only_the_revision_in_force_answers_and_older_ones_are_found_on_request() {
    let (_folders, server) = old_and_new();
    let quotes = quoted(&server);
    assert!(quotes.contains("28 Nm") && !quotes.contains("25 Nm"), "{quotes}");
    assert!(found(&server, "").iter().all(|path| path.contains("rev 3")));
    let all = found(&server, "&revisions=all");
    assert!(all.iter().any(|path| path.contains("rev 2")), "{all:?}");
    let page = server
        .get(&format!("/search?q={}&revisions=all", encoded("flange bolt")))
        .1;
    assert!(page.contains("superseded by revision 3"), "{page}");
    let answer = server
        .get(&format!(
            "/ask?q={}&revisions=all",
            encoded("Is the flange bolt tightened to 25 Nm?")
        ))
        .1;
    assert!(
        answer.contains("Revision 2, superseded by revision 3"),
        "{answer}"
    );
}

#[test]
fn the_page_of_an_old_revision_says_so_and_two_are_shown_side_by_side() {
    let (_folders, server) = old_and_new();
    let old = server.document_id("archive/SOP-QA-030 rev 2.md");
    let new = server.document_id("procedures/SOP-QA-030 rev 3.md");
    let page = server.get(&format!("/documents/{old}")).1;
    assert!(
        page.contains("superseded by revision 3") && page.contains(&format!("/documents/{new}\"")),
        "{page}"
    );
    let list = server.get(&format!("/documents/{new}/revisions")).1;
    assert!(
        list.contains("SOP-QA-030") && list.contains(&format!("/documents/{new}/compare/{old}")),
        "{list}"
    );
    for address in [
        format!("/documents/{new}/compare/{old}"),
        format!("/documents/{old}/compare/{new}"),
    ] {
        let (status, page) = server.get(&address);
        assert_eq!(status, 200);
        assert!(
            page.contains("The flange bolt is tightened to <del>25</del> Nm"),
            "{page}"
        );
        assert!(
            page.contains("The flange bolt is tightened to <ins>28</ins> Nm"),
            "{page}"
        );
    }
    assert_eq!(server.get(&format!("/documents/{new}/compare/99")).0, 404);
}

#[test]
fn what_is_in_force_changes_with_files_that_come_go_and_are_renamed() {
    let (folders, server) = old_and_new();
    let path = |name: &str| folders.documents.path().join(name);
    folders.write("drafts/next.md", procedure(31));
    server.wait_until_searchable("drafts/next.md");
    fs::rename(path("drafts/next.md"), path("drafts/SOP-QA-030 rev 4.md")).unwrap();
    server.wait_until("revision 4 answers", |server| {
        let quotes = quoted(server);
        quotes.contains("31 Nm") && !quotes.contains("28 Nm")
    });
    fs::remove_file(path("drafts/SOP-QA-030 rev 4.md")).unwrap();
    fs::remove_file(path("procedures/SOP-QA-030 rev 3.md")).unwrap();
    server.wait_until("revision 2 answers again", |server| {
        quoted(server).contains("25 Nm")
    });
}

#[test]
fn a_draft_and_a_revision_whose_day_is_to_come_do_not_answer_yet() {
    let (folders, server) = old_and_new();
    for (name, line) in [
        (
            "procedures/draft.md",
            "Document no.: SOP-QA-030 | Revision: 4 | Status: draft",
        ),
        (
            "procedures/to-come.md",
            "Document no.: SOP-QA-030 | Revision: 5 | Effective: 2999-01-01",
        ),
    ] {
        folders.write(name, format!("{line}\n\n{}", procedure(40)));
        server.wait_until_searchable(name);
    }
    let quotes = quoted(&server);
    assert!(quotes.contains("28 Nm") && !quotes.contains("40 Nm"), "{quotes}");
    let draft = server.document_id("procedures/draft.md");
    assert!(
        server
            .get(&format!("/documents/{draft}"))
            .1
            .contains("Revision 4, draft")
    );
    let to_come = server.document_id("procedures/to-come.md");
    assert!(
        server
            .get(&format!("/documents/{to_come}"))
            .1
            .contains("not in force yet")
    );
}

#[test]
fn front_matter_says_which_revision_a_file_is_whatever_its_name_says() {
    let folders = Folders::new();
    let front = |revision: u32, status: &str| {
        format!(
            "---\ntitle: Flange assembly\nnumber: \"SOP-QA-030\"\nrevision: {revision}\neffective: 2026-01-01\nstatus: {status}\n---\n\n"
        )
    };
    // The newer one was copied from the oldest and is still called as that.
    folders.write(
        "SOP-QA-030 rev 1.md",
        format!("{}{}", front(4, "released"), procedure(31)),
    );
    folders.write("flange.md", format!("{}{}", front(3, "released"), procedure(28)));
    let server = folders.serve();
    server.wait_until_searchable("SOP-QA-030 rev 1.md");
    server.wait_until_searchable("flange.md");
    let quotes = quoted(&server);
    assert!(quotes.contains("31 Nm") && !quotes.contains("28 Nm"), "{quotes}");

    folders.write(
        "flange-next.md",
        format!("{}{}", front(5, "draft"), procedure(40)),
    );
    folders.write(
        "flange.rst",
        "Flange assembly\n===============\n\n:Number: SOP-QA-030\n:Version: 2\n\nThe flange bolt is tightened to 25 Nm.\n",
    );
    folders.write(
        "flange.adoc",
        "= Flange assembly\nQuality <q@example.com>\nv1, 2019-01-01\n:document: SOP-QA-030\n\nThe flange bolt is tightened to 22 Nm.\n",
    );
    for (name, says) in [
        ("SOP-QA-030 rev 1.md", "Revision 4, in force"),
        ("flange.md", "Revision 3, superseded by revision 4"),
        ("flange-next.md", "Revision 5, draft"),
        ("flange.rst", "Revision 2, superseded by revision 4"),
        ("flange.adoc", "Revision 1, superseded by revision 4"),
    ] {
        server.wait_until_searchable(name);
        let page = server.get(&format!("/documents/{}", server.document_id(name))).1;
        assert!(page.contains(says), "{name}: {page}");
    }
    assert_eq!(found(&server, ""), ["SOP-QA-030 rev 1.md"]);
    // It stays what it is under another name.
    let path = |name: &str| folders.documents.path().join(name);
    fs::rename(path("SOP-QA-030 rev 1.md"), path("SOP-QA-030 rev 2.md")).unwrap();
    server.wait_until("it is found under its new name", |server| {
        found(server, "") == ["SOP-QA-030 rev 2.md"]
    });
}

#[test]
fn the_properties_of_office_files_say_which_revision_they_are() {
    let folders = Folders::new();
    let text = |torque: u32| format!("The flange bolt is tightened to {torque} Nm in two steps.");
    let core = |said: &str| format!("<cp:coreProperties>{said}</cp:coreProperties>");
    let files = [
        (
            "a.docx",
            text(25),
            core("<dc:identifier>SOP-QA-030</dc:identifier><cp:version>2</cp:version>"),
        ),
        (
            "b.docx",
            text(28),
            core(
                "<dc:identifier>SOP-QA-030</dc:identifier><cp:version>3</cp:version><cp:contentStatus>Released</cp:contentStatus>",
            ),
        ),
        (
            "SOP-QA-030.docx",
            text(40),
            core("<cp:version>4</cp:version><cp:contentStatus>Draft</cp:contentStatus>"),
        ),
        // Nothing of it was written by a person, and nothing makes a procedure of it.
        (
            "notes.docx",
            text(28).replace("flange", "cover"),
            core(
                "<dc:identifier>f81d4fae-7dec-11d0-a765-00a0c91e6bf6</dc:identifier><cp:version>16.0000</cp:version><cp:contentStatus>Final</cp:contentStatus>",
            ),
        ),
    ];
    for (name, text, core) in &files {
        folders.write(name, docx_with(text, &[("docProps/core.xml", core)]));
    }
    let server = folders.serve();
    for (name, ..) in &files {
        server.wait_until_searchable(name);
    }
    let quotes = quoted(&server);
    assert!(
        quotes.contains("28 Nm") && !quotes.contains("25 Nm") && !quotes.contains("40 Nm"),
        "{quotes}"
    );
    for (name, says) in [
        ("a.docx", "Revision 2, superseded by revision 3"),
        ("b.docx", "Revision 3, in force"),
        ("SOP-QA-030.docx", "Revision 4, draft"),
    ] {
        let page = server.get(&format!("/documents/{}", server.document_id(name))).1;
        assert!(page.contains(says), "{name}: {page}");
    }
    let page = server
        .get(&format!("/documents/{}", server.document_id("notes.docx")))
        .1;
    assert!(!page.contains("evision"), "{page}");
}

#[test]
fn a_verified_answer_is_withdrawn_when_the_revision_it_rests_on_is_superseded() {
    let folders = Folders::new();
    folders.write("procedures/SOP-QA-030 rev 3.md", procedure(28));
    let server = folders.serve();
    server.wait_until_searchable("procedures/SOP-QA-030 rev 3.md");
    let mut browser = Browser::new(&server);
    let id = verify(&mut browser, QUESTION, "");
    assert_eq!(state(&browser, id), "in-force");
    folders.write("procedures/SOP-QA-030 rev 4.md", procedure(33));
    server.wait_until_searchable("procedures/SOP-QA-030 rev 4.md");
    assert_eq!(state(&browser, id), "withdrawn");
}

#[test]
fn whoever_may_not_read_the_later_revision_learns_nothing_of_it() {
    let (folders, server) = old_and_new();
    server.set_up("root", PASSWORD);
    let password = folders.run("people", &["add", "ana"]).output.trim().to_owned();
    assert_eq!(
        folders.run("groups", &["grant", "Everyone", "archive"]).code,
        Some(0)
    );
    let ana = server.sign_in("ana", &password);
    let listed = ana.json("/api/library");
    let old = listed["documents"][0]["id"].as_i64().unwrap();
    let shown = [
        format!("/documents/{old}"),
        format!("/documents/{old}/revisions"),
        format!("/documents/{old}/compare/{}", 3 - old),
        format!("/search?q={}&revisions=all", encoded("flange bolt")),
        format!("/ask?q={}", encoded(QUESTION)),
    ]
    .map(|address| ana.get(&address).body)
    .join("\n");
    assert!(
        shown.contains("25 Nm") && shown.contains("Revision 2, in force"),
        "{shown}"
    );
    for word in ["rev 3", "revision 3", "Revision 3", "28 Nm", "superseded"] {
        assert!(!shown.contains(word), "{word}: {shown}");
    }
}
