//! Charts of Office documents: their title, and their data as a table.

use super::headings::one_line;
use super::xml::{self, Step, attribute};
use super::{Limits, ParseError};

/// Points of a series, and series, that are kept.
const POINTS: usize = 5_000;
const SERIES: usize = 100;

/// A chart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Chart {
    /// What stands over it.
    pub(super) title: String,
    /// Categories down, series across, with the names of the series as first row.
    pub(super) rows: Vec<Vec<String>>,
}

#[derive(Default)]
struct Series {
    name: String,
    categories: Vec<String>,
    values: Vec<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Nothing,
    Title,
    Name,
    Categories,
    Values,
}

/// Reads a part that holds a chart.
pub(super) fn read(bytes: &[u8], what: &'static str, limits: &Limits) -> Result<Chart, ParseError> {
    let mut title = String::new();
    let mut series: Vec<Series> = Vec::new();
    let mut inside = Inside::Nothing;
    let mut in_text = false;
    let mut point = 0usize;
    let mut text = String::new();
    xml::walk(bytes, what, limits, &mut |step| {
        match step {
            Step::Open("ser", _) if series.len() < SERIES => series.push(Series::default()),
            Step::Open("title", _) if title.is_empty() => inside = Inside::Title,
            Step::Open("tx", _) if inside == Inside::Nothing && !series.is_empty() => inside = Inside::Name,
            Step::Open("cat" | "xVal", _) => inside = Inside::Categories,
            Step::Open("val" | "yVal", _) => inside = Inside::Values,
            Step::Close("title" | "cat" | "val" | "xVal" | "yVal") => inside = Inside::Nothing,
            Step::Close("tx") if inside == Inside::Name => inside = Inside::Nothing,
            Step::Open("pt", tag) => {
                point = attribute(tag, "idx")
                    .and_then(|index| index.parse().ok())
                    .unwrap_or(POINTS);
            }
            Step::Open("v" | "t", _) => {
                in_text = true;
                text.clear();
            }
            Step::Text(piece) if in_text => text.push_str(piece),
            Step::Close("v" | "t") => {
                in_text = false;
                let said = one_line(&text);
                match (inside, series.last_mut()) {
                    (Inside::Title, _) => title.push_str(&text),
                    (Inside::Name, Some(series)) => series.name = said,
                    (Inside::Categories, Some(series)) => put(&mut series.categories, point, said),
                    (Inside::Values, Some(series)) => put(&mut series.values, point, said),
                    _ => {}
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    let categories = series
        .iter()
        .map(|series| &series.categories)
        .max_by_key(|names| names.len());
    let categories = categories.cloned().unwrap_or_default();
    let length = series.iter().map(|series| series.values.len()).max().unwrap_or(0);
    let mut rows = Vec::new();
    if length > 0 {
        let names = series.iter().map(|series| series.name.clone());
        rows.push(std::iter::once(String::new()).chain(names).collect());
    }
    for at in 0..length {
        let category = categories.get(at).cloned().unwrap_or_default();
        let values = series
            .iter()
            .map(|series| series.values.get(at).cloned().unwrap_or_default());
        rows.push(std::iter::once(category).chain(values).collect());
    }
    Ok(Chart {
        title: one_line(&title),
        rows,
    })
}

fn put(values: &mut Vec<String>, at: usize, value: String) {
    if at < POINTS {
        if values.len() <= at {
            values.resize(at + 1, String::new());
        }
        values[at] = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_of_a_chart_is_a_table() {
        let chart = br#"<c:chartSpace><c:title><a:t>Scrap</a:t></c:title><c:ser><c:tx><c:v>Line 1</c:v></c:tx>
            <c:cat><c:pt idx="0"><c:v>May</c:v></c:pt><c:pt idx="1"><c:v>June</c:v></c:pt></c:cat>
            <c:val><c:pt idx="0"><c:v>3</c:v></c:pt><c:pt idx="1"><c:v>5</c:v></c:pt></c:val></c:ser></c:chartSpace>"#;
        let chart = read(chart, "presentation", &Limits::default()).unwrap();
        assert_eq!(chart.title, "Scrap");
        assert_eq!(chart.rows, [["", "Line 1"], ["May", "3"], ["June", "5"]]);
    }
}
