"""Makes the files of Office 97 to 2003 beside this script, which no test can make by itself.

    pip install openpyxl python-pptx
    python tests/cases/formats/make.py SOFFICE

SOFFICE is the program of LibreOffice. The files are small and hold nothing but what is written here.
"""

import gzip
import pathlib
import subprocess
import sys
import tempfile

import openpyxl
from openpyxl.comments import Comment
from pptx import Presentation

HERE = pathlib.Path(__file__).parent

DOCUMENT = r"""{\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}}{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}}
{\info{\title Lockout of press 4}{\author Quality}}
\pard\s1\outlinelevel0 Scope\par
\pard\plain Every press is locked before work.\par
\trowd\cellx3000\cellx6000\pard\intbl Part\cell\pard\intbl Torque\cell\row
\trowd\cellx3000\cellx6000\pard\intbl M8\cell\pard\intbl 25 Nm\cell\row
\pard\plain \u35774?\u22791? is switched off first.\par}"""

COMMENTED = r"""{\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}}
\pard\plain Every press is locked before work.{\*\atnid QA}{\*\atnauthor Quality}\chatn{\*\annotation\pard\plain With two locks in hall 2.}\par}"""


def main(soffice):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "old.rtf").write_text(DOCUMENT, encoding="ascii")
        (folder / "commented.rtf").write_text(COMMENTED, encoding="ascii")
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "Torques"
        for row in (["Part", "Torque", "Checked"], ["M8", 25, None], ["M10", "=24+25", None]):
            sheet.append(row)
        sheet["C2"] = "by hand"
        sheet.merge_cells("C2:C3")
        sheet["A2"].comment = Comment("Only with washer", "Quality")
        hidden = book.create_sheet("Prices")
        hidden.append(["Part", "Price"])
        hidden.append(["M8", 0.12])
        hidden.sheet_state = "hidden"
        book.save(folder / "old.xlsx")
        show = Presentation()
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = "Welcome to hall 2"
        slide.placeholders[1].text = "Wear your glasses"
        slide.notes_slide.notes_text_frame.text = "Hand out the glasses."
        show.save(folder / "old.pptx")
        files = (("old.rtf", "doc"), ("commented.rtf", "doc"), ("old.xlsx", "xls"), ("old.pptx", "ppt"))
        for name, ending in files:
            subprocess.run(
                [soffice, "--headless", "--convert-to", ending, "--outdir", str(HERE), str(folder / name)], check=True
            )
        # Nearly all of it is empty.
        packed = gzip.compress((HERE / "old.ppt").read_bytes(), mtime=0)
        (HERE / "old.ppt.gz").write_bytes(packed)
        (HERE / "old.ppt").unlink()


if __name__ == "__main__":
    main(sys.argv[1])
