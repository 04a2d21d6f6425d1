//! Which part of a large page is shown around what is marked on it: the sheet of a workbook is one page, however long it
//! is. Pure.

use serde::{Deserialize, Serialize};

use super::{Mark, PageShape};

/// Sides are measured by the height of the marked letters.
struct Side {
    /// A side that is no longer than this is shown as a whole; and no more of it in any case.
    most: f32,
    /// As much is shown if there is as much.
    least: f32,
    /// Before and after what is marked.
    around: f32,
}

const DOWN: Side = Side {
    most: 100.0,
    least: 40.0,
    around: 14.0,
};
const ACROSS: Side = Side {
    most: 150.0,
    least: 90.0,
    around: 6.0,
};
/// The height of letters where none are marked, in points: the usual one of workbooks.
const USUAL: f32 = 8.0;

/// A part of a page, in points from its upper left corner as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// Where it begins.
    pub left: f32,
    /// Its upper edge.
    pub top: f32,
    /// How large it is.
    pub shape: PageShape,
}

impl Window {
    /// The part of a page around `marks`; nothing where the page is small enough to be shown as a whole, or where nothing
    /// is marked.
    pub(super) fn around(marks: &[Mark], page: PageShape) -> Option<Self> {
        if marks.is_empty() || !is_large(letters(marks, page), page) {
            return None;
        }
        let unit = letters(marks, page);
        let least = |side: fn(&Mark) -> f32| marks.iter().map(side).fold(1.0, f32::min);
        let most = |side: fn(&Mark) -> f32| marks.iter().map(side).fold(0.0, f32::max);
        let (left, width) = cut(
            (least(|mark| mark.left), most(|mark| mark.right)),
            page.width,
            unit,
            &ACROSS,
        );
        let (top, height) = cut(
            (least(|mark| mark.top), most(|mark| mark.bottom)),
            page.height,
            unit,
            &DOWN,
        );
        Some(Self {
            left,
            top,
            shape: PageShape { width, height },
        })
    }

    /// Whether it lies on a page of this shape.
    pub(super) fn is_on(&self, page: PageShape) -> bool {
        let Self { left, top, shape } = self;
        let within = |start: f32, length: f32, whole: f32| {
            start >= 0.0 && length > 0.0 && start + length <= whole * 1.001 + 1.0
        };
        within(*left, shape.width, page.width) && within(*top, shape.height, page.height)
    }

    /// A mark of the page as one of this part; nothing where it lies beside it.
    pub(super) fn seen(&self, mark: Mark, page: PageShape) -> Option<Mark> {
        let across = |share: f32| ((share * page.width - self.left) / self.shape.width).clamp(0.0, 1.0);
        let down = |share: f32| ((share * page.height - self.top) / self.shape.height).clamp(0.0, 1.0);
        let seen = Mark {
            left: across(mark.left),
            top: down(mark.top),
            right: across(mark.right),
            bottom: down(mark.bottom),
        };
        (seen.left < seen.right && seen.top < seen.bottom).then_some(seen)
    }
}

/// Whether a page is too large to be read as a whole where its letters have the usual height.
pub(super) fn is_too_large(page: PageShape) -> bool {
    is_large(USUAL, page)
}

fn is_large(unit: f32, page: PageShape) -> bool {
    page.height > DOWN.most * unit || page.width > ACROSS.most * unit
}

/// The usual height of what is marked, in points.
fn letters(marks: &[Mark], page: PageShape) -> f32 {
    let mut heights: Vec<f32> = marks
        .iter()
        .map(|mark| (mark.bottom - mark.top) * page.height)
        .collect();
    heights.sort_by(f32::total_cmp);
    let middle = heights.get(heights.len() / 2).copied().unwrap_or(USUAL);
    middle.max(0.1)
}

/// Where a part of a side begins, and how long it is.
fn cut((first, last): (f32, f32), whole: f32, unit: f32, side: &Side) -> (f32, f32) {
    let most = side.most * unit;
    if whole <= most {
        return (0.0, whole);
    }
    let start = (first * whole - side.around * unit).max(0.0);
    let end = (last * whole + side.around * unit).min(whole);
    let end = end.max(start + side.least * unit).min(whole);
    let start = start.min(end - side.least * unit).max(0.0);
    (start, (end - start).min(most))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mark(page: PageShape, left: f32, top: f32, right: f32) -> Mark {
        Mark {
            left: left / page.width,
            top: top / page.height,
            right: right / page.width,
            bottom: (top + 10.0) / page.height,
        }
    }

    const LONG: PageShape = PageShape {
        width: 600.0,
        height: 12_000.0,
    };

    #[test]
    fn of_a_long_sheet_the_rows_around_the_cited_one_are_shown_over_their_whole_width() {
        let window = Window::around(&[mark(LONG, 40.0, 6_000.0, 300.0)], LONG).unwrap();
        assert_eq!((window.left, window.shape.width), (0.0, 600.0));
        assert!((window.top - 5_740.0).abs() < 130.0, "{window:?}");
        assert!((window.shape.height - 400.0).abs() < 1.0, "{window:?}");
        let seen = window.seen(mark(LONG, 40.0, 6_000.0, 300.0), LONG).unwrap();
        assert!(seen.top > 0.2 && seen.bottom < 0.8, "{seen:?}");
    }

    #[test]
    fn a_page_that_is_read_as_a_whole_is_shown_as_a_whole() {
        let page = PageShape {
            width: 600.0,
            height: 800.0,
        };
        assert_eq!(Window::around(&[mark(page, 40.0, 600.0, 300.0)], page), None);
        assert_eq!(Window::around(&[], LONG), None);
        assert!(is_too_large(LONG) && !is_too_large(page));
    }

    #[test]
    fn a_mark_beside_the_part_that_is_shown_is_none() {
        let window = Window::around(&[mark(LONG, 40.0, 6_000.0, 300.0)], LONG).unwrap();
        assert_eq!(window.seen(mark(LONG, 40.0, 200.0, 300.0), LONG), None);
    }

    proptest! {
        #[test]
        fn the_part_lies_on_the_page_and_shows_the_first_of_the_marks(
            (width, height) in (8f32..14_400.0, 8f32..14_400.0),
            (left, top) in (0f32..0.9, 0f32..0.9),
            (across, down) in (0.001f32..0.1, 0.001f32..0.1),
        ) {
            let page = PageShape { width, height };
            let mark = Mark { left, top, right: left + across, bottom: top + down };
            if let Some(window) = Window::around(&[mark], page) {
                prop_assert!(window.is_on(page), "{window:?}");
                prop_assert!(window.seen(mark, page).is_some(), "{window:?}");
            }
        }
    }
}
