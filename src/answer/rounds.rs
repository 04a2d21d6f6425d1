//! Whether a language model goes round in circles: small ones write the same words again and again until they are cut off.

use std::collections::HashSet;

/// Characters at the end of the text that are looked at.
const LOOKED_AT: usize = 480;
/// No longer part is looked for that comes again and again; longer ones are sentences.
const LONGEST_PART: usize = 80;
/// So often it must stand there one after the other,
const TIMES: usize = 6;
/// and so many characters it must fill altogether: a line of dots does not count.
const FILLED: usize = 60;
/// Sentences in a row that nothing bears out and that differ in their figures only.
const COUNTED_ON: u32 = 3;

/// What a model has written so far, as far as one must know it to see that nothing new comes.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    told: HashSet<String>,
    tail: Vec<char>,
    doubtful: Option<(String, u32)>,
}

impl Rounds {
    /// Whether the text, with these words at its end, ends with one part over and over.
    pub fn turns(&mut self, words: &str) -> bool {
        self.tail.extend(words.chars());
        let beyond = self.tail.len().saturating_sub(LOOKED_AT);
        self.tail.drain(..beyond);
        let tail = &self.tail;
        (1..=LONGEST_PART).any(|length| {
            let same = (length..tail.len())
                .rev()
                .take_while(|place| tail[*place] == tail[place - length])
                .count();
            let filled = same + length;
            filled >= FILLED
                && filled >= TIMES * length
                && tail[tail.len() - length..].iter().any(|c| c.is_alphanumeric())
        })
    }

    /// Whether the sentence says nothing new. `bears_out`: whether a passage bears it out.
    pub fn repeats(&mut self, sentence: &str, bears_out: bool) -> bool {
        let words: String = sentence
            .chars()
            .filter(|character| character.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        let pattern: String = words
            .chars()
            .filter(|character| !character.is_numeric())
            .collect();
        let so_many = match self.doubtful.take() {
            Some((before, many)) if before == pattern => many + 1,
            _ => 1,
        };
        if !bears_out {
            self.doubtful = Some((pattern, so_many));
        }
        let counts_on = !bears_out && so_many >= COUNTED_ON;
        !words.is_empty() && !self.told.insert(words) || counts_on
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sentence_that_was_told_before_says_nothing_new() {
        let mut rounds = Rounds::default();
        assert!(!rounds.repeats("You have 27 days of leave.", true));
        assert!(!rounds.repeats("Requests go to the shift leader.", true));
        assert!(rounds.repeats("You have 27 days of leave", true));
        assert!(!rounds.repeats("…", true) && !rounds.repeats("…", true));
    }

    #[test]
    fn sentences_that_only_count_on_say_nothing_new_where_nothing_bears_them_out() {
        let told = |bears_out| {
            let mut rounds = Rounds::default();
            (1..=6)
                .map(|number| rounds.repeats(&format!("The document has passage {number}."), bears_out))
                .collect::<Vec<_>>()
        };
        assert_eq!(told(false), [false, false, true, true, true, true]);
        assert_eq!(
            told(true),
            [false; 6],
            "a row of a table after the other is an answer"
        );
    }

    #[test]
    fn words_over_and_over_are_seen_before_the_sentence_ends() {
        let mut rounds = Rounds::default();
        assert!(!rounds.turns("The error E-4021 warns of a malfunctioning blowout"));
        let seen = (0..60).position(|_| rounds.turns(" blowout"));
        assert_eq!(seen, Some(6), "after so many times");
        let mut rounds = Rounds::default();
        assert!((0..60).any(|_| rounds.turns("防护罩必须关闭，")));
    }

    #[test]
    fn tables_lines_and_lists_are_no_circles() {
        for text in [
            "1.4 Dangerous energies ............................................................................. 12",
            "----------------------------------------------------------------------------------------------------",
            "M6 10 Nm, M8 25 Nm, M10 49 Nm, M12 85 Nm, M14 135 Nm, M16 210 Nm, M18 290 Nm, M20 411 Nm, M22 559 Nm.",
            "Check bolt 1, check bolt 2, check bolt 3, check bolt 4, check bolt 5, check bolt 6, check bolt 7, check bolt 8.",
            "No, no, no, no: the guard stays closed.",
        ] {
            let mut rounds = Rounds::default();
            assert!(
                !text.chars().any(|character| rounds.turns(&character.to_string())),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn however_the_text_is_cut_a_circle_is_seen(part in "[a-z]{3,9}( [a-z]{2,8}){0,3}", pieces in prop::collection::vec(1usize..9, 400)) {
            let text: Vec<char> = format!(" {part}").repeat(40).chars().collect();
            let mut rounds = Rounds::default();
            let (mut at, mut seen) = (0, false);
            for piece in pieces {
                let end = (at + piece).min(text.len());
                seen |= rounds.turns(&text[at..end].iter().collect::<String>());
                at = end;
            }
            prop_assert!(seen);
        }
    }
}
