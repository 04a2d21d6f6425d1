//! `gemba models try`: lets a model answer by itself, apart from all documents.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use futures::StreamExt;

use super::Installed;
use crate::embed::Runtime;
use crate::engine::{
    Engine, Event, Message, Options, Prompt, Provider, Request, Role, Sampling, Threads, Usage, measure,
};

/// Tokens of the prompts that are measured.
const BENCH_CONTEXT: usize = 512;

#[derive(Debug, Args)]
pub(in crate::cli) struct TryArguments {
    /// The name of an installed model, or a folder with an ONNX export: of onnxruntime-genai's builder, or of optimum
    /// (onnx-community).
    model: PathBuf,
    /// What it is asked.
    #[arg(required_unless_present = "bench")]
    question: Option<String>,
    /// Measure instead how fast it reads and writes, alone and for several at once.
    #[arg(long, conflicts_with = "question")]
    bench: bool,
    /// The graph's file within the folder, where there are several.
    #[arg(long, value_name = "NAME")]
    file: Option<String>,
    /// Tokens that the answer may have.
    #[arg(long, value_name = "COUNT", default_value_t = 256)]
    max_tokens: usize,
    /// Tokens of question and answer together.
    #[arg(long, value_name = "COUNT", default_value_t = 4096)]
    context: usize,
    /// 0 always takes the likeliest token; higher is more varied.
    #[arg(long, default_value_t = 0.0)]
    temperature: f32,
    /// Where the random numbers start.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Threads; one for each processor without it.
    #[arg(long, value_name = "COUNT")]
    threads: Option<usize>,
    /// Compute on an Nvidia GPU, with a GPU build of ONNX Runtime.
    #[arg(long)]
    cuda: bool,
}

pub(super) async fn run(installed: &Installed, arguments: TryArguments) -> anyhow::Result<ExitCode> {
    let Installed { models, config, .. } = installed;
    let id = arguments.model.to_str().unwrap_or_default();
    let (folder, file) = if models.ids().iter().any(|known| known == id) {
        let model = models.find(id)?;
        (model.folder, model.file)
    } else {
        (arguments.model, None)
    };
    let runtime = Runtime::load(&config.runtime)?;
    let options = Options {
        rows: if arguments.bench {
            Options::default().rows
        } else {
            1
        },
        context: if arguments.bench {
            BENCH_CONTEXT + measure::BEYOND
        } else {
            arguments.context
        },
        threads: arguments.threads.map_or_else(Threads::default, Threads),
        provider: if arguments.cuda {
            Provider::Cuda
        } else {
            Provider::Cpu
        },
        file: arguments.file.or(file),
        ..Options::default()
    };
    let engine = Engine::load(runtime.environment(), &folder, &options)?;
    let Some(question) = arguments.question else {
        measure::measure(&engine, BENCH_CONTEXT, &mut |line| println!("{line}"))?;
        return Ok(ExitCode::SUCCESS);
    };
    let prompt = if engine.template().is_some() {
        Prompt::Chat(vec![Message {
            role: Role::User,
            content: question,
        }])
    } else {
        Prompt::Text(question)
    };
    let mut answer = engine.submit(Request {
        max_tokens: Some(arguments.max_tokens),
        sampling: Sampling {
            temperature: arguments.temperature,
            seed: arguments.seed,
            ..Sampling::default()
        },
        ..Request::new(prompt)
    })?;
    let mut output = std::io::stdout();
    while let Some(event) = answer.next().await {
        match event? {
            // Thinking is not the answer: a script that reads the answer does not want it.
            Event::Thinking(text) => eprint!("{text}"),
            Event::Text(text) => {
                output.write_all(text.as_bytes())?;
                output.flush()?;
            }
            Event::Done(usage) => {
                writeln!(output)?;
                eprintln!("{}", told(&usage));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What an answer took, in one line.
fn told(usage: &Usage) -> String {
    let written = usage.total.saturating_sub(usage.first_token).as_secs_f64();
    let rate = if written > 0.0 {
        format!(
            "{:.1} tokens/s",
            usage.answer_tokens.saturating_sub(1) as f64 / written
        )
    } else {
        "too short to be timed".to_owned()
    };
    format!(
        "{} tokens read, the first one written after {:.2} s; {} tokens written, {rate}; {} guessed ahead, {} of them right",
        usage.prompt_tokens,
        usage.first_token.as_secs_f64(),
        usage.answer_tokens,
        usage.guessed_tokens,
        usage.accepted_tokens
    )
}
