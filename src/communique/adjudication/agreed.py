"""What both passes say, so that an adjudicator can see the whole and mend what both got wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from communique.adjudication.compare import Comparison, compare
from communique.adjudication.differences import Words, anchor, attributes_differ
from communique.model import Annotation, Document
from communique.ontology import Ontology, default_ontology


def agreed(
    document: Document, a: Annotation, b: Annotation, *, ontology: Ontology | None = None
) -> Mapping[int, tuple[str, ...]]:
    """By the number of the sentence, in words: mentions, events, relations, event relations with their evidence; and of every
    event, even if they describe it differently, the arguments that both give it. Under 0: the clusters, as far as both put the
    same mentions or events together, with the names and members that both give an entity.

    Given the same annotation twice, it is all that this annotation says.

    Raises:
        ValueError, DataError: as `compare` does.
    """
    c, say = compare(a, b, ontology or default_ontology()), Words(document)
    one, two = c.sides
    lines: dict[int, list[str]] = defaultdict(list)
    for group in (g for g in c.mentions if g.agreed):
        for m in group.sides[0].values():
            lines[say.sentence(m.span)].append(say.mention(m))
    for events in (g for g in c.events if g.shared):
        for slot, event in events.sides[0].items():
            both = sorted((role, m) for e, role, m in one.arguments & two.arguments if e == slot)
            filled = "; ".join(f"{role} {say.span(one.mentions[m].span)}" for role, m in both)
            said = say.event(event) if events.agreed else f"{say.span(event.span)}, see above"
            if filled or events.agreed:
                lines[say.sentence(event.span)].append(said + (f" [{filled}]" if filled else ""))
    for type_, h, t in sorted(one.relations & two.relations):
        head, tail = one.mentions[h].span, one.mentions[t].span
        lines[say.sentence(head)].append(f"{type_}: {say.span(head)} → {say.span(tail)}")
    for key in sorted(one.event_relations.keys() & two.event_relations.keys()):
        if one.event_relations[key] == two.event_relations[key]:
            head, tail = one.events[key[1]].span, one.events[key[2]].span
            signal = ", ".join(say.span(span) for many in one.event_relations[key] for span in many)
            lines[say.sentence(head)].append(f"{key[0]}: {say.span(head)} → {say.span(tail)}, evidence {signal or 'none'}")
    return {0: tuple(_clusters(c, say))} | {n: tuple(found) for n, found in sorted(lines.items()) if n}


def _clusters(c: Comparison, say: Words) -> list[str]:
    one, two = c.sides
    out = []
    for what, first, second in (("entity", one.entity_of, two.entity_of), ("instance", one.instance_of, two.instance_of)):
        together: dict[int, list[int]] = defaultdict(list)
        for slot, label in first.items():
            if second.get(slot) == label:
                together[label].append(slot)
        for label, slots in together.items():
            told = _described(c, label, say) if what == "entity" else ""
            if len(slots) > 1 or told:
                spans = sorted((one.mentions if what == "entity" else one.events)[slot].span for slot in slots)
                out.append(f"one {what}{told}: {', '.join(map(say.span, spans))}")
    return out


def _described(c: Comparison, label: int, say: Words) -> str:
    """Name and members of an entity, if both passes say the same of them."""
    if label not in c.sides[0].entities or label not in c.sides[1].entities or attributes_differ(c, label):
        return ""
    side = c.sides[0]
    members = sorted(anchor(side, member) for member in side.members[label])
    told = [f"“{side.entities[label].name}”"] * bool(side.entities[label].name)
    told += [f"group of {' and '.join(map(say.span, members))}"] * bool(members)
    return f" ({', '.join(told)})" if told else ""
