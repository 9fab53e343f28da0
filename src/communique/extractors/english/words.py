"""Closed classes of English words, and the inflections of lemmas by simple rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_split = str.split


def bag(words: str) -> frozenset[str]:
    """The words of a string, as a set."""
    return frozenset(words.split())


DETERMINERS: Final = bag("the a an this that these those some any no each every both all another several many few")
DEFINITE: Final = bag("the this that these those its their his her our my your both")
POSSESSIVES: Final = bag("its their his her our my your")
NUMBERS: Final = {
    word: value
    for value, word in enumerate(
        _split("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
        " eighteen nineteen twenty")
    )
}  # fmt: skip
PREPOSITIONS: Final = bag(
    """of in at on to from with by for about over between among near through across into toward towards against amid during
    after before since until under around along via within without despite as like regarding concerning off onto upon behind
    beyond outside inside than following including alongside"""
)
CONJUNCTIONS: Final = bag(
    "and or but nor that which who whom whose while when where if because as unless whether although though so"
)
MODALS: Final = bag("will would shall should can could may might must 'll won't wouldn't can't cannot couldn't shouldn't")
BE: Final = bag("be is are was were been being am 're isn't aren't wasn't weren't")
HAVE: Final = bag("have has had having 've haven't hasn't hadn't")
DO: Final = bag("do does did don't doesn't didn't")
AUXILIARIES: Final = MODALS | BE | HAVE | DO
SUBJECTS: Final = bag("i we you he she they it who which")
PRONOUNS: Final = bag(
    """i me my myself we us our ours ourselves he him his himself she her hers herself it its itself they them their theirs
    themselves"""
)
ADVERBS: Final = bag(
    """also not never only just still already again soon now then later recently repeatedly together jointly publicly strongly
    formally officially immediately finally always often once even ever reportedly privately directly largely previously
    currently first long yet further largely both n't quickly openly sharply significantly"""
)
BOUNDARIES: Final = bag("; : that which who whom whose while when where because although though if unless whether")

_IRREGULAR: Final = {
    verb: tuple(forms.split("/"))
    for verb, forms in (
        pair.split("=")
        for pair in _split(
            """say=said tell=told speak=spoke/spoken meet=met fly=flew/flown go=went/gone come=came/come write=wrote/written
            beg=begged bid=bid/bidden seek=sought fight=fought shoot=shot strike=struck/stricken withdraw=withdrew/withdrawn
            sell=sold lend=lent send=sent give=gave/given hold=held take=took/taken make=made forbid=forbade/forbidden
            break=broke/broken sink=sank/sunk rise=rose/risen forecast=forecast cut=cut hurt=hurt build=built put=put
            rebuild=rebuilt freeze=froze/frozen spy=spied lead=led begin=began/begun undertake=undertook/undertaken
            have=had pay=paid understand=understood shake=shook sit=sat stand=stood overfly=overflew/overflown find=found
            think=thought feel=felt see=saw/seen want=wanted become=became/become fall=fell/fallen grow=grew/grown
            keep=kept leave=left get=got/gotten know=knew/known set=set let=let bring=brought win=won withhold=withheld
            reset=reset retell=retold repay=repaid bow=bowed grant=granted"""
        )
    )
}
_DOUBLED: Final = bag("""plan drop scrap ban bar ram beg skip confer refer transfer equip deter expel commit slam stop chat step
    patrol tap cut put set sit bid forbid shun hit get quip cancel signal travel transit begin let hug nod snub wrap reset""")
_VOWELS: Final = frozenset("aeiou")


def inflect(lemma: str) -> Iterator[tuple[str, str]]:
    """Forms of a lemma with their tags: ``base``, ``s`` (also a noun's plural), ``ed`` (past and participle) and ``ing``.

    >>> list(inflect("deny"))
    [('deny', 'base'), ('denies', 's'), ('denied', 'ed'), ('denying', 'ing')]
    """
    yield lemma, "base"
    yield _with_s(lemma), "s"
    doubled = lemma + lemma[-1] if lemma in _DOUBLED else lemma
    for past in _IRREGULAR.get(lemma, (_with_ed(lemma, doubled),)):
        yield past, "ed"
    if lemma in ("cancel", "travel", "signal", "transit"):
        yield lemma + "ed", "ed"
        yield lemma + "ing", "ing"
    yield (lemma[:-1] if lemma.endswith("e") and not lemma.endswith(("ee", "ye")) else doubled) + "ing", "ing"


def _with_s(lemma: str) -> str:
    if lemma.endswith(("s", "x", "z", "ch", "sh")) or lemma in ("go", "veto", "embargo"):
        return lemma + "es"
    if lemma.endswith("y") and lemma[-2:-1] not in _VOWELS:
        return lemma[:-1] + "ies"
    return lemma + "s"


def _with_ed(lemma: str, doubled: str) -> str:
    if lemma.endswith("e"):
        return lemma + "d"
    if lemma.endswith("y") and lemma[-2:-1] not in _VOWELS:
        return lemma[:-1] + "ied"
    return doubled + "ed"


FINITE: Final = frozenset(
    form
    for lemma in _split(
        """lead cause prompt spark trigger result bring want believe seek make take become remain continue begin follow show see
        need try hope plan expect intend consider feel think know keep give get find leave lose win put set allow enable force
        face mark appear seem happen occur involve represent reflect serve work live grow fall cover depend"""
    )
    for form, tag in inflect(lemma)
    if tag in ("ed", "s")
    and form not in ("plans", "hopes", "needs", "results", "causes", "works", "finds", "forces", "faces", "marks")
) - {"set", "put"}
