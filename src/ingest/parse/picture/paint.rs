//! Marks on the pixels of a page, and the pixels as a PNG file.

use super::Mark;

/// The colour of the marker: signal yellow, as wherever something is cited.
const MARKER: [u8; 3] = [255, 214, 64];
/// How much of the marker's own colour covers what it marks, of 256: enough to be seen on a dark page, little enough
/// that black letters stay black.
const COVER: u32 = 28;

/// Marks lines as a text marker does: paper takes its colour, letters stay as they are.
pub(super) fn mark(pixels: &mut [u8], width: u32, height: u32, marks: &[Mark]) {
    let mut marked = vec![false; width as usize * height as usize];
    for mark in marks {
        let [left, top, right, bottom] = area(*mark, width, height);
        for row in top..bottom {
            let row = row as usize * width as usize;
            marked[row + left as usize..row + right as usize].fill(true);
        }
    }
    for (pixel, _) in pixels
        .chunks_exact_mut(3)
        .zip(marked)
        .filter(|(_, marked)| *marked)
    {
        for (channel, colour) in pixel.iter_mut().zip(MARKER) {
            let (paper, colour) = (u32::from(*channel), u32::from(colour));
            let shone_through = paper * colour / 255;
            *channel =
                u8::try_from((shone_through * (256 - COVER) + colour * COVER) / 256).unwrap_or(u8::MAX);
        }
    }
}

/// The pixels of a mark, with a little room around the letters: left, top, right and bottom, the last two not counted
/// in. Never beyond the picture.
fn area(mark: Mark, width: u32, height: u32) -> [u32; 4] {
    #[expect(
        clippy::cast_precision_loss,
        reason = "pictures are some thousand pixels wide"
    )]
    let (across, down) = (width as f32, height as f32);
    // Of the height of its letters, whichever way the line runs.
    let room = ((mark.bottom - mark.top) * down).min((mark.right - mark.left) * across) * 0.08;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float beyond an integer's range becomes its end"
    )]
    let bounded = |place: f32, end: u32| (place as u32).min(end);
    [
        bounded((mark.left * across - room).floor(), width),
        bounded((mark.top * down).floor(), height),
        bounded((mark.right * across + room).ceil(), width),
        bounded((mark.bottom * down).ceil(), height),
    ]
}

/// A PNG file of these pixels; of one channel where they are all grey, as most pages are.
pub(super) fn png(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
    let grey = pixels
        .chunks_exact(3)
        .all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    if grey {
        encoder.set_color(png::ColorType::Grayscale);
        let one: Vec<u8> = pixels.iter().step_by(3).copied().collect();
        encoder.write_header()?.write_image_data(&one)?;
    } else {
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header()?.write_image_data(pixels)?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn black_letters_stay_readable_and_white_paper_turns_yellow() {
        let mut pixels = vec![0, 0, 0, 255, 255, 255];
        let all = Mark {
            left: 0.0,
            top: 0.0,
            right: 1.0,
            bottom: 1.0,
        };
        mark(&mut pixels, 2, 1, &[all, all]);
        assert!(pixels[..3].iter().all(|channel| *channel < 40), "{pixels:?}");
        assert!(pixels[3] > 250 && pixels[5] < 100, "{pixels:?}");
    }

    #[test]
    fn a_page_without_colour_is_packed_in_one_channel() {
        let grey = png(&[7; 300], 10, 10).unwrap();
        assert_eq!(grey[25], 0, "the colour type of a grey PNG");
        let mut pixels = [7; 300];
        pixels[0] = 200;
        assert_eq!(png(&pixels, 10, 10).unwrap()[25], 2);
    }

    proptest! {
        #[test]
        fn only_pixels_of_a_mark_change(
            (left, top) in (-0.2f32..1.2, -0.2f32..1.2),
            (across, down) in (0f32..1.3, 0f32..1.3),
            (width, height) in (1u32..40, 1u32..40),
        ) {
            let one = Mark { left, top, right: left + across, bottom: top + down };
            let [first, above, last, below] = area(one, width, height);
            prop_assert!(first <= width && last <= width && above <= height && below <= height);
            let mut pixels = vec![255; (width * height * 3) as usize];
            mark(&mut pixels, width, height, &[one]);
            for (at, pixel) in (0u32..).zip(pixels.chunks_exact(3)) {
                let inside = (first..last).contains(&(at % width)) && (above..below).contains(&(at / width));
                prop_assert_eq!(pixel != [255, 255, 255], inside);
            }
        }
    }
}
