"""Which texts and which ontology a verb works with."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from invented import write_project

from communique.cli import main
from communique.cli.check import command as check_command
from communique.cli.documents import ontology
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


def test_an_ontology_that_is_not_utf_8_is_named_with_the_line(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (own / "guidelines" / "ontology.toml").write_bytes(b'version = "1"\n# \xff')
    monkeypatch.setattr("sys.argv", ["communique", "build", str(own)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "ontology.toml:2: byte 0xff is not UTF-8; save the file as UTF-8" in capsys.readouterr().err
