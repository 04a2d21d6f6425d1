//! What each page weighs over the wire with all that a browser fetches for it which has nothing of it yet, pictures of
//! documents' pages included.

use serde_json::{Value, json};

use super::pages::PAGES;
use super::{Chromium, Look, visit};

/// In bytes.
const HEAVIEST: u64 = 100_000;

/// True once every picture is there that a browser asks for by itself: one that is folded away, or far below, it does not.
const AT_REST: &str = "document.readyState === 'complete' && [...document.images].every((image) =>
    image.complete || !image.checkVisibility() || image.getBoundingClientRect().top > innerHeight + 1250)";

/// The page and what was fetched for it: the name of each, and its bytes as they were sent.
const FETCHED: &str = "
    const fetched = performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'));
    return fetched.map((one) => [one.name.replace(/^.*?:\\/\\/[^/]*/, ''), one.encodedBodySize]);
";

/// What is fetched for the page that is shown.
fn fetched(browser: &Chromium) -> Vec<(String, u64)> {
    browser.wait_until(AT_REST);
    let fetched = browser.run(FETCHED, &[]);
    let one = |one: &Value| (one[0].as_str().unwrap().to_owned(), one[1].as_u64().unwrap());
    fetched.as_array().unwrap().iter().map(one).collect()
}

#[test]
fn every_page_weighs_less_than_100_kilobytes_with_all_it_needs() {
    let Some((browser, server)) = visit() else { return };
    browser.devtools("Network.enable", json!({}));
    browser.devtools("Network.setCacheDisabled", json!({ "cacheDisabled": true }));
    let mut heavy = Vec::new();
    for look in [Look::DESK, Look::PHONE] {
        browser.look(look);
        for page in PAGES {
            browser.go(&(page.path)(server));
            let parts = fetched(&browser);
            assert!(parts.len() >= 3, "{} needs {parts:?}", page.name);
            let weight: u64 = parts.iter().map(|(_, bytes)| bytes).sum();
            println!("{:20} at {:4} px {weight:6} bytes", page.name, look.width);
            if weight >= HEAVIEST {
                heavy.push(format!(
                    "{} at {} px weighs {weight} bytes: {parts:#?}",
                    page.name, look.width
                ));
            }
        }
    }
    assert!(heavy.is_empty(), "{}", heavy.join("\n"));
}
