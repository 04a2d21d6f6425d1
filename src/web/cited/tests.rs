//! Answers as pages show them.

use proptest::prelude::*;

use crate::answer::marked;
use crate::domain::{
    Bounds, Citation, DocumentId, Formatting, GenerationId, Locator, PassageId, Span, Statement, Support,
};
use crate::web::locale::Locale;

use super::*;

fn quote(number: u32, text: &str, start: u32) -> Quote {
    let length = u32::try_from(text.chars().count()).unwrap();
    Quote {
        text: text.to_owned(),
        citation: Citation {
            number,
            passage: PassageId(i64::from(number)),
            document: DocumentId(7),
            generation: GenerationId(1),
            title: "Press <manual>".to_owned(),
            path: "press/manual.pdf".to_owned(),
            locator: Locator {
                page: Some(3),
                ..Locator::default()
            },
            quote: text.to_owned(),
            span: Span {
                start,
                end: start + length,
            },
        },
        score: 1.0,
        columns: Vec::new(),
    }
}

fn looked(id: i64, text: &str) -> Looked {
    Looked {
        id: PassageId(id),
        document: DocumentId(7),
        locator: Locator::default(),
        text: text.to_owned(),
        title: "Press <manual>".to_owned(),
        path: "press/manual.pdf".to_owned(),
        revision: None,
    }
}

fn whole(quotes: &[Quote], passages: &[Looked], verdict: Verdict) -> String {
    shown(quotes, None, passages, verdict)
}

fn shown(quotes: &[Quote], written: Option<&Written>, looked: &[Looked], verdict: Verdict) -> String {
    let ending = Ending {
        question: "what?",
        collection: "",
        verdict,
        generator: if written.is_some() { "tiny" } else { QUOTES },
        unwritten: None,
        bounds: written.map(|written| written.bounds).unwrap_or_default(),
        duration_ms: 12,
        id: Some("a1"),
        opinion: None,
        permanent: false,
    };
    let shown = Shown {
        understood: None,
        verified: None,
        written,
        quotes,
        looked,
        shapes: &Shapes::default(),
    };
    AnswerPart::whole(Texts::of(Locale::English), shown, ending)
        .unwrap()
        .render()
        .unwrap()
}

#[test]
fn what_a_model_wrote_stands_above_the_quotes_with_its_marks_and_doubts() {
    let statement = |text: &str, number: u32, support: Support| Statement {
        text: text.to_owned(),
        citations: vec![quote(number, "Lock it.", 10).citation],
        support,
        formatting: Formatting::default(),
    };
    let written = Written {
        statements: vec![
            statement("It is locked <first>.", 1, Support::Supported),
            statement(
                "It takes 45 s.",
                2,
                Support::Missing {
                    words: vec!["45".to_owned()],
                },
            ),
        ],
        bounds: Bounds {
            read: 1,
            left_out: 2,
            cut: false,
            repeats: true,
            stopped: false,
        },
        ..Written::default()
    };
    let quotes = [quote(1, "Lock it.", 10)];
    let html = shown(
        &quotes,
        Some(&written),
        &[looked(1, "Stop now. Lock it.")],
        Verdict::Answered,
    );
    let place = |text: &str| html.find(text).unwrap_or_else(|| panic!("no {text} in {html}"));
    assert!(place("It is locked &#60;first&#62;.") < place("It takes 45 s."));
    assert!(place("It takes 45 s.") < place("class=\"doubt\""));
    assert!(place("class=\"doubt\"") < place("own words"));
    assert!(
        html.contains("id=\"source-1\"") && html.contains("id=\"source-2\""),
        "{html}"
    );
    assert!(
        html.contains("2 passages") && html.contains("Written by tiny"),
        "{html}"
    );
    assert!(html.contains("name=\"follows\" value=\"a1\""), "{html}");
    assert!(html.contains("began to repeat itself"), "{html}");
}

/// The list of what a model wrote, as a page shows it.
fn written(wrote: &str) -> String {
    let statements = marked(wrote, 1)
        .into_iter()
        .map(|(marked, formatting)| Statement {
            text: marked.text,
            citations: vec![quote(1, "Lock it.", 10).citation],
            support: Support::Unsupported,
            formatting,
        });
    let written = Written {
        statements: statements.collect(),
        thinking: wrote.to_owned(),
        ..Written::default()
    };
    let html = shown(&[], Some(&written), &[], Verdict::Answered);
    let (_, thinking) = html.split_once("data-thinking-text>").unwrap();
    let (thinking, _) = thinking.split_once("</p>").unwrap();
    assert!(!thinking.contains('<'), "{wrote} became {thinking}");
    let (_, list) = html.split_once("data-statements>").unwrap();
    list.split_once("</ul>").unwrap().0.to_owned()
}

/// The tags of a text.
fn tags(html: &str) -> Vec<&str> {
    let tags = html.split('<').skip(1);
    tags.map(|tag| {
        tag.split_once('>')
            .unwrap_or_else(|| panic!("no end of {tag} in {html}"))
            .0
    })
    .collect()
}

/// Panics unless all tags of a list of sentences are ours, with our attributes and our addresses.
fn is_ours(html: &str, wrote: &str) {
    let mark = "a class=\"cite\" href=\"/documents/7?passage=1&#38;from=10&#38;to=18#cited\" \
                aria-label=\"Source 1: Press &#60;manual&#62;, page 3\" title=\"Source 1: Press &#60;manual&#62;, page 3\"";
    for tag in tags(html) {
        let tag = tag.strip_prefix('/').unwrap_or(tag);
        let known = [
            "li",
            "a",
            "span",
            "strong",
            "em",
            "code",
            "li class=\"sentence sentence-doubtful\"",
            "li class=\"sentence sentence-doubtful sentence-item\"",
            "li class=\"sentence sentence-doubtful sentence-begins\"",
            "span class=\"item-sign\"",
            "span class=\"doubt\"",
            mark,
        ];
        assert!(known.contains(&tag), "{wrote:?} became <{tag}> in {html}");
    }
}

#[test]
fn what_a_model_writes_is_text_and_no_markup_picture_or_link() {
    for wrote in [
        "<script>alert(1)</script>",
        "![a](http://example.org/x.png)",
        "[here](http://example.org) it stands",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "<a href=\"javascript:alert(1)\">a</a>",
        "**<b onclick=alert(1)>**",
        "`<img src=x>`",
        "*<em>*</em>",
        "**bold `code** of` it",
        "***a* b** c*",
        "1. <li><ul onload=a>\n- </li></ul>",
        "# <h1>\n| a | <td> |\n|---|---|",
        "&lt;script&gt; &#60;b&#62;",
        "\" onmouseover=\"alert(1)",
        "<!-- a --> <![CDATA[ b ]]> <?c?>",
        "[1]: http://example.org\n<http://example.org>",
        "**\n**<b>**\n`\n`",
    ] {
        is_ours(&written(wrote), wrote);
    }
}

#[test]
fn of_markdown_the_words_that_stand_out_and_lists_are_shown() {
    let html = written("**Stop** it *now*.\n\n1. Type `E-4021`. Wait.\n2. Lock it.");
    for part in [
        "sentence-doubtful\"><strong>Stop</strong> it <em>now</em>.",
        "sentence-item\"><span class=\"item-sign\">1.</span> Type <code>E-4021</code>.",
        "sentence-item\">Wait.",
        "<span class=\"item-sign\">2.</span> Lock it.",
    ] {
        assert!(html.contains(part), "no {part} in {html}");
    }
}

proptest! {
    #[test]
    fn whatever_a_model_writes_no_tag_attribute_or_address_is_its_own(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "<", ">", "&", "\"", "'", "=", "/", "!", "[", "](", ")", "*", "**", "_", "__", "`", "#", "- ", "1. ", "\n", "\n\n",
                " ", "a", "Stop it.", "停机。", "<b>", "</li>", "<img src=x>", "javascript:alert(1)", "http://example.org", "[1]", "&lt;",
                "onclick=a", "<!--", "{{ 7 }}",
            ]),
            0..24,
        ),
        any in ".{0,12}",
    ) {
        let wrote = pieces.concat() + &any;
        is_ours(&written(&wrote), &wrote);
    }
}

#[test]
fn every_sentence_has_a_mark_that_leads_to_its_place() {
    let html = whole(
        &[quote(1, "Lock it.", 10)],
        &[looked(1, "Stop now. Lock it.")],
        Verdict::Answered,
    );
    assert!(
        html.contains("href=\"/documents/7?passage=1&#38;from=10&#38;to=18#cited\""),
        "{html}"
    );
    assert!(html.contains("<mark>Lock it.</mark>"), "{html}");
    assert!(html.contains("page 3"), "{html}");
}

#[test]
fn two_sentences_of_one_passage_share_a_source() {
    let quotes = [quote(1, "Stop now.", 0), quote(1, "Lock it.", 10)];
    let html = whole(&quotes, &[looked(1, "Stop now. Lock it.")], Verdict::Answered);
    assert_eq!(html.matches("class=\"sentence\"").count(), 2);
    assert_eq!(html.matches("id=\"source-1\"").count(), 1);
    assert!(
        html.contains("<mark>Stop now.</mark>") && html.contains("<mark>Lock it.</mark>"),
        "{html}"
    );
}

#[test]
fn what_a_document_says_is_never_markup() {
    let html = whole(
        &[quote(1, "<script>alert(1)</script>", 0)],
        &[],
        Verdict::Answered,
    );
    assert!(
        !html.contains("<script>") && !html.contains("Press <manual>"),
        "{html}"
    );
}

#[test]
fn a_refusal_claims_nothing_and_shows_what_is_near() {
    let html = whole(
        &[],
        &[looked(1, "The canteen opens at eleven.")],
        Verdict::Refused,
    );
    assert!(
        html.contains("answer-refused") && html.contains("The canteen opens at eleven."),
        "{html}"
    );
    assert!(!html.contains("class=\"sentence\""), "{html}");
}
