//! People in their browsers: set-up, sign-in, an invitation, grants that two of them see at once, the sign on a machine.

use super::{Chromium, Folders, Server};
use crate::access::PASSWORD;

const GAUGES: &str = "How often are the thread gauges calibrated?";

/// Documents of two folders.
pub fn folders() -> Folders {
    let folders = Folders::new();
    folders.write(
        "quality/gauges.md",
        "# Gauges\n\nThe thread gauges are calibrated every six months by the quality office.\n",
    );
    folders.write(
        "ovens/oven.md",
        "# Oven 2\n\nThe tempering oven is cleaned with vinegar on Fridays.\n",
    );
    folders
}

fn serve(folders: &Folders) -> Server {
    serve_with(folders, &[])
}

/// A server that has read them, with more variables in its environment.
pub fn serve_with(folders: &Folders, environment: &[(&str, &str)]) -> Server {
    let server = folders.serve_with(environment);
    server.wait_until_searchable("quality/gauges.md");
    server.wait_until_searchable("ovens/oven.md");
    server
}

/// Types into fields and presses the button of their form.
pub fn fill_in(browser: &Chromium, fields: &[(&str, &str)], button: &str) {
    for (field, text) in fields {
        browser.click(field);
        browser.press(*text);
    }
    browser.click(button);
}

/// Makes the first administrator by the link that the server printed.
pub fn set_up(browser: &Chromium, server: &Server) {
    browser.go(&server.printed("Make the first administrator: "));
    fill_in(
        browser,
        &[("#name", "root"), ("#password", PASSWORD)],
        "main .button-primary",
    );
    browser.wait_until("document.querySelector('.me')?.textContent.includes('root')");
}

/// Asks, and gives what the page says then.
pub fn ask(browser: &Chromium, question: &str) -> String {
    browser.go("/");
    browser.press(question);
    browser.press(thirtyfour::Key::Enter);
    browser.wait_until("document.querySelector('[data-end] .answer-how')");
    browser.text("[data-answer]")
}

#[test]
fn the_first_administrator_is_made_by_the_printed_link_and_then_everybody_signs_in() {
    let folders = folders();
    let server = serve(&folders);
    let Some(browser) = Chromium::open(&server) else {
        return;
    };
    set_up(&browser, &server);
    browser.go("/account");
    browser.click("form[action='/sign-out'] button");
    // What is on its way when another page is asked for may be given up.
    browser.wait_until("location.pathname === '/sign-in'");
    browser.go("/library");
    browser.wait_until("location.pathname === '/sign-in' && document.activeElement.id === 'name'");
    fill_in(
        &browser,
        &[("#name", "root"), ("#password", "ten nuts in a jar")],
        "main .button-primary",
    );
    browser.wait_until("document.querySelector('main [role=alert]')");
    assert!(browser.text("main [role=alert]").contains("wrong"));
    // The name is still there, and the way back is kept.
    fill_in(&browser, &[("#password", PASSWORD)], "main .button-primary");
    browser.wait_until("location.pathname === '/library' && document.querySelector('.files')");
}

#[test]
fn what_is_granted_in_one_browser_is_seen_in_the_other_and_gone_when_it_is_revoked() {
    let folders = folders();
    let server = serve(&folders);
    let Some(root) = Chromium::open(&server) else {
        return;
    };
    let Some(ana) = Chromium::open(&server) else {
        return;
    };
    set_up(&root, &server);
    root.go("/admin/people");
    fill_in(
        &root,
        &[("form[action='/admin/people'] #name", "ana")],
        "form[action='/admin/people'] .button-primary",
    );
    root.wait_until("document.querySelector('.once-secret')");
    ana.go(&root.text(".once-secret"));
    fill_in(&ana, &[("#password", PASSWORD)], "main .button-primary");
    ana.wait_until("document.querySelector('.me')?.textContent.includes('ana')");

    let nothing = ask(&ana, GAUGES);
    assert!(!nothing.contains("six months"), "{nothing}");
    grant(&root, "quality", true);
    let granted = ask(&ana, GAUGES);
    assert!(granted.contains("six months"), "{granted}");
    let other = ask(&ana, "What is the tempering oven cleaned with?");
    assert!(!other.contains("vinegar"), "{other}");
    ana.go("/library");
    assert_eq!(
        ana.value("document.querySelectorAll('.files tbody tr').length"),
        1
    );
    // The page that is open in the other browser shows nothing of it any more, as soon as it is loaded again.
    grant(&root, "quality", false);
    ana.go("/library");
    assert_eq!(
        ana.value("document.querySelectorAll('.files tbody tr').length"),
        0
    );
    let revoked = ask(&ana, GAUGES);
    assert!(!revoked.contains("six months"), "{revoked}");
}

/// Ticks or clears the box of everybody in the row of a collection.
fn grant(root: &Chromium, collection: &str, granted: bool) {
    root.go("/admin/groups");
    root.run(
        "for (const row of document.querySelectorAll('.grants tbody tr')) {
            if (!row.querySelector('th').textContent.startsWith(arguments[0])) continue;
            row.querySelector('input[type=checkbox]').dataset.found = '';
            row.querySelector('button').dataset.save = '';
        }",
        &[collection.into()],
    );
    root.click("[data-found]");
    assert_eq!(
        root.value("document.querySelector('[data-found]').checked"),
        granted
    );
    root.click("[data-save]");
    root.wait_until(&format!(
        "[...document.querySelectorAll('.grants tbody tr')].some((row) =>
            row.querySelector('th').textContent.startsWith('{collection}') && !row.querySelector('[data-found]')
            && row.querySelector('input[type=checkbox]').checked === {granted})"
    ));
}

#[test]
fn the_sign_on_a_machine_leads_to_its_documents_and_to_no_others() {
    let folders = folders();
    let server = serve(&folders);
    let Some(root) = Chromium::open(&server) else {
        return;
    };
    let Some(phone) = Chromium::open(&server) else {
        return;
    };
    set_up(&root, &server);
    root.go("/kiosks");
    fill_in(
        &root,
        &[("#name", "Tempering oven"), ("#folder", "ovens")],
        "main .button-primary",
    );
    root.wait_until("document.querySelector('.rows a')");
    root.click(".rows a");
    root.wait_until("document.querySelector('.sign-code')?.naturalWidth > 200");
    phone.go(&root.text(".sign .path"));
    let here = ask(&phone, "What is the tempering oven cleaned with?");
    assert!(here.contains("vinegar"), "{here}");
    let elsewhere = ask(&phone, GAUGES);
    assert!(!elsewhere.contains("six months"), "{elsewhere}");
    phone.go("/library?upload=open");
    assert_eq!(
        phone.value("Boolean(document.querySelector('[data-upload]'))"),
        false
    );
}

#[test]
fn a_page_is_in_the_language_that_was_chosen_and_so_is_the_next_one() {
    let folders = folders();
    let server = serve(&folders);
    let Some(browser) = Chromium::open(&server) else {
        return;
    };
    browser.go("/library?upload=open");
    for (language, library, upload, ask) in [
        ("zh-Hans", "文件库", "上传文件", "向文件提问"),
        ("ko", "자료실", "파일 올리기", "문서에 질문하기"),
        ("en", "Library", "Upload files", "Ask the documents"),
    ] {
        browser.click(".language summary");
        browser.click(&format!(".language button[value='{language}']"));
        browser.wait_until(&format!("document.documentElement.lang === '{language}'"));
        assert_eq!(browser.text("h1"), library);
        assert_eq!(browser.text("[data-upload] summary"), upload);
        browser.go("/");
        assert_eq!(browser.text("h1"), ask);
        browser.go("/library?upload=open");
    }
}
