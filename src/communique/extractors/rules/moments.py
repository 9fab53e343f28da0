"""Which event a TIME expression belongs to."""

from __future__ import annotations

from communique.extractors.english.words import DETERMINERS, SUBJECTS
from communique.extractors.rules.clauses import Scene
from communique.extractors.rules.names import Found
from communique.extractors.rules.trigger import Trigger


def give_times(scene: Scene, found: dict[int, list[tuple[str, Found]]]) -> None:
    """Give every TIME to one event, as the manual's three cases say: before or in a noun phrase, leading, elsewhere."""
    page = scene.page
    for m in sorted({m for m in scene.at.values() if m.type == "TIME"}):
        first, last = page.bounds[page.home[m.first]]
        here = [scene.triggers[k] for k in range(first, last) if k in scene.triggers]
        if here and (target := _timed(scene, m, here, first)) is not None:
            found[target].append(("TIME", m))


def _timed(scene: Scene, m: Found, here: list[Trigger], first: int) -> int | None:
    page = scene.page
    close = next((t for t in here if t.part == "N" and m.last <= t.at <= m.last + 4), None)
    hyphen = any(page.lowers[k] == "-" for k in range(m.first, m.last)) or page.near(m.last, m.first) in ("'s", "'")
    if close is not None and (hyphen or close.at == m.last):
        return close.at
    if page.near(m.last, m.first) in ("'s", "'"):
        return None
    left = [t for t in here if t.at < m.first and not _crossed(scene, t.at, m.first)]
    if not left:
        leads = m.first - first <= 6 and not any(page.lowers[k] in DETERMINERS | SUBJECTS for k in range(first, m.first - 2))
        finite = (t for t in here if t.at > m.last and (t.part == "V" or (t.carrier is not None and t.carrier > m.last)))
        return min((t.at for t in finite), default=None) if leads else None
    nearest = left[-1]
    later = page.near(m.first - 1, m.first) == "for" or page.lowers[m.first] in ("next", "tomorrow", "coming")
    verbs = [t for t in left if t.part in ("V", "G") or t.carrier is not None]
    if not verbs or (later and nearest.part == "N"):
        return nearest.at
    verb = verbs[-1]
    if verb.type == "STATEMENT" and len(verbs) > 1 and verb.at < nearest.at:
        return nearest.at
    return verb.at


def _crossed(scene: Scene, i: int, j: int) -> bool:
    """Whether another clause begins between ``i`` and ``j``."""
    words = scene.page.lowers
    clause = (";", "that", "who", "which", "while", "where", "when", '"', "“", "”")
    return any(
        words[k] in clause or (words[k] in SUBJECTS and words[k - 1] in ("since", "after", "before", "as"))
        for k in range(i + 1, j)
    )
