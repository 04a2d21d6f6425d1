//! Ask in a browser: the answer streams in, its citations lead to the words they cite, and readers who hear the page
//! are told.

use serde_json::{Value, json};
use thirtyfour::Key;

use super::axe::assert_passes;
use super::pages::{ANSWERED, ANSWERED_BY_TABLE, REFUSED};
use super::{Chromium, Look, busy_server, visit};
use crate::support::FLANGE;

/// Notes each stage that the answer goes through: how many sentences there are, and whether it has ended.
const WATCH: &str = "
    window.stages = [];
    const look = () => {
        const sentences = document.querySelectorAll('[data-sentences] > li').length;
        const ended = document.querySelector('[data-end] .answer-how') ? ' ended' : '';
        const stage = sentences + ended;
        if (window.stages.at(-1) !== stage) window.stages.push(stage);
    };
    new MutationObserver(look).observe(document.querySelector('[data-answer-place]'), { childList: true, subtree: true });
";

const ENDED: &str = "document.querySelector('[data-end] .answer-how')";

fn ask(browser: &Chromium, question: &str) {
    browser.go("/");
    browser.run(WATCH, &[]);
    browser.press(question);
    browser.press(Key::Enter);
    browser.wait_until(ENDED);
}

#[test]
fn an_answer_streams_in_sentence_by_sentence_and_its_citation_leads_to_the_marked_words() {
    let Some((browser, _)) = visit() else { return };
    ask(&browser, ANSWERED);

    // What was noted is still there, so the page was never left.
    let stages = browser.value("window.stages");
    let stages: Vec<&str> = stages
        .as_array()
        .unwrap()
        .iter()
        .flat_map(Value::as_str)
        .collect();
    assert_eq!(stages[..2], ["0", "1"], "{stages:?}");
    let sentences = stages.len() - 2;
    assert_eq!(
        stages.last(),
        Some(&format!("{sentences} ended").as_str()),
        "{stages:?}"
    );
    assert!(browser.at().starts_with("/ask?q="), "{}", browser.at());

    let sentence = browser.text("[data-sentences] > li:first-child");
    assert!(sentence.contains("27 days"), "{sentence}");
    browser.click("[data-sentences] > li:first-child .cite");
    browser.wait_until("document.querySelector('#cited mark')");
    let marked = browser.text("#cited mark");
    assert!(
        sentence.starts_with(&marked) && marked.contains("27 days"),
        "{marked} {sentence}"
    );
    browser.wait_until(
        "(() => { const words = document.querySelector('#cited mark').getBoundingClientRect();
            return document.elementFromPoint(words.left + 4, words.top + 4)?.closest('mark'); })()",
    );
}

#[test]
fn a_question_that_the_documents_do_not_answer_is_refused_with_the_nearest_passages() {
    let Some((browser, _)) = visit() else { return };
    ask(&browser, REFUSED);
    assert!(browser.text("[data-refusal]").contains("do not answer"));
    browser.wait_until("document.querySelectorAll('[data-nearest] .source-title').length > 0");
}

#[test]
fn a_follow_up_question_folds_the_answer_before_it() {
    let Some((browser, _)) = visit() else { return };
    ask(&browser, ANSWERED);
    browser.click("[data-follow] .field");
    browser.press("And on shift work?");
    browser.press(Key::Enter);
    browser.wait_until("document.querySelector('[data-earlier] details')");
    browser.wait_until(ENDED);
    assert_eq!(browser.text("[data-earlier] summary"), ANSWERED);
    assert!(browser.at().contains("follows="), "{}", browser.at());
}

#[test]
fn a_streamed_answer_is_announced_politely_and_once_it_is_whole() {
    let Some((browser, _)) = visit() else { return };
    ask(&browser, ANSWERED);
    browser.wait_until("document.querySelector('[data-live]').getAttribute('aria-busy') === 'false'");
    // What the browser tells a screen reader, not what the page says.
    let tree = browser.devtools("Accessibility.getFullAXTree", json!({}));
    let nodes = tree["nodes"].as_array().unwrap();
    let region = nodes
        .iter()
        .find(|node| property(node, "live") == "polite" && spoken(nodes, node).contains("27 days"))
        .unwrap_or_else(|| panic!("no live region holds the answer: {nodes:?}"));
    assert_ne!(property(region, "busy"), true, "{region}");
}

/// An expression that is true while the list below the field is open.
const OPEN: &str = "document.querySelectorAll('[data-suggestions]:not([hidden]) > [role=option]').length > 0";

/// Waits until the list is open that was asked for with all that was typed.
fn offered(browser: &Chromium, typed: &str) {
    let ended = format!(
        "performance.getEntriesByType('resource').some((one) => one.name.endsWith('/ask/suggestions?q={typed}'))"
    );
    browser.wait_until(&format!("{ended} && {OPEN}"));
}

#[test]
fn a_question_that_is_offered_while_one_types_is_taken_with_the_arrows_and_enter() {
    let server = busy_server();
    let Some(browser) = Chromium::open(server) else {
        return;
    };
    browser.go("/");
    browser.press("flange bolt");
    offered(&browser, "flange+bolt");
    let active = "document.activeElement.getAttribute('aria-activedescendant')";
    assert_eq!(browser.value(active), Value::Null);
    browser.press(Key::Down);
    let chosen = "document.querySelector('[role=option][aria-selected=true]')";
    browser.wait_until(chosen);
    let id = browser.value(&format!("{chosen}.id"));
    assert_eq!(browser.value(active), id, "what a screen reader is told");
    assert_eq!(browser.value(&format!("{chosen}.dataset.question")), FLANGE);
    assert!(browser.text("[role=option]").contains("verified"));
    assert_passes(&browser, "questions to choose from", Look::DESK);
    // Escape keeps what was typed, and another letter offers again.
    browser.press(Key::Escape);
    browser.wait_until(&format!("!({OPEN})"));
    assert_eq!(browser.value(active), Value::Null);
    assert_eq!(browser.value("document.activeElement.value"), "flange bolt");
    browser.press(Key::Backspace);
    offered(&browser, "flange+bol");
    browser.press(Key::Down);
    browser.press(Key::Enter);
    browser.wait_until(ENDED);
    assert_eq!(browser.value("document.querySelector('#question').value"), FLANGE);
    browser.wait_until(&format!("!({OPEN})"));
    assert!(browser.text("[data-verified]").contains(" Nm"));
}

#[test]
fn at_a_desk_the_sources_stand_beside_the_answer_with_the_cited_page() {
    let Some((browser, _)) = visit() else { return };
    browser.look(Look::DESK);
    ask(&browser, ANSWERED_BY_TABLE);
    let side = |selector: &str, side: &str| {
        let place = format!("document.querySelector('{selector}').getBoundingClientRect().{side}");
        browser.value(&place).as_f64().unwrap()
    };
    let [answer, sources] = [".answer-body", "[data-sources-section]"];
    assert!(side(answer, "right") <= side(sources, "left"));
    assert!((side(answer, "top") - side(sources, "top")).abs() < 40.0);
    assert!(side(sources, "right") <= 1_280.0);
    // The page of the manual is drawn when its part is opened.
    browser.wait_until("document.querySelector('[data-sources] .page-fold')");
    browser.run(
        "document.querySelector('[data-sources] .page-fold').open = true;
            document.querySelector('[data-sources] .page-picture').scrollIntoView({ block: 'center' });",
        &[],
    );
    browser.wait_until("document.querySelector('[data-sources] .page-picture').naturalWidth > 0");
    assert!(side("[data-sources] .page-picture", "left") >= side(answer, "right"));
    browser.look(Look::PHONE);
    assert!(
        side(answer, "bottom") <= side(sources, "top"),
        "on a phone below it"
    );
}

/// The words of a node and of what it holds.
fn spoken(nodes: &[Value], node: &Value) -> String {
    let own = node["name"]["value"].as_str().unwrap_or_default().to_owned();
    let held = node["childIds"].as_array().into_iter().flatten();
    held.filter_map(|id| nodes.iter().find(|node| node["nodeId"] == *id))
        .fold(own, |words, node| format!("{words} {}", spoken(nodes, node)))
}

fn property<'node>(node: &'node Value, name: &str) -> &'node Value {
    node["properties"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|property| property["name"] == name)
        .map_or(&Value::Null, |property| &property["value"]["value"])
}
