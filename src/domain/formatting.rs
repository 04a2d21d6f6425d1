//! How a written sentence is set: a small part of Markdown, kept beside its plain text, so that nothing that a model writes
//! is ever markup.

use serde::{Deserialize, Serialize};

use super::Span;

/// How some words stand out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// Important: `**so**`.
    Strong,
    /// Stressed: `*so*`.
    Emphasis,
    /// To be typed, or a name of something: `` `so` ``.
    Code,
}

/// Words that stand out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Styled {
    /// Where they stand in the sentence.
    #[serde(flatten)]
    pub span: Span,
    /// How.
    pub style: Style,
}

/// What a sentence is a part of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Block {
    /// A paragraph.
    #[default]
    Paragraph,
    /// An item of a list.
    Item,
    /// An item of a numbered list, and its number.
    Numbered(u32),
}

/// How a sentence is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Formatting {
    /// What it is a part of.
    #[serde(default)]
    pub block: Block,
    /// Whether that begins with it, and does not go on from the sentence before.
    #[serde(default)]
    pub begins: bool,
    /// Its words that stand out, in the order in which they begin, and of those that begin together the longer ones first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub styles: Vec<Styled>,
}

/// A piece of a sentence that is set in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run<'text> {
    /// Its words.
    pub text: &'text str,
    /// Whether they are important.
    pub strong: bool,
    /// Whether they are stressed.
    pub emphasis: bool,
    /// Whether they are code.
    pub code: bool,
}

impl Formatting {
    /// Whether it is that of a sentence of which nothing is to be told.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// What stands before the first sentence of an item.
    pub fn sign(&self) -> Option<String> {
        match self.block {
            Block::Item if self.begins => Some("•".to_owned()),
            Block::Numbered(number) if self.begins => Some(format!("{number}.")),
            _ => None,
        }
    }

    /// The pieces of `text`, which is the sentence; together they are all of it.
    pub fn runs<'text>(&self, text: &'text str) -> Vec<Run<'text>> {
        let mut runs: Vec<Run<'text>> = Vec::new();
        let mut start = 0;
        for (place, (byte, _)) in (0_u32..).zip(text.char_indices()) {
            let cut = self
                .styles
                .iter()
                .any(|styled| styled.span.start == place || styled.span.end == place);
            if cut && byte > start {
                runs.push(self.run(&text[start..byte], place - 1));
                start = byte;
            }
        }
        if start < text.len() {
            let last = text.chars().count() - 1;
            runs.push(self.run(&text[start..], u32::try_from(last).unwrap_or(u32::MAX)));
        }
        runs
    }

    /// A piece in which the character `place` stands.
    fn run<'text>(&self, text: &'text str, place: u32) -> Run<'text> {
        let is = |style: Style| {
            self.styles
                .iter()
                .any(|styled| styled.style == style && (styled.span.start..styled.span.end).contains(&place))
        };
        Run {
            text,
            strong: is(Style::Strong),
            emphasis: is(Style::Emphasis),
            code: is(Style::Code),
        }
    }

    /// The sentence with its signs, as it would be typed.
    pub fn typed(&self, text: &str) -> String {
        let mut typed = match self.block {
            Block::Item if self.begins => "- ".to_owned(),
            Block::Numbered(number) if self.begins => format!("{number}. "),
            _ => String::new(),
        };
        let mut open: Vec<&str> = Vec::new();
        let end = Run {
            text: "",
            strong: false,
            emphasis: false,
            code: false,
        };
        for run in self.runs(text).into_iter().chain([end]) {
            let signs = [(run.strong, "**"), (run.emphasis, "*"), (run.code, "`")];
            let wanted: Vec<&str> = signs
                .into_iter()
                .filter(|(is, _)| *is)
                .map(|(_, sign)| sign)
                .collect();
            while let Some(sign) = open.pop() {
                if wanted.contains(&sign) && open.iter().all(|below| wanted.contains(below)) {
                    open.push(sign);
                    break;
                }
                typed.push_str(sign);
            }
            for sign in wanted {
                if !open.contains(&sign) {
                    typed.push_str(sign);
                    open.push(sign);
                }
            }
            typed.push_str(run.text);
        }
        typed
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn styled(start: u32, end: u32, style: Style) -> Styled {
        Styled {
            span: Span { start, end },
            style,
        }
    }

    #[test]
    fn a_sentence_is_cut_where_its_setting_changes() {
        let formatting = Formatting {
            block: Block::Numbered(2),
            begins: true,
            styles: vec![
                styled(0, 7, Style::Strong),
                styled(5, 7, Style::Emphasis),
                styled(8, 10, Style::Code),
            ],
        };
        let text = "Stop it 停机.";
        let runs: Vec<_> = formatting
            .runs(text)
            .into_iter()
            .map(|run| (run.text, run.strong, run.emphasis, run.code))
            .collect();
        assert_eq!(
            runs,
            [
                ("Stop ", true, false, false),
                ("it", true, true, false),
                (" ", false, false, false),
                ("停机", false, false, true),
                (".", false, false, false)
            ]
        );
        assert_eq!(formatting.typed(text), "2. **Stop *it*** `停机`.");
        assert_eq!(formatting.sign().as_deref(), Some("2."));
    }

    proptest! {
        #[test]
        fn the_pieces_of_a_sentence_are_all_of_it(text in "[ab 中😀]{0,12}", spans in prop::collection::vec((0u32..15, 0u32..15, 0usize..3), 0..5)) {
            let styles = [Style::Strong, Style::Emphasis, Style::Code];
            let formatting = Formatting {
                styles: spans.into_iter().map(|(start, end, style)| styled(start, end, styles[style])).collect(),
                ..Formatting::default()
            };
            let whole: String = formatting.runs(&text).iter().map(|run| run.text).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
