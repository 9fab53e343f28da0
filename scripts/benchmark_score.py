"""Time `communique score` against a bare seqeval script, whole processes, on the same made-up corpus in the same run.

A maintainer's benchmark: the corpus is written once as predictions.jsonl with its gold, and once as the tag sequences that a
seqeval user has at hand. Each command runs in turn, round after round; the medians are printed as a Markdown table.

    python scripts/benchmark_score.py --documents 5 --documents 200
    python scripts/benchmark_score.py --documents 5000 --sentences 10 --rounds 1   # 100,000 mentions, 50,000 events
"""

import argparse
import json
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from communique.measures.projection import project
from communique.model import Span
from communique.predictions import document_of

TYPES = ("GPE", "PER", "ORG", "LOC", "TITLE", "TIME")
EVENTS = ("CONSULT", "ACCUSE", "REJECT", "IMPROVE")
WORDS = ("ties", "talks", "visit", "capital", "minister", "met", "said", "the", "of", "to", "and", "in")
VERB = "import sys; from communique.cli import main; main()"
PEER = """
import json, sys
from seqeval.metrics import classification_report
from seqeval.scheme import IOB2
gold, pred = json.load(open(sys.argv[1]))
print(classification_report(gold, pred, mode="strict", scheme=IOB2, digits=4, zero_division=0))
"""


def corpus(folder: Path, documents: int, sentences: int, noise: random.Random) -> int:
    """Write gold.jsonl, pred.jsonl and tags.json; return the number of tokens.

    About one word in ten is a mention, and one in twenty a trigger. The system finds four fifths and invents some.
    """
    codes = {label: label for label in TYPES}
    tokens, tags = 0, ([], [])
    with (folder / "gold.jsonl").open("w") as gold_file, (folder / "pred.jsonl").open("w") as pred_file:
        for number in range(documents):
            text = " ".join(" ".join(noise.choices(WORDS, k=19)).capitalize() + " end." for _ in range(sentences))
            document = document_of(f"d{number}", text)
            gold = [(span, noise.choice(TYPES)) for span in document.tokens if noise.random() < 0.1]
            pred = [
                (span, label if noise.random() < 0.8 else noise.choice(TYPES)) for span, label in gold if noise.random() < 0.8
            ]
            pred += [(span, noise.choice(TYPES)) for span in noise.sample(document.tokens, len(gold) // 5)]
            triggers = [(span, noise.choice(EVENTS)) for span in document.tokens if noise.random() < 0.05]
            found = [event for event in triggers if noise.random() < 0.8]
            gold_file.write(row(document.doc_id, gold, triggers, text=text))
            pred_file.write(row(document.doc_id, pred, found))
            for side, sequences in zip(tags, project(document, gold, list(dict.fromkeys(pred)), codes), strict=True):
                side.extend(sequences)
            tokens += len(document.tokens)
    (folder / "tags.json").write_text(json.dumps(tags))
    return tokens


def row(doc_id: str, items: list[tuple[Span, str]], triggers: list[tuple[Span, str]], **more: str) -> str:
    """One line of a file. Every event has two arguments, every second mention a relation to the next."""
    mentions = [{"id": f"m{n}", "start": s.start, "end": s.end, "type": label} for n, (s, label) in enumerate(items)]
    ends = [mention["id"] for mention in mentions]
    events = [
        {
            "id": f"v{n}",
            **{"start": s.start, "end": s.end, "type": label, "realis": "ACTUAL"},
            "arguments": [{"role": role, "mention": ends[n % len(ends)]} for role in ("ACTOR", "TOPIC") if ends],
        }
        for n, (s, label) in enumerate(triggers)
    ]
    relations = [
        {"id": f"r{n}", "type": "TIES", "head": head, "tail": tail}
        for n, (head, tail) in enumerate(zip(ends[::2], ends[1::2], strict=False))
    ]
    return json.dumps({"doc_id": doc_id, **more, "mentions": mentions, "events": events, "relations": relations}) + "\n"


def seconds(command: list[str], folder: Path) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", *command], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--documents", type=int, action="append", help="size of a corpus; repeatable (default: 5 and 200)")
parser.add_argument("--sentences", type=int, default=40, help="sentences a document, of 20 words (default: 40)")
parser.add_argument("--rounds", type=int, default=5)
arguments = parser.parse_args()
score = [VERB, "score", "pred.jsonl", "--gold", "gold.jsonl"]
commands = {
    "communique score --no-seqeval (every measure, intervals, errors)": [*score, "--no-seqeval", "-o", "scores.json"],
    "communique score (the same, seqeval beside its layers)": score,
    "read_scores (every sum made again)": ["import communique; communique.read_scores('scores.json')"],
    "seqeval script, strict IOB2 (1 measure)": [PEER, "tags.json"],
}
print(
    f"Python {platform.python_version()}, seqeval {version('seqeval')}, {platform.machine()};",
    f"median of {arguments.rounds} rounds\n",
)
print("| documents | tokens | command | wall s |\n| --: | --: | :-- | --: |")
for size in arguments.documents or (5, 200):
    with tempfile.TemporaryDirectory() as name:
        written = corpus(Path(name), size, arguments.sentences, random.Random(size))
        times: dict[str, list[float]] = {label: [] for label in commands}
        for _ in range(arguments.rounds):
            for label, command in commands.items():
                times[label].append(seconds(command, Path(name)))
        for label, taken in times.items():
            print(f"| {size} | {written:,} | {label} | {statistics.median(taken):.2f} |")
print(f"\nLargest of these processes: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MiB")
