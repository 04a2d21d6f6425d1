//! What is fetched, and how a pull goes on where it stopped.

use std::fs;

use super::super::support::hub::{COMMIT, Hub, sha256};
use super::super::support::{Folders, files_below};
use super::{PULL, REPOSITORY, gemba, hub, model, pull, refused, there};

#[test]
fn a_model_is_pulled_checked_used_and_answers() {
    let (folders, hub) = (Folders::new(), hub());
    let pulled = gemba(&folders, &hub, PULL, &[("HF_TOKEN", "hf_secret")]);
    assert_eq!(pulled.code, Some(0), "{pulled:?}");
    assert!(pulled.output.contains("small is installed"), "{pulled:?}");
    assert!(pulled.errors.contains("no checksums of its own"), "{pulled:?}");
    let installed = folders.data.path().join("language-models/small");
    let manifest = fs::read_to_string(installed.join("gemba-model.toml")).unwrap();
    assert!(manifest.contains(&format!("{REPOSITORY}@{COMMIT}")), "{manifest}");
    for asked in &hub.state().asked {
        assert_eq!(asked.authorization.is_some(), !asked.elsewhere, "{asked:?}");
    }
    let listed = gemba(&folders, &hub, &["list", "--json"], &[]).json();
    let row = &listed[0];
    assert_eq!((&row["id"], &row["installed"]), (&"small".into(), &true.into()));
    assert!(row["memory_bytes"].as_u64().unwrap() > 0, "{row}");
    let verified = gemba(&folders, &hub, &["verify"], &[]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
    let used = gemba(&folders, &hub, &["use", "small"], &[]);
    assert!(used.output.contains("within a few seconds"), "{used:?}");
    let tried = gemba(
        &folders,
        &hub,
        &["try", "small", "Hello?", "--max-tokens", "4"],
        &[],
    );
    assert_eq!(tried.code, Some(0), "{tried:?}");
    hub.gets();
    let again = pull(&folders, &hub);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(again.output.contains("installed already"), "{again:?}");
    assert!(
        hub.gets().is_empty(),
        "nothing is asked for a model that is there"
    );
}

#[test]
fn a_pull_that_broke_is_not_used_and_goes_on_where_it_stopped() {
    let (folders, hub) = (Folders::new(), hub());
    hub.state().break_after = Some(20_000);
    hub.state().breaks = usize::MAX;
    let broken = pull(&folders, &hub);
    refused(&broken, &["broke", "run the same command again"]);
    assert_eq!(there(&folders), [".staging-small"]);
    let used = gemba(&folders, &hub, &["use", "small"], &[]);
    refused(&used, &["no language model small is installed"]);
    let listed = gemba(&folders, &hub, &["list", "--json"], &[]).json();
    assert!(
        listed
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["installed"] == false)
    );
    let table = gemba(&folders, &hub, &["list"], &[]);
    assert!(
        table.errors.contains("small was begun and is not finished"),
        "{table:?}"
    );
    hub.gets();
    hub.state().breaks = 0;
    let whole = pull(&folders, &hub);
    assert_eq!(whole.code, Some(0), "{whole:?}");
    let ranges: Vec<_> = hub.gets().into_iter().filter_map(|asked| asked.range).collect();
    assert!(ranges.contains(&"bytes=100000-".to_owned()), "{ranges:?}");
    assert_eq!(
        fs::read(
            folders
                .data
                .path()
                .join("language-models/small/onnx/model_q4.onnx")
        )
        .unwrap(),
        fs::read(model("optimum/qwen3-q4/onnx/model_q4.onnx")).unwrap()
    );
    assert_eq!(there(&folders), ["small"]);
}

#[test]
fn a_model_that_changed_between_two_attempts_is_not_put_together_of_both() {
    let (folders, hub) = (Folders::new(), hub());
    hub.state().break_after = Some(20_000);
    hub.state().breaks = usize::MAX;
    refused(&pull(&folders, &hub), &["broke"]);
    hub.state().breaks = 0;
    let mut other = fs::read(model("optimum/qwen3-q4/onnx/model_q4.onnx")).unwrap();
    // A weight; the graph around it stays what it is.
    let place = other.len() / 2;
    other[place] ^= 1;
    hub.write(REPOSITORY, "onnx/model_q4.onnx", &other);
    hub.gets();
    let pulled = pull(&folders, &hub);
    assert_eq!(pulled.code, Some(0), "{pulled:?}");
    assert!(hub.gets().iter().all(|asked| asked.range.is_none()));
    let installed = folders.data.path().join("language-models/small");
    assert_eq!(fs::read(installed.join("onnx/model_q4.onnx")).unwrap(), other);
    assert!(!files_below(&installed).iter().any(|file| file.ends_with(".part")));
}

#[test]
fn what_was_fetched_of_a_model_can_be_removed() {
    let (folders, hub) = (Folders::new(), hub());
    hub.state().break_after = Some(20_000);
    hub.state().breaks = usize::MAX;
    refused(&pull(&folders, &hub), &["broke"]);
    let removed = gemba(&folders, &hub, &["remove", "small"], &[]);
    assert_eq!(removed.code, Some(0), "{removed:?}");
    assert!(there(&folders).is_empty());
}

#[test]
fn a_line_that_breaks_once_is_taken_up_again_by_itself() {
    let (folders, hub) = (Folders::new(), hub());
    hub.state().break_after = Some(30_000);
    hub.state().breaks = 1;
    hub.state().redirect_within = true;
    let pulled = pull(&folders, &hub);
    assert_eq!(pulled.code, Some(0), "{pulled:?}");
    let ranges: Vec<_> = hub.gets().into_iter().filter_map(|asked| asked.range).collect();
    assert!(ranges.contains(&"bytes=30000-".to_owned()), "{ranges:?}");
}

#[test]
fn a_host_that_cannot_go_on_begins_anew_and_the_file_is_right() {
    let (folders, hub) = (Folders::new(), hub());
    hub.state().break_after = Some(30_000);
    hub.state().breaks = 1;
    hub.state().ignore_ranges = true;
    let pulled = pull(&folders, &hub);
    assert_eq!(pulled.code, Some(0), "{pulled:?}");
    assert_eq!(gemba(&folders, &hub, &["verify", "small"], &[]).code, Some(0));
}

#[test]
fn the_catalogue_has_the_last_word_on_checksums() {
    let (folders, hub) = (Folders::new(), hub());
    let catalogue = |graph: &str| {
        let mut text = format!(
            "[[model]]\nid = \"own\"\npurpose = \"x\"\nlicence = \"MIT\"\nlanguages = [\"en\"]\nrepository = {REPOSITORY:?}\n"
        );
        for file in [
            "config.json",
            "generation_config.json",
            "onnx/model_q4.onnx",
            "tokenizer.json",
        ] {
            let content = fs::read(model("optimum/qwen3-q4").join(file)).unwrap();
            let hash = if file.ends_with(".onnx") {
                graph.to_owned()
            } else {
                sha256(&content)
            };
            text += &format!(
                "[[model.files]]\npath = {file:?}\nsize = {}\nsha256 = {hash:?}\n",
                content.len()
            );
        }
        folders.write("models.toml", text).display().to_string()
    };
    let graph = fs::read(model("optimum/qwen3-q4/onnx/model_q4.onnx")).unwrap();
    let file = catalogue(&"0".repeat(64));
    let own = |file: &str| {
        gemba(
            &folders,
            &hub,
            &["pull", "own"],
            &[("GEMBA_MODELS_CATALOGUE", file)],
        )
    };
    refused(&own(&file), &["onnx/model_q4.onnx", "the catalogue promises"]);
    hub.gets();
    let file = catalogue(&sha256(&graph));
    hub.state().no_checksums = true;
    let pulled = own(&file);
    assert_eq!(pulled.code, Some(0), "{pulled:?}");
    assert!(!pulled.errors.contains("no checksums of its own"), "{pulled:?}");
    assert!(
        hub.gets().iter().all(|asked| !asked.path.starts_with("/api/")),
        "a list of files is needless"
    );
    let listed = gemba(
        &folders,
        &hub,
        &["list", "--json"],
        &[("GEMBA_MODELS_CATALOGUE", file.as_str())],
    )
    .json();
    assert_eq!(
        (&listed[0]["licence"], &listed[0]["languages"][0]),
        (&"MIT".into(), &"en".into())
    );
    assert_eq!(listed.as_array().unwrap().len(), 1);
}

#[test]
fn of_several_graphs_one_is_chosen_and_only_its_data_fetched() {
    let (folders, hub) = (Folders::new(), Hub::with(REPOSITORY, &model("optimum/llama3")));
    hub.write(REPOSITORY, "onnx/model_fp16.onnx", b"x");
    hub.write(REPOSITORY, "onnx/model_fp16.onnx_data", b"x");
    hub.write(REPOSITORY, "pytorch_model.bin", b"x");
    hub.write(REPOSITORY, "../../outside.json", b"x");
    refused(
        &pull(&folders, &hub),
        &[
            "several .onnx files",
            "--file",
            "model.onnx, onnx/model_fp16.onnx",
        ],
    );
    let chosen = [PULL, &["--file", "model.onnx"]].concat();
    let pulled = gemba(&folders, &hub, &chosen, &[]);
    assert_eq!(pulled.code, Some(0), "{pulled:?}");
    let files = files_below(&folders.data.path().join("language-models/small"));
    assert!(files.contains(&"model.onnx_data".to_owned()), "{files:?}");
    assert!(
        !files
            .iter()
            .any(|file| file.contains("fp16") || file.ends_with(".bin")),
        "{files:?}"
    );
}

#[test]
fn a_renamed_repository_is_followed() {
    let (folders, hub) = (Folders::new(), hub());
    hub.state().renamed = Some(("factory/old-name", REPOSITORY));
    let pulled = gemba(
        &folders,
        &hub,
        &["pull", "--repository", "factory/old-name", "--id", "small"],
        &[],
    );
    assert_eq!(pulled.code, Some(0), "{pulled:?}");
}

#[test]
fn a_proxy_is_taken_from_the_environment() {
    let (folders, hub) = (Folders::new(), hub());
    hub.state().redirect_within = true;
    let environment = [
        ("HF_ENDPOINT", "http://hub.invalid"),
        ("HTTP_PROXY", hub.address.as_str()),
        ("NO_PROXY", ""),
    ];
    let pulled = gemba(&folders, &hub, PULL, &environment);
    assert_eq!(pulled.code, Some(0), "{pulled:?}");
    assert!(hub.gets().iter().all(|asked| asked.as_proxy));
}
