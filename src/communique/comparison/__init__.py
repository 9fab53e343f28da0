"""Two systems on the same documents, and several runs of one."""

from communique.comparison.pairs import Comparison, Difference, compare
from communique.comparison.several import Repeated, repeated
from communique.comparison.system import System

__all__ = ["Comparison", "Difference", "Repeated", "System", "compare", "repeated"]
