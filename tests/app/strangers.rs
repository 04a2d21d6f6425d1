//! Two hundred people with random groups and grants: nothing of what a person may not read shows anywhere.

use gemba::domain::{Collection, Role};
use gemba::store::{DataPaths, GroupId, NewAccount, Store, Vouching};

use crate::support::{Browser, Folders, Server, encoded};

const COLLECTIONS: usize = 12;
const GROUPS: usize = 20;
const PEOPLE: usize = 200;

/// Numbers that look random and are the same each time: xorshift64.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// A word that stands in the documents of one collection and in no other, nor in any page of the program.
fn word(collection: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(collection).unwrap());
    format!("q{letter}zx{letter}wv")
}

fn name(collection: usize) -> String {
    format!("{}-files", word(collection))
}

/// A browser in which a person of this number is signed in, and the collections that the person may read.
struct Reader<'server> {
    browser: Browser<'server>,
    may: Vec<bool>,
}

async fn people<'server>(folders: &Folders, server: &'server Server) -> Vec<Reader<'server>> {
    let store = Store::open(&DataPaths::of(folders.data.path()).store)
        .await
        .unwrap();
    let mut numbers = Numbers(0x5eed_1234_5678_9abc);
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
        let new = NewAccount {
            name: &format!("person {number}"),
            role: if number % 5 == 0 {
                Role::Inspector
            } else {
                Role::Staff
            },
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
        });
    }
    store.close().await;
    people
}

#[test]
fn of_two_hundred_people_none_sees_what_was_not_granted() {
    let folders = Folders::new();
    for collection in 0..COLLECTIONS {
        let (own, other) = (word(collection), word((collection + 1) % COLLECTIONS));
        assert_ne!(own, other);
        folders.write(
            &format!("{}/{own}.md", name(collection)),
            format!(
                "# Pump {own}\n\nThe seal of the {own} pump is replaced every {} months.",
                collection + 2
            ),
        );
        folders.write(&format!("{}/bad {own}.pdf", name(collection)), "no PDF at all");
    }
    let server = folders.serve();
    for collection in 0..COLLECTIONS {
        server.wait_until_searchable(&format!("{}/{}.md", name(collection), word(collection)));
        server.wait_until_state(
            &format!("{}/bad {}.pdf", name(collection), word(collection)),
            "failed",
        );
    }
    let root = server.set_up("root", "eleven bolts in a box");
    // An answer of the administrator that rests on everything.
    let given = root.json(&format!(
        "/api/ask?q={}",
        encoded("How often is the seal of the pump replaced?")
    ));
    let shared = given["id"].as_str().unwrap().to_owned();
    let readers = tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(people(&folders, &server));
    let documents = 2 * COLLECTIONS;
    let question = encoded("How often is the seal of the pump replaced?");
    for (number, reader) in readers.iter().enumerate() {
        let any = number % documents + 1;
        let collection = name(number % COLLECTIONS);
        let mut shown = String::new();
        for address in [
            "/".to_owned(),
            format!("/ask?q={question}"),
            format!("/ask/stream?q={question}"),
            format!("/ask?q={question}&follows={shared}"),
            format!("/answers/{shared}"),
            format!("/search?q={question}"),
            "/library".to_owned(),
            "/library?state=failed&sort=size".to_owned(),
            "/library/status".to_owned(),
            "/history".to_owned(),
            format!("/documents/{any}"),
            format!("/documents/{any}/original"),
            format!("/api/documents/{any}"),
            format!("/api/ask?q={question}"),
            "/api/library".to_owned(),
            "/health".to_owned(),
        ] {
            shown += &reader.browser.get(&address).body;
        }
        for (collection, may) in reader.may.iter().enumerate() {
            assert_eq!(
                shown.contains(&word(collection)),
                *may,
                "person {number} and {}",
                name(collection)
            );
        }
        // Asked for by name, what may not be read is answered as what does not exist.
        let found = reader.browser.json(&format!(
            "/api/search?q={question}&collection={}",
            encoded(&collection)
        ));
        let listed = reader
            .browser
            .json(&format!("/api/library?collection={}", encoded(&collection)));
        let may = reader.may[number % COLLECTIONS];
        assert_eq!(found["found"].as_u64().unwrap() > 0, may, "{found}");
        assert_eq!(
            listed["total"].as_u64().unwrap(),
            if may { 2 } else { 0 },
            "{listed}"
        );
        let granted = reader.may.iter().filter(|may| **may).count();
        assert_eq!(
            listed["counts"]["documents"].as_u64().unwrap(),
            2 * granted as u64
        );
        let missing = reader.browser.get("/api/documents/9999").body;
        let hidden = (1..=documents)
            .map(|id| reader.browser.get(&format!("/api/documents/{id}")))
            .filter(|reply| reply.status != 200);
        assert!(
            hidden
                .take(3)
                .all(|reply| reply.status == 404 && reply.body == missing)
        );
    }
}
