//! One session of an encoder: a text in, a normalised vector out.

use std::path::Path;
use std::sync::Arc;

use ort::session::builder::{GraphOptimizationLevel, PrepackedWeights};
use ort::session::{Session, SessionInputValue};
use ort::value::TensorRef;
use tokenizers::{Tokenizer, TruncationParams};

use super::{EmbedError, Runtime};
use crate::models::{self, InstalledModel, Precision};

/// The files of a model, read once for all its sessions.
pub(super) struct Encoder {
    graph: Vec<u8>,
    weights_name: &'static str,
    weights: Arc<[u8]>,
    prepacked: PrepackedWeights,
    /// Cuts off what the model does not read.
    pub tokenizer: Arc<Tokenizer>,
    folder: std::path::PathBuf,
}

impl Encoder {
    /// Reads `model`; `spare` is where quantised weights are kept if the model's folder is read-only.
    pub fn read(model: &InstalledModel, precision: Precision, spare: &Path) -> Result<Self, EmbedError> {
        let unusable = |reason: String| EmbedError::Load {
            folder: model.folder.clone(),
            reason,
        };
        let (weights_name, weights) = model.weights(precision, spare)?;
        let mut tokenizer = Tokenizer::from_bytes(models::read(&model.tokenizer())?)
            .map_err(|error| unusable(error.to_string()))?;
        tokenizer.with_padding(None);
        let truncation = TruncationParams {
            max_length: model.model.max_tokens,
            ..TruncationParams::default()
        };
        tokenizer
            .with_truncation(Some(truncation))
            .map_err(|error| unusable(error.to_string()))?;
        Ok(Self {
            graph: models::read(&model.graph(precision))?,
            weights_name,
            weights: models::read(&weights)?.into(),
            prepacked: PrepackedWeights::new(),
            tokenizer: Arc::new(tokenizer),
            folder: model.folder.clone(),
        })
    }

    /// Makes a session of `threads` threads. All sessions share the weights.
    pub fn session(&self, runtime: &Runtime, threads: usize) -> Result<EncoderSession, EmbedError> {
        let unusable = |reason: String| EmbedError::Load {
            folder: self.folder.clone(),
            reason,
        };
        let session = || -> Result<Session, String> {
            Session::builder(runtime.environment())
                .map_err(|error| error.to_string())?
                .with_optimization_level(GraphOptimizationLevel::Level3)
                .map_err(|error| error.to_string())?
                .with_intra_threads(threads)
                .map_err(|error| error.to_string())?
                .with_prepacked_weights(&self.prepacked)
                .map_err(|error| error.to_string())?
                .with_external_initializer_file_in_memory(self.weights_name, Arc::clone(&self.weights))
                .map_err(|error| error.to_string())?
                .commit_from_memory(&self.graph)
                .map_err(|error| error.to_string())
        };
        let session = session().map_err(unusable)?;
        let token_types = session
            .inputs()
            .iter()
            .any(|input| input.name() == "token_type_ids");
        Ok(EncoderSession {
            session,
            tokenizer: Arc::clone(&self.tokenizer),
            token_types,
        })
    }
}

/// A session; one text at a time.
pub(super) struct EncoderSession {
    session: Session,
    tokenizer: Arc<Tokenizer>,
    token_types: bool,
}

impl EncoderSession {
    pub fn embed(&mut self, text: &str) -> Result<Vec<f32>, EmbedError> {
        let encoding = self
            .tokenizer
            .encode_fast(text, true)
            .map_err(|error| failed(error.to_string()))?;
        let wide = |numbers: &[u32]| {
            numbers
                .iter()
                .map(|number| i64::from(*number))
                .collect::<Vec<i64>>()
        };
        let (ids, mask, types) = (
            wide(encoding.get_ids()),
            wide(encoding.get_attention_mask()),
            wide(encoding.get_type_ids()),
        );
        let shape = [1, ids.len()];
        let mut inputs: Vec<(&str, SessionInputValue<'_>)> = vec![
            (
                "input_ids",
                TensorRef::from_array_view((shape, ids.as_slice()))
                    .map_err(run_failed)?
                    .into(),
            ),
            (
                "attention_mask",
                TensorRef::from_array_view((shape, mask.as_slice()))
                    .map_err(run_failed)?
                    .into(),
            ),
        ];
        if self.token_types {
            let types = TensorRef::from_array_view((shape, types.as_slice())).map_err(run_failed)?;
            inputs.push(("token_type_ids", types.into()));
        }
        let outputs = self.session.run(inputs).map_err(run_failed)?;
        let (shape, numbers) = outputs[0].try_extract_tensor::<f32>().map_err(run_failed)?;
        let width = shape
            .last()
            .and_then(|width| usize::try_from(*width).ok())
            .filter(|width| *width > 0);
        let width = width.ok_or_else(|| failed("the model's output has no width".to_owned()))?;
        Ok(mean_of_length_one(numbers, width))
    }
}

/// The mean of the tokens' vectors, with length 1. No token is padding, so all of them count.
fn mean_of_length_one(numbers: &[f32], width: usize) -> Vec<f32> {
    let mut mean = vec![0.0_f32; width];
    for token in numbers.chunks_exact(width) {
        for (sum, number) in mean.iter_mut().zip(token) {
            *sum += number;
        }
    }
    let length = mean.iter().map(|number| number * number).sum::<f32>().sqrt();
    if length > 0.0 {
        mean.iter_mut().for_each(|number| *number /= length);
    }
    mean
}

fn run_failed(error: ort::Error) -> EmbedError {
    failed(error.to_string())
}

fn failed(reason: String) -> EmbedError {
    EmbedError::Run { reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_tokens_has_length_one() {
        let mean = mean_of_length_one(&[3.0, 0.0, 3.0, 8.0], 2);
        assert_eq!(mean, [0.6, 0.8]);
        assert_eq!(mean_of_length_one(&[0.0, 0.0], 2), [0.0, 0.0]);
    }
}
