//! Which files of a repository, a folder or an archive make up a model. Pure: it sees names alone.

use super::Manifest;

/// Files that a model is made of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Selection {
    /// What stands before the model's own folder in each path: empty, or ends with `/`.
    pub base: String,
    /// The graph within the model's folder; none where the export itself names it.
    pub graph: Option<String>,
    /// The files, by the paths that were given.
    pub files: Vec<String>,
}

/// How much is taken of what lies beside the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taking {
    /// What the engine reads and the licence: a repository may hold the weights in other forms too.
    Known,
    /// All but hidden files and other graphs: somebody put it together.
    Everything,
}

/// Why there is no telling which files make up a model.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// There is no graph.
    #[error("it has no .onnx file")]
    NoGraph,
    /// There are several graphs.
    #[error("it has several .onnx files; say with --file which one: {}", .0.join(", "))]
    Several(
        /// Their paths.
        Vec<String>,
    ),
    /// The graph that was asked for is not there.
    #[error("it has no file {asked}; its .onnx files are: {}", there.join(", "))]
    NoSuchGraph {
        /// The path that was asked for.
        asked: String,
        /// Those that there are.
        there: Vec<String>,
    },
    /// There is no configuration.
    #[error("it has neither genai_config.json nor config.json")]
    NoConfiguration,
    /// There is no tokenizer.
    #[error("it has no tokenizer.json")]
    NoTokenizer,
}

const CONFIGURATIONS: [&str; 2] = ["genai_config.json", "config.json"];
const TOKENIZER: &str = "tokenizer.json";

/// The files of the model with the graph `asked`, or with the only graph that there is.
pub(super) fn select(
    files: &[String],
    asked: Option<&str>,
    taking: Taking,
) -> Result<Selection, SelectionError> {
    let has = |path: String| files.contains(&path);
    let graphs: Vec<String> = files
        .iter()
        .filter(|file| file.ends_with(".onnx") && !hidden(file))
        .cloned()
        .collect();
    let graph = match (asked, graphs.as_slice()) {
        (_, []) => return Err(SelectionError::NoGraph),
        (Some(asked), graphs) => Some(named(asked, graphs)?),
        (None, [only]) => Some(only.as_str()),
        (None, _) if has(CONFIGURATIONS[0].to_owned()) => None,
        (None, _) => return Err(SelectionError::Several(graphs)),
    };
    let configured = |base: &&str| CONFIGURATIONS.iter().any(|name| has(format!("{base}{name}")));
    let bases: Vec<&str> = ancestors(graph.unwrap_or_default())
        .into_iter()
        .filter(configured)
        .collect();
    let base = bases
        .iter()
        .find(|base| has(format!("{base}{TOKENIZER}")))
        .ok_or(if bases.is_empty() {
            SelectionError::NoConfiguration
        } else {
            SelectionError::NoTokenizer
        })?;
    let belongs = |file: &&String| {
        let Some(name) = file.strip_prefix(base) else {
            return false;
        };
        let in_base = !name.contains('/');
        let beside_graph = graph.is_some_and(|graph| parent(graph) == parent(file));
        if hidden(name) || name == Manifest::FILE || !(in_base || beside_graph) {
            return false;
        }
        match graphs.iter().find(|graph| file.starts_with(graph.as_str())) {
            Some(of) => graph.is_none_or(|graph| graph == of),
            None => taking == Taking::Everything || (in_base && known(name)),
        }
    };
    Ok(Selection {
        base: (*base).to_owned(),
        graph: graph.and_then(|graph| Some(graph.strip_prefix(base)?.to_owned())),
        files: files.iter().filter(belongs).cloned().collect(),
    })
}

/// The graph that is meant: its whole path, or the end of only one.
fn named<'a>(asked: &str, graphs: &'a [String]) -> Result<&'a str, SelectionError> {
    if let Some(exact) = graphs.iter().find(|graph| *graph == asked) {
        return Ok(exact);
    }
    let mut ending = graphs
        .iter()
        .filter(|graph| graph.ends_with(&format!("/{asked}")));
    match (ending.next(), ending.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(SelectionError::NoSuchGraph {
            asked: asked.to_owned(),
            there: graphs.to_vec(),
        }),
    }
}

/// The folders around a file, the nearest first; each ends with `/`, and the outermost is empty.
fn ancestors(file: &str) -> Vec<&str> {
    let ends = file
        .char_indices()
        .rev()
        .filter(|(_, character)| *character == '/');
    ends.map(|(at, _)| &file[..=at]).chain([""]).collect()
}

fn parent(file: &str) -> &str {
    ancestors(file)[0]
}

fn hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}

/// Whether the engine reads it, or whoever uses the model must have it.
fn known(name: &str) -> bool {
    let read = (name.ends_with(".json") && !name.ends_with(".index.json")) || name.ends_with(".jinja");
    let upper = name.to_ascii_uppercase();
    read || ["LICENSE", "LICENCE", "NOTICE"]
        .iter()
        .any(|word| upper.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    const COMMUNITY: &[&str] = &[
        ".gitattributes",
        "LICENSE",
        "README.md",
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "model.safetensors.index.json",
        "onnx/model.onnx",
        "onnx/model.onnx_data",
        "onnx/model_q4.onnx",
        "onnx/model_q4.onnx_data",
        "onnx/model_q4.onnx_data_1",
        "onnx/model_q4f16.onnx",
        "tokenizer.json",
        "tokenizer_config.json",
    ];

    #[test]
    fn of_a_repository_only_one_graph_with_its_data_and_what_the_engine_reads_is_taken() {
        let selection = select(&files(COMMUNITY), Some("onnx/model_q4.onnx"), Taking::Known).unwrap();
        assert_eq!(selection.base, "");
        assert_eq!(selection.graph.as_deref(), Some("onnx/model_q4.onnx"));
        assert_eq!(
            selection.files,
            files(&[
                "LICENSE",
                "config.json",
                "generation_config.json",
                "onnx/model_q4.onnx",
                "onnx/model_q4.onnx_data",
                "onnx/model_q4.onnx_data_1",
                "tokenizer.json",
                "tokenizer_config.json",
            ])
        );
        let short = select(&files(COMMUNITY), Some("model_q4.onnx"), Taking::Known).unwrap();
        assert_eq!(short, selection);
    }

    #[test]
    fn a_model_in_a_folder_of_a_repository_is_taken_without_the_folder() {
        let listed = files(&[
            "config.json",
            "tokenizer.json",
            "cpu/int4/genai_config.json",
            "cpu/int4/model.onnx",
            "cpu/int4/model.onnx.data",
            "cpu/int4/tokenizer.json",
            "gpu/int4/model.onnx",
        ]);
        let selection = select(&listed, Some("cpu/int4/model.onnx"), Taking::Known).unwrap();
        assert_eq!(selection.base, "cpu/int4/");
        assert_eq!(selection.graph.as_deref(), Some("model.onnx"));
        assert_eq!(selection.files, listed[2..6]);
    }

    #[test]
    fn several_graphs_are_named_and_none_is_guessed() {
        let error = select(&files(COMMUNITY), None, Taking::Known).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("onnx/model_q4.onnx, onnx/model_q4f16.onnx"),
            "{error}"
        );
        let error = select(&files(COMMUNITY), Some("model_int8.onnx"), Taking::Known).unwrap_err();
        assert!(matches!(error, SelectionError::NoSuchGraph { .. }), "{error}");
    }

    #[test]
    fn an_export_that_names_its_graph_itself_is_taken_whole() {
        let listed = files(&[
            "genai_config.json",
            "decoder.onnx",
            "embedding.onnx",
            "decoder.onnx.data",
            "tokenizer.json",
        ]);
        let selection = select(&listed, None, Taking::Everything).unwrap();
        assert_eq!(selection.graph, None);
        assert_eq!(selection.files, listed);
    }

    #[test]
    fn what_somebody_put_together_is_taken_but_for_hidden_files_and_other_graphs() {
        let listed = files(&[
            "config.json",
            "tokenizer.json",
            "weights.bin",
            ".DS_Store",
            "gemba-model.toml",
            "model_q4.onnx",
            "model_fp16.onnx",
            "model_fp16.onnx_data",
            "photos/1.jpg",
        ]);
        let selection = select(&listed, Some("model_q4.onnx"), Taking::Everything).unwrap();
        assert_eq!(
            selection.files,
            files(&["config.json", "tokenizer.json", "weights.bin", "model_q4.onnx"])
        );
    }

    #[test]
    fn what_is_no_model_is_said_by_what_it_lacks() {
        let said = |names: &[&str]| select(&files(names), None, Taking::Known).unwrap_err();
        assert_eq!(said(&["letter.txt"]), SelectionError::NoGraph);
        assert_eq!(
            said(&["model.onnx", "tokenizer.json"]),
            SelectionError::NoConfiguration
        );
        assert_eq!(said(&["model.onnx", "config.json"]), SelectionError::NoTokenizer);
    }
}
