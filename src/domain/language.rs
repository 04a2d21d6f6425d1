//! The language of a text, as far as it decides how the text is searched and split.

use serde::{Deserialize, Serialize};

/// What a text is mostly written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Chinese, simplified or traditional: at least a fifth of its letters are Han characters.
    Chinese,
    /// Anything else; treated as English.
    English,
}

impl Language {
    /// Decides by the share of Han characters among the letters of `text`.
    pub fn of(text: &str) -> Self {
        let (mut han, mut letters) = (0usize, 0usize);
        for character in text.chars().filter(|character| character.is_alphabetic()) {
            letters += 1;
            han += usize::from(is_han(character));
        }
        if han > 0 && han * 5 >= letters {
            Self::Chinese
        } else {
            Self::English
        }
    }

    /// The tag of BCP 47 without a region: `zh` or `en`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }

    /// The language of a tag that [`Language::tag`] gives.
    pub fn from_tag(tag: &str) -> Option<Self> {
        [Self::Chinese, Self::English]
            .into_iter()
            .find(|language| language.tag() == tag)
    }

    /// Whether `character` is a Han character.
    pub fn is_han(character: char) -> bool {
        is_han(character)
    }
}

fn is_han(character: char) -> bool {
    matches!(character,
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_sentence_with_a_code_in_it_is_chinese() {
        assert_eq!(Language::of("E-4021 报警怎么处理？"), Language::Chinese);
    }

    #[test]
    fn an_english_sentence_that_names_a_chinese_word_is_english() {
        assert_eq!(
            Language::of("What does 扭矩 mean in the torque table?"),
            Language::English
        );
    }

    #[test]
    fn a_text_without_letters_counts_as_english() {
        assert_eq!(Language::of("4021"), Language::English);
    }
}
