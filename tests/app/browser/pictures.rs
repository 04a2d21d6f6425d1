//! Pictures of every page, for people to look at: `GEMBA_PICTURES=FOLDER cargo test --test app pictures`.

use std::fs;
use std::path::PathBuf;

use super::pages::PAGES;
use super::{Look, visit};

const LOOKS: &[(&str, Look)] = &[
    ("light", Look::DESK),
    ("dark", Look::DESK.dark()),
    ("phone", Look::PHONE),
    ("phone-dark", Look::PHONE.dark()),
    ("tablet", Look::TABLET),
    ("tablet-dark", Look::TABLET_LYING.dark()),
    ("contrast", Look::DESK.contrast()),
    ("contrast-dark", Look::DESK.dark().contrast()),
    ("forced-colors", Look::DESK.dark().forced()),
];

#[test]
fn pictures_of_every_page_are_made_where_a_folder_is_named_for_them() {
    let Some(folder) = std::env::var_os("GEMBA_PICTURES").map(PathBuf::from) else {
        eprintln!("skipped: GEMBA_PICTURES names no folder");
        return;
    };
    fs::create_dir_all(&folder).unwrap();
    let Some((browser, server)) = visit() else { return };
    for (name, look) in LOOKS {
        browser.look(*look);
        for page in PAGES {
            browser.go(&(page.path)(server));
            let picture = browser.picture(*look);
            assert!(picture.starts_with(b"\x89PNG"), "{}", page.name);
            fs::write(folder.join(format!("{}.{name}.png", page.name)), picture).unwrap();
        }
    }
}
