//! The security checklist, a test a line. What stands elsewhere: forged forms, cookies, fixed sessions (`access`), links out of
//! the folder (`library/original.rs`), grants (`granted`, `strangers`), what a model writes (`written`, `web/cited/tests.rs`).

use std::time::{Duration, Instant};

use crate::access::PASSWORD;
use crate::administration::{between, invite};
use crate::locked;
use crate::support::{Browser, Folders, Server, encoded};

const EVIL: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>";

fn serve(folders: &Folders) -> Server {
    folders.write(
        "<img src=x onerror=alert(3)>/it's \"bad\" <script>.md",
        format!("# {EVIL}\n\nThe {EVIL} pump is oiled every 5 weeks. [see](javascript:alert(4))"),
    );
    let server = folders.serve();
    server.wait_until_searchable("<img src=x onerror=alert(3)>/it's \"bad\" <script>.md");
    server
}

/// Every page, asked for in a way that makes it show as much as it can.
fn pages() -> Vec<String> {
    let question = encoded(&format!("How often is the pump oiled {EVIL}?"));
    vec![
        "/".to_owned(),
        format!("/ask?q={question}"),
        format!("/search?q={question}&collection={question}&kind={question}"),
        "/library".to_owned(),
        "/history".to_owned(),
        "/account".to_owned(),
        "/kiosks".to_owned(),
        "/admin".to_owned(),
        format!("/admin/people?q={question}"),
        "/admin/people/1".to_owned(),
        "/admin/groups".to_owned(),
        format!("/admin/audit?person={question}"),
        "/admin/audit".to_owned(),
        "/admin/jobs".to_owned(),
        "/admin/settings".to_owned(),
        "/admin/log".to_owned(),
        "/documents/1".to_owned(),
        format!("/sign-in?back={question}"),
        "/nothing/here".to_owned(),
        format!("/answers/{question}"),
    ]
}

#[test]
fn no_text_of_documents_names_or_people_becomes_markup() {
    let folders = Folders::new();
    let server = serve(&folders);
    let mut root = server.set_up(EVIL, PASSWORD);
    root.post("/kiosks", &[("name", EVIL), ("folder", "<b>")]);
    for page in pages() {
        let shown = root.get(&page);
        let html = shown.body;
        assert!(shown.status == 303 || html.contains("<!doctype html>"), "{page}");
        for markup in [
            "<script>",
            "<img src=x",
            "onerror=alert(2)>",
            "href=\"javascript:",
            "<b>",
        ] {
            assert!(!html.contains(markup), "{page}: {markup}");
        }
    }
    let stream = root
        .get(&format!(
            "/ask/stream?q={}",
            encoded("How often is the pump oiled?")
        ))
        .body;
    assert!(
        stream.contains("5 weeks") && !stream.contains("<script>") && !stream.contains("<img src"),
        "{stream}"
    );
}

#[test]
fn every_answer_forbids_inline_scripts_frames_and_guessing_of_types() {
    let folders = Folders::new();
    let server = serve(&folders);
    let mut addresses = pages();
    addresses.extend(
        [
            "/documents/1/original",
            "/health",
            "/api/library",
            "/static/nothing.css",
            "/api/ask",
        ]
        .map(str::to_owned),
    );
    for address in addresses {
        let headers = server.headers(&address);
        let header = |name: &str| -> String {
            headers
                .iter()
                .filter(|(found, _)| found == name)
                .map(|(_, value)| value.as_str())
                .collect()
        };
        let policy = header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{address}: {policy}"
        );
        assert!(
            !policy.contains("unsafe-eval") && !policy.contains("script-src 'unsafe"),
            "{address}: {policy}"
        );
        assert_eq!(header("x-content-type-options"), "nosniff", "{address}");
        assert_eq!(header("x-frame-options"), "DENY", "{address}");
        assert_eq!(header("referrer-policy"), "same-origin", "{address}");
    }
    for page in pages() {
        let html = server.get(&page).1;
        for inline in [" style=", " onclick=", "<style", "<script>"] {
            assert!(!html.contains(inline), "{page}: {inline}");
        }
    }
}

/// Where a form is never to lead.
const ELSEWHERE: [&str; 6] = [
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "/%0d%0aset-cookie: a=b",
    "/x\r\nset-cookie: a=b",
    "javascript:alert(1)",
];

#[test]
fn no_form_leads_to_another_site_and_no_header_is_made_of_what_somebody_typed() {
    let folders = Folders::new();
    let server = folders.serve();
    server.set_up("root", PASSWORD);
    for back in ELSEWHERE {
        let mut browser = Browser::new(&server);
        let signed_in = browser.post(
            "/sign-in",
            &[("name", "root"), ("password", PASSWORD), ("back", back)],
        );
        let switched = browser.post("/language", &[("language", "en"), ("back", back)]);
        for reply in [signed_in, switched] {
            assert_eq!(reply.status, 303);
            assert!(
                reply.location.starts_with('/')
                    && !reply.location.starts_with("//")
                    && !reply.location.contains('\\'),
                "{back}: {}",
                reply.location
            );
            assert!(
                reply.cookies.iter().all(|cookie| !cookie.starts_with("a=b")),
                "{reply:?}"
            );
        }
    }
}

#[test]
fn neither_another_try_nor_the_password_of_a_file_leads_to_another_site() {
    let folders = Folders::new();
    folders.write("broken.pdf", "%PDF-1.7 cut off");
    folders.write("press.pdf", locked::case("aes-256.pdf"));
    let server = folders.serve();
    server.wait_until_state("broken.pdf", "failed");
    server.wait_until_state("press.pdf", "failed");
    let ids = ["broken.pdf", "press.pdf"].map(|path| server.document_id(path));
    let mut root = server.set_up("root", PASSWORD);
    let [retry, password] = [
        format!("/library/{}/retry", ids[0]),
        format!("/library/{}/password", ids[1]),
    ];
    for back in ELSEWHERE {
        let retried = root.post(&retry, &[("back", back)]);
        assert_eq!(retried.status, 303, "{back}");
        assert_eq!(retried.location, "/library", "{back}");
        let refused = root.post(&password, &[("back", back), ("password", "wrong")]);
        assert_eq!(refused.status, 422, "{back}");
        let field = between(&refused.body, "class=\"file-password\"", "</form>");
        let kept = between(field, "name=\"back\" value=\"", "\"");
        assert_eq!(kept, "/library", "{back}");
        root.wait_until("/api/library?state=failed", |failed| {
            failed.contains("broken.pdf") && failed.contains("press.pdf")
        });
    }
    let given = root.post(&password, &[("back", ELSEWHERE[0]), ("password", locked::OPENS)]);
    assert_eq!((given.status, given.location.as_str()), (303, "/library"));
}

#[test]
fn paths_lead_nowhere_but_into_the_documents() {
    let folders = Folders::new();
    let server = serve(&folders);
    for address in [
        "/static/..%2f..%2fCargo.toml",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/documents/..%2f..%2fetc%2fpasswd/original",
        "/documents/1/original/../../../etc/passwd",
        "/documents/-1/original",
        "/documents/99999999999999999999/original",
        "/answers/..%2f..%2fgemba.sqlite",
    ] {
        let (status, body) = server.get(address);
        assert!((400..500).contains(&status), "{address}: {status}");
        assert!(
            !body.contains("root:") && !body.contains("[package]"),
            "{address}"
        );
    }
}

#[test]
fn what_is_too_large_is_refused_and_the_server_goes_on() {
    let folders = Folders::new();
    let server = serve(&folders);
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .new_agent();
    let large = "x".repeat(20 * 1024 * 1024);
    for (address, kind) in [
        ("/api/ask", "application/json"),
        ("/sign-in", "application/x-www-form-urlencoded"),
        ("/language", "application/x-www-form-urlencoded"),
    ] {
        // The server may close the connection before it has read all of it.
        if let Ok(reply) = agent
            .post(format!("{}{address}", server.address))
            .header("content-type", kind)
            .send(large.as_str())
        {
            assert!(
                (400..500).contains(&reply.status().as_u16()),
                "{address}: {}",
                reply.status()
            );
        }
        assert_eq!(server.get("/health").0, 200);
    }
}

#[test]
fn names_of_answers_and_sessions_cannot_be_counted_up() {
    let folders = Folders::new();
    let server = serve(&folders);
    let id = |question: &str| server.ask(question)["id"].as_str().unwrap().to_owned();
    let ids = [
        id("How often is the pump oiled?"),
        id("When is the pump oiled?"),
        id("What is oiled?"),
    ];
    for (one, other) in [(0, 1), (1, 2), (0, 2)] {
        let same = ids[one]
            .chars()
            .zip(ids[other].chars())
            .filter(|(one, other)| one == other)
            .count();
        assert_eq!((ids[one].len(), ids[other].len()), (24, 24));
        assert!(same < 12, "{ids:?}");
    }
}

#[test]
fn no_secret_is_written_to_the_log() {
    let folders = Folders::new();
    let server = folders.serve_with(&[("GEMBA_LOG", "debug")]);
    let link = server.printed("Make the first administrator: ");
    let (_, key) = link.split_once("key=").unwrap();
    let mut root = Browser::new(&server);
    root.post(
        "/set-up",
        &[("key", key), ("name", "root"), ("password", PASSWORD)],
    );
    let mut second = Browser::new(&server);
    second.post(
        "/sign-in",
        &[("name", "root"), ("password", "not the right password")],
    );
    second.post("/sign-in", &[("name", "root"), ("password", PASSWORD)]);
    second.get("/");
    let invitation = invite(&mut root, "ana", "staff");
    let mut ana = Browser::new(&server);
    assert_eq!(ana.get(&format!("/invitation?key={invitation}")).status, 200);
    let accepted = ana.post("/invitation", &[("key", &invitation), ("password", PASSWORD)]);
    assert_eq!(accepted.status, 303);
    root.post("/kiosks", &[("name", "Press 7"), ("folder", "presses")]);
    let sign = root.get("/kiosks/1").body;
    let sign = between(&sign, "/kiosk/", "<");
    assert_eq!(ana.get(&format!("/kiosk/{sign}")).status, 303);
    assert_eq!(second.get(&format!("/kiosk/{sign}x")).status, 404);
    server.wait_until("the failed sign-in is logged", |server| {
        server.log_contains("a sign-in failed")
    });
    for secret in [
        key,
        PASSWORD,
        "not the right password",
        &invitation,
        sign,
        &root.cookie(),
        &second.cookie(),
        "$argon2",
    ] {
        let secret = secret.trim_start_matches("gemba_session=");
        assert!(!server.log_contains(secret), "{secret}");
    }
}

#[test]
fn a_name_that_nobody_has_takes_as_long_to_refuse_as_one_that_somebody_has() {
    let folders = Folders::new();
    let server = folders.serve();
    server.set_up("root", PASSWORD);
    let mut browser = Browser::new(&server);
    let mut refused = |name: &str| -> Duration {
        let began = Instant::now();
        assert_eq!(
            browser
                .post("/sign-in", &[("name", name), ("password", "a wrong password")])
                .status,
            401
        );
        began.elapsed()
    };
    refused("warm");
    let mut ratios: Vec<f64> = (0..4)
        .map(|number| refused(&format!("nobody {number}")).as_secs_f64() / refused("root").as_secs_f64())
        .collect();
    ratios.sort_by(f64::total_cmp);
    // Without a hash to compare with, it would be a hundredth.
    assert!(ratios[1] > 0.2 && ratios[2] < 5.0, "{ratios:?}");
}
