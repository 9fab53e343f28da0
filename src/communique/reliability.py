"""What is published of how the gold came about: how far two passes agree, what floors reach beside them, how near each pass is
to the gold, and for which the adjudicator decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from communique.adjudication.compare import PASSES
from communique.agreement import Layer, agreement
from communique.extractors.protocol import load
from communique.extractors.run import predictions_of, run_function
from communique.model import Annotation, Document, Gold
from communique.ontology import Ontology
from communique.passes import Pass, followed

FLOORS: Final = ("lexicon",)
"""The extractor that applies the guidelines' lists, whatever stands round the words."""


def reliability(
    a: Pass,
    b: Pass,
    gold: Sequence[Annotation],
    log: Sequence[Mapping[str, Any]],
    documents: Mapping[str, Document],
    ontology: Ontology,
) -> dict[str, Any]:
    """``{"guidelines", "passes", "rounds": [{"layers", "floors"}], "gold", "decisions"}``.

    ``layers`` are those of `communique.agreement.Agreement.as_json`. ``floors`` say how far each floor agrees with each pass,
    and ``gold`` how far each pass agrees with the gold, as ``{layer: {figure, "n"}}``; ``decisions`` count the rows of the
    adjudication's ``log``, by layer. Documents that the passes do not hold are left out; without gold for all that they hold,
    ``gold`` is None.

    Raises:
        DataError, ValueError: as `communique.agreement.agreement` does.
    """
    found = agreement(a.annotations, b.annotations, passes=(a.name, b.name), guidelines=followed(a, b), ontology=ontology)
    texts = [documents[doc_id] for doc_id in found.documents]
    golds = [annotation for annotation in gold if annotation.doc_id in found.documents]
    row = found.as_json()
    row["rounds"][0]["floors"] = {floor: _each((a, b), _said(floor, texts, ontology), ontology) for floor in FLOORS}
    row["gold"] = _each((a, b), golds, ontology) if len(golds) == len(texts) else None
    row["decisions"] = decisions(r for r in log if r["doc_id"] in found.documents)
    return row


def decisions(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """How many differences were decided for either pass or otherwise, and how many edits were made, in all and by layer.

    ``rows`` are those of ``adjudication.jsonl``.
    """
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        what = "edits" if row["difference"] is None else row["decision"]
        counts.setdefault(row["layer"], Counter())[what] += 1
    return {**_counted(sum(counts.values(), Counter())), "layers": {layer: _counted(c) for layer, c in sorted(counts.items())}}


def _counted(counts: Mapping[str, int]) -> dict[str, int]:
    decided = {choice: counts.get(choice, 0) for choice in (*PASSES, "other")}
    return {"differences": sum(decided.values()), **decided, "edits": counts.get("edits", 0)}


def _each(passes: Iterable[Pass], others: Sequence[Annotation], ontology: Ontology) -> dict[str, Any]:
    return {
        p.name: {name: _brief(layer) for name, layer in agreement(p.annotations, others, ontology=ontology).layers.items()}
        for p in passes
    }


def _brief(layer: Layer) -> dict[str, Any]:
    return {**layer.figures, "n": layer.n}


def _said(floor: str, documents: Sequence[Document], ontology: Ontology) -> tuple[Annotation, ...]:
    bare = Gold(tuple(documents), tuple(Annotation(d.doc_id) for d in documents), "passes", "0", own=True)
    return predictions_of(run_function(floor, load(floor), documents), bare, ontology=ontology)
