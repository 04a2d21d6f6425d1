//! The inbox of the inspectors, over HTTP.

use gemba::domain::{Answer, Formatting, Question, Statement, Support, Verdict, Written};
use gemba::store::{DataPaths, Store};
use serde_json::{Value, json};

use crate::support::{Browser, Folders, Server, encoded};

const PASSWORD: &str = "eleven bolts in a box";

fn folders() -> Folders {
    let folders = Folders::new();
    folders.write(
        "quality/gauges.md",
        "# Gauges\n\nThe thread gauges are calibrated every six months by the quality office.",
    );
    folders.write(
        "payroll/bonus.md",
        "# Bonus\n\nThe bonus of the crew is paid in every sixth month.",
    );
    folders
}

fn serve(folders: &Folders, environment: &[(&str, &str)]) -> Server {
    let server = folders.serve_with(environment);
    server.wait_until_searchable("quality/gauges.md");
    server.wait_until_searchable("payroll/bonus.md");
    server
}

fn ask(browser: &Browser<'_>, question: &str) -> Value {
    browser.json(&format!("/api/ask?q={}", encoded(question)))
}

fn refused(browser: &Browser<'_>, question: &str) -> String {
    let given = ask(browser, question);
    assert_eq!(given["verdict"], "refused", "{given}");
    given["id"].as_str().unwrap().to_owned()
}

fn groups(browser: &Browser<'_>, parameters: &str) -> Vec<(String, u64)> {
    let inbox = browser.json(&format!("/api/review/inbox{parameters}"));
    let groups = inbox["groups"].as_array().unwrap();
    groups
        .iter()
        .map(|group| {
            (
                group["question"].as_str().unwrap().to_owned(),
                group["count"].as_u64().unwrap(),
            )
        })
        .collect()
}

/// Has an answer kept as a language model may have written it, of one sentence.
fn keep(folders: &Folders, question: &str, support: Support) {
    let statement = Statement {
        text: "The crane is inspected every nine weeks.".to_owned(),
        citations: Vec::new(),
        support,
        formatting: Formatting::default(),
    };
    let answer = Answer {
        verdict: Verdict::Answered,
        understood: None,
        verified: None,
        written: Some(Written {
            statements: vec![statement],
            ..Written::default()
        }),
        unwritten: None,
        quotes: Vec::new(),
        evidence: 1.0,
        passages: Vec::new(),
        generator: "a model".to_owned(),
        duration_ms: 1,
        leans_on: Vec::new(),
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&DataPaths::of(folders.data.path()).store)
            .await
            .unwrap();
        let question = Question::parse(question).unwrap();
        store.record_answer(&question, &answer, None, None).await.unwrap();
        store.close().await;
    });
}

#[test]
fn an_answer_with_a_sentence_that_its_passages_do_not_bear_out_comes_to_the_inbox_as_doubtful() {
    let folders = folders();
    let server = serve(&folders, &[]);
    let browser = Browser::new(&server);
    let missing = Support::Missing {
        words: vec!["nine".to_owned()],
    };
    keep(
        &folders,
        "How often is the crane inspected?",
        Support::Unsupported,
    );
    keep(&folders, "Where is the paint stored?", missing);
    keep(&folders, "Who calibrates the gauges?", Support::Supported);
    let doubtful = ["Where is the paint stored?", "How often is the crane inspected?"];
    let doubtful = doubtful.map(|question| (question.to_owned(), 1));
    assert_eq!(groups(&browser, "?kind=doubtful"), doubtful);
    assert_eq!(groups(&browser, ""), doubtful);
    assert!(groups(&browser, "?kind=refused").is_empty());
    let page = browser.get("/review/inbox?kind=doubtful").body;
    for (question, _) in &doubtful {
        assert!(page.contains(question.as_str()), "{page}");
    }
    assert_eq!(page.matches("1 doubtful").count(), 2, "{page}");
}

#[test]
fn questions_alike_come_to_the_inbox_together_and_go_when_they_are_done_with() {
    let folders = folders();
    let server = serve(&folders, &[]);
    let mut browser = Browser::new(&server);
    refused(&browser, "Can I bring my dog to the office?");
    refused(&browser, "Am I allowed to bring my dog to the office?");
    refused(&browser, "Which country won the football World Cup in 1998?");
    let dog = ("Am I allowed to bring my dog to the office?".to_owned(), 2);
    let cup = ("Which country won the football World Cup in 1998?".to_owned(), 1);
    assert_eq!(groups(&browser, ""), [cup.clone(), dog.clone()]);
    assert_eq!(groups(&browser, "?sort=frequent"), [dog.clone(), cup.clone()]);
    assert!(groups(&browser, "?kind=disliked").is_empty());
    assert!(
        browser
            .get("/")
            .body
            .contains("<span class=\"tab-count number\">2</span>")
    );

    let good = ask(&browser, "How often are the thread gauges calibrated?");
    let id = good["id"].as_str().unwrap();
    browser.post(
        &format!("/answers/{id}/opinion"),
        &[
            ("right", "no"),
            ("complaint", "wrong"),
            ("comment", "<b>every</b> four months"),
        ],
    );
    let disliked = groups(&browser, "?kind=disliked");
    assert_eq!(
        disliked,
        [("How often are the thread gauges calibrated?".to_owned(), 1)]
    );
    let inbox = browser.json("/api/review/inbox?kind=disliked");
    let group = inbox["groups"][0]["id"].as_i64().unwrap();
    let page = browser.get(&format!("/review/inbox/{group}")).body;
    assert!(
        page.contains("It is wrong") && page.contains("four months") && !page.contains("<b>every"),
        "{page}"
    );
    assert!(page.contains("every six months"), "what was retrieved: {page}");
    browser.post(&format!("/answers/{id}/opinion"), &[("right", "yes")]);
    assert!(groups(&browser, "?kind=disliked").is_empty());

    let dogs = browser.json("/api/review/inbox?sort=frequent")["groups"][0]["id"]
        .as_i64()
        .unwrap();
    assert_eq!(
        browser.post(&format!("/review/inbox/{dogs}/dismiss"), &[]).status,
        303
    );
    assert_eq!(groups(&browser, ""), [cup]);
    assert_eq!(browser.get(&format!("/review/inbox/{dogs}")).status, 404);
    refused(&browser, "May I bring my dog to the office?");
    assert_eq!(
        groups(&browser, "")[0],
        ("May I bring my dog to the office?".to_owned(), 1),
        "what is asked again comes back"
    );
}

#[test]
fn a_refused_question_is_verified_from_the_inbox_with_passages_that_were_searched_for() {
    let folders = folders();
    let server = serve(&folders, &[]);
    let mut browser = Browser::new(&server);
    let question = "May I bring my dog to the office?";
    let id = refused(&browser, question);
    let group = browser.json("/api/review/inbox")["groups"][0]["id"].to_string();
    let begin = browser
        .get(&format!("/review/verified/new?answer={id}&group={group}"))
        .body;
    assert!(begin.contains(question) && begin.contains("gauges.md"), "{begin}");
    // Nothing to choose from but what the search finds.
    let mut fields = vec![
        ("questions", question),
        ("text", ""),
        ("passages", ""),
        ("find", "calibrated thread gauges"),
        ("group", group.as_str()),
        ("action", "find"),
    ];
    let found = browser.post("/review/verified/new", &fields);
    assert_eq!(found.status, 200);
    let (_, rest) = found.body.split_once("name=\"add\" value=\"").unwrap();
    let passage = rest.split_once('"').unwrap().0.to_owned();
    fields[1].1 = "Dogs are no gauges. [1]";
    fields[5].1 = "save";
    fields.extend([("add", passage.as_str()), ("months", "1")]);
    assert_eq!(browser.post("/review/verified/new", &fields).status, 303);
    assert!(groups(&browser, "").is_empty());
    let given = ask(&browser, question);
    assert_eq!(
        given["verified"]["statements"][0]["text"], "Dogs are no gauges.",
        "{given}"
    );
    assert_eq!(given["verdict"], "refused", "the ordinary answer is as it was");
    assert!(
        groups(&browser, "").is_empty(),
        "a question that is answered is no concern"
    );
}

#[test]
fn an_inspector_sees_only_what_rests_on_documents_that_they_may_read() {
    let folders = folders();
    let server = serve(&folders, &[]);
    let mut root = server.set_up("root", PASSWORD);
    let add = |name: &str, role: &str| -> String {
        let added = folders.run("people", &["add", name, "--role", role]);
        added.output.trim().to_owned()
    };
    let (ana, ines) = (add("ana", "staff"), add("ines", "inspector"));
    folders.run("groups", &["grant", "Everyone", "quality"]);
    let ana = server.sign_in("ana", &ana);
    let mut ines = server.sign_in("ines", &ines);
    // The nearest passages of what an administrator asks are of the payroll too.
    refused(&root, "May I bring my zirconium dog to the bonus office?");
    let inbox = ines.json("/api/review/inbox");
    assert_eq!(
        (&inbox["total"], &inbox["groups"]),
        (&json!(0), &json!([])),
        "{inbox}"
    );
    assert!(!ines.get("/").body.contains("tab-count"));
    let group = root.json("/api/review/inbox")["groups"][0]["id"]
        .as_i64()
        .unwrap();
    let group = format!("/review/inbox/{group}");
    for address in [group.clone(), format!("/api{group}")] {
        assert_eq!(ines.get(&address).status, 404, "{address}");
    }
    assert_eq!(ines.post(&format!("{group}/dismiss"), &[]).status, 404);
    assert_eq!(
        ines.post(&format!("{group}/missing"), &[("missing", "x")]).status,
        404
    );
    let noted = [("missing", "The bonus rules for <i>dogs</i>")];
    assert_eq!(root.post(&format!("{group}/missing"), &noted).status, 303);

    // The same from somebody who may read less is shown, and counted alone; the note of the other is not.
    refused(&ana, "May I bring my zirconium dog into the bonus office?");
    assert_eq!(
        groups(&ines, ""),
        [(
            "May I bring my zirconium dog into the bonus office?".to_owned(),
            1
        )]
    );
    let page = ines.get(&group).body;
    assert!(
        !page.contains("bonus rules") && !page.contains("payroll"),
        "{page}"
    );
    assert!(
        !page.contains("ana</span>") && !page.contains("· ana"),
        "askers are not named: {page}"
    );
    assert_eq!(groups(&root, "")[0].1, 2);
    assert_eq!(ines.post(&format!("{group}/dismiss"), &[]).status, 303);
    assert_eq!(groups(&root, "")[0].1, 1, "only what was seen is done with");

    let missing = root.get("/review/missing").body;
    assert!(
        missing.contains("The bonus rules for") && !missing.contains("<i>dogs"),
        "{missing}"
    );
    assert_eq!(ines.get("/review/missing").status, 403);
    assert_eq!(ines.get("/api/review/missing").status, 403);
    assert_eq!(root.json("/api/review/missing")["missing"][0]["by"], "root");
    let ended = group.replace("inbox", "missing") + "/end";
    assert_eq!(root.post(&ended, &[]).status, 303);
    assert_eq!(root.json("/api/review/missing")["total"], 0);
}

#[test]
fn askers_are_named_where_the_configuration_says_so() {
    let folders = folders();
    let server = serve(&folders, &[("GEMBA_REVIEW_SHOW_ASKERS", "true")]);
    let root = server.set_up("root", PASSWORD);
    refused(&root, "May I bring my dog to the office?");
    let group = root.json("/api/review/inbox")["groups"][0]["id"].to_string();
    let shown = root.json(&format!("/api/review/inbox/{group}"));
    assert_eq!(shown["concerns"][0]["asker"], "root", "{shown}");
}
