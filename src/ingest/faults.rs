//! Named breakpoints: after each step of ingestion a test can end the process, fill the disk, or make a parser panic.
//! Without a fault a breakpoint costs one comparison.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::IngestError;

/// A step that is done when the breakpoint is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// A file's content is known; nothing of it is written.
    Hashed,
    /// The document row and its job are written.
    Queued,
    /// A file that is gone answers no more.
    Missing,
    /// A moved file has its new path in the store.
    Moved,
    /// A generation was begun.
    Begun,
    /// A part of the file is parsed and cut.
    Parsed,
    /// A part of its passages is in the store.
    Stored,
    /// A part of its passages is embedded.
    Embedded,
    /// A group is in the vector index.
    Vectors,
    /// A group is in the word index.
    Words,
    /// The generations of a group are visible.
    Visible,
    /// A moved file has its new collection in both indexes; its job is still there.
    Relocated,
    /// Documents without a file are forgotten.
    Purged,
    /// Dead generations are out of both indexes.
    SweptIndexes,
    /// Dead generations are out of the store.
    SweptStore,
}

impl Step {
    /// Every step, in the order in which a file passes them.
    pub const ALL: [Self; 15] = [
        Self::Hashed,
        Self::Queued,
        Self::Missing,
        Self::Moved,
        Self::Begun,
        Self::Parsed,
        Self::Stored,
        Self::Embedded,
        Self::Vectors,
        Self::Words,
        Self::Visible,
        Self::Relocated,
        Self::Purged,
        Self::SweptIndexes,
        Self::SweptStore,
    ];

    /// The name in `GEMBA_FAULT`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hashed => "hashed",
            Self::Queued => "queued",
            Self::Missing => "missing",
            Self::Moved => "moved",
            Self::Begun => "begun",
            Self::Parsed => "parsed",
            Self::Stored => "stored",
            Self::Embedded => "embedded",
            Self::Vectors => "vectors",
            Self::Words => "words",
            Self::Visible => "visible",
            Self::Relocated => "relocated",
            Self::Purged => "purged",
            Self::SweptIndexes => "swept-indexes",
            Self::SweptStore => "swept-store",
        }
    }
}

/// What happens at a breakpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// The process ends at once, as by `kill -9`.
    Abort,
    /// The step fails as on a full disk, until the process ends.
    Full,
    /// The step fails as on a full disk, once.
    FullOnce,
    /// The step panics.
    Panic,
}

/// The breakpoint that is set, if one is. Cheap to clone; clones count together.
#[derive(Debug, Clone, Default)]
pub struct Faults(Option<Arc<Fault>>);

#[derive(Debug)]
struct Fault {
    step: Step,
    action: Action,
    /// How often the step is passed before something happens.
    passes: u32,
    reached: AtomicU32,
}

impl Faults {
    /// No breakpoint.
    pub fn none() -> Self {
        Self(None)
    }

    /// Reads `STEP:ACTION` or `STEP:ACTION:N`, which acts the Nth time. Actions: `abort`, `full`, `full-once`,
    /// `panic`. The error says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split(':');
        let step = parts.next().unwrap_or_default();
        let step = Step::ALL
            .into_iter()
            .find(|known| known.as_str() == step)
            .ok_or_else(|| {
                let known: Vec<_> = Step::ALL.iter().map(|step| step.as_str()).collect();
                format!("there is no step {step:?}: choose one of {}", known.join(", "))
            })?;
        let action = match parts.next() {
            Some("abort") => Action::Abort,
            Some("full") => Action::Full,
            Some("full-once") => Action::FullOnce,
            Some("panic") => Action::Panic,
            other => {
                return Err(format!(
                    "there is no action {:?}: choose abort, full, full-once or panic",
                    other.unwrap_or_default()
                ));
            }
        };
        let passes = match parts.next() {
            None => 0,
            Some(number) => match number.parse::<u32>() {
                Ok(number) if number > 0 => number - 1,
                _ => return Err(format!("{number:?} is not a number from 1")),
            },
        };
        Ok(Self(Some(Arc::new(Fault {
            step,
            action,
            passes,
            reached: AtomicU32::new(0),
        }))))
    }

    /// The breakpoint after `step`.
    pub(super) fn after(&self, step: Step) -> Result<(), IngestError> {
        let Some(fault) = &self.0 else { return Ok(()) };
        if fault.step != step {
            return Ok(());
        }
        let reached = fault.reached.fetch_add(1, Ordering::SeqCst);
        if reached < fault.passes {
            return Ok(());
        }
        match fault.action {
            Action::Abort => std::process::abort(),
            Action::FullOnce if reached > fault.passes => Ok(()),
            Action::Full | Action::FullOnce => Err(IngestError::DiskFull),
            Action::Panic => panic!("the breakpoint after {} was reached", step.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breakpoint_acts_at_its_step_and_its_count_alone() {
        let faults = Faults::parse("stored:full:2").unwrap();
        assert!(faults.after(Step::Words).is_ok());
        assert!(faults.after(Step::Stored).is_ok());
        assert!(matches!(faults.after(Step::Stored), Err(IngestError::DiskFull)));
        assert!(matches!(faults.after(Step::Stored), Err(IngestError::DiskFull)));
    }

    #[test]
    fn a_disk_that_is_full_once_has_room_the_next_time() {
        let faults = Faults::parse("words:full-once").unwrap();
        assert!(faults.after(Step::Words).is_err());
        assert!(faults.after(Step::Words).is_ok());
    }

    #[test]
    fn a_breakpoint_that_does_not_exist_is_refused_with_what_does() {
        assert!(
            Faults::parse("nowhere:abort")
                .unwrap_err()
                .contains("swept-store")
        );
        assert!(Faults::parse("stored:explode").unwrap_err().contains("full-once"));
        assert!(Faults::parse("stored:abort:0").is_err());
    }
}
