//! Owns the int8 form of an embedding model: computes its weights file from the published fp32 weights.
//!
//! The graphs in `appliance/models/` are ours, the weights are not. So the int8 weights are neither fetched nor committed:
//! they are computed on this machine by a layout file, which also holds the BLAKE3 of the right result. The same layout
//! was written, and the same bytes computed, by `make.py` beside it.

use std::ops::Range;

use safetensors::{Dtype, SafeTensorError, SafeTensors};
use serde::Deserialize;
use thiserror::Error;

/// Why an int8 weights file could not be computed.
#[derive(Debug, Error)]
pub enum QuantiseError {
    /// The layout is not JSON of the expected form.
    #[error("the layout of the int8 model cannot be read")]
    Layout(#[from] serde_json::Error),
    /// The layout contradicts itself or the weights; the text says where.
    #[error("the layout of the int8 model does not fit the weights: {0}")]
    Misfit(String),
    /// The weights are not a safetensors file, or a tensor that the layout names is not in it.
    #[error("the weights of the model cannot be read")]
    Weights(#[from] SafeTensorError),
    /// The weights are another file than the one the layout was written for.
    #[error("the weights of the model are not those that its int8 layout was made for; run the set-up again")]
    OtherWeights,
    /// The result is not what the layout promises, so it must not be used.
    #[error("the int8 weights came out different from what their layout promises")]
    OtherResult,
}

/// Computes the int8 weights file that `layout` (JSON) describes from the content of a safetensors file.
///
/// The result is checked against the layout's BLAKE3: what comes back is byte for byte what the graph was measured with.
pub fn quantise(safetensors: &[u8], layout: &str) -> Result<Vec<u8>, QuantiseError> {
    let layout: Layout = serde_json::from_str(layout)?;
    if blake3::hash(safetensors).to_hex().as_str() != layout.source_blake3 {
        return Err(QuantiseError::OtherWeights);
    }
    let weights = SafeTensors::deserialize(safetensors)?;
    let mut file = vec![0; layout.length];
    for entry in &layout.tensors {
        entry.write(&weights, &mut file)?;
    }
    if blake3::hash(&file).to_hex().as_str() != layout.blake3 {
        return Err(QuantiseError::OtherResult);
    }
    Ok(file)
}

/// What the file is made from, how long it is, what lies where in it, and its hash. Gaps between tensors are zero.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Layout {
    #[serde(rename = "file")]
    _file: String,
    #[serde(rename = "source")]
    _source: String,
    source_blake3: String,
    length: usize,
    blake3: String,
    tensors: Vec<Entry>,
}

/// One tensor of the file: where it comes from, what is done to it, and where it goes.
#[derive(Deserialize)]
struct Entry {
    name: String,
    source: String,
    #[serde(flatten)]
    form: Form,
    offset: usize,
    length: usize,
}

/// What is done to a tensor. A channel is a row of the source matrix.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Form {
    /// The floats as they are.
    F32Copy,
    /// The scale of each channel: its largest magnitude divided by `range`.
    Scale { range: u8 },
    /// The values divided by their channel's scale and rounded, ties to even; column by column if transposed.
    Int8PerChannel { range: u8, transposed: bool },
}

impl Entry {
    fn write(&self, weights: &SafeTensors, file: &mut [u8]) -> Result<(), QuantiseError> {
        let tensor = weights.tensor(&self.source)?;
        if tensor.dtype() != Dtype::F32 {
            return Err(self.misfit("its source is not made of 32-bit floats"));
        }
        let content = match (&self.form, tensor.shape()) {
            (Form::F32Copy, _) => tensor.data().to_vec(),
            (Form::Scale { range }, &[_, columns]) => rows(tensor.data(), columns)
                .flat_map(|row| scale(&row, *range).to_le_bytes())
                .collect(),
            (Form::Int8PerChannel { range, transposed }, &[height, columns]) => {
                let rows = rows(tensor.data(), columns);
                let stride = if *transposed { height } else { 1 };
                let mut values = vec![0; height * columns];
                for (index, row) in rows.enumerate() {
                    let start = if *transposed { index } else { index * columns };
                    let places = values.iter_mut().skip(start).step_by(stride);
                    let scale = scale(&row, *range);
                    for (place, weight) in places.zip(&row) {
                        *place = round(weight / scale, *range).to_le_bytes()[0];
                    }
                }
                values
            }
            (_, shape) => {
                return Err(self.misfit(&format!("its source has {} dimensions, not two", shape.len())));
            }
        };
        if content.len() != self.length {
            return Err(self.misfit(&format!(
                "{} bytes where {} were expected",
                content.len(),
                self.length
            )));
        }
        let place = self.place().and_then(|place| file.get_mut(place));
        let place = place.ok_or_else(|| self.misfit("it ends behind the end of the file"))?;
        place.copy_from_slice(&content);
        Ok(())
    }

    fn place(&self) -> Option<Range<usize>> {
        Some(self.offset..self.offset.checked_add(self.length)?)
    }

    fn misfit(&self, why: &str) -> QuantiseError {
        QuantiseError::Misfit(format!("{}: {why}", self.name))
    }
}

/// The rows of a matrix of little-endian floats, whose bytes need not be aligned.
fn rows(data: &[u8], columns: usize) -> impl Iterator<Item = Vec<f32>> {
    data.chunks_exact((columns * 4).max(1)).map(|row| {
        let (floats, _) = row.as_chunks();
        floats.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
    })
}

/// A row of zeros gets the scale 1, so that nothing is divided by zero.
fn scale(row: &[f32], range: u8) -> f32 {
    let largest = row
        .iter()
        .fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
    let scale = largest / f32::from(range);
    if scale == 0.0 { 1.0 } else { scale }
}

fn round(value: f32, range: u8) -> i8 {
    let limit = f32::from(range.min(127));
    value.round_ties_even().clamp(-limit, limit) as i8
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use safetensors::tensor::TensorView;

    use super::*;

    const MATRIX: [f32; 6] = [64.0, -32.5, 0.5, 0.0, 0.0, 0.0];

    fn weights() -> Vec<u8> {
        let data: Vec<u8> = MATRIX.iter().flat_map(|weight| weight.to_le_bytes()).collect();
        let matrix = TensorView::new(Dtype::F32, vec![2, 3], &data).unwrap();
        safetensors::serialize([("matrix", matrix)], None).unwrap()
    }

    fn layout(tensors: &str, length: usize, expected: &[u8]) -> String {
        let (source, result) = (blake3::hash(&weights()), blake3::hash(expected));
        format!(
            r#"{{"file": "b", "source": "a", "source_blake3": "{source}", "length": {length},
                "blake3": "{result}", "tensors": [{tensors}]}}"#
        )
    }

    #[test]
    fn a_matrix_is_rounded_row_by_row_with_ties_to_even() {
        let entry = r#"{"name": "m", "source": "matrix", "kind": "int8-per-channel", "range": 64,
            "transposed": false, "offset": 0, "length": 6}"#;
        let expected = [64, (-32_i8).to_le_bytes()[0], 0, 0, 0, 0];
        assert_eq!(
            quantise(&weights(), &layout(entry, 6, &expected)).unwrap(),
            expected
        );
    }

    #[test]
    fn a_transposed_matrix_lies_column_by_column() {
        let entry = r#"{"name": "m", "source": "matrix", "kind": "int8-per-channel", "range": 64,
            "transposed": true, "offset": 0, "length": 6}"#;
        let expected = [64, 0, (-32_i8).to_le_bytes()[0], 0, 0, 0];
        assert_eq!(
            quantise(&weights(), &layout(entry, 6, &expected)).unwrap(),
            expected
        );
    }

    #[test]
    fn a_row_of_zeros_has_the_scale_one_and_gaps_are_zero() {
        let entry =
            r#"{"name": "s", "source": "matrix", "kind": "scale", "range": 64, "offset": 4, "length": 8}"#;
        let expected = [[0; 4], 1.0_f32.to_le_bytes(), 1.0_f32.to_le_bytes()].concat();
        assert_eq!(
            quantise(&weights(), &layout(entry, 12, &expected)).unwrap(),
            expected
        );
    }

    #[test]
    fn a_copy_keeps_every_bit() {
        let entry = r#"{"name": "c", "source": "matrix", "kind": "f32-copy", "offset": 0, "length": 24}"#;
        let expected: Vec<u8> = MATRIX.iter().flat_map(|weight| weight.to_le_bytes()).collect();
        assert_eq!(
            quantise(&weights(), &layout(entry, 24, &expected)).unwrap(),
            expected
        );
    }

    #[test]
    fn weights_that_the_layout_was_not_made_for_are_refused() {
        let other = safetensors::serialize(Vec::<(String, TensorView)>::new(), None).unwrap();
        let result = quantise(&other, &layout("", 0, &[]));
        assert!(matches!(result, Err(QuantiseError::OtherWeights)));
    }

    #[test]
    fn a_result_other_than_the_promised_one_is_refused() {
        let result = quantise(&weights(), &layout("", 1, &[1]));
        assert!(matches!(result, Err(QuantiseError::OtherResult)));
    }

    #[test]
    fn a_layout_that_does_not_fit_is_an_error_and_never_a_panic() {
        for entry in [
            r#"{"name": "m", "source": "matrix", "kind": "f32-copy", "offset": 8, "length": 24}"#,
            r#"{"name": "m", "source": "matrix", "kind": "f32-copy", "offset": 18446744073709551615, "length": 24}"#,
            r#"{"name": "m", "source": "matrix", "kind": "scale", "range": 64, "offset": 0, "length": 24}"#,
            r#"{"name": "m", "source": "absent", "kind": "f32-copy", "offset": 0, "length": 24}"#,
            r#"{"name": "m", "source": "matrix", "kind": "unknown", "offset": 0, "length": 24}"#,
        ] {
            assert!(quantise(&weights(), &layout(entry, 24, &[])).is_err(), "{entry}");
        }
    }

    #[test]
    fn the_published_weights_come_out_as_the_committed_layout_promises() {
        let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
        let cache = std::env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .or_else(home)
            .unwrap();
        let runtime =
            std::env::var_os("GEMBA_RUNTIME").map_or_else(|| cache.join("gemba/runtime"), PathBuf::from);
        let weights = runtime.join("models/all-minilm-l6-v2/model.safetensors");
        let weights = std::fs::read(&weights)
            .unwrap_or_else(|error| panic!("{}: {error}; run ./appliance/test once", weights.display()));
        let layout = include_str!("../../appliance/models/all-minilm-l6-v2/model-int8.layout.json");
        let began = std::time::Instant::now();
        quantise(&weights, layout).unwrap();
        eprintln!("quantised in {:?}", began.elapsed());
    }
}
