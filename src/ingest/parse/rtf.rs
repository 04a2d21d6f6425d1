//! Rich Text Format: paragraphs, headings by style, lists, tables, notes, page headers, in any encoding.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use encoding_rs::{Encoding, WINDOWS_1252};

use super::held::{self, Item};
use super::ocr::Ocr;
use super::pasted::Pasted;
use super::properties::{self, put};
use super::rtf_body::Body;
use super::rtf_picture::Digits;
use super::rtf_text::{Token, Tokens, of_charset, of_code_page};
use super::signature::Signature;
use super::{BlockKind, Limits, Outline, Output, ParseError, Parser};

const WHAT: &str = "RTF file";

/// Reads `.rtf`.
#[derive(Debug)]
pub(super) struct RtfParser<'parser> {
    ocr: &'parser Ocr,
}

impl<'parser> RtfParser<'parser> {
    /// With what recognises the text of pictures.
    pub(super) fn new(ocr: &'parser Ocr) -> Self {
        Self { ocr }
    }
}

impl Parser for RtfParser<'_> {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        if Signature::of(path)? != Signature::Rtf {
            return Err(ParseError::damaged(WHAT, "it does not begin as one"));
        }
        let size = std::fs::metadata(path).map_err(ParseError::from_io)?.len();
        // Pictures are written in digits, so files are large.
        if size > limits.structured_bytes * 4 {
            return Err(ParseError::too_large(size, limits.structured_bytes * 4));
        }
        let bytes = std::fs::read(path).map_err(ParseError::from_io)?;
        let document = read(&bytes, limits)?;
        drop(bytes);
        let mut pasted = Pasted::new(self.ocr, output);
        for (name, picture) in document.pictures {
            pasted.begin_written(&name, picture);
        }
        let title = properties::title(&document.properties);
        let outline = held::send_with(document.items, title, Some(&mut pasted), output)?;
        Ok(Outline {
            properties: document.properties,
            ..outline
        })
    }
}

/// What a file holds.
pub(super) struct Document {
    pub(super) items: Vec<Item>,
    properties: BTreeMap<String, String>,
    /// The pictures among the items, by their names.
    pictures: Vec<(String, Vec<u8>)>,
}

/// The text and the properties of a document.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Document, ParseError> {
    let mut reading = Reading::default();
    let mut tokens = Tokens::new(bytes);
    while let Some(token) = tokens.next() {
        match token {
            Token::Open => {
                reading.flush();
                if reading.groups.len() > limits.nesting as usize * 4 {
                    return Err(ParseError::NestedTooDeep {
                        limit: limits.nesting,
                    });
                }
                reading.groups.push(reading.group.clone());
                reading.group.begins = true;
            }
            Token::Close => reading.close(),
            Token::Optional => reading.group.optional = true,
            Token::Byte(byte) => reading.byte(byte),
            Token::Character(_) if reading.to_skip > 0 => reading.to_skip -= 1,
            Token::Character(character) => reading.character(character),
            Token::Word("bin", Some(count)) => {
                let bytes = tokens.pass_over(usize::try_from(count).unwrap_or(0));
                if reading.group.destination == Destination::Picture {
                    reading.picture.take(bytes);
                }
            }
            Token::Word(word, number) => reading.word(word, number),
        }
    }
    reading.body.end_paragraph();
    reading.body.end_table();
    let mut items = std::mem::take(&mut reading.margins);
    items.append(&mut reading.body.items);
    Ok(Document {
        items,
        properties: reading.properties,
        pictures: reading.pictures,
    })
}

/// Where text goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Destination {
    #[default]
    Body,
    /// Page headers and footers.
    Margin,
    /// Footnotes and comments: they follow the paragraph that they belong to.
    Note,
    /// The number or bullet of an item.
    Marker,
    /// A picture that stands in the body or in a page header.
    Picture,
    Fonts,
    Styles,
    /// `\info` and the property in it.
    Info(&'static str),
    Nowhere,
}

#[derive(Debug, Clone, Default)]
struct Group {
    destination: Destination,
    begins: bool,
    optional: bool,
    font: i32,
    /// Characters after a Unicode one that old programs show in its place; one where nothing is said.
    substitutes: Option<usize>,
    deleted: bool,
}

#[derive(Default)]
struct Reading {
    body: Body,
    groups: Vec<Group>,
    group: Group,
    /// Of the document, unless a font has another.
    encoding: Option<&'static Encoding>,
    fonts: HashMap<i32, &'static Encoding>,
    style_name: String,
    pending: Vec<u8>,
    high: Option<u16>,
    to_skip: usize,
    note: String,
    margin: String,
    info: String,
    margins: Vec<Item>,
    picture: Digits,
    pictures: Vec<(String, Vec<u8>)>,
    properties: BTreeMap<String, String>,
}

impl Reading {
    fn word(&mut self, word: &str, number: Option<i32>) {
        let begins = std::mem::take(&mut self.group.begins);
        let optional = std::mem::take(&mut self.group.optional);
        if word != "u" {
            self.flush();
        }
        if begins && self.enters(word, optional) {
            return;
        }
        let on = number != Some(0);
        match word {
            "u" => self.unicode(number.unwrap_or(0)),
            "uc" => {
                self.group.substitutes = Some(usize::try_from(number.unwrap_or(1)).unwrap_or(1).min(16));
            }
            "f" => self.group.font = number.unwrap_or(0),
            "fcharset" if self.group.destination == Destination::Fonts => {
                if let Some(encoding) = of_charset(number.unwrap_or(0)) {
                    self.fonts.insert(self.group.font, encoding);
                }
            }
            "ansicpg" => self.encoding = of_code_page(number.unwrap_or(1252)).or(self.encoding),
            "mac" => self.encoding = of_code_page(10000),
            "s" if self.group.destination == Destination::Styles => {
                self.body.style = number.unwrap_or(0);
                self.body.outline = None;
            }
            "s" => self.body.style = number.unwrap_or(0),
            "outlinelevel" => self.body.outline = number.and_then(|level| u8::try_from(level).ok()),
            "plain" => self.group.deleted = false,
            "deleted" => self.group.deleted = on,
            "pard" => {
                (self.body.style, self.body.outline, self.body.in_table) = (0, None, false);
            }
            "intbl" => self.body.in_table = true,
            "par" | "sect" | "page" | "softpage" if self.is_body() => self.body.end_paragraph(),
            "par" | "line" | "sect" | "page" => self.character('\n'),
            "tab" => self.character(if self.body.in_table { ' ' } else { '\t' }),
            "emdash" => self.character('—'),
            "endash" => self.character('–'),
            "lquote" => self.character('‘'),
            "rquote" => self.character('’'),
            "ldblquote" => self.character('“'),
            "rdblquote" => self.character('”'),
            "bullet" => self.character('•'),
            "emspace" | "enspace" | "qmspace" => self.character(' '),
            "trowd" => {
                (self.body.header, self.body.continues) = (false, false);
                self.body.merges.clear();
            }
            "trhdr" => self.body.header = true,
            "clvmrg" => self.body.continues = true,
            "cellx" => self.body.merges.push(std::mem::take(&mut self.body.continues)),
            "cell" | "nestcell" if self.is_body() => self.body.end_cell(word == "cell"),
            "row" if self.is_body() => self.body.end_row(),
            "pngblip" | "jpegblip" if self.group.destination == Destination::Picture => {
                self.picture = Digits::begin();
            }
            _ => {}
        }
    }

    /// Whether the group that begins with this word is a place of its own.
    fn enters(&mut self, word: &str, optional: bool) -> bool {
        let here = self.group.destination;
        let destination = match word {
            "fonttbl" => Destination::Fonts,
            "stylesheet" => Destination::Styles,
            "info" => Destination::Info(""),
            "title" | "subject" | "author" | "keywords" | "company" | "category"
                if matches!(here, Destination::Info(_)) =>
            {
                Destination::Info(match word {
                    "title" => "title",
                    "subject" => "subject",
                    "author" => "author",
                    "keywords" => "keywords",
                    "company" => "company",
                    _ => "category",
                })
            }
            "header" | "headerl" | "headerr" | "headerf" | "footer" | "footerl" | "footerr" | "footerf" => {
                Destination::Margin
            }
            "footnote" | "annotation" if here == Destination::Body => Destination::Note,
            "listtext" | "pntext" if here == Destination::Body => Destination::Marker,
            "shpinst" | "shptxt" | "shprslt" | "result" | "fldrslt" | "shppict" | "pn" => here,
            "pict" if matches!(here, Destination::Body | Destination::Margin) => {
                self.picture = Digits::default();
                Destination::Picture
            }
            // The same picture once more, for old programs.
            "nonshppict" => Destination::Nowhere,
            "colortbl" | "pict" | "object" | "fldinst" | "listtable" | "sp" | "atnid" | "atnauthor"
            | "xe" | "tc" | "bkmkstart" | "bkmkend" | "themedata" | "datastore" | "themedatas" | "do"
            | "upr" | "nonesttables" | "template" | "operator" | "creatim" | "revtim" | "printim"
            | "comment" | "doccomm" => Destination::Nowhere,
            "field" | "shp" | "shpgrp" => here,
            // A drawing is given a second time for old programs.
            _ if optional => Destination::Nowhere,
            _ => return false,
        };
        self.group.destination = if here == Destination::Nowhere {
            here
        } else {
            destination
        };
        !matches!(word, "s" | "f")
    }

    fn is_body(&self) -> bool {
        self.group.destination == Destination::Body
    }

    fn byte(&mut self, byte: u8) {
        self.group.begins = false;
        if self.group.destination == Destination::Picture {
            self.picture.digit(byte);
        } else if self.to_skip > 0 {
            self.to_skip -= 1;
        } else {
            self.pending.push(byte);
        }
    }

    fn unicode(&mut self, number: i32) {
        self.flush();
        let unit = u16::try_from(number.rem_euclid(0x1_0000)).unwrap_or(0);
        self.to_skip = self.group.substitutes.unwrap_or(1);
        match (self.high.take(), unit) {
            (_, 0xd800..=0xdbff) => self.high = Some(unit),
            (Some(high), 0xdc00..=0xdfff) => {
                if let Some(Ok(character)) = char::decode_utf16([high, unit]).next() {
                    self.character(character);
                }
            }
            // Characters of symbol fonts are kept in the private area by their old codes.
            (_, 0xf020..=0xf0ff) => self.character(if unit == 0xf0b7 { '•' } else { ' ' }),
            (_, unit) => {
                if let Some(character) = char::from_u32(u32::from(unit)) {
                    self.character(character);
                }
            }
        }
    }

    /// Decodes the bytes that wait, all of one font.
    fn flush(&mut self) {
        self.to_skip = 0;
        if self.pending.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.pending);
        let of_font = self.fonts.get(&self.group.font).copied();
        // A font of no country is no reason to read bytes of the document's own encoding by it.
        let encoding = match (of_font, self.encoding) {
            (Some(font), Some(document)) if font == WINDOWS_1252 => document,
            (Some(font), _) => font,
            (None, document) => document.unwrap_or(WINDOWS_1252),
        };
        let (text, _, _) = encoding.decode(&bytes);
        self.write(&text);
    }

    fn character(&mut self, character: char) {
        if !self.pending.is_empty() {
            self.flush();
        }
        let mut buffer = [0; 4];
        self.write(character.encode_utf8(&mut buffer));
    }

    fn write(&mut self, text: &str) {
        if self.group.deleted {
            return;
        }
        match self.group.destination {
            Destination::Body => self.body.text.push_str(text),
            Destination::Margin => self.margin.push_str(text),
            Destination::Note => self.note.push_str(text),
            Destination::Marker => self.body.marker.push_str(text),
            Destination::Styles => self.style_name.push_str(text),
            Destination::Info(_) => self.info.push_str(text),
            Destination::Picture | Destination::Fonts | Destination::Nowhere => {}
        }
    }

    fn close(&mut self) {
        self.flush();
        let closed = self.group.destination;
        if closed == Destination::Styles {
            let name = std::mem::take(&mut self.style_name);
            self.body.keep_style(&name);
        }
        let Some(outer) = self.groups.pop() else { return };
        self.group = outer;
        if self.group.destination == closed {
            return;
        }
        match closed {
            Destination::Picture => self.keep_picture(),
            Destination::Note => self.body.notes.push(std::mem::take(&mut self.note)),
            Destination::Margin => {
                let text = std::mem::take(&mut self.margin);
                let item = Item::Text(BlockKind::Paragraph, text.clone());
                let says_something = text.chars().filter(|character| character.is_alphabetic()).count() >= 3;
                if says_something && !self.margins.contains(&item) {
                    self.margins.push(item);
                }
            }
            Destination::Info(name) => {
                let text = std::mem::take(&mut self.info);
                if !name.is_empty() {
                    put(&mut self.properties, name, &text);
                }
            }
            _ => {}
        }
    }

    /// A picture is over: it stands where the group does that holds it.
    fn keep_picture(&mut self) {
        let Some(bytes) = self.picture.finish() else {
            return;
        };
        let name = format!("picture {}", self.pictures.len());
        self.pictures.push((name.clone(), bytes));
        match self.group.destination {
            Destination::Margin => self.margins.push(Item::Picture(name)),
            _ => self.body.pictures.push(name),
        }
    }
}
