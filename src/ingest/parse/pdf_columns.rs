//! Pages in columns. Where the file draws lines straight across two, the left one is read before the right one; and a place
//! on the page belongs to one of them.

use super::pdf_layout::Line;

/// Lines of two halves that are both running text; fewer than this may be a table or a form.
const FEWEST: usize = 6;

/// Puts the columns of a page one after the other where its lines run across both.
pub(super) fn apart(page: Vec<Line>) -> Vec<Line> {
    let halves: Vec<usize> = (0..page.len()).filter(|at| is_prose(&page[*at])).collect();
    let (Some(first), Some(last)) = (halves.first().copied(), halves.last().copied()) else {
        return page;
    };
    let mut starts: Vec<f32> = halves.iter().map(|at| page[*at].cells[1].left).collect();
    starts.sort_by(f32::total_cmp);
    let gutter = starts[starts.len() / 2];
    let aligned = starts
        .iter()
        .filter(|start| (*start - gutter).abs() < page[first].height())
        .count();
    let broken = page[first..=last]
        .iter()
        .filter(|line| line.cells.len() > 2)
        .count();
    if halves.len() < FEWEST || aligned * 4 < halves.len() * 3 || broken * 3 > halves.len() {
        return page;
    }
    let edge = gutter - page[first].height() * 0.3;
    let (mut read, mut right): (Vec<Line>, Vec<Line>) = (Vec::with_capacity(page.len()), Vec::new());
    for (at, line) in page.into_iter().enumerate() {
        let crosses = line
            .cells
            .iter()
            .any(|cell| cell.left < edge && cell.right > gutter);
        if at < first || crosses {
            read.append(&mut right);
            read.push(line);
            continue;
        }
        let (left_cells, right_cells): (Vec<_>, Vec<_>) =
            line.cells.into_iter().partition(|cell| cell.left < edge);
        if !left_cells.is_empty() {
            read.push(Line { cells: left_cells });
        }
        if !right_cells.is_empty() {
            right.push(Line { cells: right_cells });
        }
    }
    read.append(&mut right);
    read
}

/// The line that stands next below a place, in the column that begins there or goes through it.
pub(super) fn below(lines: &[Line], left: f32, height: f32) -> Option<usize> {
    /// Programs lead to a little before the first letter, in points.
    const BEFORE: f32 = 30.0;
    let goes_through = |line: &Line| (line.left() - BEFORE..=line.right()).contains(&left);
    let below: Vec<(usize, &Line)> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.bottom() < height && goes_through(line))
        .collect();
    let next = below
        .iter()
        .map(|(_, line)| line.bottom())
        .fold(f32::MIN, f32::max);
    let away = |line: &Line| (line.left() - left).abs();
    below
        .into_iter()
        .filter(|(_, line)| line.bottom() > next - line.height() * 0.9)
        .min_by(|(_, one), (_, other)| away(one).total_cmp(&away(other)))
        .map(|(at, _)| at)
}

/// Two cells of several words each.
fn is_prose(line: &Line) -> bool {
    let long = |text: &str| {
        text.split(' ').count() >= 4
            || text
                .chars()
                .filter(|character| super::lines::is_wide(*character))
                .count()
                >= 10
    };
    line.cells.len() == 2
        && line.cells.iter().all(|cell| {
            long(&cell.text) && cell.text.chars().any(char::is_lowercase)
                || long(&cell.text) && cell.text.chars().any(super::lines::is_wide)
        })
}
