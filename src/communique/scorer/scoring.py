"""Score a system, or an annotator, against a gold corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from typing import Literal

from communique import __version__
from communique.checks import gold_incidents, prediction_incidents, unknown_document
from communique.checks.places import spans
from communique.errors import KINDS
from communique.errors import errors as errors_of
from communique.incident import DataError, Incident
from communique.measures.measure import MEASURES, Measure, definition, parse
from communique.measures.side import Sentences, Side
from communique.measures.tally import Tally
from communique.model import LAYERS, STATUSES, Annotation, Gold
from communique.ontology import Ontology, nearest, scoring_ontology
from communique.scorer.intervals import method_of, with_intervals
from communique.scorer.occurrence import anywhere, unscorable
from communique.scorer.official import TOKEN_LIMIT, verify
from communique.scorer.result import Result, summed
from communique.scorer.scores import EMPTY, Scores
from communique.scorer.signature import signature
from communique.wording import first_ten


def score(
    gold: Gold,
    pred: Iterable[Annotation],
    *,
    system: str = "unnamed",
    measures: Sequence[Measure | str] | None = None,
    missing: Literal["error", "empty"] = "error",
    macro: Literal["ontology", "union"] = "ontology",
    occurrence: Literal["given", "any"] = "given",
    seqeval: bool = True,
    intervals: bool = True,
    errors: bool = True,
    ontology: Ontology | None = None,
) -> Scores:
    """Score predictions, one per gold document, in any order.

    ``measures``: if None, those of the table whose layers the gold claims; `communique measures` lists more.
    ``missing="empty"`` counts a gold document without a prediction as one in which nothing was found, and enters the
    signature; so does ``macro``, the labels that `Result.macro` averages over, and ``occurrence="any"``, which asks for the
    words and not for their place (`communique.scorer.occurrence`). ``seqeval`` runs seqeval too on the measures it defines, up
    to a million tokens. ``intervals`` and ``errors`` say whether to work those out. A document of another split of
    the same corpus is left out with a note. A measure whose layer one side does not claim has no figures but a reason.
    ``ontology`` gives classes, symmetric relations and types without kinds or clusters; by default the packaged one, and none
    for a gold of one's own (`Gold.own`), whose labels are taken as they occur.

    Raises:
        DataError: missing, unknown or repeated documents; layers that differ between documents; spans outside the text,
            annotations of another text, and ids that are given twice or name nothing, in the gold or a prediction.
        ValueError: an unknown measure or option.
        RuntimeError: if seqeval's figures and ours differ.
    """
    if missing not in ("error", "empty"):
        raise ValueError(f'missing is "error" or "empty", not {missing!r}')
    if macro not in ("ontology", "union"):
        raise ValueError(f'macro is "ontology" or "union", not {macro!r}')
    if occurrence not in ("given", "any"):
        raise ValueError(f'occurrence is "given" or "any", not {occurrence!r}')
    if isinstance(measures, str):
        raise ValueError(f"measures is a list: pass [{measures!r}]")
    ontology, by_gold = scoring_ontology(ontology, own=gold.own), ontology is None and gold.own
    chosen = _chosen(measures, gold)
    for measure in chosen:
        _types_known(measure, ontology)
    preds, notes = _align(gold, tuple(pred), missing)
    if measures is None and len(chosen) < len(MEASURES):
        idle = [layer for layer in LAYERS if not all(layer in a.layers for a in gold.annotations)]
        notes.append(f"Measures that need more layers than the gold claims are left out; it lacks {', '.join(idle)}.")
    modes = _modes(gold, preds, occurrence)
    if modes.get("align"):
        notes.append(_placed(preds))
    if occurrence == "any":
        gold, preds = anywhere(gold, preds)
    versions = {"communique": __version__, "data": gold.version, "ontology": ontology.identity}
    averages = "gold" if by_gold and macro == "ontology" else macro
    signed = partial(
        signature,
        split=gold.split,
        documents=len(gold.documents),
        missing=missing,
        macro=averages,
        intervals=method_of(len(gold.documents)) if intervals else "none",
        versions=versions,
        modes=modes,
    )
    sides = _sides(gold, preds, ontology)
    results: dict[str, Result] = {}
    for measure in chosen:
        reason = _unscorable(measure, gold.annotations, preds, ontology)
        if reason := reason or (unscorable(measure) if occurrence == "any" else None):
            results[str(measure)] = Result(str(measure), signed(measure), Tally(), unscored=reason)
            continue
        compare = definition(measure).compare
        tallies = {document.doc_id: compare(*two) for document, two in zip(gold.documents, sides, strict=True)}
        result = summed(str(measure), signed(measure), tallies)
        results[str(measure)] = replace(result, foreign=_foreign(measure, result, averages, ontology))
    if all(result.unscored for result in results.values()):
        notes.append("Nothing could be scored: every measure lacks what it needs, as its reason says.")
    if intervals:
        results = with_intervals(results, [len(d.sentences) for d in gold.documents])
    tokens = sum(len(d.tokens) for d in gold.documents)
    if seqeval and tokens > TOKEN_LIMIT:
        notes.append(f"seqeval was not run: {tokens:,} tokens are more than {TOKEN_LIMIT:,}.")
    elif seqeval:
        results = {str(m): _verified(m, results[str(m)], gold, preds, ontology) for m in chosen}
        if any(r.seqeval for r in results.values()):
            versions["seqeval"] = version("seqeval")
    named = [name for name in KINDS if errors and name in results and not results[name].unscored]
    stories = {d.story for d in gold.documents}
    return Scores(
        system=system,
        split=gold.split,
        versions=versions,
        results=results,
        documents=tuple(d.doc_id for d in gold.documents),
        notes=tuple(notes),
        stories=None if None in stories else len(stories),
        sentences={d.doc_id: len(d.sentences) for d in gold.documents},
        errors={name: tuple(error for two in sides for error in errors_of(name, *two)) for name in named},
    )


def _modes(gold: Gold, preds: Iterable[Annotation], occurrence: str) -> dict[str, str]:
    """What of the ordinary way is left, for the signature."""
    modes = {"align": "quotes"} if any(span.quote for a in preds for *_, span in spans(a)) else {}
    if occurrence == "any":
        modes["occ"] = "any"
    return modes | ({"only": gold.only} if gold.only else {})


def _placed(preds: Iterable[Annotation]) -> str:
    """How the quotes of predictions were placed."""
    statuses = Counter(span.quote.status for a in preds for *_, span in spans(a) if span.quote)
    lost = "; what is unaligned counts as spurious" if statuses["unaligned"] else ""
    return f"Quotes in place of offsets: {', '.join(f'{statuses[s]} {s}' for s in STATUSES if statuses[s])}{lost}."


def _chosen(measures: Sequence[Measure | str] | None, gold: Gold) -> list[Measure]:
    """The measures asked for, each once; by default those of the table whose layers the gold claims, or all if it has none."""
    if measures is not None:
        return list(dict.fromkeys(parse(str(m)) for m in measures))
    claimed = set(LAYERS).intersection(*(a.layers for a in gold.annotations))
    return [m for m, d in MEASURES.items() if claimed.issuperset(d.layers + d.gold_layers)] or list(MEASURES)


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
        message = f"{len(absent)} of {len(ids)} gold documents {verb} no prediction: {first_ten(absent)}"
        hint = f'pass missing="empty" (--missing empty) to count {"it" if len(absent) == 1 else "them"} as empty'
        if elsewhere and not here:
            hint = f"the predictions are of another split than {gold.split}: load that one (--split)"
        incidents.append(Incident("missing-document", "predictions", message, hint))
    if incidents:
        raise DataError(incidents)
    layers = next(iter(claims), LAYERS)
    notes = []
    if elsewhere:
        notes.append(f"Left out, for they are of another split than {gold.split}: {', '.join(sorted(elsewhere))}.")
    if absent:
        notes.append(f"{EMPTY}, for they have no prediction: {', '.join(absent)}.")
    return [here[doc_id] if doc_id in here else Annotation(doc_id, layers) for doc_id in ids], notes


def _damages(gold: Gold, preds: Iterable[Annotation]) -> Iterator[Incident]:
    """What keeps annotations from being compared, whether they were read from a file or made by a program."""
    documents = {d.doc_id: d for d in gold.documents}
    for a in gold.annotations:
        for i in gold_incidents(documents[a.doc_id], a, None):
            yield replace(i, place=f"gold: {i.place}")
    for a in preds:
        yield from prediction_incidents(documents[a.doc_id], a, None)


def _sides(gold: Gold, preds: Sequence[Annotation], ontology: Ontology) -> list[tuple[Side, Side]]:
    """The gold's and the prediction's side of each document."""
    sides = []
    for document, annotation, pred in zip(gold.documents, gold.annotations, preds, strict=True):
        sentences = Sentences(document)
        sides.append((Side(sentences, annotation, ontology), Side(sentences, pred, ontology)))
    return sides


def _types_known(measure: Measure, ontology: Ontology) -> None:
    wanted = dict(measure.params).get("types", "instances")
    for name in () if wanted == "instances" or not ontology.events else wanted.split("+"):
        if name not in ontology.events:
            raise ValueError(f"{measure}: the ontology has no event type {name!r}; {nearest(name, ontology.events)}")


def _unscorable(
    measure: Measure, golds: Sequence[Annotation], preds: Sequence[Annotation], ontology: Ontology
) -> str | None:
    wanted = definition(measure)
    for side, given, layers in (("gold", golds, wanted.layers + wanted.gold_layers), ("prediction", preds, wanted.layers)):
        if lacking := [layer for layer in layers if not all(layer in a.layers for a in given)]:
            *others, last = lacking
            named = f"layers {', '.join(others)} and {last}" if others else f"layer {last}"
            return f"the {side} does not claim the {named}"
        if wanted.given and (values := [v for a in given for v in wanted.given.values(a)]) and not any(values):
            return f"no {wanted.given.of} of the {side} has {wanted.given.what}"
    if "class" in dict(measure.params).values() and not ontology.classes:
        return "there is no ontology that gives classes"
    return None


def _foreign(measure: Measure, result: Result, averages: str, ontology: Ontology) -> tuple[str, ...]:
    """The labels over which the macro average is not taken."""
    if averages == "union" or not definition(measure).by_type:
        return ()
    if averages == "gold":
        return tuple(label for label, t in result.labels.items() if not t.gold)
    known = set(definition(measure).labels(ontology))
    return tuple(label for label in result.labels if label not in known)


def _verified(measure: Measure, result: Result, gold: Gold, preds: Sequence[Annotation], ontology: Ontology) -> Result:
    items = definition(measure).spans
    if items is None or result.f1 is None:
        return result
    golds = [items(a, ontology) for a in gold.annotations]
    return replace(result, seqeval=verify(gold.documents, golds, [items(a, ontology) for a in preds], result))
