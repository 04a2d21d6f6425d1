#!/usr/bin/env python3
"""Checks that ../../tests/cases/demo-questions.jsonl is true of the documents in ../demo.

Every accepted answer must stand in at least one relevant document (on the page named), every relevant document must
hold at least one accepted answer, every document must be asked about, and an unanswerable question has neither.
"""

import csv
import html.parser
import json
import re
import sys
from pathlib import Path

from docx import Document
from openpyxl import load_workbook
from pptx import Presentation
from pypdf import PdfReader

HERE = Path(__file__).resolve().parent
DEMO = HERE.parent / "demo"
QUESTIONS = HERE.parent.parent / "tests" / "cases" / "demo-questions.jsonl"
HAN = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"


class Words(html.parser.HTMLParser):
    """Text of an HTML page without its style sheet."""

    def __init__(self):
        super().__init__()
        self.parts, self.skip = [], False

    def handle_starttag(self, tag, attrs):
        self.skip = tag == "style"

    def handle_endtag(self, tag):
        self.skip = False

    def handle_data(self, data):
        if not self.skip:
            self.parts.append(data)


def pages(path):
    """The text of each page or slide; a document without pages is one."""
    kind = path.suffix
    if kind == ".pdf":
        return [page.extract_text() for page in PdfReader(path).pages]
    if kind == ".pptx":
        return [slide_text(slide) for slide in Presentation(path).slides]
    if kind == ".docx":
        document = Document(path)
        rows = [" | ".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows]
        return ["\n".join([p.text for p in document.paragraphs] + rows)]
    if kind == ".xlsx":
        book = load_workbook(path, data_only=True)
        rows = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
        return ["\n".join(" | ".join(str(v) for v in row if v is not None) for row in rows)]
    text = path.read_text(encoding="utf-8")
    if kind == ".html":
        words = Words()
        words.feed(text)
        return ["\n".join(words.parts)]
    if kind == ".csv":
        rows = list(csv.reader(text.splitlines()))
        assert len({len(row) for row in rows}) == 1, f"{path}: rows of different length"
        return ["\n".join(" | ".join(row) for row in rows)]
    return [text]


def slide_text(slide):
    parts = []
    for shape in slide.shapes:
        if shape.has_text_frame:
            parts.append(shape.text_frame.text)
        if shape.has_table:
            parts += [" | ".join(cell.text for cell in row.cells) for row in shape.table.rows]
    return "\n".join(parts + [slide.notes_slide.notes_text_frame.text])


def plain(text):
    """Folds white space as a parser does: lines are joined, without a space between Chinese characters."""
    text = re.sub(rf"(?<={HAN})\s+|\s+(?={HAN})", "", text)
    return re.sub(r"\s+", " ", text)


def main():
    texts = {str(p.relative_to(DEMO)): [plain(t) for t in pages(p)] for p in sorted(DEMO.rglob("*")) if p.is_file()}
    wrong, asked, seen = [], set(), set()
    questions = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    for question in questions:
        name, relevant, answers = question["id"], question["relevant"], question["answers"]
        if name in seen:
            wrong.append(f"{name}: twice")
        seen.add(name)
        if question["unanswerable"]:
            if relevant or answers:
                wrong.append(f"{name}: unanswerable, yet answered")
            continue
        found = []
        for place in relevant:
            asked.add(place["path"])
            text = texts.get(place["path"])
            if text is None:
                wrong.append(f"{name}: no document {place['path']}")
                continue
            part = text[place["page"] - 1] if "page" in place else " ".join(text)
            if len(text) > 1 and "page" not in place:
                wrong.append(f"{name}: {place['path']} needs a page")
            hits = [answer for answer in answers if plain(answer) in part]
            found += hits
            if not hits:
                wrong.append(f"{name}: nothing of {answers} in {place}")
        wrong += [f"{name}: {answer!r} stands nowhere" for answer in answers if answer not in found]
    wrong += [f"no question about {name}" for name in texts if name not in asked]
    for line in wrong:
        print(line)
    none = sum(q["unanswerable"] for q in questions)
    print(f"{len(texts)} documents, {len(questions)} questions, {none} unanswerable, {len(wrong)} faults")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
