//! The models of `tests/cases/models`, and what `transformers` says that they answer.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use futures::executor::block_on_stream;
use ort::environment::Environment;
use serde::Deserialize;

use super::super::decoder::{self, Decoder, Provider, Threads};
use super::super::detokenise::Detokeniser;
use super::super::{Engine, Event, Finish, Generation, Message, ModelShape, Options, Prompt, Request, Usage};

/// What a model answers to a prompt of token ids.
#[derive(Debug, Clone, Deserialize)]
pub struct Answer {
    pub ids: Vec<u32>,
    pub logits: Vec<f32>,
    pub tokens: Vec<u32>,
    pub logits_after: Vec<f32>,
}

#[derive(Debug, Deserialize)]
pub struct Chat {
    pub messages: Vec<Message>,
    pub text: String,
    pub text_without_thinking: Option<String>,
    pub ids: Vec<u32>,
}

#[derive(Debug, Deserialize)]
pub struct Sentence {
    pub text: String,
    pub ids: Vec<u32>,
}

#[derive(Debug, Deserialize)]
pub struct Expected {
    pub prompts: Vec<Answer>,
    pub chat: Chat,
    pub sentence: Sentence,
}

/// One exported model.
#[derive(Debug)]
pub struct Fixture {
    pub folder: PathBuf,
    pub expected: Expected,
}

/// ONNX Runtime's library, where it is installed.
pub fn library() -> Option<PathBuf> {
    let named = std::env::var_os("GEMBA_RUNTIME").map(PathBuf::from);
    let usual = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/gemba/runtime"));
    let library = named.or_else(usual)?.join("libonnxruntime.so");
    library.is_file().then_some(library)
}

pub fn environment() -> &'static Environment {
    static ENVIRONMENT: OnceLock<Environment> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| {
        let library = library().expect("ONNX Runtime is not installed");
        ort::init_from(library)
            .unwrap()
            .with_name("engine")
            .build()
            .unwrap()
    })
}

/// Every fixture that is there, by name.
pub fn all() -> Vec<Fixture> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/models");
    let mut folders = Vec::new();
    for form in ["genai", "optimum"] {
        for entry in std::fs::read_dir(models.join(form)).unwrap() {
            let folder = entry.unwrap().path();
            if folder.join("expected.json").is_file() {
                folders.push(folder);
            }
        }
    }
    folders.sort();
    assert!(!folders.is_empty());
    folders.into_iter().map(|folder| read(&folder)).collect()
}

/// The fixture of this name, such as `genai/qwen3`.
pub fn named(name: &str) -> Fixture {
    read(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/cases/models")
            .join(name),
    )
}

fn read(folder: &Path) -> Fixture {
    let text = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    Fixture {
        expected: serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display())),
        folder: folder.to_owned(),
    }
}

impl Fixture {
    pub fn name(&self) -> String {
        let form = self.folder.parent().unwrap().file_name().unwrap();
        format!(
            "{}/{}",
            form.to_string_lossy(),
            self.folder.file_name().unwrap().to_string_lossy()
        )
    }

    pub fn shape(&self) -> ModelShape {
        ModelShape::read(&self.folder, None).unwrap_or_else(|error| panic!("{}: {error}", self.name()))
    }

    pub fn decoder(&self, rows: usize) -> Box<dyn Decoder> {
        let shape = self.shape();
        let capacity = shape.context_length;
        decoder::open(
            environment(),
            &shape,
            Threads(1),
            Provider::Cpu,
            rows,
            capacity,
            true,
        )
        .unwrap_or_else(|error| panic!("{}: {error}", self.name()))
    }

    pub fn engine(&self, options: &Options) -> Engine {
        let options = Options {
            threads: Threads(1),
            ..options.clone()
        };
        Engine::load(environment(), &self.folder, &options)
            .unwrap_or_else(|error| panic!("{}: {error}", self.name()))
    }
}

impl Answer {
    /// Asks for this answer.
    pub fn request(&self) -> Request {
        Request {
            max_tokens: Some(self.tokens.len()),
            ..Request::new(Prompt::Tokens(self.ids.clone()))
        }
    }
}

/// All of an answer.
#[derive(Debug, Clone)]
pub struct Heard {
    pub thinking: String,
    pub text: String,
    pub usage: Usage,
}

impl Heard {
    /// What was said, thinking and answer together.
    pub fn all(&self) -> String {
        format!("{}{}", self.thinking, self.text)
    }

    pub fn finish(&self) -> Finish {
        self.usage.finish
    }
}

/// Listens to the end.
pub fn hear(generation: Generation) -> Heard {
    let (mut thinking, mut text) = (String::new(), String::new());
    for event in block_on_stream(generation) {
        match event.unwrap() {
            Event::Thinking(piece) => thinking += &piece,
            Event::Text(piece) => text += &piece,
            Event::Done(usage) => {
                return Heard {
                    thinking,
                    text,
                    usage,
                };
            }
        }
    }
    panic!("the answer has no end")
}

/// Few rows and small chunks, so that they meet each other.
pub fn small() -> Options {
    Options {
        rows: 3,
        context: 256,
        chunk: 7,
        chunk_alone: 16,
        ..Options::default()
    }
}

/// What tokens are as a text that comes piece by piece.
pub fn text_of(engine: &Engine, tokens: &[u32]) -> String {
    let mut detokeniser = Detokeniser::new(Arc::clone(&engine.vocabulary));
    let pieces: String = tokens.iter().map(|token| detokeniser.push(*token)).collect();
    pieces + detokeniser.finish().as_str()
}
