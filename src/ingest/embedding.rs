//! The middle of the session: passages are stored, then embedded, and handed on in the order in which they came.

use std::sync::Arc;

use futures::StreamExt;
use futures::stream::FuturesOrdered;
use tokio::sync::mpsc;

use super::IngestError;
use super::faults::Step;
use super::piece::{Part, Piece};
use super::pipeline::Shared;
use super::times::Stage;
use crate::store::NewPassage;

/// Texts that the embedder has or waits for: so many that it is never idle while a group is written to the indexes.
const TEXTS_UNDER_WAY: usize = 256;
/// Pieces that wait for one before them, with texts for the embedder or without.
const PIECES_UNDER_WAY: usize = 64;

/// What is embedded for a passage: the title of its document and the headings over it, then its text. The passage
/// itself is kept as it stands in the document.
pub fn embedding_input(title: &str, headings: &[String], text: &str) -> String {
    let mut input = String::with_capacity(title.len() + text.len() + 64);
    let repeated = headings.first().is_some_and(|heading| heading == title);
    let above = Some(title).filter(|title| !title.is_empty() && !repeated);
    for heading in above.into_iter().chain(headings.iter().map(String::as_str)) {
        input.push_str(heading);
        input.push_str(
            if heading.ends_with(['.', '!', '?', ':', '。', '：', '？', '！']) {
                " "
            } else {
                ". "
            },
        );
    }
    input.push_str(text);
    input
}

/// Runs until `pieces` ends.
pub(super) async fn embed_all(
    shared: Arc<Shared>,
    mut pieces: mpsc::Receiver<Piece>,
    done: mpsc::Sender<Piece>,
) -> Result<(), IngestError> {
    let mut running = FuturesOrdered::new();
    let (mut texts, mut open) = (0, true);
    while open || !running.is_empty() {
        tokio::select! {
            biased;
            Some(piece) = running.next(), if !running.is_empty() => {
                let (count, piece): (usize, Piece) = match piece {
                    Ok(piece) => piece,
                    Err(error) => return Err(error),
                };
                texts -= count;
                if done.send(piece).await.is_err() {
                    return Ok(());
                }
            }
            piece = pieces.recv(), if open && texts < TEXTS_UNDER_WAY && running.len() < PIECES_UNDER_WAY => match piece {
                Some(Piece::Part(part)) => {
                    let part = store(&shared, part).await?;
                    let wanted = part.inputs();
                    texts += wanted.len();
                    running.push_back(futures::future::Either::Left(embed(Arc::clone(&shared), part, wanted)));
                }
                Some(other) => {
                    running.push_back(futures::future::Either::Right(std::future::ready(Ok((0, other)))));
                }
                None => open = false,
            }
        }
    }
    Ok(())
}

/// Passages without a name are new: they are stored under their generation, which nobody sees yet.
async fn store(shared: &Shared, mut part: Part) -> Result<Part, IngestError> {
    if part.passages.iter().all(|passage| passage.id.is_some()) {
        return Ok(part);
    }
    let new: Vec<_> = part
        .passages
        .iter()
        .map(|passage| NewPassage {
            locator: passage.locator.clone(),
            text: passage.text.clone(),
        })
        .collect();
    let writing = shared
        .store
        .insert_passages(part.work.generation, part.first_ordinal, &new);
    let ids = shared.clock.time(Stage::Store, writing).await?;
    for (passage, id) in part.passages.iter_mut().zip(ids) {
        passage.id = Some(id);
    }
    shared.faults.after(Step::Stored)?;
    Ok(part)
}

async fn embed(
    shared: Arc<Shared>,
    mut part: Part,
    inputs: Vec<(usize, String)>,
) -> Result<(usize, Piece), IngestError> {
    let count = inputs.len();
    if count > 0 {
        let (positions, texts): (Vec<_>, Vec<_>) = inputs.into_iter().unzip();
        let vectors = shared.clock.embedding(shared.embedder.embed(texts)).await?;
        for (position, vector) in positions.into_iter().zip(vectors) {
            part.passages[position].vector = Some(vector);
        }
        shared.faults.after(Step::Embedded)?;
    }
    Ok((count, Piece::Part(part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_embedded_names_the_document_and_the_headings_once() {
        let headings = ["Presses".to_owned(), "Daily checks:".to_owned()];
        assert_eq!(
            embedding_input("Manual", &headings, "Check oil."),
            "Manual. Presses. Daily checks: Check oil."
        );
        assert_eq!(
            embedding_input("Presses", &headings, "Check oil."),
            "Presses. Daily checks: Check oil."
        );
        assert_eq!(embedding_input("", &[], "Check oil."), "Check oil.");
    }
}
