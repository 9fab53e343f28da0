"""Score a system, or an annotator, against a gold corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from communique import __version__
from communique.checks import prediction_incidents, unknown_document
from communique.incident import DataError, Incident
from communique.measures.measure import MEASURES, Measure, parse
from communique.measures.side import Sentences, Side
from communique.measures.tally import Tallies, Tally
from communique.model import LAYERS, Annotation, Gold
from communique.ontology import Ontology, default_ontology
from communique.scorer.official import TOKEN_LIMIT, verify
from communique.scorer.result import Result, summed
from communique.scorer.scores import Scores, few
from communique.scorer.signature import signature


def score(
    gold: Gold,
    pred: Iterable[Annotation],
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
    document of another split of the same corpus is left out with a note, and a note names the layers that are claimed but that
    no measure scores. A measure whose layer one side does not claim has no figures but a reason. ``ontology`` gives classes,
    symmetric relations and types without kinds; by default the packaged one.

    Raises:
        DataError: missing, unknown or repeated documents; layers that differ between documents; spans outside the text,
            annotations of another text, and ids that are given twice or name nothing, in the gold or a prediction.
        ValueError: an unknown measure or option.
        RuntimeError: if seqeval's figures and ours differ.
    """
    if missing not in ("error", "empty"):
        raise ValueError(f'missing is "error" or "empty", not {missing!r}')
    if isinstance(measures, str):
        raise ValueError(f"measures is a list: pass [{measures!r}]")
    ontology = ontology or default_ontology()
    chosen = list(dict.fromkeys(MEASURES if measures is None else [parse(str(m)) for m in measures]))
    preds, notes = _align(gold, tuple(pred), missing)
    versions = {"communique": __version__, "data": gold.version, "ontology": ontology.version}
    unscored = {m: reason for m in chosen if (reason := _unscorable(m, gold.annotations, preds))}
    tallies = _tallies([m for m in chosen if m not in unscored], gold, preds, ontology)
    results: dict[str, Result] = {}
    for measure in chosen:
        name = str(measure)
        signed = signature(name, split=gold.split, documents=len(gold.documents), missing=missing, versions=versions)
        if measure in unscored:
            results[name] = Result(name, signed, Tally(), unscored=unscored[measure])
            continue
        result = summed(name, signed, tallies[measure])
        known = set(MEASURES[measure].labels(ontology))
        results[name] = replace(result, foreign=tuple(label for label in result.labels if label not in known))
    if len(unscored) == len(chosen):
        notes.append("Nothing could be scored: every measure lacks what it needs, as its reason says.")
    tokens = sum(len(d.tokens) for d in gold.documents)
    if seqeval and tokens > TOKEN_LIMIT:
        notes.append(f"seqeval was not run: {tokens:,} tokens are more than {TOKEN_LIMIT:,}.")
    elif seqeval:
        results = {str(m): _verified(m, results[str(m)], gold, preds, ontology) for m in chosen}
        if any(r.seqeval for r in results.values()):
            from importlib.metadata import version

            versions["seqeval"] = version("seqeval")
    return Scores(system, gold.split, versions, results, tuple(d.doc_id for d in gold.documents), tuple(notes))


def _align(gold: Gold, pred: Sequence[Annotation], missing: str) -> tuple[list[Annotation], list[str]]:
    """One prediction per gold document, in its order, and notes on what was left out."""
    ids = [d.doc_id for d in gold.documents]
    known = set(ids)
    here = {a.doc_id: a for a in pred if a.doc_id in known}
    elsewhere = {a.doc_id for a in pred}.intersection(gold.elsewhere)
    incidents = []
    for doc_id, count in Counter(a.doc_id for a in pred).items():
        if doc_id not in here and doc_id not in elsewhere:
            incidents.append(unknown_document(doc_id, doc_id, ids))
        if count > 1:
            hint = "keep one prediction per document"
            incidents.append(Incident("duplicate-document", doc_id, f"there are {count} predictions of this document", hint))
    incidents += _damages(gold, here.values())
    claims = Counter(tuple(layer for layer in LAYERS if layer in a.layers) for a in here.values())
    if len(claims) > 1:
        message = "documents claim different layers: " + "; ".join(f"{', '.join(c) or 'none'} ({n})" for c, n in claims.items())
        incidents.append(Incident("layers-differ", "predictions", message, "claim the same layers for every document"))
    absent = [doc_id for doc_id in ids if doc_id not in here]
    if absent and missing == "error":
        verb = "has" if len(absent) == 1 else "have"
        message = f"{len(absent)} of {len(ids)} gold documents {verb} no prediction: {few(absent)}"
        hint = f'pass missing="empty" (--missing empty) to count {"it" if len(absent) == 1 else "them"} as empty'
        incidents.append(Incident("missing-document", "predictions", message, hint))
    if incidents:
        raise DataError(incidents)
    layers = next(iter(claims), LAYERS)
    notes = []
    if elsewhere:
        notes.append(f"Left out, for they are of another split than {gold.split}: {', '.join(sorted(elsewhere))}.")
    if absent:
        notes.append(f"Counted as empty, for they have no prediction: {', '.join(absent)}.")
    scored = {definition.layer for definition in MEASURES.values()}
    if claims and (idle := [layer for layer in layers if layer not in scored]):
        notes.append(f"Claimed, but no measure here scores: {', '.join(idle)}.")
    return [here[doc_id] if doc_id in here else Annotation(doc_id, layers) for doc_id in ids], notes


def _damages(gold: Gold, preds: Iterable[Annotation]) -> Iterator[Incident]:
    """What keeps annotations from being compared, whether they were read from a file or made by a program."""
    documents = {d.doc_id: d for d in gold.documents}
    for a in gold.annotations:
        for i in prediction_incidents(documents[a.doc_id], a, None):
            yield replace(i, place=f"gold: {i.place}")
    for a in preds:
        yield from prediction_incidents(documents[a.doc_id], a, None)


def _tallies(
    measures: Sequence[Measure], gold: Gold, preds: Sequence[Annotation], ontology: Ontology
) -> dict[Measure, dict[str, Tallies]]:
    """Every document's tallies, by measure."""
    tallies: dict[Measure, dict[str, Tallies]] = {m: {} for m in measures}
    for document, annotation, pred in zip(gold.documents, gold.annotations, preds, strict=True):
        sentences = Sentences(document)
        sides = Side(sentences, annotation, ontology), Side(sentences, pred, ontology)
        for measure in measures:
            tallies[measure][document.doc_id] = MEASURES[measure].compare(*sides)
    return tallies


def _unscorable(measure: Measure, golds: Sequence[Annotation], preds: Sequence[Annotation]) -> str | None:
    layer = MEASURES[measure].layer
    for side, given in (("gold", golds), ("prediction", preds)):
        if not all(layer in a.layers for a in given):
            return f"the {side} does not claim the layer {layer}"
        if measure.name == "Realis" and any(a.events for a in given) and not any(e.realis for a in given for e in a.events):
            return f"no event of the {side} has a realis"
    return None


def _verified(measure: Measure, result: Result, gold: Gold, preds: Sequence[Annotation], ontology: Ontology) -> Result:
    items = MEASURES[measure].spans
    if items is None or result.f1 is None:
        return result
    golds = [items(a, ontology) for a in gold.annotations]
    return replace(result, seqeval=verify(gold.documents, golds, [items(a, ontology) for a in preds], result))
