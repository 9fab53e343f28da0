"""Agreement between two passes over the same documents, layer by layer.

A pass is an annotation like any other, so most figures are the score of one against the other (F1, which is the same either way
round). Beside them: realis by Krippendorff's α, clusters by LEA, and arguments and relations given what both passes share.

Each document is counted once for a figure; all documents, each, and all but one are sums of these counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Generic, TypeAlias

from communique.incident import DataError, Incident
from communique.measures.coref import Clusters, entity_clusters, instance_clusters, lea, restrict
from communique.measures.measure import definition, parse
from communique.measures.relaxed import Loose, fillers, pairs, tally_relaxed
from communique.measures.tally import Tally, total
from communique.model import Annotation, Document, Span
from communique.ontology import Ontology, default_ontology
from communique.passes import paired, unclaimed
from communique.resample import LOG_DISAGREEMENT, LOGIT, Interval, P, jackknife, whole

CHANGE: Final = ("IMPROVE", "WORSEN")
"""Event types whose triggers lists do not decide: event figures are given without them, too."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One figure of agreement, or several: ``figures`` are fractions (α may be below 0), None where undefined.

    ``n`` counts the items that one pass or the other has (F1), or that both have (realis, polarity); of clusters, the mentions.
    ``counts`` of the values that the passes give an item, ``VALUE/VALUE``, pass 1 first. Over all documents there are
    ``intervals`` too, by figure (`communique.resample.jackknife`).
    """

    name: str
    what: str
    figures: Mapping[str, float | None]
    n: int
    counts: Mapping[str, int] = field(default_factory=dict)
    documents: Mapping[str, Layer] = field(default_factory=dict)
    intervals: Mapping[str, Interval] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The first figure's interval is ``interval``, that of another ``FIGURE_interval``."""
        row: dict[str, Any] = {**self.figures, "n": self.n}
        if self.counts:
            row["counts"] = dict(self.counts)
        for number, (name, interval) in enumerate(self.intervals.items()):
            row[f"{name}_interval" if number else "interval"] = interval.as_json()
        if self.documents:
            row["documents"] = {doc_id: layer.as_json() for doc_id, layer in self.documents.items()}
        return row


@dataclass(frozen=True, slots=True)
class Agreement:
    """All layers, for one round of two passes. ``guidelines`` is the version that they followed."""

    guidelines: str
    passes: tuple[str, str]
    documents: tuple[str, ...]
    layers: Mapping[str, Layer]

    def as_json(self) -> dict[str, Any]:
        """``{"guidelines", "passes", "rounds": [{"layers": {name: {figure, "n", "interval", "documents"}}}]}``."""
        layers = {name: layer.as_json() for name, layer in self.layers.items()}
        return {"guidelines": self.guidelines, "passes": list(self.passes), "rounds": [{"layers": layers}]}


def agreement(
    a: Sequence[Annotation],
    b: Sequence[Annotation],
    *,
    passes: tuple[str, str] = ("pass-1", "pass-2"),
    guidelines: str | None = None,
    ontology: Ontology | None = None,
) -> Agreement:
    """How far two passes agree, over all documents and in each.

    A layer that a pass does not claim is left out; `communique.passes.unclaimed` says which and why. ``guidelines`` is the
    version that the passes followed; None: the ontology's.

    Raises:
        DataError: unless both passes hold the same documents, each once, and of each the same version of its text, and both
            claim a layer.
        ValueError: if one span stands in two entities.
    """
    ontology = ontology or default_ontology()
    twos = paired(a, b, passes)
    claimed = set.intersection(*(set(p.layers) for two in twos for p in two))
    if not claimed:
        hint = "; ".join(unclaimed(a, b, passes)) or "name the layers that each row claims in its key layers"
        raise DataError([Incident("no-common-layer", " and ".join(passes), "both claim no layer of all documents", hint)])
    layers = {}
    for name, (layer, what, figure) in _FIGURES.items():
        if layer in claimed:
            parts = {one.doc_id: figure.part((one, other), ontology) for one, other in twos}
            layers[name] = _layer(name, what, figure, parts)
    return Agreement(guidelines or ontology.version, passes, tuple(one.doc_id for one, _ in twos), layers)


_Two: TypeAlias = tuple[Annotation, Annotation]
_Prepare: TypeAlias = Callable[[_Two, Ontology], _Two]
_Values: TypeAlias = Counter[tuple[str | None, str | None]]
"""How often the passes give an item these two values, pass 1 first."""


@dataclass(frozen=True, slots=True)
class _Figure(Generic[P]):
    """What one document adds to a layer, and what is read from it, or from the sum of several."""

    part: Callable[[_Two, Ontology], P]
    figures: Mapping[str, Callable[[P], float | None]]
    n: Callable[[P], int]
    counts: Callable[[P], Mapping[str, int]] = lambda _: {}


def _layer(name: str, what: str, figure: _Figure[P], parts: Mapping[str, P]) -> Layer:
    def of(part: P) -> Layer:
        figures = {key: value(part) for key, value in figure.figures.items()}
        return Layer(name, what, figures, figure.n(part), figure.counts(part))

    documents = {doc_id: of(part) for doc_id, part in parts.items()}
    intervals = {
        key: jackknife(parts, value, scale=LOG_DISAGREEMENT if key == "alpha" else LOGIT)
        for key, value in figure.figures.items()
    }
    return replace(of(whole(parts.values())), documents=documents, intervals=intervals)


def _as_they_are(two: _Two, ontology: Ontology) -> _Two:
    return two


def _without_change(two: _Two, ontology: Ontology) -> _Two:
    a, b = (replace(p, events=tuple(e for e in p.events if e.type not in CHANGE)) for p in two)
    return a, b


def _agreed_triggers(two: _Two, ontology: Ontology) -> _Two:
    """Only the events whose trigger and type both passes have, and the relations between them."""
    shared = set.intersection(*({(e.span, e.type) for e in p.events} for p in two))
    kept = []
    for p in two:
        events = tuple(e for e in p.events if (e.span, e.type) in shared)
        ids = {e.id for e in events}
        relations = tuple(r for r in p.event_relations if r.head in ids and r.tail in ids)
        kept.append(replace(p, events=events, event_relations=relations))
    return kept[0], kept[1]


def _agreed_mentions(two: _Two, ontology: Ontology) -> _Two:
    """Only the relations between mentions whose span and type both passes have."""
    shared = set.intersection(*({(m.span, m.type) for m in p.mentions} for p in two))
    kept = []
    for p in two:
        ids = {m.id for m in p.mentions if (m.span, m.type) in shared}
        kept.append(replace(p, relations=tuple(r for r in p.relations if r.head in ids and r.tail in ids)))
    return kept[0], kept[1]


def _bare(doc_id: str) -> Document:
    """Agreement is never asked for by sentence, so a document without its text does."""
    return Document(doc_id, "", "")


def _f1(part: Callable[[_Two, Ontology], Tally]) -> _Figure[Tally]:
    return _Figure(part, {"f1": lambda t: t.f1}, n=lambda t: t.gold + t.predicted - t.hits_gold)


def _measured(measure: str, prepare: _Prepare = _as_they_are) -> _Figure[Tally]:
    measured = definition(parse(measure))

    def part(two: _Two, ontology: Ontology) -> Tally:
        a, b = prepare(two, ontology)
        return total(measured.tally(_bare(a.doc_id), a, b, ontology).values())

    return _f1(part)


def _relaxed(items: Callable[[Annotation, Ontology], Sequence[Loose]], prepare: _Prepare = _as_they_are) -> _Figure[Tally]:
    def part(two: _Two, ontology: Ontology) -> Tally:
        same = [entity_clusters(p, ontology) for p in two]
        a, b = prepare(two, ontology)
        return tally_relaxed(items(a, ontology), items(b, ontology), same)

    return _f1(part)


@dataclass(frozen=True, slots=True)
class _Linked:
    """Clusters compared, and how many mentions were asked about."""

    tally: Tally
    n: int

    def __add__(self, other: _Linked) -> _Linked:
        return _Linked(self.tally + other.tally, self.n + other.n)


def _clustered(clusters: Callable[[Annotation, Ontology], Clusters], *, common: bool) -> _Figure[_Linked]:
    def part(two: _Two, ontology: Ontology) -> _Linked:
        a, b = (clusters(p, ontology) for p in two)
        spans = [frozenset(x for cluster in side for x in cluster) for side in (a, b)]
        if not common:
            return _Linked(lea(a, b), len(spans[0] | spans[1]))
        both = spans[0] & spans[1]
        return _Linked(lea(restrict(a, both), restrict(b, both)), len(both))

    return _Figure(part, {"f1": lambda x: x.tally.f1}, n=lambda x: x.n)


def _attribute(attribute: str, *, only: str | None = None, alpha: bool) -> _Figure[_Values]:
    def part(two: _Two, ontology: Ontology) -> _Values:
        return _values(two, attribute, only)

    figures = {"accuracy": _accuracy} | ({"alpha": _alpha} if alpha else {})
    return _Figure(part, figures, n=Counter.total, counts=_named)


def _values(two: _Two, attribute: str, only: str | None) -> _Values:
    """What both passes say of the triggers that they agree on; of duplicates, the first of each."""
    sides: list[dict[tuple[Span, str], str | None]] = [{}, {}]
    for side, p in zip(sides, two, strict=True):
        for e in p.events:
            side.setdefault((e.span, e.type), getattr(e, attribute))
    shared = (key for key in sides[0].keys() & sides[1].keys() if only in (None, key[1]))
    return Counter((sides[0][key], sides[1][key]) for key in shared)


def _accuracy(values: _Values) -> float | None:
    return sum(n for (x, y), n in values.items() if x == y) / values.total() if values else None


def _alpha(values: _Values) -> float | None:
    return nominal_alpha(list(values.elements()))


def _named(values: _Values) -> dict[str, int]:
    """``VALUE/VALUE`` in alphabetical order; – for a value that is missing."""
    counts: Counter[str] = Counter()
    for (x, y), n in values.items():
        counts[f"{x or '–'}/{y or '–'}"] += n
    return dict(sorted(counts.items()))


def nominal_alpha(values: Sequence[tuple[str | None, str | None]]) -> float | None:
    """Krippendorff's α of two observers on nominal values.

    None if all values are equal, for then nothing could be expected to disagree. A missing value is a value like any other:
    leaving a judgement out is one.
    """
    codes = {value: n for n, value in enumerate(sorted({v for pair in values for v in pair}, key=lambda v: v or ""))}
    if len(codes) < 2:
        return None
    import krippendorff

    rows = [[codes[pair[side]] for pair in values] for side in (0, 1)]
    return float(krippendorff.alpha(reliability_data=rows, level_of_measurement="nominal"))


_FIGURES: Final[Mapping[str, tuple[str, str, _Figure[Any]]]] = {
    "mentions": ("mentions", "mentions: span and type", _measured("Ent-C")),
    "mentions_span": ("mentions", "mentions: span", _measured("Ent-I")),
    "entities": ("entities", "entities, each pass's own mentions (LEA)", _clustered(entity_clusters, common=False)),
    "entities_common": ("entities", "entities, common mentions (LEA)", _clustered(entity_clusters, common=True)),
    "triggers": ("events", "triggers: span and type", _measured("Tri-C")),
    "triggers_class": ("events", "triggers: span and class", _measured("Tri-C(level=class)")),
    "triggers_span": ("events", "triggers: span", _measured("Tri-I")),
    "triggers_core": ("events", "triggers: span and type, without IMPROVE, WORSEN", _measured("Tri-C", _without_change)),
    "triggers_class_core": (
        "events",
        "triggers: span and class, without IMPROVE, WORSEN",
        _measured("Tri-C(level=class)", _without_change),
    ),
    "realis": ("events", "realis of agreed triggers", _attribute("realis", alpha=True)),
    "realis_consult": ("events", "realis of agreed CONSULT triggers", _attribute("realis", only="CONSULT", alpha=True)),
    "polarity": ("events", "polarity of agreed triggers", _attribute("polarity", alpha=False)),
    "arguments": ("arguments", "arguments: trigger, type, filler, role", _measured("Arg-C+")),
    "arguments_core": ("arguments", "arguments, without IMPROVE, WORSEN", _measured("Arg-C+", _without_change)),
    "arguments_given_triggers": ("arguments", "arguments of agreed triggers", _measured("Arg-C+", _agreed_triggers)),
    "arguments_entity": ("arguments", "arguments, any mention of the entity", _relaxed(fillers)),
    "arguments_entity_given_triggers": (
        "arguments",
        "arguments of agreed triggers, any mention of the entity",
        _relaxed(fillers, _agreed_triggers),
    ),
    "instances": ("instances", "event instances, each pass's own triggers (LEA)", _clustered(instance_clusters, common=False)),
    "instances_common": ("instances", "event instances, common triggers (LEA)", _clustered(instance_clusters, common=True)),
    "relations": ("relations", "relations: type and both spans", _measured("Rel")),
    "relations_given_mentions": ("relations", "relations between agreed mentions", _measured("Rel", _agreed_mentions)),
    "relations_entity": ("relations", "relations, any mentions of the entities", _relaxed(pairs)),
    "event_relations": ("event_relations", "event relations: type and both triggers", _measured("EvRel")),
    "event_relations_given_triggers": (
        "event_relations",
        "event relations between agreed triggers",
        _measured("EvRel", _agreed_triggers),
    ),
}

TARGETS: Final[Mapping[str, tuple[str, float]]] = {
    "mentions": ("f1", 0.85),
    "entities": ("f1", 0.75),
    "entities_common": ("f1", 0.75),
    "triggers_class": ("f1", 0.85),
    "realis": ("alpha", 0.70),
    "arguments_given_triggers": ("f1", 0.75),
    "instances": ("f1", 0.75),
    "instances_common": ("f1", 0.75),
    "relations": ("f1", 0.75),
}
"""The least that a first round should reach; below, the rule is mended (guidelines)."""
