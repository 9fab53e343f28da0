"""A server of chat completions on the loopback interface, for tests: it answers with gold, and misbehaves when told to."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from communique.io.quotes import dump_quotes
from communique.model import Gold

Handler = BaseHTTPRequestHandler
Turn = Callable[[Handler, dict[str, Any]], bool]
"""What the server does with a request; false: it goes on to answer as ever."""

CREATED = 1767571200  # 2026-01-05


@dataclass
class Chat:
    """A running server. ``turns`` are gone through one a request, then it answers; ``requests`` are the bodies it has got,
    ``headers`` theirs; ``busiest`` is how many it had to answer at a time."""

    url: str
    answer: Callable[[dict[str, Any]], str]
    turns: list[Turn] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    busy: int = 0
    busiest: int = 0


@contextmanager
def chat_server(answer: Callable[[dict[str, Any]], str], *turns: Turn) -> Iterator[Chat]:
    """Serve until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.chat = Chat(f"http://127.0.0.1:{server.server_port}/v1", answer, list(turns))  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.chat  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        chat: Chat = self.server.chat  # type: ignore[attr-defined]
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with chat.lock:
            chat.requests.append(body)
            chat.headers.append(dict(self.headers))
            chat.busy += 1
            chat.busiest = max(chat.busiest, chat.busy)
            turn = chat.turns.pop(0) if chat.turns else None
        try:
            if self.path != "/v1/chat/completions":
                send(self, 404, {"error": {"message": f"no {self.path} here"}})
            elif turn is None or not turn(self, body):
                send(self, 200, completion(chat.answer(body)))
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client has given up, as a test meant it to
        finally:
            with chat.lock:
                chat.busy -= 1

    def log_message(self, *_: object) -> None:
        pass


def send(handler: Handler, status: int, body: Any, **headers: str) -> bool:
    """A response; ``body`` is text as it stands, or JSON. Underscores in names of headers are hyphens."""
    raw = body if isinstance(body, str) else json.dumps(body)
    handler.send_response(status)
    for name, value in ({"Content_Type": "application/json"} | headers).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(raw.encode())))
    handler.end_headers()
    handler.wfile.write(raw.encode())
    return True


def completion(content: Any, *, reason: str = "stop", **message: Any) -> dict[str, Any]:
    """The body of a completion, with 1000 and 200 tokens."""
    said = {"role": "assistant", "content": content, **message}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": CREATED,
        "model": "served-model",
        "choices": [{"index": 0, "message": said, "finish_reason": reason}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200},
    }


def says(status: int, body: Any, **headers: str) -> Turn:
    """A turn: this response."""
    return lambda handler, _: send(handler, status, body, **headers)


def answers(content: Any, **how: Any) -> Turn:
    """A turn: a completion of this content."""
    return says(200, completion(content, **how))


def error(status: int, message: str, **more: Any) -> Turn:
    """A turn: an error as OpenAI words it."""
    headers = {key: value for key, value in more.items() if key == "Retry_After"}
    return says(status, {"error": {"message": message, **{k: v for k, v in more.items() if k not in headers}}}, **headers)


def as_ever(handler: Handler, body: dict[str, Any]) -> bool:
    """A turn: the usual answer."""
    return False


def half_a_body(handler: Handler, body: dict[str, Any]) -> bool:
    """A turn: the connection ends in the middle of a response, properly closed."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')
    handler.close_connection = True
    return True


def hang_up(handler: Handler, body: dict[str, Any]) -> bool:
    """A turn: the connection is reset before a word is said."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.rfile.close()
    raise ConnectionResetError


def silent_until(released: threading.Event) -> Turn:
    """A turn: nothing is said until the event; then the connection is closed."""

    def turn(handler: Handler, body: dict[str, Any]) -> bool:
        released.wait(30)
        handler.close_connection = True
        return True

    return turn


def gold_answers(gold: Gold) -> Callable[[dict[str, Any]], str]:
    """What a model that knows the gold would answer: the lists asked for, of the document whose sentences it is given."""
    known = {d.doc_id: d for d in gold.documents}
    rows = [json.loads(line) for line in dump_quotes(gold.annotations, known).splitlines()]
    first = {row["doc_id"]: known[row["doc_id"]].sentences[0].of(known[row["doc_id"]].text) for row in rows}

    def answer(request: dict[str, Any]) -> str:
        question = request["messages"][-1]["content"]
        row = next(row for row in rows if f"1\t{first[row['doc_id']]}\n" in f"{question}\n")
        lists = {name: [_asked_for(name, item) for item in row[name]] for name in asked_for(request)}
        return json.dumps(lists, ensure_ascii=False)

    return answer


def asked_for(request: Mapping[str, Any]) -> Sequence[str]:
    """The lists that a request asks for, by the headings of its prompt."""
    system = request["messages"][0]["content"]
    headings = [line.removeprefix("# ") for line in system.splitlines() if line.startswith("# ")]
    return [name for name in headings if name not in ("arguments", "The answer")]


def _asked_for(layer: str, item: Mapping[str, Any]) -> dict[str, Any]:
    keys = {
        "mentions": ("id", "text", "sentence", "occurrence", "type", "kind"),
        "entities": ("type", "mentions"),
        "events": ("id", "text", "sentence", "occurrence", "type", "realis", "polarity", "arguments"),
        "instances": ("events",),
        "relations": ("type", "head", "tail"),
        "event_relations": ("type", "head", "tail", "evidence"),
    }[layer]
    return {key: item.get(key) for key in keys}
