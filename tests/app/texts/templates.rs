//! No text that people read is written into a template.

use std::fs;
use std::path::Path;

use scraper::{Html, Node};

/// What is the same in every language.
const ALLOWED: [&str; 1] = ["Gemba"];

/// Attributes that people read or hear; `data-label` and the like are shown by the style sheet or the script.
const READ: [&str; 14] = [
    "title",
    "aria-label",
    "aria-description",
    "aria-placeholder",
    "aria-roledescription",
    "aria-valuetext",
    "placeholder",
    "alt",
    "label",
    "summary",
    "data-label",
    "data-copy",
    "data-copy-answer",
    "data-confirm",
];

/// `template` without what lies between `open` and `close`; what is not closed goes to its end.
fn without(template: &str, open: &str, close: &str) -> String {
    let mut left = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, from)) = rest.split_once(open) {
        left.push_str(before);
        rest = from.split_once(close).map_or("", |(_, after)| after);
    }
    left + rest
}

/// The texts in a template that come from no catalogue.
fn written(template: &str) -> Vec<String> {
    let mut html = template.to_owned();
    for (open, close) in [("{#", "#}"), ("{%", "%}"), ("{{", "}}"), ("<!--", "-->")] {
        html = without(&html, open, close);
    }
    // Parts of tables and pages alike are read as what is inside a page; a template's content is a page of its own.
    for (name, instead) in [
        ("template", "div"),
        ("html", "div"),
        ("head", "div"),
        ("body", "div"),
        ("title", "p"),
        ("table", "div"),
        ("caption", "p"),
        ("thead", "div"),
        ("tbody", "div"),
        ("tr", "div"),
        ("th", "p"),
        ("td", "p"),
        ("select", "div"),
        ("option", "p"),
    ] {
        for end in [">", " "] {
            html = html.replace(&format!("<{name}{end}"), &format!("<{instead}{end}"));
        }
        html = html.replace(&format!("</{name}>"), &format!("</{instead}>"));
    }
    let mut found = Vec::new();
    for node in Html::parse_fragment(&html).tree.nodes() {
        match node.value() {
            Node::Text(text) => found.push(text.to_string()),
            Node::Element(element) => {
                let button = element.name() == "input"
                    && matches!(element.attr("type"), Some("submit" | "button" | "reset"));
                let described = element.name() == "meta" && element.attr("name") == Some("description");
                found.extend(
                    element
                        .attrs()
                        .filter(|(name, _)| {
                            READ.contains(name)
                                || (button && *name == "value")
                                || (described && *name == "content")
                        })
                        .map(|(_, value)| value.to_owned()),
                );
            }
            _ => {}
        }
    }
    found.retain(|text| {
        let rest = ALLOWED
            .iter()
            .fold(text.clone(), |rest, word| rest.replace(word, ""));
        rest.chars().any(char::is_alphabetic)
    });
    found.iter().map(|text| text.trim().to_owned()).collect()
}

#[test]
fn no_text_is_written_into_a_template() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for entry in walkdir::WalkDir::new(&root).into_iter().flatten() {
        if entry
            .path()
            .extension()
            .is_none_or(|extension| extension != "html")
        {
            continue;
        }
        seen += 1;
        let name = entry.path().strip_prefix(&root).unwrap().display().to_string();
        for text in written(&fs::read_to_string(entry.path()).unwrap()) {
            wrong.push(format!(
                "templates/{name}: “{text}” belongs into the catalogues of texts"
            ));
        }
    }
    assert!(seen > 10, "only {seen} templates were found");
    super::none(&wrong);
}

#[test]
fn a_text_in_a_template_is_found_wherever_people_would_read_it() {
    for (template, expected) in [
        ("<p>{{ t.get(\"a\") }} documents</p>", "documents"),
        ("<tr><td>{% if x %}Seite{% endif %}</td></tr>", "Seite"),
        ("<title>{{ q }} · Search</title>", "· Search"),
        ("<button aria-label=\"Close\">×</button>", "Close"),
        ("<input placeholder=\"{{ x }} 搜索\">", "搜索"),
        ("<img alt=\"The page\">", "The page"),
        ("<input type=\"submit\" value=\"Send\">", "Send"),
        ("<template><b>Hidden</b></template>", "Hidden"),
        (
            "<svg role=\"img\" aria-label=\"Nut\"><text>M8</text></svg>",
            "Nut",
        ),
    ] {
        assert!(
            written(template).iter().any(|text| text == expected),
            "{template}: {:?}",
            written(template)
        );
    }
    for template in [
        "<!-- Why --><a class=\"button\" href=\"/library\" title=\"{{ t.get(\"x\") }}\">{{ name }}</a> · 1/2",
        "{# why #}<span>Gemba {{ version }}</span><input type=\"hidden\" name=\"back\" value=\"here\">",
    ] {
        assert_eq!(written(template), Vec::<String>::new(), "{template}");
    }
}
