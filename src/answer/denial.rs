//! How often a text says that something is not so or must not be done. Pure.

/// Words in which a denial denies nothing.
const BOUNDS: [&str; 9] = [
    "not more than",
    "no more than",
    "not less than",
    "no less than",
    "not later than",
    "no later than",
    "not only",
    "nothing but",
    "without exception",
];
/// The same in Chinese: stainless, different, not only, at all times, no less than, future, without exception.
const CHINESE_BOUNDS: [&str; 10] = [
    "不锈",
    "不同",
    "不仅",
    "不断",
    "无论",
    "不少于",
    "不超过",
    "不得超过",
    "未来",
    "无一例外",
];

/// How many denials there are in `text`.
pub(super) fn denials(text: &str) -> usize {
    let lower = BOUNDS
        .iter()
        .fold(text.to_lowercase(), |text, bound| text.replace(bound, ""));
    let english = lower
        .split(|letter: char| !letter.is_alphanumeric() && letter != '\'' && letter != '’')
        .filter(|word| {
            matches!(
                *word,
                "not"
                    | "never"
                    | "no"
                    | "nobody"
                    | "none"
                    | "nothing"
                    | "cannot"
                    | "without"
                    | "nor"
                    | "neither"
                    | "forbidden"
                    | "prohibited"
            ) || word.ends_with("n't")
                || word.ends_with("n’t")
        })
        .count();
    let chinese = CHINESE_BOUNDS
        .iter()
        .fold(lower, |text, word| text.replace(word, ""));
    let signs = chinese
        .chars()
        .filter(|sign| ['不', '未', '勿', '无', '莫', '非'].contains(sign))
        .count();
    english + signs + chinese.matches("禁止").count() + chinese.matches("没有").count()
}

/// Words that leave no exception.
const ABSOLUTES: [&str; 2] = ["always", "invariably"];
const CHINESE_ABSOLUTES: [&str; 5] = ["总是", "始终", "一律", "任何时候", "任何情况"];

/// Whether a text says that something is so in every case.
pub(super) fn is_absolute(text: &str) -> bool {
    let lower = text.to_lowercase();
    let mut words = lower.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| ABSOLUTES.contains(&word)) || CHINESE_ABSOLUTES.iter().any(|word| lower.contains(word))
}

/// What says the same in other words.
const NO_EXCEPTION: [&str; 6] = [
    "at all times",
    "without exception",
    "in every case",
    "in all cases",
    "under all circumstances",
    "无一例外",
];
/// Words of a rule that holds for whatever comes, unless it says for what it does not.
const OF_ALL: [&str; 7] = ["all", "any", "each", "every", "must", "never", "whenever"];
const CHINESE_OF_ALL: [&str; 8] = ["均", "必须", "任何", "所有", "凡", "都", "每次", "必須"];
const CONDITIONS: [&str; 3] = ["except", "only", "unless"];
const CHINESE_CONDITIONS: [&str; 5] = ["除非", "除外", "只有", "仅", "以外"];

/// Whether a text bears out that something is so in every case: it says so, or makes a rule for all without an exception.
pub(super) fn has_no_exception(text: &str) -> bool {
    let lower = text.to_lowercase();
    let holds = |english: &[&str], chinese: &[&str]| {
        let mut words = lower.split(|letter: char| !letter.is_alphanumeric());
        words.any(|word| english.contains(&word)) || chinese.iter().any(|word| lower.contains(word))
    };
    says_no_exception(text) || holds(&OF_ALL, &CHINESE_OF_ALL) && !holds(&CONDITIONS, &CHINESE_CONDITIONS)
}

/// Whether a text, which may be a heading, says itself that something is so in every case; one that asks says nothing.
pub(super) fn says_no_exception(text: &str) -> bool {
    let lower = text.to_lowercase();
    let says = is_absolute(text) || NO_EXCEPTION.iter().any(|words| lower.contains(words));
    says && !text.trim_end().ends_with(['?', '？'])
}

/// The parts of a sentence, or of a row, of which each may deny something by itself.
pub(super) fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', ':', '|', '，', '；', '：', '、'])
        .flat_map(|part| part.split(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denials_are_counted_in_both_languages_and_bounds_are_none() {
        for (text, count) in [
            ("A request that was not answered is not approved.", 2),
            ("Don't open it without gloves.", 2),
            (
                "Not more than two people may be on leave, and no later than noon.",
                0,
            ),
            ("Goggles are worn without exception.", 0),
            ("禁止单独进入，未挂牌不得开机。", 3),
            ("压力不超过 2 MPa，不锈钢管。", 0),
        ] {
            assert_eq!(denials(text), count, "{text}");
        }
    }

    #[test]
    fn what_leaves_no_exception_is_seen() {
        for (text, absolute) in [
            ("Damage is always covered.", true),
            ("Damage is covered only if it was approved.", false),
            ("费用一律由公司支付。", true),
            ("费用由公司支付。", false),
        ] {
            assert_eq!(is_absolute(text), absolute, "{text}");
        }
    }

    #[test]
    fn what_makes_a_rule_for_all_has_no_exception_unless_it_names_one() {
        for (text, none) in [
            ("Goggles are worn at all times.", true),
            ("Every visitor is accompanied.", true),
            ("所有访客均须登记。", true),
            ("Damage is covered only if it was approved.", false),
            ("Every damage is covered, unless nobody approved it.", false),
            ("所有费用由公司支付，私人电话除外。", false),
            ("The company pays the hotel.", false),
        ] {
            assert_eq!(has_no_exception(text), none, "{text}");
        }
        assert!(says_no_exception("Always wear goggles"));
        assert!(!says_no_exception("Must goggles always be worn?"));
        assert!(!says_no_exception("All about goggles"));
    }
}
