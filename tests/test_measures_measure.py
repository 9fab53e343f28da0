"""A measure is a value that prints as its name and parses back."""

from __future__ import annotations

import pytest

from communique.measures.measure import MEASURES, Measure, parse
from communique.ontology import default_ontology


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_a_measure_parses_back_from_its_name(measure: Measure) -> None:
    assert parse(str(measure)) == measure


def test_the_order_of_parameters_is_irrelevant() -> None:
    one, other = Measure("X", (("b", "2"), ("a", "1"))), Measure("X", (("a", "1"), ("b", "2")))
    assert one == other
    assert hash(one) == hash(other)
    assert str(one) == str(other) == "X(a=1,b=2)"


def test_white_space_in_a_name_is_irrelevant() -> None:
    assert parse(" Tri-C( level = class ) ") == Measure("Tri-C", (("level", "class"),))


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("Arg-C++", "Arg-C+"),
        ("tri-c", "Tri-C"),
        ("Tri-C(level=clas)", "Tri-C(level=class)"),
        ("Tri-C(level=class", "Tri-C(level=class)"),
        ("Tri-C level=class)", "Tri-C(level=class)"),
        ("Tri-C()", "Tri-C"),
        ("Reallis", "Realis"),
    ],
)
def test_an_unknown_measure_is_an_error_that_names_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(ValueError, match="there is no measure") as caught:
        parse(name)
    assert str(caught.value).endswith(f"did you mean {nearest}?")


def test_a_name_like_no_other_is_an_error_that_lists_what_there_is() -> None:
    with pytest.raises(ValueError, match=r"known: NER, Ent-I, Ent-C, Tri-I, "):
        parse("accuracy")


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_the_ontology_has_labels_for_every_measure(measure: Measure) -> None:
    assert list(MEASURES[measure].labels(default_ontology()))
