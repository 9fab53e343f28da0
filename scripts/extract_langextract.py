#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["communique", "langextract[openai]>=1.7.1,<2"]
# [tool.uv.sources]
# communique = { path = ".." }
# ///
"""Mentions by LangExtract and a language model: texts on stdin, predictions on stdout.

    pip install . 'langextract[openai]'
    communique texts | python scripts/extract_langextract.py --model gemini-2.5-flash > predictions.jsonl
    communique texts | python scripts/extract_langextract.py --model M --base-url http://127.0.0.1:8000/v1 > predictions.jsonl

With --base-url an OpenAI-compatible server is asked, its key read from OPENAI_API_KEY; otherwise LangExtract finds the provider
by the model's name, and the key in LANGEXTRACT_API_KEY. The prompt is the ontology's definitions and one invented sentence.
Only the layer mentions is claimed. Where a quote stands LangExtract says; quotes that it finds nowhere, and types that the
ontology does not have, are left out and counted on stderr. Tried with langextract 1.7.1 and a server on loopback.
"""

import argparse
import json
import os
import sys
from collections import Counter

SENTENCE = "On a three-day visit to Ruthia, Norvanian Foreign Minister Ilse Varga met her envoys in Castel on Friday."
QUOTES = [
    ("three-day", "TIME", None), ("Ruthia", "GPE", "NAM"), ("Norvanian", "GPE", "ADJ"), ("Foreign Minister", "TITLE", None),
    ("Ilse Varga", "PER", "NAM"), ("her", "PER", "PRO"), ("envoys", "PER", "NOM"), ("Castel", "GPE", "NAM"),
    ("Friday", "TIME", None),
]  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="the model's name, such as gemini-2.5-flash")
    parser.add_argument("--base-url", help="an OpenAI-compatible server")
    given = parser.parse_args()
    try:
        import langextract as lx

        from communique.ontology import default_ontology
    except ModuleNotFoundError as fault:
        sys.exit(f"extract_langextract.py: {fault}; in a clone of the project: pip install . 'langextract[openai]'")
    ontology = default_ontology()
    kinds = [f"{name}: {definition}" for name, definition in ontology.kinds.items()]
    types = [f"{of.name}: {of.definition} Kinds: {', '.join(of.kinds) or 'none'}." for of in ontology.mentions.values()]
    prompt = "\n".join(["Quote all mentions in their order, word for word.", *types, "The attribute kind:", *kinds])
    example = [lx.data.Extraction(of, text, attributes={"kind": kind} if kind else {}) for text, of, kind in QUOTES]
    asked = {"prompt_description": prompt, "examples": [lx.data.ExampleData(SENTENCE, example)], "show_progress": False}
    if given.base_url:
        server = {"base_url": given.base_url, "api_key": os.environ.get("OPENAI_API_KEY", "none")}
        asked["config"] = lx.factory.ModelConfig(given.model, "OpenAILanguageModel", server)
    left = Counter()
    for row in map(json.loads, filter(str.strip, sys.stdin)):
        try:
            answer = lx.extract(row["text"], **asked, **({} if given.base_url else {"model_id": given.model}))
        except lx.exceptions.LangExtractError as fault:
            sys.exit(f"extract_langextract.py: {row['doc_id']}: {fault}")
        mentions = []
        for quote in answer.extractions:
            place, of_type = quote.char_interval, ontology.mentions.get(quote.extraction_class)
            if place is None or of_type is None:
                left["unknown type" if place else "found nowhere"] += 1
                continue
            kind = (quote.attributes or {}).get("kind")
            found = {"start": place.start_pos, "end": place.end_pos, "type": of_type.name}
            mentions.append(found | ({"kind": kind} if kind in of_type.kinds else {}))
        print(json.dumps({"doc_id": row["doc_id"], "layers": ["mentions"], "mentions": mentions}))
    if left:
        print(f"extract_langextract.py: left out: {', '.join(f'{what} {n}' for what, n in left.items())}", file=sys.stderr)


if __name__ == "__main__":
    main()
