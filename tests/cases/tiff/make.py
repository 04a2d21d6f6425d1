"""Makes the TIFF files beside this script: one small picture in every form that scanners write.

    pip install pillow tifffile numpy
    python tests/cases/tiff/make.py

The tests of src/ingest/parse/tiff know by the names what is in them. Pillow writes through libtiff.
"""

import io
import pathlib
import struct

import numpy
import tifffile
from PIL import Image, TiffImagePlugin

HERE = pathlib.Path(__file__).parent
WIDTH, HEIGHT = 45, 31

y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
GRAY = ((x * 5 + y * 3) % 256).astype("uint8")
RGB = numpy.stack([x * 5, y * 8, (x * y) % 256], axis=2).astype("uint8")
BLACK = (x // 3 + y // 2) % 3 == 0
INDEX = ((x + y) % 8).astype("uint8")
# Brightness that JPEG keeps to a step or two.
SMOOTH = (40 + x * 2 + y * 3).astype("uint8")


def save(name, picture, **options):
    picture.save(HERE / f"{name}.tif", **options)


def options(**tags):
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in tags.items():
        directory[int(tag[1:])] = value
    return directory


def bilevel():
    picture = Image.fromarray(numpy.where(BLACK, 0, 255).astype("uint8")).convert("1", dither=0)
    for name, compression in [
        ("plain", None), ("packbits", "packbits"), ("lzw", "tiff_lzw"), ("deflate", "tiff_adobe_deflate"),
        ("rle", "tiff_ccitt"), ("g3", "group3"), ("g4", "group4"),
    ]:
        save(f"black-{name}", picture, compression=compression, tiffinfo=options(t278=9))
    save("black-g3-2d", picture, compression="group3", tiffinfo=options(t292=1))
    save("black-g3-fill", picture, compression="group3", tiffinfo=options(t292=4))
    save("black-g4-lsb", picture, compression="group4", tiffinfo=options(t266=2))
    save("black-g4-white", picture, compression="group4", tiffinfo=options(t262=0))
    # A fax of usual quality: half as many rows to the inch.
    save("fax-stretched", picture, compression="group3", dpi=(204, 98))


def shades():
    gray = Image.fromarray(GRAY)
    save("gray-plain", gray)
    save("gray-lzw", gray, compression="tiff_lzw", tiffinfo=options(t317=2, t278=7))
    save("gray-white-zero", gray, compression="tiff_lzw", tiffinfo=options(t262=0))
    smooth = Image.fromarray(SMOOTH)
    save("smooth-jpeg", smooth, compression="jpeg", quality=95)
    for number in range(1, 9):
        save(f"turned-{number}", gray, compression="tiff_adobe_deflate", tiffinfo=options(t274=number))
    for order in "<>":
        name = {"<": "little", ">": "big"}[order]
        deep = GRAY.astype("uint16") * 256 + 77
        tifffile.imwrite(HERE / f"gray-16-{name}.tif", deep, byteorder=order, photometric="minisblack",
                         compression="zlib", predictor=2, metadata=None)
    tifffile.imwrite(HERE / "gray-bigtiff.tif", GRAY, bigtiff=True, photometric="minisblack", metadata=None)
    tifffile.imwrite(HERE / "gray-tiles.tif", GRAY, tile=(16, 32), photometric="minisblack", compression="zlib",
                     metadata=None)


def colours():
    rgb = Image.fromarray(RGB)
    save("rgb-plain", rgb)
    save("rgb-lzw", rgb, compression="tiff_lzw", tiffinfo=options(t317=2))
    save("rgb-packbits", rgb, compression="packbits")
    clear = numpy.dstack([RGB, numpy.full((HEIGHT, WIDTH), 255, "uint8")])
    clear[:, :10, 3] = 0
    save("rgba-lzw", Image.fromarray(clear), compression="tiff_lzw")
    tifffile.imwrite(HERE / "rgb-planes.tif", numpy.moveaxis(RGB, 2, 0).copy(), photometric="rgb",
                     planarconfig="separate", byteorder=">", rowsperstrip=8, compression="zlib", metadata=None)
    tifffile.imwrite(HERE / "rgb-tiles.tif", RGB, tile=(16, 16), photometric="rgb", byteorder=">", metadata=None)
    ink = numpy.dstack([255 - RGB, numpy.zeros((HEIGHT, WIDTH), "uint8")])
    save("rgb-cmyk", Image.fromarray(ink, mode="CMYK"), compression="tiff_lzw")
    indexed = Image.fromarray(INDEX, mode="P")
    indexed.putpalette([part for i in range(8) for part in (i * 32, 255 - i * 32, i * 16)])
    save("palette-lzw", indexed, compression="tiff_lzw")
    # Red, green and blue as they are inside JPEG.
    tint = numpy.dstack([SMOOTH, SMOOTH // 2, 255 - SMOOTH])
    save("tint-jpeg", Image.fromarray(tint), compression="jpeg", quality=95)
    # Brightness and tint, as most programs write it.
    jpeg = io.BytesIO()
    Image.fromarray(tint).save(jpeg, "JPEG", quality=95)
    (HERE / "tint-jpeg-ycc.tif").write_bytes(of_jpeg(jpeg.getvalue()))


def of_jpeg(jpeg):
    """A page in one strip, which is this JPEG."""
    entries = [
        (256, 3, 1, WIDTH), (257, 3, 1, HEIGHT), (258, 3, 3, 8 + len(jpeg)), (259, 3, 1, 7), (262, 3, 1, 6),
        (273, 4, 1, 8), (277, 3, 1, 3), (278, 3, 1, HEIGHT), (279, 4, 1, len(jpeg)),
    ]
    start = 8 + len(jpeg) + 6
    file = struct.pack("<2sHI", b"II", 42, start) + jpeg + struct.pack("<3H", 8, 8, 8)
    file += struct.pack("<H", len(entries))
    return file + b"".join(struct.pack("<HHII", *entry) for entry in entries) + struct.pack("<I", 0)


def pages():
    picture = Image.fromarray(numpy.where(BLACK, 0, 255).astype("uint8")).convert("1", dither=0)
    gray = Image.fromarray(GRAY)
    picture.save(HERE / "pages.tif", save_all=True, append_images=[gray, picture], compression="tiff_adobe_deflate")
    bytes = bytearray((HERE / "pages.tif").read_bytes())
    places, at = [], 4
    while True:
        start = struct.unpack_from("<I", bytes, at)[0]
        if start == 0:
            break
        count = struct.unpack_from("<H", bytes, start)[0]
        places.append((start, count))
        at = start + 2 + count * 12
    # The chain of the last page leads back to the first.
    looped = bytearray(bytes)
    struct.pack_into("<I", looped, at, places[0][0])
    (HERE / "pages-loop.tif").write_bytes(looped)
    # The second page says that it is compressed in a way that nobody knows.
    start, count = places[1]
    broken = bytearray(bytes)
    for number in range(count):
        entry = start + 2 + number * 12
        if struct.unpack_from("<H", broken, entry)[0] == 259:
            struct.pack_into("<H", broken, entry + 8, 50_000)
    (HERE / "pages-unknown.tif").write_bytes(broken)


for make in (bilevel, shades, colours, pages):
    make()
