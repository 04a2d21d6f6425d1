//! Decodes exports of onnxruntime-genai: GroupQueryAttention writes into a cache that past and present share.
//!
//! What holds for it on the processor was found by running it: rows of different lengths may be stepped together over
//! neighbouring rows of one arena, a free row among them too, if its mask says one more than its fill, because what is
//! written there is overwritten by its next tokens; several tokens after a past need a batch of one row.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ort::memory::MemoryInfo;
use ort::session::{IoBinding, Session};
use ort::value::Tensor;

use super::super::{EngineError, ModelShape, Names};
use super::arena::Arena;
use super::head::START;
use super::session::Positions;
use super::{Decoder, no_room, read_logits};

/// A session, and the cache of `rows` sequences.
#[derive(Debug)]
pub struct SharedCache {
    /// One for each range of rows that was run, by its first row and its length. They hold views of the arenas, so
    /// they stand before them: fields are dropped in this order.
    bindings: BTreeMap<(usize, usize), IoBinding>,
    session: Session,
    /// One for each cache tensor of the graph, with its past and present name.
    arenas: Vec<(String, String, Arena)>,
    names: Names,
    fills: Vec<usize>,
    capacity: usize,
    vocabulary: usize,
    positions: Positions,
    output: MemoryInfo<'static>,
    running: Duration,
}

impl SharedCache {
    /// Makes the cache; no memory is taken for rows that are never used.
    pub(super) fn new(
        session: Session,
        positions: Positions,
        shape: &ModelShape,
        rows: usize,
        capacity: usize,
    ) -> Self {
        let arena = || {
            Arena::new(
                rows,
                shape.kv_heads,
                capacity,
                shape.head_dim,
                shape.cache_element,
            )
        };
        let caches = shape.names.caches(shape.layers);
        Self {
            bindings: BTreeMap::new(),
            session,
            arenas: caches
                .into_iter()
                .map(|(past, present)| (past, present, arena()))
                .collect(),
            names: shape.names.clone(),
            fills: vec![0; rows],
            capacity,
            vocabulary: shape.vocabulary,
            positions,
            output: MemoryInfo::default(),
            running: Duration::ZERO,
        }
    }

    /// Runs `tokens` (`[count, each]`, row by row) over the rows from `first` on, for the logits of the last `keep`.
    fn run(
        &mut self,
        first: usize,
        count: usize,
        tokens: Vec<i64>,
        keep: usize,
        read: &mut dyn FnMut(&ort::value::DynValue) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let each = tokens.len() / count;
        let fills = &self.fills[first..first + count];
        let width = fills.iter().max().copied().unwrap_or(0) + each;
        // Padding is on the right: on the left it would be wrong without a word.
        let mut mask = vec![0i64; count * width];
        for (row, fill) in fills.iter().enumerate() {
            mask[row * width..row * width + fill + each].fill(1);
        }
        let places: Vec<i64> = match &self.names.position_ids {
            Some(_) => fills
                .iter()
                .flat_map(|fill| *fill as i64..(fill + each) as i64)
                .collect(),
            None => Vec::new(),
        };
        if !self.bindings.contains_key(&(first, count)) {
            let binding = self.bind(first, count)?;
            self.bindings.insert((first, count), binding);
        }
        let Some(binding) = self.bindings.get_mut(&(first, count)) else {
            return Err(EngineError::Runtime("a binding was lost".to_owned()));
        };
        let names = &self.names;
        binding.bind_input(
            names.input_ids.as_str(),
            &Tensor::from_array(([count, each], tokens))?,
        )?;
        binding.bind_input(
            names.attention_mask.as_str(),
            &Tensor::from_array(([count, width], mask))?,
        )?;
        if let Some(name) = &names.position_ids {
            binding.bind_input(name.as_str(), &Tensor::from_array(([count, each], places))?)?;
        }
        if self.positions == Positions::Asked {
            let start = vec![-(keep.max(1) as i64)];
            binding.bind_input(START, &Tensor::from_array(([1], start))?)?;
        }
        // Bound anew each time: what is bound keeps the shape of its first run.
        binding.bind_output_to_device(names.logits.as_str(), &self.output)?;
        let started = Instant::now();
        let outputs = self.session.run_binding(binding)?;
        self.running += started.elapsed();
        let logits = outputs.get(&names.logits);
        read(logits.ok_or_else(|| EngineError::Runtime("the graph gave no logits".to_owned()))?)
    }

    fn bind(&self, first: usize, count: usize) -> Result<IoBinding, EngineError> {
        let mut binding = self.session.create_binding()?;
        for (past, present, arena) in &self.arenas {
            // SAFETY: the binding is kept in `self`, before the arenas, and used by whoever holds `self` alone.
            let view = unsafe { arena.view(first..first + count)? };
            binding.bind_input(past.as_str(), &view)?;
            binding.bind_output(present.as_str(), view)?;
        }
        Ok(binding)
    }
}

impl Decoder for SharedCache {
    fn rows(&self) -> usize {
        self.fills.len()
    }

    fn capacity(&self) -> usize {
        self.capacity
    }

    fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    fn sees_every_position(&self) -> bool {
        self.positions != Positions::Last
    }

    fn steps_together(&self) -> bool {
        true
    }

    fn fill(&self, row: usize) -> usize {
        self.fills[row]
    }

    fn extend(
        &mut self,
        row: usize,
        tokens: &[u32],
        keep: usize,
        logits: &mut Vec<f32>,
    ) -> Result<(), EngineError> {
        let fill = self.fills[row] + tokens.len();
        if fill >= self.capacity {
            return Err(no_room(self.fills[row], tokens.len(), self.capacity));
        }
        logits.clear();
        let tokens = tokens.iter().map(|token| i64::from(*token)).collect();
        self.run(row, 1, tokens, keep, &mut |value| match keep {
            0 => Ok(()),
            keep => read_logits(value, 0, keep, logits),
        })?;
        self.fills[row] = fill;
        Ok(())
    }

    fn step(&mut self, tokens: &[(usize, u32)], logits: &mut Vec<f32>) -> Result<(), EngineError> {
        logits.clear();
        let (Some((first, _)), Some((last, _))) = (tokens.first(), tokens.last()) else {
            return Ok(());
        };
        if let Some((row, _)) = tokens
            .iter()
            .find(|(row, _)| self.fills[*row] + 1 >= self.capacity)
        {
            return Err(no_room(self.fills[*row], 1, self.capacity));
        }
        let (first, count) = (*first, last - first + 1);
        let mut ids = vec![0; count];
        for (row, token) in tokens {
            ids[row - first] = i64::from(*token);
        }
        self.run(first, count, ids, 1, &mut |value| {
            tokens
                .iter()
                .try_for_each(|(row, _)| read_logits(value, row - first, 1, logits))
        })?;
        for (row, _) in tokens {
            self.fills[*row] += 1;
        }
        Ok(())
    }

    fn truncate(&mut self, row: usize, fill: usize) {
        self.fills[row] = self.fills[row].min(fill);
    }

    fn copy(&mut self, from: usize, to: usize, fill: usize) -> Result<(), EngineError> {
        let fill = fill.min(self.fills[from]);
        if from != to {
            for (_, _, arena) in &mut self.arenas {
                arena.copy(from, to, fill);
            }
        }
        self.fills[to] = fill;
        Ok(())
    }

    fn running(&self) -> Duration {
        self.running
    }
}
