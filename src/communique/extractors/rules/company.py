"""What stands near a word: mentions behind prepositions, objects, plural subjects, parties."""

from __future__ import annotations

from communique.extractors.english.page import Page
from communique.extractors.english.words import AUXILIARIES, BOUNDARIES, POSSESSIVES, PREPOSITIONS
from communique.extractors.rules.names import Found


class Company:
    """The surroundings of the tokens of a page; ``at`` holds its mentions and candidates by token."""

    def __init__(self, page: Page, mention_at: dict[int, Found]) -> None:
        self.page, self.at = page, mention_at

    def named_after(self, i: int, words: frozenset[str] | tuple[str, ...], types: tuple[str, ...], reach: int = 8) -> bool:
        """Whether one of the prepositions ``words`` and then a mention of ``types`` follow within the clause."""
        for k in range(i + 1, i + reach):
            word = self.page.near(k, i)
            if not word or word in BOUNDARIES:
                return False
            if word in words and self.object_of(k, types):
                return True
        return False

    def object_of(self, i: int, types: tuple[str, ...], reach: int = 6) -> Found | None:
        """The mention that heads the noun phrase right after token ``i``."""
        for k in range(i + 1, i + 1 + reach):
            word = self.page.near(k, i)
            mention = self.at.get(k)
            if mention is not None and mention.type in types and mention.kind != "ADJ" and not self.possesses(mention):
                return mention
            if (
                not word
                or word in BOUNDARIES
                or (mention is None and (word in PREPOSITIONS or word in AUXILIARIES or word == ","))
            ):
                return None
        return None

    def possesses(self, mention: Found) -> bool:
        pronoun = mention.kind == "PRO" and self.page.lowers[mention.first] in POSSESSIVES - {"her"}
        return pronoun or self.page.near(mention.last, mention.first) in ("'s", "'")

    def subject(self, i: int) -> bool:
        """Whether a mention that can speak stands left of ``i`` in the sentence, or right after it (said Varga)."""
        first, _ = self.page.bounds[self.page.home[i]]
        left = any(self.at[k].type in ("PER", "ORG", "GPE") for k in range(first, i) if k in self.at)
        after = self.at.get(i + 1)
        return left or (after is not None and after.type in ("PER", "ORG", "GPE"))

    def plural_subject(self, i: int) -> bool:
        """Whether the nearest mention to the left is plural or the last of a coordination."""
        for k in range(i - 1, max(i - 8, -1), -1):
            if not self.page.near(k, i) or self.page.lowers[k] in BOUNDARIES - {"who"}:
                return False
            mention = self.at.get(k)
            if mention is not None and mention.type in ("PER", "ORG", "GPE") and mention.kind != "ADJ":
                first = mention.extent[0] if mention.extent else mention.first
                listed = ("and", ",") if self.page.headings[self.page.home[i]] else ("and",)
                return mention.plural or self.page.near(first - 1, i) in listed or self.page.near(mention.first - 1, i) == "and"
        return False

    def window(self, i: int, left: int, right: int) -> set[str]:
        return {self.page.near(k, i) for k in range(i - left, i + right + 1) if k != i}

    def party(self, i: int) -> bool:
        """Whether a party stands in the noun phrase of ``i``."""
        if self.named_after(i, ("with", "between", "among"), ("GPE", "PER", "ORG"), 5):
            return True
        for k in range(i - 1, i - 5, -1):
            word, mention = self.page.near(k, i), self.at.get(k)
            if not word or word in PREPOSITIONS | BOUNDARIES | AUXILIARIES:
                return False
            if mention is not None and (mention.type == "GPE" or self.possesses(mention)):
                return True
        return False

    def joint(self, i: int) -> bool:
        """Whether an exercise at ``i`` is a joint one."""
        return bool(self.window(i, 3, 0) & {"joint"}) or self.named_after(i, ("with", "between"), ("GPE", "ORG"), 4)

    def blamed(self, i: int) -> bool:
        """Whether the noun of feeling at ``i`` is followed by a party that it is about."""
        if self.named_after(i, ("with", "at"), ("GPE", "PER", "ORG"), 4):
            return True
        for k in range(i + 1, i + 10):
            word, mention = self.page.near(k, i), self.at.get(k)
            if not word or word in BOUNDARIES:
                return False
            if (
                mention is not None
                and mention.type in ("GPE", "PER", "ORG")
                and (self.possesses(mention) or mention.kind == "ADJ")
            ):
                return True
        return False
