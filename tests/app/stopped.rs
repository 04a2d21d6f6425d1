//! Answers that are stopped while a model writes them: with the demonstration model, made never to end by itself.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::access::PASSWORD;
use super::support::{Browser, Folders, Server, encoded};

const LEAVE: &str = "# Staff handbook\n\nEvery full-time worker gets 27 days of paid leave a year. \
                     Requests for leave are handed in to the shift leader.\n";
const QUESTION: &str = "How many days of paid leave does a full-time worker get?";

/// The demonstration model with an end that it never writes: after its sentence it goes on with nothing.
fn endless() -> TempDir {
    let copier = Path::new(env!("CARGO_MANIFEST_DIR")).join("appliance/models/copier/model");
    let folder = TempDir::new().unwrap();
    for file in fs::read_dir(copier).unwrap() {
        let file = file.unwrap().path();
        fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
    }
    let config = folder.path().join("config.json");
    let mut settings: Value = serde_json::from_str(&fs::read_to_string(&config).unwrap()).unwrap();
    settings["eos_token_id"] = 2.into();
    settings["max_position_embeddings"] = 100_000.into();
    fs::write(&config, settings.to_string()).unwrap();
    folder
}

/// A server with one document and this model in use.
pub fn serve(folders: &Folders) -> Server {
    folders.write("hr/leave.md", LEAVE);
    let model = endless();
    let imported = folders.run(
        "models",
        &["import", &model.path().display().to_string(), "--id", "endless"],
    );
    assert_eq!(imported.code, Some(0), "{imported:?}");
    assert_eq!(folders.run("models", &["use", "endless"]).code, Some(0));
    let server = folders.serve_with(&[
        ("GEMBA_GENERATE_CONTEXT", "90000"),
        ("GEMBA_GENERATE_ANSWER_TOKENS", "80000"),
    ]);
    server.wait_until_searchable("hr/leave.md");
    server.wait_until("the model writes", |server| {
        server.json("/health")["language_model"]["state"] == "ready"
    });
    server
}

fn nothing_is_written(root: &Browser<'_>) {
    root.wait_until("/health", |body| {
        let health: Value = serde_json::from_str(body).unwrap();
        health["answers"]["writing"] == 0
    });
}

#[track_caller]
fn is_kept_as_stopped(root: &Browser<'_>, id: &str) {
    let kept = root.json(&format!("/api/answers/{id}"));
    assert_eq!(kept["written"]["stopped"], true, "{kept}");
    let statements = kept["written"]["statements"].as_array().unwrap();
    assert_eq!(statements.len(), 1, "{kept}");
    assert!(
        statements[0]["text"].as_str().unwrap().contains("27 days"),
        "{kept}"
    );
    assert_eq!(statements[0]["support"]["state"], "supported", "{kept}");
    assert_eq!(kept["generator"], "endless", "{kept}");
    assert!(!kept["quotes"].as_array().unwrap().is_empty(), "{kept}");
    let page = root.get(&format!("/answers/{id}")).body;
    assert!(
        page.contains("27 days") && page.contains("The language model was stopped"),
        "{page}"
    );
}

#[test]
fn an_answer_that_is_stopped_ends_with_what_was_written_and_can_be_gone_on_from() {
    let folders = Folders::new();
    let server = serve(&folders);
    let root = server.set_up("root", PASSWORD);
    let mut other = root.clone();
    let (mut words, mut stop, mut events) = (String::new(), None, Vec::new());
    root.read_stream(&format!("/ask/stream?q={}", encoded(QUESTION)), |name, data| {
        events.push((name.to_owned(), data.to_owned()));
        match name {
            "running" => stop = Some(data.to_owned()),
            "delta" => words += &serde_json::from_str::<String>(data).unwrap(),
            _ => {}
        }
        if words.contains("a year.")
            && let Some(stop) = stop.take()
        {
            assert_eq!(other.post("/ask/stop", &[("stop", "another")]).status, 404);
            assert_eq!(other.post("/ask/stop", &[("stop", &stop)]).status, 204);
        }
        true
    });
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.contains(&"statement"), "{events:?}");
    assert_eq!(names[names.len() - 2..], ["end", "done"], "{events:?}");
    let [(_, end), (_, id)] = &events[events.len() - 2..] else {
        panic!("{events:?}");
    };
    assert!(
        end.contains("The language model was stopped") && end.contains(&format!("/answers/{id}")),
        "{end}"
    );
    is_kept_as_stopped(&root, id);
    nothing_is_written(&root);
    assert!(root.get("/history").body.contains(id.as_str()));
    let judged = other.post(&format!("/answers/{id}/opinion"), &[("right", "yes")]);
    assert_eq!(judged.status, 303, "{judged:?}");
    let follow_up = root.get(&format!(
        "/api/ask?generator=quotes&follows={id}&q={}",
        encoded("And who takes the requests for it?")
    ));
    let follow_up: Value = serde_json::from_str(&follow_up.body).unwrap();
    assert!(follow_up["understood"].is_string(), "{follow_up}");
}

#[test]
fn a_program_stops_an_answer_by_the_name_that_it_was_told() {
    let folders = Folders::new();
    let server = serve(&folders);
    let root = server.set_up("root", PASSWORD);
    let (mut words, mut stop, mut done) = (String::new(), None, None);
    root.read_stream(
        &format!("/api/ask/stream?q={}", encoded(QUESTION)),
        |name, data| {
            let data: Value = serde_json::from_str(data).unwrap();
            match name {
                "writing" => stop = Some(data["stop"].clone()),
                "delta" => words += data["text"].as_str().unwrap(),
                "done" => done = Some(data),
                _ => {}
            }
            if words.contains("a year.")
                && let Some(stop) = stop.take()
            {
                let sent = |name: Value| root.post_json("/api/ask/stop", &json!({ "stop": name })).status;
                assert_eq!(sent("another".into()), 404);
                assert_eq!(sent(stop), 204);
            }
            true
        },
    );
    let done = done.expect("the stream goes on to its end");
    is_kept_as_stopped(&root, done["id"].as_str().unwrap());
    nothing_is_written(&root);
}

#[test]
fn an_answer_whose_reader_goes_away_is_kept_as_far_as_it_was_written_and_frees_its_place() {
    let folders = Folders::new();
    let server = serve(&folders);
    let root = server.set_up("root", PASSWORD);
    let mut words = String::new();
    root.read_stream(
        &format!("/api/ask/stream?q={}", encoded(QUESTION)),
        |name, data| {
            if name == "delta" {
                let data: Value = serde_json::from_str(data).unwrap();
                words += data["text"].as_str().unwrap();
            }
            !words.contains("a year.")
        },
    );
    nothing_is_written(&root);
    root.wait_until("/history", |page| page.contains("href=\"/answers/"));
    let page = root.get("/history").body;
    let (_, after) = page.split_once("href=\"/answers/").unwrap();
    let (id, _) = after.split_once('"').unwrap();
    is_kept_as_stopped(&root, id);
}
