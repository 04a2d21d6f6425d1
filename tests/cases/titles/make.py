"""Makes the PDF beside this script: its property Title is the name of its file, its first page bears a better one.

    pip install reportlab
    python tests/cases/titles/make.py
"""

import pathlib

from reportlab.pdfgen import canvas

page = canvas.Canvas(
    str(pathlib.Path(__file__).parent / "BH320_manual_EN.pdf"), pagesize=(400, 300), invariant=1, pageCompression=0
)
page.setTitle("BH320 manual EN")
page.setFont("Helvetica-Bold", 24)
page.drawString(40, 240, "Honing machine BH 320")
page.setFont("Helvetica", 11)
for line, text in enumerate(
    [
        "This machine hones bores between 20 and 320 millimetres.",
        "Read these pages before you switch it on for the first time.",
        "The spindle is lubricated every 250 hours with oil of class 46.",
    ]
):
    page.drawString(40, 190 - 16 * line, text)
page.showPage()
page.save()
