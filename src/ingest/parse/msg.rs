//! Messages of Outlook: compound files whose streams are properties, by number.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use cfb::CompoundFile;
use chrono::{DateTime, SecondsFormat};
use encoding_rs::{Encoding, WINDOWS_1252};

use super::child::Children;
use super::headings::{credible_title, one_line};
use super::held;
use super::mail::{self, Head};
use super::rtf_text::of_code_page;
use super::{Limits, Outline, Output, ParseError, Parsers, encoding, pasted, rtf};

const WHAT: &str = "mail";

type Compound = CompoundFile<BufReader<File>>;

/// Reads the message at `path` with its attachments.
pub(super) fn read(
    parsers: &Parsers,
    path: &Path,
    limits: &Limits,
    output: &mut Output<'_>,
) -> Result<Outline, ParseError> {
    let file = File::open(path).map_err(ParseError::from_io)?;
    let mut file =
        CompoundFile::open(BufReader::new(file)).map_err(|error| ParseError::damaged(WHAT, error))?;
    if !file.is_stream("/__properties_version1.0") {
        return Err(ParseError::damaged(WHAT, "it holds no message"));
    }
    let mut children = Children::new(parsers, limits);
    let head = message(&mut file, Path::new("/"), limits, &mut children, output)?;
    Ok(Outline {
        title: credible_title(&head.subject),
        properties: head.properties(),
        ..children.finish()
    })
}

fn message(
    file: &mut Compound,
    at: &Path,
    limits: &Limits,
    children: &mut Children<'_>,
    output: &mut Output<'_>,
) -> Result<Head, ParseError> {
    let fixed = Fixed::of(file, at, if at == Path::new("/") { 32 } else { 24 });
    let properties = Properties {
        at: at.to_owned(),
        encoding: fixed.encoding(),
        limit: limits.structured_bytes,
    };
    let attached = attachments(file, at);
    let mut names = Vec::new();
    for place in &attached {
        let inside = Properties {
            at: place.clone(),
            ..properties.clone()
        };
        names.push(inside.name(file));
    }
    let sender = properties.text(file, 0x0c1a);
    let address = [0x5d01, 0x0c1f]
        .into_iter()
        .map(|number| properties.text(file, number))
        .find(|address| address.contains('@'));
    let head = Head {
        subject: one_line(&properties.text(file, 0x0037)),
        from: match address {
            Some(address) if sender.is_empty() => address,
            Some(address) if address != sender => format!("{sender} <{address}>"),
            _ => sender,
        },
        to: one_line(&properties.text(file, 0x0e04)),
        cc: one_line(&properties.text(file, 0x0e03)),
        date: fixed.date().unwrap_or_default(),
        attachments: names.clone(),
    };
    let before = output.blocks();
    head.send(output)?;
    let plain = properties.text(file, 0x1000);
    let page = properties
        .binary(file, 0x1013)
        .map(|bytes| encoding::text_of(&bytes));
    let page = page.or_else(|| Some(properties.text(file, 0x1013)).filter(|page| !page.is_empty()));
    if plain.trim().is_empty() && page.is_none() {
        if let Some(rtf) = properties
            .binary(file, 0x1009)
            .and_then(|packed| unpacked_rtf(&packed))
        {
            held::send(rtf::read(&rtf, limits)?.items, None, output)?;
        }
    } else {
        let plain: Vec<&str> = Some(plain.as_str())
            .filter(|text| !text.trim().is_empty())
            .into_iter()
            .collect();
        mail::send_body(&plain, page.as_deref(), limits, output)?;
    }
    children.beside_own_text(before, output);
    for (place, name) in attached.into_iter().zip(names) {
        let inside = Properties {
            at: place.clone(),
            ..properties.clone()
        };
        let embedded = place.join("__substg1.0_3701000D");
        if file.is_storage(&embedded) {
            if output.is_too_deep() {
                children.pass_over(&name, &ParseError::TOO_DEEP, output);
            } else {
                output.enter_part(&name)?;
                let outcome = message(file, &embedded, limits, children, output);
                output.leave_part();
                outcome?;
            }
        } else if let Some(bytes) = inside.binary(file, 0x3701) {
            // A picture that stands in the text has a name for that.
            if !inside.text(file, 0x3712).is_empty() && pasted::is_icon(&bytes) {
                continue;
            }
            children.take(&name, &mut Cursor::new(bytes), output)?;
        }
    }
    Ok(head)
}

fn attachments(file: &Compound, at: &Path) -> Vec<PathBuf> {
    let Ok(entries) = file.read_storage(at) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = entries
        .filter(|entry| entry.is_storage() && entry.name().starts_with("__attach_version1.0_"))
        .map(|entry| at.join(entry.name()))
        .collect();
    found.sort();
    found
}

/// The properties that stand in streams of their own.
#[derive(Clone)]
struct Properties {
    at: PathBuf,
    encoding: &'static Encoding,
    limit: u64,
}

impl Properties {
    /// A text, in Unicode or in the encoding of the message; empty where there is none.
    fn text(&self, file: &mut Compound, number: u16) -> String {
        if let Some(bytes) = self.stream(file, number, "001F") {
            let units: Vec<u16> = bytes
                .chunks_exact(2)
                .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
                .collect();
            return String::from_utf16_lossy(&units).trim_end_matches('\0').to_owned();
        }
        match self.stream(file, number, "001E") {
            Some(bytes) => {
                let text = match std::str::from_utf8(&bytes) {
                    Ok(text) => text.to_owned(),
                    Err(_) => self.encoding.decode(&bytes).0.into_owned(),
                };
                text.trim_end_matches('\0').to_owned()
            }
            None => String::new(),
        }
    }

    fn binary(&self, file: &mut Compound, number: u16) -> Option<Vec<u8>> {
        self.stream(file, number, "0102")
    }

    /// The name of an attachment.
    fn name(&self, file: &mut Compound) -> String {
        [0x3707, 0x3704, 0x3001]
            .into_iter()
            .map(|number| one_line(&self.text(file, number)))
            .find(|name| !name.is_empty())
            .unwrap_or_else(|| "attachment".to_owned())
    }

    fn stream(&self, file: &mut Compound, number: u16, kind: &str) -> Option<Vec<u8>> {
        let path = self.at.join(format!("__substg1.0_{number:04X}{kind}"));
        let stream = file.open_stream(path).ok()?;
        let mut bytes = Vec::new();
        stream.take(self.limit).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }
}

/// The properties of fixed length, all in one stream: 16 bytes each behind a head.
struct Fixed(Vec<(u32, u64)>);

impl Fixed {
    fn of(file: &mut Compound, at: &Path, head: usize) -> Self {
        let mut bytes = Vec::new();
        if let Ok(stream) = file.open_stream(at.join("__properties_version1.0")) {
            // What cannot be read is as good as absent.
            let _ = stream.take(1024 * 1024).read_to_end(&mut bytes);
        }
        let entries = bytes.get(head..).unwrap_or_default().chunks_exact(16);
        let entry = |entry: &[u8]| {
            let tag = u32::from_le_bytes(entry[..4].try_into().ok()?);
            let value = u64::from_le_bytes(entry[8..].try_into().ok()?);
            Some((tag, value))
        };
        Self(entries.filter_map(entry).collect())
    }

    fn value(&self, tag: u32) -> Option<u64> {
        self.0
            .iter()
            .find(|(other, _)| *other == tag)
            .map(|(_, value)| *value)
    }

    fn encoding(&self) -> &'static Encoding {
        [0x3ffd_0003, 0x3fde_0003]
            .into_iter()
            .filter_map(|tag| of_code_page(i32::try_from(self.value(tag)? & 0xffff_ffff).ok()?))
            .next()
            .unwrap_or(WINDOWS_1252)
    }

    /// When it was sent or received: in steps of 100 nanoseconds since 1601.
    fn date(&self) -> Option<String> {
        let steps = self.value(0x0039_0040).or_else(|| self.value(0x0e06_0040))?;
        let seconds = i64::try_from(steps / 10_000_000)
            .ok()?
            .checked_sub(11_644_473_600)?;
        let time = DateTime::from_timestamp(seconds, 0)?;
        Some(time.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

/// Unpacks the body that old versions of Outlook keep: a dictionary of 4096 bytes that begins with usual words.
fn unpacked_rtf(packed: &[u8]) -> Option<Vec<u8>> {
    const BEGINS: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
    let number = |at: usize| Some(u32::from_le_bytes(packed.get(at..at + 4)?.try_into().ok()?));
    let length = usize::try_from(number(4)?).ok()?.min(64 * 1024 * 1024);
    if number(8)? == 0x414c_454d {
        return packed.get(16..)?.get(..length).map(<[u8]>::to_vec);
    }
    let mut window = vec![b' '; 4096];
    window[..BEGINS.len()].copy_from_slice(BEGINS);
    let mut end = BEGINS.len();
    let mut text = Vec::new();
    let mut bytes = packed.get(16..)?.iter().copied();
    'all: while let Some(flags) = bytes.next() {
        for bit in 0..8 {
            if flags & (1 << bit) == 0 {
                let Some(byte) = bytes.next() else { break 'all };
                text.push(byte);
                window[end % 4096] = byte;
                end += 1;
                continue;
            }
            let (Some(high), Some(low)) = (bytes.next(), bytes.next()) else {
                break 'all;
            };
            let reference = usize::from(high) << 8 | usize::from(low);
            let (from, count) = (reference >> 4, (reference & 15) + 2);
            if from == end % 4096 {
                break 'all;
            }
            for step in 0..count {
                let byte = window[(from + step) % 4096];
                text.push(byte);
                window[end % 4096] = byte;
                end += 1;
            }
        }
        if text.len() >= length {
            break;
        }
    }
    text.truncate(length);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packed_body_of_a_message_is_unpacked() {
        // The example of the format's description.
        let packed = [
            0x2d, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7,
            0x03, 0x00, 0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20,
            0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f,
            0xa0,
        ];
        assert_eq!(
            unpacked_rtf(&packed).unwrap(),
            b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
        );
    }
}
