"""The order of text that runs from right to left, or both ways in one line (Unicode Standard Annex 9)."""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from bidi import algorithm

RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_ISOLATES = str.maketrans("\u2066\u2067\u2068\u2069", "\u202a\u202b\u202a\u202c")
"""The algorithm here is that of before Unicode 6.3: isolates become embeddings."""
LEFT_TO_RIGHT_FROM, BACK = "\u202a", "\u202c"


class Levelled(Protocol):
    """Something with a place in the order: even `level` from left to right, odd ones from right to left."""

    @property
    def level(self) -> int: ...  # noqa: D102 - said above


Item = TypeVar("Item", bound=Levelled)


def base_level(text: str) -> int:
    """1 where the first letter that has a direction runs from right to left, else 0."""
    for letter in text:
        if (direction := unicodedata.bidirectional(letter)) in {"L", "R", "AL"}:
            return int(direction != "L")
    return 0


def levels(parts: Sequence[tuple[str, bool]], base: int) -> list[int]:
    """The level of each letter of a paragraph. Its parts are texts; True: runs from left to right whatever it holds."""
    letters: list[dict[str, Any]] = []
    count = 0
    for text, is_apart in parts:
        if is_apart:
            letters.append(_letter(LEFT_TO_RIGHT_FROM, -1, base))
        for letter in text.translate(_ISOLATES):
            letters.append(_letter(letter, count, base))
            count += 1
        if is_apart:
            letters.append(_letter(BACK, -1, base))
    storage = {"base_level": base, "base_dir": "LR"[base], "chars": letters, "runs": deque()}
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    return _of_all(storage["chars"], count, base)


def _letter(letter: str, place: int, base: int) -> dict[str, Any]:
    kind = unicodedata.bidirectional(letter) or "ON"
    return {"ch": letter, "level": base, "type": kind, "orig": kind, "place": place}


def _of_all(letters: Any, count: int, base: int) -> list[int]:
    """The levels by place; signs that the algorithm takes out go with what stands before them."""
    known = {letter["place"]: int(letter["level"]) for letter in letters}
    found, level = [], base
    for place in range(count):
        level = known.get(place, level)
        found.append(level)
    return found


def in_order(items: Sequence[Item]) -> list[Item]:
    """The items of a line as they stand from left to right (rule L2)."""
    ordered = list(items)
    odd = [item.level for item in ordered if item.level % 2]
    highest = max((item.level for item in ordered), default=0)
    for level in range(highest, min(odd, default=highest + 1) - 1, -1):
        ordered = _turned(ordered, level)
    return ordered


def _turned(items: list[Item], level: int) -> list[Item]:
    """Every stretch of items of at least this level the other way round."""
    turned: list[Item] = []
    stretch: list[Item] = []
    for item in items:
        if item.level >= level:
            stretch.append(item)
        else:
            turned += [*reversed(stretch), item]
            stretch = []
    return [*turned, *reversed(stretch)]
