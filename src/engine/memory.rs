//! Whether a model fits: weights and cache against the memory that is left, before any of it is taken.

use super::{EngineError, Form, ModelShape};

/// Memory that a model needs, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The weights, as ONNX Runtime holds them.
    pub weights: u64,
    /// The cache when every row is full.
    pub cache: u64,
}

impl Need {
    /// What `shape` needs with a cache of `rows` rows of `capacity` tokens, each of which is computed alone if it grows.
    pub fn of(shape: &ModelShape, rows: usize, capacity: usize) -> Self {
        // A cache that grows is there twice while a step makes the longer one of the shorter.
        match shape.form {
            Form::SharedCache => Self::with(shape, rows, capacity),
            Form::GrowingCache => Self::with(shape, rows + 1, capacity),
        }
    }

    /// The same where all rows are computed together.
    pub fn together(shape: &ModelShape, rows: usize, capacity: usize) -> Self {
        match shape.form {
            Form::SharedCache => Self::with(shape, rows, capacity),
            Form::GrowingCache => Self::with(shape, 2 * rows, capacity),
        }
    }

    fn with(shape: &ModelShape, rows: usize, capacity: usize) -> Self {
        Self {
            // Laid out anew for the processor, int4 weights were measured to take 1.5 times their files.
            weights: shape
                .graph
                .weight_bytes
                .saturating_add(shape.graph.weight_bytes / 2),
            cache: shape
                .cache_bytes_per_token()
                .saturating_mul((rows * capacity) as u64),
        }
    }

    /// Whether it fits into `available` bytes.
    pub fn fits(self, available: u64) -> bool {
        self.weights.saturating_add(self.cache) <= available
    }

    /// Refuses what does not fit into `available` bytes, and says what would.
    ///
    /// # Errors
    ///
    /// [`EngineError::Memory`].
    pub fn check(
        self,
        shape: &ModelShape,
        rows: usize,
        capacity: usize,
        available: u64,
    ) -> Result<(), EngineError> {
        if self.fits(available) {
            return Ok(());
        }
        let left = available.saturating_sub(self.weights);
        let fitting = (1..=rows)
            .rev()
            .flat_map(|rows| [(rows, capacity), (rows, capacity / 2), (rows, capacity / 4)])
            .find(|(rows, capacity)| *capacity >= 256 && Self::of(shape, *rows, *capacity).cache <= left);
        let advice = match fitting {
            Some((rows, context)) => format!("{rows} answers of {context} tokens would fit"),
            None => "free some memory, or choose a smaller model".to_owned(),
        };
        Err(EngineError::Memory {
            weights: self.weights,
            cache: self.cache,
            available,
            slots: rows,
            context: capacity,
            advice,
        })
    }
}

/// Bytes that this machine can still give, as the system estimates it; `None` where it does not say.
pub fn available() -> Option<u64> {
    parse(&std::fs::read_to_string("/proc/meminfo").ok()?)
}

fn parse(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_is_understood() {
        let text = "MemTotal:       24000000 kB\nMemFree:   1 kB\nMemAvailable:   23000000 kB\n";
        assert_eq!(parse(text), Some(23_000_000 * 1024));
        assert_eq!(parse("MemTotal: 1 kB"), None);
        assert!(available().is_none_or(|bytes| bytes > 1 << 20));
    }
}
