//! How fast this machine reads its memory: what bounds the speed of one answer, since every weight is read for each token.
//!
//! The method is that of STREAM (John D. McCalpin, "Memory Bandwidth and Machine Balance in Current High Performance
//! Computers", 1995) for reading alone: an array several times larger than all caches, written before so that each page
//! of it is there, read by all threads at once, the best of several passes. Memory comes in cache lines: one number of
//! each line is added up, so that the lines are counted and not the additions, however well they were compiled.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use super::memory;

/// Bytes that are read in a pass: STREAM asks for four times the last cache, which is 32 MB and more on few machines
/// that run this.
const BYTES: usize = 512 << 20;
const PASSES: usize = 5;
/// Numbers of 8 bytes in a cache line.
const LINE: usize = 8;
/// Lines that are asked for at once, so that no addition waits for another.
const AT_ONCE: usize = 8;

/// Memory that is there to be read.
pub(super) struct Memory {
    parts: Vec<Vec<u64>>,
}

impl Memory {
    /// Takes half a gigabyte, a part for each of `threads`; nothing where this machine has less than twice that to give.
    pub fn new(threads: usize) -> Option<Self> {
        if memory::available().is_some_and(|free| free < 2 * BYTES as u64) {
            return None;
        }
        let threads = threads.max(1);
        let part = BYTES / size_of::<u64>() / threads;
        // Zeros would be pages that the system has not given yet.
        let parts = (0..threads).map(|number| vec![number as u64 + 1; part]);
        Some(Self {
            parts: parts.collect(),
        })
    }

    /// Bytes a second, in the best of several passes.
    pub fn read(&self) -> f64 {
        let bytes: usize = self.parts.iter().map(|part| size_of_val(&part[..])).sum();
        let best = (0..PASSES).map(|_| self.pass()).min().unwrap_or_default();
        bytes as f64 / best.as_secs_f64()
    }

    /// How long all threads take together, from the first one's start to the last one's end.
    fn pass(&self) -> Duration {
        let barrier = Barrier::new(self.parts.len());
        let times: Vec<(Instant, Instant)> = thread::scope(|scope| {
            let reading: Vec<_> = self
                .parts
                .iter()
                .map(|part| {
                    let barrier = &barrier;
                    scope.spawn(move || {
                        barrier.wait();
                        let started = Instant::now();
                        black_box(sum(black_box(part)));
                        (started, Instant::now())
                    })
                })
                .collect();
            reading
                .into_iter()
                .filter_map(|thread| thread.join().ok())
                .collect()
        });
        let first = times.iter().map(|(started, _)| *started).min();
        let last = times.iter().map(|(_, ended)| *ended).max();
        first
            .zip(last)
            .map_or(Duration::ZERO, |(first, last)| last.duration_since(first))
    }
}

/// One number of each cache line, added up.
fn sum(part: &[u64]) -> u64 {
    let mut sums = [0u64; AT_ONCE];
    for lines in part.chunks_exact(AT_ONCE * LINE) {
        let [a, b, c, d, e, f, g, h] = &mut sums;
        *a = a.wrapping_add(lines[0]);
        *b = b.wrapping_add(lines[LINE]);
        *c = c.wrapping_add(lines[2 * LINE]);
        *d = d.wrapping_add(lines[3 * LINE]);
        *e = e.wrapping_add(lines[4 * LINE]);
        *f = f.wrapping_add(lines[5 * LINE]);
        *g = g.wrapping_add(lines[6 * LINE]);
        *h = h.wrapping_add(lines[7 * LINE]);
    }
    sums.iter().fold(0, |sum, one| sum.wrapping_add(*one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_of_each_cache_line_is_read() {
        let lines = 3 * AT_ONCE;
        let mut part = vec![0; lines * LINE];
        for (place, number) in part.iter_mut().enumerate() {
            *number = if place % LINE == 0 { 1 } else { 1000 };
        }
        assert_eq!(sum(&part), lines as u64);
    }

    #[test]
    fn memory_is_read_by_as_many_threads_as_are_asked_for() {
        let memory = Memory {
            parts: vec![vec![1; 1 << 16]; 3],
        };
        assert!(memory.read().is_finite() && memory.read() > 0.0);
    }
}
