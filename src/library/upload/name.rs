//! Names that are safe to write into the watched folder, whatever a browser calls a file. Pure.

use unicode_normalization::UnicodeNormalization;

use super::UploadError;
use crate::domain::FileKind;
use crate::ingest::is_left_out;

/// In bytes: file systems take 255, and a copy gets a number.
const LONGEST: usize = 200;

/// What Windows keeps for devices, so that no share could hand out such a file.
const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];

/// The name under which a file is kept that was sent as `typed`: the same one, unless it holds what a file system or a
/// Windows share cannot.
pub(super) fn file_name(typed: &str) -> Result<String, UploadError> {
    let last = typed.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = clean(last);
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return Err(UploadError::Kind(name));
    };
    let stem = shortened(stem, LONGEST.saturating_sub(extension.len() + 1));
    if stem.is_empty() {
        return Err(UploadError::Name);
    }
    let name = with_device_marked(format!("{stem}.{extension}"));
    if FileKind::of_path(&name).is_none() {
        return Err(UploadError::Kind(name));
    }
    if is_left_out(&name) {
        return Err(UploadError::Name);
    }
    Ok(name)
}

/// The name of a folder that is made for what was typed.
pub(super) fn folder_name(typed: &str) -> Result<String, UploadError> {
    if typed.contains(['/', '\\']) || typed.starts_with('.') {
        return Err(UploadError::Folder);
    }
    let name = with_device_marked(shortened(&clean(typed), LONGEST).to_owned());
    if name.is_empty() || is_left_out(&name) {
        return Err(UploadError::Folder);
    }
    Ok(name)
}

/// `torque.xlsx` as `torque (2).xlsx`.
pub(super) fn numbered(name: &str, number: u32) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem} ({number}).{extension}"),
        None => format!("{name} ({number})"),
    }
}

fn clean(name: &str) -> String {
    // What hides between two marks keeps them from being put in order, so it goes first.
    let kept: String = name
        .chars()
        .filter(|&character| !is_invisible(character))
        .nfc()
        .map(|character| match character {
            '<' | '>' | ':' | '"' | '|' | '?' | '*' | '/' | '\\' => '_',
            blank if blank.is_whitespace() => ' ',
            other => other,
        })
        .collect();
    kept.trim_start_matches(['.', ' '])
        .trim_end_matches(['.', ' '])
        .to_owned()
}

/// Control characters, and those that turn or hide what is read: `gpj.exe` must not read as `exe.jpg`.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fffd}' | '\u{e0000}'..='\u{e007f}')
}

fn shortened(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len()))
        .rev()
        .find(|&end| text.is_char_boundary(end))
        .unwrap_or(0);
    text[..end].trim_end_matches(['.', ' '])
}

fn with_device_marked(name: String) -> String {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_uppercase();
    let numbered = stem.len() == 4
        && (stem.starts_with("COM") || stem.starts_with("LPT"))
        && stem.ends_with(|last: char| last.is_ascii_digit());
    if numbered || DEVICES.contains(&stem.as_str()) {
        format!("_{name}")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_ordinary_name_stays_as_it_is() {
        for name in [
            "torque.xlsx",
            "It's 5 % (v2).pdf",
            "员工手册-考勤与休假.md",
            "a.b.c.txt",
            "안전.docx",
        ] {
            assert_eq!(file_name(name).unwrap(), name);
        }
    }

    #[test]
    fn what_a_file_system_or_a_share_cannot_hold_is_taken_out() {
        for (typed, kept) in [
            ("../../etc/cron.d/job.txt", "job.txt"),
            ("C:\\Users\\ana\\torque.xlsx", "torque.xlsx"),
            ("..\\..\\a.md", "a.md"),
            (".hidden.md", "hidden.md"),
            ("a\r\nb\0.md", "ab.md"),
            ("what: this?.md", "what_ this_.md"),
            ("con.txt", "_con.txt"),
            ("LPT1.old.pdf", "_LPT1.old.pdf"),
            ("  spaced . .md ", "spaced.md"),
            ("invoice\u{202e}fdp.txt", "invoicefdp.txt"),
            ("a\u{1e023}\0\u{737}.md", "a\u{737}\u{1e023}.md"),
        ] {
            assert_eq!(file_name(typed).unwrap(), kept, "{typed:?}");
        }
    }

    #[test]
    fn what_would_be_left_out_of_the_library_is_refused() {
        for typed in ["", ".", "..", "/", ".md", "photo.exe", "README", "a.md/", "a.md."] {
            let refused = file_name(typed);
            assert!(refused.is_err() || typed == "a.md.", "{typed:?}: {refused:?}");
        }
        assert!(matches!(file_name("~$torque.docx"), Err(UploadError::Name)));
        for typed in ["", "..", "a/b", "a\\b", "...", ".git", "@eaDir", "lost+found"] {
            assert!(folder_name(typed).is_err(), "{typed:?}");
        }
        assert_eq!(folder_name("machines. ").unwrap(), "machines");
    }

    #[test]
    fn a_copy_gets_a_number_before_its_extension() {
        assert_eq!(numbered("a.b.md", 2), "a.b (2).md");
    }

    proptest! {
        #[test]
        fn a_name_that_is_taken_is_one_name_in_one_folder_and_taken_again_as_it_is(
            typed in "[\\PC\\x00-\\x1f/\\\\.]{0,300}\\.(md|PDF|xlsx)",
        ) {
            if let Ok(name) = file_name(&typed) {
                prop_assert!(name.len() <= LONGEST + 1);
                prop_assert!(!name.contains(['/', '\\']) && !name.chars().any(is_invisible));
                prop_assert!(!is_left_out(&name) && FileKind::of_path(&name).is_some());
                prop_assert_eq!(std::path::Path::new(&name).components().count(), 1);
                prop_assert_eq!(file_name(&name).unwrap(), name);
            }
        }
    }
}
