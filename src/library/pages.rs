//! The use cases of pages as pictures: one page, the room kept free for it, where a citation stands, and the pages of an
//! Office file one after the other.

use std::time::Duration;

use super::laid_out::{CitedPage, LeafWanted, Leaves};
use super::openings::Opened;
use super::picture::{PageDrawn, PictureWanted};
use super::{Library, LibraryError};
use crate::domain::{Action, Citation, Document, DocumentId, GenerationId, NewEntry, Shown, Span, Staff};
use crate::ingest::parse::PageShape;

impl Library {
    /// A page of a document as a picture, with what is cited on it marked. `known` says of the tag of a picture whether the
    /// reader has it already; then nothing is drawn. Where what is cited is not found on the page for certain, the page
    /// comes without marks.
    pub async fn page_picture(
        &self,
        staff: &Staff,
        id: DocumentId,
        wanted: &PictureWanted,
        known: impl Fn(&str) -> bool,
    ) -> Result<PageDrawn, LibraryError> {
        let document = self.document(staff, id).await?;
        let generation = document.generation;
        let entry =
            NewEntry::of(staff, Action::PageSeen, &document.path).showing(vec![Shown::whole(&document)]);
        let pictures = self.pictures_of(id).await?;
        let drawn = pictures
            .draw(&self.store, &self.folder, document, wanted, known)
            .await?;
        let opened = match (drawn.page, wanted.passage) {
            (None, Some(passage)) => Opened::PageOf(passage),
            (page, _) => Opened::Page(page.unwrap_or_default()),
        };
        let opening = (staff.id, staff.name.clone(), id, generation, opened);
        if self.openings.is_new(opening) {
            let page = drawn.page.map(|page| page.to_string());
            self.store.record_later(entry.with(page.unwrap_or_default()));
        }
        Ok(drawn)
    }

    /// How large the pictures of some pages will be, of the document or of the file `part` inside it; most likely, where
    /// that is not found out within `patience`. Nothing where there are none: in a format other than PDF and pictures,
    /// without what draws them, or where `generation` does not answer any more.
    pub async fn page_shapes(
        &self,
        staff: &Staff,
        id: DocumentId,
        generation: GenerationId,
        part: Option<&str>,
        pages: &[u32],
        patience: Duration,
    ) -> Option<Vec<PageShape>> {
        let document = self.document(staff, id).await.ok()?;
        let pictures = self.pictures_of(id).await.ok()?;
        pictures
            .shapes(&self.folder, &document, generation, part, pages, patience)
            .await
    }

    /// The page of an Office file on which a citation stands, as far as that is known by now or found within `patience`;
    /// nothing where there is none.
    pub async fn cited_page(
        &self,
        staff: &Staff,
        citation: &Citation,
        spans: &[Span],
        patience: Duration,
    ) -> Option<CitedPage> {
        let document = self.document(staff, citation.document).await.ok()?;
        self.pictures
            .cited_page(
                &self.store,
                &document,
                citation.generation,
                citation.passage,
                spans,
                patience,
            )
            .await
    }

    /// Whether the pages of an Office file can be seen as pictures.
    pub fn has_leaves(&self, document: &Document) -> bool {
        self.pictures.can_show(document)
    }

    /// Some pages of an Office file. They are laid out for that if nobody asked for them before, which takes some seconds.
    pub async fn leaves(
        &self,
        staff: &Staff,
        id: DocumentId,
        wanted: LeafWanted,
    ) -> Result<Leaves, LibraryError> {
        let document = self.document(staff, id).await?;
        self.pictures
            .leaves(&self.store, &self.folder, &document, wanted)
            .await
    }

    /// Deletes what is kept of the pages of documents that are gone.
    pub async fn tidy_pages(&self) -> Result<(), LibraryError> {
        self.pictures.printing.tidy(&self.store).await
    }
}
