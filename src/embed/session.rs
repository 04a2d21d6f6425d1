//! One session of an encoder (fastembed): a text in, a normalised vector out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fastembed::{
    InitOptionsUserDefined, Pooling, QuantizationMode, TextEmbedding, TokenizerFiles,
    UserDefinedEmbeddingModel,
};
use ort::ep::CPU;
use tokenizers::Tokenizer;

use super::{EmbedError, Runtime};
use crate::models::{self, InstalledModel, Precision};

/// The files of a model, read once for all its sessions.
pub(super) struct Encoder {
    graph: Vec<u8>,
    weights_name: &'static str,
    weights: Vec<u8>,
    tokenizer_files: TokenizerFiles,
    precision: Precision,
    max_tokens: usize,
    /// Counts tokens, so it adds none to fill a text up.
    pub tokenizer: Arc<Tokenizer>,
    folder: PathBuf,
}

impl Encoder {
    /// Reads `model`; `spare` is where quantised weights are kept if the model's folder is read-only.
    pub fn read(model: &InstalledModel, precision: Precision, spare: &Path) -> Result<Self, EmbedError> {
        let (weights_name, weights) = model.weights(precision, spare)?;
        let file = |name: &str| models::read(&model.folder.join(name));
        let tokenizer_files = TokenizerFiles {
            tokenizer_file: models::read(&model.tokenizer())?,
            config_file: file("config.json")?,
            special_tokens_map_file: file("special_tokens_map.json")?,
            tokenizer_config_file: file("tokenizer_config.json")?,
        };
        let mut tokenizer =
            Tokenizer::from_bytes(&tokenizer_files.tokenizer_file).map_err(|error| EmbedError::Load {
                folder: model.folder.clone(),
                reason: error.to_string(),
            })?;
        tokenizer.with_padding(None);
        Ok(Self {
            graph: models::read(&model.graph(precision))?,
            weights_name,
            weights: models::read(&weights)?,
            tokenizer_files,
            precision,
            max_tokens: model.model.max_tokens,
            tokenizer: Arc::new(tokenizer),
            folder: model.folder.clone(),
        })
    }

    /// Makes a session of `threads` threads.
    pub fn session(&self, runtime: &Runtime, threads: usize) -> Result<EncoderSession, EmbedError> {
        let quantization = match self.precision {
            Precision::Int8 => QuantizationMode::Dynamic,
            Precision::Fp32 => QuantizationMode::None,
        };
        let model = UserDefinedEmbeddingModel::new(self.graph.clone(), self.tokenizer_files.clone())
            .with_pooling(Pooling::Mean)
            .with_quantization(quantization)
            .with_external_initializer(self.weights_name.to_owned(), self.weights.clone());
        let options = InitOptionsUserDefined::new()
            .with_environment(runtime.environment().clone())
            // Texts differ in length, and the arena keeps the largest block of every shape for ever.
            .with_execution_providers(vec![CPU::default().with_arena_allocator(false).build()])
            .with_max_length(self.max_tokens)
            .with_intra_threads(threads);
        TextEmbedding::try_new_from_user_defined(model, options)
            .map(EncoderSession)
            .map_err(|error| EmbedError::Load {
                folder: self.folder.clone(),
                reason: error.to_string(),
            })
    }
}

/// A session; one text at a time, because in a batch a quantised model makes a vector depend on its neighbours.
pub(super) struct EncoderSession(TextEmbedding);

impl EncoderSession {
    pub fn embed(&mut self, text: &str) -> Result<Vec<f32>, EmbedError> {
        let mut vectors = self.0.embed([text], None).map_err(|error| EmbedError::Run {
            reason: error.to_string(),
        })?;
        vectors.pop().ok_or_else(|| EmbedError::Run {
            reason: "the model gave no vector".to_owned(),
        })
    }
}
