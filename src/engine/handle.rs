//! The engine's handle: loads a model, takes requests, gives streams.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Instant;

use ort::environment::Environment;
use tokenizers::Tokenizer;

use super::EngineError;
use super::config::ModelShape;
use super::constrain::{Constraint, Form, Forms};
use super::decoder::{self, Provider, Threads};
use super::detokenise::Vocabulary;
use super::events;
use super::memory::{self, Need};
use super::reasoning::{MARK_TEXTS, Reasoning};
use super::request::{Canceller, Generation, Prompt, Request};
use super::scheduler::{Limits, Scheduler};
use super::sequence::Job;
use super::shared::{Figures, Shared};
use super::stop::StopStrings;
use super::template::ChatTemplate;
use super::worker::Worker;

/// How a model is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Answers that are written at the same time.
    pub rows: usize,
    /// Tokens that each of them has room for, its prompt with it; never more than the model can.
    pub context: usize,
    /// Requests that may wait beside them.
    pub waiting: usize,
    /// Tokens of a prompt that are computed between two tokens of those who are reading.
    pub chunk: usize,
    /// The same while prompts queue, and those that are computed at once while nobody is reading.
    pub chunk_alone: usize,
    /// Threads of a step.
    pub threads: Threads,
    /// Where the graph is computed.
    pub provider: Provider,
    /// The graph's file within the folder, where there are several.
    pub file: Option<String>,
    /// Bytes that weights and cache may have; without it, what the machine can still give.
    pub memory: Option<u64>,
    /// Whether beginnings that are computed already are used again.
    pub reuse: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rows: 8,
            context: 4096,
            waiting: 32,
            chunk: 128,
            chunk_alone: 512,
            threads: Threads::default(),
            provider: Provider::default(),
            file: None,
            memory: None,
            reuse: true,
        }
    }
}

/// A model that is loaded. Dropping it ends all its answers at the next step and frees its memory.
pub struct Engine {
    shared: Arc<Shared>,
    shape: ModelShape,
    need: Need,
    threads: Threads,
    pub(super) vocabulary: Arc<Vocabulary>,
    template: Option<ChatTemplate>,
    forms: OnceLock<Result<Forms, String>>,
    window: usize,
    worker: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Engine")
            .field("file", &self.shape.file)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// Loads the model in `folder`. Takes as long as reading its weights does, on the thread that asks.
    ///
    /// # Errors
    ///
    /// All that can be seen from the files and from the memory that is left is refused before a weight is loaded:
    /// [`EngineError::NotAModel`], [`EngineError::Field`], [`EngineError::Malformed`], [`EngineError::Truncated`],
    /// [`EngineError::Read`], [`EngineError::Tokenizer`], [`EngineError::Memory`], [`EngineError::NoGpu`]. What ONNX
    /// Runtime then refuses is [`EngineError::Runtime`].
    pub fn load(environment: &Environment, folder: &Path, options: &Options) -> Result<Self, EngineError> {
        let shape = ModelShape::read(folder, options.file.as_deref())?;
        let vocabulary = read_vocabulary(&shape)?;
        let template = ChatTemplate::read(folder)?;
        let capacity = options.context.clamp(2, shape.context_length.max(2));
        let rows = options.rows.max(1);
        let available = [options.memory, memory::available()].into_iter().flatten().min();
        let (alone, together) = (
            Need::of(&shape, rows, capacity),
            Need::together(&shape, rows, capacity),
        );
        if let Some(available) = available {
            alone.check(&shape, rows, capacity, available)?;
        }
        let decoder = decoder::open(
            environment,
            &shape,
            options.threads,
            options.provider,
            rows,
            capacity,
            available.is_none_or(|available| together.fits(available)),
        )?;
        let need = if decoder.steps_together() { together } else { alone };
        let window = capacity - 1;
        let shared = Arc::new(Shared::new(Scheduler::new(Limits {
            rows,
            window,
            chunk: options.chunk,
            chunk_alone: options.chunk_alone,
            waiting: options.waiting.max(1),
        })));
        let vocabulary = Arc::new(vocabulary);
        let worker = Worker::new(
            Arc::clone(&shared),
            decoder,
            Arc::clone(&vocabulary),
            &shape.eos,
            options.reuse,
        );
        let worker = std::thread::Builder::new()
            .name("engine".to_owned())
            .spawn(move || worker.run())
            .map_err(|error| EngineError::Stopped(error.to_string()))?;
        Ok(Self {
            shared,
            shape,
            need,
            threads: options.threads,
            vocabulary,
            template,
            forms: OnceLock::new(),
            window,
            worker: Some(worker),
        })
    }

    /// What the model's files say of it.
    pub fn shape(&self) -> &ModelShape {
        &self.shape
    }

    /// The memory that it was checked to have.
    pub fn need(&self) -> Need {
        self.need
    }

    /// The threads that compute a step.
    pub fn threads(&self) -> Threads {
        self.threads
    }

    /// The model's chat template, if it was trained to talk.
    pub fn template(&self) -> Option<&ChatTemplate> {
        self.template.as_ref()
    }

    /// Tokens that a prompt and its answer may have together.
    pub fn window(&self) -> usize {
        self.window
    }

    /// The text, changed so little that none of the model's control tokens stands in it: what a stranger wrote may
    /// name one, and would end its message with it.
    pub fn defused(&self, text: &str) -> String {
        self.vocabulary.defused(text)
    }

    /// How many tokens a prompt has. `thinking` as in [`Request::thinking`].
    ///
    /// # Errors
    ///
    /// [`EngineError::Prompt`], as for [`submit`](Self::submit).
    pub fn count_tokens(&self, prompt: &Prompt, thinking: Option<bool>) -> Result<usize, EngineError> {
        Ok(self.tokens(prompt, thinking)?.0.len())
    }

    /// Requests that wait, and answers that are being written.
    pub fn load_now(&self) -> (usize, usize) {
        self.shared.lock().scheduler.load()
    }

    /// What was done since the model was loaded, as of the last step.
    pub fn figures(&self) -> Figures {
        self.shared.lock().figures
    }

    /// Asks for an answer. Waits for nobody; only the first [`Constraint`] takes a moment, for the vocabulary is read.
    ///
    /// # Errors
    ///
    /// [`EngineError::Busy`] if as many wait already as may; [`EngineError::TooLong`] and [`EngineError::EmptyPrompt`]
    /// if it can never be answered; [`EngineError::Prompt`] if the template refuses the messages, or the prompt names
    /// tokens that the model does not have; [`EngineError::Constraint`]; [`EngineError::Stopped`].
    pub fn submit(&self, request: Request) -> Result<Generation, EngineError> {
        let submitted = Instant::now();
        let (prompt, reasoning) = self.tokens(&request.prompt, request.thinking)?;
        let form = request
            .constraint
            .as_ref()
            .map(|constraint| self.form(constraint))
            .transpose()?;
        let most = request
            .max_tokens
            .unwrap_or_else(|| self.window.saturating_sub(prompt.len()))
            .max(1);
        let (sender, events) = events::way();
        let canceller = Canceller::default();
        let mut state = self.shared.lock();
        if state.stopped {
            return Err(EngineError::Stopped(
                "its thread has ended; load the model again".to_owned(),
            ));
        }
        let id = state.next;
        state.scheduler.submit(id, prompt.len(), most)?;
        state.next += 1;
        let job = Job {
            prompt,
            most,
            sampling: request.sampling,
            stop: StopStrings::new(&request.stop),
            reasoning,
            form,
            guess: request.guess,
            ignore_end: request.ignore_end,
            dictated: request.dictated,
            events: sender,
            canceller: canceller.clone(),
            submitted,
        };
        state.jobs.insert(id, job);
        drop(state);
        self.shared.wake();
        Ok(Generation {
            events,
            canceller,
            ended: false,
        })
    }

    /// The tokens of a prompt, and whether it leaves the model thinking.
    fn tokens(&self, prompt: &Prompt, thinking: Option<bool>) -> Result<(Vec<u32>, Reasoning), EngineError> {
        let text = match prompt {
            Prompt::Chat(messages) => {
                let none = || EngineError::Prompt("this model has no chat template".to_owned());
                self.template
                    .as_ref()
                    .ok_or_else(none)?
                    .render(messages, thinking)?
            }
            Prompt::Text(text) => text.clone(),
            Prompt::Tokens(tokens) => {
                if let Some(token) = tokens
                    .iter()
                    .find(|token| **token as usize >= self.shape.vocabulary)
                {
                    return Err(EngineError::Prompt(format!("the model has no token {token}")));
                }
                return Ok((tokens.clone(), Reasoning::after("")));
            }
        };
        Ok((self.vocabulary.encode(&text)?, Reasoning::after(&text)))
    }

    fn form(&self, constraint: &Constraint) -> Result<Form, EngineError> {
        let read = || {
            let tokenizer = self.shape.folder.join("tokenizer.json");
            Forms::read(&tokenizer, self.shape.vocabulary, &self.shape.eos).map_err(|error| error.to_string())
        };
        match self.forms.get_or_init(read) {
            Ok(forms) => forms.form(constraint),
            Err(reason) => Err(EngineError::Constraint(reason.clone())),
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.shared.lock().closing = true;
        self.shared.wake();
        if let Some(worker) = self.worker.take() {
            // It has said all it had to say to those who were reading; a panic in it was printed.
            let _ = worker.join();
        }
    }
}

/// The tokenizer of a model, if it belongs to it.
pub(super) fn read_vocabulary(shape: &ModelShape) -> Result<Vocabulary, EngineError> {
    let path = shape.folder.join("tokenizer.json");
    let bytes = std::fs::read(&path).map_err(|source| EngineError::Read {
        path: path.clone(),
        source,
    })?;
    let mut tokenizer = Tokenizer::from_bytes(bytes).map_err(|error| EngineError::Malformed {
        path: path.clone(),
        reason: error.to_string(),
    })?;
    tokenizer.with_padding(None);
    // What is too long is refused; a prompt that is cut without a word would lose its question.
    let _ = tokenizer.with_truncation(None);
    let vocabulary = Vocabulary::new(tokenizer, MARK_TEXTS);
    let tokens = vocabulary.size();
    if tokens > shape.vocabulary {
        return Err(EngineError::Tokenizer {
            path,
            tokens,
            logits: shape.vocabulary,
        });
    }
    Ok(vocabulary)
}
