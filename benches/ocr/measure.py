"""How well scanned pages are read: pages are made from known text as scanners see them, read by gemba, and compared.

    pip install pillow
    python benches/ocr/measure.py target/release/gemba [RUNTIME [CONTAINS]]

Prints the character error rate of each page: the edits that turn what was read into what was written, blanks not
counted, as a share of what was written; in brackets, where it is another, the rate when `，` and `,` are taken for the
same. Needs the fonts Noto Serif CJK and DejaVu Serif, and tesseract. With CONTAINS only the pages are made whose names
contain it, such as `300 0 0`. SHOW=1 prints what was read of each page, and what was written.
"""

import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time
import unicodedata

from PIL import Image, ImageDraw, ImageFilter, ImageFont

CJK = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"
LATIN = "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf"
TEXTS = {
    "English": (LATIN, 0, """Lockout of the honing machine BH-320

Switch the main isolator to OFF and hang your personal padlock on it.
The pressure gauge P4 must read 0 bar before the guard is opened.
Clamping pressure 63 bar, spindle speed 1450 rpm, coolant 8 %.

Checks at the start of every shift are done by the operator and are
written down in form QF-118. If a value is outside its tolerance the
machine stays locked and the shift leader is called at once.
"""),
    "simplified Chinese": (CJK, 2, """珩磨机操作规程

开机前请检查夹紧压力是否为六十三巴，冷却液浓度应保持在百分之八。
操作人员每班开始时必须填写点检表，发现异常立即停机并通知班长。
更换砂条之前应切断总电源，挂上个人安全锁，并确认压力表指示为零。
防护门打开时严禁启动主轴，量具使用后应清洁并放回原来的位置。
"""),
    "mixed": (CJK, 2, """设备点检表 QF-118

每班检查 Clamping pressure 夹紧压力：63 bar，主轴转速 1450 rpm。
报警代码 E-204 表示 coolant level low，请加注冷却液 Cimstar 560。
Torque for M8 bolts is 25 Nm，拧紧后用红色标记，记录在 SOP-QA-014 中。
"""),
    "traditional Chinese": (CJK, 3, """珩磨機操作規程

開機前請檢查夾緊壓力是否為六十三巴，冷卻液濃度應保持在百分之八。
操作人員每班開始時必須填寫點檢表，發現異常立即停機並通知班長。
更換砂條之前應切斷總電源，掛上個人安全鎖，並確認壓力錶指示為零。
防護門打開時嚴禁啟動主軸，量具使用後應清潔並放回原來的位置。
"""),
    "Korean": (CJK, 1, """호닝 머신 작업 표준

가동 전에 클램프 압력이 63 bar인지 확인하고 절삭유 농도는 8 %를 유지한다.
작업자는 매 교대 시작 시 점검표를 작성하고 이상이 있으면 즉시 정지한다.
숫돌을 교체하기 전에 주전원을 차단하고 개인 자물쇠를 걸어 둔다.
안전문이 열려 있을 때는 주축을 기동하지 않는다.
"""),
    "Japanese": (CJK, 0, """ホーニング盤の作業標準

始動前にクランプ圧力が六十三バールであることを確認してください。
作業者は各直の始めに点検表を記入し、異常があれば直ちに機械を停止する。
砥石を交換する前に主電源を切り、個人用の錠を掛けてください。
安全扉が開いているときは主軸を起動してはならない。
"""),
}
WAYS = [(300, 0, 0.0), (150, 0, 0.0), (300, 90, 0.0), (300, 180, 0.0), (300, 0, 2.0), (300, 0, -3.5), (300, 0, 5.0)]


def page(text, font, index, dpi, turn, skew):
    """A sheet of A4 with the text in letters of 11 points, a little soft and grey as scans are."""
    sheet = Image.new("L", (round(8.27 * dpi), round(11.69 * dpi)), 244)
    draw = ImageDraw.Draw(sheet)
    letters = ImageFont.truetype(font, round(11 / 72 * dpi), index=index)
    for number, line in enumerate(text.splitlines()):
        draw.text((round(0.9 * dpi), round((1.0 + number * 0.26) * dpi)), line, font=letters, fill=30)
    sheet = sheet.rotate(skew, resample=Image.BICUBIC, fillcolor=244).filter(ImageFilter.GaussianBlur(dpi / 500))
    return sheet.rotate(turn, expand=True)


def distance(one, other):
    """The least number of edits."""
    row = list(range(len(other) + 1))
    for at, character in enumerate(one, 1):
        before, row[0] = row[0], at
        for to, wanted in enumerate(other, 1):
            before, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1, before + (character != wanted))
    return row[-1]


def letters_of(text):
    return "".join(text.split())


def error_rate(found, wanted):
    return f"{100 * distance(found, wanted) / len(wanted):.1f} %"


def main():
    contains = sys.argv[3] if len(sys.argv) > 3 else ""
    pages = [(language, *way) for language in TEXTS for way in WAYS]
    pages = {page: name for page in pages if contains in (name := "{} {} {} {:g}".format(*page))}
    gemba = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        documents, data = pathlib.Path(folder, "documents"), pathlib.Path(folder, "data")
        documents.mkdir()
        for (language, dpi, turn, skew), name in pages.items():
            font, index, text = TEXTS[language]
            # Otherwise the name of the file is written into it as its title, and counted as wrongly read.
            page(text, font, index, dpi, turn, skew).save(documents / f"{name}.pdf", resolution=dpi, title="")
        environment = {**os.environ, "GEMBA_DOCUMENTS_FOLDER": str(documents), "GEMBA_DATA": str(data)}
        if len(sys.argv) > 2:
            environment["GEMBA_RUNTIME"] = sys.argv[2]
        began = time.monotonic()
        subprocess.run([gemba, "ingest"], env=environment, check=False, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - began
        store = next(path for path in data.rglob("*") if path.is_file() and path.read_bytes()[:15] == b"SQLite format 3")
        rows = sqlite3.connect(store).execute(
            "SELECT d.path, p.text, p.locator, iif(d.titled, d.title, '') FROM documents d JOIN passages p ON p.generation = d.generation "
            "ORDER BY d.path, p.ordinal"
        )
        read, under = {}, {}
        for path, text, locator, title in rows:
            # Title and headings stand beside the passages, once for all below them.
            headings = [title] * bool(title) + json.loads(locator).get("headings", [])
            known = under.setdefault(path, set())
            new = [heading for heading in headings if heading not in known]
            known.update(headings)
            read.setdefault(path, []).append("".join(new) + text)
        print("| page | " + " | ".join(TEXTS) + " |\n|---|" + "---:|" * len(TEXTS))
        for dpi, turn, skew in WAYS:
            cells = []
            for language, (_, _, text) in TEXTS.items():
                name = pages.get((language, dpi, turn, skew))
                if name is None:
                    cells.append("")
                    continue
                found = letters_of("".join(read.get(f"{name}.pdf", [])))
                wanted = letters_of(text)
                exact, narrow = (
                    error_rate(*map(form, (found, wanted)))
                    for form in (str, lambda letters: unicodedata.normalize("NFKC", letters))
                )
                cells.append(exact if exact == narrow else f"{exact} ({narrow})")
                if "SHOW" in os.environ:
                    print(name, found, wanted, sep="\n", file=sys.stderr)
            if not any(cells):
                continue
            way = f"{dpi} dpi" + (f", turned by {turn}°" if turn else "") + (f", askew by {skew:g}°" if skew else "")
            print(f"| {way} | " + " | ".join(cells) + " |")
        print(f"\n{len(pages)} pages in {seconds:.0f} s")


if __name__ == "__main__":
    main()
