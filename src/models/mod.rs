//! The models that this version knows, and what of them is installed. Nothing here loads a model.
//!
//! - [`EMBEDDING_MODELS`] come with the program; set-up installs them, `quantise` makes them small.
//! - [`Catalogue`] lists the language models that can be had, and [`LanguageModels`] keeps those that are installed:
//!   one folder each, with a [`Manifest`] that names every file and its checksum.
//! - A model comes from a [`Hub`] (`pull`) or from a folder or an archive (`import`, `archive`). `selection` says which
//!   files belong to it. Both fill a [`Staged`] folder, which becomes the installed one by one rename: until then
//!   nothing of it is listed or used.
//!
//! Nothing is fetched without being asked for, and no file is used before its checksum was compared.

mod archive;
mod catalogue;
mod checksum;
mod embedding;
mod error;
#[cfg(fuzzing)]
pub mod hostile;
mod hub;
mod import;
mod language;
mod manifest;
mod path;
mod pull;
mod quantise;
mod selection;
mod staging;

pub use archive::ArchiveError;
pub use catalogue::{Catalogue, CatalogueFile, Entry};
pub use embedding::{EMBEDDING_MODELS, EmbeddingModel, InstalledModel, Precision, read};
pub use error::ModelError;
pub use hub::{Hub, HubError};
pub use import::ImportOptions;
pub use language::{Fault, LanguageModel, LanguageModels};
pub use manifest::{Manifest, ModelFile};
pub use quantise::{QuantiseError, quantise};
pub use selection::SelectionError;
pub use staging::{Progress, Staged};
