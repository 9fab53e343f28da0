"""Score predictions against a gold corpus: `score`, and the `Scores` that it gives."""

from communique.scorer.result import Figures, Result
from communique.scorer.saved import is_scores, read_scores
from communique.scorer.scores import Scores
from communique.scorer.scoring import score

__all__ = ["Figures", "Result", "Scores", "is_scores", "read_scores", "score"]
