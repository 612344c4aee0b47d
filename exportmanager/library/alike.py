"""Finds the courses in which certain people or assignments are, for files that do not say whose they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, or_, select

from exportmanager.core.course import CourseId
from exportmanager.library import tables as t

_AT_ONCE = 500
_LEAST_PEOPLE = 3
"""Fewer who are in both may be there by chance; but half of few is many."""


def alike(connection: Connection, people: Sequence[str], titles: Sequence[str]) -> list[CourseId]:
    """Courses in which these people (user names and e-mail addresses) or assignments are, the likeliest first."""
    persons: Counter[str] = Counter()
    for some in _batches(people):
        of = t.Students
        fits = or_(func.lower(of.username).in_(some), func.lower(of.email).in_(some))
        query = select(of.course_id, func.count()).where(fits).group_by(of.course_id)
        persons.update({course: count for course, count in connection.execute(query)})
    works: Counter[str] = Counter()
    for some in _batches(titles):
        query = (
            select(t.Assignments.course_id, func.count())
            .where(func.lower(t.Assignments.title).in_(some))
            .group_by(t.Assignments.course_id)
        )
        works.update({course: count for course, count in connection.execute(query)})
    least = min(_LEAST_PEOPLE, max(len(people) // 4, 1))
    likely = {course for course, count in persons.items() if count >= least} | {
        course for course, count in works.items() if count * 2 >= len(titles)
    }
    ranked = sorted(likely, key=lambda course: (-persons[course], -works[course], course))
    return [CourseId(course) for course in ranked]


def _batches(words: Iterable[str]) -> Iterable[Sequence[str]]:
    unique = sorted({_lower(word) for word in words if word})
    return [unique[at : at + _AT_ONCE] for at in range(0, len(unique), _AT_ONCE)]


def _lower(word: str) -> str:
    """As SQLite's `lower` has it, which knows no letters but those of ASCII."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in word)
