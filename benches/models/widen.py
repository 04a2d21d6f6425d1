"""Makes models of Qwen3-0.6B's shape with random weights out of the fixtures of the tests, for measuring how fast they run.

    VENV/bin/python benches/models/widen.py OUT         # needs numpy and onnx alone, and a minute

`OUT/genai` is the graph of onnxruntime-genai's builder (tests/cases/models/genai/qwen3-int4), `OUT/optimum` that of
optimum's exporter (optimum/qwen3-q4) with accuracy level 4 as its fellow has: the same nodes, the second of their two layers
28 times, and as wide as the real ones. What such a model says means nothing.
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FIXTURES = Path(__file__).resolve().parents[2] / "tests/cases/models"
LAYERS, HIDDEN, HEADS, KV_HEADS, HEAD, INNER, VOCABULARY, CONTEXT = 28, 1024, 16, 8, 128, 3072, 151936, 4096
QUERY, KEY = HEADS * HEAD, KV_HEADS * HEAD
BLOCK = 32
# Columns and rows of each projection.
SHAPES = dict(
    qkv_proj=(HIDDEN, QUERY + 2 * KEY),
    q_proj=(HIDDEN, QUERY),
    k_proj=(HIDDEN, KEY),
    v_proj=(HIDDEN, KEY),
    o_proj=(QUERY, HIDDEN),
    gate_proj=(HIDDEN, INNER),
    up_proj=(HIDDEN, INNER),
    down_proj=(INNER, HIDDEN),
    lm_head=(HIDDEN, VOCABULARY),
)
# The builder's constants, by what is in them.
CONSTANTS = {
    (320, 16): (VOCABULARY, HIDDEN // 2),
    (64, 32, 32): (QUERY, KEY, KEY),
    (0, -1, 16): (0, -1, HEAD),
    (0, -1, 64): (0, -1, QUERY),
    (0, -1, 32): (0, -1, KEY),
    (16,): (HEAD,),
}


class Weights:
    """Random numbers in a file beside the model."""

    def __init__(self, file: Path):
        self.name, self.file, self.draw = file.name, file.open("wb"), np.random.default_rng(0)

    def add(self, name: str, array: np.ndarray) -> TensorProto:
        tensor = TensorProto(name=name, dims=array.shape, data_location=TensorProto.EXTERNAL)
        tensor.data_type = helper.np_dtype_to_tensor_dtype(array.dtype)
        self.file.write(b"\0" * (-self.file.tell() % 64))
        for key, value in (("location", self.name), ("offset", self.file.tell()), ("length", array.nbytes)):
            tensor.external_data.add(key=key, value=str(value))
        self.file.write(array.tobytes())
        return tensor

    def packed(self, name: str, columns: int, rows: int) -> TensorProto:
        return self.add(name, self.draw.integers(0, 256, (rows, columns // BLOCK, BLOCK // 2), dtype=np.uint8))

    def scales(self, name: str, columns: int, rows: int) -> TensorProto:
        return self.add(name, self.draw.random((rows, columns // BLOCK), dtype=np.float32) / 400 + 1e-4)


def main() -> None:
    out = Path(sys.argv[1])
    widen(FIXTURES / "genai/qwen3-int4", "model.onnx", out / "genai", "/model/layers.2/")
    widen(FIXTURES / "optimum/qwen3-q4", "onnx/model_q4.onnx", out / "optimum", "/model/norm/")


def widen(fixture: Path, graph_file: str, out: Path, behind: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for file in [*fixture.glob("*.json"), *fixture.glob("*.jinja")]:
        shutil.copy(file, out)
    settings(out)
    model = onnx.load(fixture / graph_file, load_external_data=False)
    graph = model.graph
    nodes = list(graph.node)
    first = next(at for at, node in enumerate(nodes) if "/layers.1/" in node.name)
    last = next(at for at, node in enumerate(nodes) if node.name.startswith(behind))
    layer, rest = nodes[first:last], nodes[last:]
    made = {name for node in layer for name in node.output}
    weights = {tensor.name for tensor in graph.initializer}
    # What the next layer takes of one, by what this one takes of the layer before.
    taken = {name for node in layer for name in node.input if name.startswith("/model/layers.0/")}
    shared = {name for name in taken if "Unsqueeze" in name}
    next_takes = {name: successor(name, rest, made) for name in taken - shared}
    deep = nodes[:last]
    for number in range(2, LAYERS):
        deep += [renamed(node, number, made, weights, next_takes) for node in layer]
    ends = {after: f"{after}@{LAYERS - 1}" for after in next_takes.values()}
    for node in rest:
        node.input[:] = [ends.get(name, name) for name in node.input]
    store = Weights(out / "model.onnx.data")
    tensors = {}
    for node in deep + rest:
        fit(node)
        for place, name in enumerate(node.input):
            base = name.split("@")[0]
            if base in weights and name not in tensors:
                old = next(tensor for tensor in graph.initializer if tensor.name == base)
                tensors[name] = weight(store, node, place, name, old)
    del graph.node[:], graph.initializer[:]
    graph.node.extend(deep + rest)
    graph.initializer.extend(tensors.values())
    del graph.value_info[:]
    inputs = [value for value in graph.input if not value.name.startswith("past_")]
    outputs = [value for value in graph.output if not value.name.startswith("present.")]
    outputs[0].type.tensor_type.shape.dim[2].dim_value = VOCABULARY
    past = [value for value in graph.input if value.name.startswith("past_")]
    for number in range(LAYERS):
        for part in ("key", "value"):
            of = lambda name, length: helper.make_tensor_value_info(
                name, past[0].type.tensor_type.elem_type, ["batch_size", KV_HEADS, length, HEAD]
            )
            inputs.append(of(f"past_key_values.{number}.{part}", "past"))
            outputs.append(of(f"present.{number}.{part}", "total"))
    del graph.input[:], graph.output[:]
    graph.input.extend(inputs)
    graph.output.extend(outputs)
    onnx.save(model, out / "model.onnx")


def settings(out: Path) -> None:
    """What the configuration says of the shape."""
    config = json.loads((out / "config.json").read_text())
    config |= dict(
        hidden_size=HIDDEN,
        intermediate_size=INNER,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=KV_HEADS,
        head_dim=HEAD,
        vocab_size=VOCABULARY,
        max_position_embeddings=CONTEXT,
    )
    (out / "config.json").write_text(json.dumps(config))
    genai = out / "genai_config.json"
    if genai.exists():
        settings = json.loads(genai.read_text())
        settings["model"] |= dict(context_length=CONTEXT, vocab_size=VOCABULARY)
        settings["model"]["decoder"] |= dict(
            head_size=HEAD,
            hidden_size=HIDDEN,
            num_attention_heads=HEADS,
            num_hidden_layers=LAYERS,
            num_key_value_heads=KV_HEADS,
        )
        genai.write_text(json.dumps(settings))


def successor(name: str, rest: list, made: set) -> str:
    """The output of layer 1 that is to it what `name` is to layer 0."""
    after = name.replace("/layers.0/", "/layers.1/")
    if after in made:
        return after
    # The builder's first layer has another name for what is added to its output.
    return next(one for node in rest for one in node.input if one in made)


def renamed(node, number: int, made: set, weights: set, next_takes: dict):
    before = "" if number == 2 else f"@{number - 1}"

    def name(old: str) -> str:
        if old.startswith(("past_key_values.1.", "present.1.")):
            return old.replace(".1.", f".{number}.")
        if old in next_takes:
            return next_takes[old] + before
        return f"{old}@{number}" if old in made or old in weights and ".layers.1." in old or old in packed(weights) else old

    copy = onnx.NodeProto()
    copy.CopyFrom(node)
    copy.name = f"{node.name}@{number}"
    copy.input[:] = [name(one) if one else one for one in node.input]
    copy.output[:] = [name(one) if one else one for one in node.output]
    return copy


def packed(weights: set) -> set:
    """optimum names the weights of its projections by number."""
    return {name for name in weights if name.startswith("onnx::MatMul_")}


def role(node) -> tuple:
    return next(shape for name, shape in SHAPES.items() if name in node.name)


def fit(node) -> None:
    """Gives a node the width of the real model."""
    if node.op_type == "MatMulNBits":
        columns, rows = role(node)
        kept = [one for one in node.attribute if one.name not in ("K", "N", "accuracy_level")]
        del node.attribute[:]
        node.attribute.extend(kept)
        for name, value in (("K", columns), ("N", rows), ("accuracy_level", 4)):
            node.attribute.append(helper.make_attribute(name, value))
    for attribute in node.attribute:
        if attribute.name == "num_heads":
            attribute.i = HEADS
        elif attribute.name == "kv_num_heads":
            attribute.i = KV_HEADS
        elif node.op_type == "Constant" and attribute.name == "value":
            array = numpy_helper.to_array(attribute.t)
            if array.shape == (1, 8, 1):
                wide = np.linspace(1, 1e-6, HEAD // 2, dtype=np.float32).reshape(1, -1, 1)
                attribute.t.CopyFrom(numpy_helper.from_array(wide))
            elif array.dtype == np.int64 and tuple(array.flatten().tolist()) in CONSTANTS:
                values = np.array(CONSTANTS[tuple(array.flatten().tolist())], dtype=np.int64)
                attribute.t.CopyFrom(numpy_helper.from_array(values.reshape(array.shape)))


def weight(store: Weights, node, place: int, name: str, old) -> TensorProto:
    if node.op_type == "MatMulNBits":
        columns, rows = role(node)
        return (store.packed if place == 1 else store.scales)(name, columns, rows)
    if name.startswith("lm_head."):
        return (store.scales if name.endswith("scales") else store.packed)(name, HIDDEN, VOCABULARY)
    if name == "model.embed_tokens.weight":
        return store.add(name, store.draw.standard_normal((VOCABULARY, HIDDEN), dtype=np.float32) / 50)
    if name in ("cos_cache", "sin_cache"):
        angles = np.outer(np.arange(CONTEXT), np.linspace(1, 1e-6, HEAD // 2))
        return store.add(name, (np.cos if name == "cos_cache" else np.sin)(angles).astype(np.float32))
    (width,) = old.dims
    return store.add(name, np.ones({16: HEAD, 32: HIDDEN}[width], dtype=np.float32))


if __name__ == "__main__":
    main()
