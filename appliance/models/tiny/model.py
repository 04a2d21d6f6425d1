"""The model: how much each sentence of the passages answers the question. In JAX; `export.py` has the same as ONNX.

Each token becomes a vector by itself and the two before it (a window). A word of the question meets a sentence where the
two are most alike, and counts by a learnt weight (late interaction: Khattab and Zaharia, "ColBERT", 2020); words may be met
in the heading, in the sentence before and elsewhere in the passage as well, which counts less. What kind of thing is asked
for (a time, a person, a place) meets the tokens of that kind. A small network makes of this one number for each sentence:
above zero it answers. The answer copies such sentences, as a pointer network does (Vinyals, Fortunato and Jaitly, 2015).
"""

import jax
import jax.numpy as jnp
import numpy as np

WIDTH = 128  # of a vector, and of each head of the cache
KINDS = WIDTH - 1  # what kinds of things a token may be; the last place of the cache's values holds the token
HIDDEN = 224
WINDOW = 3
FEATURES = 12
VOCABULARY = 9000
FAR = 1e4


def first(rng: np.random.Generator, tokens: np.ndarray) -> dict:
    """The weights before training; `tokens` are `[VOCABULARY, WIDTH]`."""
    random = lambda *shape, scale: jnp.asarray(rng.normal(0, scale, shape), jnp.float32)
    return dict(
        tokens=jnp.asarray(tokens),
        window=random(WINDOW * WIDTH, HIDDEN, scale=(WINDOW * WIDTH) ** -0.5 * 2),
        window_bias=jnp.zeros(HIDDEN),
        meaning=random(HIDDEN, WIDTH, scale=HIDDEN**-0.5 * 0.05),
        kinds=random(HIDDEN, KINDS, scale=HIDDEN**-0.5),
        weight=random(HIDDEN, scale=HIDDEN**-0.5 * 0.3),
        weight_after=random(HIDDEN, scale=HIDDEN**-0.5 * 0.3),
        weight_bias=jnp.asarray(0.5),
        attend=random(HIDDEN, scale=HIDDEN**-0.5),
        asked=random(HIDDEN, KINDS, scale=HIDDEN**-0.5),
        steep=jnp.asarray(10.0),
        alike=jnp.asarray(0.6),
        elsewhere=jnp.asarray([0.5, -0.5, -1.0]),
        judge=random(FEATURES, 32, scale=FEATURES**-0.5),
        judge_bias=jnp.zeros(32),
        verdict=random(32, scale=32**-0.5),
        verdict_bias=jnp.asarray(-1.0),
    )


def count(weights: dict) -> int:
    return sum(int(np.size(value)) for value in weights.values())


def hidden(weights, ids):
    """`[tokens, HIDDEN]`: each token with those before it in its window."""
    shifted = [jnp.pad(ids, (back, 0))[: ids.shape[0]] for back in range(WINDOW)]
    near = jnp.concatenate([weights["tokens"][part] for part in shifted], axis=1)
    return jnp.tanh(near @ weights["window"] + weights["window_bias"])


def meaning(weights, ids, inner):
    vectors = weights["tokens"][ids] + inner @ weights["meaning"]
    return vectors / jnp.sqrt(jnp.sum(vectors**2, axis=1, keepdims=True) + 1e-6)


def scores(weights, ids, question, asked, sentence, heading, passage, there):
    """One number for each sentence. Shapes: ids, sentence and heading `[tokens]`, question and asked `[words]` (positions,
    and whether they are there), passage and there `[sentences]`. Numbers of sentences and passages that are not there are
    as large as there are places for them."""
    sentences = passage.shape[0]
    inner = hidden(weights, ids)
    vectors = meaning(weights, ids, inner)
    of_question = inner[question]
    likeness = vectors @ vectors[question].T
    met = jax.nn.sigmoid(weights["steep"] * (likeness - weights["alike"])) * asked
    most = lambda values, groups, size: jnp.maximum(jax.ops.segment_max(values, groups, size + 1)[:size], 0)

    own = most(met, sentence, sentences)
    titled = most(met, heading, sentences)[passage]
    together = most(own, passage, sentences)[passage]
    same = jnp.concatenate([jnp.zeros(1), (passage[1:] == passage[:-1]).astype(jnp.float32)])
    before = jnp.concatenate([jnp.zeros_like(own[:1]), own[:-1]]) * same[:, None]
    less = jax.nn.sigmoid(weights["elsewhere"])
    met_anywhere = jnp.maximum(own, jnp.maximum(less[0] * titled, jnp.maximum(less[1] * before, less[2] * together)))

    # How much a word counts depends on what follows it as well: the last figure of a number tells most.
    after = inner[jnp.minimum(question + 1, ids.shape[0] - 1)] @ weights["weight_after"]
    weight = jax.nn.softplus(of_question @ weights["weight"] + after + weights["weight_bias"]) * asked
    wanted = jnp.sum(weight) + 1e-6
    attention = jax.nn.softmax(of_question @ weights["attend"] - FAR * (1 - asked))
    kind = attention @ (of_question @ weights["asked"])
    fitting = (inner @ weights["kinds"] @ kind) / KINDS**0.5
    inside = sentence < sentences
    length = jax.ops.segment_sum(inside.astype(jnp.float32), sentence, sentences + 1)[:sentences]
    best_fit = jax.ops.segment_max(jnp.where(inside, fitting, -FAR), sentence, sentences + 1)[:sentences]
    mean_fit = jax.ops.segment_sum(fitting * inside, sentence, sentences + 1)[:sentences] / jnp.maximum(length, 1)

    whole, alone = met_anywhere @ weight / wanted, own @ weight / wanted
    lacking = jnp.max(weight * (1 - met_anywhere), axis=1)
    features = jnp.stack(
        [
            whole * 4 - 2,
            alone * 4 - 2,
            (whole - jnp.max(jnp.where(there, whole, 0))) * 4,
            (alone - jnp.max(jnp.where(there, alone, 0))) * 4,
            lacking,
            jnp.sum(weight * (1 - met_anywhere), axis=1) * 0.5,
            jnp.full(sentences, wanted * 0.3 - 1),
            jnp.where(there, best_fit, 0),
            mean_fit,
            jnp.log1p(length) - 2,
            passage.astype(jnp.float32) * 0.3,
            jnp.max(weight * own, axis=1),
        ],
        axis=1,
    )
    judged = jnp.tanh(features @ weights["judge"] + weights["judge_bias"])
    return jnp.where(there, judged @ weights["verdict"] + weights["verdict_bias"], -FAR)
