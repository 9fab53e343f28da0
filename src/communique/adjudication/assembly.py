"""Two passes and the decisions between them make one annotation, and a log that says how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from communique.adjudication.compare import PASSES, Comparison, Group, Link, compare, link
from communique.adjudication.decisions import Decision, Decisions
from communique.adjudication.differences import (
    Difference,
    event_relations_of,
    of_comparison,
    relations_of,
)
from communique.adjudication.draft import Described, Draft, edit, event, finish, mention
from communique.adjudication.records import Record
from communique.incident import DataError, Incident
from communique.model import Annotation, Document, Event, Mention
from communique.ontology import Ontology, default_ontology

Item = TypeVar("Item", Mention, Event)


@dataclass(frozen=True, slots=True)
class Assembled:
    """The adjudicated annotation. ``dropped``: what fell because the mention or event it hangs on did not survive;
    ``singletons``: mentions and events that got a cluster of their own because nothing put them in one. Both in words."""

    annotation: Annotation
    dropped: tuple[str, ...]
    singletons: tuple[str, ...]


def assemble(
    document: Document, a: Annotation, b: Annotation, decisions: Decisions, *, ontology: Ontology | None = None
) -> Assembled:
    """What both passes agree on, and the decided readings where they do not, with ids in text order.

    What a difference carries (the arguments of an event that only one pass marks, say) follows its decision. Where the
    decision is ``other``, it follows the pass whose spans and types the reading repeats; if there is none, only what every
    pass that marks something there says is kept, and the rest is listed in ``dropped``.

    Raises:
        ValueError: unless every difference has a decision and both passes claim the same layers.
        DataError: a reading or an edit that points at something the adjudicated annotation does not hold.
    """
    ontology = ontology or default_ontology()
    if a.layers != b.layers:
        claims = " and ".join(", ".join(p.layers) or "nothing" for p in (a, b))
        raise ValueError(f"the passes claim different layers ({claims}); both must have annotated the same")
    c = compare(a, b, ontology)
    found = of_comparison(document, c)
    if {d.number for d in found} != decisions.of.keys():
        raise ValueError(f"{len(found)} differences, {len(decisions.of)} decisions; decide each difference once")
    return _Assembly(document, c, found, decisions, ontology, a.layers).run()


class _Assembly:
    def __init__(
        self,
        document: Document,
        c: Comparison,
        found: Sequence[Difference],
        decisions: Decisions,
        ontology: Ontology,
        layers: Sequence[str],
    ) -> None:
        self.c, self.found, self.decisions, self.ontology = c, found, decisions, ontology
        self.layers = layers
        held = ((x.mentions, x.events, x.entity_of.values(), x.instance_of.values()) for x in c.sides)
        last = max((number for each in held for numbers in each for number in numbers), default=0)
        self.draft = Draft(document, ontology, last)
        self.by_key = {d.key: decisions.of[d.number] for d in found}
        # Per pass: where a slot of that pass has gone (itself, the slot of an other reading, or nowhere).
        self.mention_to: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self.event_to: tuple[dict[int, int], dict[int, int]] = ({}, {})
        # Per pass: "yes" if what hangs on an own slot goes with it, "both" if only what both passes say does.
        self.follows: tuple[dict[int, str], dict[int, str]] = ({}, {})
        self.named: list[tuple[Difference, str, int, Record]] = []

    def run(self) -> Assembled:
        draft = self.draft
        for n, group in enumerate(self.c.mentions):
            self._group("mentions", n, group, draft.mentions, self.mention_to)
        for n, events in enumerate(self.c.events):
            self._group("events", n, events, draft.events, self.event_to)
        self._described()
        self._clusters()
        self._arguments()
        self._links()
        for d in self.found:
            self._reading(d, self.decisions.of[d.number])
        for n, change in enumerate(self.decisions.edits, 1):
            try:
                edit(draft, change)
            except ValueError as fault:
                raise self._fault(f"edit {n} ({change.layer})", fault) from fault
        annotation = finish(draft, self.layers)
        return Assembled(annotation, tuple(draft.dropped), tuple(draft.singletons))

    def _fault(self, what: str, fault: ValueError) -> DataError:
        place = f"{self.draft.document.doc_id}, {what}"
        return DataError([Incident("bad-decision", place, str(fault), "mend the decision")])

    def _group(
        self, layer: str, n: int, group: Group[Item], into: dict[int, Item], to: tuple[dict[int, int], dict[int, int]]
    ) -> None:
        made = self.by_key.get((layer, n))
        for marked in group.sides:
            self.draft.gone.update((slot, item.span) for slot, item in marked.items())
        if made is None or made.choice != "other":
            winner = 0 if made is None else PASSES.index(made.choice)
            into.update(group.sides[winner])
            for side in (0, 1):
                for slot in group.sides[side]:
                    if group.shared or side == winner:
                        to[side][slot] = slot
                    self.follows[side][slot] = "yes" if side == winner else "no"
            return
        new: dict[int, Item] = {}
        for record in made.reading:
            item: Any = mention(record) if layer == "mentions" else event(record)
            slot = next(iter(group.sides[0])) if group.shared and len(group.sides[0]) == 1 and not new else self.draft.new()
            new[slot] = item
            key = "entity" if layer == "mentions" else "instance"
            if key in record:
                self.named.append((next(d for d in self.found if d.key == (layer, n)), key, slot, record))
        into.update(new)
        says = [_gist(side.values()) for side in group.sides]
        like = [s for s in (0, 1) if says[s] == _gist(new.values()) and says[s] != says[1 - s]]
        for side in (0, 1):
            for slot, item in group.sides[side].items():
                self.follows[side][slot] = (
                    "both" if not like and group.sides[1 - side] else "yes" if not like or side in like else "no"
                )
                near = max(new, key=lambda s: (new[s].span.overlap(item.span), new[s].type == item.type), default=None)
                if near is not None and new[near].span.overlap(item.span):
                    to[side][slot] = near
                elif group.shared and slot in new:
                    to[side][slot] = slot

    def _described(self) -> None:
        """What entities are called, as the passes and the decisions say; members are labels."""
        one, two = self.c.sides
        for label in sorted(one.entities.keys() | two.entities.keys()):
            sides = [n for n, side in enumerate(self.c.sides) if label in side.entities]
            made = self.by_key.get(("entity", label))
            winner = sides[0] if made is None or made.choice == "other" else PASSES.index(made.choice)
            entity, members = self.c.sides[winner].entities[label], self.c.sides[winner].members[label]
            types = {self.c.sides[winner].mentions[s].type for s, k in self.c.sides[winner].entity_of.items() if k == label}
            # A type that all mentions have is left to them, so that it follows their decisions.
            type_ = None if types == {entity.type} else entity.type
            self.draft.described[label] = Described(type_, entity.name, entity.wikidata, members)

    def _clusters(self) -> None:
        for layer, to, of in (
            ("entities", self.mention_to, self.draft.entity_of),
            ("instances", self.event_to, self.draft.instance_of),
        ):
            held = [s.entity_of if layer == "entities" else s.instance_of for s in self.c.sides]
            wanted: dict[int, list[tuple[int, str]]] = {}
            for side in (0, 1):
                for slot, label in held[side].items():
                    if slot not in to[side]:
                        continue
                    if slot in held[1 - side] and held[1 - side][slot] != label:
                        made = self.by_key[layer, held[0][slot], held[1][slot]]
                        if made.choice != PASSES[side]:
                            continue
                    elif slot not in held[1 - side] and self.follows[side].get(slot) == "no":
                        continue
                    wanted.setdefault(to[side][slot], []).append((label, self.follows[side].get(slot, "yes")))
            for slot, labels in wanted.items():
                if len({label for label, _ in labels}) == 1:
                    of[slot] = labels[0][0]

    def _arguments(self) -> None:
        rows: tuple[list[tuple[int, str, int]], ...] = ([], [])
        carried: tuple[list[tuple[str, tuple[int, str, int], str]], ...] = ([], [])
        for n, side in enumerate(self.c.sides):
            for e, role, m in sorted(side.arguments):
                common = self.c.common(event=[e], mention=[m])
                if common and not self.c.bundled(e, m):
                    if self._wins(("arguments", e, m), n, self.c.roles(0, e, m) == self.c.roles(1, e, m)):
                        rows[n].append((e, role, m))
                    continue
                follow = self._follow(n, [] if common else [m], [e])
                here = (self.event_to[n].get(e, e), role, self.mention_to[n].get(m, m))
                words = f"argument {role}: {self._name(n, m)} of {self._name(n, e, event=True)}"
                carried[n].append((follow, here, words))
        for n in (0, 1):
            moved = [(self.event_to[n].get(e, e), role, self.mention_to[n].get(m, m)) for e, role, m in rows[n]]
            self.draft.arguments += [row for row in moved if row not in self.draft.arguments]
        self._carry(carried, self.draft.arguments)

    def _links(self) -> None:
        carried: tuple[list[tuple[str, Link, str]], ...] = ([], [])
        carried_events: tuple[list[tuple[str, tuple[Link, Any], str]], ...] = ([], [])
        for n, side in enumerate(self.c.sides):
            for type_, h, t in side.relations:
                row = link(type_, self.mention_to[n].get(h, h), self.mention_to[n].get(t, t), self.ontology)
                if self.c.common(mention=[h, t]):
                    agreed = relations_of(self.c.sides[0], h, t) == relations_of(self.c.sides[1], h, t)
                    if self._wins(("relations", *sorted((h, t))), n, agreed) and row not in self.draft.relations:
                        self.draft.relations.append(row)
                else:
                    words = f"relation {type_}: {self._name(n, h)} → {self._name(n, t)}"
                    carried[n].append((self._follow(n, [h, t], []), row, words))
            for (type_, h, t), many in side.event_relations.items():
                row = link(type_, self.event_to[n].get(h, h), self.event_to[n].get(t, t), self.ontology)
                for evidence in many:
                    if self.c.common(event=[h, t]):
                        agreed = event_relations_of(self.c.sides[0], h, t) == event_relations_of(self.c.sides[1], h, t)
                        if (
                            self._wins(("event_relations", *sorted((h, t))), n, agreed)
                            and (row, evidence) not in self.draft.event_relations
                        ):
                            self.draft.event_relations.append((row, evidence))
                    else:
                        words = f"event relation {type_}: {self._name(n, h, event=True)} → {self._name(n, t, event=True)}"
                        carried_events[n].append((self._follow(n, [], [h, t]), (row, evidence), words))
        self._carry(carried, self.draft.relations)
        self._carry(carried_events, self.draft.event_relations)

    def _wins(self, key: tuple[Any, ...], side: int, agreed: bool) -> bool:
        """True if what this pass says of a pair of common slots stands; of an agreement, the first pass says it."""
        return side == 0 if agreed else self.by_key[key].choice == PASSES[side]

    def _follow(self, n: int, mentions: Iterable[int], events: Iterable[int]) -> str:
        own = [s for s in mentions if not self.c.common(mention=[s])]
        events = list(events)
        own += [s for s in events if not self.c.common(event=[s])]
        if not own:  # a filler whose roles differ with the type of a trigger that both passes mark
            own = events
        said = {self.follows[n][s] for s in own}
        return "no" if "no" in said else "both" if "both" in said else "yes"

    def _name(self, n: int, slot: int, *, event: bool = False) -> str:
        items: Mapping[int, Mention] | Mapping[int, Event] = self.c.sides[n].events if event else self.c.sides[n].mentions
        return f"“{items[slot].span.of(self.draft.document.text)}”"

    def _carry(self, carried: Sequence[Sequence[tuple[str, Any, str]]], into: list[Any]) -> None:
        for n in (0, 1):
            others = [row for _, row, _ in carried[1 - n]]
            for follow, row, words in carried[n]:
                if follow == "yes" or (follow == "both" and (row in others or row in into)):
                    if row not in into:
                        into.append(row)
                elif follow == "both" and words not in self.draft.dropped:
                    self.draft.dropped.append(f"{words}: only {PASSES[n]} says so, and the reading is neither's")

    def _reading(self, d: Difference, made: Decision) -> None:
        """What an ``other`` reading says beyond mentions and events, which `_group` has placed."""
        if made.choice != "other":
            return
        draft, records = self.draft, made.reading
        try:
            match d.key:
                case ("mentions", _) | ("events", _):
                    for whose, key, slot, record in self.named:
                        if whose is d:
                            place = draft.place_mentions if key == "entity" else draft.place_events
                            place([slot], record[key])
                case ("arguments", int(e), int(m)):
                    for r in records:
                        at = draft.event_at(r["event"]) if "event" in r else self.event_to[0].get(e, e)
                        filler = draft.mention_at(r["mention"]) if "mention" in r else self.mention_to[0].get(m, m)
                        draft.arguments.append((at, r["role"], filler))
                case ("relations", _, _):
                    draft.relations += [draft.link(r) for r in records]
                case ("event_relations", _, _):
                    draft.event_relations += [(draft.link(r), r["evidence"]) for r in records]
                case ("entities" | "instances" as layer, one, two):
                    self._regroup(layer, one, two, records)
                case ("entity", label):
                    draft.describe(records[0], label)
        except ValueError as fault:
            raise self._fault(f"difference {d.number}", fault) from fault

    def _regroup(self, layer: str, one: int, two: int, records: Sequence[Record]) -> None:
        draft = self.draft
        entities = layer == "entities"
        held = [s.entity_of if entities else s.instance_of for s in self.c.sides]
        to = self.mention_to[0] if entities else self.event_to[0]
        cell = [to[s] for s, label in held[0].items() if label == one and held[1].get(s) == two and s in to]
        place, at = (draft.place_mentions, draft.mention_at) if entities else (draft.place_events, draft.event_at)
        key = "mentions" if entities else "events"
        for r in records:
            place([at(s) for s in r[key]] if key in r else cell, r.get("with"))


def _gist(items: Iterable[Mention] | Iterable[Event]) -> list[tuple[Any, str]]:
    return sorted((x.span, x.type) for x in items)
