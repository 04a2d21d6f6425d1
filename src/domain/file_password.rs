//! The password that opens a file. It shows itself to whoever asks for it by name and to nobody else.

use std::fmt;

/// What opens a file that is encrypted.
#[derive(Clone, PartialEq, Eq)]
pub struct FilePassword(String);

/// Characters of the longest password: formats take fewer.
const LONGEST: usize = 500;

impl FilePassword {
    /// Nothing where `text` can be no password: it is empty, far too long, or holds what no keyboard writes.
    pub fn new(text: &str) -> Option<Self> {
        let sound =
            !text.is_empty() && text.chars().count() <= LONGEST && !text.chars().any(char::is_control);
        sound.then(|| Self(text.to_owned()))
    }

    /// The password itself, for whoever opens the file.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Never shows the password, so that no log does.
impl fmt::Debug for FilePassword {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FilePassword(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_printed_and_what_cannot_be_one_is_refused() {
        let password = FilePassword::new("Drehmoment ä 87").unwrap();
        assert_eq!(password.reveal(), "Drehmoment ä 87");
        assert!(!format!("{password:?}").contains("87"));
        for wrong in ["", "a\0b", "a\nb", &"x".repeat(501)] {
            assert!(FilePassword::new(wrong).is_none(), "{wrong:?}");
        }
    }
}
