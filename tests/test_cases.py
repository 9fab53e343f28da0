"""Every incident has a minimal file of the same name that raises it and nothing else."""

import re
from pathlib import Path

import pytest

from communique.findings import findings
from communique.incident import Incident
from communique.io.files import read_text
from communique.io.jsonl import parse_rows
from communique.model import Document
from communique.predictions import document_of

CASES = Path(__file__).parent / "cases"
SOURCES = Path(__file__).parents[1] / "src" / "communique"


def documents() -> dict[str, Document]:
    rows, _ = parse_rows(*read_text(CASES / "texts.jsonl"))
    return {r.annotation.doc_id: document_of(r.annotation.doc_id, r.text or "") for r in rows}


def incidents(path: Path) -> list[Incident]:
    """A file under annotation/ is held to the whole schema, one under prediction/ or export/ only to what reading needs."""
    return list(findings(path, documents(), standard="annotation" if path.parent.name == "annotation" else "prediction"))


@pytest.mark.parametrize("path", sorted(CASES.glob("*/*")), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_case_raises_exactly_its_namesake(path: Path) -> None:
    expected = [] if path.stem == "sound" else [path.stem]
    assert [i.id for i in incidents(path)] == expected


@pytest.mark.parametrize("path", sorted(CASES.glob("*/*")), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_incident_says_where_and_what(path: Path) -> None:
    for i in incidents(path):
        assert i.place.startswith(str(path))
        assert i.message
        assert str(i).endswith(f"[{i.id}]")


# Not to be had from a file that is there to be read, or raised on the way out, and tested where that happens.
ELSEWHERE = {
    "unreadable-file",  # test_jsonl.py
    "not-json", "not-scores",  # scores.json: test_score.py
    "card-sections",  # the dataset card: test_build.py
    "quote-not-aligned",  # convert and score; check reads quotes: test_cli_convert.py
    "duplicate-arrow", "other-document", "two-clusters", "unusable-field",  # before a push: test_labelstudio_mapping.py
}  # fmt: skip


def test_every_incident_of_reading_and_checking_has_a_case() -> None:
    raised = set()
    for source in SOURCES.rglob("*.py"):
        if source.parent.name in ("io", "checks") or source.name == "findings.py":
            raised |= set(re.findall(r'\b(?:Incident|_SpanError)\(\s*"([a-z0-9-]+)"', source.read_text(encoding="utf-8")))
    assert raised - {p.stem for p in CASES.glob("*/*")} - ELSEWHERE == set()
