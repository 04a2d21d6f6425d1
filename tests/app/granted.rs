//! What of the documents each person gets to see, and what one person of another's questions.

use crate::access::{PASSWORD, folders, serve};
use crate::support::{Browser, encoded};

/// Everything that a browser can get at about the documents, in one text.
fn everything_shown(browser: &Browser<'_>) -> String {
    let mut shown = String::new();
    for question in [
        "bonus of the crew",
        "calibrated six months",
        "When is the bonus of the crew paid?",
    ] {
        let question = encoded(question);
        for address in [
            format!("/ask?q={question}"),
            format!("/ask?q={question}&collection=payroll"),
            format!("/ask/stream?q={question}"),
            format!("/search?q={question}"),
            format!("/search?q={question}&collection=payroll"),
            format!("/api/ask?q={question}"),
            format!("/api/ask/stream?q={question}"),
            format!("/api/search?q={question}&collection=payroll"),
        ] {
            shown += &browser.get(&address).body;
        }
    }
    for address in [
        "/",
        "/search",
        "/library",
        "/library/status",
        "/api/library",
        "/library?collection=payroll",
        "/health",
    ] {
        shown += &browser.get(address).body;
    }
    for id in 1..5 {
        for address in [
            format!("/documents/{id}"),
            format!("/documents/{id}/original"),
            format!("/api/documents/{id}"),
        ] {
            shown += &browser.get(&address).body;
        }
    }
    shown
}

#[test]
fn nobody_sees_what_is_not_granted_and_everybody_what_is_at_once() {
    let folders = folders();
    let server = serve(&folders);
    server.set_up("root", PASSWORD);
    let added = folders.run("people", &["add", "ana"]);
    let password = added.output.trim().to_owned();
    assert!(added.errors.contains("Tell ana this password"), "{added:?}");
    let ana = server.sign_in("ana", &password);
    let nothing = everything_shown(&ana);
    for word in [
        "gauges.md",
        "Gauges",
        "secret",
        "payroll/",
        "Zirconium",
        "zirconium",
        "paid in every",
    ] {
        assert!(!nothing.contains(word), "{word}: {nothing}");
    }
    assert_eq!(ana.json("/api/library")["counts"]["documents"], 0);
    assert_eq!(
        folders.run("groups", &["grant", "Everyone", "quality"]).code,
        Some(0)
    );
    let some = everything_shown(&ana);
    assert!(some.contains("calibrated every six months"), "{some}");
    for word in ["secret", "payroll/", "zirconium", "paid in every"] {
        assert!(!some.contains(word), "{word}: {some}");
    }
    assert_eq!(ana.json("/api/library")["total"], 1);
    folders.run("groups", &["add", "Wages"]);
    folders.run("groups", &["grant", "Wages", "payroll"]);
    folders.run("groups", &["join", "Wages", "ana"]);
    assert!(everything_shown(&ana).contains("paid in every"));
    folders.run("groups", &["leave", "Wages", "ana"]);
    assert!(!everything_shown(&ana).contains("paid in every"));
    folders.run("people", &["disable", "ana"]);
    assert_eq!(ana.get("/").status, 303);
}

#[test]
fn an_answer_is_shown_only_to_those_who_may_read_all_that_it_rests_on() {
    let folders = folders();
    let server = serve(&folders);
    let root = server.set_up("root", PASSWORD);
    let given = root.json(&format!(
        "/api/ask?q={}",
        encoded("When is the zirconium bonus of the calibrated crew paid?")
    ));
    let id = given["id"].as_str().unwrap();
    let password = folders.run("people", &["add", "ana"]).output.trim().to_owned();
    folders.run("groups", &["grant", "Everyone", "quality"]);
    let ana = server.sign_in("ana", &password);
    for address in [
        format!("/answers/{id}"),
        format!("/api/answers/{id}"),
        "/answers/0123456789ab".to_owned(),
    ] {
        assert_eq!(ana.get(&address).status, 404, "{address}");
    }
    let followed = ana.json(&format!(
        "/api/ask?q={}&follows={id}",
        encoded("And how often is that?")
    ));
    assert_eq!(followed["understood"], serde_json::Value::Null, "{followed}");
    let page = ana.get(&format!("/ask?q=gauges&follows={id}")).body;
    assert!(!page.contains("zirconium"), "{page}");
    folders.run("groups", &["grant", "Everyone", "--all"]);
    assert_eq!(ana.get(&format!("/answers/{id}")).status, 200);
}

#[test]
fn a_follow_up_is_shown_to_those_alone_who_may_read_what_the_answer_before_rests_on() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let password = |name: &str, role: &str| {
        let added = folders.run("people", &["add", name, "--role", role]);
        added.output.trim().to_owned()
    };
    let (ana, ben) = (password("ana", "staff"), password("ben", "inspector"));
    folders.run("groups", &["grant", "Everyone", "quality"]);
    folders.run("groups", &["add", "Wages"]);
    folders.run("groups", &["grant", "Wages", "payroll"]);
    folders.run("groups", &["join", "Wages", "ana"]);
    let (ana, ben) = (server.sign_in("ana", &ana), server.sign_in("ben", &ben));
    let first = root.json(&format!(
        "/api/ask?q={}",
        encoded("When is the zirconium bonus paid?")
    ));
    let first = first["id"].as_str().unwrap().to_owned();
    let ask = |question: &str, follows: &str| {
        let question = encoded(question);
        let asked = ana.json(&format!(
            "/api/ask?q={question}&collection=quality&follows={follows}"
        ));
        let said = asked["understood"].as_str().unwrap_or_default().to_owned();
        (asked["id"].as_str().unwrap().to_owned(), said)
    };
    let (second, understood) = ask("And how often are they calibrated?", &first);
    assert!(understood.contains("zirconium"), "{understood}");
    let (third, _) = ask("And by which office?", &second);
    let (refused, understood) = ask("And its hovercraft?", &second);
    assert!(understood.contains("zirconium"), "{understood}");
    let hidden = |ben: &Browser<'_>| {
        for id in [&second, &third, &refused] {
            for address in [format!("/answers/{id}"), format!("/api/answers/{id}")] {
                assert_eq!(ana.get(&address).status, 200, "{address}");
                assert_eq!(ben.get(&address).status, 404, "{address}");
            }
            let page = ben.get(&format!("/ask?q=gauges&follows={id}")).body;
            assert!(!page.contains("zirconium"), "{page}");
            assert_eq!(
                ben.get(&format!("/api/review/draft?answer={id}")).status,
                404,
                "nor made a verified answer"
            );
        }
        assert_eq!(ben.json("/api/review/inbox")["total"], 0, "nor in the inbox");
    };
    hidden(&ben);
    assert_ne!(root.json("/api/review/inbox")["total"], 0);
    // Whoever may read all of it drafts a verified answer without words of what its readers may not.
    let draft = root
        .json(&format!("/api/review/draft?answer={second}"))
        .to_string();
    assert!(
        draft.contains("calibrated") && !draft.contains("zirconium"),
        "{draft}"
    );
    assert_eq!(root.post(&format!("/history/{first}/delete"), &[]).status, 303);
    hidden(&ben);
    folders.run("groups", &["join", "Wages", "ben"]);
    assert_eq!(ben.get(&format!("/answers/{third}")).status, 200);
}

#[test]
fn a_conversation_is_listed_named_and_deleted_by_its_own_person_alone() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let first = root.json(&format!(
        "/api/ask?q={}",
        encoded("How often are the thread gauges calibrated?")
    ));
    let first = first["id"].as_str().unwrap();
    let second = root.json(&format!(
        "/api/ask?q={}&follows={first}",
        encoded("And by which office?")
    ));
    let second = second["id"].as_str().unwrap().to_owned();
    root.json(&format!("/api/ask?q={}", encoded("Who pays the bonus?")));
    let page = root.get("/history").body;
    assert_eq!(page.matches("<h2").count(), 2, "{page}");
    assert!(
        page.contains("2 questions") && page.contains(&format!("/answers/{second}")),
        "{page}"
    );
    folders.run("groups", &["grant", "Everyone", "--all"]);
    let password = folders.run("people", &["add", "ana"]).output.trim().to_owned();
    let mut ana = server.sign_in("ana", &password);
    assert!(!ana.get("/history").body.contains("gauges"));
    let followed = ana.json(&format!("/api/ask?q={}&follows={second}", encoded("And where?")));
    assert!(followed["understood"].is_string(), "{followed}");
    assert!(
        ana.get("/history").body.contains("1 question"),
        "what follows a colleague's answer is one's own conversation"
    );
    for (action, fields) in [("name", vec![("name", "mine")]), ("delete", vec![])] {
        assert_eq!(
            ana.post(&format!("/history/{first}/{action}"), &fields).status,
            404
        );
    }
    assert_eq!(
        root.post(&format!("/history/{first}/name"), &[("name", "<b>Gauges</b>")])
            .status,
        303
    );
    assert!(root.get("/history").body.contains("&#60;b&#62;Gauges"));
    assert_eq!(root.post(&format!("/history/{first}/delete"), &[]).status, 303);
    assert_eq!(root.get(&format!("/answers/{second}")).status, 404);
    assert_eq!(root.get("/history").body.matches("<h2").count(), 1);
}

#[test]
fn the_sign_on_a_machine_leads_to_its_documents_and_to_no_others_without_an_account() {
    let folders = folders();
    folders.write(
        "machines/press-4/oil.md",
        "# Oil\n\nPress 4 takes 40 litres of oil HLP 46.",
    );
    folders.write(
        "machines/press-5/oil.md",
        "# Oil\n\nPress 5 takes 55 litres of oil HLP 68.",
    );
    let server = serve(&folders);
    for press in [4, 5] {
        server.wait_until_searchable(&format!("machines/press-{press}/oil.md"));
    }
    let mut root = server.set_up("root", PASSWORD);
    for folder in ["", "../etc", "/", "a//b"] {
        assert_eq!(
            root.post("/kiosks", &[("name", "Press"), ("folder", folder)])
                .status,
            422,
            "{folder}"
        );
    }
    root.post("/kiosks", &[("name", "Press 4"), ("folder", "machines/press-4/")]);
    let sign = root.get("/kiosks/1").body;
    let (_, link) = sign.split_once("/kiosk/").unwrap();
    let link = format!("/kiosk/{}", link.split('<').next().unwrap());
    assert!(root.get("/kiosks/1/code.svg").body.starts_with("<?xml"));
    let mut phone = Browser::new(&server);
    assert_eq!(phone.get("/").status, 303);
    phone.keep(&phone.get(&link));
    let asked = phone.json(&format!(
        "/api/ask?q={}",
        encoded("How many litres of oil does the press take?")
    ));
    assert!(
        asked["quotes"][0]["text"].as_str().unwrap().contains("40 litres"),
        "{asked}"
    );
    assert!(!asked.to_string().contains("press-5"), "{asked}");
    let shown = everything_shown(&phone);
    for elsewhere in ["gauges.md", "payroll/", "press-5", "HLP 68"] {
        assert!(!shown.contains(elsewhere), "{elsewhere}: {shown}");
    }
    assert!(shown.contains("machines/press-4/oil.md"), "{shown}");
    let follows = asked["id"].as_str().unwrap();
    let following = phone.json(&format!(
        "/api/ask?follows={follows}&q={}",
        encoded("And which oil does it take?")
    ));
    for id in [follows, following["id"].as_str().unwrap()] {
        assert_eq!(
            phone.get(&format!("/answers/{id}")).status,
            200,
            "what was asked here"
        );
    }
    let elsewhere = root.json(&format!("/api/ask?q={}", encoded("Which oil does press 5 take?")));
    let elsewhere = elsewhere["id"].as_str().unwrap();
    assert_eq!(phone.get(&format!("/answers/{elsewhere}")).status, 404);
    assert_eq!(phone.get("/account").location, "/sign-in?back=%2Faccount");
    for page in ["/kiosks", "/kiosks/1", "/kiosks/1/code.svg"] {
        assert_eq!(phone.get(page).status, 403, "{page}");
    }
    assert!(
        !phone.get("/history").body.contains("litres"),
        "people at one sign share no history"
    );
    root.post("/kiosks/1/remove", &[]);
    assert_eq!(phone.get("/").status, 303);
    assert_eq!(phone.get(&link).status, 404);
}

#[test]
fn where_it_is_allowed_those_who_did_not_sign_in_read_what_everyone_may_and_own_nothing() {
    let folders = folders();
    let server = folders.serve_with(&[
        ("GEMBA_ACCOUNTS_OPEN_TO_LAN", "true"),
        ("GEMBA_SERVER_NAMES", "gemba.plant.example"),
        ("GEMBA_SERVER_PROXIES", "127.0.0.1"),
    ]);
    server.wait_until_searchable("quality/gauges.md");
    server.wait_until_searchable("payroll/secret.md");
    let root = server.set_up("root", PASSWORD);
    folders.run("groups", &["grant", "Everyone", "quality"]);
    folders.run("groups", &["add", "Wages"]);
    folders.run("groups", &["grant", "Wages", "payroll"]);
    let mut visitor = Browser::new(&server);
    let shown = everything_shown(&visitor);
    assert!(shown.contains("calibrated every six months"), "{shown}");
    for word in ["secret", "payroll/", "zirconium", "paid in every"] {
        assert!(!shown.contains(word), "{word}: {shown}");
    }
    assert!(visitor.get("/").body.contains("/sign-in?back=%2F"));
    assert_eq!(visitor.get("/account").status, 303);
    for address in ["/account/password", "/account/sessions/1/end"] {
        assert_eq!(
            visitor.post(address, &[("old", "x"), ("new", "y")]).status,
            401,
            "{address}"
        );
    }
    assert_eq!(visitor.post("/library/1/retry", &[]).status, 403);
    assert_eq!(visitor.get("/sign-in").status, 200);
    assert_eq!(
        visitor.json("/health").as_object().unwrap().len(),
        2,
        "no figures for strangers"
    );
    assert!(everything_shown(&root).contains("paid in every"));
    for (host, status) in [
        ("gemba.plant.example", 200),
        ("192.168.1.7", 200),
        ("evil.example", 421),
    ] {
        let headers = [("x-forwarded-host", host), ("x-forwarded-for", "192.168.1.9")];
        assert_eq!(server.get_with("/search?q=gauges", &headers).0, status, "{host}");
        assert_eq!(
            server
                .get_with("/search?q=gauges", &[("host", host), headers[1]])
                .0,
            status,
            "{host}"
        );
    }
    folders.run("groups", &["revoke", "Everyone", "quality"]);
    assert!(!everything_shown(&visitor).contains("gauges.md"), "at once");
}
