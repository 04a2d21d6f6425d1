"""Exports a trained folder to `model/` with onnxruntime-genai's builder, and compares both, token by token.

    python export.py FOLDER
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # before the libraries read it: nothing is fetched

import onnxruntime_genai
import torch
from transformers import AutoTokenizer, Qwen3ForCausalLM

import template
import texts

HERE = Path(__file__).parent
KEPT = ["config.json", "generation_config.json", "genai_config.json", "tokenizer.json", "tokenizer_config.json"]
KEPT += ["special_tokens_map.json", "chat_template.jinja", "model.onnx", "model.onnx.data"]
MOST = 120  # tokens of an answer


def build(source: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out"
        command = [sys.executable, "-m", "onnxruntime_genai.models.builder", "-i", source, "-o", out]
        command += ["-p", "fp32", "-e", "cpu", "-c", Path(scratch) / "cache"]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stdout[-2000:] + done.stderr[-4000:])
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in KEPT:
            for given in (out / name, source / name):
                if given.exists():
                    shutil.copy(given, folder / name)
                    break
    config = json.loads((folder / "config.json").read_text())
    config["_name_or_path"] = ""
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def prompts(count: int, seed: int = 77):
    """Messages of held-out texts."""
    rng = random.Random(seed)
    for _ in range(count):
        sample = texts.sample(rng, 2)
        yield template.user_message(
            sample.question, [(passage.title, passage.place, passage.layout()[0]) for passage in sample.passages]
        )[0]


class Exported:
    """The exported model, greedy."""

    def __init__(self, folder: Path):
        self.model = onnxruntime_genai.Model(str(folder))
        self.tokenizer = AutoTokenizer.from_pretrained(folder)

    def ids(self, message: str) -> list:
        chat = [dict(role="system", content="Rules."), dict(role="user", content=message)]
        return list(self.tokenizer.apply_chat_template(chat, add_generation_prompt=True))

    def answer(self, ids: list) -> list:
        options = onnxruntime_genai.GeneratorParams(self.model)
        options.set_search_options(max_length=len(ids) + MOST, do_sample=False)
        generator = onnxruntime_genai.Generator(self.model, options)
        generator.append_tokens(ids)
        made = []
        while not generator.is_done() and len(made) < MOST:
            generator.generate_next_token()
            made.append(int(generator.get_next_tokens()[0]))
        return [token for token in made if token != template.END]

    def text(self, message: str) -> str:
        return self.tokenizer.decode(self.answer(self.ids(message)), skip_special_tokens=True)


def main() -> None:
    torch.set_num_threads(1)
    source, folder = Path(sys.argv[1]), HERE / "model"
    build(source, folder)
    exported = Exported(folder)
    reference = Qwen3ForCausalLM.from_pretrained(source).eval()
    same = total = 0
    for message in prompts(20):
        ids = exported.ids(message)
        given = torch.tensor([ids])
        expected = reference.generate(given, attention_mask=torch.ones_like(given), max_new_tokens=MOST, do_sample=False)
        expected = [token for token in expected[0, len(ids) :].tolist() if token != template.END]
        same += exported.answer(ids) == expected
        total += 1
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"{same} of {total} greedy answers are equal; {size / 1e6:.1f} MB")
    for file in sorted(folder.iterdir()):
        print(f"{file.stat().st_size:9} {file.name}")


if __name__ == "__main__":
    main()
