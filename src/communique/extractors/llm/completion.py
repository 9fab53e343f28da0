"""What a chat completion says: the text, or why there is none, and what it took."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from communique.io.answers import said

_YEAR_10000: Final = 253_402_300_800
"""In seconds since 1970; what is no date before it is none, such as milliseconds."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A completion, as far as it can be read.

    ``lacking`` says why there is no text; ``refusal`` is what the model, or the server's filter, says in place of an answer.
    ``cut_off``: the answer came to the limit of its length. ``created`` is in seconds since 1970. Tokens are None where the
    server does not say them.
    """

    text: str = ""
    lacking: str = ""
    refusal: str | None = None
    cut_off: bool = False
    model: str | None = None
    created: int | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    @property
    def usable(self) -> bool:
        """Whether it says anything, if only that the model refuses."""
        return bool(self.text) or self.refusal is not None

    def cut_words(self, fault: str) -> str:
        """What is wrong with an answer that is not whole."""
        if not self.cut_off:
            return f"the answer is no whole JSON: {fault}"
        said = f" after {self.completion_tokens:,} tokens" if self.completion_tokens is not None else ""
        return f"the answer was cut off{said}"


def completion_of(body: Any) -> Completion:
    """Read the body of a completion; whatever it lacks is None, or empty."""
    held = _object(body)
    usage = _object(held.get("usage"))
    model = held.get("model")
    first = said(body)
    created = _whole(held.get("created"))
    return Completion(
        # Half a character cannot be written to a file.
        text=first.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
        lacking=first.lacking,
        refusal=first.refusal,
        cut_off=first.cut_off,
        model=model if isinstance(model, str) else None,
        created=created if created is not None and created < _YEAR_10000 else None,
        prompt_tokens=_whole(usage.get("prompt_tokens")),
        completion_tokens=_whole(usage.get("completion_tokens")),
    )


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of several completions. ``prompt`` and ``completion`` are None if no completion says them; ``silent`` is how many
    do not."""

    prompt: int | None
    completion: int | None
    silent: int

    @classmethod
    def of(cls, completions: Iterable[Completion]) -> Usage:
        told = [(c.prompt_tokens, c.completion_tokens) for c in completions]
        says = [(p, c) for p, c in told if p is not None and c is not None]
        if not says:
            return cls(None, None, len(told))
        return cls(sum(p for p, _ in says), sum(c for _, c in says), len(told) - len(says))

    def cost(self, price: tuple[float, float]) -> float | None:
        """At so much for a million tokens of prompt and of completion; None where not all tokens are known."""
        if self.prompt is None or self.completion is None or self.silent:
            return None
        return (self.prompt * price[0] + self.completion * price[1]) / 1e6


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
