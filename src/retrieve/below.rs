//! What is found for whoever may read below one folder alone. The indexes know collections: the documents below the folder
//! are named to them, so that a few are found among many others; and of files that say the same the one below it is shown.

use std::collections::HashMap;

use super::{RetrieveError, Retriever};
use crate::domain::{Collection, DocumentId, PassageId, Readable, Scope, SearchFilter, Staff};
use crate::store::{Store, StoreError, Twin, VisiblePassage};

/// Documents that are named to the indexes at most.
const MOST_NAMED: u32 = 10_000;

impl Retriever {
    /// What may be found of what `filter` asks for.
    pub(super) async fn scope(&self, staff: &Staff, filter: &SearchFilter) -> Result<Scope, RetrieveError> {
        let mut scope = Scope::of(filter, &staff.readable);
        if let Some(folder) = &scope.below {
            scope.documents = self.store.documents_below(folder, MOST_NAMED).await?;
        }
        Ok(scope)
    }

    /// Those of the passages that answer and that `staff` may read, each in the file that `staff` may read: one that lies
    /// elsewhere is given to the file that says the same.
    pub async fn still_readable(
        &self,
        staff: &Staff,
        passages: &[PassageId],
    ) -> Result<Vec<VisiblePassage>, RetrieveError> {
        let mut found = self.store.passages_visible(passages).await?;
        if let Readable::Below(folder) = &staff.readable {
            give_to_twins(&self.store, folder, &mut found).await?;
        }
        found.retain(|found| staff.readable.allows(&found.path));
        Ok(found)
    }
}

/// Gives the passages of documents that lie elsewhere to those files below `folder` that say the same.
async fn give_to_twins(
    store: &Store,
    folder: &str,
    passages: &mut [VisiblePassage],
) -> Result<(), StoreError> {
    let revisions = passages.iter_mut().filter_map(|found| found.controlled.as_mut());
    store.later_below(folder, revisions).await?;
    let elsewhere = passages.iter().filter(|found| !found.path.starts_with(folder));
    let elsewhere: Vec<DocumentId> = elsewhere.map(|found| found.passage.document).collect();
    if elsewhere.is_empty() {
        return Ok(());
    }
    let twins: HashMap<DocumentId, Twin> = store.twins_below(&elsewhere, folder).await?;
    for found in passages
        .iter_mut()
        .filter(|found| !found.path.starts_with(folder))
    {
        if let Some(twin) = twins.get(&found.passage.document) {
            found.passage.document = twin.document;
            found.title.clone_from(&twin.title);
            found.path.clone_from(&twin.path);
            found.collection = Collection::of_path(&twin.path);
            found.kind = twin.kind;
            found.modified_ms = twin.modified_ms;
        }
    }
    Ok(())
}
