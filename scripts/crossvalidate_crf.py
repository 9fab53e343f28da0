#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["communique", "python-crfsuite>=0.9.11"]
# [tool.uv.sources]
# communique = { path = ".." }
# ///
"""Mentions and triggers by conditional random fields, cross-validated by leaving one story out: predictions on stdout.

    python scripts/crossvalidate_crf.py > predictions.jsonl
    communique score predictions.jsonl --split test

For each story of the installed corpus, two taggers learn from the gold of all documents of the other stories, whatever their
split, and tag the story's own. None sees gold of a story that it tags, as articles on one event share names and phrases. Still
they see gold that other systems have not seen, and `communique benchmark` cannot run them on a text: their figures stand in a
table of their own. They show what so little gold of other stories is worth without lists and without a pretrained model.

One tagger gives a mention's type and, where the type has kinds, its kind (B-GPE.NAM), the other an event's type (B-CONSULT).
An I- tag that continues nothing is part of nothing, as in seqeval's strict mode. stderr counts these.

Nothing is tuned: attributes and settings were fixed before a score was seen. Settings are CRFsuite's defaults: L-BFGS until it
converges, c1 = 0 (no L1), c2 = 1 (L2), every attribute and transition that occurs. Attributes are those of the literature on
names that need no resource (Ratnaparkhi 1996; Tjong Kim Sang and De Meulder 2003; Ratinov and Roth 2009): word, lower case,
shape, capital and digit of the token and of two on either side in its sentence, and its own prefixes and suffixes of one to
four characters. No gazetteer, no word list, no part of speech.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from itertools import groupby
from typing import Final

from communique import load, splits
from communique.io.bio import Token, entities
from communique.io.jsonl_writer import dumps
from communique.model import Annotation, Document, Event, Mention, Span

SETTINGS: Final = {"c1": 0.0, "c2": 1.0, "feature.minfreq": 0, "feature.possible_transitions": False}
Corpus = Sequence[tuple[Document, Annotation]]
Labelled = tuple[Span, str]
Tagger = Callable[[Sequence[Sequence[str]]], list[str]]


def shape(word: str) -> str:
    """Capitals, other letters and digits as X, x and d, a run of one sign as one: Xx for "Ann", X.X. for "U.S."."""
    signs = ("X" if c.isupper() else "x" if c.isalpha() else "d" if c.isdigit() else c for c in word)
    return "".join(sign for sign, _ in groupby(signs))


def attributes(words: Sequence[str]) -> list[list[str]]:
    """What the taggers see of each word of a sentence."""
    found = []
    for place, word in enumerate(words):
        seen = ["bias"]
        for offset in range(-2, 3):
            if 0 <= place + offset < len(words):
                near = words[place + offset]
                seen += [f"{offset}:word={near}", f"{offset}:lower={near.lower()}", f"{offset}:shape={shape(near)}"]
                seen += [f"{offset}:capital={near[0].isupper()}", f"{offset}:digit={any(map(str.isdigit, near))}"]
            else:
                seen.append(f"{offset}:outside")
        for length in range(1, min(4, len(word)) + 1):
            seen += [f"prefix={word[:length].lower()}", f"suffix={word[-length:].lower()}"]
        found.append(seen)
    return found


def sentences(document: Document) -> list[list[Span]]:
    """The tokens of each sentence."""
    return [[token for token in document.tokens if sentence.contains(token)] for sentence in document.sentences]


def iob2(token: Span, items: Sequence[Labelled]) -> str:
    """The tag of a token; the gold's items of a layer do not overlap."""
    return next((f"{'B' if span.start == token.start else 'I'}-{label}" for span, label in items if span.contains(token)), "O")


def learn(gold: Sequence[tuple[Document, Sequence[Labelled]]], iterations: int | None) -> Tagger:
    """A model of documents with their items; ``iterations`` None: until training converges."""
    import pycrfsuite

    limit = {} if iterations is None else {"max_iterations": iterations}
    trainer = pycrfsuite.Trainer("lbfgs", SETTINGS | limit, verbose=False)
    for document, items in gold:
        for tokens in sentences(document):
            trainer.append(attributes([t.of(document.text) for t in tokens]), [iob2(t, items) for t in tokens])
    tagger = pycrfsuite.Tagger()
    with tempfile.TemporaryDirectory() as folder:
        trainer.train(f"{folder}/model")
        tagger.open(f"{folder}/model")  # not open_inmemory, which in 0.9.12 keeps no hold of the bytes
    return tagger.tag


def tag(document: Document, tagger: Tagger) -> tuple[list[Labelled], int]:
    """The items that a model finds in a document, and how many I- tags continue none."""
    found, strays = [], 0
    for tokens in sentences(document):
        words = [token.of(document.text) for token in tokens]
        tags = tagger(attributes(words))
        here, stray = entities(map(Token, range(len(words)), words, tags))
        found += [(Span(tokens[e.first].start, tokens[e.last].end), e.label) for e in here]
        strays += len(stray)
    return found, strays


def crossvalidate(gold: Corpus, iterations: int | None = None) -> Iterator[tuple[list[str], list[Annotation], int]]:
    """For each story, the ids of the documents learnt from, the predictions for its own, and the number of stray I- tags."""
    if len(stories := dict.fromkeys(document.story for document, _ in gold)) < 2:
        raise ValueError("there is one story, and none to learn from")
    for story in stories:
        others = [(d, a) for d, a in gold if d.story != story]
        named = [(d, [(m.span, f"{m.type}.{m.kind}" if m.kind else m.type) for m in a.mentions]) for d, a in others]
        happened = [(d, [(e.span, e.type) for e in a.events]) for d, a in others]
        models = learn(named, iterations), learn(happened, iterations)
        found, strays = [], 0
        for document in (d for d, _ in gold if d.story == story):
            (labels, stray), (triggers, more) = (tag(document, model) for model in models)
            typed = enumerate(((span, *label.split(".")) for span, label in labels), 1)
            mentions = tuple(Mention(f"m{n}", span, type_, *kind) for n, (span, type_, *kind) in typed)
            events = tuple(Event(f"v{n}", span, label) for n, (span, label) in enumerate(triggers, 1))
            of = {"doc_id": document.doc_id, "text_sha256": document.text_sha256}
            found.append(Annotation(**of, layers=("mentions", "events"), mentions=mentions, events=events))
            strays += stray + more
        yield [d.doc_id for d, _ in others], found, strays


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--iterations", type=int, metavar="N", help="stop training after N, for a quick look")
    iterations = parser.parse_args().iterations
    if iterations is not None and iterations < 1:
        parser.error(f"--iterations is at least 1, not {iterations}")
    if not find_spec("pycrfsuite"):
        sys.exit("crossvalidate_crf.py: python-crfsuite is not installed; in a clone of the project: pip install '.[crf]'")
    pairs = (pair for gold in map(load, splits()) for pair in zip(gold.documents, gold.annotations, strict=True))
    rows = []
    for learnt, found, strays in crossvalidate(sorted(pairs, key=lambda pair: pair[0].doc_id), iterations):
        print(*(a.doc_id for a in found), "by models of", *learnt, f"({strays} stray I- tags)", file=sys.stderr)
        rows += found
    print(dumps(sorted(rows, key=lambda a: a.doc_id)), end="")


if __name__ == "__main__":
    main()
