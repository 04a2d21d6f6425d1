//! Tables of HTML: their cells by row and column, spans filled in.

use scraper::ElementRef;

use super::html_page::visible_text;

/// `td` and `th`.
pub(super) fn is_cell(element: &ElementRef<'_>) -> bool {
    matches!(element.value().name(), "td" | "th")
}

/// The cells of a table by row and column: one that spans several rows says the same in each of them.
pub(super) fn grid(rows: &[ElementRef<'_>]) -> Vec<Vec<String>> {
    let mut grid: Vec<Vec<String>> = Vec::with_capacity(rows.len());
    let mut hanging: Vec<(usize, String)> = Vec::new();
    for row in rows {
        let mut line: Vec<String> = Vec::new();
        let fill = |line: &mut Vec<String>, hanging: &mut Vec<(usize, String)>| {
            while let Some((left, text)) = hanging.get_mut(line.len()).filter(|(left, _)| *left > 0) {
                *left -= 1;
                line.push(text.clone());
            }
        };
        for cell in row.child_elements().filter(is_cell) {
            fill(&mut line, &mut hanging);
            let span = |name: &str| {
                cell.attr(name)
                    .and_then(|span| span.trim().parse().ok())
                    .unwrap_or(1usize)
            };
            let (down, across) = (span("rowspan").clamp(1, 1000), span("colspan").clamp(1, 64));
            let text = visible_text(cell);
            for column in 0..across {
                if hanging.len() <= line.len() {
                    hanging.resize(line.len() + 1, (0, String::new()));
                }
                hanging[line.len()] = (down - 1, text.clone());
                line.push(if column == 0 { text.clone() } else { String::new() });
            }
        }
        fill(&mut line, &mut hanging);
        grid.push(line);
    }
    grid
}
