"""A Label Studio ``result`` list as an annotation. The server checks nothing that it stores, so everything is checked here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from communique.incident import DataError, Incident
from communique.io.labelconfig import HEAD, TAIL
from communique.io.labelstudio_forms import is_id, parse_entity_row, parse_extent
from communique.io.labelstudio_regions import Arrow, Region, assembled, tagged, targets
from communique.io.labelstudio_write import normalised, span_faults
from communique.model import LAYERS, Annotation, Document, Entity, Span
from communique.offsets import code_points
from communique.ontology import Ontology, default_ontology, nearest

_TYPES: Final = {  # control tag: type of its items
    **dict.fromkeys(("mention", "trigger", "link"), "labels"),
    **dict.fromkeys(("kind", "realis", "polarity"), "choices"),
    **dict.fromkeys(("entity", "extent", "value", "instance", "entities"), "textarea"),
}
_HELD: Final = {"labels": "labels", "choices": "choices", "textarea": "text"}  # type of an item: key of its list
_OWN: Final = {
    "mention": {"kind", "entity", "extent", "value"},
    "trigger": {"realis", "polarity", "instance"},
    "link": set[str](),
}


def from_result(
    document: Document,
    result: Sequence[Mapping[str, Any]],
    *,
    layers: Sequence[str] = LAYERS,
    ontology: Ontology | None = None,
) -> Annotation:
    """The annotation that a Label Studio ``result`` of this document says, in `normalised` form.

    An annotation made in Label Studio claims all layers unless ``layers`` says otherwise. An arrow drawn from right to left is
    the same arrow the other way round; space round what is typed in a field does not count. Nothing else is mended.

    Raises:
        DataError: with every fault: labels that are unknown, missing or too many, spans that do not fit the text, arrows that
            dangle, have no label or join what their label does not join, typed fields that do not read.
    """
    ontology = ontology or default_ontology()
    reader = _Reader(document, ontology)
    for n, item in enumerate(result):
        reader.take(n, item)
    reader.finish()
    if reader.faults:
        raise DataError(reader.faults)
    read = assembled(document.doc_id, reader.regions, reader.arrows, reader.entities, reader.extents, ontology)
    return normalised(replace(read, layers=tuple(layers), text_sha256=document.text_sha256))


class _Reader:
    """Collects regions, arrows and rows, and every fault on the way."""

    def __init__(self, document: Document, ontology: Ontology) -> None:
        self.document = document
        self.regions: dict[str, Region] = {}
        self.rows: list[str] = []
        self.arrows: list[Arrow] = []
        self.faults: list[Incident] = []
        self.known: dict[str, Sequence[str]] = {
            "mention": list(ontology.mentions),
            "trigger": list(ontology.events),
            "link": list(ontology.event_relations),
            "kind": list(ontology.kinds),
            "realis": list(ontology.realis),
            "polarity": list(ontology.polarity),
            "role": list(ontology.roles),
            "relation": list(ontology.relations),
            "end": [HEAD, TAIL],
        }
        self.extents: dict[str, Span] = {}
        self.entities: dict[str, Entity] = {}

    def fault(self, id_: str, where: object, message: str, hint: str) -> None:
        self.faults.append(Incident(id_, f"{self.document.doc_id}#{where}", message, hint))

    def take(self, n: int, item: Mapping[str, Any]) -> None:
        where = item.get("id") or f"result[{n}]" if isinstance(item, Mapping) else f"result[{n}]"
        try:
            if item["type"] == "relation":
                self._arrow(n, item["from_id"], item["to_id"], item.get("direction", "right"), item.get("labels") or [])
                return
            name, value = item["from_name"], item["value"]
            if name not in _TYPES or item["type"] != _TYPES[name] or item.get("to_name") != "text":
                hint = "only tags of annotations/label_config.xml are read; was the project made with it?"
                message = f"an item of type {item['type']!r} from the tag {name!r} to {item.get('to_name')!r}"
                self.fault("unknown-control", where, message, hint)
                return
            held = [_string(entry) for entry in _list(value[_HELD[item["type"]]])]
            if name == "entities":
                self.rows += held
                return
            self._region(_string(item["id"]), name, _span(value), value.get("text"), held)
        except (KeyError, TypeError, ValueError) as fault:
            what = f"the key {fault} is missing" if isinstance(fault, KeyError) else str(fault)
            self.fault(
                "malformed-result", where, what, "this is no item that Label Studio's editor writes; export again as JSON"
            )

    def _region(self, id_: str, name: str, span: Span, words: object, held: list[str]) -> None:
        region = self.regions.setdefault(id_, Region(id_, span))
        if region.span != span:
            message = f"its items stand at {region.span} and at {span}"
            self.fault("region-in-two-places", id_, message, "delete the region in the editor and mark it again")
        if len(held) != 1 or not held[0].strip():
            what = "no value" if not "".join(held).strip() else f"{len(held)} values, {', '.join(held)}"
            self.fault("not-one-value", id_, f"{name} has {what}", "leave exactly one")
            return
        if _TYPES[name] == "labels":
            if region.tag:
                message = f"it is labelled {region.label} and {held[0]}"
                self.fault("two-labels", id_, message, "mark the words twice, once for each label")
            region.tag, region.label = name, held[0]
            self._words(id_, span, words)
        elif name in region.attributes:
            self.fault("not-one-value", id_, f"{name} has 2 values, {region.attributes[name]}, {held[0]}", "leave exactly one")
        else:
            region.attributes[name] = held[0].strip()
        if name in self.known:
            self._label(id_, held[0], name)

    def _words(self, id_: str, span: Span, words: object) -> None:
        text = self.document.text
        if words is None or _written(words) == _written(span.of(text)):
            self.faults += span_faults(text, f"{self.document.doc_id}#{id_}", span)
            return
        found = f"its text is {words!r}, but the document has {span.of(text)!r} at {span}"
        try:
            utf16 = Span(code_points(text, span.start), code_points(text, span.end))
        except ValueError:
            utf16 = None
        if utf16 and _written(words) == _written(utf16.of(text)):
            message = f"{found}; counted in UTF-16 units the offsets are right, and {utf16} in code points"
            self.fault("utf16-offsets", id_, message, "convert them with communique.offsets.code_points, or export again")
        elif span.end > len(text):
            self.faults += span_faults(text, f"{self.document.doc_id}#{id_}", span)
        else:
            self.fault("words-differ", id_, found, "was the annotation made on another version of the text?")

    def _label(self, where: str, label: str, *kinds: str) -> bool:
        known = [name for kind in kinds for name in self.known[kind]]
        if label not in known:
            self.fault("unknown-label", where, f"{label!r} is no {' or '.join(kinds)}", nearest(label, known))
        return label in known

    def _arrow(self, n: int, head: object, tail: object, direction: object, labels: Sequence[object]) -> None:
        where = f"result[{n}]"
        if direction not in ("right", "left"):
            hint = "click the arrow's direction in the editor until it has one"
            self.fault("no-direction", where, f"the arrow from {head} to {tail} has the direction {direction!r}", hint)
        if direction == "left":
            head, tail = tail, head
        if not labels:
            hint = "give it a label in the Relations panel, or delete it"
            self.fault("unlabelled-arrow", where, f"the arrow from {head} to {tail} has no label", hint)
        for label in _list(labels):
            self._label(where, _string(label), "role", "relation", "end")
            self.arrows.append((_string(head), _string(tail), _string(label)))

    def finish(self) -> None:
        """What can only be seen when everything is there."""
        for region in self.regions.values():
            self._own(region)
        self._table()
        for n, (head, tail, label) in enumerate(self.arrows):
            self._ends(head, tail, label, again=(head, tail, label) in self.arrows[:n])
        for region in self.regions.values():
            if region.tag == "link":
                for end in (HEAD, TAIL):
                    if len(found := targets(self.arrows, region.id, end)) != 1:
                        message = f"the {region.label} link has {len(found)} arrows {end}"
                        self.fault("link-without-end", region.id, message, f"draw one arrow {end} from it to a trigger")

    def _own(self, region: Region) -> None:
        if not region.tag:
            what = ", ".join(region.attributes)
            self.fault("region-without-label", region.id, f"{what} is given, but no label", "label the region, or delete it")
            return
        for name in region.attributes:
            if name not in _OWN[region.tag]:
                message = f"{name} is given on a {region.tag}"
                self.fault("misplaced-attribute", region.id, message, "delete the region in the editor and mark it again")
        for name in ("entity", "instance"):
            if (typed := region.attributes.get(name)) is not None and not is_id(typed):
                self.fault("unusable-id", region.id, f"{name} is {typed!r}", "an id has no white space, comma, | or #")
        if (phrase := region.attributes.get("extent")) is not None:
            try:
                self.extents[region.id] = parse_extent(self.document.text, region.span, phrase)
            except ValueError as fault:
                self.fault("unusable-extent", region.id, str(fault), "type the noun phrase as the text has it, head included")

    def _table(self) -> None:
        for row in self.rows:
            try:
                entity = parse_entity_row(row)
            except ValueError as fault:
                self.fault("unusable-field", "entities", str(fault), "mend the row in the list of entities")
                continue
            if entity.id in self.entities:
                self.fault("duplicate-id", "entities", f"{entity.id!r} has two rows", "leave one")
            self._label(f"entities[{entity.id}]", entity.type, "mention")
            self.entities[entity.id] = entity
        rows = list(self.entities)
        named = [(e.id, member) for e in self.entities.values() for member in e.members]
        named += [(r.id, r.attributes["entity"]) for r in tagged(self.regions, "mention") if "entity" in r.attributes]
        for owner, id_ in named:
            if id_ not in self.entities:
                hint = f"add the row {id_} | type | name; {nearest(id_, rows)}"
                self.fault("entity-without-row", owner, f"the entity {id_!r} is not in the list of entities", hint)

    def _ends(self, head: str, tail: str, label: str, *, again: bool) -> None:
        if missing := [end for end in (head, tail) if end not in self.regions]:
            message = f"the arrow {label} from {head} to {tail} ends at a region that does not exist: {', '.join(missing)}"
            self.fault("dangling-arrow", head, message, "the editor does not open such a task; delete the arrow by the API")
            return
        ends = self.regions[head].tag, self.regions[tail].tag
        kinds = {("trigger", "mention"): "role", ("mention", "mention"): "relation", ("link", "trigger"): "end"}
        kind = kinds.get(ends)
        known = any(label in self.known[k] for k in kinds.values())
        if known and all(ends) and (kind is None or label not in self.known[kind]):
            hint = (
                "a role leads from trigger to mention, a relation from mention to mention, HEAD and TAIL from link to trigger"
            )
            self.fault("misplaced-arrow", head, f"the arrow {label} leads from a {ends[0]} to a {ends[1]}, {tail}", hint)
        if head == tail:
            self.fault("relation-to-itself", head, f"the arrow {label} leads from {head} to itself", "delete it")
        if again:
            self.fault("duplicate-arrow", head, f"the arrow {label} from {head} to {tail} is there twice", "delete one")


def _written(words: object) -> object:
    """Words as the editor writes them: it turns each line break into a backslash and an n (the offsets stay right)."""
    return words.replace("\r", "\n").replace("\n", "\\n") if isinstance(words, str) else words


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return value


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a string")
    return value


def _span(value: Mapping[str, Any]) -> Span:
    start, end = value["start"], value["end"]
    if type(start) is not int or type(end) is not int:
        raise TypeError(f"start {start!r} and end {end!r} are not whole numbers")
    return Span(start, end)
