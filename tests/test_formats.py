"""What holds for every format: samples are told by what they hold, nothing is lost, and damage is a fault with its place."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.formats import FORMATS, Converted, Options, Source, Texts, read, source_of, write
from communique.formats.converted import size
from communique.formats.detect import detect
from communique.incident import DataError
from communique.io.documents import document_of
from communique.io.files import read_text
from communique.io.jsonl import parse_rows
from communique.model import Document

SAMPLES = Path(__file__).parent / "formats"
BESIDE = {"README.md", "texts.jsonl"}
NO_SAMPLES = {".txt", ".conf", ".py"}
FILES = sorted(p for p in SAMPLES.glob("*/*") if p.is_file() and p.name not in BESIDE and p.suffix not in NO_SAMPLES)
IN_DOUBT = {"doccano/clusters.jsonl"}
"""Offsets in grapheme clusters, which are refused: its reader's tests say so."""
VERB = "import sys; from communique.cli import main; sys.argv[0] = 'communique'; main()"


def texts_of(sample: Path) -> dict[str, Document]:
    """The texts that lie beside a sample, which its tool was run on."""
    path = sample.parent / "texts.jsonl"
    if not path.is_file():
        return {}
    rows, _ = parse_rows(*read_text(path))
    return {row.annotation.doc_id: document_of(row.annotation.doc_id, row.text or "") for row in rows}


def converted(sample: Path, source: Source | None = None) -> Converted:
    """A sample, read in the first way that its tool leaves open: by its own ids and texts, or in the order of the texts."""
    name, known = sample.parent.name, texts_of(sample)
    given = source or source_of(sample)
    for options in (Options(), *WAYS.get(name, ())):
        for in_order in (False, True) if known else (False,):
            try:
                return read(name, given, Texts(known, in_order=in_order), options)
            except DataError as fault:
                last = fault
    raise last


WAYS = {"labelstudio": [Options(group="1")], "bio": [Options(scheme=s) for s in ("IOB1", "BIOES", "BILOU")]}


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def test_every_format_that_is_read_has_a_sample_that_says_how_it_was_made() -> None:
    foreign = set(FORMATS) - {"predictions", "quotes", "llm"}
    assert foreign == {p.parent.name for p in FILES}
    for name in foreign:
        assert len((SAMPLES / name / "README.md").read_text()) > 100


@pytest.mark.parametrize("sample", FILES, ids=named)
def test_a_sample_is_told_by_what_it_holds(sample: Path) -> None:
    name, reason = detect(source_of(sample))
    assert name == sample.parent.name
    assert reason


@pytest.mark.parametrize("sample", [f for f in FILES if named(f) not in IN_DOUBT], ids=named)
def test_no_item_of_a_sample_is_lost(sample: Path) -> None:
    done = converted(sample)
    assert done.items == size(row.annotation for row in done.rows) + len(done.left)
    assert done.items > 0
    assert all(left.why and left.what and left.place.startswith(str(sample.parent)) for left in done.left)


@pytest.mark.parametrize("name", [f.name for f in FORMATS.values() if f.writes])
def test_what_is_written_is_told_and_read_again(name: str, tmp_path: Path) -> None:
    content = '{"doc_id": "d1", "text": "🎉 Ann met Bob.", "mentions": [{"id": "m1", "start": 2, "end": 5, "type": "PER"}]}'
    first = read("predictions", Source("p", None, content.encode()), Texts({}))
    documents = {"d1": document_of("d1", "🎉 Ann met Bob.")}
    written = write(name, first.rows, documents)
    for file, raw in written.files.items():
        (tmp_path / (file or "out")).write_bytes(raw)
    path = tmp_path if name == "brat" else tmp_path / "out"
    assert detect(source_of(path))[0] == name
    (row,) = read(name, source_of(path), Texts(documents)).rows
    assert [(m.span, m.type) for m in row.annotation.mentions] == [(m.span, m.type) for m in first.rows[0].annotation.mentions]


def test_a_reader_that_loses_an_item_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    import communique.formats.predictions as reader

    monkeypatch.setattr(reader, "read", lambda *_: Converted((), items=1))
    with pytest.raises(RuntimeError, match="holds 1 items of which 0 were kept and 0 listed as left out"):
        read("predictions", Source("p", None, b"{}"), Texts({}))


@given(st.sampled_from([f for f in FILES if f.suffix != ".spacy"]), st.data())
def test_damage_is_a_fault_that_names_the_file(sample: Path, data: st.DataObject) -> None:
    raw = bytearray(sample.read_bytes())
    at = data.draw(st.integers(0, len(raw) - 1))
    if data.draw(st.booleans()):
        del raw[at:]
    else:
        raw[at] = data.draw(st.sampled_from(b'{}[]",:0 \n9\xffx'))
    source = Source("sample", None, bytes(raw))
    try:
        converted(sample, source)
    except DataError as fault:
        assert all(i.place.startswith("sample") for i in fault.incidents), fault  # noqa: PT017


def test_a_damaged_line_is_named_with_its_field(tmp_path: Path) -> None:
    row = {"id": 1, "text": "Ann met Bob.", "entities": [{"id": 1, "label": "PER", "start_offset": 0, "end_offset": "3"}]}
    sound = {"id": 0, "text": "Bob left.", "entities": []}
    (tmp_path / "d.jsonl").write_text(json.dumps(sound) + "\n" + json.dumps(row) + "\n")
    command = [sys.executable, "-c", VERB, "convert", "d.jsonl"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.search(r"d.jsonl:2: \$\.entities\[0\]\.end_offset: expected a whole number, got '3'", done.stderr)


def test_what_no_format_fits_asks_for_the_format(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("Ann met Bob.\n")
    with pytest.raises(DataError, match=r"say what it is with --from \[unknown-form\]"):
        detect(source_of(tmp_path / "x.txt"))


def test_a_file_of_brats_is_told_by_its_lines_whatever_its_name() -> None:
    lines = ["T1\tPER 0 5\tX-ray", "T2\tPER 6 11;12 13\tO-ring O", "R1\tOF Arg1:T1 Arg2:T2\t"]
    assert detect(Source("<stdin>", None, "\r\n".join(lines).encode()))[0] == "brat"
    assert detect(Source("<stdin>", None, b"T1\tB-PER\nleft\tO\n"))[0] == "bio"


def test_spans_beside_a_label_of_the_whole_text_are_prodigys() -> None:
    record = {"text": "Ann met Bob.", "spans": [{"start": 0, "end": 3, "label": "PER"}], "label": "PER"}
    assert detect(Source("x", None, json.dumps(record).encode()))[0] == "prodigy"
    assert detect(Source("x", None, json.dumps({**record, "spans": None}).encode()))[0] == "doccano"


def test_no_reader_imports_a_tool_before_it_needs_it() -> None:
    code = "import sys, communique.formats.detect\nfor n in communique.formats.FORMATS: __import__(f'communique.formats.{n}')\n"
    code += "print(sorted({'spacy', 'label_studio_sdk', 'torch', 'datasets', 'pandas', 'rapidfuzz'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def write_tasks(folder: Path) -> None:
    """Two files of Label Studio, as it saves tasks to a storage; only the first has an arrow."""
    for doc_id, text, others in (("d1", "Ann met Bob.", True), ("d2", "Bob left.", False)):
        words = text.split()
        regions = [
            {"id": w, "from_name": "l", "to_name": "text", "type": "labels",
             "value": {"start": text.index(w), "end": text.index(w) + 3, "text": w[:3], "labels": ["PER"]}}
            for w in (words[0], words[-1])
        ]  # fmt: skip
        arrow = {"type": "relation", "from_id": words[0], "to_id": words[-1], "direction": "right", "labels": ["SEES"]}
        result = [*regions, arrow] if others else regions[:1]
        task = {"id": 1, "data": {"doc_id": doc_id, "text": text}, "annotations": [{"result": result}]}
        (folder / f"{doc_id}.json").write_text(json.dumps([task]))


def test_the_files_of_a_folder_claim_alike_and_what_else_is_there_is_told(tmp_path: Path) -> None:
    write_tasks(tmp_path)
    (tmp_path / "d3.ndjson").write_text("{}")
    (tmp_path / "more").mkdir()
    done = read("labelstudio", source_of(tmp_path), Texts({}))
    assert [row.annotation.layers for row in done.rows] == [("mentions", "relations")] * 2
    assert done.notes == (f"{tmp_path}: only .json and .jsonl are read, not d3.ndjson, more",)
    assert write("predictions", done.rows, {}).files[""].count(b'"layers": ["mentions", "relations"]') == 2


def test_claims_that_contradict_each_other_are_faults_of_a_folder(tmp_path: Path) -> None:
    mention = {"start": 0, "end": 3, "type": "PER"}
    (tmp_path / "a.jsonl").write_text(json.dumps({"doc_id": "d1", "text": "Ann.", "mentions": [mention], "relations": []}))
    (tmp_path / "b.jsonl").write_text(json.dumps({"doc_id": "d2", "text": "Bob.", "mentions": [mention]}))
    with pytest.raises(DataError, match=r"b.jsonl:1: layers differ from those of .*a.jsonl:1: one claims relations"):
        read("predictions", source_of(tmp_path), Texts({}))
    for file in tmp_path.iterdir():
        file.unlink()
    ends = {"head": {"start": 0, "end": 3, "text": "Ann"}, "tail": {"start": 8, "end": 11, "text": "Bob"}}
    one = {"doc_id": "d1", "text": "Ann met Bob.", "relations": [{**ends, "relation": "SEES", "score": 1}]}
    bob = {"start": 0, "end": 3, "text": "Bob", "label": "PER", "score": 1}
    other = {"doc_id": "d2", "text": "Bob left.", "entities": [bob]}
    (tmp_path / "a.json").write_text(json.dumps(one))
    (tmp_path / "b.json").write_text(json.dumps(other))
    with pytest.raises(DataError, match=r"b.json.*: layers differ .* one claims mentions"):
        read("gliner", source_of(tmp_path), Texts({}))
