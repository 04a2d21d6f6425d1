//! What bad files get: a sentence, bounded memory, never a panic.

use super::*;

#[test]
fn a_quotation_mark_that_is_never_closed_does_not_fill_the_memory() {
    let text = format!("a,b\n1,\"{}", "x,y\n".repeat(4_000_000));
    let error = read("a.csv", text.as_bytes()).unwrap_err();
    assert!(error.to_string().contains("quotation mark"), "{error}");
}

#[test]
fn a_bomb_named_docx_is_refused_in_words_for_an_administrator() {
    let bytes = archive(&[("word/document.xml", &" ".repeat(64 * 1024 * 1024))]);
    let error = read("bomb.docx", &bytes).unwrap_err();
    assert!(error.to_string().contains("attacks"), "{error}");
}

#[test]
fn bad_files_of_every_format_get_a_sentence_and_never_a_panic() {
    let noise: Vec<u8> = (0..50_000u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 11) as u8)
        .collect();
    for kind in FileKind::ALL {
        let name = format!(
            "a.{}",
            match kind {
                FileKind::Markdown => "md",
                FileKind::Text => "txt",
                FileKind::Mail => "eml",
                FileKind::Archive => "zip",
                FileKind::Asciidoc => "adoc",
                FileKind::Subtitles => "srt",
                FileKind::Image => "png",
                kind => kind.as_str(),
            }
        );
        assert!(matches!(read(&name, b""), Err(ParseError::Empty)), "{name}");
        let error = read(&name, &noise).unwrap_err().to_string();
        assert!(error.len() > 40 && error.contains(':'), "{name}: {error}");
        let blank = read(&name, b"  \n \n").unwrap_err();
        assert!(
            matches!(blank, ParseError::NoText | ParseError::Damaged { .. }),
            "{name}: {blank}"
        );
    }
}

#[test]
fn a_file_that_is_gone_or_too_large_is_told_apart() {
    assert!(matches!(
        blocks_of(Path::new("/nowhere/a.txt")),
        Err(ParseError::Gone)
    ));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    std::fs::write(&path, "x".repeat(100)).unwrap();
    let limits = Limits {
        file_bytes: 10,
        ..Limits::default()
    };
    let outcome =
        Parsers::default().parse(FileKind::Text, &path, &limits, &mut |_| ControlFlow::Continue(()));
    assert!(matches!(outcome, Err(ParseError::TooLarge { .. })));
}

#[test]
fn a_large_text_file_is_streamed_in_small_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.txt");
    let line = "spindle 4 started without a blank line anywhere ";
    std::fs::write(&path, line.repeat(200_000)).unwrap();
    let (mut blocks, mut largest, mut characters) = (0, 0, 0);
    Parsers::default()
        .parse(FileKind::Text, &path, &Limits::default(), &mut |block| {
            blocks += 1;
            largest = largest.max(block.text.len());
            characters += block
                .text
                .chars()
                .filter(|character| !character.is_whitespace())
                .count();
            ControlFlow::Continue(())
        })
        .unwrap();
    assert!(
        blocks > 100 && largest < 40_000,
        "{blocks} blocks, the largest of {largest} bytes"
    );
    assert_eq!(
        characters,
        line.chars()
            .filter(|character| !character.is_whitespace())
            .count()
            * 200_000
    );
}

#[test]
fn a_password_is_asked_for_in_plain_words() {
    let (Some(path), Some(_)) = (shared("tabula/encrypted.pdf"), library()) else {
        return;
    };
    let error = blocks_of(&path).unwrap_err();
    assert_eq!(error.reason().code, "pdf-password");
    assert_eq!(
        error.to_string(),
        "this PDF asks for a password: an administrator can give it in the Library; or remove the password and drop the \
         file again"
    );
}

#[test]
fn a_scan_is_not_shown_as_ready() {
    let (Some(path), Some(_)) = (shared("docling/ocr/sources/ocr_test.pdf"), library()) else {
        return;
    };
    let error = blocks_of(&path).unwrap_err();
    assert_eq!(error.reason().code, "ocr-off");
    let counts = error.coverage().counts();
    assert_eq!((counts.picture, counts.all()), (1, 1));
}

#[test]
fn a_truncated_pdf_is_read_as_far_as_it_goes_or_refused() {
    let Some(path) = demo("machines/bh-320-honing-machine-manual.pdf") else {
        return;
    };
    let bytes = std::fs::read(path).unwrap();
    for share in [1, 30, 70, 95] {
        if let Err(error) = read("cut.pdf", &bytes[..bytes.len() * share / 100]) {
            assert!(
                matches!(error, ParseError::Damaged { .. } | ParseError::NoPage { .. }),
                "{error}"
            );
        }
    }
}
