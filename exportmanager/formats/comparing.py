"""Compares texts line by line and lines word by word: in little time and memory, whatever the texts are.

Lines that both texts have once are what a person recognises, so they are matched first (Bram Cohen's patience diff).
What lies between them is matched by a longest common subsequence, with a bit of a long number for each line (Hyyrö
2004, "Bit-parallel LCS-length computation revisited"), which makes 10,000 lines against 10,000 others cheap; where
even that would be too much, the first of each line is matched with the first, the second with the second, and so on.
No single call goes over all lines: it would keep Python's lock, and a window waiting.
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
_LONG = 20_000
"""Letters of two lines above which words are not compared, only where they begin and cease to differ."""
_ALIKE = 0.25
"""The share of letters that two lines must have in common for their words to be compared."""
_WORDS = re.compile(r"[\w\u0300-\u036f]+|\s+|[^\w\s]")
"""A word with the accents that stand behind their letters, a stretch of white space, or any other letter."""
_SPACE = re.compile(r"\s+")
_SLICE = 20_000
"""Letters, or lines, that are gone over in one call."""

Span = tuple[int, int]
"""Where a stretch of letters begins and ends in a line."""


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


def without_space(line: str) -> str:
    """A line as it is compared where white space does not count."""
    return "".join([_SPACE.sub("", line[at : at + _SLICE]) for at in range(0, len(line), _SLICE)])


def rows(left: Sequence[str], right: Sequence[str], *, ignore_space: bool = False) -> list[Row]:
    """Two texts side by side. Without space that counts, rows are `SAME` whose lines differ in nothing else."""
    here, there = ([without_space(line) for line in side] if ignore_space else side for side in (left, right))
    found: list[Row] = []
    i = j = 0
    for at, other in chain(matches(here, there), [(len(left), len(right))]):
        found += _replaced(left, right, _Gap(i, at, j, other))
        if at < len(left):
            found.append(Row(RowKind.SAME, at, other))
        i, j = at + 1, other + 1
    return found


def matches(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The indices of what is the same in both, in the order of both."""
    found: _Pairs = []
    gaps = [_Gap(0, len(left), 0, len(right))]
    while gaps:
        gap = _trimmed(left, right, gaps.pop(), found)
        if not gap.cells:
            continue
        anchors = _anchors(left, right, gap, _once)
        if not anchors and gap.cells <= _CELLS:
            found += _longest_common(left, right, gap)
            continue
        anchors = anchors or _anchors(left, right, gap, _nth)
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


def _once(items: Sequence[Hashable]) -> dict[Hashable, int]:
    """Where each thing is that is there once."""
    counts: Counter[Hashable] = Counter()
    for at in range(0, len(items), _SLICE):
        counts.update(items[at : at + _SLICE])
    return {item: at for at, item in enumerate(items) if counts[item] == 1}


def _nth(items: Sequence[Hashable]) -> dict[Hashable, int]:
    """Where each thing is for the first time, the second time and so on."""
    counts: Counter[Hashable] = Counter()
    found: dict[Hashable, int] = {}
    for at, item in enumerate(items):
        counts[item] += 1
        found[item, counts[item]] = at
    return found


def _anchors(
    left: Sequence[Hashable],
    right: Sequence[Hashable],
    gap: _Gap,
    places: Callable[[Sequence[Hashable]], dict[Hashable, int]],
) -> _Pairs:
    """As much as can be of what `places` finds in both, in the order of both."""
    here = places(left[gap.left : gap.left_end])
    there = places(right[gap.right : gap.right_end])
    return _rising([(at + gap.left, there[item] + gap.right) for item, at in here.items() if item in there])


def _rising(pairs: _Pairs) -> _Pairs:
    """A longest choice of `pairs`, sorted by their first, whose second ones rise too."""
    ends: list[int] = []
    tops: list[int] = []
    before: list[int] = []
    for number, (_, other) in enumerate(pairs):
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


def _longest_common(left: Sequence[Hashable], right: Sequence[Hashable], gap: _Gap) -> _Pairs:
    """A longest common subsequence of a gap. In the number of each right line, a 0 says: one more from this left line.

    It is read from the end, by those 0s.
    """
    places: dict[Hashable, int] = {}
    for at in range(gap.left, gap.left_end):
        places[left[at]] = places.get(left[at], 0) | 1 << (at - gap.left)
    full = (1 << (gap.left_end - gap.left)) - 1
    numbers = [full]
    for at in range(gap.right, gap.right_end):
        number = numbers[-1]
        common = number & places.get(right[at], 0)
        numbers.append(((number + common) | (number - common)) & full)
    found: _Pairs = []
    i, j = gap.left_end - gap.left, gap.right_end - gap.right
    while i and j:
        if numbers[j] >> (i - 1) & 1:
            i -= 1
        elif not numbers[j - 1] >> (i - 1) & 1:
            j -= 1
        else:
            i, j = i - 1, j - 1
            found.append((gap.left + i, gap.right + j))
    return found


def _replaced(left: Sequence[str], right: Sequence[str], gap: _Gap) -> Iterator[Row]:
    """The rows of a gap in which nothing is the same."""
    i, j = gap.left, gap.right
    for at, other in [*_side_by_side(left, right, gap), (gap.left_end, gap.right_end)]:
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
    words = [Counter(_WORDS.findall(line[:_LONG])) for line in left[gap.left : gap.left_end]]
    others = [Counter(_WORDS.findall(line[:_LONG])) for line in right[gap.right : gap.right_end]]
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


def differences(left: str, right: str, *, ignore_space: bool = False) -> tuple[list[Span], list[Span]]:
    """Where two lines differ: the stretches of the left one and of the right one that the other has not."""
    if len(left) + len(right) > _LONG:
        return _middles(left, right)
    words, others = _WORDS.findall(left), _WORDS.findall(right)
    same = matches(words, others)
    common = sum(len(words[at]) for at, _ in same if not words[at].isspace())
    if 2 * common < _ALIKE * len(without_space(left) + without_space(right)):
        return _whole(left), _whole(right)
    spans = _spans(words, {at for at, _ in same}, ignore_space=ignore_space)
    return spans, _spans(others, {other for _, other in same}, ignore_space=ignore_space)


def _whole(line: str) -> list[Span]:
    return [(0, len(line))] if line else []


def _middles(left: str, right: str) -> tuple[list[Span], list[Span]]:
    """Long lines without what is the same at their beginning and end."""
    head = _same_letters(left, right)
    tail = _same_letters(left[head:][::-1], right[head:][::-1])
    ends = len(left) - tail, len(right) - tail
    return [(head, ends[0])] if head < ends[0] else [], [(head, ends[1])] if head < ends[1] else []


def _same_letters(left: str, right: str) -> int:
    """How many letters two texts begin with alike."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _spans(words: Sequence[str], same: set[int], *, ignore_space: bool) -> list[Span]:
    """The stretches of `words` that are not `same`."""
    found: list[Span] = []
    at = 0
    for number, word in enumerate(words):
        if number not in same and not (ignore_space and word.isspace()):
            is_next = bool(found) and found[-1][1] == at
            found[-1:] = [(found[-1][0], at + len(word))] if is_next else [*found[-1:], (at, at + len(word))]
        at += len(word)
    return found
