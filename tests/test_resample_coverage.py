"""What `scripts/coverage.py` simulates, in small: intervals cover what they are for, and tests err as often as they say."""

from __future__ import annotations

import importlib.util
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "coverage.py"


@pytest.fixture(scope="module")
def simulation():
    spec = importlib.util.spec_from_file_location("coverage_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def share(found, name):
    yes, no = found[name, "yes"], found[name, "no"]
    return yes / (yes + no)


def error(p, n):
    return math.sqrt(p * (1 - p) / n)


def test_at_ten_documents_the_jackknife_covers_new_documents_and_the_bootstrap_too_few(simulation):
    """Four Monte Carlo standard errors, and a point for what the method is off (93.5 to 94.8 in the whole simulation)."""
    found = simulation.covered(simulation.Task("moderate", 10, 40, 400, (1,)))
    assert share(found, "new") == pytest.approx(0.95, abs=0.01 + 4 * error(0.95, 400))
    assert share(found, "these") == pytest.approx(0.95, abs=0.01 + 4 * error(0.95, 400))
    assert share(found, "bootstrap") < share(found, "new")
    assert share(found, "sentences") < 0.7


def test_at_four_documents_swapping_them_never_rejects_and_swapping_sentences_far_too_often(simulation):
    found = simulation.rejected(simulation.Task("strong", 4, 40, 200, (1,)))
    assert found["documents", "yes"] == 0
    assert share(found, "difference") < 0.05 + 4 * error(0.05, 200)
    assert share(found, "sentences") > 0.2


def test_without_effects_of_documents_sentences_may_be_swapped(simulation):
    found = simulation.rejected(simulation.Task("none", 4, 40, 300, (1,)))
    assert share(found, "sentences") < 0.05 + 4 * error(0.05, 300)


def test_what_is_to_be_covered_is_what_many_documents_come_to(simulation):
    noise = np.random.RandomState(1)
    corpus = simulation.simulate(1.0, 20_000, 3, 1, noise)
    assert simulation.f1(corpus.counts[0].sum(axis=(0, 1))) == pytest.approx(simulation.expected_of_new(1.0), abs=0.01)
    assert corpus.expected == pytest.approx(simulation.expected_of_new(1.0), abs=0.01)
    assert simulation.expected_of_new(0.0) == pytest.approx(1 / (1 + math.exp(-1.1)))


def test_the_tables_are_the_same_whatever_the_number_of_processes():
    command = [sys.executable, SCRIPT, "--documents", "4", "--replications", "20", "--sentences", "5", "--processes"]
    one, two = (subprocess.run([*command, n], capture_output=True, text=True, check=True).stdout for n in "12")
    assert one == two
    assert "| strong | 4 | 0.0 |" in one


def test_the_page_on_scoring_shows_what_the_simulation_prints():
    """The rows of four documents, in full; the others take minutes."""
    printed = subprocess.run([sys.executable, SCRIPT, "--documents", "4"], capture_output=True, text=True, check=True).stdout
    rows = [line for line in printed.splitlines() if line.startswith("| ") and "| 4 |" in line]
    shown = (SCRIPT.parents[1] / "SCORING.md").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 6
    assert [row for row in rows if row not in shown] == []
