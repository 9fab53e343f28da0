"""seqeval, the official scorer of the span layers: run on the same corpus, and held against our own figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
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
        RuntimeError: if precision, recall, F1 or the number of gold spans, for a label or in all, differs from that of
            ``result``; or a mean over the labels does.
    """
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    labels = sorted({label for side in (gold, pred) for spans in side for _, label in spans})
    codes = {label: f"T{number:06}" for number, label in enumerate(labels)}  # sorted as the labels are
    golds: list[list[str]] = []
    preds: list[list[str]] = []
    for document, gold_spans, pred_spans in zip(documents, gold, pred, strict=True):
        for side, sequences in zip((golds, preds), project(document, gold_spans, pred_spans, codes), strict=True):
            side += sequences
    report = classification_report(golds, preds, mode="strict", scheme=IOB2, output_dict=True, zero_division=0)
    for label, code in codes.items():
        _compare(result, label, report[code], result.labels.get(label, Tally()))
    _compare(result, "all labels", report["micro avg"], result.tally)
    for name, ours in (("macro avg", result.macro_over_union()), ("weighted avg", result.weighted())):
        means = _figures(report[name])
        if tuple(figure or 0.0 for figure in astuple(ours)) != astuple(means):
            raise _differ(result, f"the {name.removesuffix(' avg')} means over the labels", means, ours)
    return _figures(report["micro avg"])


def _compare(result: Result, label: str, row: dict[str, float], tally: Tally) -> None:
    figures, ours = _figures(row), Figures(tally.precision or 0.0, tally.recall or 0.0, tally.f1 or 0.0)
    if (figures, row["support"]) != (ours, tally.gold):
        raise _differ(result, label, f"{figures} of {row['support']} gold spans", f"{ours} of {tally.gold}")


def _figures(row: dict[str, float]) -> Figures:
    return Figures(float(row["precision"]), float(row["recall"]), float(row["f1-score"]))


def _differ(result: Result, label: str, seqeval: object, ours: object) -> RuntimeError:
    return RuntimeError(
        f"{result.measure}, {label}: seqeval gives {seqeval}, communique {ours}. One of them is wrong; please report it "
        "with the predictions. --no-seqeval (seqeval=False) scores without the comparison"
    )
