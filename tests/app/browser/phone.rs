//! The pages on a phone: nothing runs over its side, and a finger hits what it aims at.

use serde_json::Value;

use super::pages::PAGES;
use super::{Look, visit};

/// As small as a finger hits; in pixels.
const FINGER: u32 = 44;

/// How high the area is that a tap can hit, for every control and every link that stands alone: from the middle of each up
/// and down as far as the page gives the point to it.
const TARGETS: &str = "
    const controls = 'button, input:not([type=hidden]), select, textarea, summary, nav a, .button, .chip[href], .filter, .example, h2 a, h3 a, th a';
    const small = [];
    for (const control of document.querySelectorAll(controls)) {
        if (!control.checkVisibility({ visibilityProperty: true }) || control.closest('.unseen')) continue;
        control.scrollIntoView({ block: 'center' });
        const box = control.getClientRects()[0];
        const x = box.left + Math.min(box.width / 2, 40), middle = box.top + box.height / 2;
        // A tap on the words beside a box ticks it.
        const area = control.closest('label') ?? control;
        const hits = (y) => area.contains(document.elementFromPoint(x, y));
        let top = middle, bottom = middle;
        while (middle - top < 60 && hits(top - 0.5)) top -= 0.5;
        while (bottom - middle < 60 && hits(bottom + 0.5)) bottom += 0.5;
        if (bottom - top < arguments[0] - 1) small.push(`${bottom - top} px: ${control.outerHTML.slice(0, 120)}`);
    }
    return small;
";

#[test]
fn no_page_is_wider_than_a_phone_or_a_tablet() {
    let Some((browser, server)) = visit() else { return };
    let mut wide = Vec::new();
    // 320 is a window of 1280 at four times its size, which WCAG asks for; 768 and 1024 are a tablet upright and lying, 800
    // is a larger one on a wall.
    for width in [320, 360, 768, 800, 1_024] {
        browser.look(Look { width, ..Look::PHONE });
        for page in PAGES {
            browser.go(&(page.path)(server));
            let needed = browser
                .value("document.documentElement.scrollWidth")
                .as_u64()
                .unwrap();
            if needed > width.into() {
                wide.push(format!("{} needs {needed} of {width}", page.name));
            }
        }
    }
    assert!(wide.is_empty(), "{wide:#?}");
}

#[test]
fn a_finger_hits_every_button_and_every_link_that_stands_alone() {
    let Some((browser, server)) = visit() else { return };
    browser.look(Look::PHONE);
    let mut small = Vec::new();
    for page in PAGES {
        browser.go(&(page.path)(server));
        let found = browser.run(TARGETS, &[FINGER.into()]);
        small.extend(
            found
                .as_array()
                .unwrap()
                .iter()
                .flat_map(Value::as_str)
                .map(|target| format!("{}: {target}", page.name)),
        );
    }
    assert!(small.is_empty(), "{small:#?}");
}
