"""Score predictions against a gold corpus: `score`, and the `Scores` that it gives."""

from communique.scorer.result import Figures, Result
from communique.scorer.saved import parse_scores, read_scores
from communique.scorer.scores import Scores
from communique.scorer.scoring import score

__all__ = ["Figures", "Result", "Scores", "parse_scores", "read_scores", "score"]
