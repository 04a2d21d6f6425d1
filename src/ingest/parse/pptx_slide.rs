//! One slide: its shapes in the order in which they are read, tables, charts, notes and comments.

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use super::headings::{Headings, one_line};
use super::package::Package;
use super::pasted::Pasted;
use super::pptx::{WHAT, related};
use super::xml::{self, Step, attribute, prefixed_attribute};
use super::{Block, BlockKind, Limits, Output, ParseError, chart, table};
use crate::domain::Locator;

enum Item {
    Text {
        text: String,
        listed: bool,
    },
    Table(Vec<Vec<String>>),
    /// By its relationship while the slide is read, by its part from then on.
    Picture(String),
}

/// From the top and from the left, in the units of the format.
type Position = (i64, i64);

/// A slide.
#[derive(Default)]
pub(super) struct Slide {
    /// What stands in the place of the title.
    pub(super) title: Option<String>,
    /// Passed over when the slides are shown.
    pub(super) hidden: bool,
    /// What stands below: often the number and the revision of the document.
    pub(super) footer: Option<String>,
    shapes: Vec<Shape>,
    notes: Vec<String>,
}

#[derive(Default)]
struct Shape {
    position: Option<Position>,
    /// The place in the layout that it fills: its type and number.
    place: Option<(String, String)>,
    items: Vec<Item>,
    /// The relationship of the chart that it shows.
    chart: Option<String>,
}

/// What the shape that is being read is for.
#[derive(Default, Clone, Copy, PartialEq)]
enum Role {
    #[default]
    Other,
    Body,
    Title,
    /// Date and slide number.
    Furniture,
    /// The same on most slides.
    Footer,
}

impl Slide {
    /// The slide in the part `name`, with what stands in other parts.
    pub(super) fn of(
        package: &mut Package,
        name: &str,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Self, ParseError> {
        let mut slide = Self::read(bytes, limits)?;
        for relationship in related(package, name, limits)? {
            if relationship.kind == "image" {
                slide.show_picture(&relationship.id, &relationship.target);
                continue;
            }
            let kind = relationship.kind.as_str();
            if !matches!(
                kind,
                "notesSlide" | "comments" | "diagramData" | "chart" | "slideLayout"
            ) {
                continue;
            }
            let Some(bytes) = package.part(&relationship.target)? else {
                continue;
            };
            match kind {
                "comments" => slide.notes.extend(comments(&bytes, limits)?),
                "slideLayout" => slide.place_by(&Self::read(&bytes, limits)?),
                "chart" => slide.show_chart(&relationship.id, &bytes, limits)?,
                "diagramData" => {
                    let texts = Self::read(&bytes, limits)?.texts();
                    let items = texts.into_iter().map(|text| Item::Text { text, listed: true });
                    slide.shapes.push(Shape {
                        items: items.collect(),
                        ..Shape::default()
                    });
                }
                _ => slide.notes.extend(Self::read(&bytes, limits)?.texts()),
            }
        }
        Ok(slide)
    }

    fn read(bytes: &[u8], limits: &Limits) -> Result<Self, ParseError> {
        let mut slide = Self::default();
        let mut role = Role::default();
        let mut text: Option<String> = None;
        let mut grid: Option<Grid> = None;
        let (mut in_text, mut level, mut bullet) = (false, 0u32, false);
        slide.shapes.push(Shape::default());
        // Shapes in a group stand where the group does, in whatever order the file has them.
        let mut groups = 0u32;
        let mut in_background = false;
        xml::walk(bytes, WHAT, limits, &mut |step| {
            match step {
                Step::Open("sld", tag) => {
                    slide.hidden = matches!(attribute(tag, "show").as_deref(), Some("0" | "false"));
                }
                Step::Open("grpSp", _) => {
                    if groups == 0 {
                        slide.shapes.push(Shape::default());
                    }
                    groups += 1;
                }
                Step::Close("grpSp") => groups = groups.saturating_sub(1),
                Step::Open("sp" | "graphicFrame" | "cxnSp" | "pic", _) => {
                    role = Role::Other;
                    if groups == 0 {
                        slide.shapes.push(Shape::default());
                    }
                }
                Step::Open("bg", _) => in_background = true,
                Step::Close("bg") => in_background = false,
                Step::Open("blip", tag) if !in_background => {
                    let id = prefixed_attribute(tag, "r:embed");
                    if let (Some(shape), Some(id)) = (slide.shapes.last_mut(), id) {
                        shape.items.push(Item::Picture(id));
                    }
                }
                Step::Open("off", tag) => slide.positioned(tag),
                Step::Open("ph", tag) => {
                    let kind = attribute(tag, "type").unwrap_or_default();
                    role = match kind.as_str() {
                        "title" | "ctrTitle" => Role::Title,
                        "ftr" => Role::Footer,
                        "dt" | "sldNum" | "hdr" | "sldImg" => Role::Furniture,
                        _ => Role::Body,
                    };
                    let number = attribute(tag, "idx").unwrap_or_default();
                    if let Some(shape) = slide.shapes.last_mut() {
                        shape.place = Some((kind, number));
                    }
                }
                Step::Close("sp") => role = Role::Other,
                Step::Open("chart", tag) => {
                    let id = attribute(tag, "id");
                    if let Some(shape) = slide.shapes.last_mut() {
                        shape.chart = id;
                    }
                }
                Step::Open("p", _) => {
                    text = Some(String::new());
                    (level, bullet) = (0, false);
                }
                Step::Open("pPr", tag) => {
                    level = attribute(tag, "lvl")
                        .and_then(|level| level.parse().ok())
                        .unwrap_or(0);
                }
                Step::Open("buChar" | "buAutoNum", _) => bullet = true,
                Step::Open("t", _) => in_text = true,
                Step::Close("t") => in_text = false,
                Step::Open("br", _) => text.iter_mut().for_each(|text| text.push('\n')),
                Step::Text(piece) if in_text => text.iter_mut().for_each(|text| text.push_str(piece)),
                Step::Open("tbl", _) => grid = Some(Grid::default()),
                Step::Open("tr", _) => grid.iter_mut().for_each(|grid| grid.rows.push(Vec::new())),
                Step::Open("tc", tag) => grid.iter_mut().for_each(|grid| grid.begin(tag)),
                Step::Close("tbl") => {
                    if let (Some(grid), Some(shape)) = (grid.take(), slide.shapes.last_mut()) {
                        shape.items.push(Item::Table(grid.rows));
                    }
                }
                Step::Close("p") => {
                    let finished = text.take().filter(|text| !text.trim().is_empty());
                    if let Some(text) = finished {
                        match &mut grid {
                            Some(grid) => grid.write(&text),
                            None => slide.take(role, text, level > 0 || bullet || role == Role::Body),
                        }
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(slide)
    }

    fn positioned(&mut self, tag: &BytesStart<'_>) {
        let number = |name| attribute(tag, name).and_then(|number| number.parse().ok());
        if let (Some(shape), Some(left), Some(top)) = (self.shapes.last_mut(), number("x"), number("y")) {
            shape.position.get_or_insert((top, left));
        }
    }

    fn take(&mut self, role: Role, text: String, listed: bool) {
        match (role, &mut self.title, self.shapes.last_mut()) {
            (Role::Furniture, ..) => {}
            (Role::Footer, ..) => self.footer = Some(one_line(&text)),
            (Role::Title, Some(title), _) => {
                title.push(' ');
                title.push_str(&text);
            }
            (Role::Title, title, _) => *title = Some(text),
            (_, _, Some(shape)) => shape.items.push(Item::Text { text, listed }),
            _ => {}
        }
    }

    /// Shapes without a place of their own stand where the layout has them.
    fn place_by(&mut self, layout: &Self) {
        let mut places: HashMap<(&str, &str), Position> = HashMap::new();
        for shape in &layout.shapes {
            if let (Some((kind, number)), Some(position)) = (&shape.place, shape.position) {
                places.insert((kind, number), position);
                places.entry(("", number)).or_insert(position);
            }
        }
        for shape in &mut self.shapes {
            if let (None, Some((kind, number))) = (shape.position, &shape.place) {
                let here = places.get(&(kind.as_str(), number.as_str()));
                shape.position = here.or_else(|| places.get(&("", number.as_str()))).copied();
            }
        }
    }

    fn show_chart(&mut self, id: &str, bytes: &[u8], limits: &Limits) -> Result<(), ParseError> {
        let read = chart::read(bytes, WHAT, limits)?;
        if let Some(shape) = self
            .shapes
            .iter_mut()
            .find(|shape| shape.chart.as_deref() == Some(id))
        {
            shape.items.push(Item::Text {
                text: read.title,
                listed: false,
            });
            shape.items.push(Item::Table(read.rows));
        }
        Ok(())
    }

    /// A picture is in this part from now on.
    fn show_picture(&mut self, id: &str, part: &str) {
        for item in self.shapes.iter_mut().flat_map(|shape| &mut shape.items) {
            if matches!(item, Item::Picture(shown) if shown == id) {
                *item = Item::Picture(part.to_owned());
            }
        }
    }

    /// The parts of its pictures.
    pub(super) fn pictures(&self) -> impl Iterator<Item = &str> {
        let items = self.shapes.iter().flat_map(|shape| &shape.items);
        items.filter_map(|item| match item {
            Item::Picture(part) => Some(part.as_str()),
            Item::Text { .. } | Item::Table(_) => None,
        })
    }

    fn texts(self) -> Vec<String> {
        let items = self.shapes.into_iter().flat_map(|shape| shape.items);
        items
            .filter_map(|item| match item {
                Item::Text { text, .. } => Some(text),
                Item::Table(_) | Item::Picture(_) => None,
            })
            .collect()
    }

    /// Sends the slide with its number, from 1.
    pub(super) fn send(
        mut self,
        number: u32,
        pasted: &mut Pasted<'_>,
        output: &mut Output<'_>,
    ) -> Result<(), ParseError> {
        let mut headings = Headings::default();
        let place = Locator {
            slide: Some(number),
            hidden: self.hidden,
            ..Locator::default()
        };
        if let Some(title) = &self.title {
            headings.enter(1, title, place.clone(), output)?;
        }
        let place = Locator {
            headings: headings.path(),
            ..place
        };
        // From the top to the bottom, what stands at one height from the left to the right. The order of the file is the
        // order in which somebody made the shapes. Those without a place keep theirs, behind the one before them.
        let mut last = (i64::MIN, i64::MIN);
        for shape in &mut self.shapes {
            last = *shape.position.get_or_insert(last);
        }
        self.shapes.sort_by_key(|shape| shape.position);
        for item in self.shapes.into_iter().flat_map(|shape| shape.items) {
            match item {
                Item::Text { text, listed } => {
                    let kind = if listed {
                        BlockKind::ListItem
                    } else {
                        BlockKind::Paragraph
                    };
                    output.block(Block {
                        locator: place.clone(),
                        kind,
                        text,
                    })?;
                }
                Item::Table(rows) => table::send_rows(&rows, None, &place, output)?,
                Item::Picture(part) => pasted.send(&part, &place, output)?,
            }
        }
        for text in self.notes {
            output.paragraph(&place, text)?;
        }
        Ok(())
    }
}

/// The cells of a table while it is read.
#[derive(Default)]
struct Grid {
    rows: Vec<Vec<String>>,
}

impl Grid {
    /// A cell begins; one that is merged with the one above says the same.
    fn begin(&mut self, tag: &BytesStart<'_>) {
        let goes_on = matches!(attribute(tag, "vMerge").as_deref(), Some("1" | "true"));
        let above = self.rows.len().checked_sub(2).and_then(|row| {
            let column = self.rows.last()?.len();
            self.rows[row].get(column)
        });
        let text = above.filter(|_| goes_on).cloned().unwrap_or_default();
        if let Some(row) = self.rows.last_mut() {
            row.push(text);
        }
    }

    fn write(&mut self, text: &str) {
        if let Some(cell) = self.rows.last_mut().and_then(|row| row.last_mut()) {
            if !cell.is_empty() {
                cell.push(' ');
            }
            cell.push_str(text);
        }
    }
}

fn comments(bytes: &[u8], limits: &Limits) -> Result<Vec<String>, ParseError> {
    let mut comments = Vec::new();
    let (mut text, mut inside) = (String::new(), false);
    xml::walk(bytes, WHAT, limits, &mut |step| {
        match step {
            Step::Open("text" | "t", _) => inside = true,
            Step::Close("t") => inside = false,
            Step::Text(piece) if inside => text.push_str(piece),
            Step::Close("text" | "txBody") => {
                inside = false;
                comments.push(std::mem::take(&mut text));
            }
            _ => {}
        }
        Ok(())
    })?;
    comments.retain(|text| !text.trim().is_empty());
    Ok(comments)
}
