//! Whether two questions mean the same, so that the verified answer to one answers the other. Pure.
//!
//! Similarity of meaning alone cannot tell: for all-MiniLM-L6-v2 "When does the early shift begin?" is as near to the
//! late shift (0.92) as most paraphrases are, and another error code is nearer (0.97). So the words decide first: the
//! same figures, codes and names; the same words once those are left out that only ask, with a few that people use for
//! one another made one; neither denied where the other is not, nor a duty where the other is a permission. Similarity is
//! the floor below that. `tests/cases/same-questions.jsonl` holds the pairs by which both were set: of its paraphrases
//! about four in five are recognised, of its different questions none. What is missed costs a reader nothing but the
//! ordinary answer; an inspector who wants another wording answered adds it to the verified answer.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use super::denial::denials;
use super::figures::Holdings;
use crate::domain::Language;
use crate::generate::AskedKind;
use crate::index::analysis::{Parts, analyse, fold};

/// Two questions of the same words that are less similar than this do not mean the same.
const FLOOR: f32 = 0.65;
/// Questions of other words that are this similar are about the same thing.
const ALIKE: f32 = 0.78;
/// Where similarity says nothing: questions that share this much of their words.
const SHARED: f32 = 0.5;

/// Words that say nothing of what a question is about. `before`, `without`, `on` and their like are not among them.
const FRAME: &str = "a about am an and any are as at be been being but by can could did do does doing each every for from \
    get gets had has have having how i if in is it its me much my of on or our please shall she should so some such tell \
    the that their them then there these they this those to us was we were what when where which who whom whose why will \
    with would you your must may might need needs needed necessary require requires required use uses used using apply \
    applies applied allow allowed permitted correct right proper exactly actually currently up s t take takes place \
    please many into also per go goes";
const CHINESE_FRAME: &str = "的 了 和 是 在 有 与 及 也 就 都 而 把 对 从 到 由 于 为 以 给 吗 呢 吧 啊 呀 么 我 你 您 他 她 它 我们 \
    你们 他们 这 那 这个 那个 之 其 什么 甚么 是什么 怎么 怎么样 怎样 如何 哪 哪些 哪个 哪里 哪儿 哪种 谁 多少 几 为什么 为何 何 \
    何时 何处 请问 请 个 会 能 要 时候 什么样 什么时候 可以 需要 应该 必须 应 该 需 可 才能 才 得 里 厂里 里的 几次 几天 几年 几点";

/// What people use for one another. The first of a line stands for all of it.
const ALIKE_WORDS: [&str; 22] = [
    "begin start commence",
    "end finish",
    "cost price charge",
    "most maximum maximal max highest",
    "least minimum minimal min lowest",
    "sickness illness ill sick",
    "holiday vacation",
    "hold keep held kept",
    "lose lost losing",
    "share percentage percent proportion",
    "worker employee",
    "colour color",
    "repair fix",
    "swap exchange trade",
    "long period duration",
    "yearly annual annually year",
    "daily day",
    "fast speed",
    "buy purchase bought",
    "phone telephone",
    "meter metre",
    "handle handling wear",
];

/// The same of several words.
const ALIKE_PHRASES: [(&str, &str); 8] = [
    ("annual leave", "holiday"),
    ("days of ", " "),
    (" each year", " "),
    (" per year", " "),
    (" a year", " "),
    ("what time", "when"),
    ("speed limit", "speed"),
    ("maximum of", "most"),
];

const DUTIES: [&str; 8] = [
    "must",
    "need",
    "needs",
    "needed",
    "necessary",
    "required",
    "require",
    "have to",
];
const PERMISSIONS: [&str; 6] = ["may", "allowed", "permitted", "can i", "can we", "could i"];
const CHINESE_DUTIES: [&str; 4] = ["必须", "需要", "应该", "一定要"];
const CHINESE_PERMISSIONS: [&str; 4] = ["可以", "能否", "允许", "能不能"];

static FRAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| FRAME.split_whitespace().collect());

/// The word that stands for a stem, where several do.
static STANDS_FOR: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for line in ALIKE_WORDS {
        let stems: Vec<String> = analyse(line, Parts::ALL)
            .into_iter()
            .map(|term| term.text)
            .collect();
        for stem in &stems {
            words.insert(stem.clone(), stems[0].clone());
        }
    }
    words
});

/// How two questions stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// About different things.
    Different,
    /// About the same thing; what answers one may not answer the other.
    Alike,
    /// They mean the same.
    Same,
}

/// What of a question is compared with others.
#[derive(Debug, Clone)]
pub struct Essence {
    text: String,
    language: Language,
    words: BTreeSet<String>,
    /// Single capitals: the class of a complaint, the revision of a procedure.
    letters: BTreeSet<String>,
    holdings: Holdings,
    kind: AskedKind,
    denied: bool,
    duty: Option<bool>,
}

impl Essence {
    /// Of a question.
    pub fn of(question: &str) -> Self {
        let language = Language::of(question);
        let words = match language {
            Language::English => english_words(question),
            Language::Chinese => chinese_words(question),
        };
        let letters = without_codes(question)
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| word.len() == 1 && word.chars().all(|letter| letter.is_ascii_uppercase()))
            .filter(|word| !matches!(*word, "I" | "A") || question.contains(&format!("class {word}")))
            .map(str::to_owned)
            .collect();
        Self {
            language,
            words,
            letters,
            holdings: Holdings::of([question]),
            kind: AskedKind::of(question),
            denied: denials(question) > 0,
            duty: duty(question, language),
            text: question.to_owned(),
        }
    }

    /// How this question stands to another one; `similarity` is the cosine of their vectors, where the embedder knows
    /// their language.
    pub fn likeness(&self, other: &Self, similarity: Option<f32>) -> Likeness {
        if self.language != other.language || !self.names_the_same(other) {
            return Likeness::Different;
        }
        let kinds =
            self.kind == other.kind || self.kind == AskedKind::Anything || other.kind == AskedKind::Anything;
        let duties = self.duty.is_none() || other.duty.is_none() || self.duty == other.duty;
        let same = kinds
            && duties
            && self.denied == other.denied
            && self.words == other.words
            && similarity.is_none_or(|similarity| similarity >= FLOOR);
        if same && (!self.words.is_empty() || fold(&self.text) == fold(&other.text)) {
            return Likeness::Same;
        }
        let alike = match similarity {
            Some(similarity) => similarity >= ALIKE,
            None => self.shared(other) >= SHARED,
        };
        if alike {
            Likeness::Alike
        } else {
            Likeness::Different
        }
    }

    /// Whether both hold the same figures, codes and names.
    fn names_the_same(&self, other: &Self) -> bool {
        self.letters == other.letters
            && self.holdings.has_the_figures_of(&other.holdings)
            && Holdings::missing(&self.text, &[&other.holdings]).is_empty()
            && Holdings::missing(&other.text, &[&self.holdings]).is_empty()
    }

    /// The share of the words of both that both hold.
    fn shared(&self, other: &Self) -> f32 {
        let all = self.words.union(&other.words).count();
        let both = self.words.intersection(&other.words).count();
        #[expect(clippy::cast_precision_loss, reason = "counts of words")]
        let share = both as f32 / all.max(1) as f32;
        share
    }
}

/// The words of a question in English that say what it is about, as stems. Figures are compared by themselves.
fn english_words(question: &str) -> BTreeSet<String> {
    let mut text = fold(&without_codes(question));
    for (phrase, stands_for) in ALIKE_PHRASES {
        text = text.replace(phrase, stands_for);
    }
    stems(&text, Parts::ALL)
}

/// The Han characters of a question that say what it is about, since the same words are not always cut alike, and its
/// other words as stems.
fn chinese_words(question: &str) -> BTreeSet<String> {
    let folded = fold(&without_codes(question));
    let mut words = stems(&folded, Parts::WORDS);
    let mut frame: Vec<&str> = CHINESE_FRAME.split_whitespace().collect();
    frame.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut text = folded;
    for word in frame {
        text = text.replace(word, " ");
    }
    let figure = |letter: &char| "零一二三四五六七八九十百千两".contains(*letter);
    let letters = text.chars().filter(|letter| Language::is_han(*letter));
    words.extend(letters.filter(|letter| !figure(letter)).map(String::from));
    words
}

/// A text without its figures and codes, which are compared by themselves: `E-4021` and `E4021` are one code.
fn without_codes(text: &str) -> String {
    let belongs = |letter: char| letter.is_ascii_alphanumeric() || "-_./".contains(letter);
    let mut kept = String::with_capacity(text.len());
    let mut run = String::new();
    for letter in text.chars().chain([' ']) {
        if belongs(letter) {
            run.push(letter);
            continue;
        }
        if !run.contains(|letter: char| letter.is_ascii_digit()) {
            kept.push_str(&run);
        }
        run.clear();
        kept.push(letter);
    }
    kept
}

fn stems(text: &str, parts: Parts) -> BTreeSet<String> {
    analyse(text, parts)
        .into_iter()
        .filter(|term| !FRAMES.contains(term.surface.as_str()))
        .map(|term| STANDS_FOR.get(&term.text).cloned().unwrap_or(term.text))
        .collect()
}

/// Whether a question asks for what must be (true) or for what may be (false), if it asks for either.
fn duty(question: &str, language: Language) -> Option<bool> {
    let lower = question.to_lowercase();
    let (duties, permissions) = match language {
        Language::Chinese => {
            let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
            (has(&CHINESE_DUTIES), has(&CHINESE_PERMISSIONS))
        }
        Language::English => {
            let spaced: String = lower
                .chars()
                .map(|letter| if letter.is_alphanumeric() { letter } else { ' ' })
                .collect();
            let spaced = format!(" {spaced} ");
            let has = |words: &[&str]| words.iter().any(|word| spaced.contains(&format!(" {word} ")));
            (has(&DUTIES), has(&PERMISSIONS))
        }
    };
    (duties != permissions).then_some(duties)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Pair {
        one: String,
        other: String,
        same: bool,
    }

    fn pairs() -> Vec<Pair> {
        include_str!("../../tests/cases/same-questions.jsonl")
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn likeness(one: &str, other: &str, similarity: Option<f32>) -> Likeness {
        Essence::of(one).likeness(&Essence::of(other), similarity)
    }

    #[test]
    fn no_different_question_of_the_cases_is_taken_for_the_same_and_most_paraphrases_are() {
        let pairs = pairs();
        let found = |pair: &&Pair| likeness(&pair.one, &pair.other, None) == Likeness::Same;
        let wrong: Vec<&str> = pairs
            .iter()
            .filter(|pair| !pair.same)
            .filter(found)
            .map(|pair| pair.other.as_str())
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        let same = pairs.iter().filter(|pair| pair.same);
        let missed: Vec<&str> = same
            .clone()
            .filter(|pair| !found(pair))
            .map(|pair| pair.other.as_str())
            .collect();
        assert!(4 * missed.len() <= same.count(), "{missed:#?}");
    }

    #[test]
    fn no_two_of_the_demo_questions_mean_the_same() {
        let questions: Vec<Essence> = include_str!("../../tests/cases/demo-questions.jsonl")
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .map(|case| Essence::of(case["question"].as_str().unwrap()))
            .collect();
        for (place, one) in questions.iter().enumerate() {
            for other in &questions[place + 1..] {
                let likeness = one.likeness(other, None);
                assert!(likeness < Likeness::Same, "{} = {}", one.text, other.text);
            }
        }
    }

    #[test]
    fn a_question_means_the_same_as_itself_however_it_is_written() {
        for (one, other) in [
            ("What does error E-4021 mean?", "what does error E4021 mean"),
            (
                "When is the fire alarm tested?",
                "When is the fire alarm TESTED ?",
            ),
            ("安全鞋多久更换一次？", "安全鞋多久更換一次"),
        ] {
            assert_eq!(likeness(one, other, None), Likeness::Same, "{one} = {other}");
        }
    }

    #[test]
    fn questions_about_the_same_thing_are_alike_unless_they_name_another_code() {
        let (one, other) = ("How do I reset error E-4021?", "What does error E-4021 mean?");
        assert_eq!(likeness(one, other, Some(0.8)), Likeness::Alike);
        assert_eq!(likeness(one, other, Some(0.3)), Likeness::Different);
        assert_eq!(
            likeness("What does error E-4022 mean?", other, Some(0.97)),
            Likeness::Different
        );
    }

    #[test]
    fn what_must_be_is_not_what_may_be() {
        let (must, may) = (
            "Must I wear gloves at the press?",
            "May I wear gloves at the press?",
        );
        assert!(likeness(must, may, None) < Likeness::Same);
    }
}
