//! Which languages are installed, and in which of them a page is worth trying to read. Pure but for its caller.

/// The languages that are expected of an installation, by tesseract's names, with Debian's packages.
pub const EXPECTED: [(&str, &str); 5] = [
    ("eng", "tesseract-ocr-eng"),
    ("chi_sim", "tesseract-ocr-chi-sim"),
    ("chi_tra", "tesseract-ocr-chi-tra"),
    ("kor", "tesseract-ocr-kor"),
    ("jpn", "tesseract-ocr-jpn"),
];

/// Languages that are read together with the others' Latin letters, never with one another.
const EASTERN: [&str; 4] = ["chi_sim", "chi_tra", "jpn", "kor"];
/// A page that is said to be Latin with less certainty may be a mixed one.
const CERTAINLY_LATIN: f32 = 12.0;

/// How a page lies and what it is written in, as far as that can be told at a glance.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Glance {
    /// By how much it must be turned clockwise, in degrees, to be upright.
    pub(super) turn: u16,
    /// How certain that is; below 2 hardly.
    pub(super) turn_certainty: f32,
    script: String,
    script_certainty: f32,
}

impl Glance {
    /// Reads what `--psm 0` says.
    pub(super) fn of(said: &str) -> Self {
        let after = |name: &str| {
            said.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                .map(str::trim)
        };
        let number = |name: &str| after(name).and_then(|text| text.parse().ok()).unwrap_or(0.0);
        Self {
            turn: after("Rotate").and_then(|text| text.parse().ok()).unwrap_or(0) % 360 / 90 * 90,
            turn_certainty: number("Orientation confidence"),
            script: after("Script").unwrap_or_default().to_owned(),
            script_certainty: number("Script confidence"),
        }
    }

    /// The languages to read the page in, the likeliest first; joined by `+` where they are read together.
    pub(super) fn languages(&self, known: &[String]) -> Vec<String> {
        let latin: Vec<&str> = known
            .iter()
            .map(String::as_str)
            .filter(|language| !EASTERN.contains(language))
            .collect();
        let latin = latin.join("+");
        let likely: &[&str] = match self.script.as_str() {
            "Latin" if self.script_certainty >= CERTAINLY_LATIN => &[],
            "Japanese" | "Hiragana" | "Katakana" => &["jpn", "chi_sim", "chi_tra"],
            "Korean" | "Hangul" => &["kor"],
            "Han" | "HanS" | "HanT" => &["chi_sim", "chi_tra", "jpn"],
            _ => &["chi_sim", "chi_tra", "kor", "jpn"],
        };
        let mut wanted: Vec<String> = likely
            .iter()
            .filter(|language| known.iter().any(|known| known == *language))
            .map(|eastern| {
                if latin.is_empty() {
                    (*eastern).to_owned()
                } else {
                    format!("{eastern}+{latin}")
                }
            })
            .collect();
        if !latin.is_empty() && (likely.is_empty() || wanted.is_empty()) {
            wanted.push(latin);
        }
        if wanted.is_empty() {
            wanted.extend(known.first().cloned());
        }
        wanted
    }
}

/// The one of these languages that is read together with Latin letters; nothing where no other is with it.
pub(super) fn eastern_of(languages: &str) -> Option<&str> {
    let (first, _) = languages.split_once('+')?;
    EASTERN.contains(&first).then_some(first)
}

/// The languages that `--list-langs` names, without those that are none.
pub(super) fn listed(said: &str) -> Vec<String> {
    let names = said.lines().map(str::trim);
    let is_name = |name: &&str| {
        !name.is_empty()
            && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
            && !["osd", "equ", "snum"].contains(name)
    };
    names.filter(is_name).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<String> {
        ["chi_sim", "chi_tra", "deu", "eng", "kor"]
            .map(str::to_owned)
            .to_vec()
    }

    fn glance(script: &str, certainty: &str) -> Glance {
        Glance::of(&format!(
            "Page number: 0\nOrientation in degrees: 270\nRotate: 90\nOrientation confidence: 9.31\nScript: {script}\nScript confidence: {certainty}\n"
        ))
    }

    #[test]
    fn a_page_that_is_surely_latin_is_read_in_latin_languages_alone() {
        assert_eq!(glance("Latin", "31.11").languages(&known()), ["deu+eng"]);
        assert_eq!(glance("Latin", "31.11").turn, 90);
    }

    #[test]
    fn chinese_is_tried_in_both_forms_and_always_with_latin_letters() {
        assert_eq!(
            glance("Han", "0.80").languages(&known()),
            ["chi_sim+deu+eng", "chi_tra+deu+eng"]
        );
        assert_eq!(glance("Korean", "2.0").languages(&known()), ["kor+deu+eng"]);
    }

    #[test]
    fn what_may_be_mixed_is_tried_in_all_that_there_is() {
        let tried = ["chi_sim+deu+eng", "chi_tra+deu+eng", "kor+deu+eng"];
        assert_eq!(glance("Latin", "2.28").languages(&known()), tried);
        assert_eq!(Glance::of("").languages(&known()), tried);
        assert_eq!(Glance::of("").languages(&["eng".to_owned()]), ["eng"]);
        assert_eq!(Glance::of("").languages(&["chi_sim".to_owned()]), ["chi_sim"]);
        assert!(Glance::of("").languages(&[]).is_empty());
    }

    #[test]
    fn what_is_read_with_latin_letters_can_be_read_without() {
        assert_eq!(eastern_of("chi_sim+deu+eng"), Some("chi_sim"));
        assert_eq!(eastern_of("deu+eng"), None);
        assert_eq!(eastern_of("chi_sim"), None);
    }

    #[test]
    fn the_list_of_languages_is_read_without_its_heading() {
        let said = "List of available languages in \"/usr/share/tessdata/\" (3):\nchi_sim\neng\nosd\n";
        assert_eq!(listed(said), ["chi_sim", "eng"]);
    }
}
