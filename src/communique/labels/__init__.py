"""Label maps: the labels of another set (OntoNotes, ACE, CAMEO …) become ours, by tables made from the definitions of both."""

from communique.labels.applying import apply, mapped
from communique.labels.labelmap import EventTarget, LabelMap, Link, MentionTarget, clashes, joined
from communique.labels.listing import Left, Listing
from communique.labels.reading import built_in, parse_map, read_map
from communique.labels.restricting import restrict, restricted

__all__ = [
    "EventTarget",
    "LabelMap",
    "Left",
    "Link",
    "Listing",
    "MentionTarget",
    "apply",
    "built_in",
    "clashes",
    "joined",
    "mapped",
    "parse_map",
    "read_map",
    "restrict",
    "restricted",
]
