//! How large the pictures of pages will be, so that room is kept free for them.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use tokio::time::timeout;

use super::drawing::OnLeash;
use super::original;
use super::picture::Pictures;
use crate::domain::{Document, GenerationId};
use crate::ingest::parse::{Inside, PageShape};

/// How long a page waits to learn the shapes of its pictures: only the room kept free for them depends on it.
const GLANCE: Duration = Duration::from_millis(500);

/// What most pages are: A4.
pub(super) const USUAL: PageShape = PageShape {
    width: 595.0,
    height: 842.0,
};

impl Pictures {
    /// The shapes of some pages of a document, or of the file `part` inside it; the usual one, where they are not known
    /// within `patience`. Nothing where there are no pictures of this generation.
    pub(super) async fn shapes(
        &self,
        folder: &Path,
        document: &Document,
        generation: GenerationId,
        part: Option<&str>,
        pages: &[u32],
        patience: Duration,
    ) -> Option<Vec<PageShape>> {
        let part = part.filter(|_| document.kind.holds_files());
        let inside = part.map(|part| Inside::of(document, part));
        let kind = match &inside {
            Some(inside) => inside.kind()?,
            None => document.kind,
        };
        if kind.is_laid_out() || !self.can_draw(kind) || document.generation != Some(generation) {
            return None;
        }
        if let Some(shapes) = self.drawing.shapes(generation, part, pages) {
            return Some(shapes);
        }
        let (folder, document) = (folder.to_owned(), document.clone());
        let looking = async {
            let opened = tokio::task::spawn_blocking(move || original::open(&folder, &document)).await;
            let file = opened.ok()?.ok()?.file;
            Some(self.shapes_of(generation, file, inside, pages).await)
        };
        let shapes = timeout(patience, looking).await.ok().flatten();
        Some(shapes.unwrap_or_else(|| vec![USUAL; pages.len()]))
    }

    /// The same of a file that is open.
    pub(super) async fn shapes_of(
        &self,
        generation: GenerationId,
        file: File,
        inside: Option<Inside>,
        pages: &[u32],
    ) -> Vec<PageShape> {
        let part = inside.as_ref().map(|inside| inside.part.clone());
        if let Some(shapes) = self.drawing.shapes(generation, part.as_deref(), pages) {
            return shapes;
        }
        let (drawing, asked) = (self.drawing.clone(), pages.to_vec());
        let (readers, leash) = (self.readers.clone(), OnLeash::default());
        let looking = async move {
            let _turn = drawing.glance().await;
            let (looked, held) = (asked.clone(), leash.0.clone());
            let shapes = tokio::task::spawn_blocking(move || {
                readers.shapes(file, inside.as_ref(), &looked, &held).ok()?.ok()
            });
            let shapes = shapes.await.ok().flatten()?;
            drawing.keep_shapes(generation, part.as_deref(), &asked, &shapes);
            Some(shapes)
        };
        let shapes = timeout(GLANCE, looking).await.ok().flatten();
        shapes.unwrap_or_else(|| vec![USUAL; pages.len()])
    }
}
