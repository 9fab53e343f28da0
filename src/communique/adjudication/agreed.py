"""What both passes say, so that an adjudicator can see the whole and mend what both got wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from communique.adjudication.compare import Comparison, compare
from communique.adjudication.differences import Words
from communique.model import Annotation, Document
from communique.ontology import Ontology, default_ontology


def agreed(
    document: Document, a: Annotation, b: Annotation, *, ontology: Ontology | None = None
) -> Mapping[int, tuple[str, ...]]:
    """By the number of the sentence, in words: mentions, events with the arguments that both give them, relations. Under 0: the
    clusters, as far as both put the same mentions or events together.

    Raises:
        ValueError, DataError: as `compare` does.
    """
    c, say = compare(a, b, ontology or default_ontology()), Words(document)
    one, two = c.sides
    lines: dict[int, list[str]] = defaultdict(list)
    for group in (g for g in c.mentions if g.agreed):
        for m in group.sides[0].values():
            lines[say.sentence(m.span)].append(say.mention(m))
    for events in (g for g in c.events if g.agreed):
        for slot, event in events.sides[0].items():
            both = sorted((role, m) for e, role, m in one.arguments & two.arguments if e == slot)
            filled = "; ".join(f"{role} {say.span(one.mentions[m].span)}" for role, m in both)
            lines[say.sentence(event.span)].append(say.event(event) + (f" [{filled}]" if filled else ""))
    for type_, h, t in sorted(one.relations & two.relations):
        head, tail = one.mentions[h].span, one.mentions[t].span
        lines[say.sentence(head)].append(f"{type_}: {say.span(head)} → {say.span(tail)}")
    for key in sorted(one.event_relations.keys() & two.event_relations.keys()):
        if one.event_relations[key] == two.event_relations[key]:
            head, tail = one.events[key[1]].span, one.events[key[2]].span
            lines[say.sentence(head)].append(f"{key[0]}: {say.span(head)} → {say.span(tail)}")
    return {0: tuple(_clusters(c, say))} | {n: tuple(found) for n, found in sorted(lines.items()) if n}


def _clusters(c: Comparison, say: Words) -> list[str]:
    one, two = c.sides
    out = []
    for what, first, second in (("entity", one.entity_of, two.entity_of), ("instance", one.instance_of, two.instance_of)):
        together: dict[int, list[int]] = defaultdict(list)
        for slot, label in first.items():
            if second.get(slot) == label:
                together[label].append(slot)
        for slots in (held for held in together.values() if len(held) > 1):
            spans = sorted((one.mentions if what == "entity" else one.events)[slot].span for slot in slots)
            out.append(f"one {what}: {', '.join(map(say.span, spans))}")
    return out
