//! Two hundred people with random groups and grants over folders with random documents: nothing of what a person may not
//! read shows anywhere.

mod lying;
mod signs;

use gemba::domain::{Collection, Role};
use gemba::store::{DataPaths, GroupId, NewAccount, Store, Vouching};
use serde_json::{Value, json};

use self::lying::{COLLECTIONS, Kind, Lying, Numbers, folders_of, name, served, word};
use crate::support::{Browser, Folders, Server, encoded};

const GROUPS: usize = 20;
const PEOPLE: usize = 200;
const PASSWORD: &str = "eleven bolts in a box";
const QUESTION: &str = "How often is the seal of the pump replaced?";

/// A browser in which a person of this number is signed in, and the collections that the person may read.
struct Reader<'server> {
    browser: Browser<'server>,
    may: Vec<bool>,
    inspects: bool,
}

async fn people<'server>(
    folders: &Folders,
    server: &'server Server,
    numbers: &mut Numbers,
) -> Vec<Reader<'server>> {
    let store = Store::open(&DataPaths::of(folders.data.path()).store)
        .await
        .unwrap();
    let mut groups = vec![(GroupId::EVERYONE, vec![false; COLLECTIONS])];
    for number in 0..GROUPS {
        let id = store
            .add_group(&format!("group {number}"), None, None)
            .await
            .unwrap()
            .unwrap();
        groups.push((id, vec![false; COLLECTIONS]));
    }
    for (position, (id, may)) in groups.iter_mut().enumerate() {
        for _ in 0..numbers.below(if position == 0 { 2 } else { 4 }) {
            let collection = numbers.below(COLLECTIONS);
            may[collection] = true;
            let collection = Collection(name(collection));
            store.set_grant(*id, Some(&collection), true).await.unwrap();
        }
    }
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let inspects = number % 5 == 0;
        let new = NewAccount {
            name: &format!("person {number}"),
            role: if inspects { Role::Inspector } else { Role::Staff },
            password: None,
            source: Vouching::Local,
            subject: None,
        };
        let person = store.add_account(&new).await.unwrap().unwrap();
        let mut may = groups[0].1.clone();
        for _ in 0..numbers.below(4) {
            let (group, grants) = &groups[1 + numbers.below(GROUPS)];
            store.set_member(*group, person, true).await.unwrap();
            may.iter_mut()
                .zip(grants)
                .for_each(|(may, granted)| *may |= granted);
        }
        let secret = format!("{number:064x}");
        store
            .add_session(
                blake3::hash(secret.as_bytes()).as_bytes(),
                person,
                "192.0.2.1",
                "a test",
            )
            .await
            .unwrap();
        people.push(Reader {
            browser: Browser::signed_in(server, &secret),
            may,
            inspects,
        });
    }
    store.close().await;
    people
}

/// What the administrator leaves behind.
struct Left {
    /// An answer to everything.
    answer: String,
    /// Verified answers, with their questions and the folders on which they rest.
    verified: Vec<(i64, String, Vec<usize>)>,
}

fn leave(root: &mut Browser<'_>, lying: &[Lying], numbers: &mut Numbers) -> Left {
    let given = root.json(&format!("/api/ask?q={}", encoded(QUESTION)));
    // One of each folder; they are no revisions, so they stay in force.
    let sheets: Vec<&Lying> = lying.iter().filter(|file| file.kind == Kind::Pdf).collect();
    let mut verified = Vec::new();
    for number in 0..6 {
        let question = format!("Who is asked for seal number {number}?");
        let first = numbers.below(COLLECTIONS);
        let some = [sheets[first], sheets[(first + 5) % COLLECTIONS]];
        let some = &some[..=number % 2];
        let sentence =
            |(at, file): (usize, &&Lying)| format!("Ask for {}. [{}]", word(file.collection), at + 1);
        let text: Vec<String> = some.iter().enumerate().map(sentence).collect();
        let passages: Vec<i64> = some.iter().map(|file| file.passage).collect();
        let new =
            json!({ "questions": [question], "text": text.join("\n"), "passages": passages, "months": 12 });
        let kept = root.post_json("/api/review/verified", &new);
        let kept: Value = serde_json::from_str(&kept.body).unwrap();
        let rests_on = some.iter().map(|file| file.collection).collect();
        verified.push((kept["id"].as_i64().unwrap(), question, rests_on));
    }
    for collection in 0..COLLECTIONS {
        let question = encoded(&format!("May a hovercraft land on {}?", word(collection)));
        root.json(&format!("/api/ask?q={question}&collection={}", name(collection)));
    }
    Left {
        answer: given["id"].as_str().unwrap().to_owned(),
        verified,
    }
}

/// What stands behind the address of a document.
const BEHIND: [&str; 7] = [
    "",
    "?passage=PASSAGE",
    "?view=pages",
    "/original",
    "/pages/1.png",
    "/coverage",
    "/revisions",
];

/// Asks for some documents by name: one that may not be read is answered as one that there is not.
fn ask_by_name(browser: &Browser<'_>, behind: &str, some: &[&Lying], may: impl Fn(&Lying) -> bool) {
    let get = |id: i64, passage: i64| {
        let behind = behind.replace("PASSAGE", &passage.to_string());
        let reply = browser.get(&format!("/documents/{id}{behind}"));
        let mut body = reply.body;
        for (before, number) in [
            ("documents/", id),
            ("documents%2F", id),
            ("passage=", passage),
            ("passage%3D", passage),
        ] {
            body = body.replace(&format!("{before}{number}"), before);
        }
        (reply.status, body)
    };
    let missing = get(99_999, 99_999);
    assert_eq!(missing.0, 404, "{behind}: {}", missing.1);
    for file in some {
        let found = get(file.id, file.passage);
        if !may(file) {
            assert_eq!(found, missing, "{}{behind}", file.path);
        } else if file.kind == Kind::Pdf || !behind.contains("png") {
            assert_eq!(found.0, 200, "{}{behind}: {}", file.path, found.1);
        }
    }
}

#[test]
fn of_two_hundred_people_none_sees_what_was_not_granted() {
    let mut numbers = Numbers::seeded();
    let (folders, server, lying) = served(&mut numbers);
    let mut root = server.set_up("root", PASSWORD);
    let left = leave(&mut root, &lying, &mut numbers);
    let readers = tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(people(&folders, &server, &mut numbers));
    let question = encoded(QUESTION);
    let mut before = (left.answer.clone(), (0..COLLECTIONS).collect::<Vec<_>>());
    let mut inboxes = 0;
    for (number, reader) in readers.iter().enumerate() {
        let Reader { browser, may, .. } = reader;
        let all = |collections: &[usize]| collections.iter().all(|at| may[*at]);
        let (any, other) = (numbers.one(&lying), numbers.one(&lying));
        let (verified, asked, rests_on) = numbers.one(&left.verified);
        let own = format!("wanted by {number}.");
        let mine = encoded(&format!("{QUESTION} {own}"));
        let mut shown = String::new();
        let mut see = |address: &str| {
            let reply = browser.get(address);
            shown += &reply.body;
            reply
        };
        let everybody = [
            "/".to_owned(),
            format!("/ask?q={mine}"),
            format!("/search?q={question}"),
            "/library".to_owned(),
            format!("/documents/{}", any.id),
            format!("/documents/{}?passage={}", any.id, other.passage),
            format!("/documents/{}/compare/{}", any.id, other.id),
            format!("/api/documents/{}", any.id),
            "/api/library".to_owned(),
        ];
        let every_other = [
            format!("/ask/stream?q={question}"),
            format!("/documents/{}/original", any.id),
            format!("/documents/{}/revisions", any.id),
            "/library?state=failed&sort=size".to_owned(),
            "/health".to_owned(),
            format!("/ask?q={question}&follows={}", left.answer),
            format!("/answers/{}", left.answer),
            format!("/documents/{}/coverage", any.id),
            format!("/api/documents/{}/coverage", any.id),
            "/library/coverage.csv".to_owned(),
            "/library/status".to_owned(),
        ];
        let half = every_other.iter().skip(number % 2).step_by(2);
        for address in everybody.iter().chain(half) {
            see(address);
        }
        // What was asked stays with those who asked, and an answer with those who may read all that it rests on.
        for address in ["/history", "/ask/suggestions?q=wanted+by"] {
            let listed = see(address).body;
            let others = listed.matches("wanted by ").count() - listed.matches(&own).count();
            assert!(
                others == 0 && listed.contains(&own),
                "{address} of person {number}: {listed}"
            );
        }
        let status = see(&format!("/answers/{}", before.0)).status;
        assert_eq!(status == 200, all(&before.1), "person {number} and {before:?}");
        let given = see(&format!("/api/ask?q={question}")).body;
        let given: Value = serde_json::from_str(&given).unwrap();
        before = (
            given["id"].as_str().unwrap().to_owned(),
            folders_of(&given["passages"]),
        );
        let verified_comes = see(&format!("/ask/stream?q={}", encoded(asked))).body;
        assert_eq!(
            verified_comes.contains("event: verified"),
            all(rests_on),
            "{verified_comes}"
        );
        let suggested = see(&format!("/ask/suggestions?q={}", encoded(asked))).body;
        assert_eq!(suggested.contains("true"), all(rests_on), "{asked}: {suggested}");
        if reader.inspects {
            let opened = see(&format!("/review/verified/{verified}"));
            assert_eq!(opened.status, if all(rests_on) { 200 } else { 404 });
            let listed: Value = serde_json::from_str(&see("/api/review/verified").body).unwrap();
            let readable = left.verified.iter().filter(|(.., rests_on)| all(rests_on));
            assert_eq!(listed["total"], readable.count(), "{listed}");
            inboxes += usize::from(see("/review/inbox").body.contains("hovercraft"));
            see("/review/verified");
        }
        for (collection, may) in may.iter().enumerate() {
            assert_eq!(
                shown.contains(&word(collection)),
                *may,
                "person {number} and {}",
                name(collection)
            );
        }
        // Asked for by name, what may not be read is answered as what does not exist.
        let collection = numbers.below(COLLECTIONS);
        let named = encoded(&name(collection));
        let found = browser.json(&format!("/api/search?q={question}&collection={named}"));
        let listed = browser.json(&format!("/api/library?collection={named}"));
        assert_eq!(found["found"].as_u64().unwrap() > 0, may[collection], "{found}");
        let there = |at: usize| {
            lying
                .iter()
                .filter(|file| file.collection == at && may[at])
                .count()
        };
        assert_eq!(listed["total"], there(collection), "{listed}");
        let readable: usize = (0..COLLECTIONS).map(there).sum();
        assert_eq!(listed["counts"]["documents"], readable);
        let missing = browser.get("/api/documents/99999").body;
        let some: Vec<&Lying> = (0..3).map(|_| numbers.one(&lying)).collect();
        for hidden in some.iter().filter(|file| !may[file.collection]) {
            let reply = browser.get(&format!("/api/documents/{}", hidden.id));
            assert_eq!((reply.status, &reply.body), (404, &missing));
        }
        ask_by_name(browser, BEHIND[number % BEHIND.len()], &some, |file| {
            may[file.collection]
        });
    }
    assert!(inboxes > 0, "no inspector has anything in the inbox");
}
