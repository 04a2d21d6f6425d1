//! What one does with an answer in a browser: copy it, say whether it was right, find it again, name and delete it.

use serde_json::json;

use super::{Chromium, Folders, Server};

const QUESTION: &str = "How many days of paid leave does a full-time worker get?";
const ENDED: &str = "document.querySelector('[data-end] .answer-how')";

fn serve(folders: &Folders) -> Server {
    folders.write(
        "hr/leave.md",
        "# Leave\n\nEvery full-time worker gets 27 days of paid leave a year.\n",
    );
    let server = folders.serve();
    server.wait_until_searchable("hr/leave.md");
    server
}

fn ask(browser: &Chromium) {
    browser.go("/");
    browser.press(QUESTION);
    browser.press(thirtyfour::Key::Enter);
    browser.wait_until(ENDED);
    // Gone as soon as the page is left.
    browser.run("window.stayed = true;", &[]);
}

fn may_copy(browser: &Chromium) {
    let permissions = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    browser.devtools("Browser.grantPermissions", permissions);
}

/// What stands in the clipboard.
fn copied(browser: &Chromium) -> String {
    let copied = browser.run("return navigator.clipboard.readText();", &[]);
    copied.as_str().unwrap().to_owned()
}

#[test]
fn an_answer_is_copied_as_text_with_its_sources() {
    let folders = Folders::new();
    let server = serve(&folders);
    let Some(browser) = Chromium::open(&server) else {
        return;
    };
    may_copy(&browser);
    ask(&browser);
    browser.click("[data-copy-answer]");
    browser.wait_until(
        "(() => { const button = document.querySelector('[data-copy-answer]');
            return button.textContent === button.dataset.copyAnswer; })()",
    );
    let copied = copied(&browser);
    let lines: Vec<&str> = copied.lines().collect();
    assert_eq!(lines[0], QUESTION, "{lines:?}");
    assert!(
        lines[2].contains("27 days of paid leave a year. [1]"),
        "{lines:?}"
    );
    assert!(lines[4].starts_with("[1] Leave"), "{lines:?}");
    let document = format!("    {}/documents/1?passage=", server.address);
    assert!(lines[5].starts_with(&document), "{lines:?}");
    browser.wait_until("document.querySelector('[data-copy-answer]').textContent === 'Copy the answer'");
}

#[test]
fn the_link_of_an_answer_is_copied_and_leads_to_it() {
    let folders = Folders::new();
    let server = serve(&folders);
    let Some(browser) = Chromium::open(&server) else {
        return;
    };
    may_copy(&browser);
    ask(&browser);
    browser.click("[data-end] a[data-copy]");
    browser.wait_until(
        "(() => { const link = document.querySelector('[data-end] a[data-copy]');
            return link.textContent === link.dataset.copy; })()",
    );
    assert_eq!(browser.value("window.stayed"), true, "the page is not left");
    let link = copied(&browser);
    assert!(
        link.starts_with(&format!("{}/answers/", server.address)),
        "{link}"
    );
    browser.go(&link);
    assert!(browser.text("main").contains("27 days"));
}

#[test]
fn an_answer_is_printed_without_what_cannot_be_used_on_paper() {
    let folders = Folders::new();
    let server = serve(&folders);
    let Some(browser) = Chromium::open(&server) else {
        return;
    };
    ask(&browser);
    browser.run("window.print = () => { window.printed = true; };", &[]);
    browser.click("[data-end] [data-print]");
    browser.wait_until("window.printed");
    let shown = |selector: &str| {
        browser.value(&format!("document.querySelector('{selector}').checkVisibility()")) == true
    };
    let screen_only = [
        ".bar",
        ".foot",
        ".ask-form",
        ".answer-actions",
        ".follow-form",
        "[data-opinion]",
    ];
    let on_paper = ["[data-sentences] > li", "[data-sources] > li", ".answer-how"];
    for part in screen_only.into_iter().chain(on_paper) {
        assert!(shown(part), "{part} on the screen");
    }
    browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" }));
    for part in screen_only {
        assert!(!shown(part), "{part} on paper");
    }
    for part in on_paper {
        assert!(shown(part), "{part} on paper");
    }
}

#[test]
fn whether_an_answer_was_right_is_said_without_leaving_it() {
    let folders = Folders::new();
    let server = serve(&folders);
    let Some(browser) = Chromium::open(&server) else {
        return;
    };
    ask(&browser);
    let link = browser.value("document.querySelector('[data-end] a[data-copy]').getAttribute('href')");
    let kept = || server.json(&format!("/api/review{}/opinion", link.as_str().unwrap()))["opinion"].clone();
    browser.click("[data-opinion] button[value=yes]");
    browser.wait_until("document.querySelector('[data-opinion] .opinion-said')");
    assert!(browser.text(".opinion-said").contains("this is right"));
    assert_eq!(kept()["right"], true);
    browser.click("[data-opinion] button[value=no]");
    browser.wait_until("document.querySelector('[data-opinion] textarea')");
    browser.wait_until("document.querySelector('[data-opinion]').contains(document.activeElement)");
    assert!(browser.text(".opinion-said").contains("not right"));
    browser.click("[data-opinion] input[value=outdated]");
    browser.click("[data-opinion] textarea");
    browser.press("It is 28 now");
    browser.click("[data-opinion] button[value=no]");
    server.wait_until("the comment is kept", |_| kept()["comment"] == "It is 28 now");
    assert_eq!(
        kept(),
        json!({ "right": false, "complaint": "outdated", "comment": "It is 28 now" })
    );
    assert_eq!(browser.value("window.stayed"), true);
    assert!(browser.text("[data-sentences]").contains("27 days"));
}

#[test]
fn a_conversation_is_found_again_named_and_deleted() {
    let folders = Folders::new();
    let server = serve(&folders);
    let Some(browser) = Chromium::open(&server) else {
        return;
    };
    ask(&browser);
    browser.go("/");
    browser.click("a[href='/history']");
    browser.wait_until("document.querySelector('h2 a')");
    assert_eq!(browser.text("h2 a"), QUESTION);
    browser.click("main details summary");
    browser.click("main input[name=name]");
    browser.run("document.querySelector('main input[name=name]').select();", &[]);
    browser.press("Paid leave");
    browser.press(thirtyfour::Key::Enter);
    browser.wait_until("document.querySelector('h2 a')?.textContent === 'Paid leave'");
    browser.click("h2 a");
    browser.wait_until(
        "location.pathname.startsWith('/answers/') && document.querySelector('[data-sentences]')",
    );
    assert!(browser.text("main").contains("27 days"));
    let kept = browser.at();
    browser.go("/history");
    browser.click("main details summary");
    browser.click("main form[action$='/delete'] button");
    browser.wait_until("document.querySelector('main .empty')");
    assert_eq!(server.get(&kept).0, 404);
}
