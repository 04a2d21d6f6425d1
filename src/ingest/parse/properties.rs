//! What a document says about itself in its properties: title, author, version, and what people have added.

use std::collections::BTreeMap;

use super::headings::{credible_title, one_line};
use super::package::Package;
use super::xml::{self, Step, attribute};
use super::{Limits, ParseError};

/// The longest value that is kept, in characters.
const LONGEST: usize = 500;
/// Properties that people have added, of one document.
pub(super) const MOST: usize = 200;

/// The properties of a package of Office Open XML.
pub(super) fn of_package(
    package: &mut Package,
    what: &'static str,
    limits: &Limits,
) -> Result<BTreeMap<String, String>, ParseError> {
    let mut properties = BTreeMap::new();
    for part in ["docProps/core.xml", "docProps/app.xml"] {
        let Some(bytes) = package.part(part)? else {
            continue;
        };
        let mut text = String::new();
        xml::walk(&bytes, what, limits, &mut |step| {
            match step {
                Step::Open(..) => text.clear(),
                Step::Text(piece) => text.push_str(piece),
                Step::Close(element) => {
                    if let Some(name) = name_of(element) {
                        put(&mut properties, name, &text);
                    }
                    text.clear();
                }
            }
            Ok(())
        })?;
    }
    if let Some(bytes) = package.part("docProps/custom.xml")? {
        let mut name: Option<String> = None;
        let mut text = String::new();
        xml::walk(&bytes, what, limits, &mut |step| {
            match step {
                Step::Open("property", tag) => {
                    name = attribute(tag, "name");
                    text.clear();
                }
                Step::Text(piece) => text.push_str(piece),
                Step::Close("property") => {
                    if let Some(name) = name.take().filter(|_| properties.len() < MOST) {
                        put(&mut properties, &format!("custom.{}", one_line(&name)), &text);
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
    }
    Ok(properties)
}

fn name_of(element: &str) -> Option<&'static str> {
    Some(match element {
        "title" => "title",
        "subject" => "subject",
        "creator" => "author",
        "keywords" => "keywords",
        "category" => "category",
        "contentStatus" => "status",
        "version" => "version",
        "identifier" => "identifier",
        "created" => "created",
        "modified" => "modified",
        "description" => "description",
        "Company" => "company",
        "Manager" => "manager",
        _ => return None,
    })
}

/// Keeps a value that says something.
pub(super) fn put(properties: &mut BTreeMap<String, String>, name: &str, value: &str) {
    let value: String = one_line(value).chars().take(LONGEST).collect();
    if !value.is_empty() {
        properties.insert(one_line(name).chars().take(LONGEST).collect(), value);
    }
}

/// The title among properties, where a person wrote one.
pub(super) fn title(properties: &BTreeMap<String, String>) -> Option<String> {
    properties.get("title").and_then(|title| credible_title(title))
}
