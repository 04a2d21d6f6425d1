//! What bad mails, archives and office files get: limits kept, one bad file inside does not cost the others.

use super::*;

fn zip_of(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_bad_file_in_an_archive_is_named_and_the_others_are_read() {
    let bytes = zip_of(&[
        ("broken.docx", b"not a document at all".to_vec()),
        ("good.txt", b"M8 takes 25 Nm.".to_vec()),
    ]);
    let (outline, blocks) = read("a.zip", &bytes).unwrap();
    assert_eq!(shown(&blocks), ["p M8 takes 25 Nm."]);
    assert_eq!(outline.unread.len(), 1);
    assert_eq!(outline.unread[0].part, "broken.docx");
    assert_eq!(outline.unread[0].reason.code, "damaged");
    let reason = outline.coverage.main_reason().unwrap();
    assert!(
        reason
            .sentence
            .starts_with("in broken.docx: this Word document is damaged"),
        "{reason}"
    );
}

#[test]
fn an_archive_of_which_nothing_can_be_read_says_why() {
    let bytes = zip_of(&[("broken.docx", b"not a document at all".to_vec())]);
    let error = read("a.zip", &bytes).unwrap_err();
    assert_eq!(error.reason().code, "damaged");
    assert!(error.to_string().starts_with("in broken.docx: "), "{error}");
    let outer = zip_of(&[("inner.zip", bytes)]);
    let reason = read("a.zip", &outer).unwrap_err().reason();
    assert!(
        reason
            .sentence
            .starts_with("in inner.zip/broken.docx: this Word document"),
        "{reason}"
    );
}

#[test]
fn bombs_are_refused_as_archives_and_within_them() {
    let zeros = vec![b' '; 64 * 1024 * 1024];
    let bomb = zip_of(&[("a.txt", zeros)]);
    assert!(matches!(
        read("a.zip", &bomb),
        Err(ParseError::CompressedTooWell { .. })
    ));
    let outer = zip_of(&[("bomb.zip", bomb), ("good.txt", b"Stop first.".to_vec())]);
    let (outline, blocks) = read("a.zip", &outer).unwrap();
    assert_eq!(shown(&blocks), ["p Stop first."]);
    assert_eq!(outline.unread[0].reason.code, "compressed-too-well");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        packed.write_all(&vec![0; 1024 * 1024]).unwrap();
    }
    let error = read("a.tar.gz", &packed.finish().unwrap()).unwrap_err();
    assert!(
        matches!(error, ParseError::CompressedTooWell { .. } | ParseError::NoText),
        "{error}"
    );
}

#[test]
fn archives_in_archives_end_somewhere() {
    let mut bytes = zip_of(&[("deepest.txt", b"Nobody comes here.".to_vec())]);
    for _ in 0..10 {
        bytes = zip_of(&[("inner.zip", bytes), ("here.txt", b"Stop first.".to_vec())]);
    }
    let (outline, blocks) = read("a.zip", &bytes).unwrap();
    assert!(
        blocks.len() < 10 && blocks.iter().all(|block| block.text == "Stop first."),
        "{blocks:?}"
    );
    // What lies deeper is named.
    let counts = outline.coverage.counts();
    assert_eq!((counts.text, counts.skipped), (blocks.len() as u64, 2));
    let reason = outline.coverage.main_reason().unwrap();
    assert_eq!(reason.code, "too-deep");
    assert_eq!(
        reason.details["part"],
        "inner.zip/inner.zip/inner.zip/inner.zip/inner.zip"
    );
}

#[test]
fn what_all_files_of_an_archive_unpack_to_is_bounded_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let noise = |seed: u32| -> Vec<u8> {
        (0..40_000u32)
            .map(|n| b'a' + (n.wrapping_mul(seed) >> 13) as u8 % 20)
            .collect()
    };
    std::fs::write(
        &path,
        zip_of(&[("a.txt", noise(7)), ("b.txt", noise(11)), ("c.txt", noise(13))]),
    )
    .unwrap();
    let limits = Limits {
        unpacked_bytes: 100_000,
        ..Limits::default()
    };
    let outcome = Parsers::default().parse(FileKind::Archive, &path, &limits, &mut |_| {
        ControlFlow::Continue(())
    });
    assert!(
        matches!(outcome, Err(ParseError::UnpacksTooLarge { .. })),
        "{outcome:?}"
    );
    let limits = Limits {
        parts: 2,
        ..Limits::default()
    };
    let outcome = Parsers::default().parse(FileKind::Archive, &path, &limits, &mut |_| {
        ControlFlow::Continue(())
    });
    assert!(
        matches!(outcome, Err(ParseError::TooManyParts { .. })),
        "{outcome:?}"
    );
}

/// The same archive, whose first file asks for a password.
fn with_its_first_file_locked(mut zip: Vec<u8>) -> Vec<u8> {
    let end = zip.windows(4).rposition(|bytes| bytes == b"PK\x05\x06").unwrap();
    let list = u32::from_le_bytes(zip[end + 16..end + 20].try_into().unwrap());
    // The flags stand before the file, and in the list at the end.
    for flags in [6, usize::try_from(list).unwrap() + 8] {
        zip[flags] |= 1;
    }
    zip
}

#[test]
fn a_locked_file_in_an_archive_does_not_keep_another_one_from_being_taken_out() {
    let manual = b"%PDF-1.4".to_vec();
    let inner = zip_of(&[
        ("secret.txt", b"Hidden.".to_vec()),
        ("manual.pdf", manual.clone()),
    ]);
    let outer = zip_of(&[
        ("secret.txt", b"Hidden.".to_vec()),
        ("inner.zip", with_its_first_file_locked(inner)),
        ("notes.txt", b"Stop first.".to_vec()),
    ]);
    let bytes = with_its_first_file_locked(outer);
    let (outline, _) = read("a.zip", &bytes).unwrap();
    let unread: Vec<(&str, &str)> = outline
        .unread
        .iter()
        .map(|unread| (unread.part.as_str(), unread.reason.code.as_str()))
        .collect();
    assert_eq!(unread[0], ("secret.txt", "password"));
    assert_eq!(outline.coverage.counts().failed, 3);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    std::fs::write(&path, bytes).unwrap();
    let inside = Inside {
        container: FileKind::Archive,
        part: "inner.zip/manual.pdf".to_owned(),
    };
    let taken_out = Parsers::default().unpack(&path, &inside, &Limits::default());
    let file = taken_out.unwrap().expect("it is there");
    assert_eq!(std::fs::read(file.path()).unwrap(), manual);
}

#[test]
fn truncated_files_of_the_old_formats_are_refused_or_read_as_far_as_they_go() {
    for name in ["old.doc", "old.xls"] {
        let bytes = std::fs::read(case(name)).unwrap();
        for part in [8, 100, bytes.len() / 3, bytes.len() / 2, bytes.len() - 10] {
            if let Err(error) = read(name, &bytes[..part]) {
                let said = error.to_string();
                assert!(
                    said.contains(':') || said.contains(';'),
                    "{name} to {part}: {said}"
                );
            }
        }
    }
}

#[test]
fn what_office_encrypts_asks_for_its_password() {
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    file.create_stream("/EncryptedPackage")
        .unwrap()
        .write_all(&[1; 100])
        .unwrap();
    let bytes = file.into_inner().into_inner();
    for name in ["a.docx", "a.xlsx", "a.pptx", "a.doc", "a.xls", "a.ppt", "a.xlsb"] {
        assert!(
            matches!(read(name, &bytes), Err(ParseError::Password { .. })),
            "{name}"
        );
    }
    let manifest =
        r#"<manifest><file-entry full-path="content.xml"><encryption-data/></file-entry></manifest>"#;
    let bytes = archive(&[("META-INF/manifest.xml", manifest), ("content.xml", "rubbish")]);
    for name in ["a.odt", "a.ods", "a.odp"] {
        assert!(
            matches!(read(name, &bytes), Err(ParseError::Password { .. })),
            "{name}"
        );
    }
}

#[test]
fn groups_and_elements_without_end_are_refused() {
    assert!(matches!(
        read("a.rtf", format!("{{\\rtf1 {}", "{".repeat(1_000_000)).as_bytes()),
        Err(ParseError::NestedTooDeep { .. })
    ));
    assert!(matches!(
        read("a.json", "[".repeat(1_000_000).as_bytes()),
        Err(ParseError::NestedTooDeep { .. })
    ));
    assert!(matches!(
        read(
            "a.xml",
            format!("<?xml version=\"1.0\"?>{}", "<a>".repeat(1_000_000)).as_bytes()
        ),
        Err(ParseError::NestedTooDeep { .. })
    ));
}

#[test]
fn rows_that_repeat_without_end_do_not_fill_the_memory() {
    let content = r#"<document-content><body><spreadsheet><table name="A"><table-row number-rows-repeated="1048576">
        <table-cell number-columns-repeated="16384"><p>x</p></table-cell></table-row></table></spreadsheet></body></document-content>"#;
    let (outline, blocks) = read("a.ods", &archive(&[("content.xml", content)])).unwrap();
    assert_eq!(outline.coverage.pages(), 1);
    assert!(blocks.len() <= 1_000, "{}", blocks.len());
}
