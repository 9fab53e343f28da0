#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["communique", "gliner>=0.2.29,<0.3"]
# [tool.uv.sources]
# communique = { path = ".." }
# ///
"""Mentions by a GLiNER model, which is asked for the ontology's types: texts on stdin, predictions on stdout.

    pip install . gliner
    communique texts | python scripts/extract_gliner.py --model urchade/gliner_medium-v2.1 > predictions.jsonl

The model is a folder or a name on the Hugging Face hub; models have licences of their own. Each type is asked for by its
definition in the ontology, unless --label gives types and words (--label PER=person --label ORG=organisation): then these alone
are. Only the layer mentions is claimed. GLiNER says nothing of kinds, and a mention without one counts as named. It is given
the text line by line, since it reads 384 words at once. Tried with gliner 0.2.29, torch 2.13.0 and a small model that learnt
two sentences (tests/formats/gliner).
"""

import argparse
import json
import re
import sys

LINES = re.compile(r"\S+(?:[^\S\n]+\S+){0,149}")  # lines, or parts of long ones


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a folder, or a name on the Hugging Face hub")
    parser.add_argument("--label", action="append", default=[], metavar="TYPE=WORDS", help="ask for a type in these words")
    parser.add_argument("--threshold", type=float, default=0.5, help="least score (default: %(default)s)")
    given = parser.parse_args()
    if wrong := [label for label in given.label if not re.fullmatch(r"[^=]+=.+", label)]:
        parser.error(f"--label {wrong[0]}: give TYPE=WORDS, such as PER=person")
    try:
        from gliner import GLiNER

        from communique.ontology import default_ontology
    except ModuleNotFoundError as fault:
        sys.exit(f"extract_gliner.py: {fault}; in a clone of the project: pip install . gliner")
    labels = {name: of.definition for name, of in default_ontology().mentions.items()}
    labels = dict(label.split("=", 1) for label in given.label) or labels
    try:
        model = GLiNER.from_pretrained(given.model)
    except (OSError, ValueError) as fault:
        sys.exit(f"extract_gliner.py: {fault}")
    for row in map(json.loads, filter(str.strip, sys.stdin)):
        lines = list(LINES.finditer(row["text"]))
        mentions = []
        for line, found in zip(lines, model.inference([m[0] for m in lines], labels, threshold=given.threshold), strict=True):
            for entity in found:
                span = {"start": line.start() + entity["start"], "end": line.start() + entity["end"]}
                mentions.append(span | {"type": entity["label"], "score": entity["score"]})
        print(json.dumps({"doc_id": row["doc_id"], "layers": ["mentions"], "mentions": mentions}))


if __name__ == "__main__":
    main()
