"""The columns that a table has for each assessment, such as ``Quiz_Answer``: which belong together, and what they say.

An assessment's name may hold anything, end in ``_Answer`` itself, and be there twice: what follows the last known word
is the name, and the second ``Quiz_Answer`` belongs to the second ``Quiz``, whatever lies between.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class AnswerPart(StrEnum):
    """What a column says of an assessment."""

    CORRECT = "correct"
    ANSWER = "answer"
    ATTEMPTS = "attempts"
    EARNED = "earned_points"
    POSSIBLE = "total_points_possible"


_PART = re.compile(
    rf"(?P<name>.*)_(?P<part>{'|'.join(part.replace('_', '[_ ]') for part in AnswerPart)})(\s*\([^()]*\))?",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(slots=True)
class AnswerColumns:
    """The columns of one assessment, by what they say: the `number`-th of that name (from 1)."""

    name: str
    number: int
    columns: dict[AnswerPart, int] = field(default_factory=dict)


def answer_columns(header: Sequence[str], taken: Collection[int]) -> list[AnswerColumns]:
    """The assessments that a header names, in its order; columns in `taken` are something else."""
    found: dict[tuple[str, int], AnswerColumns] = {}
    counts: Counter[tuple[str, AnswerPart]] = Counter()
    for index, column in enumerate(header):
        match = None if index in taken else _PART.fullmatch(column)
        if match:
            name, part = match["name"].strip(), AnswerPart(match["part"].lower().replace(" ", "_"))
            counts[name, part] += 1
            number = counts[name, part]
            found.setdefault((name, number), AnswerColumns(name, number)).columns[part] = index
    return list(found.values())
