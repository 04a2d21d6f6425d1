"""Makes the pictures beside this script, as people paste them into documents.

    pip install pillow
    python tests/cases/pictures/make.py FONT

FONT is a file with Latin letters: /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf of Debian's fonts-dejavu-core.
"""

import pathlib
import sys

from PIL import Image, ImageDraw, ImageFont

HERE = pathlib.Path(__file__).parent


def drawn(name, size, lines, letters, font):
    picture = Image.new("1", size, 1)
    pen = ImageDraw.Draw(picture)
    pen.fontmode = "1"
    pen.rectangle((4, 4, size[0] - 5, size[1] - 5), outline=0, width=2)
    for number, line in enumerate(lines):
        pen.text((24, 20 + number * letters * 2), line, font=ImageFont.truetype(font, letters), fill=0)
    picture.save(HERE / name, optimize=True)


def main(font):
    drawn("plate.png", (520, 180), ["Grease of spindle 7: Kluber NBU 15", "Refill every 310 hours", "Pressure 63 bar"], 24, font)
    drawn("logo.png", (260, 100), ["Honing Works"], 26, font)
    drawn("icon.png", (48, 48), ["i"], 14, font)


main(sys.argv[1])
