//! Decodes exports of optimum and onnx-community: each run takes a past and gives a present longer by its tokens.
//!
//! Sequences have caches of different lengths, and the graph wants one length for a batch, so each is run alone.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use ort::memory::Allocator;
use ort::session::{Session, SessionInputValue};
use ort::value::{DynTensor, DynValue, Tensor};

use super::super::{EngineError, ModelShape};
use super::arena::cut;
use super::head::START;
use super::session::Positions;
use super::{Decoder, no_room, read_logits};

/// A session, and the caches of `rows` sequences.
#[derive(Debug)]
pub struct GrowingCache {
    session: Session,
    positions: Positions,
    shape: ModelShape,
    /// Past and present name of each cache tensor.
    caches: Vec<(String, String)>,
    rows: Vec<Row>,
    capacity: usize,
    running: Duration,
}

/// The cache of one sequence; it may be longer than its fill until the next run.
#[derive(Debug, Default)]
struct Row {
    caches: Vec<DynValue>,
    length: usize,
    fill: usize,
}

impl GrowingCache {
    /// Starts with empty rows.
    pub(super) fn new(
        session: Session,
        positions: Positions,
        shape: &ModelShape,
        rows: usize,
        capacity: usize,
    ) -> Self {
        Self {
            session,
            positions,
            caches: shape.names.caches(shape.layers),
            shape: shape.clone(),
            rows: (0..rows).map(|_| Row::default()).collect(),
            capacity,
            running: Duration::ZERO,
        }
    }

    fn empty(&self) -> Result<Vec<DynValue>, EngineError> {
        let shape = [1, self.shape.kv_heads, 0, self.shape.head_dim];
        let empty = |_| {
            let tensor = DynTensor::new(&Allocator::default(), self.shape.cache_element, shape)?;
            Ok(tensor.into_dyn())
        };
        (0..self.caches.len()).map(empty).collect()
    }

    /// The first `fill` tokens of what `row` holds, as caches of their own.
    fn part(&self, row: usize, fill: usize) -> Result<Vec<DynValue>, EngineError> {
        if fill == 0 {
            return self.empty();
        }
        let cut = |cache| cut(cache, fill).map(DynTensor::into_dyn);
        self.rows[row].caches.iter().map(cut).collect()
    }
}

impl Decoder for GrowingCache {
    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn capacity(&self) -> usize {
        self.capacity
    }

    fn vocabulary(&self) -> usize {
        self.shape.vocabulary
    }

    fn sees_every_position(&self) -> bool {
        self.positions != Positions::Last
    }

    fn fill(&self, row: usize) -> usize {
        self.rows[row].fill
    }

    fn extend(
        &mut self,
        row: usize,
        tokens: &[u32],
        keep: usize,
        logits: &mut Vec<f32>,
    ) -> Result<(), EngineError> {
        logits.clear();
        let Row { fill, length, .. } = self.rows[row];
        let (each, width) = (tokens.len(), fill + tokens.len());
        if width >= self.capacity {
            return Err(no_room(fill, each, self.capacity));
        }
        if self.rows[row].caches.is_empty() || fill != length {
            self.rows[row].caches = self.part(row, fill)?;
            self.rows[row].length = fill;
        }
        let names = &self.shape.names;
        let ids: Vec<i64> = tokens.iter().map(|token| i64::from(*token)).collect();
        let mut inputs: Vec<(Cow<str>, SessionInputValue)> = vec![
            (
                names.input_ids.as_str().into(),
                Tensor::from_array(([1, each], ids))?.into(),
            ),
            (
                names.attention_mask.as_str().into(),
                Tensor::from_array(([1, width], vec![1i64; width]))?.into(),
            ),
        ];
        if let Some(name) = &names.position_ids {
            let places: Vec<i64> = (fill as i64..width as i64).collect();
            inputs.push((
                name.as_str().into(),
                Tensor::from_array(([1, each], places))?.into(),
            ));
        }
        if let Some(name) = &names.logits_to_keep {
            let wanted = Tensor::from_array(((), vec![keep.max(1) as i64]))?;
            inputs.push((name.as_str().into(), wanted.into()));
        }
        if self.positions == Positions::Asked {
            let start = vec![-(keep.max(1) as i64)];
            inputs.push((START.into(), Tensor::from_array(([1], start))?.into()));
        }
        let past = self.caches.iter().zip(&self.rows[row].caches);
        inputs.extend(past.map(|((name, _), cache)| (name.as_str().into(), cache.into())));
        let started = Instant::now();
        let mut outputs = self.session.run(inputs)?;
        self.running += started.elapsed();
        let missing = |name: &str| EngineError::Runtime(format!("the graph gave no `{name}`"));
        if keep > 0 {
            let value = outputs.get(&names.logits).ok_or_else(|| missing(&names.logits))?;
            read_logits(value, 0, keep, logits)?;
        }
        let present = self
            .caches
            .iter()
            .map(|(_, name)| outputs.remove(name).ok_or_else(|| missing(name)));
        let present: Vec<DynValue> = present.collect::<Result<_, _>>()?;
        self.rows[row] = Row {
            caches: present,
            length: width,
            fill: width,
        };
        Ok(())
    }

    fn step(&mut self, tokens: &[(usize, u32)], logits: &mut Vec<f32>) -> Result<(), EngineError> {
        let mut all = Vec::with_capacity(tokens.len() * self.shape.vocabulary);
        for (row, token) in tokens {
            self.extend(*row, &[*token], 1, logits)?;
            all.extend_from_slice(logits);
        }
        *logits = all;
        Ok(())
    }

    fn truncate(&mut self, row: usize, fill: usize) {
        self.rows[row].fill = self.rows[row].fill.min(fill);
        if self.rows[row].fill == 0 {
            self.rows[row] = Row::default();
        }
    }

    fn copy(&mut self, from: usize, to: usize, fill: usize) -> Result<(), EngineError> {
        let fill = fill.min(self.rows[from].fill);
        if from == to || fill == 0 {
            self.truncate(to, fill);
            return Ok(());
        }
        self.rows[to] = Row::default();
        self.rows[to] = Row {
            caches: self.part(from, fill)?,
            length: fill,
            fill,
        };
        Ok(())
    }

    fn running(&self) -> Duration {
        self.running
    }
}
