//! The pages as a browser without JavaScript sees them, and what the server sends along with them.

use super::support::{Folders, Server, encoded};

const PRESS: &str =
    "# Press 7\n\nThe clamping pressure of press 7 is 63 bar. Check it at the start of every shift.\n";

fn with_press() -> (Folders, Server) {
    let folders = Folders::new();
    folders.write("machines/press-7.md", PRESS);
    folders.write(
        "evil.md",
        "# <script>alert(1)</script>\n\nThe <img src=x onerror=alert(2)> marker is quoted here.\n",
    );
    folders.write(
        "page.html",
        "<html><body><script>alert(3)</script><p>The siren sounds at noon.</p></body></html>",
    );
    let server = folders.serve();
    for path in ["machines/press-7.md", "evil.md", "page.html"] {
        server.wait_until_searchable(path);
    }
    (folders, server)
}

#[test]
fn every_page_works_without_scripts() {
    let (_folders, server) = with_press();
    let document = server.document_id("machines/press-7.md");
    let question = encoded("What is the clamping pressure of press 7?");
    for (path, words) in [
        ("/".to_owned(), "<form"),
        (format!("/ask?q={question}"), "63 bar"),
        ("/search?q=clamping".to_owned(), "<mark"),
        (format!("/documents/{document}"), "63 bar"),
        ("/library".to_owned(), "machines/press-7.md"),
    ] {
        let (status, body) = server.get(&path);
        assert_eq!(status, 200, "{path}");
        assert!(body.contains(words), "{path}: {body}");
    }
}

#[test]
fn a_refusal_is_a_plain_page() {
    let (_folders, server) = with_press();
    let (status, body) = server.get(&format!(
        "/ask?q={}",
        encoded("Who won the football championship in 1987?")
    ));
    assert_eq!(status, 200);
    for words in [
        "<section class=\"answer answer-refused\"",
        "<div data-refusal><h2>The documents do not answer this.",
        "Decided by the strength of the evidence",
    ] {
        assert!(body.contains(words), "no {words} in {body}");
    }
    assert!(!body.contains("<li class=\"sentence"), "{body}");
    let (_, answered) = server.get(&format!(
        "/ask?q={}",
        encoded("What is the clamping pressure of press 7?")
    ));
    assert!(
        answered.contains("<li class=\"sentence") && !answered.contains("answer-refused"),
        "{answered}"
    );
}

#[test]
fn text_of_documents_never_becomes_markup() {
    let (_folders, server) = with_press();
    let document = server.document_id("evil.md");
    for path in [
        "/library".to_owned(),
        "/search?q=marker".to_owned(),
        format!("/ask?q={}", encoded("Which marker is quoted here?")),
        format!("/documents/{document}"),
        format!("/search?q={}", encoded("<script>alert(9)</script>")),
    ] {
        let (_, body) = server.get(&path);
        assert!(
            !body.contains("<script>alert") && !body.contains("<img src=x"),
            "{path}: {body}"
        );
    }
}

#[test]
fn every_page_forbids_foreign_scripts_frames_and_sniffing() {
    let (_folders, server) = with_press();
    for path in ["/", "/library", "/search?q=x", "/no-such-page", "/health"] {
        let headers = server.headers(path);
        let header = |name: &str| {
            headers
                .iter()
                .find(|(found, _)| found == name)
                .map(|(_, value)| value.clone())
                .unwrap_or_default()
        };
        let policy = header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") || policy.contains("default-src 'self'"),
            "{path}: {headers:?}"
        );
        assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
    }
}

#[test]
fn a_foreign_host_name_is_refused_so_that_no_page_elsewhere_can_read_along() {
    let (_folders, server) = with_press();
    let (status, _) = server.get_with("/library", &[("Host", "evil.example")]);
    assert!((400..500).contains(&status), "{status}");
}

#[test]
fn a_foreign_page_cannot_make_the_server_retry() {
    let (_folders, server) = with_press();
    let document = server.document_id("evil.md");
    let retry = format!("/library/{document}/retry");
    let (status, _) = server.post(
        &retry,
        &[
            ("Origin", "http://evil.example"),
            ("Sec-Fetch-Site", "cross-site"),
        ],
    );
    assert_eq!(status, 403);
}

#[test]
fn an_original_is_sent_as_it_is_but_html_never_as_a_page() {
    let (_folders, server) = with_press();
    let markdown = server.document_id("machines/press-7.md");
    let (status, body) = server.get(&format!("/documents/{markdown}/original"));
    assert_eq!((status, body.as_str()), (200, PRESS));
    let html = server.document_id("page.html");
    let headers = server.headers(&format!("/documents/{html}/original"));
    assert!(
        headers
            .iter()
            .any(|(name, value)| name == "content-disposition" && value.starts_with("attachment")),
        "{headers:?}"
    );
    for path in [
        "/documents/999999",
        "/documents/999999/original",
        "/documents/../../etc/passwd",
        "/answers/none",
    ] {
        assert_eq!(server.get(path).0, 404, "{path}");
    }
}

#[test]
fn an_answer_is_streamed_sentence_by_sentence_and_ends() {
    let (_folders, server) = with_press();
    let events = server.stream("What is the clamping pressure of press 7?");
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.first(), Some(&"passages"), "{names:?}");
    assert_eq!(names.last(), Some(&"done"), "{names:?}");
    assert!(names.contains(&"sentence"), "{names:?}");
}

#[test]
fn a_bad_request_is_answered_with_what_is_wrong() {
    let (_folders, server) = with_press();
    for path in [
        "/api/ask?q=%20",
        "/api/search?q=x&page=-1",
        "/api/search?q=x&kind=scroll",
    ] {
        let (status, body) = server.get(path);
        assert_eq!(status, 400, "{path}: {body}");
        assert!(body.contains("error"), "{path}: {body}");
    }
    assert_eq!(server.get(&format!("/api/ask?q={}", "a".repeat(2_001))).0, 400);
}
