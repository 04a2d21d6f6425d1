//! Answers that a language model writes: with the demonstration model that comes with Gemba, over HTTP.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::Value;

use super::access::PASSWORD;
use super::support::{Folders, Server, encoded};

const LEAVE: &str = "# Staff handbook\n\nEvery full-time worker gets 27 days of paid leave a year. \
                     Requests for leave are handed in to the shift leader.\n";
const CANTEEN: &str = "# Canteen\n\nThe canteen opens at eleven. A lunch in the canteen costs 4 euros.\n";
/// What one of them answers.
pub const QUESTION: &str = "How many days of paid leave does a full-time worker get?";

pub(super) fn copier() -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("appliance/models/copier/model")
        .display()
        .to_string()
}

/// Two documents, and the demonstration model under each of these names; the first is in use.
pub fn folders(models: &[&str]) -> Folders {
    let folders = Folders::new();
    folders.write("hr/leave.md", LEAVE);
    folders.write("canteen.md", CANTEEN);
    for model in models {
        let imported = folders.run("models", &["import", &copier(), "--id", model]);
        assert_eq!(imported.code, Some(0), "{imported:?}");
    }
    if let Some(first) = models.first() {
        put_in_use(&folders, first);
    }
    folders
}

pub(super) fn put_in_use(folders: &Folders, model: &str) {
    let used = folders.run("models", &["use", model]);
    assert_eq!(used.code, Some(0), "{used:?}");
}

/// Waits until both documents answer.
pub fn ready(server: &Server) {
    server.wait_until_searchable("hr/leave.md");
    server.wait_until_searchable("canteen.md");
}

pub(super) fn model(server: &Server) -> Value {
    server.json("/health")["language_model"].clone()
}

/// Waits until this model writes.
pub fn writes(server: &Server, name: &str) {
    server.wait_until(&format!("{name} writes"), |server| {
        let model = model(server);
        model["state"] == "ready" && model["model"] == name
    });
}

pub(super) fn asked(server: &Server, question: &str, generator: &str) -> (u16, Value) {
    let (status, body) = server.get(&format!("/api/ask?generator={generator}&q={}", encoded(question)));
    (status, serde_json::from_str(&body).unwrap())
}

#[test]
fn a_model_in_use_writes_sentences_that_stream_and_point_at_their_place() {
    let folders = folders(&["copier"]);
    let server = folders.serve();
    ready(&server);
    writes(&server, "copier");
    let events = server.stream(QUESTION);
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[..2], ["passages", "sentence"], "{events:?}");
    assert!(
        names.contains(&"delta") && names.last() == Some(&"done"),
        "{events:?}"
    );
    let words: String = events
        .iter()
        .filter(|(name, _)| name == "delta")
        .map(|(_, data)| data["text"].as_str().unwrap())
        .collect();
    let statements: Vec<&Value> = events
        .iter()
        .filter(|(name, _)| name == "statement")
        .map(|(_, data)| &data["statement"])
        .collect();
    assert!(words.contains("27 days") && !words.contains('['), "{words}");
    assert!(!statements.is_empty());
    for statement in statements {
        assert_eq!(statement["support"]["state"], "supported", "{statement}");
        assert_eq!(statement["citations"][0]["path"], "hr/leave.md", "{statement}");
    }
    let done = &events.last().unwrap().1;
    assert_eq!(done["generator"], "copier", "{done}");

    let kept = server.json(&format!("/api/answers/{}", done["id"].as_str().unwrap()));
    assert!(
        kept["written"]["statements"][0]["text"]
            .as_str()
            .unwrap()
            .contains("27 days"),
        "{kept}"
    );
    assert!(!kept["quotes"].as_array().unwrap().is_empty(), "{kept}");
}

/// It comes trained with Gemba: `appliance/models/tiny`.
#[test]
fn the_tiny_model_copies_the_sentence_that_answers_and_cites_it() {
    let folders = folders(&[]);
    let tiny = copier().replace("copier", "tiny");
    folders.run("models", &["import", &tiny, "--id", "tiny"]);
    put_in_use(&folders, "tiny");
    let server = folders.serve();
    ready(&server);
    writes(&server, "tiny");
    for (question, answer, path) in [
        (
            QUESTION,
            "Every full-time worker gets 27 days of paid leave a year.",
            "hr/leave.md",
        ),
        (
            "When does the canteen open?",
            "The canteen opens at eleven.",
            "canteen.md",
        ),
    ] {
        let (status, asked) = asked(&server, question, "model");
        assert_eq!((status, &asked["generator"]), (200, &"tiny".into()), "{asked}");
        let statement = &asked["written"]["statements"][0];
        assert_eq!(statement["text"], answer, "{asked}");
        assert_eq!(statement["citations"][0]["path"], path, "{asked}");
        assert_eq!(statement["support"]["state"], "supported", "{asked}");
    }
}

#[test]
fn the_page_shows_what_was_written_above_the_quotes_and_takes_a_follow_up() {
    let folders = folders(&["copier"]);
    let server = folders.serve();
    ready(&server);
    writes(&server, "copier");
    let (status, page) = server.get(&format!("/ask?q={}", encoded(QUESTION)));
    assert_eq!(status, 200);
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("no {text} in {page}"));
    assert!(place("27 days") < place("own words"));
    assert!(place("own words") < place("Written by copier"));
    let from = place("name=\"follows\" value=\"") + "name=\"follows\" value=\"".len();
    let id = &page[from..from + page[from..].find('"').unwrap()];

    let (status, page) = server.get(&format!(
        "/ask?q={}&follows={id}",
        encoded("And who takes the requests for it?")
    ));
    assert_eq!(status, 200);
    assert!(
        page.contains("Understood as") && page.contains("Earlier in this conversation"),
        "{page}"
    );
    assert!(page.contains("shift leader"), "{page}");
    let (_, stream) = server.get(&format!(
        "/ask/stream?q={}&follows={id}",
        encoded("And who takes the requests for it?")
    ));
    for event in [
        "understood",
        "sentence",
        "writing",
        "statement",
        "source",
        "end",
        "done",
    ] {
        assert!(
            stream.contains(&format!("event: {event}\n")),
            "no {event} in {stream}"
        );
    }
}

#[test]
fn what_a_model_wrote_with_an_answer_before_it_is_shown_to_those_who_may_read_that_one_too() {
    let folders = folders(&["copier"]);
    folders.write(
        "kitchen/soup.md",
        "# Soup\n\nA bowl of lentil soup in the kitchen costs 3 euros.\n",
    );
    let server = folders.serve();
    ready(&server);
    server.wait_until_searchable("kitchen/soup.md");
    writes(&server, "copier");
    let root = server.set_up("root", PASSWORD);
    let ben = folders.run("people", &["add", "ben"]).output.trim().to_owned();
    folders.run("groups", &["grant", "Everyone", "kitchen"]);
    let ben = server.sign_in("ben", &ben);
    let ask = |question: &str, more: &str| {
        let asked = root.json(&format!("/api/ask?generator=model{more}&q={}", encoded(question)));
        assert_eq!(asked["generator"], "copier", "{asked}");
        assert!(asked["understood"].is_null(), "{asked}");
        asked["id"].as_str().unwrap().to_owned()
    };
    let first = ask(QUESTION, "");
    let soup = "How many euros does a bowl of lentil soup in the kitchen cost?";
    let alone = ask(soup, "&collection=kitchen");
    let following = ask(soup, &format!("&collection=kitchen&follows={first}"));
    assert_eq!(ben.get(&format!("/answers/{alone}")).status, 200);
    assert_eq!(
        ben.get(&format!("/answers/{following}")).status,
        404,
        "the model was given the leave, too"
    );
}

#[test]
fn who_answers_can_be_chosen_and_without_a_model_the_documents_do() {
    let folders = folders(&[]);
    let server = folders.serve();
    ready(&server);
    assert_eq!(model(&server)["state"], "none");
    let (_, start) = server.get("/");
    assert!(start.contains("gemba models list"), "{start}");
    let (status, refused) = asked(&server, QUESTION, "model");
    assert_eq!(
        (status, refused["error"]["code"].as_str()),
        (503, Some("unwritten")),
        "{refused}"
    );

    let imported = folders.run("models", &["import", &copier(), "--id", "copier"]);
    assert_eq!(imported.code, Some(0), "{imported:?}");
    put_in_use(&folders, "copier");
    writes(&server, "copier");
    for (generator, name) in [("best", "copier"), ("model", "copier"), ("quotes", "quotes")] {
        let (status, answer) = asked(&server, QUESTION, generator);
        assert_eq!(
            (status, answer["generator"].as_str()),
            (200, Some(name)),
            "{answer}"
        );
        assert!(!answer["quotes"].as_array().unwrap().is_empty(), "{answer}");
    }
    let (status, _) = server.get("/api/ask?q=x&generator=oracle");
    assert_eq!(status, 400);

    let by_hand = folders.run("ask", &[QUESTION]);
    assert!(
        by_hand.output.contains("27 days") && by_hand.output.contains("own words"),
        "{by_hand:?}"
    );
    let quoted = folders.run("ask", &[QUESTION, "--generator", "quotes"]);
    assert!(!quoted.output.contains("own words"), "{quoted:?}");
}

#[test]
fn a_model_takes_another_ones_place_while_people_ask() {
    // With room for both of them, and with room for one: its cache takes 4 MB.
    for memory in ["0", "6"] {
        let folders = folders(&["first", "second"]);
        let server = folders.serve_with(&[
            ("GEMBA_GENERATE_MEMORY_MEGABYTES", memory),
            ("GEMBA_GENERATE_CONTEXT", "8192"),
            ("GEMBA_GENERATE_ANSWERS", "60"),
        ]);
        ready(&server);
        writes(&server, "first");
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            let asking = scope.spawn(|| {
                let mut generators = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    let (status, answer) = asked(&server, QUESTION, "best");
                    assert_eq!(
                        (status, answer["verdict"].as_str()),
                        (200, Some("answered")),
                        "{answer}"
                    );
                    generators.push(answer["generator"].as_str().unwrap().to_owned());
                }
                generators
            });
            put_in_use(&folders, "second");
            writes(&server, "second");
            over.store(true, Ordering::Relaxed);
            let generators = asking.join().unwrap();
            assert_eq!(generators.first().map(String::as_str), Some("first"));
        });
        assert_eq!(
            server.log_contains("both models do not fit into memory"),
            memory == "6"
        );
        let none = folders.run("models", &["use", "--none"]);
        assert_eq!(none.code, Some(0), "{none:?}");
        server.wait_until("no model writes", |server| model(server)["state"] == "none");
        assert_eq!(asked(&server, QUESTION, "best").1["generator"], "quotes");
    }
}

#[test]
fn what_a_model_writes_is_set_as_markdown_and_is_never_markup_streamed_or_kept() {
    let folders = folders(&["copier"]);
    // The demonstration writes sentences of the documents as they stand there.
    folders.write(
        "hr/hostile.txt",
        "The **purple seal** of <img src=x onerror=alert(1)> pump Q7 is replaced by `SOP-Q7` every [5](javascript:alert(2)) \
         weeks ![a](http://example.org/a.png).\n",
    );
    let server = folders.serve();
    ready(&server);
    server.wait_until_searchable("hr/hostile.txt");
    writes(&server, "copier");
    let question = encoded("By what is the purple seal of pump Q7 replaced every 5 weeks?");
    let (_, stream) = server.get(&format!("/ask/stream?q={question}"));
    let statement = stream.split("event: statement\n").nth(1);
    let statement = statement
        .unwrap_or_else(|| panic!("{stream}"))
        .split("\n\n")
        .next()
        .unwrap();
    let (_, id) = stream.rsplit_once("event: done\ndata: ").unwrap();
    let (status, kept) = server.get(&format!("/answers/{}", id.trim()));
    assert_eq!(status, 200);
    let (_, list) = kept.split_once("data-statements>").unwrap();
    let (list, _) = list.split_once("</ul>").unwrap();
    for shown in [statement, list] {
        for part in [
            "<strong>purple seal</strong>",
            "<code>SOP-Q7</code>",
            "&#60;img src=x",
        ] {
            assert!(shown.contains(part), "no {part} in {shown}");
        }
    }
    // Words on their way are no markup but JSON, which the page takes for text.
    let events = stream.split("\n\n");
    let events: Vec<&str> = events
        .filter(|event| !event.starts_with("event: delta\n"))
        .collect();
    for shown in [&events.join("\n\n"), &kept] {
        for markup in ["<img src=x", "href=\"javascript", "href=\"http", "src=\"http"] {
            assert!(!shown.contains(markup), "{markup} in {shown}");
        }
    }
}
