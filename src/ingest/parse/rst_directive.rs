//! Directives of reStructuredText: which of them are text, code or tables, and which a reader never sees.

use super::rst_table::{self, Grid};

/// A directive that was read from its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Directive<'text> {
    name: String,
    /// What stands on its first line behind `::`.
    pub(super) argument: String,
    options: Vec<(&'text str, &'text str)>,
    /// Whether options stood between the first line and the content.
    pub(super) options_given: bool,
    /// The lines below, without their indentation.
    pub(super) content: Vec<&'text str>,
}

/// What becomes of a directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Nothing of it is text: images, tables of contents, diagrams, comments.
    Drop,
    /// Its content is code.
    Code,
    /// It is a table.
    Table(Grid),
    /// Its content is text like any other.
    Body {
        /// The first line is text as well.
        with_argument: bool,
    },
}

/// The directive of explicit markup whose first line, behind `..`, is `first`. `None` for comments, link targets and
/// substitutions.
pub(super) fn read<'text>(first: &str, inside: &[&'text str]) -> Option<Directive<'text>> {
    if first.starts_with(['_', '|']) {
        return None;
    }
    let (name, argument) = first.split_once("::")?;
    let is_name = !name.is_empty()
        && name.chars().all(|character| {
            character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | ':' | '.' | '+')
        });
    if !is_name {
        return None;
    }
    let mut options = Vec::new();
    let mut at = 0;
    while let Some(rest) = inside.get(at).and_then(|line| line.strip_prefix(':')) {
        let Some((option, value)) = rest.split_once(':') else {
            break;
        };
        if option.contains(['`', ' ']) && !option.starts_with("header")
            || !(value.is_empty() || value.starts_with(' '))
        {
            break;
        }
        if value.trim_start().starts_with(['-', '*']) {
            break;
        }
        options.push((option, value.trim()));
        at += 1;
    }
    let blank = inside[at..]
        .iter()
        .take_while(|line| line.trim().is_empty())
        .count();
    Some(Directive {
        name: name.to_ascii_lowercase(),
        argument: argument.trim().to_owned(),
        options_given: at > 0 || blank > 0,
        options,
        content: inside[at + blank..].to_vec(),
    })
}

impl Directive<'_> {
    /// A caption that is not part of the content.
    pub(super) fn caption(&self) -> Option<&str> {
        let titled = matches!(
            self.name.as_str(),
            "table" | "list-table" | "csv-table" | "flat-table" | "topic" | "admonition" | "sidebar"
        );
        if titled && !self.argument.is_empty() {
            return Some(&self.argument);
        }
        self.option("caption").filter(|_| self.name != "toctree")
    }

    /// What becomes of it.
    pub(super) fn treatment(&self) -> Treatment {
        match self.name.as_str() {
            "code-block" | "code" | "sourcecode" | "parsed-literal" | "prompt" | "console" => Treatment::Code,
            "list-table" | "flat-table" => {
                Treatment::Table(rst_table::list_table(&self.content, self.header_rows()))
            }
            "csv-table" => {
                let rows = self.header_rows().unwrap_or(0);
                Treatment::Table(rst_table::csv_table(&self.content, self.option("header"), rows))
            }
            "toctree" | "contents" | "include" | "include-build-file" | "literalinclude" | "image"
            | "raw" | "highlight" | "blockdiag" | "seqdiag" | "actdiag" | "nwdiag" | "packetdiag"
            | "rackdiag" | "wavedrom" | "mermaid" | "graphviz" | "digraph" | "uml" | "plantuml" | "meta"
            | "index" | "default-role" | "currentmodule" | "module" | "sectnum" | "role" | "todolist"
            | "tabularcolumns" | "only-if" | "youtube" | "replace" | "unicode" | "target-notes"
            | "highlightlang" | "ifconfig-include" => Treatment::Drop,
            name if name.starts_with("doxygen") || name.starts_with("auto") => Treatment::Drop,
            "figure" | "only" | "ifconfig" | "list" | "container" | "tabs" | "tab-set" | "table"
            | "topic" | "admonition" | "sidebar" | "class" | "compound" | "glossary" | "hlist" => {
                Treatment::Body { with_argument: false }
            }
            _ => Treatment::Body { with_argument: true },
        }
    }

    fn option(&self, name: &str) -> Option<&str> {
        self.options
            .iter()
            .find(|(option, _)| *option == name)
            .map(|(_, value)| *value)
    }

    fn header_rows(&self) -> Option<usize> {
        self.option("header-rows").and_then(|rows| rows.parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_told_from_content() {
        let inside = [
            ":header-rows: 1",
            "",
            "* - Part",
            "  - Torque",
            "* - M8",
            "  - 25",
        ];
        let directive = read("list-table:: Bolts", &inside).unwrap();
        assert_eq!(directive.caption(), Some("Bolts"));
        let Treatment::Table((rows, headers)) = directive.treatment() else {
            panic!("no table")
        };
        assert_eq!(rows, [["Part", "Torque"], ["M8", "25"]]);
        assert_eq!(headers, Some(1));
    }

    #[test]
    fn comments_targets_and_substitutions_are_no_directives() {
        assert_eq!(read("_label:", &[]), None);
        assert_eq!(read("|chip| replace:: ESP32", &[]), None);
        assert_eq!(read("just a remark", &[]), None);
    }
}
