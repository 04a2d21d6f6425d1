//! What cannot be loaded or answered is refused with a clear message, before anything is half loaded.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::super::{Engine, EngineError, ModelShape, Options, Prompt, Provider, Request, inspect};
use super::fixture::{self, environment};

fn copied(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(fixture::named(name).folder).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_file() {
            fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
    }
    folder
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{} has no {from}", path.display());
    fs::write(path, text.replace(from, to)).unwrap();
}

fn refusal(folder: &Path) -> String {
    ModelShape::read(folder, None).unwrap_err().to_string()
}

#[test]
fn both_forms_are_read_from_what_their_files_say() {
    for name in ["genai/qwen3", "optimum/qwen3"] {
        let shape = fixture::named(name).shape();
        assert_eq!(
            (shape.layers, shape.kv_heads, shape.head_dim),
            (2, 2, 16),
            "{name}"
        );
        assert_eq!((shape.context_length, shape.vocabulary), (256, 320));
        assert_eq!(shape.eos, [306, 304]);
        assert_eq!(shape.cache_bytes_per_token(), 2 * 2 * 2 * 16 * 4);
        assert_eq!(shape.names.position_ids.is_some(), name.starts_with("optimum"));
    }
}

#[test]
fn a_folder_that_is_no_model_says_what_is_missing() {
    let empty = tempfile::tempdir().unwrap();
    assert!(refusal(empty.path()).contains("neither genai_config.json nor config.json"));
    assert!(refusal(&empty.path().join("nowhere")).contains("no such folder"));
    fs::write(empty.path().join("config.json"), "{}").unwrap();
    assert!(refusal(empty.path()).contains("no .onnx file"));
    fs::write(empty.path().join("model.onnx"), "hello").unwrap();
    let said = refusal(empty.path());
    assert!(said.contains("model.onnx"), "{said}");
}

#[test]
fn a_configuration_names_the_field_that_is_wrong() {
    let folder = copied("genai/qwen3");
    let config = folder.path().join("genai_config.json");
    edit(
        &config,
        "\"num_key_value_heads\": 2",
        "\"num_key_value_heads\": 4",
    );
    let said = refusal(folder.path());
    assert!(
        said.contains("2 key/value heads") && said.contains("genai_config.json says 4"),
        "{said}"
    );
    edit(&config, "\"head_size\": 16", "\"head_size\": \"many\"");
    assert!(refusal(folder.path()).contains("`model.decoder.head_size` is \"many\", not a size"));
    edit(&config, "\"head_size\"", "\"heads\"");
    assert!(refusal(folder.path()).contains("`model.decoder.head_size` is missing"));
    edit(&config, "{", "");
    assert!(refusal(folder.path()).contains("genai_config.json cannot be used"));
    let folder = copied("optimum/qwen3");
    edit(
        &folder.path().join("config.json"),
        "\"num_hidden_layers\": 2",
        "\"num_hidden_layers\": 3",
    );
    assert!(refusal(folder.path()).contains("does not take `past_key_values.2.key`"));
}

#[test]
fn weights_that_are_cut_short_are_seen_before_they_are_loaded() {
    let folder = copied("genai/qwen3");
    let weights = folder.path().join("model.onnx.data");
    let length = fs::metadata(&weights).unwrap().len();
    fs::OpenOptions::new()
        .write(true)
        .open(&weights)
        .unwrap()
        .set_len(length / 2)
        .unwrap();
    let said = refusal(folder.path());
    assert!(said.contains("model.onnx.data is cut short"), "{said}");
    fs::remove_file(&weights).unwrap();
    assert!(refusal(folder.path()).contains("cannot read"));
    let folder = copied("optimum/qwen3");
    let graph = folder.path().join("model.onnx");
    let length = fs::metadata(&graph).unwrap().len();
    fs::OpenOptions::new()
        .write(true)
        .open(&graph)
        .unwrap()
        .set_len(length - 1)
        .unwrap();
    assert!(refusal(folder.path()).contains("model.onnx is cut short"));
}

#[test]
fn a_model_is_looked_at_without_being_loaded() {
    let folder = copied("genai/qwen3");
    assert_eq!(inspect(folder.path(), None).unwrap().vocabulary, 320);
    let template = folder.path().join("chat_template.jinja");
    fs::write(&template, "{% if %}").unwrap();
    let error = inspect(folder.path(), None).unwrap_err();
    assert!(matches!(error, EngineError::Malformed { path, .. } if path == template));
    fs::remove_file(template).unwrap();
    let tokenizer = folder.path().join("tokenizer.json");
    fs::remove_file(&tokenizer).unwrap();
    let error = inspect(folder.path(), None).unwrap_err();
    assert!(matches!(error, EngineError::Read { path, .. } if path == tokenizer));
}

#[test]
#[ignore = "runs a model: see own_process"]
fn what_does_not_fit_together_or_into_memory_is_refused_before_a_weight_is_loaded() {
    let options = Options {
        context: 256,
        ..Options::default()
    };
    let refused =
        |folder: &Path, options: &Options| Engine::load(environment(), folder, options).unwrap_err();
    let folder = copied("genai/qwen3");
    let tight = Options {
        memory: Some(1 << 20),
        ..options.clone()
    };
    let error = refused(folder.path(), &tight);
    assert!(matches!(error, EngineError::Memory { .. }), "{error}");
    assert!(error.to_string().contains("1 MB of memory are free"), "{error}");
    let gpu = Options {
        provider: Provider::Cuda,
        ..options.clone()
    };
    let error = refused(folder.path(), &gpu);
    assert!(matches!(error, EngineError::NoGpu(_)), "{error}");
    let odd_heads = copied("genai/qwen3");
    edit(
        &odd_heads.path().join("genai_config.json"),
        "\"head_size\": 16",
        "\"head_size\": 32",
    );
    refused(odd_heads.path(), &options);
    let tokenizer = folder.path().join("tokenizer.json");
    let whole = fs::read_to_string(&tokenizer).unwrap();
    fs::write(&tokenizer, "{").unwrap();
    assert!(matches!(
        refused(folder.path(), &options),
        EngineError::Malformed { .. }
    ));
    let mut json: serde_json::Value = serde_json::from_str(&whole).unwrap();
    let mut odd = json["added_tokens"][0].clone();
    odd["id"] = 5_000.into();
    odd["content"] = "<|far away|>".into();
    json["model"]["vocab"]["far"] = 5_000.into();
    json["added_tokens"].as_array_mut().unwrap().push(odd);
    fs::write(&tokenizer, json.to_string()).unwrap();
    let error = refused(folder.path(), &options);
    assert!(matches!(error, EngineError::Tokenizer { .. }), "{error}");
    fs::remove_file(&tokenizer).unwrap();
    assert!(matches!(
        refused(folder.path(), &options),
        EngineError::Read { .. }
    ));
}

#[test]
#[ignore = "runs a model: see own_process"]
fn a_prompt_that_cannot_be_answered_is_refused_at_once() {
    let engine = fixture::named("genai/qwen3").engine(&Options::default());
    let refused = |prompt: Prompt, most: Option<usize>| {
        let request = Request {
            max_tokens: most,
            ..Request::new(prompt)
        };
        engine.submit(request).unwrap_err()
    };
    assert_eq!(engine.window(), 255);
    let error = refused(Prompt::Tokens(vec![1; 255]), None);
    assert!(error.to_string().contains("the prompt has 255 tokens"), "{error}");
    assert!(matches!(
        refused(Prompt::Tokens(vec![1; 200]), Some(56)),
        EngineError::TooLong { window: 255, .. }
    ));
    assert!(matches!(
        refused(Prompt::Text(String::new()), None),
        EngineError::EmptyPrompt
    ));
    let error = refused(Prompt::Tokens(vec![1, 320]), None);
    assert!(error.to_string().contains("no token 320"), "{error}");
}
