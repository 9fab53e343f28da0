"""Write records in Prodigy's documented form, of invented texts; the offsets come from the words."""

import json
import re
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
D1 = "🎉 Ann Lee of Acme met Bob in Oslo."
D2 = "Eve Roe left Oslo.\nNobody 𝒙 knew Bob."


def tokens(text: str) -> list[dict[str, Any]]:
    found = list(re.finditer(r"\w+|[^\w\s]", text))
    return [
        {"text": m[0], "start": m.start(), "end": m.end(), "id": n, "ws": text[m.end() : m.end() + 1] == " "}
        for n, m in enumerate(found)
    ]


def span(text: str, words: str, label: str | None, **more: Any) -> dict[str, Any]:
    start = text.index(words)
    end = start + len(words)
    inside = [t["id"] for t in tokens(text) if start <= t["start"] and t["end"] <= end]
    words_too = {"text": words} if more.get("type") else {}
    return {**words_too, "start": start, "end": end, "token_start": inside[0], "token_end": inside[-1], "label": label, **more}


def relation(text: str, head: tuple[str, str | None], child: tuple[str, str | None], label: str) -> dict[str, Any]:
    ends = [span(text, *end) for end in (head, child)]
    indices = {"head": ends[0]["token_end"], "child": ends[1]["token_end"]}
    return {**indices, "head_span": ends[0], "child_span": ends[1], "color": "#ffd882", "label": label}


def record(text: str, n: int, view: str, answer: str = "accept", **held: Any) -> dict[str, Any]:
    hashes = {"_input_hash": 1000 + n, "_task_hash": -2000 - n}
    told = {"answer": answer, "_timestamp": 1700000000 + n, "_annotator_id": "names-ann", "_session_id": "names-ann"}
    return {"text": text, **hashes, "_is_binary": False, "_view_id": view, "tokens": tokens(text), **held, **told}


def save(name: str, *rows: dict[str, Any]) -> None:
    (HERE / name).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


save(
    "spans.jsonl",
    record(D1, 1, "ner_manual", meta={"doc_id": "d1"}, spans=[
        span(D1, "Ann Lee", "PER", source="en_core_web_sm", score=0.75), span(D1, "Acme", "ORG"), span(D1, "Oslo", "GPE"),
    ]),
    record(D2, 2, "spans_manual", meta={"doc_id": "d2"}, spans=[
        span(D2, "Eve Roe", "PER"), span(D2, "Roe", "NAME"), span(D2, "Bob", "PER"),
    ]),
    record("Not this one.", 3, "ner_manual", "reject", spans=[span("Not this one.", "one", "PER")]),
    record("Nor this.", 4, "ner_manual", "ignore"),
)  # fmt: skip
save(
    "relations.jsonl",
    record(D1, 1, "relations", meta={"doc_id": "d1"}, spans=[
        span(D1, "Ann Lee", "PER", type="span"), span(D1, "Acme", "ORG", type="span"),
        span(D1, "Bob", "PER", type="span"),
    ], relations=[
        relation(D1, ("Ann Lee", "PER"), ("Acme", "ORG"), "AFFILIATION"),
        relation(D1, ("met", None), ("Bob", "PER"), "WHO"),
    ]),
    record(D2, 2, "relations", meta={"doc_id": "d2"}, spans=[], relations=[]),
)  # fmt: skip
