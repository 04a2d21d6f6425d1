//! XML of any vocabulary: what elements say under their names, records as rows, titles as headings.

use std::path::Path;

use encoding_rs::Encoding;
use quick_xml::events::BytesStart;

use super::encoding::read_whole;
use super::headings::{Headings, one_line};
use super::ocr::Ocr;
use super::signature::Signature;
use super::tree::{self, Node};
use super::xml::{self, Step};
use super::{Limits, Outline, Output, ParseError, Parser, html};

const WHAT: &str = "XML file";

/// Reads `.xml`.
#[derive(Debug)]
pub(super) struct XmlParser<'parser> {
    ocr: &'parser Ocr,
}

impl<'parser> XmlParser<'parser> {
    /// With what recognises the text of pictures, for web pages under this name.
    pub(super) fn new(ocr: &'parser Ocr) -> Self {
        Self { ocr }
    }
}

impl Parser for XmlParser<'_> {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        if Signature::of(path)? == Signature::Html {
            return html::HtmlParser::new(self.ocr).parse(path, limits, output);
        }
        let text = read_whole(path, limits, declared_encoding)?;
        let mut open: Vec<Element> = vec![Element::default()];
        xml::walk(text.as_bytes(), WHAT, limits, &mut |step| {
            match step {
                Step::Open(name, tag) => open.push(Element::begin(name, tag)),
                Step::Text(text) => {
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(text);
                    }
                }
                Step::Close(_) => {
                    if open.len() > 1
                        && let Some(closed) = open.pop()
                        && let Some(parent) = open.last_mut()
                    {
                        parent.take(closed);
                    }
                }
            }
            Ok(())
        })?;
        let root = open.into_iter().next().unwrap_or_default();
        let Some((_, node)) = root.entries.into_iter().next() else {
            return Err(if text.trim().is_empty() {
                ParseError::NoText
            } else {
                ParseError::damaged(WHAT, "there is no element in it")
            });
        };
        tree::send(node, &mut Headings::default(), output)?;
        Ok(Outline::default())
    }
}

#[derive(Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    entries: Vec<(String, Node)>,
    text: String,
    /// Text and elements are mixed, as in a sentence with an emphasised word.
    mixed: bool,
}

impl Element {
    fn begin(name: &str, tag: &BytesStart<'_>) -> Self {
        let attributes = tag
            .attributes()
            .with_checks(false)
            .filter_map(Result::ok)
            .filter_map(|attribute| {
                let full = attribute.key.into_inner();
                let says_something = !full.starts_with("xml")
                    && !full.contains(':')
                    && !matches!(
                        full,
                        "id" | "class" | "style" | "role" | "href" | "src" | "name" | "width"
                    );
                let kept = says_something || full == "name";
                kept.then(|| {
                    let value = xml::attribute(tag, attribute.key.local_name().into_inner());
                    (full.to_owned(), value.unwrap_or_default())
                })
            })
            .filter(|(_, value)| !value.trim().is_empty())
            .collect();
        Self {
            name: name.to_owned(),
            attributes,
            ..Self::default()
        }
    }

    fn take(&mut self, closed: Self) {
        let inline = !self.text.trim().is_empty() || self.mixed;
        let name = closed.name.clone();
        let node = closed.node();
        match node {
            Node::Leaf(text) if inline => {
                self.mixed = true;
                self.text.push_str(&text);
            }
            Node::Leaf(text) if text.trim().is_empty() => {}
            node => self.entries.push((name, node)),
        }
    }

    fn node(mut self) -> Node {
        let text = one_line(&self.text);
        let attributes: Vec<String> = self
            .attributes
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        // `<b>Stop</b> first`: the first word came before any text was seen.
        let all_leaves = self.entries.iter().all(|(_, node)| matches!(node, Node::Leaf(_)));
        if !text.is_empty() && all_leaves {
            let mut whole: Vec<String> = self
                .entries
                .into_iter()
                .map(|(_, node)| match node {
                    Node::Leaf(text) => text,
                    _ => String::new(),
                })
                .collect();
            whole.push(if self.mixed { one_line(&self.text) } else { text });
            let whole = one_line(&whole.join(" "));
            return Node::Leaf(if attributes.is_empty() || self.mixed {
                whole
            } else {
                format!("{whole} ({})", attributes.join(", "))
            });
        }
        if self.entries.is_empty() && self.attributes.is_empty() {
            return Node::Leaf(text);
        }
        let mut entries: Vec<(String, Node)> = self
            .attributes
            .drain(..)
            .map(|(name, value)| (name, Node::Leaf(value)))
            .collect();
        if !text.is_empty() {
            entries.push(("text".to_owned(), Node::Leaf(text)));
        }
        entries.append(&mut self.entries);
        Node::Map(entries)
    }
}

fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).to_lowercase();
    let after = start.split("encoding=").nth(1)?;
    let label: String = after
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_'))
        .collect();
    Encoding::for_label(label.as_bytes())
}
