"""Makes the encrypted PDF files beside this script, which no test can make by itself.

    pip install pypdf cryptography reportlab
    python tests/cases/locked/make.py

The password is in every file the same, and not plain ASCII: RC4 and AES-256 write such letters differently.
"""

import io
import pathlib

from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen import canvas

HERE = pathlib.Path(__file__).parent
PASSWORD = "Drehmoment ä 87"


def plain(torque):
    file = io.BytesIO()
    page = canvas.Canvas(file, pagesize=(300, 200), invariant=1)
    page.setFont("Helvetica", 12)
    page.drawString(30, 150, f"Press 9 is tightened to {torque} newton metres.")
    page.showPage()
    page.drawString(30, 150, "The spare key hangs in cabinet 4.")
    page.showPage()
    page.save()
    file.seek(0)
    return file


def encrypted(name, torque, user, algorithm):
    writer = PdfWriter(clone_from=PdfReader(plain(torque)))
    writer.encrypt(user, "the owner", algorithm=algorithm)
    writer.write(HERE / name)


encrypted("aes-256.pdf", 87, PASSWORD, "AES-256")
encrypted("rc4-128.pdf", 88, PASSWORD, "RC4-128")
encrypted("owner-only.pdf", 89, "", "AES-256")
