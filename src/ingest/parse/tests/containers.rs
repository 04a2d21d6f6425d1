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

/// A message of Outlook with attachments.
fn outlook(attachments: &[(&str, &[u8])]) -> Vec<u8> {
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
    for (number, &(name, bytes)) in attachments.iter().enumerate() {
        let place = format!("/__attach_version1.0_#{number:08X}");
        file.create_storage(&place).unwrap();
        for (property, bytes) in [("3707001F", unicode(name)), ("37010102", bytes.to_vec())] {
            let path = format!("{place}/__substg1.0_{property}");
            file.create_stream(path).unwrap().write_all(&bytes).unwrap();
        }
    }
    file.into_inner().into_inner()
}

#[test]
fn a_message_of_outlook_is_read_with_its_attachments() {
    let bytes = outlook(&[("notes.txt", b"M8 takes 25 Nm.")]);
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

/// A mail that says something, with attachments: what stands above each, and its bytes.
fn mail_with(attachments: &[(&str, &[u8])]) -> Vec<u8> {
    let mut mail = "From: Chen Li <chen@example.com>\r\nSubject: Press 4\r\nMIME-Version: 1.0\r\n\
                    Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
                    The press is tightened on Mondays.\r\n"
        .to_owned();
    for (head, bytes) in attachments {
        mail += &format!(
            "--b\r\n{head}\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            base64(bytes)
        );
    }
    mail += "--b--\r\n";
    mail.into_bytes()
}

fn attached(name: &str) -> String {
    format!("Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{name}\"")
}

#[test]
fn a_mail_whose_attachments_give_no_text_answers_with_its_own_words() {
    let locked = std::fs::read(case("../locked/aes-256.pdf")).unwrap();
    let names = ["broken.docx", "locked.pdf", "photo.png"].map(attached);
    let attachments: Vec<(&str, &[u8])> = names
        .iter()
        .map(String::as_str)
        .zip([b"no document at all".as_slice(), &locked, pasted::PLATE])
        .collect();
    let alone = mail_with(&[]);
    for attachment in &attachments {
        let (outline, blocks) = read("a.eml", &mail_with(&[*attachment])).unwrap();
        assert_eq!(blocks[1].text, "The press is tightened on Mondays.");
        let counts = outline.coverage.counts();
        assert_eq!((counts.text, counts.lacking()), (1, 1), "{attachment:?}");
        assert_eq!(outline.unread.len(), 1);
    }
    let all = mail_with(&attachments);
    let (outline, _) = read("a.eml", &all).unwrap();
    assert_eq!(outline.coverage.locked_part(), Some("locked.pdf"));
    let counts = outline.coverage.counts();
    assert_eq!((counts.text, counts.failed, counts.picture), (1, 2, 1));
    // Every message has words of its own, be they in a message or in a mailbox.
    let outer = mail_with(&[
        (&attached("forwarded.eml"), &all),
        (&attached("alone.eml"), &alone),
    ]);
    let counts = read("a.eml", &outer).unwrap().0.coverage.counts();
    assert_eq!((counts.text, counts.failed, counts.picture), (3, 2, 1));
    let mailbox = [b"From chen@example.com Mon May  6 08:00:00 2024\n".to_vec(), all].concat();
    let counts = read("a.mbox", &mailbox).unwrap().0.coverage.counts();
    assert_eq!((counts.text, counts.failed, counts.picture), (1, 2, 1));
    let message = outlook(&[("broken.docx", b"no document at all"), ("tool.exe", b"MZ")]);
    let counts = read("a.msg", &message).unwrap().0.coverage.counts();
    assert_eq!((counts.text, counts.failed, counts.skipped), (1, 1, 1));
    // A mail of nothing but words has no pages.
    assert_eq!(read("a.eml", &alone).unwrap().0.coverage, Coverage::default());
}

#[test]
fn only_icons_among_the_words_of_a_mail_are_no_attachments() {
    let head = |disposition: &str| {
        format!(
            "Content-Type: image/png; name=\"a.png\"\r\nContent-ID: <a@b>\r\nContent-Disposition: {disposition}"
        )
    };
    for (disposition, picture, is_attached) in [
        ("inline", pasted::ICON, false),
        ("attachment", pasted::ICON, true),
        ("inline", pasted::PLATE, true),
        ("attachment", pasted::PLATE, true),
    ] {
        let (outline, blocks) = read("a.eml", &mail_with(&[(&head(disposition), picture)])).unwrap();
        assert_eq!(
            outline.coverage.counts().picture,
            u64::from(is_attached),
            "{disposition}"
        );
        assert_eq!(
            blocks[0].text.contains("Attachments: "),
            is_attached,
            "{disposition}"
        );
    }
    // What only proves who has sent it is none either.
    let signature = "Content-Type: application/pkcs7-signature; name=\"smime.p7s\"";
    let (outline, _) = read("a.eml", &mail_with(&[(signature, b"0")])).unwrap();
    assert_eq!(outline.coverage, Coverage::default());
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

#[test]
fn every_page_of_every_file_in_an_archive_is_in_the_ledger() {
    let sheets = "<document-content><body><spreadsheet>\
        <table name=\"A\"><table-row><table-cell><p>M8</p></table-cell></table-row></table>\
        <table name=\"B\"><table-row><table-cell><p>M10</p></table-cell></table-row></table>\
        </spreadsheet></body></document-content>";
    let sheets = archive(&[("content.xml", sheets)]);
    let of = |files: &[(&str, &[u8])]| read("a.zip", &pasted::package(files));
    let text = ("notes.txt", b"The pump is primed.".as_slice());
    // One text alone has no pages; where there are more, all of them count.
    assert_eq!(of(&[text]).unwrap().0.coverage, Coverage::default());
    let (outline, _) = of(&[("sheets.ods", &sheets), text]).unwrap();
    assert_eq!(outline.coverage, Coverage::of_text(3));
    let (outline, _) = of(&[
        ("sheets.ods", &sheets),
        text,
        ("hall 2/plan.dwg", b"AC1032"),
        ("later.txt", b""),
        ("__MACOSX/notes.txt", b"rubbish"),
    ])
    .unwrap();
    let counts = outline.coverage.counts();
    assert_eq!(
        (counts.text, counts.skipped, counts.empty, counts.all()),
        (3, 1, 1, 5)
    );
    let reason = outline.coverage.main_reason().unwrap();
    assert_eq!(
        (reason.code.as_str(), reason.details["part"].as_str()),
        ("unread-format", "hall 2/plan.dwg")
    );
    assert_eq!(outline.unread[0].part, "hall 2/plan.dwg");
    // An archive of nothing but what nobody reads can never be searched.
    let error = of(&[("plan.dwg", b"AC1032"), ("tool.exe", b"MZ")]).unwrap_err();
    assert_eq!(error.reason().code, "unread-format");
    assert_eq!(
        (
            error.coverage().counts().skipped,
            error.coverage().is_searchable()
        ),
        (2, false)
    );
}
