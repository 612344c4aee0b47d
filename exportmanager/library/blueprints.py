"""The blueprints of a course: read, added to, renamed, duplicated, removed and put back, each in one transaction.

They are added here and not by a `CourseWriter`: what came in besides them, and the gaps that the last import of the
course left, stay what the course's last import said. When blueprints came is kept all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, select, update

from exportmanager.core.arrivals import PieceKind
from exportmanager.core.blueprints import Additions, Names, additions, checked_name
from exportmanager.core.course import Blueprint, CourseId
from exportmanager.core.errors import NotFound
from exportmanager.core.report import Change, ImportReport, Piece
from exportmanager.library import tables as t
from exportmanager.library.db import reading, writing
from exportmanager.library.values import row_of

BLUEPRINTS_ONLY = "blueprints"
"""What an import of nothing but blueprints is called; it is no import of the course."""
_OF = t.Blueprints


def blueprints_of(connection: Connection, course: CourseId) -> Sequence[Blueprint]:
    """The templates for pages, in their order."""
    query = select(_OF.name, _OF.content, _OF.layout, _OF.position).where(_OF.course_id == course)
    return [Blueprint(*row) for row in connection.execute(query.order_by(_OF.position, _OF.name))]


def beside(connection: Connection, course: CourseId, coming: Sequence[Blueprint]) -> Sequence[Blueprint]:
    """What comes, as it goes beside what is there. What is there already comes as that is, for it to be counted."""
    known = blueprints_of(connection, course)
    by_name = {one.name: one for one in known}
    each = additions(known, coming, skip_equal=True).each
    return [one for addition in each if (one := addition.becomes or by_name.get(addition.equal_to))]


class LibraryBlueprints:
    """The blueprints of all courses. Each method raises `NotFound` where the course has gone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, course: CourseId) -> Sequence[Blueprint]:
        """Those of a course, in their order."""
        with reading(self._engine) as connection:
            _title(connection, course)
            return blueprints_of(connection, course)

    def add(
        self, course: CourseId, coming: Sequence[Blueprint], *, skip_equal: bool, name: str, now: datetime
    ) -> Additions:
        """Add blueprints that came in under `name`, all of them or none: see `core.blueprints.additions`."""
        with writing(self._engine) as connection:
            title = _title(connection, course)
            found = additions(blueprints_of(connection, course), coming, skip_equal=skip_equal)
            _insert(connection, course, found.added)
            change = Change(thing="blueprints", read=len(coming), added=len(found.added), unchanged=len(found.skipped))
            report = ImportReport(
                course_id=course,
                course_title=title,
                source=BLUEPRINTS_ONLY,
                changes=(change,),
                pieces=(Piece(kind=PieceKind.BLUEPRINTS.value, name=name),),
            )
            values = {"source": BLUEPRINTS_ONLY, "at": now, "gaps": 0, "report": report.model_dump_json()}
            connection.execute(insert(t.Imports).values(course_id=course, **values))
        return found

    def rename(self, course: CourseId, name: str, new: str) -> Blueprint:
        """Call a blueprint otherwise: as it is now. Raises `BadOptions` for no name, one too long, one that is taken.

        Raises `NotFound` where it has gone.
        """
        with self._changing(course, name) as (connection, there, one):
            found = checked_name(new, [other.name for other in there if other.name != name])
            row = update(_OF).where(_OF.course_id == course, _OF.name == name)
            connection.execute(row.values(name=found))
        return replace(one, name=found)

    def duplicate(self, course: CourseId, name: str) -> Blueprint:
        """Add a copy of a blueprint after all others: the copy. Raises `NotFound` where it has gone."""
        with self._changing(course, name) as (connection, there, one):
            copy = replace(one, name=f"Copy of {name}")
            (added,) = additions(there, [copy], skip_equal=False).added
            _insert(connection, course, [added])
        return added

    def remove(self, course: CourseId, names: Collection[str]) -> tuple[Blueprint, ...]:
        """Remove these blueprints: as they were. Raises `NotFound` if all of them have gone already."""
        with writing(self._engine) as connection:
            found = [one for one in blueprints_of(connection, course) if one.name in set(names)]
            if not found:
                raise _gone(len(names))
            for one in found:
                connection.execute(delete(_OF).where(_OF.course_id == course, _OF.name == one.name))
        return tuple(found)

    def put_back(self, course: CourseId, removed: Sequence[Blueprint]) -> tuple[Blueprint, ...]:
        """Put back what was removed, where it was: as it is now. A name that is taken by now is told apart."""
        with writing(self._engine) as connection:
            _title(connection, course)
            names = Names(one.name for one in blueprints_of(connection, course))
            found = tuple(replace(one, name=names.unused(one.name)) for one in removed)
            _insert(connection, course, found)
        return found

    @contextmanager
    def _changing(self, course: CourseId, name: str) -> Iterator[tuple[Connection, Sequence[Blueprint], Blueprint]]:
        """A transaction that writes, all blueprints of the course, and the one of that name."""
        with writing(self._engine) as connection:
            there = blueprints_of(connection, course)
            one = next((one for one in there if one.name == name), None)
            if one is None:
                raise _gone(1)
            yield connection, there, one


def _gone(number: int) -> NotFound:
    what = "This blueprint has" if number == 1 else "These blueprints have"
    return NotFound(f"{what} been removed or renamed meanwhile.", "Look at the list again.")


def _title(connection: Connection, course: CourseId) -> str:
    title = connection.execute(select(t.Courses.title).where(t.Courses.id == course)).scalar()
    if title is None:
        raise NotFound(f"The course {course} is not in the library.", "See the list of courses.")
    return title


def _insert(connection: Connection, course: CourseId, blueprints: Sequence[Blueprint]) -> None:
    if blueprints:
        connection.execute(insert(_OF), [row_of(course, one) for one in blueprints])
