//! Presentations: slides in the order in which they are shown, with titles, tables and speaker notes.

use std::collections::{HashSet, VecDeque};
use std::path::Path;

use super::headings::one_line;
use super::ocr::Ocr;
use super::package::Package;
use super::page::PageTrouble;
use super::pasted::Pasted;
use super::pptx_slide::Slide;
use super::xml::{self, Relationship, Step, prefixed_attribute, relationships, relationships_part};
use super::{Limits, Outline, Output, ParseError, Parser, office97, properties};
use crate::domain::{Coverage, Locator, PageFate};

pub(super) const WHAT: &str = "presentation";
/// What stands before a picture on a slide.
const PICTURE: &[u8] = b"<p:pic";
/// Slides that are read before the first is sent: so the pictures on several of them are recognised at once.
const WINDOW: usize = 8;

/// Reads `.pptx`.
#[derive(Debug)]
pub(super) struct PptxParser<'parser> {
    ocr: &'parser Ocr,
}

impl<'parser> PptxParser<'parser> {
    /// With what recognises the text of pictures.
    pub(super) fn new(ocr: &'parser Ocr) -> Self {
        Self { ocr }
    }
}

impl Parser for PptxParser<'_> {
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
        let mut pasted = Pasted::new(self.ocr, output);
        for name in &slides {
            for relationship in related(&mut package, name, limits)? {
                if relationship.kind == "image" {
                    pasted.is_used(&relationship.target);
                }
            }
        }
        let mut to_come = (1..).zip(&slides);
        let mut window: VecDeque<(u32, Slide, bool)> = VecDeque::new();
        let mut footers = HashSet::new();
        loop {
            while window.len() < WINDOW
                && let Some((number, name)) = to_come.next()
            {
                let bytes = package
                    .part(name)?
                    .ok_or_else(|| ParseError::damaged(WHAT, format!("slide {number} is missing")))?;
                let slide = Slide::of(&mut package, name, &bytes, limits)?;
                for part in slide.pictures() {
                    pasted.begin(&mut package, part);
                }
                let shows_some = bytes.windows(PICTURE.len()).any(|tag| tag == PICTURE);
                window.push_back((number, slide, shows_some));
            }
            let Some((number, mut slide, shows_some)) = window.pop_front() else {
                break;
            };
            if number == 1 && title.is_none() {
                title = slide
                    .title
                    .as_deref()
                    .map(one_line)
                    .filter(|title| !title.is_empty());
            }
            // A footer is sent once, where it is first seen. One that is but a number or a day says nothing.
            let footer = slide.footer.take().filter(|footer| {
                let letters = footer.chars().filter(|letter| letter.is_alphabetic()).count();
                letters >= 3 && footers.insert(footer.clone())
            });
            let place = Locator {
                slide: Some(number),
                hidden: slide.hidden,
                ..Locator::default()
            };
            let before = output.blocks();
            slide.send(number, &mut pasted, output)?;
            match pasted.fate(output.blocks() - before) {
                // Pictures in forms that are not read, or too small for letters.
                (PageFate::Empty, _) if shows_some => coverage.push(PageTrouble::Slide.fate()),
                (fate, pictures) => {
                    coverage.push(fate);
                    pictures
                        .into_iter()
                        .for_each(|fate| coverage.pictures_fared(fate));
                }
            }
            // It is not what makes a slide one that can be searched.
            if let Some(footer) = footer {
                output.paragraph(&place, footer)?;
            }
        }
        Ok(Outline {
            title,
            coverage,
            properties,
            ..Outline::default()
        })
    }
}

/// What a part points to.
pub(super) fn related(
    package: &mut Package,
    name: &str,
    limits: &Limits,
) -> Result<Vec<Relationship>, ParseError> {
    match package.part(&relationships_part(name))? {
        Some(bytes) => relationships(&bytes, name, WHAT, limits),
        None => Ok(Vec::new()),
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
