//! A language model on this machine, as it writes: messages in, text out.

use crate::domain::Language;
use crate::engine::{Engine, EngineError, Generation, Message, Prompt, Request, Role};

/// What is known of a language model besides its weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The name by which it is chosen.
    pub id: String,
    /// The languages that it writes; empty if nobody said.
    pub languages: Vec<Language>,
    /// Whether it only shows how things work: it can copy sentences, and nothing else.
    pub demonstration: bool,
    /// Tokens that an answer may have.
    pub answer_tokens: usize,
    /// Tokens that the passages of a question may have together: what they cost is time before the first word.
    pub passage_tokens: usize,
}

/// Why a model writes nothing.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// As many wait for it as may.
    #[error("the language model is busy: {waiting} questions are waiting; try again")]
    Busy {
        /// How many.
        waiting: usize,
    },
    /// The engine refused or failed.
    #[error(transparent)]
    Engine(EngineError),
}

impl From<EngineError> for GenerateError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Busy { waiting } => Self::Busy { waiting },
            other => Self::Engine(other),
        }
    }
}

/// A loaded model with its profile. Dropping it ends its answers: whoever reads one keeps it alive.
#[derive(Debug)]
pub struct Local {
    engine: Engine,
    profile: Profile,
    /// Whether its template knows rules that stand apart from what a person says.
    takes_rules: bool,
}

impl Local {
    /// A model that writes.
    pub fn new(engine: Engine, profile: Profile) -> Self {
        let takes_rules = engine.template().is_none_or(|template| {
            let said = [Role::System, Role::User].map(|role| Message {
                role,
                content: "Hello.".to_owned(),
            });
            template.render(&said, Some(false)).is_ok()
        });
        Self {
            engine,
            profile,
            takes_rules,
        }
    }

    /// What is known of it.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Bytes of memory that it has for itself: weights and cache.
    pub fn memory(&self) -> u64 {
        let need = self.engine.need();
        need.weights.saturating_add(need.cache)
    }

    /// Answers that are being written, and questions that wait.
    pub fn load(&self) -> (usize, usize) {
        let (waiting, writing) = self.engine.load_now();
        (writing, waiting)
    }

    /// Whether it writes `language`, as far as is known.
    pub fn writes(&self, language: Language) -> bool {
        self.profile.languages.is_empty() || self.profile.languages.contains(&language)
    }

    /// Tokens that prompt and answer may have together.
    pub fn window(&self) -> usize {
        self.engine.window()
    }

    /// How many tokens the messages have as a prompt.
    ///
    /// # Errors
    ///
    /// [`GenerateError::Engine`] if the model's template refuses them.
    pub fn count(&self, messages: &[Message]) -> Result<usize, GenerateError> {
        Ok(self.engine.count_tokens(&self.prompt(messages), Some(false))?)
    }

    /// How many tokens a text has within a message.
    ///
    /// # Errors
    ///
    /// [`GenerateError::Engine`] if the tokenizer fails on it.
    pub fn count_text(&self, text: &str) -> Result<usize, GenerateError> {
        let prompt = Prompt::Text(self.engine.defused(text));
        Ok(self.engine.count_tokens(&prompt, Some(false))?)
    }

    /// Goes on from the messages with the likeliest words, at most `tokens` of them. Models that can think before they
    /// answer are told not to.
    ///
    /// # Errors
    ///
    /// [`GenerateError::Busy`], [`GenerateError::Engine`].
    pub fn write(&self, messages: &[Message], tokens: usize) -> Result<Generation, GenerateError> {
        Ok(self.engine.submit(Request {
            max_tokens: Some(tokens),
            thinking: Some(false),
            ..Request::new(self.prompt(messages))
        })?)
    }

    /// The prompt of messages. A control token that stands in one, as a document may have it, is only text there.
    fn prompt(&self, messages: &[Message]) -> Prompt {
        let defused = messages.iter().map(|message| Message {
            role: message.role,
            content: self.engine.defused(&message.content),
        });
        let mut messages: Vec<Message> = defused.collect();
        if self.engine.template().is_none() {
            let texts: Vec<String> = messages.into_iter().map(|message| message.content).collect();
            return Prompt::Text(texts.join("\n\n") + "\n");
        }
        if !self.takes_rules && messages.len() > 1 && messages[0].role == Role::System {
            let rules = messages.remove(0).content;
            messages[0].content = format!("{rules}\n\n{}", messages[0].content);
        }
        Prompt::Chat(messages)
    }
}
