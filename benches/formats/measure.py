"""How well Gemba reads documents, beside other tools: same files, same run.

Text: edit similarity between what a tool gives and what is expected, both without markup and with white space folded.
Tables: how many of the expected cells are cells of a table in what a tool gives.
Order: how many of the words of the expected tables come in the expected order (the longest common subsequence), whether
they stand in a table or not.
Time: seconds for each file, or for each page or slide where a file has them. Libraries are loaded once before the clock starts; of
Gemba it is what its reading takes (`seconds` of `gemba parse --json`), which starts a process for each file, as the server
does.

    python3 -m venv venv && venv/bin/pip install markitdown[all] kreuzberg docling rapidfuzz
    venv/bin/python benches/formats/measure.py --data DATA --gemba "gemba parse"

Gemba reads Office files without text recognition here: what stands in the pictures inside them is not among what is
expected.

DATA holds docling/FORMAT/sources and docling/FORMAT/groundtruth (the test data of docling) and tabula (that of tabula-java).
"""

import argparse
import collections
import csv
import html
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time
import unicodedata
import zipfile

from rapidfuzz.distance import LCSseq, Levenshtein

# What is expected of these leaves out the comments, page headers and footers on which they turn. Gemba reads those: they
# are often the only place of a document's number and revision. The files count, and the mean without them is given too.
BESIDE = {"docx_comments.docx", "docx_page_header_footer_first_page.docx", "unit_test_formatting.docx"}

FORMATS = ["docx", "xlsx", "pptx", "html", "pdf", "csv", "md"]


def normalised(text):
    """A text without its markup."""
    text = unicodedata.normalize("NFKC", html.unescape(text))
    text = re.sub(r"<!--.*?-->", " ", text, flags=re.S)
    text = re.sub(r"data:image/[^)\s]*", "", text)
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r" ", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"</?[a-zA-Z][^>]*>", " ", text)
    text = re.sub(r"^\s*\|?[\s:|-]*-[\s:|-]*\|?\s*$", " ", text, flags=re.M)
    text = re.sub(r"^\s*(#+|[-*+•]|>)\s+", "", text, flags=re.M)
    text = re.sub(r"\\([\\`*_{}\[\]()#+.!|<>~-])", r"\1", text)
    # A day without a time is a day, whatever a program makes of it.
    text = re.sub(r"(\d{4}-\d{2}-\d{2}) 00:00:00", r"\1", text)
    text = re.sub(r"[*_`|~#]", " ", text)
    return re.sub(r"\s+", " ", text).strip().lower()


def similarity(given, expected):
    given, expected = normalised(given), normalised(expected)
    if not expected:
        return None
    return Levenshtein.normalized_similarity(given, expected)


def cells(text):
    """The cells of all tables, each once where it is written again beside itself because it is merged."""
    found = collections.Counter()
    rows = [line for line in text.splitlines() if line.strip().startswith("|")]
    for row in rows:
        if re.fullmatch(r"[\s|:-]+", row):
            continue
        last = None
        for cell in re.split(r"(?<!\\)\|", row.strip().strip("|")):
            cell = squeezed(cell)
            if cell and cell != last:
                found[cell] += 1
            last = cell
    for row in re.findall(r"<tr.*?</tr>", text, flags=re.S | re.I):
        for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, flags=re.S | re.I):
            cell = squeezed(cell)
            if cell:
                found[cell] += 1
    return found


def squeezed(cell):
    return re.sub(r"\s+", "", normalised(cell.strip()))


def recall(given, expected):
    total = sum(expected.values())
    return sum((given & expected).values()) / total if total else None


def words(text):
    return re.findall(r"\w+", normalised(text))


def order(given, expected):
    return LCSseq.similarity(words(given), expected) / len(expected) if expected else None


class Gemba:
    name = "Gemba"

    def __init__(self, command):
        self.command = shlex.split(command)

    def read(self, path):
        """The text, and how long reading it took."""
        seconds = json.loads(self.run("--json", path))["seconds"]
        return self.run("--markdown", path), seconds

    def run(self, form, path):
        environment = dict(os.environ)
        if path.suffix in {".docx", ".xlsx", ".pptx"}:
            environment["GEMBA_OCR_ENABLED"] = "false"
        command = [*self.command, form, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, env=environment)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return done.stdout


class Library:
    """A tool that is called in this process."""

    def read(self, path):
        begun = time.perf_counter()
        text = self.text(path)
        return text, time.perf_counter() - begun


class MarkItDown(Library):
    name = "markitdown"

    def __init__(self):
        from markitdown import MarkItDown as Tool

        self.tool = Tool()

    def text(self, path):
        return self.tool.convert(str(path)).text_content


class Kreuzberg(Library):
    name = "kreuzberg"

    def __init__(self):
        import kreuzberg

        self.extract = kreuzberg.extract_file_sync
        self.config = kreuzberg.ExtractionConfig(output_format="markdown")

    def text(self, path):
        result = self.extract(str(path), config=self.config)
        text = result.content
        # Tables that are given beside the text.
        for table in result.tables or []:
            if table.markdown and table.markdown.strip()[:60] not in text:
                text += "\n\n" + table.markdown
        return text


class Docling(Library):
    """PDF needs models from a hub; what is expected of the other formats is what an earlier docling gave."""

    name = "docling"

    def __init__(self):
        from docling.document_converter import DocumentConverter

        self.tool = DocumentConverter()

    def text(self, path):
        return self.tool.convert(str(path)).document.export_to_markdown()


def pages_of(path):
    if path.suffix.lower() == ".pptx":
        slides = [name for name in zipfile.ZipFile(path).namelist() if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)]
        return max(1, len(slides))
    if path.suffix.lower() != ".pdf":
        return 1
    try:
        import pypdfium2

        return max(1, len(pypdfium2.PdfDocument(str(path))))
    except Exception:
        return 1


def cases(data):
    """Format, source, expected text or None, expected cells or None, words in their order or None."""
    for kind in FORMATS:
        truth = data / "docling" / kind / "groundtruth"
        for source in sorted((data / "docling" / kind / "sources").glob("*")):
            for name in (source.name + ".md", source.stem + ".md"):
                if (truth / name).exists():
                    expected = (truth / name).read_text(encoding="utf-8")
                    yield kind, source, expected, cells(expected), None
                    break
    for source in sorted((data / "tabula").glob("*.csv")):
        pdf = source.with_suffix(".pdf")
        if pdf.exists():
            found, row_by_row = collections.Counter(), []
            with source.open(encoding="utf-8", errors="replace", newline="") as file:
                for row in csv.reader(file):
                    found.update(filter(None, map(squeezed, row)))
                    row_by_row += words(" ".join(row))
            yield "tabula", pdf, None, found, row_by_row


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--gemba", default="gemba parse")
    parser.add_argument("--only", help="names of formats, divided by commas")
    parser.add_argument("--files", action="store_true", help="each file, not only the means")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for what the tools give")
    arguments = parser.parse_args()
    tools = [Gemba(arguments.gemba)]
    for make in (MarkItDown, Kreuzberg, Docling):
        try:
            tools.append(make())
        except ImportError as error:
            print(f"{make.name} is left out: {error}", file=sys.stderr)
    sums = collections.defaultdict(lambda: collections.defaultdict(list))
    for kind, source, expected, table, row_by_row in cases(arguments.data):
        if arguments.only and kind not in arguments.only.split(","):
            continue
        line = [f"{kind}/{source.name}"]
        for tool in tools:
            begun = time.perf_counter()
            try:
                given, seconds = tool.read(source)
            except Exception as error:  # whatever a tool raises is its answer
                print(f"{tool.name} on {source.name}: {str(error)[:150]}", file=sys.stderr)
                given, seconds = "", time.perf_counter() - begun
            seconds /= pages_of(source)
            text = similarity(given, expected) if expected is not None else None
            found, ordered = recall(cells(given), table), order(given, row_by_row)
            if arguments.keep:
                folder = arguments.keep / tool.name / kind
                folder.mkdir(parents=True, exist_ok=True)
                (folder / (source.name + ".md")).write_text(given, encoding="utf-8")
            for name, value in (("text", text), ("cells", found), ("order", ordered), ("seconds", seconds)):
                if value is not None:
                    sums[kind, tool.name][name].append(value)
                    if kind == "docx" and source.name not in BESIDE:
                        sums["docx, text of the body alone", tool.name][name].append(value)
            line.append(" ".join("  -  " if value is None else f"{value:5.3f}" for value in (text, found, ordered, seconds)))
        if arguments.files:
            print(" | ".join(line))
    print("| format | files | tool | text | table cells | order | seconds a page |")
    print("|---|---:|---|---:|---:|---:|---:|")
    for (kind, tool), values in sums.items():
        shown = [
            f"{sum(values[name]) / len(values[name]):.{digits}f}" if values[name] else "–"
            for name, digits in (("text", 3), ("cells", 3), ("order", 3), ("seconds", 4))
        ]
        print(f"| {kind} | {len(values['seconds'])} | {tool} | {' | '.join(shown)} |")


if __name__ == "__main__":
    main()
