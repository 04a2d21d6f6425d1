//! The texts of the pages: one Fluent catalogue a language, compiled in.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::locale::Locale;

/// The texts of one language. What its catalogue lacks is said in English; a key that English lacks too shows as itself.
/// Tests find both before a reader does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Texts {
    locale: Locale,
}

impl Texts {
    /// The texts of `locale`.
    pub fn of(locale: Locale) -> Self {
        Self { locale }
    }

    /// The language.
    pub fn locale(&self) -> Locale {
        self.locale
    }

    /// The value of the page's `lang`.
    pub fn tag(&self) -> &'static str {
        self.locale.tag()
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

    /// A text with parts to fill in, where there is one.
    pub fn find(&self, key: &str, parts: &[(&str, &str)]) -> Option<Cow<'static, str>> {
        let known = bundle(self.locale).has_message(key) || bundle(Locale::English).has_message(key);
        known.then(|| self.with_all(key, parts))
    }

    fn format(&self, key: &str, arguments: Option<&FluentArgs>) -> Cow<'static, str> {
        filled(bundle(self.locale), key, arguments)
            .or_else(|| {
                tracing::error!(key, language = self.tag(), "a text is missing in the catalogue");
                filled(bundle(Locale::English), key, arguments)
            })
            .unwrap_or_else(|| Cow::Owned(key.to_owned()))
    }
}

fn filled(bundle: &Bundle, key: &str, arguments: Option<&FluentArgs>) -> Option<Cow<'static, str>> {
    let pattern = bundle.get_message(key)?.value()?;
    let mut errors = Vec::new();
    let text = bundle
        .format_pattern(pattern, arguments, &mut errors)
        .into_owned();
    if !errors.is_empty() {
        let languages = &bundle.locales;
        tracing::error!(key, ?languages, ?errors, "a text could not be filled in");
    }
    Some(Cow::Owned(text))
}

/// `1234567` as `1,234,567`: all four languages write it so.
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

fn source(locale: Locale) -> &'static str {
    match locale {
        Locale::English => include_str!("../../templates/texts/en.ftl"),
        Locale::SimplifiedChinese => include_str!("../../templates/texts/zh-Hans.ftl"),
        Locale::TraditionalChinese => include_str!("../../templates/texts/zh-Hant.ftl"),
        Locale::Korean => include_str!("../../templates/texts/ko.ftl"),
    }
}

fn bundle(locale: Locale) -> &'static Bundle {
    static BUNDLES: LazyLock<Vec<Bundle>> = LazyLock::new(|| {
        let all = Locale::ALL.into_iter();
        all.map(|locale| compile(locale.tag(), source(locale))).collect()
    });
    &BUNDLES[locale as usize]
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
