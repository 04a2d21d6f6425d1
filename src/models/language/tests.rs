//! Which model is in use, what is refused, and that half of a model is never seen.

use std::fs;

use super::super::Staged;
use super::super::staging::Staging;
use super::*;

fn manifest(id: &str, content: &str) -> Manifest {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), content).unwrap();
    Manifest {
        id: id.to_owned(),
        purpose: String::new(),
        licence: String::new(),
        languages: vec![Language::English],
        source: "import".to_owned(),
        demonstration: false,
        graph: None,
        installed: String::new(),
        files: vec![ModelFile {
            path: "onnx/model.onnx".to_owned(),
            size: content.len() as u64,
            sha256: sha256_of(file.path(), |_| {}).unwrap(),
        }],
    }
}

fn staged(models: &LanguageModels, id: &str) -> Staged {
    let staging = Staging::begin(models, id).unwrap();
    fs::write(staging.place("onnx/model.onnx").unwrap(), "weights").unwrap();
    staging.complete(manifest(id, "weights"))
}

fn models() -> (tempfile::TempDir, LanguageModels) {
    let folder = tempfile::tempdir().unwrap();
    let models = LanguageModels::open(&folder.path().join("language-models"));
    (folder, models)
}

#[test]
fn a_model_is_seen_only_once_it_is_installed() {
    let (_folder, models) = models();
    assert!(models.all().is_empty());
    let staged = staged(&models, "small");
    assert!(models.all().is_empty() && models.ids().is_empty());
    assert!(matches!(models.find("small"), Err(ModelError::Absent { .. })));
    let installed = staged.install().unwrap();
    assert_eq!(models.all(), std::slice::from_ref(&installed));
    assert!(installed.knows(Language::English) && !installed.knows(Language::Chinese));
    assert!(!installed.installed.is_empty());
}

#[test]
fn a_model_that_is_given_up_leaves_nothing_behind() {
    let (_folder, models) = models();
    drop(staged(&models, "small"));
    assert!(!models.folder().join(".staging-small").exists());
}

#[test]
fn two_commands_do_not_work_on_one_model() {
    let (_folder, models) = models();
    let first = staged(&models, "small");
    assert!(matches!(
        Staging::begin(&models, "small"),
        Err(ModelError::Busy { .. })
    ));
    first.install().unwrap();
    assert!(matches!(
        Staging::begin(&models, "small"),
        Err(ModelError::AlreadyInstalled { .. })
    ));
}

#[test]
fn the_model_in_use_is_named_by_a_file_and_is_not_removed_unasked() {
    let (_folder, models) = models();
    assert_eq!(models.in_use().unwrap(), None);
    let installed = staged(&models, "small").install().unwrap();
    assert!(matches!(
        models.use_model("large"),
        Err(ModelError::Absent { .. })
    ));
    models.use_model("small").unwrap();
    assert_eq!(models.in_use().unwrap(), Some(installed));
    assert_eq!(
        fs::read_to_string(models.folder().join("in-use")).unwrap(),
        "small\n"
    );
    assert!(matches!(
        models.remove("small", false),
        Err(ModelError::InUse { .. })
    ));
    models.remove("small", true).unwrap();
    assert_eq!(models.in_use().unwrap(), None);
    assert!(models.ids().is_empty());
    models.use_none().unwrap();
}

#[test]
fn a_model_in_use_that_is_gone_is_an_error_that_names_it() {
    let (_folder, models) = models();
    staged(&models, "small").install().unwrap();
    models.use_model("small").unwrap();
    fs::remove_dir_all(models.folder().join("small")).unwrap();
    assert!(matches!(models.in_use(), Err(ModelError::Absent { id }) if id == "small"));
}

#[test]
fn a_file_that_changed_is_named() {
    let (_folder, models) = models();
    let model = staged(&models, "small").install().unwrap();
    let file = model.folder.join("onnx/model.onnx");
    let verify = || models.verify("small", &|_| {}).unwrap();
    assert_eq!(verify(), []);
    fs::write(&file, "Weights").unwrap();
    assert_eq!(verify(), [Fault::Content("onnx/model.onnx".to_owned())]);
    models.use_model("small").unwrap();
    fs::write(&file, "weigh").unwrap();
    assert_eq!(verify(), [Fault::Length("onnx/model.onnx".to_owned())]);
    assert!(matches!(
        models.use_model("small"),
        Err(ModelError::Broken { .. })
    ));
    fs::remove_file(&file).unwrap();
    assert_eq!(verify(), [Fault::Missing("onnx/model.onnx".to_owned())]);
    fs::remove_file(model.folder.join(Manifest::FILE)).unwrap();
    assert!(models.all().is_empty());
    assert!(matches!(models.find("small"), Err(ModelError::Broken { .. })));
    models.remove("small", true).unwrap();
}

#[test]
fn a_name_that_could_be_no_folder_is_refused() {
    let (_folder, models) = models();
    for id in [
        "",
        ".",
        "..",
        ".staging-x",
        "../x",
        "a/b",
        "Model",
        "in-use",
        "-x",
        "ä",
    ] {
        assert!(matches!(models.find(id), Err(ModelError::Id { .. })), "{id}");
    }
    for id in ["tiny", "qwen2.5-1.5b", "phi_4"] {
        assert!(matches!(models.find(id), Err(ModelError::Absent { .. })), "{id}");
    }
}
