//! Passwords: argon2id with the parameters that OWASP names first, a few at a time, since each takes 19 MiB and a core.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use super::AccountsError;

/// The shortest password, in characters: length counts more than kinds of characters (NIST SP 800-63B).
pub(super) const SHORTEST: usize = 10;
/// The longest one, in characters, so that hashing stays cheap.
pub(super) const LONGEST: usize = 256;
/// Passwords that are hashed at the same time.
const AT_ONCE: usize = 2;
/// Passwords that are compared or wait for it: about eight seconds' work for two cores. Who comes then is told to come again.
const MOST: usize = 200;

/// Hashes and compares passwords. Cheap to clone.
#[derive(Clone)]
pub(super) struct Passwords {
    room: Arc<Semaphore>,
    /// Anybody may have a password compared, so no more than these wait.
    queue: Arc<Semaphore>,
    /// The hash of a password that nobody has, for names that nobody has.
    nobody: Arc<str>,
}

impl Passwords {
    pub(super) fn new() -> Result<Self, AccountsError> {
        Ok(Self {
            room: Arc::new(Semaphore::new(AT_ONCE)),
            queue: Arc::new(Semaphore::new(MOST)),
            nobody: hashed("a password that nobody has")?.into(),
        })
    }

    /// The hash of a new password for `name`, in PHC form.
    pub(super) async fn hash(&self, name: &str, password: &str) -> Result<String, AccountsError> {
        let length = password.chars().count();
        if !(SHORTEST..=LONGEST).contains(&length) || password.to_lowercase() == name.to_lowercase() {
            return Err(AccountsError::Password);
        }
        let password = password.to_owned();
        self.work(move || hashed(&password)).await?
    }

    /// Whether `password` is the one of `hash`; without a hash it is not, and that takes as long to say.
    pub(super) async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, AccountsError> {
        let exists = hash.is_some();
        let hash = hash.unwrap_or(&self.nobody).to_owned();
        if password.chars().count() > LONGEST {
            return Ok(false);
        }
        let _place = self.queue.try_acquire().map_err(|_| AccountsError::Busy)?;
        let password = password.to_owned();
        let matches = self
            .work(move || {
                PasswordHash::new(&hash).is_ok_and(|hash| {
                    Argon2::default()
                        .verify_password(password.as_bytes(), &hash)
                        .is_ok()
                })
            })
            .await?;
        Ok(matches && exists)
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AccountsError> {
        let failed = |error: &dyn std::fmt::Display| AccountsError::Secret(error.to_string());
        let room = Arc::clone(&self.room).acquire_owned().await;
        let room = room.map_err(|error| failed(&error))?;
        // The room is taken until the work is done, even where nobody waits for it any more.
        let work = move || {
            let done = work();
            drop(room);
            done
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| failed(&error))
    }
}

fn hashed(password: &str) -> Result<String, AccountsError> {
    let hash: Result<argon2::password_hash::phc::PasswordHash, _> =
        Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|error| AccountsError::Secret(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_opens_and_its_hash_is_argon2id() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash("ana", "eleven bolts in a box").await.unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(
            passwords
                .verify("eleven bolts in a box", Some(&hash))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("eleven bolts in a bag", Some(&hash))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("a password that nobody has", None)
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn whoever_finds_too_many_before_them_is_told_at_once() {
        let passwords = Passwords::new().unwrap();
        let _others = passwords
            .queue
            .try_acquire_many(u32::try_from(MOST).unwrap())
            .unwrap();
        let refused = passwords.verify("eleven bolts in a box", None).await;
        assert!(matches!(refused, Err(AccountsError::Busy)));
        assert!(passwords.hash("ana", "eleven bolts in a box").await.is_ok());
    }

    #[tokio::test]
    async fn a_password_that_would_be_guessed_is_refused() {
        let passwords = Passwords::new().unwrap();
        for (name, password) in [
            ("ana", "short"),
            ("Annemarie.Schmidt", "annemarie.schmidt"),
            ("ana", &"x".repeat(257)),
        ] {
            let refused = passwords.hash(name, password).await;
            assert!(matches!(refused, Err(AccountsError::Password)), "{password}");
        }
        assert!(passwords.hash("ana", "十二个字的很长的密码呀呀").await.is_ok());
    }
}
