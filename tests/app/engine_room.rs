//! What an administrator does with the language models and the indexes, on their pages and by their twins.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::administration::{PASSWORD, between, folders, join, serve};
use crate::support::{Browser, Folders};

fn import(folders: &Folders, name: &str) {
    let copier = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("appliance/models/copier/model");
    let copier = copier.display().to_string();
    let imported = folders.run("models", &["import", &copier, "--id", name]);
    assert_eq!(imported.code, Some(0), "{imported:?}");
}

#[track_caller]
fn writing(root: &Browser<'_>, state: &str, model: &str) {
    root.wait_until("/health", |body| {
        let health: Value = serde_json::from_str(body).unwrap();
        let now = &health["language_model"];
        now["state"] == state && (model.is_empty() || now["model"] == model)
    });
}

#[track_caller]
fn choose(root: &mut Browser<'_>, model: &str) {
    let chosen = root.post("/admin/models", &[("model", model)]);
    assert_eq!(
        (chosen.status, chosen.location.as_str()),
        (303, "/admin/models?done=saved")
    );
}

#[test]
fn an_administrator_chooses_the_model_that_writes_and_sees_how_it_stands_with_it() {
    let folders = folders();
    import(&folders, "first");
    import(&folders, "second");
    // Room for one of the two: their caches take 4 MB each.
    let server = folders.serve_with(&[
        ("GEMBA_GENERATE_MEMORY_MEGABYTES", "6"),
        ("GEMBA_GENERATE_CONTEXT", "8192"),
        ("GEMBA_GENERATE_ANSWERS", "60"),
    ]);
    server.wait_until_searchable("quality/gauges.md");
    let mut root = server.set_up("root", PASSWORD);
    let page = root.get("/admin/models").body;
    assert!(page.contains("No language model is in use"), "{page}");
    assert!(
        page.contains("gemba models pull qwen3-0.6b")
            && page.contains("gemba models import appliance/models/copier/model --id copier"),
        "{page}"
    );
    assert!(
        !page.contains("does not fit") && !page.contains("Use no model"),
        "{page}"
    );
    choose(&mut root, "first");
    writing(&root, "ready", "first");
    let page = root.get("/admin/models").body;
    assert!(
        page.contains("first writes the answers.") && page.contains("loaded, writes"),
        "{page}"
    );
    assert!(
        page.contains("second does not fit into memory beside the model that writes now"),
        "people are going to wait: {page}"
    );
    choose(&mut root, "second");
    writing(&root, "ready", "second");
    let listed = folders.run("models", &["list"]).output;
    assert!(
        listed
            .lines()
            .any(|line| line.starts_with("in use") && line.contains("second")),
        "the same way as the command line: {listed}"
    );
    choose(&mut root, "");
    writing(&root, "none", "");
    let twin = root.json("/api/admin/models");
    assert_eq!(twin["writing"]["state"], "none");
    assert_eq!(twin["models"][0]["installed"], true);
    root.wait_until("/api/admin/audit?action=model-chosen", |body| {
        body.contains("\"total\":3")
    });
    let rows = root.json("/api/admin/audit?action=model-chosen")["entries"].clone();
    let chosen: Vec<&str> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["subject"].as_str().unwrap())
        .collect();
    assert_eq!(chosen, ["none", "second", "first"]);
    assert_eq!(rows[0]["name"], "root");
}

#[test]
fn a_model_that_cannot_write_is_refused_or_shown_with_the_reason() {
    let folders = folders();
    import(&folders, "whole");
    import(&folders, "broken");
    import(&folders, "cut");
    let file = |model: &str, name: &str| folders.data.path().join("language-models").join(model).join(name);
    std::fs::write(file("cut", "tokenizer.json"), "{}").unwrap();
    // As long as it was, so that only loading tells.
    let length = std::fs::metadata(file("broken", "tokenizer.json")).unwrap().len();
    std::fs::write(file("broken", "tokenizer.json"), vec![b' '; length as usize]).unwrap();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let refused = root.post("/admin/models", &[("model", "nothing")]);
    assert_eq!(refused.status, 409);
    assert!(
        refused.body.contains("This model cannot be used") && refused.body.contains("nothing"),
        "{}",
        refused.body
    );
    let refused = root.post("/admin/models", &[("model", "cut")]);
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("has not the length"), "{}", refused.body);
    assert_eq!(root.post("/admin/models", &[("model", "../whole")]).status, 409);
    let in_use = folders.data.path().join("language-models/in-use");
    std::fs::write(in_use, "taken-away\n").unwrap();
    let page = root.get("/admin/models").body;
    assert!(
        page.contains("taken-away") && page.contains("Use no model"),
        "{page}"
    );
    choose(&mut root, "broken");
    writing(&root, "failed", "broken");
    let page = root.get("/admin/models").body;
    assert!(
        page.contains("could not be loaded") && page.contains("tokenizer"),
        "{page}"
    );
    let fields = [("name", "a script"), ("scope", "administration"), ("days", "30")];
    let key = between(&root.post("/account/keys", &fields).body, "gemba_", "<").to_owned();
    let key = format!("gemba_{key}");
    let call = |body: Value| server.call("POST", "/api/admin/models", &key, &body);
    assert_eq!(call(json!({})).0, 400, "to forget the name is not to choose none");
    let (status, answer) = call(json!({ "model": "nothing" }));
    assert_eq!((status, &answer["error"]["code"]), (409, &json!("model")));
    assert_eq!(call(json!({ "model": "whole" })).0, 204);
    writing(&root, "ready", "whole");
    assert_eq!(call(json!({ "model": null })).0, 204);
    writing(&root, "none", "");
}

#[test]
fn an_administrator_has_the_indexes_put_in_order_at_once() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let mut ines = join(&server, &mut root, "ines", "inspector");
    assert_eq!(ines.post("/admin/indexes/order", &[]).status, 403);
    let page = root.get("/admin/jobs").body;
    assert!(
        page.contains("Put the indexes in order") && page.contains("every few minutes"),
        "{page}"
    );
    let asked = root.post("/admin/indexes/order", &[]);
    assert_eq!((asked.status, asked.location.as_str()), (303, "/admin/jobs"));
    root.wait_until("/admin/jobs", |page| {
        page.contains("Put the indexes in order") && !page.contains("every few minutes")
    });
    let upkeep = &root.json("/health")["ingestion"]["upkeep"];
    assert_eq!(
        (&upkeep["asked"], &upkeep["failed"]),
        (&json!(false), &json!(false))
    );
    let found = root.json("/api/search?q=gauges");
    assert_eq!(found["hits"][0]["path"], "quality/gauges.md", "{found}");
    let row = &root.json("/api/admin/audit?action=indexes-ordered")["entries"][0];
    assert_eq!(
        (&row["name"], &row["address"]),
        (&json!("root"), &json!("127.0.0.1"))
    );
}
