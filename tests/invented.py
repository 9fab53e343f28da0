"""A project folder with two invented articles and their invented gold, for tests of what is built from gold."""

from __future__ import annotations

import hashlib
from pathlib import Path

from communique.ingest import ingest
from communique.io.labelstudio import export_bytes, normalised, to_task
from communique.model import Annotation, Argument, Entity, Event, EventRelation, Instance, Mention, Relation, Span
from communique.ontology import default_ontology

SEEDS = {
    "harbour": (
        "Ann Meets Bob\n\n🎉 President Ann Roe of Freedonia met Bob Doe in “Port-Said” on 2 May 2031. (Photo)\n"
        "The two left. The talks ended a dispute, officials of the U.S. said.\r\nShare this"
    ),
    "valley": "Nothing Happens\nNobody came.",
}
_TEXTS = {
    "harbour": (
        "Ann Meets Bob\n🎉 President Ann Roe of Freedonia met Bob Doe in “Port-Said” on 2 May 2031.\n"
        "The two left. The talks ended a dispute, officials of the U.S. said.\r"
    ),
    "valley": SEEDS["valley"],
}
_LINES = {
    "harbour": "zones = { headline = [1], body = [3, 4] }\ndropped = [5]\ncut.3.end = ' (Photo)'\nsplit = 'validation'",
    "valley": "zones = { headline = [1], body = [2] }\nsplit = 'test'\nurl = 'https://example.org/?a=1|2'",
}


def span(text: str, words: str, occurrence: int = 1) -> Span:
    """Where these words stand for the n-th time."""
    start = -1
    for _ in range(occurrence):
        start = text.index(words, start + 1)
    return Span(start, start + len(words))


def _harbour(text: str, sha256: str) -> Annotation:
    def at(words: str, occurrence: int = 1) -> Span:
        return span(text, words, occurrence)

    return Annotation(
        "harbour",
        mentions=(
            Mention("m1", at("Ann"), "PER", "NAM"),
            Mention("m2", at("Bob"), "PER", "NAM"),
            Mention("m3", at("President"), "TITLE"),
            Mention("m4", at("Ann Roe"), "PER", "NAM"),
            Mention("m5", at("Freedonia"), "GPE", "NAM"),
            Mention("m6", at("Bob Doe"), "PER", "NAM"),
            Mention("m7", at("Port-Said"), "GPE", "NAM"),
            Mention("m8", at("2 May 2031"), "TIME", value="2031-05-02"),
            Mention("m9", at("two"), "PER", "NOM", extent=at("The two")),
            Mention("m10", at("officials"), "PER", "NOM"),
            Mention("m11", at("U.S."), "GPE", "NAM"),
        ),
        entities=(
            Entity("e1", "PER", ("m1", "m4"), "Ann Roe", "Q1"),
            Entity("e2", "PER", ("m2", "m6"), "Bob Doe"),
            Entity("e3", "GPE", ("m5",), "Freedonia"),
            Entity("e4", "GPE", ("m7",), "Port-Said"),
            Entity("e5", "PER", ("m9",), members=("e1", "e2")),
            Entity("e6", "PER", ("m10",)),
            Entity("e7", "GPE", ("m11",), "United States"),
        ),
        events=(
            Event("v1", at("Meets"), "CONSULT", "ACTUAL", "POS", _fillers("PARTICIPANT", "m1", "m2")),
            Event(
                "v2",
                at("met"),
                "CONSULT",
                "ACTUAL",
                "POS",
                (*_fillers("PARTICIPANT", "m4", "m6"), Argument("PLACE", "m7"), Argument("TIME", "m8")),
            ),
            Event("v3", at("talks"), "CONSULT", "ACTUAL", "POS"),
            Event("v4", at("said"), "STATEMENT", "ACTUAL", "POS", _fillers("ACTOR", "m10")),
        ),
        instances=(Instance("i1", ("v1", "v2", "v3")),),
        relations=(Relation("r1", "POSITION", "m4", "m3"), Relation("r2", "AFFILIATION", "m4", "m5")),
        event_relations=(EventRelation("x1", "CONTENT", "v4", "v3", (at("talks"),)),),
        text_sha256=sha256,
    )


def _fillers(role: str, *mentions: str) -> tuple[Argument, ...]:
    return tuple(Argument(role, mention) for mention in mentions)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


GOLD = {
    "harbour": normalised(_harbour(_TEXTS["harbour"], _sha256(_TEXTS["harbour"]))),
    "valley": Annotation("valley", text_sha256=_sha256(_TEXTS["valley"])),
}


def write_seeds(folder: Path) -> Path:
    """The project folder with seeds alone."""
    seeds = folder / "seeds"
    seeds.mkdir(parents=True)
    tables = ['dataset.version = "0.9.0"']
    for doc_id, seed in SEEDS.items():
        (seeds / f"{doc_id}.txt").write_bytes(seed.encode("utf-8"))
        text = _TEXTS[doc_id]
        described = f"length = {len(text)}, words = {len(text.split())}, sha256 = '{_sha256(text)}'"
        tables += ["[[document]]", f"doc_id = '{doc_id}'", f"file = '{doc_id}.txt'", f"sha256 = '{_sha256(seed)}'"]
        tables += [_LINES[doc_id], f"story = '{doc_id}'", "rights = 'invented'", f"text = {{ {described} }}"]
    (seeds / "seeds.toml").write_text("\n".join(tables), encoding="utf-8")
    return folder


def write_gold(folder: Path, *annotations: Annotation) -> None:
    """Each annotation as the Label Studio export of its document."""
    documents = {document.doc_id: document for document in ingest(folder)}
    for annotation in annotations:
        path = folder / "annotations" / "gold" / f"{annotation.doc_id}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        meta = {"guidelines": default_ontology().version}
        task = to_task(documents[annotation.doc_id], annotation, ground_truth=True, meta=meta)
        path.write_bytes(export_bytes(task))


def write_project(folder: Path) -> Path:
    """The project folder with seeds and gold for both splits."""
    write_seeds(folder)
    write_gold(folder, *GOLD.values())
    return folder
