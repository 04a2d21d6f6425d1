//! Pages of TIFF in every form that scanners write: files that other programs wrote (`tests/cases/tiff/make.py`), and what
//! becomes of broken ones.

use std::path::{Path, PathBuf};

use image::RgbImage;
use proptest::prelude::*;

use crate::ingest::parse::image_file::{Content, ImageFile};
use crate::ingest::parse::page::PageTrouble;

const WIDTH: u32 = 45;
const HEIGHT: u32 = 31;

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases/tiff")
        .join(format!("{name}.tif"))
}

fn open(bytes: Vec<u8>) -> Option<ImageFile> {
    ImageFile::of(Content::Bytes(bytes)).ok()
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(case(name)).unwrap()
}

fn decoded(name: &str) -> RgbImage {
    let file = ImageFile::open(std::fs::File::open(case(name)).unwrap()).unwrap();
    assert_eq!(file.pages(), 1, "{name}");
    let picture = file
        .decoded(1)
        .unwrap_or_else(|trouble| panic!("{name}: {trouble}"));
    assert_eq!(file.size(1), Ok(picture.dimensions()), "{name}");
    picture
}

#[track_caller]
fn assert_shows(name: &str, most: u8, expected: impl Fn(u32, u32) -> [u8; 3]) {
    let picture = decoded(name);
    assert_eq!(picture.dimensions(), (WIDTH, HEIGHT), "{name}");
    for (x, y, pixel) in picture.enumerate_pixels() {
        let expected = expected(x, y);
        let near = pixel
            .0
            .iter()
            .zip(expected)
            .all(|(found, wanted)| found.abs_diff(wanted) <= most);
        assert!(near, "{name} at {x}, {y}: {pixel:?} is not {expected:?}");
    }
}

fn byte(number: u32) -> u8 {
    u8::try_from(number % 256).unwrap()
}

fn gray(x: u32, y: u32) -> [u8; 3] {
    [byte(x * 5 + y * 3); 3]
}

fn rgb(x: u32, y: u32) -> [u8; 3] {
    [byte(x * 5), byte(y * 8), byte(x * y)]
}

fn black(x: u32, y: u32) -> [u8; 3] {
    [if (x / 3 + y / 2).is_multiple_of(3) { 0 } else { 255 }; 3]
}

#[test]
fn black_and_white_is_read_in_every_compression_of_scanners_and_fax_machines() {
    for name in [
        "plain", "packbits", "lzw", "deflate", "rle", "g3", "g3-2d", "g3-fill", "g4", "g4-lsb", "g4-white",
    ] {
        assert_shows(&format!("black-{name}"), 0, black);
    }
}

#[test]
fn shades_are_read_in_eight_and_sixteen_bits_strips_and_tiles_and_both_orders_of_bytes() {
    for name in [
        "plain",
        "lzw",
        "white-zero",
        "16-little",
        "16-big",
        "bigtiff",
        "tiles",
    ] {
        assert_shows(&format!("gray-{name}"), 0, gray);
    }
    assert_shows("smooth-jpeg", 3, |x, y| [byte(40 + x * 2 + y * 3); 3]);
}

#[test]
fn colours_are_read_as_planes_palettes_inks_and_with_what_can_be_seen_through() {
    for name in ["plain", "lzw", "packbits", "planes", "tiles", "cmyk"] {
        assert_shows(&format!("rgb-{name}"), 0, rgb);
    }
    assert_shows("rgba-lzw", 0, |x, y| if x < 10 { [255; 3] } else { rgb(x, y) });
    assert_shows("palette-lzw", 0, |x, y| {
        let number = (x + y) % 8;
        [byte(number * 32), byte(255 - number * 32), byte(number * 16)]
    });
    let tint = |x: u32, y: u32| {
        let shade = 40 + x * 2 + y * 3;
        [byte(shade), byte(shade / 2), byte(255 - shade)]
    };
    assert_shows("tint-jpeg", 12, tint);
    assert_shows("tint-jpeg-ycc", 24, tint);
}

#[test]
fn a_page_is_turned_as_the_scanner_says() {
    let (right, below) = (WIDTH - 1, HEIGHT - 1);
    // Where the pixel at 2, 1 of the file is seen.
    for (orientation, seen) in [
        (1, (2, 1)),
        (2, (right - 2, 1)),
        (3, (right - 2, below - 1)),
        (4, (2, below - 1)),
        (5, (1, 2)),
        (6, (below - 1, 2)),
        (7, (below - 1, right - 2)),
        (8, (1, right - 2)),
    ] {
        let picture = decoded(&format!("turned-{orientation}"));
        assert_eq!(picture.width() == WIDTH, orientation < 5);
        assert_eq!(picture.get_pixel(seen.0, seen.1).0, gray(2, 1), "{orientation}");
    }
}

#[test]
fn a_fax_of_half_as_many_rows_is_as_high_as_its_sheet() {
    let picture = decoded("fax-stretched");
    assert_eq!(picture.dimensions(), (WIDTH, HEIGHT * 2));
    for (x, y, pixel) in picture.enumerate_pixels() {
        assert_eq!(pixel.0, black(x, y / 2));
    }
}

#[test]
fn every_directory_is_a_page_and_one_that_cannot_be_read_costs_no_other() {
    let whole = open(bytes("pages")).unwrap();
    assert_eq!(whole.pages(), 3);
    assert_eq!(whole.decoded(2).unwrap().get_pixel(7, 3).0, gray(7, 3));
    assert_eq!(whole.decoded(4), Err(PageTrouble::Damaged));
    let unknown = open(bytes("pages-unknown")).unwrap();
    assert_eq!(unknown.pages(), 3);
    let trouble = unknown.decoded(2).unwrap_err();
    assert!(trouble.to_string().contains("compression 50000"), "{trouble}");
    for page in [1, 3] {
        assert_eq!(unknown.decoded(page).unwrap().get_pixel(7, 3).0, black(7, 3));
    }
}

#[test]
fn a_chain_of_pages_that_leads_back_to_its_beginning_ends_there() {
    assert_eq!(open(bytes("pages-loop")).unwrap().pages(), 3);
}

#[test]
fn a_file_that_breaks_off_loses_the_pages_behind_the_break_and_says_so() {
    let bytes = bytes("pages");
    let whole = open(bytes.clone()).unwrap();
    let mut kept = [0; 4];
    for length in 0..bytes.len() {
        let Some(file) = open(bytes[..length].to_vec()) else {
            continue;
        };
        let mut read = 0;
        for page in 1..=file.pages() {
            if let Ok(picture) = file.decoded(page) {
                assert!(
                    picture == whole.decoded(page).unwrap(),
                    "page {page} of {length} bytes"
                );
                read += 1;
            }
        }
        assert!(
            file.pages() == 3 || read < file.pages(),
            "{length} bytes are not the whole file"
        );
        kept[read as usize] += 1;
    }
    assert!(kept[1] > 0 && kept[2] > 0, "{kept:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_bytes_make_the_reading_panic_or_take_more_memory_than_a_page_may(
        name in proptest::sample::select(vec![
            "black-g3", "black-g3-2d", "black-g4", "black-rle", "black-packbits", "gray-lzw", "gray-tiles",
            "gray-bigtiff", "gray-16-big", "rgb-planes", "palette-lzw", "rgba-lzw", "smooth-jpeg", "pages", "fax-stretched",
        ]),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = bytes(name);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let Some(file) = open(bytes) else { return Ok(()) };
        for page in 1..=file.pages() {
            let Ok((width, height)) = file.size(page) else { continue };
            // What a changed byte makes too large to be worth the test's time.
            if u64::from(width) * u64::from(height) > 1_000_000 {
                continue;
            }
            if let Ok(picture) = file.decoded(page) {
                prop_assert_eq!(picture.dimensions(), (width, height));
            }
        }
    }
}
