"""Annotations to a real Label Studio and back, by its API and our command line."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from labelled import annotation, at, document, sound
from studio_server import ANNOTATORS, Studio, communique, line, passwords

from communique.checks import incidents
from communique.incident import DataError
from communique.io.labelconfig import label_config
from communique.io.labelstudio import export_bytes, normalised, read_export, read_meta, to_result, to_task
from communique.model import Annotation, Mention
from communique.ontology import default_ontology
from communique.predictions import document_of
from communique.studio import server
from communique.studio.client import Pulled, connect, pull, push
from communique.studio.projects import guidelines, prepare
from communique.studio.server import running, start, stop
from communique.studio.state import State, read_state, write_state

ONTOLOGY = Path(__file__).parents[1] / "guidelines" / "ontology.toml"
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
    assert f"communique studio down --data-dir {studio.folder}" in done.stderr


def test_a_busy_port_is_refused_before_anything_is_made(studio: Studio, tmp_path):
    port = int(studio.state.url.rsplit(":", 1)[1])
    with pytest.raises(ValueError, match=f"port {port} cannot be used"):
        start(tmp_path / "other", ["pass-1"], port=port, show=print)
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("name", ["", "Ann", "a b", "a@b", "-a"])
def test_a_name_that_cannot_stand_in_an_address_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match="use small letters"):
        start(tmp_path / "other", [name], port=0, show=print)


def test_a_process_that_is_not_ours_is_left_alone(studio: Studio, tmp_path):
    write_state(tmp_path, replace(studio.state, pid=os.getpid()))
    assert stop(tmp_path) is False
    write_state(tmp_path, studio.state)  # a Label Studio, but on another folder
    assert stop(tmp_path) is False
    assert running(studio.folder).pid == studio.state.pid


def test_without_an_account_nothing_is_made(tmp_path):
    folder = tmp_path / "some data"
    with pytest.raises(ValueError, match=f"studio up --annotator NAME --data-dir '{folder}'"):
        start(folder, [], port=0, show=print)
    assert not folder.exists()


def test_an_interrupted_start_loses_no_password_and_a_restart_no_account(studio: Studio, tmp_path):
    folder = studio.copied(tmp_path / "data")
    before = read_state(folder)
    texts = ("--texts", studio.folder.parent / "texts.jsonl")
    up = line("studio", "up", "--port", "0", "--data-dir", folder, *texts)

    # While an account is made.
    with subprocess.Popen([*up, "--annotator", "late"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as first:
        while "late" not in read_state(folder).accounts:
            assert first.poll() is None
            time.sleep(0.05)
        first.send_signal(signal.SIGINT)
        assert b" password " not in first.communicate()[0]
    assert first.returncode == 130
    assert read_state(folder).accounts["late"].shown is False

    # After it was made and before its password was told, which is what the next start does first.
    untold = replace(before.accounts["pass-1"], shown=False)
    write_state(folder, replace(before, pid=None, accounts={**before.accounts, "pass-1": untold}))
    with subprocess.Popen(up, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as second:
        told = passwords(second.stdout.readline())
        while not read_state(folder).accounts["pass-1"].shown:
            time.sleep(0.05)
        second.send_signal(signal.SIGINT)
        assert " password " not in second.communicate()[0]
    assert second.returncode == 130

    own = tmp_path / "guidelines" / "ontology.toml"
    own.parent.mkdir()
    shipped = default_ontology().version
    own.write_text(ONTOLOGY.read_text(encoding="utf-8").replace(f'version = "{shipped}"', 'version = "7.7"'), encoding="utf-8")
    try:
        third = communique("studio", "up", "--port", "0", "--data-dir", folder, *texts, cwd=tmp_path)
        assert third.returncode == 0, third.stderr
        assert " password " not in third.stdout
        now = running(folder)
        account = now.accounts["pass-1"]
        assert now.accounts == before.accounts
        assert signed_in(now.url, account.email, told["pass-1"])
        assert not signed_in(now.url, account.email, studio.password("pass-1"))
        with connect(now.url, account.token) as client:
            assert guidelines(client, account) == "7.7", "the guidelines are those of the folder"
    finally:
        assert stop(folder) is True
    assert stop(folder) is False
    assert set(server._states(now.pid)) <= {"Z"}
    with pytest.raises(ValueError, match=f"studio up --data-dir {folder}"):
        running(folder)
    assert running(studio.folder).pid == studio.state.pid


def signed_in(url: str, email: str, password: str) -> bool:
    with httpx.Client(base_url=url, trust_env=False) as http:
        http.get("/user/login/")
        form = {"email": email, "password": password, "csrfmiddlewaretoken": http.cookies["csrftoken"]}
        return http.post("/user/login/", data=form, headers={"Referer": url}).status_code == 302


def test_what_does_not_end_is_told_and_remembered(tmp_path, monkeypatch):
    stubborn = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    words = [sys.executable, "-c", stubborn, "label_studio.server", str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, start_new_session=True) as child:
        child.stdout.readline()
        write_state(tmp_path, State("http://127.0.0.1:1", child.pid))
        monkeypatch.setattr(server, "_SIGNALS", ((signal.SIGINT, 0.3),))
        with pytest.raises(TimeoutError, match=f"does not end; .* -g {child.pid}"):
            stop(tmp_path)
        assert read_state(tmp_path).pid == child.pid
        monkeypatch.setattr(server, "_SIGNALS", ((signal.SIGKILL, 10.0),))
        assert stop(tmp_path) is True
    assert read_state(tmp_path).pid is None


def test_what_has_ended_and_nobody_waited_for_counts_as_ended(tmp_path):
    """As in a container whose first process waits for nobody."""
    careless = "import subprocess, sys, time; print(subprocess.Popen(sys.argv[1:], start_new_session=True).pid, flush=True)"
    words = [sys.executable, "-c", "import time; time.sleep(60)", "label_studio.server", str(tmp_path)]
    with subprocess.Popen([sys.executable, "-c", f"{careless}; time.sleep(60)", *words], stdout=subprocess.PIPE) as parent:
        try:
            pid = int(parent.stdout.readline())
            write_state(tmp_path, State("http://127.0.0.1:1", pid))
            began = time.monotonic()
            assert stop(tmp_path) is True
            assert time.monotonic() - began < 5
            os.killpg(pid, 0)  # it is still there for who asks like this
        finally:
            parent.kill()


@pytest.mark.parametrize("verb", [["up"], ["push", "-", "--as", "a"], ["pull", "--from", "a", "-o", "x"]])
def test_without_the_extra_the_verb_says_what_installs_it(verb, tmp_path):
    before = "import sys; sys.modules['label_studio_sdk'] = None"  # what Python does with a package that is not there
    done = communique("studio", *verb, "--data-dir", tmp_path, before=before)
    assert done.returncode == 2
    assert "pip install '.[studio]' in a clone of the project" in done.stderr


def test_another_text_of_a_document_that_is_there_is_refused(studio: Studio):
    other = replace(document("d1"), text="Another text.")
    with studio.client("pass-1") as client, pytest.raises(DataError) as fault:
        prepare(client, studio.account("pass-1"), [other], "pass-1", default_ontology())
    assert [i.id for i in fault.value.incidents] == ["text-differs"]


def test_preparing_a_project_twice_imports_nothing(studio: Studio):
    with studio.client("pass-1") as client:
        account, imported = prepare(client, studio.account("pass-1"), [document("d1")], "pass-1", default_ontology())
    assert (account, imported) == (studio.account("pass-1"), 0)


def test_a_project_that_was_deleted_is_made_anew(studio: Studio):
    with studio.project("pass-1") as (client, account):
        first, imported = prepare(client, account, [document("d1")], "anew", default_ontology())
        client.projects.delete(first.project)
        second, again = prepare(client, first, [document("d1")], "anew", default_ontology())
        assert second.project != first.project
        assert imported == again == 1


def test_annotations_keep_the_version_of_the_guidelines_that_the_project_had(studio: Studio):
    old, new = replace(default_ontology(), version="0.9"), replace(default_ontology(), version="7.7")
    documents = [document("d1"), document("d2")]
    with studio.project("pass-1") as (client, account):
        account, _ = prepare(client, account, documents, "versions", old)
        assert guidelines(client, account) == "0.9"
        push(client, account, [sound("d1")])
        assert metas(pull(client, account, "ann", ontology=new)) == {"d1": {"annotator": "ann", "guidelines": "0.9"}}
        prepare(client, account, documents, "versions", new)
        assert guidelines(client, account) == "7.7"
        push(client, account, [sound("d2")])
        assert {doc_id: meta["guidelines"] for doc_id, meta in metas(pull(client, account, "ann")).items()} == {
            "d1": "0.9",
            "d2": "7.7",
        }
        said = {"guidelines": "8.0", "how": "alone"}
        assert metas(pull(client, account, "ann", doc_ids=["d2"], meta=said)) == {"d2": {"annotator": "ann", **said}}

        client.projects.update(account.project, expert_instruction="Label well.")
        with pytest.raises(ValueError, match=r"names no version .* --meta guidelines=VERSION"):
            pull(client, account, "ann")
        prepare(client, account, documents, "versions", old)
        assert client.projects.get(account.project).expert_instruction == "Label well."


def metas(pulled: Pulled) -> dict[str, dict[str, str]]:
    return {doc_id: read_meta(content.decode()) for doc_id, content in pulled.files.items()}


def test_a_page_in_place_of_an_answer_is_cut_short(studio: Studio):
    token = studio.account("pass-1").token
    nowhere = f"{studio.state.url}/nowhere"
    with pytest.raises(ConnectionError, match=r"refused with status 404: .{,101}$"), connect(nowhere, token) as client:
        client.projects.get(1)


# Annotations there and back.


def test_a_pushed_annotation_comes_back_equal_and_stripped(studio: Studio, tmp_path):
    pushed = studio.push(tmp_path / "a.jsonl", sound("d1"), "pass-2")
    assert pushed.returncode == 0, pushed.stderr
    pulled = studio.pull(tmp_path / "out", "pass-2")
    assert pulled.returncode == 0, pulled.stderr
    assert pulled.stdout.split() == [str(tmp_path / "out" / "d1.json")]
    assert "not annotated yet by pass-2: d2, d3" in pulled.stderr
    content = (tmp_path / "out" / "d1.json").read_text(encoding="utf-8")
    assert read_export(content, {"d1": document("d1")}) == (as_stored(sound("d1")),)
    assert "annotators.invalid" not in content
    assert json.loads(content).keys() == {"data", "meta", "annotations"}
    assert json.loads(content)["meta"] == {"annotator": "pass-2", "guidelines": default_ontology().version}


def test_a_file_of_gold_comes_back_the_same(studio: Studio, tmp_path):
    meta = {"passes": "pass-1 pass-2", "guidelines": "0.9", "annotator": "adjudicated"}
    task = to_task(replace(document("d2"), title=None), sound("d2"), meta=meta, ground_truth=True)
    for item in task["annotations"][0]["result"]:
        item["origin"] = "manual"
    before = export_bytes(json.loads(re.sub(r'"link(\d)', r'"by-the-editor-\1', json.dumps(task))))
    gold = tmp_path / "gold" / "d2.json"
    gold.parent.mkdir()
    gold.write_bytes(before)
    gold.with_name("d3.json").write_bytes(b"the gold of a document that is not to be pulled")

    pushed = communique("studio", "push", gold, "--as", "pass-2", "--data-dir", studio.folder)
    assert pushed.returncode == 0, pushed.stderr
    gold.unlink()
    pulled = studio.pull(gold.parent, "pass-2", "--doc", "d2")
    assert pulled.returncode == 0, pulled.stderr
    assert gold.read_bytes() == before

    # What it said of itself does not stay behind for what takes its place.
    assert studio.push(tmp_path / "a.jsonl", sound("d2"), "pass-2", "--replace").returncode == 0
    assert studio.pull(gold.parent, "pass-2", "--doc", "d2").returncode == 0
    assert read_meta(gold.read_text(encoding="utf-8")) == {"annotator": "pass-2", "guidelines": default_ontology().version}


def test_a_file_whose_annotation_is_gone_is_not_left_among_those_pulled(studio: Studio, tmp_path):
    with studio.client("pass-2") as client:
        task = studio.task(client, "pass-2", "d3")["id"]
        made = client.annotations.create(task, result=to_result(document("d3").text, sound("d3")))
        assert studio.pull(tmp_path, "pass-2", "--doc", "d3").returncode == 0
        client.annotations.delete(made.id)
    again = studio.pull(tmp_path, "pass-2")
    assert again.returncode == 1
    assert f"{tmp_path / 'd3.json'}: pass-2 has no annotation of this document" in again.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["d3.json"], "nothing is written"


def test_a_second_push_is_refused_unless_it_is_to_replace(studio: Studio, tmp_path):
    full, fewer = sound("d2"), replace(sound("d2"), relations=())
    assert studio.push(tmp_path / "a.jsonl", full, "pass-1").returncode == 0
    again = studio.push(tmp_path / "a.jsonl", replace(fewer, instances=()), "pass-1")
    assert again.returncode == 1
    assert faults_of(again)[0] == "already-annotated"
    assert set(faults_of(again)[1:]) == {"event-without-instance"}, "the other faults are told as well"
    assert studio.push(tmp_path / "a.jsonl", fewer, "pass-1", "--replace").returncode == 0
    assert studio.pull(tmp_path / "out", "pass-1", "--doc", "d2").returncode == 0
    content = (tmp_path / "out" / "d2.json").read_text(encoding="utf-8")
    assert read_export(content, {"d2": document("d2")}) == (as_stored(fewer),)


def faults_of(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [row.rsplit("[", 1)[1].rstrip("]") for row in done.stderr.splitlines()]


def test_only_gold_is_pulled_when_gold_is_asked_for(studio: Studio, tmp_path):
    assert studio.push(tmp_path / "a.jsonl", sound("d3"), "pass-1").returncode == 0
    assert studio.push(tmp_path / "b.jsonl", sound("d4"), "pass-1", "--ground-truth").returncode == 0
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
    done = studio.push(tmp_path / "a.jsonl", [sound("d6"), unknown, elsewhere, stale], "pass-2")
    assert done.returncode == 1
    assert faults_of(done) == ["unknown-label", "unknown-document", "other-document"]
    with studio.client("pass-2") as client:
        assert studio.task(client, "pass-2", "d6")["annotations"] == []


def test_what_check_would_find_is_found_before_it_is_stored_as_an_annotation(studio: Studio, tmp_path):
    done = studio.push(tmp_path / "a.jsonl", annotation("d6"), "pass-2")
    assert done.returncode == 1
    expected = incidents(document_of("d6", document("d6").text), annotation("d6"), default_ontology())
    assert faults_of(done) == [i.id for i in expected]
    assert "mentions-overlap" in faults_of(done)


def test_the_labels_are_those_of_the_folders_ontology(studio: Studio, tmp_path):
    own = tmp_path / "guidelines" / "ontology.toml"
    own.parent.mkdir()
    own.write_text(ONTOLOGY.read_text(encoding="utf-8").replace("CONSULT", "PARLEY"), encoding="utf-8")
    done = studio.push(tmp_path / "a.jsonl", sound("d6"), "pass-2", cwd=tmp_path)
    assert "unknown-label" in faults_of(done)
    with studio.client("pass-2") as client:
        stored = client.annotations.create(
            studio.task(client, "pass-2", "d6")["id"], result=to_result(document("d6").text, sound("d6"))
        )
        try:
            pulled = communique(
                "studio", "pull", "--from", "pass-2", "-o", "out", "--data-dir", studio.folder, "--doc", "d6", cwd=tmp_path
            )
            assert set(faults_of(pulled)) == {"unknown-label"}
        finally:
            client.annotations.delete(stored.id)


def test_an_account_that_does_not_exist_is_named(studio: Studio, tmp_path):
    done = studio.push(tmp_path / "a.jsonl", annotation("d6"), "pass1")
    assert done.returncode == 2
    assert "there is no account pass1; did you mean pass-1?" in done.stderr


def test_a_prediction_is_neither_gold_nor_a_replacement(studio: Studio, tmp_path):
    for option in ("--ground-truth", "--replace"):
        assert studio.push(tmp_path / "a.jsonl", annotation("d6"), "pass-1", "--prediction", option).returncode == 2


def test_a_prediction_needs_the_name_of_a_file(studio: Studio):
    done = communique("studio", "push", "-", "--as", "pass-1", "--data-dir", studio.folder, "--prediction")
    assert done.returncode == 2
    assert "give one in place of -" in done.stderr


# What the server lets pass is found when it is pulled; each test mends what it broke.


def pulled_faults(studio: Studio, tmp_path, name: str) -> list[str]:
    done = studio.pull(tmp_path / "out", name)
    assert done.returncode == 1, done.stderr
    assert not (tmp_path / "out").exists(), "nothing is written when anything is faulty"
    return faults_of(done)


def test_what_check_would_find_is_found(studio: Studio, tmp_path):
    with studio.client("pass-1") as client:
        result = to_result(document("d8").text, annotation("d8"))
        stored = client.annotations.create(studio.task(client, "pass-1", "d8")["id"], result=result)
        try:
            assert "mentions-overlap" in pulled_faults(studio, tmp_path, "pass-1")
        finally:
            client.annotations.delete(stored.id)


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
