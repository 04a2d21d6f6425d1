//! The catalogues of texts and their readers as files: every language says everything, and nothing is said elsewhere.

mod keys;
mod templates;

use encoding_rs::BIG5;

use super::support::catalogue::{Catalogue, ENGLISH, LANGUAGES, Message};

fn others() -> Vec<Catalogue> {
    let others = LANGUAGES.into_iter().filter(|language| *language != ENGLISH);
    others.map(Catalogue::read).collect()
}

#[track_caller]
fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_catalogue_can_be_read_and_has_no_key_twice() {
    let mut wrong = Vec::new();
    for catalogue in LANGUAGES.map(Catalogue::read) {
        for (position, message) in catalogue.messages.iter().enumerate() {
            let before = &catalogue.messages[..position];
            if before.iter().any(|earlier| earlier.key == message.key) {
                wrong.push(format!(
                    "{} has `{}` twice",
                    place(&catalogue, message),
                    message.key
                ));
            }
        }
    }
    none(&wrong);
}

#[test]
fn every_catalogue_says_what_english_says_and_nothing_else() {
    let english = Catalogue::read(ENGLISH);
    let mut wrong = Vec::new();
    for catalogue in others() {
        for message in english
            .messages
            .iter()
            .filter(|it| catalogue.find(&it.key).is_none())
        {
            wrong.push(format!(
                "{} lacks `{}`, which {} has",
                file(&catalogue),
                message.key,
                place(&english, message)
            ));
        }
        for message in &catalogue.messages {
            match english.find(&message.key) {
                None => wrong.push(format!(
                    "{} has `{}`, which {} lacks",
                    place(&catalogue, message),
                    message.key,
                    file(&english)
                )),
                Some(original) => {
                    wrong.extend(differences(original, message).into_iter().map(|difference| {
                        format!("{}: `{}` {difference}", place(&catalogue, message), message.key)
                    }))
                }
            }
        }
    }
    none(&wrong);
}

/// What is wrong with a translation's variables.
fn differences(original: &Message, translation: &Message) -> Vec<String> {
    let mut wrong = Vec::new();
    let all = &original.shows[0];
    for shown in original.shows.iter().chain(&translation.shows) {
        for name in all.symmetric_difference(shown) {
            wrong.push(format!(
                "shows ${name} in one language or choice and not in another"
            ));
        }
    }
    // Where a language has plurals it chooses by the count, which every text with `$shown` gets.
    let known = original.variables();
    for name in &translation.chooses_by {
        let plural = name == "count" && known.contains("shown");
        if !known.contains(name.as_str()) && !plural {
            wrong.push(format!("chooses by ${name}, which English does not have"));
        }
    }
    wrong.sort();
    wrong.dedup();
    wrong
}

#[test]
fn messages_stand_in_the_same_order_in_every_catalogue() {
    let english = Catalogue::read(ENGLISH);
    let mut wrong = Vec::new();
    for catalogue in others() {
        let order = |of: &Catalogue, known: &Catalogue| -> Vec<String> {
            let keys = of.messages.iter().map(|message| message.key.clone());
            keys.filter(|key| known.find(key).is_some()).collect()
        };
        let (ours, theirs) = (order(&catalogue, &english), order(&english, &catalogue));
        if let Some((ours, theirs)) = ours.iter().zip(&theirs).find(|(ours, theirs)| ours != theirs) {
            wrong.push(format!(
                "{}: `{ours}` stands where `{theirs}` stands in English",
                file(&catalogue)
            ));
        }
    }
    none(&wrong);
}

#[test]
fn no_english_text_waits_to_be_translated() {
    let english = Catalogue::read(ENGLISH);
    let mut wrong = Vec::new();
    for catalogue in others() {
        for message in &catalogue.messages {
            let sentence = message
                .words
                .split_whitespace()
                .filter(|word| word.len() > 1)
                .count()
                > 1;
            let same = english
                .find(&message.key)
                .is_some_and(|it| it.words == message.words);
            if sentence && same && !message.key.ends_with("-pattern") {
                wrong.push(format!(
                    "{}: `{}` is English",
                    place(&catalogue, message),
                    message.key
                ));
            }
        }
    }
    none(&wrong);
}

#[test]
fn each_chinese_catalogue_is_written_in_its_own_characters() {
    let mut wrong = Vec::new();
    for message in &Catalogue::read("zh-Hans").messages {
        if message.key != "language-name" && fast2s::convert(&message.words) != message.words {
            wrong.push(format!(
                "zh-Hans: `{}` has traditional characters: {}",
                message.key, message.words
            ));
        }
    }
    for message in &Catalogue::read("zh-Hant").messages {
        // Big5 is what Taiwan wrote with before Unicode: no simplified character is in it.
        for character in message
            .words
            .chars()
            .filter(|character| ('\u{4e00}'..'\u{a000}').contains(character))
        {
            if BIG5.encode(character.encode_utf8(&mut [0; 4])).2 {
                wrong.push(format!(
                    "zh-Hant: `{}` has {character}: {}",
                    message.key, message.words
                ));
            }
        }
    }
    none(&wrong);
}

#[test]
fn traditional_chinese_is_in_the_terms_of_taiwan() {
    const MAINLAND: [&str; 18] = [
        "文件夾",
        "搜索",
        "服務器",
        "軟件",
        "硬件",
        "鏈接",
        "默認",
        "加載",
        "用戶",
        "網絡",
        "程序",
        "信息",
        "打印",
        "屏幕",
        "登錄",
        "賬",
        "質量",
        "設置",
    ];
    let mut wrong = Vec::new();
    for message in &Catalogue::read("zh-Hant").messages {
        for term in MAINLAND.iter().filter(|term| message.words.contains(**term)) {
            wrong.push(format!("`{}` says {term}: {}", message.key, message.words));
        }
    }
    none(&wrong);
}

#[test]
fn every_pattern_of_times_and_dates_can_be_read() {
    for catalogue in LANGUAGES.map(Catalogue::read) {
        for key in ["time-pattern", "date-pattern"] {
            let pattern = &catalogue.find(key).unwrap().words;
            let wrong =
                chrono::format::StrftimeItems::new(pattern).any(|item| item == chrono::format::Item::Error);
            assert!(!wrong, "{}: {pattern}", file(&catalogue));
        }
    }
}

fn file(catalogue: &Catalogue) -> String {
    format!("{}.ftl", catalogue.language)
}

fn place(catalogue: &Catalogue, message: &Message) -> String {
    format!("{}.ftl:{}", catalogue.language, message.line)
}
