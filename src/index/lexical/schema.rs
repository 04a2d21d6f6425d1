//! The fields of the word index. Texts are indexed, not stored: the store has them.

use tantivy::columnar::Column;
use tantivy::index::SegmentReader;
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{DocId, TantivyDocument};

use super::LexicalDocument;
use super::tokenizers::{CHINESE, CODES, ENGLISH, MIXED, RAW};
use crate::domain::{Collection, DocumentId, FileKind, GenerationId, Language, PassageId};

/// Every field, all of them queried.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub passage: Field,
    pub document: Field,
    pub generation: Field,
    pub collection: Field,
    pub kind: Field,
    pub title: Field,
    pub headings: Field,
    /// Words, stemmed as English.
    pub body_en: Field,
    /// Han characters, cut by jieba in search mode after folding traditional to simplified.
    pub body_zh: Field,
    pub codes: Field,
}

pub(super) fn build() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let positions = IndexRecordOption::WithFreqsAndPositions;
    let fields = Fields {
        passage: builder.add_i64_field("passage", INDEXED | FAST),
        document: builder.add_i64_field("document", INDEXED | FAST),
        generation: builder.add_i64_field("generation", INDEXED | FAST),
        collection: builder.add_text_field("collection", text(RAW, IndexRecordOption::Basic)),
        kind: builder.add_text_field("kind", text(RAW, IndexRecordOption::Basic)),
        title: builder.add_text_field("title", text(MIXED, positions)),
        headings: builder.add_text_field("headings", text(MIXED, positions)),
        body_en: builder.add_text_field("body_en", text(ENGLISH, positions)),
        body_zh: builder.add_text_field("body_zh", text(CHINESE, positions)),
        codes: builder.add_text_field("codes", text(CODES, IndexRecordOption::Basic)),
    };
    (builder.build(), fields)
}

fn text(tokenizer: &str, record: IndexRecordOption) -> TextOptions {
    let scored = record != IndexRecordOption::Basic;
    TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(tokenizer)
            .set_index_option(record)
            .set_fieldnorms(scored),
    )
}

/// The term of a collection. Never empty, though the name of [`Collection::top`] is.
pub(super) fn collection_term(collection: &Collection) -> String {
    format!("/{}", collection.as_str())
}

pub(super) fn kind_term(kind: FileKind) -> &'static str {
    kind.as_str()
}

impl Fields {
    pub fn document_of(&self, passage: &LexicalDocument<'_>) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_i64(self.passage, passage.passage.0);
        document.add_i64(self.document, passage.document.0);
        document.add_i64(self.generation, passage.generation.0);
        document.add_text(self.collection, collection_term(passage.collection));
        document.add_text(self.kind, kind_term(passage.kind));
        document.add_text(self.title, passage.title);
        for heading in passage.headings {
            document.add_text(self.headings, heading);
        }
        document.add_text(self.body_en, passage.text);
        if passage.text.chars().any(Language::is_han) {
            document.add_text(self.body_zh, passage.text);
        }
        let places = [passage.title]
            .into_iter()
            .chain(passage.headings.iter().map(String::as_str));
        for text in places.chain([passage.text]) {
            document.add_text(self.codes, text);
        }
        document
    }
}

/// The ids of a segment's passages.
pub(super) struct Columns {
    passage: Column<i64>,
    document: Column<i64>,
    generation: Column<i64>,
}

impl Columns {
    pub fn of(segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        Ok(Self {
            passage: columns.i64("passage")?,
            document: columns.i64("document")?,
            generation: columns.i64("generation")?,
        })
    }

    pub fn ids(&self, document: DocId) -> Option<(PassageId, DocumentId, GenerationId)> {
        Some((
            PassageId(self.passage.first(document)?),
            DocumentId(self.document.first(document)?),
            self.generation(document)?,
        ))
    }

    pub fn generation(&self, document: DocId) -> Option<GenerationId> {
        self.generation.first(document).map(GenerationId)
    }
}
