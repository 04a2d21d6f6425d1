//! What is taken of a folder or an archive, what it is held to, and what is refused.

use std::io::Write;

use super::*;

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, content) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

const MODEL: [(&str, &str); 4] = [
    ("config.json", "{}"),
    ("tokenizer.json", "{}"),
    ("onnx/model_q4.onnx", "weights"),
    (".git/config", "x"),
];

struct Case {
    _folder: tempfile::TempDir,
    models: LanguageModels,
    stick: PathBuf,
}

fn case() -> Case {
    let folder = tempfile::tempdir().unwrap();
    let stick = folder.path().join("My Model (copy)");
    fs::create_dir(&stick).unwrap();
    Case {
        models: LanguageModels::open(&folder.path().join("language-models")),
        stick,
        _folder: folder,
    }
}

impl Case {
    fn import(&self, source: &Path, options: &ImportOptions, catalogue: &str) -> Result<Staged, ModelError> {
        let catalogue: Catalogue = toml::from_str(catalogue).unwrap();
        self.models.import(source, options, &catalogue, &|_| {})
    }

    fn left_over(&self) -> Vec<String> {
        fs::read_dir(self.models.folder())
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| !name.starts_with(".lock-"))
            .collect()
    }
}

#[test]
fn a_folder_is_copied_and_named_after_itself() {
    let case = case();
    write(&case.stick, &MODEL);
    let staged = case.import(&case.stick, &ImportOptions::default(), "").unwrap();
    assert_eq!(staged.manifest().id, "my-model--copy");
    assert_eq!(staged.manifest().graph.as_deref(), Some("onnx/model_q4.onnx"));
    let model = staged.install().unwrap();
    assert_eq!(
        fs::read_to_string(model.folder.join("onnx/model_q4.onnx")).unwrap(),
        "weights"
    );
    assert!(!model.folder.join(".git").exists());
    assert!(case.stick.join("config.json").exists(), "the stick is only read");
    let again = case.import(&case.stick, &ImportOptions::default(), "");
    assert!(matches!(again, Err(ModelError::AlreadyInstalled { .. })));
}

#[test]
fn an_archive_with_one_folder_in_it_is_looked_through() {
    let case = case();
    let archive = case.stick.join("small.zip");
    let mut writer = zip::ZipWriter::new(fs::File::create(&archive).unwrap());
    for (name, content) in MODEL {
        writer
            .start_file(format!("export/{name}"), zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap();
    let model = case
        .import(&archive, &ImportOptions::default(), "")
        .unwrap()
        .install()
        .unwrap();
    assert_eq!(model.id, "small");
    assert_eq!(model.files.len(), 3);
    assert!(model.folder.join("tokenizer.json").exists());
    assert!(!model.folder.join(UNPACKED).exists());
}

#[test]
fn what_the_catalogue_knows_of_a_model_is_taken_over() {
    let case = case();
    write(&case.stick, &MODEL);
    let catalogue = "[[model]]\nid = \"tiny\"\npurpose = \"shows\"\nlicence = \"MIT\"\nlanguages = [\"en\"]\n\
                     demonstration = true\nfolder = \"x\"\n";
    let options = ImportOptions {
        id: Some("tiny".to_owned()),
        ..ImportOptions::default()
    };
    let model = case
        .import(&case.stick, &options, catalogue)
        .unwrap()
        .install()
        .unwrap();
    assert!(model.demonstration);
    assert_eq!((model.purpose.as_str(), model.licence.as_str()), ("shows", "MIT"));
    assert_eq!(model.languages, [Language::English]);
}

#[test]
fn a_model_that_another_gemba_installed_is_held_to_its_manifest() {
    let case = case();
    write(&case.stick, &MODEL);
    let model = case
        .import(&case.stick, &ImportOptions::default(), "")
        .unwrap()
        .install()
        .unwrap();
    let carried = case.stick.join("carried");
    write(&carried, &MODEL);
    fs::copy(model.folder.join(Manifest::FILE), carried.join(Manifest::FILE)).unwrap();
    case.models.remove(&model.id, false).unwrap();
    let again = case.import(&carried, &ImportOptions::default(), "").unwrap();
    assert_eq!(again.manifest().id, model.id);
    drop(again);
    fs::write(carried.join("onnx/model_q4.onnx"), "Weights").unwrap();
    let error = case.import(&carried, &ImportOptions::default(), "").unwrap_err();
    assert!(matches!(error, ModelError::Altered { .. }), "{error}");
    write(&carried, &[MODEL[2], ("config.json", "{ }")]);
    let error = case.import(&carried, &ImportOptions::default(), "").unwrap_err();
    assert!(matches!(error, ModelError::Altered { .. }), "{error}");
    let mut manifest = Manifest::read(&carried).unwrap();
    manifest.files[0].path = "chat_template.jinja".to_owned();
    fs::write(carried.join(Manifest::FILE), manifest.text().unwrap()).unwrap();
    let error = case.import(&carried, &ImportOptions::default(), "").unwrap_err();
    assert!(matches!(error, ModelError::Incomplete { .. }), "{error}");
    assert_eq!(case.left_over(), Vec::<String>::new());
}

#[test]
fn a_file_that_is_not_what_the_catalogue_promises_is_not_installed() {
    let case = case();
    write(&case.stick, &MODEL);
    let catalogue = format!(
        "[[model]]\nid = \"small\"\nrepository = \"a/b\"\n[[model.files]]\npath = \"config.json\"\nsha256 = \"{}\"\n",
        "0".repeat(64)
    );
    let options = ImportOptions {
        id: Some("small".to_owned()),
        ..ImportOptions::default()
    };
    let error = case.import(&case.stick, &options, &catalogue).unwrap_err();
    assert!(
        error.to_string().contains("config.json") && error.to_string().contains("the catalogue"),
        "{error}"
    );
    assert_eq!(case.left_over(), Vec::<String>::new());
}

#[test]
fn what_is_no_model_is_refused_before_anything_is_copied() {
    let case = case();
    write(&case.stick, &[("letter.txt", "x"), ("photo.jpg", "y")]);
    let error = case
        .import(&case.stick, &ImportOptions::default(), "")
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("is not a language model: it has no .onnx file"),
        "{error}"
    );
    let nowhere = case.import(&case.stick.join("nowhere"), &ImportOptions::default(), "");
    assert!(matches!(nowhere, Err(ModelError::Unreadable { .. })));
    let letter = case.stick.join("letter.txt");
    let error = case.import(&letter, &ImportOptions::default(), "").unwrap_err();
    assert!(
        error.to_string().contains("neither a folder nor an archive"),
        "{error}"
    );
    assert_eq!(case.left_over(), Vec::<String>::new());
}
