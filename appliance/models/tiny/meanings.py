"""What tokens mean before training: vectors of the embedding model that Gemba searches with (all-MiniLM-L6-v2, Apache-2.0).

Each token that is a word, or a part of one, is embedded by itself, and the vectors are cut to their main directions, as
model2vec does (Minish Lab, 2024). Tokens that say nothing by themselves, and a share of every vector, are random, so that
no two tokens are the same.
"""

import os
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

RUNTIME = Path(os.environ.get("GEMBA_RUNTIME", Path.home() / ".cache/gemba/runtime"))
OWN = 0.5  # how long the random part of a vector is, beside 1 for the other


def vectors(texts, width: int, rng: np.random.Generator) -> np.ndarray:
    """One vector for each of the texts of tokens, about as long as 1."""
    folder = RUNTIME / "models/all-minilm-l6-v2"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
    words = [number for number, text in enumerate(texts) if len(text.strip()) > 2 and text.strip().isalpha()]
    known = []
    for number in words:
        ids = np.array([tokenizer.encode(texts[number].strip()).ids])
        given = dict(input_ids=ids, attention_mask=np.ones_like(ids), token_type_ids=np.zeros_like(ids))
        known.append(session.run(None, given)[0][0].mean(axis=0))
    known = np.array(known)
    known -= known.mean(axis=0)
    _, _, directions = np.linalg.svd(known, full_matrices=False)
    known = known @ directions[:width].T
    random = rng.normal(0, width**-0.5, (len(texts), width))
    made = random.copy()
    made[words] = known / np.linalg.norm(known, axis=1, keepdims=True) + OWN * random[words]
    return made.astype(np.float32)
