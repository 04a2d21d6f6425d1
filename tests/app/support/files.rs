//! Makes files as people drop them, whole and broken.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;

use crate::pictures::Picture;

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#;

/// A Word document with one paragraph a line of `text`.
pub fn docx(text: &str) -> Vec<u8> {
    docx_with(text, &[])
}

/// The same with further parts: its properties.
pub fn docx_with(text: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let paragraphs: String = text
        .lines()
        .map(|line| format!("<w:p><w:r><w:t>{line}</w:t></w:r></w:p>"))
        .collect();
    let body = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{paragraphs}</w:body></w:document>"#
    );
    let mut entries = vec![
        ("[Content_Types].xml", CONTENT_TYPES.as_bytes()),
        ("word/document.xml", body.as_bytes()),
    ];
    entries.extend(parts.iter().map(|(name, content)| (*name, content.as_bytes())));
    archive(&entries)
}

/// A Word document as Word writes it, with each of `pages` on a page of its own, one paragraph a line.
pub fn docx_of(pages: &[&str]) -> Vec<u8> {
    const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
    const RELATIONSHIPS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
    let mut paragraphs = String::new();
    for (number, page) in pages.iter().enumerate() {
        for (position, line) in page.lines().enumerate() {
            let new_page = if number > 0 && position == 0 {
                "<w:pPr><w:pageBreakBefore/></w:pPr>"
            } else {
                ""
            };
            paragraphs += &format!("<w:p>{new_page}<w:r><w:t>{line}</w:t></w:r></w:p>");
        }
    }
    let body = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{paragraphs}</w:body></w:document>"#
    );
    archive(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", RELATIONSHIPS.as_bytes()),
        ("word/document.xml", body.as_bytes()),
    ])
}

/// A document of Word 6 that says `text`, one paragraph a line: a header that names the version and where the text is.
pub fn word_6(text: &str) -> Vec<u8> {
    const BEGIN: u32 = 0x300;
    let text: Vec<u8> = format!("{text}\n").replace('\n', "\r").into_bytes();
    let length = u32::try_from(text.len()).unwrap();
    let mut stream = vec![0; BEGIN as usize];
    for (at, value) in [(0, 0xA5DC_u16), (2, 101), (4, 0x4020), (6, 0x0409), (12, 101)] {
        stream[at..at + 2].copy_from_slice(&value.to_le_bytes());
    }
    let end = BEGIN + length;
    for (at, value) in [(0x18, BEGIN), (0x1c, end), (0x20, end), (0x34, length)] {
        stream[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    stream.extend(text);
    stream.resize(8_192, 0);
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).unwrap();
    file.create_stream("/WordDocument")
        .unwrap()
        .write_all(&stream)
        .unwrap();
    file.into_inner().into_inner()
}

/// A package of Office with some of its parts changed.
pub fn package_with(package: &[u8], change: impl Fn(&str, String) -> String) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(package)).unwrap();
    let mut entries = Vec::new();
    for number in 0..from.len() {
        let mut entry = from.by_index(number).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let bytes = match String::from_utf8(bytes) {
            Ok(text) => change(&name, text).into_bytes(),
            Err(other) => other.into_bytes(),
        };
        entries.push((name, bytes));
    }
    let entries: Vec<(&str, &[u8])> = entries
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    archive(&entries)
}

/// A Word document of a few kilobytes that unpacks to `megabytes`.
pub fn docx_bomb(megabytes: usize) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    writer.start_file("[Content_Types].xml", options).unwrap();
    writer.write_all(CONTENT_TYPES.as_bytes()).unwrap();
    writer.start_file("word/document.xml", options).unwrap();
    writer
        .write_all(br#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>"#)
        .unwrap();
    let block = vec![b'a'; 1 << 20];
    for _ in 0..megabytes {
        writer.write_all(&block).unwrap();
    }
    writer
        .write_all(b"</w:t></w:r></w:p></w:body></w:document>")
        .unwrap();
    writer.finish().unwrap().into_inner()
}

/// An archive of such parts, as packages of Office are.
pub fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A PDF with one page for each text: letters of 12 points, lines 14 points apart, the first 72 points from the left
/// and 72 below the upper edge.
pub fn pdf(pages: &[&str]) -> Vec<u8> {
    pdf_with(pages, "/MediaBox [0 0 612 792]")
}

/// The same with entries that every page has: its size, how it is cropped and turned.
pub fn pdf_with(pages: &[&str], entries: &str) -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!(
            "<< /Type /Pages /Count {} /Kids [{}] >>",
            pages.len(),
            (0..pages.len())
                .map(|page| format!("{} 0 R ", 4 + 2 * page))
                .collect::<String>()
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    for (page, text) in pages.iter().enumerate() {
        let lines: String = text.lines().map(|line| format!("({line}) Tj T* ")).collect();
        let content = format!("BT /F1 12 Tf 14 TL 72 720 Td {lines}ET");
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R {entries} /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R >>",
            5 + 2 * page
        ));
        objects.push(format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ));
    }
    file_of(objects.into_iter().map(String::into_bytes))
}

/// Objects, numbered from 1, as a PDF whose catalogue is the first.
pub fn file_of(objects: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in objects.enumerate() {
        offsets.push(file.len());
        file.extend_from_slice(format!("{} 0 obj\n", number + 1).as_bytes());
        file.extend_from_slice(&object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let start = file.len();
    let count = offsets.len() + 1;
    file.extend_from_slice(format!("xref\n0 {count}\n0000000000 65535 f \n").as_bytes());
    for offset in offsets {
        file.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
    }
    file.extend_from_slice(
        format!("trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").as_bytes(),
    );
    file
}

/// A page of a PDF of letter size.
pub enum Sheet<'page> {
    /// As [`pdf`] makes them.
    Text(&'page str),
    /// Nothing but a picture.
    Scan(&'page Picture),
    /// The same with words along its lower edge.
    Stamped(&'page Picture, &'page str),
}

/// A PDF of such pages.
pub fn pdf_of(sheets: &[Sheet<'_>]) -> Vec<u8> {
    let stream = |entries: &str, bytes: &[u8]| {
        let mut object = format!("<< {entries} /Length {} >>\nstream\n", bytes.len()).into_bytes();
        object.extend_from_slice(bytes);
        object.extend_from_slice(b"\nendstream");
        object
    };
    let kids: String = (0..sheets.len())
        .map(|at| format!("{} 0 R ", 4 + 3 * at))
        .collect();
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Count {} /Kids [{kids}] >>", sheets.len()).into_bytes(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
    ];
    for (at, sheet) in sheets.iter().enumerate() {
        let (content, picture) = (5 + 3 * at, 6 + 3 * at);
        let resources = format!("/Font << /F1 3 0 R >> /XObject << /Im {picture} 0 R >>");
        objects.push(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << {resources} >> /Contents {content} 0 R >>"
            )
            .into_bytes(),
        );
        match sheet {
            Sheet::Text(text) => {
                let lines: String = text.lines().map(|line| format!("({line}) Tj T* ")).collect();
                let drawn = format!("BT /F1 12 Tf 14 TL 72 720 Td {lines}ET");
                objects.push(stream("", drawn.as_bytes()));
                objects.push(b"null".to_vec());
            }
            Sheet::Scan(picture) | Sheet::Stamped(picture, _) => {
                let words = match sheet {
                    Sheet::Stamped(_, words) => *words,
                    _ => "",
                };
                let lines: String = words.lines().map(|line| format!("({line}) Tj T* ")).collect();
                let drawn = format!("q 612 0 0 792 0 0 cm /Im Do Q BT /F1 8 Tf 10 TL 72 40 Td {lines}ET");
                objects.push(stream("", drawn.as_bytes()));
                let entries = format!(
                    "/Type /XObject /Subtype /Image /Width {} /Height {} /ColorSpace /DeviceRGB /BitsPerComponent 8",
                    picture.width, picture.height
                );
                objects.push(stream(&entries, &picture.pixels));
            }
        }
    }
    file_of(objects.into_iter())
}

/// A PDF of one page whose font says of its letters that they are private ones: it looks well and cannot be copied.
pub fn garbled_pdf(text: &str) -> Vec<u8> {
    pdf_with_letters(text, "1 beginbfrange <20> <7e> <e020> endbfrange")
}

/// The same where it says of each letter that it is the one 29 places before.
pub fn shifted_pdf(text: &str) -> Vec<u8> {
    pdf_with_letters(
        text,
        "2 beginbfrange <20> <20> <0020> <21> <7e> <0004> endbfrange",
    )
}

fn pdf_with_letters(text: &str, ranges: &str) -> Vec<u8> {
    let map = format!(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def \
         1 begincodespacerange <00> <ff> endcodespacerange {ranges} endcmap end end"
    );
    let lines: String = text.lines().map(|line| format!("({line}) Tj T* ")).collect();
    let drawn = format!("BT /F1 12 Tf 14 TL 72 720 Td {lines}ET");
    let stream = |content: &str| format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len());
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Count 1 /Kids [4 0 R] >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents 5 0 R >>"
            .to_owned(),
        stream(&drawn),
        stream(&map),
    ];
    file_of(objects.into_iter().map(String::into_bytes))
}

/// A PDF that asks for a password before it can be opened: its dictionary names an encryption with a user password.
pub fn pdf_with_password() -> Vec<u8> {
    let plain = String::from_utf8(pdf(&["Secret."])).unwrap();
    let key = "28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A";
    let encrypted = plain.replace(
        "/Root 1 0 R >>",
        &format!(
            "/Root 1 0 R /ID [<00112233445566778899AABBCCDDEEFF> <00112233445566778899AABBCCDDEEFF>] \
             /Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -44 /O <{key}> /U <{key}> >> >>"
        ),
    );
    encrypted.into_bytes()
}

/// Bytes that are no text and no format: the same every time.
pub fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[3]
        })
        .collect()
}

/// A TIFF of such pages, black and white, packed as office scanners do: G4, in one strip.
pub fn tiff_g4(pages: &[&Picture]) -> Vec<u8> {
    let mut file = b"II\x2a\x00\x00\x00\x00\x00".to_vec();
    let mut link = 4;
    for page in pages {
        let mut encoder = fax::encoder::Encoder::new(fax::VecWriter::new());
        let width = u16::try_from(page.width).unwrap();
        for row in page.pixels.chunks_exact(3 * page.width as usize) {
            let colours = row.chunks_exact(3).map(|pixel| match pixel[0] {
                ..128 => fax::Color::Black,
                _ => fax::Color::White,
            });
            encoder.encode_line(colours, width).unwrap();
        }
        let strip = encoder.finish().unwrap().finish();
        let offset = u32::try_from(file.len()).unwrap();
        let length = u32::try_from(strip.len()).unwrap();
        file.extend_from_slice(&strip);
        let directory = u32::try_from(file.len()).unwrap();
        file[link..link + 4].copy_from_slice(&directory.to_le_bytes());
        let entries: [(u16, u32); 8] = [
            (256, page.width),
            (257, page.height),
            (258, 1),
            (259, 4),
            (262, 0),
            (273, offset),
            (278, page.height),
            (279, length),
        ];
        file.extend_from_slice(&[8, 0]);
        for (tag, value) in entries {
            file.extend_from_slice(&tag.to_le_bytes());
            file.extend_from_slice(&[4, 0, 1, 0, 0, 0]);
            file.extend_from_slice(&value.to_le_bytes());
        }
        link = file.len();
        file.extend_from_slice(&[0; 4]);
    }
    file
}

/// A presentation of two slides: one with words, one with nothing but a picture.
pub fn pptx_with_picture(words: &str, picture: &Picture) -> Vec<u8> {
    let slide = |shape: &str| format!("<p:sld><p:cSld><p:spTree>{shape}</p:spTree></p:cSld></p:sld>");
    let first = slide(&format!(
        "<p:sp><p:txBody><a:p><a:r><a:t>{words}</a:t></a:r></a:p></p:txBody></p:sp>"
    ));
    let second = slide(r#"<p:pic><p:blipFill><a:blip r:embed="r1"/></p:blipFill></p:pic>"#);
    archive(&[
        ("[Content_Types].xml", CONTENT_TYPES.as_bytes()),
        (
            "ppt/presentation.xml",
            br#"<p:presentation><p:sldIdLst><p:sldId r:id="r1"/><p:sldId r:id="r2"/></p:sldIdLst></p:presentation>"#,
        ),
        (
            "ppt/_rels/presentation.xml.rels",
            br#"<Relationships><Relationship Id="r1" Type="x/slide" Target="slides/slide1.xml"/><Relationship Id="r2" Type="x/slide" Target="slides/slide2.xml"/></Relationships>"#,
        ),
        ("ppt/slides/slide1.xml", first.as_bytes()),
        ("ppt/slides/slide2.xml", second.as_bytes()),
        (
            "ppt/slides/_rels/slide2.xml.rels",
            br#"<Relationships><Relationship Id="r1" Type="x/image" Target="../media/image1.png"/></Relationships>"#,
        ),
        ("ppt/media/image1.png", &picture.png()),
    ])
}
