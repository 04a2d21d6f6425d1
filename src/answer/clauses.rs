//! The clauses of a sentence, each with the figures that it holds: `files for 90 days, mail for 30 days` says two things.
//! Pure.

use super::quantities::{Figure, begins_with_figure, ends_with_figure, figures};
use super::terms::terms_of;

/// A part of a sentence that says something by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clause<'text> {
    pub text: &'text str,
    pub figures: Vec<Figure>,
}

/// The clauses of `sentence`, in order. It is cut at each semicolon; at commas, colons and `and` only between figures, for
/// what has none goes with what has, or between parts that speak of the same.
pub(super) fn clauses(sentence: &str) -> Vec<Clause<'_>> {
    let mut parts: Vec<Part> = Vec::new();
    for (start, end, cut) in fragments(sentence) {
        let next = Part::new(sentence, start, end, cut);
        let joined = parts.last().is_some_and(|before| match cut {
            Cut::Strong => false,
            Cut::And if before.ends_with_figure(sentence) && begins_with_figure(next.text(sentence)) => true,
            Cut::And | Cut::Weak => !before.has_figures && !before.speaks_of_the_same(&next, sentence),
        });
        match parts.last_mut().filter(|_| joined) {
            Some(last) => last.take(&next),
            None => parts.push(next),
        }
    }
    let mut whole: Vec<Part> = Vec::new();
    for next in parts {
        let belongs = whole.last().is_some_and(|before| {
            next.cut != Cut::Strong && !next.has_figures && !before.speaks_of_the_same(&next, sentence)
        });
        match whole.last_mut().filter(|_| belongs) {
            Some(last) => last.take(&next),
            None => whole.push(next),
        }
    }
    let clause = |part: Part| Clause {
        text: part.text(sentence),
        figures: figures(part.text(sentence)),
    };
    whole.into_iter().map(clause).collect()
}

/// Some fragments of a sentence that go together.
struct Part {
    start: usize,
    end: usize,
    /// What stands before it.
    cut: Cut,
    /// Where its last fragment begins.
    last: usize,
    has_figures: bool,
}

impl Part {
    fn new(sentence: &str, start: usize, end: usize, cut: Cut) -> Self {
        Self {
            start,
            end,
            cut,
            last: start,
            has_figures: !figures(&sentence[start..end]).is_empty(),
        }
    }

    fn take(&mut self, next: &Self) {
        self.end = next.end;
        self.last = next.last;
        self.has_figures |= next.has_figures;
    }

    fn text<'text>(&self, sentence: &'text str) -> &'text str {
        &sentence[self.start..self.end]
    }

    fn ends_with_figure(&self, sentence: &str) -> bool {
        ends_with_figure(&sentence[self.last..self.end])
    }

    /// Whether both, without figures, say something of the same.
    fn speaks_of_the_same(&self, other: &Self, sentence: &str) -> bool {
        !self.has_figures
            && !other.has_figures
            && terms_of(self.text(sentence)).is_some_and(|terms| terms.held(other.text(sentence)).count() > 0)
    }
}

/// What stands before a fragment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    Strong,
    Weak,
    And,
}

const CONJUNCTIONS: [(&str, Cut); 6] = [
    (" and ", Cut::And),
    (" or ", Cut::And),
    (" but ", Cut::Weak),
    ("和", Cut::And),
    ("而", Cut::Weak),
    ("但", Cut::Weak),
];

/// The pieces between all that may part clauses, with what stands before each.
fn fragments(sentence: &str) -> Vec<(usize, usize, Cut)> {
    let mut found = Vec::new();
    let (mut start, mut cut, mut at) = (0, Cut::Strong, 0);
    while let Some(letter) = sentence[at..].chars().next() {
        let digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
        let after = &sentence[at + letter.len_utf8()..];
        // 1,000 and 10:30 are figures.
        let within = digit(sentence[..at].chars().next_back()) && digit(after.chars().next());
        let conjunction = CONJUNCTIONS
            .iter()
            .find(|(word, _)| sentence[at..].starts_with(word));
        let parting = match letter {
            ';' | '；' => Some((letter.len_utf8(), Cut::Strong)),
            ',' | ':' if within => None,
            ',' | ':' | '，' | '：' | '、' => Some((letter.len_utf8(), Cut::Weak)),
            _ => conjunction.map(|(word, cut)| (word.len(), *cut)),
        };
        match parting {
            Some((length, next)) => {
                found.push((start, at, cut));
                at += length;
                (start, cut) = (at, next);
            }
            None => at += letter.len_utf8(),
        }
    }
    found.push((start, sentence.len(), cut));
    let speaks = |text: &str| text.chars().any(char::is_alphanumeric);
    found.retain(|(start, end, _)| speaks(&sentence[*start..*end]));
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(sentence: &str) -> Vec<&str> {
        clauses(sentence)
            .iter()
            .map(|clause| clause.text.trim())
            .collect()
    }

    #[test]
    fn a_sentence_is_cut_between_its_figures_and_where_it_goes_on_about_the_same() {
        for (sentence, expected) in [
            (
                "Files can be brought back for 90 days, mail for 30 days.",
                vec!["Files can be brought back for 90 days", "mail for 30 days."],
            ),
            (
                "On Sundays it is 50 percent and on public holidays 100 percent.",
                vec!["On Sundays it is 50 percent", "on public holidays 100 percent."],
            ),
            (
                "In cities on the list, at most 165 euro; welders and painters every 6 months, free of charge.",
                vec![
                    "In cities on the list, at most 165 euro",
                    "welders and painters every 6 months, free of charge.",
                ],
            ),
            (
                "Trips inside the country are approved by the head, trips abroad by the manager.",
                vec![
                    "Trips inside the country are approved by the head",
                    "trips abroad by the manager.",
                ],
            ),
            (
                "Hours between 22:00 and 06:00, also at 1,000 m.",
                vec!["Hours between 22:00 and 06:00", "also at 1,000 m."],
            ),
            (
                "Minibar, parking fines, and upgrades are not paid.",
                vec!["Minibar, parking fines, and upgrades are not paid."],
            ),
            (
                "实行轮班：早班 7:30 至 15:30，中班 15:30 至 23:30；每三年一次",
                vec![
                    "实行轮班：早班 7:30 至 15:30",
                    "中班 15:30 至 23:30",
                    "每三年一次",
                ],
            ),
        ] {
            assert_eq!(texts(sentence), expected);
        }
    }

    proptest! {
        #[test]
        fn clauses_hold_every_letter_of_the_sentence(text in "[a-c0-9 ,;:中、和.-]{0,40}") {
            let sentence = format!("{text} and x");
            let letters = |text: &str| text.chars().filter(|letter| letter.is_ascii_digit()).count();
            let held: usize = clauses(&sentence).iter().map(|clause| letters(clause.text)).sum();
            prop_assert_eq!(held, letters(&sentence));
        }
    }
}
