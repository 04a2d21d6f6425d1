//! Ask in a browser: the answer streams in, its citations lead to the words they cite, and readers who hear the page
//! are told.

use serde_json::{Value, json};
use thirtyfour::Key;

use super::pages::{ANSWERED, REFUSED};
use super::{Chromium, visit};

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
