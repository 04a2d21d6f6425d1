"""Gives an export of onnxruntime-genai's builder a KV cache of 8-bit integers: a quarter of the memory that a step reads of it.

    VENV/bin/python tests/cases/models/int8_cache.py FOLDER OUT [PROMPTS]
    VENV/bin/python tests/cases/models/int8_cache.py --fixture        # genai/qwen3-int8-cache of genai/qwen3, after make.py

GroupQueryAttention of ONNX Runtime 1.31 can do so on the CPU, but wants a scale for each channel before: the largest number
that the channel has while the model reads PROMPTS, a JSON file with lists of token ids (random ones without it), with a
tenth to spare. What is larger in use is clipped. Weights are not touched.
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

# Where GroupQueryAttention takes the scales of its keys and of its values.
K_SCALE, V_SCALE = 12, 13
SPARE = 1.1


def main() -> None:
    if sys.argv[1] == "--fixture":
        here = Path(__file__).parent / "genai"
        return fixture(here / "qwen3", here / "qwen3-int8-cache")
    source, out = Path(sys.argv[1]), Path(sys.argv[2])
    if len(sys.argv) > 3:
        prompts = json.loads(Path(sys.argv[3]).read_text())
    else:
        vocabulary = json.loads((source / "genai_config.json").read_text())["model"]["vocab_size"]
        draw = np.random.default_rng(0)
        prompts = [draw.integers(0, vocabulary, 256).tolist() for _ in range(4)]
    convert(source, out, prompts)


def convert(source: Path, out: Path, prompts: list) -> None:
    """The same model in `out`, its cache in 8 bits."""
    shutil.copytree(source, out, dirs_exist_ok=True)
    largest = largest_numbers(source / "model.onnx", prompts)
    model = onnx.load(source / "model.onnx", load_external_data=False)
    graph = model.graph
    for node in graph.node:
        if node.op_type != "GroupQueryAttention":
            continue
        while len(node.input) <= V_SCALE:
            node.input.append("")
        for place, output in ((K_SCALE, node.output[1]), (V_SCALE, node.output[2])):
            name = f"{output}.scale"
            scale = np.maximum(largest[output] * SPARE / 127, 1e-8).astype(np.float32)
            graph.initializer.append(numpy_helper.from_array(scale, name))
            node.input[place] = name
        node.attribute.extend(
            [
                helper.make_attribute("k_quant_type", "PER_CHANNEL"),
                helper.make_attribute("v_quant_type", "PER_CHANNEL"),
                helper.make_attribute("kv_cache_bit_width", 8),
            ]
        )
    for value in [*graph.input, *graph.output, *graph.value_info]:
        if value.name.startswith(("past_key_values.", "present.")):
            value.type.tensor_type.elem_type = TensorProto.INT8
    onnx.save(model, out / "model.onnx")


def largest_numbers(file: Path, prompts: list) -> dict:
    """The largest number of each channel, `[heads, 1, dim]`, of each cache that the model gives."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    config = json.loads((file.parent / "genai_config.json").read_text())["model"]["decoder"]
    shape = (1, config["num_key_value_heads"], 0, config["head_size"])
    given = {one.name for one in session.get_inputs()}
    caches = [one.name for one in session.get_outputs() if one.name.startswith("present.")]
    largest = {}
    for ids in prompts:
        feed = dict(
            input_ids=np.array([ids], dtype=np.int64),
            attention_mask=np.ones((1, len(ids)), dtype=np.int64),
            position_ids=np.arange(len(ids), dtype=np.int64)[None],
        )
        feed = {name: value for name, value in feed.items() if name in given}
        empty = {name: np.zeros(shape, np.float32) for name in given if name.startswith("past_key_values.")}
        for name, cache in zip(caches, session.run(caches, feed | empty)):
            most = np.abs(cache[0]).max(axis=1, keepdims=True)
            largest[name] = np.maximum(largest.get(name, 0), most)
    return largest


def fixture(source: Path, out: Path) -> None:
    """The fixture, with the answers that ONNX Runtime gives to all ids in one go onto an empty cache."""
    expected = json.loads((source / "expected.json").read_text())
    convert(source, out, [answer["ids"] + answer["tokens"] for answer in expected["prompts"]])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    session = onnxruntime.InferenceSession(str(out / "model.onnx"), options, providers=["CPUExecutionProvider"])

    def logits(ids: list) -> np.ndarray:
        feed = dict(input_ids=np.array([ids], dtype=np.int64), attention_mask=np.ones((1, len(ids)), dtype=np.int64))
        past = [one for one in session.get_inputs() if one.name.startswith("past_key_values.")]
        feed |= {one.name: np.zeros((1, one.shape[1], 0, 16), np.int8) for one in past}
        return session.run(["logits"], feed)[0][0, -1]

    rounded = lambda numbers: [round(float(number), 6) for number in numbers]
    for answer in expected["prompts"]:
        ids, said = list(answer["ids"]), []
        answer["logits"] = rounded(logits(ids))
        for _ in answer["tokens"]:
            said.append(int(logits(ids + said).argmax()))
        answer["tokens"], answer["logits_after"] = said, rounded(logits(ids + said))
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in expected.items()]
    (out / "expected.json").write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
