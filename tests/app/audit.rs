//! The audit log over HTTP: what is written down, who reads it, how it is exported.

mod changes;

use serde_json::{Value, json};

use self::changes::trail;
use crate::administration::{PASSWORD, folders, join, serve};
use crate::office;
use crate::pictures::{LATHE, SAFETY, picture};
use crate::review;
use crate::support::files::docx_of;
use crate::support::{Browser, Server, encoded};

/// Waits until the log has a row of this action, and returns the newest of them.
#[track_caller]
fn row(root: &Browser<'_>, action: &str) -> serde_json::Value {
    let address = format!("/api/admin/audit?action={action}");
    root.wait_until(&address, |body| !body.contains("\"total\":0"));
    root.json(&address)["entries"][0].clone()
}

#[test]
fn the_log_says_who_asked_what_and_which_passages_of_which_generation_were_shown() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let mut ana = join(&server, &mut root, "ana", "staff");
    root.post(
        "/admin/grants",
        &[("collection", "quality"), ("listed", "1"), ("group", "1")],
    );
    let question = "How often are the thread gauges calibrated?";
    let given = ana.json(&format!("/api/ask?q={}", encoded(question)));
    let asked = row(&root, "asked");
    assert_eq!(
        (&asked["name"], &asked["subject"]),
        (&"ana".into(), &question.into())
    );
    let sent = &given["passages"][0];
    assert_eq!(asked["shown"][0]["document"], sent["document"]);
    assert_eq!(asked["shown"][0]["generation"], sent["generation"]);
    assert_eq!(asked["shown"][0]["passages"][0], sent["id"]);
    assert_eq!(asked["shown"][0]["path"], "quality/gauges.md");
    assert!(
        asked["detail"].as_str().unwrap().starts_with("answered"),
        "{asked}"
    );
    assert_eq!(asked["address"], "127.0.0.1");
    ana.get("/search?q=gauges");
    let searched = row(&root, "searched");
    assert_eq!(
        (&searched["subject"], &searched["address"]),
        (&"gauges".into(), &"127.0.0.1".into())
    );
    let id = sent["document"].as_i64().unwrap();
    ana.get(&format!("/documents/{id}"));
    assert_eq!(row(&root, "read")["shown"][0]["generation"], sent["generation"]);
    for _ in 0..3 {
        ana.get(&format!("/documents/{id}/original"));
    }
    assert_eq!(row(&root, "opened")["subject"], "quality/gauges.md");
    assert_eq!(
        root.json("/api/admin/audit?action=opened")["total"],
        1,
        "one opening"
    );
    ana.get(&format!("/answers/{}", given["id"].as_str().unwrap()));
    assert_eq!(row(&root, "answer-opened")["shown"], asked["shown"]);
    let mut guess = Browser::new(&server);
    guess.post("/sign-in", &[("name", "ana"), ("password", "guessed it, maybe")]);
    let failed = row(&root, "sign-in-failed");
    assert_eq!(
        (&failed["name"], &failed["address"]),
        (&"ana".into(), &"127.0.0.1".into())
    );
    ana.post("/sign-out", &[]);
    assert_eq!(row(&root, "signed-out")["name"], "ana");
    let granted = row(&root, "granted");
    assert_eq!(
        (&granted["name"], &granted["subject"], &granted["detail"]),
        (&"root".into(), &"Everyone".into(), &"quality".into())
    );
    for action in ["set-up", "link-used", "account-added", "link-made"] {
        row(&root, action);
    }
    let all = root.get("/api/admin/audit").body;
    assert!(
        !all.contains("guessed it, maybe") && !all.contains(PASSWORD),
        "{all}"
    );
}

#[test]
fn a_search_that_is_typed_is_one_row_with_all_that_was_shown_on_the_way() {
    let folders = folders();
    folders.write(
        "quality/gaskets.md",
        "# Gaskets\n\nGaskets are kept in drawer nine.",
    );
    let server = serve(&folders);
    server.wait_until_searchable("quality/gaskets.md");
    let mut root = server.set_up("root", PASSWORD);
    let ana = join(&server, &mut root, "ana", "staff");
    root.post(
        "/admin/grants",
        &[("collection", "quality"), ("listed", "1"), ("group", "1")],
    );
    for typed in ["ga", "gaug", "gauge", "gauges"] {
        ana.get(&format!("/search?q={typed}&typing=1"));
    }
    let searched = row(&root, "searched");
    assert_eq!(searched["subject"], "gauges");
    let shown = searched["shown"].to_string();
    assert!(
        shown.contains("gauges.md") && shown.contains("gaskets.md"),
        "{shown}"
    );
    // Other words are another search; to send them, or to open a document, ends it.
    ana.get("/search?q=drawer&typing=1");
    ana.get("/search?q=kept&typing=1");
    ana.get("/search?q=kept+in&typing=1");
    ana.get("/search?q=kept+in+drawer");
    ana.get("/search?q=nine&typing=1");
    let id = searched["shown"][0]["document"].as_i64().unwrap();
    ana.get(&format!("/documents/{id}"));
    row(&root, "read");
    let trail = trail(&root, "ana");
    let ended: Vec<&str> = trail.iter().map(|(_, subject)| subject.as_str()).collect();
    let words: Vec<&str> = trail
        .iter()
        .filter(|(action, _)| action == "searched")
        .map(|(_, subject)| subject.as_str())
        .collect();
    assert_eq!(words, ["gauges", "drawer", "kept in drawer", "nine"], "{trail:?}");
    assert!(
        ended.last().unwrap().ends_with(".md"),
        "in their order: {trail:?}"
    );
}

#[test]
fn whoever_goes_away_before_the_end_of_an_answer_is_written_down_too() {
    let folders = folders();
    let server = serve(&folders);
    let root = server.set_up("root", PASSWORD);
    // Reads the first event, in which the passages are, and hangs up.
    root.begin_and_hang_up(&format!(
        "/api/ask/stream?q={}",
        encoded("Who pays the zirconium bonus?")
    ));
    assert_eq!(row(&root, "asked")["subject"], "Who pays the zirconium bonus?");
}

#[test]
fn a_house_that_keeps_no_questions_has_none_in_the_log() {
    let folders = folders();
    let server = folders.serve_with(&[("GEMBA_AUDIT_QUESTIONS", "false")]);
    server.wait_until_searchable("quality/gauges.md");
    let root = server.set_up("root", PASSWORD);
    root.get(&format!(
        "/ask/stream?q={}",
        encoded("Is the marmalade gauge calibrated?")
    ));
    root.get("/search?q=marmalade");
    let asked = row(&root, "asked");
    assert_eq!(asked["subject"], "");
    assert_eq!(asked["shown"][0]["path"], "quality/gauges.md");
    row(&root, "searched");
    assert!(!root.get("/api/admin/audit").body.contains("marmalade"));
}

#[test]
fn the_export_holds_every_row_and_no_formula() {
    let folders = folders();
    let server = serve(&folders);
    let root = server.set_up("root", PASSWORD);
    for number in 0..3 {
        root.get(&format!(
            "/search?q={}",
            encoded(&format!("=cmd|' /C calc'!A{number}"))
        ));
    }
    root.wait_until("/api/admin/audit?action=searched", |body| {
        body.contains("\"total\":3")
    });
    let reply = root.get("/admin/audit.csv?action=searched");
    assert_eq!(reply.status, 200);
    let text = reply
        .body
        .strip_prefix('\u{feff}')
        .expect("a mark that says UTF-8");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let subject = reader
        .headers()
        .unwrap()
        .iter()
        .position(|name| name == "subject")
        .unwrap();
    let subjects: Vec<String> = reader
        .records()
        .map(|record| record.unwrap()[subject].to_owned())
        .collect();
    assert_eq!(subjects.len(), 3);
    for subject in subjects {
        assert!(subject.starts_with("'=cmd"), "{subject}");
    }
    assert_eq!(row(&root, "exported")["name"], "root");
    let page = root.get("/admin/audit?q=calc&person=root&action=searched").body;
    assert!(page.contains("3 entries"), "{page}");
    assert!(root.get("/admin/audit?to=2020-01-01").body.contains("0 entries"));
}

#[test]
fn every_cited_page_of_a_word_file_that_somebody_saw_is_in_the_audit_log_by_its_number() {
    if !office::is_there() {
        return;
    }
    let (_folders, server) = office::with("manual.docx", &docx_of(&[SAFETY, LATHE]));
    let of = |words: &str| office::cited(&office::citation_of(&server, words, words));
    let (lathe, safety) = (of(office::SENTENCE), of(SAFETY.split('.').next().unwrap()));
    // The second time it comes from memory, in another width it is drawn anew: one opening all the same.
    for address in [&lathe, &lathe, &format!("{lathe}&width=480"), &safety] {
        picture(&server, address);
    }
    let seen = |server: &Server| -> Vec<String> {
        let log = server.json("/api/admin/audit?action=page-seen");
        let rows = log["entries"].as_array().unwrap().iter().rev();
        rows.map(|row| row["detail"].as_str().unwrap().to_owned())
            .collect()
    };
    server.wait_until("the second page is in the log", |server| seen(server).len() > 1);
    assert_eq!(seen(&server), ["2", "1"]);
}

#[test]
fn what_inspectors_verify_and_settle_is_in_the_log_and_so_is_what_a_verified_answer_shows() {
    let folders = review::folders();
    // So many passages come before that of the leave that it is not among those that are found.
    let mut flags = String::new();
    for number in 1..=40 {
        let said = format!("The zirconium flag of hall {number} is as blue as flag {number} of the yard. ")
            .repeat(5);
        flags += &format!("# Flag {number}\n\n{said}\n\n");
    }
    folders.write("yard/flags.md", flags);
    let server = review::serve(&folders);
    server.wait_until_searchable("yard/flags.md");
    let mut root = server.set_up("root", PASSWORD);
    let given = review::ask(&root, review::QUESTION);
    let passage = &given["quotes"][0]["citation"]["passage"];
    let other = "How blue is the zirconium flag of the hall in the yard?";
    let sent =
        json!({ "questions": [other], "text": "Every worker gets 27 days. [1]", "passages": [passage] });
    let kept = root.post_json("/api/review/verified", &sent);
    assert_eq!(kept.status, 201, "{}", kept.body);
    let id = serde_json::from_str::<Value>(&kept.body).unwrap()["id"].clone();
    let verified = row(&root, "verified");
    assert_eq!(
        (&verified["name"], &verified["subject"], &verified["detail"]),
        (&"root".into(), &other.into(), &id.to_string().into())
    );

    let given = review::ask(&root, other);
    let found = given["passages"].as_array().unwrap();
    assert_eq!(given["verified"]["id"], id, "{given}");
    assert!(found.iter().all(|found| found["id"] != *passage), "{given}");
    let log = "/api/admin/audit?action=asked";
    root.wait_until(log, |body| body.contains("\"total\":2"));
    let asked = root.json(log)["entries"][0].clone();
    let holds = |row: &Value| {
        let shown = row["shown"].as_array().unwrap().clone();
        shown
            .iter()
            .any(|shown| shown["path"] == "hr/leave.md" && shown["passages"] == json!([passage]))
    };
    assert!(holds(&asked), "{asked}");
    root.get(&format!("/answers/{}", given["id"].as_str().unwrap()));
    assert!(holds(&row(&root, "answer-opened")));

    let find = [("questions", "x"), ("text", ""), ("find", "bolts of the press")];
    assert_eq!(root.post("/review/verified/new", &find).status, 200);
    let searched = row(&root, "searched");
    assert_eq!(searched["subject"], "bolts of the press");
    assert!(
        searched["shown"].to_string().contains("press/bolts.md"),
        "{searched}"
    );

    let refused = "Which country won the football World Cup in 1998?";
    assert_eq!(review::ask(&root, refused)["verdict"], "refused");
    let group = root.json("/api/review/inbox")["groups"][0]["id"].to_string();
    let missing = json!({ "missing": "A calendar" });
    for (address, body, status) in [
        (format!("/api/review/inbox/{group}/missing"), &missing, 200),
        (format!("/api/review/missing/{group}/end"), &json!(null), 204),
        (format!("/api/review/inbox/{group}/dismiss"), &json!(null), 204),
    ] {
        let done = root.post_json(&address, body);
        assert_eq!(done.status, status, "{address}: {}", done.body);
    }
    root.post(&format!("/review/verified/{id}/delete"), &[]);
    for (action, subject) in [
        ("missing-named", "A calendar"),
        ("missing-ended", "A calendar"),
        ("concern-settled", refused),
        ("verified-deleted", other),
    ] {
        assert_eq!(row(&root, action)["subject"], subject);
    }
    assert!(root.get("/admin/audit").body.contains("Verified an answer"));
}
