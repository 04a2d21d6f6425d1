//! Scans and photographs as they come: lying on their side, askew, stamped, taken with a camera that was held upright, in
//! Chinese; and pages whose letters are the numbers of their glyphs.

use std::io::Cursor;
use std::process::Command;

use image::imageops::{interpolate_bilinear, rotate90, rotate180, rotate270};
use image::{Rgb, RgbImage};

use super::converted::converted;
use super::office;
use super::pictures::{LATHE, Picture, assert_near, citation, marked, picture};
use super::recognition::{SECOND_LINE, fates, is_there, scanned};
use super::support::files::{Sheet, docx_of, pdf_of, shifted_pdf};
use super::support::{Folders, Server};

/// A page with enough on it to tell how it lies; its second line is what is asked for.
const MORE: &str = "The guard of the chuck is closed before the spindle turns.\n\
                    The coolant is changed in spring and again in autumn.\n\
                    A worn belt is renewed by the crew of the workshop.\n\
                    The key of the main switch hangs beside the office door.\n\
                    Whoever finds a crack in the bed calls the foreman at once.";
/// What is printed onto copies when they leave the system that keeps them.
const STAMP: &str = "UNCONTROLLED COPY printed on 2026-03-01 at 09:41 by the quality office of hall 2.\n\
                     Valid on the day of printing alone: see the register for the revision in force.";

fn colours(page: &Picture) -> RgbImage {
    RgbImage::from_raw(page.width, page.height, page.pixels.clone()).unwrap()
}

fn png(colours: &RgbImage) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    colours.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}

/// The page put askew onto the glass, so that its lines fall to the right.
fn askew(page: &RgbImage, degrees: f32) -> RgbImage {
    let (sine, cosine) = degrees.to_radians().sin_cos();
    let (middle_x, middle_y) = (page.width() as f32 / 2.0, page.height() as f32 / 2.0);
    RgbImage::from_fn(page.width(), page.height(), |x, y| {
        let (dx, dy) = (x as f32 - middle_x, y as f32 - middle_y);
        let (x, y) = (
            middle_x + dx * cosine + dy * sine,
            middle_y - dx * sine + dy * cosine,
        );
        interpolate_bilinear(page, x, y).unwrap_or(Rgb([255; 3]))
    })
}

/// The server on one picture, which has been read.
fn with(name: &str, content: &[u8]) -> (Folders, Server) {
    let folders = Folders::new();
    folders.write(name, content);
    let server = folders.serve();
    server.wait_until_searchable(name);
    server.wait_until_nothing_waits();
    assert_eq!(fates(&server, name), [(1, "ocr".to_owned())], "{name}");
    (folders, server)
}

#[test]
fn a_scan_that_lies_on_its_side_or_upside_down_or_askew_is_read_and_its_line_is_marked_where_it_is_shown() {
    if !is_there() {
        return;
    }
    let page = colours(&scanned(&format!("{LATHE}\n{MORE}")));
    let [left, top, right, bottom] = SECOND_LINE;
    for (name, turned, place) in [
        (
            "right.png",
            rotate90(&page),
            Some([1.0 - bottom, left, 1.0 - top, right]),
        ),
        (
            "over.png",
            rotate180(&page),
            Some([1.0 - right, 1.0 - bottom, 1.0 - left, 1.0 - top]),
        ),
        (
            "left.png",
            rotate270(&page),
            Some([top, 1.0 - right, bottom, 1.0 - left]),
        ),
        // The mark of a line that falls is as high as the line falls.
        ("askew.png", askew(&page, 3.0), None),
    ] {
        let (_folders, server) = with(name, &png(&turned));
        for words in ["spindle lubricated 250 hours", "crack in the bed", "worn belt"] {
            let found = server.search(words);
            assert_eq!(found[0]["path"], name, "{words}: {found}");
        }
        let text = server.search("worn belt")[0]["text"].as_str().unwrap().to_owned();
        assert!(
            text.contains("A worn belt is renewed by the crew of the workshop."),
            "{name}: {text}"
        );
        let found = marked(&server, &citation(&server));
        if let Some(place) = place {
            assert_near(found, place, 0.03);
        }
    }
}

#[test]
fn a_photograph_is_shown_and_read_as_the_camera_was_held() {
    if !is_there() {
        return;
    }
    let page = colours(&scanned(LATHE));
    let mut file = Cursor::new(Vec::new());
    // As the sensor saw it: the camera notes that it is to be turned clockwise once.
    rotate270(&page)
        .write_to(&mut file, image::ImageFormat::Jpeg)
        .unwrap();
    let mut bytes = file.into_inner();
    bytes.splice(
        2..2,
        *b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
    );
    let (_folders, server) = with("lathe.jpg", &bytes);
    let found = server.search("spindle lubricated");
    assert!(
        found[0]["text"].as_str().unwrap().contains("every 250 hours"),
        "{found}"
    );
    let shown = picture(
        &server,
        &format!(
            "/documents/{}/pages/1.png?width=480",
            server.document_id("lathe.jpg")
        ),
    );
    assert!(shown.height > shown.width, "{} x {}", shown.width, shown.height);
    assert_near(marked(&server, &citation(&server)), SECOND_LINE, 0.03);
}

#[test]
fn a_scan_under_a_long_stamp_is_recognised_and_the_stamp_is_kept_and_said_once() {
    if !is_there() {
        return;
    }
    let page = scanned(&format!("{LATHE}\n{MORE}"));
    let sheet = Sheet::Stamped(&page, STAMP);
    let (_folders, server) = with("copy.pdf", &pdf_of(&[sheet]));
    let found = server.search("worn belt renewed");
    assert!(
        found[0]["text"]
            .as_str()
            .unwrap()
            .contains("crew of the workshop"),
        "{found}"
    );
    let id = server.document_id("copy.pdf");
    let (_, text) = server.get(&format!("/documents/{id}"));
    assert_eq!(text.matches("UNCONTROLLED COPY").count(), 1, "{text}");
    assert!(text.contains("2026-03-01 at 09:41"), "{text}");
    assert_near(marked(&server, &citation(&server)), SECOND_LINE, 0.02);
}

#[test]
fn a_page_whose_letters_are_the_numbers_of_their_glyphs_is_read_by_what_is_seen_on_it() {
    if !is_there() {
        return;
    }
    let (_folders, server) = with("manual.pdf", &shifted_pdf(&format!("{LATHE}\n{MORE}")));
    let found = server.search("spindle lubricated");
    assert!(
        found[0]["text"].as_str().unwrap().contains("250 hours"),
        "{found}"
    );
}

#[test]
fn a_chinese_scan_is_read() {
    let languages = Command::new("tesseract").arg("--list-langs").output();
    let reads_chinese =
        languages.is_ok_and(|listed| String::from_utf8_lossy(&listed.stdout).contains("chi_sim"));
    if !is_there() || !office::is_there() {
        return;
    }
    if !reads_chinese {
        super::support::skipped("there is no tesseract-ocr-chi-sim");
        return;
    }
    let written = docx_of(&["设备启动前请检查夹紧压力。\n主轴每隔二百五十小时润滑一次。"]);
    let printed = converted(&written, "docx", "pdf");
    let page = {
        let folders = Folders::new();
        folders.write("page.pdf", printed);
        let server = folders.serve();
        server.wait_until_searchable("page.pdf");
        picture(&server, "/documents/1/pages/1.png?width=1400")
    };
    let (_folders, server) = with("点检.pdf", &pdf_of(&[Sheet::Scan(&page)]));
    let found = server.search("夹紧压力");
    assert!(
        found[0]["text"].as_str().unwrap().contains("检查夹紧压力"),
        "{found}"
    );
}
