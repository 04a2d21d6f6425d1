//! Archives as they are made, cut short and made to do harm.

use std::io::Cursor;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{EntryType, Header};
use zip::write::SimpleFileOptions;

use super::*;

const FILES: [(&str, &[u8]); 2] = [
    ("model/config.json", b"{}"),
    ("model/onnx/model.onnx", b"weights"),
];

fn tar_with(add: impl FnOnce(&mut tar::Builder<Vec<u8>>)) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in FILES {
        let mut header = Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, content).unwrap();
    }
    add(&mut builder);
    builder.into_inner().unwrap()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn zip(add: impl FnOnce(&mut zip::ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in FILES {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    add(&mut writer);
    writer.finish().unwrap().into_inner()
}

/// A tar whose entry has a name that the crate itself would not write.
fn tar_named(name: &str) -> Vec<u8> {
    tar_with(|builder| {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(1);
        header.set_cksum();
        builder.append(&header, &b"x"[..]).unwrap();
    })
}

fn unpacked(content: &[u8], limit: u64) -> Result<Vec<String>, String> {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("model.archive");
    fs::write(&archive, content).unwrap();
    let into = folder.path().join("into");
    fs::create_dir(&into).unwrap();
    unpack(&archive, &into, limit, &|_| {}).map_err(|error| error.to_string())?;
    assert!(!folder.path().join("evil").exists());
    let mut found: Vec<String> = walkdir::WalkDir::new(&into)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().strip_prefix(&into).unwrap().display().to_string())
        .collect();
    found.sort();
    Ok(found)
}

#[test]
fn the_three_kinds_are_told_apart_by_what_is_in_them_and_not_by_their_names() {
    for archive in [tar_with(|_| {}), gzip(&tar_with(|_| {})), zip(|_| {})] {
        assert_eq!(unpacked(&archive, 1_000).unwrap(), FILES.map(|(name, _)| name));
    }
    let error = unpacked(b"this is a letter", 1_000).unwrap_err();
    assert!(error.contains("neither a folder nor an archive"), "{error}");
}

#[test]
fn what_leads_out_of_the_folder_is_refused() {
    let zipped = |name: &'static str| {
        zip(|writer| {
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
        })
    };
    for archive in [
        tar_named("../evil"),
        tar_named("/tmp/evil"),
        tar_named("model/../../evil"),
        gzip(&tar_named("../evil")),
        zipped("../evil"),
        zipped("a/../../evil"),
    ] {
        let error = unpacked(&archive, 1_000).unwrap_err();
        assert!(error.contains("leads out of the folder"), "{error}");
    }
}

#[test]
fn a_link_is_refused_wherever_it_points() {
    for kind in [EntryType::Symlink, EntryType::Link, EntryType::Char] {
        let archive = tar_with(|builder| {
            let mut header = Header::new_gnu();
            header.set_entry_type(kind);
            header.set_size(0);
            builder
                .append_link(&mut header, "model/link", "/etc/passwd")
                .unwrap();
        });
        let error = unpacked(&archive, 1_000).unwrap_err();
        assert!(error.contains("is a link or a device"), "{error}");
    }
    let archive = zip(|writer| {
        writer
            .add_symlink("model/link", "/etc/passwd", SimpleFileOptions::default())
            .unwrap();
    });
    let error = unpacked(&archive, 1_000).unwrap_err();
    assert!(error.contains("is a link or a device"), "{error}");
}

#[test]
fn a_small_archive_that_unpacks_to_much_is_stopped_at_what_there_is_room_for() {
    let zeros = vec![0; 1 << 20];
    let tar = gzip(&tar_with(|builder| {
        let mut header = Header::new_gnu();
        header.set_size(zeros.len() as u64);
        builder
            .append_data(&mut header, "model/bomb", zeros.as_slice())
            .unwrap();
    }));
    let zip = zip(|writer| {
        writer
            .start_file("model/bomb", SimpleFileOptions::default())
            .unwrap();
        writer.write_all(&zeros).unwrap();
    });
    for archive in [tar, zip] {
        assert!(archive.len() < 20_000, "{}", archive.len());
        let error = unpacked(&archive, 500_000).unwrap_err();
        assert!(error.contains("there is room"), "{error}");
        assert_eq!(unpacked(&archive, 2 << 20).unwrap().len(), 3);
    }
}

#[test]
fn an_archive_that_is_cut_short_is_damaged() {
    let large = tar_with(|builder| {
        let mut header = Header::new_gnu();
        header.set_size(100_000);
        builder
            .append_data(&mut header, "model/noise", vec![7; 100_000].as_slice())
            .unwrap();
    });
    for archive in [large.clone(), gzip(&large), zip(|_| {})] {
        let error = unpacked(&archive[..archive.len() * 2 / 3], 1 << 30).unwrap_err();
        assert!(error.contains("cut short or damaged"), "{error}");
    }
}
