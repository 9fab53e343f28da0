"""The examples of the help, run as they stand by a shell, against an installation whose corpus is invented.

Those of ``communique studio`` need a server; test_studio_server.py runs the same commands.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from invented import write_project

from communique import cli
from communique.build import build
from communique.io.files import write_bytes

ROOT = Path(__file__).parents[1]
# The one document that an example names, and what it is called in the invented corpus.
NAMES = {"003-washington": "harbour"}
COMMUNIQUE = f"""#!/bin/sh
exec {sys.executable} -c "import sys; from communique.cli import main; sys.argv[0] = 'communique'; main()" "$@"
"""
MINE = 'def extract(text):\n    return {"mentions": [{"start": 0, "end": 1, "type": "PER"}]}\n'
ANSWERS = {"doc_id": "harbour", "mentions": [{"text": "Ann Roe", "sentence": 2, "type": "PER"}]}
BIO = "Ann B-PER\nRoe I-PER\nspoke O\n"
PREDICTIONS = {"doc_id": "valley", "mentions": [{"start": 0, "end": 7, "type": "EVT"}]}


def examples(verb: str) -> list[str]:
    command = cli._communique if not verb else importlib.import_module(f"communique.cli.{verb}").command
    lines = [line.strip() for line in command.help.partition("Example:")[2].splitlines()]
    return [line for line in lines if line]


ALL = [(verb, example) for verb in ("", *cli.VERBS) if verb != "studio" for example in examples(verb)]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with all the files that the examples name."""
    folder = write_project(tmp_path_factory.mktemp("examples") / "project")
    for annotator in ("pass-1", "pass-2"):
        shutil.copytree(folder / "annotations" / "gold", folder / "annotations" / annotator)
    for name, content in build(folder).items():
        write_bytes(folder / name, content)
    (folder / "my_module.py").write_text(MINE)
    (folder / "answers.json").write_text(json.dumps(ANSWERS, indent=2))
    (folder / "answers.jsonl").write_text(json.dumps(ANSWERS | {"doc_id": "valley"}) + "\n")
    (folder / "spacy.jsonl").write_text(json.dumps(PREDICTIONS).replace("EVT", "EVENT") + "\n")
    (folder / "predictions.jsonl").write_text(json.dumps(PREDICTIONS) + "\n")
    (folder / "gold.bio").write_text(BIO)
    (folder / "predictions.bio").write_text(BIO)
    shutil.copy(folder / "corpus" / "documents" / "test.parquet", folder / "mine.parquet")
    shutil.copy(ROOT / "guidelines" / "ontology.toml", folder / "mine.toml")
    (folder / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "extract_spacy.py", folder / "scripts")
    return folder


@pytest.fixture(scope="module")
def environment(project: Path) -> dict[str, str]:
    """The package with the invented corpus in it, as a wheel carries it, and the command on the path."""
    package, bin_ = project.parent / "site" / "communique", project.parent / "bin"
    shutil.copytree(ROOT / "src" / "communique", package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(project / "corpus", package / "corpus")
    shutil.copy(ROOT / "guidelines" / "ontology.toml", package)
    bin_.mkdir()
    (bin_ / "communique").write_text(COMMUNIQUE)
    (bin_ / "communique").chmod(0o755)
    path = os.pathsep.join([str(bin_), str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(package.parent)}
    _score(project, environment)
    return environment


def _score(project: Path, environment: dict[str, str]) -> None:
    """The scores that examples compare: of two extractors, and of two runs of each."""
    outputs = {"lexicon": ["lexicon.json", "baseline/1.json", "baseline/2.json"]}
    outputs["rules"] = ["rules.json", "scores.json", "mine/1.json", "mine/2.json"]
    for extractor, (first, *others) in outputs.items():
        command = ["communique", "benchmark", extractor, "--no-seqeval", "-o", first]
        subprocess.run(command, cwd=project, env=environment, capture_output=True, check=True)
        for other in others:
            (project / other).parent.mkdir(exist_ok=True)
            shutil.copy(project / first, project / other)


@pytest.mark.parametrize(("verb", "example"), ALL, ids=[example for _, example in ALL])
def test_the_example_runs(verb: str, example: str, project: Path, environment: dict[str, str], tmp_path: Path) -> None:
    folder = shutil.copytree(project, tmp_path / "project")
    line = " ".join(NAMES.get(word, word) for word in example.split(" "))
    written = [words.split()[0] for option in (" -o ", " > ", " --save-predictions ") for words in line.split(option)[1:]]
    for name in written:
        (folder / name).unlink(missing_ok=True)
    done = subprocess.run(["sh", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout or written
    assert all((folder / name).stat().st_size for name in written)


def test_every_verb_has_an_example_of_itself() -> None:
    for verb in cli.VERBS:
        assert examples(verb), verb
        assert all(example.startswith(f"communique {verb}") for example in examples(verb))
