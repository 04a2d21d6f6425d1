//! Bytes become text: byte order mark, then valid UTF-8, then a guess; binary data is refused.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::{Limits, ParseError};

const SAMPLE: usize = 256 * 1024;

/// The whole text of a file of a format that cannot be streamed. `declared` names the encoding that the content
/// declares about itself, if it does.
pub(super) fn read_whole(
    path: &Path,
    limits: &Limits,
    declared: impl Fn(&[u8]) -> Option<&'static Encoding>,
) -> Result<String, ParseError> {
    let bytes = read_bytes(path, limits)?;
    let encoding = if let Some(encoding) = utf16_without_mark(&bytes) {
        encoding
    } else if std::str::from_utf8(&bytes).is_ok() {
        UTF_8
    } else {
        declared(&bytes)
            .filter(|encoding| *encoding != UTF_8)
            .unwrap_or_else(|| guess(&bytes))
    };
    refuse_binary(&bytes, encoding)?;
    let (text, _, _) = encoding.decode(&bytes);
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// The bytes of a file of a format that cannot be streamed.
pub(super) fn read_bytes(path: &Path, limits: &Limits) -> Result<Vec<u8>, ParseError> {
    let mut file = File::open(path).map_err(ParseError::from_io)?;
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    // One more, so that the end is seen without asking for more room.
    let room = size.min(limits.structured_bytes) + 1;
    let mut bytes = Vec::with_capacity(usize::try_from(room).unwrap_or(0));
    file.by_ref()
        .take(limits.structured_bytes + 1)
        .read_to_end(&mut bytes)
        .map_err(ParseError::from_io)?;
    if bytes.len() as u64 > limits.structured_bytes {
        let size = file
            .metadata()
            .map_or(limits.structured_bytes + 1, |metadata| metadata.len());
        return Err(ParseError::too_large(size, limits.structured_bytes));
    }
    Ok(bytes)
}

/// Reads a file as UTF-8, whatever it is written in, holding no more than a buffer of it.
pub(super) struct TextReader {
    file: BufReader<File>,
    decoder: Decoder,
    input: Vec<u8>,
    decoded: String,
    taken: usize,
    finished: bool,
}

impl TextReader {
    /// Finds the encoding from the start of the file.
    pub(super) fn open(path: &Path) -> Result<Self, ParseError> {
        let mut file = File::open(path).map_err(ParseError::from_io)?;
        let mut sample = Vec::with_capacity(SAMPLE);
        file.by_ref()
            .take(SAMPLE as u64)
            .read_to_end(&mut sample)
            .map_err(ParseError::from_io)?;
        let encoding = match std::str::from_utf8(&sample) {
            // Zeros are valid UTF-8 too.
            Ok(_) => utf16_without_mark(&sample).unwrap_or(UTF_8),
            // A character may be cut by the end of the sample.
            Err(error) if sample.len() == SAMPLE && error.valid_up_to() + 4 > SAMPLE => UTF_8,
            Err(_) => guess(&sample),
        };
        refuse_binary(&sample, encoding)?;
        file.seek(SeekFrom::Start(0)).map_err(ParseError::from_io)?;
        Ok(Self {
            file: BufReader::with_capacity(SAMPLE, file),
            decoder: encoding.new_decoder(),
            input: vec![0; 64 * 1024],
            decoded: String::new(),
            taken: 0,
            finished: false,
        })
    }

    fn refill(&mut self) -> io::Result<()> {
        let read = self.file.read(&mut self.input)?;
        self.finished = read == 0;
        self.decoded.clear();
        self.taken = 0;
        let bytes = &self.input[..read];
        // Past the sample binary data may still begin: zero bytes do not occur in text of eight-bit encodings.
        let eight_bit = self.decoder.encoding() != UTF_16LE && self.decoder.encoding() != UTF_16BE;
        if eight_bit && bytes.iter().filter(|byte| **byte == 0).count() > read / 50 {
            return Err(ParseError::NotText.into_io());
        }
        let room = self.decoder.max_utf8_buffer_length(read).unwrap_or(read * 3 + 16);
        self.decoded.reserve(room);
        let _ = self
            .decoder
            .decode_to_string(bytes, &mut self.decoded, self.finished);
        Ok(())
    }
}

impl Read for TextReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.decoded.len() {
            if self.finished {
                return Ok(0);
            }
            self.refill()?;
        }
        let rest = &self.decoded.as_bytes()[self.taken..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.taken += count;
        Ok(count)
    }
}

/// Text of which nothing is known but its bytes, such as names in archives: those made elsewhere keep names in the
/// encoding of the machine that made them.
pub(super) fn text_of(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => guess(bytes).decode(bytes).0.into_owned(),
    }
}

fn guess(sample: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(sample) {
        return encoding;
    }
    if let Some(encoding) = utf16_without_mark(sample) {
        return encoding;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    detector.guess(None, Utf8Detection::Allow)
}

/// UTF-16 of mostly Latin text has a zero in every other byte.
fn utf16_without_mark(sample: &[u8]) -> Option<&'static Encoding> {
    let pairs = sample.len() / 2;
    if pairs < 4 {
        return None;
    }
    let (mut even, mut odd) = (0usize, 0usize);
    for pair in sample.chunks_exact(2) {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
    }
    if odd * 10 > pairs * 4 && even * 50 < pairs {
        Some(UTF_16LE)
    } else if even * 10 > pairs * 4 && odd * 50 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Refuses bytes that cannot be text.
pub(super) fn refuse_noise(sample: &[u8]) -> Result<(), ParseError> {
    let zeros = sample.iter().take(64 * 1024).filter(|byte| **byte == 0).count();
    if zeros > 8 {
        return Err(ParseError::NotText);
    }
    Ok(())
}

/// Noise shows in control characters and in what the guessed encoding cannot decode.
fn refuse_binary(sample: &[u8], encoding: &'static Encoding) -> Result<(), ParseError> {
    const SIGNATURES: [&[u8]; 12] = [
        b"%PDF-",
        b"PK\x03\x04",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"GIF8",
        b"\x7fELF",
        b"\xd0\xcf\x11\xe0",
        b"\x1f\x8b",
        b"Rar!",
        b"7z\xbc\xaf",
        b"BZh9",
        b"SQLite format 3",
    ];
    if SIGNATURES.iter().any(|signature| sample.starts_with(signature)) {
        return Err(ParseError::NotText);
    }
    let sample = &sample[..sample.len().min(64 * 1024)];
    let (text, _, _) = encoding.decode(sample);
    let (mut characters, mut strange) = (0usize, 0usize);
    for character in text.chars() {
        characters += 1;
        strange += usize::from(
            character == '\u{fffd}'
                || (character.is_control()
                    && !matches!(character, '\n' | '\r' | '\t' | '\u{c}' | '\u{1b}' | '\u{1a}'))
                || matches!(character, '\u{e000}'..='\u{f8ff}'),
        );
    }
    // A few odd bytes are a damaged text; more than one in fifty is something else.
    if strange > 2 && strange * 50 > characters {
        Err(ParseError::NotText)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, ParseError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("note.txt");
        std::fs::write(&path, bytes).unwrap();
        let mut text = String::new();
        TextReader::open(&path)?
            .read_to_string(&mut text)
            .map_err(ParseError::from_io)?;
        assert_eq!(
            text.replace("\r\n", "\n"),
            read_whole(&path, &Limits::default(), |_| None).unwrap()
        );
        Ok(text)
    }

    const CHINESE: &str =
        "设备启动前，请检查安全门是否关闭，并确认急停按钮已复位。每班开始时由操作员记录油压和水温。";

    #[test]
    fn utf_8_with_and_without_a_mark_is_read() {
        assert_eq!(read(CHINESE.as_bytes()).unwrap(), CHINESE);
        assert_eq!(read(format!("\u{feff}{CHINESE}").as_bytes()).unwrap(), CHINESE);
    }

    #[test]
    fn chinese_in_gb18030_is_recognised() {
        let (bytes, _, _) = encoding_rs::GB18030.encode(CHINESE);
        assert_eq!(read(&bytes).unwrap(), CHINESE);
    }

    #[test]
    fn utf_16_is_read_by_its_mark_or_its_zeros() {
        let text = "Torque of the spindle bolts: 25 Nm";
        for bytes_of in [u16::to_le_bytes, u16::to_be_bytes] {
            for mark in [Some(0xfeff), None] {
                let units = mark.into_iter().chain(text.encode_utf16());
                let bytes: Vec<u8> = units.flat_map(bytes_of).collect();
                assert_eq!(read(&bytes).unwrap(), text, "{mark:?}");
            }
        }
    }

    #[test]
    fn western_text_in_windows_1252_is_recognised() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1252
            .encode("Öldruck prüfen: größer als 4 bar, dann die Düse säubern. Für Rückfragen: Herr Müller.");
        assert!(read(&bytes).unwrap().starts_with("Öldruck prüfen"));
    }

    #[test]
    fn noise_is_not_text() {
        let noise: Vec<u8> = (0..20_000u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        assert!(matches!(read(&noise), Err(ParseError::NotText)));
        assert!(matches!(
            read(b"%PDF-1.4 not a text at all"),
            Err(ParseError::NotText)
        ));
    }
}
