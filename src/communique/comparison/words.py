"""What p-values say on a corpus of this size, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from communique.wording import counted

if TYPE_CHECKING:
    from communique.comparison.pairs import Difference

USUAL: Final = 0.05
"""The level at which people call a difference significant."""


def words(differences: Sequence[Difference], documents: int) -> tuple[str, str]:
    """Two sentences: what p is, and what can be read from it here."""
    tests = [d.documents for d in differences if d.documents.p is not None]
    count = counted(documents, "document")
    first = (
        "p is how often a difference at least as large comes about if the two systems swap their outputs for whole documents "
        "by chance, as they might if neither were better"
    )
    first += f"; Holm's is adjusted for the {len(tests)} measures compared here." if len(tests) > 1 else "."
    if not tests:
        return first, f"No test could be made on {count}, for the reasons below."
    least = min((test.least for test in tests if test.least is not None), default=1.0)
    differing = max(test.differing or 0 for test in tests)
    if not differing:
        return first, f"Both systems add the same in each of {count}, so there is no difference to test."
    if least > USUAL:
        where = count if differing == documents else f"{count}, of which {differing} at most differ,"
        small = "this corpus is too small" if 2.0 ** (1 - documents) > USUAL else "they differ in too few documents"
        return first, (
            f"On {where} p cannot fall below {least:.3g}, however large the difference: {small} for the test to tell the "
            "systems apart, so a large p is no sign that they are alike; read the differences and their intervals."
        )
    if least * len(tests) > USUAL:
        holms = min(1.0, least * len(tests))
        return first, (
            f"On {count} p cannot fall below {least:.2g}, nor Holm's for {len(tests)} measures below {holms:.2g}: "
            f"name the few measures that matter (-m) beforehand, or this corpus is too small to tell."
        )
    second = (
        f"At {USUAL} or below, the difference would be rare if neither were better; above, these {count} do not tell which is"
    )
    if beyond := [d.measure for d in differences if d.documents.p is not None and (d.documents.least or 0) > USUAL]:
        return first, f"{second}; in {', '.join(beyond)} they differ in too few documents to fall so low."
    return first, f"{second}."
