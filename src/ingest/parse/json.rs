//! JSON, and lines of JSON: values with their names, records as rows.

use std::fmt;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::encoding::read_whole;
use super::headings::Headings;
use super::tree::{self, Node};
use super::{Limits, Outline, Output, ParseError, Parser};

/// Reads `.json`, `.jsonl` and `.ndjson`.
#[derive(Debug)]
pub(super) struct JsonParser;

impl Parser for JsonParser {
    fn parse(&self, path: &Path, limits: &Limits, output: &mut Output<'_>) -> Result<Outline, ParseError> {
        let text = read_whole(path, limits, |_| None)?;
        let text = text.trim_start_matches('\u{feff}');
        let mut nodes = Vec::new();
        for node in serde_json::Deserializer::from_str(text).into_iter::<Node>() {
            nodes.push(node.map_err(|error| {
                let said = error.to_string();
                if said.contains("recursion limit") {
                    ParseError::NestedTooDeep { limit: 128 }
                } else {
                    ParseError::damaged("JSON file", said)
                }
            })?);
        }
        let node = if nodes.len() == 1 {
            nodes.remove(0)
        } else {
            Node::List(nodes)
        };
        tree::send(node, &mut Headings::default(), output)?;
        Ok(Outline::default())
    }
}

/// Keeps the order of names, which maps of the library may not.
impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Node;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a value")
            }
            fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
                Ok(Node::Leaf(value.to_string()))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
                Ok(Node::Leaf(value.to_string()))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
                Ok(Node::Leaf(value.to_string()))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
                Ok(Node::Leaf(value.to_string()))
            }
            fn visit_str<E>(self, value: &str) -> Result<Node, E> {
                Ok(Node::Leaf(value.to_owned()))
            }
            fn visit_unit<E>(self) -> Result<Node, E> {
                Ok(Node::Leaf(String::new()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Node, A::Error> {
                let mut nodes = Vec::new();
                while let Some(node) = values.next_element()? {
                    nodes.push(node);
                }
                Ok(Node::List(nodes))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut values: A) -> Result<Node, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = values.next_entry()? {
                    entries.push(entry);
                }
                Ok(Node::Map(entries))
            }
        }
        deserializer.deserialize_any(Reading)
    }
}
