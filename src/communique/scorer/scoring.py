"""Score a system, or an annotator, against a gold corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from communique import __version__
from communique.incident import DataError, Incident
from communique.measures.measure import MEASURES, Measure, parse
from communique.measures.tally import Tallies, by_label, total
from communique.model import LAYERS, Annotation, Gold
from communique.ontology import Ontology, default_ontology
from communique.scorer.official import TOKEN_LIMIT, verify
from communique.scorer.result import Result, Scores


def score(
    gold: Gold,
    pred: Sequence[Annotation],
    *,
    system: str = "unnamed",
    measures: Sequence[Measure | str] | None = None,
    missing: Literal["error", "empty"] = "error",
    seqeval: bool = True,
    ontology: Ontology | None = None,
) -> Scores:
    """Score predictions, one per gold document, in any order.

    ``measures``: all of them if None. ``missing="empty"`` counts a gold document without a prediction as one in which nothing
    was found, and enters the signature. ``seqeval`` runs seqeval too on the measures it defines, up to a million tokens. A
    document of another split of the same corpus is left out with a note. A measure whose layer one side does not claim has no
    figures but a reason. ``ontology`` gives classes, symmetric relations and types without kinds; by default the packaged one.

    Raises:
        DataError: missing, unknown or repeated documents; predictions for another text; layers that differ between documents.
        ValueError: an unknown measure or option.
        RuntimeError: if seqeval's counts and ours differ.
    """
    if missing not in ("error", "empty"):
        raise ValueError(f'missing is "error" or "empty", not {missing!r}')
    if isinstance(measures, str):
        raise ValueError(f"measures is a list: pass [{measures!r}]")
    ontology = ontology or default_ontology()
    chosen = dict.fromkeys(MEASURES if measures is None else [parse(str(m)) for m in measures])
    preds, notes = _align(gold, pred, missing)
    versions = {"communique": __version__, "data": gold.version, "ontology": ontology.version}
    results: dict[str, Result] = {}
    for measure in chosen:
        signature = (
            f"{measure}|match:exact|split:{gold.split}|docs:{len(gold.documents)}|missing:{missing}|ci:none"
            f"|data:{gold.version}|v:{__version__}"
        )
        results[str(measure)] = _result(measure, signature, gold, preds, ontology)
    tokens = sum(len(d.tokens) for d in gold.documents)
    if seqeval and tokens > TOKEN_LIMIT:
        notes.append(f"seqeval was not run: {tokens:,} tokens are more than {TOKEN_LIMIT:,}.")
    elif seqeval:
        results = {name: _verified(m, results[name], gold, preds, ontology) for m in chosen for name in (str(m),)}
        if any(r.seqeval for r in results.values()):
            from importlib.metadata import version

            versions["seqeval"] = version("seqeval")
    return Scores(system, gold.split, versions, results, tuple(d.doc_id for d in gold.documents), tuple(notes))


def _align(gold: Gold, pred: Sequence[Annotation], missing: str) -> tuple[list[Annotation], list[str]]:
    """One prediction per gold document, in its order, and notes on what was left out."""
    elsewhere = set(gold.elsewhere)
    ids = [d.doc_id for d in gold.documents]
    texts = {d.doc_id: d.text_sha256 for d in gold.documents}
    here = {a.doc_id: a for a in pred if a.doc_id in texts}
    incidents = []
    for doc_id, count in Counter(a.doc_id for a in pred).items():
        if doc_id not in texts and doc_id not in elsewhere:
            known = ", ".join(ids[:10]) + (", …" if len(ids) > 10 else "")
            hint = f"predict the documents of {gold.split}: {known}"
            incidents.append(Incident("unknown-document", doc_id, f"the corpus has no document {doc_id!r}", hint))
        if count > 1:
            hint = "keep one prediction per document"
            incidents.append(Incident("repeated-document", doc_id, f"there are {count} predictions of this document", hint))
    for a in here.values():
        if a.text_sha256 is not None and a.text_sha256 != texts[a.doc_id]:
            message = f"the prediction is for the text {a.text_sha256[:12]}…, the gold has {texts[a.doc_id][:12]}…"
            incidents.append(Incident("other-text", a.doc_id, message, "run the extractor on the text of this release"))
    claims = Counter(tuple(layer for layer in LAYERS if layer in a.layers) for a in here.values())
    if len(claims) > 1:
        message = "documents claim different layers: " + "; ".join(f"{', '.join(c) or 'none'} ({n})" for c, n in claims.items())
        incidents.append(Incident("layers-differ", "predictions", message, "claim the same layers for every document"))
    absent = [doc_id for doc_id in ids if doc_id not in here]
    if absent and missing == "error":
        verb = "has" if len(absent) == 1 else "have"
        message = f"{len(absent)} of {len(ids)} gold documents {verb} no prediction: {', '.join(absent)}"
        hint = f'pass missing="empty" (--missing empty) to count {"it" if len(absent) == 1 else "them"} as empty'
        incidents.append(Incident("missing-document", "predictions", message, hint))
    if incidents:
        raise DataError(incidents)
    layers = next(iter(claims), LAYERS)
    notes = []
    if left := sorted(elsewhere & {a.doc_id for a in pred}):
        notes.append(f"Left out, for they are of another split than {gold.split}: {', '.join(left)}.")
    if absent:
        notes.append(f"Counted as empty, for they have no prediction: {', '.join(absent)}.")
    return [here[doc_id] if doc_id in here else Annotation(doc_id, layers) for doc_id in ids], notes


def _result(measure: Measure, signature: str, gold: Gold, preds: Sequence[Annotation], ontology: Ontology) -> Result:
    definition = MEASURES[measure]
    if reason := _unscorable(measure, gold.annotations, preds):
        return Result(str(measure), signature, total(()), unscored=reason)
    tallies: dict[str, Tallies] = {
        document.doc_id: definition.tally(document, annotation, pred, ontology)
        for document, annotation, pred in zip(gold.documents, gold.annotations, preds, strict=True)
    }
    result = summed(str(measure), signature, tallies)
    known = set(definition.labels(ontology))
    return replace(result, foreign=tuple(label for label in result.labels if label not in known))


def summed(measure: str, signature: str, tallies: Mapping[str, Tallies]) -> Result:
    """A result from its documents' tallies."""
    labels = by_label(item for document in tallies.values() for item in document.items())
    return Result(measure, signature, total(labels.values()), labels, tallies)


def _unscorable(measure: Measure, golds: Sequence[Annotation], preds: Sequence[Annotation]) -> str | None:
    layer = MEASURES[measure].layer
    for side, given in (("gold", golds), ("prediction", preds)):
        if not all(layer in a.layers for a in given):
            return f"the {side} does not claim the layer {layer}"
        realis = [e.realis for a in given for e in a.events]
        if measure.name == "Realis" and realis and not any(realis):
            return f"no event of the {side} has a realis"
    return None


def _verified(measure: Measure, result: Result, gold: Gold, preds: Sequence[Annotation], ontology: Ontology) -> Result:
    items = MEASURES[measure].spans
    if items is None or result.f1 is None:
        return result
    golds = [items(a, ontology) for a in gold.annotations]
    return replace(result, seqeval=verify(gold.documents, golds, [items(a, ontology) for a in preds], result))
