//! The focus, as somebody sees it who goes through a page with Tab.

use serde_json::Value;
use thirtyfour::Key;

use super::pages::PAGES;
use super::{Chromium, Look, visit};

/// What is focused: its name, whether it looks different from when it is not (it, or what it stands in), and whether it
/// is not hidden below something.
const FOCUSED: &str = "
    const focused = document.activeElement;
    if (focused === document.body) return null;
    const around = [focused, focused.parentElement, focused.parentElement.parentElement];
    const look = () => around.map((one) => {
        const style = getComputedStyle(one);
        return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow].join();
    }).join(';');
    // The heading of a list that is open for good takes no clicks, but the focus.
    focused.style.pointerEvents = 'auto';
    const box = focused.getClientRects()[0];
    const open = [0.1, 0.3, 0.5, 0.7, 0.9].some((part) =>
        focused.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height * part)));
    const with_focus = look();
    // The parts of a date keep the focus: they are taken as they look.
    const part = focused.matches('input[type=date]') && getComputedStyle(focused).outlineStyle !== 'none';
    focused.blur();
    const without = look();
    return { name: focused.outerHTML.slice(0, 120), shows: part || with_focus !== without, open: Boolean(open) };
";

const FROM_THE_TOP: &str = "
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
    return null;
";

#[track_caller]
fn every_stop_is_seen(browser: &Chromium, path: &str, name: &str) {
    browser.go(path.split('#').next().unwrap());
    // From the top of the page, also where a field has the focus from the beginning.
    browser.run(FROM_THE_TOP, &[]);
    let mut stops = 0;
    loop {
        browser.press(Key::Tab);
        let stop = browser.run(FOCUSED, &[]);
        if stop == Value::Null || stops > 200 {
            break;
        }
        assert_eq!(stop["shows"], true, "{name}: the focus is not seen on {stop}");
        assert_eq!(stop["open"], true, "{name}: something lies over {stop}");
        stops += 1;
    }
    assert!(stops > 2, "{name}: Tab stops only {stops} times");
}

#[test]
fn whoever_goes_through_a_page_with_tab_sees_where_they_are() {
    let Some((browser, server)) = visit() else { return };
    for look in [Look::DESK, Look::PHONE] {
        browser.look(look);
        for page in PAGES {
            every_stop_is_seen(&browser, &(page.path)(server), page.name);
        }
    }
}
