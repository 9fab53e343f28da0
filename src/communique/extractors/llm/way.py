"""The ways in which servers let themselves be asked. Which one is right is found out once in a run, from what they refuse."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

from communique.extractors.llm.client import Reply
from communique.extractors.llm.prompt import Message
from communique.extractors.llm.schema import Schema

FORMS: Final = ("json_schema", "json_object", "none")
"""How the form of the answer is demanded, from the strictest: OpenAI's ``response_format``, and not at all."""

_READ: Final = 1000


@dataclass(frozen=True, slots=True)
class Way:
    """``form`` is one of `FORMS`, ``limit`` the name of the parameter for the longest answer; ``temperature`` and ``seed``:
    whether they are sent."""

    form: str = "json_schema"
    temperature: bool = True
    seed: bool = True
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"

    def request(
        self, model: str, messages: Sequence[Message], schema: Schema, *, seed: int, max_tokens: int | None
    ) -> dict[str, Any]:
        """The body of a request."""
        body: dict[str, Any] = {"model": model, "messages": [dict(m) for m in messages]}
        if self.temperature:
            body["temperature"] = 0
        if self.seed:
            body["seed"] = seed
        if max_tokens is not None:
            body[self.limit] = max_tokens
        if self.form == "json_schema":
            strict = {"name": "annotation", "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": strict}
        elif self.form == "json_object":
            body["response_format"] = {"type": "json_object"}
        return body

    def after(self, refusal: Reply, *, tried: bool) -> Way | None:
        """Another way, after a refusal: without what the server names, and else with a laxer form of the answer.

        ``tried``: this way has been answered before, so the server must name what it refuses. None: there is nothing to change.
        """
        said = _about(refusal.body)
        if self.limit == "max_tokens" and "max_completion_tokens" in said:
            return replace(self, limit="max_completion_tokens")
        if self.temperature and "temperature" in said:
            return replace(self, temperature=False)
        if self.seed and "seed" in said:
            return replace(self, seed=False)
        named = any(word in said for word in ("response_format", "json_schema", "schema", "json_object", "grammar"))
        weaker = FORMS.index(self.form) + 1
        if refusal.status in (400, 422) and weaker < len(FORMS) and (named or not tried):
            return replace(self, form=FORMS[weaker])
        return None

    def words(self, other: Way) -> str:
        """What the server does not take of this way, so that the other is gone.

        >>> Way().words(Way(form="json_object"))
        'it takes no json_schema; json_object is asked for instead'
        """
        if self.form != other.form:
            instead = "the prompt alone says what form the answer has" if other.form == "none" else f"{other.form} is asked for"
            return f"it takes no {self.form}; {instead}{'' if other.form == 'none' else ' instead'}"
        if self.limit != other.limit:
            return f"it takes no {self.limit}; {other.limit} is sent instead"
        if self.temperature != other.temperature:
            return "it takes no temperature; it answers at its own, so another run may differ"
        return "it takes no seed; another run may differ"

    def state(self) -> dict[str, Any]:
        return asdict(self)


def way_of(stated: Mapping[str, Any]) -> Way | None:
    """The way that `Way.state` states in a file; None if it states something else."""
    try:
        way = Way(**stated)
    except TypeError:
        return None
    return way if way.form in FORMS and way.limit in ("max_tokens", "max_completion_tokens") else None


def _about(body: Any) -> str:
    """What a refusal is about, in the forms that OpenAI and FastAPI give it; not what was sent, which some servers repeat."""
    held = body if isinstance(body, dict) else {}
    error, detail = held.get("error", held), held.get("detail")
    if isinstance(detail, list):
        return json.dumps([[d.get("loc"), d.get("msg")] for d in detail if isinstance(d, dict)])
    if isinstance(error, dict) and "message" in error:
        return f"{error.get('param')} {error.get('code')} {error['message']}"[:_READ]
    return json.dumps(body, ensure_ascii=False)[:_READ]
