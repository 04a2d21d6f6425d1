//! The tokens of Rich Text Format, and its characters in whatever encoding they are written.

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GBK, MACINTOSH, SHIFT_JIS, WINDOWS_874, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
    WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
};

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'bytes> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// `\par`, `\fs24`: a control word and its number.
    Word(&'bytes str, Option<i32>),
    /// `\*`: the next word may be passed over by whoever does not know it.
    Optional,
    /// A character in the encoding of its font.
    Byte(u8),
    /// A character that a control symbol stands for.
    Character(char),
}

/// Takes tokens off the front of bytes.
pub(super) struct Tokens<'bytes> {
    bytes: &'bytes [u8],
    at: usize,
}

impl<'bytes> Tokens<'bytes> {
    /// All tokens of `bytes`.
    pub(super) fn new(bytes: &'bytes [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Passes over the next `count` bytes, which are binary data, and gives them.
    pub(super) fn pass_over(&mut self, count: usize) -> &'bytes [u8] {
        let begin = self.at;
        self.at = self.at.saturating_add(count).min(self.bytes.len());
        &self.bytes[begin..self.at]
    }

    fn word(&mut self) -> Option<Token<'bytes>> {
        let rest = &self.bytes[self.at..];
        let letters = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let name = std::str::from_utf8(&rest[..letters]).unwrap_or_default();
        let mut length = letters;
        let negative =
            rest.get(length) == Some(&b'-') && rest.get(length + 1).is_some_and(u8::is_ascii_digit);
        length += usize::from(negative);
        let digits = rest[length..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let number = std::str::from_utf8(&rest[length..length + digits.min(9)])
            .ok()
            .and_then(|digits| digits.parse::<i32>().ok())
            .map(|number| if negative { -number } else { number });
        length += digits;
        length += usize::from(rest.get(length) == Some(&b' '));
        self.at += length;
        Some(Token::Word(name, number))
    }
}

impl<'bytes> Iterator for Tokens<'bytes> {
    type Item = Token<'bytes>;

    fn next(&mut self) -> Option<Token<'bytes>> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            match byte {
                b'{' => return Some(Token::Open),
                b'}' => return Some(Token::Close),
                b'\r' | b'\n' | 0 => {}
                b'\\' => {
                    let next = *self.bytes.get(self.at)?;
                    if next.is_ascii_alphabetic() {
                        return self.word();
                    }
                    self.at += 1;
                    return Some(match next {
                        b'\'' => {
                            let digits = self.bytes.get(self.at..self.at + 2);
                            let byte = digits
                                .and_then(|digits| std::str::from_utf8(digits).ok())
                                .and_then(|digits| u8::from_str_radix(digits, 16).ok());
                            self.at = (self.at + 2).min(self.bytes.len());
                            match byte {
                                Some(byte) => Token::Byte(byte),
                                None => continue,
                            }
                        }
                        b'*' => Token::Optional,
                        b'~' => Token::Character(' '),
                        b'_' => Token::Character('-'),
                        b'-' => continue,
                        b'\r' | b'\n' => Token::Word("par", None),
                        b'\t' => Token::Character(' '),
                        symbol => Token::Byte(symbol),
                    });
                }
                byte => return Some(Token::Byte(byte)),
            }
        }
    }
}

/// The encoding that a font's character set stands for.
pub(super) fn of_charset(charset: i32) -> Option<&'static Encoding> {
    Some(match charset {
        0 => WINDOWS_1252,
        77 => MACINTOSH,
        128 => SHIFT_JIS,
        129 | 130 => EUC_KR,
        134 => GBK,
        136 => BIG5,
        161 => WINDOWS_1253,
        162 => WINDOWS_1254,
        163 => WINDOWS_1258,
        177 => WINDOWS_1255,
        178 => WINDOWS_1256,
        186 => WINDOWS_1257,
        204 => WINDOWS_1251,
        222 => WINDOWS_874,
        238 => WINDOWS_1250,
        _ => return None,
    })
}

/// The encoding of a code page of Windows.
pub(super) fn of_code_page(number: i32) -> Option<&'static Encoding> {
    Some(match number {
        932 => SHIFT_JIS,
        936 => GBK,
        949 => EUC_KR,
        950 => BIG5,
        10000 => MACINTOSH,
        65001 => encoding_rs::UTF_8,
        54936 => encoding_rs::GB18030,
        874 => WINDOWS_874,
        1250..=1258 => Encoding::for_label(format!("windows-{number}").as_bytes())?,
        28591..=28606 => Encoding::for_label(format!("iso-8859-{}", number - 28590).as_bytes())?,
        20866 => encoding_rs::KOI8_R,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_with_their_blank_and_bytes_are_read_from_their_digits() {
        let tokens: Vec<Token<'_>> = Tokens::new(b"{\\b0 a\\'d6\\u-10179?\\~}").collect();
        assert_eq!(
            tokens,
            [
                Token::Open,
                Token::Word("b", Some(0)),
                Token::Byte(b'a'),
                Token::Byte(0xd6),
                Token::Word("u", Some(-10179)),
                Token::Byte(b'?'),
                Token::Character(' '),
                Token::Close,
            ]
        );
    }
}
