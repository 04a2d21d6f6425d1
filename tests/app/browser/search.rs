//! Search with the keyboard alone, and the language of the page.

use thirtyfour::Key;

use super::visit;

#[test]
fn search_is_done_with_the_keyboard_alone() {
    let Some((browser, _)) = visit() else { return };
    browser.go("/library");
    browser.tab_to(".tab[href='/search']");
    browser.press(Key::Enter);
    browser.wait_until("location.pathname === '/search' && document.activeElement.id === 'query'");
    browser.press("torque");
    browser.press(Key::Enter);
    browser.wait_until("document.querySelector('.hit mark')");
    browser.tab_to(".hit .source-title a");
    browser.press(Key::Enter);
    browser.wait_until("location.pathname.startsWith('/documents/') && document.querySelector('#cited')");
}

#[test]
fn the_arrows_lead_from_the_field_through_the_results_and_back() {
    let Some((browser, _)) = visit() else { return };
    browser.go("/search?q=torque");
    browser.tab_to("#query");
    let focused = |at: usize| {
        browser.wait_until(&format!(
            "document.activeElement === document.querySelectorAll('.hit h2 a')[{at}]"
        ));
    };
    browser.press(Key::Down);
    focused(0);
    browser.press(Key::Down);
    focused(1);
    browser.press(Key::Up);
    focused(0);
    browser.press(Key::Up);
    browser.wait_until("document.activeElement.id === 'query'");
    browser.press(Key::Down);
    browser.press(Key::Enter);
    browser.wait_until("location.pathname.startsWith('/documents/')");
}

#[test]
fn results_come_as_one_types_and_the_page_is_not_left() {
    let Some((browser, _)) = visit() else { return };
    browser.go("/search");
    browser.run("window.stayed = true;", &[]);
    browser.press("torq");
    browser.wait_until("location.search === '?q=torq'");
    browser.press("ue");
    browser.wait_until("location.search === '?q=torque' && document.querySelector('.hit mark')");
    assert_eq!(browser.value("window.stayed"), true);
    assert_eq!(
        browser.value("document.activeElement.id"),
        "query",
        "one can type on"
    );
}

#[test]
fn the_first_key_skips_to_the_content() {
    let Some((browser, _)) = visit() else { return };
    browser.go("/library");
    browser.press(Key::Tab);
    browser.wait_until(
        "document.activeElement.matches('.skip') && document.activeElement.getBoundingClientRect().top >= 0",
    );
    browser.press(Key::Enter);
    browser.wait_until("document.activeElement.id === 'main'");
}

#[test]
fn a_list_of_choices_is_walked_through_with_arrow_keys_and_acts_when_it_is_told_to() {
    let Some((browser, _)) = visit() else { return };
    browser.go("/library");
    browser.tab_to("#collection");
    browser.press(Key::Down);
    browser.press(Key::Down);
    let chosen = browser.value("document.querySelector('#collection').selectedOptions[0].value");
    browser.wait_until("document.querySelector('#collection').selectedIndex === 2 && location.search === ''");
    browser.tab_to(".library-form button");
    browser.press(Key::Enter);
    browser.wait_until(&format!(
        "new URLSearchParams(location.search).get('collection') === {chosen}"
    ));
}

#[test]
fn the_language_is_switched_where_one_is_and_stays() {
    let Some((browser, _)) = visit() else { return };
    let language = || browser.value("document.documentElement.lang");
    let switch = |to: &str| {
        browser.click(".language summary");
        browser.click(&format!(".language button[value='{to}']"));
    };
    browser.go("/search?q=torque");
    assert_eq!(language(), "en");
    let (english, address) = (browser.text("h1"), browser.at());
    switch("zh-Hans");
    browser.wait_until("document.documentElement.lang.startsWith('zh')");
    assert_eq!(browser.at(), address);
    assert_ne!(browser.text("h1"), english);
    browser.go("/library");
    assert_ne!(language(), "en");
    switch("en");
    browser.wait_until("document.documentElement.lang === 'en'");
}
