"""The adjudicator's decisions: read strictly, every fault at once, quotes turned into spans.

One JSON object per line, of two shapes::

    {"difference": 3, "decision": "X", "rule": "§5.3", "reason": "the least predicating word"}
    {"edit": {"layer": "events", "remove": {"text": "said", "sentence": 4}, "add": null}, "rule": "§3.1", "reason": "…"}

``decision`` is X, Y or ``other``; ``other`` has a ``reading``: a list of records, empty for "nothing there". An edit changes
what both passes agree on (both may be wrong), after the decisions. Records, by layer; Q is a quote, ``{"text", "sentence",
"occurrence"}``:

- mentions: Q's keys, type, kind, value, extent: Q, entity: Q of another mention of its entity, or null for an entity of its own
- events: Q's keys, type, realis, polarity, instance: Q of another trigger of its instance, or null
- arguments: event: Q, role, mention: Q (in a decision, event and mention may be left out: they are the difference's)
- relations: type, head: Q, tail: Q; event_relations: the same and evidence: [Q, …]
- entities: mentions: [Q, …], with: Q of a mention of the entity they belong to, or null for an entity of their own
- entity (the description of one): mention: Q, and any of type, name, wikidata, members: [Q, …], one for each member entity
- instances: events: [Q, …], with: Q or null
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from communique.adjudication.compare import PASSES
from communique.adjudication.differences import Difference
from communique.align.quotes import resolve
from communique.incident import DataError, Incident
from communique.model import Document, Span
from communique.ontology import Ontology, default_ontology, nearest

Record = Mapping[str, Any]
"""A record whose quotes are `Span` (its own under ``span``), lists of quotes tuples of them."""


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
    """A change to what both passes agree on; ``raw`` is it as it was written."""

    layer: str
    remove: tuple[Record, ...]
    add: tuple[Record, ...]
    rule: str
    reason: str
    raw: Any = None


@dataclass(frozen=True, slots=True)
class Decisions:
    """One decision per difference, by number, and the edits in their order."""

    of: Mapping[int, Decision]
    edits: tuple[Edit, ...] = ()


_QUOTE: Final = frozenset({"text", "sentence", "occurrence", "start", "end"})
_FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "mentions": {"span": "own!", "type": "mention type!", "kind": "kind", "value": "text", "extent": "span", "entity": "span"},
    "events": {"span": "own!", "type": "event type!", "realis": "realis", "polarity": "polarity", "instance": "span"},
    "arguments": {"event": "span!", "role": "role!", "mention": "span!"},
    "relations": {"type": "relation!", "head": "span!", "tail": "span!"},
    "event_relations": {"type": "event relation!", "head": "span!", "tail": "span!", "evidence": "spans!"},
    "entities": {"mentions": "spans!", "with": "span"},
    "entity": {"mention": "span!", "type": "mention type", "name": "text", "wikidata": "text", "members": "spans"},
    "instances": {"events": "spans!", "with": "span"},
}
"""What each record holds; ``!`` marks what must be there."""

_GIVEN: Final = {"arguments": ("event", "mention"), "entities": ("mentions",), "entity": ("mention",), "instances": ("events",)}
"""What a decision may leave out, because its difference says it."""


def parse_decisions(
    name: str,
    lines: str,
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
    rows = [(n, line) for n, line in enumerate(lines.split("\n"), 1) if line.strip()]
    decided: list[Decision] = []
    edits: list[Edit] = []
    for number, line in rows:
        reader.line = number
        row = reader.row(line)
        if row is None:
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


class _Reader:
    def __init__(self, name: str, document: Document, ontology: Ontology) -> None:
        self.name, self.document, self.line = name, document, 0
        self.faults: list[Incident] = []
        self.broken: Counter[int] = Counter()  # decisions with a fault of their own are not reported missing on top
        self.names: Mapping[str, Collection[str]] = {
            "mention type": ontology.mentions,
            "kind": ontology.kinds,
            "event type": ontology.events,
            "realis": ontology.realis,
            "polarity": ontology.polarity,
            "role": ontology.roles,
            "relation": ontology.relations,
            "event relation": ontology.event_relations,
        }

    def fault(self, path: str, message: str, hint: str, name: str = "bad-decision") -> None:
        self.faults.append(Incident(name, f"{self.name}:{self.line}: {path}", message, hint))

    def row(self, line: str) -> dict[str, Any] | None:
        try:
            row = json.loads(line)
        except json.JSONDecodeError as fault:
            self.fault("$", f"not JSON: {fault.msg} at column {fault.colno}", "write one JSON object per line", "not-json")
            return None
        allowed = {
            "rule",
            "reason",
            *(("edit",) if isinstance(row, dict) and "edit" in row else ("difference", "decision", "reading")),
        }
        if not isinstance(row, dict):
            self.fault("$", f"a {type(row).__name__}, not an object", "write one JSON object per line")
            return None
        for key in row.keys() - allowed:
            self.fault(f"$.{key}", "unknown key", nearest(key, sorted(allowed)))
        for key in ("rule", "reason"):
            if not isinstance(row.get(key), str) or not row[key].strip():
                self.fault(
                    f"$.{key}", f"{row.get(key)!r} is no {key}", "name the guideline's section and say why in a few words"
                )
        return row

    def decision(self, row: Mapping[str, Any], known: Mapping[int, Difference], x_is: Mapping[int, str]) -> list[Decision]:
        number, choice = row.get("difference"), row.get("decision")
        if isinstance(number, bool) or not isinstance(number, int) or number not in known:
            self.fault("$.difference", f"there is no difference {number!r}", f"they are numbered 1 to {len(known)}")
            return []
        before = len(self.faults)
        reading: tuple[Record, ...] = ()
        if choice == "other":
            d = known[number]
            layer = d.key[0] if d.key[0] == "entity" else d.layer
            if "reading" not in row:
                self.fault("$.reading", "missing", "other needs a reading: a list of records, empty for nothing")
            else:
                reading = self.records(row["reading"], layer, "$.reading", given=_GIVEN.get(layer, ()))
                if layer == "entity" and len(reading) != 1:
                    self.fault("$.reading", f"{len(reading)} records", "describe the entity in one record")
        elif choice not in ("X", "Y"):
            self.fault("$.decision", f"{choice!r}", "decide for X, Y or other")
        elif "reading" in row:
            self.fault("$.reading", f"a reading beside {choice}", "give a reading only with other")
        if len(self.faults) > before or not row.get("rule") or not row.get("reason"):
            self.broken[number] += 1
            return []
        if choice != "other":
            choice = x_is[number] if choice == "X" else PASSES[1 - PASSES.index(x_is[number])]
        return [Decision(number, choice, row["rule"], row["reason"], reading, row.get("reading"))]

    def edit(self, row: Mapping[str, Any]) -> list[Edit]:
        raw = row["edit"]
        if not isinstance(raw, dict) or raw.get("layer") not in _FIELDS:
            self.fault(
                "$.edit.layer", f"{raw.get('layer') if isinstance(raw, dict) else raw!r}", f"one of {', '.join(_FIELDS)}"
            )
            return []
        layer, before = raw["layer"], len(self.faults)
        for key in raw.keys() - {"layer", "remove", "add"}:
            self.fault(f"$.edit.{key}", "unknown key", "an edit has layer, remove and add")
        loose = tuple(k for k in _FIELDS[layer] if k != "span") if layer in ("mentions", "events") else ("evidence",)
        remove = self.records(raw.get("remove"), layer, "$.edit.remove", given=loose)
        add = self.records(raw.get("add"), layer, "$.edit.add")
        if not remove and not add:
            self.fault("$.edit", "neither removes nor adds", "give remove, add or both")
        if remove and layer in ("entities", "entity", "instances"):
            self.fault(
                "$.edit.remove", f"nothing can be removed from {layer}", "add says where the mentions belong from now on"
            )
        if len(self.faults) > before or not row.get("rule") or not row.get("reason"):
            return []
        return [Edit(layer, remove, add, row["rule"], row["reason"], raw)]

    def records(self, raw: Any, layer: str, path: str, *, given: Collection[str] = ()) -> tuple[Record, ...]:
        if raw is None:
            return ()
        if isinstance(raw, list):
            return tuple(self.record(r, layer, f"{path}[{i}]", given) for i, r in enumerate(raw))
        return (self.record(raw, layer, path, given),)

    def record(self, raw: Any, layer: str, path: str, given: Collection[str]) -> Record:
        if not isinstance(raw, dict):
            self.fault(path, f"{raw!r} is no object", "write a record as the worksheet shows them")
            return {}
        fields = _FIELDS[layer]
        out: dict[str, Any] = {}
        own = {"own!"} & set(fields.values())
        for key in raw.keys() - fields.keys() - (_QUOTE if own else set()):
            self.fault(f"{path}.{key}", "unknown key", nearest(key, [k for k in fields if k != "span"]))
        if "span" in raw and own:
            self.fault(f"{path}.span", "unknown key", "quote the words: text, sentence, occurrence")
        for key, kind in fields.items():
            what = kind.rstrip("!")
            if what == "own":
                out[key] = self.span({k: raw[k] for k in raw.keys() & _QUOTE}, path)
            elif key not in raw:
                if kind.endswith("!") and key not in given:
                    self.fault(f"{path}.{key}", "missing", f"give the {what}")
            elif what == "spans":
                quotes = raw[key] if isinstance(raw[key], list) else [raw[key]]
                out[key] = tuple(self.span(q, f"{path}.{key}[{i}]") for i, q in enumerate(quotes))
            elif raw[key] is None and not kind.endswith("!"):
                out[key] = None
            elif what == "span":
                out[key] = self.span(raw[key], f"{path}.{key}")
            elif not isinstance(raw[key], str) or not raw[key].strip():
                self.fault(f"{path}.{key}", f"{raw[key]!r} is no {what}", "give a string")
            else:
                out[key] = raw[key]
                if what in self.names and raw[key] not in self.names[what]:
                    self.fault(f"{path}.{key}", f"{raw[key]!r} is no {what}", nearest(raw[key], self.names[what]))
        return out

    def span(self, raw: Any, path: str) -> Span | None:
        """The span of a quote, or of ``start`` and ``end`` (with ``text``, which must then be the words there)."""
        if not isinstance(raw, dict) or raw.keys() - _QUOTE:
            self.fault(path, f"{raw!r} is no quote", 'quote as {"text", "sentence", "occurrence"}')
            return None
        try:
            if "start" in raw or "end" in raw:
                span = Span(raw["start"], raw["end"])
                if span.end > len(self.document.text) or raw.get("text", span.of(self.document.text)) != span.of(
                    self.document.text
                ):
                    raise ValueError(f"{span} is {span.of(self.document.text)!r}, not {raw.get('text')!r}")
                return span
            numbers = {key: raw.get(key) for key in ("sentence", "occurrence")}
            if not isinstance(raw.get("text"), str) or any(n is not None and type(n) is not int for n in numbers.values()):
                raise ValueError(f"{raw!r} needs text (a string), sentence and occurrence (numbers)")
            return resolve(self.document.text, self.document.sentences, raw["text"], **numbers)
        except (ValueError, KeyError, TypeError) as fault:
            self.fault(path, str(fault), "quote the words as the numbered sentences show them", "bad-quote")
            return None
