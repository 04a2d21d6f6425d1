//! What can go wrong in the engine, and what whoever runs it can do about it.

use std::path::PathBuf;

/// Each variant is one thing that a person can act on; none leaves a model half loaded.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The folder holds no exported decoder.
    #[error("{} is not the folder of a model: {reason}", path.display())]
    NotAModel {
        /// The folder that was named.
        path: PathBuf,
        /// What is missing in it.
        reason: String,
    },
    /// A file of the model does not say what the engine must know, or says it wrongly.
    #[error("{}: the field `{field}` {reason}", path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// The field, with the names of the objects around it and dots between them.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of the model is there and is not what its name promises.
    #[error("{} cannot be used: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of the model is shorter than its own header says.
    #[error("{} is cut short: {wanted} bytes were expected and {found} are there; copy the model again", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// How long it would have to be at least, in bytes.
        wanted: u64,
        /// How long it is, in bytes.
        found: u64,
    },
    /// A file of the model cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The tokenizer knows tokens for which the model has no logits.
    #[error(
        "{} does not belong to this model: it knows {tokens} tokens, the model gives {logits} logits",
        path.display()
    )]
    Tokenizer {
        /// The tokenizer's file.
        path: PathBuf,
        /// One more than the greatest token id that the tokenizer can give.
        tokens: usize,
        /// How many logits the model gives for each position.
        logits: usize,
    },
    /// The chat template refused the messages, or the text has no tokens of this model.
    #[error("the prompt cannot be made: {0}")]
    Prompt(String),
    /// Weights and cache do not fit into the memory that is left.
    #[error(
        "the model needs {} MB ({} MB for weights, {} MB for the cache of {slots} answers of {context} tokens) and {} MB \
         of memory are free; {advice}",
        (weights + cache) >> 20, weights >> 20, cache >> 20, available >> 20
    )]
    Memory {
        /// Bytes of the weights, as they are held.
        weights: u64,
        /// Bytes of the cache.
        cache: u64,
        /// Bytes that may be taken.
        available: u64,
        /// How many sequences the cache was to hold.
        slots: usize,
        /// How many tokens each of them was to hold.
        context: usize,
        /// What would fit.
        advice: String,
    },
    /// A GPU was asked for, and the runtime that is installed cannot use one.
    #[error(
        "a GPU was asked for, but the ONNX Runtime that is installed has no {0}: install its GPU build, or set the \
         provider to cpu"
    )]
    NoGpu(&'static str),
    /// The prompt and the answer asked for do not fit into one sequence.
    #[error("the prompt has {prompt} tokens and the answer may have {answer}; together at most {window} fit")]
    TooLong {
        /// Tokens of the prompt.
        prompt: usize,
        /// Tokens that the answer may have.
        answer: usize,
        /// Tokens that fit.
        window: usize,
    },
    /// There is nothing to answer: the prompt has no token.
    #[error("the prompt is empty")]
    EmptyPrompt,
    /// As many requests as may wait are waiting already.
    #[error("the engine is busy: {waiting} requests are waiting; try again")]
    Busy {
        /// How many wait.
        waiting: usize,
    },
    /// The schema or the expression that was to hold the answer cannot be used.
    #[error("the answer cannot be held to this form: {0}")]
    Constraint(String),
    /// The engine's thread has ended; load the model again.
    #[error("the engine has stopped: {0}")]
    Stopped(String),
    /// ONNX Runtime refused.
    #[error("ONNX Runtime: {0}")]
    Runtime(String),
}

impl<R> From<ort::Error<R>> for EngineError {
    fn from(error: ort::Error<R>) -> Self {
        Self::Runtime(error.to_string())
    }
}
