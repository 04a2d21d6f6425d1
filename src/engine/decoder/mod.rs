//! The decoder: a session of ONNX Runtime and the KV cache that belongs to it, in rows of one sequence each.

mod arena;
mod growing_cache;
mod head;
mod session;
mod shared_cache;

use std::time::Duration;

use ort::environment::Environment;
use ort::value::{DynValue, TensorElementType};

pub use growing_cache::GrowingCache;
pub use session::{Provider, Threads};
pub use shared_cache::SharedCache;

use super::{EngineError, Form, ModelShape};

/// Computes logits and keeps what it computed. Each row holds the cache of one sequence; `fill` is how many tokens of
/// it are computed. The law: `fill < capacity`, so that there is always room for the write of a step.
pub trait Decoder: Send {
    /// How many sequences have a row.
    fn rows(&self) -> usize;

    /// How many tokens a row has room for; one less may be filled.
    fn capacity(&self) -> usize;

    /// How many logits there are for a position.
    fn vocabulary(&self) -> usize;

    /// Whether the logits of every position can be had, so that guesses can be checked several at once.
    fn sees_every_position(&self) -> bool;

    /// Whether a step computes its rows in one run, so that the weights are read once for all of them.
    fn steps_together(&self) -> bool;

    /// How many tokens of `row` are computed.
    fn fill(&self, row: usize) -> usize;

    /// Computes `tokens` after what `row` holds, and writes the logits of the last `keep` of them, `[keep,
    /// vocabulary]`, in place of what is in `logits`.
    ///
    /// # Errors
    ///
    /// [`EngineError::TooLong`] if the row has no room for them; what ONNX Runtime refuses.
    fn extend(
        &mut self,
        row: usize,
        tokens: &[u32],
        keep: usize,
        logits: &mut Vec<f32>,
    ) -> Result<(), EngineError>;

    /// Computes one token after what each of the rows holds, and writes their logits, `[rows named, vocabulary]`, in
    /// the order in which they are named, in place of what is in `logits`. Rows are named in ascending order.
    ///
    /// # Errors
    ///
    /// As [`extend`](Self::extend).
    fn step(&mut self, tokens: &[(usize, u32)], logits: &mut Vec<f32>) -> Result<(), EngineError>;

    /// Forgets what `row` holds after its first `fill` tokens.
    fn truncate(&mut self, row: usize, fill: usize);

    /// Lets row `to` hold the first `fill` tokens that row `from` holds, and nothing else.
    ///
    /// # Errors
    ///
    /// What ONNX Runtime refuses; row `to` is empty then.
    fn copy(&mut self, from: usize, to: usize, fill: usize) -> Result<(), EngineError>;

    /// Time spent inside ONNX Runtime since the decoder was opened.
    fn running(&self) -> Duration;
}

/// Loads the weights of a model and makes a cache of `rows` rows of `capacity` tokens for it. A cache that grows needs
/// twice the memory where rows are stepped `together`.
///
/// # Errors
///
/// [`EngineError::NoGpu`] if one was asked for and there is none; what ONNX Runtime refuses.
pub fn open(
    environment: &Environment,
    shape: &ModelShape,
    threads: Threads,
    provider: Provider,
    rows: usize,
    capacity: usize,
    together: bool,
) -> Result<Box<dyn Decoder>, EngineError> {
    let (session, positions) = session::open(environment, shape, threads, provider)?;
    let mut decoder: Box<dyn Decoder> = match shape.form {
        Form::SharedCache => Box::new(SharedCache::new(session, positions, shape, rows, capacity)),
        Form::GrowingCache => Box::new(GrowingCache::new(
            session, positions, shape, rows, capacity, together,
        )),
    };
    // What the configuration says wrongly and the header does not show comes out here, and not in an answer.
    let mut logits = Vec::new();
    decoder.extend(0, &[0], 1, &mut logits)?;
    decoder.truncate(0, 0);
    if logits.len() != shape.vocabulary {
        return Err(EngineError::Malformed {
            path: shape.file.clone(),
            reason: format!("it gives {} logits and not {}", logits.len(), shape.vocabulary),
        });
    }
    Ok(decoder)
}

/// Appends the last `keep` of `positions` rows of logits to `logits`. The graph gives f32 or f16.
fn read_logits(
    value: &DynValue,
    batch_row: usize,
    keep: usize,
    logits: &mut Vec<f32>,
) -> Result<(), EngineError> {
    let odd = || EngineError::Runtime(format!("the logits are {:?}", value.dtype()));
    let dims = value.dtype().tensor_shape().ok_or_else(odd)?;
    let [batch, positions, width] = dims[..] else {
        return Err(odd());
    };
    let (batch, positions, width) = (batch as usize, positions as usize, width as usize);
    if batch_row >= batch || keep > positions {
        return Err(odd());
    }
    let end = (batch_row + 1) * positions * width;
    let wanted = end - keep * width..end;
    match value.dtype().tensor_type() {
        Some(TensorElementType::Float32) => {
            let (_, all) = value.try_extract_tensor::<f32>()?;
            logits.extend_from_slice(&all[wanted]);
        }
        Some(TensorElementType::Float16) => logits.extend(arena::half_floats(value, wanted)?),
        _ => return Err(odd()),
    }
    Ok(())
}

fn no_room(fill: usize, tokens: usize, capacity: usize) -> EngineError {
    EngineError::TooLong {
        prompt: fill,
        answer: tokens,
        window: capacity - 1,
    }
}
