//! A file while it arrives: bytes are appended to its partial file as they come.

use std::io::{self, SeekFrom};
use std::path::{Path, PathBuf};

use tokio::fs::{self, File, OpenOptions};
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

use super::{UploadError, place};
use crate::domain::ContentHash;

/// A partial file that is open. Whatever it took stays, even where the connection breaks.
pub struct Incoming {
    file: File,
    partial: PathBuf,
    received: u64,
    limit: Limit,
    /// Of what was announced the hash is known.
    hasher: Option<blake3::Hasher>,
}

enum Limit {
    /// As long as was announced.
    Announced(u64),
    /// No longer than is allowed.
    Allowed(u64),
}

impl Incoming {
    pub(super) async fn resume(
        folder: &Path,
        partial: PathBuf,
        offset: u64,
        size: u64,
    ) -> Result<Self, UploadError> {
        let mut file = open(folder, &partial).await?;
        let received = file.metadata().await?.len();
        if offset > received {
            return Err(UploadError::Offset { received });
        }
        // A piece that comes again says the same.
        file.seek(SeekFrom::Start(offset)).await?;
        Ok(Self {
            file,
            partial,
            received: offset,
            limit: Limit::Announced(size),
            hasher: None,
        })
    }

    pub(super) async fn unannounced(folder: &Path, limit: u64) -> Result<Self, UploadError> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| UploadError::Io(io::Error::other(error)))?;
        let partial = place::partial(folder, &blake3::hash(&random).to_hex()[..32]);
        Ok(Self {
            file: open(folder, &partial).await?,
            partial,
            received: 0,
            limit: Limit::Allowed(limit),
            hasher: Some(blake3::Hasher::new()),
        })
    }

    /// Appends bytes. After an error, what cannot be gone on with is removed.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), UploadError> {
        let written = self.append(bytes).await;
        if let Err(error) = &written
            && !matches!(error, UploadError::Io(_))
        {
            self.discard().await;
        }
        written
    }

    /// Waits until all of it is written. Returns how many bytes of the file have arrived.
    pub async fn pause(mut self) -> Result<u64, UploadError> {
        if let Err(error) = self.file.flush().await {
            let error = UploadError::from(error);
            if matches!(error, UploadError::NoRoom) {
                self.discard().await;
            }
            return Err(error);
        }
        Ok(self.received)
    }

    /// Removes it.
    pub async fn discard(&mut self) {
        let _ = fs::remove_file(&self.partial).await;
    }

    pub(super) async fn end(mut self) -> Result<(PathBuf, ContentHash), UploadError> {
        let ended = match self.file.flush().await {
            Ok(()) => self.file.sync_all().await,
            failed => failed,
        };
        if let Err(error) = ended {
            self.discard().await;
            return Err(error.into());
        }
        let hash = self.hasher.unwrap_or_default().finalize();
        Ok((self.partial, ContentHash(*hash.as_bytes())))
    }

    async fn append(&mut self, bytes: &[u8]) -> Result<(), UploadError> {
        let received = self.received + bytes.len() as u64;
        match self.limit {
            Limit::Announced(size) if received > size => return Err(UploadError::Changed),
            Limit::Allowed(limit) if received > limit => return Err(UploadError::TooLarge { limit }),
            _ => {}
        }
        self.file.write_all(bytes).await?;
        self.received = received;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes);
        }
        Ok(())
    }
}

async fn open(folder: &Path, partial: &Path) -> Result<File, UploadError> {
    fs::create_dir_all(folder).await?;
    let mut options = OpenOptions::new();
    Ok(options
        .write(true)
        .create(true)
        .truncate(false)
        .open(partial)
        .await?)
}
