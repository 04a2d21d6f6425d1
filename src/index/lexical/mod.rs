//! The word index (tantivy): BM25 over titles, headings, English and Chinese text, and codes.

mod query;
mod schema;
mod tokenizers;
mod writer;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tantivy::collector::TopDocs;
use tantivy::directory::MmapDirectory;
use tantivy::schema::Field;
use tantivy::{Index, IndexReader, ReloadPolicy, TantivyError, Term};

use super::analysis::{Parts, analyse};
use super::{GenerationCounts, IndexError, Removal};
use crate::domain::{Collection, DocumentId, FileKind, GenerationId, Language, PassageId, Scope};
use query::Boosts;
use schema::Fields;
use writer::Writer;

/// A passage as the word index takes it in.
#[derive(Debug, Clone, Copy)]
pub struct LexicalDocument<'a> {
    /// The passage.
    pub passage: PassageId,
    /// Its document.
    pub document: DocumentId,
    /// The generation of the document.
    pub generation: GenerationId,
    /// The document's collection.
    pub collection: &'a Collection,
    /// The document's format.
    pub kind: FileKind,
    /// The document's title.
    pub title: &'a str,
    /// Headings over the passage.
    pub headings: &'a [String],
    /// The passage's text.
    pub text: &'a str,
}

/// A passage that a query found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LexicalHit {
    /// The passage.
    pub passage: PassageId,
    /// Its document.
    pub document: DocumentId,
    /// The generation of the document.
    pub generation: GenerationId,
    /// BM25 over all fields, higher is better.
    pub score: f32,
}

/// The word index; cheap to clone. Reading never waits for writing.
#[derive(Clone)]
pub struct LexicalIndex(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    index: Index,
    reader: IndexReader,
    fields: Fields,
    boosts: Boosts,
    writer: Mutex<Writer>,
}

impl LexicalIndex {
    /// Changes whenever the fields or the way they are cut change; an index made under another number must be
    /// rebuilt.
    pub const VERSION: u32 = 1;

    /// Opens the index in `folder`, or makes an empty one. Nothing is locked before the first write, so that a
    /// command can search beside a running server.
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        let io = |source| IndexError::Folder {
            path: folder.to_owned(),
            source,
        };
        std::fs::create_dir_all(folder).map_err(io)?;
        let directory = MmapDirectory::open(folder).map_err(TantivyError::from)?;
        let (schema, fields) = schema::build();
        let index = Index::open_or_create(directory, schema).map_err(|error| match error {
            TantivyError::IoError(source) => io(std::io::Error::new(source.kind(), source.to_string())),
            other => IndexError::Unreadable {
                path: folder.to_owned(),
                reason: other.to_string(),
            },
        })?;
        tokenizers::register(index.tokenizers());
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let inner = Inner {
            folder: folder.to_owned(),
            index,
            reader,
            fields,
            boosts: Boosts::default(),
            writer: Mutex::new(Writer::default()),
        };
        Ok(Self(Arc::new(inner)))
    }

    /// Takes out `removals`, then puts in `additions`, in one commit that searches see when this returns. An addition
    /// replaces what the index holds of the same passage. Blocks: call it where blocking is allowed.
    pub fn write(&self, removals: &[Removal], additions: &[LexicalDocument<'_>]) -> Result<(), IndexError> {
        if removals.is_empty() && additions.is_empty() {
            return Ok(());
        }
        self.0.commit(|writer, fields| {
            for removal in removals {
                writer.delete_term(match removal {
                    Removal::Document(id) => Term::from_field_i64(fields.document, id.0),
                    Removal::Generation(id) => Term::from_field_i64(fields.generation, id.0),
                });
            }
            for addition in additions {
                writer.delete_term(Term::from_field_i64(fields.passage, addition.passage.0));
                writer.add_document(fields.document_of(addition))?;
            }
            Ok(())
        })
    }

    /// Takes everything out.
    pub fn clear(&self) -> Result<(), IndexError> {
        self.0.commit(|writer, _| writer.delete_all_documents().map(drop))
    }

    /// Puts the index in order: one segment, and nothing in it that was taken out. Searches go on. Blocks: call it where
    /// blocking is allowed.
    pub fn merge(&self) -> Result<(), IndexError> {
        self.0.merge()
    }

    /// How many segments the index has.
    pub fn segments(&self) -> usize {
        self.0.reader.searcher().segment_readers().len()
    }

    /// The best passages for `query` within `scope`, best first. Any text is a query: what stands in quotation marks
    /// must occur as a phrase, everything else may.
    pub fn search(&self, query: &str, scope: &Scope, limit: usize) -> Result<Vec<LexicalHit>, IndexError> {
        self.find(query, scope, limit, false)
    }

    /// The same while somebody is typing: words and codes that begin with the last word of `query` are found too.
    pub fn search_typed(
        &self,
        query: &str,
        scope: &Scope,
        limit: usize,
    ) -> Result<Vec<LexicalHit>, IndexError> {
        self.find(query, scope, limit, true)
    }

    fn find(
        &self,
        query: &str,
        scope: &Scope,
        limit: usize,
        typing: bool,
    ) -> Result<Vec<LexicalHit>, IndexError> {
        let Inner {
            reader,
            fields,
            boosts,
            ..
        } = &*self.0;
        let Some(query) = query::build(fields, boosts, query, scope, typing) else {
            return Ok(Vec::new());
        };
        if limit == 0 || scope.is_empty() {
            return Ok(Vec::new());
        }
        let searcher = reader.searcher();
        let found = searcher.search(&query, &TopDocs::with_limit(limit).order_by_score())?;
        let segments = searcher.segment_readers();
        let columns = segments
            .iter()
            .map(schema::Columns::of)
            .collect::<tantivy::Result<Vec<_>>>()?;
        let hits = found.into_iter().filter_map(|(score, address)| {
            let columns = columns.get(usize::try_from(address.segment_ord).ok()?)?;
            let (passage, document, generation) = columns.ids(address.doc_id)?;
            Some(LexicalHit {
                passage,
                document,
                generation,
                score,
            })
        });
        Ok(hits.collect())
    }

    /// How many passages hold `term`, as [`analysis::terms`](super::analysis::terms) gives it.
    pub fn document_frequency(&self, term: &str) -> Result<u64, IndexError> {
        let fields = &self.0.fields;
        let han = term.chars().any(Language::is_han);
        let field: Field = if han { fields.body_zh } else { fields.body_en };
        Ok(self
            .0
            .reader
            .searcher()
            .doc_freq(&Term::from_field_text(field, term))?)
    }

    /// How many passages the index holds.
    pub fn passages(&self) -> u64 {
        self.0.reader.searcher().num_docs()
    }

    /// The first `most` generations after `after` that the index holds, and how many passages each has: what is compared
    /// with the store.
    pub fn generations(&self, after: GenerationId, most: usize) -> Result<GenerationCounts, IndexError> {
        let mut counts = GenerationCounts::after(after, most);
        for segment in self.0.reader.searcher().segment_readers() {
            let columns = schema::Columns::of(segment)?;
            segment
                .doc_ids_alive()
                .filter_map(|document| columns.generation(document))
                .for_each(|generation| counts.count(generation));
        }
        Ok(counts)
    }

    /// Reads the Chinese dictionary now if the index holds Chinese text, so that the first question need not wait
    /// for it.
    pub fn warm(&self) -> Result<(), IndexError> {
        for segment in self.0.reader.searcher().segment_readers() {
            if segment.inverted_index(self.0.fields.body_zh)?.total_num_tokens() > 0 {
                analyse("预热", Parts::HAN);
                break;
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for LexicalIndex {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("LexicalIndex")
            .field("folder", &self.0.folder)
            .finish_non_exhaustive()
    }
}
