//! The embedder against the real model, where it is installed.

use std::path::PathBuf;
use std::sync::Arc;

use super::*;
use crate::models::InstalledModel;

fn runtime_folder() -> Option<PathBuf> {
    let named = std::env::var_os("GEMBA_RUNTIME").map(PathBuf::from);
    named.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/gemba/runtime")))
}

/// The model in force, or nothing (and a word about it) where it is not installed.
pub(crate) fn embedder(precision: Precision) -> Option<Arc<LocalEmbedder>> {
    let folder = runtime_folder()?;
    let model = match InstalledModel::find(&folder, "all-minilm-l6-v2") {
        Ok(model) => model,
        Err(error) => {
            eprintln!("skipped: {error}");
            return None;
        }
    };
    let runtime = Runtime::load(&folder).unwrap();
    let spare = std::env::temp_dir().join("gemba-test-models");
    let sessions = Sessions { count: 2, threads: 1 };
    Some(Arc::new(
        LocalEmbedder::load(&runtime, &model, precision, sessions, &spare).unwrap(),
    ))
}

const TEXTS: [&str; 4] = [
    "Tighten the flange bolts crosswise to 25 newton metres.",
    "Bolts of the flange are to be torqued in a star pattern.",
    "Employees may take fifteen days of paid leave a year.",
    "x",
];

fn texts() -> Vec<String> {
    TEXTS.map(str::to_owned).to_vec()
}

#[tokio::test]
async fn texts_that_mean_the_same_are_near_in_both_precisions() {
    for precision in [Precision::Fp32, Precision::Int8] {
        let Some(embedder) = embedder(precision) else {
            return;
        };
        let vectors = embedder.embed(texts()).await.unwrap();
        assert!(vectors.iter().all(|vector| vector.len() == embedder.dimension()));
        assert!(
            vectors
                .iter()
                .all(|vector| (cosine(vector, vector) - 1.0).abs() < 1e-4)
        );
        assert!(cosine(&vectors[0], &vectors[1]) > cosine(&vectors[0], &vectors[2]) + 0.3);
    }
}

#[tokio::test]
async fn a_vector_depends_on_nothing_but_its_text() {
    let Some(embedder) = embedder(Precision::Int8) else {
        return;
    };
    let together = embedder.embed(texts()).await.unwrap();
    for (text, expected) in TEXTS.iter().zip(&together) {
        assert_eq!(&embedder.embed_query(text).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn quantised_vectors_are_close_to_the_published_ones() {
    let (Some(int8), Some(fp32)) = (embedder(Precision::Int8), embedder(Precision::Fp32)) else {
        return;
    };
    let (small, full) = (
        int8.embed(texts()).await.unwrap(),
        fp32.embed(texts()).await.unwrap(),
    );
    for (small, full) in small.iter().zip(&full) {
        assert!(cosine(small, full) > 0.97, "{}", cosine(small, full));
    }
    assert_ne!(int8.fingerprint(), fp32.fingerprint());
}

#[tokio::test]
async fn long_and_empty_texts_have_vectors_too() {
    let Some(embedder) = embedder(Precision::Int8) else {
        return;
    };
    let vectors = embedder
        .embed(vec!["word ".repeat(5_000), String::new()])
        .await
        .unwrap();
    assert!(vectors.iter().flatten().all(|number| number.is_finite()));
    assert!(embedder.embed(Vec::new()).await.unwrap().is_empty());
}

#[tokio::test]
async fn tokens_are_counted_beyond_what_the_model_reads() {
    let Some(embedder) = embedder(Precision::Int8) else {
        return;
    };
    assert_eq!(embedder.count_tokens("tighten the bolts"), 3);
    assert_eq!(embedder.count_tokens(&"bolt ".repeat(1_000)), 1_000);
    assert_eq!(embedder.count_tokens(""), 0);
}

#[tokio::test]
async fn a_question_is_answered_while_passages_are_waiting_and_given_up_ones_are_dropped() {
    let Some(embedder) = embedder(Precision::Int8) else {
        return;
    };
    let bulk = {
        let embedder = Arc::clone(&embedder);
        let passages = vec!["a passage about pressing and bending sheet metal ".repeat(20); 400];
        tokio::spawn(async move { embedder.embed(passages).await })
    };
    while embedder.busy().is_zero() {
        tokio::task::yield_now().await;
    }
    embedder.embed_query("How long is the leave?").await.unwrap();
    assert!(!bulk.is_finished());
    bulk.abort();
    assert!(bulk.await.unwrap_err().is_cancelled());
    let before = embedder.busy();
    embedder.embed(texts()).await.unwrap();
    assert!(embedder.busy() > before);
}

#[test]
fn english_is_known_and_chinese_is_not() {
    let Some(embedder) = embedder(Precision::Int8) else {
        return;
    };
    assert!(embedder.knows(Language::English) && !embedder.knows(Language::Chinese));
}

#[test]
fn a_runtime_that_is_not_there_is_a_plain_error() {
    let Some(folder) = runtime_folder() else { return };
    if folder.join("libonnxruntime.so").is_file() {
        // Once loaded it stays loaded, so nothing can be seen here where it is installed.
        return;
    }
    let error = Runtime::load(&folder).unwrap_err();
    assert!(error.to_string().contains("./appliance/run"), "{error}");
}
