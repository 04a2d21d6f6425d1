//! Random documents in folders, each of which has a word of its own.

use serde_json::Value;

use crate::support::{Folders, Server, files};

/// How many folders there are.
pub const COLLECTIONS: usize = 12;

/// Numbers that look random and are the same each time: xorshift64.
pub struct Numbers(pub u64);

impl Numbers {
    /// Those of the seed that `GEMBA_SEED` names, or of the usual one. It is printed, which shows where a test fails.
    pub fn seeded() -> Self {
        let seed = std::env::var("GEMBA_SEED").map_or(0x5eed_1234_5678_9abc, |text| {
            text.parse()
                .unwrap_or_else(|error| panic!("GEMBA_SEED={text}: {error}"))
        });
        println!("GEMBA_SEED={seed}");
        // Numbers that differ by little begin alike, and one of them, 0, stays what it is.
        let mut numbers = Self(u64::max(seed, 1));
        for _ in 0..16 {
            numbers.below(2);
        }
        numbers
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    pub fn one<'some, T>(&mut self, some: &'some [T]) -> &'some T {
        &some[self.below(some.len())]
    }
}

/// A word that stands in the documents of one collection and in no other, nor in any page of the program.
pub fn word(collection: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(collection).unwrap());
    format!("q{letter}zx{letter}wv")
}

pub fn name(collection: usize) -> String {
    format!("{}-files", word(collection))
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Pdf,
    Broken,
}

/// A file, its number in addresses, and the number of its first passage.
pub struct Lying {
    pub path: String,
    pub collection: usize,
    pub kind: Kind,
    pub id: i64,
    pub passage: i64,
}

/// A server on such folders, that has read all of them.
pub fn served(numbers: &mut Numbers) -> (Folders, Server, Vec<Lying>) {
    let folders = Folders::new();
    let mut lying = drop_files(&folders, numbers);
    let server = folders.serve();
    wait_and_number(&server, &mut lying);
    (folders, server, lying)
}

/// Drops one PDF, one to three texts and up to two broken files into each folder. Some texts are revisions of documents that
/// lie in several folders.
fn drop_files(folders: &Folders, numbers: &mut Numbers) -> Vec<Lying> {
    let mut lying = Vec::new();
    for collection in 0..COLLECTIONS {
        let own = word(collection);
        let mut add = |numbers: &mut Numbers, kind: Kind, name: String, content: Vec<u8>| {
            let below = numbers.one(&["", "", "shelf/", "shelf/box/"]);
            let path = format!("{}/{below}{name}", self::name(collection));
            folders.write(&path, content);
            lying.push(Lying {
                path,
                collection,
                kind,
                id: 0,
                passage: 0,
            });
        };
        let sentence = |pump: &str, months: usize| {
            format!("The seal of the {own} pump {pump} is replaced every {months} months.")
        };
        let sheet = format!("Pump {own}\n{}", sentence("P", collection + 2));
        add(
            numbers,
            Kind::Pdf,
            format!("{own}.pdf"),
            files::pdf(&[&sheet, &own]),
        );
        for text in 0..=numbers.below(3) {
            let controlled = match numbers.below(3) {
                0 => String::new(),
                number => format!(
                    "Document no.: SOP-QA-0{number}0 | Revision: {}\n\n",
                    collection * 3 + text + 1
                ),
            };
            let text = format!(
                "{controlled}# Pump {own} {text}\n\n{}\n",
                sentence(&text.to_string(), collection + text + 3)
            );
            let place = numbers.below(1_000);
            add(
                numbers,
                Kind::Text,
                format!("{own} {place}.md"),
                text.into_bytes(),
            );
        }
        for broken in 0..numbers.below(3) {
            let content = format!("no PDF at all {own} {broken}");
            add(
                numbers,
                Kind::Broken,
                format!("bad {own} {broken}.pdf"),
                content.into_bytes(),
            );
        }
    }
    lying
}

/// Waits until all of them are read, and asks for their numbers.
fn wait_and_number(server: &Server, lying: &mut [Lying]) {
    for file in lying.iter() {
        let state = if file.kind == Kind::Broken {
            "failed"
        } else {
            "searchable"
        };
        server.wait_until_state(&file.path, state);
    }
    for file in lying.iter_mut() {
        file.id = server.document_id(&file.path);
        let found = server.search_in(
            &format!("seal of the {} pump", word(file.collection)),
            &name(file.collection),
        );
        let found = found.as_array().unwrap();
        let own = found.iter().find(|hit| hit["document"] == file.id);
        file.passage = own.map_or(0, |hit| hit["id"].as_i64().unwrap());
    }
}

/// The folders of the files that stand at `path` of each of a list.
pub fn folders_of(list: &Value) -> Vec<usize> {
    let paths = list
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["path"].as_str().unwrap());
    paths
        .map(|path| (0..COLLECTIONS).find(|at| path.starts_with(&name(*at))).unwrap())
        .collect()
}
