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

/// A PNG file of these pixels; with one byte a pixel where they have few colours, which makes pages of letters and lines a
/// third as large.
pub(super) fn png(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    if let Some((numbers, colours)) = few_colours(pixels) {
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_palette(colours);
        // Neighbours among the numbers are none among the colours.
        encoder.set_filter(png::Filter::NoFilter);
        encoder.write_header()?.write_image_data(&numbers)?;
    } else {
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header()?.write_image_data(pixels)?;
    }
    Ok(file)
}

/// The pixels as numbers, and the colours that these stand for, where sixteen steps of each channel make no more colours than
/// a byte can number: so it is with letters and lines, whose edges are smoothed, and not with photographs in colour.
fn few_colours(pixels: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut known = vec![None; 1 << 12];
    let (mut numbers, mut colours) = (Vec::with_capacity(pixels.len() / 3), Vec::new());
    for pixel in pixels.chunks_exact(3) {
        let steps = [step(pixel[0]), step(pixel[1]), step(pixel[2])];
        let place = steps
            .iter()
            .fold(0, |place, step| (place << 4) | usize::from(*step));
        let number = match known[place] {
            Some(number) => number,
            None => {
                let number = u8::try_from(colours.len() / 3).ok()?;
                colours.extend(steps.map(|step| step * 17));
                known[place] = Some(number);
                number
            }
        };
        numbers.push(number);
    }
    Some((numbers, colours))
}

/// The nearest of the sixteen steps of a channel, of which black is the first and white the last.
fn step(channel: u8) -> u8 {
    u8::try_from((u16::from(channel) + 8) / 17).unwrap_or(15)
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

    fn pixels(png: &[u8]) -> Vec<u8> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        pixels.truncate(info.buffer_size());
        pixels
    }

    #[test]
    fn a_page_of_few_colours_is_packed_in_one_byte_a_pixel_and_looks_as_before() {
        let page: Vec<u8> = (0..=255).flat_map(|grey| [grey; 3]).chain(MARKER).collect();
        let packed = png(&page, 257, 1).unwrap();
        assert_eq!(packed[25], 3, "the colour type of a PNG with numbered colours");
        let shown = pixels(&packed);
        assert_eq!(shown.len(), page.len());
        for (shown, meant) in shown.iter().zip(&page) {
            assert!(shown.abs_diff(*meant) <= 8, "{meant} is shown as {shown}");
        }
        assert_eq!((&shown[..3], &shown[765..768]), (&[0; 3][..], &[255; 3][..]));
    }

    #[test]
    fn a_photograph_keeps_all_its_colours() {
        let photograph: Vec<u8> = (0..=255_u8)
            .flat_map(|shade| [shade, shade.wrapping_mul(7), shade.wrapping_mul(13)])
            .chain((0..=255_u8).flat_map(|shade| [shade.wrapping_mul(11), 255 - shade, shade]))
            .collect();
        let packed = png(&photograph, 512, 1).unwrap();
        assert_eq!(packed[25], 2, "the colour type of a PNG with three channels");
        assert_eq!(pixels(&packed), photograph);
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
