//! Tables on PDF pages: rows whose cells the file draws side by side, or one cell after the other.

use super::lines;
use super::pdf_layout::{Fragment, Line};

/// Lines of a first cell that are looked at before a second cell must come.
const LINES_OF_FIRST_CELL: usize = 4;

/// A table and how many lines of the page it takes up.
pub(super) struct Table {
    pub(super) rows: Vec<Vec<String>>,
    pub(super) lines: usize,
}

/// The table that begins with the first of these lines, if one does: three rows of two cells, or two of three.
pub(super) fn table_at(page: &[Line], pitch: f32) -> Option<Table> {
    let mut rows: Vec<Row> = Vec::new();
    let mut taken = 0;
    while let Some((row, count)) = row_at(&page[taken..], pitch) {
        if let Some(last) = rows.last()
            && (last.bottom <= row.bottom || last.bottom - row.top > last.letter * 4.0)
        {
            break;
        }
        rows.push(row);
        taken += count;
    }
    let wide = rows.iter().filter(|row| row.cells.len() >= 3).count();
    if rows.len() >= 3 || (rows.len() == 2 && wide > 0) {
        Some(Table {
            rows: texts(&rows),
            lines: taken,
        })
    } else {
        None
    }
}

struct Row {
    cells: Vec<Cell>,
    top: f32,
    bottom: f32,
    letter: f32,
}

struct Cell {
    text: String,
    left: f32,
    right: f32,
    bottom: f32,
}

impl Cell {
    fn of(fragment: &Fragment) -> Self {
        Self {
            text: fragment.text.clone(),
            left: fragment.left,
            right: fragment.right,
            bottom: fragment.bottom,
        }
    }

    /// Whether a fragment is the next line of this cell.
    fn goes_on_with(&self, fragment: &Fragment, letter: f32, pitch: f32) -> bool {
        let centre = |left: f32, right: f32| (left + right) / 2.0;
        let aligned = (self.left - fragment.left).abs() < letter * 0.5
            || (self.right - fragment.right).abs() < letter * 0.5
            || (centre(self.left, self.right) - centre(fragment.left, fragment.right)).abs() < letter * 0.5;
        let down = self.bottom - fragment.bottom;
        aligned && down > letter * 0.3 && down < letter * pitch.max(1.0) * 1.4
    }

    fn take(&mut self, fragment: &Fragment) {
        lines::append(&mut self.text, &fragment.text);
        self.left = self.left.min(fragment.left);
        self.right = self.right.max(fragment.right);
        self.bottom = fragment.bottom;
    }
}

/// The row that begins with the first line, and its lines.
fn row_at(page: &[Line], pitch: f32) -> Option<(Row, usize)> {
    let first = page.first()?;
    let letter = first.height().max(1.0);
    let mut row = Row {
        cells: first.cells.iter().map(Cell::of).collect(),
        top: first.cells.iter().map(|cell| cell.top).fold(f32::MIN, f32::max),
        bottom: first.bottom(),
        letter,
    };
    let mut count = 1;
    while let Some(line) = page.get(count) {
        if row.cells.len() < 2 && count >= LINES_OF_FIRST_CELL {
            return None;
        }
        if !row.take(line, pitch) {
            break;
        }
        count += 1;
    }
    // Lines below a first cell that no second cell follows are the next rows, or a paragraph.
    (row.cells.len() >= 2).then_some((row, count))
}

impl Row {
    fn take(&mut self, line: &Line, pitch: f32) -> bool {
        let (Some(begin), Some(last)) = (line.cells.first(), self.cells.last()) else {
            return false;
        };
        let (letter, height) = (self.letter, line.height());
        let same_letters = (height / letter - 1.0).abs() < 0.3;
        let is_beside = begin.left > last.right + letter * 0.3
            && begin.bottom > self.bottom - letter * 1.6
            && begin.bottom < self.top + letter * 1.2;
        if is_beside && same_letters {
            self.cells.extend(line.cells.iter().map(Cell::of));
            self.bottom = self.bottom.min(line.bottom());
            return true;
        }
        let from = usize::from(self.cells.len() > 1);
        let targets: Vec<Option<usize>> = line
            .cells
            .iter()
            .map(|cell| {
                (from..self.cells.len())
                    .rev()
                    .find(|at| self.cells[*at].goes_on_with(cell, letter, pitch))
            })
            .collect();
        if !same_letters || targets.iter().any(Option::is_none) {
            return false;
        }
        for (target, fragment) in targets.into_iter().flatten().zip(&line.cells) {
            self.cells[target].take(fragment);
        }
        self.bottom = self.bottom.min(line.bottom());
        true
    }
}

fn texts(rows: &[Row]) -> Vec<Vec<String>> {
    let columns = columns(rows);
    rows.iter()
        .map(|row| {
            let mut texts = vec![String::new(); columns.len()];
            for cell in &row.cells {
                lines::append(&mut texts[column_of(&columns, cell)], &cell.text);
            }
            texts
        })
        .collect()
}

/// Where the columns of some rows lie: cells whose widths overlap share a column.
fn columns(rows: &[Row]) -> Vec<(f32, f32)> {
    let widest = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let mut columns: Vec<(f32, f32)> = Vec::new();
    // The fullest rows first: they show the columns that others only touch.
    let mut order: Vec<&Row> = rows.iter().filter(|row| row.cells.len() * 2 > widest).collect();
    order.sort_by_key(|row| std::cmp::Reverse(row.cells.len()));
    for cell in order.into_iter().flat_map(|row| &row.cells) {
        let touching: Vec<usize> = (0..columns.len())
            .filter(|at| columns[*at].0 < cell.right && cell.left < columns[*at].1)
            .collect();
        match touching.as_slice() {
            [] => columns.push((cell.left, cell.right)),
            [only] => {
                columns[*only].0 = columns[*only].0.min(cell.left);
                columns[*only].1 = columns[*only].1.max(cell.right);
            }
            // A cell over several columns says nothing about where they lie.
            _ => {}
        }
    }
    columns.sort_by(|one, other| one.0.total_cmp(&other.0));
    columns
}

fn column_of(columns: &[(f32, f32)], cell: &Cell) -> usize {
    let distance = |(left, right): (f32, f32)| -> f32 {
        let overlap = right.min(cell.right) - left.max(cell.left);
        if overlap > 0.0 {
            -overlap
        } else {
            (left - cell.left).abs().min((right - cell.right).abs())
        }
    };
    (0..columns.len())
        .min_by(|one, other| distance(columns[*one]).total_cmp(&distance(columns[*other])))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::pdf_layout::{Font, lines};
    use super::*;

    /// Words at a place, ten points high and five wide a letter.
    fn at(left: f32, bottom: f32, text: &str) -> Fragment {
        let font = Font {
            size: 10.0,
            bold: false,
        };
        let mut fragment: Option<Fragment> = None;
        let mut from = left;
        for character in text.chars() {
            let bounds = [from, bottom, from + 5.0, bottom + 10.0];
            match &mut fragment {
                Some(fragment) => fragment.push(character, bounds, false, font),
                None => fragment = Some(Fragment::begin(character, bounds, font)),
            }
            from += 5.0;
        }
        fragment.expect("a word")
    }

    #[test]
    fn wrapped_cells_drawn_one_after_the_other_are_one_row() {
        let page = lines(vec![
            at(0.0, 100.0, "Alarm"),
            at(60.0, 100.0, "Meaning"),
            at(160.0, 100.0, "Remedy"),
            at(0.0, 80.0, "E-1"),
            at(60.0, 80.0, "Door"),
            at(160.0, 86.0, "Closethe"),
            at(160.0, 74.0, "doortwice"),
            at(0.0, 60.0, "E-2"),
            at(60.0, 60.0, "Oil"),
            at(160.0, 60.0, "Refill"),
            at(0.0, 20.0, "A-paragraph-below-that-is-long"),
        ]);
        let table = table_at(&page, 1.2).expect("a table");
        assert_eq!(
            table.rows,
            [
                ["Alarm", "Meaning", "Remedy"],
                ["E-1", "Door", "Closethe doortwice"],
                ["E-2", "Oil", "Refill"],
            ]
        );
        assert_eq!(page.len() - table.lines, 1);
    }

    #[test]
    fn a_paragraph_is_no_table() {
        let page = lines(
            (0..6)
                .map(|number| at(0.0, 100.0 - 12.0 * number as f32, "Justwordsonaline"))
                .collect(),
        );
        assert!(table_at(&page, 1.2).is_none());
    }
}
