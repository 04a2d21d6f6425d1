//! The engine: tokens in, tokens out. A decoder of an ONNX export, run for many people at once.
//!
//! - [`ModelShape`] reads what a folder's files say of the model, without loading it; [`inspect()`] looks at all of them,
//!   [`Need`] says whether it fits.
//! - [`ChatTemplate`] makes the prompt of a conversation.
//! - `decoder` holds the session and the KV cache in rows of one sequence each; it has one implementation for each
//!   form of export.
//! - `scheduler` says what each step computes, `prefix` where a request starts, `lookup` what may come next: all pure.
//! - `sampler` chooses tokens, `constrain` holds them to a form; `detokenise`, `stop` and `reasoning` make text of them,
//!   which `events` carries to its reader.
//! - [`Engine`] takes a [`Request`] and gives a [`Generation`]; its `worker` is the one thread that owns the session,
//!   the cache and each running `sequence`. [`measure`] says how fast it is, and `bandwidth`
//!   how fast memory lets it be.
//!
//! The engine knows no document, no person and no HTTP, and imports nothing of the other rooms.

mod bandwidth;
mod config;
mod constrain;
mod decoder;
mod detokenise;
mod error;
mod events;
mod graph;
mod handle;
mod inspect;
mod json;
mod lookup;
pub mod measure;
mod memory;
mod prefix;
mod reasoning;
mod request;
mod sampler;
mod scheduler;
mod sequence;
mod shared;
mod stop;
mod template;
#[cfg(test)]
mod tests;
mod wire;
mod worker;

pub use config::{Form, ModelShape, Names};
pub use constrain::Constraint;
pub use decoder::{Provider, Threads};
pub use error::EngineError;
pub use graph::{Graph, Port};
pub use handle::{Engine, Options};
pub use inspect::inspect;
pub use memory::{Need, available as available_memory};
pub use request::{Canceller, Event, Finish, Generation, Prompt, Request, Usage};
pub use sampler::Sampling;
pub use shared::Figures;
pub use template::{ChatTemplate, Message, Role};
