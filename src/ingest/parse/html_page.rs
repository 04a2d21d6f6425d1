//! Which parts of an HTML page a reader sees, and which of them are its main text.

use std::borrow::Cow;

use encoding_rs::Encoding;
use scraper::{ElementRef, Html, Node};

use super::headings::{credible_title, one_line};
use super::{Limits, ParseError};

/// The encoding that the page names in its head.
pub(super) fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let after = start.split("charset=").nth(1)?;
    let label: String = after
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_'))
        .collect();
    Encoding::for_label(label.as_bytes())
}

/// The tree builder recurses nowhere, but its time grows with the square of the depth: a page of nothing but opening
/// tags is refused before it is built.
pub(super) fn refuse_deep(markup: &str, limits: &Limits) -> Result<(), ParseError> {
    const OPENING: [&str; 6] = ["<div", "<span", "<table", "<ul", "<blockquote", "<b>"];
    const VOID: u32 = 20;
    let (mut depth, mut deepest) = (0i64, 0i64);
    for (position, _) in markup.match_indices('<') {
        let rest = &markup.as_bytes()[position + 1..];
        if rest.first() == Some(&b'/') {
            depth = (depth - 1).max(0);
        } else if OPENING.iter().any(|name| {
            markup
                .get(position..position + name.len())
                .is_some_and(|tag| tag.eq_ignore_ascii_case(name))
        }) {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    if deepest > i64::from(limits.nesting) * i64::from(VOID) {
        return Err(ParseError::NestedTooDeep {
            limit: limits.nesting,
        });
    }
    Ok(())
}

/// Menus are no text of a page, unless there is hardly anything else on it: then they are given as text.
pub(super) fn without_menus<'text>(text: &'text str, page: &Html) -> Cow<'text, str> {
    let body = page.root_element();
    let all: usize = body
        .descendent_elements()
        .filter(|element| element.value().name() == "body")
        .flat_map(|body| body.text())
        .map(|text| text.trim().len())
        .sum();
    if visible_text(body).len() * 3 > all || !(text.contains("<nav") || text.contains("role=")) {
        return Cow::Borrowed(text);
    }
    let mut text = text.replace("<nav", "<div").replace("</nav", "</div");
    for role in ["navigation", "menu"] {
        text = text.replace(&format!("role=\"{role}\""), "");
    }
    Cow::Owned(text)
}

pub(super) fn page_title(page: &Html) -> Option<String> {
    let title = page
        .root_element()
        .descendent_elements()
        .find(|element| element.value().name() == "title")?;
    credible_title(&title.text().collect::<String>())
}

/// `<main>`, or an `<article>` that stands alone, if it holds most of the text; else the body.
pub(super) fn main_part(root: ElementRef<'_>) -> ElementRef<'_> {
    let body = root
        .child_elements()
        .find(|element| element.value().name() == "body")
        .unwrap_or(root);
    let candidates = |wanted: fn(ElementRef<'_>) -> bool| {
        let mut found = body.descendent_elements().filter(move |element| wanted(*element));
        let first = found.next();
        if found.next().is_none() { first } else { None }
    };
    let main = candidates(|element| element.value().name() == "main" || element.attr("role") == Some("main"))
        .or_else(|| candidates(|element| element.value().name() == "article"));
    match main {
        Some(main) if visible_text(main).chars().count() * 2 >= visible_text(body).chars().count() => main,
        _ => body,
    }
}

pub(super) fn heading_level(name: &str) -> Option<u8> {
    match name {
        "h1" => Some(1),
        "h2" => Some(2),
        "h3" => Some(3),
        "h4" => Some(4),
        "h5" => Some(5),
        "h6" => Some(6),
        _ => None,
    }
}

pub(super) fn is_skipped(element: ElementRef<'_>) -> bool {
    let hidden = element.attr("hidden").is_some()
        || element.attr("aria-hidden") == Some("true")
        || element
            .attr("style")
            .is_some_and(|style| style.replace(' ', "").contains("display:none"));
    let menu = matches!(
        element.attr("role"),
        Some("navigation" | "search" | "menu" | "banner" | "contentinfo")
    );
    hidden
        || menu
        || matches!(
            element.value().name(),
            "script"
                | "style"
                | "nav"
                | "noscript"
                | "template"
                | "svg"
                | "iframe"
                | "object"
                | "head"
                | "button"
                | "select"
                | "datalist"
                | "canvas"
                | "audio"
                | "video"
                | "input"
                | "textarea"
                | "math"
        )
}

pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "section"
            | "article"
            | "main"
            | "aside"
            | "header"
            | "footer"
            | "body"
            | "html"
            | "ul"
            | "ol"
            | "li"
            | "dl"
            | "dt"
            | "dd"
            | "blockquote"
            | "pre"
            | "table"
            | "figure"
            | "figcaption"
            | "form"
            | "fieldset"
            | "address"
            | "details"
            | "summary"
            | "hr"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "center"
            | "caption"
            | "tr"
            | "td"
            | "th"
            | "thead"
            | "tbody"
            | "tfoot"
            | "menu"
            | "hgroup"
            | "legend"
    )
}

/// All text of an element that a reader sees, on one line.
pub(super) fn visible_text(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    // Without recursion: the depth of a page is not ours to choose.
    let mut waiting: Vec<_> = element.children().rev().collect();
    while let Some(node) = waiting.pop() {
        match node.value() {
            Node::Text(piece) => text.push_str(piece),
            Node::Element(inside) => {
                if is_block(inside.name()) || inside.name() == "br" {
                    text.push(' ');
                }
                if ElementRef::wrap(node).is_some_and(|element| !is_skipped(element)) {
                    waiting.extend(node.children().rev());
                }
            }
            _ => {}
        }
    }
    one_line(&text)
}
