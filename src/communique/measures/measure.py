"""A measure is a value that prints as its name and parses back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from communique.measures.definition import Definition
from communique.measures.families import FAMILIES
from communique.measures.spans import INSTANCES
from communique.ontology import nearest


@dataclass(frozen=True, slots=True)
class Measure:
    """A name and its parameters, whose order is irrelevant, as is that of the types in ``types=A+B``.

    >>> str(Measure("Tri-C", (("level", "class"),)))
    'Tri-C(level=class)'
    """

    name: str
    params: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        ordered = ((key, "+".join(sorted(set(value.split("+"))))) for key, value in self.params)
        object.__setattr__(self, "params", tuple(sorted(ordered)))

    def __str__(self) -> str:
        bare = FAMILIES[self.name].positional if self.name in FAMILIES else None
        inner = ",".join(value if key == bare else f"{key}={value}" for key, value in self.params)
        return f"{self.name}({inner})" if inner else self.name


USUAL: Final = {"match": "exact", "level": "mention"}
"""What a measure is where its name does not say otherwise; it may be said, and is not printed."""


@cache
def parse(name: str) -> Measure:
    """Turn a printed measure into its value.

    Raises:
        ValueError: if there is no such measure; it says what is wrong and names the nearest.

    >>> parse("Tri-C( types=B+A, level=class )") == Measure("Tri-C", (("level", "class"), ("types", "A+B")))
    True
    """
    head, bracket, rest = name.strip().partition("(")
    head, inner = head.strip(), rest.strip()
    if head not in FAMILIES or bool(bracket) != bool(inner) or (bracket and not inner.endswith(")")):
        raise ValueError(f"there is no measure {name!r}; {nearest(name, map(str, MEASURES))}")
    family = FAMILIES[head]
    params: list[tuple[str, str]] = []
    for part in inner[:-1].split(",") if bracket else []:
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals and family.positional:
            key, value = family.positional, key
        if not key or not value:
            raise ValueError(f"{name!r}: {part.strip()!r} is no parameter; write KEY=VALUE, or leave the brackets out")
        if key in dict(params):
            raise ValueError(f"{name!r}: {key} is given twice; give it once")
        _admit(name, head, key, value)
        params.append((key, value))
    if family.positional and family.positional not in dict(params):
        values = ", ".join(family.options[family.positional])
        raise ValueError(f"{name!r} names no {family.positional}; write {head}(…) with one of {values}")
    return Measure(head, tuple((key, value) for key, value in params if USUAL.get(key) != value))


@cache
def definition(measure: Measure) -> Definition:
    """What the measure counts."""
    return FAMILIES[measure.name].define(dict(measure.params))


def _admit(name: str, head: str, key: str, value: str) -> None:
    options = FAMILIES[head].options
    if key not in options:
        raise ValueError(f"{name!r}: {head} has no parameter {key!r}; {nearest(key, options)}")
    values = options[key]
    if "*" in values:
        names = value.split("+")
        if not all(names) or (INSTANCES in names and len(names) > 1):
            raise ValueError(f"{name!r}: {key} is A+B, names of event types, or {INSTANCES} alone, not {value!r}")
    elif value not in values and value != USUAL.get(key):
        raise ValueError(f"{name!r}: {key} cannot be {value!r}; {nearest(value, values)}")


DEFAULT: Final = (
    *("NER", "Ent-I", "Ent-I(match=partial)", "Ent-C", "Ent-C(match=overlap)", "Ent-C(match=extent)"),
    *(f"Coref({metric})" for metric in ("MUC", "B3", "CEAFe", "CoNLL", "LEA")),
    "Link",
    *("Tri-I", "Tri-C", "Tri-C(match=overlap)", "Tri-C(types=instances)", "Tri-C(level=class)"),
    *("Realis", "Polarity"),
    *("Arg-I", "Arg-C", "Arg-I+", "Arg-C+", "Arg-C+(match=coref)", "Arg-C(level=instance)"),
    *(f"EvCoref({metric})" for metric in ("MUC", "B3", "CEAFe", "CoNLL", "LEA")),
    *("Rel", "Rel+", "Rel(level=entity)", "EvRel"),
)

MEASURES: Final[Mapping[Measure, Definition]] = {measure: definition(measure) for measure in map(parse, DEFAULT)}
"""Every measure of the table, in its order. Others are other parameters of these: `parse` knows them."""
