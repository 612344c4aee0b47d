"""Erases one student from the library's database: rows, what names them elsewhere, copies, and what deleting leaves."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, delete, false, func, insert, or_, select, union

from exportmanager.core.course import CourseId, StudentId
from exportmanager.core.erasing import Erasure, Mentions, Person, Scrubber
from exportmanager.core.errors import LibraryBusy, NoRoom, from_os_error
from exportmanager.core.meter import Meter
from exportmanager.library import tables as t
from exportmanager.library.base import core_table
from exportmanager.library.db import backup_folder, interruptible, reading, sentences, writing
from exportmanager.library.mentions import mentioned_in_packages, mentioned_in_rows
from exportmanager.library.rows import TABLES, person_column, table_called
from exportmanager.library.same_people import alike, namesakes, person_of, same_people
from exportmanager.library.store import PackageStore
from exportmanager.library.trash import refuse_exports, remove_unnamed
from exportmanager.library.types import Json

_INTENDED = "erasure"
"""The setting that says who is being erased, by ids: what a kill interrupted is taken up again."""
_JSON = {
    "imports": ("report",),
    "jobs": ("options", "report"),
    "archives": ("certificate", "accepted"),
    "projects": ("gaps",),
    "settings": ("value",),
}
_TEXTS = {"jobs": ("problem", "next_step", "file_name"), "archives": ("problem",), "projects": ("name", "origin")}
"""Columns that may name students, in tables that are no student's."""
_OF_SOURCES = {"extra", "gaps", "project_path"}
"""Columns of courses that no person wrote: what a source said besides, what was missing, where a project lay."""

Ids = Sequence[tuple[CourseId, StudentId]]


class LibraryErasure:
    """Erases people. `alone` is held meanwhile: nothing is taken in at that time."""

    def __init__(self, engine: Engine, store: PackageStore, alone: Callable[[], AbstractContextManager[None]]) -> None:
        self._engine, self._store, self._alone = engine, store, alone
        self._backups = backup_folder(Path(engine.url.database or ""))

    def going(self, course: CourseId, student: StudentId) -> Erasure:
        """What goes with a student, in all courses, those in the trash too; but for the shelf. Raises `NotFound`.

        The same student is who has the same e-mail address, or the same user name and name.
        """
        with reading(self._engine) as connection:
            return self._going(connection, same_people(connection, course, student))

    def _going(self, connection: Connection, people: tuple[Person, ...]) -> Erasure:
        rows = {table: sum(_count(connection, table, person) for person in people) for table in TABLES}
        projects = _projects(connection, people)
        own = _own_packages(connection, people, projects)
        size = select(func.sum(t.Packages.packed_bytes)).where(t.Packages.sha256.in_(own))
        courses = {person.course for person in people}
        archives = select(t.Archives.path).where(t.Archives.course_id.in_(courses)).order_by(t.Archives.id)
        return Erasure(
            people=people,
            rows={table: count for table, count in rows.items() if count},
            packages=len(own),
            bytes=connection.execute(size).scalar() or 0,
            projects=tuple(projects.values()),
            backups=tuple(path.name for path in self._copies()),
            archives=tuple(map(Path, connection.execute(archives).scalars())),
        )

    def _copies(self) -> list[Path]:
        return sorted(path for path in self._backups.glob("*") if path.is_file())

    def intend(self, people: Sequence[Person]) -> None:
        """Note who is being erased. Raises `LibraryBusy` while an export of their courses is made."""
        with writing(self._engine) as connection:
            refuse_exports(connection, {person.course for person in people})
            _note(connection, [[person.course, person.id] for person in people])

    def intended(self) -> Ids | None:
        """Who is being erased, where a kill came between; empty: they are gone but for the free pages."""
        with reading(self._engine) as connection:
            found = connection.execute(select(t.Settings.value).where(t.Settings.name == _INTENDED)).scalar()
        return None if found is None else [(CourseId(course), StudentId(student)) for course, student in found]

    def people(self, ids: Ids) -> tuple[Person, ...]:
        """Those who are still here."""
        with reading(self._engine) as connection:
            found = (person_of(connection, course, student) for course, student in ids)
            return tuple(person for person in found if person)

    def alike(self, person: Person) -> Sequence[Person]:
        """Who of this library somebody of another one is, by e-mail address, or user name and name."""
        with reading(self._engine) as connection:
            return alike(connection, person)

    def scrubber(self, people: Sequence[Person]) -> Scrubber:
        """What takes them out of texts, as long as they are here."""
        with reading(self._engine) as connection:
            return _scrubber(connection, people)

    def erase(
        self, people: Sequence[Person], meter: Meter, elsewhere: Callable[[Scrubber], None] = lambda _: None
    ) -> Mentions:
        """Erase them, all at once, with the packages that nobody else has; where else they are named.

        `elsewhere` takes them out of what lies beside the database. Raises `LibraryBusy`, `Cancelled`. `clean` must
        follow.
        """
        with self._alone():
            with writing(self._engine) as connection:
                scrubber = _scrubber(connection, people)
                refuse_exports(connection, {person.course for person in people})
                with interruptible(connection, lambda: meter.advance(0)):
                    gone = _remove(connection, people)
                    _scrub(connection, scrubber)
                    _scrub_courses(connection, scrubber)
                    words = frozenset().union(*(person.words for person in people))
                    rows = mentioned_in_rows(connection, words)
                meter.advance(0)  # the last moment to stop
                self._erase_beside(scrubber, elsewhere)
                _note(connection, [])
            for sha256 in gone:
                self._store.remove(sha256)
        with reading(self._engine) as connection:
            left = list(connection.execute(select(t.Packages.sha256)).scalars())
        return Mentions(rows, mentioned_in_packages(map(self._store.path, left), words))

    def _erase_beside(self, scrubber: Scrubber, elsewhere: Callable[[Scrubber], None]) -> None:
        try:
            for path in self._copies():
                path.unlink()
            elsewhere(scrubber)
        except OSError as error:
            raise from_os_error(error, "erasing a student") from error

    def withdraw(self) -> None:
        """Erase nobody after all, if they are still here."""
        with writing(self._engine) as connection:
            connection.execute(delete(t.Settings).where(t.Settings.name == _INTENDED, t.Settings.value != []))

    def clean(self) -> bool:
        """Write the database anew without its free pages; whether all is gone now, or something at the next start."""
        with writing(self._engine) as connection:
            _note(connection, [])
        try:
            with sentences(self._engine), self._engine.connect() as connection:
                connection.detach()  # closed afterwards, and with it the setting
                driver: Any = connection.connection.dbapi_connection
                for statement in ("PRAGMA busy_timeout=2000", "VACUUM"):
                    driver.execute(statement).close()
                with closing(driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")) as done:
                    is_clean = bool(done.fetchone()[0] == 0)
        except (LibraryBusy, NoRoom):
            return False
        if is_clean:
            with writing(self._engine) as connection:
                connection.execute(delete(t.Settings).where(t.Settings.name == _INTENDED))
        return is_clean and not self._store.is_left


def _scrubber(connection: Connection, people: Sequence[Person]) -> Scrubber:
    return Scrubber(people, namesakes(connection, people))


def _note(connection: Connection, ids: list[list[str]]) -> None:
    connection.execute(delete(t.Settings).where(t.Settings.name == _INTENDED))
    connection.execute(insert(t.Settings).values(name=_INTENDED, value=ids))


def _count(connection: Connection, table: str, person: Person) -> int:
    column, of = person_column(table), table_called(table)
    if column is None:
        return 0
    query = select(func.count()).select_from(of).where(of.c.course_id == person.course, of.c[column] == person.id)
    return connection.execute(query).scalar_one()


def _own_packages(connection: Connection, people: Sequence[Person], projects: Mapping[int, str]) -> list[str]:
    """The packages that only they have, those of their `projects` too."""
    w, p = t.Workspaces, t.Projects
    mine, my_projects = _theirs(people), p.id.in_(projects)
    query = union(select(w.package).where(mine), select(p.package).where(my_projects))
    of_others = union(
        select(w.package).where(~mine), select(p.package).where(~my_projects), select(t.PublishedVersions.package)
    )
    return sorted({*connection.execute(query).scalars()} - {*connection.execute(of_others).scalars()})


def _theirs(people: Sequence[Person]) -> ColumnElement[bool]:
    """Whether a workspace is theirs."""
    w = t.Workspaces
    return or_(false(), *((w.course_id == p.course) & (w.student_id == p.id) for p in people))


def _projects(connection: Connection, people: Sequence[Person]) -> dict[int, str]:
    """What was opened for review and is theirs, by its files or by how it is called; the names."""
    p, words = t.Projects, Scrubber(people).of_course(None)
    same, others = (_packages(connection, of) for of in (people, namesakes(connection, people)))
    rows = connection.execute(select(p.id, p.name, p.origin, p.package).order_by(p.id))
    return {
        row.id: row.name
        for row in rows
        if row.package in same
        or (row.package not in others and (words.names_them(row.name) or words.names_them(Path(row.origin).name)))
    }


def _packages(connection: Connection, people: Sequence[Person]) -> set[str]:
    """Those of their workspaces."""
    return set(connection.execute(select(t.Workspaces.package).where(_theirs(people))).scalars())


def _remove(connection: Connection, people: Sequence[Person]) -> list[str]:
    """Remove all rows that are theirs; which packages nobody names any more."""
    projects = _projects(connection, people)
    packages = _own_packages(connection, people, projects)
    connection.execute(delete(t.Projects).where(t.Projects.id.in_(projects)))
    for person in people:
        mine = (t.Students.course_id == person.course, t.Students.id == person.id)
        connection.execute(delete(t.Students).where(*mine))  # and with it all that is theirs
    return remove_unnamed(connection, packages)


def _scrub_courses(connection: Connection, scrubber: Scrubber) -> None:
    """Take what names somebody out of what sources said of others and of the courses."""
    of_course, of_all = cache(scrubber.of_course), scrubber.of_course(None)
    driver: Any = connection.connection.dbapi_connection
    driver.create_function("scrubbed_json", 2, lambda _, text: of_all.json(text))  # an id may be anything there
    driver.create_function("scrubbed_text", 2, lambda course, text: of_course(course).text(text))
    for table in TABLES:
        course = "id" if table == "courses" else "course_id"
        for column in table_called(table).columns:
            if column.name in _OF_SOURCES:
                how, name = "json" if isinstance(column.type, Json) else "text", column.name
                now = f"scrubbed_{how}({course}, {name})"
                query = f"UPDATE {table} SET {name} = {now} WHERE length({name}) > 2 AND {now} <> {name}"  # noqa: S608
                connection.exec_driver_sql(query)


def _scrub(connection: Connection, scrubber: Scrubber) -> None:
    """Take what names somebody out of the tables that are no student's."""
    for model in (t.Imports, t.Jobs, t.Archives, t.Projects, t.Settings):
        table = core_table(model)
        key = next(iter(table.primary_key)).name
        course = "course_id" if "course_id" in table.columns else "NULL"
        texts, jsons = _TEXTS.get(table.name, ()), _JSON[table.name]
        names = ", ".join((*texts, *jsons))
        changes = []
        query = f"SELECT {key}, {course}, {names} FROM {table.name}"  # noqa: S608 - names of ours
        for id_, of, *values in connection.exec_driver_sql(query):
            scrubbing = scrubber.of_course(of).about(_chosen(values[len(texts)]) if model is t.Jobs else ())
            how = [*(scrubbing.text for _ in texts), *(scrubbing.json for _ in jsons)]
            now = [scrub(value) if value else value for scrub, value in zip(how, values, strict=True)]
            if now != values:
                changes.append((*now, id_))
        if changes:
            assign = ", ".join(f"{name} = ?" for name in (*texts, *jsons))
            update = f"UPDATE {table.name} SET {assign} WHERE {key} = ?"  # noqa: S608 - names of ours
            connection.exec_driver_sql(update, changes)


def _chosen(options: str) -> list[str]:
    """The students whom an export was made of, by its options; none where nobody was chosen."""
    return json.loads(options).get("students") or []
