"""Annotations to a real Label Studio and back, by its API and our command line."""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
from dataclasses import replace

import pytest
from labelled import annotation, at, document
from studio_server import ANNOTATORS, Studio, communique

from communique.incident import DataError
from communique.io.labelconfig import label_config
from communique.io.labelstudio import normalised, read_export, to_result
from communique.model import Annotation, Mention
from communique.ontology import default_ontology
from communique.studio.client import prepare
from communique.studio.server import running, start, stop
from communique.studio.state import read_state, write_state

CONFIG = label_config(default_ontology())


def as_stored(given: Annotation) -> Annotation:
    return normalised(replace(given, text_sha256=document(given.doc_id).text_sha256))


# The server.


def test_up_prints_the_password_of_a_new_account_and_stores_it_nowhere(studio: Studio):
    for name in ANNOTATORS:
        password = studio.password(name).encode()
        assert len(password) >= 16
        for path in studio.folder.rglob("*"):
            assert not path.is_file() or password not in path.read_bytes()


def test_keys_are_readable_by_their_owner_alone(studio: Studio):
    assert stat.S_IMODE(studio.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((studio.folder / "studio.json").stat().st_mode) == 0o600


def test_label_studio_accepts_the_labelling_config_and_would_refuse_a_broken_one(studio: Studio):
    project = studio.account("pass-1").project
    with studio.client("pass-1") as client:
        client.projects.validate_label_config(project, label_config=CONFIG)
    with pytest.raises(ConnectionError, match="status 400"), studio.client("pass-1") as client:
        client.projects.validate_label_config(project, label_config=CONFIG.replace('toName="text"', 'toName="nowhere"'))


def test_it_listens_on_the_loopback_interface_alone(studio: Studio):
    port = int(studio.state.url.rsplit(":", 1)[1])
    with socket.socket() as other:
        other.bind(("127.0.0.2", port))  # would be taken if it listened on all addresses
    assert studio.state.url.startswith("http://127.0.0.1:")


def test_a_second_up_says_where_it_runs(studio: Studio):
    done = communique(
        "studio", "up", "--data-dir", studio.folder, "--port", "0", "--texts", studio.folder.parent / "texts.jsonl"
    )
    assert done.returncode == 2
    assert f"already runs at {studio.state.url}" in done.stderr


def test_a_busy_port_is_refused_before_anything_is_made(studio: Studio, tmp_path):
    port = int(studio.state.url.rsplit(":", 1)[1])
    with pytest.raises(ValueError, match=f"port {port} cannot be used"):
        start(tmp_path / "other", ["pass-1"], port=port)
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("name", ["", "Ann", "a b", "a@b", "-a"])
def test_a_name_that_cannot_stand_in_an_address_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match="use small letters"):
        start(tmp_path / "other", [name], port=0)


def test_a_process_that_is_not_ours_is_left_alone(studio: Studio, tmp_path):
    write_state(tmp_path, replace(studio.state, pid=os.getpid()))
    assert stop(tmp_path) is False
    write_state(tmp_path, studio.state)  # a Label Studio, but on another folder
    assert stop(tmp_path) is False
    assert running(studio.folder).pid == studio.state.pid


def test_a_restart_keeps_accounts_and_ends_whole(studio: Studio, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(studio.template, folder)
    state, passwords = start(folder, ANNOTATORS, port=0)
    try:
        assert passwords == {}
        assert state.accounts == read_state(studio.template).accounts
        assert running(folder) == state
    finally:
        assert stop(folder) is True
    assert stop(folder) is False
    with pytest.raises(ProcessLookupError):
        os.killpg(state.pid, 0)
    with pytest.raises(ValueError, match="no Label Studio runs on"):
        running(folder)
    assert running(studio.folder).pid == studio.state.pid


@pytest.mark.parametrize("verb", [["up"], ["push", "-", "--as", "a"], ["pull", "--from", "a", "-o", "x"]])
def test_without_the_extra_the_verb_says_what_installs_it(verb, tmp_path):
    before = "import sys; sys.modules['label_studio_sdk'] = None"  # what Python does with a package that is not there
    done = communique("studio", *verb, "--data-dir", tmp_path, before=before)
    assert done.returncode == 2
    assert "pip install 'communique[studio]'" in done.stderr


def test_another_text_of_a_document_that_is_there_is_refused(studio: Studio):
    other = replace(document("d1"), text="Another text.")
    with studio.client("pass-1") as client, pytest.raises(DataError) as fault:
        prepare(client, studio.account("pass-1"), [other], "pass-1", default_ontology())
    assert [i.id for i in fault.value.incidents] == ["text-differs"]


def test_preparing_a_project_twice_imports_nothing(studio: Studio):
    with studio.client("pass-1") as client:
        account, imported = prepare(client, studio.account("pass-1"), [document("d1")], "pass-1", default_ontology())
    assert (account, imported) == (studio.account("pass-1"), 0)


# Annotations there and back.


def test_a_pushed_annotation_comes_back_equal_and_stripped(studio: Studio, tmp_path):
    pushed = studio.push(tmp_path / "a.jsonl", annotation("d1"), "pass-2")
    assert pushed.returncode == 0, pushed.stderr
    pulled = studio.pull(tmp_path / "out", "pass-2")
    assert pulled.returncode == 0, pulled.stderr
    assert pulled.stdout.split() == [str(tmp_path / "out" / "d1.json")]
    assert "not annotated yet by pass-2: d2, d3" in pulled.stderr
    content = (tmp_path / "out" / "d1.json").read_text(encoding="utf-8")
    assert read_export(content, {"d1": document("d1")}) == (as_stored(annotation("d1")),)
    assert "annotators.invalid" not in content
    assert json.loads(content).keys() == {"data", "meta", "annotations"}
    assert json.loads(content)["meta"] == {"annotator": "pass-2", "guidelines": default_ontology().version}


def test_a_second_push_is_refused_unless_it_is_to_replace(studio: Studio, tmp_path):
    full, fewer = annotation("d2"), replace(annotation("d2"), relations=(), layers=("mentions", "events"))
    assert studio.push(tmp_path / "a.jsonl", full, "pass-1").returncode == 0
    again = studio.push(tmp_path / "a.jsonl", fewer, "pass-1")
    assert again.returncode == 1
    assert "[already-annotated]" in again.stderr
    assert studio.push(tmp_path / "a.jsonl", fewer, "pass-1", "--replace").returncode == 0
    assert studio.pull(tmp_path / "out", "pass-1").returncode == 0
    content = (tmp_path / "out" / "d2.json").read_text(encoding="utf-8")
    assert read_export(content, {"d2": document("d2")}) == (as_stored(fewer),)


def test_only_gold_is_pulled_when_gold_is_asked_for(studio: Studio, tmp_path):
    assert studio.push(tmp_path / "a.jsonl", annotation("d3"), "pass-1").returncode == 0
    assert studio.push(tmp_path / "b.jsonl", annotation("d4"), "pass-1", "--ground-truth").returncode == 0
    pulled = studio.pull(tmp_path / "out", "pass-1", "--ground-truth")
    assert pulled.returncode == 0, pulled.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["d4.json"]


def test_a_prediction_is_no_annotation(studio: Studio, tmp_path):
    pushed = studio.push(tmp_path / "model.jsonl", annotation("d5"), "pass-1", "--prediction")
    assert pushed.returncode == 0, pushed.stderr
    with studio.client("pass-1") as client:
        task = studio.task(client, "pass-1", "d5")
        assert task["annotations"] == []
        stored = client.predictions.list(task=task["id"])
    assert [(p.model_version, p.result) for p in stored] == [("model", to_result(document("d5").text, annotation("d5")))]
    again = studio.push(tmp_path / "model.jsonl", annotation("d5"), "pass-1", "--prediction")
    assert "[already-annotated]" in again.stderr


def test_nothing_is_sent_if_anything_is_faulty(studio: Studio, tmp_path):
    unknown = Annotation("d7", mentions=(Mention("m1", at("Ann"), "PERSON"),))
    elsewhere, stale = Annotation("d99"), replace(Annotation("d8"), text_sha256="0" * 64)
    done = studio.push(tmp_path / "a.jsonl", [annotation("d6"), unknown, elsewhere, stale], "pass-2")
    assert done.returncode == 1
    ids = [line.rsplit("[", 1)[1].rstrip("]") for line in done.stderr.splitlines()]
    assert ids == ["unknown-label", "unknown-document", "other-document"]
    with studio.client("pass-2") as client:
        assert studio.task(client, "pass-2", "d6")["annotations"] == []


def test_an_account_that_does_not_exist_is_named(studio: Studio, tmp_path):
    done = studio.push(tmp_path / "a.jsonl", annotation("d6"), "pass1")
    assert done.returncode == 2
    assert "there is no account pass1; did you mean pass-1?" in done.stderr


def test_a_prediction_is_neither_gold_nor_a_replacement(studio: Studio, tmp_path):
    for option in ("--ground-truth", "--replace"):
        assert studio.push(tmp_path / "a.jsonl", annotation("d6"), "pass-1", "--prediction", option).returncode == 2


# What the server lets pass is found when it is pulled; each test mends what it broke.


def pulled_faults(studio: Studio, tmp_path, name: str) -> list[str]:
    done = studio.pull(tmp_path / "out", name)
    assert done.returncode == 1, done.stderr
    assert not (tmp_path / "out").exists(), "nothing is written when anything is faulty"
    return [line.rsplit("[", 1)[1].rstrip("]") for line in done.stderr.splitlines()]


def test_an_arrow_into_nowhere_is_found(studio: Studio, tmp_path):
    region = to_result(document("d8").text, Annotation("d8", mentions=(Mention("m1", at("Ann"), "PER"),)))
    nowhere = {"type": "relation", "from_id": "m1", "to_id": "gone", "direction": "right", "labels": ["TIES"]}
    with studio.client("pass-1") as client:
        stored = client.annotations.create(studio.task(client, "pass-1", "d8")["id"], result=[*region, nowhere])
        try:
            assert pulled_faults(studio, tmp_path, "pass-1") == ["dangling-arrow"]
        finally:
            client.annotations.delete(stored.id)


def test_work_that_another_account_changed_is_found(studio: Studio, tmp_path):
    with studio.client("pass-1") as client, studio.client("pass-2") as other:
        stored = client.annotations.create(studio.task(client, "pass-1", "d8")["id"], result=[])
        try:
            other.annotations.update(stored.id, result=[])
            assert pulled_faults(studio, tmp_path, "pass-1") == ["edited-by-another"]
        finally:
            client.annotations.delete(stored.id)


def test_changes_that_were_not_submitted_are_found(studio: Studio, tmp_path):
    with studio.client("pass-1") as client:
        task = studio.task(client, "pass-1", "d8")["id"]
        stored = client.annotations.create(task, result=[])
        try:
            http = client._client_wrapper.httpx_client
            made = http.request(f"api/tasks/{task}/annotations/{stored.id}/drafts", method="POST", json={"result": []})
            assert made.status_code == 201
            assert pulled_faults(studio, tmp_path, "pass-1") == ["unsaved-draft"]
        finally:
            client.annotations.delete(stored.id)
