//! Mail: who wrote to whom and when, the text, and the attachments as files inside the file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use mail_parser::mailbox::mbox::MessageIterator;
use mail_parser::{Address, ContentType, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::child::Children;
use super::headings::{Headings, credible_title, one_line};
use super::properties::put;
use super::signature::Signature;
use super::{Limits, Outline, Output, ParseError, Parser, Parsers, encoding, html, lines, msg, pasted};
use crate::domain::{FileKind, Locator};

const WHAT: &str = "mail";

/// Reads `.eml`, `.msg` and `.mbox`.
pub(super) struct MailParser<'parsers> {
    parsers: &'parsers Parsers,
}

impl<'parsers> MailParser<'parsers> {
    /// Attachments are read with `parsers`.
    pub(super) fn new(parsers: &'parsers Parsers) -> Self {
        Self { parsers }
    }
}

impl Parser for MailParser<'_> {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        if Signature::of(path)? == Signature::Compound {
            return msg::read(self.parsers, path, limits, output);
        }
        let mut start = Vec::new();
        File::open(path)
            .and_then(|file| file.take(5).read_to_end(&mut start))
            .map_err(ParseError::from_io)?;
        if start == b"From " {
            return self.mailbox(path, limits, output);
        }
        let bytes = encoding::read_bytes(path, limits)?;
        encoding::refuse_noise(&bytes)?;
        let message = MessageParser::default()
            .parse(&bytes)
            .filter(|message| {
                message
                    .headers()
                    .iter()
                    .any(|header| !header.name.as_str().contains(' '))
            })
            .ok_or_else(|| ParseError::damaged(WHAT, "it has no header"))?;
        let mut children = Children::new(self.parsers, limits);
        let (title, properties) = read_message(&message, limits, &mut children, output)?;
        Ok(Outline {
            title,
            properties,
            ..children.finish()
        })
    }
}

impl MailParser<'_> {
    /// Many mails one after the other: each is a file inside the file, named by its number and subject.
    fn mailbox(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let file = File::open(path).map_err(ParseError::from_io)?;
        let mut children = Children::new(self.parsers, limits);
        for (number, message) in (1..).zip(MessageIterator::new(BufReader::new(file))) {
            let message = message.map_err(|_| ParseError::damaged(WHAT, "the mailbox breaks off"))?;
            let bytes = message.unwrap_contents();
            let name = {
                let read = MessageParser::default().parse_headers(&bytes[..]);
                let subject = read.as_ref().and_then(|read| read.subject()).map(one_line);
                let subject: String = subject.unwrap_or_default().replace(['/', '\\'], "-");
                let subject: String = subject.chars().take(80).collect();
                format!("{number} {subject}").trim().to_owned() + ".eml"
            };
            children.take(&name, &mut &bytes[..], output)?;
        }
        Ok(children.finish())
    }
}

/// Sends a message and its attachments; gives its subject and its properties.
fn read_message(
    message: &Message<'_>,
    limits: &Limits,
    children: &mut Children<'_>,
    output: &mut Output<'_>,
) -> Result<(Option<String>, BTreeMap<String, String>), ParseError> {
    // The text and the web page say the same; the page is better where it has tables.
    let page = message.html_bodies().find_map(|part| match &part.body {
        PartType::Html(page) => Some(page.as_ref()),
        _ => None,
    });
    let attachments = || {
        let attached = message.attachments();
        attached.filter(move |part| !is_ornament(part, page) && !is_signature(part))
    };
    let head = Head {
        subject: message.subject().map(one_line).unwrap_or_default(),
        from: people(message.from()),
        to: people(message.to()),
        cc: people(message.cc()),
        date: message.date().map(|date| date.to_rfc3339()).unwrap_or_default(),
        attachments: attachments().map(name_of).collect(),
    };
    let before = output.blocks();
    head.send(output)?;
    let plain: Vec<&str> = message
        .text_bodies()
        .filter_map(|part| match &part.body {
            PartType::Text(text) => Some(text.as_ref()),
            _ => None,
        })
        .filter(|text| !text.trim().is_empty())
        .collect();
    send_body(&plain, page, limits, output)?;
    children.beside_own_text(before, output);
    for part in attachments() {
        match &part.body {
            PartType::Message(inside) => children.take(&name_of(part), &mut &*inside.raw_message, output)?,
            _ => children.take(&name_of(part), &mut part.contents(), output)?,
        }
    }
    Ok((credible_title(&head.subject), head.properties()))
}

/// The lines above a mail.
#[derive(Debug, Default)]
pub(super) struct Head {
    pub(super) subject: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) cc: String,
    /// As RFC 3339 writes it.
    pub(super) date: String,
    pub(super) attachments: Vec<String>,
}

impl Head {
    /// Sends them as one paragraph.
    pub(super) fn send(&self, output: &mut Output<'_>) -> Result<(), ParseError> {
        let attachments = self.attachments.join(", ");
        let head: Vec<String> = [
            ("Subject", &self.subject),
            ("From", &self.from),
            ("To", &self.to),
            ("Cc", &self.cc),
            ("Date", &self.date),
            ("Attachments", &attachments),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
        output.paragraph(&Locator::default(), head.join("\n"))
    }

    /// The same as properties.
    pub(super) fn properties(&self) -> BTreeMap<String, String> {
        let mut properties = BTreeMap::new();
        for (name, value) in [
            ("subject", &self.subject),
            ("author", &self.from),
            ("created", &self.date),
        ] {
            put(&mut properties, name, value);
        }
        properties
    }
}

/// Sends the body of a mail.
pub(super) fn send_body(
    plain: &[&str],
    page: Option<&str>,
    limits: &Limits,
    output: &mut Output<'_>,
) -> Result<(), ParseError> {
    match page.filter(|page| plain.is_empty() || page.to_ascii_lowercase().contains("<table")) {
        Some(page) => html::send_fragment(page, &mut Headings::default(), limits, output),
        None => {
            for paragraph in plain.iter().flat_map(|text| paragraphs(text)) {
                output.paragraph(&Locator::default(), paragraph)?;
            }
            Ok(())
        }
    }
}

/// Paragraphs of a plain text: wrapped lines are joined, quotation marks of answers taken off.
fn paragraphs(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.trim_start_matches(['>', ' ']).trim_end())
        .collect();
    lines
        .split(|line| line.is_empty())
        .filter(|lines| !lines.is_empty())
        .map(|group| {
            let width = group.iter().map(|line| lines::columns(line)).max().unwrap_or(0);
            let mut text = String::new();
            for (at, line) in group.iter().enumerate() {
                if at > 0 && lines::wrapped(group[at - 1], line, width) {
                    lines::append(&mut text, line);
                } else {
                    if at > 0 {
                        text.push('\n');
                    }
                    text.push_str(line);
                }
            }
            text
        })
        .collect()
}

/// Pictures that stand in the text of the mail and are too small to say anything, such as icons. Many programs give a name
/// for standing there to every attachment.
fn is_ornament(part: &MessagePart<'_>, page: Option<&str>) -> bool {
    let Some(id) = part.content_id() else {
        return false;
    };
    let attached = part.content_disposition().is_some_and(ContentType::is_attachment);
    let is_shown = !attached || page.is_some_and(|page| page.contains(&format!("cid:{id}")));
    let is_picture = part
        .content_type()
        .is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("image"));
    is_picture && is_shown && pasted::is_icon(part.contents())
}

/// What proves who has sent the mail, and has nothing to say beside that.
fn is_signature(part: &MessagePart<'_>) -> bool {
    let subtype = part.content_type().and_then(|kind| kind.subtype());
    subtype.is_some_and(|subtype| {
        let subtype = subtype.to_ascii_lowercase();
        ["pkcs7-signature", "x-pkcs7-signature", "pgp-signature"].contains(&subtype.as_str())
    })
}

fn name_of(part: &MessagePart<'_>) -> String {
    match (part.attachment_name(), &part.body) {
        (Some(name), PartType::Message(_)) if FileKind::of_path(name) != Some(FileKind::Mail) => {
            format!("{name}.eml")
        }
        (Some(name), _) => name.to_owned(),
        (None, PartType::Message(inside)) => {
            let subject = inside.subject().map(one_line).unwrap_or_default();
            let subject: String = subject.replace(['/', '\\'], "-").chars().take(80).collect();
            format!("{}.eml", if subject.is_empty() { "message" } else { &subject })
        }
        (None, PartType::Html(_)) => "attachment.html".to_owned(),
        (None, PartType::Text(_)) => "attachment.txt".to_owned(),
        (None, _) => {
            let subtype = part
                .content_type()
                .and_then(|kind| kind.subtype())
                .unwrap_or("bin");
            format!("attachment.{subtype}")
        }
    }
}

fn people(address: Option<&Address<'_>>) -> String {
    let people =
        address
            .into_iter()
            .flat_map(Address::iter)
            .map(|person| match (person.name(), person.address()) {
                (Some(name), Some(address)) => format!("{name} <{address}>"),
                (Some(one), None) | (None, Some(one)) => one.to_owned(),
                (None, None) => String::new(),
            });
    people
        .filter(|person| !person.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}
