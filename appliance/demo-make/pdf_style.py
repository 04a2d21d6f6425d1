"""Owns how the demo PDFs look: fonts, paragraph styles, tables, page furniture."""

from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

CJK_FONT_FILE = "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"
ACCENT = colors.HexColor("#1f4e5f")
BAND = colors.HexColor("#e8eff2")


class Style:
    """One set of paragraph styles: `Style()` for Latin text, `Style(cjk=True)` for Chinese."""

    def __init__(self, cjk=False):
        if cjk:
            # Only the glyphs that are used are written into the PDF, so its size stays small.
            pdfmetrics.registerFont(TTFont("MicroHei", CJK_FONT_FILE, subfontIndex=0))
        font = "MicroHei" if cjk else "Helvetica"
        bold = "MicroHei" if cjk else "Helvetica-Bold"
        wrap = "CJK" if cjk else None
        self.font, self.bold = font, bold

        def style(name, size, leading, **more):
            more.setdefault("fontName", font)
            return ParagraphStyle(name, fontSize=size, leading=leading, wordWrap=wrap,
                                  alignment=TA_LEFT, **more)

        self.title = style("title", 24, 30, fontName=bold, textColor=ACCENT, spaceAfter=10)
        self.h1 = style("h1", 15, 20, fontName=bold, textColor=ACCENT, spaceBefore=4, spaceAfter=6)
        self.h2 = style("h2", 11.5, 15, fontName=bold, spaceBefore=8, spaceAfter=3)
        self.body = style("body", 10, 14.5, spaceAfter=6)
        self.item = style("item", 10, 14.5, leftIndent=16, bulletIndent=2, spaceAfter=3)
        self.cell = style("cell", 9, 12)
        self.head = style("head", 9, 12, fontName=bold, textColor=colors.white)


def flow(style, blocks):
    """Turns `(kind, content)` pairs into what reportlab lays out, in order."""
    story = []
    for kind, content in blocks:
        if kind == "page":
            story.append(PageBreak())
        elif kind == "gap":
            story.append(Spacer(1, content * mm))
        elif kind == "table":
            story.append(table(style, *content))
            story.append(Spacer(1, 3 * mm))
        elif kind == "steps":
            for number, text in enumerate(content, 1):
                story.append(Paragraph(text, style.item, bulletText=f"{number}."))
        elif kind == "list":
            for text in content:
                story.append(Paragraph(text, style.item, bulletText="-"))
        else:
            story.append(Paragraph(content, getattr(style, kind)))
    return story


def table(style, widths, rows):
    """A table whose first row is the header, repeated where it breaks over a page."""
    cells = [[Paragraph(text, style.head if index == 0 else style.cell) for text in row]
             for index, row in enumerate(rows)]
    made = Table(cells, colWidths=[width * mm for width in widths], repeatRows=1, hAlign="LEFT")
    made.setStyle(TableStyle([
        ("BACKGROUND", (0, 0), (-1, 0), ACCENT),
        ("ROWBACKGROUNDS", (0, 1), (-1, -1), [colors.white, BAND]),
        ("GRID", (0, 0), (-1, -1), 0.4, colors.HexColor("#9fb3bb")),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]))
    return made


def write(path, style, blocks, title, company, foot):
    """Writes the PDF. `invariant` keeps dates and random ids out, so the bytes are the same each time."""

    def furniture(canvas, document):
        canvas.saveState()
        canvas.setStrokeColor(ACCENT)
        canvas.setFillColor(colors.HexColor("#55656b"))
        canvas.line(20 * mm, 280 * mm, 190 * mm, 280 * mm)
        canvas.setFont(style.font, 8)
        canvas.drawString(20 * mm, 282 * mm, company)
        canvas.drawRightString(190 * mm, 282 * mm, foot)
        canvas.drawCentredString(105 * mm, 12 * mm, str(document.page))
        canvas.restoreState()

    document = SimpleDocTemplate(str(path), pagesize=A4, leftMargin=20 * mm, rightMargin=20 * mm,
                                 topMargin=24 * mm, bottomMargin=20 * mm, title=title,
                                 author=company, invariant=1)
    document.build(flow(style, blocks), onFirstPage=furniture, onLaterPages=furniture)
