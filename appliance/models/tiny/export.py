"""Exports a trained folder to `model/`, and compares what both make of held-out texts, token by token.

    python export.py FOLDER
"""

import argparse
import json
import random
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from tokenizers import Tokenizer

import graph
import model
import template
import texts
from layout import Tables, parse

HERE = Path(__file__).resolve().parent
CONTEXT = 4096
MOST = 400  # tokens of an answer


class Trained:
    """The trained weights, by the code that they were trained with."""

    def __init__(self, folder: Path):
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tables = Tables(self.tokenizer)
        self.weights = {name: np.asarray(value) for name, value in np.load(folder / "weights.npz").items()}

    def scores(self, ids, found):
        count = len(found.passage)
        index = lambda numbers: np.where(numbers < 0, count, numbers)
        asked = np.ones(len(found.question), np.float32)
        return np.asarray(
            model.scores(
                self.weights, np.asarray(ids), found.question, asked, index(found.sentence), index(found.heading),
                found.passage, np.ones(count, bool),
            )
        )

    def answer(self, ids) -> list:
        found = parse(ids, self.tables)
        scores = self.scores(ids, found)
        order = np.argsort(-scores, kind="stable")[: graph.SENTENCES]
        chosen = sorted(place for rank, place in enumerate(order) if scores[place] > (graph.SURE if rank else 0))
        if not chosen:
            chinese = self.tables.chinese[np.asarray(ids)[found.question]].any()
            return self.tokenizer.encode(template.REFUSAL["zh" if chinese else "en"]).ids
        made = []
        for place in chosen:
            made += self.tokenizer.encode(" ").ids if made else []
            made += [token for token, own in zip(ids, found.sentence) if own == place]
            made += self.tokenizer.encode(f" [{found.passage[place] + 1}]").ids
        return made[:MOST]


class Exported:
    """The exported model, greedy."""

    def __init__(self, folder: Path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options)
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))

    def ids(self, message: str) -> list:
        return self.tokenizer.encode(template.chat(message)).ids

    def answer(self, ids) -> list:
        cache = np.zeros((1, 1, 0, model.WIDTH), np.float32)
        keys, values, new, made, total = cache, cache, ids, [], 0
        while len(made) < MOST:
            total += len(new)
            logits, keys, values = self.session.run(
                ["logits", "present.0.key", "present.0.value"],
                {
                    "input_ids": np.array([new]), "attention_mask": np.ones((1, total), np.int64),
                    "position_ids": np.arange(total - len(new), total)[None],
                    "past_key_values.0.key": keys, "past_key_values.0.value": values,
                },
            )
            token = int(logits[0, -1].argmax())
            if token == template.END:
                break
            made.append(token)
            new = [token]
        return made

    def text(self, message: str) -> str:
        return self.tokenizer.decode(self.answer(self.ids(message)), skip_special_tokens=True).strip()


def prompts(count: int, seed: int = 77):
    """Messages of held-out texts."""
    rng = random.Random(seed)
    for number in range(count):
        sample = texts.chinese(rng, "的一是在不了有和人这中大为上个") if number % 5 == 4 else texts.sample(rng, 3)
        passages = [(passage.title, passage.place, passage.layout()[0]) for passage in sample.passages]
        yield template.user_message(sample.question, passages, sample.language)[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=HERE / "model")
    options = parser.parse_args()
    trained = Trained(options.folder)
    options.out.mkdir(exist_ok=True)
    onnx.save(graph.build(trained.weights, trained.tokenizer, trained.tables), options.out / "model.onnx")
    trained.tokenizer.save(str(options.out / "tokenizer.json"))
    write = lambda name, content: (options.out / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    special = dict(eos_token="<|end|>", pad_token="<|pad|>")
    write("tokenizer_config.json", dict(chat_template=template.CHAT_TEMPLATE, **special))
    write(
        "config.json",
        dict(
            model_type="tiny", vocab_size=trained.tables.size, max_position_embeddings=CONTEXT, num_hidden_layers=1,
            num_attention_heads=1, num_key_value_heads=1, head_dim=model.WIDTH, hidden_size=model.WIDTH,
            bos_token_id=template.USER, eos_token_id=template.END, pad_token_id=template.PAD,
        ),
    )
    exported, same, total = Exported(options.out), 0, 0
    for message in prompts(60):
        ids = exported.ids(message)
        same += exported.answer(ids) == trained.answer(ids)
        total += 1
    size = sum(file.stat().st_size for file in options.out.iterdir())
    print(f"{same} of {total} greedy answers are equal; {model.count(trained.weights) / 1e6:.2f} million weights, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
