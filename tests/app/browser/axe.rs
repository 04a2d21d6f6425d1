//! What axe-core says of every page: no violation of WCAG 2.2 A and AA, nor of what is held to be good practice.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use thirtyfour::Key;

use super::pages::{ANSWERED, PAGES};
use super::people::fill_in;
use super::{Chromium, Look, demo, settled_server, skipped, visit};
use crate::support::ROOT_PASSWORD;

/// Runs axe on the page that is shown; a line for each violation, with the first elements that violate.
const CHECK: &str = "
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    return axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }).then((result) =>
        result.violations.map((rule) => `${rule.id}: ${rule.help}` + rule.nodes.slice(0, 3).map((node) =>
            `\\n    ${node.html.slice(0, 160)}\\n        ${node.failureSummary.replace(/\\s+/g, ' ')}`).join('')));
";

/// The script, from where set-up put it; none, with a word on it, where it is not.
fn axe() -> Option<String> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(
        || std::env::home_dir().unwrap_or_default().join(".cache"),
        PathBuf::from,
    );
    let path = cache.join("gemba/axe/axe.min.js");
    match fs::read_to_string(&path) {
        Ok(script) => Some(script),
        Err(error) => {
            skipped(&format!("{}: {error}; appliance/test fetches it", path.display()));
            None
        }
    }
}

fn violations(browser: &Chromium, axe: &str, name: &str, look: Look) -> Vec<String> {
    browser.run(axe, &[]);
    let found = browser.run(CHECK, &[]);
    found
        .as_array()
        .unwrap()
        .iter()
        .flat_map(Value::as_str)
        .map(|violation| {
            let scheme = if look.dark { "dark" } else { "light" };
            format!("{name} in {scheme} at {} px: {violation}", look.width)
        })
        .collect()
}

/// Fails where axe finds something on what is shown; says nothing where axe is not there.
#[track_caller]
pub fn assert_passes(browser: &Chromium, name: &str, look: Look) {
    let Some(axe) = axe() else { return };
    // What fades in has less contrast on its way.
    browser.wait_until("document.getAnimations().length === 0");
    let found = violations(browser, &axe, name, look);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[track_caller]
fn every_page_passes(desk: Look, phone: Look) {
    let Some(axe) = axe() else { return };
    let Some((browser, server)) = visit() else { return };
    let desk_of_somebody = tempfile::tempdir().unwrap();
    let refused = desk_of_somebody.path().join("plan.dwg");
    fs::write(&refused, "AC1032").unwrap();
    let mut found = Vec::new();
    for look in [desk, phone] {
        browser.look(look);
        for page in PAGES {
            browser.go(&(page.path)(server));
            found.extend(violations(&browser, &axe, page.name, look));
        }
        browser.go("/");
        browser.press(ANSWERED);
        browser.press(Key::Enter);
        browser.wait_until("document.querySelector('[data-end] .answer-how')");
        // What fades in has less contrast on its way.
        browser.wait_until("document.getAnimations().length === 0");
        found.extend(violations(&browser, &axe, "an answer that streamed in", look));
        browser.go("/library?upload=open");
        browser.choose_file("#upload-files", &refused);
        // Told to be there already, so that nothing of it is sent.
        browser.choose_file("#upload-files", &demo().join("hr/staff-faq.md"));
        browser.wait_until("document.querySelector('.upload-row [data-answer]')");
        found.extend(violations(&browser, &axe, "an upload", look));
    }
    let settled = &settled_server().address;
    browser.go(&format!("{settled}/sign-in"));
    fill_in(
        &browser,
        &[("#name", "root"), ("#password", ROOT_PASSWORD)],
        "main .button-primary",
    );
    browser.wait_until("location.pathname === '/'");
    for look in [desk, phone] {
        browser.look(look);
        browser.go(&format!("{settled}/account"));
        found.extend(violations(&browser, &axe, "an account", look));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn axe_finds_nothing_on_any_page_in_light() {
    every_page_passes(Look::DESK, Look::PHONE);
}

#[test]
fn axe_finds_nothing_on_any_page_in_dark() {
    every_page_passes(Look::DESK.dark(), Look::PHONE.dark());
}

#[test]
fn axe_finds_nothing_on_any_page_on_a_tablet() {
    every_page_passes(Look::TABLET, Look::TABLET_LYING.dark());
}

#[test]
fn axe_finds_nothing_on_any_page_with_more_contrast() {
    every_page_passes(Look::DESK.contrast(), Look::DESK.dark().contrast());
}

#[test]
fn axe_finds_what_is_wrong() {
    let Some(axe) = axe() else { return };
    let Some((browser, _)) = visit() else { return };
    browser.go("/");
    browser.run(
        "document.documentElement.removeAttribute('lang'); document.querySelector('h1').style.color = '#bbb'",
        &[],
    );
    let found = violations(&browser, &axe, "a page that was spoilt", Look::DESK).join("\n");
    for rule in ["html-has-lang", "color-contrast"] {
        assert!(found.contains(rule), "{found}");
    }
}
