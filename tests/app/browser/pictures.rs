//! Pictures of every page, for people to look at, and those of the README in the folder `readme` below:
//! `GEMBA_PICTURES=FOLDER cargo test --test app pictures`.

use std::fs;
use std::path::PathBuf;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{Rgb, RgbImage, imageops};

use super::pages::{ANSWERED_BY_TABLE, PAGES, asked};
use super::{Chromium, Folders, Look, Server, visit};

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

/// Where pictures are to lie; none, with a word on it, where nobody wants any.
fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("GEMBA_PICTURES").map(PathBuf::from);
    if named.is_none() {
        eprintln!("skipped: GEMBA_PICTURES names no folder");
    }
    named
}

#[test]
fn pictures_of_every_page_are_made_where_a_folder_is_named_for_them() {
    let Some(folder) = folder() else { return };
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

/// Between the two halves of a picture of the README.
const GAP: u32 = 24;
const BETWEEN: Rgb<u8> = Rgb([205, 210, 206]);

/// What the window shows of a page at a desk, and beside it on a phone that is as high.
fn at_a_desk_and_on_a_phone(browser: &Chromium, page: &str) -> RgbImage {
    let phone = Look {
        height: Look::DESK.height,
        ..Look::PHONE
    };
    let [desk, phone] = [Look::DESK, phone].map(|look| {
        browser.look(look);
        browser.go(page);
        browser.wait_until("document.getAnimations().length === 0");
        image::load_from_memory(&browser.screen()).unwrap().to_rgb8()
    });
    let mut both = RgbImage::from_pixel(desk.width() + GAP + phone.width(), desk.height(), BETWEEN);
    imageops::replace(&mut both, &desk, 0, 0);
    imageops::replace(&mut both, &phone, (desk.width() + GAP).into(), 0);
    both
}

/// A server whose documents do not answer some questions, one of them asked by several people.
fn unanswering(folders: &Folders) -> Server {
    folders.write("canteen.md", "# Canteen\n\nThe canteen opens at 11:30.\n");
    let server = folders.serve();
    server.wait_until_searchable("canteen.md");
    for question in [
        "How is the new laser cutter aligned?",
        "Who may drive the forklift in the paint shop?",
        "Which gloves protect against isocyanate?",
        "Who may drive the forklift of the paint shop?",
    ] {
        assert_eq!(server.ask(question)["verdict"], "refused", "{question}");
    }
    server
}

#[test]
fn pictures_of_the_readme_are_put_together_where_a_folder_is_named_for_them() {
    let Some(folder) = folder() else { return };
    let folder = folder.join("readme");
    fs::create_dir_all(&folder).unwrap();
    let folders = Folders::new();
    let unanswering = unanswering(&folders);
    let Some((browser, _)) = visit() else { return };
    for (name, page) in [
        ("ask", asked(ANSWERED_BY_TABLE)),
        ("search", "/search?q=torque".to_owned()),
        ("library", "/library".to_owned()),
        ("inbox", format!("{}/review/inbox", unanswering.address)),
    ] {
        let both = at_a_desk_and_on_a_phone(&browser, &page);
        assert_eq!(both.dimensions(), (1_664, 900), "{name}");
        let file = fs::File::create(folder.join(format!("{name}.png"))).unwrap();
        let encoder = PngEncoder::new_with_quality(file, CompressionType::Best, FilterType::Adaptive);
        both.write_with_encoder(encoder).unwrap();
    }
}
