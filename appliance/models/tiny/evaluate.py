"""Measures the exported model on held-out synthetic texts and, with a program and its store, on the demo documents.

    python evaluate.py
    gemba --data FOLDER ingest --documents appliance/demo
    python evaluate.py --gemba target/debug/gemba --data FOLDER [--runtime FOLDER] [--language zh] [--show]
"""

import argparse
import json
import random
import re
import subprocess
from pathlib import Path

import template
import texts
from export import Exported

HERE = Path(__file__).resolve().parent
QUESTIONS = HERE.parents[2] / "tests/cases/demo-questions.jsonl"
CITED = re.compile(r"(.+?) ?\[(\d+)\]\s*", re.S)
plain = lambda text: " ".join(text.split())


def sentences(text: str) -> set:
    """The lines and the sentences of a passage, and sentences that follow one another."""
    found = set()
    for line in text.split("\n"):
        parts = re.split(r"(?<=[.!?。！？；;:])\s*(?=\S)", line) if re.search("[\u4e00-\u9fff]", line) else re.split(r"(?<=[.!?:])\s+", line)
        for begin in range(len(parts)):
            found.add(plain(parts[begin]))
        found.add(plain(line))
        found.add(plain(re.sub(r"^(- |\d+\. )", "", line)))
    return found


def judge(answer: str, passages, language="en") -> dict:
    """What is right about an answer, whatever was asked."""
    if plain(answer) == template.REFUSAL[language]:
        return dict(refused=True)
    cited = CITED.findall(answer)
    in_passage = lambda text, number: 0 < int(number) <= len(passages) and plain(text) in plain(passages[int(number) - 1][2])
    return dict(
        refused=False,
        copied=bool(cited) and not CITED.sub("", answer).strip() and all(any(plain(text) in plain(p[2]) for p in passages) for text, _ in cited),
        whole=bool(cited) and all(any(plain(text) in sentences(p[2]) for p in passages) for text, _ in cited),
        cited=bool(cited) and all(in_passage(text, number) for text, number in cited),
    )


def share(rows, key) -> str:
    rows = [row for row in rows if key in row]
    good = sum(bool(row[key]) for row in rows)
    return f"{good} of {len(rows)} ({good / max(1, len(rows)):.0%})"


def report(rows, title) -> None:
    print(title)
    answered = [row for row in rows if not row["refused"]]
    for key, meaning in (
        ("copied", "answers copied word for word from a passage"),
        ("whole", "answers of whole sentences or rows"),
        ("cited", "answers with the right number behind each sentence"),
        ("right", "answers, where there is one, that are or hold it"),
    ):
        print(f"  {meaning}: {share(answered, key)}")
    known, absent = [row for row in rows if row["known"]], [row for row in rows if not row["known"]]
    print(f"  right of all that have an answer: {sum(bool(row.get('right')) for row in known)} of {len(known)}")
    print(f"  refused although there is an answer: {share(known, 'refused')}; refused where there is none: {share(absent, 'refused')}")


def synthetic(model, count: int) -> None:
    rng, rows, kinds = random.Random(4242), [], {}
    for _ in range(count):
        sample = texts.sample(rng, rng.choice([1, 2, 3, 3]))
        passages = [(passage.title, passage.place, passage.layout()[0]) for passage in sample.passages]
        expected = " ".join(
            f"{passage.units[index]} [{number}]"
            for number, passage in enumerate(sample.passages, 1)
            for index in sorted(passage.answers)
        )
        answer = model.text(template.user_message(sample.question, passages)[0])
        row = judge(answer, passages) | dict(known=bool(expected))
        if expected:
            row["right"] = plain(answer) == plain(expected)
        rows.append(row)
        kinds.setdefault(sample.kind, []).append(row)
    report(rows, f"{count} held-out synthetic questions")
    for kind, rows in sorted(kinds.items()):
        known = [row for row in rows if row["known"]]
        print(f"  {kind}: {share([dict(x=row.get('right')) for row in known], 'x')} exact")


def place(locator: dict) -> str:
    if "page" in locator:
        return f"page {locator['page']}"
    if "slide" in locator:
        return f"slide {locator['slide']}"
    rows = f"rows {locator['rows'][0]} to {locator['rows'][1]}" if "rows" in locator else ""
    if "sheet" in locator or rows:
        return ", ".join(part for part in (locator.get("sheet", ""), rows) if part)
    return " › ".join(locator.get("headings", []))


def demo(model, options) -> None:
    rows = []
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        if not asked["id"].startswith(options.language):
            continue
        command = [options.gemba, "--data", options.data] + (["--runtime", options.runtime] if options.runtime else [])
        command += ["search", "--json", "--limit", str(options.passages), asked["question"]]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        passages = [(passage["title"], place(passage["locator"]), passage["text"]) for passage in found]
        known = any(answer in text for answer in asked["answers"] for _, _, text in passages)
        if asked["answers"] and not known:
            print(f"  (not found by the search: {asked['question']})")
            continue
        answer = model.text(template.user_message(asked["question"], passages, options.language)[0])
        row = judge(answer, passages, options.language) | dict(known=known)
        if known:
            row["right"] = any(plain(text) in plain(answer) for text in asked["answers"])
        rows.append(row)
        if options.show:
            mark = "none" if not known else "right" if row["right"] else "wrong"
            print(f"  {mark:5} | {asked['question']} | {answer}")
    report(rows, f"demo documents, {options.language}, the {options.passages} best passages of the search")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", type=Path, default=HERE / "model")
    parser.add_argument("--gemba")
    parser.add_argument("--data")
    parser.add_argument("--runtime")
    parser.add_argument("--passages", type=int, default=4)
    parser.add_argument("--language", default="en")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    model = Exported(options.model)
    if options.gemba:
        demo(model, options)
    else:
        synthetic(model, options.count)


if __name__ == "__main__":
    main()
