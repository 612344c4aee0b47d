"""Tells where two lines differ, word by word."""

from __future__ import annotations

from collections.abc import Sequence

from exportmanager.formats.comparing import LONG, WORDS, matches, without_space

Span = tuple[int, int]
"""Where a stretch of letters begins and ends in a line."""
_ALIKE = 0.25
"""The share of letters that two lines must have in common for their words to be compared."""


def differences(left: str, right: str, *, ignore_space: bool = False) -> tuple[list[Span], list[Span]]:
    """Where two lines differ: the stretches of the left one and of the right one that the other has not."""
    if len(left) + len(right) > LONG:
        return _middles(left, right)
    words, others = WORDS.findall(left), WORDS.findall(right)
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
