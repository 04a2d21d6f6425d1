//! Tables of reStructuredText: grid, simple, list-table and csv-table, as rows of cells.

use super::rst_inline::plain;

/// Rows of a table and how many of them are headers, where the markup says so.
pub(super) type Grid = (Vec<Vec<String>>, Option<usize>);

/// Whether a line begins a grid table: `+-----+----+`.
pub(super) fn begins_grid(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3
        && line.starts_with('+')
        && line.ends_with('+')
        && line.chars().all(|c| matches!(c, '+' | '-' | '='))
}

/// Whether a line begins a simple table: `===== ====`.
pub(super) fn begins_simple(line: &str) -> bool {
    let line = line.trim();
    line.contains(' ')
        && line
            .split_whitespace()
            .all(|rule| rule.len() >= 2 && rule.chars().all(|c| c == '='))
}

/// Reads a grid table of these lines. Columns are cut at the borders of the first line, counted in columns of the
/// screen, since Chinese characters take two.
pub(super) fn grid(lines: &[&str]) -> Grid {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut headers = None;
    let mut current: Vec<String> = Vec::new();
    for line in lines {
        let line = line.trim();
        let is_border = line.starts_with('+') && line.chars().all(|c| matches!(c, '+' | '-' | '=' | ' '));
        if is_border {
            if current.iter().any(|cell| !cell.is_empty()) {
                rows.push(std::mem::take(&mut current));
            }
            current.clear();
            if line.contains('=') {
                headers = Some(rows.len());
            }
            continue;
        }
        let inside = line.strip_prefix(['|', '+']).unwrap_or(line);
        let inside = inside.strip_suffix(['|', '+']).unwrap_or(inside);
        for (column, cell) in inside.split('|').enumerate() {
            let cell = cell.trim();
            // A cell that spans rows leaves a piece of border in its line.
            let cell = if cell.len() > 2 && cell.chars().all(|c| matches!(c, '-' | '+' | '=')) {
                ""
            } else {
                cell
            };
            if current.len() <= column {
                current.resize(column + 1, String::new());
            }
            super::lines::append(&mut current[column], cell);
        }
    }
    if current.iter().any(|cell| !cell.is_empty()) {
        rows.push(current);
    }
    (plain_cells(rows), headers)
}

/// Reads a simple table of these lines, the first of which is its upper border.
pub(super) fn simple(lines: &[&str]) -> Grid {
    let starts: Vec<usize> = columns_of(lines.first().copied().unwrap_or_default());
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut headers = None;
    for line in &lines[1..] {
        if begins_simple(line) {
            if headers.is_none() {
                headers = Some(rows.len());
            }
            continue;
        }
        if line.trim().is_empty() || line.trim().chars().all(|c| c == '-' || c == ' ') {
            continue;
        }
        let cells = cut(line, &starts);
        let continues = cells.first().is_some_and(String::is_empty);
        match rows.last_mut() {
            Some(row) if continues => {
                for (cell, more) in row.iter_mut().zip(&cells) {
                    super::lines::append(cell, more);
                }
            }
            _ => rows.push(cells),
        }
    }
    // The lower border is counted as a header border only where another stood before it.
    let headers = headers.filter(|headers| *headers < rows.len());
    (plain_cells(rows), headers)
}

/// Reads the body of a `list-table`: a list of rows, each a list of cells.
pub(super) fn list_table(lines: &[&str], headers: Option<usize>) -> Grid {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in lines {
        let text = line.trim_start();
        let (row, rest) = match text.strip_prefix("* ").or_else(|| (text == "*").then_some("")) {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text),
        };
        if row {
            rows.push(Vec::new());
        }
        let Some(cells) = rows.last_mut() else { continue };
        match rest.strip_prefix("- ").or_else(|| (rest == "-").then_some("")) {
            Some(cell) => cells.push(cell.trim().to_owned()),
            None => {
                if let Some(cell) = cells.last_mut() {
                    super::lines::append(cell, rest);
                }
            }
        }
    }
    (plain_cells(rows), headers)
}

/// Reads the body of a `csv-table`, with the header that its option names.
pub(super) fn csv_table(lines: &[&str], header: Option<&str>, header_rows: usize) -> Grid {
    let text = header
        .into_iter()
        .chain(lines.iter().copied())
        .collect::<Vec<_>>()
        .join("\n");
    // Writers put a blank behind the comma, where a quotation mark would no longer count.
    let text = text.replace(", \"", ",\"");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let rows = reader
        .records()
        .filter_map(Result::ok)
        .map(|record| record.iter().map(str::to_owned).collect())
        .collect();
    let headers = usize::from(header.is_some()) + header_rows;
    (plain_cells(rows), (headers > 0).then_some(headers))
}

fn columns_of(border: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut last = ' ';
    for (position, character) in border.chars().enumerate() {
        if character == '=' && last != '=' {
            starts.push(position);
        }
        last = character;
    }
    starts
}

fn cut(line: &str, starts: &[usize]) -> Vec<String> {
    let mut cells = vec![String::new(); starts.len()];
    let mut width = 0;
    for character in line.chars() {
        let column = starts.iter().rposition(|start| *start <= width).unwrap_or(0);
        if let Some(cell) = cells.get_mut(column) {
            cell.push(character);
        }
        width += super::lines::columns(character.encode_utf8(&mut [0; 4])).max(1);
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

fn plain_cells(rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let tidy = |cell: String| plain(cell.trim_start_matches("- ").trim());
    rows.into_iter()
        .map(|row| row.into_iter().map(tidy).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_table_keeps_its_cells_together() {
        let lines = [
            "+------+--------+",
            "| Part | Torque |",
            "+======+========+",
            "| M8   | 25 Nm  |",
            "| long | dry    |",
            "+------+--------+",
        ];
        let (rows, headers) = grid(&lines);
        assert_eq!(rows, [["Part", "Torque"], ["M8 long", "25 Nm dry"]]);
        assert_eq!(headers, Some(1));
    }

    #[test]
    fn a_simple_table_is_cut_at_its_border() {
        let lines = [
            "===== =======",
            "Part  Torque",
            "===== =======",
            "M8    25 Nm",
            "螺栓  49 Nm",
            "===== =======",
        ];
        let (rows, headers) = simple(&lines);
        assert_eq!(rows, [["Part", "Torque"], ["M8", "25 Nm"], ["螺栓", "49 Nm"]]);
        assert_eq!(headers, Some(1));
    }

    #[test]
    fn list_and_csv_tables_are_rows_too() {
        let (rows, _) = list_table(&["* - Part", "  - Torque", "* - M8", "  - 25", "    Nm"], Some(1));
        assert_eq!(rows, [["Part", "Torque"], ["M8", "25 Nm"]]);
        let (rows, headers) = csv_table(&["M8, \"25, dry\""], Some("Part, Torque"), 0);
        assert_eq!(rows, [["Part", "Torque"], ["M8", "25, dry"]]);
        assert_eq!(headers, Some(1));
    }
}
