//! Files that ask for a password: of several that are known nobody says which one is meant.

use crate::domain::FilePassword;

/// Opens a file without a password and, as long as it `asks` for one, with each of those that are known; with what opened it.
/// One that needs none is not refused for a wrong one.
pub(super) fn unlocked<Opened, Error>(
    passwords: &[FilePassword],
    asks: impl Fn(&Error) -> bool,
    mut open: impl FnMut(Option<&FilePassword>) -> Result<Opened, Error>,
) -> Result<(Opened, Option<&FilePassword>), Error> {
    let mut outcome = open(None).map(|opened| (opened, None));
    for password in passwords {
        if !outcome.as_ref().is_err_and(&asks) {
            break;
        }
        outcome = open(Some(password)).map(|opened| (opened, Some(password)));
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_password_that_opens_a_file_is_the_last_that_is_tried() {
        let known: Vec<FilePassword> = ["a", "b", "c"]
            .into_iter()
            .filter_map(FilePassword::new)
            .collect();
        let opens_with = |right: Option<&str>| {
            let mut tried = Vec::new();
            let outcome = unlocked(
                &known,
                |error| *error == "asks",
                |password| {
                    let password = password.map(FilePassword::reveal);
                    tried.push(password.map(str::to_owned));
                    if password == right { Ok(()) } else { Err("asks") }
                },
            );
            (outcome.map(|((), by)| by.map(FilePassword::reveal)), tried.len())
        };
        assert_eq!(opens_with(None), (Ok(None), 1));
        assert_eq!(opens_with(Some("b")), (Ok(Some("b")), 3));
        assert_eq!(opens_with(Some("d")), (Err("asks"), 4));
        let broken: Result<((), _), _> = unlocked(&known, |error| *error == "asks", |_| Err("broken"));
        assert_eq!(broken, Err("broken"));
    }
}
