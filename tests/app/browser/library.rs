//! The library while files come and go.

use super::{Chromium, Folders};

#[test]
fn a_file_that_is_dropped_shows_as_searchable_without_a_hand_on_the_page() {
    let folders = Folders::new();
    folders.write("press.md", "# Press 7\n\nThe clamping pressure is 63 bar.\n");
    let server = folders.serve();
    server.wait_until_searchable("press.md");
    let Some(browser) = Chromium::open(&server) else {
        return;
    };
    browser.go("/library");
    assert_eq!(
        browser.value("document.querySelectorAll('.files tbody tr').length"),
        1
    );
    folders.write("oven.md", "# Oven 2\n\nThe oven is cleaned on Fridays.\n");
    browser.wait_until(
        "[...document.querySelectorAll('.files tbody tr')].some((row) =>
            row.textContent.includes('oven.md') && row.querySelector('.state-searchable'))",
    );
}
