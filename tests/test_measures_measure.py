"""A measure is a value that prints as its name and parses back."""

from __future__ import annotations

import re
from itertools import permutations

import pytest
from strategies import ALL_MEASURES

from communique.measures.families import FAMILIES
from communique.measures.measure import MEASURES, USUAL, Measure, definition, parse
from communique.ontology import default_ontology


@pytest.mark.parametrize("measure", ALL_MEASURES, ids=str)
def test_a_measure_parses_back_from_its_name(measure: Measure) -> None:
    assert parse(str(measure)) == measure


@pytest.mark.parametrize("measure", ALL_MEASURES, ids=str)
def test_the_order_of_parameters_and_of_types_is_irrelevant(measure: Measure) -> None:
    for order in permutations(measure.params):
        turned = Measure(measure.name, tuple((key, "+".join(reversed(value.split("+")))) for key, value in order))
        assert turned == measure
        assert hash(turned) == hash(measure)
        written = ",".join(f"{key}={value}" for key, value in turned.params)
        assert parse(f"{measure.name}({written})" if written else measure.name) == measure


@pytest.mark.parametrize("measure", ALL_MEASURES, ids=str)
def test_usual_values_said_in_full_are_the_same_measure(measure: Measure) -> None:
    family = FAMILIES[measure.name]
    given = dict(measure.params)
    for key, value in USUAL.items():
        if key in family.options and key not in given:
            full = ",".join(f"{k}={v}" for k, v in {key: value, **given}.items())
            assert parse(f"{measure.name}({full})") == measure


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Ent-C(match=exact)", "Ent-C"),
        ("Arg-C(level=mention)", "Arg-C"),
        ("Arg-C+(match=exact)", "Arg-C+"),
        ("Rel(level=mention)", "Rel"),
        ("Coref(metric=B3)", "Coref(B3)"),
        (" Tri-C( level = class ) ", "Tri-C(level=class)"),
        ("Tri-C(types=B+A)", "Tri-C(types=A+B)"),
        ("Tri-C(types=A+B+A)", "Tri-C(types=A+B)"),
        ("Tri-C(types=B+A,match=overlap,level=class)", "Tri-C(level=class,match=overlap,types=A+B)"),
    ],
)
def test_a_measure_prints_as_its_shortest_name(written: str, printed: str) -> None:
    assert str(parse(written)) == printed
    assert parse(written) == parse(printed)
    assert hash(parse(written)) == hash(parse(printed))


def test_other_parameters_make_another_measure() -> None:
    assert len({str(measure) for measure in ALL_MEASURES}) == len(set(ALL_MEASURES)) == len(ALL_MEASURES)
    assert parse("Tri-C(types=A+B)") != parse("Tri-C(types=A)") != parse("Tri-I(types=A)")


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("Arg-C++", "Arg-C+"),
        ("tri-c", "Tri-C"),
        ("Tri-C(level=class", "Tri-C(level=class)"),
        ("Tri-C level=class)", "Tri-C(level=class)"),
        ("Reallis", "Realis"),
        ("Coref-B3", r"Coref(B3)"),
    ],
)
def test_an_unknown_measure_is_an_error_that_names_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(ValueError, match="there is no measure") as caught:
        parse(name)
    assert str(caught.value).endswith(f"did you mean {nearest}?")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("Tri-C(level=clas)", "level cannot be 'clas'; did you mean class?"),
        ("Tri-C(lvl=class)", "Tri-C has no parameter 'lvl'; did you mean level?"),
        ("Tri-C()", "'' is no parameter; write KEY=VALUE, or leave the brackets out"),
        ("Tri-C(class)", "'class' is no parameter; write KEY=VALUE, or leave the brackets out"),
        ("Tri-C(types=)", "'types=' is no parameter; write KEY=VALUE, or leave the brackets out"),
        ("Tri-C(level=class,level=class)", "level is given twice; give it once"),
        ("Tri-C(types=A++B)", "types is A+B, names of event types, or instances alone, not 'A++B'"),
        ("Tri-C(types=A+instances)", "types is A+B, names of event types, or instances alone, not 'A+instances'"),
        ("NER(match=extent)", "match cannot be 'extent'; known: overlap"),
        ("Ent-C(match=partial)", "match cannot be 'partial'; known: overlap, extent"),
        ("Rel+(level=entity)", "Rel+ has no parameter 'level'; none is known"),
        ("Coref", "names no metric; write Coref(…) with one of MUC, B3, CEAFe, LEA, CoNLL"),
        ("Coref(b3)", "metric cannot be 'b3'; did you mean B3?"),
        ("Coref(B3,LEA)", "metric is given twice; give it once"),
    ],
)
def test_a_parameter_that_a_measure_does_not_take_is_an_error_that_says_what_it_takes(name: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(repr(name))}.*{re.escape(problem)}$"):
        parse(name)


def test_a_name_like_no_other_is_an_error_that_lists_what_there_is() -> None:
    listed = ", ".join(map(str, list(MEASURES)[:10]))
    with pytest.raises(ValueError, match="there is no measure 'accuracy'") as caught:
        parse("accuracy")
    assert str(caught.value).endswith(f"known: {listed} and {len(MEASURES) - 10} more")


@pytest.mark.parametrize("measure", ALL_MEASURES, ids=str)
def test_the_ontology_has_labels_for_every_measure(measure: Measure) -> None:
    assert list(definition(measure).labels(default_ontology()))


def test_every_family_has_a_printed_measure() -> None:
    assert {measure.name for measure in MEASURES} == FAMILIES.keys()
