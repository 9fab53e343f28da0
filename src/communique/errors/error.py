"""An error: what the gold says, what the prediction says, and how the two differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from communique.model import NOWHERE, Quote, Span


@dataclass(frozen=True, slots=True)
class Reading:
    """What one side says.

    ``label`` is what is right or wrong about the spans: a type, a role, a Wikidata id, or an attribute's value (None if the
    event has none). ``type`` is that of the event (of the mention, on a link) which bears the label; None where the label is
    the type. ``spans`` are called ``span``, ``trigger`` and ``filler``, or ``head`` and ``tail``. ``ids`` are those of the item
    in its annotation: of an argument the event and the mention, of a link the mention and the entity.
    """

    label: str | None
    spans: Mapping[str, Span]
    ids: tuple[str, ...]
    type: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Spans under their names, as ``[start, end]``, or, of what is nowhere in the text, as ``[null, number, words]``; no
        ``type`` where there is none."""
        row: dict[str, Any] = {"label": self.label}
        if self.type is not None:
            row["type"] = self.type
        return {**row, **{name: _as_json(span) for name, span in self.spans.items()}, "ids": list(self.ids)}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """What `as_json` gives, read back."""
        spans = {name: _from_json(ends) for name, ends in row.items() if name not in ("label", "type", "ids")}
        return cls(row["label"], spans, tuple(row["ids"]), row.get("type"))


def _as_json(span: Span) -> list[Any]:
    return [span.start, span.end] if span.placed else [None, (span.start - NOWHERE) // 2, span.of("")]


def _from_json(row: list[Any]) -> Span:
    match row:
        case [None, number, words]:
            return Span.nowhere(number, Quote(words, "unaligned"))
        case _:
            return Span(*row)


@dataclass(frozen=True, slots=True)
class Error:
    """One error of a measure, of a kind that `KINDS` lists for it.

    ``gold`` is None on what is spurious or a duplicate, ``pred`` on what is missed. ``sentence`` is the index of that which the
    measure counts the gold item under, or the predicted one if there is no gold; None if the document has no sentences.
    ``section`` is that of the guidelines which decides the case.
    """

    measure: str
    kind: str
    doc_id: str
    sentence: int | None
    gold: Reading | None
    pred: Reading | None
    section: str | None

    def as_json(self) -> dict[str, Any]:
        """A row of ``scores.json``, below its measure: without a side or a section where there is none."""
        row: dict[str, Any] = {
            "kind": self.kind,
            "doc_id": self.doc_id,
            "sentence": self.sentence,
            "gold": self.gold and self.gold.as_json(),
            "pred": self.pred and self.pred.as_json(),
            "section": self.section,
        }
        return {key: value for key, value in row.items() if value is not None or key == "sentence"}

    @classmethod
    def from_json(cls, measure: str, row: Mapping[str, Any]) -> Self:
        """What `as_json` gives, read back."""
        gold, pred = (Reading.from_json(row[side]) if row.get(side) else None for side in ("gold", "pred"))
        return cls(measure, row["kind"], row["doc_id"], row.get("sentence"), gold, pred, row.get("section"))
