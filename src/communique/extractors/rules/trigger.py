"""What a trigger is to the rules: a token, what it was read as, and the verb that carries it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Trigger:
    """``part`` as in `speech_parts.part`. ``carrier`` is the light, aspectual, cancelling or lifting verb of a noun, and
    ``carried`` names its lexicon. ``changed`` is the relation noun of an IMPROVE or WORSEN. ``visit``: a visit word."""

    at: int
    lemma: str
    type: str
    part: str
    tag: str
    carrier: int | None = None
    carried: str = ""
    changed: int | None = None
    visit: bool = False
