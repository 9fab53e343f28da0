"""The committed gold follows from the committed passes and decisions, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from communique.adjudication import assemble, decisions_of, differences, parse_log
from communique.incident import DataError
from communique.ingest import ingest
from communique.io.files import read_text
from communique.io.labelstudio import normalised
from communique.model import Annotation
from communique.ontology import default_ontology
from communique.passes import read_pass

ANNOTATIONS = Path(__file__).parents[1] / "annotations"
DOCUMENTS = {d.doc_id: d for d in ingest(ANNOTATIONS.parent)}
ONTOLOGY = default_ontology()
LOG = parse_log(*read_text(ANNOTATIONS / "adjudication.jsonl"), DOCUMENTS)
FIRST = [path for name in ("pilot-1", "pass-1") for path in sorted((ANNOTATIONS / name).glob("*.json"))]
PASSES = [f"{path.parent.name}/{path.name}" for path in FIRST]


def read(name: str) -> Annotation:
    [annotation] = read_pass(ANNOTATIONS / name, DOCUMENTS, ontology=ONTOLOGY).annotations
    return annotation


@pytest.mark.parametrize("name", PASSES)
def test_passes_and_log_give_the_gold(name: str) -> None:
    a, b = read(name), read(name.replace("-1/", "-2/"))
    document = DOCUMENTS[a.doc_id]
    found = differences(document, a, b, ontology=ONTOLOGY)
    made = decisions_of("adjudication.jsonl", LOG, document, found, ONTOLOGY)
    assembled = normalised(assemble(document, a, b, made, ontology=ONTOLOGY).annotation)
    assert assembled == read(f"gold/{a.doc_id}.json")


def test_the_project_itself_has_no_findings() -> None:
    command = [sys.executable, "-c", "from communique.cli import main; main()", "check"]
    done = subprocess.run(command, cwd=ANNOTATIONS.parent, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "15 files checked, no findings\n", "")


def test_every_document_of_the_corpus_has_two_passes_and_gold() -> None:
    assert sorted(Path(name).stem for name in PASSES) == sorted(DOCUMENTS)
    assert sorted(path.stem for path in (ANNOTATIONS / "gold").glob("*.json")) == sorted(DOCUMENTS)


def test_a_log_of_other_passes_is_refused() -> None:
    a = read("pilot-1/003-washington.json")
    with pytest.raises(DataError, match="the log decides s14 “allies”, and there is no such difference"):
        decisions_of("adjudication.jsonl", LOG, DOCUMENTS[a.doc_id], differences(DOCUMENTS[a.doc_id], a, a), ONTOLOGY)
