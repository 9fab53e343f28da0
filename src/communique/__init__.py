"""Communiqué: an annotated corpus of U.S.-China diplomacy news, and the scorer that goes with it.

>>> import communique as cq
>>> gold = cq.load("test")
>>> scores = cq.score(gold, gold.annotations, system="the gold itself")
>>> scores["Ent-C"].f1
1.0
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from communique.comparison import System, compare, repeated
    from communique.corpus import default_split, load, path, splits
    from communique.floors import floor
    from communique.incident import DataError
    from communique.io.jsonl import read_annotations
    from communique.io.jsonl_writer import write_annotations
    from communique.predictions import read_gold, read_predictions
    from communique.scorer import read_scores, score

__version__ = "0.3.0"

__all__ = [
    "DataError",
    "System",
    "compare",
    "default_split",
    "floor",
    "load",
    "path",
    "read_annotations",
    "read_gold",
    "read_predictions",
    "read_scores",
    "repeated",
    "score",
    "splits",
    "write_annotations",
]

_HOME: Final = {
    "DataError": "incident",
    "System": "comparison",
    "compare": "comparison",
    "default_split": "corpus",
    "floor": "floors",
    "load": "corpus",
    "path": "corpus",
    "read_annotations": "io.jsonl",
    "read_gold": "predictions",
    "read_predictions": "predictions",
    "read_scores": "scorer",
    "repeated": "comparison",
    "score": "scorer",
    "splits": "corpus",
    "write_annotations": "io.jsonl_writer",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for, and only that: `import communique` alone stays instant."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
