"""Tells people apart who are called the same, wherever an archive names them in a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def told_apart(people: Sequence[tuple[str, str]]) -> list[str]:
    """What people are called, of pairs of a name and what else tells who it is (a user name, an id).

    That follows the name of namesakes, and of those whose name shows no letter and no digit.
    """
    times = Counter(name for name, _ in people)
    return [
        name if times[name] == 1 and any(letter.isalnum() for letter in name) else f"{name} ({other})"
        for name, other in people
    ]
