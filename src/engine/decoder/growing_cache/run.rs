//! One run of a graph whose cache grows: what it takes, and what it gives back.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use ort::session::{Session, SessionInputValue};
use ort::value::{DynValue, Tensor};

use super::super::super::{EngineError, ModelShape, Names};
use super::super::head::START;
use super::super::session::Positions;

/// The session, and the names of what it takes and gives.
#[derive(Debug)]
pub(super) struct Graph {
    session: Session,
    pub positions: Positions,
    names: Names,
    /// Past and present name of each cache tensor.
    caches: Vec<(String, String)>,
    /// Time spent inside ONNX Runtime.
    pub running: Duration,
}

/// What is computed: as many tokens for each sequence, after what its cache holds.
#[derive(Debug)]
pub(super) struct Tokens<'caches> {
    /// Row by row.
    pub ids: Vec<i64>,
    /// How many of its places each sequence may look at, counted from the last one; its own tokens are among them.
    pub seen: Vec<usize>,
    /// The places of the cache and the tokens together.
    pub width: usize,
    /// How many of the last positions are to have logits.
    pub keep: usize,
    pub past: &'caches [DynValue],
}

impl Graph {
    pub fn new(session: Session, positions: Positions, shape: &ModelShape) -> Self {
        Self {
            session,
            positions,
            names: shape.names.clone(),
            caches: shape.names.caches(shape.layers),
            running: Duration::ZERO,
        }
    }

    /// How many cache tensors there are.
    pub fn caches(&self) -> usize {
        self.caches.len()
    }

    /// Whether it is told where each token stands: else it takes the cache's length for that, padding and all.
    pub fn takes_places(&self) -> bool {
        self.names.position_ids.is_some()
    }

    /// The logits, `[sequences, positions, vocabulary]`, and the caches with the tokens in them.
    pub fn run(&mut self, tokens: Tokens<'_>) -> Result<(DynValue, Vec<DynValue>), EngineError> {
        let Tokens {
            ids,
            seen,
            width,
            keep,
            past,
        } = tokens;
        let count = seen.len();
        let each = ids.len() / count;
        let mut mask = vec![1i64; count * width];
        for (row, seen) in seen.iter().enumerate() {
            mask[row * width..(row + 1) * width - seen].fill(0);
        }
        let places: Vec<i64> = seen
            .iter()
            .flat_map(|seen| (seen - each) as i64..*seen as i64)
            .collect();
        let names = &self.names;
        let mut inputs: Vec<(Cow<str>, SessionInputValue)> = vec![
            (
                names.input_ids.as_str().into(),
                Tensor::from_array(([count, each], ids))?.into(),
            ),
            (
                names.attention_mask.as_str().into(),
                Tensor::from_array(([count, width], mask))?.into(),
            ),
        ];
        if let Some(name) = &names.position_ids {
            let places = Tensor::from_array(([count, each], places))?;
            inputs.push((name.as_str().into(), places.into()));
        }
        if let Some(name) = &names.logits_to_keep {
            let wanted = Tensor::from_array(((), vec![keep.max(1) as i64]))?;
            inputs.push((name.as_str().into(), wanted.into()));
        }
        if self.positions == Positions::Asked {
            let start = vec![-(keep.max(1) as i64)];
            inputs.push((START.into(), Tensor::from_array(([1], start))?.into()));
        }
        let past = self.caches.iter().zip(past);
        inputs.extend(past.map(|((name, _), cache)| (name.as_str().into(), cache.into())));
        let started = Instant::now();
        let mut outputs = self.session.run(inputs)?;
        self.running += started.elapsed();
        let mut take = |name: &str| {
            outputs
                .remove(name)
                .ok_or_else(|| EngineError::Runtime(format!("the graph gave no `{name}`")))
        };
        let logits = take(&names.logits)?;
        let present = self.caches.iter().map(|(_, name)| take(name));
        Ok((logits, present.collect::<Result<_, _>>()?))
    }
}
