"""Makes the model fixtures of the tests: small decoders with random weights, in the two export forms that exist.

    python3 -m venv VENV && VENV/bin/pip install -r tests/cases/models/requirements.txt
    VENV/bin/python tests/cases/models/make.py            # all of them again
    VENV/bin/python tests/cases/models/make.py optimum/qwen3 genai/qwen3

From a `transformers` config of each family (families.py), a vocabulary learnt from six sentences
(vocabulary.py) and weights drawn from a seed (reference.py), it exports (exports.py)

- `genai/NAME`: onnxruntime-genai's builder. GroupQueryAttention, a cache of fixed size, genai_config.json,
  weights in model.onnx.data. `-int4` ones have MatMulNBits in blocks of 32; `-pruned` gives the logits of the
  last position only, and multiplies in 8 bits as models for use do: there the last bit of a number, in which
  processors differ, may tip a rounding, which moves logits by up to half a unit, so its seed is one whose tokens
  no such tip changes; `-fp16` was made for a GPU, its cache and logits are fp16 too, and it runs on the CPU.
- `optimum/NAME`: optimum's exporter. The cache grows, position_ids (Gemma 3 has none). `llama3` keeps its
  weights in model.onnx_data; `qwen3-q4` is laid out as on the hub, and `onnx/model_q4.onnx` is all there is.

and writes `expected.json` beside each: for prompts of several lengths the logits of the last position, 24
greedy tokens, their text and the logits after them, as `transformers` computes them from the same weights in
fp32 (for the others: as ONNX Runtime computes them from the export, all ids in one go onto an empty cache); a
rendered chat prompt; and a sentence with its token ids. The first seed is taken whose greedy tokens are told
apart clearly. It takes five minutes on one core, and makes the same bytes again.

Every export is run with ONNX Runtime, in one go and token by token, and the largest differences are printed.
"""

import json
import logging
import os
import sys
import tempfile
import warnings
from dataclasses import dataclass, field, replace
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # before the libraries read it: nothing is fetched

import torch

import exports
import reference
import vocabulary
from families import FAMILIES

HERE = Path(__file__).parent
TOLERANCE = 1e-3
CHAT = [
    dict(role="system", content="Answer from the passages and cite them."),
    dict(role="user", content="How tight are the bolts of the flange?"),
    dict(role="assistant", content="<think>\nPassage 1 says it.\n</think>\n\n45 Nm [1]."),
    dict(role="user", content="And the order? 顺序呢？"),
]
SENTENCE = "Tighten the bolts crosswise to 45 Nm: 按扭矩拧紧螺栓。 It's done 🔧!"


@dataclass(frozen=True)
class Fixture:
    """One folder to make: an export of a family, and how it is quantised and laid out."""

    form: str
    family: str
    suffix: str = ""
    precision: str = "fp32"
    options: list = field(default_factory=list)
    provider: str = "cpu"
    clear_lead: float = reference.CLEAR_LEAD
    external: bool = False
    tips: bool = False
    config: dict = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.form}/{self.family}{self.suffix}"


INT4 = ["int4_block_size=32", "int4_accuracy_level=1"]
INT4_BY_INT8 = ["int4_block_size=32", "int4_accuracy_level=4", "prune_lm_head=true"]
FIXTURES = [Fixture("genai", family) for family in FAMILIES]
FIXTURES += [Fixture("optimum", family) for family in FAMILIES if family not in ("llama3", "gemma3")]
# optimum's graph of six layers would weigh more than their weights: two, one of each kind, are enough.
GEMMA_PAIR = dict(num_hidden_layers=2, layer_types=["sliding_attention", "full_attention"])
FIXTURES += [
    Fixture("optimum", "llama3", external=True),
    Fixture("optimum", "gemma3", config=GEMMA_PAIR),
    Fixture("genai", "qwen3", "-int4", "int4", INT4),
    Fixture("genai", "llama3", "-int4", "int4", INT4),
    # For the CPU the builder makes fp16 without GroupQueryAttention and with shapes that ONNX Runtime refuses.
    Fixture("genai", "llama3", "-fp16", "fp16", provider="cuda", clear_lead=0.04),
    Fixture("genai", "qwen3", "-int4-pruned", "int4", INT4_BY_INT8, tips=True),
    Fixture("optimum", "qwen3", "-q4", "int4"),
]


def main() -> None:
    logging.disable(logging.WARNING)  # the exporters tell of every node
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)  # the models are too small to share out
    wanted = sys.argv[1:] or [fixture.name for fixture in FIXTURES]
    print(f"{'fixture':24} {'in one go':>9} {'by token':>9} {'KB':>4}  seeds")
    for fixture in FIXTURES:
        if fixture.name in wanted:
            make(fixture)


def make(fixture: Fixture) -> None:
    """Take the first seed whose answers will do, lay its export down, and say how well it agrees."""
    seed, verdicts, done = 0, [], False
    while not done:
        with tempfile.TemporaryDirectory() as scratch:
            verdict, done = attempt(fixture, seed, Path(scratch))
        verdicts.append(f"{seed}: {verdict}")
        seed += 1
    size = sum(file.stat().st_size for file in (HERE / fixture.name).rglob("*") if file.is_file())
    in_one_go, by_token = done
    print(
        f"{fixture.name:24} {in_one_go:9.1e} {by_token:9.1e} {size // 1000:4}  {'; '.join(verdicts)}",
        flush=True,
    )
    assert in_one_go < TOLERANCE and size < 500_000


def attempt(fixture: Fixture, seed: int, scratch: Path):
    """The verdict on a seed and, when it will do, the export's differences to the reference."""
    family = FAMILIES[fixture.family]
    family = replace(family, config=family.config | fixture.config)
    tokenizer = vocabulary.tokenizer(family)
    model = reference.random_model(family, tokenizer, seed)
    stop = model.generation_config.eos_token_id
    if fixture.precision == "fp32":
        recorded, verdict = reference.answers(reference.torch_logits(model), tokenizer, stop)
        if not recorded:
            return verdict, None
    source, out = scratch / "source", scratch / "out"
    model.save_pretrained(source)
    tokenizer.save_pretrained(source, save_jinja_files=fixture.form == "genai")
    vocabulary.shrink(source)
    if fixture.form == "genai":
        exports.genai(source, out, fixture.precision, fixture.provider, fixture.options)
    else:
        exports.optimum(source, out, fixture.precision, fixture.external)
    head_dim = getattr(model.config, "head_dim", model.config.hidden_size // model.config.num_attention_heads)
    session = exports.Export(next(out.rglob("model*.onnx")), head_dim)
    if fixture.precision != "fp32":
        recorded, verdict = reference.answers(session.last_logits, tokenizer, stop, fixture.clear_lead)
        if not recorded:
            return verdict, None
    if fixture.tips:
        moved, same = session.tipped(recorded)
        verdict += f", tipped by {moved:.2f}"
        if not same:
            return verdict + " to other tokens", None
    folder = HERE / fixture.name
    exports.keep(source, out, folder)
    expected = dict(prompts=recorded, chat=chat(tokenizer), sentence=sentence(tokenizer))
    lines = ",\n".join(
        f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in expected.items()
    )
    (folder / "expected.json").write_text("{" + lines + "}\n", encoding="utf-8")
    return verdict, session.differences(recorded)


def chat(tokenizer) -> dict:
    """A conversation and its rendered prompts, with the template's thinking as it comes and switched off."""
    render = lambda **more: tokenizer.apply_chat_template(
        CHAT, tokenize=False, add_generation_prompt=True, **more
    )
    ids = tokenizer.apply_chat_template(CHAT, add_generation_prompt=True)
    return dict(messages=CHAT, text=render(), text_without_thinking=render(enable_thinking=False), ids=ids)


def sentence(tokenizer) -> dict:
    """A sentence of two scripts and an emoji, as ids: alone, and with the tokens that the tokenizer itself adds."""
    ids = tokenizer.encode(SENTENCE, add_special_tokens=False)
    return dict(text=SENTENCE, ids=ids, ids_with_special=tokenizer.encode(SENTENCE))


if __name__ == "__main__":
    main()
