//! Page headers and footers of OpenDocument sheets and slides: often the only place of a document's number and revision.

use std::collections::HashMap;

use super::sheet_margin::words;
use super::xml::{self, Step, attribute};
use super::{Limits, ParseError};

const WHAT: &str = "OpenDocument file";

/// The page headers and footers among the styles of a workbook, each once; none of those that are switched off.
pub(super) fn of_sheets(styles: &[u8], limits: &Limits) -> Result<Vec<String>, ParseError> {
    let mut texts: Vec<String> = Vec::new();
    let (mut text, mut inside) = (String::new(), false);
    xml::walk(styles, WHAT, limits, &mut |step| {
        match step {
            Step::Open(name, tag) if is_margin(name) => {
                inside = attribute(tag, "display").as_deref() != Some("false");
                text.clear();
            }
            Step::Close(name) if is_margin(name) => {
                inside = false;
                texts.extend(words(&text).filter(|text| !texts.contains(text)));
                text.clear();
            }
            Step::Open("s" | "tab" | "line-break", _) | Step::Close("p" | "h") if inside => text.push(' '),
            Step::Text(piece) if inside => text.push_str(piece),
            _ => {}
        }
        Ok(())
    })?;
    Ok(texts)
}

fn is_margin(name: &str) -> bool {
    [
        "header",
        "footer",
        "header-first",
        "footer-first",
        "header-left",
        "footer-left",
    ]
    .contains(&name)
}

/// The footer of each slide, in their order, on the first that has it.
pub(super) fn of_slides(content: &[u8], limits: &Limits) -> Result<Vec<Option<String>>, ParseError> {
    let mut declared: HashMap<String, String> = HashMap::new();
    let mut footers = Vec::new();
    let (mut name, mut text) = (None, String::new());
    xml::walk(content, WHAT, limits, &mut |step| {
        match step {
            Step::Open("footer-decl", tag) => {
                name = attribute(tag, "name");
                text.clear();
            }
            Step::Text(piece) if name.is_some() => text.push_str(piece),
            Step::Close("footer-decl") => {
                declared.extend(name.take().zip(words(&text)));
            }
            Step::Open("page", tag) => {
                let used = attribute(tag, "use-footer-name");
                let footer = used.and_then(|used| declared.get(&used).cloned());
                let is_new = !footers.contains(&footer);
                footers.push(footer.filter(|_| is_new));
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(footers)
}
