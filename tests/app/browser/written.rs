//! What a language model writes, in a browser: how it comes, what its citations lead to, and how it is stopped. The model is
//! the demonstration that comes with Gemba.

use thirtyfour::Key;

use super::axe::assert_passes;
use super::{Chromium, Folders, Look};
use crate::stopped;
use crate::written::{self, QUESTION};

const ENDED: &str = "document.querySelector('[data-end] .answer-how')";

fn ask(browser: &Chromium) {
    browser.go("/");
    browser.press(QUESTION);
    browser.press(Key::Enter);
}

#[test]
fn a_written_answer_streams_in_above_the_quotes_and_its_citation_leads_to_the_marked_words() {
    let folders = written::folders(&["copier"]);
    let server = folders.serve();
    written::ready(&server);
    written::writes(&server, "copier");
    let Some(browser) = Chromium::open(&server) else {
        return;
    };
    ask(&browser);
    browser.wait_until("document.querySelector('[data-statements] > li .cite')");
    browser.wait_until(ENDED);
    let statement = browser.text("[data-statements] > li:first-child");
    assert!(statement.contains("27 days"), "{statement}");
    let top = |selector: &str| {
        let top = format!("document.querySelector('{selector}').getBoundingClientRect().top");
        browser.value(&top).as_f64().unwrap()
    };
    assert!(top("[data-statements] > li") < top("[data-quoted-title]"));
    assert!(top("[data-quoted-title]") < top("[data-sentences] > li"));
    for gone in ["[data-stopping]", "[data-writing]", "[data-writing-waiting]"] {
        let hidden = browser.value(&format!("document.querySelector('{gone}').hidden"));
        assert_eq!(hidden, true, "{gone}");
    }
    for look in [Look::DESK, Look::PHONE.dark()] {
        browser.look(look);
        assert_passes(&browser, "a written answer", look);
    }
    browser.look(Look::DESK);
    browser.click("[data-statements] > li:first-child .cite");
    browser.wait_until("document.querySelector('#cited mark')");
    assert!(browser.text("#cited mark").contains("27 days"));
}

#[test]
fn a_model_that_goes_on_and_on_is_stopped_and_what_it_wrote_is_kept() {
    let folders = Folders::new();
    let server = stopped::serve(&folders);
    let Some(browser) = Chromium::open(&server) else {
        return;
    };
    ask(&browser);
    browser.wait_until(
        "document.querySelector('[data-written]').textContent.includes('a year.')
            && !document.querySelector('[data-stopping]').hidden",
    );
    browser.click("[data-stop]");
    browser.wait_until(ENDED);
    let end = browser.text("[data-end]");
    assert!(end.contains("The language model was stopped"), "{end}");
    assert_eq!(
        browser.value("document.querySelectorAll('[data-statements] > li .cite').length"),
        1
    );
    let kept = browser.value("document.querySelector('[data-end] a[data-copy]').getAttribute('href')");
    browser.go(kept.as_str().unwrap());
    let page = browser.text("main");
    assert!(
        page.contains("27 days") && page.contains("The language model was stopped"),
        "{page}"
    );
    server.wait_until("its place is free", |server| {
        server.json("/health")["answers"]["writing"] == 0
    });
}
