//! What the audit log writes down: who did what, and which passages of which generation they were shown.

use serde::{Deserialize, Serialize};

use super::{Document, DocumentId, GenerationId, Passage, PassageId, PersonId, ScoredPassage, Staff};

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Asked a question.
    Asked,
    /// Searched.
    Searched,
    /// Opened an answer that had been given before.
    AnswerOpened,
    /// Read a document's text.
    Read,
    /// Saw a page of an original as a picture.
    PageSeen,
    /// Opened an original.
    Opened,
    /// Signed in.
    SignedIn,
    /// Tried to sign in with a wrong name or password.
    SignInFailed,
    /// Signed out.
    SignedOut,
    /// Ended a session elsewhere.
    SessionsEnded,
    /// Made the first administrator.
    SetUp,
    /// Changed the own password.
    PasswordChanged,
    /// Chose a password by a link.
    LinkUsed,
    /// Made an account.
    AccountAdded,
    /// Changed an account's role, or whether it may come in.
    AccountChanged,
    /// Set somebody's password.
    PasswordReset,
    /// Made a link with which somebody chooses a password.
    LinkMade,
    /// Made a group.
    GroupAdded,
    /// Removed a group.
    GroupRemoved,
    /// Made somebody a member of a group.
    MemberAdded,
    /// Ended a membership.
    MemberRemoved,
    /// Let a group read a collection.
    Granted,
    /// Let a group read a collection no longer.
    Revoked,
    /// Made a sign for a machine.
    KioskAdded,
    /// Took a sign out of use.
    KioskRemoved,
    /// Made an API key.
    KeyMade,
    /// Revoked an API key.
    KeyRevoked,
    /// Had a file read again.
    Retried,
    /// Gave the password of a file.
    FilePasswordGiven,
    /// Had what lay in a mount taken for deleted.
    MountForgotten,
    /// Had the indexes compacted and merged.
    IndexesOrdered,
    /// Sent a file.
    Uploaded,
    /// Sent a file in the place of another.
    FileReplaced,
    /// Chose the language model.
    ModelChosen,
    /// Verified an answer, or verified one anew.
    Verified,
    /// Deleted a verified answer.
    VerifiedDeleted,
    /// Was done with the open concerns of a question.
    ConcernSettled,
    /// Said which document is missing.
    MissingNamed,
    /// Took that back, or took it for done.
    MissingEnded,
    /// Exported this log.
    Exported,
}

impl Action {
    /// Every action, in the order in which people look for them.
    pub const ALL: [Self; 40] = [
        Self::Asked,
        Self::Searched,
        Self::AnswerOpened,
        Self::Read,
        Self::PageSeen,
        Self::Opened,
        Self::SignedIn,
        Self::SignInFailed,
        Self::SignedOut,
        Self::SessionsEnded,
        Self::SetUp,
        Self::PasswordChanged,
        Self::LinkUsed,
        Self::AccountAdded,
        Self::AccountChanged,
        Self::PasswordReset,
        Self::LinkMade,
        Self::GroupAdded,
        Self::GroupRemoved,
        Self::MemberAdded,
        Self::MemberRemoved,
        Self::Granted,
        Self::Revoked,
        Self::KioskAdded,
        Self::KioskRemoved,
        Self::KeyMade,
        Self::KeyRevoked,
        Self::Retried,
        Self::FilePasswordGiven,
        Self::MountForgotten,
        Self::IndexesOrdered,
        Self::Uploaded,
        Self::FileReplaced,
        Self::ModelChosen,
        Self::Verified,
        Self::VerifiedDeleted,
        Self::ConcernSettled,
        Self::MissingNamed,
        Self::MissingEnded,
        Self::Exported,
    ];

    /// The name in the store and in exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Searched => "searched",
            Self::AnswerOpened => "answer-opened",
            Self::Read => "read",
            Self::PageSeen => "page-seen",
            Self::Opened => "opened",
            Self::SignedIn => "signed-in",
            Self::SignInFailed => "sign-in-failed",
            Self::SignedOut => "signed-out",
            Self::SessionsEnded => "sessions-ended",
            Self::SetUp => "set-up",
            Self::PasswordChanged => "password-changed",
            Self::LinkUsed => "link-used",
            Self::AccountAdded => "account-added",
            Self::AccountChanged => "account-changed",
            Self::PasswordReset => "password-reset",
            Self::LinkMade => "link-made",
            Self::GroupAdded => "group-added",
            Self::GroupRemoved => "group-removed",
            Self::MemberAdded => "member-added",
            Self::MemberRemoved => "member-removed",
            Self::Granted => "granted",
            Self::Revoked => "revoked",
            Self::KioskAdded => "kiosk-added",
            Self::KioskRemoved => "kiosk-removed",
            Self::KeyMade => "key-made",
            Self::KeyRevoked => "key-revoked",
            Self::Retried => "retried",
            Self::FilePasswordGiven => "file-password-given",
            Self::MountForgotten => "mount-forgotten",
            Self::IndexesOrdered => "indexes-ordered",
            Self::Uploaded => "uploaded",
            Self::FileReplaced => "file-replaced",
            Self::ModelChosen => "model-chosen",
            Self::Verified => "verified",
            Self::VerifiedDeleted => "verified-deleted",
            Self::ConcernSettled => "concern-settled",
            Self::MissingNamed => "missing-named",
            Self::MissingEnded => "missing-ended",
            Self::Exported => "exported",
        }
    }

    /// The inverse of [`Action::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == name)
    }

    /// Whether the subject is what somebody asked, which a house may choose not to keep.
    pub fn is_question(self) -> bool {
        matches!(
            self,
            Self::Asked | Self::Searched | Self::Verified | Self::VerifiedDeleted | Self::ConcernSettled
        )
    }
}

/// Passages of one generation of a document that were shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The document.
    pub document: DocumentId,
    /// The generation of its text.
    pub generation: Option<GenerationId>,
    /// Its path then.
    pub path: String,
    /// The passages.
    pub passages: Vec<PassageId>,
}

impl Shown {
    /// What was found for somebody.
    pub fn found(passages: &[ScoredPassage]) -> Vec<Self> {
        Self::of(passages.iter().map(|found| (&found.passage, found.path.as_str())))
    }

    /// Passages with the paths of their documents, gathered by document and generation.
    pub fn of<'passage>(passages: impl IntoIterator<Item = (&'passage Passage, &'passage str)>) -> Vec<Self> {
        let mut shown = Vec::new();
        for (passage, path) in passages {
            Self::add(&mut shown, passage.document, passage.generation, path, passage.id);
        }
        shown
    }

    /// A whole document, whose original was opened.
    pub fn whole(document: &Document) -> Self {
        Self {
            document: document.id,
            generation: document.generation,
            path: document.path.clone(),
            passages: Vec::new(),
        }
    }

    /// Adds a passage to what was shown, beside the others of the same document and generation.
    pub fn add(
        shown: &mut Vec<Self>,
        document: DocumentId,
        generation: GenerationId,
        path: &str,
        passage: PassageId,
    ) {
        let known = shown
            .iter_mut()
            .find(|known| known.document == document && known.generation == Some(generation));
        match known {
            Some(known) => known.passages.push(passage),
            None => shown.push(Self {
                document,
                generation: Some(generation),
                path: path.to_owned(),
                passages: vec![passage],
            }),
        }
    }
}

/// A row that is to be written.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// Who; nothing for whoever works at the machine itself, or nobody who is known.
    pub person: Option<PersonId>,
    /// The name, as it is or as it was typed.
    pub name: String,
    /// What.
    pub action: Action,
    /// The question, the account, the group, the file.
    pub subject: String,
    /// What else is worth knowing.
    pub detail: String,
    /// The address that it came from, where it is known.
    pub address: String,
    /// What was shown.
    pub shown: Vec<Shown>,
}

impl NewEntry {
    /// What `staff` did, to what.
    pub fn of(staff: &Staff, action: Action, subject: impl Into<String>) -> Self {
        Self {
            person: staff.id,
            name: staff.name.clone(),
            action,
            subject: subject.into(),
            detail: String::new(),
            address: staff
                .address
                .map(|address| address.to_string())
                .unwrap_or_default(),
            shown: Vec::new(),
        }
    }

    /// The same with a detail.
    #[must_use]
    pub fn with(self, detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            ..self
        }
    }

    /// Whether both are about the same person at the same place.
    pub fn is_by_the_same(&self, other: &Self) -> bool {
        (self.person, &self.name, &self.address) == (other.person, &other.name, &other.address)
    }

    /// Whether this is the search `earlier` with something typed to it or taken from it.
    pub fn goes_on_from(&self, earlier: &Self) -> bool {
        let searches = self.action == Action::Searched && earlier.action == Action::Searched;
        let (now, before) = (&self.subject, &earlier.subject);
        searches && self.is_by_the_same(earlier) && (now.starts_with(before) || before.starts_with(now))
    }

    /// The same with all that `earlier` showed besides.
    #[must_use]
    pub fn with_all_of(mut self, earlier: Self) -> Self {
        for shown in earlier.shown {
            let same =
                |known: &&mut Shown| (known.document, known.generation) == (shown.document, shown.generation);
            match self.shown.iter_mut().find(same) {
                Some(known) => {
                    let new = |id: &PassageId| !known.passages.contains(id);
                    let more: Vec<PassageId> = shown.passages.into_iter().filter(new).collect();
                    known.passages.extend(more);
                }
                None => self.shown.push(shown),
            }
        }
        self
    }

    /// The same with what was shown.
    #[must_use]
    pub fn showing(self, shown: Vec<Shown>) -> Self {
        Self { shown, ..self }
    }
}
