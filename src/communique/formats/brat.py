"""brat standoff (1.3; its manual's "standoff format"): a folder of ``DOC.ann`` with ``DOC.txt``, or one ``.ann`` file.

Read are, with offsets in code points of the ``.txt``:

- T as a mention, unless it is but the trigger of an event. brat writes a span that runs over a line break in pieces, one for
  each line; such pieces are put together again. Other spans of several pieces are left out, and so are those of no character.
- E as an event. brat numbers a role that it repeats: ``PARTICIPANT2`` is a ``PARTICIPANT``, if the files have that role without
  a number too. An argument that is an event has no place.
- R between two T as a relation, between two E as one between events; between both it has no place.
- ``* Equiv`` of T as an entity (those that share a member are one, as in brat), of E as an instance.
- N: a reference to Wikidata is that of the mention's entity, and its text the name. Mentions that are in no Equiv and refer to
  one item are one entity.
- A, and the older M: Kind and Value of a T, Realis and Polarity of an E are what they are here.
- Other attributes, references and notes (#) of a T, E or R are kept below ``brat`` in its ``meta``. What is said of anything
  else is left out.

A layer is claimed if some file holds something of it: brat has no way to say that nothing was found.

A file that has no ``.txt`` beside it is of the known text of its name. Other files of a folder (``annotation.conf``) are
not read.

Written is the same, and an ``annotation.conf`` of the types that occur. What no construct of brat's says (the extent of a
mention, the evidence of a relation, the type of an entity that its first mention does not have, scores, meta) is JSON in notes
of the types ``communique``, ``communique-entity`` and ``communique-instance``, which are read again. Ids stay where they are of
brat's form. A name that has white space, a second entity of a mention, a span that begins or ends with a line break cannot be
said.

bioc 2.1 reads brat too, but drops N lines unsaid, so this is a reader of our own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from communique.formats.brat_lines import Event, Line, parse_lines
from communique.formats.brat_read import Reading, Standoff
from communique.formats.brat_write import CONFIGURATION, configuration, standoff
from communique.formats.converted import Converted, Left, Written
from communique.formats.documents import Texts
from communique.formats.source import Options, Source
from communique.incident import DataError, Incident, shown
from communique.io.files import as_text, read_bytes
from communique.io.jsonl import Row
from communique.io.wire import ITEMS
from communique.model import LAYERS, Annotation, Document
from communique.wording import counted, first_ten

_SUFFIX: Final = ".ann"


def read(source: Source, texts: Texts, options: Options) -> Converted:
    faults: list[Incident] = []
    files: list[tuple[Standoff, Document]] = []
    lines: list[Line] = []
    held = list(_files(source))
    for name, stem, content, path in held:
        found, wrong = parse_lines(name, content)
        faults += wrong
        lines += found
        try:
            text = _text(path)
            document = texts.of(name, doc_id=stem if text is not None or stem in texts.known else None, text=text, name=stem)
        except DataError as fault:
            faults += fault.incidents
            continue
        files.append((Standoff(name, tuple(found)), document))
    roles = frozenset(role for line in lines if isinstance(line, Event) for role, _ in line.arguments)
    readings = [Reading(file, document, roles) for file, document in files]
    annotations = [reading.annotation for reading in readings]
    faults += [fault for reading in readings for fault in reading.faults]
    layers = _layers(annotations)
    rows = tuple(
        texts.row(reading.file.name, reading.document, layers, **{layer: getattr(a, layer) for layer in ITEMS})
        for reading, a in zip(readings, annotations, strict=True)
    )
    left = tuple(item for reading in readings for item in reading.left)
    notes = tuple(_notes(source, readings, roles))
    return Converted(rows, sum(reading.items for reading in readings), left, tuple(faults), notes)


def write(rows: Sequence[Row], documents: Mapping[str, Document], options: Options) -> Written:
    annotations = [row.annotation for row in rows]
    if faults := [_no_name(a.doc_id) for a in annotations if not _is_name(a.doc_id)]:
        raise DataError(faults)
    roles = frozenset(argument.role for a in annotations for e in a.events for argument in e.arguments)
    files: dict[str, bytes] = {CONFIGURATION: configuration(annotations).encode()}
    left: list[Left] = []
    for annotation in annotations:
        text = documents[annotation.doc_id].text
        content, without = standoff(annotation, text, roles)
        files[f"{annotation.doc_id}{_SUFFIX}"] = content.encode()
        files[f"{annotation.doc_id}.txt"] = text.encode()
        left += without
    return Written(files, tuple(left))


def _files(source: Source) -> list[tuple[str, str, str, Path | None]]:
    """Name, stem, content and path of each .ann file. Of a folder within the folder, the name is part of the stem, as in brat.

    Raises:
        DataError: ``empty-folder``, ``unreadable-file`` or ``wrong-encoding``.
    """
    if not source.is_folder or source.path is None:
        stem = Path(source.name).stem if source.path is not None else ""
        return [(source.name, stem, _decoded(source.name, source.content), source.path)]
    folder = source.path
    paths = sorted(path for path in folder.rglob(f"*{_SUFFIX}") if path.is_file())
    if not paths:
        hint = "name a folder that holds DOC.ann and DOC.txt"
        if any(folder.rglob("*.a1")):
            hint = "of the BioNLP shared tasks, put DOC.a1 and DOC.a2 together into DOC.ann"
        raise DataError([Incident("empty-folder", source.name, "the folder holds no .ann file", hint)])
    found: list[tuple[str, str, str, Path | None]] = []
    faults: list[Incident] = []
    for path in paths:
        try:
            content = _decoded(str(path), read_bytes(path))
            found.append((str(path), path.relative_to(folder).with_suffix("").as_posix(), content, path))
        except DataError as fault:
            faults += fault.incidents
    if faults:
        raise DataError(faults)
    return found


def _decoded(name: str, raw: bytes) -> str:
    """As `as_text`, but the file may be blank: an empty .ann says that nothing is annotated."""
    return as_text(name, raw + b".")[:-1]


def _text(path: Path | None) -> str | None:
    """The text beside an .ann file, if there is one."""
    beside = path and path.with_suffix(".txt")
    return _decoded(str(beside), read_bytes(beside)) if beside and beside.exists() else None


def _layers(annotations: Sequence[Annotation]) -> list[str]:
    """The layers that the files hold something of; brat has no way to say that nothing was found."""
    held = {layer for a in annotations for layer in ITEMS if getattr(a, layer)}
    if any(e.arguments for a in annotations for e in a.events):
        held.add("arguments")
    return [layer for layer in LAYERS if layer in (held or {"mentions"})]


def _notes(source: Source, readings: Sequence[Reading], roles: frozenset[str]) -> list[str]:
    notes = []
    numbered = sorted({role for reading in readings for role in reading.numbered})
    if numbered:
        notes.append(f"a number that brat gives to a repeated role is no part of it: {first_ten(numbered)}")
    if source.is_folder and source.path is not None:
        bare = sorted(p.name for p in source.path.rglob("*.txt") if not p.with_suffix(_SUFFIX).exists())
        if bare:
            notes.append(f"{source.name}: {counted(len(bare), 'text')} without .ann not read: {first_ten(bare)}")
    return notes


def _is_name(doc_id: str) -> bool:
    """Whether files of this name lie within the folder that is written."""
    parts = doc_id.split("/")
    return all(part not in ("", ".", "..") for part in parts) and not any(c in doc_id for c in "\\\0:")


def _no_name(doc_id: str) -> Incident:
    message = f"the doc_id {shown(doc_id)} is no name for a file"
    return Incident("unusable-name", doc_id, message, "give the document another id")
