//! The texts of the pages: one Fluent catalogue a language, compiled in.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::domain::Language;

/// The texts of one language. A key that no catalogue has shows as itself, and a test finds it before a reader does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Texts {
    language: Language,
}

impl Texts {
    /// The texts of `language`.
    pub fn of(language: Language) -> Self {
        Self { language }
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The value of the page's `lang`.
    pub fn tag(&self) -> &'static str {
        match self.language {
            Language::Chinese => "zh-CN",
            Language::English => "en",
        }
    }

    /// A text without parts to fill in.
    pub fn get(&self, key: &str) -> Cow<'static, str> {
        self.format(key, None)
    }

    /// A text about a number: the catalogue sees `$count` for its plural and `$shown`, the number with separators.
    pub fn count(&self, key: &str, count: impl Into<u64>) -> Cow<'static, str> {
        let count = count.into();
        let mut arguments = FluentArgs::new();
        arguments.set("count", count);
        arguments.set("shown", grouped(count));
        self.format(key, Some(&arguments))
    }

    /// A text with one part to fill in.
    pub fn with(&self, key: &str, name: &str, value: &str) -> Cow<'static, str> {
        self.with_all(key, &[(name, value)])
    }

    /// A text with parts to fill in.
    pub fn with_all(&self, key: &str, parts: &[(&str, &str)]) -> Cow<'static, str> {
        let arguments: FluentArgs = parts
            .iter()
            .map(|(name, value)| ((*name).to_owned(), FluentValue::from((*value).to_owned())))
            .collect();
        self.format(key, Some(&arguments))
    }

    /// A text with parts to fill in, where the catalogue has one.
    pub fn find(&self, key: &str, parts: &[(&str, &str)]) -> Option<Cow<'static, str>> {
        bundle(self.language)
            .has_message(key)
            .then(|| self.with_all(key, parts))
    }

    fn format(&self, key: &str, arguments: Option<&FluentArgs>) -> Cow<'static, str> {
        let bundle = bundle(self.language);
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, language = self.tag(), "a text is missing in the catalogue");
            return Cow::Owned(key.to_owned());
        };
        let mut errors = Vec::new();
        let text = bundle
            .format_pattern(pattern, arguments, &mut errors)
            .into_owned();
        if !errors.is_empty() {
            tracing::error!(
                key,
                language = self.tag(),
                ?errors,
                "a text could not be filled in"
            );
        }
        Cow::Owned(text)
    }
}

/// `1234567` as `1,234,567`: both languages write it so.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

type Bundle = FluentBundle<FluentResource>;

const ENGLISH: &str = include_str!("../../templates/texts/en.ftl");
const CHINESE: &str = include_str!("../../templates/texts/zh.ftl");

fn bundle(language: Language) -> &'static Bundle {
    static ENGLISH_BUNDLE: LazyLock<Bundle> = LazyLock::new(|| compile("en", ENGLISH));
    static CHINESE_BUNDLE: LazyLock<Bundle> = LazyLock::new(|| compile("zh", CHINESE));
    match language {
        Language::English => &ENGLISH_BUNDLE,
        Language::Chinese => &CHINESE_BUNDLE,
    }
}

fn compile(tag: &str, source: &str) -> Bundle {
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, errors)| {
        tracing::error!(
            tag,
            ?errors,
            "the catalogue of texts has lines that cannot be read"
        );
        resource
    });
    let locale = tag.parse::<LanguageIdentifier>().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![locale]);
    // The marks that isolate a filled-in part from the text's direction are for right-to-left languages.
    bundle.set_use_isolating(false);
    if let Err(errors) = bundle.add_resource(resource) {
        tracing::error!(tag, ?errors, "the catalogue of texts has a key twice");
    }
    bundle
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn keys(source: &str) -> BTreeSet<String> {
        source
            .lines()
            .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" =").map(|(key, _)| key.to_owned()))
            .collect()
    }

    fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|it| it == "html" || it == "rs") {
                found.push((
                    path.display().to_string(),
                    std::fs::read_to_string(&path).unwrap(),
                ));
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        // Why a file could not be read is said in English where it is found out.
        let mut chinese = keys(CHINESE);
        chinese.retain(|key| !key.starts_with("reason-") && !key.starts_with("what-"));
        assert_eq!(keys(ENGLISH), chinese);
    }

    #[test]
    fn every_reason_of_a_failed_file_has_a_chinese_text() {
        let mut files = Vec::new();
        sources(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ingest"),
            &mut files,
        );
        let known = keys(CHINESE);
        let mut found = 0;
        for (file, text) in files.iter().filter(|(file, _)| !file.ends_with("law.rs")) {
            for call in ["Reason::new(", "named("] {
                for (at, _) in text.match_indices(call) {
                    let Some(code) = text[at + call.len()..].trim_start().strip_prefix('"') else {
                        continue;
                    };
                    let code = code.split('"').next().unwrap_or_default();
                    assert!(known.contains(&format!("reason-{code}")), "{file}: {code}");
                    found += 1;
                }
            }
        }
        assert!(found > 20, "only {found} reasons were found");
    }

    #[test]
    fn every_catalogue_can_be_read_whole() {
        for source in [ENGLISH, CHINESE] {
            assert!(FluentResource::try_new(source.to_owned()).is_ok());
        }
    }

    #[test]
    fn every_key_that_a_page_asks_for_is_in_the_catalogue() {
        let known = keys(ENGLISH);
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        sources(&root.join("templates"), &mut files);
        sources(&root.join("src/web"), &mut files);
        let mut missing = Vec::new();
        for (file, text) in files.iter().filter(|(file, _)| !file.ends_with("texts.rs")) {
            for call in [".get(\"", ".count(\"", ".with(\"", ".with_all(\""] {
                let asked = text.match_indices(call).filter(|(at, _)| {
                    let before = &text[..*at];
                    before.ends_with('t') && !before.ends_with("st") || before.ends_with("texts")
                });
                for (at, _) in asked {
                    let rest = &text[at + call.len()..];
                    let key = rest.split('"').next().unwrap_or_default();
                    if !known.contains(key) {
                        missing.push(format!("{file}: {key}"));
                    }
                }
            }
        }
        assert_eq!(missing, Vec::<String>::new());
    }

    #[test]
    fn a_text_about_one_thing_is_in_the_singular() {
        let texts = Texts::of(Language::English);
        assert_eq!(texts.count("documents-count", 1u64), "1 document");
        assert_eq!(texts.count("documents-count", 1_234u64), "1,234 documents");
    }
}
