#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["communique", "gliner2[local]>=2.1,<3"]
# [tool.uv.sources]
# communique = { path = ".." }
# ///
"""Mentions and relations by a GLiNER2 model, which is asked for the ontology's: texts on stdin, predictions on stdout.

    pip install . 'gliner2[local]'
    communique texts | python scripts/extract_gliner2.py --model fastino/gliner2-base-v1 > predictions.jsonl

The model is a folder or a name on the Hugging Face hub; models have licences of their own. Types are asked for by name with
their definitions in the ontology, relations by name; --label gives other names (--label PER=person). The layers mentions and
relations are claimed. GLiNER2 says nothing of kinds, and a mention without one counts as named. A relation is left out, and
counted on stderr, if an end of it is no mention that was found or of a type that the ontology does not admit. Tried with
gliner2 2.1.0, torch 2.13.0 and a small model that learnt two sentences (tests/formats/gliner2).
"""

import argparse
import json
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a folder, or a name on the Hugging Face hub")
    parser.add_argument("--label", action="append", default=[], metavar="TYPE=NAME", help="ask for it by this name")
    parser.add_argument("--threshold", type=float, default=0.5, help="least confidence (default: %(default)s)")
    given = parser.parse_args()
    if wrong := [label for label in given.label if "=" not in label]:
        parser.error(f"--label {wrong[0]}: give TYPE=NAME, such as PER=person")
    try:
        from gliner2 import GLiNER2

        from communique.ontology import default_ontology
    except ModuleNotFoundError as fault:
        sys.exit(f"extract_gliner2.py: {fault}; in a clone of the project: pip install . 'gliner2[local]'")
    names, ontology = dict(label.split("=", 1) for label in given.label), default_ontology()
    types = {names.get(x, x): of for x, of in ontology.mentions.items()}
    relations = {names.get(x, x): of for x, of in ontology.relations.items()}
    try:
        model = GLiNER2.from_pretrained(given.model)
    except (OSError, ValueError) as fault:
        sys.exit(f"extract_gliner2.py: {fault}")
    schema = model.create_schema().entities({name: of.definition for name, of in types.items()}).relations(list(relations))
    left = 0
    for row in map(json.loads, filter(str.strip, sys.stdin)):
        found = model.extract_long(row["text"], schema, given.threshold, include_confidence=True, include_spans=True)
        mentions, joined = {}, []
        spans = [(span, types[name].name) for name, entities in found["entities"].items() for span in entities]
        for span, of_type in sorted(spans, key=lambda found: -found[0]["confidence"]):  # of two types for a span the likelier
            place = {"id": f"m{len(mentions)}", "start": span["start"], "end": span["end"], "type": of_type}
            mentions.setdefault((span["start"], span["end"]), place | {"score": span["confidence"]})
        for name, pairs in found["relation_extraction"].items():
            for pair in pairs:
                head, tail = (mentions.get((pair[end]["start"], pair[end]["end"])) for end in ("head", "tail"))
                of = relations[name]
                if head and tail and head != tail and head["type"] in of.head and tail["type"] in of.tail:
                    joined.append({"type": of.name, "head": head["id"], "tail": tail["id"]})
                else:
                    left += 1
        print(json.dumps({"doc_id": row["doc_id"], "mentions": list(mentions.values()), "relations": joined}))
    if left:
        print(f"extract_gliner2.py: left out {left} relations", file=sys.stderr)


if __name__ == "__main__":
    main()
