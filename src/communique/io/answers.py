"""What a language model answers: the text of a chat completion, without its thoughts, and the JSON that stands in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from communique.incident import shown

_THOUGHTS: Final = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_DECODER: Final = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Said:
    """What a chat completion says.

    ``lacking`` says why there is no text; ``refusal`` is what the model, or the server's filter, says in place of an answer.
    ``cut_off``: the answer came to the limit of its length.
    """

    text: str = ""
    lacking: str = ""
    refusal: str | None = None
    cut_off: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """The JSON that begins at ``start`` in a text, up to ``end``; or the ``fault`` for which it is none."""

    start: int
    end: int
    value: Any = None
    fault: ValueError | RecursionError | None = None


def is_completion(body: Any) -> bool:
    """Whether it is the body of a chat completion, if only of one that says nothing."""
    return isinstance(body, dict) and isinstance(body.get("choices"), list)


def said(body: Any) -> Said:
    """Read the first choice of a completion's body, whose content may be in parts.

    >>> said({"choices": [{"message": {"content": [{"type": "text", "text": "Yes"}, {"type": "text", "text": "."}]}}]}).text
    'Yes.'
    """
    held = _object(body)
    choices = held.get("choices")
    if not isinstance(choices, list) or not choices:
        error = f"; it says {shown(held['error'])}" if held.get("error") else ""
        return Said(lacking=f"the server's answer has no choices{error}")
    choice = _object(choices[0])
    message = _object(choice.get("message"))
    reason = choice.get("finish_reason")
    refusal = message.get("refusal") if isinstance(message.get("refusal"), str) else None
    if refusal is None and reason == "content_filter":
        refusal = "the server's filter took the answer away"
    text = _text(message.get("content"))
    lacking = "" if text else f"the answer has no content (finish_reason {shown(reason)})"
    return Said(text, lacking, refusal or None, reason == "length")


def without_thoughts(text: str) -> str:
    """The text behind the thoughts that it begins with, if it does.

    >>> without_thoughts("<think>{}?</think>[]")
    '[]'
    """
    return _THOUGHTS.sub("", text)


def pieces(text: str, opening: re.Pattern[str], *, nested: bool) -> Iterator[Piece]:
    """What begins wherever ``opening`` is found; ``nested``: also inside of JSON that has been found.

    Decoding is lax, for the text round it is anything: what JSON leaves open is for `communique.io.jsonl_decode.decode` to see.
    """
    at = 0
    while match := opening.search(text, at):
        start = match.start()
        try:
            value, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError) as fault:
            yield Piece(start, start, fault=fault)
            at = start + 1
        else:
            yield Piece(start, end, value)
            at = start + 1 if nested else end


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(content: Any) -> str:
    """The content, which some servers give in parts."""
    if isinstance(content, list):
        return "".join(p["text"] for p in content if isinstance(p, dict) and isinstance(p.get("text"), str))
    return content if isinstance(content, str) else ""
