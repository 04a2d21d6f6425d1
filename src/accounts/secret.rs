//! Secrets that open something: drawn at random, shown to their holder once, kept as hashes.

use std::fmt;

use super::AccountsError;

/// A secret, as its holder has it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// 256 random bits.
    pub(super) fn random() -> Result<Self, AccountsError> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(|error| AccountsError::Secret(error.to_string()))?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// 256 random bits of an API key, which tells what it is wherever it turns up.
    pub(super) fn key() -> Result<Self, AccountsError> {
        Ok(Self(format!("gemba_{}", Self::random()?.0)))
    }

    /// What somebody shows.
    pub(super) fn given(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// What is kept of it. Secrets are compared by their hashes, so the time it takes says nothing about them.
    pub(super) fn hash(&self) -> [u8; 32] {
        *blake3::hash(self.0.as_bytes()).as_bytes()
    }

    /// The secret itself, for its holder.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Never shows the secret, so that no log does.
impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_drawn_twice_and_none_is_printed() {
        let (one, other) = (Secret::random().unwrap(), Secret::random().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.reveal().len(), 64);
        assert!(!format!("{one:?}").contains(one.reveal()));
    }
}
