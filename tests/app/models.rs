//! Language models on the command line, with the models of random weights in `tests/cases/models`.

use std::path::PathBuf;

use super::support::Folders;

fn model(name: &str) -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases/models")
        .join(name)
        .display()
        .to_string()
}

#[test]
fn a_model_can_be_tried_and_says_the_same_each_time() {
    let folders = Folders::new();
    for name in ["genai/qwen3", "optimum/llama3"] {
        let arguments = [
            "try",
            &model(name),
            "When does the canteen open?",
            "--max-tokens",
            "12",
        ];
        let (first, second) = (
            folders.run("models", &arguments),
            folders.run("models", &arguments),
        );
        assert_eq!(first.code, Some(0), "{first:?}");
        assert!(!first.output.trim().is_empty(), "{first:?}");
        assert_eq!(first.output, second.output, "{name}");
        assert!(first.errors.contains("tokens written"), "{first:?}");
    }
}

#[test]
fn a_folder_that_is_no_model_is_refused_in_one_line() {
    let folders = Folders::new();
    folders.write("letter.txt", "This is no model.");
    let folder = folders.documents.path().display().to_string();
    let tried = folders.run("models", &["try", &folder, "Hello?"]);
    assert_eq!(tried.code, Some(1), "{tried:?}");
    assert_eq!(tried.errors.trim().lines().count(), 1, "{tried:?}");
    assert!(tried.errors.contains("is not the folder of a model"), "{tried:?}");
}
