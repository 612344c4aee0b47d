"""Takes a course in: files are packed as they come, rows wait in temporary tables, one transaction ends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, literal, select, text

from exportmanager.core.course import (
    AccessEvent,
    Answer,
    Assessment,
    Assignment,
    AssignmentId,
    Blueprint,
    CoachLog,
    CourseId,
    CourseInfo,
    Module,
    Result,
    Role,
    Student,
    StudentId,
)
from exportmanager.core.errors import BadSource
from exportmanager.core.meter import Meter
from exportmanager.core.report import Change, Gap, ImportReport
from exportmanager.core.trees import Tree
from exportmanager.library import tables as t
from exportmanager.library.base import Table as Base
from exportmanager.library.db import interruptible, temporary_like
from exportmanager.library.merge import merge, merge_events, staged
from exportmanager.library.packer import Packer, Packing
from exportmanager.library.store import PackageStore
from exportmanager.library.values import course_row, digest_of, package_row, row_of, student_of

_BATCH = 2_000
_KEYED: tuple[tuple[type[Base], str], ...] = (
    (t.Modules, "modules"),
    (t.Assignments, "assignments"),
    (t.Students, "people"),
    (t.Assessments, "assessments"),
    (t.Results, "results"),
    (t.Answers, "answers"),
    (t.Blueprints, "blueprints"),
)
_EVENTS: tuple[tuple[type[Base], str], ...] = ((t.AccessEvents, "access"), (t.CoachLogs, "coach_logs"))
_FILES = (t.Packages, t.Workspaces, t.PublishedVersions)
_TABLE_OF: dict[type, type[Base]] = {
    Module: t.Modules,
    Assignment: t.Assignments,
    Student: t.Students,
    Assessment: t.Assessments,
    Result: t.Results,
    Answer: t.Answers,
    AccessEvent: t.AccessEvents,
    CoachLog: t.CoachLogs,
    Blueprint: t.Blueprints,
}


def table_of(model: type[Base]) -> Table:
    """The Core table of a model."""
    table = model.__table__
    assert isinstance(table, Table), "every model is a table"
    return table


@dataclass(frozen=True, slots=True)
class _Files:
    """Files on their way in: whose they are, as the start of a row of `table`, and how gaps name them."""

    table: type[Base]
    thing: str
    row: dict[str, Any]
    place: str

    @property
    def key(self) -> tuple[str, ...]:
        """Tells them apart in this course."""
        return (self.table.__tablename__, self.row["assignment_id"], self.row.get("student_id", ""))


@dataclass(frozen=True, slots=True)
class _Version:
    """A version of a workspace or published project that is kept."""

    number: int
    package: str
    identity: bytes
    imported_at: datetime


class LibraryWriter:
    """Implements `core.source.CourseWriter` on a connection of its own."""

    def __init__(self, connection: Connection, store: PackageStore, source: str, now: datetime, meter: Meter) -> None:
        self._connection = connection
        self._store = store
        self._source = source
        self._now = now
        self._meter = meter
        self._info: CourseInfo | None = None
        self._rows: dict[type[Base], list[dict[str, Any]]] = {}
        self._gaps: list[Gap] = []
        self._expected: dict[str, int] = {}
        self._changes = {thing: Change(thing=thing) for thing in ("published", "workspaces")}
        self._versions: dict[tuple[str, ...], _Version] = {}
        self._taken: set[tuple[str, ...]] = set()
        self._adopted: list[str] = []
        self._named: set[str] = set()
        self._learners = 0
        self._finished = False
        self._packer: Packer[_Files] = Packer(store, meter)
        models: list[type[Base]] = [t.Courses, *(model for model, _ in (*_KEYED, *_EVENTS)), *_FILES]
        for model in models:
            connection.execute(text(temporary_like(table_of(model))))
            self._rows[model] = []

    @property
    def _course(self) -> CourseId:
        assert self._info is not None, "a source gives the course first"
        return self._info.id

    def date_shift_days(self, course: CourseId) -> int | None:
        """By how many days this course's dates were moved; None for a new one."""
        query = select(t.Courses.dates_shift_days).where(t.Courses.id == course)
        return self._connection.execute(query).scalar_one_or_none()

    def course(self, info: CourseInfo, shift_days: int = 0) -> None:
        """The course itself."""
        self._info = info
        self._stage(t.Courses, course_row(info, shift_days))
        self._versions = dict(self._current_versions())

    def _current_versions(self) -> Iterator[tuple[tuple[str, ...], _Version]]:
        """The newest version of each workspace and published project that the library has."""
        for model, student in ((t.Workspaces, t.Workspaces.student_id), (t.PublishedVersions, literal(""))):
            query = (
                select(
                    model.assignment_id, student, model.number, model.package, t.Packages.identity, model.imported_at
                )
                .join(t.Packages, t.Packages.sha256 == model.package)
                .where(model.course_id == self._course)
                .order_by(model.number)
            )
            for assignment, owner, number, package, identity, imported_at in self._connection.execute(query):
                yield (model.__tablename__, assignment, owner), _Version(number, package, identity, imported_at)

    def module(self, module: Module) -> None:
        """A module."""
        self._take(module)

    def assignment(self, assignment: Assignment) -> None:
        """An assignment."""
        self._take(assignment)

    def student(self, student: Student) -> None:
        """Somebody in the course."""
        self._take(student if student.on_roster else self._as_remembered(student))
        self._learners += student.role is Role.STUDENT and student.on_roster

    def _as_remembered(self, student: Student) -> Student:
        """Somebody who left the roster keeps the name and role that the library knows."""
        query = select(t.Students.__table__).where(t.Students.course_id == self._course, t.Students.id == student.id)
        row = self._connection.execute(query).first()
        return replace(student_of(row), on_roster=False, position=student.position) if row else student

    def assessment(self, assessment: Assessment) -> None:
        """A question."""
        self._take(assessment)

    def result(self, result: Result) -> None:
        """How a student stands."""
        self._take(result)

    def answer(self, answer: Answer) -> None:
        """An attempt."""
        self._take(answer)

    def blueprint(self, blueprint: Blueprint) -> None:
        """A page template."""
        self._take(blueprint)

    def access_event(self, event: AccessEvent) -> None:
        """An event; equal ones are told apart by counting."""
        self._take_event(event)

    def coach_log(self, log: CoachLog) -> None:
        """A question to the coach; equal ones are told apart by counting."""
        self._take_event(log)

    def _take(self, value: Any) -> None:
        self._stage(_TABLE_OF[type(value)], row_of(self._course, value))

    def _take_event(self, value: Any) -> None:
        row = row_of(self._course, value)
        self._stage(_TABLE_OF[type(value)], row | {"digest": digest_of(row), "occurrence": 0})

    def _stage(self, model: type[Base], row: dict[str, Any]) -> None:
        rows = self._rows[model]
        rows.append(row)
        if len(rows) >= _BATCH:
            self._flush(model)
            self._meter.advance(0)

    def _flush(self, model: type[Base]) -> None:
        if rows := self._rows[model]:
            self._connection.execute(insert(staged(table_of(model))), rows)
            self._rows[model] = []

    def workspace(
        self, student: StudentId, assignment: AssignmentId, tree: Tree, place: str, modified: int | None = None
    ) -> None:
        """A student's files, packed in a thread."""
        row = {"course_id": self._course, "assignment_id": assignment, "student_id": student}
        self._pack(_Files(t.Workspaces, "workspaces", row, place), tree, modified)

    def published(
        self,
        assignment: AssignmentId,
        version: int,
        published_at: datetime | None,
        tree: Tree,
        place: str,
        modified: int | None = None,
    ) -> None:
        """A published project, packed in a thread."""
        row = {
            "course_id": self._course,
            "assignment_id": assignment,
            "version": version,
            "published_at": published_at,
        }
        self._pack(_Files(t.PublishedVersions, "published", row, place), tree, modified)

    def expect(self, thing: str, number: int) -> None:
        """The source declares that it holds `number` of `thing`."""
        self._expected[thing] = number

    def gap(self, gap: Gap) -> None:
        """Something that is not there."""
        self._gaps.append(gap)

    def _pack(self, files: _Files, tree: Tree, modified: int | None) -> None:
        self._packer.submit(files, tree, modified)
        self._take_packings()

    def _take_packings(self, *, to_the_last: bool = False) -> None:
        for files, packing in self._packer.results(to_the_last=to_the_last):
            if isinstance(packing, BadSource):
                self._gaps.append(
                    Gap(
                        what=files.thing.removesuffix("s"),
                        who=files.place,
                        why=packing.what,
                        student_id=files.row.get("student_id", ""),
                        assignment_id=files.row["assignment_id"],
                    )
                )
            else:
                try:
                    self._take_packing(files, packing)
                except BaseException:
                    packing.draft.discard()
                    raise
            self._meter.advance(1, files.place)

    def _take_packing(self, files: _Files, packing: Packing) -> None:
        gaps = [gap.model_copy(update={"who": files.place}) for gap in packing.gaps]
        self._gaps += gaps
        change = self._changes[files.thing]
        known = self._versions.get(files.key)
        self._taken.add(files.key)
        if known and known.identity == packing.packed.identity and self._is_whole(known):
            packing.draft.discard()
            version, how = known, "unchanged"
        elif known and known.package == packing.packed.sha256:
            self._adopt(packing)
            version, how = known, "changed"
        else:
            number = known.number + 1 if known else 1
            version = _Version(number, self._adopt(packing), packing.packed.identity, self._now)
            how = "changed" if known else "added"
        self._changes[files.thing] = change.model_copy(update={"read": change.read + 1, how: getattr(change, how) + 1})
        own = {"number": version.number, "package": version.package, "imported_at": version.imported_at}
        self._stage(files.table, files.row | own | {"gaps": [gap.model_dump() for gap in gaps]})

    def _is_whole(self, version: _Version) -> bool:
        """Whether the library's file is there and undamaged: where not, importing again puts it right."""
        return self._store.is_whole(version.package, lambda _: self._meter.advance(0))

    def _adopt(self, packing: Packing) -> str:
        """Keep what was packed, and stage its rows where the library has none of these bytes."""
        packed = packing.packed
        if self._store.adopt(packing.draft, packed.sha256):
            self._adopted.append(packed.sha256)
        if packed.sha256 not in self._named:  # one that the library has stays as it is when rows are taken in
            self._stage(t.Packages, package_row(packed))
        self._named.add(packed.sha256)
        return packed.sha256

    def finish(self) -> ImportReport:
        """Pack what is left, then take everything in."""
        self._take_packings(to_the_last=True)
        for model in self._rows:
            self._flush(model)
        self._store.sync(self._adopted)
        self._connection.commit()
        self._meter.stage("Taking it into the library")
        self._connection.execution_options(writes=True)
        with self._connection.begin(), interruptible(self._connection, lambda: self._meter.advance(0)):
            report = self._merge_all()
            self._connection.execute(
                insert(t.Imports).values(
                    course_id=self._course, source=self._source, at=self._now, report=report.model_dump_json()
                )
            )
            self._meter.advance(0)  # the last moment to stop
        self._finished = True
        return report

    def _merge_all(self) -> ImportReport:
        connection, course = self._connection, self._course
        changes = [merge(connection, table_of(t.Courses), "course", None)]
        changes += [merge(connection, table_of(model), thing, course) for model, thing in _KEYED]
        changes += [merge_events(connection, table_of(model), thing, course) for model, thing in _EVENTS]
        for model in _FILES:
            merge(connection, table_of(model), "", None)
        changes += map(self._with_kept, self._changes.values())
        assert self._info is not None
        self._compare_with_declared(changes)
        return ImportReport(
            course_id=course,
            course_title=self._info.title,
            source=self._source,
            changes=tuple(
                change.model_copy(update={"expected": self._expected.get(change.thing)}) for change in changes
            ),
            gaps=tuple(self._gaps),
        )

    def _with_kept(self, change: Change) -> Change:
        """What the library has and did not come this time stays."""
        table = {"workspaces": t.Workspaces, "published": t.PublishedVersions}[change.thing].__tablename__
        kept = sum(key[0] == table and key not in self._taken for key in self._versions)
        return change.model_copy(update={"kept": kept})

    def _compare_with_declared(self, changes: list[Change]) -> None:
        read = {change.thing: change.read for change in changes} | {"students": self._learners}
        for thing, number in self._expected.items():
            if read.get(thing, number) != number:
                why = f"the source says that there are {number:,}, and {read[thing]:,} came"
                self._gaps.append(Gap(what=thing.replace("_", " "), why=why))

    def close(self) -> None:
        """End the threads; take back what came from an import that did not finish, and that no row names."""
        self._packer.close()
        if not self._finished and self._adopted:
            self._connection.rollback()
            named = set(self._connection.execute(select(t.Packages.sha256)).scalars())
            for sha256 in set(self._adopted) - named:
                self._store.remove(sha256)
