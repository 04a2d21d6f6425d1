//! Which language a reader gets: the one chosen by the switch (a cookie), else the browser's first that we speak.

use actix_web::http::header::{self, HeaderMap};

use crate::domain::Language;

/// The cookie that the switch sets.
pub const COOKIE: &str = "gemba_language";

/// The language for a request with these headers; English where nothing is said.
pub fn of(headers: &HeaderMap) -> Language {
    chosen(headers)
        .or_else(|| preferred(headers))
        .unwrap_or(Language::English)
}

/// The language that a tag of BCP 47 names, if we speak it.
pub fn parse(tag: &str) -> Option<Language> {
    let primary = tag.split(['-', '_']).next()?.trim().to_ascii_lowercase();
    match primary.as_str() {
        "en" => Some(Language::English),
        "zh" => Some(Language::Chinese),
        _ => None,
    }
}

fn chosen(headers: &HeaderMap) -> Option<Language> {
    headers
        .get_all(header::COOKIE)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .and_then(|(_, tag)| parse(tag))
}

fn preferred(headers: &HeaderMap) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    let value = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    for entry in value.split(',') {
        let (tag, quality) = match entry.split_once(';') {
            Some((tag, rest)) => (tag, quality(rest)),
            None => (entry, 1.0),
        };
        if let Some(language) = parse(tag.trim())
            && quality > best.map_or(0.0, |(quality, _)| quality)
        {
            best = Some((quality, language));
        }
    }
    best.map(|(_, language)| language)
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

    use super::*;

    fn headers(pairs: &[(header::HeaderName, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(name.clone(), HeaderValue::from_static(value));
        }
        map
    }

    #[test]
    fn a_chinese_browser_gets_chinese() {
        let headers = headers(&[(header::ACCEPT_LANGUAGE, "zh-CN,zh;q=0.9,en;q=0.8")]);
        assert_eq!(of(&headers), Language::Chinese);
    }

    #[test]
    fn the_language_with_the_higher_weight_wins_wherever_it_stands() {
        let headers = headers(&[(header::ACCEPT_LANGUAGE, "zh;q=0.4, de;q=1, en-GB;q=0.7")]);
        assert_eq!(of(&headers), Language::English);
    }

    #[test]
    fn the_switch_overrules_the_browser() {
        let headers = headers(&[
            (header::ACCEPT_LANGUAGE, "en"),
            (header::COOKIE, "other=1; gemba_language=zh"),
        ]);
        assert_eq!(of(&headers), Language::Chinese);
    }

    #[test]
    fn a_browser_that_speaks_neither_gets_english() {
        assert_eq!(
            of(&headers(&[(header::ACCEPT_LANGUAGE, "de, fr")])),
            Language::English
        );
        assert_eq!(of(&headers(&[])), Language::English);
    }

    #[test]
    fn a_language_with_weight_zero_is_not_chosen() {
        assert_eq!(
            of(&headers(&[(header::ACCEPT_LANGUAGE, "zh;q=0, fr")])),
            Language::English
        );
    }
}
