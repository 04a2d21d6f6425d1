//! Walks over a large file in protobuf's wire format, reading what is asked for and skipping the rest.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::EngineError;

/// No exporter writes a name of this many bytes.
const LONGEST_NAME: u64 = 1 << 16;

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value {
    Number(u64),
    /// Bytes, a text or a message, which can be read at this place.
    Bytes(Span),
}

/// What of a message has not been read yet, as places in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    at: u64,
    end: u64,
}

/// Reads messages in protobuf's wire format, wherever in the file they lie.
pub(super) struct Source<'a> {
    file: BufReader<File>,
    path: &'a Path,
    at: u64,
    length: u64,
}

impl Span {
    /// How many bytes that is.
    pub fn length(self) -> u64 {
        self.end - self.at
    }
}

impl<'a> Source<'a> {
    /// Opens a file, and gives all of it as what is to be read.
    pub fn open(path: &'a Path) -> Result<(Self, Span), EngineError> {
        let failed = |source| EngineError::Read {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let source = Self {
            file: BufReader::new(file),
            path,
            at: 0,
            length,
        };
        Ok((source, Span { at: 0, end: length }))
    }

    /// The bytes of the file.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The message in field `wanted` of a message.
    pub fn message_of(&mut self, mut span: Span, wanted: u64) -> Result<Option<Span>, EngineError> {
        while let Some((number, value)) = self.next(&mut span)? {
            if let (true, Value::Bytes(inner)) = (number == wanted, value) {
                return Ok(Some(inner));
            }
        }
        Ok(None)
    }

    /// The text in field `wanted` of a message.
    pub fn text_of(&mut self, span: Span, wanted: u64) -> Result<Option<String>, EngineError> {
        let inner = self.message_of(span, wanted)?;
        inner.map(|inner| self.text(inner)).transpose()
    }

    /// The bytes at `span`, which are a text.
    pub fn text(&mut self, span: Span) -> Result<String, EngineError> {
        if span.length() > LONGEST_NAME {
            return Err(self.malformed("a name in it is endless"));
        }
        let mut bytes = vec![0; span.length() as usize];
        self.seek(span.at)?;
        self.read(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The next field of the message that `span` is what is left of.
    pub fn next(&mut self, span: &mut Span) -> Result<Option<(u64, Value)>, EngineError> {
        if span.at >= span.end {
            return Ok(None);
        }
        self.seek(span.at)?;
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Number(self.varint()?),
            1 => Value::Bytes(self.span(8)),
            2 => {
                let bytes = self.varint()?;
                Value::Bytes(self.span(bytes))
            }
            5 => Value::Bytes(self.span(4)),
            _ => return Err(self.malformed("it has a field of an unknown kind")),
        };
        span.at = match value {
            Value::Bytes(inner) => inner.end,
            Value::Number(_) => self.at,
        };
        if span.at > self.length {
            return Err(EngineError::Truncated {
                path: self.path.to_owned(),
                wanted: span.at,
                found: self.length,
            });
        }
        if span.at > span.end {
            return Err(self.malformed("a field in it is longer than its message"));
        }
        Ok(Some((key >> 3, value)))
    }

    fn span(&self, bytes: u64) -> Span {
        Span {
            at: self.at,
            end: self.at.saturating_add(bytes),
        }
    }

    fn varint(&mut self) -> Result<u64, EngineError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let mut byte = [0];
            self.read(&mut byte)?;
            number |= u64::from(byte[0] & 0x7f) << shift;
            if byte[0] & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(self.malformed("a number in it has no end"))
    }

    fn seek(&mut self, to: u64) -> Result<(), EngineError> {
        let by = to.cast_signed() - self.at.cast_signed();
        self.at = to;
        self.file.seek_relative(by).map_err(|source| self.failed(source))
    }

    fn read(&mut self, bytes: &mut [u8]) -> Result<(), EngineError> {
        let wanted = self.at + bytes.len() as u64;
        if wanted > self.length {
            return Err(EngineError::Truncated {
                path: self.path.to_owned(),
                wanted,
                found: self.length,
            });
        }
        self.at = wanted;
        self.file.read_exact(bytes).map_err(|source| self.failed(source))
    }

    fn failed(&self, source: std::io::Error) -> EngineError {
        EngineError::Read {
            path: self.path.to_owned(),
            source,
        }
    }

    pub fn malformed(&self, reason: &str) -> EngineError {
        EngineError::Malformed {
            path: self.path.to_owned(),
            reason: format!("{reason}, so it is no ONNX model"),
        }
    }
}
