//! A verified answer in a browser, from the answer that it is made of to the change of its document.

use super::{Chromium, Folders};

const LEAVE: &str = "# Leave\n\nEvery full-time worker gets 27 days of paid leave a year. \
                     Requests for leave are handed in to the shift leader.\n";
const QUESTION: &str = "How many days of paid leave does a full-time worker get?";

fn ask(browser: &Chromium) {
    browser.go("/");
    browser.press(QUESTION);
    browser.press(thirtyfour::Key::Enter);
    browser.wait_until("document.querySelector('[data-end] .answer-how')");
}

#[test]
fn a_verified_answer_comes_first_and_is_withdrawn_when_its_document_changes() {
    let folders = Folders::new();
    folders.write("hr/leave.md", LEAVE);
    let server = folders.serve();
    server.wait_until_searchable("hr/leave.md");
    let Some(browser) = Chromium::open(&server) else {
        return;
    };
    ask(&browser);
    let answer =
        browser.value("document.querySelector('[data-end] a[href^=\"/answers/\"]').getAttribute('href')");
    browser.go(answer.as_str().unwrap());
    browser.click("a[href^='/review/verified/new']");
    browser.wait_until("document.querySelector('.verify-form')");
    browser.click(".verify-end .button-primary");
    browser.wait_until("location.pathname.match(/verified\\/\\d+$/)");
    ask(&browser);
    assert!(browser.text("[data-verified]").contains("27 days"));

    folders.write("hr/leave.md", LEAVE.replace("27", "28"));
    server.wait_until("the new text answers", |server| {
        server.ask(QUESTION)["quotes"].to_string().contains("28 days")
    });
    ask(&browser);
    assert_eq!(browser.text("[data-verified]"), "");
    assert!(browser.text("[data-sentences]").contains("28 days"));
    browser.go("/review/inbox");
    browser.wait_until("document.querySelector('.tab[aria-current] .tab-count')");
    let waiting = browser.text("section[aria-labelledby=waiting]");
    assert!(
        waiting.contains(QUESTION) && waiting.contains("something else now"),
        "{waiting}"
    );
    browser.click("section[aria-labelledby=waiting] a");
    browser.wait_until("document.querySelector('.chip.state-failed')");
}
