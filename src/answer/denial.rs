//! How often a text says that something is not so or must not be done. Pure.

/// Words in which a denial denies nothing.
const BOUNDS: [&str; 8] = [
    "not more than",
    "no more than",
    "not less than",
    "no less than",
    "not later than",
    "no later than",
    "not only",
    "nothing but",
];
/// The same in Chinese: stainless, different, not only, at all times, no less than, future.
const CHINESE_BOUNDS: [&str; 9] = [
    "不锈",
    "不同",
    "不仅",
    "不断",
    "无论",
    "不少于",
    "不超过",
    "不得超过",
    "未来",
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

/// The parts of a sentence, or of a row, of which each may deny something by itself.
pub(super) fn clauses(text: &str) -> impl Iterator<Item = &str> {
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
}
