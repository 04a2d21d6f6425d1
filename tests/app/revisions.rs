//! Controlled documents: only the revision in force answers, older ones are found on request, and it changes with every file
//! that comes and goes.

use std::fs;

use crate::access::PASSWORD;
use crate::review::{state, verify};
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
