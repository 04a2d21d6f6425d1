//! Decodes exports of optimum and onnx-community: each run takes a past and gives a present longer by its tokens.
//!
//! The graph wants one length for all caches of a batch. So sequences that are stepped together lie in one batch, each at
//! its end, with zeros before it that the mask covers: every step adds one place for all of them, and nothing is moved until
//! another one joins or one leaves. Not every graph computes the same so: those with GroupQueryAttention do not, nor
//! those whose weights make one scale of the whole batch, nor those that are not told where their tokens stand. So it is
//! tried when the model is loaded, and where it is not the same each sequence is run alone.

mod run;

use std::time::Duration;

use ort::memory::Allocator;
use ort::session::Session;
use ort::value::{DynTensor, DynValue, TensorElementType};

use self::run::{Graph, Tokens};
use super::super::{EngineError, ModelShape};
use super::arena::{Stretch, padded};
use super::session::Positions;
use super::{Decoder, no_room, read_logits};

/// A session, and the caches of some sequences.
#[derive(Debug)]
pub struct GrowingCache {
    graph: Graph,
    shape: ModelShape,
    rows: Vec<Row>,
    /// The rows that were last stepped together; their caches are here.
    batch: Batch,
    /// Whether rows are stepped together.
    together: bool,
    capacity: usize,
}

/// One sequence.
#[derive(Debug, Default)]
struct Row {
    /// Its own caches; none while it lies in the batch, or is empty.
    caches: Vec<DynValue>,
    fill: usize,
}

/// Several sequences in one cache.
#[derive(Debug, Default)]
struct Batch {
    caches: Vec<DynValue>,
    length: usize,
    slots: Vec<Slot>,
}

/// Where a row begins in the batch; nobody's if the row has left.
#[derive(Debug, Clone, Copy)]
struct Slot {
    row: Option<usize>,
    start: usize,
}

impl Batch {
    fn slot_of(&self, row: usize) -> Option<usize> {
        self.slots.iter().position(|slot| slot.row == Some(row))
    }

    fn leave(&mut self, row: usize) {
        if let Some(slot) = self.slot_of(row) {
            self.slots[slot].row = None;
        }
        if self.slots.iter().all(|slot| slot.row.is_none()) {
            *self = Self::default();
        }
    }
}

impl GrowingCache {
    /// Starts with empty rows, which are stepped together if they may and if that computes the same.
    pub(super) fn new(
        session: Session,
        positions: Positions,
        shape: &ModelShape,
        rows: usize,
        capacity: usize,
        together: bool,
    ) -> Self {
        let mut new = Self {
            graph: Graph::new(session, positions, shape),
            shape: shape.clone(),
            rows: (0..rows).map(|_| Row::default()).collect(),
            batch: Batch::default(),
            together: false,
            capacity,
        };
        if together && rows > 1 && new.graph.takes_places() {
            new.together = new.computes_the_same_together().unwrap_or_else(|error| {
                tracing::debug!(%error, "sequences cannot be run together");
                false
            });
            for row in 0..rows {
                new.truncate(row, 0);
            }
        }
        new
    }

    /// Steps a short and a longer sequence alone and together.
    fn computes_the_same_together(&mut self) -> Result<bool, EngineError> {
        const LONGER: u32 = 7;
        let count = u32::try_from(self.shape.vocabulary).unwrap_or(u32::MAX);
        let longer: Vec<u32> = (0..LONGER).map(|token| (token * 5 + 1) % count).collect();
        if longer.len() + 1 >= self.capacity {
            return Ok(false);
        }
        let next = [(0, 2 % count), (1, 3 % count)];
        let mut logits = Vec::new();
        self.extend(0, &longer, 0, &mut logits)?;
        self.extend(1, &longer[..2], 0, &mut logits)?;
        let mut alone = Vec::new();
        for (row, token) in next {
            let fill = self.rows[row].fill;
            self.extend(row, &[token], 1, &mut logits)?;
            alone.extend_from_slice(&logits);
            self.truncate(row, fill);
        }
        self.step_together(&next, &mut logits)?;
        let fine = match self.shape.cache_element {
            TensorElementType::Float16 => 1e-2,
            _ => 1e-4,
        };
        let size = alone.iter().map(|logit| logit.abs()).fold(1.0, f32::max);
        let mut pairs = alone.iter().zip(&logits);
        Ok(alone.len() == logits.len() && pairs.all(|(one, other)| (one - other).abs() <= fine * size))
    }

    fn empty(&self) -> Result<Vec<DynValue>, EngineError> {
        let shape = [1, self.shape.kv_heads, 0, self.shape.head_dim];
        let empty = |_| {
            let tensor = DynTensor::new(&Allocator::default(), self.shape.cache_element, shape)?;
            Ok(tensor.into_dyn())
        };
        (0..self.graph.caches()).map(empty).collect()
    }

    /// The first `fill` tokens of what `row` holds, in cache tensor number `cache`.
    fn stretch(&self, row: usize, cache: usize, fill: usize) -> Stretch<'_> {
        match self.batch.slot_of(row) {
            Some(slot) => Stretch {
                cache: &self.batch.caches[cache],
                slot,
                from: self.batch.slots[slot].start,
                count: fill,
            },
            None => Stretch {
                cache: &self.rows[row].caches[cache],
                slot: 0,
                from: 0,
                count: fill,
            },
        }
    }

    /// The first `fill` tokens of what `row` holds, as caches of their own.
    fn part(&self, row: usize, fill: usize) -> Result<Vec<DynValue>, EngineError> {
        if fill == 0 {
            return self.empty();
        }
        let cut = |cache| padded(&[self.stretch(row, cache, fill)], fill).map(DynTensor::into_dyn);
        (0..self.graph.caches()).map(cut).collect()
    }

    /// Gives `row` caches of its own that hold what it is filled with and nothing else.
    fn set_apart(&mut self, row: usize) -> Result<(), EngineError> {
        let fill = self.rows[row].fill;
        let first = self.rows[row].caches.first();
        let length = first.and_then(|cache| cache.dtype().tensor_shape()?.get(2).copied());
        if length != Some(fill as i64) {
            self.rows[row].caches = self.part(row, fill)?;
            self.batch.leave(row);
        }
        Ok(())
    }

    /// Puts these rows into one batch, and those that were in it and do not go on out of it.
    fn gather(&mut self, rows: &[usize]) -> Result<(), EngineError> {
        let stays = |slot: &Slot, row: usize, fill: usize| {
            slot.row == Some(row) && slot.start + fill == self.batch.length
        };
        let same = self.batch.slots.len() == rows.len()
            && self
                .batch
                .slots
                .iter()
                .zip(rows)
                .all(|(slot, row)| stays(slot, *row, self.rows[*row].fill));
        if same {
            return Ok(());
        }
        let leaving: Vec<usize> = self.batch.slots.iter().filter_map(|slot| slot.row).collect();
        for row in leaving.into_iter().filter(|row| !rows.contains(row)) {
            self.set_apart(row)?;
        }
        for row in rows
            .iter()
            .filter(|row| self.rows[**row].fill == 0)
            .copied()
            .collect::<Vec<_>>()
        {
            self.set_apart(row)?;
        }
        let fills: Vec<usize> = rows.iter().map(|row| self.rows[*row].fill).collect();
        let length = fills.iter().copied().max().unwrap_or(0);
        let mut caches = Vec::with_capacity(self.graph.caches());
        for cache in 0..self.graph.caches() {
            let stretches: Vec<Stretch<'_>> = rows
                .iter()
                .zip(&fills)
                .map(|(row, fill)| self.stretch(*row, cache, *fill))
                .collect();
            caches.push(padded(&stretches, length)?.into_dyn());
        }
        for row in rows {
            self.rows[*row].caches = Vec::new();
        }
        let slots = rows.iter().zip(&fills).map(|(row, fill)| Slot {
            row: Some(*row),
            start: length - fill,
        });
        self.batch = Batch {
            caches,
            length,
            slots: slots.collect(),
        };
        Ok(())
    }

    fn step_together(&mut self, tokens: &[(usize, u32)], logits: &mut Vec<f32>) -> Result<(), EngineError> {
        logits.clear();
        let fill = |row: usize| self.rows[row].fill;
        if let Some((row, _)) = tokens.iter().find(|(row, _)| fill(*row) + 1 >= self.capacity) {
            return Err(no_room(fill(*row), 1, self.capacity));
        }
        let rows: Vec<usize> = tokens.iter().map(|(row, _)| *row).collect();
        self.gather(&rows)?;
        let (values, present) = self.graph.run(Tokens {
            ids: tokens.iter().map(|(_, token)| i64::from(*token)).collect(),
            seen: rows.iter().map(|row| self.rows[*row].fill + 1).collect(),
            width: self.batch.length + 1,
            keep: 1,
            past: &self.batch.caches,
        })?;
        for slot in 0..rows.len() {
            read_logits(&values, slot, 1, logits)?;
        }
        self.batch.caches = present;
        self.batch.length += 1;
        for row in rows {
            self.rows[row].fill += 1;
        }
        Ok(())
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
        self.graph.positions != Positions::Last
    }

    fn steps_together(&self) -> bool {
        self.together
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
        let fill = self.rows[row].fill;
        let width = fill + tokens.len();
        if width >= self.capacity {
            return Err(no_room(fill, tokens.len(), self.capacity));
        }
        self.set_apart(row)?;
        let (values, present) = self.graph.run(Tokens {
            ids: tokens.iter().map(|token| i64::from(*token)).collect(),
            seen: vec![width],
            width,
            keep,
            past: &self.rows[row].caches,
        })?;
        if keep > 0 {
            read_logits(&values, 0, keep, logits)?;
        }
        self.rows[row] = Row {
            caches: present,
            fill: width,
        };
        Ok(())
    }

    fn step(&mut self, tokens: &[(usize, u32)], logits: &mut Vec<f32>) -> Result<(), EngineError> {
        if self.together && tokens.len() > 1 {
            return self.step_together(tokens, logits);
        }
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
            self.batch.leave(row);
            self.rows[row] = Row::default();
        }
    }

    fn copy(&mut self, from: usize, to: usize, fill: usize) -> Result<(), EngineError> {
        let fill = fill.min(self.rows[from].fill);
        if from == to || fill == 0 {
            self.truncate(to, fill);
            return Ok(());
        }
        self.truncate(to, 0);
        self.rows[to] = Row {
            caches: self.part(from, fill)?,
            fill,
        };
        Ok(())
    }

    fn running(&self) -> Duration {
        self.graph.running
    }
}
