//! Stop strings: the answer ends before the first of them, and nothing of it is given, however tokens cut it.

/// Watches the text of one answer for the strings that end it.
#[derive(Debug, Default)]
pub struct StopStrings {
    strings: Vec<String>,
    /// The end of the text as far as it may be the beginning of a stop string.
    held: String,
}

impl StopStrings {
    /// Watches for `strings`; empty ones are ignored.
    pub fn new(strings: &[String]) -> Self {
        Self {
            strings: strings.iter().filter(|stop| !stop.is_empty()).cloned().collect(),
            held: String::new(),
        }
    }

    /// The text that may be given now that `piece` has come, and whether a stop string ended it.
    pub fn push(&mut self, piece: &str) -> (String, bool) {
        self.held.push_str(piece);
        let first = self.strings.iter().filter_map(|stop| self.held.find(stop)).min();
        if let Some(at) = first {
            let mut text = std::mem::take(&mut self.held);
            text.truncate(at);
            return (text, true);
        }
        let kept = self.beginning_of_a_stop();
        let rest = self.held.split_off(self.held.len() - kept);
        (std::mem::replace(&mut self.held, rest), false)
    }

    /// The text that was held back, once the answer ends for another reason.
    pub fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// How many bytes at the end of what is held may be the beginning of a stop string.
    fn beginning_of_a_stop(&self) -> usize {
        let longest = |stop: &String| {
            let at_most = self.held.len().min(stop.len() - 1);
            (1..=at_most)
                .rev()
                .find(|length| self.held.as_bytes().ends_with(&stop.as_bytes()[..*length]))
        };
        let longest = self.strings.iter().filter_map(longest).max().unwrap_or(0);
        // A stop string begins with a whole character, so the cut is at one too.
        debug_assert!(self.held.is_char_boundary(self.held.len() - longest));
        longest
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(stops: &[&str], pieces: &[&str]) -> (String, bool) {
        let stops: Vec<String> = stops.iter().map(|stop| (*stop).to_owned()).collect();
        let mut watch = StopStrings::new(&stops);
        let mut given = String::new();
        for piece in pieces {
            let (text, stopped) = watch.push(piece);
            given += &text;
            if stopped {
                return (given, true);
            }
        }
        (given + watch.finish().as_str(), false)
    }

    #[test]
    fn a_stop_string_across_pieces_leaks_nothing() {
        assert_eq!(run(&["END"], &["abE", "N", "D rest"]), ("ab".to_owned(), true));
        assert_eq!(run(&["END"], &["abE", "N", "X"]), ("abENX".to_owned(), false));
        assert_eq!(run(&["\n\n", "\nQ:"], &["a\n", "Q:b"]), ("a".to_owned(), true));
        assert_eq!(run(&["aab"], &["a", "a", "a", "b"]), ("a".to_owned(), true));
        assert_eq!(
            run(&["\u{3002}x"], &["\u{4e2d}\u{3002}", "y"]),
            ("\u{4e2d}\u{3002}y".to_owned(), false)
        );
        assert_eq!(run(&[""], &["a"]), ("a".to_owned(), false));
    }

    proptest! {
        #[test]
        fn however_the_text_is_cut_it_ends_before_the_first_stop(
            pieces in prop::collection::vec("[ab\u{4e2d}]{0,3}", 0..12),
            stops in prop::collection::vec("[ab\u{4e2d}]{1,3}", 0..3),
        ) {
            let text = pieces.concat();
            let stops: Vec<&str> = stops.iter().map(String::as_str).collect();
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            let (given, stopped) = run(&stops, &pieces);
            let first = stops.iter().filter_map(|stop| text.find(stop)).min();
            // A stop that ends earlier is seen before one that begins earlier and is longer.
            prop_assert_eq!(stopped, first.is_some());
            prop_assert!(text.starts_with(&given));
            if first.is_none() {
                prop_assert_eq!(given, text);
            } else {
                for stop in stops {
                    prop_assert!(!given.contains(stop));
                }
            }
        }
    }
}
