"""Which texts and which ontology a verb works with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from invented import write_project

from communique.cli import main
from communique.cli.check import command as check_command
from communique.cli.documents import ontology
from communique.cli.texts import command as texts_command
from communique.ingest import ingest
from communique.io.labelstudio import export_bytes, to_task
from communique.model import Annotation, Entity, Mention, Span
from communique.ontology import default_ontology

SHIPPED = Path(__file__).parents[1] / "guidelines" / "ontology.toml"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose ontology knows people as HUMAN."""
    write_project(tmp_path)
    toml = SHIPPED.read_text(encoding="utf-8").replace("mention.PER]", "mention.HUMAN]").replace('"PER"', '"HUMAN"')
    (tmp_path / "guidelines").mkdir()
    (tmp_path / "guidelines" / "ontology.toml").write_text(toml, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_folders_ontology_goes_before_the_installed_one(own: Path) -> None:
    assert "HUMAN" in ontology().mentions
    assert ontology(own) == ontology()
    (own / "guidelines" / "ontology.toml").unlink()
    assert ontology() == default_ontology()


def test_check_holds_annotations_to_the_folders_ontology(own: Path) -> None:
    row = '{"doc_id": "harbour", "layers": ["mentions"], "mentions": [{"start": 0, "end": 3, "type": "HUMAN"}]}'
    (own / "p.jsonl").write_text(row, encoding="utf-8")
    run = CliRunner().invoke(check_command, ["p.jsonl"])
    assert run.exception is None, run.exception


def test_check_holds_exports_to_the_folders_ontology(own: Path) -> None:
    [document] = [d for d in ingest(own) if d.doc_id == "harbour"]
    human, cluster = Mention("m1", Span(0, 3), "HUMAN", "NAM"), Entity("e1", "HUMAN", ("m1",))
    annotation = Annotation("harbour", mentions=(human,), entities=(cluster,), text_sha256=document.text_sha256)
    task = to_task(document, annotation, meta={"guidelines": "1"}, ontology=ontology())
    (own / "annotations" / "gold" / "harbour.json").write_bytes(export_bytes(task))
    run = CliRunner().invoke(check_command, [])
    assert run.exception is None, run.exception


def test_an_ontology_that_is_not_utf_8_is_named_with_the_line(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (own / "guidelines" / "ontology.toml").write_bytes(b'version = "1"\n# \xff')
    monkeypatch.setattr("sys.argv", ["communique", "build", str(own)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "ontology.toml:2: byte 0xff is not UTF-8; save the file as UTF-8" in capsys.readouterr().err


def communique(*words: str, package: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from communique.cli import main; main()", *words]
    environment = os.environ | {"PYTHONPATH": str(package)}
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, env=environment)


@pytest.mark.parametrize("verb", ["texts", "gold"])
def test_an_empty_corpus_is_misuse_and_not_an_empty_answer(tmp_path: Path, verb: str) -> None:
    source = Path(__file__).parents[1] / "src" / "communique"
    shutil.copytree(source, tmp_path / "src" / "communique", ignore=shutil.ignore_patterns("__pycache__"))
    for words in ([], ["--split", "all"]):
        done = communique(verb, *words, package=tmp_path / "src")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("communique: the installed corpus ")


def test_a_folder_without_texts_is_misuse(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "seeds.toml").write_text("document = []\ndataset.version = '1'", encoding="utf-8")
    run = CliRunner().invoke(texts_command, ["--folder", str(tmp_path)])
    assert run.exit_code == 2
    assert "lists no document" in run.output
