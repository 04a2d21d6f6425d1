//! A picture in shades of grey, and what makes it readable: turned by right angles, and straightened. Pure.

use std::borrow::Cow;

/// Dark is what is darker than the paper by this.
const DARK: u8 = 72;
/// A page with less dark than this, in parts of a million, is blank: dust and the edge of the sheet are all there is.
const BLANK: u64 = 150;
/// How far a page may be askew, in degrees.
const SKEW: f32 = 8.0;
/// A page that is askew by less than this, in degrees, is left as it is: the recognition does not mind.
const STRAIGHT: f32 = 0.25;
/// Points that are looked at to find out how far a page is askew.
const POINTS: usize = 60_000;

/// A picture, one byte a pixel, row by row: 0 is black, 255 white.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ingest::parse) struct Gray {
    pub(in crate::ingest::parse) width: usize,
    pub(in crate::ingest::parse) height: usize,
    pub(in crate::ingest::parse) pixels: Vec<u8>,
    /// Pixels to the inch.
    pub(in crate::ingest::parse) dpi: u32,
}

/// By how much a page was turned and straightened before it was read.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Pose {
    /// Clockwise: 0, 90, 180 or 270 degrees.
    pub(super) turn: u16,
    /// How far its lines then fell to the right, in degrees.
    pub(super) skew: f32,
}

impl Gray {
    /// From three bytes a pixel; their order does not matter much to the eye.
    pub(in crate::ingest::parse) fn of_colours(
        colours: &[u8],
        width: usize,
        height: usize,
        dpi: u32,
    ) -> Self {
        let gray = |pixel: &[u8]| {
            let sum: u32 = pixel.iter().map(|part| u32::from(*part)).sum();
            u8::try_from(sum / 3).unwrap_or(u8::MAX)
        };
        Self {
            width,
            height,
            pixels: colours.chunks_exact(3).map(gray).collect(),
            dpi,
        }
    }

    /// As a file of the simplest format that there is.
    pub(super) fn pgm(&self) -> Vec<u8> {
        let mut file = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        file.extend_from_slice(&self.pixels);
        file
    }

    /// Light signs on dark, as screens have them, made dark on light; anything else as it is.
    pub(super) fn dark_on_light(&self) -> Cow<'_, Self> {
        if self.dark() > 0 {
            return Cow::Borrowed(self);
        }
        Cow::Owned(Self {
            pixels: self.pixels.iter().map(|pixel| u8::MAX - pixel).collect(),
            ..*self
        })
    }

    /// Whether nothing is on it.
    pub(super) fn is_blank(&self) -> bool {
        let least = self.dark();
        let dark = self.pixels.iter().filter(|pixel| **pixel < least).count() as u64;
        dark * 1_000_000 < BLANK * self.pixels.len() as u64
    }

    /// What is darker than this is ink: the shade that most of the picture has is paper.
    fn dark(&self) -> u8 {
        let mut shades = [0_usize; 256];
        for pixel in self.pixels.iter().step_by(7) {
            shades[usize::from(*pixel)] += 1;
        }
        let half = shades.iter().sum::<usize>() / 2;
        let mut below = 0;
        let paper = shades.iter().position(|count| {
            below += count;
            below > half
        });
        u8::try_from(paper.unwrap_or(255))
            .unwrap_or(u8::MAX)
            .saturating_sub(DARK)
    }

    /// The picture turned clockwise by 90, 180 or 270 degrees.
    pub(super) fn turned(&self, turn: u16) -> Self {
        let (across, down) = (self.width, self.height);
        let (width, height) = if turn % 180 == 90 {
            (down, across)
        } else {
            (across, down)
        };
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for y in 0..height {
            for x in 0..width {
                let (from_x, from_y) = match turn {
                    90 => (y, down - 1 - x),
                    180 => (across - 1 - x, down - 1 - y),
                    270 => (across - 1 - y, x),
                    _ => (x, y),
                };
                pixels.push(self.pixels[from_y * across + from_x]);
            }
        }
        Self {
            width,
            height,
            pixels,
            dpi: self.dpi,
        }
    }

    /// The picture at half its size, each pixel the mean of four.
    pub(in crate::ingest::parse) fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let at = |x: usize, y: usize| u16::from(self.pixels[y * self.width + x]);
                let (x, y) = (x * 2, y * 2);
                let mean = (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 4;
                pixels.push(u8::try_from(mean).unwrap_or(u8::MAX));
            }
        }
        Self {
            width,
            height,
            pixels,
            dpi: (self.dpi / 2).max(70),
        }
    }

    /// How far the lines of the picture fall to the right, in degrees; 0 where that cannot be told. Rows of a straight
    /// page are either full of ink or empty: the angle is looked for at which they differ most.
    pub(super) fn skew(&self) -> f32 {
        let least = self.dark();
        let step = (self.width / 700).max(1);
        let mut ink: Vec<(f32, f32)> = Vec::new();
        for y in (0..self.height).step_by(step) {
            for x in (0..self.width).step_by(step) {
                if self.pixels[y * self.width + x] < least {
                    #[expect(
                        clippy::cast_precision_loss,
                        reason = "pictures are some thousand pixels wide"
                    )]
                    ink.push((x as f32 / step as f32, y as f32 / step as f32));
                }
            }
        }
        if ink.len() < 200 {
            return 0.0;
        }
        let every = ink.len().div_ceil(POINTS);
        let ink: Vec<(f32, f32)> = ink.into_iter().step_by(every).collect();
        let mut best = 0.0;
        for (half, step) in [(SKEW, 0.5), (0.5, 0.1)] {
            best = steepest(&ink, best, half, step);
        }
        // At the end of what was looked for there is rather a picture than a page of text.
        if best.abs() < STRAIGHT || best.abs() > SKEW - 0.3 {
            0.0
        } else {
            best
        }
    }

    /// The picture with lines that fall by `degrees` made level; what comes in from outside is white.
    pub(super) fn straightened(&self, degrees: f32) -> Self {
        if degrees == 0.0 {
            return self.clone();
        }
        let (sine, cosine) = degrees.to_radians().sin_cos();
        #[expect(
            clippy::cast_precision_loss,
            reason = "pictures are some thousand pixels wide"
        )]
        let (middle_x, middle_y) = (self.width as f32 / 2.0, self.height as f32 / 2.0);
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for y in 0..self.height {
            for x in 0..self.width {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "pictures are some thousand pixels wide"
                )]
                let (dx, dy) = (x as f32 - middle_x, y as f32 - middle_y);
                pixels.push(self.between(
                    middle_x + dx * cosine - dy * sine,
                    middle_y + dx * sine + dy * cosine,
                ));
            }
        }
        Self {
            width: self.width,
            height: self.height,
            pixels,
            dpi: self.dpi,
        }
    }

    /// The shade at a place between pixels.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "inside the picture, and shades are bytes"
    )]
    fn between(&self, x: f32, y: f32) -> u8 {
        if x < 0.0 || y < 0.0 || x >= (self.width - 1) as f32 || y >= (self.height - 1) as f32 {
            return u8::MAX;
        }
        let (left, top) = (x as usize, y as usize);
        let (share_x, share_y) = (x - left as f32, y - top as f32);
        let at = |x: usize, y: usize| f32::from(self.pixels[y * self.width + x]);
        let upper = at(left, top) * (1.0 - share_x) + at(left + 1, top) * share_x;
        let lower = at(left, top + 1) * (1.0 - share_x) + at(left + 1, top + 1) * share_x;
        (upper * (1.0 - share_y) + lower * share_y).round() as u8
    }
}

/// The angle around `middle` at which rows differ most in their ink.
fn steepest(ink: &[(f32, f32)], middle: f32, half: f32, step: f32) -> f32 {
    let mut best = (f32::MIN, middle);
    #[expect(clippy::cast_possible_truncation, reason = "some steps")]
    let steps = (half / step).round() as i32;
    for number in -steps..=steps {
        #[expect(clippy::cast_precision_loss, reason = "some steps")]
        let angle = middle + number as f32 * step;
        let fall = angle.to_radians().tan();
        let mut rows = vec![0.0_f32; 4_096];
        for (x, y) in ink {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a row that is cut off at both ends"
            )]
            let row = (y - x * fall + 512.0).max(0.0) as usize;
            let row = row.min(rows.len() - 1);
            rows[row] += 1.0;
        }
        let contrast: f32 = rows.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum();
        // Level is preferred where nothing tells.
        let contrast = if angle == 0.0 { contrast * 1.001 } else { contrast };
        if contrast > best.0 {
            best = (contrast, angle);
        }
    }
    best.1
}

impl Pose {
    /// The box `[left, top, right, bottom]` of the straightened picture, whose sides are `width` and `height`, on the
    /// page as it was shown.
    pub(super) fn shown(self, [left, top, right, bottom]: [f32; 4], width: f32, height: f32) -> [f32; 4] {
        let (sine, cosine) = self.skew.to_radians().sin_cos();
        let corners = [(left, top), (right, top), (left, bottom), (right, bottom)].map(|(x, y)| {
            let (dx, dy) = (x - width / 2.0, y - height / 2.0);
            let (x, y) = (
                width / 2.0 + dx * cosine - dy * sine,
                height / 2.0 + dx * sine + dy * cosine,
            );
            match self.turn {
                90 => (y, width - x),
                180 => (width - x, height - y),
                270 => (height - y, x),
                _ => (x, y),
            }
        });
        let least = |of: fn(&(f32, f32)) -> f32| corners.iter().map(of).fold(f32::MAX, f32::min);
        let most = |of: fn(&(f32, f32)) -> f32| corners.iter().map(of).fold(f32::MIN, f32::max);
        [
            least(|it| it.0),
            least(|it| it.1),
            most(|it| it.0),
            most(|it| it.1),
        ]
    }

    /// The place on the straightened picture of a point of the page as it was shown: [`Pose::shown`] the other way round.
    pub(super) fn straight(self, (x, y): (f32, f32), width: f32, height: f32) -> (f32, f32) {
        let (x, y) = match self.turn {
            90 => (width - y, x),
            180 => (width - x, height - y),
            270 => (y, height - x),
            _ => (x, y),
        };
        let (sine, cosine) = self.skew.to_radians().sin_cos();
        let (dx, dy) = (x - width / 2.0, y - height / 2.0);
        (
            width / 2.0 + dx * cosine + dy * sine,
            height / 2.0 - dx * sine + dy * cosine,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of ten lines of ink.
    fn page() -> Gray {
        let (width, height) = (600, 400);
        let mut pixels = vec![250; width * height];
        for line in 0..10 {
            for y in 0..10 {
                for x in 60..540 {
                    if x % 9 < 6 {
                        pixels[(40 + line * 32 + y) * width + x] = 10;
                    }
                }
            }
        }
        Gray {
            width,
            height,
            pixels,
            dpi: 72,
        }
    }

    #[test]
    fn a_page_that_is_askew_is_found_to_be_so_and_is_level_afterwards() {
        for degrees in [-5.0_f32, -2.0, 1.0, 3.5, 5.0] {
            // Straightening by the opposite angle makes it askew.
            let askew = page().straightened(-degrees);
            let found = askew.skew();
            assert!((found - degrees).abs() < 0.3, "{degrees}: {found}");
            assert_eq!(askew.straightened(found).skew(), 0.0);
        }
        assert_eq!(page().skew(), 0.0);
    }

    #[test]
    fn four_turns_are_none_and_a_box_is_found_again_where_it_was() {
        let page = page();
        assert_eq!(page.turned(90).turned(90).turned(180), page);
        assert_eq!(page.turned(90).turned(270), page);
        // A speck at the upper left of a page that lies on its side stands elsewhere on the turned one.
        let mut speck = page.clone();
        speck.pixels[3 * speck.width + 7] = 0;
        for turn in [0, 90, 180, 270] {
            let turned = speck.turned(turn);
            let found = turned.pixels.iter().position(|pixel| *pixel == 0).unwrap();
            let (x, y) = ((found % turned.width) as f32, (found / turned.width) as f32);
            let pose = Pose { turn, skew: 0.0 };
            let shown = pose.shown(
                [x, y, x + 1.0, y + 1.0],
                turned.width as f32,
                turned.height as f32,
            );
            assert_eq!(shown, [7.0, 3.0, 8.0, 4.0], "{turn}");
        }
    }

    #[test]
    fn a_place_that_is_shown_is_found_again_on_the_straightened_picture() {
        for turn in [0, 90, 180, 270] {
            let pose = Pose { turn, skew: 3.0 };
            let [x, y, ..] = pose.shown([70.0, 30.0, 70.0, 30.0], 600.0, 400.0);
            let (x, y) = pose.straight((x, y), 600.0, 400.0);
            assert!(
                (x - 70.0).abs() < 0.1 && (y - 30.0).abs() < 0.1,
                "{turn}: {x} {y}"
            );
        }
    }

    #[test]
    fn light_signs_on_a_dark_screen_are_seen() {
        let mut screen = page();
        screen.pixels.iter_mut().for_each(|pixel| *pixel = 255 - *pixel);
        assert!(screen.is_blank());
        assert_eq!(*screen.dark_on_light(), page());
        assert_eq!(*page().dark_on_light(), page());
    }

    #[test]
    fn dust_on_a_sheet_is_no_text() {
        let mut sheet = page();
        sheet.pixels.fill(246);
        assert!(sheet.is_blank());
        sheet.pixels[5_000] = 0;
        assert!(sheet.is_blank());
        assert!(!page().is_blank());
    }
}
