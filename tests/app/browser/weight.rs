//! What each page weighs over the wire with all that it needs, as a browser gets it that has nothing of it yet.

use std::collections::BTreeMap;

use super::pages::PAGES;
use super::{Server, demo_server};

/// In bytes.
const HEAVIEST: usize = 100_000;

/// The addresses of what a page loads: its style, its script, its pictures.
fn needs(page: &str) -> Vec<&str> {
    page.split([' ', '>'])
        .filter_map(|attribute| {
            let address = attribute
                .strip_prefix("href=\"")
                .or(attribute.strip_prefix("src=\""))?;
            address.split('"').next()
        })
        .filter(|address| address.starts_with("/static/"))
        .collect()
}

fn sent(server: &Server, path: &str) -> (u16, Vec<u8>) {
    let (status, _, bytes) = server.get_bytes(
        path,
        &[
            ("Accept-Encoding", "gzip, deflate, br, zstd"),
            ("Accept", "text/html"),
        ],
    );
    (status, bytes)
}

#[test]
fn every_page_weighs_less_than_100_kilobytes_with_all_it_needs() {
    let server = demo_server();
    let mut assets = BTreeMap::new();
    for page in PAGES {
        let path = (page.path)(server);
        let text = server.get(&path).1;
        let mut weight = sent(server, &path).1.len();
        let needed = needs(&text);
        assert!(needed.len() >= 3, "{} needs {needed:?}", page.name);
        for address in needed {
            weight += *assets.entry(address.to_owned()).or_insert_with(|| {
                let (status, bytes) = sent(server, address);
                assert_eq!(status, 200, "{address}");
                bytes.len()
            });
        }
        println!("{:20} {weight:6} bytes", page.name);
        assert!(weight < HEAVIEST, "{} weighs {weight} bytes", page.name);
    }
}
