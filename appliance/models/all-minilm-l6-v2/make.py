#!/usr/bin/env python3
"""Makes the ONNX graphs of all-MiniLM-L6-v2 that are committed beside this file.

The weights are not here: they come as `model.safetensors` inside a Python wheel, and the graphs only say where in that
file each tensor lies. So no exporter, no PyTorch and no Python is needed to run the model, and the graphs are small
enough to commit. It writes

  model.onnx                fp32; its initialisers are external data inside `model.safetensors`
  model-int8.onnx           int8 weights, activations quantised as they come; its initialisers lie in `model-int8.bin`
  model-int8.layout.json    how `model-int8.bin` is computed from `model.safetensors`, byte for byte: Gemba computes the
                            file itself (src/models/quantise.rs) and checks it against the BLAKE3 given here

Only standard operators are used: ONNX Runtime fuses them (MatMulIntegerToFloat, DynamicQuantizeMatMul, BiasGelu,
FusedMatMul), and on the CPU its result is faster than writing the contrib operators Attention, QAttention,
SkipLayerNormalization or MatMulNBits by hand. The int8 weights keep to -64..64: two products of such a weight and an
unsigned byte fit 16 bits, so processors without VNNI instructions do not saturate.

  pip install onnx numpy onnxruntime tokenizers blake3
  ./make.py FOLDER_WITH_MODEL_SAFETENSORS [--check TEXTS]     TEXTS: one text a line, or questions.jsonl
"""

import argparse
import json
import math
import pathlib
import struct
import time

import blake3
import numpy as np
from onnx import TensorProto, helper

HERE = pathlib.Path(__file__).resolve().parent
LAYERS, HEADS, HIDDEN, HEAD = 6, 12, 384, 32
EPSILON = 1e-12
WEIGHT_RANGE, ROW_RANGE = 64, 127
ALIGNMENT = 64
EMBEDDINGS = "embeddings."


class Safetensors:
    """The weights, and where each of them lies in the file."""

    def __init__(self, path):
        self.bytes = path.read_bytes()
        (header,) = struct.unpack("<Q", self.bytes[:8])
        self.start = 8 + header
        self.tensors = json.loads(self.bytes[8:self.start])

    def shape(self, name):
        return self.tensors[name]["shape"]

    def place(self, name):
        begin, end = self.tensors[name]["data_offsets"]
        return self.start + begin, end - begin

    def array(self, name):
        offset, length = self.place(name)
        return np.frombuffer(self.bytes, np.float32, length // 4, offset).reshape(self.shape(name))


class Graph:
    """Nodes, constants and initialisers, in the order in which they are named."""

    def __init__(self, location):
        self.location, self.nodes, self.initialisers = location, [], {}

    def node(self, operator, inputs, name, outputs=None, **attributes):
        outputs = outputs or [name]
        self.nodes.append(helper.make_node(operator, inputs, outputs, name=name, **attributes))
        return outputs[0] if len(outputs) == 1 else outputs

    def constant(self, name, values, kind=TensorProto.INT64):
        values = np.asarray(values)
        tensor = helper.make_tensor(name, kind, values.shape, values.reshape(-1).tolist())
        return self.initialisers.setdefault(name, tensor).name

    def external(self, name, kind, shape, offset, length):
        tensor = TensorProto(name=name, data_type=kind, dims=shape, data_location=TensorProto.EXTERNAL)
        for key, value in (("location", self.location), ("offset", offset), ("length", length)):
            tensor.external_data.add(key=key, value=str(value))
        return self.initialisers.setdefault(name, tensor).name

    def model(self):
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
                  for name in ("input_ids", "attention_mask", "token_type_ids")]
        output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "sequence", HIDDEN])
        graph = helper.make_graph(self.nodes, "all-MiniLM-L6-v2", inputs, [output], list(self.initialisers.values()))
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9).SerializeToString()


class Full:
    """fp32: every tensor is used where it lies; ONNX Runtime transposes the matrices once, when it loads them."""

    def __init__(self, weights):
        self.weights, self.graph = weights, Graph("model.safetensors")

    def tensor(self, name):
        return self.graph.external(name, TensorProto.FLOAT, self.weights.shape(name), *self.weights.place(name))

    def words(self):
        return self.graph.node("Gather", [self.tensor(EMBEDDINGS + "word_embeddings.weight"), "input_ids"], "words")

    def linear(self, x, name):
        matrix = self.graph.node("Transpose", [self.tensor(name + ".weight")], name + ".transposed", perm=[1, 0])
        product = self.graph.node("MatMul", [x, matrix], name + ".product")
        return self.graph.node("Add", [product, self.tensor(name + ".bias")], name)


class Int8:
    """int8 matrices with a scale for every output channel, int8 word vectors with a scale for every word, the rest fp32."""

    def __init__(self, weights):
        self.weights, self.graph, self.entries, self.data = weights, Graph("model-int8.bin"), [], bytearray()
        self.quantised = {}

    def place(self, name, source, kind, array, **more):
        self.data.extend(bytes(-len(self.data) % ALIGNMENT))
        offset, content = len(self.data), array.tobytes()
        self.data.extend(content)
        self.entries.append({"name": name, "source": source, "kind": kind, **more, "offset": offset, "length": len(content)})
        data_type = TensorProto.INT8 if array.dtype == np.int8 else TensorProto.FLOAT
        return self.graph.external(name, data_type, array.shape, offset, len(content))

    def tensor(self, name):
        return self.place(name, name, "f32-copy", self.weights.array(name))

    def channels(self, name, limit, transposed):
        """The matrix and its scales: scale = largest magnitude of the row / limit, value = round(weight / scale)."""
        matrix = self.weights.array(name)
        scale = np.abs(matrix).max(axis=1) / np.float32(limit)
        scale[scale == 0] = 1
        rounded = np.clip(np.rint(matrix / scale[:, None]), -limit, limit).astype(np.int8)
        rounded = np.ascontiguousarray(rounded.T) if transposed else rounded
        scale = scale if transposed else scale[:, None]
        return (self.place(name + ".int8", name, "int8-per-channel", rounded, range=limit, transposed=transposed),
                self.place(name + ".scale", name, "scale", scale, range=limit))

    def words(self):
        rows, scales = self.channels(EMBEDDINGS + "word_embeddings.weight", ROW_RANGE, transposed=False)
        row = self.graph.node("Gather", [rows, "input_ids"], "words.int8")
        row = self.graph.node("Cast", [row], "words.float", to=TensorProto.FLOAT)
        return self.graph.node("Mul", [row, self.graph.node("Gather", [scales, "input_ids"], "words.scale")], "words")

    def linear(self, x, name):
        node = self.graph.node
        if x not in self.quantised:
            parts = [x + ".uint8", x + ".scale", x + ".zero"]
            self.quantised[x] = node("DynamicQuantizeLinear", [x], x + ".quantised", parts)
        values, scale, zero = self.quantised[x]
        matrix, scales = self.channels(name + ".weight", WEIGHT_RANGE, transposed=True)
        product = node("MatMulInteger", [values, matrix, zero], name + ".product")
        product = node("Cast", [product], name + ".float", to=TensorProto.FLOAT)
        product = node("Mul", [product, node("Mul", [scale, scales], name + ".scales")], name + ".scaled")
        return node("Add", [product, self.tensor(name + ".bias")], name)

    def layout(self):
        return {
            "file": "model-int8.bin",
            "source": "model.safetensors",
            "source_blake3": blake3.blake3(self.weights.bytes).hexdigest(),
            "length": len(self.data),
            "blake3": blake3.blake3(bytes(self.data)).hexdigest(),
            "tensors": self.entries,
        }


def normalise(form, x, name):
    inputs = [x, form.tensor(name + ".weight"), form.tensor(name + ".bias")]
    return form.graph.node("LayerNormalization", inputs, name, axis=-1, epsilon=EPSILON)


def attention(form, x, mask, name):
    graph, node = form.graph, form.graph.node
    split = graph.constant("split_heads", [0, 0, HEADS, HEAD])
    heads = {}
    for part, order in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])):
        y = form.linear(x, f"{name}.self.{part}")
        y = node("Reshape", [y, split], f"{name}.self.{part}.split")
        heads[part] = node("Transpose", [y], f"{name}.self.{part}.heads", perm=order)
    scores = node("MatMul", [heads["query"], heads["key"]], name + ".scores")
    scores = node("Div", [scores, graph.constant("root_of_head", np.float32(math.sqrt(HEAD)), TensorProto.FLOAT)], name + ".scaled")
    scores = node("Softmax", [node("Add", [scores, mask], name + ".masked")], name + ".weights", axis=-1)
    y = node("MatMul", [scores, heads["value"]], name + ".mixed")
    y = node("Transpose", [y], name + ".mixed.tokens", perm=[0, 2, 1, 3])
    return node("Reshape", [y, graph.constant("join_heads", [0, 0, HIDDEN])], name + ".context")


def bert(form):
    """The whole network in the given form; returns the finished ONNX file."""
    graph, node = form.graph, form.graph.node
    length = node("Shape", ["input_ids"], "length", start=1, end=2)
    positions = [form.tensor(EMBEDDINGS + "position_embeddings.weight"), graph.constant("first", [0]), length]
    positions = node("Slice", positions + [graph.constant("rows", [0])], "positions")
    kinds = node("Gather", [form.tensor(EMBEDDINGS + "token_type_embeddings.weight"), "token_type_ids"], "kinds")
    x = node("Add", [node("Add", [form.words(), kinds], "words_and_kinds"), positions], "embedded")
    x = normalise(form, x, EMBEDDINGS + "LayerNorm")

    seen = node("Cast", ["attention_mask"], "mask.float", to=TensorProto.FLOAT)
    seen = node("Unsqueeze", [seen, graph.constant("mask_axes", [1, 2])], "mask.wide")
    hidden = node("Sub", [graph.constant("one", np.float32(1), TensorProto.FLOAT), seen], "mask.hidden")
    mask = node("Mul", [hidden, graph.constant("far_below", np.float32(-10000), TensorProto.FLOAT)], "mask")

    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        y = form.linear(attention(form, x, mask, name + ".attention"), name + ".attention.output.dense")
        x = normalise(form, node("Add", [y, x], name + ".attention.sum"), name + ".attention.output.LayerNorm")
        y = node("Gelu", [form.linear(x, name + ".intermediate.dense")], name + ".gelu")
        y = form.linear(y, name + ".output.dense")
        x = normalise(form, node("Add", [y, x], name + ".sum"), name + ".output.LayerNorm")
    graph.nodes[-1].output[0] = "last_hidden_state"
    return graph.model()


def reference(weights, ids):
    """The network once more, in numpy and double precision, to check the graphs against."""
    def get(name):
        return weights.array(name).astype(np.float64)

    def norm(x, name):
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + EPSILON)
        return x * get(name + ".weight") + get(name + ".bias")

    def linear(x, name):
        return x @ get(name + ".weight").T + get(name + ".bias")

    x = get(EMBEDDINGS + "word_embeddings.weight")[ids] + get(EMBEDDINGS + "position_embeddings.weight")[: len(ids)]
    x = norm(x + get(EMBEDDINGS + "token_type_embeddings.weight")[0], EMBEDDINGS + "LayerNorm")
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}."
        q, k, v = (linear(x, f"{name}attention.self.{part}").reshape(-1, HEADS, HEAD).transpose(1, 0, 2)
                   for part in ("query", "key", "value"))
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(HEAD)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        y = (scores / scores.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(-1, HIDDEN)
        x = norm(linear(y, name + "attention.output.dense") + x, name + "attention.output.LayerNorm")
        y = linear(x, name + "intermediate.dense")
        y = y * 0.5 * (1 + np.vectorize(math.erf)(y / math.sqrt(2)))
        x = norm(linear(y, name + "output.dense") + x, name + "output.LayerNorm")
    return x


def check(folder, weights, int8_data, texts):
    """Loads both graphs as Gemba does, from memory, and prints how right and how fast they are."""
    import onnxruntime
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()

    def session(graph, file, content, threads=1):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_external_initializers_from_files_in_memory([file], [content], [len(content)])
        return onnxruntime.InferenceSession((HERE / graph).read_bytes(), options, providers=["CPUExecutionProvider"])

    def run(loaded, rows, pad=0):
        width = max(map(len, rows)) + pad
        ids = np.array([row + [0] * (width - len(row)) for row in rows], np.int64)
        mask = np.array([[1] * len(row) + [0] * (width - len(row)) for row in rows], np.int64)
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        return pool(loaded.run(None, feeds)[0], mask)

    def pool(states, mask):
        vectors = (states * mask[..., None]).sum(1) / mask.sum(1)[:, None]
        return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)

    forms = {"fp32": ("model.onnx", "model.safetensors", weights.bytes),
             "int8": ("model-int8.onnx", "model-int8.bin", int8_data)}
    begin = time.perf_counter()
    full, small = (session(*form) for form in forms.values())
    print(f"both loaded in {time.perf_counter() - begin:.2f} s")
    rows = [tokenizer.encode(text).ids[:256] for text in texts]
    exact = [pool(reference(weights, row)[None], np.ones((1, len(row)))) for row in rows[:8]]
    cosine = min(float((a @ b.T).item()) for a, b in zip(exact, (run(full, [row]) for row in rows)))
    print(f"fp32 against numpy, least cosine of {len(exact)} texts: {cosine:.9f}")
    padded = min(float((run(full, [row], pad=7) @ run(full, [row]).T).item()) for row in rows[:8])
    print(f"fp32 padded against alone, least cosine: {padded:.9f}")
    cosines = np.array([float((run(full, [row]) @ run(small, [row]).T).item()) for row in rows])
    print(f"int8 against fp32, {len(rows)} texts: least {cosines.min():.4f}, mean {cosines.mean():.4f}")

    stream = [token for row in rows for token in row[1:-1]]
    passages = [[101] + stream[i * 223:(i + 1) * 223] + [102] for i in range(min(20, len(stream) // 223))]
    for threads in (1, 2):
        for name, form in forms.items():
            loaded, best = session(*form, threads), math.inf
            for passage in passages * 5:
                begin = time.perf_counter()
                run(loaded, [passage])
                best = min(best, time.perf_counter() - begin)
            print(f"{name}, {threads} thread(s): {1 / best:.0f} texts of 225 tokens a second")


def main():
    arguments = argparse.ArgumentParser(description="Makes the ONNX graphs of all-MiniLM-L6-v2.")
    arguments.add_argument("folder", type=pathlib.Path, help="where model.safetensors and tokenizer.json are")
    arguments.add_argument("--check", type=pathlib.Path, metavar="TEXTS", help="measure on these texts")
    options = arguments.parse_args()

    weights = Safetensors(options.folder / "model.safetensors")
    full, int8 = Full(weights), Int8(weights)
    (HERE / "model.onnx").write_bytes(bert(full))
    (HERE / "model-int8.onnx").write_bytes(bert(int8))
    layout = int8.layout()
    entries = ",\n    ".join(json.dumps(entry) for entry in layout.pop("tensors"))
    head = json.dumps(layout, indent=2).removesuffix("\n}")
    (HERE / "model-int8.layout.json").write_text(f'{head},\n  "tensors": [\n    {entries}\n  ]\n}}\n')
    (HERE / "model-int8.bin").write_bytes(int8.data)
    if options.check:
        lines = options.check.read_text().splitlines()
        texts = [json.loads(line)["question"] if line.startswith("{") else line for line in lines if line.strip()]
        check(options.folder, weights, bytes(int8.data), texts[:400])


if __name__ == "__main__":
    main()
