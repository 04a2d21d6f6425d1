//! From the boxes of characters to the lines that are marked on a picture.

use serde::{Deserialize, Serialize};

use super::PageShape;

/// A line that is marked, as fractions of the page's width and height, counted from its upper left corner: 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// Where it begins.
    pub left: f32,
    /// Its upper edge.
    pub top: f32,
    /// Where it ends.
    pub right: f32,
    /// Its lower edge.
    pub bottom: f32,
}

impl Mark {
    /// A line as a mark; nothing where no part of it lies on the page.
    pub(super) fn on(line: Rect, page: PageShape) -> Option<Self> {
        let share = |place: f32, whole: f32| (place / whole).clamp(0.0, 1.0);
        let mark = Self {
            left: share(line.left, page.width),
            top: share(line.top, page.height),
            right: share(line.right, page.width),
            bottom: share(line.bottom, page.height),
        };
        (mark.left < mark.right && mark.top < mark.bottom).then_some(mark)
    }
}

/// A box on the page as it is shown, in points from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
}

impl Rect {
    /// The box `[left, bottom, right, top]` of the file where `shown` puts its corners on the page.
    pub(super) fn of_corners(
        [left, bottom, right, top]: [f32; 4],
        shown: impl Fn(f32, f32) -> Option<(f32, f32)>,
    ) -> Option<Self> {
        if ![left, bottom, right, top].into_iter().all(f32::is_finite) {
            return None;
        }
        let (one, other) = (shown(left, bottom)?, shown(right, top)?);
        let placed = Self {
            left: one.0.min(other.0),
            top: one.1.min(other.1),
            right: one.0.max(other.0),
            bottom: one.1.max(other.1),
        };
        (placed.left < placed.right && placed.top < placed.bottom).then_some(placed)
    }

    fn turned(self) -> Self {
        Self {
            left: self.top,
            top: self.left,
            right: self.bottom,
            bottom: self.right,
        }
    }

    fn height(self) -> f32 {
        self.bottom - self.top
    }

    /// Whether the next character continues this line: at its height, without a gap as between columns.
    fn goes_on_with(self, next: Self) -> bool {
        let height = self.height().min(next.height());
        let shared = self.bottom.min(next.bottom) - self.top.max(next.top);
        let gap = next.left.max(self.left) - next.right.min(self.right);
        let apart = (next.left - self.right).max(self.left - next.right);
        shared > height * 0.5 && (gap < 0.0 || apart < self.height().max(next.height()) * 1.5)
    }

    fn with(self, next: Self) -> Self {
        Self {
            left: self.left.min(next.left),
            top: self.top.min(next.top),
            right: self.right.max(next.right),
            bottom: self.bottom.max(next.bottom),
        }
    }
}

/// The lines that characters make, given in the order in which they are read. Where they run up or down the page, so do
/// the lines.
pub(super) fn lines(characters: &[Rect]) -> Vec<Rect> {
    let sideways = characters
        .windows(2)
        .filter(|pair| (pair[1].left - pair[0].left).abs() < (pair[1].top - pair[0].top).abs())
        .count();
    let turned = sideways * 2 > characters.len();
    let turn = |line: Rect| if turned { line.turned() } else { line };
    let mut lines: Vec<Rect> = Vec::new();
    for character in characters.iter().copied().map(turn) {
        match lines.last_mut() {
            Some(line) if line.goes_on_with(character) => *line = line.with(character),
            _ => lines.push(character),
        }
    }
    lines.into_iter().map(turn).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const A4: PageShape = PageShape {
        width: 595.0,
        height: 842.0,
    };

    fn at(left: f32, top: f32) -> Rect {
        Rect {
            left,
            top,
            right: left + 5.0,
            bottom: top + 10.0,
        }
    }

    #[test]
    fn words_on_one_line_are_one_mark_and_the_next_line_another() {
        let characters = [at(10.0, 0.0), at(15.0, 0.0), at(25.0, 0.0), at(10.0, 12.0)];
        let lines = lines(&characters);
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[0].left, lines[0].right), (10.0, 30.0));
    }

    #[test]
    fn what_stands_between_two_cells_is_not_marked() {
        assert_eq!(lines(&[at(10.0, 0.0), at(60.0, 0.0)]).len(), 2);
    }

    #[test]
    fn words_that_run_up_the_page_are_one_mark() {
        let up: Vec<Rect> = (0..8u8)
            .map(|number| {
                let top = 200.0 - 5.0 * f32::from(number);
                Rect {
                    left: 50.0,
                    top,
                    right: 60.0,
                    bottom: top + 5.0,
                }
            })
            .collect();
        let lines = lines(&up);
        assert_eq!(lines.len(), 1);
        assert_eq!((lines[0].top, lines[0].bottom), (165.0, 205.0));
    }

    #[test]
    fn a_line_that_lies_beside_the_page_is_no_mark() {
        assert_eq!(Mark::on(at(700.0, 10.0), A4), None);
        assert_eq!(Mark::on(at(10.0, -30.0), A4), None);
    }

    proptest! {
        #[test]
        fn no_mark_reaches_beyond_the_page(
            corners in proptest::collection::vec((-2e4f32..2e4, -2e4f32..2e4, 0f32..900.0, 0f32..900.0), 1..40),
        ) {
            let boxes: Vec<Rect> = corners
                .into_iter()
                .filter_map(|(x, y, w, h)| Rect::of_corners([x, y, x + w, y + h], |x, y| Some((x, y))))
                .collect();
            for mark in lines(&boxes).into_iter().filter_map(|line| Mark::on(line, A4)) {
                for side in [mark.left, mark.top, mark.right, mark.bottom] {
                    prop_assert!((0.0..=1.0).contains(&side), "{mark:?}");
                }
                prop_assert!(mark.left < mark.right && mark.top < mark.bottom);
            }
        }
    }
}
