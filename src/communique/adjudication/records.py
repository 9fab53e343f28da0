"""Records: what a reader writes of a place in a text, in words; read strictly, every fault at once, quotes turned into spans.

By layer; Q is a quote, ``{"text", "sentence", "occurrence"}``:

- mentions: Q's keys, type, kind, value, extent: Q, entity: Q of another mention of its entity, or null for an entity of its own
- events: Q's keys, type, realis, polarity, instance: Q of another trigger of its instance, or null
- arguments: event: Q, role, mention: Q (in a decision, event and mention may be left out: they are the difference's)
- relations: type, head: Q, tail: Q; event_relations: the same and evidence: [Q, …]
- entities: mentions: [Q, …], with: Q of a mention of the entity they belong to, or null for an entity of their own
- entity (the description of one): mention: Q, and any of type, name, wikidata, members: [Q, …], one for each member entity
- instances: events: [Q, …], with: Q or null
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from communique.align.quotes import resolve
from communique.incident import Incident, cut, shown
from communique.model import Document, Span
from communique.ontology import Ontology, nearest

Record = Mapping[str, Any]
"""A record whose quotes are `Span` (its own under ``span``), lists of quotes tuples of them."""

QUOTE: Final = frozenset({"text", "sentence", "occurrence", "start", "end"})
FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
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

GIVEN: Final = {"arguments": ("event", "mention"), "entities": ("mentions",), "entity": ("mention",), "instances": ("events",)}
"""What a decision may leave out, because its difference says it."""


class RecordReader:
    """Reads the records of one file, line after line, and gathers ``faults``; ``line`` is the line that is being read, and
    ``bad`` the id of the faults of what stands there."""

    def __init__(self, name: str, document: Document, ontology: Ontology, *, bad: str = "bad-decision") -> None:
        self.name, self.document, self.line, self.bad = name, document, 0, bad
        self.faults: list[Incident] = []
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

    def fault(self, path: str, message: str, hint: str, id_: str | None = None) -> None:
        self.faults.append(Incident(id_ or self.bad, f"{self.name}:{self.line}: {path}", message, hint))

    def records(self, raw: Any, layer: str, path: str, *, given: Collection[str] = ()) -> tuple[Record, ...]:
        if raw is None:
            return ()
        if isinstance(raw, list):
            return tuple(self.record(r, layer, f"{path}[{i}]", given) for i, r in enumerate(raw))
        return (self.record(raw, layer, path, given),)

    def record(self, raw: Any, layer: str, path: str, given: Collection[str]) -> Record:
        if not isinstance(raw, dict):
            self.fault(path, f"{shown(raw)} is no object", "write a record as the worksheet shows them")
            return {}
        fields = FIELDS[layer]
        out: dict[str, Any] = {}
        own = {"own!"} & set(fields.values())
        for key in raw:
            if key == "span" and own:
                self.fault(f"{path}.span", "unknown key", "quote the words: text, sentence, occurrence")
            elif key not in fields and not (own and key in QUOTE):
                self.fault(f"{path}.{cut(key)}", "unknown key", nearest(key, [k for k in fields if k != "span"]))
        for key, kind in fields.items():
            what = kind.rstrip("!")
            if what == "own":
                out[key] = self.span({k: raw[k] for k in raw.keys() & QUOTE}, path)
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
                self.fault(f"{path}.{key}", f"{shown(raw[key])} is no {what}", "give a string")
            else:
                out[key] = raw[key]
                if what in self.names and raw[key] not in self.names[what]:
                    self.fault(f"{path}.{key}", f"{shown(raw[key])} is no {what}", nearest(raw[key], self.names[what]))
        return out

    def span(self, raw: Any, path: str) -> Span | None:
        """The span of a quote, or of ``start`` and ``end`` (with ``text``, which must then be the words there)."""
        if not isinstance(raw, dict) or raw.keys() - QUOTE:
            self.fault(path, f"{shown(raw)} is no quote", 'quote as {"text", "sentence", "occurrence"}')
            return None
        try:
            if "start" in raw or "end" in raw:
                start, end = raw.get("start"), raw.get("end")
                if type(start) is not int or type(end) is not int:
                    raise ValueError(f"{shown(raw)} needs start and end (whole numbers)")
                span = Span(start, end)
                words = span.of(self.document.text)
                if span.end > len(self.document.text) or raw.get("text", words) != words:
                    raise ValueError(f"{span} is {shown(words)}, not {shown(raw.get('text'))}")
                return span
            numbers = {key: raw.get(key) for key in ("sentence", "occurrence")}
            if not isinstance(raw.get("text"), str) or any(n is not None and type(n) is not int for n in numbers.values()):
                raise ValueError(f"{shown(raw)} needs text (a string), sentence and occurrence (numbers)")
            return resolve(self.document.text, self.document.sentences, raw["text"], **numbers)
        except ValueError as fault:
            self.fault(path, str(fault), "quote the words as the numbered sentences show them", "bad-quote")
            return None
