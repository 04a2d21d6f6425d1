//! What kind of thing a question asks for, and whether a sentence names one. Pure.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::domain::Language;
use crate::index::coverage::QuestionTerms;

type Words = LazyLock<HashSet<&'static str>>;

/// What would answer a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedKind {
    /// How many, how long, what pressure.
    Number,
    /// When, which year.
    Date,
    /// Who, what is the name of.
    Name,
    /// Where, which building.
    Place,
    /// Why.
    Reason,
    /// Something that no word betrays.
    Anything,
}

static MEASURES: Words = LazyLock::new(|| {
    words(
        "percent percentage number amount size fraction proportion temperature distance speed age cost \
    price torque length width height weight pressure voltage limit rate depth diameter tolerance duration quantity",
    )
});
static DEGREES: Words = LazyLock::new(|| {
    words("many much long far old tall high wide deep large big fast often heavy thick hot soon hard tight")
});
static TIMES: Words = LazyLock::new(|| words("year date day month century decade time era week shift"));
static PLACES: Words = LazyLock::new(|| {
    words("city country state place location region building room town river area department hall county")
});
static MONTHS: Words = LazyLock::new(|| {
    words(
        "January February March April May June July August September October November December Monday \
    Tuesday Wednesday Thursday Friday Saturday Sunday Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec",
    )
});
static NUMBERS: Words = LazyLock::new(|| {
    words(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen \
    sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand \
    million billion trillion half third quarter dozen first second once twice double triple percent both none",
    )
});
static UNITS: Words = LazyLock::new(|| {
    words(
        "second seconds minute minutes hour hours day days week weeks month months year years decade \
    decades century centuries",
    )
});
/// Words with which sentences begin that name nothing.
static OPENERS: Words = LazyLock::new(|| {
    words(
        "The A An It He She They This That These Those In On At By For From As When While After Before If \
    However But And We I You His Her Its Their There Some Many Most Other Another With During Since Although Both One \
    To Of Or Not No All Each Every Do Does Is Are Was Were Then Once Where Which Who What How Why Because Under Until",
    )
});
const REASONS: [&str; 15] = [
    "because",
    "due to",
    "since ",
    "so that",
    "in order",
    "reason",
    "cause",
    "therefore",
    "thus",
    "as a result",
    "owing",
    "result in",
    "results in",
    "leads to",
    "led to",
];
const CHINESE_REASONS: [&str; 13] = [
    "因为", "由于", "因此", "所以", "导致", "原因", "为了", "以便", "因而", "结果", "使得", "以免", "防止",
];
const CHINESE_DIGITS: &str = "零〇一二三四五六七八九十百千万亿两半";
const CHINESE_MEASURES: &str =
    "个名位人年月日天次分米种项倍多余万亿公千英小点座条只张部所支队届岁周场件台吨克毫度秒班元";

impl AskedKind {
    /// What `question` asks for.
    pub fn of(question: &str) -> Self {
        match Language::of(question) {
            Language::Chinese => Self::of_chinese(question),
            Language::English => Self::of_english(question),
        }
    }

    /// How well `sentence` fits: 1 if it names a thing of the kind that `question` does not name itself, 0 if it does
    /// not, between them if that is not sure.
    pub fn fits(self, sentence: &str, question: &str, terms: &QuestionTerms) -> f32 {
        match (self, Language::of(sentence)) {
            (Self::Anything, _) => 0.5,
            (_, Language::Chinese) => self.fits_chinese(sentence, question),
            (_, Language::English) => self.fits_english(sentence, terms),
        }
    }

    fn of_english(question: &str) -> Self {
        let lower = question.to_lowercase();
        let words: Vec<&str> = lower
            .split(|character: char| !character.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let asks = |word: &str| {
            matches!(
                word,
                "who" | "whom" | "whose" | "when" | "where" | "why" | "what" | "which" | "how"
            )
        };
        let Some(mut place) = words.iter().position(|word| asks(word)) else {
            return Self::Anything;
        };
        // "When the guard is open, what is the speed?" asks for a speed.
        if words[place] == "when"
            && let Some(later) = words.iter().skip(place + 1).position(|word| asks(word))
        {
            place += later + 1;
        }
        let following = |count: usize| words.iter().skip(place + 1).take(count);
        let follows = |count: usize, list: &Words| following(count).any(|word| list.contains(word));
        match words[place] {
            "who" | "whom" | "whose" => Self::Name,
            "when" => Self::Date,
            "where" => Self::Place,
            "why" => Self::Reason,
            "how" if follows(1, &DEGREES) => Self::Number,
            "what" | "which" if follows(2, &TIMES) => Self::Date,
            "what" | "which" if follows(4, &MEASURES) => Self::Number,
            "what" | "which" if follows(2, &PLACES) => Self::Place,
            "what" | "which" if following(5).any(|word| *word == "name") => Self::Name,
            _ => Self::Anything,
        }
    }

    fn of_chinese(question: &str) -> Self {
        let has = |parts: &[&str]| parts.iter().any(|part| question.contains(part));
        if has(&[
            "几年",
            "几月",
            "几日",
            "几号",
            "几点",
            "何时",
            "什么时候",
            "何年",
            "什么时间",
            "哪年",
            "哪一年",
            "哪天",
            "哪一天",
        ]) {
            Self::Date
        } else if has(&[
            "多少", "几", "多长", "多大", "多高", "多远", "多久", "多重", "多深", "多宽", "多快", "多厚",
            "百分", "比例", "数量", "人数",
        ]) {
            Self::Number
        } else if has(&["谁", "何人", "哪位", "什么人", "哪个人"]) {
            Self::Name
        } else if has(&[
            "哪里",
            "哪儿",
            "何处",
            "何地",
            "什么地方",
            "哪个城市",
            "哪个国家",
            "哪个地区",
            "哪座",
            "在哪",
        ]) {
            Self::Place
        } else if has(&["为什么", "为何", "什么原因", "怎么会"]) {
            Self::Reason
        } else {
            Self::Anything
        }
    }

    fn fits_english(self, sentence: &str, terms: &QuestionTerms) -> f32 {
        let words = || {
            sentence
                .split(|character: char| !character.is_alphanumeric())
                .filter(|word| !word.is_empty())
        };
        let new = |word: &str| !terms.names(word);
        let has_digit = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit());
        let yes = match self {
            Self::Number => words()
                .any(|word| (has_digit(word) || NUMBERS.contains(word.to_lowercase().as_str())) && new(word)),
            Self::Date => {
                if words().any(|word| (is_year(word) || MONTHS.contains(word)) && new(word)) {
                    return 1.0;
                }
                let near = |word: &str| has_digit(word) || UNITS.contains(word.to_lowercase().as_str());
                return if words().any(|word| near(word) && new(word)) {
                    0.5
                } else {
                    0.0
                };
            }
            Self::Name | Self::Place => words()
                .any(|word| word.starts_with(char::is_uppercase) && !OPENERS.contains(word) && new(word)),
            Self::Reason => {
                let lower = sentence.to_lowercase();
                REASONS.iter().any(|reason| lower.contains(reason))
            }
            Self::Anything => return 0.5,
        };
        if yes { 1.0 } else { 0.0 }
    }

    fn fits_chinese(self, sentence: &str, question: &str) -> f32 {
        let numbers = || {
            chinese_numbers(sentence)
                .into_iter()
                .filter(|number| !question.contains(number.as_str()))
        };
        let yes = match self {
            Self::Number => sentence.contains("百分之") || numbers().next().is_some(),
            Self::Date => {
                let is_date = |number: &String| {
                    number.len() >= 3 && number.bytes().all(|byte| byte.is_ascii_digit())
                        || number.ends_with(['年', '月', '日', '点', '号'])
                };
                if sentence.contains("世纪")
                    || sentence.contains("年代")
                    || numbers().any(|number| is_date(&number))
                {
                    return 1.0;
                }
                let near = sentence.contains(['时', '期', '年'])
                    || sentence.bytes().any(|byte| byte.is_ascii_digit());
                return if near { 0.5 } else { 0.0 };
            }
            Self::Name => {
                sentence.contains([
                    '·', '•', '人', '者', '员', '家', '长', '王', '师', '帝', '团', '队', '部',
                ]) || ["教授", "总统", "公司"]
                    .iter()
                    .any(|part| sentence.contains(part))
                    || sentence.contains(|character: char| character.is_ascii_uppercase())
            }
            Self::Place => sentence.contains([
                '省', '市', '州', '县', '区', '国', '城', '镇', '村', '岛', '洲', '湾', '山', '河', '海',
                '路', '街', '楼', '室', '馆', '院', '校', '厂', '在', '间', '库', '层', '侧', '门', '旁',
                '处',
            ]),
            Self::Reason => CHINESE_REASONS.iter().any(|reason| sentence.contains(reason)),
            Self::Anything => return 0.5,
        };
        if yes { 1.0 } else { 0.0 }
    }
}

fn words(list: &'static str) -> HashSet<&'static str> {
    list.split_ascii_whitespace().collect()
}

fn is_year(word: &str) -> bool {
    let digits = word.strip_suffix('s').unwrap_or(word);
    digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.starts_with(['1', '2'])
}

/// Runs of digits, and Chinese numerals with the measure word that makes them a quantity (`三个`, not `一般`).
fn chinese_numbers(sentence: &str) -> Vec<String> {
    let characters: Vec<char> = sentence.chars().collect();
    let mut numbers = Vec::new();
    let mut position = 0;
    while position < characters.len() {
        let start = position;
        let latin = characters[start].is_ascii_digit();
        let belongs = |character: char| {
            if latin {
                character.is_ascii_digit() || matches!(character, '.' | ',')
            } else {
                CHINESE_DIGITS.contains(character)
            }
        };
        while position < characters.len() && belongs(characters[position]) {
            position += 1;
        }
        if position == start {
            position += 1;
            continue;
        }
        let unit = characters
            .get(position)
            .filter(|unit| CHINESE_MEASURES.contains(**unit));
        if latin || unit.is_some() {
            numbers.push(characters[start..position].iter().chain(unit).collect());
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Question;
    use crate::index::IndexError;

    fn fit(question: &str, sentence: &str) -> f32 {
        let parsed = Question::parse(question).unwrap();
        let terms = QuestionTerms::weighed(&parsed, 10, |_| Ok::<u64, IndexError>(1)).unwrap();
        AskedKind::of(question).fits(sentence, question, &terms)
    }

    #[test]
    fn a_question_says_what_kind_of_thing_it_asks_for() {
        for (question, kind) in [
            ("How many days of leave do I get?", AskedKind::Number),
            ("What is the tightening torque of M8 bolts?", AskedKind::Number),
            ("When must the guard be checked?", AskedKind::Date),
            ("When the guard is open, who may enter?", AskedKind::Name),
            ("Who signs the release?", AskedKind::Name),
            ("Which building has the canteen?", AskedKind::Place),
            ("Why is the seal replaced?", AskedKind::Reason),
            ("What does E-4021 mean?", AskedKind::Anything),
            ("年假有多少天？", AskedKind::Number),
            ("食堂几点开门？", AskedKind::Date),
            ("谁批准放行？", AskedKind::Name),
            ("安全鞋在哪里领？", AskedKind::Place),
            ("为什么要更换油封？", AskedKind::Reason),
        ] {
            assert_eq!(AskedKind::of(question), kind, "{question}");
        }
    }

    #[test]
    fn a_number_that_stands_in_the_question_is_no_answer() {
        assert!(fit("How many bolts does press 4 have?", "Press 4 has bolts.") < 0.5);
        assert!(fit("How many bolts does press 4 have?", "Press 4 has 12 bolts.") > 0.5);
        assert!(fit("4号压机有多少螺栓？", "4号压机有12个螺栓。") > 0.5);
        assert!(fit("4号压机有多少螺栓？", "4号压机一般有螺栓。") < 0.5);
    }

    #[test]
    fn where_no_kind_is_asked_for_no_sentence_is_favoured() {
        assert!((fit("What does E-4021 mean?", "Replace the seal.") - 0.5).abs() < f32::EPSILON);
    }
}
