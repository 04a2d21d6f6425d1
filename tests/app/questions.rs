//! The demo questions, asked of the demo documents.

use super::support::{Folders, demo, files_below, shared_data};

/// An evaluation set of the demo documents and questions.
fn demo_set() -> tempfile::TempDir {
    let set = tempfile::tempdir().unwrap();
    for path in files_below(&demo()) {
        let to = set.path().join("docs").join(&path);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(demo().join(&path), to).unwrap();
    }
    let questions = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/demo-questions.jsonl");
    std::fs::copy(questions, set.path().join("questions.jsonl")).unwrap();
    set
}

#[test]
fn the_demo_questions_find_their_document_first_and_the_unanswerable_ones_are_mostly_refused() {
    let set = demo_set();
    let finished = Folders::new().run("eval", &[set.path().to_str().unwrap(), "--json"]);
    let result = finished.json();
    let rate = |group: &str, key: &str| {
        result[group][key]
            .as_f64()
            .unwrap_or_else(|| panic!("{group}.{key}: {result}"))
    };
    assert!(rate("retrieval", "hit_at_1") >= 0.95, "{result}");
    assert!(rate("pages", "recall_at_5") >= 0.80, "{result}");
    assert!(rate("answers", "contains_accepted") >= 0.75, "{result}");
    assert!(rate("answers", "refusal_rate") >= 0.60, "{result}");
    assert!(rate("answers", "false_refusal_rate") <= 0.20, "{result}");
    for (group, keys) in [
        (
            "retrieval",
            &[
                "ndcg_at_10",
                "hit_at_1",
                "recall_at_5",
                "recall_at_10",
                "recall_at_100",
            ][..],
        ),
        (
            "pages",
            &[
                "ndcg_at_10",
                "hit_at_1",
                "recall_at_5",
                "recall_at_10",
                "recall_at_100",
            ],
        ),
        (
            "answers",
            &[
                "contains_accepted",
                "citation_relevant",
                "refusal_rate",
                "false_refusal_rate",
            ],
        ),
        ("latency_ms", &["p50", "p95"]),
        (
            "ingest",
            &[
                "seconds",
                "documents_per_second",
                "passages_per_second",
                "megabytes_per_second",
                "peak_rss_megabytes",
                "readers_rss_megabytes",
            ],
        ),
    ] {
        for key in keys {
            assert!(rate(group, key) >= 0.0);
        }
    }
    assert!(rate("ingest", "readers_rss_megabytes") > 0.0, "{result}");
    for key in ["documents", "passages", "questions"] {
        assert!(result[key].as_u64().is_some_and(|count| count > 0), "{key}");
    }
}

/// Three files, and questions of which one has no word in common with its answer.
fn small_set() -> tempfile::TempDir {
    let set = tempfile::tempdir().unwrap();
    std::fs::create_dir(set.path().join("docs")).unwrap();
    for (path, text) in [
        (
            "docs/leave.md",
            "# Handbook\n\nEvery full-time worker gets 27 days of paid leave a year.\n",
        ),
        ("docs/canteen.txt", "The canteen opens at eleven.\n"),
        (
            "docs/press.csv",
            "Machine,Clamping pressure\nPress 7,63 bar\nPress 8,71 bar\n",
        ),
        (
            "questions.jsonl",
            r#"{"id": "1", "question": "How many days of paid leave does a full-time worker get?", "relevant": [{"path": "leave.md"}], "answers": ["27 days"]}
{"id": "2", "question": "When does the canteen open?", "relevant": [{"path": "canteen.txt"}], "answers": ["eleven"]}
{"id": "3", "question": "annual vacation entitlement", "relevant": [{"path": "leave.md"}], "answers": ["27 days"]}
{"id": "4", "question": "Who won the football championship in 1987?", "unanswerable": true}
{"id": "5", "question": "What is the capital of Australia?", "unanswerable": true}
"#,
        ),
    ] {
        std::fs::write(set.path().join(path), text).unwrap();
    }
    set
}

#[test]
fn the_parts_of_the_search_are_compared_and_where_to_draw_the_line_is_printed() {
    let (set, folders) = (small_set(), Folders::new());
    let set = set.path().to_str().unwrap();
    let first = |method: &str| {
        let result = folders.run("eval", &[set, "--method", method, "--json"]).json();
        assert_eq!(
            (&result["documents"], &result["questions"]),
            (&3.into(), &5.into())
        );
        result["retrieval"]["hit_at_1"].as_f64().unwrap()
    };
    assert!(first("lexical") < 0.7, "words alone cannot know it");
    assert_eq!((first("dense"), first("hybrid")), (1.0, 1.0));

    let finished = folders.run("eval", &[set, "--calibrate"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let (_, curves) = finished
        .output
        .split_once("calibration, questions in en, by meaning and words")
        .unwrap_or_else(|| panic!("{finished:?}"));
    for words in [
        "answerable refused",
        "unanswerable refused: ",
        "limit for src/answer/calibration.rs: ",
    ] {
        assert!(curves.contains(words), "no {words}: {finished:?}");
    }
}

#[test]
fn what_a_language_model_writes_is_measured_as_well() {
    let (set, folders) = (small_set(), Folders::new());
    let set = set.path().to_str().unwrap();
    let none = folders.run("eval", &[set, "--generator", "model"]);
    assert_eq!(none.code, Some(1), "{none:?}");
    assert!(none.errors.contains("no language model is in use"), "{none:?}");
    let quoted = folders.run("eval", &[set, "--json"]).json();
    assert!(quoted["answers"]["supported"].is_null(), "{quoted}");
    let copier = concat!(env!("CARGO_MANIFEST_DIR"), "/appliance/models/copier/model");
    let arguments = [set, "--generator", "model", "--model", copier];
    let written = folders
        .run("eval", &[&arguments[..], &["--json"]].concat())
        .json();
    // It copies sentences as they stand.
    assert_eq!(written["answers"]["supported"], 1.0, "{written}");
    assert!(
        written["answers"]["contains_accepted"].as_f64().unwrap() > 0.5,
        "{written}"
    );
    let told = folders.run("eval", &arguments);
    assert!(
        told.output.contains("borne out by its passages 100.0 %"),
        "{told:?}"
    );
}

#[test]
fn a_set_that_is_none_is_refused_with_the_form_that_is_expected() {
    let empty = tempfile::tempdir().unwrap();
    let finished = Folders::new().run("eval", &[empty.path().to_str().unwrap()]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.errors.contains("questions.jsonl"), "{finished:?}");
}

#[test]
fn a_public_reading_set_is_answered_and_refused_as_well_as_the_readme_says() {
    let Some(set) = shared_data("eval/xquad-en-near") else {
        return;
    };
    let result = Folders::new()
        .run("eval", &[set.to_str().unwrap(), "--json"])
        .json();
    let rate = |group: &str, key: &str| {
        result[group][key]
            .as_f64()
            .unwrap_or_else(|| panic!("{group}.{key}: {result}"))
    };
    assert!(rate("retrieval", "ndcg_at_10") >= 0.975, "{result}");
    assert!(rate("answers", "contains_accepted") >= 0.94, "{result}");
    assert!(rate("answers", "refusal_rate") >= 0.85, "{result}");
    assert!(rate("answers", "false_refusal_rate") <= 0.12, "{result}");
}

#[test]
fn a_row_of_a_table_is_read_with_the_names_of_all_its_columns() {
    let folders = Folders::new();
    folders.write(
        "torques.csv",
        "Thread,Class,Torque\nM8,8.8,25 Nm\nM10,8.8,49 Nm\nM12,10.9,125 Nm\n",
    );
    folders.write(
        "alarms.md",
        "# Alarms of press 7\n\n| Alarm | Meaning | What to do |\n|---|---|---|\n| E-41 | oil pressure low | refill the tank |\n\
         | E-42 | guard open | close the guard |\n",
    );
    let server = folders.serve();
    server.wait_until_searchable("torques.csv");
    server.wait_until_searchable("alarms.md");
    for (question, row, names) in [
        (
            "What is the torque of thread M10?",
            "M10 | 8.8 | 49 Nm",
            ["Thread", "Class", "Torque"],
        ),
        (
            "What does alarm E-42 mean?",
            "E-42 | guard open | close the guard",
            ["Alarm", "Meaning", "What to do"],
        ),
    ] {
        let answer = server.ask(question);
        let quotes = answer["quotes"].as_array().unwrap();
        let quote = quotes.iter().find(|quote| quote["text"] == row);
        let quote = quote.unwrap_or_else(|| panic!("{question}: {answer}"));
        assert_eq!(quote["columns"], serde_json::json!(names), "{question}");
        let page = server
            .get(&format!("/ask?q={}", super::support::encoded(question)))
            .1;
        for (name, cell) in names.iter().zip(row.split(" | ")) {
            let said = format!("<span class=\"cell-name\">{name}:</span> {cell}");
            assert!(page.contains(&said), "{said}: {page}");
        }
    }
    let said = folders.run("ask", &["What is the torque of thread M10?"]).output;
    assert!(
        said.contains("Thread: M10 | Class: 8.8 | Torque: 49 Nm"),
        "{said}"
    );
}
