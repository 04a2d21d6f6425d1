//! The passwords of an encrypted PDF, or of those inside a mail or an archive: tried when they are given, kept if they open the
//! file, and used by whatever reads it.

use std::time::Duration;

use tokio::time::timeout;

use super::drawing::OnLeash;
use super::picture::{NoPicture, Pictures};
use super::{Library, LibraryError, original};
use crate::domain::{Action, Administrator, Coverage, Document, DocumentId, FilePassword, NewEntry};
use crate::ingest::parse::{Inside, PictureError};
use crate::store::StoreError;

/// How long is waited for a file to open, the wait for a turn included.
const PATIENCE: Duration = Duration::from_secs(20);

impl Library {
    /// Opens a document that could not be read with `password`, or the first of the files inside it that ask for one. If that
    /// is the right one it is kept beside those that were given before, since pictures of pages and later versions of the file
    /// need it again, and the document is read; so are others of the same content.
    ///
    /// # Errors
    /// [`LibraryError::NotLocked`] where no password is wanted, [`LibraryError::WrongPassword`] where this one does not
    /// open the file, [`LibraryError::Picture`] where the file inside could not be opened for another reason; then nothing is
    /// kept.
    pub async fn unlock(
        &self,
        administrator: &Administrator,
        id: DocumentId,
        password: &str,
    ) -> Result<Document, LibraryError> {
        let (document, coverage) = self.coverage(administrator, id).await?;
        let inside = coverage
            .as_ref()
            .and_then(Coverage::locked_part)
            .map(|part| Inside::of(&document, part));
        let inside = inside.filter(|_| document.kind.holds_files());
        if inside.is_none() && (document.kind.holds_files() || !document.asks_for_password()) {
            return Err(LibraryError::NotLocked);
        }
        // What can be no password is a wrong one.
        let password = FilePassword::new(password).ok_or(LibraryError::WrongPassword)?;
        self.try_password(&document, inside, &password).await?;
        let others = self.store.keep_file_password(id, &password).await?;
        self.store.record_later(NewEntry::of(
            administrator,
            Action::FilePasswordGiven,
            &document.path,
        ));
        for id in std::iter::once(id).chain(others) {
            self.pipeline.read_with_password(id).await?;
        }
        Ok(document)
    }

    /// What draws the pages of a document, with its passwords where some are kept.
    pub(super) async fn pictures_of(&self, id: DocumentId) -> Result<Pictures, StoreError> {
        let passwords = self.store.file_passwords(id).await?;
        let mut pictures = self.pictures.clone();
        pictures.readers = pictures.readers.opening_with(passwords);
        Ok(pictures)
    }

    async fn try_password(
        &self,
        document: &Document,
        inside: Option<Inside>,
        password: &FilePassword,
    ) -> Result<(), LibraryError> {
        if !self.pictures.readers.can_draw() {
            return Err(NoPicture::NoLibrary.into());
        }
        let readers = self.pictures.readers.opening_with(vec![password.clone()]);
        let is_inside = inside.is_some();
        let (folder, document) = (self.folder.clone(), document.clone());
        let drawing = self.pictures.drawing.clone();
        let leash = OnLeash::default();
        let opening = async {
            let _turn = drawing.glance().await;
            let held = leash.0.clone();
            let opened = tokio::task::spawn_blocking(move || {
                let original = original::open(&folder, &document)?;
                let shapes = readers.shapes(original.file, inside.as_ref(), &[1], &held);
                shapes.map_err(|_| LibraryError::from(NoPicture::Failed))
            });
            opened.await.unwrap_or_else(|_| Err(NoPicture::Failed.into()))
        };
        let opened = timeout(PATIENCE, opening).await;
        match opened.map_err(|_| NoPicture::Busy)?? {
            Ok(_) | Err(PictureError::NoSuchPage { .. }) => Ok(()),
            Err(PictureError::Password) => Err(LibraryError::WrongPassword),
            // It may not even have come to the file that is meant.
            Err(error) if is_inside => Err(NoPicture::Page(error).into()),
            // Whatever else is wrong with it is found out and told when it is read.
            Err(_) => Ok(()),
        }
    }
}
