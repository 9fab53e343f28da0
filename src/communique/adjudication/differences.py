"""Every real disagreement between two passes, once, in words a reader can judge and in a form a program can apply."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from communique.adjudication.compare import Comparison, Link, Side, compare
from communique.align.quotes import occurrences
from communique.model import Annotation, Document, Entity, Event, Mention, Span
from communique.ontology import Ontology, default_ontology

Key = tuple[Any, ...]
LAYER_ORDER = ("mentions", "entities", "events", "arguments", "instances", "relations", "event_relations")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one pass says at one place: in words, and as the records that ``decisions`` may hold (see `decisions`)."""

    text: str
    form: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement. ``number`` counts from 1 in text order; ``sentence`` is numbered from 1, ``words`` are quoted from it.

    ``key`` says to `assemble` what is decided.
    """

    number: int
    layer: str
    sentence: int
    words: str
    readings: tuple[Reading, Reading]
    key: Key = field(repr=False)

    @property
    def place(self) -> str:
        return f"s{self.sentence} “{self.words}”"


def differences(
    document: Document, a: Annotation, b: Annotation, *, ontology: Ontology | None = None
) -> tuple[Difference, ...]:
    """Every disagreement between two passes over one document; none if they say the same under other ids.

    Layers: ``mentions`` (boundaries, type, kind, extent, value), ``events`` (boundaries, type, realis, polarity),
    ``arguments`` (the roles of one filler), ``relations``, ``event_relations`` (with their evidence), ``entities`` (which
    cluster some mentions belong to; or the name, type and members of a cluster), ``instances``.

    Raises:
        ValueError, DataError: as `compare` does.
    """
    ontology = ontology or default_ontology()
    return of_comparison(document, compare(a, b, ontology))


def digest(found: Sequence[Difference]) -> str:
    """A SHA-256 of the differences and their numbers: decisions on others do not fit."""
    rows = [[d.number, d.layer, d.place, [r.text for r in d.readings], [r.form for r in d.readings]] for d in found]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def of_comparison(document: Document, comparison: Comparison) -> tuple[Difference, ...]:
    say = Words(document)
    found: list[tuple[str, Span, tuple[Reading, Reading], Key]] = []
    found += _items(comparison, say)
    found += _arguments(comparison, say)
    found += _links(comparison, say)
    found += _moves(comparison, say)
    found += _attributes(comparison, say)
    found.sort(key=lambda d: (say.sentence(d[1]), LAYER_ORDER.index(d[0]), d[1], str(d[3])))
    return tuple(
        Difference(n, layer, say.sentence(span), span.of(document.text), readings, key)
        for n, (layer, span, readings, key) in enumerate(found, 1)
    )


class Words:
    """Spans and items of one document in words."""

    def __init__(self, document: Document) -> None:
        self.text, self.sentences = document.text, document.sentences

    def sentence(self, span: Span) -> int:
        """The number, from 1, of the sentence that holds the span's first character; 0 if none does."""
        return next((n for n, s in enumerate(self.sentences, 1) if s.start <= span.start < s.end), 0)

    def span(self, span: Span) -> str:
        """``s3 “Xi” (2nd)``: the ordinal only where the words occur more than once in the sentence."""
        number = self.sentence(span)
        within = self.sentences[number - 1] if number else None
        places = occurrences(self.text, span.of(self.text), within)
        which = f" ({places.index(span) + 1} of {len(places)})" if span in places and len(places) > 1 else ""
        return f"s{number} “{span.of(self.text)}”{which}"

    def mention(self, m: Mention) -> str:
        parts = [self.span(m.span), m.type, *([m.kind] if m.kind else [])]
        if m.extent and m.extent != m.span:
            parts.append(f"extent “{m.extent.of(self.text)}”")
        return " ".join([*parts, *([f"value {m.value}"] if m.value else [])])

    def event(self, e: Event) -> str:
        return " ".join([self.span(e.span), e.type, e.realis or "no realis", e.polarity or "no polarity"])


def where(span: Span, text: str) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": span.of(text)}


def mention_form(m: Mention, text: str) -> dict[str, Any]:
    form = {**where(m.span, text), "type": m.type, "kind": m.kind, "value": m.value}
    form["extent"] = where(m.extent, text) if m.extent else None
    return {k: v for k, v in form.items() if v is not None}


def event_form(e: Event, text: str) -> dict[str, Any]:
    form = {**where(e.span, text), "type": e.type, "realis": e.realis, "polarity": e.polarity}
    return {k: v for k, v in form.items() if v is not None}


def _items(c: Comparison, say: Words) -> Iterable[tuple[str, Span, tuple[Reading, Reading], Key]]:
    for n, group in enumerate(c.mentions):
        if not group.agreed:
            texts = [
                [say.mention(m) + carried(c, side, say, mention=s) for s, m in group.sides[side].items()] for side in (0, 1)
            ]
            forms = [tuple(mention_form(m, say.text) for m in group.sides[side].values()) for side in (0, 1)]
            yield "mentions", group.span, _pair(texts, forms, ["no mention"] * 2), ("mentions", n)
    for n, events in enumerate(c.events):
        if not events.agreed:
            texts = [[say.event(e) + carried(c, side, say, event=s) for s, e in events.sides[side].items()] for side in (0, 1)]
            forms = [tuple(event_form(e, say.text) for e in events.sides[side].values()) for side in (0, 1)]
            yield "events", events.span, _pair(texts, forms, ["no event"] * 2), ("events", n)


def _pair(
    texts: Sequence[Sequence[str]], forms: Sequence[tuple[Mapping[str, Any], ...]], nothing: Sequence[str]
) -> tuple[Reading, Reading]:
    one, two = (Reading("; ".join(t) or none, f) for t, f, none in zip(texts, forms, nothing, strict=True))
    return one, two


def _either(c: Comparison, *, mention: int | None = None, event: int | None = None) -> Span:
    """The earlier or shorter of two boundaries, so that the place of a difference does not tell whose it is."""
    if mention is not None:
        return min(side.mentions[mention].span for side in c.sides if mention in side.mentions)
    return min(side.events[event].span for side in c.sides if event in side.events)


def carried(c: Comparison, n: int, say: Words, *, mention: int | None = None, event: int | None = None) -> str:
    """What is decided along with a mention or trigger that only one pass has, in words."""
    side, out = c.sides[n], []
    own = not c.common(mention=[] if mention is None else [mention], event=[] if event is None else [event])
    for e, role, m in sorted(side.arguments):
        if event == e and (own or (c.common(mention=[m]) and c.bundled(e, m))):
            out.append(f"{role} {say.span(side.mentions[m].span)}")
        if mention == m and own:
            out.append(f"{role} of {say.span(side.events[e].span)}")
    if own and mention is not None:
        for type_, h, t in sorted(side.relations):
            if mention in (h, t):
                out.append(f"{type_} {say.span(side.mentions[h].span)} → {say.span(side.mentions[t].span)}")
        if mention in side.entity_of:
            out.append(cluster_of(c, n, say, [mention]))
    if own and event is not None:
        for type_, h, t in side.event_relations:
            if event in (h, t):
                out.append(f"{type_} {say.span(side.events[h].span)} → {say.span(side.events[t].span)}")
        if event in side.instance_of:
            out.append(instance_with(side, say, [event]))
    return f" [{'; '.join(out)}]" if out else ""


def cluster_of(c: Comparison, n: int, say: Words, slots: Sequence[int]) -> str:
    """``with s1 “Ann”, s2 “she” … (entity “Ann”)``, or that the mentions are a cluster of their own."""
    side = c.sides[n]
    label = side.entity_of[slots[0]]
    others = sorted(side.mentions[s].span for s, k in side.entity_of.items() if k == label and s not in slots)
    entity = side.entities.get(label)
    name = f" (entity “{entity.name}”)" if entity and entity.name else ""
    return _with([say.span(o) for o in others], "an entity") + name


def instance_with(side: Side, say: Words, slots: Sequence[int]) -> str:
    label = side.instance_of[slots[0]]
    others = sorted(side.events[s].span for s, k in side.instance_of.items() if k == label and s not in slots)
    return _with([say.span(o) for o in others], "an instance")


def _with(others: Sequence[str], what: str) -> str:
    if not others:
        return f"{what} of its own"
    more = f" and {len(others) - 4} more" if len(others) > 4 else ""
    return f"the same {what.split()[1]} as {', '.join(others[:4])}{more}"


def _arguments(c: Comparison, say: Words) -> Iterable[tuple[str, Span, tuple[Reading, Reading], Key]]:
    pairs = sorted({(e, m) for side in c.sides for e, _, m in side.arguments})
    for e, m in pairs:
        if not c.common(mention=[m], event=[e]) or c.bundled(e, m) or c.roles(0, e, m) == c.roles(1, e, m):
            continue
        texts, forms = [], []
        for n, side in enumerate(c.sides):
            head, filler = side.events[e], side.mentions[m]
            roles = c.roles(n, e, m)
            texts.append([f"{role}: {say.span(filler.span)} of {say.span(head.span)} {head.type}" for role in roles])
            event, mention = where(head.span, say.text), where(filler.span, say.text)
            forms.append(tuple({"event": event, "role": role, "mention": mention} for role in roles))
        ends = [(say.span(side.mentions[m].span), say.span(side.events[e].span)) for side in c.sides]
        nothing = [f"{filler} fills no role of {trigger}" for filler, trigger in ends]
        yield "arguments", _either(c, event=e), _pair(texts, forms, nothing), ("arguments", e, m)


def _links(c: Comparison, say: Words) -> Iterable[tuple[str, Span, tuple[Reading, Reading], Key]]:
    one, two = c.sides
    for h, t in sorted({tuple(sorted(x[1:])) for side in c.sides for x in side.relations}):
        texts, forms = [], []
        for side in c.sides:
            held = sorted(x for x in side.relations if sorted(x[1:]) == [h, t])
            texts.append([_arrow(x, side.mentions, say) for x in held])
            forms.append(tuple(_link_form(x, side.mentions, say) for x in held))
        if c.common(mention=[h, t]) and relations_of(one, h, t) != relations_of(two, h, t):
            ends = [(say.span(side.mentions[h].span), say.span(side.mentions[t].span)) for side in c.sides]
            nothing = [f"no relation between {one_end} and {other}" for one_end, other in ends]
            yield "relations", _either(c, mention=h), _pair(texts, forms, nothing), ("relations", h, t)
    for h, t in sorted({tuple(sorted(x[1:])) for side in c.sides for x in side.event_relations}):
        texts, forms = [], []
        for side in c.sides:
            rows = sorted(
                (x, evidence) for x, many in side.event_relations.items() if sorted(x[1:]) == [h, t] for evidence in many
            )
            signals = [", ".join(say.span(s) for s in evidence) or "none" for _, evidence in rows]
            texts.append([f"{_arrow(x, side.events, say)}, evidence {e}" for (x, _), e in zip(rows, signals, strict=True)])
            shown = [(x, [where(s, say.text) for s in evidence]) for x, evidence in rows]
            forms.append(tuple({**_link_form(x, side.events, say), "evidence": e} for x, e in shown))
        if c.common(event=[h, t]) and event_relations_of(one, h, t) != event_relations_of(two, h, t):
            ends = [(say.span(side.events[h].span), say.span(side.events[t].span)) for side in c.sides]
            nothing = [f"no relation between {one_end} and {other}" for one_end, other in ends]
            yield "event_relations", _either(c, event=h), _pair(texts, forms, nothing), ("event_relations", h, t)


def relations_of(side: Side, one: int, two: int) -> list[Link]:
    """The relations between two mentions, either way round."""
    return sorted(x for x in side.relations if sorted(x[1:]) == sorted((one, two)))


def event_relations_of(side: Side, one: int, two: int) -> list[tuple[Link, tuple[Span, ...]]]:
    held = ((x, many) for x, many in side.event_relations.items() if sorted(x[1:]) == sorted((one, two)))
    return sorted((x, evidence) for x, many in held for evidence in many)


def _arrow(x: Link, items: Mapping[int, Mention] | Mapping[int, Event], say: Words) -> str:
    return f"{x[0]}: {say.span(items[x[1]].span)} → {say.span(items[x[2]].span)}"


def _link_form(x: Link, items: Mapping[int, Mention] | Mapping[int, Event], say: Words) -> dict[str, Any]:
    return {"type": x[0], "head": where(items[x[1]].span, say.text), "tail": where(items[x[2]].span, say.text)}


def _moves(c: Comparison, say: Words) -> Iterable[tuple[str, Span, tuple[Reading, Reading], Key]]:
    """Mentions (events) that the passes put into clusters that do not correspond, those that move together at once."""
    for layer, labels in (("entities", [s.entity_of for s in c.sides]), ("instances", [s.instance_of for s in c.sides])):
        cells: dict[tuple[int, int], list[int]] = defaultdict(list)
        for slot in sorted(labels[0].keys() & labels[1].keys()):
            if labels[0][slot] != labels[1][slot]:
                cells[labels[0][slot], labels[1][slot]].append(slot)
        for (one, two), slots in cells.items():
            readings = []
            for n, side in enumerate(c.sides):
                items: Mapping[int, Mention] | Mapping[int, Event] = side.mentions if layer == "entities" else side.events
                target = cluster_of(c, n, say, slots) if layer == "entities" else instance_with(side, say, slots)
                moved = ", ".join(say.span(items[s].span) for s in slots)
                spans = [where(items[s].span, say.text) for s in slots]
                rest = sorted(items[s].span for s, k in labels[n].items() if k == labels[n][slots[0]] and s not in slots)
                form = {
                    "mentions" if layer == "entities" else "events": spans,
                    "with": where(rest[0], say.text) if rest else None,
                }
                readings.append(Reading(f"{moved}: {target}", (form,)))
            place = _either(c, mention=slots[0]) if layer == "entities" else _either(c, event=slots[0])
            yield layer, place, (readings[0], readings[1]), (layer, one, two)


def _attributes(c: Comparison, say: Words) -> Iterable[tuple[str, Span, tuple[Reading, Reading], Key]]:
    """Name, type, Wikidata id and members of entities that correspond."""
    one, two = c.sides
    for label in sorted(one.entities.keys() & two.entities.keys()):
        if attributes_differ(c, label):
            readings = []
            for side in c.sides:
                entity, members = side.entities[label], [anchor(side, m) for m in sorted(side.members[label])]
                parts = [
                    f"entity of {say.span(anchor(side, label))}: {entity.type}",
                    f"name “{entity.name}”" if entity.name else "no name",
                ]
                parts += [f"Wikidata {entity.wikidata}"] if entity.wikidata else []
                parts.append("members " + ", ".join(map(say.span, sorted(members))) if members else "no members")
                form = {"mention": where(anchor(side, label), say.text), **entity_form(entity)}
                form["members"] = [where(m, say.text) for m in sorted(members)]
                readings.append(Reading(", ".join(parts), (form,)))
            yield "entities", min(anchor(one, label), anchor(two, label)), (readings[0], readings[1]), ("entity", label)


def entity_form(entity: Entity) -> dict[str, Any]:
    return {"type": entity.type, "name": entity.name, "wikidata": entity.wikidata}


def anchor(side: Side, label: int) -> Span:
    """The first mention of a cluster."""
    return min(side.mentions[s].span for s, k in side.entity_of.items() if k == label)


def attributes_differ(c: Comparison, label: int) -> bool:
    """True if the passes describe an entity differently; a type that follows from its mentions' types is decided there."""
    one, two = (side.entities[label] for side in c.sides)
    types = [{side.mentions[s].type for s, k in side.entity_of.items() if k == label} for side in c.sides]
    derived = types == [{one.type}, {two.type}]
    if (one.type != two.type and not derived) or (one.name or None, one.wikidata) != (two.name or None, two.wikidata):
        return True
    return c.sides[0].members[label] != c.sides[1].members[label]
