//! `gemba search` and `gemba ask`: what the browser shows, for the terminal and for scripts. Both read beside a running
//! server.

use std::process::ExitCode;

use clap::Args;

use super::{Common, FilterArguments};
use crate::answer::Ask;
use crate::app::Reader;
use crate::domain::{Answer, Locator, Question, ScoredPassage, Verdict};
use crate::retrieve::Method;

/// Exit status of `ask` when the documents do not tell.
const REFUSED: u8 = 4;

#[derive(Debug, Args)]
pub(super) struct SearchArguments {
    /// Words, codes, or "a phrase in quotes".
    query: String,
    #[command(flatten)]
    filter: FilterArguments,
    /// How many passages.
    #[arg(long, default_value_t = 10, value_name = "NUMBER")]
    limit: usize,
    /// Which indexes are asked.
    #[arg(long, default_value = "hybrid")]
    method: Method,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct AskArguments {
    /// The question.
    question: String,
    #[command(flatten)]
    filter: FilterArguments,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn search(common: &Common, arguments: SearchArguments) -> anyhow::Result<ExitCode> {
    let question = Question::parse(&arguments.query)?;
    let reader = Reader::open(&common.configuration(&[])?.values).await?;
    let filter = arguments.filter.filter();
    let found = reader
        .retriever
        .retrieve(&question, &filter, arguments.method, arguments.limit)
        .await?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&found)?);
    } else if found.is_empty() {
        println!("Nothing was found.");
    }
    if !arguments.json {
        for (position, hit) in found.iter().enumerate() {
            println!("{}. {}", position + 1, place(hit));
            println!("   {}\n", excerpt(&hit.passage.text, 300));
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn ask(common: &Common, arguments: AskArguments) -> anyhow::Result<ExitCode> {
    let question = Question::parse(&arguments.question)?;
    let reader = Reader::open(&common.configuration(&[])?.values).await?;
    let answer = reader
        .answerer
        .answer(Ask {
            filter: arguments.filter.filter(),
            ..Ask::new(question)
        })
        .await?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&answer)?);
    } else {
        print(&answer);
    }
    Ok(match answer.verdict {
        Verdict::Answered => ExitCode::SUCCESS,
        Verdict::Refused => ExitCode::from(REFUSED),
    })
}

fn print(answer: &Answer) {
    if answer.verdict == Verdict::Refused {
        println!("The documents do not answer this question. The nearest passages are:\n");
        for hit in answer.passages.iter().take(3) {
            println!("- {}\n  {}\n", place(hit), excerpt(&hit.passage.text, 200));
        }
        return;
    }
    let mut sources: Vec<(u32, String)> = Vec::new();
    for quote in &answer.quotes {
        println!("“{}” [{}]", quote.text, quote.citation.number);
        if sources.iter().all(|(number, _)| *number != quote.citation.number) {
            let place = format!("{}, {}", quote.citation.path, words(&quote.citation.locator));
            sources.push((quote.citation.number, place.trim_end_matches(", ").to_owned()));
        }
    }
    println!();
    for (number, source) in sources {
        println!("[{number}] {source}");
    }
}

fn place(hit: &ScoredPassage) -> String {
    format!("{} ({}, {})", hit.title, hit.path, words(&hit.passage.locator)).replace(", )", ")")
}

/// A locator in words.
fn words(locator: &Locator) -> String {
    let mut parts = Vec::new();
    parts.extend(locator.page.map(|page| format!("page {page}")));
    parts.extend(locator.slide.map(|slide| format!("slide {slide}")));
    parts.extend(locator.sheet.as_ref().map(|sheet| format!("sheet {sheet}")));
    parts.extend(
        locator
            .rows
            .map(|(first, last)| format!("rows {first} to {last}")),
    );
    if !locator.headings.is_empty() {
        parts.push(locator.headings.join(" › "));
    }
    parts.join(", ")
}

/// The first characters of a text on one line.
fn excerpt(text: &str, characters: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= characters {
        return line;
    }
    let cut: String = line.chars().take(characters).collect();
    format!("{cut}…")
}
