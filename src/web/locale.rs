//! The languages of the interface, and which one a reader gets: the one chosen in the menu (a cookie), else the
//! browser's first that we speak. The language of a question is another matter: [`crate::domain::Language`].

use actix_web::http::header::{self, HeaderMap};

/// The cookie that the menu sets.
pub const COOKIE: &str = "gemba_language";

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Locale {
    /// English, for whoever speaks none of the others.
    English,
    /// Chinese in simplified characters, as in mainland China and Singapore.
    SimplifiedChinese,
    /// Chinese in traditional characters, in the terms of Taiwan.
    TraditionalChinese,
    /// Korean.
    Korean,
}

impl Locale {
    /// Every language, in the order of the menu.
    pub const ALL: [Self; 4] = [
        Self::English,
        Self::SimplifiedChinese,
        Self::TraditionalChinese,
        Self::Korean,
    ];

    /// The tag of BCP 47: the value of a page's `lang` and of the cookie, the name of the catalogue.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::SimplifiedChinese => "zh-Hans",
            Self::TraditionalChinese => "zh-Hant",
            Self::Korean => "ko",
        }
    }

    /// The language for a tag of BCP 47, if we speak it. Chinese goes by its script; where the tag names none, by what
    /// is written in the region that it names.
    pub fn parse(tag: &str) -> Option<Self> {
        let mut subtags = tag.trim().split(['-', '_']).map(str::to_ascii_lowercase);
        let language = subtags.next()?;
        // What follows a single letter is an extension or private.
        let variants: Vec<String> = subtags.take_while(|subtag| subtag.len() > 1).collect();
        match language.as_str() {
            "en" => Some(Self::English),
            "ko" => Some(Self::Korean),
            "zh" | "cmn" | "yue" => Some(Self::chinese(&language, &variants)),
            _ => None,
        }
    }

    fn chinese(language: &str, variants: &[String]) -> Self {
        let names = |wanted: &[&str]| variants.iter().any(|variant| wanted.contains(&variant.as_str()));
        let cantonese = language == "yue" || names(&["yue"]);
        if names(&["hans"]) {
            Self::SimplifiedChinese
        } else if names(&["hant", "tw", "hk", "mo"]) || (cantonese && !names(&["cn"])) {
            Self::TraditionalChinese
        } else {
            Self::SimplifiedChinese
        }
    }

    /// The language for a request with these headers; English where nothing is said.
    pub fn of(headers: &HeaderMap) -> Self {
        chosen(headers)
            .or_else(|| preferred(headers))
            .unwrap_or(Self::English)
    }
}

fn chosen(headers: &HeaderMap) -> Option<Locale> {
    headers
        .get_all(header::COOKIE)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .and_then(|(_, tag)| Locale::parse(tag))
}

/// The language with the highest weight, of equals the first. `*` promises nothing that English does not keep.
fn preferred(headers: &HeaderMap) -> Option<Locale> {
    let mut best: Option<(f32, Locale)> = None;
    let entries = headers
        .get_all(header::ACCEPT_LANGUAGE)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    for entry in entries {
        let (tag, quality) = match entry.split_once(';') {
            Some((tag, rest)) => (tag, quality(rest)),
            None => (entry, 1.0),
        };
        if let Some(locale) = Locale::parse(tag)
            && quality > best.map_or(0.0, |(quality, _)| quality)
        {
            best = Some((quality, locale));
        }
    }
    best.map(|(_, locale)| locale)
}

fn quality(parameters: &str) -> f32 {
    parameters
        .trim()
        .strip_prefix("q=")
        .and_then(|value| value.trim().parse().ok())
        .unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::Locale::{English, Korean, SimplifiedChinese, TraditionalChinese};
    use super::*;

    fn of(pairs: &[(header::HeaderName, &'static str)]) -> Locale {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.clone(), HeaderValue::from_static(value));
        }
        Locale::of(&headers)
    }

    #[test]
    fn a_browser_gets_the_first_language_of_its_reader_that_we_speak() {
        for (accepted, expected) in [
            ("", English),
            ("de, fr", English),
            ("*", English),
            ("en-GB,en;q=0.9", English),
            ("zh", SimplifiedChinese),
            ("zh-CN,zh;q=0.9,en;q=0.8", SimplifiedChinese),
            ("zh-SG", SimplifiedChinese),
            ("zh-MY", SimplifiedChinese),
            ("zh-Hans", SimplifiedChinese),
            ("zh-Hans-HK", SimplifiedChinese),
            ("zh-Hans-TW", SimplifiedChinese),
            ("zh-cmn-Hans-CN", SimplifiedChinese),
            ("cmn", SimplifiedChinese),
            ("zh-u-co-stroke", SimplifiedChinese),
            ("zh-x-tw", SimplifiedChinese),
            ("zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7", TraditionalChinese),
            ("ZH-hk", TraditionalChinese),
            ("zh-MO", TraditionalChinese),
            ("zh-Hant", TraditionalChinese),
            ("zh-Hant-CN", TraditionalChinese),
            ("zh-Hant-TW-u-hc-h23", TraditionalChinese),
            ("zh_TW", TraditionalChinese),
            ("yue", TraditionalChinese),
            ("zh-yue-HK", TraditionalChinese),
            ("yue-CN", SimplifiedChinese),
            ("ko", Korean),
            ("ko-KR,ko;q=0.9,en-US;q=0.8", Korean),
            ("ko-Kore-KR", Korean),
            // Neither a longer word nor another language of the region.
            ("kok, zha, eng", English),
            ("ja-JP, ko;q=0.5", Korean),
            // By weight wherever it stands, of equals the first, never what is ruled out.
            ("zh;q=0.4, de;q=1, en-GB;q=0.7", English),
            ("en;q=0.3, zh-TW;q=0.9 , ko; q=0.8", TraditionalChinese),
            ("ko, zh-TW, en", Korean),
            ("zh;q=0, fr", English),
            ("zh-TW;q=0, zh;q=0.5", SimplifiedChinese),
            ("*, ko;q=0.1", Korean),
            // What no browser sends.
            (";;,,q=1", English),
            ("ko;q=high", Korean),
            ("-, --, _", English),
        ] {
            let found = of(&[(header::ACCEPT_LANGUAGE, accepted)]);
            assert_eq!(found, expected, "{accepted:?}");
        }
    }

    #[test]
    fn what_was_chosen_in_the_menu_overrules_the_browser() {
        for (cookie, expected) in [
            ("gemba_language=ko", Korean),
            ("other=1; gemba_language=zh-Hant", TraditionalChinese),
            ("gemba_language=zh-Hans; other=2", SimplifiedChinese),
            // What the switch of two languages had set.
            ("gemba_language=zh", SimplifiedChinese),
            ("gemba_language=klingon", English),
            ("not_gemba_language=ko", English),
        ] {
            let found = of(&[(header::ACCEPT_LANGUAGE, "en"), (header::COOKIE, cookie)]);
            assert_eq!(found, expected, "{cookie}");
        }
        assert_eq!(of(&[(header::COOKIE, "gemba_language=ko")]), Korean);
    }

    #[test]
    fn every_language_is_found_by_its_own_tag() {
        for locale in Locale::ALL {
            assert_eq!(Locale::parse(locale.tag()), Some(locale));
        }
    }

    #[test]
    fn a_browser_that_says_nothing_gets_english() {
        assert_eq!(of(&[]), English);
    }
}
