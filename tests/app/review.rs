//! "Was this right?" and verified answers, over HTTP.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Browser, Folders, Server, encoded};

const PASSWORD: &str = "eleven bolts in a box";
pub const LEAVE: &str = "# Leave\n\nEvery full-time worker gets 27 days of paid leave a year. \
                     Requests for leave are handed in to the shift leader.";
pub const QUESTION: &str = "How many days of paid leave does a full-time worker get?";
const PARAPHRASE: &str = "How many days of paid leave do full-time workers get each year?";

pub fn folders() -> Folders {
    let folders = Folders::new();
    folders.write("hr/leave.md", LEAVE);
    folders.write(
        "press/bolts.md",
        "# Bolts\n\nM8 bolts of the press are tightened to 25 Nm. M10 bolts of the press are tightened to 49 Nm.",
    );
    folders
}

pub fn serve(folders: &Folders) -> Server {
    let server = folders.serve();
    server.wait_until_searchable("hr/leave.md");
    server.wait_until_searchable("press/bolts.md");
    server
}

pub fn ask(browser: &Browser<'_>, question: &str) -> Value {
    browser.json(&format!("/api/ask?q={}", encoded(question)))
}

/// Verifies the answer to a question as an inspector does in the form; the name of the verified answer.
pub fn verify(browser: &mut Browser<'_>, question: &str, text: &str) -> i64 {
    let given = ask(browser, question);
    let id = given["id"].as_str().unwrap();
    let form = browser.get(&format!("/review/verified/new?answer={id}")).body;
    let passages = between(&form, "name=\"passages\" value=\"", "\"");
    let text = if text.is_empty() {
        between(&form, "name=\"text\"", "</textarea>")
            .split_once('>')
            .unwrap()
            .1
    } else {
        text
    };
    let fields = [
        ("questions", question),
        ("text", text),
        ("passages", passages),
        ("months", "12"),
        ("action", "save"),
    ];
    let kept = browser.post("/review/verified/new", &fields);
    assert_eq!(kept.status, 303, "{}", kept.body);
    kept.location.rsplit('/').next().unwrap().parse().unwrap()
}

fn between<'page>(page: &'page str, start: &str, end: &str) -> &'page str {
    let (_, rest) = page
        .split_once(start)
        .unwrap_or_else(|| panic!("no {start} in {page}"));
    rest.split_once(end).unwrap().0
}

pub fn state(browser: &Browser<'_>, id: i64) -> Value {
    browser.json(&format!("/api/review/verified/{id}"))["state"].clone()
}

#[test]
fn an_opinion_is_kept_once_a_person_can_be_changed_and_shows_no_markup_of_its_own() {
    let folders = folders();
    let server = serve(&folders);
    let mut browser = Browser::new(&server);
    let id = ask(&browser, QUESTION)["id"].as_str().unwrap().to_owned();
    let page = browser.get(&format!("/ask?q={}", encoded(QUESTION))).body;
    assert!(
        page.contains("Was this right?") && page.contains("data-opinion"),
        "{page}"
    );
    let address = format!("/answers/{id}/opinion");
    let said = browser.post(&address, &[("right", "no")]);
    assert_eq!(
        (said.status, said.location.as_str()),
        (303, format!("/answers/{id}").as_str())
    );
    let comment = "</textarea><script>alert(1)</script> it is 28";
    browser.post(
        &address,
        &[("right", "no"), ("complaint", "outdated"), ("comment", comment)],
    );
    let kept = browser.json(&format!("/api/review{address}"));
    assert_eq!(
        kept["opinion"],
        json!({ "right": false, "complaint": "outdated", "comment": comment })
    );
    let page = browser.get(&format!("/answers/{id}")).body;
    assert!(page.contains("You said that this is not right") && page.contains("it is 28"));
    assert!(!page.contains("<script>alert"), "{page}");
    assert!(page.contains("value=\"outdated\" checked"), "{page}");
    let changed = browser.post_json(&format!("/api/review{address}"), &json!({ "right": true }));
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert!(
        browser
            .get(&format!("/answers/{id}"))
            .body
            .contains("You said that this is right")
    );
    let long = "x".repeat(1_001);
    let refused = browser.post(&address, &[("right", "no"), ("comment", &long)]);
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert_eq!(browser.post(&address, &[("right", "perhaps")]).status, 400);
    assert_eq!(
        browser.post("/answers/none/opinion", &[("right", "no")]).status,
        404
    );
}

#[test]
fn only_who_may_read_an_answer_may_judge_it_and_each_has_an_opinion_of_their_own() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let password = folders.run("people", &["add", "ana"]).output.trim().to_owned();
    let mut ana = server.sign_in("ana", &password);
    let id = ask(&root, QUESTION)["id"].as_str().unwrap().to_owned();
    let address = format!("/answers/{id}/opinion");
    root.post(&address, &[("right", "yes")]);
    assert_eq!(ana.post(&address, &[("right", "no")]).status, 404);
    assert_eq!(ana.get(&format!("/api/review{address}")).status, 404);
    folders.run("groups", &["grant", "Everyone", "--all"]);
    assert_eq!(ana.json(&format!("/api/review{address}"))["opinion"], Value::Null);
    assert_eq!(ana.post(&address, &[("right", "no")]).status, 303);
    assert_eq!(
        root.json(&format!("/api/review{address}"))["opinion"]["right"],
        true
    );
    assert_eq!(ana.get("/review/inbox").status, 403);
    assert!(!ana.get("/").body.contains("/review/inbox"));
    assert!(root.get("/").body.contains("/review/inbox"));
}

#[test]
fn a_verified_answer_comes_first_for_a_paraphrase_and_not_for_another_question_or_figure() {
    let folders = folders();
    let server = serve(&folders);
    let mut browser = Browser::new(&server);
    verify(&mut browser, QUESTION, "You get 27 days of paid leave. [1]");
    verify(&mut browser, "How tight are the M8 bolts of the press?", "");
    for question in [QUESTION, PARAPHRASE] {
        let given = ask(&browser, question);
        let text = &given["verified"]["statements"][0]["text"];
        assert_eq!(text, "You get 27 days of paid leave.", "{given}");
        assert!(
            !given["quotes"].as_array().unwrap().is_empty(),
            "the ordinary answer is there too"
        );
    }
    let events = server.stream(PARAPHRASE);
    assert_eq!(events[0].0, "verified", "{events:?}");
    let page = browser.get(&format!("/ask?q={}", encoded(PARAPHRASE))).body;
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("no {text} in {page}"));
    assert!(
        place("Verified answer") < place("You get 27 days")
            && place("You get 27 days") < place("answer-body")
    );
    let since = between(&page, "Verified at this machine on ", "<").trim();
    assert!(
        chrono::NaiveDate::parse_from_str(since, "%d %b %Y").is_ok(),
        "{since}"
    );
    let tight = ask(&browser, "How tight are the M8 bolts of the press?");
    assert!(
        tight["verified"]["questions"][0].as_str().unwrap().contains("M8"),
        "{tight}"
    );
    for question in [
        "How many days of sick leave does a full-time worker get?",
        "How many days of paid leave does a part-time worker get?",
        "Who takes requests for paid leave of a full-time worker?",
        "How tight are the M10 bolts of the press?",
        "M8 bolts",
    ] {
        assert_eq!(ask(&browser, question)["verified"], Value::Null, "{question}");
    }
    let elsewhere = browser.json(&format!("/api/ask?q={}&collection=press", encoded(QUESTION)));
    assert_eq!(
        elsewhere["verified"],
        Value::Null,
        "only what the filter allows: {elsewhere}"
    );
    let asked = folders.run("ask", &[PARAPHRASE]).output;
    assert!(asked.starts_with("Verified by"), "{asked}");
}

#[test]
fn a_verified_answer_is_withdrawn_when_its_document_changes_and_comes_back_when_it_is_verified_again() {
    let folders = folders();
    let server = serve(&folders);
    let mut browser = Browser::new(&server);
    let id = verify(&mut browser, QUESTION, "");
    assert_eq!(state(&browser, id), "in-force");
    folders.write("hr/leave.md", LEAVE.replace("27", "28"));
    server.wait_until("the new text answers", |server| {
        server.ask(QUESTION)["quotes"].to_string().contains("28 days")
    });
    assert_eq!(ask(&browser, QUESTION)["verified"], Value::Null);
    assert_eq!(state(&browser, id), "withdrawn");
    let inbox = browser.json("/api/review/inbox");
    assert_eq!(inbox["waiting"][0]["sources"][0]["state"], "changed", "{inbox}");
    let page = browser.get("/review/inbox").body;
    assert!(page.contains("“Leave” says something else now"), "{page}");
    let listed = browser.get("/review/verified?state=withdrawn&q=paid+leave").body;
    assert!(listed.contains(QUESTION), "{listed}");
    // The form offers the passages of the new text.
    let address = format!("/review/verified/{id}");
    let form = browser.get(&address).body;
    assert!(form.contains("28") && form.contains("is not shown"), "{form}");
    let passages = between(&form, "name=\"passages\" value=\"", "\"").to_owned();
    let mut fields = vec![
        ("questions", QUESTION),
        ("text", "You get 28 days."),
        ("passages", passages.as_str()),
        ("months", "6"),
        ("action", "save"),
    ];
    let refused = browser.post(&address, &fields);
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .body
            .contains("This sentence cites no passage: “You get 28 days.”"),
        "{}",
        refused.body
    );
    fields[1].1 = "You get 28 days. [1]";
    assert_eq!(browser.post(&address, &fields).status, 303);
    assert_eq!(state(&browser, id), "in-force");
    let given = ask(&browser, PARAPHRASE);
    assert_eq!(
        given["verified"]["statements"][0]["text"], "You get 28 days.",
        "{given}"
    );
    assert_eq!(browser.post(&format!("{address}/delete"), &[]).status, 303);
    assert_eq!(ask(&browser, PARAPHRASE)["verified"], Value::Null);
    assert_eq!(browser.get(&address).status, 404);
}

#[test]
fn a_verified_answer_is_withdrawn_when_its_document_moves_to_another_folder_or_is_deleted() {
    let folders = folders();
    let server = serve(&folders);
    let mut browser = Browser::new(&server);
    let id = verify(&mut browser, QUESTION, "");
    let file = |path: &str| folders.documents.path().join(path);
    fs::rename(file("hr/leave.md"), file("hr/holidays.md")).unwrap();
    server.wait_until_searchable("hr/holidays.md");
    assert_eq!(
        state(&browser, id),
        "in-force",
        "a new name in the same folder changes nothing"
    );
    fs::create_dir(file("office")).unwrap();
    fs::rename(file("hr/holidays.md"), file("office/leave.md")).unwrap();
    server.wait_until_searchable("office/leave.md");
    assert_eq!(ask(&browser, QUESTION)["verified"], Value::Null);
    let verified = browser.json(&format!("/api/review/verified/{id}"));
    assert_eq!(verified["sources"][0]["state"], "moved", "{verified}");
    assert_eq!(verified["sources"][0]["to"], "office", "{verified}");

    let id = verify(&mut browser, "How tight are the M8 bolts of the press?", "");
    fs::remove_file(file("press/bolts.md")).unwrap();
    server.wait_until("the verified answer is withdrawn", |_| {
        state(&browser, id) == "withdrawn"
    });
    assert_eq!(
        ask(&browser, "How tight are the M8 bolts of the press?")["verified"],
        Value::Null
    );
    let verified = browser.json(&format!("/api/review/verified/{id}"));
    assert_eq!(verified["sources"][0]["state"], "gone", "{verified}");
}

#[test]
fn a_verified_answer_is_hidden_from_those_who_may_not_read_what_it_rests_on() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let id = verify(
        &mut root,
        QUESTION,
        "Ask for your twenty-seven zirconium days. [1]",
    );
    let add = |name: &str, role: &str| -> String {
        let added = folders.run("people", &["add", name, "--role", role]);
        added.output.trim().to_owned()
    };
    let (ana, ines) = (add("ana", "staff"), add("ines", "inspector"));
    folders.run("groups", &["grant", "Everyone", "press"]);
    let ana = server.sign_in("ana", &ana);
    let mut ines = server.sign_in("ines", &ines);
    for browser in [&ana, &ines] {
        for address in [
            format!("/ask?q={}", encoded(QUESTION)),
            format!("/ask/stream?q={}", encoded(QUESTION)),
            format!("/api/ask?q={}", encoded(QUESTION)),
            "/review/inbox".to_owned(),
            "/review/verified".to_owned(),
            format!("/review/verified/{id}"),
            "/api/review/verified".to_owned(),
            format!("/api/review/verified/{id}"),
        ] {
            let shown = browser.get(&address).body;
            assert!(
                !shown.contains("zirconium") && !shown.contains("leave.md"),
                "{address}: {shown}"
            );
        }
    }
    assert_eq!(ines.json("/api/review/verified")["total"], 0);
    for address in ["", "/delete"] {
        let sent = ines.post(&format!("/review/verified/{id}{address}"), &[("action", "save")]);
        assert_eq!(sent.status, 404, "{address}");
    }
    // A passage that may not be read cannot be cited, whoever names it.
    let passage = root.json(&format!("/api/review/draft?verified={id}"))["passages"][0]["id"].clone();
    let stolen = json!({ "questions": ["x y z"], "text": "It says so. [1]", "passages": [passage] });
    assert_eq!(ines.post_json("/api/review/verified", &stolen).status, 409);
    folders.run("groups", &["grant", "Everyone", "hr"]);
    let given = ask(&ana, QUESTION);
    assert_eq!(given["verified"]["owner"], "root", "{given}");
    assert_eq!(ines.json("/api/review/verified")["total"], 1);
}

#[test]
fn verified_questions_are_suggested_first_to_those_who_may_read_what_they_rest_on_and_while_they_hold() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let ana = crate::administration::join(&server, &mut root, "ana", "staff");
    root.post(
        "/admin/grants",
        &[("collection", "hr"), ("listed", "1"), ("group", "1")],
    );
    verify(&mut root, QUESTION, "");
    verify(&mut root, "What torque do M8 bolts of the press have?", "");
    let suggested =
        |browser: &Browser<'_>, typed: &str| browser.json(&format!("/ask/suggestions?q={}", encoded(typed)));
    let verified = json!({ "question": QUESTION, "verified": true });
    ask(&ana, "Who takes requests for paid LEAVE?");
    let own = json!({ "question": "Who takes requests for paid LEAVE?", "verified": false });
    ana.wait_until("/ask/suggestions?q=requests", |body| body.contains("LEAVE"));
    assert_eq!(suggested(&ana, "paid leave"), json!([verified, own]));
    assert_eq!(
        suggested(&ana, "m8 bolts"),
        json!([]),
        "not even that there is one"
    );
    assert_eq!(suggested(&root, "m8 bolts")[0]["verified"], true);
    assert_eq!(suggested(&root, "%"), json!([]), "no pattern");
    folders.write("hr/leave.md", LEAVE.replace("27", "28"));
    ana.wait_until("/ask/suggestions?q=paid+leave", |body| !body.contains("true"));
    assert_eq!(suggested(&ana, "paid leave"), json!([own]));
}
