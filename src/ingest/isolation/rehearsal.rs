//! What the process that stands ready does once, so that each reader that is split off need not: it reads small documents of its
//! own making, so that the program's pages that reading takes are at hand, and sees to it that copies of it find them at hand.
//!
//! Most of the time in which a small file is read would else be spent on asking the kernel for one page of the program after
//! the other: a fork leaves those out that can be had from the program's file again.

use std::fs::File;
use std::io::{self, Cursor, Write};
use std::ops::ControlFlow;
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::wire::{self, Instruction, Order, Said};
use crate::domain::FileKind;
use crate::ingest::parse::{Limits, Parsers};

const PAGE: &str = "<!DOCTYPE html><html><head><title>Care</title></head><body><h1>Care of the press</h1><p>It is <b>oiled</b> \
    weekly, see <a href=\"#a\">below</a>.</p><ul><li>Nozzle</li></ul><table><tr><th>Part</th><th>Torque</th></tr><tr><td>M8</td>\
    <td>25 Nm</td></tr></table></body></html>";
const SHEET: &str = "part,torque\nM8,25\nM10,49\n";
const PRESENTATION: [(&str, &str); 4] = [
    (
        "ppt/presentation.xml",
        r#"<p:presentation><p:sldIdLst><p:sldId id="256" r:id="r1"/></p:sldIdLst></p:presentation>"#,
    ),
    (
        "ppt/_rels/presentation.xml.rels",
        r#"<Relationships><Relationship Id="r1" Type="x/slide" Target="slides/slide1.xml"/></Relationships>"#,
    ),
    (
        "ppt/slides/slide1.xml",
        r#"<p:sld><p:cSld><p:spTree><p:sp><p:nvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>Care</a:t></a:r></a:p></p:txBody></p:sp><p:sp><p:spPr><a:xfrm><a:off x="1" y="2"/></a:xfrm></p:spPr><p:txBody><a:p><a:pPr lvl="1"/><a:r><a:t>Oil weekly.</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"#,
    ),
    (
        "docProps/core.xml",
        "<cp:coreProperties><dc:title>Care</dc:title></cp:coreProperties>",
    ),
];

/// Reads what there is to rehearse with. Whatever goes wrong, readers begin as well without it.
pub(super) fn rehearse() {
    let _ = catch_unwind(AssertUnwindSafe(|| {
        let _ = read(FileKind::Html, PAGE.as_bytes());
        let _ = read(FileKind::Csv, SHEET.as_bytes());
        let _ = presentation().and_then(|bytes| read(FileKind::Pptx, &bytes));
    }));
    // One address of the code, of the texts, and of the C library.
    for address in [
        rehearse as fn() as usize,
        PAGE.as_ptr() as usize,
        libc::malloc as *const () as usize,
    ] {
        let _ = take_along(address);
    }
}

/// Has the pages that are at hand around `address` copied with each fork: the kernel does that where one of them is no longer as
/// it is in the file. So one byte is written there that is what it was.
fn take_along(address: usize) -> io::Result<()> {
    let memory = File::options().read(true).write(true).open("/proc/self/mem")?;
    let at = u64::try_from(address).map_err(io::Error::other)?;
    let mut byte = [0];
    memory.read_exact_at(&mut byte, at)?;
    memory.write_all_at(&byte, at)
}

/// What a reader does with an order and a file, but for its bounds.
fn read(kind: FileKind, content: &[u8]) -> io::Result<()> {
    let instruction = Instruction {
        order: Order::Read {
            kind,
            limits: Limits::default(),
        },
        runtime: "/".into(),
        ocr: Default::default(),
        office: None,
        folder: "/".into(),
        memory: u64::MAX,
        locked: false,
    };
    let mut told = Vec::new();
    wire::frame(&instruction, &mut told)?;
    let (_, _): (Instruction, u32) =
        wire::receive(&mut told.as_slice(), wire::LONGEST_FRAME)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let file = in_memory(content)?;
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    let mut blocks = Vec::new();
    let outline = Parsers::default().parse(kind, Path::new(&path), &Limits::default(), &mut |block| {
        blocks.push(block);
        ControlFlow::Continue(())
    });
    let mut said = Vec::new();
    wire::frame(&Said::Blocks(blocks), &mut said)?;
    wire::frame(&Said::Read(outline.map_err(Into::into)), &mut said)
}

/// A file that is on no disk.
fn in_memory(content: &[u8]) -> io::Result<File> {
    // SAFETY: the name ends with a zero; what is opened is owned here alone.
    let mut file = unsafe {
        let file = libc::memfd_create(c"rehearsal".as_ptr(), libc::MFD_CLOEXEC);
        if file < 0 {
            return Err(io::Error::last_os_error());
        }
        File::from_raw_fd(file)
    };
    file.write_all(content)?;
    Ok(file)
}

fn presentation() -> io::Result<Vec<u8>> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in PRESENTATION {
        writer.start_file(name, zip::write::SimpleFileOptions::default())?;
        writer.write_all(content.as_bytes())?;
    }
    Ok(writer.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rehearsed_with_can_be_read() {
        for (kind, content, words) in [
            (FileKind::Html, PAGE.as_bytes().to_vec(), "25 Nm"),
            (FileKind::Csv, SHEET.as_bytes().to_vec(), "M10"),
            (FileKind::Pptx, presentation().unwrap(), "Oil weekly."),
        ] {
            let file = in_memory(&content).unwrap();
            let path = format!("/proc/self/fd/{}", file.as_raw_fd());
            let mut text = String::new();
            Parsers::default()
                .parse(kind, Path::new(&path), &Limits::default(), &mut |block| {
                    text += &block.text;
                    ControlFlow::Continue(())
                })
                .unwrap();
            assert!(text.contains(words), "{kind:?}: {text}");
            read(kind, &content).unwrap();
        }
        rehearse();
    }
}
