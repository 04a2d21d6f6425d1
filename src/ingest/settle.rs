//! Decides when a file stands still, so that half-copied files are never read. Pure: it is told what was seen and when.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::store::Stamp;

/// What became of a file that was waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It stands still: it can be read as it is now.
    Still(Stamp),
    /// It is not there.
    Gone,
    /// It has been changing for so long that somebody should be told. Said once; it is waited for further.
    Restless,
}

/// Files that were seen and do not stand still yet. Times are milliseconds since 1970.
#[derive(Debug)]
pub(super) struct Settle {
    quiet_ms: i64,
    patience_ms: i64,
    waiting: BTreeMap<String, Waiting>,
}

#[derive(Debug)]
struct Waiting {
    /// As it was when last looked at.
    stamp: Option<Stamp>,
    /// Since when it has been like that.
    since: i64,
    /// Since when it is waited for.
    first: i64,
    told: bool,
}

impl Settle {
    /// A file stands still once nothing about it has changed for `quiet`. One that has not come to rest for
    /// `patience` is [`Outcome::Restless`].
    pub(super) fn new(quiet: Duration, patience: Duration) -> Self {
        let milliseconds = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self {
            quiet_ms: milliseconds(quiet),
            patience_ms: milliseconds(patience),
            waiting: BTreeMap::new(),
        }
    }

    /// `path` was seen, as `stamp` says; `None` if it is not there. A file that was last written longer than `quiet`
    /// ago is due at once: the time of the last change is set by the system and cannot be copied from another file.
    pub(super) fn sight(&mut self, path: &str, stamp: Option<Stamp>, now: i64) {
        if let Some(waiting) = self.waiting.get_mut(path) {
            if waiting.stamp != stamp {
                waiting.stamp = stamp;
                waiting.since = now;
            }
            return;
        }
        let written = stamp.map_or(now, |stamp| stamp.modified_ns.max(stamp.changed_ns) / 1_000_000);
        // A time to come tells nothing about how long ago the file was written: some clock is wrong.
        let since = if written > now { now } else { written };
        self.waiting.insert(
            path.to_owned(),
            Waiting {
                stamp,
                since,
                first: now,
                told: false,
            },
        );
    }

    /// Paths that it is time to look at again.
    pub(super) fn due(&self, now: i64) -> Vec<String> {
        self.waiting
            .iter()
            // A clock that was set back must not keep a file waiting.
            .filter(|(_, waiting)| {
                waiting.stamp.is_none() || now - waiting.since >= self.quiet_ms || now < waiting.since
            })
            .map(|(path, _)| path.clone())
            .collect()
    }

    /// `path` was due and was looked at again. `None`: it is waited for further.
    pub(super) fn look(&mut self, path: &str, stamp: Option<Stamp>, now: i64) -> Option<Outcome> {
        let waiting = self.waiting.get_mut(path)?;
        let Some(seen) = stamp else {
            self.waiting.remove(path);
            return Some(Outcome::Gone);
        };
        if waiting.stamp == stamp && now - waiting.since >= self.quiet_ms {
            self.waiting.remove(path);
            return Some(Outcome::Still(seen));
        }
        if waiting.stamp != stamp || now < waiting.since {
            waiting.stamp = stamp;
            waiting.since = now;
        }
        if !waiting.told && now - waiting.first >= self.patience_ms {
            waiting.told = true;
            return Some(Outcome::Restless);
        }
        None
    }

    /// Forgets a path.
    pub(super) fn forget(&mut self, path: &str) {
        self.waiting.remove(path);
    }

    /// How many files are waited for.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// How many files are waited for that nobody was told about.
    pub(super) fn hopeful(&self) -> usize {
        self.waiting.values().filter(|waiting| !waiting.told).count()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Case {
        quiet_ms: u64,
        patience_ms: u64,
        /// The clock is stepped from 0 to here.
        until_ms: i64,
        step_ms: i64,
        events: Vec<Event>,
        expected: Vec<Expected>,
    }

    /// The file is like this from `at` on. Unless `silent`, the watcher says so.
    #[derive(Deserialize)]
    struct Event {
        at: i64,
        path: String,
        stamp: Option<Stamp>,
        #[serde(default)]
        silent: bool,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Expected {
        at: i64,
        path: String,
        outcome: String,
    }

    fn run(case: &Case) -> Vec<Expected> {
        let mut settle = Settle::new(
            Duration::from_millis(case.quiet_ms),
            Duration::from_millis(case.patience_ms),
        );
        let mut files: BTreeMap<&str, Option<Stamp>> = BTreeMap::new();
        let mut found = Vec::new();
        let mut now = 0;
        while now <= case.until_ms {
            for event in case
                .events
                .iter()
                .filter(|event| event.at > now - case.step_ms && event.at <= now)
            {
                files.insert(&event.path, event.stamp);
                if !event.silent {
                    settle.sight(&event.path, event.stamp, now);
                }
            }
            for path in settle.due(now) {
                let stamp = files.get(path.as_str()).copied().flatten();
                let outcome = match settle.look(&path, stamp, now) {
                    None => continue,
                    Some(Outcome::Still(_)) => "still",
                    Some(Outcome::Gone) => "gone",
                    Some(Outcome::Restless) => "restless",
                };
                found.push(Expected {
                    at: now,
                    path,
                    outcome: outcome.to_owned(),
                });
            }
            now += case.step_ms;
        }
        found
    }

    #[test]
    fn every_case_of_the_folder_holds() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/settle");
        let mut cases = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let case: Case = serde_json::from_str(&std::fs::read_to_string(&path).unwrap())
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert_eq!(run(&case), case.expected, "{}", path.display());
            cases += 1;
        }
        assert!(cases >= 8, "only {cases} cases were found");
    }

    proptest! {
        #[test]
        fn a_file_is_never_called_still_within_the_quiet_time_after_a_change(
            changes in proptest::collection::vec((1i64..400, 0u64..50), 1..30)
        ) {
            let mut settle = Settle::new(Duration::from_millis(500), Duration::from_secs(10));
            let (mut now, mut changed, mut size) = (1_000_000i64, 0i64, 0u64);
            for (wait, bytes) in changes {
                now += wait;
                if bytes > 0 {
                    size += bytes;
                    changed = now;
                }
                let stamp = Some(Stamp { size, modified_ns: changed * 1_000_000, changed_ns: changed * 1_000_000 });
                settle.sight("a", stamp, now);
                for path in settle.due(now) {
                    if let Some(Outcome::Still(_)) = settle.look(&path, stamp, now) {
                        prop_assert!(now - changed >= 500);
                    }
                }
            }
        }
    }
}
