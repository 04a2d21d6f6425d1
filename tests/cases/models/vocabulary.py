"""The tokenizers of the fixtures: a few hundred pieces, learnt from the sentences below, cut as each family cuts.

Five kinds of cutting. `bytes-*` are byte-level BPE with the split pattern of Qwen, Llama 3 or SmolLM; the
`sentencepiece*` ones write a space as `▁` and fall back to `<0xNN>` pieces for what is not in the vocabulary,
with a prefixed space (Mistral, Phi-3) or without (Gemma).
"""

import json
from pathlib import Path

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import PreTrainedTokenizerFast

from families import Family

TEMPLATES = Path(__file__).parent / "templates"
LEARNT = 48

QWEN_SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA_SPLIT = QWEN_SPLIT.replace(r"|\p{N}|", r"|\p{N}{1,3}|")

SENTENCES = [
    "Tighten the four bolts of the motor flange crosswise to 45 Nm and mark each of them.",
    "The inspector measures the bore at three depths before the part leaves the line.",
    "Stop the press, lock the main switch and hang the tag before the guard is opened.",
    "Replace the filter after 500 hours of running or when the pressure drops below 2 bar.",
    "Each sheet names the revision in force; earlier revisions are kept for ten years.",
    "按规定的扭矩拧紧螺栓。检验员在零件离开生产线之前测量孔径。",
]


def tokenizer(family: Family) -> PreTrainedTokenizerFast:
    """The family's tokenizer, its chat template within."""
    made = sentencepiece(family) if family.pieces.startswith("sentencepiece") else byte_level(family)
    made.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in family.special])
    made.add_tokens([AddedToken(token, normalized=False, special=False) for token in family.added])
    if family.bos_added:
        first = (family.bos, made.token_to_id(family.bos))
        starts = processors.TemplateProcessing(single=f"{family.bos} $A", special_tokens=[first])
        cut = [made.post_processor] if made.post_processor else []
        made.post_processor = processors.Sequence([*cut, starts])
    named = (family.bos, family.eos, family.pad, "<unk>")
    return PreTrainedTokenizerFast(
        tokenizer_object=made,
        bos_token=family.bos,
        eos_token=family.eos,
        pad_token=family.pad,
        unk_token="<unk>" if "<unk>" in family.special else None,
        additional_special_tokens=[token for token in family.special if token not in named],
        chat_template=(TEMPLATES / f"{family.template}.jinja").read_text(encoding="utf-8").removesuffix("\n"),
        clean_up_tokenization_spaces=False,
        model_max_length=256,
    )


def byte_level(family: Family) -> Tokenizer:
    """256 bytes and the learnt merges; the control tokens follow, as in the real vocabularies."""
    made = Tokenizer(models.BPE(byte_fallback=False))
    to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    if family.pieces == "bytes-digits":
        to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
        made.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Digits(individual_digits=True), to_bytes]
        )
    else:
        pattern = QWEN_SPLIT if family.pieces == "bytes-qwen" else LLAMA_SPLIT
        made.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Split(Regex(pattern), "isolated"), to_bytes]
        )
    if family.pieces == "bytes-qwen":
        made.normalizer = normalizers.NFC()
    made.decoder = decoders.ByteLevel()
    made.post_processor = processors.ByteLevel(trim_offsets=False)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=256 + LEARNT, initial_alphabet=alphabet, show_progress=False)
    made.train_from_iterator(SENTENCES, trainer)
    return made


def sentencepiece(family: Family) -> Tokenizer:
    """Control tokens first, then the 256 bytes, then the learnt pieces: the order of a converted SentencePiece model."""
    marks = [normalizers.Replace(" ", "▁")]
    shows = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    if family.pieces == "sentencepiece-prefixed":
        marks.insert(0, normalizers.Prepend("▁"))
        shows.append(decoders.Strip(" ", 1, 0))
    learner = Tokenizer(models.BPE())
    words = [f"▁{word}" for sentence in SENTENCES if sentence.isascii() for word in sentence.split()]
    trainer = trainers.BpeTrainer(vocab_size=len(set("".join(words))) + LEARNT, show_progress=False)
    learner.train_from_iterator(words, trainer)
    learnt = json.loads(learner.to_str())["model"]
    pieces = list(dict.fromkeys(family.special)) + [f"<0x{byte:02X}>" for byte in range(256)]
    pieces += [piece for piece, _ in sorted(learnt["vocab"].items(), key=lambda item: item[1])]
    vocabulary = {piece: place for place, piece in enumerate(pieces)}
    merges = [tuple(pair) for pair in learnt["merges"]]
    made = Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    made.normalizer = normalizers.Sequence(marks)
    made.decoder = decoders.Sequence(shows)
    return made


def shrink(folder: Path) -> None:
    """Write tokenizer.json without indentation: it is data, and a third of the size."""
    file = folder / "tokenizer.json"
    text = json.dumps(json.loads(file.read_text(encoding="utf-8")), ensure_ascii=False, separators=(",", ":"))
    file.write_text(text, encoding="utf-8")
