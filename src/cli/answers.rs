//! `gemba search` and `gemba ask`: what the browser shows, for the terminal and for scripts. Both read beside a running
//! server.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::{Common, FilterArguments};
use crate::answer::{AnswerId, Ask, WrittenBy};
use crate::app::{Reader, Writers};
use crate::domain::{
    Answer, Citation, Locator, Person, Question, ScoredPassage, Support, Verdict, VerifiedAnswer,
};
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

/// Who can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Generator {
    /// The language model in use where it can, and the documents in any case.
    Best,
    /// The documents' own sentences alone.
    Quotes,
    /// The language model, or nobody.
    Model,
}

impl From<Generator> for WrittenBy {
    fn from(generator: Generator) -> Self {
        match generator {
            Generator::Best => Self::Best,
            Generator::Quotes => Self::Quotes,
            Generator::Model => Self::Model,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct AskArguments {
    /// The question.
    question: String,
    #[command(flatten)]
    filter: FilterArguments,
    /// Who answers.
    #[arg(long, value_enum, default_value_t = Generator::Best)]
    generator: Generator,
    /// The name of the answer that this question follows.
    #[arg(long, value_name = "ANSWER")]
    follows: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn search(common: &Common, arguments: SearchArguments) -> anyhow::Result<ExitCode> {
    let question = Question::parse(&arguments.query)?;
    let reader = Reader::open(&common.configuration(&[])?.values).await?;
    let filter = arguments.filter.filter();
    let staff = Person::at_the_machine().staff();
    let found = reader
        .retriever
        .retrieve(&staff, &question, &filter, arguments.method, arguments.limit)
        .await?;
    reader.retriever.shown(&staff, &question, &found, false);
    // Whoever reads the output may end the program at any line.
    reader.close().await;
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
    let config = common.configuration(&[])?.values;
    let reader = Reader::open(&config).await?;
    if arguments.generator != Generator::Quotes {
        Writers::open(&config)?.load(&reader.route).await;
    }
    let answer = reader
        .answerer
        .answer(
            &Person::at_the_machine().staff(),
            Ask {
                question,
                filter: arguments.filter.filter(),
                follows: arguments.follows.map(AnswerId),
                by: arguments.generator.into(),
            },
        )
        .await?;
    reader.close().await;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&answer)?);
    } else {
        print(&answer);
        if let Some(id) = &answer.id {
            eprintln!("This answer is {id}: ask a follow-up question with --follows {id}");
        }
    }
    Ok(match answer.verdict {
        Verdict::Answered => ExitCode::SUCCESS,
        Verdict::Refused => ExitCode::from(REFUSED),
    })
}

fn print(answer: &Answer) {
    if let Some(understood) = &answer.understood {
        println!("Understood as: {understood}\n");
    }
    if let Some(verified) = &answer.verified {
        let date = chrono::DateTime::from_timestamp_millis(verified.verified_ms).unwrap_or_default();
        println!(
            "Verified by {} on {}:\n",
            owner(verified),
            date.format("%Y-%m-%d")
        );
        for statement in &verified.statements {
            println!("{}", statement.formatting.typed(&statement.text));
            for citation in &statement.citations {
                println!("  {}, {}", citation.path, words(&citation.locator));
            }
        }
        println!();
    }
    if answer.verdict == Verdict::Refused {
        println!("The documents do not answer this question. The nearest passages are:\n");
        for hit in answer.passages.iter().take(3) {
            println!("- {}\n  {}\n", place(hit), excerpt(&hit.passage.text, 200));
        }
        return;
    }
    let mut sources: BTreeMap<u32, String> = BTreeMap::new();
    let mut cite = |citation: &Citation| {
        let place = format!("{}, {}", citation.path, words(&citation.locator));
        sources.insert(citation.number, place.trim_end_matches(", ").to_owned());
        format!(" [{}]", citation.number)
    };
    if let Some(written) = &answer.written {
        for statement in &written.statements {
            let marks: String = statement.citations.iter().map(&mut cite).collect();
            let doubt = match &statement.support {
                Support::Supported => String::new(),
                Support::Missing { words } => {
                    format!(" (check this: {} stands in no passage)", words.join(", "))
                }
                Support::Unsupported => " (check this: no passage bears it out)".to_owned(),
            };
            let said = statement.formatting.typed(&statement.text);
            println!("{said}{marks}{doubt}");
        }
        println!("\nIn the documents' own words:\n");
    }
    for quote in &answer.quotes {
        println!("“{}”{}", quote.spoken(), cite(&quote.citation));
    }
    println!();
    for (number, source) in sources {
        println!("[{number}] {source}");
    }
}

fn owner(verified: &VerifiedAnswer) -> &str {
    if verified.owner.is_empty() {
        "whoever works at this machine"
    } else {
        &verified.owner
    }
}

fn place(hit: &ScoredPassage) -> String {
    format!("{} ({}, {})", hit.title, hit.path, words(&hit.passage.locator)).replace(", )", ")")
}

/// A locator in words.
pub(super) fn words(locator: &Locator) -> String {
    let mut parts = Vec::new();
    parts.extend(locator.part.as_ref().map(|part| format!("in {part}")));
    parts.extend(locator.page.map(|page| format!("page {page}")));
    parts.extend(locator.slide.map(|slide| format!("slide {slide}")));
    parts.extend(locator.sheet.as_ref().map(|sheet| format!("sheet {sheet}")));
    parts.extend(
        locator
            .rows
            .map(|(first, last)| format!("rows {first} to {last}")),
    );
    parts.extend(
        locator
            .time
            .map(|(from, to)| format!("{} to {}", Locator::clock(from), Locator::clock(to))),
    );
    if !locator.inner_headings().is_empty() {
        parts.push(locator.inner_headings().join(" › "));
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
