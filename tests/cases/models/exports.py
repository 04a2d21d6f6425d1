"""The two export forms: how each is made, which files stay, and how ONNX Runtime runs them."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

KEPT = ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"]
KEPT += ["special_tokens_map.json", "chat_template.jinja"]
TIPS = 12  # draws of weights that are a millionth off


def genai(source: Path, out: Path, precision: str, provider: str, options: list) -> None:
    """onnxruntime-genai's builder, which is a program: its modules are found only when it is run as one."""
    command = [
        sys.executable,
        "-m",
        "onnxruntime_genai.models.builder",
        "-i",
        source,
        "-o",
        out,
        "-p",
        precision,
    ]
    command += ["-e", provider, "-c", out.parent / "cache"] + (
        ["--extra_options", *options] if options else []
    )
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-4000:])


def optimum(source: Path, out: Path, precision: str, external: bool) -> None:
    """optimum's exporter; the quantised one is laid out as on the hub, in a folder `onnx`."""
    from optimum.exporters.onnx import main_export

    main_export(
        str(source),
        str(out),
        task="text-generation-with-past",
        device="cpu",
        dtype="fp32",
        do_validation=False,
    )
    if precision == "int4":
        quantiser = MatMulNBitsQuantizer(onnx.load(out / "model.onnx"), block_size=32, is_symmetric=True)
        quantiser.process()
        (out / "onnx").mkdir()
        onnx.save(quantiser.model.model, out / "onnx" / "model_q4.onnx")
        (out / "model.onnx").unlink()
    if external:
        model = onnx.load(out / "model.onnx")
        onnx.save(
            model,
            out / "model.onnx",
            save_as_external_data=True,
            location="model.onnx_data",
            size_threshold=256,
        )


def keep(source: Path, out: Path, folder: Path) -> None:
    """Lay down the fixture: what an engine reads, and nothing else that the exporters write."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in KEPT:
        if (source / name).exists():
            shutil.copy(source / name, folder / name)
    if (out / "genai_config.json").exists():
        shutil.copy(out / "genai_config.json", folder)
    for weights in out.rglob("model*.onnx*"):
        kept = folder / weights.relative_to(out)
        kept.parent.mkdir(exist_ok=True)
        shutil.copy(weights, kept)


class Export:
    """A session that is fed whatever inputs the export names; an empty cache is one of length zero.

    The builder gives the last dimension of the cache a name and no number, so the head's size comes from outside.
    """

    def __init__(self, file: Path | bytes, head_dim: int):
        self.file, self.head_dim = file, head_dim
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            file if isinstance(file, bytes) else str(file),
            options,
            providers=["CPUExecutionProvider"],
        )
        self.inputs = {given.name: given.shape for given in self.session.get_inputs()}
        half = any(given.type == "tensor(float16)" for given in self.session.get_inputs())
        self.cache_type = np.float16 if half else np.float32
        self.outputs = [made.name for made in self.session.get_outputs()]

    def run(self, ids: list, cache: dict, filled: int):
        """The logits of the last of the ids, and the cache with them in it."""
        total = filled + len(ids)
        feed = dict(
            input_ids=np.array([ids], dtype=np.int64),
            attention_mask=np.ones((1, total), dtype=np.int64),
            position_ids=np.arange(filled, total, dtype=np.int64)[None],
        )
        feed = {name: value for name, value in feed.items() if name in self.inputs}
        results = dict(zip(self.outputs, self.session.run(None, feed | (cache or self.empty()))))
        logits = results.pop("logits")[0, -1].astype(np.float32)
        return logits, {name.replace("present", "past_key_values"): value for name, value in results.items()}

    def empty(self) -> dict:
        past = {name: shape for name, shape in self.inputs.items() if name.startswith("past_key_values")}
        return {
            name: np.zeros((1, shape[1], 0, self.head_dim), dtype=self.cache_type)
            for name, shape in past.items()
        }

    def last_logits(self, ids: list) -> np.ndarray:
        return self.run(ids, {}, 0)[0]

    def tipped(self, recorded: list):
        """How far logits move where every weight is off by a millionth, and whether the tokens stay the same."""
        model, rng, moved = onnx.load(self.file), np.random.default_rng(0), 0.0
        floats = [it for it in model.graph.initializer if it.data_type == onnx.TensorProto.FLOAT]
        weights = [onnx.numpy_helper.to_array(it).copy() for it in floats]
        for _ in range(TIPS):
            for it, weight in zip(floats, weights):
                noise = 1e-6 * rng.standard_normal(weight.shape)
                off = np.asarray(weight * (1 + noise), dtype=np.float32)
                it.CopyFrom(onnx.numpy_helper.from_array(off, it.name))
            other = Export(model.SerializeToString(), self.head_dim)
            for answer in recorded:
                logits, cache = other.run(answer["ids"], {}, 0)
                moved = max(moved, np.abs(logits - answer["logits"]).max())
                for step, token in enumerate(answer["tokens"]):
                    if int(logits.argmax()) != token:
                        return moved, False
                    logits, cache = other.run([token], cache, len(answer["ids"]) + step)
                moved = max(moved, np.abs(logits - answer["logits_after"]).max())
        return float(moved), True

    def differences(self, recorded: list):
        """The largest difference to the recorded logits: all ids in one go, and the answer token by token."""
        in_one_go, by_token = 0.0, 0.0
        for answer in recorded:
            logits, cache = self.run(answer["ids"], {}, 0)
            in_one_go = max(in_one_go, np.abs(logits - answer["logits"]).max())
            for step, token in enumerate(answer["tokens"]):
                assert int(logits.argmax()) == token, "another token than the reference"
                logits, cache = self.run([token], cache, len(answer["ids"]) + step)
            by_token = max(by_token, np.abs(logits - answer["logits_after"]).max())
            whole = self.last_logits(answer["ids"] + answer["tokens"])
            in_one_go = max(in_one_go, np.abs(whole - answer["logits_after"]).max())
        return float(in_one_go), float(by_token)
