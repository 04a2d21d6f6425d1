//! Mails and archives: what is inside is read under its name, with its own place.

use std::io::Cursor;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

const MAIL: &str = "From: Chen Li <chen@example.com>\r\nTo: Quality <qa@example.com>\r\nSubject: =?utf-8?B?5a6J5YWo6Zeo?= torque\r\nDate: Mon, 6 May 2024 08:00:00 +0800\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=gb18030\r\nContent-Transfer-Encoding: base64\r\n\r\nx+vLwrbP1LTOxLz+oaM=\r\n--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=\"torques.csv\"\r\n\r\nPart,Torque\r\nM8,25 Nm\r\nM10,49 Nm\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"tool.exe\"\r\n\r\nMZ\r\n--b--\r\n";

#[test]
fn a_mail_is_read_with_its_attachments_under_their_names() {
    let mail = MAIL.replace(
        "x+vLwrbP1LTOxLz+oaM=",
        &base64(&encoding_rs::GB18030.encode("请先停机再换模具。").0),
    );
    let (outline, blocks) = read("a.eml", mail.as_bytes()).unwrap();
    assert_eq!(outline.title.as_deref(), Some("安全门 torque"));
    assert_eq!(outline.properties["author"], "Chen Li <chen@example.com>");
    assert_eq!(
        shown(&blocks),
        [
            "p Subject: 安全门 torque\nFrom: Chen Li <chen@example.com>\nTo: Quality <qa@example.com>\nDate: 2024-05-06T08:00:00+08:00\nAttachments: torques.csv, tool.exe",
            "p 请先停机再换模具。",
            "row [Part | Torque] M8 | 25 Nm",
            "row [Part | Torque] M10 | 49 Nm",
        ]
    );
    let place = &blocks[3].locator;
    assert_eq!(place.part.as_deref(), Some("torques.csv"));
    assert_eq!(
        (place.rows, place.headings.as_slice()),
        (Some((3, 3)), &["torques.csv".to_owned()][..])
    );
}

#[test]
fn a_mailbox_holds_mails_and_they_hold_attachments() {
    let mail = MAIL.replace("\r\n", "\n");
    let mailbox = format!(
        "From chen@example.com Mon May  6 08:00:00 2024\n{mail}\nFrom li@example.com Tue May  7 08:00:00 2024\nSubject: Shift plan\nFrom: Li <li@example.com>\n\nNight shift is off.\n"
    );
    let (_, blocks) = read("a.mbox", mailbox.as_bytes()).unwrap();
    let parts: Vec<&str> = blocks
        .iter()
        .filter_map(|block| block.locator.part.as_deref())
        .collect();
    assert!(parts.contains(&"1 安全门 torque.eml/torques.csv"), "{parts:?}");
    let last = blocks.last().unwrap();
    assert_eq!(last.text, "Night shift is off.");
    assert_eq!(last.locator.part.as_deref(), Some("2 Shift plan.eml"));
}

#[test]
fn a_message_of_outlook_is_read_with_its_attachments() {
    let unicode = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    // When it was sent: 100 nanoseconds since 1601.
    let mut properties = vec![0; 32];
    properties.extend(0x0039_0040_u32.to_le_bytes());
    properties.extend(0u32.to_le_bytes());
    properties.extend(((1_714_953_600_u64 + 11_644_473_600) * 10_000_000).to_le_bytes());
    let streams: [(&str, Vec<u8>); 6] = [
        ("/__properties_version1.0", properties),
        ("/__substg1.0_0037001F", unicode("Torque of press 4")),
        ("/__substg1.0_0C1A001F", unicode("Chen Li")),
        ("/__substg1.0_0E04001F", unicode("Quality")),
        ("/__substg1.0_1000001F", unicode("See the table.")),
        ("/__substg1.0_3FDE0003", Vec::new()),
    ];
    for (name, bytes) in streams {
        file.create_stream(name).unwrap().write_all(&bytes).unwrap();
    }
    file.create_storage("/__attach_version1.0_#00000000").unwrap();
    for (name, bytes) in [
        ("3707001F", unicode("notes.txt")),
        ("37010102", b"M8 takes 25 Nm.".to_vec()),
    ] {
        let path = format!("/__attach_version1.0_#00000000/__substg1.0_{name}");
        file.create_stream(path).unwrap().write_all(&bytes).unwrap();
    }
    let bytes = file.into_inner().into_inner();
    let (outline, blocks) = read("a.msg", &bytes).unwrap();
    assert_eq!(outline.title.as_deref(), Some("Torque of press 4"));
    assert_eq!(
        shown(&blocks),
        [
            "p Subject: Torque of press 4\nFrom: Chen Li\nTo: Quality\nDate: 2024-05-06T00:00:00Z\nAttachments: notes.txt",
            "p See the table.",
            "p M8 takes 25 Nm.",
        ]
    );
    assert_eq!(blocks[2].locator.part.as_deref(), Some("notes.txt"));
}

#[test]
fn archives_are_folders_whose_files_keep_their_places() {
    let inner = archive(&[("steps.md", "# Steps\n\nOpen the valve.\n")]);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [
        ("docs/torques.csv", b"Part,Torque\nM8,25 Nm\n".as_slice()),
        ("docs/more.zip", &inner),
        ("__MACOSX/docs/._torques.csv", b"rubbish".as_slice()),
        ("tool.exe", b"MZ".as_slice()),
    ] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    let zip = writer.finish().unwrap().into_inner();
    let (_, blocks) = read("a.zip", &zip).unwrap();
    let places: Vec<(Option<&str>, String)> = blocks
        .iter()
        .map(|block| (block.locator.part.as_deref(), block.locator.headings.join(" > ")))
        .collect();
    assert_eq!(
        places,
        [
            (Some("docs/torques.csv"), "docs/torques.csv".to_owned()),
            (
                Some("docs/more.zip/steps.md"),
                "docs/more.zip > steps.md > Steps".to_owned()
            ),
            (
                Some("docs/more.zip/steps.md"),
                "docs/more.zip > steps.md > Steps".to_owned()
            ),
        ]
    );
    assert_eq!(blocks[2].locator.inner_headings(), ["Steps"]);
}

#[test]
fn packed_tars_are_read_too() {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    let text = b"M8 takes 25 Nm.";
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    tar.append_data(&mut header, "notes/torque.txt", text.as_slice())
        .unwrap();
    let bytes = tar.into_inner().unwrap().finish().unwrap();
    for name in ["a.tgz", "a.tar.gz"] {
        let (_, blocks) = read(name, &bytes).unwrap();
        assert_eq!(shown(&blocks), ["p M8 takes 25 Nm."]);
        assert_eq!(blocks[0].locator.part.as_deref(), Some("notes/torque.txt"));
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |bits: u32| char::from(DIGITS[bits as usize & 63]);
    bytes
        .chunks(3)
        .flat_map(|three| {
            let bits = (0..3).fold(0u32, |bits, at| {
                bits << 8 | u32::from(three.get(at).copied().unwrap_or(0))
            });
            let mut four = [
                digit(bits >> 18),
                digit(bits >> 12),
                digit(bits >> 6),
                digit(bits),
            ];
            four[three.len() + 1..].fill('=');
            four
        })
        .collect()
}
