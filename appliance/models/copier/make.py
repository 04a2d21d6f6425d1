"""Makes the demonstration model: a program in the form of a language model, not a trained one.

    python3 -m venv VENV && VENV/bin/pip install -r appliance/models/copier/requirements.txt
    VENV/bin/python appliance/models/copier/make.py

Its ONNX graph has the inputs, the outputs and the cache of an exported decoder, so whatever runs decoders runs it. But
where a decoder has weights it has operators that do this, token by token:

- the words of the question are compared with those of each sentence of the passages; endings count little;
- the sentence that holds most of the question, by the length of the words, is copied, and the number of its passage is
  put behind it: `... [2]`;
- where no sentence holds enough of it, the answer is `The documents do not tell.`

Everything that it needs to know of the past are the tokens themselves: these are its cache.
"""

import json
import re
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

HERE = Path(__file__).resolve().parent
OUT = HERE / "model"
DEMO = HERE.parents[1] / "demo"

VOCABULARY = 6000
CONTEXT = 8192
MOST_PASSAGES = 99
REFUSAL = "The documents do not tell."
USER, ASSISTANT, END = "<|user|>", "<|assistant|>", "<|end|>"
FENCE = '"""'
# The share of the question, by weight, that a sentence must hold.
ENOUGH = 0.1
# What each token of a sentence takes off, so that of two sentences the shorter is preferred.
LENGTH = 0.01
# What each passage before its own takes off, as a share of the question: the best passages come first.
LATER = 0.08
STOP = set(
    "a an and any are as at be been but by can could did do does for from had has have how i if in into is it its may me "
    "must my no not of on one or our shall should so such than that the their them then there these they this those to "
    "too was we were what when where which who whom whose why will with would you your question answer".split()
)
TEMPLATE = (
    "{%- for message in messages -%}{%- if message['role'] == 'user' -%}{{ '<|user|>' + message['content'] + '<|end|>' }}"
    "{%- elif message['role'] == 'assistant' -%}{{ '<|assistant|>' + message['content'] + '<|end|>' }}{%- endif -%}"
    "{%- endfor -%}{%- if add_generation_prompt -%}{{ '<|assistant|>' }}{%- endif -%}"
)


def learn() -> Tokenizer:
    """Bytes, joined as the demo documents join them; figures stay single digits."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\n| ?\[|\"\"\"| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]|\s"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    texts = [
        re.sub("<[^>]*>", " ", file.read_text(encoding="utf-8"))
        for file in sorted(DEMO.rglob("*"))
        if file.suffix in (".md", ".txt", ".csv", ".html", ".rst")
    ]
    texts += [f'Question: x\n\n[1] a\n{FENCE}\nb\n{FENCE}\n\n [1] {REFUSAL} say only: like'] * 50
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        special_tokens=[AddedToken(token, special=True) for token in (END, USER, ASSISTANT)],
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word[: -len(ending)]
    return word


class Tables:
    """What each token is, by its id."""

    def __init__(self, tokenizer: Tokenizer):
        self.size = tokenizer.get_vocab_size()
        self.texts = [tokenizer.decode([token], skip_special_tokens=False) for token in range(self.size)]
        classes, self.kind, self.weight = {}, np.zeros(self.size, np.int64), [0.0]
        for token, text in enumerate(self.texts):
            word = text.strip().lower()
            if not re.fullmatch(r"\w+", word) or word in STOP or token < 3 or len(word) < 2 and not word.isdigit():
                continue
            word = stem(word)
            if word not in classes:
                classes[word] = len(self.weight)
                self.weight.append(min(len(word), 8) / 8)
            self.kind[token] = classes[word]
        self.newline = self.mask(lambda text: "\n" in text)
        self.period = self.mask(lambda text: text in (".", "!", "?"))
        self.spaced = self.mask(lambda text: text[:1].isspace())
        self.fence = self.mask(lambda text: text == FENCE)

    def mask(self, holds) -> np.ndarray:
        return np.array([holds(text) for text in self.texts], np.float32)


def build(tokenizer: Tokenizer) -> onnx.ModelProto:
    tables = Tables(tokenizer)
    encode = lambda text: tokenizer.encode(text, add_special_tokens=False).ids
    (opening,), (closing,) = encode(" ["), encode("]")
    digits = [encode(str(digit))[0] for digit in range(10)]
    refusal = encode(REFUSAL) + [0]
    nodes, constants = [], {}

    def constant(value, kind=np.int64) -> str:
        array = np.array(value, kind)
        name = f"c{len(constants)}"
        constants[name] = numpy_helper.from_array(array, name)
        return name

    def node(operator, *inputs, **attributes) -> str:
        name = f"n{len(nodes)}_{operator}"
        nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    one, zero, flat = constant([1]), constant([0]), constant([-1])
    number = lambda value: constant(value, np.float32)
    as_float = lambda name: node("Cast", name, to=TensorProto.FLOAT)
    as_int = lambda name: node("Cast", name, to=TensorProto.INT64)

    # All tokens so far are the cache with the new ones behind it.
    new = node("Unsqueeze", node("Unsqueeze", as_float("input_ids"), constant([1])), constant([3]))
    for part in ("key", "value"):
        nodes.append(helper.make_node("Concat", [f"past_key_values.0.{part}", new], [f"present.0.{part}"], axis=2))
    ids = as_int(node("Reshape", "present.0.key", flat))
    total = node("Shape", ids)

    # The last user's message holds the question, and all of them hold passages, numbered on from one to the next; the
    # assistant's turn behind it is the answer.
    positions = node("Range", constant(0), node("Squeeze", total), constant(1))
    last = lambda mask: node("ReduceMax", node("Mul", as_int(mask), positions), keepdims=0)
    equals = lambda token: node("Equal", ids, constant(token))
    user = last(equals(1))
    answer = last(equals(2))
    of = lambda table: node("Gather", constant(table, np.float32), ids)
    after_user = as_float(node("Greater", positions, user))
    before_answer = as_float(node("Less", positions, answer))
    inside = node("Mul", after_user, before_answer)
    lines = node("CumSum", node("Mul", of(tables.newline), inside), constant(0))
    asked = node("Mul", inside, as_float(node("Equal", lines, number(0))))

    # The classes of the words that the question has, and how much they weigh together.
    kinds = node("Gather", constant(tables.kind), ids)
    count = len(tables.weight)
    none = constant(np.zeros(count), np.float32)
    has = node("Clip", node("ScatterElements", none, kinds, asked, axis=0, reduction="add"), number(0), number(1))
    weighed = node("Mul", has, constant(tables.weight, np.float32))
    wanted = node("ReduceSum", weighed, keepdims=0)

    # Sentences end at a full stop before white space and at each line's end; only those between fences count.
    fences = node("CumSum", node("Mul", of(tables.fence), before_answer), constant(0))
    within = node("Mul", node("Mod", fences, number(2), fmod=1), before_answer)
    within = node("Mul", within, node("Sub", number(1), of(tables.fence)))
    following = node("Concat", node("Slice", of(tables.spaced), one, constant([1 << 40])), constant([1], np.float32), axis=0)
    newline = of(tables.newline)
    stops = node("Mul", of(tables.period), following)
    ends = node("Clip", node("Add", newline, stops), number(0), number(1))
    sentence = as_int(node("CumSum", ends, constant(0), exclusive=1))

    # Each word of the question counts once in a sentence: (sentence, class) is one cell of a table.
    width = constant(count)
    cell = node("Add", node("Mul", sentence, width), kinds)
    cells = node("Expand", number(0), node("Mul", node("Add", total, one), constant([count])))
    held = node("Clip", node("ScatterElements", cells, cell, within, axis=0, reduction="add"), number(0), number(1))
    table = node("Reshape", held, constant([-1, count]))
    score = node("MatMul", table, node("Unsqueeze", weighed, one))
    score = node("Squeeze", score, one)
    sizes = node("Expand", number(0), node("Add", total, one))
    length = node("ScatterElements", sizes, sentence, within, axis=0, reduction="add")
    score = node("Sub", score, node("Mul", length, number(LENGTH)))
    passages = node("Mul", node("Floor", node("Div", fences, number(2))), within)
    place = node("ScatterElements", sizes, sentence, passages, axis=0, reduction="max")
    score = node("Sub", score, node("Mul", node("Mul", place, wanted), number(LATER)))
    best = node("ArgMax", score, axis=0, keepdims=0)
    found = node("ReduceMax", score, keepdims=0)
    enough = node("GreaterOrEqual", found, node("Mul", wanted, number(ENOUGH)))
    enough = node("And", enough, node("Greater", wanted, number(0)))

    # Its first and last token, without the line's end, and its passage's number.
    chosen = node("Mul", as_float(node("Equal", sentence, best)), within)
    chosen = node("Mul", chosen, node("Sub", number(1), newline))
    tokens = as_int(node("ReduceSum", chosen, keepdims=0))
    first = node("ArgMax", chosen, axis=0, keepdims=0)
    passage = node("Div", node("Add", node("Gather", fences, first), number(1)), number(2))
    passage = node("Clip", as_int(passage), constant(1), constant(MOST_PASSAGES))

    # What comes after each of the new tokens, by how many of the answer are there already.
    past = node("Gather", node("Shape", "past_key_values.0.key"), constant(2))
    here = node("Range", past, node("Squeeze", total), constant(1))
    step = node("Max", node("Sub", here, answer), constant(0))
    copied = node("Gather", ids, node("Min", node("Add", first, step), node("Sub", node("Squeeze", total), constant(1))))
    rest = node("Sub", step, tokens)
    ten = constant(10)
    tens, ones = node("Div", passage, ten), node("Mod", passage, ten)
    long = as_int(node("Greater", tens, constant(0)))
    digit = lambda value: node("Gather", constant(digits), value)
    behind = node("Where", node("Equal", rest, constant(0)), constant(opening), constant(0))
    behind = node("Where", node("Equal", rest, long), digit(tens), behind)
    behind = node("Where", node("Equal", rest, node("Add", long, constant(1))), digit(ones), behind)
    behind = node("Where", node("Equal", rest, constant(0)), constant(opening), behind)
    behind = node("Where", node("Equal", rest, node("Add", long, constant(2))), constant(closing), behind)
    told = node("Where", node("Less", rest, constant(0)), copied, behind)
    untold = node("Gather", constant(refusal), node("Min", step, constant(len(refusal) - 1)))
    following = node("Where", enough, told, untold)
    logits = node("OneHot", following, constant(tables.size), number([0, 20]), axis=-1)
    nodes.append(helper.make_node("Unsqueeze", [logits, zero], ["logits"]))

    value = lambda name, kind, shape: helper.make_tensor_value_info(name, kind, shape)
    cache = lambda name, time: value(name, TensorProto.FLOAT, ["batch", 1, time, 1])
    graph = helper.make_graph(
        nodes,
        "copier",
        [
            value("input_ids", TensorProto.INT64, ["batch", "tokens"]),
            value("attention_mask", TensorProto.INT64, ["batch", "total"]),
            value("position_ids", TensorProto.INT64, ["batch", "tokens"]),
            cache("past_key_values.0.key", "past"),
            cache("past_key_values.0.value", "past"),
        ],
        [
            value("logits", TensorProto.FLOAT, ["batch", "tokens", tables.size]),
            cache("present.0.key", "total"),
            cache("present.0.value", "total"),
        ],
        list(constants.values()),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def main():
    tokenizer = learn()
    OUT.mkdir(exist_ok=True)
    onnx.save(build(tokenizer), OUT / "model.onnx")
    tokenizer.save(str(OUT / "tokenizer.json"))
    write = lambda name, content: (OUT / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    write("tokenizer_config.json", dict(chat_template=TEMPLATE, eos_token=END, pad_token=END))
    write(
        "config.json",
        dict(
            model_type="copier",
            vocab_size=tokenizer.get_vocab_size(),
            max_position_embeddings=CONTEXT,
            num_hidden_layers=1,
            num_attention_heads=1,
            num_key_value_heads=1,
            head_dim=1,
            hidden_size=1,
            eos_token_id=0,
            bos_token_id=0,
        ),
    )


if __name__ == "__main__":
    main()
