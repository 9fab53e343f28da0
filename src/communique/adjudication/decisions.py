"""The adjudicator's decisions: read strictly, every fault at once, quotes turned into spans.

One JSON object per line, of two shapes::

    {"difference": 3, "decision": "X", "rule": "§5.3", "reason": "the least predicating word"}
    {"edit": {"layer": "events", "remove": {"text": "said", "sentence": 4}, "add": null}, "rule": "§3.1", "reason": "…"}

``decision`` is X, Y or ``other``; ``other`` has a ``reading``: a list of records, empty for "nothing there". An edit changes
what both passes agree on (both may be wrong), after the decisions; it may name the ``stage`` at which it was made. Records are
those of `communique.adjudication.records`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from communique.adjudication.compare import PASSES
from communique.adjudication.differences import Difference
from communique.adjudication.records import FIELDS, GIVEN, Record, RecordReader
from communique.incident import DataError, Incident, cut, shown
from communique.io.jsonl_decode import lines
from communique.model import Document
from communique.ontology import Ontology, default_ontology, nearest


@dataclass(frozen=True, slots=True)
class Decision:
    """``choice`` is ``pass-1``, ``pass-2`` or ``other``; ``reading`` is what ``other`` says, ``raw`` the same as written."""

    difference: int
    choice: str
    rule: str
    reason: str
    reading: tuple[Record, ...] = ()
    raw: Any = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to what both passes agree on; ``raw`` is it as it was written, ``stage`` when it was made."""

    layer: str
    remove: tuple[Record, ...]
    add: tuple[Record, ...]
    rule: str
    reason: str
    raw: Any = None
    stage: str = "adjudication"


@dataclass(frozen=True, slots=True)
class Decisions:
    """One decision per difference, by number, and the edits in their order."""

    of: Mapping[int, Decision]
    edits: tuple[Edit, ...] = ()


def parse_decisions(
    name: str,
    content: str,
    document: Document,
    found: Sequence[Difference],
    x_is: Mapping[int, str],
    *,
    ontology: Ontology | None = None,
) -> Decisions:
    """Read the text of a decisions file; ``name`` is for messages, ``x_is`` says which pass X is, for each difference.

    Raises:
        DataError: every fault: a line that is no such object, a difference that is not decided or decided twice, no rule or
            reason, a quote that is not there, a name that the ontology has not got.
    """
    reader = _Reader(name, document, ontology or default_ontology())
    known = {d.number: d for d in found}
    decided: list[Decision] = []
    edits: list[Edit] = []
    for line, row in lines(name, content, reader.faults):
        reader.line = line
        if not reader.is_row(row):
            continue
        if "edit" in row:
            edits += reader.edit(row)
        else:
            decided += reader.decision(row, known, x_is)
    times = Counter(d.difference for d in decided) + reader.broken
    for n, d in known.items():
        if times[n] != 1:
            what = "is not decided" if not times[n] else f"is decided {times[n]} times"
            place = f"{document.doc_id}, difference {n} ({d.layer}, {d.place})"
            reader.faults.append(Incident("undecided", f"{name}: {place}", what, "give every difference exactly one decision"))
    if reader.faults:
        raise DataError(reader.faults)
    return Decisions({d.difference: d for d in sorted(decided, key=lambda d: d.difference)}, tuple(edits))


_WHY: Final = {
    "rule": "name the guideline's section",
    "reason": "say why in a few words",
    "stage": "say in a few words when the edit was made, or leave the key out",
}


def _words(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


class _Reader(RecordReader):
    def __init__(self, name: str, document: Document, ontology: Ontology) -> None:
        super().__init__(name, document, ontology)
        self.broken: Counter[int] = Counter()  # decisions with a fault of their own are not reported missing on top

    def is_row(self, row: Any) -> bool:
        """Whether it is an object, of which more can be read; what is wrong with its own keys is noted."""
        if not isinstance(row, dict):
            self.fault("$", f"expected an object, got {shown(row)}", "write one JSON object per line")
            return False
        allowed = ("rule", "reason", *(("edit", "stage") if "edit" in row else ("difference", "decision", "reading")))
        for key in row:
            if key not in allowed:
                self.fault(f"$.{cut(key)}", "unknown key", nearest(key, sorted(allowed)))
        for key, hint in _WHY.items():
            if (key in row or key != "stage") and not _words(row.get(key)):
                self.fault(f"$.{key}", f"{shown(row[key])} is no {key}" if key in row else "missing", hint)
        return True

    def decision(self, row: Mapping[str, Any], known: Mapping[int, Difference], x_is: Mapping[int, str]) -> list[Decision]:
        number, choice = row.get("difference"), row.get("decision")
        if isinstance(number, bool) or not isinstance(number, int) or number not in known:
            self.fault("$.difference", f"there is no difference {shown(number)}", f"they are numbered 1 to {len(known)}")
            return []
        before = len(self.faults)
        reading: tuple[Record, ...] = ()
        if choice == "other":
            d = known[number]
            layer = d.key[0] if d.key[0] == "entity" else d.layer
            if "reading" not in row:
                self.fault("$.reading", "missing", "other needs a reading: a list of records, empty for nothing")
            else:
                reading = self.records(row["reading"], layer, "$.reading", given=GIVEN.get(layer, ()))
                if layer == "entity" and len(reading) != 1:
                    self.fault("$.reading", f"{len(reading)} records", "describe the entity in one record")
        elif choice not in ("X", "Y"):
            self.fault("$.decision", shown(choice), "decide for X, Y or other")
        elif "reading" in row:
            self.fault("$.reading", f"a reading beside {choice}", "give a reading only with other")
        if len(self.faults) > before or not _words(row.get("rule")) or not _words(row.get("reason")):
            self.broken[number] += 1
            return []
        if choice != "other":
            choice = x_is[number] if choice == "X" else PASSES[1 - PASSES.index(x_is[number])]
        return [Decision(number, choice, row["rule"], row["reason"], reading, row.get("reading"))]

    def edit(self, row: Mapping[str, Any]) -> list[Edit]:
        raw = row["edit"]
        if not isinstance(raw, dict) or raw.get("layer") not in tuple(FIELDS):
            given = raw.get("layer") if isinstance(raw, dict) else raw
            self.fault("$.edit.layer", f"{shown(given)} is no layer", f"one of {', '.join(FIELDS)}")
            return []
        layer, before = raw["layer"], len(self.faults)
        for key in raw:
            if key not in ("layer", "remove", "add"):
                self.fault(f"$.edit.{cut(key)}", "unknown key", "an edit has layer, remove and add")
        loose = tuple(k for k in FIELDS[layer] if k != "span") if layer in ("mentions", "events") else ("evidence",)
        remove = self.records(raw.get("remove"), layer, "$.edit.remove", given=loose)
        add = self.records(raw.get("add"), layer, "$.edit.add")
        if not remove and not add:
            self.fault("$.edit", "neither removes nor adds", "give remove, add or both")
        if remove and layer in ("entities", "entity", "instances"):
            self.fault(
                "$.edit.remove", f"nothing can be removed from {layer}", "add says where the mentions belong from now on"
            )
        if len(self.faults) > before or not _words(row.get("rule")) or not _words(row.get("reason")):
            return []
        return [Edit(layer, remove, add, row["rule"], row["reason"], raw, row.get("stage", "adjudication"))]
