"""Conditions on single words that the lexicons narrow to one sense: what must stand near for the word to be a trigger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from communique.extractors.english.words import bag

FEELINGS: Final = bag(
    """concern worry alarm unease anger annoyance apprehension disappointment dismay displeasure dissatisfaction frustration
    indignation outrage"""
)
HOSTILE: Final = bag(
    """retaliate strike attack respond punish destroy hit crush bomb invade sanction expel cut fight revenge avenge wipe seize
    block retaliation revenge"""
)
FORCES: Final = bag(
    """military troops troop army navy naval forces force soldiers missile missiles nuclear armed weapons weapon border
    airspace combat guard gunmen militants rebels artillery rocket rockets fighter fighters ballistic warship warships jets
    jet aircraft drone drones submarine submarines ships vessel vessels waters torpedo carrier carriers tanks bombers sub
    marines"""
)
ARMS: Final = bag(
    """arms weapons ammunition intelligence equipment supplies vaccines medicine aid technology missiles tanks jets aircraft
    systems drones weaponry hardware prisoners assistance"""
)
PROPOSALS: Final = bag(
    """proposal proposals request requests demand demands charge charges accusation accusations claim claims call calls bid
    offer plan resolution appeal appeals warning warnings allegation allegations sale deal agreement idea suggestion order
    criticism objections complaint complaints statement report reports move access permission entry"""
)
# Words that are triggers of the type only with one of these near, and how many tokens to the left and right count as near.
NEEDED: Final[Mapping[tuple[str, str], tuple[frozenset[str], int, int]]] = {
    **{("THREATEN", w): (HOSTILE, 0, 4) for w in ("pledge", "promise", "vow", "swear", "brandish")},
    ("THREATEN", "caution"): (frozenset({"against", "that"}), 0, 3),
    **{
        ("REJECT", w): (PROPOSALS, 0, 6)
        for w in ("block", "obstruct", "defy", "resist", "ignore", "dismiss", "withhold", "disregard")
    },
    ("REJECT", "deny"): (frozenset({"request", "requests", "permission", "access", "visa", "visas", "entry"}), 0, 5),
    **{
        ("SECURITY", w): (FORCES, 6, 6)
        for w in (
            "advance",
            "board",
            "buzz",
            "cross",
            "dispatch",
            "enter",
            "fly",
            "harass",
            "jam",
            "land",
            "launch",
            "move",
            "operation",
            "position",
            "probe",
            "pull",
            "reinforce",
            "sail",
            "sink",
            "test",
            "withdraw",
            "withdrawal",
            "aim",
            "alert",
            "mass",
            "station",
            "capture",
            "storm",
            "tail",
            "track",
            "transit",
            "shadow",
            "escort",
            "mine",
            "battle",
            "scramble",
            "pursue",
            "target",
            "fire",
            "strike",
            "offensive",
            "retreat",
            "surround",
            "exercise",
            "drill",
            "chase",
            "hack",
            "fight",
            "seize",
        )
    },
    **{
        ("SANCTION", w): (bag("assets asset trade exports imports goods accounts funds aid"), 2, 5)
        for w in (
            "block",
            "freeze",
            "withhold",
            "cut",
            "levy",
            "exclude",
            "curb",
            "restrict",
            "bar",
            "fine",
            "penalise",
            "penalize",
            "outlaw",
        )
    },
    ("SANCTION", "closure"): (bag("embassy consulate mission"), 3, 5),
    ("SANCTION", "recall"): (bag("ambassador ambassadors envoy diplomats"), 0, 5),
    ("SANCTION", "revoke"): (bag("visa visas licence license licences licenses"), 0, 6),
    **{
        ("SANCTION", w): (bag("diplomat diplomats ship vessel tanker crew national nationals citizen citizens foreign"), 4, 6)
        for w in ("arrest", "detain", "detention", "jail", "punish", "punishment", "prohibit")
    },
    **{
        ("COOPERATE", w): (ARMS, 3, 7)
        for w in (
            "sell",
            "sale",
            "deliver",
            "delivery",
            "ship",
            "shipment",
            "transfer",
            "lease",
            "share",
            "sharing",
            "exchange",
            "send",
            "provide",
            "supply",
            "furnish",
            "lend",
            "finance",
            "fund",
            "funding",
            "donate",
            "pool",
            "contribute",
            "contribution",
            "outfit",
            "grant",
            "equip",
            "export",
            "loan",
        )
    },
    **{
        ("COOPERATE", w): (bag("troops forces soldiers pilots army police officers staff crews personnel"), 2, 5)
        for w in ("train", "training")
    },
    **{
        ("AGREE", w): (bag("agreement deal pact treaty accord demand demands plan sale memorandum"), 0, 6)
        for w in ("approve", "approval", "conclude", "initial", "bow", "concede", "offer", "yield", "contract")
    },
}
NEVER: Final = frozenset(
    [("ACCUSE", w) for w in ("attack", "blast", "swipe", "rap", "take", "rail", "insult", "mock", "object")]
    + [("THREATEN", w) for w in ("menace", "give")]
    + [("REJECT", w) for w in ("shoot", "turn", "walk", "brush", "scorn")]
    + [("SUPPORT", w) for w in ("appreciate", "celebrate", "cheer", "compliment", "toast", "thanks")]
    + [("COOPERATE", w) for w in ("partner", "help", "relief")]
    + [("REQUEST", w) for w in ("command", "pressure", "challenge", "nudge", "bid", "call")]
    + [("AGREE", w) for w in ("compact", "settle", "guarantee", "concession")]
)
"""Words whose one sense is too rare for a rule without a parser; their phrases are not meant."""
