//! Web pages with all that belongs to them in one file, as browsers keep them.

use std::path::Path;

use mail_parser::{MessageParser, MimeHeaders};

use super::encoding;
use super::ocr::Ocr;
use super::{Limits, Outline, Output, ParseError, Parser, html};

const WHAT: &str = "web archive";

/// Reads `.mhtml` and `.mht`.
#[derive(Debug)]
pub(super) struct MhtmlParser<'parser> {
    ocr: &'parser Ocr,
}

impl<'parser> MhtmlParser<'parser> {
    /// With what recognises the text of pictures.
    pub(super) fn new(ocr: &'parser Ocr) -> Self {
        Self { ocr }
    }
}

impl Parser for MhtmlParser<'_> {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let bytes = encoding::read_bytes(path, limits)?;
        let message = MessageParser::default()
            .parse(&bytes)
            .ok_or_else(|| ParseError::damaged(WHAT, "it has no parts"))?;
        let page = message
            .parts
            .iter()
            .find(|part| {
                let is_page = part.content_type().is_some_and(|kind| {
                    kind.ctype().eq_ignore_ascii_case("text")
                        && kind
                            .subtype()
                            .is_some_and(|kind| kind.eq_ignore_ascii_case("html"))
                });
                is_page && !part.is_empty()
            })
            .ok_or_else(|| ParseError::damaged(WHAT, "there is no page in it"))?;
        let text = page
            .text_contents()
            .map_or_else(|| encoding::text_of(page.contents()), str::to_owned);
        html::read_page(&text, self.ocr, limits, output)
    }
}
