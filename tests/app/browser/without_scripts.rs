//! The pages in a browser whose JavaScript is switched off.

use thirtyfour::Key;

use super::pages::{ANSWERED, PAGES};
use super::visit;

#[test]
fn asking_searching_and_reading_work_without_scripts() {
    let Some((browser, _)) = visit() else { return };
    browser.without_scripts();
    browser.go("/");
    browser.press(ANSWERED);
    browser.click("form[data-ask] .button-primary");
    browser.wait_until("document.querySelector('[data-end] .answer-how')");
    // A page of its own, and nothing streamed.
    assert_eq!(
        browser.value(
            "performance.getEntriesByType('resource').filter((one) => one.name.includes('stream')).length"
        ),
        0
    );
    let sentence = browser.text("[data-sentences] > li:first-child");
    browser.click("[data-sentences] > li:first-child .cite");
    browser.wait_until("document.querySelector('#cited mark')");
    assert!(sentence.starts_with(&browser.text("#cited mark")), "{sentence}");

    browser.click(".tab[href='/search']");
    browser.wait_until("document.activeElement.id === 'query'");
    browser.press("torque");
    browser.press(Key::Enter);
    browser.wait_until("document.querySelector('.hit mark')");
    browser.click(".hit .source-title a");
    browser.wait_until("location.pathname.startsWith('/documents/')");

    browser.click(".tab[href='/library']");
    browser.wait_until("document.querySelector('.files tbody tr')");
    browser.click("#text");
    browser.press("honing");
    browser.click(".library-form button");
    browser.wait_until("document.querySelectorAll('.files tbody tr').length === 1");
}

#[test]
fn the_first_paint_is_the_whole_page_and_no_script_moves_it() {
    let Some((browser, server)) = visit() else { return };
    // Buttons that only a script can act on appear with it.
    const SEEN: &str = "(() => {
        const buttons = [...document.querySelectorAll('button')].map((button) => button.innerText.trim());
        return document.body.innerText.split('\\n').map((line) => line.trim())
            .filter((line) => line && !buttons.includes(line)).join('\\n'); })()";
    // Here stands what other tests ask meanwhile.
    let changing = [
        "history",
        "inbox",
        "inbox-group",
        "admin",
        "admin-audit",
        "admin-jobs",
        "admin-log",
    ];
    // The same answers both times: they say when they were given.
    let pages = PAGES.iter().filter(|page| !changing.contains(&page.name));
    let pages: Vec<(&str, String)> = pages.map(|page| (page.name, (page.path)(server))).collect();
    // The texts of answers tell how long they took.
    let seen = |path: &str| {
        browser.go(path);
        let text = browser.value(SEEN).as_str().unwrap().to_owned();
        let lines: Vec<&str> = text.lines().filter(|line| !line.ends_with(" ms")).collect();
        assert!(lines.len() > 5, "{path}: {lines:?}");
        lines.join("\n")
    };
    let with: Vec<String> = pages.iter().map(|(_, path)| seen(path)).collect();
    browser.without_scripts();
    for ((name, path), with) in pages.iter().zip(with) {
        assert_eq!(seen(path), with, "{name}");
    }
}
