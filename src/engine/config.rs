//! Reads the files of an exported model into one description of its shape.
//!
//! Nothing here knows an architecture by name: what differs between models is what the exporters write down.

use std::path::{Path, PathBuf};

use ort::value::TensorElementType;
use serde_json::Value;

use super::EngineError;
use super::graph::{Graph, Port};
use super::json::Json;

/// How an export keeps what it has computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// onnxruntime-genai: GroupQueryAttention writes into a cache of fixed length, which past and present share.
    SharedCache,
    /// optimum and onnx-community: each run gives a cache that is longer by its tokens.
    GrowingCache,
}

/// All that the engine must know about a model before it loads it.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelShape {
    /// How the export keeps its cache.
    pub form: Form,
    /// The folder that it was read from.
    pub folder: PathBuf,
    /// The graph's file.
    pub file: PathBuf,
    /// What the file's header says.
    pub graph: Graph,
    /// Decoder layers; each has a key cache and a value cache.
    pub layers: usize,
    /// Heads of the cache in each layer.
    pub kv_heads: usize,
    /// Numbers that a head keeps for each token.
    pub head_dim: usize,
    /// Tokens that prompt and answer may have together.
    pub context_length: usize,
    /// Logits that the model gives for a position.
    pub vocabulary: usize,
    /// Tokens that end an answer.
    pub eos: Vec<u32>,
    /// The cache's element type: f32, f16, or i8 with scales that are the graph's own affair.
    pub cache_element: TensorElementType,
    /// The names of the graph's inputs and outputs.
    pub names: Names,
}

/// What the graph's inputs and outputs are called; `%d` stands for the layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// Token ids, `[batch, tokens]`.
    pub input_ids: String,
    /// One for each position that may be looked at, `[batch, past + tokens]`.
    pub attention_mask: String,
    /// Places of the tokens, `[batch, tokens]`; not every export asks for them.
    pub position_ids: Option<String>,
    /// How many of the last positions get logits, `[]`; few exports ask for it.
    pub logits_to_keep: Option<String>,
    /// `[batch, tokens, vocabulary]`, or `[batch, 1, vocabulary]` of an export with a pruned head.
    pub logits: String,
    past_key: String,
    past_value: String,
    present_key: String,
    present_value: String,
}

impl Names {
    /// Past and present names of each cache tensor: key and value of layer 0, of layer 1, and so on.
    pub fn caches(&self, layers: usize) -> Vec<(String, String)> {
        (0..layers)
            .flat_map(|layer| {
                let name = |pattern: &str| pattern.replace("%d", &layer.to_string());
                [
                    (name(&self.past_key), name(&self.present_key)),
                    (name(&self.past_value), name(&self.present_value)),
                ]
            })
            .collect()
    }
}

impl ModelShape {
    /// Reads the model in `folder`; `file` names its graph where the folder has several.
    ///
    /// # Errors
    ///
    /// Each names the file, and the field in it, that is missing or does not fit the graph. No weight is read.
    pub fn read(folder: &Path, file: Option<&str>) -> Result<Self, EngineError> {
        if !folder.is_dir() {
            return Err(not_a_model(folder, "there is no such folder"));
        }
        let genai = folder.join("genai_config.json");
        if genai.is_file() {
            Json::read(&genai)?.shared_cache(folder, file)
        } else if folder.join("config.json").is_file() {
            Json::read(&folder.join("config.json"))?.growing_cache(folder, file)
        } else {
            Err(not_a_model(
                folder,
                "it has neither genai_config.json nor config.json",
            ))
        }
    }

    /// Bytes of cache that one token takes.
    pub fn cache_bytes_per_token(&self) -> u64 {
        let element = self.cache_element.byte_size(1).unwrap_or(4);
        (2 * self.layers * self.kv_heads * self.head_dim * element) as u64
    }

    /// Whether the graph gives the logits of the last position only, whatever it was given.
    pub fn pruned_head(&self) -> bool {
        let logits = self.graph.output(&self.names.logits);
        logits.is_some_and(|port| port.dims.get(1) == Some(&Some(1)))
    }

    /// Compares what the configuration says with what the graph's header says.
    fn checked(mut self, config: &Path) -> Result<Self, EngineError> {
        let malformed = |reason: String| EngineError::Malformed {
            path: self.file.clone(),
            reason,
        };
        let names = &self.names;
        for input in [&names.input_ids, &names.attention_mask] {
            self.graph
                .input(input)
                .ok_or_else(|| malformed(format!("its graph does not take `{input}`")))?;
        }
        let logits = self
            .graph
            .output(&names.logits)
            .ok_or_else(|| malformed(format!("its graph does not give `{}`", names.logits)))?;
        if let Some(Some(width)) = logits.dims.last() {
            self.vocabulary = *width as usize;
        }
        let mut element = None;
        for (past, present) in names.caches(self.layers) {
            let port = self
                .graph
                .input(&past)
                .ok_or_else(|| malformed(format!("its graph does not take `{past}`")))?;
            if self.graph.output(&present).is_none() {
                return Err(malformed(format!("its graph does not give `{present}`")));
            }
            for (at, name, says) in [
                (1, "key/value heads", self.kv_heads),
                (3, "numbers per head", self.head_dim),
            ] {
                let there = port.dims.get(at).copied().flatten();
                if there.is_some_and(|there| there as usize != says) {
                    return Err(malformed(format!(
                        "`{past}` has {} {name}, but {} says {says}",
                        there.unwrap_or(0),
                        config.display()
                    )));
                }
            }
            element = Some(port.element);
        }
        self.cache_element = match element {
            Some(1) => TensorElementType::Float32,
            Some(3) => TensorElementType::Int8,
            Some(10) => TensorElementType::Float16,
            other => {
                return Err(malformed(format!(
                    "its cache has elements of ONNX type {other:?}; f32, f16 and i8 can be used"
                )));
            }
        };
        let caches = names.caches(self.layers);
        let given = |port: &&Port| {
            let name = Some(&port.name);
            [&names.input_ids, &names.attention_mask].contains(&&port.name)
                || [&names.position_ids, &names.logits_to_keep]
                    .into_iter()
                    .any(|one| one.as_ref() == name)
                || caches.iter().any(|(past, _)| *past == port.name)
        };
        if let Some(odd) = self.graph.inputs.iter().find(|port| !given(port)) {
            return Err(malformed(format!(
                "its graph asks for `{}`, which is not known here",
                odd.name
            )));
        }
        Ok(self)
    }
}

fn not_a_model(path: &Path, reason: &str) -> EngineError {
    EngineError::NotAModel {
        path: path.to_owned(),
        reason: reason.to_owned(),
    }
}

/// As the exports for transformers.js call it.
const LOGITS_TO_KEEP: &str = "num_logits_to_keep";

impl Json {
    fn shared_cache(&self, folder: &Path, file: Option<&str>) -> Result<ModelShape, EngineError> {
        let text = |field: &str, otherwise: &str| {
            let found = self.find(field).and_then(Value::as_str);
            found.unwrap_or(otherwise).to_owned()
        };
        let file = folder.join(file.unwrap_or(&text("model.decoder.filename", "model.onnx")));
        let graph = Graph::read(&file)?;
        let position_ids = text("model.decoder.inputs.position_ids", "position_ids");
        let names = Names {
            input_ids: text("model.decoder.inputs.input_ids", "input_ids"),
            attention_mask: text("model.decoder.inputs.attention_mask", "attention_mask"),
            position_ids: graph.input(&position_ids).map(|port| port.name.clone()),
            logits_to_keep: graph.input(LOGITS_TO_KEEP).map(|port| port.name.clone()),
            logits: text("model.decoder.outputs.logits", "logits"),
            past_key: text("model.decoder.inputs.past_key_names", "past_key_values.%d.key"),
            past_value: text(
                "model.decoder.inputs.past_value_names",
                "past_key_values.%d.value",
            ),
            present_key: text("model.decoder.outputs.present_key_names", "present.%d.key"),
            present_value: text("model.decoder.outputs.present_value_names", "present.%d.value"),
        };
        ModelShape {
            form: Form::SharedCache,
            folder: folder.to_owned(),
            graph,
            layers: self.size("model.decoder.num_hidden_layers")?,
            kv_heads: self.size("model.decoder.num_key_value_heads")?,
            head_dim: self.size("model.decoder.head_size")?,
            context_length: self.size("model.context_length")?,
            vocabulary: self.size("model.vocab_size")?,
            eos: self.tokens("model.eos_token_id")?,
            cache_element: TensorElementType::Float32,
            names,
            file,
        }
        .checked(&self.path)
    }

    fn growing_cache(&self, folder: &Path, file: Option<&str>) -> Result<ModelShape, EngineError> {
        let file = match file {
            Some(name) => folder.join(name),
            None => find_graph(folder)?,
        };
        let graph = Graph::read(&file)?;
        let kv_heads = match self.find("num_key_value_heads") {
            Some(Value::Null) | None => self.size("num_attention_heads")?,
            Some(_) => self.size("num_key_value_heads")?,
        };
        let head_dim = match self.find("head_dim") {
            Some(Value::Null) | None => self.size("hidden_size")? / self.size("num_attention_heads")?,
            Some(_) => self.size("head_dim")?,
        };
        let generation = folder.join("generation_config.json");
        let eos = if generation.is_file() {
            Self::read(&generation)?
                .tokens("eos_token_id")
                .or_else(|_| self.tokens("eos_token_id"))?
        } else {
            self.tokens("eos_token_id")?
        };
        let names = Names {
            input_ids: "input_ids".to_owned(),
            attention_mask: "attention_mask".to_owned(),
            position_ids: graph.input("position_ids").map(|port| port.name.clone()),
            logits_to_keep: graph.input(LOGITS_TO_KEEP).map(|port| port.name.clone()),
            logits: "logits".to_owned(),
            past_key: "past_key_values.%d.key".to_owned(),
            past_value: "past_key_values.%d.value".to_owned(),
            present_key: "present.%d.key".to_owned(),
            present_value: "present.%d.value".to_owned(),
        };
        ModelShape {
            form: Form::GrowingCache,
            folder: folder.to_owned(),
            graph,
            layers: self.size("num_hidden_layers")?,
            kv_heads,
            head_dim,
            context_length: self.size("max_position_embeddings")?,
            vocabulary: self.size("vocab_size")?,
            eos,
            cache_element: TensorElementType::Float32,
            names,
            file,
        }
        .checked(&self.path)
    }
}

/// The graph of a folder without `genai_config.json`: the usual names first, then the only one that is there.
fn find_graph(folder: &Path) -> Result<PathBuf, EngineError> {
    const USUAL: &[&str] = &[
        "model.onnx",
        "decoder_model_merged.onnx",
        "model_q4.onnx",
        "model_quantized.onnx",
    ];
    for place in [folder.to_owned(), folder.join("onnx")] {
        for name in USUAL {
            if place.join(name).is_file() {
                return Ok(place.join(name));
            }
        }
    }
    let mut found = Vec::new();
    for place in [folder.to_owned(), folder.join("onnx")] {
        for entry in std::fs::read_dir(place).into_iter().flatten().flatten() {
            if entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "onnx")
            {
                found.push(entry.path());
            }
        }
    }
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => Err(not_a_model(folder, "it has no .onnx file")),
        _ => Err(not_a_model(
            folder,
            "it has several .onnx files, and none was chosen",
        )),
    }
}
