//! Reads from an ONNX file what it takes and gives and where its weights lie, without loading any of them.
//!
//! ONNX Runtime finds a weight file that is cut short only while it loads, after it has taken the memory. The header
//! alone tells how long each file must be. Field numbers are those of `onnx.proto` (onnx/onnx, IR version 4 and later).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::EngineError;
use super::wire::{Source, Span, Value};

/// An input or output of a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// ONNX's number for the element type: 1 is f32, 3 is i8, 7 is i64, 10 is f16.
    pub element: u64,
    /// Its dimensions; `None` where the length is chosen at run time.
    pub dims: Vec<Option<u64>>,
}

/// What the header of an ONNX file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    /// What the graph takes, in its order.
    pub inputs: Vec<Port>,
    /// What the graph gives, in its order.
    pub outputs: Vec<Port>,
    /// The kinds of its nodes, each once, with how many there are.
    pub operators: BTreeMap<String, usize>,
    /// Bytes of the weights, in the file itself and beside it.
    pub weight_bytes: u64,
    /// Bytes of those weights that are read for every token: all but tables of which a node takes some rows.
    pub read_bytes: u64,
}

/// Nodes that take rows out of their weights, of embeddings and of the sines of places, or only see them in another form.
const LOOK_UP: [&str; 5] = [
    "Gather",
    "GatherBlockQuantized",
    "GroupQueryAttention",
    "Reshape",
    "RotaryEmbedding",
];

impl Graph {
    /// Reads `file` and checks that it and the weight files that it names are long enough.
    ///
    /// # Errors
    ///
    /// [`EngineError::Truncated`] names the file that is too short; [`EngineError::Malformed`] a file that is no ONNX.
    pub fn read(file: &Path) -> Result<Self, EngineError> {
        let (mut source, mut whole) = Source::open(file)?;
        let (mut graph, mut weights) = (Self::default(), Weights::default());
        while let Some((number, value)) = source.next(&mut whole)? {
            if let (MODEL_GRAPH, Value::Bytes(span)) = (number, value) {
                source.graph(span, &mut graph, &mut weights)?;
            }
        }
        if graph.inputs.is_empty() || graph.outputs.is_empty() {
            return Err(source.malformed("it holds no graph that takes and gives something"));
        }
        for (name, wanted) in &weights.beside {
            check_length(&file.with_file_name(name), *wanted)?;
        }
        graph.weight_bytes = graph.weight_bytes.saturating_add(source.length());
        graph.read_bytes = weights.read_whole();
        Ok(graph)
    }

    /// The input of this name.
    pub fn input(&self, name: &str) -> Option<&Port> {
        self.inputs.iter().find(|port| port.name == name)
    }

    /// The output of this name.
    pub fn output(&self, name: &str) -> Option<&Port> {
        self.outputs.iter().find(|port| port.name == name)
    }
}

fn check_length(path: &Path, wanted: u64) -> Result<(), EngineError> {
    let found = std::fs::metadata(path)
        .map_err(|source| EngineError::Read {
            path: path.to_owned(),
            source,
        })?
        .len();
    if found >= wanted {
        return Ok(());
    }
    Err(EngineError::Truncated {
        path: path.to_owned(),
        wanted,
        found,
    })
}

/// The weights of a graph.
#[derive(Default)]
struct Weights {
    /// How long each file beside the model must be, by its name.
    beside: BTreeMap<String, u64>,
    /// The bytes of each, by its name.
    bytes: BTreeMap<String, u64>,
    /// What nodes take that take all of it.
    whole: BTreeSet<String>,
}

impl Weights {
    fn read_whole(&self) -> u64 {
        let read = self.bytes.iter().filter(|(name, _)| self.whole.contains(*name));
        read.map(|(_, bytes)| bytes).sum()
    }
}

/// One of them.
#[derive(Default)]
struct Weight {
    name: String,
    bytes: u64,
    /// The file beside the model in which it lies, and its offset.
    beside: Option<(String, u64)>,
}

const MODEL_GRAPH: u64 = 7;

/// The messages of `onnx.proto`.
impl Source<'_> {
    fn graph(&mut self, mut span: Span, graph: &mut Graph, weights: &mut Weights) -> Result<(), EngineError> {
        while let Some((number, value)) = self.next(&mut span)? {
            let Value::Bytes(inner) = value else { continue };
            match number {
                1 => {
                    let (kind, inputs) = self.node(inner)?;
                    if !LOOK_UP.contains(&kind.as_str()) {
                        weights.whole.extend(inputs);
                    }
                    *graph.operators.entry(kind).or_default() += 1;
                }
                5 => {
                    let Weight { name, bytes, beside } = self.weight(inner)?;
                    if let Some((file, offset)) = beside {
                        let longest = weights.beside.entry(file).or_default();
                        *longest = (*longest).max(offset.saturating_add(bytes));
                        graph.weight_bytes = graph.weight_bytes.saturating_add(bytes);
                    }
                    weights.bytes.insert(name, bytes);
                }
                11 => graph.inputs.push(self.port(inner)?),
                12 => graph.outputs.push(self.port(inner)?),
                _ => {}
            }
        }
        Ok(())
    }

    /// The kind of a node, and the names of what it takes.
    fn node(&mut self, mut node: Span) -> Result<(String, Vec<String>), EngineError> {
        let (mut kind, mut inputs) = (String::new(), Vec::new());
        while let Some((number, value)) = self.next(&mut node)? {
            match (number, value) {
                (1, Value::Bytes(name)) => inputs.push(self.text(name)?),
                (4, Value::Bytes(name)) => kind = self.text(name)?,
                _ => {}
            }
        }
        Ok((kind, inputs))
    }

    fn weight(&mut self, mut tensor: Span) -> Result<Weight, EngineError> {
        let (mut weight, mut file, mut offset) = (Weight::default(), None, 0);
        while let Some((number, value)) = self.next(&mut tensor)? {
            match (number, value) {
                (8, Value::Bytes(name)) => weight.name = self.text(name)?,
                // Numbers of several kinds, and the bytes of any kind.
                (4..=7 | 9..=11, Value::Bytes(numbers)) => weight.bytes += numbers.length(),
                (13, Value::Bytes(entry)) => {
                    let key = self.text_of(entry, 1)?.unwrap_or_default();
                    let text = self.text_of(entry, 2)?.unwrap_or_default();
                    match key.as_str() {
                        "location" => file = Some(text),
                        "offset" => offset = text.parse().unwrap_or(0),
                        "length" => weight.bytes = text.parse().unwrap_or(0),
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        weight.beside = file.map(|file| (file, offset));
        Ok(weight)
    }

    fn port(&mut self, span: Span) -> Result<Port, EngineError> {
        let name = self.text_of(span, 1)?.unwrap_or_default();
        let mut port = Port {
            name,
            element: 0,
            dims: Vec::new(),
        };
        let Some(kind) = self.message_of(span, 2)? else {
            return Ok(port);
        };
        let Some(mut tensor) = self.message_of(kind, 1)? else {
            return Ok(port);
        };
        while let Some((number, value)) = self.next(&mut tensor)? {
            match (number, value) {
                (1, Value::Number(element)) => port.element = element,
                (2, Value::Bytes(mut shape)) => {
                    while let Some((number, value)) = self.next(&mut shape)? {
                        if let (1, Value::Bytes(dim)) = (number, value) {
                            port.dims.push(self.length_of(dim)?);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(port)
    }

    fn length_of(&mut self, mut dim: Span) -> Result<Option<u64>, EngineError> {
        while let Some((number, value)) = self.next(&mut dim)? {
            if let (1, Value::Number(length)) = (number, value) {
                return Ok(Some(length));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
        let mut field = vec![number << 3 | 2, bytes.len() as u8];
        field.extend_from_slice(bytes);
        field
    }

    fn port(name: &str) -> Vec<u8> {
        let dims = [field(1, &[8, 3]), field(1, &field(2, b"batch"))].concat();
        let tensor = [vec![8, 10], field(2, &dims)].concat();
        [field(1, name.as_bytes()), field(2, &field(1, &tensor))].concat()
    }

    fn model() -> Vec<u8> {
        let entry = |key: &str, text: &str| {
            field(
                13,
                &[field(1, key.as_bytes()), field(2, text.as_bytes())].concat(),
            )
        };
        let tensor = [
            entry("location", "w.bin"),
            entry("offset", "8"),
            entry("length", "16"),
            field(8, b"weight"),
        ]
        .concat();
        let table = [field(8, b"table"), field(9, &[0; 24])].concat();
        let takes = |kind: &[u8], name: &[u8]| field(1, &[field(1, name), field(4, kind)].concat());
        let graph = [
            takes(b"MatMul", b"weight"),
            takes(b"Gather", b"table"),
            field(5, &tensor),
            field(5, &table),
            field(11, &port("in")),
            field(12, &port("out")),
        ]
        .concat();
        let length = [graph.len() as u8 & 0x7f | 0x80, (graph.len() >> 7) as u8];
        [&[8, 9, 7 << 3 | 2][..], &length, &graph].concat()
    }

    #[test]
    fn a_header_tells_ports_and_weights() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("model.onnx");
        std::fs::write(&file, model()).unwrap();
        std::fs::write(folder.path().join("w.bin"), [0; 24]).unwrap();
        let graph = Graph::read(&file).unwrap();
        let dims = vec![Some(3), None];
        assert_eq!(graph.input("in").unwrap().dims, dims);
        assert_eq!(
            (graph.output("out").unwrap().element, graph.inputs.len()),
            (10, 1)
        );
        assert_eq!(graph.operators["MatMul"], 1);
        assert_eq!(graph.weight_bytes, 16 + model().len() as u64);
        assert_eq!(graph.read_bytes, 16, "a table is looked up, and not read");
    }

    #[test]
    fn a_file_cut_short_anywhere_is_refused_and_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("model.onnx");
        std::fs::write(folder.path().join("w.bin"), [0; 24]).unwrap();
        for length in 0..model().len() {
            std::fs::write(&file, &model()[..length]).unwrap();
            Graph::read(&file).unwrap_err();
        }
        std::fs::write(&file, model()).unwrap();
        std::fs::write(folder.path().join("w.bin"), [0; 23]).unwrap();
        let error = Graph::read(&file).unwrap_err().to_string();
        assert!(error.contains("w.bin is cut short: 24 bytes"), "{error}");
        std::fs::write(&file, "no model at all, but some text").unwrap();
        Graph::read(&file).unwrap_err();
    }
}
