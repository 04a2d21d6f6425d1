//! Whether the letters of a PDF page can be what is seen on it. Pure.

use std::collections::HashSet;

/// Letters among which garbled ones are counted.
const ENOUGH: usize = 30;
/// How far letters are shifted that are the numbers of their glyphs in the usual order of a font.
const SHIFT: u32 = 29;
/// Letters that a shifted text must have at least, and how many different ones.
const SHIFTED: usize = 60;
const DIFFERENT: usize = 10;

/// Whether the letters of a page cannot be what is seen on it: they have no meaning outside of their font, or stand in an
/// order that no language has.
pub(super) fn is_garbled(characters: impl Iterator<Item = char>) -> bool {
    let (mut all, mut odd, mut latin, mut vowels, mut lower) = (0_usize, 0, 0, 0, 0);
    for character in characters {
        all += 1;
        let usual = "°±²³µ·«»§©®½¼¾£¥¿¡ªº¹¬¶";
        let is_odd = match character {
            '\u{e000}'..='\u{f8ff}' | '\u{fffd}' | '\u{fff0}'..='\u{fffc}' => true,
            '\u{f0000}'.. => true,
            '\u{80}'..='\u{bf}' => !usual.contains(character),
            character => character.is_control(),
        };
        odd += usize::from(is_odd);
        if character.is_ascii_alphabetic() {
            latin += 1;
            lower += usize::from(character.is_ascii_lowercase());
            vowels += usize::from("aeiouyAEIOUY".contains(character));
        }
    }
    if all < ENOUGH {
        return false;
    }
    // Every language in these letters has a vowel among three or four of them; lists of part numbers are in capitals.
    let unlikely = latin > 150 && latin * 2 > all && lower * 4 > latin * 3 && vowels * 8 < latin;
    odd * 5 > all || unlikely
}

/// Whether the letters of a page read as if each were the one that stands 29 places later: `7KLV LV D` for `This is a`.
/// Texts in capitals, lists of parts and codes look much the same, so everything must speak for it: small letters become
/// capitals from D to Z and the signs behind these, so there are hardly any small letters, nor A, B or C, nor vowels; and
/// what it is taken for has as many vowels as every language.
pub(super) fn is_shifted(characters: impl Iterator<Item = char>) -> bool {
    let (mut letters, mut lower, mut never, mut vowels, mut meant) = (0_usize, 0, 0, 0, 0);
    let mut different = HashSet::new();
    for character in characters {
        lower += usize::from(character.is_lowercase());
        never += usize::from(matches!(character, 'A'..='C'));
        if !('D'..=']').contains(&character) {
            continue;
        }
        letters += 1;
        different.insert(character);
        vowels += usize::from("EIOU".contains(character));
        let later = char::from_u32(u32::from(character) + SHIFT);
        meant += usize::from(later.is_some_and(|later| "aeiouy".contains(later)));
    }
    letters >= SHIFTED
        && different.len() >= DIFFERENT
        && lower * 10 < letters
        && never * 50 < letters
        && vowels * 5 < letters
        && meant * 7 > letters * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_without_meaning_are_told_from_every_language() {
        let garbled = [
            "\u{e001}\u{e002}\u{e003}".repeat(20),
            "\u{fffd}a".repeat(30),
            "xlmpc gdsrk tnwzq hvbxf ".repeat(20),
        ];
        for text in garbled {
            assert!(is_garbled(text.chars().filter(|it| *it != ' ')), "{text}");
        }
        let fine = [
            "The clamping pressure of press 7 is 63 bar. ".repeat(10),
            "设备启动前请检查夹紧压力。".repeat(10),
            "Die Prüfmittel sind jährlich zu kalibrieren. ".repeat(10),
            "Przekładnia śrubowa wymaga smarowania. ".repeat(10),
            "M8 x 25 DIN 912 BH-320 QF-118 ".repeat(20),
            "25 °C ± 2 °C, 0.5 µm ".repeat(10),
            "\u{e001}\u{e002}".to_owned(),
        ];
        for text in fine {
            assert!(!is_garbled(text.chars().filter(|it| *it != ' ')), "{text}");
        }
    }

    /// As it comes out of a font whose letters are the numbers of its glyphs.
    fn shifted(text: &str) -> String {
        let shift = |letter: char| char::from_u32(u32::from(letter).saturating_sub(SHIFT)).unwrap();
        text.chars()
            .map(|letter| if letter == ' ' { letter } else { shift(letter) })
            .collect()
    }

    #[test]
    fn letters_that_are_the_numbers_of_their_glyphs_are_told_from_texts_in_capitals_and_from_codes() {
        let fine = [
            "The clamping pressure of press 7 is 63 bar. It is looked at each month by the shift leader.",
            "Die Spannkraft der Presse wird monatlich durch den Schichtleiter gemessen und eingetragen.",
            "La pression de serrage de la presse est mesurée chaque mois par le chef d'équipe du matin.",
            "La presión de sujeción de la prensa se mide cada mes y se anota en el libro de turnos.",
            "Siła docisku prasy jest mierzona co miesiąc przez kierownika zmiany i wpisywana do książki.",
        ];
        assert!(shifted("This is").starts_with("7KLV LV"));
        for text in fine {
            let shifted = shifted(text);
            assert!(is_shifted(shifted.chars()), "{shifted}");
            assert!(!is_shifted(text.chars()), "{text}");
            assert!(!is_shifted(text.to_uppercase().chars()), "{text}");
        }
        let capitals = [
            "EMERGENCY STOP: PUSH THE RED KNOB, THEN TURN THE KEY TO ZERO. CALL THE SHIFT LEADER. ".repeat(4),
            "M8X25 DIN912 BH-320 QF-118 PN16 DN50 FLG ".repeat(40),
            "HEX NUT M8 ZN, FLG DN50 PN16, GSK DN50 EPDM, VLV DN80, PMP 5.5 KW, MTR 7.5 KW, ".repeat(5),
            "设备启动前请检查夹紧压力。GB/T 5782 M12X80 ".repeat(10),
        ];
        for text in capitals {
            assert!(!is_shifted(text.chars()), "{text}");
        }
        assert!(!is_shifted("7KLV LV D".chars()), "too few to tell");
    }
}
