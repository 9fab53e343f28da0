#!/usr/bin/env python3
"""Make the folder that an annotator works in (a maintainer's chore): guidelines, ontology, one numbered text, nothing else.

    python scripts/annotator_folder.py 003-washington -o somewhere/else/pass-1

The annotator writes DOC.json in the format `quotes` and runs, in that folder, the command that README.txt there names; it lists
formal errors only. Make the folder outside the checkout, so that no other pass and no gold is near it.
"""

import argparse
import json
import shutil
from pathlib import Path

from communique.ingest import ingest

README = """\
Annotate {doc_id} by guidelines/guidelines.md and guidelines/ontology.toml alone. {doc_id}.txt has its sentences, numbered.
Write {doc_id}.json (guidelines, section 11). Formal errors, which say nothing of your judgement, are listed by:

    communique check {doc_id}.json --as annotation --texts texts.jsonl
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("doc_id", help="a document of seeds/seeds.toml")
    parser.add_argument("--folder", type=Path, default=Path(), help="the project (default: here)")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the folder to make; it must not exist")
    given = parser.parse_args()
    documents = {d.doc_id: d for d in ingest(given.folder)}
    if given.doc_id not in documents:
        parser.error(f"no document {given.doc_id!r}; there are {', '.join(documents)}")
    document, output = documents[given.doc_id], given.output
    if output.exists():
        parser.error(f"{output} exists; an annotator starts with a folder of their own")
    (output / "guidelines").mkdir(parents=True)
    for name in ("guidelines.md", "ontology.toml"):
        shutil.copy(given.folder / "guidelines" / name, output / "guidelines")
    sentences = (f"{n}. {s.of(document.text)}\n" for n, s in enumerate(document.sentences, 1))
    (output / f"{document.doc_id}.txt").write_text("".join(sentences), encoding="utf-8")
    row = {"doc_id": document.doc_id, "text": document.text}
    (output / "texts.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    (output / "README.txt").write_text(README.format(doc_id=document.doc_id), encoding="utf-8")


if __name__ == "__main__":
    main()
