"""Fixtures that more than one test file uses."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from labelled import TEXT
from studio_server import ANNOTATORS, Studio, communique

# No test is timed: a busy machine must not fail an example that a quiet one passes.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A Label Studio with two annotators and the documents d1 to d9, each with the text of `labelled`; started once."""
    folder = tmp_path_factory.mktemp("studio")
    rows = [{"doc_id": f"d{n}", "text": TEXT} for n in range(1, 10)]
    texts = folder / "texts.jsonl"
    texts.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    up = ["studio", "up", "--port", "0", "--texts", texts, "--data-dir", folder / "data"]
    down = ["studio", "down", "--data-dir", folder / "data"]
    try:
        done = communique(*up, *[word for name in ANNOTATORS for word in ("--annotator", name)])
        if done.returncode:
            raise ChildProcessError(done.stderr)
        yield Studio(folder / "data", done.stdout)
    finally:
        communique(*down)
