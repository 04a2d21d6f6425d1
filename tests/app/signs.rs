//! Whoever scans the sign on a machine, who has no account: what its documents are, and what is kept from them.

use qrcode::QrCode;
use qrcode::render::svg::Color;
use serde_json::{Value, json};

use crate::access::{PASSWORD, folders};
use crate::administration::between;
use crate::pictures::{LATHE, QUESTION, SAFETY};
use crate::support::files::pdf;
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

/// Writes a file beside each of two machines, and serves them once one says the same as the other: the one that says the
/// same, and the one that answers.
fn beside_two_machines(folders: &Folders, name: &str, content: &[u8]) -> (Server, [&'static str; 2]) {
    const BOTH: [&str; 2] = ["press-4", "press-5"];
    for press in BOTH {
        folders.write(&format!("machines/{press}/{name}"), content);
    }
    let server = folders.serve();
    let state_at = |server: &Server, press: &str| {
        let states = server.states();
        let state = states.get(&format!("machines/{press}/{name}"));
        state.map(|(state, _)| state.clone()).unwrap_or_default()
    };
    server.wait_until("one of both says the same as the other", |server| {
        let mut both = BOTH.map(|press| state_at(server, press));
        both.sort();
        both == ["duplicate", "searchable"]
    });
    let [one, other] = BOTH;
    let twin_first = match state_at(&server, one).as_str() {
        "duplicate" => [one, other],
        _ => [other, one],
    };
    (server, twin_first)
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
    let (server, _) = beside_two_machines(&folders, "manual.md", MANUAL.as_bytes());
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
fn what_is_cited_of_a_pdf_that_lies_beside_each_of_two_machines_is_marked_at_both() {
    let folders = folders();
    let (server, presses) = beside_two_machines(&folders, "lathe.pdf", &pdf(&[SAFETY, LATHE]));
    server.wait_until_nothing_waits();
    let mut root = server.set_up("root", PASSWORD);
    // First at the one that says the same: nobody has drawn the page before.
    let marked = [1, 2].map(|number| {
        let phone = phone(
            &mut root,
            &server,
            number,
            &format!("machines/{}", presses[number - 1]),
        );
        let answer = asked(&phone, QUESTION);
        let quotes = answer["quotes"].as_array().unwrap();
        let says = |quote: &&Value| quote["text"].as_str().unwrap().contains("250 hours");
        let citation = &quotes.iter().find(says).unwrap()["citation"];
        let cookie = phone.cookie();
        let drawn = |address: &str| {
            let (status, _, picture) = server.get_bytes(address, &[("cookie", &cookie)]);
            assert_eq!(status, 200, "{address}: {}", String::from_utf8_lossy(&picture));
            picture
        };
        let (document, page) = (&citation["document"], &citation["locator"]["page"]);
        let (passage, span) = (&citation["passage"], &citation["span"]);
        let place = format!("passage={passage}&from={}&to={}", span["start"], span["end"]);
        let plain = drawn(&format!("/documents/{document}/pages/{page}.png"));
        let marked = drawn(&format!("/documents/{document}/pages/{page}.png?{place}"));
        assert!(marked != plain, "nothing is marked at the sign number {number}");
        let found = phone.json(&format!(
            "/api/documents/{document}/pages/{page}/rectangles?{place}"
        ));
        assert_eq!(found["rectangles"].as_array().unwrap().len(), 1, "{found}");
        marked
    });
    assert!(marked[0] == marked[1], "both are one page");
}

#[test]
fn a_file_that_lies_beside_each_of_two_machines_is_counted_listed_and_accounted_for_alike_at_both() {
    let folders = folders();
    let pages = pdf(&["Press 7 runs at 63 bar.", "", "Check the valve daily."]);
    let (server, presses) = beside_two_machines(&folders, "press.pdf", &pages);
    let mut root = server.set_up("root", PASSWORD);
    for (number, press) in [(1, presses[0]), (2, presses[1])] {
        let phone = phone(&mut root, &server, number, &format!("machines/{press}"));
        for (state, total) in [("searchable", 1), ("duplicate", 0)] {
            let listed = phone.json(&format!("/api/library?state={state}&sort=worst"));
            let documents = listed["documents"].as_array().unwrap();
            assert_eq!(
                (&listed["total"], documents.len()),
                (&total.into(), total),
                "{listed}"
            );
        }
        let listed = phone.json("/api/library");
        let document = &listed["documents"][0]["id"];
        let account = phone.json(&format!("/api/documents/{document}/coverage"));
        assert_eq!(
            account["coverage"],
            json!({"pages": 3, "exceptions": [{"first": 2, "last": 2, "fate": "empty"}]})
        );
        let table = phone.get("/library/coverage.csv").body;
        assert!(!table.contains("duplicate"), "{table}");
        assert_eq!(table.lines().count(), 4, "three runs of pages: {table}");
        assert!(table.contains(&format!("machines/{press}/press.pdf")), "{table}");
    }
}

#[test]
fn the_revision_in_force_is_known_at_a_sign_though_it_lies_beside_another_machine_too() {
    let folders = folders();
    let torque = |bolt: u32| {
        format!("# Flange\n\nThe flange bolt of the press is tightened to {bolt} Nm in two steps.\n")
    };
    let name = "SOP-QA-030 rev 3.md";
    // At the machine at which the newer one only says the same, the older one is superseded all the same.
    for press in ["press-4", "press-5"] {
        folders.write(
            &format!("machines/{press}/SOP-QA-030 rev 2.md"),
            format!("{}\nThis is {press}.\n", torque(25)),
        );
    }
    let (server, presses) = beside_two_machines(&folders, name, torque(28).as_bytes());
    server.wait_until_nothing_waits();
    let mut root = server.set_up("root", PASSWORD);
    for (number, press) in [(1, presses[0]), (2, presses[1])] {
        let phone = phone(&mut root, &server, number, &format!("machines/{press}"));
        let answer = asked(
            &phone,
            "To how many Nm is the flange bolt of the press tightened?",
        );
        let quotes = answer["quotes"].to_string();
        assert!(quotes.contains("28 Nm") && !quotes.contains("25 Nm"), "{quotes}");
        let document = &answer["quotes"][0]["citation"]["document"];
        let page = phone.get(&format!("/documents/{document}/revisions")).body;
        for revision in ["rev 2", "rev 3"] {
            assert!(
                page.contains(&format!("machines/{press}/SOP-QA-030 {revision}.md")),
                "{page}"
            );
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
