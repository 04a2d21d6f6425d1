//! OpenDocument: the package, its properties, and what its styles say of paragraphs, sheets and slides.

use std::collections::{BTreeMap, HashMap};

use quick_xml::events::BytesStart;

use super::package::Package;
use super::properties::put;
use super::xml::{self, Step, attribute};
use super::{Limits, ParseError};

/// What a style means here.
#[derive(Debug, Clone, Default)]
pub(super) struct Style {
    /// The style that it is made from, as programs name it: `Title`, `Heading_20_1`.
    pub(super) parent: Option<String>,
    /// The sheet or slide of this style is hidden.
    pub(super) hidden: bool,
}

/// The styles of a document, by name.
#[derive(Debug, Default)]
pub(super) struct Styles(HashMap<String, Style>);

impl Styles {
    /// Adds those of a part.
    pub(super) fn read(
        &mut self,
        bytes: &[u8],
        what: &'static str,
        limits: &Limits,
    ) -> Result<(), ParseError> {
        let mut current: Option<(String, Style)> = None;
        xml::walk(bytes, what, limits, &mut |step| {
            match step {
                Step::Open("style", tag) => {
                    let parent = attribute(tag, "parent-style-name");
                    current = attribute(tag, "name").map(|name| {
                        (
                            name,
                            Style {
                                parent,
                                hidden: false,
                            },
                        )
                    });
                }
                Step::Open("table-properties", tag) => {
                    if let Some((_, style)) = &mut current {
                        style.hidden |= attribute(tag, "display").as_deref() == Some("false");
                    }
                }
                Step::Open("drawing-page-properties", tag) => {
                    if let Some((_, style)) = &mut current {
                        style.hidden |= attribute(tag, "visibility").as_deref() == Some("hidden");
                    }
                }
                Step::Close("style") => self.0.extend(current.take()),
                _ => {}
            }
            Ok(())
        })
    }

    /// Whether a style, or one that it is made from, has this name.
    pub(super) fn is(&self, style: &str, name: &str) -> bool {
        let mut current = Some(style);
        for _ in 0..10 {
            match current {
                Some(style) if style == name => return true,
                Some(style) => current = self.0.get(style).and_then(|style| style.parent.as_deref()),
                None => break,
            }
        }
        false
    }

    /// Whether what has this style is hidden.
    pub(super) fn hides(&self, style: &str) -> bool {
        self.0.get(style).is_some_and(|style| style.hidden)
    }
}

/// Refuses an encrypted document.
pub(super) fn refuse_encrypted(package: &mut Package, what: &'static str) -> Result<(), ParseError> {
    let manifest = package.part("META-INF/manifest.xml")?.unwrap_or_default();
    let name = b"encryption-data";
    if manifest.windows(name.len()).any(|window| window == name) {
        return Err(ParseError::Password { what });
    }
    Ok(())
}

/// What `meta.xml` says.
pub(super) fn properties(
    package: &mut Package,
    what: &'static str,
    limits: &Limits,
) -> Result<BTreeMap<String, String>, ParseError> {
    let mut properties = BTreeMap::new();
    let Some(bytes) = package.part("meta.xml")? else {
        return Ok(properties);
    };
    let mut custom: Option<String> = None;
    let mut text = String::new();
    xml::walk(&bytes, what, limits, &mut |step| {
        match step {
            Step::Open("user-defined", tag) => {
                custom = attribute(tag, "name");
                text.clear();
            }
            Step::Open(..) => text.clear(),
            Step::Text(piece) => text.push_str(piece),
            Step::Close(element) => {
                let name = match element {
                    "title" => Some("title".to_owned()),
                    "subject" => Some("subject".to_owned()),
                    "initial-creator" => Some("author".to_owned()),
                    "description" => Some("description".to_owned()),
                    "keyword" => Some("keywords".to_owned()),
                    "creation-date" => Some("created".to_owned()),
                    "date" => Some("modified".to_owned()),
                    "user-defined" => custom.take().map(|name| format!("custom.{name}")),
                    _ => None,
                };
                if let Some(name) = name {
                    let value = match properties.get(&name).filter(|_| name == "keywords") {
                        Some(before) => format!("{before}, {text}"),
                        None => text.clone(),
                    };
                    put(&mut properties, &name, &value);
                }
                text.clear();
            }
        }
        Ok(())
    })?;
    Ok(properties)
}

/// The part of a picture. What stands for a chart or another object is none.
pub(super) fn picture(tag: &BytesStart<'_>) -> Option<String> {
    let part = attribute(tag, "href")?;
    let part = part.trim_start_matches("./");
    part.starts_with("Pictures/").then(|| part.to_owned())
}
