//! What becomes of files that are dropped, changed, renamed, copied and deleted while the server runs.

use std::fs;

use super::support::Folders;

const PRESS: &str =
    "# Press 7\n\nThe clamping pressure of press 7 is 63 bar. Check it at the start of every shift.\n";

#[test]
fn a_dropped_file_answers_with_a_citation_that_points_at_it() {
    let folders = Folders::new();
    let server = folders.serve();
    folders.write("machines/press-7.md", PRESS);
    server.wait_until_searchable("machines/press-7.md");
    let answer = server.ask("What is the clamping pressure of press 7?");
    assert_eq!(answer["verdict"], "answered", "{answer}");
    let quote = &answer["quotes"][0];
    assert!(quote["text"].as_str().unwrap().contains("63 bar"), "{answer}");
    assert_eq!(quote["citation"]["path"], "machines/press-7.md");
}

#[test]
fn a_page_of_a_pdf_is_cited_by_its_number() {
    let folders = Folders::new();
    folders.write(
        "manual.pdf",
        super::support::files::pdf(&[
            "Safety comes first on every machine in this hall.",
            "The spindle of the lathe is lubricated every 250 hours with ISO VG 32 oil.",
        ]),
    );
    let server = folders.serve();
    server.wait_until_searchable("manual.pdf");
    let answer = server.ask("How often is the spindle of the lathe lubricated?");
    assert_eq!(answer["quotes"][0]["citation"]["locator"]["page"], 2, "{answer}");
}

#[test]
fn a_changed_file_answers_with_its_new_text_only() {
    let folders = Folders::new();
    let file = folders.write("press-7.md", PRESS);
    let server = folders.serve();
    server.wait_until_searchable("press-7.md");
    fs::write(file, PRESS.replace("63 bar", "71 bar")).unwrap();
    server.wait_until("the new text answers", |server| {
        server
            .ask("What is the clamping pressure of press 7?")
            .to_string()
            .contains("71 bar")
    });
    assert!(
        !server
            .ask("What is the clamping pressure of press 7?")
            .to_string()
            .contains("63 bar")
    );
}

#[test]
fn a_deleted_file_stops_answering() {
    let folders = Folders::new();
    let file = folders.write("press-7.md", PRESS);
    folders.write(
        "canteen.md",
        "# Canteen\n\nThe canteen opens at 11:30 and closes at 13:30.\n",
    );
    let server = folders.serve();
    server.wait_until_searchable("press-7.md");
    fs::remove_file(file).unwrap();
    server.wait_until("nothing of the file is found", |server| {
        !server
            .search("clamping pressure press 7")
            .to_string()
            .contains("63 bar")
    });
    assert!(!server.states().contains_key("press-7.md"));
}

#[test]
fn a_file_renamed_into_another_collection_keeps_its_passages_and_is_found_there_only() {
    let folders = Folders::new();
    let file = folders.write("machines/press-7.md", PRESS);
    let server = folders.serve();
    server.wait_until_searchable("machines/press-7.md");
    let before = server.search("clamping pressure")[0]["id"].clone();
    fs::create_dir(folders.documents.path().join("quality")).unwrap();
    fs::rename(file, folders.documents.path().join("quality/press.md")).unwrap();
    server.wait_until_searchable("quality/press.md");
    server.wait_until("the new collection finds it", |server| {
        server
            .search_in("clamping pressure", "quality")
            .as_array()
            .is_some_and(|hits| !hits.is_empty())
    });
    let found = server.search_in("clamping pressure", "quality");
    assert_eq!(found[0]["id"], before, "a rename neither reads nor embeds again");
    assert!(
        server
            .search_in("clamping pressure", "machines")
            .as_array()
            .unwrap()
            .is_empty()
    );
    assert!(!server.states().contains_key("machines/press-7.md"));
}

#[test]
fn a_duplicate_answers_in_place_of_its_original_once_that_is_gone() {
    let folders = Folders::new();
    let original = folders.write("machines/a.md", PRESS);
    let server = folders.serve();
    server.wait_until_searchable("machines/a.md");
    folders.write("machines/b.md", PRESS);
    server.wait_until_state("machines/b.md", "duplicate");
    fs::remove_file(original).unwrap();
    server.wait_until_searchable("machines/b.md");
    let answer = server.ask("What is the clamping pressure of press 7?");
    assert_eq!(
        answer["quotes"][0]["citation"]["path"], "machines/b.md",
        "{answer}"
    );
}

#[test]
fn the_same_file_in_two_collections_is_found_in_both() {
    let folders = Folders::new();
    folders.write("machines/press.md", PRESS);
    folders.write("training/press.md", PRESS);
    let server = folders.serve();
    for (collection, path) in [
        ("machines", "machines/press.md"),
        ("training", "training/press.md"),
    ] {
        server.wait_until_searchable(path);
        assert_eq!(server.search_in("clamping pressure", collection)[0]["path"], path);
    }
}

#[test]
fn a_restart_reads_nothing_again_and_sees_what_changed_meanwhile() {
    let folders = Folders::new();
    folders.write("press-7.md", PRESS);
    let gone = folders.write("old.md", "# Old\n\nThe old press was scrapped in 2019.\n");
    let server = folders.serve();
    server.wait_until_searchable("press-7.md");
    server.wait_until_searchable("old.md");
    let before = server.search("clamping pressure")[0]["id"].clone();
    assert_eq!(server.terminate(), Some(0), "a signal ends the server in order");
    fs::remove_file(gone).unwrap();
    folders.write("new.md", "# New\n\nThe new press was bought in 2024.\n");
    let server = folders.serve();
    server.wait_until_searchable("new.md");
    server.wait_until("the deleted file is gone", |server| {
        !server.states().contains_key("old.md")
    });
    assert_eq!(server.search("clamping pressure")[0]["id"], before);
}

#[test]
fn a_traditional_question_finds_a_simplified_text_and_a_code_is_found_whole() {
    let folders = Folders::new();
    folders.write(
        "报警.md",
        "# 报警代码\n\nE-4021 表示液压油温度过高，请立即停机并检查冷却器。\n",
    );
    folders.write(
        "other.md",
        "# Codes\n\nE-4022 means that the door of the cell is open.\n",
    );
    let server = folders.serve();
    server.wait_until_searchable("报警.md");
    server.wait_until_searchable("other.md");
    assert_eq!(server.search("液壓油溫度過高")[0]["path"], "报警.md");
    assert_eq!(server.search("e-4021")[0]["path"], "报警.md");
    assert_eq!(server.search("E-4022")[0]["path"], "other.md");
}

#[test]
fn a_pdf_whose_property_is_the_name_of_its_file_is_called_what_its_first_page_says() {
    let case = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/cases/titles/BH320_manual_EN.pdf"
    );
    let manual = std::fs::read(case).unwrap();
    let folders = Folders::new();
    folders.write("a/BH320_manual_EN.pdf", &manual);
    // Under another name the property says something.
    folders.write("b/other.pdf", [manual.as_slice(), b"\n%"].concat());
    let server = folders.serve();
    server.wait_until_searchable("a/BH320_manual_EN.pdf");
    server.wait_until_searchable("b/other.pdf");
    let title = |path: &str| {
        let id = server.document_id(path);
        server.json(&format!("/api/documents/{id}"))["document"]["title"].clone()
    };
    assert_eq!(title("a/BH320_manual_EN.pdf"), "Honing machine BH 320");
    assert_eq!(title("b/other.pdf"), "BH320 manual EN");
}
