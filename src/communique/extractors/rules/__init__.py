"""The rule baseline, one idea per file; `extract` is it.

It was written from the guidelines, the ontology and general English by an author that had not seen the corpus, and is not
tuned on it.
"""

from communique.extractors.rules.baseline import extract

__all__ = ["extract"]
