//! "Was this right?" below an answer: two buttons, and after a no the reasons to choose from.

use askama::Template;

use super::page::Choice;
use super::texts::Texts;
use crate::domain::{Complaint, Opinion};

/// What somebody may say of an answer, and has said of it.
#[derive(Template)]
#[template(path = "parts/opinion.html")]
pub struct OpinionPart {
    t: Texts,
    id: String,
    action: String,
    right: Option<bool>,
    /// Whether to ask why not.
    details: bool,
    complaints: Vec<Choice>,
    comment: String,
}

impl OpinionPart {
    /// The form for the answer `id`, of which `opinion` was said.
    pub fn new(t: Texts, id: &str, opinion: Option<&Opinion>) -> Self {
        let chosen = opinion.and_then(|opinion| opinion.complaint);
        Self {
            t,
            id: id.to_owned(),
            action: format!("/answers/{id}/opinion"),
            right: opinion.map(|opinion| opinion.right),
            details: opinion.is_some_and(|opinion| !opinion.right),
            complaints: Complaint::ALL
                .into_iter()
                .map(|complaint| Choice {
                    value: complaint.as_str().to_owned(),
                    href: String::new(),
                    label: complaint_name(t, complaint),
                    count: None,
                    selected: chosen == Some(complaint),
                })
                .collect(),
            comment: opinion.map(|opinion| opinion.comment.clone()).unwrap_or_default(),
        }
    }
}

/// A complaint in words.
pub fn complaint_name(t: Texts, complaint: Complaint) -> String {
    let text = match complaint {
        Complaint::Wrong => t.get("complaint-wrong"),
        Complaint::Outdated => t.get("complaint-outdated"),
        Complaint::OffTopic => t.get("complaint-off-topic"),
        Complaint::Unsupported => t.get("complaint-unsupported"),
    };
    text.into_owned()
}
