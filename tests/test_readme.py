"""What the README shows is what there is."""

import json
import re
from pathlib import Path

import communique

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
TEXT = "Ann of Acme met Bob to mend ties."


def test_the_row_that_it_shows_scores_perfectly_against_itself(tmp_path: Path) -> None:
    shown = re.search(r"```json\n(.*?)```", README, re.DOTALL)
    assert shown
    assert TEXT in README
    row = json.loads(shown[1])
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({**row, "text": TEXT}) + "\n", encoding="utf-8")
    gold = communique.read_gold(path)
    assert [m.span.of(TEXT) for m in gold.annotations[0].mentions] == ["Ann", "Acme", "Bob"]
    scores = communique.score(gold, communique.read_predictions(path, gold))
    assert {name: scores[name].f1 for name in ("Ent-C", "Tri-C", "Arg-C+", "Rel+", "Realis")} == dict.fromkeys(
        ("Ent-C", "Tri-C", "Arg-C+", "Rel+", "Realis"), 1.0
    )


def test_every_folder_and_file_that_it_names_is_there() -> None:
    root = Path(__file__).parents[1]
    named = set(re.findall(r"`((?:seeds|annotations|guidelines|corpus|scripts|src)/[\w./-]*)`", README))
    assert named
    assert {name for name in named if not (root / name).exists()} == set()
