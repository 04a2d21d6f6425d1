//! Pages of PDFs as pictures: what is cited is marked where it stands, and nothing but the revision in force is shown.

use std::collections::BTreeMap;
use std::fs;
use std::sync::OnceLock;

use pdfium_render::prelude::{PdfSearchOptions, Pdfium};
use serde_json::Value;

use super::support::files::{pdf, pdf_with};
use super::support::{Folders, Server, demo, encoded, runtime_folder};

/// A first page.
pub const SAFETY: &str = "Safety comes first on every machine.\nWear goggles in hall 3.";
/// A second page.
pub const LATHE: &str = "The lathe stands in hall 2.\nThe spindle of the lathe is lubricated every 250 hours.\n\
                     The chips are swept at noon.";
/// What the second page answers.
pub const QUESTION: &str = "How often is the spindle of the lathe lubricated?";

/// A picture, three bytes a pixel.
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub pixels: Vec<u8>,
}

impl Picture {
    fn of(png: &[u8]) -> Self {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        pixels.truncate(info.buffer_size());
        if info.color_type == png::ColorType::Grayscale {
            pixels = pixels.iter().flat_map(|grey| [*grey; 3]).collect();
        }
        Self {
            width: info.width,
            height: info.height,
            pixels,
        }
    }

    /// As a PNG file.
    pub fn png(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&self.pixels).unwrap();
        writer.finish().unwrap();
        file
    }

    /// The smallest area outside of which this one is like `other`: left, top, right and bottom as shares of the page.
    pub fn differs_in(&self, other: &Self) -> Option<[f64; 4]> {
        assert_eq!((self.width, self.height), (other.width, other.height));
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        let mut area: Option<[f64; 4]> = None;
        for (at, (one, another)) in self.pixels.chunks(3).zip(other.pixels.chunks(3)).enumerate() {
            if one != another {
                let at = u32::try_from(at).unwrap();
                let (x, y) = (f64::from(at % self.width), f64::from(at / self.width));
                let [left, top, right, bottom] = area.unwrap_or([x, y, x, y]);
                area = Some([left.min(x), top.min(y), right.max(x + 1.0), bottom.max(y + 1.0)]);
            }
        }
        area.map(|[left, top, right, bottom]| [left / width, top / height, right / width, bottom / height])
    }
}

/// What stands at an address.
pub fn picture(server: &Server, path: &str) -> Picture {
    let (status, headers, bytes) = server.get_bytes(path, &[]);
    assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&bytes));
    assert_eq!(headers["content-type"], "image/png");
    Picture::of(&bytes)
}

/// The citation of the sentence that answers.
pub fn citation(server: &Server) -> Value {
    let answer = server.ask(QUESTION);
    let quotes = answer["quotes"].as_array().unwrap();
    let quote = quotes
        .iter()
        .find(|quote| quote["text"].as_str().unwrap().contains("250 hours"));
    quote.unwrap_or_else(|| panic!("{answer}"))["citation"].clone()
}

/// pdfium, which can be loaded once a process.
pub fn pdfium() -> &'static Pdfium {
    static LOADED: OnceLock<Pdfium> = OnceLock::new();
    LOADED
        .get_or_init(|| Pdfium::new(Pdfium::bind_to_library(runtime_folder().join("libpdfium.so")).unwrap()))
}

/// The address of the picture of what is cited.
fn cited(citation: &Value) -> String {
    format!(
        "/documents/{}/pages/{}.png?passage={}&from={}&to={}",
        citation["document"],
        citation["locator"]["page"],
        citation["passage"],
        citation["span"]["start"],
        citation["span"]["end"]
    )
}

/// Where the cited line is marked on its page.
pub fn marked(server: &Server, citation: &Value) -> [f64; 4] {
    let address = cited(citation);
    let plain = picture(server, address.split('?').next().unwrap());
    picture(server, &address)
        .differs_in(&plain)
        .expect("something is marked")
}

fn with_manual(content: &[u8]) -> (Folders, Server) {
    let folders = Folders::new();
    folders.write("manual.pdf", content);
    let server = folders.serve();
    server.wait_until_searchable("manual.pdf");
    (folders, server)
}

/// Both areas are the same but for a share of the page by which each side may be off.
#[track_caller]
pub fn assert_near(found: [f64; 4], expected: [f64; 4], off: f64) {
    let near = found
        .iter()
        .zip(expected)
        .all(|(one, other)| (one - other).abs() < off);
    assert!(near, "{found:?} is not {expected:?}");
}

#[test]
fn the_cited_line_is_marked_where_it_stands_also_on_pages_that_are_cropped_or_turned() {
    // The second line: 14 points below the first, about 10 high and 3 below its base. By the widths that Adobe publishes
    // for Helvetica its 51 letters take 284.8 points at size 12.
    let words = 284.8;
    for (entries, expected) in [
        (
            "/MediaBox [0 0 612 792]",
            [72.0 / 612.0, 75.0 / 792.0, (72.0 + words) / 612.0, 89.0 / 792.0],
        ),
        (
            "/MediaBox [0 0 612 792] /CropBox [36 36 576 756]",
            [36.0 / 540.0, 39.0 / 720.0, (36.0 + words) / 540.0, 53.0 / 720.0],
        ),
        (
            "/MediaBox [0 0 612 792] /Rotate 90",
            [703.0 / 792.0, 72.0 / 612.0, 717.0 / 792.0, (72.0 + words) / 612.0],
        ),
        (
            "/MediaBox [0 0 612 792] /Rotate 180",
            [
                1.0 - (72.0 + words) / 612.0,
                1.0 - 89.0 / 792.0,
                1.0 - 72.0 / 612.0,
                1.0 - 75.0 / 792.0,
            ],
        ),
    ] {
        let (_folders, server) = with_manual(&pdf_with(&[SAFETY, LATHE], entries));
        let citation = citation(&server);
        assert_eq!(citation["locator"]["page"], 2, "{citation}");
        assert_near(marked(&server, &citation), expected, 0.012);
    }
}

#[test]
fn a_cited_line_of_the_demo_is_marked_where_pdfium_finds_it() {
    let path = demo().join("machines/bh-320-honing-machine-manual.pdf");
    let (_folders, server) = with_manual(&fs::read(&path).unwrap());
    let found = server.search("workpiece mass");
    let hit = &found[0];
    let text: Vec<char> = hit["text"].as_str().unwrap().chars().collect();
    let words: Vec<char> = "Workpiece mass".chars().collect();
    let start = text
        .windows(words.len())
        .position(|window| window == words)
        .unwrap();
    let citation = serde_json::json!({
        "document": hit["document"],
        "locator": hit["locator"],
        "passage": hit["id"],
        "span": { "start": start, "end": start + words.len() },
    });
    let area = marked(&server, &citation);
    let document = pdfium().load_pdf_from_file(&path, None).unwrap();
    let number = i32::try_from(hit["locator"]["page"].as_i64().unwrap()).unwrap();
    let page = document.pages().get(number - 1).unwrap();
    let letters = page.text().unwrap();
    let search = letters
        .search("Workpiece mass", &PdfSearchOptions::new())
        .unwrap();
    let segments = search.find_next().unwrap();
    let bounds = segments.get(0).unwrap().bounds();
    let (width, height) = (f64::from(page.width().value), f64::from(page.height().value));
    let bounds = [
        f64::from(bounds.left().value) / width,
        1.0 - f64::from(bounds.top().value) / height,
        f64::from(bounds.right().value) / width,
        1.0 - f64::from(bounds.bottom().value) / height,
    ];
    assert_near(area, bounds, 0.012);
}

#[test]
fn a_browser_that_has_a_picture_is_told_so_and_another_mark_or_width_is_another_picture() {
    let (_folders, server) = with_manual(&pdf(&[SAFETY, LATHE]));
    let address = cited(&citation(&server));
    let (_, headers, _) = server.get_bytes(&address, &[]);
    let tag = headers["etag"].clone();
    assert_eq!(headers["cache-control"], "private, no-cache");
    let (status, _, body) = server.get_bytes(&address, &[("If-None-Match", &tag)]);
    assert_eq!((status, body.len()), (304, 0));
    for other in [
        address.split('?').next().unwrap().to_owned(),
        format!("{address}&width=480"),
        address.replace("/pages/2", "/pages/1"),
    ] {
        let (status, headers, _) = server.get_bytes(&other, &[("If-None-Match", &tag)]);
        assert_eq!(status, 200, "{other}");
        assert_ne!(headers["etag"], tag, "{other}");
    }
    let small = picture(&server, &format!("{address}&width=480"));
    assert_eq!((small.width, small.height), (480, 621));
}

#[test]
fn what_is_not_on_the_page_leaves_it_without_marks() {
    let (_folders, server) = with_manual(&pdf(&[SAFETY, LATHE]));
    let citation = citation(&server);
    let (document, passage) = (&citation["document"], &citation["passage"]);
    for (page, query) in [
        (1, format!("passage={passage}&from=0&to=30")),
        (2, "passage=999999&from=0&to=30".to_owned()),
        (2, format!("passage={passage}&from=90000&to=90009")),
        (2, format!("passage={passage}&from=x&to=-1")),
        (2, format!("passage={passage}")),
    ] {
        let plain = picture(&server, &format!("/documents/{document}/pages/{page}.png"));
        let asked = picture(
            &server,
            &format!("/documents/{document}/pages/{page}.png?{query}"),
        );
        assert_eq!(asked.differs_in(&plain), None, "{query}");
    }
}

#[test]
fn an_address_without_a_picture_says_what_is_wrong() {
    let folders = Folders::new();
    folders.write("manual.pdf", pdf(&[SAFETY, LATHE]));
    folders.write("wall.pdf", pdf_with(&[SAFETY], "/MediaBox [0 0 90000 90000]"));
    folders.write("broken.pdf", "%PDF-1.7\nThis is no PDF.");
    folders.write("note.md", "# Note\n\nThe lathe stands in hall 2.\n");
    let server = folders.serve();
    for path in ["manual.pdf", "wall.pdf", "note.md"] {
        server.wait_until_searchable(path);
    }
    server.wait_until_state("broken.pdf", "failed");
    let manual = server.document_id("manual.pdf");
    let at = |path: &str, rest: &str| format!("/documents/{}/pages/{rest}", server.document_id(path));
    for (address, status, words) in [
        (
            format!("/documents/{manual}/pages/0.png"),
            404,
            "no picture of this page",
        ),
        (
            format!("/documents/{manual}/pages/3.png"),
            404,
            "no picture of this page",
        ),
        (format!("/documents/{manual}/pages/-1.png"), 404, "nothing here"),
        (
            format!("/documents/{manual}/pages/99999999999.png"),
            404,
            "nothing here",
        ),
        (format!("/documents/{manual}/pages/one.png"), 404, "nothing here"),
        (
            format!("/documents/{manual}/pages/1.png?width=99999"),
            400,
            "makes no sense",
        ),
        ("/documents/424242/pages/1.png".to_owned(), 404, "nothing here"),
        (at("note.md", "1.png"), 404, "no picture of this page"),
        (at("wall.pdf", "1.png"), 422, "cannot be drawn"),
        (at("broken.pdf", "1.png"), 409, "has not been read"),
    ] {
        let (found, body) = server.get(&address);
        assert_eq!(found, status, "{address}: {body}");
        assert!(body.contains(words), "{address}: {body}");
    }
}

#[test]
fn a_file_that_was_replaced_is_never_shown_under_what_was_read_of_the_one_before() {
    let (folders, server) = with_manual(&pdf(&[SAFETY, LATHE]));
    let address = cited(&citation(&server));
    let (_, before, old) = server.get_bytes(&address, &[]);
    folders.write(
        "manual.pdf",
        pdf(&["Another manual.", "Nothing about the lathe is said here."]),
    );
    let mut seen: BTreeMap<u16, u32> = BTreeMap::new();
    server.wait_until("the new page is shown", |server| {
        let (status, headers, body) = server.get_bytes(&address, &[("If-None-Match", &before["etag"])]);
        *seen.entry(status).or_default() += 1;
        assert!([200, 409].contains(&status), "{status}");
        assert_ne!(headers.get("etag"), Some(&before["etag"]));
        assert_ne!(body, old);
        status == 200
    });
    assert!(
        seen.contains_key(&409),
        "the old revision is refused until the new one is read: {seen:?}"
    );
    fs::remove_file(folders.documents.path().join("manual.pdf")).unwrap();
    assert_eq!(server.get(&address).0, 404);
}

#[test]
fn sources_and_documents_show_the_page_lazily_with_its_room_kept_free() {
    let (_folders, server) = with_manual(&pdf(&[SAFETY, LATHE]));
    let (_, page) = server.get(&format!("/ask?q={}", encoded(QUESTION)));
    let picture_of = |page: &str| -> String {
        let at = page.find("<img class=\"page-picture\"").expect("a picture");
        page[at..at + page[at..].find('>').unwrap()].replace("&#38;", "&")
    };
    let shown = picture_of(&page);
    for expected in [
        "loading=\"lazy\"",
        "width=\"900\" height=\"1165\"",
        "alt=\"Page 2 of",
    ] {
        assert!(shown.contains(expected), "{expected} is not in {shown}");
    }
    let source = shown.split("src=\"").nth(1).unwrap().split('"').next().unwrap();
    let plain = picture(&server, source.split('?').next().unwrap());
    assert!(picture(&server, source).differs_in(&plain).is_some(), "{source}");
    let href = page.split("<details class=\"page-fold\"").nth(1).unwrap();
    let href = href
        .split("href=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&");
    let (status, pages) = server.get(href.split('#').next().unwrap());
    assert_eq!(status, 200);
    assert_eq!(pages.matches("<img class=\"page-picture\"").count(), 2, "{pages}");
    assert!(pages.contains("id=\"cited\""), "{pages}");
    let text = href.replace("&view=pages", "");
    let (_, text) = server.get(text.split('#').next().unwrap());
    assert!(!text.contains("<img") && text.contains("view=pages"), "{text}");
    assert!(text.contains("<mark>"), "{text}");
}
