"""The source keeps to the project's own rules: style, types, layers, and what is imported when."""

import subprocess
import sys
import tomllib
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


def test_the_version_is_stated_once_and_the_same() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert communique.__version__ == project["version"]
    assert f"\nversion: {communique.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_scripts_are_shims_wrappers_or_chores_that_nothing_imports() -> None:
    for source in (ROOT / "src").rglob("*.py"):
        text = source.read_text(encoding="utf-8")
        assert "from scripts" not in text
        assert "from tests" not in text
