//! Electronic books: their chapters in reading order, each a web page inside the package.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use super::headings::{Headings, credible_title};
use super::package::Package;
use super::properties::put;
use super::xml::{self, Step, attribute};
use super::{Limits, Outline, Output, ParseError, Parser, encoding, html};

const WHAT: &str = "electronic book";

/// Reads `.epub`.
#[derive(Debug)]
pub(super) struct EpubParser;

impl Parser for EpubParser {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let mut package = Package::open(path, WHAT, limits)?;
        let missing = || ParseError::damaged(WHAT, "the list of its chapters is missing");
        let container = package.part("META-INF/container.xml")?.ok_or_else(missing)?;
        let mut root = None;
        xml::walk(&container, WHAT, limits, &mut |step| {
            if let Step::Open("rootfile", tag) = step
                && root.is_none()
            {
                root = attribute(tag, "full-path");
            }
            Ok(())
        })?;
        let root = root.ok_or_else(missing)?;
        let bytes = package.part(&root)?.ok_or_else(missing)?;
        let book = Book::read(&bytes, limits)?;
        let title = book
            .properties
            .get("title")
            .and_then(|title| credible_title(title));
        let mut headings = Headings::under(title.clone());
        let mut locked = 0;
        for chapter in &book.chapters {
            output.on_time()?;
            let Some(bytes) = package.part(&resolved(&root, chapter))? else {
                continue;
            };
            if encoding::refuse_noise(&bytes).is_err() {
                locked += 1;
                continue;
            }
            html::send_chapter(&encoding::text_of(&bytes), &mut headings, limits, output)?;
        }
        if locked > 0 && locked == book.chapters.len() {
            // Sold with a lock that only the shop's own program opens.
            return Err(ParseError::Password { what: WHAT });
        }
        Ok(Outline {
            title,
            properties: book.properties,
            ..Outline::default()
        })
    }
}

#[derive(Default)]
struct Book {
    properties: BTreeMap<String, String>,
    /// Paths relative to the list of chapters.
    chapters: Vec<String>,
}

impl Book {
    fn read(bytes: &[u8], limits: &Limits) -> Result<Self, ParseError> {
        let mut book = Self::default();
        let mut paths: HashMap<String, String> = HashMap::new();
        let mut order: Vec<String> = Vec::new();
        let mut text = String::new();
        xml::walk(bytes, WHAT, limits, &mut |step| {
            match step {
                Step::Open("item", tag) => {
                    let kind = attribute(tag, "media-type").unwrap_or_default();
                    if kind.contains("html")
                        && let (Some(id), Some(path)) = (attribute(tag, "id"), attribute(tag, "href"))
                    {
                        paths.insert(id, path);
                    }
                }
                Step::Open("itemref", tag) => order.extend(attribute(tag, "idref")),
                Step::Open(..) => text.clear(),
                Step::Text(piece) => text.push_str(piece),
                Step::Close(name) => {
                    let name = match name {
                        "title" | "subject" | "publisher" | "identifier" => name,
                        "creator" => "author",
                        "date" => "created",
                        _ => return Ok(()),
                    };
                    if !book.properties.contains_key(name) {
                        put(&mut book.properties, name, &text);
                    }
                    text.clear();
                }
            }
            Ok(())
        })?;
        book.chapters = order.iter().filter_map(|id| paths.get(id).cloned()).collect();
        Ok(book)
    }
}

/// The name of a part from the path that another part gives, which is written as in an address.
fn resolved(owner: &str, path: &str) -> String {
    let path = path.split('#').next().unwrap_or_default();
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        let digits: Option<u8> = (byte == b'%')
            .then(|| {
                let mut ahead = rest.clone();
                let digits = [ahead.next()?, ahead.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()
            })
            .flatten();
        if digits.is_some() {
            rest.next();
            rest.next();
        }
        bytes.push(digits.unwrap_or(byte));
    }
    xml::resolve(owner, &String::from_utf8_lossy(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_are_found_by_their_addresses() {
        assert_eq!(
            resolved("OEBPS/content.opf", "text/chapter%201.xhtml#top"),
            "OEBPS/text/chapter 1.xhtml"
        );
    }
}
