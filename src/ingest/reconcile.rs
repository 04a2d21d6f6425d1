//! Makes the indexes agree with the store: what the store does not know leaves them, what they lack is given to them
//! again from the store, without reading a document. Neither is ever held whole, however many documents there are.

use std::collections::VecDeque;
use std::sync::Arc;

use super::IngestError;
use super::commit::remove;
use super::piece::Restore;
use super::pipeline::Shared;
use super::tables::Tables;
use super::window::Window;
use crate::domain::GenerationId;
use crate::index::{LexicalIndex, Removal, VectorIndex};

/// The setting that remembers the form of the word index.
const WORDS_FORM: &str = "lexical_version";
/// Generations that leave the indexes in one commit.
const REMOVED_TOGETHER: usize = 500;

/// What an index is still to be given again. It is known how many generations that are; which they are is found some at a
/// time.
#[derive(Debug, Default)]
pub(super) struct Restores {
    found: VecDeque<Restore>,
    /// After which generation it is looked for more; none where all are found.
    after: Option<GenerationId>,
    /// The last of which it is known. What came later was given to the indexes before the store showed it.
    last: Option<GenerationId>,
    left: u64,
}

impl Restores {
    /// How many generations are left, as far as none of them is replaced meanwhile.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// The next one of those that were found.
    pub(super) fn next(&mut self) -> Option<Restore> {
        let restore = self.found.pop_front()?;
        self.left = self.left.saturating_sub(1);
        Some(restore)
    }

    /// After which generation more are to be found, if there may be more.
    pub(super) fn after(&mut self) -> Option<GenerationId> {
        if self.after.is_none() {
            self.left = 0;
        }
        self.after
    }

    /// Takes what is lacking in the next part.
    pub(super) fn take(&mut self, window: &Window) {
        let restores = window.difference().restores.into_iter();
        self.found
            .extend(restores.filter(|restore| Some(restore.generation) <= self.last));
        self.after = window.end().filter(|end| Some(*end) < self.last);
    }
}

/// Compares, takes out what is stale, and returns what must be given again.
pub(super) async fn reconcile(shared: &Arc<Shared>, tables: &Tables) -> Result<Restores, IngestError> {
    shared.store.abandon_unfinished().await?;
    shared.store.postpone_interrupted().await?;
    let form = LexicalIndex::VERSION.to_string();
    if shared.store.setting(WORDS_FORM).await?.as_deref() != Some(form.as_str()) {
        // Another version cut words in another way: its index answers wrongly without saying so.
        let lexical = shared.lexical.clone();
        tokio::task::spawn_blocking(move || lexical.clear()).await??;
        shared.store.set_setting(WORDS_FORM, &form).await?;
    }
    compare(shared, tables).await
}

/// The same where nothing is under way and the indexes were made by this version.
pub(super) async fn compare(shared: &Arc<Shared>, tables: &Tables) -> Result<Restores, IngestError> {
    let mut restores = Restores::default();
    let mut stale = 0;
    let mut after = GenerationId(0);
    loop {
        let window = next_window(shared, &tables.target, after).await?;
        let difference = window.difference();
        for some in difference.stale.chunks(REMOVED_TOGETHER) {
            let removals = some.iter().copied().map(Removal::Generation).collect();
            remove(shared, tables, removals).await?;
        }
        stale += difference.stale.len();
        if restores.left == 0 && !difference.restores.is_empty() {
            restores.after = Some(after);
        }
        restores.left += difference.restores.len() as u64;
        restores.last = window.last_live().or(restores.last);
        match window.end() {
            Some(end) => after = end,
            None => break,
        }
    }
    if stale > 0 {
        tracing::info!(
            generations = stale,
            "the indexes held what the store does not: it was taken out"
        );
    }
    if restores.left > 0 {
        tracing::info!(
            documents = restores.left,
            "the indexes lack what the store has: it is added again"
        );
    }
    Ok(restores)
}

/// The part of store and indexes that begins after `after`.
pub(super) async fn next_window(
    shared: &Shared,
    target: &VectorIndex,
    after: GenerationId,
) -> Result<Window, IngestError> {
    Window::take(&shared.store, &shared.lexical, target, after).await
}
