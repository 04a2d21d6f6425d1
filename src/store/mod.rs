//! The store: SQLite, the truth about every document. Every SQL statement of the house is in this room, one file a
//! table; policy is not: callers decide, the store carries out, each call one transaction.
//!
//! Invariant: text is visible if and only if its generation is the one that its document row names and the document is
//! not missing. Nothing else in the house decides that, and both indexes may hold rows that are not visible.

mod answers;
mod audit;
mod concern_list;
mod concerns;
mod controlled;
mod conversations;
mod documents;
mod error;
mod feedback;
mod file_passwords;
mod folder;
mod generations;
mod groups;
mod jobs;
mod keys;
mod kiosks;
mod ledger;
mod links;
mod live;
mod mounted;
mod overview;
mod passages;
mod people;
mod questions;
mod recognised;
mod sessions;
mod settings;
mod sightings;
mod verified;
mod verified_list;
mod within;

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{SqliteConnection, SqlitePool};
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

pub use answers::{AnswerId, StoredAnswer};
pub use audit::{AuditEntry, AuditQuery};
pub use concern_list::{Concern, ConcernKind, Dislike, InboxGroup, InboxQuery, MissingDocument};
pub use concerns::{ConcernGroupId, Grouping, KnownGroup, NewConcern};
pub use controlled::RevisionOf;
pub use conversations::Conversation;
pub use documents::{Known, Stamp, Twin};
pub use error::StoreError;
pub use folder::{DataFolder, DataPaths};
pub use generations::{Failure, Finished, FinishedReading, RecognisedWords, Source};
pub use groups::{Group, GroupId};
pub use jobs::{Job, JobId, JobKind};
pub use keys::{ApiKey, KeyId};
pub use kiosks::{Kiosk, KioskId};
pub use live::{LiveCount, LiveGeneration};
pub use mounted::{MountedFolder, lies_in};
pub use overview::{CollectionCounts, DocumentQuery, DocumentSort, LibraryCounts};
pub use passages::{NewPassage, VisiblePassage};
pub use people::{Account, NewAccount, Vouching};
pub use sessions::{Session, SessionId};
pub use sightings::Sighting;
pub use verified::{KnownQuestion, NewVerified, StoredVerified};
pub use verified_list::{VerifiedQuery, VerifiedSource};

/// The result of every call of this room.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// The store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    /// Readers never wait for the writer: the journal is a write-ahead log.
    reader: SqlitePool,
    /// SQLite has one writer at a time, so there is one connection: writers queue here and never find the file busy.
    writer: SqlitePool,
    /// Rows of the audit log that are being written.
    later: TaskTracker,
    /// Searches that are not written down yet.
    typing: audit::Typing,
    /// What they are written on: not the thread that answers a request, which may end before they do.
    runtime: Handle,
    /// Whether the audit log keeps what people ask.
    questions: bool,
}

impl Store {
    /// Opens the store at `path`, makes it where there is none, and brings it to this version's form.
    pub async fn open(path: &Path) -> Result<Self> {
        folder::keep_private(path);
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A crash of the process loses nothing; a power cut may lose the last commits, which the next walk redoes.
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(15))
            .pragma("journal_size_limit", "67108864")
            // What is deleted from a page that stays is written over: passwords, and what people asked.
            .pragma("secure_delete", "FAST")
            .pragma("temp_store", "MEMORY");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            // A full disk can leave a transaction open that nobody ends: what is written after it would never be seen.
            // Such a connection is given up, and with it what was open.
            .before_acquire(|connection, _| Box::pin(async move { Ok(is_at_rest(connection).await) }))
            .connect_with(options.clone())
            .await?;
        sqlx::migrate!("./migrations").run(&writer).await?;
        let reader = SqlitePoolOptions::new()
            .max_connections(6)
            .connect_with(options.create_if_missing(false))
            .await?;
        Ok(Self {
            reader,
            writer,
            later: TaskTracker::new(),
            typing: audit::Typing::default(),
            runtime: Handle::current(),
            questions: false,
        })
    }

    /// Closes the store after the statements that are running.
    pub async fn close(&self) {
        self.typing.closing.cancel();
        self.later.close();
        self.later.wait().await;
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// Whether no transaction is open on a connection.
async fn is_at_rest(connection: &mut SqliteConnection) -> bool {
    let begun = sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await;
    let ended = sqlx::query("ROLLBACK").execute(&mut *connection).await;
    begun.is_ok() && ended.is_ok()
}

/// Milliseconds since 1970.
fn now_ms() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}

/// A number of the store as an unsigned one; the store never writes negative ones there.
fn unsigned(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(0)
}

/// Numbers as one parameter, for `IN (SELECT value FROM json_each(?))`: statements stay constant.
fn numbers(values: impl IntoIterator<Item = i64>) -> String {
    let mut json = String::from("[");
    for (position, value) in values.into_iter().enumerate() {
        if position > 0 {
            json.push(',');
        }
        json.push_str(&value.to_string());
    }
    json.push(']');
    json
}

/// The steps in which SQLite carries a statement out in an empty store: what it is to be found by does not depend on how
/// much there is.
#[cfg(test)]
pub(crate) async fn plan_of(statement: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("gemba.db")).await.unwrap();
    let plan = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
    let steps = sqlx::query(plan).fetch_all(&store.reader).await.unwrap();
    steps
        .iter()
        .map(|step| sqlx::Row::try_get(step, "detail").unwrap())
        .collect()
}
