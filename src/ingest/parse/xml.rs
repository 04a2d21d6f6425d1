//! Walks the XML parts of Office documents: elements by their local names, text with its entities resolved.

use std::borrow::Cow;

use encoding_rs::Encoding;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::{Limits, ParseError};

/// One step of a walk. Names are without their prefix: `w:p` and `a:p` are both `p`.
pub(super) enum Step<'step> {
    /// An element begins.
    Open(&'step str, &'step BytesStart<'step>),
    /// An element ends; also sent for elements without content.
    Close(&'step str),
    /// Characters between tags; long text may come in several steps.
    Text(&'step str),
}

/// Walks through `bytes`. Fallback copies for old programs (`mc:Fallback`) are passed over, since they repeat what
/// stands beside them. Document types are not read, so no entity can expand to anything.
pub(super) fn walk(
    bytes: &[u8],
    what: &'static str,
    limits: &Limits,
    visit: &mut dyn FnMut(Step<'_>) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    let text = decode(bytes);
    let mut reader = Reader::from_str(&text);
    reader.config_mut().allow_dangling_amp = true;
    let mut depth = 0u32;
    let mut skipped_from: Option<u32> = None;
    loop {
        match reader.read_event().map_err(|error| damaged(what, &error))? {
            Event::Start(tag) => {
                depth += 1;
                if depth > limits.nesting {
                    return Err(ParseError::NestedTooDeep {
                        limit: limits.nesting,
                    });
                }
                let name = tag.local_name().into_inner();
                if skipped_from.is_none() && name == "Fallback" {
                    skipped_from = Some(depth);
                }
                if skipped_from.is_none() {
                    visit(Step::Open(name, &tag))?;
                }
            }
            Event::End(tag) => {
                match skipped_from {
                    Some(from) if from == depth => skipped_from = None,
                    Some(_) => {}
                    None => visit(Step::Close(tag.local_name().into_inner()))?,
                }
                depth = depth.saturating_sub(1);
            }
            Event::Empty(tag) if skipped_from.is_none() => {
                let name = tag.local_name().into_inner();
                visit(Step::Open(name, &tag))?;
                visit(Step::Close(name))?;
            }
            Event::Text(text) if skipped_from.is_none() => visit(Step::Text(&text.xml10_content()))?,
            Event::CData(text) if skipped_from.is_none() => visit(Step::Text(&text.xml10_content()))?,
            Event::GeneralRef(reference) if skipped_from.is_none() => {
                let mut buffer = [0; 4];
                let character = match reference.resolve_char_ref() {
                    Ok(Some(character)) => Some(character),
                    _ => predefined(&reference),
                };
                if let Some(character) = character {
                    visit(Step::Text(character.encode_utf8(&mut buffer)))?;
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if depth == 0 {
        Ok(())
    } else {
        Err(ParseError::damaged(what, "it ends in the middle"))
    }
}

/// The value of an attribute, by its name without prefix.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    tag.attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.local_name().into_inner() == name)
        .map(
            |attribute| match attribute.normalized_value(XmlVersion::Implicit1_0) {
                Ok(value) => value.into_owned(),
                Err(_) => attribute.value.into_owned(),
            },
        )
}

/// The value of an attribute by its full name, where the same name occurs with several prefixes: `r:id`, `id`.
pub(super) fn prefixed_attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    tag.attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.into_inner() == name)
        .map(|attribute| attribute.value.into_owned())
}

/// A relationship of a part: its type's last word and the full name of the part that it points to, by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relationship {
    /// `rId7`.
    pub(super) id: String,
    /// `slide`, `notesSlide`, `header`, ...
    pub(super) kind: String,
    /// Name of the part in the archive.
    pub(super) target: String,
}

/// The relationships in a `.rels` part that belongs to the part called `owner`.
pub(super) fn relationships(
    bytes: &[u8],
    owner: &str,
    what: &'static str,
    limits: &Limits,
) -> Result<Vec<Relationship>, ParseError> {
    let mut found = Vec::new();
    walk(bytes, what, limits, &mut |step| {
        if let Step::Open("Relationship", tag) = step
            && attribute(tag, "TargetMode").as_deref() != Some("External")
            && let (Some(id), Some(kind), Some(target)) = (
                attribute(tag, "Id"),
                attribute(tag, "Type"),
                attribute(tag, "Target"),
            )
        {
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            found.push(Relationship {
                id,
                kind,
                target: resolve(owner, &target),
            });
        }
        Ok(())
    })?;
    Ok(found)
}

/// Where the relationships of a part are kept: `ppt/slides/_rels/slide1.xml.rels`.
pub(super) fn relationships_part(owner: &str) -> String {
    match owner.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/_rels/{name}.rels"),
        None => format!("_rels/{owner}.rels"),
    }
}

/// The name of the part to which `target` points from the part called `owner`.
pub(super) fn resolve(owner: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut path: Vec<&str> = owner.split('/').collect();
    path.pop();
    for step in target.split('/') {
        match step {
            "." | "" => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.join("/")
}

fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match Encoding::for_bom(bytes) {
        Some((encoding, length)) => encoding.decode_without_bom_handling(&bytes[length..]).0,
        None => String::from_utf8_lossy(bytes),
    }
}

fn predefined(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => None,
    }
}

fn damaged(what: &'static str, error: &quick_xml::Error) -> ParseError {
    ParseError::damaged(
        what,
        format!("its content breaks off or is not well formed ({error})"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(xml: &str) -> Result<String, ParseError> {
        let mut text = String::new();
        walk(xml.as_bytes(), "Word document", &Limits::default(), &mut |step| {
            if let Step::Text(piece) = step {
                text.push_str(piece);
            }
            Ok(())
        })?;
        Ok(text)
    }

    #[test]
    fn entities_are_resolved_and_fallbacks_passed_over() {
        let xml = "<a><b>M8 &lt; M10 &amp; M12 &#x2264;</b><mc:Fallback><b>again</b></mc:Fallback><c/></a>";
        assert_eq!(text_of(xml).unwrap(), "M8 < M10 & M12 ≤");
    }

    #[test]
    fn nesting_without_end_is_refused() {
        assert!(matches!(
            text_of(&"<a>".repeat(1_000_000)),
            Err(ParseError::NestedTooDeep { .. })
        ));
    }

    #[test]
    fn a_part_that_breaks_off_is_damaged() {
        assert!(matches!(text_of("<a><b>half"), Err(ParseError::Damaged { .. })));
    }

    #[test]
    fn targets_are_resolved_against_their_owner() {
        assert_eq!(
            resolve("ppt/slides/slide1.xml", "../notesSlides/n.xml"),
            "ppt/notesSlides/n.xml"
        );
        assert_eq!(
            resolve("ppt/presentation.xml", "/ppt/slides/s.xml"),
            "ppt/slides/s.xml"
        );
        assert_eq!(
            relationships_part("ppt/presentation.xml"),
            "ppt/_rels/presentation.xml.rels"
        );
    }
}
