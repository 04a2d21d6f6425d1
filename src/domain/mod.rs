//! The nouns of the house and their laws. Nothing here awaits, opens a file or knows a framework.

mod access;
mod answer;
mod audit;
mod control;
mod coverage;
mod document;
mod file_password;
mod formatting;
mod language;
mod locator;
mod opinion;
mod passage;
mod question;
mod reason;
mod sentence;
mod verified;
mod workbook;

pub use access::{Administrator, Inspector, Person, PersonId, Readable, Role, Scope, Staff};
pub use answer::{
    Answer, AnswerEvent, Bounds, Citation, Quote, RestsOn, Statement, Support, Unwritten, Verdict, Written,
};
pub use audit::{Action, NewEntry, Shown};
pub use control::{
    ControlStatus, Controlled, Declared, DeclaredInside, Later, Revision, Standing, revision_rank,
};
pub use coverage::{Coverage, DOUBTFUL, OCR_LATER, PageCounts, PageFate, PageRun};
pub use document::{
    Collection, ContentHash, Document, DocumentId, DocumentState, FileKind, GenerationId, Leaf,
};
pub use file_password::FilePassword;
pub use formatting::{Block, Formatting, Run, Style, Styled};
pub use language::Language;
pub use locator::Locator;
pub use opinion::{Complaint, Opinion, TooLong, bounded};
pub use passage::{Passage, PassageId, ScoredPassage, Span};
pub use question::{InvalidQuestion, Question, SearchFilter};
pub use reason::Reason;
pub use sentence::{Sentence, sentences};
pub use verified::{SourceState, VerifiedAnswer, VerifiedId, VerifiedState};
