//! Tables on PDF pages: lines of several cells below one another.

use super::lines;
use super::pdf_layout::{Fragment, Line, gap, is_beyond};

/// How many lines from here on are rows of one table: two or more that have several cells in the same columns.
pub(super) fn table_rows(page: &[Line], pitch: f32) -> usize {
    let Some(first) = page.first().filter(|line| line.cells.len() >= 2) else { return 0 };
    let mut count = 1;
    let mut full = 1;
    while let Some(line) = page.get(count) {
        let last = &page[count - 1];
        if gap(last, line) < 0.0 || is_beyond(last, line, pitch.max(1.0), 4.0) {
            break;
        }
        if line.cells.len() >= 2 {
            full += 1;
        } else {
            // One cell alone is a part of the table if it continues a cell and another row follows.
            let follows = page.get(count + 1).is_some_and(|next| next.cells.len() >= 2);
            let inside = line.left() > first.left() + first.height() || line.right() < first.cells[1].left;
            if !(follows && inside && !is_beyond(last, line, pitch, 1.5)) {
                break;
            }
        }
        count += 1;
    }
    let three = page[..count].iter().any(|line| line.cells.len() >= 3);
    // Two lines of two cells may be an address or a signature; three are a table.
    if full >= 3 || (full == 2 && three) { count } else { 0 }
}

pub(super) fn table_cells(rows: &[Line], pitch: f32) -> Vec<Vec<String>> {
    let columns = columns(rows);
    let mut cells: Vec<Vec<String>> = Vec::new();
    for (at, line) in rows.iter().enumerate() {
        let mut row = vec![String::new(); columns.len()];
        for cell in &line.cells {
            let column = column_of(&columns, cell);
            if !row[column].is_empty() {
                row[column].push(' ');
            }
            row[column].push_str(&cell.text);
        }
        let first_empty = row.first().is_some_and(String::is_empty);
        let close = at > 0 && !is_beyond(&rows[at - 1], line, pitch, 1.25);
        match cells.last_mut() {
            Some(last) if first_empty && close && line.cells.len() < columns.len() => {
                for (cell, more) in last.iter_mut().zip(&row) {
                    lines::append(cell, more);
                }
            }
            _ => cells.push(row),
        }
    }
    cells
}

/// Where the columns of some rows lie: cells whose widths overlap share a column.
fn columns(rows: &[Line]) -> Vec<(f32, f32)> {
    let widest = rows.iter().map(|line| line.cells.len()).max().unwrap_or(0);
    let mut columns: Vec<(f32, f32)> = Vec::new();
    for line in rows.iter().filter(|line| line.cells.len() * 2 > widest) {
        for cell in &line.cells {
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
    }
    columns.sort_by(|one, other| one.0.total_cmp(&other.0));
    columns
}

fn column_of(columns: &[(f32, f32)], cell: &Fragment) -> usize {
    let distance = |(left, right): (f32, f32)| -> f32 {
        let overlap = right.min(cell.right) - left.max(cell.left);
        if overlap > 0.0 { -overlap } else { (left - cell.left).abs().min((right - cell.right).abs()) }
    };
    (0..columns.len()).min_by(|one, other| distance(columns[*one]).total_cmp(&distance(columns[*other]))).unwrap_or(0)
}
