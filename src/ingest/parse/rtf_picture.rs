//! A picture of Rich Text Format: its bytes, written as digits or as they are.

/// More than a picture that is recognised has, in bytes.
const MOST: usize = 64 << 20;

/// The bytes of a picture, as far as they were read.
#[derive(Debug, Default)]
pub(super) struct Digits {
    /// Whether it is of a format that can be read.
    wanted: bool,
    bytes: Vec<u8>,
    half: Option<u8>,
}

impl Digits {
    /// Those of a picture that can be read begin.
    pub(super) fn begin() -> Self {
        Self {
            wanted: true,
            ..Self::default()
        }
    }

    /// The next digit; whatever else stands among them is passed over.
    pub(super) fn digit(&mut self, written: u8) {
        let Some(digit) = char::from(written).to_digit(16).filter(|_| self.wanted) else {
            return;
        };
        let digit = u8::try_from(digit).unwrap_or(0);
        match self.half.take() {
            Some(high) => self.take(&[high << 4 | digit]),
            None => self.half = Some(digit),
        }
    }

    /// Bytes as they are.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        if !self.wanted {
            return;
        }
        if self.bytes.len() + bytes.len() > MOST {
            *self = Self::default();
        } else {
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// All of them, where there is anything that can be read.
    pub(super) fn finish(&mut self) -> Option<Vec<u8>> {
        let bytes = std::mem::take(self).bytes;
        (!bytes.is_empty()).then_some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_on_several_lines_are_bytes_and_those_of_other_formats_are_passed_over() {
        let mut picture = Digits::begin();
        b"89 5\r\n04E".iter().for_each(|digit| picture.digit(*digit));
        picture.take(&[1, 2]);
        assert_eq!(picture.finish(), Some(vec![0x89, 0x50, 0x4e, 1, 2]));
        let mut drawing = Digits::default();
        b"89504E".iter().for_each(|digit| drawing.digit(*digit));
        assert_eq!(drawing.finish(), None);
    }
}
