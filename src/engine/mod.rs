//! The engine: tokens in, tokens out. A decoder of an ONNX export, run for many people at once.
//!
//! - [`ModelShape`] reads what a folder's files say of the model, without loading it.
//! - [`ChatTemplate`] makes the prompt of a conversation.
//! - `sampler` chooses tokens, `detokenise`, `stop` and `reasoning` make text of them.
//!
//! The engine knows no document, no person and no HTTP, and imports nothing of the other rooms.

mod config;
mod detokenise;
mod error;
mod graph;
mod reasoning;
mod sampler;
mod stop;
mod template;

pub use config::{Form, ModelShape, Names};
pub use error::EngineError;
pub use graph::{Graph, Port};
pub use sampler::Sampling;
pub use template::{ChatTemplate, Message, Role};
