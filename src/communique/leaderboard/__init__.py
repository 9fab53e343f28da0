"""Real systems' predictions, kept with the commands that made them, and scored again whenever it is asked for."""

from communique.leaderboard.board import differences, rescore, tables
from communique.leaderboard.entries import FOLDER, Entry, read_entries

__all__ = ["FOLDER", "Entry", "differences", "read_entries", "rescore", "tables"]
