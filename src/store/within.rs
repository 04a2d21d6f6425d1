//! What limits a statement to what somebody may read: the condition, and the one parameter that it takes.

use crate::domain::{Collection, Readable};

/// The parameter of these conditions: the collections as JSON, or the folder; nothing where everything may be read.
pub(super) fn limits(readable: &Readable) -> Option<String> {
    match readable {
        Readable::Below(folder) => Some(folder.clone()),
        Readable::Everything | Readable::Only(_) => collections(readable),
    }
}

/// The collections of which everything may be read as one parameter, for `?n IS NULL OR collection IN (SELECT value FROM
/// json_each(?n))`; nothing where all of them may.
pub(super) fn collections(readable: &Readable) -> Option<String> {
    let names: Vec<&str> = match readable {
        Readable::Everything => return None,
        Readable::Only(collections) => collections.iter().map(Collection::as_str).collect(),
        Readable::Below(_) => Vec::new(),
    };
    // Texts can always be written as JSON.
    Some(serde_json::to_string(&names).unwrap_or_else(|_| "[]".to_owned()))
}

/// True of a document `d` that may be read, with [`limits`] as the parameter `?limits`.
pub(super) fn within(readable: &Readable, limits: u8) -> String {
    match readable {
        Readable::Everything | Readable::Only(_) => {
            format!("(?{limits} IS NULL OR d.collection IN (SELECT value FROM json_each(?{limits})))")
        }
        Readable::Below(_) => format!("(substr(d.path, 1, length(?{limits})) = ?{limits})"),
    }
}

/// How a document `d` stands for whoever may read it, with [`limits`] as the parameter `?limits`: as it is counted in
/// [`standing`].
pub(super) fn state(readable: &Readable, limits: u8) -> String {
    match readable {
        Readable::Everything | Readable::Only(_) => "d.state".to_owned(),
        Readable::Below(_) => format!(
            "COALESCE((SELECT o.state FROM documents o WHERE {}), d.state)",
            is_original_elsewhere(limits)
        ),
    }
}

/// True of the document `o` whose text answers for the duplicate `d` below a folder though it lies outside of it.
fn is_original_elsewhere(limits: u8) -> String {
    format!("o.id = d.duplicate_of AND substr(o.path, 1, length(?{limits})) <> ?{limits}")
}

/// How the files stand that may be read, as a table in the form of `standing`, with [`limits`] as the parameter `?limits`.
pub(super) fn standing(readable: &Readable, limits: u8) -> String {
    match readable {
        Readable::Everything | Readable::Only(_) => format!(
            "(SELECT * FROM standing WHERE ?{limits} IS NULL OR collection IN (SELECT value FROM json_each(?{limits})))"
        ),
        // The index of the paths leads to them. What says the same as a file elsewhere counts as that one does.
        Readable::Below(_) => {
            let sums: Vec<String> = SUMS
                .iter()
                .map(|sum| format!("SUM(COALESCE(o.{sum}, d.{sum})) AS {sum}"))
                .collect();
            format!(
                "(SELECT d.collection, d.kind, COALESCE(o.state, d.state) AS state, COUNT(*) AS documents, \
                 SUM(d.answers) AS answering, {} FROM documents d \
                 LEFT JOIN documents o ON {} \
                 WHERE d.missing_ms IS NULL AND d.path >= ?{limits} AND d.path < rtrim(?{limits}, '/') || '0' \
                 GROUP BY d.collection, d.kind, COALESCE(o.state, d.state))",
                sums.join(", "),
                is_original_elsewhere(limits)
            )
        }
    }
}

/// What is added up there, beside how many files there are.
const SUMS: [&str; 9] = [
    "pages",
    "passages",
    "page_text",
    "page_ocr",
    "page_doubtful",
    "page_empty",
    "page_picture",
    "page_failed",
    "page_skipped",
];
