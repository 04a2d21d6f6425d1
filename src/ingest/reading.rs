//! One file read apart and cut on a thread of its own: whatever the reader does, it can only fail its file.

use std::any::Any;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::chunk::{ChunkRules, Chunker, Draft};
use super::control::{self, Beginning};
use super::faults::{Faults, Step};
use super::isolation::{Failure, Leash, Readers};
use super::parse::{Limits, Outline, ParseError, RecognisedPage};
use super::times::{Stage, StageClock};
use super::tokens::TokenCounts;
use crate::domain::{DeclaredInside, FileKind, Language};
use crate::embed::Embedder;
use crate::store::RecognisedWords;

/// Passages that are held back until the end of the file, where its title is known at last. Of longer files the
/// passages are sent before that, and the file's name stands in for the title.
const HELD_BACK: usize = 512;
/// Passages of one message.
const TOGETHER: usize = 128;
/// Deeply nested documents are walked by recursion, where they are read in this process.
const STACK_BYTES: usize = 32 << 20;

/// What comes out of a file.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "the large one comes once a file")]
pub(super) enum FromFile {
    /// The next passages.
    Drafts {
        /// The title, if the whole file has been read.
        title: Option<String>,
        /// In reading order.
        drafts: Vec<Draft>,
    },
    /// Nothing more; what the file is, and says of itself as a controlled document.
    End(Result<(Outline, DeclaredInside), Failure>),
    /// It took too long, or stopped answering.
    TimedOut,
}

/// The words of recognised pages as the store keeps them.
pub(super) fn kept_words(pages: &[RecognisedPage]) -> Vec<RecognisedWords> {
    let kept = |page: &RecognisedPage| {
        Some(RecognisedWords {
            part: page.part.clone().unwrap_or_default(),
            page: page.page,
            words: page.words.kept()?,
        })
    };
    pages.iter().filter_map(kept).collect()
}

/// What the thread needs.
pub(super) struct Order {
    pub(super) readers: Readers,
    pub(super) path: PathBuf,
    pub(super) kind: FileKind,
    pub(super) limits: Limits,
    pub(super) embedder: Arc<dyn Embedder>,
    pub(super) tokens: Arc<TokenCounts>,
    pub(super) faults: Faults,
    pub(super) clock: Arc<StageClock>,
}

/// A file that is being read. Dropping it ends the reading.
#[derive(Debug)]
pub(super) struct Reading {
    messages: mpsc::Receiver<FromFile>,
    leash: Leash,
    left: Duration,
}

impl Reading {
    /// Starts to read. The thread waits whenever nobody takes what it has read, so memory stays bounded; only the
    /// time for which somebody waits for *it* counts towards `time`.
    pub(super) fn start(order: Order, time: Duration) -> std::io::Result<Self> {
        let (sender, messages) = mpsc::channel(2);
        let leash = Leash::default();
        let leash_of_thread = leash.clone();
        std::thread::Builder::new()
            .name("read".to_owned())
            .stack_size(STACK_BYTES)
            // Not one of the runtime's own threads: a parser that never returns must not keep the process from ending.
            .spawn(move || {
                let end = catch_unwind(AssertUnwindSafe(|| read(&order, &leash_of_thread, &sender)))
                    .unwrap_or_else(|panic| FromFile::End(Err(Failure::panicked(said(panic.as_ref())))));
                // Nobody is there any more if the session has ended.
                let _ = sender.blocking_send(end);
            })?;
        Ok(Self {
            messages,
            leash,
            left: time,
        })
    }

    /// The next message. After an end none is asked for.
    pub(super) async fn next(&mut self) -> FromFile {
        let start = Instant::now();
        let message = tokio::time::timeout(self.left, self.messages.recv()).await;
        self.left = self.left.saturating_sub(start.elapsed());
        match message {
            Ok(Some(message)) => message,
            Ok(None) => FromFile::End(Err(Failure::panicked("its thread ended".to_owned()))),
            Err(_) => FromFile::TimedOut,
        }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.leash.end();
    }
}

fn read(order: &Order, leash: &Leash, sender: &mpsc::Sender<FromFile>) -> FromFile {
    let count = |text: &str| order.tokens.count(text, &*order.embedder);
    let knows_chinese = order.embedder.knows(Language::Chinese);
    let mut chunker = Chunker::new(
        ChunkRules {
            knows_chinese,
            ..ChunkRules::default()
        },
        &count,
    );
    let mut beginning = Beginning::default();
    let mut held: Vec<Draft> = Vec::new();
    let mut sent_before = false;
    let (mut outside, mut cutting) = (Duration::ZERO, Duration::ZERO);
    let start = Instant::now();
    let outline = order
        .readers
        .read(&order.path, order.kind, &order.limits, leash, &mut |block| {
            let begun = Instant::now();
            beginning.push(&block);
            held.extend(chunker.push(block));
            cutting += begun.elapsed();
            let due = if sent_before { TOGETHER } else { HELD_BACK };
            let flow = if held.len() >= due {
                sent_before = true;
                send(sender, None, std::mem::take(&mut held))
            } else if sender.is_closed() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            };
            outside += begun.elapsed();
            flow
        });
    let begun = Instant::now();
    held.extend(chunker.finish());
    cutting += begun.elapsed();
    order.clock.add(Stage::Chunk, cutting);
    order.clock.add(
        Stage::Parse,
        start
            .elapsed()
            .saturating_sub(outside)
            .saturating_sub(begun.elapsed()),
    );
    // An injected failure here stands for a parser that panics.
    if let Err(error) = order.faults.after(Step::Parsed) {
        let error = ParseError::from_io(std::io::Error::other(error.to_string()));
        return FromFile::End(Err(error.into()));
    }
    let outline = match outline {
        Ok(outline) => outline,
        Err(error) => return FromFile::End(Err(error)),
    };
    // A long file goes by its name in all of its passages, or its first ones would not fit the others.
    let outline = if sent_before {
        Outline {
            title: None,
            ..outline
        }
    } else {
        outline
    };
    if !held.is_empty() && send(sender, outline.title.clone(), held).is_break() {
        return FromFile::End(Err(ParseError::Stopped.into()));
    }
    let declared = control::inside(&outline.properties, &beginning);
    FromFile::End(Ok((outline, declared)))
}

fn send(sender: &mpsc::Sender<FromFile>, title: Option<String>, drafts: Vec<Draft>) -> ControlFlow<()> {
    match sender.blocking_send(FromFile::Drafts { title, drafts }) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    }
}

/// What a panic says.
pub(super) fn said(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
