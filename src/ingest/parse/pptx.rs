//! Presentations: slides in the order in which they are shown, with titles, tables and speaker notes.

use std::path::Path;

use super::headings::one_line;
use super::package::Package;
use super::page::PageTrouble;
use super::pptx_slide::Slide;
use super::xml::{self, Step, prefixed_attribute, relationships, relationships_part};
use super::{Limits, Outline, Output, ParseError, Parser, office97, properties};
use crate::domain::{Coverage, PageFate};

pub(super) const WHAT: &str = "presentation";
/// What stands before a picture on a slide.
const PICTURE: &[u8] = b"<p:pic";

/// Reads `.pptx`.
#[derive(Debug)]
pub(super) struct PptxParser;

impl Parser for PptxParser {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let mut package = match Package::open(path, WHAT, limits) {
            // The old format under the name of the new one.
            Err(ParseError::OldOffice { .. }) => return office97::read_ppt(path, limits, output),
            package => package?,
        };
        let slides = slides_in_order(&mut package, limits)?;
        let pages = u32::try_from(slides.len()).unwrap_or(u32::MAX);
        if pages > limits.pages {
            return Err(ParseError::TooManyPages {
                pages,
                limit: limits.pages,
            });
        }
        let properties = properties::of_package(&mut package, WHAT, limits)?;
        let mut title = properties::title(&properties);
        let mut coverage = Coverage::default();
        for (number, name) in (1..).zip(&slides) {
            let bytes = package
                .part(name)?
                .ok_or_else(|| ParseError::damaged(WHAT, format!("slide {number} is missing")))?;
            let slide = Slide::of(&mut package, name, &bytes, limits)?;
            if number == 1 && title.is_none() {
                title = slide
                    .title
                    .as_deref()
                    .map(one_line)
                    .filter(|title| !title.is_empty());
            }
            let before = output.blocks();
            slide.send(number, output)?;
            coverage.push(if output.blocks() > before {
                PageFate::Text
            } else if bytes.windows(PICTURE.len()).any(|tag| tag == PICTURE) {
                PageTrouble::Slide.fate()
            } else {
                PageFate::Empty
            });
        }
        Ok(Outline {
            title,
            coverage,
            properties,
            ..Outline::default()
        })
    }
}

fn slides_in_order(package: &mut Package, limits: &Limits) -> Result<Vec<String>, ParseError> {
    const PRESENTATION: &str = "ppt/presentation.xml";
    let missing = || ParseError::damaged(WHAT, "the list of its slides is missing");
    let presentation = package.part(PRESENTATION)?.ok_or_else(missing)?;
    let related = package
        .part(&relationships_part(PRESENTATION))?
        .ok_or_else(missing)?;
    let related = relationships(&related, PRESENTATION, WHAT, limits)?;
    let mut ids = Vec::new();
    xml::walk(&presentation, WHAT, limits, &mut |step| {
        if let Step::Open("sldId", tag) = step {
            ids.extend(prefixed_attribute(tag, "r:id"));
        }
        Ok(())
    })?;
    let named = |id: &String| {
        related
            .iter()
            .find(|relationship| relationship.id == *id)
            .map(|r| r.target.clone())
    };
    Ok(ids.iter().filter_map(named).collect())
}
