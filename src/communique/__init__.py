"""Communiqué: an annotated corpus of U.S.-China diplomacy news, and the scorer that goes with it."""
__version__ = "0.1.0"
