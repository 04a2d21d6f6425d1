//! Sizes of pages and pictures.

use super::*;

fn shape(width: f32, height: f32) -> PageShape {
    PageShape { width, height }
}

#[test]
fn a_page_is_drawn_as_wide_as_asked_and_as_high_as_it_is() {
    assert_eq!(shape(595.0, 842.0).pixels(900), Ok((900, 1274)));
    assert_eq!(shape(842.0, 595.0).pixels(900), Ok((900, 636)));
}

#[test]
fn a_page_like_a_banner_is_drawn_narrower_and_never_has_too_many_pixels() {
    let (width, height) = shape(100.0, 2_400.0).pixels(1_400).unwrap();
    assert!(width < 1_400 && width * height <= 8_100_000, "{width} {height}");
    assert!((f64::from(height) / f64::from(width) - 24.0).abs() < 0.1);
}

#[test]
fn a_page_of_absurd_size_is_refused_with_its_size() {
    for (width, height) in [
        (0.0, 842.0),
        (595.0, f32::NAN),
        (20_000.0, 20_000.0),
        (10.0, 14_000.0),
        (f32::INFINITY, 1.0),
        (-5.0, 100.0),
    ] {
        let refused = shape(width, height).pixels(900);
        assert!(
            matches!(refused, Err(PictureError::Size { .. })),
            "{width} {height}"
        );
    }
}
