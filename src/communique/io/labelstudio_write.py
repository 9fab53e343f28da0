"""An annotation as the ``result`` list of a Label Studio annotation.

Label Studio's editor drops ``id``, ``meta`` and every key of its own invention from an arrow when it saves, and keeps only
one arrow between two regions in one direction. So nothing here rests on them: regions carry the ids of mentions and
triggers, arrows carry lists of labels, an entity is a row in a table that its mentions name, and an event relation is a
region on each piece of its evidence with arrows HEAD and TAIL to the two triggers. Ids of relations, ``score`` and ``meta``
are not carried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from communique.incident import DataError, Incident
from communique.io.labelconfig import HEAD, TAIL
from communique.io.labelstudio_forms import entity_row, extent_phrase, is_id, is_line
from communique.model import LAYERS, Annotation, EventRelation, Relation, Span
from communique.ontology import Ontology, default_ontology, nearest


def normalised(annotation: Annotation) -> Annotation:
    """The form in which an annotation and its way through Label Studio are equal.

    Items are sorted by place, lists within them too; relations are numbered anew, since the editor keeps no ids of arrows;
    ``score`` and ``meta`` are dropped. Ids of mentions, entities, events and instances stay.
    """
    relations = sorted(annotation.relations, key=lambda r: (r.head, r.tail, r.type))
    event_relations = sorted(annotation.event_relations, key=lambda r: (r.head, r.tail, r.type, sorted(r.evidence)))
    return Annotation(
        doc_id=annotation.doc_id,
        layers=tuple(layer for layer in LAYERS if layer in annotation.layers),
        mentions=tuple(
            replace(m, score=None, meta=None) for m in sorted(annotation.mentions, key=lambda m: (m.span, m.type, m.id))
        ),
        entities=tuple(
            replace(e, mentions=tuple(sorted(e.mentions)), members=tuple(sorted(e.members)), score=None, meta=None)
            for e in sorted(annotation.entities, key=lambda e: e.id)
        ),
        events=tuple(
            replace(
                v,
                arguments=tuple(
                    replace(a, score=None, meta=None) for a in sorted(v.arguments, key=lambda a: (a.role, a.mention))
                ),
                score=None,
                meta=None,
            )
            for v in sorted(annotation.events, key=lambda v: (v.span, v.type, v.id))
        ),
        instances=tuple(
            replace(i, events=tuple(sorted(i.events)), score=None, meta=None)
            for i in sorted(annotation.instances, key=lambda i: i.id)
        ),
        relations=tuple(Relation(f"r{n}", r.type, r.head, r.tail) for n, r in enumerate(relations, 1)),
        event_relations=tuple(
            EventRelation(f"x{n}", r.type, r.head, r.tail, tuple(sorted(r.evidence))) for n, r in enumerate(event_relations, 1)
        ),
        text_sha256=annotation.text_sha256,
    )


def to_result(text: str, annotation: Annotation, *, ontology: Ontology | None = None) -> list[dict[str, Any]]:
    """The ``result`` of a Label Studio annotation (or prediction) of the document with this text.

    Raises:
        DataError: with everything that the editor would lose, change or choke on, such as an event relation without evidence.
    """
    ontology = ontology or default_ontology()
    a = normalised(annotation)
    if faults := [*_reference_faults(a), *_label_faults(a, ontology), *_span_faults(text, a)]:
        raise DataError(faults)  # the rest presupposes what these establish
    faults = [*_arrow_faults(a), *_field_faults(text, a)]
    if faults:
        raise DataError(faults)
    entity_of = {m: e.id for e in a.entities for m in e.mentions}
    instance_of = {v: i.id for i in a.instances for v in i.events}
    result: list[dict[str, Any]] = []
    for m in a.mentions:
        extent = extent_phrase(text, m.span, m.extent) if m.extent else None
        fields = {"entity": entity_of.get(m.id), "extent": extent, "value": m.value}
        result += _region(text, m.id, "mention", m.span, m.type, {"kind": m.kind}, fields)
    for v in a.events:
        choices = {"realis": v.realis, "polarity": v.polarity}
        result += _region(text, v.id, "trigger", v.span, v.type, choices, {"instance": instance_of.get(v.id)})
    arrows = [(v.id, argument.mention, argument.role) for v in a.events for argument in v.arguments]
    arrows += [(r.head, r.tail, r.type) for r in a.relations]
    ids = _fresh_ids({m.id for m in a.mentions} | {v.id for v in a.events})
    for r in a.event_relations:
        for span in r.evidence:
            link = next(ids)
            result += _region(text, link, "link", span, r.type, {}, {})
            arrows += [(link, r.head, HEAD), (link, r.tail, TAIL)]
    if a.entities:
        rows = [entity_row(e) for e in a.entities]
        result.append(_item(next(ids), "textarea", "entities", {"text": rows}))
    return result + _relations(arrows)


def _item(id_: str, type_: str, name: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": id_, "type": type_, "from_name": name, "to_name": "text", "value": value}


def _region(
    text: str, id_: str, tag: str, span: Span, label: str, choices: dict[str, str | None], fields: dict[str, str | None]
) -> Iterator[dict[str, Any]]:
    place = {"start": span.start, "end": span.end}
    yield _item(id_, "labels", tag, {**place, "text": span.of(text), "labels": [label]})
    for name, choice in choices.items():
        if choice is not None:
            yield _item(id_, "choices", name, {**place, "choices": [choice]})
    for name, typed in fields.items():
        if typed is not None:
            yield _item(id_, "textarea", name, {**place, "text": [typed]})


def _relations(arrows: Iterable[tuple[str, str, str]]) -> list[dict[str, Any]]:
    labels: dict[tuple[str, str], list[str]] = {}
    for head, tail, label in arrows:
        labels.setdefault((head, tail), []).append(label)
    return [
        {"type": "relation", "from_id": head, "to_id": tail, "direction": "right", "labels": sorted(names)}
        for (head, tail), names in labels.items()
    ]


def _fresh_ids(taken: set[str]) -> Iterator[str]:
    n = 0
    while True:
        n += 1
        if f"link{n}" not in taken:
            yield f"link{n}"


def _twice(items: Iterable[Any]) -> list[Any]:
    return [item for item, count in Counter(items).items() if count > 1]


def _reference_faults(a: Annotation) -> Iterator[Incident]:
    mentions, events = {m.id for m in a.mentions}, {v.id for v in a.events}
    regions = [*(m.id for m in a.mentions), *(v.id for v in a.events)]
    for kind, ids in (
        ("a mention or event", regions),
        ("an entity", [e.id for e in a.entities]),
        ("an instance", [i.id for i in a.instances]),
    ):
        for id_ in _twice(ids):
            message = f"{id_!r} is the id of {kind} twice"
            yield Incident(
                "duplicate-id", f"{a.doc_id}#{id_}", message, "mentions and events share one set of region ids; rename"
            )
        for id_ in ids:
            if not is_id(id_):
                hint = "use an id without white space, comma, | or #"
                yield Incident("unusable-id", f"{a.doc_id}#{id_}", f"{id_!r} cannot be the id of {kind} in Label Studio", hint)
    named: list[tuple[str, str, Iterable[str], set[str]]] = []
    for e in a.entities:
        named += [(e.id, "a mention", e.mentions, mentions), (e.id, "an entity", e.members, {x.id for x in a.entities})]
    named += [(i.id, "an event", i.events, events) for i in a.instances]
    named += [(v.id, "a mention", [x.mention for x in v.arguments], mentions) for v in a.events]
    named += [(r.id, "a mention", [r.head, r.tail], mentions) for r in a.relations]
    named += [(r.id, "an event", [r.head, r.tail], events) for r in a.event_relations]
    for owner, kind, named_ids, known in named:
        for id_ in named_ids:
            if id_ not in known:
                yield Incident(
                    "dangling-id", f"{a.doc_id}#{owner}", f"{id_!r} is not the id of {kind}", nearest(id_, sorted(known))
                )
    for kind, clusters in (
        ("entity", [(e.id, e.mentions) for e in a.entities]),
        ("instance", [(i.id, i.events) for i in a.instances]),
    ):
        for id_ in _twice(id_ for _, ids in clusters for id_ in ids):
            owners = ", ".join(c for c, ids in clusters if id_ in ids)
            message = f"{id_!r} is listed more than once, in {owners}"
            yield Incident("two-clusters", f"{a.doc_id}#{id_}", message, f"a region names one {kind}; leave it in one, once")
    for i in a.instances:
        if not i.events:
            yield Incident("empty-cluster", f"{a.doc_id}#{i.id}", "an instance without events", "leave it out")


def _label_faults(a: Annotation, o: Ontology) -> Iterator[Incident]:
    labels: list[tuple[str, str, str | None, Sequence[str]]] = []
    for m in a.mentions:
        labels += [(m.id, "mention type", m.type, list(o.mentions)), (m.id, "kind", m.kind, list(o.kinds))]
    labels += [(e.id, "entity type", e.type, list(o.mentions)) for e in a.entities]
    for v in a.events:
        labels += [(v.id, "event type", v.type, list(o.events)), (v.id, "realis", v.realis, list(o.realis))]
        labels += [(v.id, "polarity", v.polarity, list(o.polarity))]
        labels += [(v.id, "role", x.role, list(o.roles)) for x in v.arguments]
    labels += [(r.id, "relation", r.type, list(o.relations)) for r in a.relations]
    labels += [(r.id, "event relation", r.type, list(o.event_relations)) for r in a.event_relations]
    for owner, what, label, known in labels:
        if label is not None and label not in known:
            yield Incident("unknown-label", f"{a.doc_id}#{owner}", f"{label!r} is no {what}", nearest(label, known))


def _span_faults(text: str, a: Annotation) -> Iterator[Incident]:
    spans = [(m.id, m.span) for m in a.mentions] + [(v.id, v.span) for v in a.events]
    spans += [(m.id, m.extent) for m in a.mentions if m.extent]
    spans += [(r.id, span) for r in a.event_relations for span in r.evidence]
    for owner, span in spans:
        yield from span_faults(text, f"{a.doc_id}#{owner}", span)


def span_faults(text: str, place: str, span: Span) -> Iterator[Incident]:
    """What keeps a span from being a region: it lies outside the text, or there is nothing in it to see."""
    if span.end > len(text):
        message = f"{span} runs past the text, which has {len(text)} code points"
        yield Incident("span-outside-text", place, message, "were the offsets counted in bytes or UTF-16 units?")
    elif not span.of(text).strip():
        yield Incident("blank-span", place, f"{span} covers only white space, {span.of(text)!r}", "mark the words")


def _arrow_faults(a: Annotation) -> Iterator[Incident]:
    relations: list[Relation | EventRelation] = [*a.relations, *a.event_relations]
    arrows = [(v.id, (v.id, x.role, x.mention)) for v in a.events for x in v.arguments]
    arrows += [(r.id, (r.head, r.type, r.tail)) for r in relations]
    for arrow in _twice(arrow for _, arrow in arrows):
        owners = ", ".join(dict.fromkeys(owner for owner, other in arrows if other == arrow))
        message = f"{arrow[1]} leads from {arrow[0]} to {arrow[2]} more than once, in {owners}"
        yield Incident("duplicate-arrow", f"{a.doc_id}#{arrow[0]}", message, "leave one; the editor keeps no more")
    for r in relations:
        if r.head == r.tail:
            yield Incident(
                "relation-to-itself", f"{a.doc_id}#{r.id}", f"{r.type} leads from {r.head} to itself", "leave it out"
            )
    for x in a.event_relations:
        if not x.evidence:
            message = f"{x.type} from {x.head} to {x.tail} has no evidence"
            hint = "give the words that signal it; they are the region that carries the relation"
            yield Incident("evidence-missing", f"{a.doc_id}#{x.id}", message, hint)


def _field_faults(text: str, a: Annotation) -> Iterator[Incident]:
    hint = "a field holds one line without space at its edges, and a cell of the entity table no |"
    for e in a.entities:
        try:
            entity_row(e)
        except ValueError as fault:
            yield Incident("unusable-field", f"{a.doc_id}#{e.id}", str(fault), hint)
    for m in a.mentions:
        if m.value is not None and not is_line(m.value):
            yield Incident("unusable-field", f"{a.doc_id}#{m.id}", f"the value {m.value!r} cannot be typed in a field", hint)
        if m.extent:
            try:
                extent_phrase(text, m.span, m.extent)
            except ValueError as fault:
                yield Incident("unusable-extent", f"{a.doc_id}#{m.id}", str(fault), "an extent is typed as its words")
