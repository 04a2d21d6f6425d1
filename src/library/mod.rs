//! The library: the documents as people see them. Use cases over the store: list, read, open the original, try again,
//! upload.

mod cited;
mod compare;
mod contents;
mod drawing;
mod excerpt;
mod laid_out;
mod openings;
mod original;
mod pages;
mod password;
mod picture;
mod printing;
mod revision;
mod revisions;
mod shapes;
mod table;
mod upload;
mod view;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::{
    Action, Administrator, Coverage, Document, DocumentId, DocumentState, FileKind, NewEntry, Readable,
    Shown, Staff,
};
use crate::ingest::isolation::Readers;
use crate::ingest::{IngestError, IngestStatus, Looked, Pipeline};
use crate::store::{Store, StoreError};
use picture::Pictures;

/// What lower rooms call these things is what the library calls them.
pub use crate::ingest::parse::{OfficeFault, PagePicture, PageShape, PictureError};
pub use crate::ingest::{PassedBy, PassedOver, PassedPart};
pub use crate::store::{CollectionCounts, DocumentQuery, DocumentSort, LibraryCounts, MountedFolder};
pub use compare::Compared;
pub use contents::Entry;
pub use excerpt::{Piece, excerpt, highlighted, paragraphs, pieces};
pub use laid_out::{CitedPage, LeafWanted, Leaves};
pub use original::Original;
pub use picture::{NoPicture, PageDrawn, PictureWanted, WIDTHS};
pub use revisions::{Comparison, RevisionEntry};
pub use table::{Part, Row, parts};
pub use upload::{Announced, Existing, Incoming, Upload, UploadError};
pub use view::{Cited, DocumentView, Section, Wanted};

use openings::{Opened, Openings};
use revisions::Comparisons;

/// For how long what is passed over is looked for before what was found is shown.
const LISTED_WITHIN: Duration = Duration::from_secs(5);
/// Documents of an export that are in memory at once.
const EXPORTED_TOGETHER: u32 = 200;

/// What can go wrong in the library.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// No such document, or its file is gone.
    #[error("there is no such document: it may have been deleted from the documents folder")]
    NotFound,
    /// The file is known but cannot be opened.
    #[error("the file {path} cannot be opened: {source}")]
    Unreadable {
        /// The path in the documents folder.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not inside the documents folder.
    #[error("the file {path} is a link that leads out of the documents folder and is not served")]
    Outside {
        /// The path in the documents folder.
        path: String,
    },
    /// A password for a file that asks for none.
    #[error("this file does not ask for a password: its state in the library says how it stands")]
    NotLocked,
    /// The wrong password for a file.
    #[error("this password does not open it")]
    WrongPassword,
    /// Too many others compare revisions at this moment.
    #[error("too many revisions are being compared: try again in a moment")]
    Comparing,
    /// There is no picture of a page.
    #[error(transparent)]
    Picture(#[from] NoPicture),
    /// A file that was sent was not taken.
    #[error(transparent)]
    Upload(#[from] UploadError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Ingestion, when asked to try a file again.
    #[error(transparent)]
    Ingest(#[from] IngestError),
}

/// The library. Cheap to clone.
#[derive(Clone)]
pub struct Library {
    store: Store,
    folder: PathBuf,
    pipeline: Pipeline,
    pictures: Pictures,
    openings: Openings,
    comparisons: Comparisons,
}

impl Library {
    /// The library over `store`, whose originals lie in `folder`. Pictures of pages are drawn by `readers`.
    pub fn new(store: Store, folder: PathBuf, pipeline: Pipeline, readers: Readers) -> Self {
        Self {
            store,
            folder,
            pipeline,
            pictures: Pictures::new(readers),
            openings: Openings::default(),
            comparisons: Comparisons::default(),
        }
    }

    /// The watched folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// One page of the documents, and how many there are in all.
    pub async fn list(
        &self,
        staff: &Staff,
        query: &DocumentQuery<'_>,
    ) -> Result<(Vec<Document>, u64), LibraryError> {
        let (listed, total) = self.store.documents_page(query, &staff.readable).await?;
        let mut read = Vec::with_capacity(listed.len());
        for document in listed {
            read.push(self.as_listed_for(staff, document).await?);
        }
        Ok((read, total))
    }

    /// How many documents stand where.
    pub async fn counts(&self, staff: &Staff) -> Result<LibraryCounts, LibraryError> {
        Ok(self.store.counts(&staff.readable).await?)
    }

    /// What became of every page of a document; nothing where it has not been read.
    pub async fn coverage(
        &self,
        staff: &Staff,
        id: DocumentId,
    ) -> Result<(Document, Option<Coverage>), LibraryError> {
        let document = self.document(staff, id).await?;
        let answers = self.store.answering(&document).await?;
        let coverage = self.store.coverage(answers).await?;
        Ok((document, coverage))
    }

    /// The documents that `query` asks for, by path, some at a time: those after the path `after`, each with what became
    /// of its pages.
    pub async fn coverages(
        &self,
        staff: &Staff,
        query: &DocumentQuery<'_>,
        after: &str,
    ) -> Result<Vec<(Document, Option<Coverage>)>, LibraryError> {
        let mut files = self
            .store
            .coverage_after(query, &staff.readable, after, EXPORTED_TOGETHER)
            .await?;
        for (document, coverage) in &mut files {
            let read = self.as_listed_for(staff, document.clone()).await?;
            if read != *document {
                *coverage = self.store.coverage(self.store.answering(&read).await?).await?;
                *document = read;
            }
        }
        Ok(files)
    }

    /// Every collection with the number of its files.
    pub async fn collections(&self, staff: &Staff) -> Result<Vec<CollectionCounts>, LibraryError> {
        Ok(self.store.collections(&staff.readable).await?)
    }

    /// Every format of which there are files, with their number.
    pub async fn kinds(&self, staff: &Staff) -> Result<Vec<(FileKind, u32)>, LibraryError> {
        Ok(self.store.kinds(&staff.readable).await?)
    }

    /// A document. One that may not be read is none.
    pub async fn document(&self, staff: &Staff, id: DocumentId) -> Result<Document, LibraryError> {
        let found = self.store.document(id).await?;
        let found = found.filter(|document| staff.readable.allows(&document.path));
        Ok(self
            .as_read_by(staff, found.ok_or(LibraryError::NotFound)?)
            .await?)
    }

    /// The same in a list, where whoever may read collections is told which files are duplicates, as they are counted.
    async fn as_listed_for(&self, staff: &Staff, document: Document) -> Result<Document, StoreError> {
        match staff.readable {
            Readable::Below(_) => self.as_read_by(staff, document).await,
            Readable::Everything | Readable::Only(_) => Ok(document),
        }
    }

    /// A file that says the same as one that may not be read answers for itself: nothing is learned of the other one.
    async fn as_read_by(&self, staff: &Staff, document: Document) -> Result<Document, StoreError> {
        let DocumentState::Duplicate { of } = document.state else {
            return Ok(document);
        };
        let original = self.store.document(of).await?;
        Ok(
            match original.filter(|original| !staff.readable.allows(&original.path)) {
                Some(original) => Document {
                    state: original.state,
                    generation: original.generation,
                    pages: original.pages,
                    coverage: original.coverage,
                    passages: original.passages,
                    ..document
                },
                None => document,
            },
        )
    }

    /// Whether there is a document at `path`, relative to the documents folder, that may be read.
    pub async fn holds(&self, staff: &Staff, path: &str) -> Result<bool, LibraryError> {
        let found = self.store.document_by_path(path).await?;
        Ok(found.is_some_and(|document| staff.readable.allows(&document.path)))
    }

    /// A part of a document's text.
    pub async fn view(
        &self,
        staff: &Staff,
        id: DocumentId,
        wanted: Wanted,
    ) -> Result<DocumentView, LibraryError> {
        let document = self.document(staff, id).await?;
        let view = view::view(&self.store, document, wanted).await?;
        let path = view.document.path.as_str();
        let passages = view.sections.iter().flat_map(|section| &section.passages);
        let shown = Shown::of(passages.map(|passage| (passage, path)));
        self.store
            .record_later(NewEntry::of(staff, Action::Read, path).showing(shown));
        Ok(view)
    }

    /// The file of a document, opened.
    pub async fn original(&self, staff: &Staff, id: DocumentId) -> Result<Original, LibraryError> {
        let document = self.document(staff, id).await?;
        let folder = self.folder.clone();
        let opening = (
            staff.id,
            staff.name.clone(),
            document.id,
            document.generation,
            Opened::Original,
        );
        let entry =
            NewEntry::of(staff, Action::Opened, &document.path).showing(vec![Shown::whole(&document)]);
        let path = document.path.clone();
        let opened = tokio::task::spawn_blocking(move || original::open(&folder, &document)).await;
        let opened = opened.map_err(|error| LibraryError::Unreadable {
            path: id.to_string(),
            source: std::io::Error::other(error),
        })?;
        let opened = opened.map_err(|error| match error {
            // The mount under it went away, and the file with it: it is not deleted.
            LibraryError::NotFound if self.pipeline.is_unreachable(&path) => LibraryError::Unreadable {
                path,
                source: std::io::ErrorKind::NotConnected.into(),
            },
            error => error,
        })?;
        if self.openings.is_new(opening) {
            self.store.record_later(entry);
        }
        Ok(opened)
    }

    /// Puts a document that failed, or of which pages are lacking, back into the queue.
    pub async fn retry(
        &self,
        administrator: &Administrator,
        id: DocumentId,
    ) -> Result<Document, LibraryError> {
        let document = self.document(administrator, id).await?;
        self.pipeline.retry(id).await?;
        self.store
            .record_later(NewEntry::of(administrator, Action::Retried, &document.path));
        Ok(document)
    }

    /// Some of what is passed over in the documents folder, after the path `after`: at most `limit` entries, and no more
    /// than is found within some seconds.
    pub async fn passed_over(
        &self,
        _administrator: &Administrator,
        after: &str,
        limit: usize,
    ) -> Result<PassedPart, LibraryError> {
        Ok(self.pipeline.passed_over(after, limit, LISTED_WITHIN).await?)
    }

    /// Takes what lay in a mount that cannot be reached for deleted.
    pub async fn forget_mounted(
        &self,
        administrator: &Administrator,
        path: &str,
    ) -> Result<(), LibraryError> {
        if !self.pipeline.forget_mounted(path).await? {
            return Err(LibraryError::NotFound);
        }
        self.store
            .record_later(NewEntry::of(administrator, Action::MountForgotten, path));
        Ok(())
    }

    /// Has the indexes compacted and merged as soon as nothing waits to be read; false where that was asked for already and
    /// is not over.
    pub async fn put_in_order(&self, administrator: &Administrator) -> bool {
        let new = self.pipeline.put_in_order();
        if new {
            self.store
                .record_later(NewEntry::of(administrator, Action::IndexesOrdered, ""));
        }
        new
    }

    /// How far both indexes agree with the store; nothing where that is only being looked at.
    pub fn agreement(&self, _: &Administrator) -> Option<Looked> {
        self.pipeline.looked()
    }

    /// What ingestion is doing at this moment. Whoever may not read everything learns nothing of the other folders: only
    /// whether files that may be read are waited for.
    pub async fn ingestion(&self, staff: &Staff) -> Result<IngestStatus, LibraryError> {
        let status = self.pipeline.status();
        if staff.readable == Readable::Everything {
            return Ok(status);
        }
        let readable = |path: &String| staff.readable.allows(path);
        let current = status.current.filter(readable);
        let recognising = status.recognising.filter(readable);
        let begun = u64::from(current.is_some()) + u64::from(recognising.is_some());
        let pending = self.store.counts(&staff.readable).await?.pending;
        let reaches = |mounted: &MountedFolder| staff.readable.reaches(&mounted.path);
        Ok(IngestStatus {
            unreachable: status.unreachable.into_iter().filter(reaches).collect(),
            waiting: pending.saturating_sub(begun),
            current,
            recognising,
            walked_ms: status.walked_ms,
            ..IngestStatus::default()
        })
    }
}
