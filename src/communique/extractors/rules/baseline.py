"""The rule baseline: all layers from word lists, word order and a few words of context, without a parser or a model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from communique.extractors.english.page import Page, read_page
from communique.extractors.rules.arguments import Filled, arguments
from communique.extractors.rules.clauses import Scene
from communique.extractors.rules.event_relations import event_relations
from communique.extractors.rules.instances import instances
from communique.extractors.rules.names import Found, find_names
from communique.extractors.rules.nominals import find_nominals
from communique.extractors.rules.realis import realis_of
from communique.extractors.rules.references import Resolved, resolve
from communique.extractors.rules.relations import Link, relations
from communique.extractors.rules.times import find_times
from communique.extractors.rules.titles import find_titles
from communique.extractors.rules.triggers import find_triggers
from communique.ontology import default_ontology

_LAYERS = ("mentions", "entities", "events", "arguments", "instances", "relations", "event_relations")


def extract(text: str) -> dict[str, Any]:
    """Every layer of any text, with spans as half-open ranges of code points. Group entities come without members."""
    page = read_page(text)
    times = find_times(page)
    names = find_names(page, frozenset(k for m in times for k in range(m.first, m.last)))
    titles, holders = find_titles(page, names)
    fixed = _by_token((*times, *names, *titles))
    candidates = find_nominals(page, fixed)
    triggers = {t.at: t for t in find_triggers(page, fixed | _by_token(candidates))}
    mentions = sorted(m for m in (*times, *names, *titles, *candidates) if m.first not in triggers)
    scene = Scene(page, _by_token(mentions), triggers)
    resolved = resolve(scene, mentions, holders)
    mentions = [m for m in mentions if m not in resolved.lost]
    renamed = {m: replace(m, type=resolved.types.get(m, m.type)) for m in mentions}
    scene = Scene(page, {k: renamed[m] for k, m in scene.at.items() if m in renamed}, triggers)
    keys = {renamed[m]: key for m, key in resolved.keys.items() if m in renamed}
    filled = arguments(scene, keys)
    links = relations(scene, list(renamed.values()), [(renamed[p], renamed[t]) for p, t in holders])
    kept = _kept(renamed, resolved, filled, links)
    return _written(page, scene, kept, filled, links, keys)


def _by_token(mentions: Any) -> dict[int, Found]:
    return {k: m for m in mentions for k in range(m.first, m.last)}


def _kept(renamed: dict[Found, Found], resolved: Resolved, filled: dict[int, Filled], links: list[Link]) -> list[Found]:
    """All mentions but loose nominals that fill no role and stand in no relation, alone or through their member."""
    used = {m for pairs in filled.values() for _, m in pairs}
    used |= {m for _, head, tail in links for m in (head, tail)}
    return sorted(m for old, m in renamed.items() if old not in resolved.loose or m in used)


def _written(
    page: Page,
    scene: Scene,
    kept: list[Found],
    filled: dict[int, Filled],
    links: list[Link],
    keys: dict[Found, tuple[str, str]],
) -> dict[str, Any]:
    ids = {m: f"m{number}" for number, m in enumerate(kept, start=1)}
    order = sorted(scene.triggers)
    events = {i: f"v{number}" for number, i in enumerate(order, start=1)}
    realis = {i: realis_of(page, scene.triggers[i], scene.triggers) for i in order}
    filled = {i: tuple((role, m) for role, m in pairs if m in ids) for i, pairs in filled.items()}
    return {
        "layers": list(_LAYERS),
        "mentions": [_mention(page, m, name) for m, name in ids.items()],
        "entities": _entities(page, kept, ids, keys),
        "events": [
            {
                "id": events[i],
                "start": page.starts[i],
                "end": page.ends[i],
                "type": scene.triggers[i].type,
                "realis": realis[i][0],
                "polarity": realis[i][1],
                "arguments": [{"role": role, "mention": ids[m]} for role, m in filled[i]],
            }
            for i in order
        ],
        "instances": [
            {"id": f"i{number}", "events": [events[i] for i in cluster]}
            for number, cluster in enumerate(instances(scene, filled, realis, keys), start=1)
        ],
        "relations": [
            {"id": f"r{number}", "type": type_, "head": ids[head], "tail": ids[tail]}
            for number, (type_, head, tail) in enumerate(links, start=1)
        ],
        "event_relations": [
            {
                "id": f"x{number}",
                "type": type_,
                "head": events[head],
                "tail": events[tail],
                "evidence": [dict(zip(("start", "end"), page.span(*evidence), strict=True))],
            }
            for number, (type_, head, tail, evidence) in enumerate(event_relations(scene), start=1)
        ],
    }


def _mention(page: Page, m: Found, name: str) -> dict[str, Any]:
    start, end = page.span(m.first, m.last)
    written: dict[str, Any] = {"id": name, "start": start, "end": end, "type": m.type}
    if m.kind is not None and default_ontology().mentions[m.type].kinds:
        written["kind"] = m.kind
    if m.extent is not None and m.kind == "NOM":
        written["extent"] = dict(zip(("start", "end"), page.span(*m.extent), strict=True))
    if m.value is not None:
        written["value"] = m.value
    return written


def _entities(page: Page, kept: list[Found], ids: dict[Found, str], keys: dict[Found, tuple[str, str]]) -> list[dict[str, Any]]:
    clusters: dict[tuple[str, str], list[Found]] = {}
    for m in kept:
        if m in keys:
            clusters.setdefault((m.type, keys[m][1]), []).append(m)
    entities = []
    for number, ((type_, _), members) in enumerate(clusters.items(), start=1):
        named = [m for m in members if m.kind == "NAM"]
        own = [m for m in named if m.country is None] or named  # a capital lends its state no name
        name = max((page.text[slice(*page.span(m.first, m.last))] for m in own), key=len, default=None)
        entities.append({"id": f"e{number}", "type": type_, "mentions": [ids[m] for m in members], "name": name})
    return entities
