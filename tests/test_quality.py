"""The source keeps to the project's own rules: style, types, layers, and what is imported when."""

import ast
import doctest
import importlib
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import communique

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [[sys.executable, "-m", "ruff", "check", "."], [sys.executable, "-m", "mypy"], [str(BIN / "lint-imports")]],
    ids=["ruff", "mypy", "import-linter"],
)
def test_source_passes(command: list[str]) -> None:
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


HEAVY = (
    "datasets", "label_studio_sdk", "matplotlib", "numpy", "pandas", "polars", "pyarrow", "scipy", "seqeval", "sklearn", "spacy"
)  # fmt: skip


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = f"import sys, communique; print([m for m in {HEAVY} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_versions_of_package_and_dataset_are_stated_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert communique.__version__ == project["version"]
    dataset = tomllib.loads((ROOT / "seeds" / "seeds.toml").read_text(encoding="utf-8"))["dataset"]["version"]
    assert f"\nversion: {dataset} " in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


EXAMPLES = [p for p in sorted((ROOT / "src").rglob("*.py")) if ">>>" in p.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_the_examples_in_docstrings_are_true(path: Path) -> None:
    name = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
    done = doctest.testmod(importlib.import_module(name))
    assert (done.failed, done.attempted > 0) == (0, True)


SAMPLES = ROOT / "tests" / "formats"
"""What other tools printed, beside scripts that ran those tools, which are no part of any environment of ours."""


def test_every_library_that_is_imported_is_declared() -> None:
    """One that comes along with another may stop coming."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = [*declared["dependencies"], *(r for extra in declared["optional-dependencies"].values() for r in extra)]
    named = {re.split(r"[\[<>=]", r)[0].lower() for r in requirements}
    own = {"communique", *(p.stem for p in (ROOT / "tests").glob("*.py")), *sys.stdlib_module_names}
    provided = metadata.packages_distributions()
    undeclared = {
        top for folder in ("src", "tests") for p in (ROOT / folder).rglob("*.py") if p.parent.parent != SAMPLES
        for top in imported(p) - own
        if not {d.lower() for d in provided[top]} & named
    }  # fmt: skip
    assert undeclared == set()


def imported(path: Path) -> set[str]:
    """The top-level names of all that a file imports, anywhere in it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level]
    return {name.partition(".")[0] for name in names}


SCRIPTS = ROOT / "scripts"


def test_the_scoring_script_is_a_shim() -> None:
    source = (SCRIPTS / "score.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 10
    assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda)]


@pytest.mark.parametrize("path", sorted(SCRIPTS.glob("*.py")), ids=lambda p: p.stem)
def test_every_script_answers_help(path: Path) -> None:
    done = subprocess.run([sys.executable, path, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.lower().startswith("usage: ")


def test_nothing_imports_scripts_and_the_package_no_tests() -> None:
    known = {p.stem for p in SCRIPTS.glob("*.py")} | {"scripts"}
    tests = {"tests", *(p.stem for p in (ROOT / "tests").glob("*.py"))}
    for source in (ROOT / "src").rglob("*.py"):
        assert not imported(source) & (known | tests), source
    for source in (ROOT / "tests").glob("*.py"):
        assert not imported(source) & known, source
