"""Sound annotations as an annotator makes them, for property tests: nothing nests, every thing is in one cluster."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from communique.model import Annotation, Argument, Entity, Event, EventRelation, Instance, Mention, Relation, Span
from communique.predictions import document_of

WORDS = "Ann met Bob and Cy in Dun to end war while Eve saw Fay go home"
INVENTED = document_of("d", f"{WORDS}.\n{WORDS}.")


@st.composite
def passes(draw: st.DrawFn) -> Annotation:
    """A sound annotation: flat mentions and triggers over the tokens, clusters that list each once, relations among them."""
    tokens = [t for t in INVENTED.tokens if t.of(INVENTED.text) != "."]
    mentions, free = [], 0
    for first, length in sorted(draw(st.sets(st.tuples(st.integers(0, len(tokens) - 1), st.integers(1, 3)), max_size=9))):
        last = min(first + length, len(tokens)) - 1
        if first >= free and tokens[last].end - tokens[first].start < 14:
            free = last + 1
            type_ = draw(st.sampled_from(["PER", "GPE", "TITLE"]))
            mentions.append(
                Mention(f"m{first}", Span(tokens[first].start, tokens[last].end), type_, None if type_ == "TITLE" else "NAM")
            )
    things = [m for m in mentions if m.type != "TITLE"]
    ids = [m.id for m in mentions]
    role = st.sampled_from(["ACTOR", "PARTICIPANT"])
    triggers = draw(st.sets(st.integers(0, len(tokens) - 1), max_size=6))
    events = []
    for n in sorted(triggers):
        filled = draw(st.sets(st.builds(Argument, role, st.sampled_from(ids)), max_size=3)) if ids else ()
        type_, realis = draw(st.sampled_from(["CONSULT", "REJECT", "STATEMENT"])), draw(st.sampled_from(["ACTUAL", "PLANNED"]))
        events.append(Event(f"v{n}", tokens[n], type_, realis, "POS", tuple(filled)))
    clusters: dict[tuple[int, str], list[str]] = {}
    for m in things:
        clusters.setdefault((draw(st.integers(0, 3)), m.type), []).append(m.id)
    names = st.sampled_from([None, "Ann", "Arcadia"])
    entities = [Entity(f"e{n}", key[1], tuple(held), draw(names)) for n, (key, held) in enumerate(clusters.items())]
    if entities:
        picked = draw(st.sets(st.sampled_from([e.id for e in entities]), max_size=2))
        entities[0] = replace(entities[0], members=tuple(sorted(picked - {entities[0].id})))
    happened: dict[int, list[str]] = {}
    for e in events:
        if e.type != "STATEMENT":
            happened.setdefault(draw(st.integers(0, 2)), []).append(e.id)
    ends = [(x, y) for x in ids for y in ids if x != y]
    related = (
        draw(st.sets(st.tuples(st.sampled_from(["TIES", "AFFILIATION"]), st.sampled_from(ends)), max_size=4)) if ends else ()
    )
    both = [(x.id, y.id) for x in events for y in events if x != y]
    kind = st.sampled_from(["CAUSE", "BEFORE"])
    linked = draw(st.sets(st.tuples(kind, st.sampled_from(both), st.sampled_from(tokens)), max_size=3)) if both else ()
    return Annotation(
        "d",
        mentions=tuple(mentions),
        entities=tuple(entities),
        events=tuple(events),
        instances=tuple(Instance(f"i{n}", tuple(held)) for n, held in happened.items()),
        relations=tuple(Relation(f"r{n}", t, *x) for n, (t, x) in enumerate(related)),
        event_relations=tuple(EventRelation(f"x{n}", t, *x, (s,)) for n, (t, x, s) in enumerate(linked)),
    )
