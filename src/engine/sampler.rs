//! Chooses the next token from the logits. Pure: the same logits, settings and seed give the same token.

/// How the next token is chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// Divides the logits; 0 always takes the likeliest token.
    pub temperature: f32,
    /// So many of the likeliest tokens are left to choose from; 0 leaves all.
    pub top_k: usize,
    /// The likeliest tokens that have this probability together are left (Holtzman et al. 2020); 1 leaves all.
    pub top_p: f32,
    /// Tokens less likely than this share of the likeliest one are left out (Nguyen et al. 2024); 0 leaves all.
    pub min_p: f32,
    /// Makes tokens that have been seen less likely (Keskar et al. 2019); 1 does nothing.
    pub repetition_penalty: f32,
    /// Where the random numbers start.
    pub seed: u64,
}

impl Default for Sampling {
    /// Greedy.
    fn default() -> Self {
        Self {
            temperature: 0.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
            repetition_penalty: 1.0,
            seed: 0,
        }
    }
}

impl Sampling {
    /// Whether the likeliest token is always taken, so that guessing ahead changes nothing.
    pub fn is_greedy(&self) -> bool {
        self.temperature <= 0.0 || self.top_k == 1
    }

    fn penalises(&self) -> bool {
        self.repetition_penalty != 1.0 && self.repetition_penalty > 0.0
    }
}

/// A token and its logit, while some are being left out.
type Candidate = (f32, u32);

/// The choices of one sequence.
#[derive(Debug)]
pub struct Sampler {
    sampling: Sampling,
    random: SplitMix64,
    /// One bit for each token of the vocabulary; empty without a penalty.
    seen: Vec<u64>,
}

impl Sampler {
    /// Chooses for a model of `vocabulary` tokens.
    pub fn new(sampling: Sampling, vocabulary: usize) -> Self {
        let words = if sampling.penalises() {
            vocabulary.div_ceil(64)
        } else {
            0
        };
        Self {
            sampling,
            random: SplitMix64(sampling.seed),
            seen: vec![0; words],
        }
    }

    /// Takes note of a token of the prompt or of the answer.
    pub fn observe(&mut self, token: u32) {
        if let Some(word) = self.seen.get_mut(token as usize / 64) {
            *word |= 1 << (token % 64);
        }
    }

    /// Chooses a token. The logits are changed on the way; `room` is space to work in, kept by the caller so that no
    /// step allocates.
    pub fn pick(&mut self, logits: &mut [f32], room: &mut Vec<Candidate>) -> u32 {
        self.penalise(logits);
        if self.sampling.is_greedy() {
            return likeliest(logits);
        }
        let count = match self.sampling.top_k {
            0 => logits.len(),
            count => count.min(logits.len()),
        };
        most_likely(logits, count, room);
        let best = greatest(logits);
        if room.is_empty() {
            return likeliest(logits);
        }
        let temperature = self.sampling.temperature;
        if self.sampling.min_p > 0.0 {
            let least = best + self.sampling.min_p.min(1.0).ln() * temperature;
            room.retain(|candidate| candidate.0 >= least);
        }
        for candidate in room.iter_mut() {
            candidate.0 = ((candidate.0 - best) / temperature).exp();
        }
        if self.sampling.top_p < 1.0 {
            keep_most_likely(room, self.sampling.top_p);
        }
        self.draw(room)
    }

    fn penalise(&self, logits: &mut [f32]) {
        for (word, bits) in self.seen.iter().enumerate() {
            let mut bits = *bits;
            while bits != 0 {
                let token = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                if let Some(logit) = logits.get_mut(token) {
                    let penalty = self.sampling.repetition_penalty;
                    *logit = if *logit > 0.0 {
                        *logit / penalty
                    } else {
                        *logit * penalty
                    };
                }
            }
        }
    }

    /// One of the candidates, each as likely as its weight.
    fn draw(&mut self, room: &[Candidate]) -> u32 {
        let total: f64 = room.iter().map(|candidate| f64::from(candidate.0)).sum();
        let mut left = self.random.unit() * total;
        for (weight, token) in room {
            left -= f64::from(*weight);
            if left < 0.0 {
                return *token;
            }
        }
        room.last().map_or(0, |candidate| candidate.1)
    }
}

/// The token with the greatest logit; of equals the first, as `argmax` elsewhere takes it.
pub fn likeliest(logits: &[f32]) -> u32 {
    // By stretches: a vocabulary has 150,000 tokens, and a place is worth counting only where the best one lies.
    const STRETCH: usize = 256;
    let (mut best, mut at) = (f32::NEG_INFINITY, 0);
    for (stretch, logits) in logits.chunks(STRETCH).enumerate() {
        let greatest = greatest(logits);
        if greatest > best {
            (best, at) = (greatest, stretch * STRETCH);
        }
    }
    let within = logits[at.min(logits.len())..]
        .iter()
        .position(|logit| *logit == best);
    u32::try_from(at + within.unwrap_or(0)).unwrap_or(0)
}

fn greatest(logits: &[f32]) -> f32 {
    let mut greatest = f32::NEG_INFINITY;
    for logit in logits {
        if *logit > greatest {
            greatest = *logit;
        }
    }
    greatest
}

/// The `count` greatest of `logits`, in no order.
fn most_likely(logits: &[f32], count: usize, room: &mut Vec<Candidate>) {
    let mut least = f32::NEG_INFINITY;
    room.clear();
    for (token, logit) in logits.iter().enumerate() {
        if *logit > least && logit.is_finite() {
            room.push((*logit, token as u32));
            if room.len() >= count * 2 + 64 {
                room.select_nth_unstable_by(count - 1, descending);
                room.truncate(count);
                least = room[count - 1].0;
            }
        }
    }
    if room.len() > count {
        room.select_nth_unstable_by(count - 1, descending);
        room.truncate(count);
    }
}

fn descending(one: &Candidate, other: &Candidate) -> std::cmp::Ordering {
    other.0.total_cmp(&one.0).then(one.1.cmp(&other.1))
}

/// Leaves the likeliest candidates that have the share `share` of all weight together. Only as many are sorted as are
/// needed: most of a vocabulary has next to no weight.
fn keep_most_likely(room: &mut Vec<Candidate>, share: f32) {
    let total: f64 = room.iter().map(|candidate| f64::from(candidate.0)).sum();
    let wanted = total * f64::from(share.max(0.0));
    let mut sorted = 0;
    let mut weight = 0.0;
    while sorted < room.len() {
        let upto = (sorted * 4).clamp(64, room.len().max(64)).min(room.len());
        if upto < room.len() {
            room[sorted..].select_nth_unstable_by(upto - sorted - 1, descending);
        }
        room[sorted..upto].sort_unstable_by(descending);
        for at in sorted..upto {
            weight += f64::from(room[at].0);
            if weight >= wanted {
                room.truncate(at + 1);
                return;
            }
        }
        sorted = upto;
    }
}

/// Random numbers that are the same on every machine (Steele, Lea and Flood 2014).
#[derive(Debug)]
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to, but not including, 1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn picks(sampling: Sampling, logits: &[f32], times: usize) -> Vec<u32> {
        let mut sampler = Sampler::new(sampling, logits.len());
        let mut room = Vec::new();
        (0..times)
            .map(|_| sampler.pick(&mut logits.to_vec(), &mut room))
            .collect()
    }

    fn warm() -> Sampling {
        Sampling {
            temperature: 1.0,
            ..Sampling::default()
        }
    }

    #[test]
    fn tokens_come_as_often_as_they_are_likely() {
        let logits: Vec<f32> = [0.1f32, 0.2, 0.7].iter().map(|share| share.ln()).collect();
        let picked = picks(warm(), &logits, 20_000);
        for (token, share) in [(0, 0.1), (1, 0.2), (2, 0.7)] {
            let there = picked.iter().filter(|pick| **pick == token).count() as f64 / 20_000.0;
            assert!((there - share).abs() < 0.01, "{token}: {there}");
        }
    }

    #[test]
    fn each_setting_leaves_the_tokens_that_it_says() {
        let logits: Vec<f32> = [0.4f32, 0.3, 0.2, 0.06, 0.04]
            .iter()
            .map(|share| share.ln())
            .collect();
        let cases = [
            (Sampling { top_k: 2, ..warm() }, 2),
            (
                Sampling {
                    top_p: 0.69,
                    ..warm()
                },
                2,
            ),
            (
                Sampling {
                    top_p: 0.71,
                    ..warm()
                },
                3,
            ),
            (Sampling { top_p: 0.0, ..warm() }, 1),
            (Sampling { min_p: 0.4, ..warm() }, 3),
            (
                Sampling {
                    top_k: 3,
                    top_p: 0.7,
                    ..warm()
                },
                2,
            ),
            (
                Sampling {
                    temperature: 0.01,
                    ..warm()
                },
                1,
            ),
            (Sampling::default(), 1),
        ];
        for (sampling, left) in cases {
            let picked = picks(sampling, &logits, 2_000);
            assert_eq!(*picked.iter().max().unwrap() + 1, left, "{sampling:?}");
        }
    }

    #[test]
    fn a_seed_gives_the_same_tokens_again_and_another_gives_others() {
        let logits: Vec<f32> = (0..50).map(|token| (token as f32 * 0.7).sin()).collect();
        let seeded = |seed| picks(Sampling { seed, ..warm() }, &logits, 30);
        assert_eq!(seeded(1), seeded(1));
        assert_ne!(seeded(1), seeded(2));
    }

    #[test]
    fn what_was_said_becomes_less_likely() {
        let sampling = Sampling {
            repetition_penalty: 2.0,
            ..Sampling::default()
        };
        let mut sampler = Sampler::new(sampling, 3);
        sampler.observe(0);
        sampler.observe(99);
        assert_eq!(sampler.pick(&mut [3.0, 2.0, 1.0], &mut Vec::new()), 1);
        assert_eq!(sampler.pick(&mut [-1.0, -1.5, -9.0], &mut Vec::new()), 1);
    }

    #[test]
    fn the_likeliest_tokens_are_found_wherever_they_lie() {
        let mut logits: Vec<f32> = (0..1000).map(|token| (token as f32 * 0.37).sin()).collect();
        logits[700] = 5.0;
        logits[701] = 5.0;
        assert_eq!(likeliest(&logits), 700);
        logits[3] = 5.0;
        assert_eq!(likeliest(&logits), 3);
        assert_eq!(likeliest(&[]), 0);
        for count in [1, 2, 3, 50, 999, 1000, 5000] {
            let mut room = Vec::new();
            most_likely(&logits, count, &mut room);
            room.sort_by(descending);
            let mut sorted: Vec<Candidate> = logits.iter().copied().zip(0..).collect();
            sorted.sort_by(descending);
            let least = sorted[count.min(1000) - 1].0;
            assert_eq!(room.len(), count.min(1000));
            assert!(room.iter().all(|candidate| candidate.0 >= least));
        }
    }

    #[test]
    fn logits_that_are_no_numbers_are_never_chosen() {
        let logits = [f32::NAN, 1.0, f32::NEG_INFINITY];
        assert_eq!(picks(Sampling::default(), &logits, 1), [1]);
        assert_eq!(picks(warm(), &logits, 20), [1; 20]);
        assert_eq!(picks(warm(), &[f32::NEG_INFINITY; 3], 1), [0]);
    }

    proptest! {
        #[test]
        fn the_likeliest_part_is_what_sorting_everything_would_leave(
            weights in prop::collection::vec(0.0f32..1.0, 1..400),
            share in 0.0f32..1.0,
        ) {
            let mut room: Vec<Candidate> = weights.iter().copied().zip(0..).collect();
            let mut sorted = room.clone();
            sorted.sort_by(descending);
            let total: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
            let mut sum = 0.0;
            let mut expected = Vec::new();
            for candidate in sorted {
                expected.push(candidate);
                sum += f64::from(candidate.0);
                if sum >= total * f64::from(share) * (1.0 + 1e-9) {
                    break;
                }
            }
            keep_most_likely(&mut room, share);
            prop_assert!(room.len() <= expected.len());
            prop_assert_eq!(&expected[..room.len()], &room[..]);
        }
    }
}
