//! Language models on the command line, with the models of random weights in `tests/cases/models`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::support::{Finished, Folders, files_below};

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
fn how_fast_a_model_is_can_be_measured_with_any_export() {
    let measured = Folders::new().run("models", &["try", &model("genai/qwen3"), "--bench"]);
    assert_eq!(measured.code, Some(0), "{measured:?}");
    for start in [
        "prefill ",
        "first token ",
        "decode x1 ",
        "decode x2 ",
        "decode x4 ",
        "decode x8 ",
        "read a token ",
        "memory ",
        "guessing nothing ",
        "guessing copying ",
        "8 at once ",
    ] {
        let line = measured.output.lines().find(|line| line.starts_with(start));
        let line = line.unwrap_or_else(|| panic!("no {start:?}: {measured:?}"));
        let figure = line[start.len()..]
            .split_whitespace()
            .filter_map(|word| word.parse::<f64>().ok())
            .find(|figure| *figure > 0.0);
        assert!(figure.is_some_and(f64::is_finite), "{line}");
    }
    // What is copied from the prompt can be guessed.
    let (_, copying) = measured.output.split_once("guessing copying").unwrap();
    let (_, right) = copying.lines().next().unwrap().split_once("; ").unwrap();
    assert!(!right.starts_with("0 of "), "{copying}");
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

/// A copy of a model, in which a test may break something.
fn copied(folders: &Folders, name: &str) -> PathBuf {
    let copy = folders.documents.path().join("stick/model");
    for file in files_below(Path::new(&model(name))) {
        let to = copy.join(&file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(Path::new(&model(name)).join(&file), to).unwrap();
    }
    copy
}

fn import(folders: &Folders, source: &Path) -> Finished {
    folders.run(
        "models",
        &["import", &source.display().to_string(), "--id", "small"],
    )
}

#[track_caller]
fn refused(finished: &Finished, words: &[&str]) {
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert_eq!(finished.errors.trim().lines().count(), 1, "{finished:?}");
    for word in words {
        assert!(finished.errors.contains(word), "{word}: {finished:?}");
    }
}

#[test]
fn a_model_that_was_carried_in_is_installed_used_and_removed() {
    let folders = Folders::new();
    let imported = import(&folders, &copied(&folders, "genai/qwen3"));
    assert_eq!(imported.code, Some(0), "{imported:?}");
    assert!(imported.output.contains("gemba models use small"), "{imported:?}");
    refused(
        &import(&folders, &copied(&folders, "genai/qwen3")),
        &["is installed already"],
    );
    refused(
        &folders.run("models", &["use", "large"]),
        &["no language model large", "gemba models list"],
    );
    assert_eq!(folders.run("models", &["use", "small"]).code, Some(0));
    let in_use = fs::read_to_string(folders.data.path().join("language-models/in-use")).unwrap();
    assert_eq!(in_use, "small\n");
    let table = folders.run("models", &["list"]).output;
    assert!(
        table.lines().any(|line| line.starts_with("in use  small ")),
        "{table}"
    );
    assert!(table.lines().any(|line| line.contains("about 2.2 GB")), "{table}");
    refused(
        &folders.run("models", &["remove", "small"]),
        &["small is in use", "gemba models use --none"],
    );
    assert_eq!(folders.run("models", &["use", "--none"]).code, Some(0));
    assert_eq!(folders.run("models", &["remove", "small"]).code, Some(0));
    assert!(
        folders
            .run("models", &["verify"])
            .output
            .contains("no language model is installed")
    );
}

#[test]
fn an_archive_is_imported_and_tried_by_its_name() {
    let folders = Folders::new();
    let export = copied(&folders, "optimum/llama3");
    let archive = folders.documents.path().join("llama.tar.gz");
    let packed = Command::new("tar")
        .args(["-czf", &archive.display().to_string(), "-C"])
        .arg(export.parent().unwrap())
        .arg("model")
        .status()
        .unwrap();
    assert!(packed.success());
    let imported = import(&folders, &archive);
    assert_eq!(imported.code, Some(0), "{imported:?}");
    let tried = folders.run("models", &["try", "small", "Hello?", "--max-tokens", "4"]);
    assert_eq!(tried.code, Some(0), "{tried:?}");
    let whole = fs::read(&archive).unwrap();
    fs::write(&archive, &whole[..whole.len() / 2]).unwrap();
    folders.run("models", &["remove", "small"]);
    refused(
        &import(&folders, &archive),
        &["llama.tar.gz", "cut short or damaged"],
    );
}

#[test]
fn a_model_with_a_broken_file_is_refused_with_the_name_of_the_file_and_leaves_nothing() {
    let folders = Folders::new();
    let export = copied(&folders, "genai/qwen3");
    let stick = export.display().to_string();
    let weights = export.join("model.onnx.data");
    let whole = fs::read(&weights).unwrap();
    fs::write(&weights, &whole[..whole.len() / 2]).unwrap();
    refused(
        &import(&folders, &export),
        &[&stick, "model.onnx.data is cut short", "nothing was installed"],
    );
    fs::write(&weights, whole).unwrap();
    let tokenizer = export.join("tokenizer.json");
    let text = fs::read_to_string(&tokenizer).unwrap();
    let mut other: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut far = other["added_tokens"][0].clone();
    far["id"] = 5_000.into();
    far["content"] = "<|far away|>".into();
    other["model"]["vocab"]["far"] = 5_000.into();
    other["added_tokens"].as_array_mut().unwrap().push(far);
    fs::write(&tokenizer, other.to_string()).unwrap();
    refused(
        &import(&folders, &export),
        &[&stick, "does not belong to this model"],
    );
    fs::write(&tokenizer, text).unwrap();
    fs::write(export.join("chat_template.jinja"), "{% if %}").unwrap();
    refused(&import(&folders, &export), &["chat_template.jinja"]);
    fs::remove_file(&tokenizer).unwrap();
    refused(
        &import(&folders, &export),
        &["is not a language model: it has no tokenizer.json"],
    );
    refused(
        &import(&folders, &folders.write("letter.txt", "Dear all")),
        &["neither a folder nor an archive"],
    );
    let left = files_below(&folders.data.path().join("language-models"));
    assert!(left.iter().all(|file| file.starts_with(".lock-")), "{left:?}");
}

#[test]
fn a_file_that_changed_since_it_was_installed_is_found() {
    let folders = Folders::new();
    assert_eq!(import(&folders, &copied(&folders, "genai/qwen3")).code, Some(0));
    let verified = folders.run("models", &["verify", "small"]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
    let weights = folders.data.path().join("language-models/small/model.onnx.data");
    let mut content = fs::read(&weights).unwrap();
    content[1_000] ^= 1;
    fs::write(&weights, &content).unwrap();
    let verified = folders.run("models", &["verify"]);
    assert_eq!(verified.code, Some(1), "{verified:?}");
    assert!(
        verified
            .output
            .contains("small: its file model.onnx.data has another content"),
        "{verified:?}"
    );
    assert!(
        verified.output.contains("gemba models remove small"),
        "{verified:?}"
    );
    content.truncate(10);
    fs::write(&weights, content).unwrap();
    refused(
        &folders.run("models", &["use", "small"]),
        &["model.onnx.data", "has not the length"],
    );
}
