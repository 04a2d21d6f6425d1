//! Tells a model's thinking from its answer, by the marks that models put around it.

/// The marks in use: Qwen 3, DeepSeek, SmolLM 3 and most others; Magistral; Granite and EXAONE's forerunners.
const MARKS: &[(&str, &str)] = &[
    ("<think>", "</think>"),
    ("[THINK]", "[/THINK]"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
];

/// Marks that some tokenizers count among their control tokens; the engine must see them as text.
pub const MARK_TEXTS: &[&str] = &[
    "<think>",
    "</think>",
    "[THINK]",
    "[/THINK]",
    "<thought>",
    "</thought>",
    "<reasoning>",
    "</reasoning>",
];

/// A piece of text, told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// What the model says to itself.
    Thinking(String),
    /// What it says to the person.
    Answer(String),
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    /// Nothing but space has come: thinking may begin here and nowhere later.
    Start,
    Thinking {
        end: &'static str,
    },
    /// Space between the thinking and the answer belongs to neither.
    AfterThinking,
    Answer,
}

/// Splits the text of one answer as it comes.
#[derive(Debug)]
pub struct Reasoning {
    state: State,
    held: String,
}

impl Reasoning {
    /// Starts after `prompt`; templates may have begun the thinking already.
    pub fn after(prompt: &str) -> Self {
        let prompt = prompt.trim_end();
        let begun = MARKS.iter().find(|(begin, _)| prompt.ends_with(begin));
        Self {
            state: begun.map_or(State::Start, |(_, end)| State::Thinking { end }),
            held: String::new(),
        }
    }

    /// Whether the model is thinking now.
    pub fn is_thinking(&self) -> bool {
        matches!(self.state, State::Thinking { .. })
    }

    /// What `text` adds.
    pub fn push(&mut self, text: &str) -> Vec<Piece> {
        self.held.push_str(text);
        let mut pieces = Vec::new();
        while !self.held.is_empty() && self.step(&mut pieces) {}
        pieces
    }

    /// What was held back, once the text has ended.
    pub fn finish(&mut self) -> Option<Piece> {
        let held = std::mem::take(&mut self.held);
        let piece = if self.is_thinking() {
            Piece::Thinking(held)
        } else {
            Piece::Answer(held)
        };
        match piece {
            Piece::Thinking(text) | Piece::Answer(text) if text.trim().is_empty() => None,
            piece => Some(piece),
        }
    }

    /// Takes what can be told from what is held; `false` if more must come first.
    fn step(&mut self, pieces: &mut Vec<Piece>) -> bool {
        match self.state {
            State::Start => {
                let text = self.held.trim_start();
                if let Some((begin, end)) = MARKS.iter().find(|(begin, _)| text.starts_with(begin)) {
                    self.held = text[begin.len()..].to_owned();
                    self.state = State::Thinking { end };
                    return true;
                }
                if MARKS.iter().any(|(begin, _)| begin.starts_with(text)) {
                    return false;
                }
                self.state = State::Answer;
            }
            State::Thinking { end } => {
                if let Some(at) = self.held.find(end) {
                    let rest = self.held.split_off(at);
                    let thought = std::mem::replace(&mut self.held, rest.split_at(end.len()).1.to_owned());
                    push_if(pieces, Piece::Thinking(thought));
                    self.state = State::AfterThinking;
                    return true;
                }
                let kept = (1..end.len())
                    .rev()
                    .find(|length| self.held.ends_with(&end[..*length]));
                let rest = self.held.split_off(self.held.len() - kept.unwrap_or(0));
                push_if(pieces, Piece::Thinking(std::mem::replace(&mut self.held, rest)));
                return false;
            }
            State::AfterThinking => {
                self.held = self.held.trim_start().to_owned();
                if !self.held.is_empty() {
                    self.state = State::Answer;
                }
            }
            State::Answer => push_if(pieces, Piece::Answer(std::mem::take(&mut self.held))),
        }
        true
    }
}

fn push_if(pieces: &mut Vec<Piece>, piece: Piece) {
    let (Piece::Thinking(text) | Piece::Answer(text)) = &piece;
    if !text.is_empty() {
        pieces.push(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Thinking and answer of a text that comes in pieces of `length` characters.
    fn split(prompt: &str, text: &str, length: usize) -> (String, String) {
        let mut reasoning = Reasoning::after(prompt);
        let (mut thinking, mut answer) = (String::new(), String::new());
        let characters: Vec<char> = text.chars().collect();
        let pieces = characters
            .chunks(length)
            .map(|piece| piece.iter().collect::<String>());
        let mut all: Vec<Piece> = pieces.flat_map(|piece| reasoning.push(&piece)).collect();
        all.extend(reasoning.finish());
        for piece in all {
            match piece {
                Piece::Thinking(text) => thinking += &text,
                Piece::Answer(text) => answer += &text,
            }
        }
        (thinking, answer)
    }

    #[test]
    fn thinking_is_told_from_the_answer_however_the_text_is_cut() {
        let cases = [
            ("", "<think>\nhm < 3\n</think>\n\nYes.", "\nhm < 3\n", "Yes."),
            ("user\n<think>\n", "hm</think>Yes.", "hm", "Yes."),
            ("", "Yes, <think> is a mark.", "", "Yes, <think> is a mark."),
            ("", "\n[THINK]so[/THINK] No.", "so", "No."),
            ("", "<th", "", "<th"),
            ("<think>", "never ends </thi", "never ends </thi", ""),
            ("", "<think></think>", "", ""),
            ("</think>\n\n", "plain", "", "plain"),
        ];
        for (prompt, text, thinking, answer) in cases {
            for length in 1..=text.len() {
                assert_eq!(
                    split(prompt, text, length),
                    (thinking.to_owned(), answer.to_owned()),
                    "{text}"
                );
            }
        }
    }
}
