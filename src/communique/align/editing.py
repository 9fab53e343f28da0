"""Edit distance against every end of a text in one pass."""

from __future__ import annotations


def distances(words: str, text: str, *, anchored: bool) -> list[int]:
    """The edit distance of ``words`` to the stretch of ``text`` that ends at each character.

    An edit puts in, leaves out or replaces a character, or swaps two neighbours, which then stay as they are (optimal string
    alignment).

    Args:
        anchored: the stretch begins where ``text`` does; otherwise wherever the distance is least.

    Returns:
        One distance for each end, from 0 (nothing of the text) to ``len(text)``.

    A column of the dynamic programme is two whole numbers, of one bit per character of ``words`` (Myers 1999, with swaps as in
    Hyyrö 2003), so a character of the text costs a dozen operations however long the words are.

    >>> distances("Wang", "Mr. Wan", anchored=False)
    [4, 4, 4, 4, 4, 3, 2, 1]
    >>> distances("ab", "abc", anchored=True)
    [2, 1, 0, 1]
    >>> distances("China", "Cihna", anchored=True)[-1]
    1
    """
    if not words:
        return list(range(len(text) + 1)) if anchored else [0] * (len(text) + 1)
    where: dict[str, int] = {}
    bit = 1
    for char in words:
        where[char] = where.get(char, 0) | bit
        bit <<= 1
    every, last = bit - 1, bit >> 1
    first = 1 if anchored else 0
    rise, fall, level, before, distance = every, 0, 0, 0, len(words)
    found = [distance]
    for char in text:
        equal = where.get(char, 0)
        swapped = ((equal & ~level) << 1) & before
        level = (((equal & rise) + rise) ^ rise) | equal | fall | swapped
        up = fall | (every & ~(level | rise))
        down = rise & level
        if up & last:
            distance += 1
        elif down & last:
            distance -= 1
        found.append(distance)
        up = (up << 1) | first
        rise = every & ((down << 1) | ~(level | up))
        fall = up & level
        before = equal
    return found
