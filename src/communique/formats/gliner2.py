"""What GLiNER2 gives: entities, relations and records, as words alone or with confidence and offsets.

Seen: 2.1.0. A text's record is what ``extract``, ``extract_entities``, ``extract_relations`` or ``extract_json`` gives for it,
on a line of its own, or in the list of a ``batch_…`` call. It says nothing of the text: put a ``doc_id`` into it, or say
``--in-order`` or ``--doc``.

- ``entities`` has a list for each label, of strings, or of objects with ``text`` and, as far as they were asked for
  (``include_confidence``, ``include_spans``), ``confidence``, ``start`` and ``end``; or one such, if a label admits only one.
  Further keys (attributes of spans) are kept as ``meta``. Offsets count code points; the words are compared with the text.
- ``relation_extraction`` has a list for each relation, of pairs of words, or of objects with ``head`` and ``tail``. The
  confidence of both ends is kept as ``meta``.
- ``entities`` and ``relations`` may also be lists, as ``JointIE`` gives them, with ids.
- Words without offsets are looked for in the text. They are given once for a label, however often they occur.
- Relations without entities claim relations alone; their ends are mentions that are not scored. Where entities are given, a
  relation of something that is none of them is listed and left out.
- A record (``extract_json``) that has a field ``trigger`` is an event, of the type that its records have; its other fields are
  roles, and what they hold are fillers. Any other record is listed and left out: without a trigger it is no event. So is a
  field that was chosen from a list and is no part of the text, as far as that can be told (with ``include_spans``).
- Classifications of the text are listed and left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from communique.formats.converted import Converted
from communique.formats.documents import Texts, told_document
from communique.formats.fields import Fields, fields
from communique.formats.gliner_record import Spotted, rows_of
from communique.formats.records import records, wrong
from communique.formats.source import Options, Source
from communique.incident import Incident, shown

_SCORE: Final = "confidence"
_TRIGGER: Final = "trigger"


def read(source: Source, texts: Texts, options: Options) -> Converted:
    """Read a file; raises as `communique.formats.read` says."""
    faults: list[Incident] = []
    held: list[Spotted] = []
    layers: set[str] = set()
    for place, record in records(source, faults):
        if not isinstance(record, dict):
            hint = 'a text\'s record is {"entities": {"person": […]}, …}'
            faults.append(wrong(place, "$", record, "an object", hint))
            continue
        document = told_document(source, texts, place, record, faults)
        if document is None:
            continue
        one = Spotted(place, document, faults)
        held.append(one)
        for key, value in record.items():
            path = f"$.{key}"
            if key == "entities":
                layers.add("mentions")
                _entities(one, path, value)
            elif key == "relation_extraction" or (key == "relations" and isinstance(record.get("entities"), list)):
                layers.add("relations")
                _relations(one, path, value)
            elif key not in ("doc_id", "text"):
                layers |= _others(one, path, key, value)
    return rows_of(held, layers, faults, texts, ())


def _several(value: Any) -> Iterator[tuple[str, Any]]:
    """What stands under a label, each with what it adds to the path: a list, or one, or nothing."""
    if isinstance(value, list):
        yield from ((f"[{n}]", item) for n, item in enumerate(value))
    elif value not in (None, ""):
        yield "", value


def _entities(one: Spotted, path: str, value: Any) -> None:
    if isinstance(value, dict):
        for label, found in value.items():
            for n, item in _several(found):
                one.items += 1
                if mention := one.spot(f"{path}.{label}{n}", item, _SCORE):
                    one.mentions.append({"type": label, **mention})
    elif isinstance(value, list):
        for at, item in _several(value):
            one.items += 1
            if (given := fields(one.place, f"{path}{at}", item, one.faults)) is None:
                continue
            id_, label = given.string("id"), given.string("type")
            mention = one.spot(given.path, item, _SCORE, "id", "type")
            if id_ and label is not None and mention:
                one.mentions.append({"id": id_, "type": label, **mention})
    else:
        one.faults.append(wrong(one.place, path, value, "an object with a list for each label"))


def _relations(one: Spotted, path: str, value: Any) -> None:
    if isinstance(value, list) and path == "$.relations":
        for n, item in _several(value):
            one.items += 1
            if (given := fields(one.place, f"{path}{n}", item, one.faults)) is None:
                continue
            found: dict[str, Any] = {key: given.string(key) for key in ("type", "head", "tail")}
            found |= {"score": given.score(_SCORE), "meta": given.rest(*found, _SCORE)}
            one.relations.append((given.path, {key: held for key, held in found.items() if held is not None}))
        return
    if not isinstance(value, dict):
        one.faults.append(wrong(one.place, path, value, "an object with a list for each relation"))
        return
    for label, pairs in value.items():
        for n, item in _several(pairs):
            one.items += 1
            _pair(one, f"{path}.{label}{n}", label, item)


def _pair(one: Spotted, path: str, label: str, item: Any) -> None:
    """A relation: two words, or an object with head and tail."""
    if isinstance(item, list) and len(item) == 2:
        given = dict(zip(("head", "tail"), item, strict=True))
        paths = (f"{path}[0]", f"{path}[1]")
    elif isinstance(item, dict) and {"head", "tail"} <= item.keys():
        given, paths = item, (f"{path}.head", f"{path}.tail")
    else:
        hint = "a relation is a pair of words, or has head and tail"
        one.faults.append(wrong(one.place, path, item, "a pair", hint))
        return
    head, tail = (one.spot(at, given[key], _SCORE) for at, key in zip(paths, ("head", "tail"), strict=True))
    if head is None or tail is None:
        return
    confidence = {key: end["score"] for key, end in (("head", head), ("tail", tail)) if "score" in end}
    meta = {**({_SCORE: confidence} if confidence else {}), **{k: v for k, v in given.items() if k not in ("head", "tail")}}
    one.relations.append((path, {"type": label, "head": head, "tail": tail, **({"meta": meta} if meta else {})}))


def _others(one: Spotted, path: str, key: str, value: Any) -> set[str]:
    """Records and classifications; the layers that they claim."""
    held = value if isinstance(value, list) else [value] if _is_record(value) else []
    if not held or not all(map(_is_record, held)):
        if value not in (None, "", [], {}):
            one.items += 1
            one.leave(path, f"{key} {shown(value)}", "it is a classification of the text, not of words in it")
        return set()
    layers: set[str] = set()
    for n, item in enumerate(held):
        at = f"{path}[{n}]" if isinstance(value, list) else path
        one.items += 1
        triggers = list(_several(item.get(_TRIGGER)))
        if len(triggers) == 1:
            layers |= {"events", "arguments"}
            _event(one, at, key, item, triggers[0])
        else:
            why = "a record needs a field trigger to be an event" if not triggers else "it has several triggers"
            one.leave(at, f"{key} {shown(item)}", why)
    return layers


def _event(one: Spotted, path: str, label: str, item: Mapping[str, Any], trigger: tuple[str, Any]) -> None:
    found = one.spot(f"{path}.{_TRIGGER}{trigger[0]}", trigger[1], _SCORE)
    placed = "start" in (found or {})
    arguments = []
    for role, value in item.items():
        for n, filler in _several(value) if role != _TRIGGER else ():
            at = f"{path}.{role}{n}"
            one.items += 1
            if placed and isinstance(filler, dict) and not {"start", "end"} & filler.keys():
                given = Fields(one.place, at, filler, one.faults)
                one.leave(at, f"{role} {shown(given.string('text'))}", "it was chosen from a list, and is no part of the text")
            elif end := one.spot(at, filler, _SCORE):
                kept = {key: end[key] for key in ("score",) if key in end}
                arguments.append({"role": role, "mention": end, **kept})
    if found is not None:
        one.events.append((path, {"type": label, **found, "arguments": arguments}))


def _is_record(value: Any) -> bool:
    """Whether it is an object with fields, not a label with its confidence."""
    return isinstance(value, dict) and bool(value) and not value.keys() <= {"label", _SCORE}
