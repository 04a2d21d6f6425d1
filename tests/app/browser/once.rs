//! What axe-core says of pages that have no address of their own, or look so only to some: what is shown once, after something
//! was sent; the tabs of an inspector; a phone at a sign; a sign-in with a provider.

use super::axe::assert_passes;
use super::people::{ask, fill_in, folders, serve_with, set_up};
use super::{Chromium, Look};
use crate::access::PASSWORD;

/// A provider of which nothing but its button is asked for.
const PROVIDER: [(&str, &str); 4] = [
    ("GEMBA_OIDC_ISSUER", "https://sign-in.plant.example"),
    ("GEMBA_OIDC_CLIENT_ID", "gemba"),
    ("GEMBA_OIDC_CLIENT_SECRET", "a secret of the tests"),
    ("GEMBA_OIDC_LABEL", "Plant SSO"),
];

#[track_caller]
fn passes(browser: &Chromium, name: &str) {
    for look in [Look::DESK, Look::PHONE.dark()] {
        browser.look(look);
        assert_passes(browser, name, look);
    }
    browser.look(Look::DESK);
}

#[test]
fn axe_finds_nothing_on_what_is_shown_once_or_to_some_people_alone() {
    let folders = folders();
    let server = serve_with(&folders, &PROVIDER);
    let Some(browser) = Chromium::open(&server) else {
        return;
    };
    set_up(&browser, &server);

    browser.go("/account");
    fill_in(
        &browser,
        &[("#key-name", "terminal")],
        "form[action='/account/keys'] > .button",
    );
    browser.wait_until("document.querySelector('.once-secret')");
    passes(&browser, "a key that is shown once");

    browser.go("/admin/people");
    browser.run(
        "document.querySelector('form[action=\"/admin/people\"] [name=role]').value = 'inspector';",
        &[],
    );
    fill_in(
        &browser,
        &[("form[action='/admin/people'] #name", "ines")],
        "form[action='/admin/people'] .button-primary",
    );
    browser.wait_until("document.querySelector('.once-secret')");
    passes(&browser, "a link that is shown once");
    let invitation = browser.text(".once-secret");

    browser.go("/kiosks");
    fill_in(
        &browser,
        &[("#name", "Tempering oven"), ("#folder", "ovens")],
        "main .button-primary",
    );
    browser.wait_until("document.querySelector('.rows a')");
    browser.click(".rows a");
    browser.wait_until("document.querySelector('.sign-code')?.naturalWidth > 200");
    passes(&browser, "a sign that leads only here");
    let sign = browser.text(".sign .path");

    let desk = tempfile::tempdir().unwrap();
    let file = desk.path().join("pumps.md");
    std::fs::write(&file, "# Pumps\n\nThe pumps are oiled in March.\n").unwrap();
    browser.scripts(false);
    browser.go("/library?upload=open");
    browser.choose_file("#upload-files", &file);
    browser.click(".upload-form .button-primary");
    browser.wait_until("document.querySelector('.uploads .upload-row a')");
    browser.scripts(true);
    passes(&browser, "files that were sent without a script");

    browser.go("/account");
    browser.click("form[action='/sign-out'] button");
    browser.wait_until("document.querySelector('a[href^=\"/sign-in/provider\"]')");
    passes(&browser, "a sign-in with a provider");

    browser.go(&sign);
    browser.wait_until("location.pathname === '/'");
    passes(&browser, "a phone at a sign");
    let answer = ask(&browser, "What is the tempering oven cleaned with?");
    assert!(answer.contains("vinegar"), "{answer}");
    passes(&browser, "an answer at a sign");

    browser.go(&invitation);
    fill_in(&browser, &[("#password", PASSWORD)], "main .button-primary");
    browser.wait_until("document.querySelector('.me')?.textContent.includes('ines')");
    let tabs = browser.value("[...document.querySelectorAll('.tab')].map((tab) => tab.getAttribute('href'))");
    assert_eq!(
        tabs,
        serde_json::json!(["/", "/search", "/library", "/review/inbox"])
    );
    for page in ["/", "/library", "/review/inbox", "/review/verified"] {
        browser.go(page);
        passes(&browser, &format!("{page} as an inspector sees it"));
    }
}

#[test]
fn axe_finds_nothing_where_the_first_administrator_is_sent_to_another_address() {
    let folders = folders();
    let server = folders.serve_at("0.0.0.0:0");
    let Some(browser) = Chromium::open(&server) else {
        return;
    };
    browser.go(&server.printed("Make the first administrator: "));
    fill_in(
        &browser,
        &[("#name", "root"), ("#password", PASSWORD)],
        "main .button-primary",
    );
    browser.wait_until("document.querySelector('.fingerprint')");
    passes(&browser, "what is shown once there is an administrator");
}
