//! The other side: the process that reads one file, or draws one page, and is gone.

use std::convert::Infallible;
use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::confine::{Allowed, Lock};
use super::wire::{self, Drawn, Instruction, Order, Said};
use super::{Confinement, Failure};
use crate::domain::{FileKind, FilePassword};
use crate::ingest::parse::office;
use crate::ingest::parse::{
    Block, Inside, Limits, Office, OfficeFault, Outline, PDF_LIBRARY, PagePicture, PagePlace, PageShape,
    ParseError, Parsers, PdfLibraryAt, PictureError,
};
use crate::ingest::reading::said;

/// Deeply nested documents are walked by recursion.
const STACK_BYTES: usize = 32 << 20;
/// Blocks, or bytes of them, that are sent together.
const TOGETHER: usize = 64;
const BYTES_TOGETHER: usize = 64 << 10;
/// A file inside a file that takes longer to be unpacked is given up.
const TAKING_OUT: Duration = Duration::from_secs(10);
/// The file, as parsers know it: it was opened by the server, its name is of no use here.
const ITS_FILE: &str = "/proc/self/fd/0";

/// Does what the instruction says that comes over `to`, answers there, then ends. Standard input is the file.
pub(super) fn serve(to: UnixStream, lock: Lock<'_>) -> ! {
    let Err(error) = begin(to, lock);
    end(Err(error))
}

/// Ends this process at once: nothing that it holds is worth putting away, and whatever it wrote has been sent.
fn end(outcome: io::Result<()>) -> ! {
    let code = match outcome {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("{error}");
            1
        }
    };
    // SAFETY: it ends the process without running anything more of it.
    unsafe { libc::_exit(code) }
}

fn begin(mut to: UnixStream, lock: Lock<'_>) -> io::Result<Infallible> {
    let Some((instruction, _)) = wire::receive::<Instruction>(&mut to, wire::LONGEST_FRAME)? else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    move_into(&instruction.folder)?;
    let passwords: Vec<FilePassword> = if instruction.locked {
        let told = wire::receive::<Vec<String>>(&mut to, wire::LONGEST_PASSWORDS)?;
        let texts = told.map(|(texts, _)| texts).unwrap_or_default();
        texts.iter().filter_map(|text| FilePassword::new(text)).collect()
    } else {
        Vec::new()
    };
    let file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let confinement = lock.confine(Allowed {
        file: &file,
        runtime: &instruction.runtime,
        folder: &instruction.folder,
        memory: instruction.memory,
        office: instruction.office.is_some(),
    });
    if instruction.office.is_some() {
        office::adopt();
    }
    let from = to.try_clone()?;
    let mut after_a_panic = to.try_clone()?;
    // Threads inherit the bounds of the one that starts them.
    std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let done = catch_unwind(AssertUnwindSafe(|| {
                work(to, file, instruction, passwords, confinement)
            }));
            end(done.unwrap_or_else(|panic| {
                wire::send(&mut after_a_panic, &Said::Panicked(said(panic.as_ref())))
            }))
        })?;
    end_with_the_server(from)
}

fn work(
    mut to: UnixStream,
    file: File,
    instruction: Instruction,
    passwords: Vec<FilePassword>,
    mut confinement: Confinement,
) -> io::Result<()> {
    let library = PdfLibraryAt::new(instruction.runtime.join(PDF_LIBRARY));
    match instruction.order {
        Order::Probe => {
            confinement.try_doors(&instruction.folder, instruction.memory);
            confinement.pdfium = library.load().is_some();
            wire::send(&mut to, &Said::Ready(confinement))
        }
        Order::Read { kind, limits } => {
            let ocr = if limits.recognise {
                instruction.ocr
            } else {
                instruction.ocr.put_off()
            };
            let parsers = Parsers::new(library, ocr.clone()).opening_with(passwords);
            let mut sending = Sending {
                to,
                blocks: Vec::new(),
                bytes: 0,
            };
            let outcome = parsers.parse(kind, Path::new(ITS_FILE), &limits, &mut |block| {
                sending.take(block)
            });
            let unrecognised = ocr.was_needed();
            let outcome = match outcome {
                Ok(outline) => Ok(Outline {
                    unrecognised,
                    ..outline
                }),
                Err(_) if unrecognised && ocr.is_put_off() => Err(Failure::put_off()),
                Err(error) => Err(error.into()),
            };
            sending.end(outcome)
        }
        Order::Draw(order) => {
            let drawn = taken_out(file, order.inside.as_ref(), order.time).and_then(|file| {
                PagePicture::draw(library.load(), file, &order, &passwords, &AtomicBool::new(false))
            });
            send_picture(&mut to, drawn)
        }
        Order::Shapes { pages, inside } => {
            let shapes = taken_out(file, inside.as_ref(), TAKING_OUT)
                .and_then(|file| PageShape::of(library.load(), file, &pages, &passwords));
            wire::send(&mut to, &Said::Shapes(shapes))
        }
        Order::Find(order) => {
            let found = PagePlace::find(library.load(), file, &order);
            wire::send(&mut to, &Said::Found(found))
        }
        Order::Print(kind) => print(&mut to, instruction.office, file, kind),
    }
}

/// The file whose pages are meant: the one that came with the order, or one inside it, which is unpacked into the folder of
/// this process.
fn taken_out(file: File, inside: Option<&Inside>, time: Duration) -> Result<File, PictureError> {
    let Some(inside) = inside else {
        return Ok(file);
    };
    let limits = Limits {
        time,
        ..Limits::default()
    };
    // It is read under its name in the system: parsers open files themselves.
    match Parsers::default().unpack(Path::new(ITS_FILE), inside, &limits) {
        Ok(Some(found)) => found.reopen().map_err(|_| PictureError::Damaged),
        Ok(None) => Err(PictureError::NoSuchFile),
        Err(ParseError::TimedOut { seconds }) => Err(PictureError::TooSlow { seconds }),
        Err(_) => Err(PictureError::Damaged),
    }
}

fn print(to: &mut UnixStream, office: Option<Office>, mut file: File, kind: FileKind) -> io::Result<()> {
    let missing = || OfficeFault::from(io::Error::from(io::ErrorKind::NotFound));
    let made = office
        .ok_or_else(missing)
        .and_then(|office| office.lay_out(&mut file, kind));
    let opened = made.and_then(|path| {
        let pages = File::open(path)?;
        let length = u32::try_from(pages.metadata()?.len()).map_err(io::Error::other)?;
        Ok((pages, length))
    });
    match opened {
        Ok((pages, length)) => {
            wire::send(to, &Said::Printed(Ok(length)))?;
            io::copy(&mut pages.take(length.into()), to).map(drop)
        }
        Err(fault) => wire::send(to, &Said::Printed(Err(fault))),
    }
}

fn send_picture(to: &mut UnixStream, drawn: Result<PagePicture, PictureError>) -> io::Result<()> {
    match drawn {
        Ok(picture) => {
            let drawn = Drawn {
                bytes: u32::try_from(picture.png.len()).map_err(io::Error::other)?,
                width: picture.width,
                height: picture.height,
                marks: picture.marks,
            };
            wire::send(to, &Said::Drawn(Ok(drawn)))?;
            to.write_all(&picture.png)
        }
        Err(error) => wire::send(to, &Said::Drawn(Err(error))),
    }
}

/// Sends blocks, some together.
struct Sending {
    to: UnixStream,
    blocks: Vec<Block>,
    bytes: usize,
}

impl Sending {
    fn take(&mut self, block: Block) -> ControlFlow<()> {
        self.bytes += block.text.len();
        self.blocks.push(block);
        if self.blocks.len() < TOGETHER && self.bytes < BYTES_TOGETHER {
            return ControlFlow::Continue(());
        }
        match self.flush() {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.bytes = 0;
        wire::send(&mut self.to, &Said::Blocks(std::mem::take(&mut self.blocks)))
    }

    /// Sends the last blocks with what became of the file.
    fn end(mut self, outcome: Result<Outline, Failure>) -> io::Result<()> {
        let mut last = Vec::new();
        if !self.blocks.is_empty() {
            wire::frame(&Said::Blocks(self.blocks), &mut last)?;
        }
        wire::frame(&Said::Read(outcome), &mut last)?;
        self.to.write_all(&last)
    }
}

/// Makes `folder` the place of this process, and of the programs that it starts.
fn move_into(folder: &Path) -> io::Result<()> {
    for home in ["HOME", "TMPDIR"] {
        // SAFETY: this process still has one thread.
        unsafe {
            std::env::set_var(home, folder);
        }
    }
    std::env::set_current_dir(folder)
}

/// Ends this process and all that it started when the server is gone: it never says anything, so whatever comes is its
/// end. Where the work is done before that, the process ends with it.
fn end_with_the_server(mut from: UnixStream) -> ! {
    let _ = from.read(&mut [0]);
    // SAFETY: it sends a signal to the group that was made for this process.
    unsafe {
        libc::kill(0, libc::SIGKILL);
    }
    end(Ok(()))
}
