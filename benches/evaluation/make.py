"""Makes an evaluation set of any size, of the form that `gemba eval` takes.

    python3 benches/evaluation/make.py FOLDER [--documents 5000] [--questions 3000] [--seed 1]
    gemba eval FOLDER --json

FOLDER gets docs/ and questions.jsonl. Each document is the sheet of one machine of one plant, with sections of made-up text in
which each figure stands once, in Markdown, plain text, HTML or CSV; some are in Chinese. Most questions ask for one of these figures, by the
number of the machine. One of five asks for a machine that there is none of. The same arguments make the same bytes. What such
a set says of how well is found is little, as all its sheets are alike; it is for how fast, and how much memory.
"""

import argparse
import csv
import html
import io
import json
import pathlib
import random

KINDS = ["press", "lathe", "milling machine", "grinder", "conveyor", "furnace", "robot", "compressor", "pump", "crane"]
FACTS = [
    ("What is the clamping pressure of {}?", "The clamping pressure of {} is {}.", lambda draw: f"{draw.randint(20, 400)} bar"),
    ("How often is the filter of {} changed?", "The filter of {} is changed every {}.", lambda draw: f"{draw.randint(2, 90)} days"),
    ("At what temperature does {} stop?", "At an oil temperature of more than {1} {0} stops.", lambda draw: f"{draw.randint(50, 120)} °C"),
    ("How fast may {} run?", "The greatest speed of {} is {}.", lambda draw: f"{draw.randint(100, 6000)} rpm"),
    ("Which oil does {} need?", "{} needs hydraulic oil {}.", lambda draw: f"HLP {draw.randint(10, 999)}"),
]
FACTS_ZH = [
    ("{}的夹紧压力是多少？", "{}的夹紧压力为{}。", FACTS[0][2]),
    ("{}的滤芯多久更换一次？", "{}的滤芯每{}更换一次。", lambda draw: f"{draw.randint(2, 90)}天"),
    ("{}的最高转速是多少？", "{}的最高转速为{}。", lambda draw: f"{draw.randint(100, 6000)}转"),
]
FILLER = (
    "Before work begins the guard is closed and the floor around the machine is swept. Whoever finds a fault hangs a red tag on "
    "the switch and tells the shift leader. Tools are put back where their outline is painted. Spare parts are fetched from the "
    "store against a signed slip. The record is kept with the machine until the end of the month and is then handed in. Gloves "
    "are not worn near turning parts. After the last part the coolant is drained and the chips are carried to the container."
).split(". ")
FILLER_ZH = "开机前关闭防护门。发现故障时挂红牌并通知班长。工具放回原处。备件凭签字单领取。记录保存到月底后上交。旋转部件附近不得戴手套。".split("。")[:-1]


def sheet(number: int, draw: random.Random):
    """Name, title, sections and facts of a machine: question, answer."""
    chinese = number % 10 == 9
    plant = 1 + number % 7
    if chinese:
        name = f"{plant}号车间设备 ZH-{number:05}"
        facts = [(ask.format(name), say, value(draw)) for ask, say, value in FACTS_ZH]
    else:
        name = f"{KINDS[number % len(KINDS)]} M-{number:05}"
        facts = [(ask.format(name), say, value(draw)) for ask, say, value in FACTS]
    said = [say.format(name, value) for _, say, value in facts]
    sections = []
    for place, sentence in enumerate(said):
        filler = draw.sample(FILLER_ZH if chinese else FILLER, 4)
        filler.insert(draw.randrange(5), sentence.rstrip(".。"))
        text = "。".join(filler) + "。" if chinese else ". ".join(part.rstrip(".") for part in filler) + "."
        sections.append((f"第{place + 1}节" if chinese else f"Section {place + 1}", text))
    title = f"{name}作业指导" if chinese else f"Sheet of {name}, plant {plant}"
    return plant, title, sections, [(ask, value) for ask, _, value in facts]


def written(form: str, title: str, sections: list) -> str:
    if form == "html":
        body = "".join(f"<h2>{html.escape(head)}</h2><p>{html.escape(text)}</p>" for head, text in sections)
        return f"<!doctype html><html><head><meta charset=utf-8><title>{html.escape(title)}</title></head><body><h1>{html.escape(title)}</h1>{body}</body></html>\n"
    if form == "csv":
        out = io.StringIO()
        csv.writer(out).writerows([("Sheet", "Section", "Text"), *((title, head, text) for head, text in sections)])
        return out.getvalue()
    head, section = ("# {}\n\n", "## {}\n\n{}\n\n") if form == "md" else ("{}\n\n", "{}\n\n{}\n\n")
    return head.format(title) + "".join(section.format(*one) for one in sections)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--documents", type=int, default=5000)
    arguments.add_argument("--questions", type=int, default=3000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments = arguments.parse_args()
    draw = random.Random(arguments.seed)
    known = []
    for number in range(arguments.documents):
        plant, title, sections, facts = sheet(number, draw)
        form = ("md", "txt", "html", "csv")[number % 4]
        path = f"plant-{plant}/{number:05}.{form}"
        file = arguments.folder / "docs" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(written(form, title, sections), encoding="utf-8")
        known += [(path, ask, value) for ask, value in facts]
    draw.shuffle(known)
    with (arguments.folder / "questions.jsonl").open("w", encoding="utf-8") as out:
        for number in range(arguments.questions):
            question = {"id": str(number + 1)}
            if number % 5 == 4:
                kind = draw.choice(KINDS)
                question |= {"question": draw.choice(FACTS)[0].format(f"{kind} X-{number:05}"), "relevant": [], "answers": [], "unanswerable": True}
            else:
                path, ask, value = known[number % len(known)]
                question |= {"question": ask, "relevant": [{"path": path}], "answers": [value], "unanswerable": False}
            out.write(json.dumps(question, ensure_ascii=False) + "\n")


main()
