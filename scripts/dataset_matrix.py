# /// script
# requires-python = ">=3.11"
# dependencies = []
# ///
"""Maintainer's chore: load a dataset folder with several versions of `datasets`, each in an environment of its own.

Every configuration and split is loaded, streamed, and read without the card; the rows must be the same in all versions.

Example:
  python scripts/dataset_matrix.py corpus 3.6.0 4.0.0 5.2.0
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

VERSIONS = ("3.6.0", "4.0.0", "5.2.0")

PROBE = """
import hashlib, json, sys, tempfile
from pathlib import Path
import datasets
datasets.disable_progress_bars()

def names(value, feature):
    if isinstance(feature, datasets.ClassLabel):
        return None if value is None else feature.int2str(value)
    if isinstance(feature, dict):
        return None if value is None else {k: names(value[k], f) for k, f in feature.items()}
    inner = feature[0] if isinstance(feature, list) else getattr(feature, "feature", None)
    return value if inner is None else [names(v, inner) for v in value]

def digest(rows, features):
    lines = [json.dumps(names(row, dict(features)), sort_keys=True) for row in rows]
    return hashlib.sha256("\\n".join(lines).encode()).hexdigest()

folder, cache = sys.argv[1], tempfile.mkdtemp(dir=sys.argv[2])
found = {}
for configuration in datasets.get_dataset_config_names(folder):
    for split, table in datasets.load_dataset(folder, configuration, cache_dir=cache).items():
        streamed = datasets.load_dataset(folder, configuration, split=split, streaming=True, cache_dir=cache)
        file = str(Path(folder) / configuration / f"{split}.parquet")
        alone = datasets.load_dataset("parquet", data_files=file, split="train", cache_dir=cache)
        one, two, three = digest(table, table.features), digest(streamed, table.features), digest(alone, alone.features)
        if not one == two == three:
            sys.exit(f"{configuration}/{split}: loaded {one}, streamed {two}, without the card {three}")
        if alone.features != table.features:
            sys.exit(f"{configuration}/{split}: card and file describe different features")
        found[f"{configuration}/{split}"] = [len(table), one]
print(json.dumps(found))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="dataset folder that `communique build` wrote")
    parser.add_argument("versions", nargs="*", default=VERSIONS, help=f"default: {' '.join(VERSIONS)}")
    parser.add_argument("--environments", type=Path, help="keep the environments here and use them again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        keep = given.environments or Path(scratch)
        answers = {v: probe(environment(keep / f"datasets-{v}", v), given.folder, scratch) for v in given.versions}
    for version, (tables, fault) in answers.items():
        rows = sum(count for count, _ in tables.values())
        print(f"datasets {version:8} {f'{len(tables)} tables, {rows} rows' if not fault else f'FAILED: {fault}'}")
    same = len({json.dumps(tables, sort_keys=True) for tables, _ in answers.values()}) == 1
    print("all versions give the same rows" if same else "the versions DIFFER")
    return 0 if same and not any(fault for _, fault in answers.values()) else 1


def environment(folder: Path, version: str) -> Path:
    """The Python of an environment with this version of `datasets`, made if it is not there."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", f"datasets=={version}"], check=True)
    return python


def probe(python: Path, folder: Path, scratch: str) -> tuple[dict[str, list[object]], str]:
    """The rows and digest of every table, and what went wrong, if anything."""
    command = [str(python), "-c", PROBE, str(folder.resolve()), scratch]
    run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": scratch})
    if run.returncode:
        return {}, (run.stderr.strip().splitlines() or ["no message"])[-1]
    return json.loads(run.stdout.splitlines()[-1]), ""


if __name__ == "__main__":
    sys.exit(main())
