"""Gold of one's own in Parquet, in folders, and as rows: read as strictly as any row, whoever wrote the file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value, load_dataset

from communique import corpus
from communique.incident import DataError
from communique.io.features import columns
from communique.io.jsonl_writer import dumps
from communique.io.parquet import to_bytes
from communique.model import Gold
from communique.ontology import default_ontology
from communique.predictions import read_gold, read_predictions

ROW: dict[str, Any] = {
    "doc_id": "d1",
    "text": "Ann of Acme met Bob.",
    "mentions": [
        {"id": "m1", "start": 0, "end": 3, "type": "Person", "kind": None},
        {"id": "m2", "start": 7, "end": 11, "type": "Firm", "kind": "NOM"},
    ],
    "relations": [{"id": "r1", "type": "Works-for", "head": "m1", "tail": "m2"}],
}
EMPTY: dict[str, Any] = {"doc_id": "d2", "text": "Nobody came.", "mentions": [], "relations": []}
INSTALLED = corpus.load("test")


@pytest.fixture
def rows(tmp_path: Path) -> Gold:
    """What the table must be read as: the same rows as JSON, without the nulls."""
    first = {**ROW, "mentions": [{k: v for k, v in m.items() if v is not None} for m in ROW["mentions"]]}
    (tmp_path / "rows.jsonl").write_text(f"{json.dumps(first)}\n{json.dumps(EMPTY)}\n", encoding="utf-8")
    return read_gold(tmp_path / "rows.jsonl")


def table(**columns_: Any) -> pa.Table:
    return pa.Table.from_pylist([{**ROW, **columns_}, {**EMPTY, **columns_}])


def by_pandas(path: Path) -> None:
    pd.DataFrame([ROW, EMPTY]).to_parquet(path)


def by_pandas_with_an_index(path: Path) -> None:
    pd.DataFrame([ROW, EMPTY], index=["x", "y"]).astype({"doc_id": "category"}).to_parquet(path)


def by_polars(path: Path) -> None:
    pl.DataFrame([ROW, EMPTY]).write_parquet(path)


def by_pyarrow(path: Path) -> None:
    pq.write_table(table(), path)


def by_datasets(path: Path) -> None:
    Dataset.from_list([ROW, EMPTY]).to_parquet(path)


def by_datasets_with_labels(path: Path) -> None:
    types, kinds, relations = (ClassLabel(names=names) for names in (["Firm", "Person"], ["NAM", "NOM"], ["Works-for"]))
    text, whole = Value("string"), Value("int32")
    features = Features(
        {
            "doc_id": text,
            "text": text,
            "mentions": List({"id": text, "start": whole, "end": whole, "type": types, "kind": kinds}),
            "relations": List({"id": text, "type": relations, "head": text, "tail": text}),
        }
    )
    Dataset.from_list([ROW, EMPTY], features=features).to_parquet(path)


@pytest.mark.parametrize(
    "write", [by_pandas, by_pandas_with_an_index, by_polars, by_pyarrow, by_datasets, by_datasets_with_labels]
)
def test_whoever_wrote_a_table_it_is_read_as_the_rows_are(write: Any, tmp_path: Path, rows: Gold) -> None:
    write(tmp_path / "gold.parquet")
    gold = read_gold(tmp_path / "gold.parquet")
    assert (gold.documents, gold.annotations) == (rows.documents, rows.annotations)
    assert (gold.own, gold.split) == (True, "file")


def test_the_version_is_of_the_rows_and_not_of_the_bytes(tmp_path: Path) -> None:
    versions = set()
    for folder, write in (("a", by_pandas), ("b", by_polars), ("c", by_datasets_with_labels)):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder / "gold.parquet")
        versions.add(read_gold(tmp_path / folder / "gold.parquet").version)
    gold = read_gold(tmp_path / "a" / "gold.parquet")
    written = dumps(gold.annotations, {d.doc_id: d.text for d in gold.documents}).splitlines()
    spaced = [json.dumps(json.loads(line), indent=None, separators=(" , ", " : ")) for line in reversed(written)]
    (tmp_path / "gold.parquet.jsonl").write_text("\n".join(spaced), encoding="utf-8")
    assert len(versions) == 1
    assert read_gold(tmp_path / "gold.parquet.jsonl").version.partition("#")[2] == gold.version.partition("#")[2]


def our_own(path: Path) -> Path:
    return corpus.path() / "documents" / "test.parquet"


def of_load_dataset(path: Path) -> Path:
    load_dataset(str(corpus.path()), split="test", cache_dir=str(path / "cache")).to_parquet(path / "test.parquet")
    return path / "test.parquet"


def saved(path: Path) -> Path:
    load_dataset(str(corpus.path()), split="test", cache_dir=str(path / "cache")).save_to_disk(path / "saved")
    return path / "saved"


def saved_with_splits(path: Path) -> Path:
    load_dataset(str(corpus.path()), cache_dir=str(path / "cache")).save_to_disk(path / "saved")
    return path / "saved"


def folder_of_tables(path: Path) -> Path:
    return corpus.path() / "documents"


@pytest.mark.parametrize("of", [our_own, of_load_dataset, saved, saved_with_splits, folder_of_tables])
def test_the_dataset_is_read_in_every_form_as_it_is_loaded(of: Any, tmp_path: Path) -> None:
    gold = read_gold(of(tmp_path))
    assert gold.documents == INSTALLED.documents  # with its own sentences, tokens, zones and stories
    assert gold.annotations == INSTALLED.annotations


def test_a_split_of_a_folder_is_chosen_by_name(tmp_path: Path) -> None:
    for folder in (saved_with_splits(tmp_path), corpus.path() / "documents"):
        gold = read_gold(folder, split="validation")
        assert ([d.doc_id for d in gold.documents], gold.split) == (["003-washington"], "validation")
        with pytest.raises(ValueError, match=r"has no split 'train'; it has validation, test|it has test, validation"):
            read_gold(folder, split="train")


def test_a_split_that_cannot_be_told_is_asked_for(tmp_path: Path) -> None:
    both = DatasetDict({"train": Dataset.from_list([ROW, EMPTY]), "dev": Dataset.from_list([ROW, EMPTY])})
    both.save_to_disk(tmp_path / "saved")
    with pytest.raises(ValueError, match="has the splits train, dev; say which"):
        read_gold(tmp_path / "saved")


def test_the_parts_of_a_split_are_read_together(tmp_path: Path) -> None:
    for folder, name, split in (("hub/data", "test-0000{}-of-00002", "test"), ("parts", "part-{}", "file")):
        (tmp_path / folder).mkdir(parents=True)
        for n, row in enumerate([ROW, EMPTY]):
            part = pa.Table.from_pylist([row], schema=table().schema)
            pq.write_table(part, tmp_path / folder / f"{name.format(n)}.parquet")
        gold = read_gold(tmp_path / folder.partition("/")[0])
        assert ([d.doc_id for d in gold.documents], gold.split) == (["d1", "d2"], split)


def test_a_file_has_no_split_and_a_built_dataset_is_loaded(tmp_path: Path) -> None:
    by_pandas(tmp_path / "gold.parquet")
    with pytest.raises(ValueError, match="has no split 'test': it is one file"):
        read_gold(tmp_path / "gold.parquet", split="test")
    with pytest.raises(ValueError, match="is a dataset of communique build"):
        read_gold(corpus.path())


def faults(path: Path) -> list[str]:
    with pytest.raises(DataError) as caught:
        read_gold(path)
    return [str(i).replace(f"{path.parent}/", "") for i in caught.value.incidents]


def of_table(folder: Path, of: pa.Table) -> list[str]:
    pq.write_table(of, folder / "gold.parquet")
    return faults(folder / "gold.parquet")


def test_every_fault_of_a_row_has_its_place(tmp_path: Path) -> None:
    wrong = {**ROW, "mentions": [{"id": "m1", "start": 3, "end": 3, "type": "Person"}, {"id": "m2", "start": 7, "end": 99}]}
    found = of_table(tmp_path, pa.Table.from_pylist([EMPTY, {**wrong, "doc_id": None}]))
    assert [f.partition(";")[0] for f in found] == [
        "gold.parquet: row 2: $: the key doc_id is missing",
        "gold.parquet: row 2: $.mentions[1]: the key type is missing",
        "gold.parquet: row 2: $.mentions[0]: start 3 is not before end 3",
    ]


def test_a_layer_that_only_some_rows_have_is_refused_and_one_that_none_has_is_not_claimed(tmp_path: Path) -> None:
    found = of_table(tmp_path, pa.Table.from_pylist([ROW, {**EMPTY, "relations": None}]))
    [fault] = [f.partition(";")[0] for f in found]
    assert fault == "gold.parquet: row 2: $: no relations here, but gold.parquet: row 1 has them"
    bare = pa.Table.from_pylist([{**row, "relations": None} for row in (ROW, EMPTY)])
    pq.write_table(bare, tmp_path / "gold.parquet")
    assert {a.layers for a in read_gold(tmp_path / "gold.parquet").annotations} == {("mentions",)}


def test_a_column_of_numbers_where_none_can_be_is_one_fault(tmp_path: Path) -> None:
    mentions = [{"id": n, "start": float(n), "end": n + 1, "type": 1, "score": 0.5} for n in range(5)]
    found = of_table(tmp_path, pa.Table.from_pylist([{**ROW, "mentions": mentions}]))
    assert [f.partition(";")[0] for f in found] == [
        "gold.parquet: $.mentions[].id: the column holds numbers (int64), not strings",
        "gold.parquet: $.mentions[].start: the column holds floats (double)",
        "gold.parquet: $.mentions[].type: the column holds numbers (int64), not strings",
    ]


def test_an_item_is_held_to_its_keys_as_in_json(tmp_path: Path) -> None:
    mention = {"start": 0, "end": 6, "type": "x", "sure": 0.5}
    [fault] = of_table(tmp_path, pa.Table.from_pylist([{**EMPTY, "mentions": [mention]}]))
    assert fault.startswith("gold.parquet: row 1: $.mentions[0]: unknown key 'sure'")
    [fault] = of_table(tmp_path, pa.Table.from_pylist([{**EMPTY, "mentions": {"start": [0], "end": [6], "type": ["x"]}}]))
    assert fault.startswith("gold.parquet: row 1: $.mentions: expected a list, got {")


def test_an_index_without_a_name_is_refused(tmp_path: Path) -> None:
    by_datasets_with_labels(tmp_path / "gold.parquet")
    good = pq.read_table(tmp_path / "gold.parquet")
    raw = good.to_pylist()
    raw[0]["mentions"][0]["type"] = 7
    found = of_table(tmp_path, pa.Table.from_pylist(raw, schema=good.schema))
    assert [f.partition(";")[0] for f in found] == ["gold.parquet: row 1: $.mentions[0].type: expected a string, got 7"]


def test_columns_that_nobody_reads_are_named(tmp_path: Path) -> None:
    further = table(lang="en", mentons=[], date=20250101, guidelines="1")
    pq.write_table(further.append_column("tokens", [[["Ann", "of"], ["Nobody"]]]), tmp_path / "gold.parquet")
    with pytest.warns(UserWarning, match="columns that are not read") as caught:
        read_gold(tmp_path / "gold.parquet")
    said = str(caught[0].message).partition("not read: ")[2]
    assert said == (
        "lang, mentons (did you mean mentions?), date (of another form than the dataset's), "
        "tokens (of another form than the dataset's)"
    )


def test_what_a_table_says_of_a_document_is_kept(tmp_path: Path) -> None:
    spans = {"sentences": [{"start": 0, "end": 12}], "tokens": [{"start": 0, "end": 6}, {"start": 7, "end": 12}]}
    zones = [{"start": 0, "end": 5, "kind": "body"}]
    pq.write_table(table(story="s1", title="T", zones=zones, **spans), tmp_path / "gold.parquet")
    document = read_gold(tmp_path / "gold.parquet").documents[1]
    assert (document.story, document.title, len(document.zones)) == ("s1", "T", 1)
    assert [t.of(document.text) for t in document.tokens] == ["Nobody", "came."]
    assert [s.of(document.text) for s in document.sentences] == ["Nobody came."]


@pytest.mark.parametrize(
    ("column", "spans", "fault"),
    [
        ("tokens", [{"start": 0, "end": 99}], '$.tokens[0]: {"start": 0, "end": 99} is no stretch of the text of 20'),
        ("tokens", [{"start": 3, "end": 3}], '$.tokens[0]: {"start": 3, "end": 3} is no stretch'),
        ("sentences", [{"start": 0, "end": 1}, {"start": 2, "end": None}], '$.sentences[1]: {"start": 2} is no stretch'),
        ("sentences", [{"start": 5, "end": 9}, {"start": 0, "end": 6}], "$.sentences: they overlap, or are out of order"),
        ("zones", [{"start": 5, "end": 9, "kind": "foot"}], "$.zones[0]: its kind is 'foot'"),
    ],
)  # fmt: skip
def test_stretches_that_are_none_are_refused(tmp_path: Path, column: str, spans: Any, fault: str) -> None:
    [found] = of_table(tmp_path, pa.Table.from_pylist([{**ROW, column: spans}]))
    assert found.startswith(f"gold.parquet: row 1: {fault}")


def test_what_has_no_texts_is_said_once(tmp_path: Path) -> None:
    [fault] = faults(corpus.path() / "tokens" / "test.parquet")
    assert "no row has a text; give one row per document" in fault
    assert "tokens with tags go into a BIO file" in fault
    assert len(of_table(tmp_path, pa.table({"a": [1, 2]}))) == 2


@pytest.mark.parametrize(
    ("name", "content", "id_"),
    [
        ("gold.parquet", b"PAR1 and no more", "unreadable-file"),
        ("gold.parquet", b"", "unreadable-file"),
        ("gold", b"PAR1 and no more", "unreadable-file"),
        ("gold.arrow", b"ARROW1\0\0", "unknown-form"),
        ("gold.csv", b"doc_id,text\n1,2\n", "unknown-form"),
        ("gold.txt", b"Ann met Bob.", "unknown-form"),
        ("gold.txt", b"", "empty-file"),
        ("gold.txt", b"\xff\xfeA\0", "wrong-encoding"),
        ("gold.jsonl", b"Ann met Bob.", "invalid-json"),
        ("gold", b"[]", "wrong-type"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes, id_: str) -> None:
    (tmp_path / name).write_bytes(content)
    [fault] = faults(tmp_path / name)
    assert fault.endswith(f"[{id_}]")


def test_a_table_is_no_file_of_predictions(tmp_path: Path, rows: Gold) -> None:
    by_pandas(tmp_path / "pred.parquet")
    with pytest.raises(DataError, match=r"pred\.parquet: predictions are not read from Parquet"):
        read_predictions(tmp_path / "pred.parquet", rows)


def test_a_table_that_is_not_there_is_said_like_any_file(tmp_path: Path) -> None:
    assert faults(tmp_path / "gold.parquet") == [
        "gold.parquet: No such file or directory; check the path and its permissions [unreadable-file]"
    ]


def test_a_form_that_cannot_be_told_is_answered_with_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "gold.csv").write_text("doc_id,text\n", encoding="utf-8")
    [fault] = faults(tmp_path / "gold.csv")
    for form in ("predictions.jsonl", "Parquet", "BIO", "communique build", "save_to_disk"):
        assert form in fault


def test_a_folder_of_nothing_and_a_damaged_one_are_refused(tmp_path: Path) -> None:
    assert faults(tmp_path)[0].endswith("[empty-folder]")
    (tmp_path / "state.json").write_text("{", encoding="utf-8")
    assert faults(tmp_path)[0].endswith("[unreadable-file]")


def test_a_table_without_rows_and_one_with_a_column_twice_are_refused(tmp_path: Path) -> None:
    assert of_table(tmp_path, table().slice(0, 0))[0].endswith("[empty-file]")
    twice = pa.table([pa.array(["d1"]), pa.array(["x"]), pa.array(["y"])], names=["doc_id", "text", "text"])
    assert "more than one column is called text" in of_table(tmp_path, twice)[0]


def test_strings_that_are_not_utf_8_are_refused(tmp_path: Path) -> None:
    latin = pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xe9"))
    [fault] = of_table(tmp_path, pa.table({"doc_id": ["d1"], "text": latin}))
    assert fault.endswith("[wrong-encoding]")


def test_labels_are_held_to_an_ontology_that_is_given(tmp_path: Path) -> None:
    by_pandas(tmp_path / "gold.parquet")
    with pytest.raises(DataError, match=r"gold\.parquet: row 1: d1#m1: unknown mention type 'Person'"):
        read_gold(tmp_path / "gold.parquet", ontology=default_ontology())


def test_rows_of_the_dataset_stay_what_they_are_on_the_way(tmp_path: Path) -> None:
    """A file that we write, and JSON that we write, are the same gold."""
    features = {k: v for k, v in columns("documents", default_ontology()).items() if k in ROW or k == "events"}
    row = {**EMPTY, "mentions": [{"id": "m1", "start": 0, "end": 6, "type": "PER", "kind": "PRO"}], "events": []}
    (tmp_path / "ours.parquet").write_bytes(to_bytes([row], features))
    gold = read_gold(tmp_path / "ours.parquet")
    (tmp_path / "rows.jsonl").write_text(dumps(gold.annotations, {"d2": EMPTY["text"]}), encoding="utf-8")
    assert read_gold(tmp_path / "rows.jsonl").annotations == gold.annotations


def run(*words: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from communique.cli import main; sys.argv[0] = 'communique'; main()"
    command = [sys.executable, "-c", code, *words]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def figures(*words: str) -> dict[str, Any]:
    done = run("benchmark", "lexicon", "--no-seqeval", "--format", "json", *words)
    assert done.returncode == 0, done.stderr
    return {name: (row["f1"], row["hits"], row["gold"]) for name, row in json.loads(done.stdout)["measures"].items()}


def test_the_command_line_gives_the_same_figures_for_every_form_with_the_ontology(tmp_path: Path) -> None:
    installed = figures()
    assert figures("--gold", str(corpus.path())) == installed
    for of in (our_own, saved):
        assert figures("--gold", str(of(tmp_path)), "--ontology", "installed") == installed
    one = figures("--gold", str(corpus.path()), "--split", "validation")
    assert figures("--gold", str(corpus.path() / "documents"), "--split", "validation", "--ontology", "installed") == one


def test_the_command_line_says_what_is_not_read_and_whose_ontology_is_damaged(tmp_path: Path) -> None:
    pq.write_table(table(lang="en"), tmp_path / "gold.parquet")
    gold = ("--gold", str(tmp_path / "gold.parquet"))
    done = run("benchmark", "nothing", "--no-seqeval", *gold)
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        0, f"note: {tmp_path}/gold.parquet: columns that are not read: lang"
    )  # fmt: skip
    (tmp_path / "mine.toml").write_text('version = "1"\n[mentions.Person]\n', encoding="utf-8")
    done = run("benchmark", "nothing", *gold, "--ontology", str(tmp_path / "mine.toml"))
    assert (done.returncode, done.stderr) == (
        2, f"communique: {tmp_path}/mine.toml: mentions is no key of an ontology; did you mean mention?\n"
    )  # fmt: skip
