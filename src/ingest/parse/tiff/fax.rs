//! The codes of fax machines, G3 and G4: a row is told by where its colours change, mostly relative to the row above.
//! The tables of codes are those of the crate `fax`; rows are put together here, because that crate reads neither the
//! two-dimensional rows of G3 nor rows without marks between them, and gives up a page at its first wrong bit.

use std::convert::Infallible;

use fax::maps::{Mode, black, mode, white};
use fax::{BitReader, ByteReader};

/// Zeros with which a mark at the end of a row begins.
const MARK: u8 = 11;

/// How rows are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// Run lengths; each row begins at a whole byte.
    Plain,
    /// Run lengths with marks between the rows; where it says so, with rows told by those above as well.
    G3 {
        /// Whether there may be such rows.
        two_dimensional: bool,
    },
    /// All rows told by those above.
    G4,
}

/// Why a row ended before its time.
enum Stop {
    /// The page is over.
    End,
    /// A code that there is not.
    Wrong,
}

/// The rows of a strip, one bit a pixel, 1 for black; nothing where the codes are wrong. Rows that are missing at the end
/// are white, as coders are allowed to leave them out.
pub(super) fn rows(packed: &[u8], coding: Coding, width: u32, height: u32) -> Option<Vec<u8>> {
    let row_bytes = width.div_ceil(8) as usize;
    let mut bits = vec![0; row_bytes * height as usize];
    let mut reader = Bits::of(packed);
    let (mut above, mut row): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    let mut wrong = 0;
    for line in bits.chunks_exact_mut(row_bytes) {
        row.clear();
        let read = match coding {
            Coding::G4 => by_row_above(&mut reader, &above, width, &mut row),
            Coding::Plain => {
                let read = by_lengths(&mut reader, width, &mut row);
                reader.pass_to_whole_byte();
                read
            }
            Coding::G3 { two_dimensional } => match reader.begin_row(two_dimensional) {
                Some(true) => by_lengths(&mut reader, width, &mut row),
                Some(false) => by_row_above(&mut reader, &above, width, &mut row),
                None => Err(Stop::End),
            },
        };
        match read {
            Ok(()) => {}
            Err(Stop::End) => break,
            // A line that was disturbed is like the one above it; the next mark says where the following begins.
            Err(Stop::Wrong) if matches!(coding, Coding::G3 { .. }) => {
                wrong += 1;
                row.clone_from(&above);
                if !reader.find_mark() {
                    break;
                }
            }
            Err(Stop::Wrong) => return None,
        }
        paint(line, &row, width);
        std::mem::swap(&mut above, &mut row);
    }
    // A page of disturbed lines is none.
    (wrong * 10 <= height).then_some(bits)
}

/// Blackens every second stretch between the places where the colour changes.
fn paint(line: &mut [u8], changes: &[u32], width: u32) {
    for pair in changes.chunks(2) {
        let (from, to) = (pair[0], pair.get(1).copied().unwrap_or(width));
        for pixel in from..to {
            line[pixel as usize / 8] |= 0x80 >> (pixel % 8);
        }
    }
}

/// A change of colour. Two at one place are none.
fn change(row: &mut Vec<u32>, at: u32, width: u32) {
    if row.last() == Some(&at) {
        row.pop();
    } else if at < width {
        row.push(at);
    }
}

fn by_lengths(reader: &mut Bits<'_>, width: u32, row: &mut Vec<u32>) -> Result<(), Stop> {
    let (mut at, mut is_black) = (0, false);
    while at < width {
        // A row that is too short; what is missing is white.
        if reader.peek(MARK) == Some(0) && at > 0 {
            return Ok(());
        }
        at = reader.run(is_black).ok_or(Stop::Wrong)?.saturating_add(at);
        change(row, at, width);
        is_black = !is_black;
    }
    Ok(())
}

fn by_row_above(reader: &mut Bits<'_>, above: &[u32], width: u32, row: &mut Vec<u32>) -> Result<(), Stop> {
    // Before the first pixel there is an imagined white one.
    let (mut at, mut begun, mut is_black) = (0, false, false);
    let mut near = 0;
    while at < width {
        // The first change above to the right of here, to the colour that this row does not have now.
        let is_right = |change: u32| change > at || !begun && change == 0;
        while near > 0 && is_right(above[near - 1]) {
            near -= 1;
        }
        while above
            .get(near)
            .is_some_and(|change| !is_right(*change) || (near % 2 == 1) != is_black)
        {
            near += 1;
        }
        let place = |number: usize| above.get(number).copied().unwrap_or(width);
        match mode::decode(reader).ok_or(Stop::Wrong)? {
            Mode::Pass => at = place(near + 1),
            Mode::Vertical(offset) => {
                at = place(near)
                    .checked_add_signed(offset.into())
                    .filter(|next| *next >= at && *next <= width)
                    .ok_or(Stop::Wrong)?;
                change(row, at, width);
                is_black = !is_black;
            }
            Mode::Horizontal => {
                for colour in [is_black, !is_black] {
                    at = reader.run(colour).ok_or(Stop::Wrong)?.saturating_add(at);
                    change(row, at, width);
                }
            }
            Mode::EOF if !begun => return Err(Stop::End),
            Mode::EOF | Mode::Extension => return Err(Stop::Wrong),
        }
        begun = true;
    }
    Ok(())
}

/// The bits of a strip, with zeros behind them, so that the last code can be looked up like any other.
struct Bits<'strip> {
    reader: ByteReader<Box<dyn Iterator<Item = Result<u8, Infallible>> + 'strip>>,
    left: usize,
}

impl BitReader for Bits<'_> {
    type Error = Infallible;

    fn peek(&self, bits: u8) -> Option<u16> {
        (self.left > 0).then(|| self.reader.peek(bits)).flatten()
    }

    fn consume(&mut self, bits: u8) -> Result<(), Infallible> {
        self.left = self.left.saturating_sub(bits.into());
        self.reader.consume(bits)
    }

    fn bits_to_byte_boundary(&self) -> u8 {
        self.reader.bits_to_byte_boundary()
    }
}

impl<'strip> Bits<'strip> {
    fn of(packed: &'strip [u8]) -> Self {
        let bytes = packed.iter().copied().chain([0; 4]).map(Ok);
        let bytes: Box<dyn Iterator<Item = Result<u8, Infallible>> + 'strip> = Box::new(bytes);
        let Ok(reader) = ByteReader::new(bytes);
        Self {
            reader,
            left: packed.len() * 8,
        }
    }

    fn skip(&mut self, bits: u8) {
        let Ok(()) = self.consume(bits);
    }

    /// The length of a stretch of one colour.
    fn run(&mut self, is_black: bool) -> Option<u32> {
        let mut sum = 0_u32;
        loop {
            let length = if is_black {
                black::decode(self)?
            } else {
                white::decode(self)?
            };
            sum = sum.checked_add(length.into())?;
            if length < 64 {
                return Some(sum);
            }
        }
    }

    fn pass_to_whole_byte(&mut self) {
        self.skip(self.bits_to_byte_boundary());
    }

    /// Passes over the mark before a row, if there is one, and says whether run lengths follow; nothing at the end of the
    /// page.
    fn begin_row(&mut self, two_dimensional: bool) -> Option<bool> {
        let (mut marks, mut lengths) = (0, true);
        while self.peek(MARK) == Some(0) {
            self.pass_zeros()?;
            if two_dimensional {
                lengths = self.peek(1)? == 1;
                self.skip(1);
            }
            marks += 1;
            if marks > 1 {
                return None;
            }
        }
        self.peek(1).map(|_| lengths)
    }

    /// Goes on to the next mark.
    fn find_mark(&mut self) -> bool {
        while let Some(next) = self.peek(MARK) {
            if next == 0 {
                return true;
            }
            self.skip(1);
        }
        false
    }

    /// Passes over zeros and the one behind them.
    fn pass_zeros(&mut self) -> Option<()> {
        while self.peek(1)? == 0 {
            self.skip(1);
        }
        self.skip(1);
        Some(())
    }
}
