//! Files become passages: the watched folder is mirrored into the store and both indexes.
//!
//! A file's way: it is sighted (start-up walk, event, rescan), waited for until it stands still, hashed, and judged:
//! the same, changed, moved, a duplicate, new. What is to be read becomes a job in the transaction that writes its
//! document row. A job is read, cut, embedded and indexed under a generation that nobody sees, and one last transaction
//! makes it visible. A crash anywhere leaves jobs that run again to the same end.
//!
//! - `walk`, `ignored`, `watch`, `mounts`, `mounted`: where files are and how changes are noticed;
//! - `passed`: what is passed over, and why;
//! - `settle`, `law`: when a file may be read and what it is (pure);
//! - `scout`, `patrol`: put these together and write the store;
//! - [`parse`], [`isolation`], [`chunk`], `reading`: a file into passages, read in a process of its own;
//! - `control`: which revision of which controlled document a file is;
//! - `session`, `embedding`, `commit`: passages into the indexes, side by side, in bounded memory;
//! - `tables`, `reconcile`, `window`, [`Agreement`]: indexes that agree with the store, and the change of the embedding
//!   model;
//! - `printed`: the pages of Office files, laid out, for those who want to see them;
//! - [`Pipeline`]: all of it.
//!
//! Invariants: every file ends searchable, duplicate, or failed with a reason. What is wrong with one file fails that
//! file; what is wrong with the machine (a full disk, a folder that went away) fails no file: its job stays.

mod agreement;
mod announced;
pub mod chunk;
mod commit;
mod control;
mod dispatch;
mod embedding;
mod error;
mod faults;
mod ignored;
pub mod isolation;
mod law;
mod mounted;
mod mounts;
pub mod parse;
mod passed;
mod patrol;
mod piece;
mod pipeline;
mod printed;
mod reach;
mod reading;
mod reconcile;
mod scout;
mod session;
mod settle;
mod status;
mod tables;
mod times;
mod tokens;
mod walk;
mod watch;
mod window;
mod worker;

#[cfg(test)]
mod tests;

pub use agreement::{Agreement, Looked, vectors_agree, words_agree};
pub use embedding::embedding_input;
pub use error::IngestError;
pub use faults::{Faults, Step};
pub use passed::{PassedBy, PassedOver, PassedPart};
pub use pipeline::{Pipeline, PipelineParts};
pub use status::{IndexPart, IngestStatus, Progress, Summary, Upkeep, Watching};
pub use tables::open_vectors;
pub use times::StageTimes;
pub use walk::{is_excluded, is_left_out};
