//! Words that carry no meaning in a question. They are left out of queries, never out of the index: a quoted phrase
//! may hold them.
//!
//! Two lists for English, since two things were measured: leaving out the words that ask (`what`, `how`, `do`) finds
//! better, since they are rare in documents and weigh much; leaving out `the` or `after` finds worse. But how much of
//! a question a text holds is told better without any of them.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::domain::Language;

const ENGLISH: &str = "a about after all also am an and any are as at be been before being between both but by can \
    could did do does doing during each else every few for from had has have having he her here him his how i if in \
    into is it its me much my of on or our ours per please shall she should so some such tell than that the their \
    them then there these they this those to too under until upon us was we were what when where which while who \
    whom whose why will with would you your yours";

const CHINESE: &str = "的 了 和 是 在 有 与 及 或 也 就 都 而 被 把 对 对于 关于 从 到 由 于 为 为了 以 给 \
    吗 呢 吧 啊 呀 么 我 你 您 他 她 它 我们 你们 他们 这 那 这个 那个 这些 那些 这里 那里 之 其 \
    什么 甚么 是什么 怎么 怎么样 怎样 如何 哪 哪些 哪个 哪里 哪儿 哪种 谁 多少 几 为什么 为何 何 何时 何处 请问 \
    请 是否 能否 可否 一个 一种 一下 个 会 能 要 时候 什么样 什么时候";

const ENGLISH_ASKING: &str = "what which who whom whose where when why how do does did";

static ENGLISH_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| ENGLISH.split_whitespace().collect());
static ENGLISH_ASKING_WORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| ENGLISH_ASKING.split_whitespace().collect());
static CHINESE_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| CHINESE.split_whitespace().collect());

/// Whether a folded word carries no meaning in a question of `language`. A short English word in a Chinese question
/// is a name (`A 级`, `IT 部门`), hence one list a language.
pub(super) fn is_stop_word(word: &str, language: Language) -> bool {
    match language {
        Language::English => ENGLISH_WORDS.contains(word),
        Language::Chinese => CHINESE_WORDS.contains(word),
    }
}

/// Whether a folded word only asks, and finds nothing.
pub(super) fn is_asking_word(word: &str, language: Language) -> bool {
    match language {
        Language::English => ENGLISH_ASKING_WORDS.contains(word),
        Language::Chinese => CHINESE_WORDS.contains(word),
    }
}
