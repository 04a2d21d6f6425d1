"""Trains the model on the CPU, on texts that are made as it goes, and leaves it in a folder for `export.py`.

    python train.py --out FOLDER --minutes 40 [--from FOLDER]
"""

import argparse
import functools
import random
import re
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax

import meanings
import model
import template
import texts
from layout import Tables, parse

DEMO = Path(__file__).resolve().parents[2] / "demo"
QUESTION = 48  # tokens of the longest question
# Tokens and sentences of a prompt, and how many such prompts are a batch.
SIZES = [(384, 64, 48), (768, 112, 24), (1280, 176, 14)]
RATE = 3e-3


def learn_tokens(rng):
    """Learnt from the demo documents, which are used for nothing else, the word list and texts that are made up."""
    given = [
        re.sub("<[^>]*>", " ", file.read_text(encoding="utf-8"))
        for file in sorted(DEMO.rglob("*"))
        if file.suffix in (".md", ".txt", ".csv", ".html", ".rst")
    ] * 12
    made = [message_of(texts.sample(rng, 3))[0] for _ in range(2500)]
    words = [" " + " ".join(rng.sample(texts.COMMON, min(30000, len(texts.COMMON))))]
    instructions = [*template.INSTRUCTION.values(), *template.REFUSAL.values()] * 50
    cited = [f"a [{number}] b" for number in range(10)] * 50
    chinese = ["".join(texts.ZH_THINGS + [a + b for a, b in texts.ZH_FACTS] + texts.ZH_WHO + texts.ZH_WHERE)] * 30
    return template.learn(given + made + words + instructions + cited + chinese, model.VOCABULARY)


def letters_of(tokenizer) -> list:
    """The Chinese characters that are one token."""
    return [letter for letter in map(chr, range(0x4E00, 0x9FA6)) if len(tokenizer.encode(letter).ids) == 1]


def message_of(sample):
    """The message of a sample, and where in it stand the sentences that answer."""
    layouts = [passage.layout() for passage in sample.passages]
    passages = [(passage.title, passage.place, text) for passage, (text, _) in zip(sample.passages, layouts)]
    message, starts = template.user_message(sample.question, passages, sample.language)
    spans = []
    for passage, (_, units), start in zip(sample.passages, layouts, starts):
        spans += [(start + units[index][0], start + units[index][1]) for index in sorted(passage.answers)]
    return message, spans


def make(rng, letters, tables, tokenizer):
    """A sample as the model sees it, and which sentences answer."""
    if rng.random() < 0.15:
        sample = texts.chinese(rng, letters)
    else:
        sample = texts.sample(rng, rng.choice([0, 1, 2, 3, 3, 3]))
        # Passages about something else altogether, as a search brings them.
        for _ in range(rng.choice([0, 0, 1, 2])):
            for passage in texts.sample(rng, 2).passages:
                passage.answers.clear()
                sample.passages.insert(rng.randrange(1, len(sample.passages) + 1), passage)
    return prepared(sample, tables, tokenizer)


def prepared(sample, tables, tokenizer):
    message, spans = message_of(sample)
    encoded = tokenizer.encode(template.chat(message))
    found = parse(encoded.ids, tables)
    offset = len("<|user|>")
    answers = np.zeros(len(found.passage), np.float32)
    places = np.array(encoded.offsets) - offset
    for number in range(len(answers)):
        own = places[found.sentence == number]
        middle = (own[0][0] + own[-1][1]) / 2
        answers[number] = any(begin <= middle <= end for begin, end in spans)
    return np.array(encoded.ids), found, answers


def batch_of(samples, size):
    tokens, sentences, _ = size
    count = len(samples)
    ids = np.zeros((count, tokens), np.int32)
    sentence = np.full((count, tokens), sentences, np.int32)
    heading = np.full((count, tokens), sentences, np.int32)
    question, asked = np.zeros((count, QUESTION), np.int32), np.zeros((count, QUESTION), np.float32)
    passage, there = np.full((count, sentences), sentences - 1, np.int32), np.zeros((count, sentences), bool)
    answers = np.zeros((count, sentences), np.float32)
    for row, (own, found, right) in enumerate(samples):
        length, units = len(own), len(right)
        ids[row, :length] = own
        sentence[row, :length] = np.where(found.sentence < 0, sentences, found.sentence)
        heading[row, :length] = np.where(found.heading < 0, sentences, found.heading)
        question[row, : len(found.question)] = found.question
        asked[row, : len(found.question)] = 1
        passage[row, :units], there[row, :units], answers[row, :units] = found.passage, True, right
    return (ids, question, asked, sentence, heading, passage, there), answers


def fits(made, size) -> bool:
    ids, found, answers = made
    return len(ids) <= size[0] and len(answers) < size[1] and len(found.question) <= QUESTION and len(answers) > 0


def loss_of(weights, batch, answers):
    given = jax.vmap(functools.partial(model.scores, weights))(*batch)
    there = batch[-1]
    each = optax.sigmoid_binary_cross_entropy(given, answers)
    each = jnp.sum(jnp.where(there, each * (1 + 2 * answers), 0), axis=1) / 4
    # The choice among all sentences and to say that none answers, which is 0.
    right = jnp.concatenate([answers, (jnp.sum(answers, axis=1, keepdims=True) == 0).astype(jnp.float32)], axis=1)
    choice = jnp.concatenate([given, jnp.zeros((given.shape[0], 1))], axis=1)
    choice = jax.nn.log_softmax(choice)
    chosen = -jnp.log(jnp.sum(jnp.exp(choice) * right, axis=1) + 1e-9)
    correct = jnp.take_along_axis(right, jnp.argmax(choice, axis=1, keepdims=True), axis=1)
    return jnp.mean(each + chosen), (jnp.mean(chosen), jnp.mean(correct))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--from", dest="begin", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(options.seed)
    if options.begin:
        tokenizer = template.Tokenizer.from_file(str(options.begin / "tokenizer.json"))
        weights = {name: jnp.asarray(value) for name, value in np.load(options.begin / "weights.npz").items()}
    else:
        tokenizer = learn_tokens(random.Random(0))
        numbers = np.random.default_rng(options.seed)
        weights = model.first(numbers, meanings.vectors(Tables(tokenizer).texts, model.WIDTH, numbers))
    tokenizer.save(str(options.out / "tokenizer.json"))
    tables, letters = Tables(tokenizer), letters_of(tokenizer)
    print(f"{tables.size} tokens, {len(letters)} Chinese characters, {model.count(weights) / 1e6:.2f} million weights", flush=True)

    optimiser = optax.inject_hyperparams(optax.adamw)(learning_rate=RATE, b2=0.98, weight_decay=1e-4)
    state = optimiser.init(weights)

    @jax.jit
    def step(weights, state, rate, batch, answers):
        (loss, parts), slopes = jax.value_and_grad(loss_of, has_aux=True)(weights, batch, answers)
        norm = optax.global_norm(slopes)
        slopes = jax.tree.map(lambda slope: slope * jnp.minimum(1, 1 / (norm + 1e-6)), slopes)
        state.hyperparams["learning_rate"] = rate
        updates, state = optimiser.update(slopes, state, weights)
        return optax.apply_updates(weights, updates), state, (loss, *parts)

    waiting, seen, steps, mean = {size: [] for size in SIZES}, 0, 0, np.zeros(3)
    begun = reported = time.monotonic()
    while (passed := (time.monotonic() - begun) / (options.minutes * 60)) < 1:
        made = make(rng, letters, tables, tokenizer)
        size = next((size for size in SIZES if fits(made, size)), None)
        if size is None:
            continue
        waiting[size].append(made)
        if len(waiting[size]) < size[2]:
            continue
        batch, answers = batch_of(waiting[size], size)
        seen += len(waiting[size])
        waiting[size] = []
        rate = jnp.float32(RATE * min(1, (steps + 1) / 50) * (0.5 * (1 + np.cos(np.pi * passed)) * 0.97 + 0.03))
        weights, state, parts = step(weights, state, rate, batch, answers)
        steps += 1
        mean += (np.array(parts, np.float64) - mean) * max(0.02, 1 / steps)
        if time.monotonic() - reported > 20:
            reported = time.monotonic()
            print(f"{passed:4.0%} {steps} steps, {seen} samples: loss {mean[0]:.3f}, choice {mean[1]:.3f}, right {mean[2]:.3f}", flush=True)
            np.savez(options.out / "weights.npz", **weights)
    np.savez(options.out / "weights.npz", **weights)
    print(f"{seen} samples, {steps} steps")


if __name__ == "__main__":
    main()
