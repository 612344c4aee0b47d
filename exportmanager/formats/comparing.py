"""Compares texts line by line: in little time and memory, whatever the texts are.

Lines that both texts have once are what a person recognises, so they are matched first (Bram Cohen's patience diff).
What lies between them is matched by a longest common subsequence, with a bit of a long number for each line (Hyyrö
2004, "Bit-parallel LCS-length computation revisited"), which makes 10,000 lines against 10,000 others cheap; where
even that would be too much, the first of each line is matched with the first, the second with the second, and so on.
No single call goes over all lines: it would keep Python's lock, and a window waiting. `check` is called often, and may
raise to end the work.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from enum import Enum
from itertools import chain, pairwise
from typing import NamedTuple

_CELLS = 1 << 28
"""Lines times lines that are compared each with each: a bit of memory for every cell."""
_PAIRED = 2_500
"""Lines times lines among which the likest are put beside each other."""
LONG = 20_000
"""Letters of a line of which words are compared; two lines together, where it is told what differs in them."""
WORDS = re.compile(r"[\w\u0300-\u036f]+|\s+|[^\w\s]")
"""A word with the accents that stand behind their letters, a stretch of white space, or any other letter."""
_SPACE = re.compile(r"\s+")
_SLICE = 20_000
"""Letters, or lines, that are gone over in one call."""


class RowKind(Enum):
    """What a row of two texts side by side is."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


class Row(NamedTuple):
    """A row: the index (from 0) of its line in the left and in the right text, None where there is none."""

    kind: RowKind
    left: int | None
    right: int | None


class _Gap(NamedTuple):
    """Stretches of the two sequences that lie beside each other."""

    left: int
    left_end: int
    right: int
    right_end: int

    @property
    def cells(self) -> int:
        return (self.left_end - self.left) * (self.right_end - self.right)


_Pairs = list[tuple[int, int]]


def go_on() -> None:
    """Nobody wants to stop."""


def without_space(line: str) -> str:
    """A line as it is compared where white space does not count."""
    return "".join([_SPACE.sub("", line[at : at + _SLICE]) for at in range(0, len(line), _SLICE)])


def rows(
    left: Sequence[str], right: Sequence[str], check: Callable[[], None] = go_on, *, ignore_space: bool = False
) -> list[Row]:
    """Two texts side by side. Without space that counts, rows are `SAME` whose lines differ in nothing else."""
    here, there = (_compared(side, check) if ignore_space else side for side in (left, right))
    found: list[Row] = []
    i = j = 0
    for at, other in chain(matches(here, there, check), [(len(left), len(right))]):
        found += _replaced(left, right, _Gap(i, at, j, other), check)
        if at < len(left):
            found.append(Row(RowKind.SAME, at, other))
        i, j = at + 1, other + 1
    return found


def _compared(lines: Sequence[str], check: Callable[[], None]) -> list[str]:
    found = []
    for line in lines:
        check()
        found.append(without_space(line))
    return found


def matches(
    left: Sequence[Hashable], right: Sequence[Hashable], check: Callable[[], None] = go_on
) -> list[tuple[int, int]]:
    """The indices of what is the same in both, in the order of both."""
    found: _Pairs = []
    gaps = [_Gap(0, len(left), 0, len(right))]
    while gaps:
        check()
        gap = _trimmed(left, right, gaps.pop(), found)
        if not gap.cells:
            continue
        anchors = _anchors(left, right, gap, _once, check)
        if not anchors and gap.cells <= _CELLS:
            found += _longest_common(left, right, gap, check)
            continue
        anchors = anchors or _anchors(left, right, gap, _nth, check)
        found += anchors
        if anchors:
            gaps += _between(anchors, gap)
    return _in_order(found, len(left))


def _in_order(found: _Pairs, length: int) -> _Pairs:
    """Sorted, as nothing has two partners."""
    partners: list[int | None] = [None] * length
    for at, other in found:
        partners[at] = other
    return [(at, other) for at, other in enumerate(partners) if other is not None]


def _trimmed(left: Sequence[Hashable], right: Sequence[Hashable], gap: _Gap, found: _Pairs) -> _Gap:
    """What is left of a gap without what is the same at its beginning and end, which goes to `found`."""
    i, i_end, j, j_end = gap
    while i < i_end and j < j_end and left[i] == right[j]:
        found.append((i, j))
        i, j = i + 1, j + 1
    while i < i_end and j < j_end and left[i_end - 1] == right[j_end - 1]:
        i_end, j_end = i_end - 1, j_end - 1
        found.append((i_end, j_end))
    return _Gap(i, i_end, j, j_end)


def _once(items: Sequence[Hashable], check: Callable[[], None]) -> dict[Hashable, int]:
    """Where each thing is that is there once."""
    counts: Counter[Hashable] = Counter()
    for at in range(0, len(items), _SLICE):
        check()
        counts.update(items[at : at + _SLICE])
    return {item: at for at, item in enumerate(items) if counts[item] == 1}


def _nth(items: Sequence[Hashable], check: Callable[[], None]) -> dict[Hashable, int]:
    """Where each thing is for the first time, the second time and so on."""
    counts: Counter[Hashable] = Counter()
    found: dict[Hashable, int] = {}
    for at, item in enumerate(items):
        check()
        counts[item] += 1
        found[item, counts[item]] = at
    return found


def _anchors(
    left: Sequence[Hashable],
    right: Sequence[Hashable],
    gap: _Gap,
    places: Callable[[Sequence[Hashable], Callable[[], None]], dict[Hashable, int]],
    check: Callable[[], None],
) -> _Pairs:
    """As much as can be of what `places` finds in both, in the order of both."""
    here = places(left[gap.left : gap.left_end], check)
    there = places(right[gap.right : gap.right_end], check)
    return _rising([(at + gap.left, there[item] + gap.right) for item, at in here.items() if item in there], check)


def _rising(pairs: _Pairs, check: Callable[[], None]) -> _Pairs:
    """A longest choice of `pairs`, sorted by their first, whose second ones rise too."""
    ends: list[int] = []
    tops: list[int] = []
    before: list[int] = []
    for number, (_, other) in enumerate(pairs):
        check()
        at = bisect_left(ends, other)
        before.append(tops[at - 1] if at else -1)
        ends[at : at + 1], tops[at : at + 1] = [other], [number]
    chosen: _Pairs = []
    number = tops[-1] if tops else -1
    while number >= 0:
        chosen.append(pairs[number])
        number = before[number]
    return chosen[::-1]


def _between(anchors: _Pairs, gap: _Gap) -> Iterator[_Gap]:
    """The gaps that `anchors` leave in a gap."""
    ends = [(gap.left - 1, gap.right - 1), *anchors, (gap.left_end, gap.right_end)]
    for (i, j), (i_end, j_end) in pairwise(ends):
        if i + 1 < i_end and j + 1 < j_end:
            yield _Gap(i + 1, i_end, j + 1, j_end)


def _longest_common(
    left: Sequence[Hashable], right: Sequence[Hashable], gap: _Gap, check: Callable[[], None]
) -> _Pairs:
    """A longest common subsequence of a gap. In the number of each right line, a 0 says: one more from this left line.

    It is read from the end, by those 0s.
    """
    places: dict[Hashable, int] = {}
    for at in range(gap.left, gap.left_end):
        places[left[at]] = places.get(left[at], 0) | 1 << (at - gap.left)
    full = (1 << (gap.left_end - gap.left)) - 1
    numbers = [full]
    for at in range(gap.right, gap.right_end):
        check()
        number = numbers[-1]
        common = number & places.get(right[at], 0)
        numbers.append(((number + common) | (number - common)) & full)
    found: _Pairs = []
    i, j = gap.left_end - gap.left, gap.right_end - gap.right
    while i and j:
        check()
        if numbers[j] >> (i - 1) & 1:
            i -= 1
        elif not numbers[j - 1] >> (i - 1) & 1:
            j -= 1
        else:
            i, j = i - 1, j - 1
            found.append((gap.left + i, gap.right + j))
    return found


def _replaced(left: Sequence[str], right: Sequence[str], gap: _Gap, check: Callable[[], None]) -> Iterator[Row]:
    """The rows of a gap in which nothing is the same."""
    i, j = gap.left, gap.right
    for at, other in [*_side_by_side(left, right, gap), (gap.left_end, gap.right_end)]:
        check()
        yield from (Row(RowKind.REMOVED, line, None) for line in range(i, at))
        yield from (Row(RowKind.ADDED, None, line) for line in range(j, other))
        if at < gap.left_end:
            yield Row(RowKind.CHANGED, at, other)
        i, j = at + 1, other + 1


def _side_by_side(left: Sequence[str], right: Sequence[str], gap: _Gap) -> _Pairs:
    """Which lines of a gap stand beside each other: the likest, where one side has more and there are not many."""
    i_lines, j_lines = gap.left_end - gap.left, gap.right_end - gap.right
    if i_lines == j_lines or gap.cells > _PAIRED:
        return [(gap.left + n, gap.right + n) for n in range(min(i_lines, j_lines))]
    words = [Counter(WORDS.findall(line[:LONG])) for line in left[gap.left : gap.left_end]]
    others = [Counter(WORDS.findall(line[:LONG])) for line in right[gap.right : gap.right_end]]
    best = [[0.0] * (j_lines + 1) for _ in range(i_lines + 1)]
    for i in reversed(range(i_lines)):
        for j in reversed(range(j_lines)):
            together = best[i + 1][j + 1] + _likeness(words[i], others[j])
            best[i][j] = max(best[i + 1][j], best[i][j + 1], together)
    return [(gap.left + i, gap.right + j) for i, j in _steps(best)]


def _steps(best: list[list[float]]) -> Iterator[tuple[int, int]]:
    """The pairs that gave the best sum, from the first."""
    i = j = 0
    while i + 1 < len(best) and j + 1 < len(best[0]):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            yield i, j
            i, j = i + 1, j + 1


def _likeness(words: Counter[str], others: Counter[str]) -> float:
    total = words.total() + others.total()
    return 2 * (words & others).total() / total if total else 0.0
