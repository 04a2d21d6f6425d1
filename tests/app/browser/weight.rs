//! What each page weighs over the wire with all that a browser needs for it which has nothing of it yet, pictures of
//! documents' pages included. Those below what the window shows are loaded as somebody comes near: they are not needed.

use serde_json::{Value, json};

use super::pages::PAGES;
use super::{Chromium, Look, visit};

/// In bytes.
const HEAVIEST: u64 = 100_000;

/// True once every picture is there that the window shows: one that is folded away it does not.
const AT_REST: &str = "document.readyState === 'complete' && [...document.images].every((image) =>
    image.complete || !image.checkVisibility() || image.getBoundingClientRect().top >= innerHeight)";

/// The page and what was fetched for what the window shows of it: the name of each, and its bytes as they were sent.
const FETCHED: &str = "
    const below = [...document.images].filter((image) => image.loading === 'lazy'
        && image.getBoundingClientRect().top >= innerHeight).map((image) => image.currentSrc);
    const fetched = performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'));
    return fetched.filter((one) => !below.includes(one.name)).map((one) => [one.name.replace(/^.*?:\\/\\/[^/]*/, ''), one.encodedBodySize]);
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
    for look in [Look::DESK, Look::PHONE, Look::PHONE.finer(3)] {
        browser.look(look);
        for page in PAGES {
            browser.go(&(page.path)(server));
            let parts = fetched(&browser);
            assert!(parts.len() >= 3, "{} needs {parts:?}", page.name);
            let weight: u64 = parts.iter().map(|(_, bytes)| bytes).sum();
            let at = format!("{} px × {}", look.width, look.scale);
            println!("{:24} at {at:12} {weight:6} bytes", page.name);
            if weight >= HEAVIEST {
                heavy.push(format!("{} at {at} weighs {weight} bytes: {parts:#?}", page.name));
            }
        }
    }
    assert!(heavy.is_empty(), "{}", heavy.join("\n"));
}
