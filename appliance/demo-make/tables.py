"""Owns the workbook quality/torque-and-tolerance-tables.xlsx (QT-001).

Written with xlsxwriter because it stores the value of each formula beside the formula, as a spreadsheet
program does; readers that do not calculate then still see a number.
"""

from datetime import datetime

import xlsxwriter

# thread, pitch, wrench size, torque for property class 8.8, 10.9 and 12.9 (dry, friction 0.14), preload 8.8
TORQUE = [
    ("M6", 1.0, 10, 10.1, 14.9, 17.4, 9.0), ("M8", 1.25, 13, 24.6, 36.1, 42.2, 16.5),
    ("M10", 1.5, 16, 48, 71, 83, 26.2), ("M12", 1.75, 18, 84, 123, 144, 38.3),
    ("M14", 2.0, 21, 133, 195, 229, 52.6), ("M16", 2.0, 24, 206, 302, 354, 72.2),
    ("M18", 2.5, 27, 295, 421, 492, 91.0), ("M20", 2.5, 30, 415, 592, 692, 117.0),
    ("M22", 2.5, 34, 567, 807, 945, 146.0), ("M24", 3.0, 36, 714, 1017, 1190, 168.0),
]
GLAND = [
    ("TC-160", 40, "M52x1.5", 220, "Hook spanner 50"), ("TC-160", 63, "M78x2", 380, "Hook spanner 75"),
    ("TC-160", 80, "M95x2", 460, "Hook spanner 95"), ("TC-250", 80, "M98x2", 540, "Hook spanner 95"),
    ("TC-250", 100, "M120x2", 680, "Hook spanner 120"), ("TC-250", 125, "M145x2", 820, "Hook spanner 145"),
    ("TC-350", 125, "M150x3", 900, "Hydraulic tool HT-2"), ("TC-350", 160, "M190x3", 1150, "Hydraulic tool HT-2"),
]
# nominal range, h7 upper/lower for rods, H8 upper/lower for bores, in micrometres
TOLERANCE = [
    ("over 18 to 30", 0, -21, 33, 0), ("over 30 to 50", 0, -25, 39, 0), ("over 50 to 80", 0, -30, 46, 0),
    ("over 80 to 120", 0, -35, 54, 0), ("over 120 to 180", 0, -40, 63, 0), ("over 180 to 250", 0, -46, 72, 0),
    ("over 250 to 315", 0, -52, 81, 0), ("over 315 to 400", 0, -57, 89, 0),
]
GROOVES = [
    ("RS-32", "Rod seal", 32, 42, 6.3, 0.2), ("RS-45", "Rod seal", 45, 55, 6.3, 0.2),
    ("RS-56", "Rod seal", 56, 71, 9.5, 0.3), ("RS-70", "Rod seal", 70, 85, 9.5, 0.3),
    ("WP-32", "Wiper", 32, 40, 5.0, 0.3), ("WP-45", "Wiper", 45, 53, 5.0, 0.3),
    ("PS-63", "Piston seal", 63, 52, 4.2, 0.4), ("PS-80", "Piston seal", 80, 64.5, 6.3, 0.5),
    ("PS-100", "Piston seal", 100, 84.5, 6.3, 0.5), ("PS-125", "Piston seal", 125, 104, 8.1, 0.5),
]


def make(path):
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"title": "QT-001 Torque and tolerance tables", "author": "Tarnbrook Hydraulics",
                         "created": datetime(2025, 9, 1)})
    head = book.add_format({"bold": True, "bg_color": "#1f4e5f", "font_color": "white", "text_wrap": True})
    title = book.add_format({"bold": True, "font_size": 14})
    torque(book, head)
    gland(book, head, title)
    tolerance(book, head, title)
    grooves(book, head)
    notes(book, title)
    book.close()


def header(sheet, row, names, style):
    for column, name in enumerate(names):
        sheet.write(row, column, name, style)
    sheet.set_column(0, len(names) - 1, 17)


def torque(book, head):
    """The header is the first row, as in a plain list."""
    sheet = book.add_worksheet("Torque")
    header(sheet, 0, ["Thread", "Pitch (mm)", "Wrench size (mm)", "Torque 8.8 (Nm)", "Torque 10.9 (Nm)",
                      "Torque 12.9 (Nm)", "Preload 8.8 (kN)", "Torque 8.8 oiled (Nm)"], head)
    for row, values in enumerate(TORQUE, 1):
        sheet.write_row(row, 0, values)
        # Oiled threads need 85 percent of the dry value.
        sheet.write_formula(row, 7, f"=ROUND(D{row + 1}*0.85,1)", None, round(values[3] * 0.85 + 1e-9, 1))
    sheet.freeze_panes(1, 1)


def gland(book, head, title):
    """The header stands under a title, as people often lay sheets out."""
    sheet = book.add_worksheet("Gland")
    sheet.write(0, 0, "Tightening torque of gland nuts (tolerance plus or minus 5 percent)", title)
    header(sheet, 2, ["Series", "Bore (mm)", "Thread", "Nominal torque (Nm)", "Tool",
                      "Minimum at inspection (Nm)"], head)
    for row, values in enumerate(GLAND, 3):
        sheet.write_row(row, 0, values)
        sheet.write_formula(row, 5, f"=D{row + 1}*0.9", None, round(values[3] * 0.9, 1))


def tolerance(book, head, title):
    sheet = book.add_worksheet("Tolerance")
    sheet.write(0, 0, "Tolerances of rods (h7) and bores (H8) in micrometres", title)
    header(sheet, 2, ["Nominal size (mm)", "Rod h7 upper", "Rod h7 lower", "Bore H8 upper", "Bore H8 lower",
                      "Largest clearance"], head)
    for row, values in enumerate(TOLERANCE, 3):
        sheet.write_row(row, 0, values)
        sheet.write_formula(row, 5, f"=D{row + 1}-C{row + 1}", None, values[3] - values[2])


def grooves(book, head):
    sheet = book.add_worksheet("Seal grooves")
    header(sheet, 0, ["Seal", "Kind", "Diameter (mm)", "Groove diameter (mm)", "Groove width (mm)",
                      "Corner radius max. (mm)"], head)
    for row, values in enumerate(GROOVES, 1):
        sheet.write_row(row, 0, values)


def notes(book, title):
    sheet = book.add_worksheet("Notes")
    sheet.set_column(0, 0, 110)
    lines = [
        "QT-001 Torque and tolerance tables, revision 7, 1 September 2025, Quality, Tarnbrook site",
        "The torques hold for zinc-plated screws with a friction coefficient of 0.14.",
        "Oiled or waxed threads take 85 percent of the dry value; screws with thread locker TL-43 take the dry value.",
        "For aluminium housings use 60 percent of the value for class 8.8 and a thread engagement of at least 2 times "
        "the diameter.",
        "Stainless screws A4-70 take 70 percent of the value for class 8.8 and are assembled with anti-seize paste.",
        "Values for the BH-320 machine itself are in its manual, chapter 8, and differ from this table.",
    ]
    for row, line in enumerate(lines):
        sheet.write(row, 0, line, title if row == 0 else None)
