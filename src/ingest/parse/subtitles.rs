//! Subtitles of recordings: what is said, in paragraphs with the time at which it is said.

use std::path::Path;

use super::encoding::read_whole;
use super::headings::one_line;
use super::{Limits, Outline, Output, ParseError, Parser, lines};
use crate::domain::Locator;

/// A paragraph ends with a sentence once it is this long, in bytes.
const LONG: usize = 240;
/// A pause of so many seconds begins a paragraph.
const PAUSE: u32 = 6;

/// Reads `.srt` and `.vtt`.
#[derive(Debug)]
pub(super) struct SubtitlesParser;

impl Parser for SubtitlesParser {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let text = read_whole(path, limits, |_| None)?;
        let mut waiting = Waiting::default();
        let mut cues = 0;
        let mut rest = text.lines().peekable();
        while let Some(line) = rest.next() {
            let Some((from, to)) = times(line) else { continue };
            cues += 1;
            let mut said = String::new();
            while let Some(line) = rest.next_if(|line| !line.trim().is_empty() && times(line).is_none()) {
                lines::append(&mut said, &spoken(line));
            }
            waiting.take((from, to), &said, output)?;
        }
        waiting.send(output)?;
        if cues == 0 && text.lines().any(|line| !line.trim().is_empty()) {
            return Err(ParseError::damaged(
                "file of subtitles",
                "there are no times in it",
            ));
        }
        Ok(Outline::default())
    }
}

#[derive(Default)]
struct Waiting {
    text: String,
    time: Option<(u32, u32)>,
}

impl Waiting {
    fn take(
        &mut self,
        (from, to): (u32, u32),
        said: &str,
        output: &mut Output<'_>,
    ) -> Result<(), ParseError> {
        let paused = self.time.is_some_and(|(_, end)| from > end.saturating_add(PAUSE));
        let new_speaker = said.split_once(": ").is_some_and(|(name, _)| name.len() < 40);
        let ended = self.text.ends_with(['.', '!', '?', '。', '！', '？']);
        if paused || new_speaker || (ended && self.text.len() >= LONG) || self.text.len() >= 4 * LONG {
            self.send(output)?;
        }
        // The same line is often shown twice in a row.
        if !self.text.ends_with(said) {
            lines::append(&mut self.text, said);
        }
        // Cues may overlap, and a bad one ends before it begins.
        let (first, last) = self.time.unwrap_or((from, to));
        self.time = Some((first.min(from), last.max(from).max(to)));
        Ok(())
    }

    fn send(&mut self, output: &mut Output<'_>) -> Result<(), ParseError> {
        let place = Locator {
            time: self.time.take(),
            ..Locator::default()
        };
        output.paragraph(&place, std::mem::take(&mut self.text))
    }
}

/// `00:01:02,500 --> 00:01:05,000` in whole seconds.
fn times(line: &str) -> Option<(u32, u32)> {
    let (from, to) = line.split_once("-->")?;
    Some((seconds(from.trim())?, seconds(to.split_whitespace().next()?)?))
}

fn seconds(clock: &str) -> Option<u32> {
    let whole = clock.split(['.', ',']).next()?;
    whole.split(':').try_fold(0u32, |sum, part| {
        sum.checked_mul(60)?.checked_add(part.trim().parse().ok()?)
    })
}

/// A line without its markup; a voice is named before what it says.
fn spoken(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some(begin) = rest.find(['<', '{']) {
        text.push_str(&rest[..begin]);
        let end = if rest[begin..].starts_with('<') { '>' } else { '}' };
        let Some(length) = rest[begin..].find(end) else {
            text.push_str(&rest[begin..]);
            return one_line(&text);
        };
        let tag = &rest[begin + 1..begin + length];
        if let Some(name) = tag.strip_prefix("v ").or_else(|| tag.strip_prefix("v.")) {
            text.push_str(name.trim());
            text.push_str(": ");
        }
        rest = &rest[begin + length + 1..];
    }
    text.push_str(rest);
    one_line(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_markup_are_read() {
        assert_eq!(
            times("00:01:02,500 --> 01:01:05.000 align:start"),
            Some((62, 3_665))
        );
        assert_eq!(times("01:02.500 --> 01:05.000"), Some((62, 65)));
        assert_eq!(times("no time"), None);
        assert_eq!(
            spoken("<v Chen Li>Open the <i>valve</i>{\\an8}."),
            "Chen Li: Open the valve."
        );
    }
}
