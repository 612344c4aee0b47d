"""The trash of a library: courses that were deleted, put back, and gone for good."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, exists, func, insert, or_, select, update

from exportmanager.core.course import CourseId, CourseInfo, Role
from exportmanager.core.errors import LibraryBusy, LibraryDamaged, NotFound
from exportmanager.core.ledger import UNFINISHED
from exportmanager.core.trash import Going, Trashed, goes_at, last_day
from exportmanager.library import tables as t
from exportmanager.library.db import backup_folder, open_engine, reading, write_back, writing
from exportmanager.library.listing import IS_HERE
from exportmanager.library.store import PackageStore
from exportmanager.library.values import course_of

_LAST_DAYS, _CHANGED = "trash-last-days", "restored-at"


class LibraryTrash:
    """Deletes courses, and puts them back. `alone` is held while packages go: nothing is taken in at that time."""

    def __init__(self, engine: Engine, store: PackageStore, alone: Callable[[], AbstractContextManager[None]]) -> None:
        self._engine, self._store, self._alone = engine, store, alone

    def going(self, course: CourseId) -> Going:
        """What goes with a course, but for the shelf. Raises `NotFound`."""
        with reading(self._engine) as connection:
            info = _info(connection, course, IS_HERE)
            workspaces, files, size = connection.execute(_files(course)).one()
            return Going(
                info=info,
                students=_count(connection, t.Students, course, t.Students.role == Role.STUDENT.value),
                workspaces=workspaces,
                files=files,
                bytes=size,
                answers=_count(connection, t.Answers, course),
                access_events=_count(connection, t.AccessEvents, course),
                coach_logs=_count(connection, t.CoachLogs, course),
                blueprints=_count(connection, t.Blueprints, course),
                notes=_count(connection, t.TeacherNotes, course),
                elsewhere=_elsewhere(connection, course),
            )

    def changed_at(self, course: CourseId) -> datetime:
        """When a course last came in, something of it was restored, or a note on it was last written."""
        i, n = t.Imports, t.TeacherNotes
        latest = (
            select(func.max(i.at)).where(i.course_id == course),
            select(func.max(n.changed_at)).where(n.course_id == course),
        )
        with reading(self._engine) as connection:
            known = [moment for query in latest if (moment := connection.execute(query).scalar()) is not None]
            if restored := _noted(connection, _CHANGED).get(course):
                known.append(datetime.fromisoformat(restored))
        return max(known, default=datetime.min.replace(tzinfo=UTC))

    def check_can_go(self, course: CourseId) -> None:
        """Raises `NotFound` where a course is not in the trash, `LibraryBusy` while an export of it is made."""
        with reading(self._engine) as connection:
            _info(connection, course, ~IS_HERE)
            refuse_exports(connection, [course])

    def put_in(self, course: CourseId, now: datetime) -> None:
        """Delete a course: it is nowhere any more but here. Raises `NotFound`.

        Raises `LibraryBusy` while something is imported, which may be work for this course.
        """
        with self._alone():
            self._mark(course, now, IS_HERE)

    def put_back(self, course: CourseId) -> None:
        """Have a course again as it was. Raises `NotFound`."""
        self._mark(course, None, ~IS_HERE)

    def _mark(self, course: CourseId, at: datetime | None, where: Any) -> None:
        with writing(self._engine) as connection:
            _info(connection, course, where)
            connection.execute(update(t.Courses).where(t.Courses.id == course).values(trashed_at=at))
            _note_last_days(connection, _last_days(connection) - {course})

    def courses(self) -> Sequence[Trashed]:
        """What is in the trash, what goes first first."""
        query = select(t.Courses.__table__).where(~IS_HERE).order_by(t.Courses.trashed_at, t.Courses.id)
        with reading(self._engine) as connection:
            rows, last = connection.execute(query).all(), _last_days(connection)
        return [Trashed(course_of(row), row.trashed_at, goes_at(row.trashed_at), row.id in last) for row in rows]

    def give_last_day(self, course: CourseId, now: datetime) -> None:
        """A course should have gone while nobody was looking: it goes in a day."""
        with writing(self._engine) as connection:
            connection.execute(
                update(t.Courses).where(t.Courses.id == course, ~IS_HERE).values(trashed_at=last_day(now))
            )
            _note_last_days(connection, _last_days(connection) | {course})

    def count_anew(self, now: datetime) -> None:
        """The clock cannot be trusted: every course in the trash stays as long as one that was deleted now."""
        with writing(self._engine) as connection:
            count_trash_anew(connection, now)

    def purge(self, course: CourseId, first: Callable[[], None]) -> None:
        """Do what comes `first`, then let a course in the trash go for good, with the packages that nobody else has.

        It goes from copies of the database too: there it would have no files any more. Archives stay known. A kill
        leaves either all of it, or files that no row names, which are swept up at the next start. Raises `NotFound`,
        and `LibraryBusy` while something is imported.
        """
        with self._alone():
            first()
            self._remove_from_copies(course)
            with writing(self._engine) as connection:
                _info(connection, course, ~IS_HERE)
                packages = list(connection.execute(_packages(course)).scalars())
                _remove(connection, course)
                gone = remove_unnamed(connection, packages)
            for sha256 in gone:
                self._store.remove(sha256)
        write_back(self._engine)

    def _remove_from_copies(self, course: CourseId) -> None:
        for path in sorted(backup_folder(Path(self._engine.url.database or "")).glob("*.sqlite3")):
            copy = open_engine(path)
            try:
                with contextlib.suppress(LibraryDamaged):  # nothing can be had of it
                    with writing(copy) as connection:
                        _remove(connection, course)
                    write_back(copy)
            finally:
                copy.dispose()


def count_trash_anew(connection: Connection, now: datetime) -> None:
    """Every course in the trash stays as long as one that was deleted `now`."""
    connection.execute(update(t.Courses).where(~IS_HERE).values(trashed_at=now))
    _note_last_days(connection, set())


def note_changed(connection: Connection, course: CourseId, now: datetime) -> None:
    """Something was added to a course, though no import tells of it."""
    _note(connection, _CHANGED, _noted(connection, _CHANGED) | {course: now.isoformat()})


def _last_days(connection: Connection) -> set[str]:
    """The courses that were given one more day."""
    return set(_noted(connection, _LAST_DAYS))


def _note_last_days(connection: Connection, courses: set[str]) -> None:
    _note(connection, _LAST_DAYS, dict.fromkeys(sorted(courses), True))


def _noted(connection: Connection, name: str) -> dict[str, Any]:
    """What is noted of courses under the `name` of a setting, by their ids."""
    return dict(connection.execute(select(t.Settings.value).where(t.Settings.name == name)).scalar() or {})


def _note(connection: Connection, name: str, courses: dict[str, Any]) -> None:
    connection.execute(delete(t.Settings).where(t.Settings.name == name))
    if courses:
        connection.execute(insert(t.Settings).values(name=name, value=courses))


def _remove(connection: Connection, course: CourseId) -> None:
    """Remove the rows of a course, and what is known of its exports but for those to be removed when they come back."""
    j = t.Jobs
    connection.execute(delete(t.Courses).where(t.Courses.id == course))
    for name in (_LAST_DAYS, _CHANGED):
        _note(connection, name, {of: value for of, value in _noted(connection, name).items() if of != course})
    connection.execute(delete(j).where(j.course_id == course, j.removing.is_(None)))
    connection.execute(update(j).where(j.course_id == course).values(report=None, options={}))


def remove_unnamed(connection: Connection, packages: Iterable[str]) -> list[str]:
    """Delete the rows of those `packages` that nothing names any more; which they were. Their files go after that."""
    gone = []
    for sha256 in packages:
        of = t.Packages.sha256
        named = or_(*(exists().where(m.package == of) for m in (t.Workspaces, t.PublishedVersions, t.Projects)))
        if connection.execute(delete(t.Packages).where(of == sha256, ~named)).rowcount:
            gone.append(sha256)
    return gone


def refuse_exports(connection: Connection, courses: Collection[CourseId]) -> None:
    """Raises `LibraryBusy` while an export of one of these courses is made."""
    states = [state.value for state in UNFINISHED]
    query = select(t.Jobs.id).where(t.Jobs.course_id.in_(courses), t.Jobs.state.in_(states))
    if connection.execute(query).first():
        raise LibraryBusy("An export of the course is being made.", "Wait until it has ended, and try again.")


def _info(connection: Connection, course: CourseId, where: Any) -> CourseInfo:
    row = connection.execute(select(t.Courses.__table__).where(t.Courses.id == course, where)).first()
    if row is None:
        raise NotFound(f"The course {course} is not here any more.", "See the list of courses, and the trash.")
    return course_of(row)


def _count(connection: Connection, of: Any, course: CourseId, *where: Any) -> int:
    query = select(func.count()).select_from(of).where(of.course_id == course, *where)
    return connection.execute(query).scalar_one()


def _packages(course: CourseId) -> Any:
    """The packages of a course, each once."""
    w, p = t.Workspaces, t.PublishedVersions
    return select(w.package).where(w.course_id == course).union(select(p.package).where(p.course_id == course))


def _files(course: CourseId) -> Select[int, int, int]:
    """How many versions of workspaces there are, what is in them, and how large the course's packages are."""
    w = t.Workspaces
    mine = select(func.count()).select_from(w).where(w.course_id == course).scalar_subquery()
    inside = (
        select(func.coalesce(func.sum(t.Packages.files), 0))
        .select_from(w)
        .join(t.Packages, t.Packages.sha256 == w.package)
        .where(w.course_id == course)
        .scalar_subquery()
    )
    size = select(func.coalesce(func.sum(t.Packages.packed_bytes), 0)).where(t.Packages.sha256.in_(_packages(course)))
    return select(mine, inside, size.scalar_subquery())


def _elsewhere(connection: Connection, course: CourseId) -> int:
    """How many students are in other courses too, by user name or e-mail address."""
    mine, other = t.Students.__table__.alias("mine"), t.Students.__table__.alias("other")
    same = or_(
        (mine.c.username != "") & (mine.c.username == other.c.username),
        (mine.c.email != "") & (mine.c.email == other.c.email),
    )
    also = exists().where(other.c.course_id != course, same, other.c.course_id == t.Courses.id, IS_HERE)
    query = (
        select(func.count())
        .select_from(mine)
        .where(mine.c.course_id == course, mine.c.role == Role.STUDENT.value, also)
    )
    return connection.execute(query).scalar_one()
