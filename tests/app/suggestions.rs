//! Questions to choose from: what many ask, for those who may read the answer.

use serde_json::json;

use crate::administration::{PASSWORD, folders, join, serve};
use crate::support::{Browser, encoded};

const OFTEN: &str = "How often are the thread gauges calibrated?";
const SELDOM: &str = "Which office calibrates the thread gauges?";

#[test]
fn what_three_people_ask_is_offered_to_others_who_may_read_the_answer_and_what_two_ask_is_not() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    folders.run("groups", &["add", "Gauges"]);
    folders.run("groups", &["grant", "Gauges", "quality"]);
    let asking: Vec<Browser<'_>> = ["ana", "ben", "cleo"]
        .map(|name| {
            let browser = join(&server, &mut root, name, "staff");
            folders.run("groups", &["join", "Gauges", name]);
            browser
        })
        .into();
    let dora = join(&server, &mut root, "dora", "staff");
    folders.run("groups", &["join", "Gauges", "dora"]);
    let eve = join(&server, &mut root, "eve", "inspector");
    let ask = |browser: &Browser<'_>, question: &str| {
        let given = browser.json(&format!("/api/ask?q={}", encoded(question)));
        assert_eq!(given["verdict"], "answered", "{given}");
    };
    // One person who asks again and again is one person.
    for _ in 0..3 {
        ask(&asking[0], SELDOM);
    }
    ask(&asking[1], SELDOM);
    for browser in &asking {
        ask(browser, OFTEN);
    }
    let offered =
        |browser: &Browser<'_>, typed: &str| browser.json(&format!("/ask/suggestions?q={}", encoded(typed)));
    let often = json!([{ "question": OFTEN, "verified": false }]);
    assert_eq!(offered(&dora, "thread gauges"), often);
    assert_eq!(offered(&dora, "OFTEN ARE"), often, "in letters of any size");
    assert_eq!(offered(&dora, "which office"), json!([]));
    let example = format!("data-example>{OFTEN}</a>");
    assert!(dora.get("/").body.contains(&example), "on the first page");
    assert_eq!(
        offered(&eve, "thread gauges"),
        json!([]),
        "who may not read the answer"
    );
    assert!(!eve.get("/").body.contains(OFTEN));
    folders.run("groups", &["join", "Gauges", "eve"]);
    assert_eq!(offered(&eve, "thread gauges"), often, "as soon as she may");
    folders.run("groups", &["leave", "Gauges", "dora"]);
    assert_eq!(offered(&dora, "thread gauges"), json!([]));
}
