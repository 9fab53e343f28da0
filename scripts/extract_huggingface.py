#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["torch>=2.4", "transformers>=4.43,<6"]
# ///
"""Mentions by a token-classification model of transformers: texts on stdin, predictions on stdout.

    pip install torch transformers
    communique texts | python scripts/extract_huggingface.py --model dslim/bert-base-NER > predictions.jsonl

The model is a folder or a name on the Hugging Face hub, its labels those of CoNLL-2003, of OntoNotes or of the ontology, with
or without B- and I-. Only the layer mentions is claimed. Labels become:

    PER, PERSON     PER  NAM      LOC, FAC      LOC  NAM      EVENT, EVT    EVT  NAM
    GPE             GPE  NAM      ORG           ORG  NAM      PRODUCT, OBJ  OBJ  NAM
    NORP            GPE  ADJ      DATE, TIME    TIME          TITLE         TITLE

Others are left out and counted on stderr. LOC of CoNLL-2003 holds countries and cities too, which the ontology calls GPE.
Long texts are read in windows that overlap, which needs a fast tokenizer. Spans are the pipeline's, without white space at
their ends. Tried with transformers 5.23.0, torch 2.13.0 and a small BERT that learnt two sentences (tests/formats/huggingface).
"""

import argparse
import json
import sys
from collections import Counter

MAP = {
    "PER": ("PER", "NAM"), "PERSON": ("PER", "NAM"), "GPE": ("GPE", "NAM"), "NORP": ("GPE", "ADJ"), "LOC": ("LOC", "NAM"),
    "FAC": ("LOC", "NAM"), "ORG": ("ORG", "NAM"), "EVENT": ("EVT", "NAM"), "EVT": ("EVT", "NAM"), "PRODUCT": ("OBJ", "NAM"),
    "OBJ": ("OBJ", "NAM"), "DATE": ("TIME", None), "TIME": ("TIME", None), "TITLE": ("TITLE", None),
}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a folder, or a name on the Hugging Face hub")
    join = {"default": "simple", "choices": ["simple", "first", "average", "max"]}
    parser.add_argument("--aggregation", help="how word pieces are joined (default: %(default)s)", **join)
    given = parser.parse_args()
    try:
        from transformers import pipeline
    except ModuleNotFoundError:
        sys.exit("extract_huggingface.py: transformers is not installed: pip install torch transformers")
    try:
        tagger = pipeline("token-classification", given.model, aggregation_strategy=given.aggregation)
    except (OSError, ValueError, ImportError) as fault:
        sys.exit(f"extract_huggingface.py: {fault}")
    # Many a tokenizer does not say how long a text its model can read; RoBERTa has two positions that hold no piece.
    longest = min(tagger.tokenizer.model_max_length, getattr(tagger.model.config, "max_position_embeddings", 514) - 2)
    tagger.tokenizer.model_max_length = longest
    others = Counter()
    for row in map(json.loads, filter(str.strip, sys.stdin)):
        mentions = []
        for span in tagger(row["text"], stride=longest // 8) if row["text"].strip() else ():
            of_type, kind = MAP.get(span["entity_group"].upper(), (None, None))
            words = row["text"][span["start"] : span["end"]]
            if of_type and words.strip():
                start = span["start"] + len(words) - len(words.lstrip())
                found = {"start": start, "end": start + len(words.strip()), "type": of_type, "score": float(span["score"])}
                mentions.append(found | ({"kind": kind} if kind else {}) | {"meta": {"label": span["entity_group"]}})
            else:
                others[span["entity_group"]] += 1
        print(json.dumps({"doc_id": row["doc_id"], "layers": ["mentions"], "mentions": mentions}))
    if others:
        print(f"extract_huggingface.py: left out: {', '.join(f'{label} {n}' for label, n in others.items())}", file=sys.stderr)


if __name__ == "__main__":
    main()
