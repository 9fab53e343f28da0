"""Every measure there is, by name: what it counts, on which edge cases which way is taken, and after whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final, TypeAlias

from communique.measures import overlap, spans
from communique.measures.attributes import tally_attribute, values
from communique.measures.coref import METRICS, Clusters
from communique.measures.definition import Compare, Definition, Family, Given, Labels, Text, items
from communique.measures.events import arguments, fillers, tally_coreferent
from communique.measures.instances import tally_instances
from communique.measures.links import LINK, identifiers, links
from communique.measures.relations import event_relations, relations, tally_entity_relations
from communique.measures.side import Side
from communique.measures.tally import Tallies

Options: TypeAlias = Mapping[str, str]

OVERLAP: Final = Text(
    "spans overlap, and the label is equal; as many pairs as possible",
    "one to one, by a maximum matching, so the order of items is irrelevant; spans that only touch do not overlap",
    'SemEval-2013 task 9.1, "type" (Segura-Bedmar et al. 2013)',
)
PARTIAL: Final = Text(
    "the label is ignored: equal spans count 1, others that overlap ½",
    "one to one, for the greatest total credit",
    'SemEval-2013 task 9.1, "partial" (Segura-Bedmar et al. 2013)',
)
EXTENT: Final = Text(
    "a nominal also matches if it holds the head of the other side's nominal and lies within its extent",
    "a mention that does not say its kind may be a nominal; one to one, as many pairs as possible",
    "the head and extent of ACE 2005",
)
TYPES: Final = Text(
    "only events of these types, A+B, or of those that take part in event coreference (instances)",
    "with instances a type that the ontology does not know is counted",
    "this corpus: IMPROVE, WORSEN and STATEMENT are told by word lists",
)


def _mentions(found: spans.SpanItems, labels: Labels) -> Callable[[Options], Definition]:
    return lambda options: _spans("mentions", found, labels, options)


def _triggers(options: Options) -> Definition:
    if options.get("level") == "class":
        return _spans("events", spans.classed_triggers, lambda o: o.classes, options)
    return _spans("events", spans.typed_triggers, lambda o: o.events, options)


def _spans(layer: str, found: spans.SpanItems, labels: Labels, options: Options) -> Definition:
    if wanted := options.get("types"):
        found = spans.of_types(found, wanted)
    if match := options.get("match"):
        compare: Compare = partial(_overlap, found=found, credit=overlap.overlapping)
        if match == "partial":
            compare = partial(_overlap, found=found, credit=overlap.partial)
        elif match == "extent":
            compare = _extent
        return Definition((layer,), labels, compare)
    return replace(items((layer,), labels, partial(spans.span_items, spans=found)), spans=found)


def _overlap(gold: Side, pred: Side, *, found: spans.SpanItems, credit: overlap.Credit) -> Tallies:
    golds, preds = (overlap.candidates(side, spans.plain(side, found)) for side in (gold, pred))
    return overlap.tally_overlap(golds, preds, credit)


def _extent(gold: Side, pred: Side) -> Tallies:
    golds, preds = map(overlap.mention_candidates, (gold, pred))
    return overlap.tally_overlap(golds, preds, overlap.within_extent)


def _arguments(options: Options, *, attached: bool) -> Definition:
    if options.get("match") == "coref":
        return Definition(("arguments",), lambda o: o.roles, tally_coreferent, gold_layers=("entities",), swaps=False)
    if options.get("level") == "instance":
        layers = ("arguments", "entities", "instances")
        return Definition(layers, lambda o: o.roles, tally_instances, by_sentence=False)
    return items(("arguments",), lambda o: o.roles, partial(arguments, attached=attached))


def _relations(options: Options, *, strict: bool) -> Definition:
    if options.get("level") == "entity":
        labels: Labels = lambda o: o.relations  # noqa: E731
        return Definition(("relations",), labels, tally_entity_relations, gold_layers=("entities",), swaps=False)
    return items(("relations",), lambda o: o.relations, partial(relations, strict=strict))


def _attribute(attribute: str) -> Callable[[Options], Definition]:
    return lambda _: Definition(
        ("events",),
        lambda o: o.events,
        partial(tally_attribute, attribute=attribute),
        given=Given(partial(values, attribute=attribute), "event", f"a {attribute}"),
        nothing=f"no predicted trigger equals, in span and type, a gold trigger where either has a {attribute}",
    )


def _clusters(layer: str, of: Callable[[Side], Clusters], options: Options) -> Definition:
    names = CONLL if options["metric"] == "CoNLL" else (options["metric"],)

    def compare(gold: Side, pred: Side) -> Tallies:
        return {(None, name): METRICS[name](of(gold), of(pred)) for name in names}

    nothing = "no link between two mentions on either side" if names == ("MUC",) else "no gold and no predicted clusters"
    several = len(names) > 1
    labels: Labels = lambda _: names  # noqa: E731
    return Definition((layer,), labels, compare, averaged=several, by_type=False, by_sentence=False, nothing=nothing)


CONLL: Final = ("MUC", "B3", "CEAFe")
"""The metrics whose F1s the CoNLL-2011 and 2012 shared tasks average."""

_PARTITION: Final = "mentions of every type but {}; one that is in no cluster is a singleton, and singletons count"
_METRICS: Final = {
    "MUC": Text(
        "links, of which a cluster of n has n - 1",
        "a corpus of singletons has no links and so no figure, where the reference scorer gives 0",
        "Vilain et al. 1995; Pradhan et al. 2014",
    ),
    "B3": Text(
        "mentions, each by the part of its cluster that the other side's shares",
        "a mention that the other side does not have scores 0, as in the reference scorer",
        "Bagga and Baldwin 1998; Pradhan et al. 2014",
    ),
    "CEAFe": Text(
        "clusters, by the best one-to-one alignment (φ4)", "counts are numbers of clusters", "Luo 2005; Pradhan et al. 2014"
    ),
    "LEA": Text(
        "clusters, each by the part of its links that the other side has, weighted by its size",
        "a singleton has one link, to itself",
        "Moosavi and Strube 2016",
    ),
    "CoNLL": Text(
        "the mean of the F1s of MUC, B3 and CEAFe (of their precisions, of their recalls)",
        "undefined if one of the three is; F1 is not 2PR/(P+R) of the means",
        "CoNLL-2012 (Pradhan et al. 2012)",
    ),
}

ATTACHED: Final = "arguments of two events of one type cannot stand in for each other"

FAMILIES: Final[Mapping[str, Family]] = {
    "NER": Family(
        Text(
            "names (kind NAM or ADJ), titles and times: span and type",
            "a mention without kind counts as named; duplicates count against precision; overlap is legal",
            "CoNLL-2003 (Tjong Kim Sang and De Meulder 2003), as seqeval counts in strict IOB2",
        ),
        _mentions(spans.named_mentions, lambda o: o.mentions),
        {"match": {"overlap": OVERLAP}},
    ),
    "Ent-I": Family(
        Text("all mentions: span", "as Ent-C, with one label for all", "CoNLL-2003, without the types"),
        lambda options: replace(_spans("mentions", spans.mention_spans, lambda _: [spans.MENTION], options), by_type=False),
        {"match": {"overlap": OVERLAP, "partial": PARTIAL}},
    ),
    "Ent-C": Family(
        Text(
            "all mentions: span and type, whatever the kind",
            "duplicates count against precision; nested and overlapping spans are items like any other",
            "CoNLL-2003 (Tjong Kim Sang and De Meulder 2003), as seqeval counts in strict IOB2",
        ),
        _mentions(spans.typed_mentions, lambda o: o.mentions),
        {"match": {"overlap": OVERLAP, "extent": EXTENT}},
    ),
    "Coref": Family(
        Text("entity clusters", _PARTITION.format("those that are no entities (TITLE, TIME)"), "Pradhan et al. 2014"),
        partial(_clusters, "entities", lambda side: side.entities),
        {"metric": _METRICS},
        positional="metric",
    ),
    "Link": Family(
        Text(
            "mention span and Wikidata id, for each mention of an entity that has one",
            "an entity without an id says nothing; ids absent everywhere: no figure",
            "strong annotation match (Cornolti et al. 2013)",
        ),
        lambda _: replace(
            items(("entities",), lambda _: [LINK], links), given=Given(identifiers, "entity", "a Wikidata id"), by_type=False
        ),
    ),
    "Tri-I": Family(
        Text("event triggers: span", "as Ent-C, with one label for all", "trigger identification (Li et al. 2013)"),
        lambda options: replace(_spans("events", spans.trigger_spans, lambda _: [spans.TRIGGER], options), by_type=False),
        {"match": {"overlap": OVERLAP, "partial": PARTIAL}, "types": {"*": TYPES}},
    ),
    "Tri-C": Family(
        Text(
            "event triggers: span and event type",
            "duplicates count against precision; two events at one span are two items",
            "trigger classification (Li et al. 2013)",
        ),
        _triggers,
        {
            "level": {
                "class": Text(
                    "the coarse class in place of the type",
                    "a type that the ontology does not know is a class of its own; without an ontology there are none",
                    "this corpus: the headline level",
                )
            },
            "match": {"overlap": OVERLAP},
            "types": {"*": TYPES},
        },
    ),
    "Realis": Family(
        Text(
            "triggers equal in span and type: the share with the same realis",
            "absent everywhere on a side: no figure; absent on one side of a pair: wrong; on both: left out",
            "accuracy; P, R and F1 are equal",
        ),
        _attribute("realis"),
    ),
    "Polarity": Family(
        Text(
            "triggers equal in span and type: the share with the same polarity",
            "absent everywhere on a side: no figure; absent on one side of a pair: wrong; on both: left out",
            "accuracy; P, R and F1 are equal",
        ),
        _attribute("polarity"),
    ),
    "Arg-I": Family(
        Text(
            "event type and filler span",
            "once per event and filler, whatever the roles",
            "argument identification (Li et al. 2013)",
        ),
        lambda _: items(("arguments",), lambda o: o.events, partial(fillers, attached=False)),
    ),
    "Arg-C": Family(
        Text(
            "event type, filler span and role",
            "one item per argument, duplicates included; a filler in two roles is two items",
            "argument classification (Li et al. 2013)",
        ),
        partial(_arguments, attached=False),
        {
            "level": {
                "instance": Text(
                    "the set of (role, entity) over all mentions of an event instance",
                    "by each side's own clusters; aligned instances share a trigger, agreeing entities a mention, one to one; "
                    "ACTOR and PARTICIPANT of CONSULT are one role",
                    "template alignment (MUC-4; Chinchor 1992); after CEAF-REE (Du et al. 2021), where mentions are a subset",
                )
            }
        },
    ),
    "Arg-I+": Family(
        Text("as Arg-I, attached: the trigger span too", ATTACHED, "Huang et al. 2024, TextEE"),
        lambda _: items(("arguments",), lambda o: o.events, partial(fillers, attached=True)),
    ),
    "Arg-C+": Family(
        Text("as Arg-C, attached: the trigger span too", ATTACHED, "Huang et al. 2024, TextEE"),
        partial(_arguments, attached=True),
        {
            "match": {
                "coref": Text(
                    "a filler counts if it is any mention of the gold filler's entity",
                    "the gold's entities on both sides, so precision and recall do not change places with the sides",
                    "Coref F1 (Li et al. 2021, WikiEvents)",
                )
            }
        },
    ),
    "EvCoref": Family(
        Text(
            "clusters of event mentions (instances)",
            _PARTITION.format("those that the ontology keeps out of instances (IMPROVE, WORSEN, STATEMENT)"),
            "Pradhan et al. 2014",
        ),
        partial(_clusters, "instances", lambda side: side.instances),
        {"metric": _METRICS},
        positional="metric",
    ),
    "Rel": Family(
        Text(
            "relation type and both spans (boundaries)",
            "a symmetric pair given both ways is one item",
            "Taillé et al. 2020",
        ),
        partial(_relations, strict=False),
        {
            "level": {
                "entity": Text(
                    "sets of (type, head entity, tail entity): spans mapped through the gold's entities",
                    "an end that is no gold mention is itself, so wrong; precision and recall do not change places",
                    "Yao et al. 2019, DocRED",
                )
            }
        },
    ),
    "Rel+": Family(
        Text(
            "as Rel, and the types of both mentions (strict)",
            "a symmetric pair given both ways is one item",
            "Taillé et al. 2020",
        ),
        partial(_relations, strict=True),
    ),
    "EvRel": Family(
        Text(
            "event relation type and both triggers",
            "evidence and event types are not compared; a symmetric pair given both ways is one item",
            "boundaries (Taillé et al. 2020), between events",
        ),
        lambda _: items(("event_relations",), lambda o: o.event_relations, event_relations),
    ),
}
