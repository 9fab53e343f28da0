"""A pass: what one annotator says of some documents, read from files of any of our formats; and two passes side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from communique.findings import findings
from communique.incident import DataError, Incident, cut
from communique.io.files import files_of, read_text
from communique.io.labelstudio import is_export, read_export, read_meta
from communique.io.quotes import parse_quotes
from communique.model import LAYERS, Annotation, Document
from communique.ontology import Ontology


@dataclass(frozen=True, slots=True)
class Pass:
    """``guidelines`` are the versions that its exports say they follow, each once; other formats do not say."""

    name: str
    annotations: tuple[Annotation, ...]
    guidelines: tuple[str, ...] = ()


def read_pass(path: Path, documents: Mapping[str, Document], *, ontology: Ontology | None = None) -> Pass:
    """Read a pass from a file, or from a folder of them. It is named after the file or the folder.

    Raises:
        DataError: every fault that `communique.findings.findings` finds, in each file; or that the folder holds none.
    """
    files = files_of(path)
    if faults := [fault for file in files for fault in findings(file, documents, ontology=ontology)]:
        raise DataError(faults)
    annotations: list[Annotation] = []
    guidelines: set[str] = set()
    for file in files:
        name, content = read_text(file)
        if is_export(content):
            annotations += read_export(content, documents, name=name, ontology=ontology)
            guidelines |= {version for key, version in read_meta(content).items() if key == "guidelines"}
        else:
            annotations += (row.annotation for row in parse_quotes(name, content, documents)[0])
    return Pass(path.stem, tuple(annotations), tuple(sorted(guidelines)))


def followed(a: Pass, b: Pass) -> str:
    """The versions of the guidelines that two passes followed, in words."""
    return ", ".join(sorted({*a.guidelines, *b.guidelines})) or "not stated"


def paired(
    a: Sequence[Annotation], b: Sequence[Annotation], names: tuple[str, str]
) -> list[tuple[Annotation, Annotation]]:
    """The two annotations of each document, by doc_id.

    Raises:
        DataError: unless both passes hold the same documents, each once, and of each the same version of its text.
    """
    faults = []
    for name, given, others in ((names[0], a, b), (names[1], b, a)):
        known = {x.doc_id for x in given}
        for doc_id, n in Counter(x.doc_id for x in given).items():
            if n > 1:
                hint = "keep one annotation per document"
                faults.append(Incident("duplicate-document", f"{name}: {doc_id}", f"{n} annotations of this document", hint))
        for other in others:
            if other.doc_id not in known:
                hint = "give both passes the same documents"
                faults.append(Incident("missing-document", name, f"there is no annotation of {other.doc_id}", hint))
    if not a and not b:
        faults.append(Incident("missing-document", names[0], "there is no annotation at all", "name files that hold some"))
    by_id = {x.doc_id: x for x in b}
    twos = [(x, by_id[x.doc_id]) for x in sorted(a, key=lambda x: x.doc_id) if x.doc_id in by_id]
    for one, other in twos:
        ours, theirs = one.text_sha256, other.text_sha256
        if None not in (ours, theirs) and ours != theirs:
            message = f"{names[0]} is of the text {cut(str(ours), 12)}, {names[1]} of the text {cut(str(theirs), 12)}"
            hint = "offsets of two texts cannot be compared; annotate one version"
            faults.append(Incident("other-document", one.doc_id, message, hint))
    if faults:
        raise DataError(faults)
    return twos


def unclaimed(a: Sequence[Annotation], b: Sequence[Annotation], names: tuple[str, str]) -> tuple[str, ...]:
    """Why a layer cannot be compared: a sentence for each layer that some of the annotations claim and others do not."""
    notes = []
    for layer in LAYERS:
        lacking = {
            name: [x.doc_id for x in given if layer not in x.layers] for name, given in zip(names, (a, b), strict=True)
        }
        if 0 < sum(map(len, lacking.values())) < len(a) + len(b):
            who = " and ".join(f"{name} does not claim it for {', '.join(ids)}" for name, ids in lacking.items() if ids)
            notes.append(f"the layer {layer} is left out: {who}")
    return tuple(notes)
