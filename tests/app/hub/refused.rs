//! What is refused, what is said of it, and that nothing is left that could be used.

use std::fs;

use super::super::support::{Folders, files_below};
use super::{REPOSITORY, gemba, hub, model, pull, refused, there};

#[test]
fn a_file_with_another_checksum_is_thrown_away_and_nothing_is_installed() {
    let (folders, hub) = (Folders::new(), hub());
    hub.state().corrupt = true;
    let pulled = pull(&folders, &hub);
    refused(
        &pulled,
        &["onnx/model_q4.onnx", "thrown away", "nothing was installed"],
    );
    let left = files_below(&folders.data.path().join("language-models"));
    assert!(
        !left.iter().any(|file| file.contains("model_q4.onnx")),
        "{left:?}"
    );
    hub.state().corrupt = false;
    assert_eq!(pull(&folders, &hub).code, Some(0));
}

#[test]
fn a_hub_that_names_no_checksum_is_not_believed() {
    let (folders, hub) = (Folders::new(), hub());
    hub.state().no_checksums = true;
    refused(&pull(&folders, &hub), &["names no checksum"]);
}

#[test]
fn each_refusal_of_a_hub_says_what_to_do() {
    let (folders, hub) = (Folders::new(), hub());
    for (status, code, words) in [
        (401, "GatedRepo", ["accepted its terms", "HF_TOKEN"]),
        (403, "GatedRepo", ["accepted its terms", "HF_TOKEN"]),
        (401, "RepoNotFound", ["check the name", "HF_TOKEN"]),
        (
            404,
            "RevisionNotFound",
            ["has no factory/small-onnx at main", "check the names"],
        ),
        (429, "", ["too often", "7 seconds"]),
        (503, "", ["503", "again later"]),
    ] {
        hub.state().refuse = Some((status, code));
        refused(&pull(&folders, &hub), &words);
    }
    assert!(there(&folders).is_empty());
}

#[test]
fn without_a_hub_or_a_line_the_other_way_is_named() {
    let (folders, mut hub) = (Folders::new(), hub());
    hub.address = String::new();
    refused(
        &pull(&folders, &hub),
        &["models.hub", "HF_ENDPOINT", "gemba models import"],
    );
    hub.address = "http://127.0.0.1:9".to_owned();
    refused(
        &pull(&folders, &hub),
        &["127.0.0.1 cannot be reached", "HTTPS_PROXY"],
    );
    let unknown = gemba(&folders, &hub, &["pull", "gpt"], &[]);
    refused(
        &unknown,
        &["the catalogue has no model gpt", "qwen3-0.6b", "--repository"],
    );
    let copier = gemba(&folders, &hub, &["pull", "copier"], &[]);
    refused(
        &copier,
        &["gemba models import appliance/models/copier/model --id copier"],
    );
}

#[test]
fn what_the_disk_has_no_room_for_is_refused_before_it_is_fetched() {
    let (folders, hub) = (Folders::new(), hub());
    hub.state().pretend_size = Some(1 << 60);
    refused(&pull(&folders, &hub), &["MB left", "are needed"]);
    assert!(hub.gets().iter().all(|asked| asked.path.starts_with("/api/")));
}

#[test]
fn a_repository_that_holds_no_model_for_the_engine_is_not_installed() {
    let (folders, hub) = (Folders::new(), hub());
    let tokenizer = fs::read(model("genai/gemma3/tokenizer.json")).unwrap();
    let tokenizer = String::from_utf8(tokenizer).unwrap();
    hub.write(
        REPOSITORY,
        "tokenizer.json",
        tokenizer.replacen("{", "", 1).as_bytes(),
    );
    refused(
        &pull(&folders, &hub),
        &["tokenizer.json", "nothing was installed"],
    );
    assert!(there(&folders).is_empty());
}
