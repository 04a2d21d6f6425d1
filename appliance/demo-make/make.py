#!/usr/bin/env python3
"""Makes the binary demo documents (PDF, DOCX, XLSX, PPTX) in ../demo. The text documents there are edited by hand.

    python3 -m venv VENV && VENV/bin/pip install -r requirements.txt
    VENV/bin/python make.py && VENV/bin/python check.py

Needs the Debian package fonts-wqy-microhei for the Chinese PDF. Run twice, it writes the same bytes: the results are
committed, and a difference means that the content was changed.
"""

import re
import zipfile
from pathlib import Path

import bench_rules_zh
import honing_manual
import procedures
import slides
import tables

DEMO = Path(__file__).resolve().parent.parent / "demo"

DOCUMENTS = {
    "machines/bh-320-honing-machine-manual.pdf": honing_manual.make,
    "machines/pb-60-test-bench-zh.pdf": bench_rules_zh.make,
    "quality/SOP-QA-014-final-inspection.docx": procedures.make_sop_014,
    "quality/SOP-QA-021-gauge-calibration-zh.docx": procedures.make_sop_021,
    "quality/torque-and-tolerance-tables.xlsx": tables.make,
    "training/new-operator-induction.pptx": slides.make_induction,
    "training/密封件装配培训.pptx": slides.make_seals,
}


def settle_archive(path):
    """Rewrites an Office file with fixed dates, so that the same content gives the same bytes."""
    with zipfile.ZipFile(path) as old:
        parts = [(info.filename, old.read(info)) for info in old.infolist()]
    stamp = rb"\g<1>2025-09-01T00:00:00Z\g<2>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name, data in parts:
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</)", stamp, data)
            new.writestr(zipfile.ZipInfo(name, (2025, 9, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


def main():
    for name, make in DOCUMENTS.items():
        path = DEMO / name
        path.parent.mkdir(parents=True, exist_ok=True)
        make(path)
        if path.suffix != ".pdf":
            settle_archive(path)
        print(f"{path.stat().st_size:>8} bytes  {name}")


if __name__ == "__main__":
    main()
