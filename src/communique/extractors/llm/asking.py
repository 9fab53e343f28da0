"""What is asked of a language model, and how. It holds no key: that is read from the environment when a request is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from communique.model import LAYERS
from communique.ontology import Ontology, nearest

_NEEDS: Final = {
    "entities": ("mentions",),
    "arguments": ("mentions", "events"),
    "instances": ("events",),
    "relations": ("mentions",),
    "event_relations": ("events",),
}
"""What the items of a layer refer to, so that it must be asked for too."""

_STEPS: Final = (("mentions",), ("events", "arguments"), ("relations",), ("event_relations",), ("entities", "instances"))
"""Which layers share a request where each gets its own, in the order in which they refer to each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A language model, what it is asked, and how patiently.

    Attributes:
        base_url: the address below which ``/chat/completions`` stands, such as ``http://127.0.0.1:8000/v1``; None with
            ``replay``.
        key_env: the environment variable that holds the key, if the server wants one.
        layers: those to be predicted; what they refer to is asked for along with them, but not claimed. None: all for which the
            ontology has labels.
        steps: ask layer after layer, each with what was found before, in place of all at once.
        examples: show sentences of the ``validation`` document with their gold.
        rules: a file of the form of ``rules.toml``, in place of it.
        max_tokens: the longest answer, in tokens; None: the server's own limit. An answer that is cut off there is asked for
            once more with twice as much.
        concurrency: requests at a time.
        timeout: seconds for one request.
        attempts: for one request, as long as the fault may pass: 408, 409, 425, 429, 5xx, connection, time-out.
        backoff: seconds before the second attempt; doubled each time, with jitter, up to a minute. What the server says in
            Retry-After is honoured, up to two minutes.
        responses: a file to which every response is added, and in which earlier ones are looked up; None: kept nowhere.
        replay: such a file; all is read from it, and no request is made.
        salvage: keep what is sound of an answer that is cut off or has faulty items, and note the rest, in place of an error.

    Raises:
        ValueError: for values that make no sense, and an address that holds a password, a query, or no host. The message does
            not quote it.
    """

    model: str
    base_url: str | None = None
    key_env: str = "OPENAI_API_KEY"
    layers: tuple[str, ...] | None = None
    steps: bool = False
    examples: bool = True
    rules: Path | None = None
    max_tokens: int | None = None
    seed: int = 0
    concurrency: int = 4
    timeout: float = 600.0
    attempts: int = 6
    backoff: float = 1.0
    responses: Path | None = None
    replay: Path | None = None
    salvage: bool = False

    def __post_init__(self) -> None:
        if not self.model.strip():
            raise ValueError("the model has no name; give the one by which the server knows it")
        for layer in self.layers or ():
            if layer not in LAYERS:
                raise ValueError(f"{layer!r} is no layer; {nearest(layer, LAYERS)}")
        if self.layers == ():
            raise ValueError(f"no layer is asked for; layers are: {', '.join(LAYERS)}")
        for name in ("concurrency", "timeout", "attempts", "max_tokens"):
            if (value := getattr(self, name)) is not None and value <= 0:
                raise ValueError(f"{name} is {value}; it must be more than 0")
        if self.backoff < 0:
            raise ValueError(f"backoff is {self.backoff}; it must not be less than 0")
        if self.replay and self.responses:
            raise ValueError("with replay nothing is asked, so there are no responses to keep; give one of the two files")
        if self.base_url is not None:
            _sound(self.base_url)

    def claimed(self, ontology: Ontology) -> tuple[str, ...]:
        """The layers to be predicted.

        Raises:
            ValueError: if the ontology has no label for one that is asked for, or for none.
        """
        labels = {
            "mentions": bool(ontology.mentions),
            "entities": any(m.entity for m in ontology.mentions.values()),
            "events": bool(ontology.events),
            "arguments": bool(ontology.roles and ontology.mentions and ontology.events),
            "instances": any(e.instance for e in ontology.events.values()),
            "relations": bool(ontology.relations),
            "event_relations": bool(ontology.event_relations),
        }
        if lacking := [layer for layer in self.layers or () if not labels[layer]]:
            raise ValueError(f"the ontology has no labels for {lacking[0]}; ask for other layers, or give another ontology")
        if not any(labels.values()):
            raise ValueError("the ontology has no labels, and the prompt is written from them; give another ontology")
        return tuple(layer for layer in LAYERS if labels[layer] and layer in (self.layers or LAYERS))

    def requests(self, ontology: Ontology) -> tuple[tuple[str, ...], ...]:
        """The layers of each request that a document takes, in order: those that are claimed, and what they refer to.

        Raises:
            ValueError: as `claimed` does.
        """
        claimed = self.claimed(ontology)
        wanted = {*claimed, *(need for layer in claimed for need in _NEEDS.get(layer, ()))}
        if not self.steps:
            return (tuple(layer for layer in LAYERS if layer in wanted),)
        steps = (tuple(layer for layer in step if layer in wanted) for step in _STEPS)
        return tuple(step for step in steps if step)


def refers_to(layers: Iterable[str]) -> tuple[str, ...]:
    """The layers, not among these, whose items these name by id."""
    given = set(layers)
    needs = {need for layer in given for need in _NEEDS.get(layer, ())} - given
    return tuple(layer for layer in ("mentions", "events") if layer in needs)


def _sound(url: str) -> None:
    """Raise if it is no plain address; without quoting it, for it may hold a key."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("the base URL is no address; give one such as http://127.0.0.1:8000/v1") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("the base URL is no address of a server; give one such as http://127.0.0.1:8000/v1")
    if parts.username is not None or parts.password is not None:
        raise ValueError("the base URL holds a user name or a password; a key is read from the environment alone")
    if parts.query or parts.fragment:
        raise ValueError("the base URL has a query or a fragment; give what stands before /chat/completions")
