"""Measures txtai (hybrid index, the MiniLM weights of a local folder) on an evaluation set.

    pip install txtai          # in a virtual environment of its own
    python benches/txtai/measure.py SET MODEL_FOLDER [--threads 2]

SET is a folder as `gemba eval` takes it (docs/ and questions.jsonl); MODEL_FOLDER holds config.json, model.safetensors
and tokenizer.json (the folder `models/all-minilm-l6-v2` that set-up makes will do). The text of documents that are not text
themselves is that of `gemba parse FILE --markdown` (`--gemba` names the program), which is run before anything is timed: txtai
reads none of these by itself. Texts are cut at blank lines into pieces of up to 1,000 characters, so that both programs embed
every word. Prints one JSON object with the keys of `gemba eval --json`.
"""

import argparse
import json
import math
import pathlib
import re
import resource
import subprocess
import sys
import time

import torch
from txtai import Embeddings


def pieces(text):
    piece = ""
    for paragraph in re.split(r"\n\s*\n", text):
        if piece and len(piece) + len(paragraph) > 1000:
            yield piece
            piece = ""
        piece = f"{piece}\n\n{paragraph}".strip()
        while len(piece) > 1000:
            cut = piece.rfind(" ", 0, 1000)
            cut = cut if cut > 0 else 1000
            yield piece[:cut]
            piece = piece[cut:].strip()
    if piece:
        yield piece


PLAIN = {".csv", ".md", ".rst", ".tsv", ".txt"}


def read(file, gemba):
    """A document's text; nothing, and a word about it, where none can be had."""
    if file.suffix.lower() in PLAIN:
        return file.read_text(errors="replace")
    parsed = subprocess.run([gemba, "parse", str(file), "--markdown"], capture_output=True, text=True)
    if parsed.returncode:
        print(f"left out: {file}: {parsed.stderr.strip()}", file=sys.stderr)
        return None
    return parsed.stdout


def gain(ranked, relevant, depth=10):
    found = sum(1 / math.log2(rank + 2) for rank, path in enumerate(ranked[:depth]) if path in relevant)
    return found / sum(1 / math.log2(rank + 2) for rank in range(min(len(relevant), depth)))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("model")
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--gemba", default="gemba", help="the program whose parsers read what is no text")
    arguments = arguments.parse_args()
    torch.set_num_threads(arguments.threads)
    embeddings = Embeddings(path=arguments.model, hybrid=True)
    embeddings.batchtransform(["warm up"])

    documents = arguments.folder / "docs" if (arguments.folder / "docs").is_dir() else arguments.folder
    files = sorted(path for path in documents.rglob("*") if path.is_file())
    parsed = {file: read(file, arguments.gemba) for file in files if file.suffix.lower() not in PLAIN}
    began = time.perf_counter()
    items, owners, size = [], [], 0
    for file in files:
        text = parsed[file] if file in parsed else read(file, arguments.gemba)
        if text is None:
            continue
        size += file.stat().st_size
        for piece in pieces(text):
            items.append((len(owners), piece, None))
            owners.append(file.relative_to(documents).as_posix())
    embeddings.index(items)
    seconds = time.perf_counter() - began

    result = {
        "documents": len(set(owners)),
        "passages": len(owners),
        "ingest": {
            "seconds": seconds,
            "documents_per_second": len(set(owners)) / seconds,
            "passages_per_second": len(owners) / seconds,
            "megabytes_per_second": size / 1e6 / seconds,
        },
    }
    questions = arguments.folder / "questions.jsonl"
    if questions.exists():
        gains, hits, durations = [], [], []
        for question in map(json.loads, questions.read_text().splitlines()):
            began = time.perf_counter()
            found = embeddings.search(question["question"], 100)
            durations.append(1000 * (time.perf_counter() - began))
            if question.get("unanswerable"):
                continue
            ranked = list(dict.fromkeys(owners[number] for number, _ in found))
            relevant = {entry["path"] for entry in question["relevant"]}
            gains.append(gain(ranked, relevant))
            hits.append(bool(ranked) and ranked[0] in relevant)
        durations.sort()
        result["questions"] = len(durations)
        result["retrieval"] = {"ndcg_at_10": sum(gains) / len(gains), "hit_at_1": sum(hits) / len(hits)}
        result["latency_ms"] = {
            "p50": durations[len(durations) // 2],
            "p95": durations[int(len(durations) * 0.95)],
        }
    result["ingest"]["peak_rss_megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result, indent=2))


main()
