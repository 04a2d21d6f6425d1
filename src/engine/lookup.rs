//! Guesses the next tokens from what was said before: an answer that is grounded in passages repeats them.
//!
//! Prompt lookup (Saxena 2023): where the last tokens have stood before, what followed them then is proposed. The
//! decoder computes all of the proposal in one step, and only what it would have said by itself is kept; so guessing
//! changes the speed and nothing else.

/// The longest run of tokens that is looked for; shorter ones are tried after it.
const LONGEST_MATCH: usize = 8;
/// Shorter matches are chance.
const SHORTEST_MATCH: usize = 2;
/// The first guess is short, because a wrong one costs most of what a right one of its length gains.
const FIRST_GUESS: usize = 3;
/// Beyond it a step costs nearly as much more as it brings.
const LONGEST_GUESS: usize = 10;
/// Steps without a guess after the first wrong one; four times as many after each further one.
const FIRST_PAUSE: usize = 4;
const LONGEST_PAUSE: usize = 64;

/// How far the guesses for one sequence can be trusted.
#[derive(Debug, Clone, Copy)]
pub struct Lookup {
    length: usize,
    paused: usize,
    next_pause: usize,
    /// Tokens proposed so far.
    pub proposed: usize,
    /// Those of them that were right.
    pub accepted: usize,
}

impl Default for Lookup {
    fn default() -> Self {
        Self {
            length: FIRST_GUESS,
            paused: 0,
            next_pause: FIRST_PAUSE,
            proposed: 0,
            accepted: 0,
        }
    }
}

impl Lookup {
    /// The tokens that may follow `tokens`, at most `room` of them. Each call is one step of the sequence.
    pub fn guess(&mut self, tokens: &[u32], room: usize) -> Vec<u32> {
        if self.paused > 0 {
            self.paused -= 1;
            return Vec::new();
        }
        follow(tokens, self.length.min(room))
    }

    /// Takes note of how many of the proposed tokens were right.
    pub fn learn(&mut self, proposed: usize, accepted: usize) {
        if proposed == 0 {
            return;
        }
        self.proposed += proposed;
        self.accepted += accepted;
        if accepted == 0 {
            self.length = FIRST_GUESS;
            self.paused = self.next_pause;
            self.next_pause = (self.next_pause * 4).min(LONGEST_PAUSE);
        } else {
            self.next_pause = FIRST_PAUSE;
            let wanted = if accepted == proposed {
                proposed * 2
            } else {
                accepted + 1
            };
            self.length = wanted.clamp(FIRST_GUESS, LONGEST_GUESS);
        }
    }
}

/// What followed the last tokens when they stood together before; the longest match counts, and of equals the latest.
/// What follows up to the end is taken to go on as it began: so a list or a table row is guessed that repeats itself.
fn follow(tokens: &[u32], room: usize) -> Vec<u32> {
    for length in (SHORTEST_MATCH..=LONGEST_MATCH).rev() {
        if room == 0 || tokens.len() <= length {
            continue;
        }
        let (before, last) = (&tokens[..tokens.len() - 1], &tokens[tokens.len() - length..]);
        if let Some(at) = before.windows(length).rposition(|window| window == last) {
            let mut guess: Vec<u32> = Vec::with_capacity(room);
            for from in at + length..at + length + room {
                let token = tokens.get(from).or_else(|| guess.get(from - tokens.len()));
                guess.extend(token.copied());
            }
            return guess;
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_followed_the_same_tokens_before_is_proposed() {
        let mut lookup = Lookup::default();
        assert_eq!(lookup.guess(&[1, 2, 3, 4, 5, 9, 1, 2], 8), [3, 4, 5]);
        assert_eq!(lookup.guess(&[1, 2, 3, 4, 5, 9, 1, 2], 1), [3]);
        assert_eq!(lookup.guess(&[1, 2, 3, 1, 2, 4, 1, 2], 8), [4, 1, 2]);
        assert_eq!(lookup.guess(&[0, 1, 2, 3, 1, 2, 4, 0, 1, 2], 2), [3, 1]);
        assert_eq!(lookup.guess(&[7, 7, 7], 8), [7, 7, 7]);
        assert_eq!(lookup.guess(&[9, 7, 8, 7, 8], 8), [7, 8, 7]);
        for nothing in [&[][..], &[1], &[1, 2], &[1, 2, 3]] {
            assert!(lookup.guess(nothing, 8).is_empty());
        }
        assert!(lookup.guess(&[1, 2, 1, 2], 0).is_empty());
    }

    #[test]
    fn guesses_grow_while_they_are_right() {
        let tokens: Vec<u32> = (0..50).chain(0..4).collect();
        let mut lookup = Lookup::default();
        let mut lengths = Vec::new();
        for _ in 0..4 {
            let guess = lookup.guess(&tokens, 100).len();
            lengths.push(guess);
            lookup.learn(guess, guess);
        }
        assert_eq!(lengths, [3, 6, 10, 10]);
    }

    #[test]
    fn where_nothing_can_be_guessed_next_to_nothing_is_tried() {
        let tokens = [1, 2, 3, 4, 5, 6, 1, 2];
        let mut lookup = Lookup::default();
        let mut tried = 0;
        for _ in 0..400 {
            let guess = lookup.guess(&tokens, 100).len();
            tried += usize::from(guess > 0);
            lookup.learn(guess, 0);
        }
        assert!(tried <= 9, "{tried}");
    }
}
