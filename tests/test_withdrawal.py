"""A text can be removed as CONTRIBUTING says, and put back: its annotation stays, as offsets with the text's hash."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from communique.build import build
from communique.findings import findings
from communique.ingest import ingest
from communique.io.files import write_bytes

ROOT = Path(__file__).parents[1]
GONE = "004-guesthouse"


@pytest.fixture(scope="module")
def withdrawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project after steps 1 to 4."""
    folder = tmp_path_factory.mktemp("withdrawn")
    for name in ("seeds", "annotations", "guidelines"):
        shutil.copytree(ROOT / name, folder / name)
    command = [sys.executable, "-c", "from communique.cli import main; main()", "gold", "--split", "all", "--no-text"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    [row] = [line for line in printed.splitlines() if json.loads(line)["doc_id"] == GONE]
    (folder / "annotations" / "withdrawn").mkdir()
    (folder / "annotations" / "withdrawn" / f"{GONE}.jsonl").write_text(row + "\n", encoding="utf-8")
    seeds = (folder / "seeds" / "seeds.toml").read_text(encoding="utf-8")
    head, *documents = re.split(r"^(?=\[\[document\]\])", seeds, flags=re.MULTILINE)
    [entry] = [d for d in documents if f'doc_id = "{GONE}"' in d]
    (folder / "seeds" / "seeds.toml").write_text(head + "".join(d for d in documents if d is not entry), encoding="utf-8")
    (folder / "seeds" / "withdrawn.toml").write_text(entry, encoding="utf-8")
    next((folder / "seeds").glob("004_*.txt")).unlink()
    for path in [*(folder / "annotations").glob(f"*/{GONE}.json"), *(folder / "annotations").glob(f"notes/*/{GONE}.md")]:
        path.unlink()
    for path in (p for p in (folder / "annotations").rglob("*.jsonl") if p.parent.name != "withdrawn"):
        kept = [line for line in path.read_text(encoding="utf-8").splitlines() if GONE not in line]
        path.write_text("".join(line + "\n" for line in kept), encoding="utf-8")
    links = (folder / "annotations" / "links.toml").read_text(encoding="utf-8")
    (folder / "annotations" / "links.toml").write_text(without(links), encoding="utf-8")
    for name, content in build(folder).items():
        write_bytes(folder / name, content)
    return folder


def without(links: str) -> str:
    """The links without the document's places, and without what has too few places left."""
    head, *tables = re.split(r"^(?=\[\[)", links, flags=re.MULTILINE)
    kept = []
    for table in tables:
        table = re.sub(rf"  \{{ doc_id = \"{GONE}\".*\n", "", table)
        places = table.count("doc_id = ") - table.count(f'doc_id = "{GONE}"')
        if places >= (2 if table.startswith("[[event]]") else 1):
            kept.append(table)
    return head + "".join(kept)


def test_what_is_left_builds_and_holds_none_of_the_words(withdrawn: Path) -> None:
    summary = json.loads((withdrawn / "corpus" / "dataset.json").read_text(encoding="utf-8"))
    assert summary["documents"]["test"] == ["000-jakarta", "001-crossroads", "002-great-hall"]
    [document] = [d for d in ingest(ROOT) if d.doc_id == GONE]
    sentences = [s.of(document.text).encode() for s in document.sentences if s.end - s.start > 60]
    assert len(sentences) > 20
    for path in (p for p in withdrawn.rglob("*") if p.is_file()):
        content = path.read_bytes()
        assert not any(sentence in content for sentence in sentences), path


def test_the_page_put_back_fits_the_offsets(withdrawn: Path, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    (folder / "seeds").mkdir(parents=True)
    entry = (withdrawn / "seeds" / "withdrawn.toml").read_text(encoding="utf-8")
    (folder / "seeds" / "seeds.toml").write_text('dataset.version = "1.0.0"\n' + entry, encoding="utf-8")
    shutil.copy(next((ROOT / "seeds").glob("004_*.txt")), folder / "seeds")
    [document] = ingest(folder)
    kept = withdrawn / "annotations" / "withdrawn" / f"{GONE}.jsonl"
    row = json.loads(kept.read_text(encoding="utf-8"))
    assert row["text_sha256"] == document.text_sha256
    assert "text" not in row
    assert list(findings(kept, {GONE: document}, standard="annotation")) == []
