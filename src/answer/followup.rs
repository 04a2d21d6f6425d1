//! A question that follows another one is made to stand alone before anything is searched: "And for M10?" finds nothing.
//!
//! Whether a question leans on the one before is seen by its words. A language model then puts it in other words, and
//! what it says is taken only if it keeps every figure and code of the question and brings in none of its own; without
//! a model, or where it fails, the words of the question before are added to it. Pure but for the model's answer.

use crate::domain::{Language, Question};
use crate::generate::{Message, Role};

use super::figures::Holdings;

/// A question with fewer words than these that say what it is about leans on the one before.
const FEWEST_WORDS: usize = 4;
/// A question longer than this stands alone, whatever words it has.
const LONGEST: usize = 160;
/// Characters of the answer before that a model reads to understand a question.
const ANSWER: usize = 600;

const LEANING: [&str; 24] = [
    "it",
    "its",
    "they",
    "them",
    "their",
    "this",
    "that",
    "these",
    "those",
    "he",
    "she",
    "his",
    "her",
    "one",
    "ones",
    "same",
    "there",
    "then",
    "else",
    "otherwise",
    "instead",
    "also",
    "too",
    "again",
];
const LEANING_BEGINNINGS: [&str; 6] = ["and ", "but ", "or ", "so ", "what about ", "how about "];
const ASKING: [&str; 28] = [
    "what", "who", "when", "where", "why", "how", "which", "is", "are", "was", "do", "does", "did", "can",
    "may", "must", "should", "will", "the", "a", "an", "of", "for", "in", "on", "to", "if", "me",
];
/// Words that ask how many or say that something is there: they tell nothing of what a question is about.
const COUNTING: [&str; 12] = [
    "many", "much", "long", "often", "have", "has", "get", "gets", "there", "and", "or", "i",
];
const LEANING_CHINESE: [&str; 14] = [
    "它", "他们", "她们", "这个", "那个", "这些", "那些", "这种", "那种", "这样", "那么", "呢", "上述", "其",
];

/// What was asked and answered before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Earlier {
    /// The question, as it was understood.
    pub question: String,
    /// The answer, as it was read.
    pub answer: String,
}

/// Whether a question can only be understood with the one before.
pub(super) fn leans(question: &Question) -> bool {
    let text = question.as_str().to_lowercase();
    if text.chars().count() > LONGEST {
        return false;
    }
    if question.language() == Language::Chinese {
        return text.chars().filter(|letter| letter.is_alphanumeric()).count() <= 6
            || LEANING_CHINESE.iter().any(|word| text.contains(word));
    }
    let words: Vec<&str> = text
        .split(|letter: char| !letter.is_alphanumeric() && letter != '-')
        .filter(|word| !word.is_empty())
        .collect();
    let about = words.iter().filter(|word| !ASKING.contains(word)).count();
    about < FEWEST_WORDS && words.len() < 2 * FEWEST_WORDS
        || LEANING_BEGINNINGS
            .iter()
            .any(|beginning| text.starts_with(beginning))
        || words.iter().any(|word| LEANING.contains(word))
}

/// The question, and in brackets what the one before was about. Where it names figures or codes of its own, those before
/// do not count any more.
pub(super) fn joined(question: &Question, earlier: &Earlier) -> Question {
    let has_digit = |word: &str| word.chars().any(|letter| letter.is_ascii_digit());
    let replaced = question.as_str().split_whitespace().any(has_digit);
    let about: Vec<&str> = about(&earlier.question)
        .filter(|word| !(replaced && has_digit(word)))
        .collect();
    Question::parse(&format!("{} ({})", question.as_str(), about.join(" ")))
        .unwrap_or_else(|_| question.clone())
}

/// What a model is asked in order to make a question stand alone.
pub(super) fn prompt(question: &Question, earlier: &Earlier) -> Vec<Message> {
    let answer: String = earlier.answer.chars().take(ANSWER).collect();
    let (rules, content) = match question.language() {
        Language::English => (
            "You rewrite a question so that it can be understood alone. Put in what its pronouns and gaps stand for, \
             from the question and the answer before it. Change nothing else. Reply with the question only.",
            format!(
                "Question before: {}\nAnswer: {answer}\n\nQuestion: {}\n\nThe same question, understandable alone:",
                earlier.question,
                question.as_str()
            ),
        ),
        Language::Chinese => (
            "你改写问题，使它不看上文也能理解。根据上一个问题和回答，补全代词和省略的内容，不改变其他内容。只回复改写后的问题。",
            format!(
                "上一个问题：{}\n回答：{answer}\n\n问题：{}\n\n可独立理解的问题：",
                earlier.question,
                question.as_str()
            ),
        ),
    };
    [(Role::System, rules.to_owned()), (Role::User, content)]
        .map(|(role, content)| Message { role, content })
        .to_vec()
}

/// What a model made of a question, if it can be believed.
pub(super) fn believable(rewritten: &str, question: &Question, earlier: &Earlier) -> Option<Question> {
    let line = rewritten.trim().trim_matches(['"', '“', '”']).trim();
    let rewritten = Question::parse(line).ok()?;
    let long =
        line.chars().count() > LONGEST + question.as_str().chars().count() + earlier.question.chars().count();
    if long || line.contains('\n') || line.contains('[') || rewritten.language() != question.language() {
        return None;
    }
    let said = Holdings::of([question.as_str(), &earlier.question, &earlier.answer]);
    let says = Holdings::of([line]);
    let invents = !Holdings::missing(line, &[&said]).is_empty();
    let loses = Holdings::missing(question.as_str(), &[&says])
        .iter()
        .any(|word| word.chars().any(|letter| letter.is_ascii_digit()));
    let asks = line.ends_with(['?', '？']) || !question.as_str().ends_with(['?', '？']);
    (!invents && !loses && asks && keeps_subject(question, line)).then_some(rewritten)
}

/// Whether at least half of the words that say what a question is about stand in `line` too.
fn keeps_subject(question: &Question, line: &str) -> bool {
    let line = line.to_lowercase();
    let own: Vec<String> = if question.language() == Language::Chinese {
        let han = question
            .as_str()
            .chars()
            .filter(|letter| Language::is_han(*letter));
        han.filter(|letter| !"它们这那些个种样么呢其的吗多少什怎".contains(*letter))
            .map(String::from)
            .collect()
    } else {
        about(question.as_str()).map(|word| word.to_lowercase()).collect()
    };
    let kept = own.iter().filter(|word| line.contains(word.as_str())).count();
    2 * kept >= own.len()
}

/// The words of a question in English that say what it is about.
fn about(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .filter(|word| {
            let word = word.to_lowercase();
            ![&ASKING[..], &LEANING, &COUNTING]
                .iter()
                .any(|words| words.contains(&word.as_str()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(text: &str) -> Question {
        Question::parse(text).unwrap()
    }

    fn earlier() -> Earlier {
        Earlier {
            question: "How tight are M8 bolts of class 8.8?".to_owned(),
            answer: "M8 bolts of class 8.8 are tightened to 25 Nm.".to_owned(),
        }
    }

    #[test]
    fn questions_that_lean_on_the_one_before_are_told_from_those_that_stand_alone() {
        for text in [
            "And for M10?",
            "Why?",
            "How often is it checked?",
            "What about class 10.9?",
            "M10 的呢？",
            "多久一次？",
            "它多重？",
        ] {
            assert!(leans(&question(text)), "{text}");
        }
        for text in [
            "How many days of annual leave does a full-time worker get?",
            "Which lubricant belongs into the spindle of the press?",
            "安全鞋多久更换一次，到哪里领取？",
        ] {
            assert!(!leans(&question(text)), "{text}");
        }
    }

    #[test]
    fn a_question_that_names_another_code_does_not_keep_the_one_before() {
        let joined = |text| joined(&question(text), &earlier());
        assert_eq!(
            joined("And for M10?").as_str(),
            "And for M10? (tight bolts class)"
        );
        assert_eq!(joined("Why?").as_str(), "Why? (tight M8 bolts class 8.8)");
    }

    #[test]
    fn what_a_model_makes_of_a_question_is_taken_only_if_it_invents_and_loses_nothing() {
        let asked = question("And for M10?");
        for (rewritten, believed) in [
            ("How tight are M10 bolts of class 8.8?", true),
            ("\"How tight are M10 bolts?\"", true),
            ("How tight are M12 bolts of class 8.8?", false),
            ("How tight are the bolts?", false),
            ("M8 bolts are tightened to 25 Nm. [1]", false),
            ("", false),
            ("The documents do not tell M10.", false),
            ("Is it M10?", true),
            ("M10 螺栓要拧多紧？", false),
        ] {
            assert_eq!(
                believable(rewritten, &asked, &earlier()).is_some(),
                believed,
                "{rewritten}"
            );
        }
    }
}
