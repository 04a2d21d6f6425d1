"""Makes the encrypted PDF files beside this script, which no test can make by itself.

    pip install pypdf cryptography reportlab
    python tests/cases/locked/make.py

The password is in every file the same, and not plain ASCII: RC4 and AES-256 write such letters differently. Only
`other.pdf` has one of its own; it is written by hand and needs none of those packages: `make.py other`.
"""

import hashlib
import io
import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).parent
PASSWORD = "Drehmoment ä 87"


def plain(torque):
    from reportlab.pdfgen import canvas

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
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(plain(torque)))
    writer.encrypt(user, "the owner", algorithm=algorithm)
    writer.write(HERE / name)


def rc4(key, data):
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def by_hand(name, words, user, owner):
    """The standard security handler, revision 3, with keys of 128 bits: ISO 32000-1, 7.6.3."""
    fill = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    padded = lambda password: (password.encode("latin-1") + fill)[:32]
    number, permitted = bytes(range(16)), -44

    def hashed(data, times):
        for _ in range(times):
            data = hashlib.md5(data).digest()
        return data

    def in_rounds(key, data):
        for step in range(20):
            data = rc4(bytes(byte ^ step for byte in key), data)
        return data

    owner_entry = in_rounds(hashed(padded(owner), 51), padded(user))
    key = hashed(padded(user) + owner_entry + struct.pack("<i", permitted) + number, 51)
    user_entry = in_rounds(key, hashlib.md5(fill + number).digest()) + bytes(16)
    content = f"BT /F1 12 Tf 30 150 Td ({words}) Tj ET".encode()
    content = rc4(hashlib.md5(key + (5).to_bytes(3, "little") + bytes(2)).digest(), content)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [4 0 R] >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Resources << /Font << /F1 3 0 R >> >> /Contents 5 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Filter /Standard /V 2 /R 3 /Length 128 /P %d /O <%s> /U <%s> >>"
        % (permitted, owner_entry.hex().encode(), user_entry.hex().encode()),
    ]
    file, places = b"%PDF-1.4\n", []
    for at, body in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (at, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R /Encrypt 6 0 R /ID [<%s> <%s>] >>\n"
    count, number = len(objects) + 1, number.hex().encode()
    end = end % (count, table, count, number, number)
    (HERE / name).write_bytes(file + end + b"startxref\n%d\n%%%%EOF\n" % len(file))


by_hand("other.pdf", "Press 10 is greased with 90 grams.", "Kolben 12", "another owner")
if "other" in sys.argv:
    sys.exit()
encrypted("aes-256.pdf", 87, PASSWORD, "AES-256")
encrypted("rc4-128.pdf", 88, PASSWORD, "RC4-128")
encrypted("owner-only.pdf", 89, "", "AES-256")
