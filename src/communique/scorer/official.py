"""seqeval, the official scorer of the span layers: run on the same corpus, and held against our own counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from communique.measures.projection import project
from communique.measures.spans import LabelledSpan
from communique.measures.tally import Tally
from communique.model import Document
from communique.scorer.result import Figures, Result

TOKEN_LIMIT: Final = 1_000_000
"""Above this many gold tokens seqeval is not run: it needs 2 to 4 seconds a million and measure."""


def verify(
    documents: Sequence[Document],
    gold: Sequence[Sequence[LabelledSpan]],
    pred: Sequence[Sequence[LabelledSpan]],
    result: Result,
) -> Figures:
    """Run seqeval (``mode="strict"``, ``scheme=IOB2``) and return its micro-averaged figures.

    Either argument without the other scores leniently and silently (seqeval 1.2.2), so both are given. What is undefined here
    is 0 there. There must be a gold or a predicted span: seqeval fails on a corpus without any.

    Raises:
        RuntimeError: if a count, for a label or in all, or a precision, recall or F1 differs from that of ``result``.
    """
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2, Entities

    labels = sorted({label for side in (gold, pred) for spans in side for _, label in spans})
    codes = {label: f"T{number}" for number, label in enumerate(labels)}
    golds: list[list[str]] = []
    preds: list[list[str]] = []
    for document, gold_spans, pred_spans in zip(documents, gold, pred, strict=True):
        for side, sequences in zip((golds, preds), project(document, gold_spans, pred_spans, codes), strict=True):
            side += sequences
    report = classification_report(golds, preds, mode="strict", scheme=IOB2, output_dict=True, zero_division=0)
    entities_gold, entities_pred = Entities(golds, IOB2), Entities(preds, IOB2)
    for label, code in codes.items():
        there, found = entities_gold.filter(code), entities_pred.filter(code)
        hits = len(there & found)
        _compare(result, label, Tally(hits, hits, len(found), len(there)), result.labels.get(label, Tally()))
        _compare(result, label, _figures(report[code]), _zeroed(result.labels.get(label, Tally())))
    micro = _figures(report["micro avg"])
    _compare(result, "all labels", micro, _zeroed(result.tally))
    macro, ours = report["macro avg"]["f1-score"], result.macro_over_union().f1
    if ours is None or abs(macro - ours) > 1e-12:  # NumPy sums pairwise, so a mean may differ in its last bits
        _compare(result, "macro F1", macro, ours)
    return micro


def _figures(row: dict[str, float]) -> Figures:
    return Figures(float(row["precision"]), float(row["recall"]), float(row["f1-score"]))


def _zeroed(tally: Tally) -> Figures:
    return Figures(tally.precision or 0.0, tally.recall or 0.0, tally.f1 or 0.0)


def _compare(result: Result, label: str, seqeval: object, ours: object) -> None:
    if seqeval != ours:
        raise RuntimeError(
            f"{result.measure}, {label}: seqeval gives {seqeval}, communique {ours}. One of them is wrong; please report it "
            "with the predictions. --no-seqeval (seqeval=False) scores without the comparison"
        )
