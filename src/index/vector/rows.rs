//! Rows of the vector index: their columns, and the conditions that choose among them.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Int64Type};
use arrow_array::{
    Array, FixedSizeListArray, Float32Array, Int64Array, PrimitiveArray, RecordBatch, RecordBatchIterator,
    RecordBatchReader, StringArray,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};

use super::{VectorHit, VectorRow};
use crate::domain::{PassageId, Scope};
use crate::index::{IndexError, Removal};

pub(super) fn schema(dimension: usize) -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("passage", DataType::Int64, false),
        Field::new("document", DataType::Int64, false),
        Field::new("generation", DataType::Int64, false),
        Field::new("collection", DataType::Utf8, false),
        Field::new("kind", DataType::Utf8, false),
        Field::new("vector", vector_type(dimension), false),
    ]))
}

pub(super) fn vector_type(dimension: usize) -> DataType {
    DataType::FixedSizeList(item(), length(dimension))
}

fn item() -> Arc<Field> {
    Arc::new(Field::new("item", DataType::Float32, true))
}

fn length(dimension: usize) -> i32 {
    i32::try_from(dimension).unwrap_or(i32::MAX)
}

pub(super) fn to_batch(rows: &[VectorRow], dimension: usize) -> Result<RecordBatch, IndexError> {
    let mut numbers = Vec::with_capacity(rows.len() * dimension);
    for row in rows {
        numbers.extend(normalised(&row.vector, dimension)?);
    }
    let vectors = FixedSizeListArray::try_new(
        item(),
        length(dimension),
        Arc::new(Float32Array::from(numbers)),
        None,
    )?;
    let ids = |id: fn(&VectorRow) -> i64| Arc::new(Int64Array::from_iter_values(rows.iter().map(id)));
    Ok(RecordBatch::try_new(
        schema(dimension),
        vec![
            ids(|row| row.passage.0),
            ids(|row| row.document.0),
            ids(|row| row.generation.0),
            Arc::new(StringArray::from_iter_values(
                rows.iter().map(|row| row.collection.as_str()),
            )),
            Arc::new(StringArray::from_iter_values(
                rows.iter().map(|row| row.kind.as_str()),
            )),
            Arc::new(vectors),
        ],
    )?)
}

pub(super) fn reader(batch: RecordBatch) -> Box<dyn RecordBatchReader + Send> {
    let schema = batch.schema();
    Box::new(RecordBatchIterator::new([Ok(batch)], schema))
}

/// `vector` with length 1. One of length 0 stays as it is: it is near to nothing.
pub(super) fn normalised(vector: &[f32], dimension: usize) -> Result<Vec<f32>, IndexError> {
    if vector.len() != dimension {
        return Err(IndexError::Dimension {
            expected: dimension,
            found: vector.len(),
        });
    }
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    let scale = if length > 0.0 { length.recip() } else { 1.0 };
    Ok(vector.iter().map(|number| number * scale).collect())
}

/// The condition that a scope stands for, which must not be empty.
pub(super) fn condition(scope: &Scope) -> Option<String> {
    let one_of = |column: &str, values: Vec<String>| {
        (!values.is_empty()).then(|| format!("{column} IN ({})", values.join(", ")))
    };
    let collections = scope
        .collections
        .iter()
        .flatten()
        .map(|collection| literal(collection.as_str()))
        .collect();
    let kinds = scope.kinds.iter().map(|kind| literal(kind.as_str())).collect();
    let documents = scope.documents.iter().flatten();
    let documents = documents.map(|document| document.0.to_string()).collect();
    let conditions: Vec<String> = [
        one_of("collection", collections),
        one_of("kind", kinds),
        one_of("document", documents),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!conditions.is_empty()).then(|| conditions.join(" AND "))
}

/// The condition for the rows that `removals` take out.
pub(super) fn removed(removals: &[Removal]) -> String {
    let documents: Vec<i64> = removals
        .iter()
        .filter_map(|removal| match removal {
            Removal::Document(id) => Some(id.0),
            Removal::Generation(_) => None,
        })
        .collect();
    let generations: Vec<i64> = removals
        .iter()
        .filter_map(|removal| match removal {
            Removal::Generation(id) => Some(id.0),
            Removal::Document(_) => None,
        })
        .collect();
    let conditions: Vec<String> = [("document", documents), ("generation", generations)]
        .into_iter()
        .filter(|(_, ids)| !ids.is_empty())
        .map(|(column, ids)| any_of(column, ids))
        .collect();
    if conditions.is_empty() {
        "false".to_owned()
    } else {
        conditions.join(" OR ")
    }
}

/// The condition for rows that a write of `rows` would replace or take out. Ids of passages only grow, so those that
/// are looked for lie close together.
pub(super) fn held_already(removals: &[Removal], rows: &[VectorRow]) -> String {
    let ids = rows.iter().map(|row| row.passage.0);
    let (least, most) = (
        ids.clone().min().unwrap_or_default(),
        ids.max().unwrap_or_default(),
    );
    let between = format!("(passage >= {least} AND passage <= {most})");
    if removals.is_empty() {
        between
    } else {
        format!("{between} OR {}", removed(removals))
    }
}

pub(super) fn any_of(column: &str, ids: impl IntoIterator<Item = i64>) -> String {
    let ids: Vec<String> = ids.into_iter().map(|id| id.to_string()).collect();
    format!("{column} IN ({})", ids.join(", "))
}

/// A string in the SQL of LanceDB, where a quotation mark is doubled and nothing else is special.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

pub(super) fn hits(batch: &RecordBatch) -> Result<Vec<VectorHit>, IndexError> {
    let passages = integers(batch, "passage")?;
    let distances = column(batch, "_distance")?
        .as_primitive_opt::<Float32Type>()
        .ok_or_else(|| unexpected("_distance"))?;
    Ok((0..batch.num_rows())
        .map(|row| VectorHit {
            passage: PassageId(passages.value(row)),
            similarity: 1.0 - distances.value(row),
        })
        .collect())
}

pub(super) fn collect_vectors(
    batch: &RecordBatch,
    vectors: &mut HashMap<PassageId, Vec<f32>>,
) -> Result<(), IndexError> {
    let passages = integers(batch, "passage")?;
    let lists = column(batch, "vector")?
        .as_fixed_size_list_opt()
        .ok_or_else(|| unexpected("vector"))?;
    for row in 0..batch.num_rows() {
        let list = lists.value(row);
        let numbers = list
            .as_primitive_opt::<Float32Type>()
            .ok_or_else(|| unexpected("vector"))?;
        vectors.insert(PassageId(passages.value(row)), numbers.values().to_vec());
    }
    Ok(())
}

pub(super) fn integers<'a>(
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a PrimitiveArray<Int64Type>, IndexError> {
    column(batch, name)?
        .as_primitive_opt::<Int64Type>()
        .ok_or_else(|| unexpected(name))
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a Arc<dyn Array>, IndexError> {
    batch.column_by_name(name).ok_or_else(|| unexpected(name))
}

fn unexpected(column: &str) -> IndexError {
    IndexError::Rows(ArrowError::SchemaError(format!(
        "column {column} is missing or of another type"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Collection, DocumentId, FileKind, GenerationId};

    #[test]
    fn names_with_quotation_marks_stay_names() {
        let scope = Scope {
            collections: Some([Collection("it's; DROP".to_owned()), Collection::top()].into()),
            kinds: vec![FileKind::Pdf],
            ..Scope::everything()
        };
        assert_eq!(
            condition(&scope).as_deref(),
            Some("collection IN ('', 'it''s; DROP') AND kind IN ('pdf')")
        );
    }

    #[test]
    fn documents_that_are_named_are_part_of_the_condition() {
        let scope = Scope {
            documents: Some(vec![DocumentId(4), DocumentId(7)]),
            ..Scope::everything()
        };
        assert_eq!(condition(&scope).as_deref(), Some("document IN (4, 7)"));
    }

    #[test]
    fn a_scope_that_restricts_nothing_is_no_condition() {
        assert_eq!(condition(&Scope::everything()), None);
    }

    #[test]
    fn removals_of_documents_and_generations_are_one_condition() {
        let removals = [
            Removal::Document(DocumentId(1)),
            Removal::Generation(GenerationId(7)),
            Removal::Document(DocumentId(2)),
        ];
        assert_eq!(removed(&removals), "document IN (1, 2) OR generation IN (7)");
        assert_eq!(removed(&[]), "false");
    }
}
