"""Reading a system's predictions against the gold they are to be scored on, and other people's gold."""

from communique.io.documents import document_of
from communique.predictions.gold import read_gold
from communique.predictions.reading import Note, parse_predictions, read_predictions

__all__ = ["Note", "document_of", "parse_predictions", "read_gold", "read_predictions"]
