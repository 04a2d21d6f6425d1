//! Whoever scans the sign on a machine, who has no account: what its documents are, and what is kept from them.

use qrcode::QrCode;
use qrcode::render::svg::Color;
use serde_json::Value;

use crate::access::{PASSWORD, folders};
use crate::administration::between;
use crate::support::{Browser, Folders, Server, encoded};

/// A phone that scanned the sign of a folder, which is the `number`th that is made.
pub fn phone<'server>(
    root: &mut Browser<'_>,
    server: &'server Server,
    number: usize,
    folder: &str,
) -> Browser<'server> {
    let made = root.post("/kiosks", &[("name", folder), ("folder", folder)]);
    assert_eq!(made.status, 303, "{}", made.body);
    let sign = root.get(&format!("/kiosks/{number}")).body;
    let (_, link) = sign.split_once("/kiosk/").unwrap();
    let mut phone = Browser::new(server);
    phone.follow(&format!("/kiosk/{}", link.split('<').next().unwrap()));
    phone
}

fn asked(browser: &Browser<'_>, question: &str) -> Value {
    browser.json(&format!("/api/ask?q={}", encoded(question)))
}

/// The link in words on the first sign, that the code leads to it too, and whether the page says that no phone gets there.
fn first_sign(root: &Browser<'_>) -> (String, bool) {
    let page = root.get("/kiosks/1").body;
    let link = between(&page, "<p class=\"path\">", "<").to_owned();
    let code = root.get("/kiosks/1/code.svg").body;
    let expected = QrCode::new(&link).unwrap();
    let expected = expected.render::<Color<'_>>().min_dimensions(320, 320).build();
    assert!(code == expected, "the code is not the one of {link}: {code}");
    (link, page.contains("A phone cannot follow this link"))
}

#[test]
fn the_code_on_a_sign_leads_to_its_link_where_other_machines_find_this_one() {
    let folders = folders();
    let key = {
        let server = folders.serve();
        let mut root = server.set_up("root", PASSWORD);
        root.post("/kiosks", &[("name", "Gauges"), ("folder", "quality")]);
        let (link, only_here) = first_sign(&root);
        assert!(only_here, "{link} means this machine alone");
        let (at, key) = link.split_once("/kiosk/").unwrap();
        assert_eq!((at, key.len()), (server.address.as_str(), 32));
        key.to_owned()
    };
    let named = [
        ("GEMBA_SERVER_TLS", "off"),
        ("GEMBA_SERVER_NAMES", "gemba.plant.example, gemba"),
    ];
    let mut server = folders.serve_at_with("0.0.0.0:0", &named);
    server.address = server.address.replace("0.0.0.0", "127.0.0.1");
    let (_, port) = server.address.rsplit_once(':').unwrap();
    let expected = format!("http://gemba.plant.example:{port}/kiosk/{key}");
    assert_eq!(first_sign(&server.sign_in("root", PASSWORD)), (expected, false));
}

#[test]
fn a_manual_that_lies_beside_each_of_two_machines_answers_at_both() {
    let folders = folders();
    const MANUAL: &str = "# Presses\n\nThe guard of a press is cleaned with soap once a week.\n\n\
                          Its hinges are greased on Fridays.\n";
    for press in [4, 5] {
        folders.write(&format!("machines/press-{press}/manual.md"), MANUAL);
    }
    let server = folders.serve();
    server.wait_until("one of both says the same as the other", |server| {
        let states = server.states();
        let state = |press: u32| states.get(&format!("machines/press-{press}/manual.md")).cloned();
        let mut both = [4, 5].map(|press| state(press).map(|(state, _)| state));
        both.sort();
        both == ["duplicate", "searchable"].map(|state| Some(state.to_owned()))
    });
    let mut root = server.set_up("root", PASSWORD);
    for (number, press) in [(1, "press-4"), (2, "press-5")] {
        let phone = phone(&mut root, &server, number, &format!("machines/{press}"));
        let other = if press == "press-4" { "press-5" } else { "press-4" };
        let answer = asked(&phone, "What is the guard of a press cleaned with?");
        let citation = &answer["quotes"][0]["citation"];
        assert_eq!(
            citation["path"],
            format!("machines/{press}/manual.md"),
            "{answer}"
        );
        let place = format!(
            "/documents/{}?passage={}&from={}&to={}",
            citation["document"], citation["passage"], citation["span"]["start"], citation["span"]["end"]
        );
        let page = phone.get(&place);
        assert_eq!(page.status, 200);
        assert!(
            page.body.contains("cleaned with soap") && page.body.contains("<mark"),
            "{}",
            page.body
        );
        let kept = phone.get(&format!("/answers/{}", answer["id"].as_str().unwrap()));
        assert_eq!(kept.status, 200);
        let listed = phone.json("/api/library");
        assert_eq!(listed["documents"][0]["state"]["state"], "searchable", "{listed}");
        assert_eq!(
            (&listed["total"], &listed["counts"]["searchable"]),
            (&1.into(), &1.into()),
            "{listed}"
        );
        let shown = [
            answer.to_string(),
            page.body,
            kept.body,
            listed.to_string(),
            phone.get("/library").body,
            phone
                .get(&format!("/documents/{}/original", citation["document"]))
                .body,
        ];
        for shown in shown {
            assert!(!shown.contains(other), "{other} at {press}: {shown}");
        }
    }
}

#[test]
fn the_documents_of_a_sign_are_found_among_more_than_the_indexes_are_asked_for() {
    let folders = Folders::new();
    // Each of these comes before what lies below the folder: it says the words once more.
    let mut others = String::new();
    for number in 0..1_100 {
        let said = format!("Oil, oil, oil: the oil of part {number} is oil. ").repeat(5);
        others += &format!("# Part {number}\n\n{said}\n\n");
    }
    folders.write("machines/all/parts.md", others);
    folders.write(
        "machines/press-4/oil.md",
        "# Press 4\n\nWhoever fills the tank of the press up takes oil, as the plate on its left side says: 40 litres.\n",
    );
    let server = folders.serve();
    for path in ["machines/all/parts.md", "machines/press-4/oil.md"] {
        server.wait_until_searchable(path);
    }
    let passages = server.json("/api/library")["counts"]["passages"]
        .as_u64()
        .unwrap();
    assert!(passages > 1_000, "only {passages} passages");
    let mut root = server.set_up("root", PASSWORD);
    let phone = phone(&mut root, &server, 1, "machines/press-4");
    let found = phone.json("/api/search?q=oil");
    assert_eq!(found["hits"][0]["path"], "machines/press-4/oil.md", "{found}");
    assert_eq!(found["found"], 1, "{found}");
}
