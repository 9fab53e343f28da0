"""Score predictions against a gold corpus: `score`, and the `Scores` that it gives."""

from communique.score.result import Figures, Result, Scores
from communique.score.saved import read_scores
from communique.score.scoring import score

__all__ = ["Figures", "Result", "Scores", "read_scores", "score"]
