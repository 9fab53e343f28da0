"""Time what a user waits for: the bare interpreter, `import communique`, and `communique score` with and without seqeval.

A maintainer's benchmark. The commands run in turn, round after round, on the installed corpus with its gold as the prediction;
the interpreter that does nothing and a bare `import seqeval.metrics` are the yardsticks of the same run. Wall seconds.

    python scripts/benchmark_start.py --rounds 7
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import communique

VERB = "import sys; from communique.cli import main; main()"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        pred = str(Path(folder) / "gold.jsonl")
        communique.write_annotations(pred, communique.load(communique.default_split()).annotations)
        commands = {
            "python -c pass": ["-c", "pass"],
            "import communique": ["-c", "import communique"],
            "import seqeval.metrics": ["-c", "import seqeval.metrics"],
            "communique score --no-seqeval": ["-c", VERB, "score", pred, "--no-seqeval"],
            "communique score": ["-c", VERB, "score", pred],
            "communique benchmark": ["-c", VERB, "benchmark"],
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds + 1):
            for name, arguments in commands.items():
                start = time.perf_counter()
                subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
                seconds[name].append(time.perf_counter() - start)
    print("| command | median s | fastest | slowest |\n|---|---|---|---|")
    for name, all_runs in seconds.items():
        runs = all_runs[1:]  # the first round warms the file cache
        print(f"| {name} | {statistics.median(runs):.3f} | {min(runs):.3f} | {max(runs):.3f} |")


if __name__ == "__main__":
    main()
