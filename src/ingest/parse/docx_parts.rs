//! The parts of a Word document: what its styles mean, how its lists count, and which pictures each part shows.

use std::collections::HashMap;

use super::package::Package;
use super::xml::{self, Relationship, Step, attribute, relationships, relationships_part};
use super::{Limits, ParseError};

pub(super) const WHAT: &str = "Word document";

/// The parts of pictures, by the numbers of their relationships: in each part of the document the same numbers mean others.
pub(super) type Pictures = HashMap<String, String>;
/// A part of the document, with its pictures.
pub(super) type Part = (Vec<u8>, Pictures);

/// What a part points at.
pub(super) fn related_to(
    package: &mut Package,
    part: &str,
    limits: &Limits,
) -> Result<Vec<Relationship>, ParseError> {
    match package.part(&relationships_part(part))? {
        Some(bytes) => relationships(&bytes, part, WHAT, limits),
        None => Ok(Vec::new()),
    }
}

/// The pictures among it.
pub(super) fn pictures(related: &[Relationship]) -> Pictures {
    let pictures = related.iter().filter(|relationship| relationship.kind == "image");
    pictures.map(|one| (one.id.clone(), one.target.clone())).collect()
}

/// What a paragraph style makes of a paragraph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Style {
    /// The level of a heading, from 1.
    pub(super) heading: Option<u8>,
    /// The document's title.
    pub(super) title: bool,
    /// Number definition and level.
    pub(super) numbering: Option<(String, usize)>,
    /// Code or console output.
    pub(super) code: bool,
    /// A line of the table of contents, which repeats the headings.
    pub(super) contents: bool,
    based_on: Option<String>,
}

/// The styles of `word/styles.xml`, by id, with what they inherit filled in.
pub(super) fn styles(bytes: &[u8], limits: &Limits) -> Result<HashMap<String, Style>, ParseError> {
    let mut styles: HashMap<String, Style> = HashMap::new();
    let mut current: Option<(String, Style)> = None;
    xml::walk(bytes, WHAT, limits, &mut |step| {
        match step {
            Step::Open("style", tag) => {
                current = attribute(tag, "styleId").map(|id| (id, Style::default()));
            }
            Step::Close("style") => styles.extend(current.take()),
            Step::Open(name, tag) => {
                if let Some((_, style)) = &mut current {
                    read_style_property(style, name, attribute(tag, "val"));
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    let inherited: Vec<(String, Style)> = styles
        .keys()
        .map(|id| (id.clone(), with_ancestors(&styles, id)))
        .collect();
    Ok(inherited.into_iter().collect())
}

fn read_style_property(style: &mut Style, name: &str, value: Option<String>) {
    match (name, value) {
        ("name", Some(value)) => {
            let value = value.to_lowercase();
            let level = value
                .strip_prefix("heading ")
                .or_else(|| value.strip_prefix("标题 "));
            style.heading = level
                .and_then(|level| level.trim().parse().ok())
                .filter(|level| (1..=9).contains(level));
            style.title = value == "title" || value == "标题";
            style.contents = value.starts_with("toc ") && value != "toc heading";
            style.code = value.contains("code") || value.contains("preformatted") || value == "plain text";
        }
        ("basedOn", value) => style.based_on = value,
        ("outlineLvl", Some(value)) if style.heading.is_none() => {
            style.heading = value
                .parse::<u8>()
                .ok()
                .filter(|level| *level < 9)
                .map(|level| level + 1);
        }
        ("numId", Some(value)) => style.numbering.get_or_insert_default().0 = value,
        ("ilvl", Some(value)) => style.numbering.get_or_insert_default().1 = value.parse().unwrap_or(0),
        _ => {}
    }
}

fn with_ancestors(styles: &HashMap<String, Style>, id: &str) -> Style {
    let mut style = styles.get(id).cloned().unwrap_or_default();
    let mut ancestor = style.based_on.clone();
    for _ in 0..10 {
        let Some(parent) = ancestor.as_ref().and_then(|id| styles.get(id)) else {
            break;
        };
        if !style.title {
            style.heading = style.heading.or(parent.heading);
        }
        style.numbering = style.numbering.or_else(|| parent.numbering.clone());
        style.code |= parent.code;
        ancestor = parent.based_on.clone();
    }
    style
}

#[derive(Debug, Clone)]
struct Level {
    start: u32,
    format: String,
    pattern: String,
}

/// The counters of a document's numbered lists and headings.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    definitions: HashMap<String, HashMap<usize, Level>>,
    definition_of: HashMap<String, String>,
    counters: HashMap<String, Vec<u32>>,
}

impl Numbering {
    /// Reads `word/numbering.xml`.
    pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Self, ParseError> {
        let mut numbering = Self::default();
        let mut definition: Option<String> = None;
        let mut number: Option<String> = None;
        let mut level: Option<usize> = None;
        xml::walk(bytes, WHAT, limits, &mut |step| {
            match step {
                Step::Open("abstractNum", tag) => definition = attribute(tag, "abstractNumId"),
                Step::Close("abstractNum") => definition = None,
                Step::Open("num", tag) => number = attribute(tag, "numId"),
                Step::Close("num") => number = None,
                Step::Open("abstractNumId", tag) => {
                    if let (Some(number), Some(id)) = (&number, attribute(tag, "val")) {
                        numbering.definition_of.insert(number.clone(), id);
                    }
                }
                Step::Open("lvl", tag) => level = attribute(tag, "ilvl").and_then(|level| level.parse().ok()),
                Step::Close("lvl") => level = None,
                Step::Open(name @ ("start" | "numFmt" | "lvlText"), tag) => {
                    if let (Some(definition), Some(level), Some(value)) =
                        (&definition, level, attribute(tag, "val"))
                    {
                        let levels = numbering.definitions.entry(definition.clone()).or_default();
                        let level = levels.entry(level).or_insert_with(|| Level {
                            start: 1,
                            format: "decimal".to_owned(),
                            pattern: String::new(),
                        });
                        match name {
                            "start" => level.start = value.parse().unwrap_or(1),
                            "numFmt" => level.format = value,
                            _ => level.pattern = value,
                        }
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(numbering)
    }

    /// The next number of a list at a level, as it is printed: `4.2`, `c)`. `None` for bullets.
    pub(super) fn next(&mut self, number: &str, depth: usize) -> Option<String> {
        let definition = self.definition_of.get(number)?;
        let levels = self.definitions.get(definition)?;
        let level = levels.get(&depth)?;
        let counters = self.counters.entry(definition.clone()).or_default();
        for upper in counters.len()..=depth {
            // A level that was skipped counts as begun.
            let start = levels.get(&upper).map_or(1, |level| level.start);
            counters.push(if upper == depth {
                start.saturating_sub(1)
            } else {
                start
            });
        }
        counters.truncate(depth + 1);
        counters[depth] = counters[depth].saturating_add(1);
        if matches!(level.format.as_str(), "bullet" | "none") {
            return None;
        }
        let mut printed = level.pattern.clone();
        for (upper, count) in counters.iter().enumerate() {
            let format = levels
                .get(&upper)
                .map_or("decimal", |level| level.format.as_str());
            printed = printed.replace(&format!("%{}", upper + 1), &format_number(*count, format));
        }
        let printed = printed.trim().to_owned();
        (!printed.is_empty()).then_some(printed)
    }
}

fn format_number(number: u32, format: &str) -> String {
    const CHINESE: [&str; 11] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    let index = usize::try_from(number).unwrap_or(0);
    match format {
        "lowerLetter" | "upperLetter" if (1..=26).contains(&number) => {
            let letter = char::from(b'a' + u8::try_from(number - 1).unwrap_or(0));
            let letter = if format == "upperLetter" {
                letter.to_ascii_uppercase()
            } else {
                letter
            };
            letter.to_string()
        }
        "lowerRoman" => roman(number),
        "upperRoman" => roman(number).to_uppercase(),
        "chineseCounting" | "chineseCountingThousand" | "japaneseCounting" | "ideographDigital" => {
            match index {
                0..=10 => CHINESE[index].to_owned(),
                11..=19 => format!("十{}", CHINESE[index - 10]),
                20..=99 if index % 10 == 0 => format!("{}十", CHINESE[index / 10]),
                20..=99 => format!("{}十{}", CHINESE[index / 10], CHINESE[index % 10]),
                _ => number.to_string(),
            }
        }
        "decimalZero" => format!("{number:02}"),
        _ => number.to_string(),
    }
}

fn roman(mut number: u32) -> String {
    const DIGITS: [(u32, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    if number > 3999 {
        return number.to_string();
    }
    let mut text = String::new();
    for (value, digits) in DIGITS {
        while number >= value {
            text.push_str(digits);
            number -= value;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_count_by_their_levels() {
        let xml = r#"<w:numbering><w:abstractNum w:abstractNumId="0">
            <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
            <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
            </w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num></w:numbering>"#;
        let mut numbering = Numbering::read(xml.as_bytes(), &Limits::default()).unwrap();
        let printed: Vec<_> = [0, 1, 1, 0, 1]
            .into_iter()
            .map(|depth| numbering.next("5", depth).unwrap())
            .collect();
        assert_eq!(printed, ["1.", "1.1", "1.2", "2.", "2.1"]);
        assert_eq!(numbering.next("6", 0), None);
    }

    #[test]
    fn numbers_are_printed_in_the_ways_of_both_languages() {
        assert_eq!(format_number(3, "upperLetter"), "C");
        assert_eq!(format_number(14, "lowerRoman"), "xiv");
        assert_eq!(format_number(23, "chineseCounting"), "二十三");
    }

    #[test]
    fn a_style_inherits_from_what_it_is_based_on() {
        let xml = r#"<w:styles><w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>
            <w:style w:styleId="Mine"><w:name w:val="Chapter"/><w:basedOn w:val="H1"/></w:style></w:styles>"#;
        let styles = styles(xml.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(styles["Mine"].heading, Some(1));
    }
}
