"""A worked example for the prompt: a few sentences of the ``validation`` document with their gold, and of no other document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from communique import corpus
from communique.checks.labels import labels
from communique.io.quotes import dump_quotes
from communique.model import Document
from communique.ontology import Ontology

SPLIT: Final = "validation"
_SENTENCES: Final = 6


@dataclass(frozen=True, slots=True)
class Example:
    """``sentences``, and their gold as a row with quotes, whose sentence numbers count these sentences from 1."""

    sentences: tuple[str, ...]
    row: Mapping[str, Any]

    def shown_in(self, documents: Iterable[Document]) -> list[str]:
        """The ids of the documents that hold one of the sentences word for word: no score of theirs would mean anything."""
        return [d.doc_id for d in documents if any(sentence in d.text for sentence in self.sentences)]


def example(ontology: Ontology) -> Example | None:
    """The sentences of the ``validation`` split's first document that show the most labels between them, six at most.

    None if there is no such split, or if its gold has labels that the ontology does not know.
    """
    if SPLIT not in corpus.splits():
        return None
    gold = corpus.load(SPLIT)
    if any(fault for a in gold.annotations for fault in labels(a, ontology)):
        return None
    document = gold.documents[0]
    row = json.loads(dump_quotes(gold.annotations[:1], {document.doc_id: document}))
    numbers = _most_telling(row, len(document.sentences))
    sentences = tuple(document.sentences[n - 1].of(document.text) for n in numbers)
    return Example(sentences, _of_sentences(row, {n: at for at, n in enumerate(numbers, 1)}))


def _most_telling(row: Mapping[str, Any], count: int) -> list[int]:
    """Numbers of sentences, chosen one after the other by how many labels each adds; the earlier one where that is equal."""
    adds = {n: _labels(_of_sentences(row, {n: n})) for n in range(1, count + 1)}
    seen: set[str] = set()
    chosen: list[int] = []
    while len(chosen) < min(_SENTENCES, count):
        best = max(adds.keys() - chosen, key=lambda n: (len(adds[n] - seen), -n))
        seen |= adds[best]
        chosen.append(best)
    return sorted(chosen)


def _labels(row: Mapping[str, Any]) -> set[str]:
    items = [item for layer in ("mentions", "events", "relations", "event_relations") for item in row[layer]]
    items += [{"role": argument["role"]} for event in row["events"] for argument in event["arguments"]]
    keys = ("type", "kind", "realis", "polarity", "role")
    return {f"{key}={item[key]}" for item in items for key in keys if key in item}


def _of_sentences(row: Mapping[str, Any], numbers: Mapping[int, int]) -> dict[str, Any]:
    """What of a row lies in these sentences, under their new numbers: clusters with what is left of them."""
    mentions = _renumbered(row["mentions"], numbers)
    events = _renumbered(row["events"], numbers)
    here = {item["id"] for item in (*mentions, *events)}
    for event in events:
        event["arguments"] = [a for a in event["arguments"] if a["mention"] in here]
    relations = [
        {**r, "evidence": _renumbered(r.get("evidence", []), numbers)} if "evidence" in r else r
        for layer in ("relations", "event_relations") for r in row[layer] if {r["head"], r["tail"]} <= here
    ]
    return {
        "mentions": mentions,
        "entities": _clusters(row["entities"], "mentions", here),
        "events": events,
        "instances": _clusters(row["instances"], "events", here),
        "relations": [r for r in relations if "evidence" not in r],
        "event_relations": [r for r in relations if "evidence" in r],
    }


def _renumbered(items: Iterable[Mapping[str, Any]], numbers: Mapping[int, int]) -> list[dict[str, Any]]:
    return [{**item, "sentence": numbers[item["sentence"]]} for item in items if item.get("sentence") in numbers]


def _clusters(clusters: Sequence[Mapping[str, Any]], key: str, here: set[str]) -> list[dict[str, Any]]:
    kept = ({**cluster, key: [id_ for id_ in cluster[key] if id_ in here]} for cluster in clusters)
    return [cluster for cluster in kept if cluster[key]]
