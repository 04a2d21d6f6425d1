//! Looks at a model's files as loading would, without reading a weight.

use std::path::Path;

use super::handle::read_vocabulary;
use super::{ChatTemplate, EngineError, ModelShape};

/// Reads the configuration, the graph's header, the tokenizer and the chat template of the model in `folder`, and
/// checks that they fit together and that no weight file is cut short. `file` names the graph where there are several.
///
/// # Errors
///
/// Those of [`ModelShape::read`] and [`ChatTemplate::read`]; [`EngineError::Tokenizer`].
pub fn inspect(folder: &Path, file: Option<&str>) -> Result<ModelShape, EngineError> {
    let shape = ModelShape::read(folder, file)?;
    read_vocabulary(&shape)?;
    ChatTemplate::read(folder)?;
    Ok(shape)
}
