//! Tables of AsciiDoc: their cells by row and column.

/// The rows of a table, and how many of them are headers.
pub(super) fn table(lines: &[&str], block: &str, border: char) -> (Vec<Vec<String>>, Option<usize>) {
    let border = if matches!(border, ',' | ':') || border == '!' {
        border
    } else {
        '|'
    };
    let separated = matches!(border, ',' | ':') || block.contains("format=csv");
    let filled: Vec<&str> = lines
        .iter()
        .copied()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let blank_after_first = lines
        .iter()
        .skip_while(|line| line.trim().is_empty())
        .nth(1)
        .is_some_and(|line| line.trim().is_empty());
    let declared = block.contains("header") || blank_after_first;
    if separated {
        let mark = if border == ':' { ':' } else { ',' };
        let rows = filled
            .iter()
            .map(|line| {
                line.split(mark)
                    .map(|cell| cell.trim().trim_matches('"').to_owned())
                    .collect()
            })
            .collect();
        return (rows, declared.then_some(1));
    }
    let mut cells: Vec<String> = Vec::new();
    let mut width = 0;
    for line in &filled {
        let mut parts = line.split(border);
        let first = parts.next().unwrap_or_default();
        // `2+|text` spans two columns, `3*|text` is there three times; before the first border stands the rest of a cell.
        let mut before = first;
        if let Some(last) = cells
            .last_mut()
            .filter(|_| !first.trim().is_empty() && !is_cell_mark(first))
        {
            last.push(' ');
            last.push_str(first.trim());
        }
        for part in parts {
            let (text, mark) = part
                .rsplit_once(' ')
                .filter(|(_, mark)| is_cell_mark(mark))
                .unwrap_or((part, ""));
            let (repeat, span) = counts(before);
            cells.extend(std::iter::repeat_n(text.trim().to_owned(), repeat));
            cells.extend(std::iter::repeat_n(String::new(), span - 1));
            before = mark;
        }
        if width == 0 {
            width = cells.len();
        }
    }
    if let Some(columns) = columns(block) {
        width = columns;
    }
    let rows: Vec<Vec<String>> = cells.chunks(width.max(1)).map(<[String]>::to_vec).collect();
    (rows, declared.then_some(1))
}

/// `[cols="1,2,1"]` has three columns, `[cols="3*"]` too.
fn columns(block: &str) -> Option<usize> {
    let after = block.split("cols=").nth(1)?;
    let inside = match after.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => after.split([',', ']']).next()?,
    };
    match inside.split_once('*') {
        Some((count, _)) => count.trim().parse().ok(),
        None => Some(
            inside
                .split([',', ';'])
                .filter(|it| !it.trim().is_empty())
                .count(),
        ),
    }
    .filter(|columns| (1..=64).contains(columns))
}

fn is_cell_mark(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty()
        && text.len() <= 8
        && text
            .chars()
            .all(|it| it.is_ascii_digit() || ".+*<^>adehlmsv".contains(it))
        && (text.contains(['+', '*'])
            || text.len() == 1 && "adehlmsv<^>".contains(text)
            || text.starts_with(['<', '^', '>', '.']))
}

/// How often a cell is repeated, and how many columns it takes up.
fn counts(mark: &str) -> (usize, usize) {
    let mark = mark.trim();
    let number: usize = mark
        .chars()
        .take_while(char::is_ascii_digit)
        .collect::<String>()
        .parse()
        .unwrap_or(1)
        .clamp(1, 64);
    if mark.contains('*') {
        (number, 1)
    } else if mark.contains('+') {
        (1, number)
    } else {
        (1, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_counted_by_the_columns_that_are_declared() {
        let (rows, headers) = table(
            &["|Part |Torque", "", "|M8", "|25 Nm", "2+|both"],
            "[cols=\"1,1\"]",
            '|',
        );
        assert_eq!(headers, Some(1));
        assert_eq!(rows, [["Part", "Torque"], ["M8", "25 Nm"], ["both", ""]]);
    }
}
