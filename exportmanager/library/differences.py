"""Lists what the library and part of a course say otherwise, before the part is taken in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, Table, or_, select

from exportmanager.core.course import CourseId
from exportmanager.core.report import Difference
from exportmanager.formats.untrusted import printable
from exportmanager.library import tables as t
from exportmanager.library.base import core_table
from exportmanager.library.merge import others_of, same_key, staged
from exportmanager.library.parts import contradicts, part
from exportmanager.library.types import json_text
from exportmanager.library.values import student_of

MOST = 1_000
"""So many are listed; the others are counted."""
_LONGEST = 200


class Differences:
    """Finds the differences of one import, table by table, while the library is as it was."""

    def __init__(self, connection: Connection, course: CourseId) -> None:
        self._connection = connection
        self._names = _Names(connection, course)
        self.listed: list[Difference] = []
        self.number = 0

    def look(self, target: Table, thing: str) -> None:
        """Look at what waits for a table."""
        for row in self._connection.execute(_contradictions(target).execution_options(yield_per=500)):
            for name, before, now in _fields(row, target):
                self.number += 1
                if len(self.listed) < MOST:
                    who = self._names.of(target, row)
                    self.listed.append(
                        Difference(thing=thing, who=who, field=name, before=_words(before), now=_words(now))
                    )


def _contradictions(target: Table) -> Any:
    """Rows of the library in which something gives way, with what becomes of each column, and whether it gives way."""
    waiting, names = staged(target), others_of(target)
    becomes = {name: part(target.c[name], waiting.c[name], target.c[name]) for name in names}
    gives_way = {name: contradicts(target.c[name], waiting.c[name], target.c[name]) for name in names}
    columns = [
        *target.c,
        *(value.label(f"{name} now") for name, value in becomes.items()),
        *(value.label(f"{name} gives way") for name, value in gives_way.items()),
    ]
    keys = [target.c[key.name] for key in target.primary_key]
    return select(*columns).join(waiting, same_key(target, waiting)).where(or_(*gives_way.values())).order_by(*keys)


def _fields(row: Row[Any], target: Table) -> Iterator[tuple[str, Any, Any]]:
    data = row._mapping
    for name in others_of(target):
        if not data[f"{name} gives way"]:
            continue
        before, now = data[name], data[f"{name} now"]
        if name != "extra":
            yield name, before, now
            continue
        for key in sorted(before):
            if before[key] not in (None, "", {}, []) and before[key] != now[key]:
                yield key, before[key], now[key]


def _words(value: Any) -> str:
    if isinstance(value, datetime):
        text = f"{value:%Y-%m-%d %H:%M:%S} UTC"
    elif isinstance(value, date):
        text = value.isoformat()
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, float):
        text = f"{value:.15g}"
    else:
        text = value if isinstance(value, str) else json_text(value)
    return printable(text, _LONGEST)


class _Names:
    """Says in words whom and what a row is about; rows that it names by id are asked for once."""

    def __init__(self, connection: Connection, course: CourseId) -> None:
        self._connection = connection
        self._course = course
        self._person = lru_cache(4_096)(self._asked_person)
        self._title = lru_cache(4_096)(self._asked_title)
        self._question = lru_cache(4_096)(self._asked_question)

    def of(self, target: Table, row: Row[Any]) -> str:
        """The words for a row of `target`."""
        data = row._mapping
        words = []
        if "student_id" in data:
            words.append(self._person(data["student_id"]))
        if target.name == "students":
            words.append(self._person(data["id"]))
        if target.name == "assessments":
            words.append(data["name"])
        if "assignment_id" in data:
            words.append(self._title(data["assignment_id"]))
        if target.name == "answers":
            question = self._question(data["assignment_id"], data["assessment_id"])
            words += [question, f"attempt {data['attempt']}"]
        return printable(", ".join(words or [data.get("title") or data["name"]]), _LONGEST)

    def _asked_person(self, student: str) -> str:
        of = core_table(t.Students)
        row = self._connection.execute(select(of).where(of.c.course_id == self._course, of.c.id == student)).first()
        return student_of(row).name if row else student

    def _asked_title(self, assignment: str) -> str:
        of = t.Assignments
        query = select(of.title).where(of.course_id == self._course, of.id == assignment)
        return self._connection.execute(query).scalar() or assignment

    def _asked_question(self, assignment: str, assessment: str) -> str:
        of = t.Assessments
        mine = (of.course_id == self._course, of.assignment_id == assignment, of.id == assessment)
        return self._connection.execute(select(of.name).where(*mine)).scalar() or assessment
