//! A question set: a folder with `docs/` and `questions.jsonl`, one question a line.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::EvalError;

/// Questions about a folder of documents, with what is known about their answers.
#[derive(Debug, Clone)]
pub struct QuestionSet {
    /// The name of its folder.
    pub name: String,
    /// The documents.
    pub documents: PathBuf,
    /// The questions.
    pub questions: Vec<SetQuestion>,
}

/// One question of a set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SetQuestion {
    /// Names it.
    pub id: String,
    /// The question.
    pub question: String,
    /// Where its answer stands; empty for an unanswerable question.
    #[serde(default)]
    pub relevant: Vec<Relevant>,
    /// Accepted short answers, any of which is right.
    #[serde(default)]
    pub answers: Vec<String>,
    /// Whether the documents do not answer it.
    #[serde(default)]
    pub unanswerable: bool,
}

/// A place where an answer stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
pub struct Relevant {
    /// Relative to the folder of documents.
    pub path: String,
    /// 1-based, where the document has pages.
    #[serde(default)]
    pub page: Option<u32>,
}

impl QuestionSet {
    /// Reads the set in `folder`.
    pub fn open(folder: &Path) -> Result<Self, EvalError> {
        let documents = folder.join("docs");
        if !documents.is_dir() {
            return Err(EvalError::NoSet {
                folder: folder.to_owned(),
            });
        }
        let path = folder.join("questions.jsonl");
        let file = File::open(&path).map_err(|_| EvalError::NoSet {
            folder: folder.to_owned(),
        })?;
        let questions = parse(BufReader::new(file), &path)?;
        if questions.is_empty() {
            return Err(EvalError::Line {
                path,
                line: 1,
                reason: "there is no question".to_owned(),
            });
        }
        let name = folder
            .canonicalize()
            .ok()
            .as_deref()
            .unwrap_or(folder)
            .file_name()
            .map_or_else(
                || folder.display().to_string(),
                |name| name.to_string_lossy().into_owned(),
            );
        Ok(Self {
            name,
            documents,
            questions,
        })
    }
}

fn parse(lines: impl BufRead, path: &Path) -> Result<Vec<SetQuestion>, EvalError> {
    let mut questions = Vec::new();
    let mut names = HashSet::new();
    for (position, line) in lines.lines().enumerate() {
        let wrong = |reason: String| EvalError::Line {
            path: path.to_owned(),
            line: position + 1,
            reason,
        };
        let line = line.map_err(|error| wrong(error.to_string()))?;
        if line.trim().is_empty() {
            continue;
        }
        let question: SetQuestion = serde_json::from_str(&line).map_err(|error| wrong(error.to_string()))?;
        if question.unanswerable == question.relevant.is_empty() {
            if !names.insert(question.id.clone()) {
                return Err(wrong(format!("the id {} stands there twice", question.id)));
            }
            questions.push(question);
        } else {
            return Err(wrong(
                "an answerable question needs a relevant document, an unanswerable one has none".to_owned(),
            ));
        }
    }
    Ok(questions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<SetQuestion>, EvalError> {
        parse(text.as_bytes(), Path::new("questions.jsonl"))
    }

    #[test]
    fn a_question_is_read_with_its_pages_and_answers() {
        let questions = read(
            r#"{"id": "1", "question": "How tight?", "relevant": [{"path": "a.pdf", "page": 3}], "answers": ["25 Nm"]}"#,
        )
        .unwrap();
        assert_eq!(
            questions[0].relevant,
            [Relevant {
                path: "a.pdf".to_owned(),
                page: Some(3)
            }]
        );
        assert!(!questions[0].unanswerable);
    }

    #[test]
    fn a_wrong_line_is_named() {
        let error = read("{\"id\": \"1\", \"question\": \"q\", \"unanswerable\": true}\n{oops").unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }

    #[test]
    fn an_answerable_question_without_a_relevant_document_is_refused() {
        assert!(read(r#"{"id": "1", "question": "q", "answers": ["a"]}"#).is_err());
    }

    #[test]
    fn an_id_that_stands_there_twice_is_refused() {
        let line = r#"{"id": "1", "question": "q", "unanswerable": true}"#;
        assert!(read(&format!("{line}\n{line}")).is_err());
    }
}
