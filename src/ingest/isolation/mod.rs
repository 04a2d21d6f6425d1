//! Reading files apart: each file is read, and each page drawn, in a process of its own that can do nothing else.
//!
//! Whatever reads foreign bytes runs there: our parsers, pdfium, the programs that a parser starts. The process is this
//! same binary (`gemba parse-worker`), split off for one order and gone after it. It is given the file, already open, an
//! empty folder that is deleted behind it, and bounds of time, memory and open files; it can open no other file and no
//! connection. If it crashes, hangs or eats its memory, that costs its order and nothing else.
//!
//! - `wire`: what the two sides say to each other;
//! - `process`: this side: what is ordered, what is answered, and what an end means;
//! - `starter`, `fork_server`: both sides of the process from which those that read are split off;
//! - `leash`: ends one of them from another thread;
//! - `rehearsal`: what that process does once, so that those split off from it need not;
//! - `worker`: the other side of one;
//! - `confine`: how the other side locks itself in before it looks at the file;
//! - `failure`: what became of a file that could not be read.
//!
//! Invariants: nobody waits for a process that was given up; a process does not outlive the server, nor its folder the
//! next start; nothing that a process says is believed beyond its form.

mod confine;
mod failure;
mod fork_server;
#[cfg(fuzzing)]
pub mod hostile;
mod leash;
mod process;
mod rehearsal;
mod starter;
mod wire;
mod worker;

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::parse::{
    Block, Inside, Limits, Ocr, OfficeFault, Outline, PageOrder, PagePicture, PagePlace, PageShape,
    ParseError, Parsers, PictureError, PlaceOrder,
};
use crate::config::{OcrConfig, OfficeConfig};
use crate::domain::{FileKind, FilePassword, GenerationId};
use crate::ingest::printed::Printed;

pub use confine::Confinement;
pub use failure::Failure;
pub use fork_server::serve;
pub use leash::Leash;
pub use starter::asked;

use process::Workshop;
use wire::{Order, Said};

/// What reads files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Readers {
    kind: Arc<Kind>,
    /// What opens the file that is to be read, or those inside it.
    passwords: Vec<FilePassword>,
}

#[derive(Debug)]
enum Kind {
    /// In a process of its own for each file.
    Apart {
        workshop: Workshop,
        probe: Confinement,
        printed: Printed,
    },
    /// In this process: for tests and benchmarks of what comes after reading.
    Here(Parsers),
}

/// How the pages of Office files are laid out.
#[derive(Debug, Clone, Copy)]
pub struct Printing<'config> {
    /// By which program.
    pub config: &'config OfficeConfig,
    /// Where they are kept.
    pub folder: &'config Path,
}

/// Why no process can be started to read files.
#[derive(Debug, thiserror::Error)]
pub enum IsolationError {
    /// The folder for what is read at the moment.
    #[error("the folder {} cannot be used ({source}): check the disk and who may write there", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The first process did not come up.
    #[error(
        "no process could be started to read files ({0}): check that this account may start programs and has memory left"
    )]
    NotStarted(String),
}

impl Readers {
    /// Reads in processes. `runtime` is the folder of the native libraries, `folder` one that is emptied now and holds
    /// what is being read, `memory` the bytes that one process may take. One process is started at once to see how far
    /// this system locks it in. `ocr` says how text is recognised, `office` how pages are laid out.
    pub fn apart(
        runtime: &Path,
        folder: &Path,
        memory: u64,
        ocr: OcrConfig,
        office: Printing<'_>,
    ) -> Result<Self, IsolationError> {
        let workshop =
            Workshop::open(runtime, folder, memory, ocr, office.config.clone()).map_err(|source| {
                IsolationError::Folder {
                    folder: folder.to_owned(),
                    source,
                }
            })?;
        let probe = workshop.probe().map_err(IsolationError::NotStarted)?;
        let printed = Printed::new(office.folder, office.config.cache_megabytes << 20);
        Ok(Self::of(Kind::Apart {
            workshop,
            probe,
            printed,
        }))
    }

    /// Reads in this process.
    pub fn here(parsers: Parsers) -> Self {
        Self::of(Kind::Here(parsers))
    }

    fn of(kind: Kind) -> Self {
        Self {
            kind: Arc::new(kind),
            passwords: Vec::new(),
        }
    }

    /// The same for a file that these passwords open, or those inside it.
    #[must_use]
    pub fn opening_with(&self, passwords: Vec<FilePassword>) -> Self {
        Self {
            kind: Arc::clone(&self.kind),
            passwords,
        }
    }

    /// How far the processes are locked in; nothing where files are read in this process.
    pub fn confinement(&self) -> Option<&Confinement> {
        match &*self.kind {
            Kind::Apart { probe, .. } => Some(probe),
            Kind::Here(_) => None,
        }
    }

    /// Text recognition, as it is now; none where files are read in this process.
    pub fn ocr(&self) -> Ocr {
        match &*self.kind {
            Kind::Apart { workshop, .. } => workshop.ocr(),
            Kind::Here(_) => Ocr::default(),
        }
    }

    /// How long recognition may take in a file of this format, beside the time for reading it.
    pub(super) fn recognition_time(&self, kind: FileKind) -> Duration {
        if kind.may_be_scanned() || kind.may_hold_pictures() {
            self.ocr().file_time()
        } else {
            Duration::ZERO
        }
    }

    /// Whether pages of PDFs can be drawn.
    pub fn can_draw(&self) -> bool {
        self.confinement().is_some_and(|probe| probe.pdfium)
    }

    /// Reads the file at `path` as `kind` and hands each block to `emit`, which stops the reading with
    /// [`ControlFlow::Break`]. Whoever ends `leash` ends the reading. May panic where files are read in this process.
    pub fn read(
        &self,
        path: &Path,
        kind: FileKind,
        limits: &Limits,
        leash: &Leash,
        emit: &mut dyn FnMut(Block) -> ControlFlow<()>,
    ) -> Result<Outline, Failure> {
        let workshop = match &*self.kind {
            Kind::Apart { workshop, .. } => workshop,
            Kind::Here(parsers) => {
                let parsers = parsers.clone().opening_with(self.passwords.clone());
                return Ok(parsers.parse(kind, path, limits, emit)?);
            }
        };
        let file = File::open(path).map_err(ParseError::from_io)?;
        let order = Order::Read {
            kind,
            limits: limits.clone(),
        };
        let mut worker = workshop.start(&order, Some(file), &self.passwords, leash)?;
        loop {
            match worker.next(limits.characters)? {
                Said::Blocks(blocks) => {
                    for block in blocks {
                        if emit(block).is_break() {
                            return Err(ParseError::Stopped.into());
                        }
                    }
                }
                Said::Read(outcome) => return outcome,
                Said::Panicked(said) => return Err(Failure::panicked(said)),
                other => return Err(Failure::nonsense(&other)),
            }
        }
    }

    /// Draws a page of the PDF in `file`; blocks until it is drawn or `leash` ends. The outer error says that the process
    /// broke off.
    pub fn draw(
        &self,
        file: File,
        order: &PageOrder,
        leash: &Leash,
    ) -> Result<Result<PagePicture, PictureError>, Failure> {
        let mut worker =
            self.workshop()?
                .start(&Order::Draw(order.clone()), Some(file), &self.passwords, leash)?;
        match worker.next(0)? {
            Said::Drawn(Ok(drawn)) => {
                let png = worker.bytes(drawn.bytes)?;
                Ok(Ok(PagePicture {
                    png,
                    width: drawn.width,
                    height: drawn.height,
                    marks: drawn.marks,
                }))
            }
            Said::Drawn(Err(error)) => Ok(Err(error)),
            Said::Panicked(said) => Err(Failure::panicked(said)),
            other => Err(Failure::nonsense(&other)),
        }
    }

    /// The shapes of `pages` of the PDF in `file`, or of the one inside it, counted from 1, in their order.
    pub fn shapes(
        &self,
        file: File,
        inside: Option<&Inside>,
        pages: &[u32],
        leash: &Leash,
    ) -> Result<Result<Vec<PageShape>, PictureError>, Failure> {
        let order = Order::Shapes {
            pages: pages.to_vec(),
            inside: inside.cloned(),
        };
        let mut worker = self
            .workshop()?
            .start(&order, Some(file), &self.passwords, leash)?;
        match worker.next(0)? {
            Said::Shapes(shapes) => Ok(shapes),
            Said::Panicked(said) => Err(Failure::panicked(said)),
            other => Err(Failure::nonsense(&other)),
        }
    }

    /// On which page of the PDF in `file` something stands.
    pub fn find(
        &self,
        file: File,
        order: &PlaceOrder,
        leash: &Leash,
    ) -> Result<Result<PagePlace, PictureError>, Failure> {
        let order = Order::Find(order.clone());
        match self.workshop()?.start(&order, Some(file), &[], leash)?.next(0)? {
            Said::Found(found) => Ok(found),
            Said::Panicked(said) => Err(Failure::panicked(said)),
            other => Err(Failure::nonsense(&other)),
        }
    }

    /// Whether the pages of Office files can be laid out and drawn.
    pub fn can_print(&self) -> bool {
        self.can_draw() && self.workshop().is_ok_and(|workshop| workshop.office().is_some())
    }

    /// How long laying out the pages of a file may take.
    pub fn print_time(&self) -> Duration {
        let office = self.workshop().ok().and_then(Workshop::office);
        office.map_or(Duration::ZERO, |office| office.time())
    }

    /// The laid-out pages of a generation as a PDF, if they are there.
    pub fn printed(&self, generation: GenerationId) -> Option<File> {
        self.cache()?.get(generation)
    }

    /// Lays out the pages of the Office file in `file` and keeps them as those of `generation`; blocks until that is done
    /// or `leash` ends. The outer error says that the process broke off.
    pub fn print(
        &self,
        file: File,
        kind: FileKind,
        generation: GenerationId,
        leash: &Leash,
    ) -> Result<Result<File, OfficeFault>, Failure> {
        let mut worker = self
            .workshop()?
            .start(&Order::Print(kind), Some(file), &[], leash)?;
        let length = match worker.next(0)? {
            Said::Printed(Ok(length)) => length,
            Said::Printed(Err(fault)) => return Ok(Err(fault)),
            Said::Panicked(said) => return Err(Failure::panicked(said)),
            other => return Err(Failure::nonsense(&other)),
        };
        let Some(printed) = self.cache() else {
            return Err(Failure::not_started("files are read in this process".to_owned()));
        };
        Ok(printed
            .put(generation, |to| worker.copy(length, to))
            .map_err(OfficeFault::from))
    }

    /// Deletes the laid-out pages of generations that are gone.
    pub fn forget_printed(&self, generations: &[GenerationId]) {
        if let Some(printed) = self.cache() {
            printed.forget(generations);
        }
    }

    /// The generations of which there are laid-out pages.
    pub fn all_printed(&self) -> Vec<GenerationId> {
        self.cache().map(Printed::generations).unwrap_or_default()
    }

    fn cache(&self) -> Option<&Printed> {
        match &*self.kind {
            Kind::Apart { printed, .. } => Some(printed),
            Kind::Here(_) => None,
        }
    }

    fn workshop(&self) -> Result<&Workshop, Failure> {
        match &*self.kind {
            Kind::Apart { workshop, .. } => Ok(workshop),
            Kind::Here(_) => Err(Failure::not_started("files are read in this process".to_owned())),
        }
    }
}
