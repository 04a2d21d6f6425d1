//! The whole interface in every language, over HTTP.

use scraper::{Html, Node, Selector};

use serde_json::{Value, json};

use super::administration::{between, invite};
use super::support::catalogue::{Catalogue, ENGLISH, GAP, LANGUAGES};
use super::support::{Browser, Folders, Server, encoded};

const PRESS: &str =
    "# Press 7\n\nThe clamping pressure of press 7 is 63 bar. Check it at the start of every shift.\n";

fn served() -> (Folders, Server) {
    let folders = Folders::new();
    folders.write("machines/press-7.md", PRESS);
    folders.write("machines/copy.md", PRESS);
    folders.write("list.csv", "Part,Torque\nM8,25 Nm\nM10,49 Nm\n");
    folders.write("empty.md", "");
    folders.write("broken.docx", "no archive");
    folders.write("drawing.dwg", "none of ours");
    for revision in [1, 2] {
        let text = format!("# Press 7\n\nThe press is greased {revision} times a week.\n");
        folders.write(&format!("WI-107 rev {revision}.md"), text);
    }
    let server = folders.serve();
    for path in ["list.csv", "WI-107 rev 1.md", "WI-107 rev 2.md"] {
        server.wait_until_searchable(path);
    }
    for path in ["empty.md", "broken.docx"] {
        server.wait_until_state(path, "failed");
    }
    server.wait_until("one of two equal files answers for both", |server| {
        let states = server.states();
        let state = |path: &str| states.get(path).map(|(state, _)| state.clone());
        let mut both = [state("machines/press-7.md"), state("machines/copy.md")];
        both.sort();
        both == [Some("duplicate".to_owned()), Some("searchable".to_owned())]
    });
    (folders, server)
}

/// Every kind of page, with the status that it has.
fn pages(server: &Server) -> Vec<(u16, String)> {
    let question = encoded("What is the clamping pressure of press 7?");
    let answer = server.ask("What is the clamping pressure of press 7?");
    let answer = answer["id"].as_str().unwrap();
    let mut pages = vec![
        (200, "/".to_owned()),
        (200, format!("/ask?q={question}")),
        (200, format!("/ask?q={question}&follows={answer}")),
        (
            200,
            format!("/ask?q={}", encoded("Who won the football championship in 1987?")),
        ),
        (400, "/ask?q=".to_owned()),
        (400, format!("/ask?q={}", "a".repeat(2_001))),
        (200, format!("/answers/{answer}")),
        (200, "/search".to_owned()),
        (200, "/search?q=clamping".to_owned()),
        (200, "/search?q=torque&kind=csv".to_owned()),
        (200, "/search?q=clamping&collection=nowhere".to_owned()),
        (200, "/library".to_owned()),
        (200, "/library?q=nothing-is-called-so".to_owned()),
        (200, "/library/status".to_owned()),
        (200, "/history".to_owned()),
        (200, "/kiosks".to_owned()),
        (404, "/kiosk/none".to_owned()),
        (404, "/no-such-page".to_owned()),
        (404, "/documents/999999".to_owned()),
        (404, "/answers/none".to_owned()),
    ];
    for path in [
        "machines/press-7.md",
        "machines/copy.md",
        "list.csv",
        "empty.md",
        "broken.docx",
    ] {
        pages.push((200, format!("/documents/{}", server.document_id(path))));
    }
    pages
}

/// What inspectors and administrators see beside that, with something on every page.
fn pages_of_those_who_run_it(server: &Server) -> Vec<(u16, String)> {
    let mut browser = Browser::new(server);
    invite(&mut browser, "ines", "inspector");
    browser.post("/admin/groups", &[("name", "Quality")]);
    browser.post("/kiosks", &[("name", "Press 7"), ("folder", "machines")]);
    let answer = server.ask("Who won the football championship in 1987?");
    let answer = answer["id"].as_str().unwrap();
    let group = server.json("/api/review/inbox")["groups"][0]["id"].clone();
    let found = server.json("/api/search?q=clamping+pressure");
    let verified = json!({
        "questions": ["How often is the pressure checked?"], "text": "At the start of a shift. [1]",
        "passages": [found["hits"][0]["id"]], "months": 12,
    });
    let verified = browser.post_json("/api/review/verified", &verified).body;
    let verified: Value = serde_json::from_str(&verified).unwrap();
    let listed = browser.get("/admin/people").body;
    let person = between(&listed, "href=\"/admin/people/", "\"");
    let document = |path: &str| server.document_id(path);
    let (old, new) = (document("WI-107 rev 1.md"), document("WI-107 rev 2.md"));
    let pages = [
        "/admin".to_owned(),
        "/admin/people".to_owned(),
        format!("/admin/people/{person}"),
        "/admin/groups".to_owned(),
        "/admin/audit".to_owned(),
        "/admin/audit?q=football".to_owned(),
        "/admin/jobs".to_owned(),
        "/admin/models".to_owned(),
        "/admin/settings".to_owned(),
        "/admin/log".to_owned(),
        "/review/inbox".to_owned(),
        format!("/review/inbox/{group}"),
        "/review/missing".to_owned(),
        "/review/verified".to_owned(),
        format!("/review/verified/{}", verified["id"]),
        format!("/review/verified/new?answer={answer}"),
        format!("/review/verified/new?group={group}"),
        "/kiosks".to_owned(),
        "/kiosks/1".to_owned(),
        "/library/passed".to_owned(),
        "/library?upload=open".to_owned(),
        format!("/documents/{old}"),
        format!("/documents/{new}/revisions"),
        format!("/documents/{old}/compare/{new}"),
        format!("/documents/{}/coverage", document("machines/press-7.md")),
        format!("/documents/{}/coverage", document("broken.docx")),
        format!("/documents/{}?passage=999999", document("machines/press-7.md")),
    ];
    pages.map(|path| (200, path)).into()
}

/// What people read or hear of a page, outside what names the languages.
fn readable(body: &str) -> String {
    let mut readable = String::new();
    for node in Html::parse_document(body).tree.nodes() {
        let hidden = node.ancestors().any(|around| {
            around.value().as_element().is_some_and(|element| {
                // What the log says is said in English alone, and marked as English.
                let english = element.name() != "html" && element.attr("lang") == Some("en");
                ["script", "style"].contains(&element.name())
                    || element.attr("class") == Some("menu-item")
                    || english
            })
        });
        if hidden {
            continue;
        }
        match node.value() {
            Node::Text(text) => readable.push_str(text),
            Node::Element(element) => {
                for name in [
                    "title",
                    "aria-label",
                    "placeholder",
                    "alt",
                    "data-label",
                    "data-copy",
                    "data-copy-answer",
                    "data-broken",
                    "data-stopped",
                ] {
                    if let Some(value) = element.attr(name) {
                        readable.push_str(value);
                        readable.push('\n');
                    }
                }
            }
            _ => {}
        }
        readable.push('\n');
    }
    readable
}

/// Opens pages in every language; fails where one is in another language, shows a key, or speaks English besides.
fn all_in_their_language(server: &Server, cookie: &str, pages: &[(u16, String)]) {
    let english = Catalogue::read(ENGLISH);
    let keys = english.keys();
    let sentences: Vec<&str> = english
        .messages
        .iter()
        .filter(|message| !message.key.ends_with("-pattern"))
        .flat_map(|message| message.words.split(GAP))
        .map(str::trim)
        .filter(|words| {
            words
                .split_whitespace()
                .filter(|word| word.chars().all(char::is_alphabetic))
                .count()
                > 1
        })
        .collect();
    assert!(sentences.len() > 100, "only {} sentences", sentences.len());
    let mut wrong = Vec::new();
    for language in LANGUAGES {
        for (expected, path) in pages {
            let headers = [("Accept-Language", language), ("Cookie", cookie)];
            let (status, body) = server.get_with(path, &headers);
            assert_eq!(status, *expected, "{path}");
            let whole = !path.ends_with("/status");
            if whole && !body.contains(&format!("<html lang=\"{language}\">")) {
                wrong.push(format!("{path} is not said to be in {language}"));
            }
            let readable = readable(&body);
            let words =
                readable.split(|character: char| !character.is_ascii_alphanumeric() && character != '-');
            for key in words.filter(|word| word.contains('-') && keys.contains(word)) {
                wrong.push(format!("{path} in {language} shows the key `{key}`"));
            }
            for sentence in sentences.iter().filter(|sentence| readable.contains(**sentence)) {
                if language != ENGLISH {
                    wrong.push(format!("{path} in {language} says “{sentence}”"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    for complaint in [
        "a text is missing",
        "a text could not be filled in",
        "cannot be read",
    ] {
        assert!(!server.log_contains(complaint), "the log says that {complaint}");
    }
}

#[test]
fn the_whole_interface_speaks_every_language_and_shows_no_key() {
    let (_folders, server) = served();
    all_in_their_language(&server, "", &pages(&server));
}

#[test]
fn reviews_and_the_administration_speak_every_language_and_show_no_key() {
    let (_folders, server) = served();
    all_in_their_language(&server, "", &pages_of_those_who_run_it(&server));
}

#[test]
fn set_up_sign_in_and_the_account_speak_every_language() {
    let folders = Folders::new();
    let server = folders.serve();
    let link = server.printed("Make the first administrator: ");
    let (_, key) = link.split_once("key=").unwrap();
    let before = [(200, format!("/set-up?key={key}")), (200, "/account".to_owned())];
    all_in_their_language(&server, "", &before);

    let mut root = Browser::new(&server);
    let account = [
        ("key", key),
        ("name", "root"),
        ("password", "eleven bolts in a box"),
    ];
    assert_eq!(root.post("/set-up", &account).status, 303);
    all_in_their_language(&server, "", &[(200, "/sign-in".to_owned())]);
    all_in_their_language(
        &server,
        &root.cookie(),
        &[(200, "/account".to_owned()), (200, "/".to_owned())],
    );
}

#[test]
fn the_day_from_which_a_revision_holds_is_written_for_readers_of_each_language_and_for_machines() {
    let folders = Folders::new();
    folders.write(
        "SOP-QA-014.md",
        "Document no.: SOP-QA-014 | Revision: 3 | Effective: 2026-03-01\n\nThe gauge is cleaned.\n",
    );
    let server = folders.serve();
    server.wait_until_searchable("SOP-QA-014.md");
    let page = format!("/documents/{}/revisions", server.document_id("SOP-QA-014.md"));
    for (language, written) in [
        ("en", "1 Mar 2026"),
        ("zh-Hans", "2026-03-01"),
        ("zh-Hant", "2026/03/01"),
        ("ko", "2026. 3. 1."),
    ] {
        let (_, body) = server.get_with(&page, &[("Accept-Language", language)]);
        let shown = format!("<time datetime=\"2026-03-01\">{written}</time>");
        assert!(body.contains(&shown), "{shown}: {body}");
    }
}

/// Sends the form of the menu; status, cookie and where it leads.
fn choose(server: &Server, language: &str, back: &str) -> (u16, String, String) {
    let reply = Browser::new(server).post("/language", &[("language", language), ("back", back)]);
    (reply.status, reply.cookies.concat(), reply.location)
}

#[test]
fn a_language_chosen_in_the_menu_stays_and_leads_back_to_the_page() {
    let (_folders, server) = served();
    let (_, body) = server.get("/library?sort=size");
    let page = Html::parse_document(&body);
    let items = Selector::parse("details form[action='/language'] button[name='language']").unwrap();
    let back = Selector::parse("details form[action='/language'] input[name='back']").unwrap();
    assert_eq!(
        page.select(&back).next().unwrap().attr("value"),
        Some("/library?sort=size")
    );
    let offered: Vec<(String, String)> = page
        .select(&items)
        .map(|item| {
            let tag = item.attr("value").unwrap();
            assert_eq!(item.attr("lang"), Some(tag), "a name is in its own language");
            (tag.to_owned(), item.text().collect())
        })
        .collect();
    let expected = [
        ("en", "English"),
        ("zh-Hans", "简体中文"),
        ("zh-Hant", "繁體中文"),
        ("ko", "한국어"),
    ];
    assert_eq!(
        offered,
        expected.map(|(tag, name)| (tag.to_owned(), name.to_owned()))
    );

    for (tag, name) in offered {
        let (status, cookie, location) = choose(&server, &tag, "/library?sort=size");
        assert_eq!((status, location.as_str()), (303, "/library?sort=size"));
        let cookie = cookie.split(';').next().unwrap();
        let (_, body) = server.get_with("/library", &[("Cookie", cookie), ("Accept-Language", "de")]);
        assert!(body.contains(&format!("<html lang=\"{tag}\">")), "{tag}");
        let current = Selector::parse(".menu-item[aria-current]").unwrap();
        let page = Html::parse_document(&body);
        let current: Vec<String> = page.select(&current).map(|item| item.text().collect()).collect();
        assert_eq!(current, [name]);
    }
}

#[test]
fn a_cookie_of_the_switch_of_two_languages_still_means_simplified_chinese() {
    let (_folders, server) = served();
    let (_, body) = server.get_with("/", &[("Cookie", "gemba_language=zh")]);
    assert!(body.contains("<html lang=\"zh-Hans\">"));
}

#[test]
fn a_language_that_is_not_spoken_is_refused_with_those_that_are() {
    let (_folders, server) = served();
    let (status, cookie, _) = choose(&server, "klingon", "/");
    assert_eq!((status, cookie.as_str()), (400, ""));
}
