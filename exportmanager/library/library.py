"""The library: one folder with a database and packages, opened by any number of processes."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from exportmanager.core.course import AssignmentId, CourseId, CourseInfo, StudentId
from exportmanager.core.course_settings import CourseSettings
from exportmanager.core.errors import LibraryBusy, NotFound, from_os_error
from exportmanager.core.locks import FileLock, held
from exportmanager.core.meter import Meter
from exportmanager.core.overview import CourseOverview, StudentRecord
from exportmanager.core.report import ImportReport
from exportmanager.core.retention import clock_jump
from exportmanager.core.source import KnownCourse
from exportmanager.library import listing
from exportmanager.library import tables as t
from exportmanager.library.alike import alike
from exportmanager.library.archives import LibraryArchives
from exportmanager.library.blueprints import LibraryBlueprints
from exportmanager.library.course import LibraryCourse, last_report
from exportmanager.library.course_settings import forget_warnings, keep_settings, settings_of
from exportmanager.library.db import FILE_NAME, open_engine, reading, sentences, writing
from exportmanager.library.erase import LibraryErasure
from exportmanager.library.holdings import holdings_of
from exportmanager.library.kept_files import LibraryFiles
from exportmanager.library.known import known_course
from exportmanager.library.ledger import LibraryLedger
from exportmanager.library.listing import IS_HERE, CourseSummary
from exportmanager.library.notes import LibraryNotes
from exportmanager.library.old_access import LibraryOldAccess
from exportmanager.library.overview import overview_of
from exportmanager.library.projects import LibraryProjects
from exportmanager.library.schema import prepare
from exportmanager.library.settings import PRIVACY_KEY, PSEUDONYM_KEY, key_of, set_setting, setting
from exportmanager.library.store import PackageStore
from exportmanager.library.student import record_of
from exportmanager.library.taking_archive import ArchiveTaking
from exportmanager.library.trash import LibraryTrash, count_trash_anew
from exportmanager.library.values import course_of
from exportmanager.library.watch import Watch
from exportmanager.library.whole import WholeCourse
from exportmanager.library.writer import LibraryWriter

_LAST_SEEN = "clock-last-seen"


class Library:
    """A library in `folder`, which is made (for this user only) where it is missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for part in ("workspaces", "shelf"):
                (folder / part).mkdir(exist_ok=True)
            self._engine = open_engine(folder / FILE_NAME)
        except OSError as error:
            raise from_os_error(error, f"opening the library in {folder}") from error
        try:
            prepare(self._engine, folder)
        except BaseException:
            self._engine.dispose()
            raise
        self._store = PackageStore(folder / "workspaces")
        self._unfinished = folder / "import.unfinished"
        self.ledger = LibraryLedger(self._engine)
        self.old_access = LibraryOldAccess(self._engine)
        self.archives = LibraryArchives(self._engine)
        self.notes = LibraryNotes(self._engine)
        self.trash = LibraryTrash(self._engine, self._store, self._alone)
        self.erasure = LibraryErasure(self._engine, self._store, self._alone)
        self.files = LibraryFiles(self._engine, self._store)
        self.projects = LibraryProjects(self._engine, self._store, self._alone)
        self.blueprints = LibraryBlueprints(self._engine)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextlib.contextmanager
    def course(self, course: CourseId) -> Iterator[LibraryCourse]:
        """A course at one moment, for as long as this is open. Raises `NotFound`."""
        keys = self.pseudonym_key(), key_of(self._engine, PRIVACY_KEY)
        with reading(self._engine) as connection:
            yield LibraryCourse(connection, self._store, course, *keys)

    @contextlib.contextmanager
    def whole_course(self, course: CourseId) -> Iterator[WholeCourse]:
        """The same with every row and version, for an archive. Raises `NotFound`."""
        keys = self.pseudonym_key(), key_of(self._engine, PRIVACY_KEY)
        with reading(self._engine) as connection:
            yield WholeCourse(connection, self._store, course, *keys)

    @contextlib.contextmanager
    def writer(self, source: str, now: datetime, meter: Meter) -> Iterator[LibraryWriter]:
        """What takes a course in. One import at a time; another one waits, and can be stopped while it does."""

        with self._importing(meter) as connection:
            writer = LibraryWriter(connection, self._store, source, now, meter)
            try:
                yield writer
            except OSError as error:
                raise from_os_error(error, "taking the course into the library") from error
            finally:
                writer.close()

    @contextlib.contextmanager
    def taking(self, now: datetime, meter: Meter) -> Iterator[ArchiveTaking]:
        """What takes a course out of an archive; otherwise like an import."""
        with self._importing(meter) as connection:
            taking = ArchiveTaking(connection, self._store, meter, now)
            try:
                yield taking
            except OSError as error:
                raise from_os_error(error, "taking the archive into the library") from error
            finally:
                taking.close()

    @contextlib.contextmanager
    def _importing(self, meter: Meter) -> Iterator[Connection]:
        """A connection of its own, for the one who takes something in at this time."""
        is_waiting = False

        def wait() -> None:
            nonlocal is_waiting
            if not is_waiting:
                meter.stage("Waiting for another import")
                is_waiting = True
            meter.advance(0)
            time.sleep(0.05)

        with held(self.folder / "import.lock", wait), sentences(self._engine), self._engine.connect() as connection:
            meter.stage("Reading")
            self._sweep()  # an import may have been killed while this one waited for it
            self._unfinished.touch()
            connection.detach()  # closed afterwards, and with it the tables that rows waited in
            try:
                yield connection
            finally:
                self._all_is_swept()

    def course_ids(self) -> set[CourseId]:
        """The ids of all courses, those in the trash too."""
        with reading(self._engine) as connection:
            return listing.course_ids(connection)

    def courses(self) -> Sequence[CourseSummary]:
        """All courses, by title."""
        with reading(self._engine) as connection:
            return listing.summaries(connection)

    def find_course(self, word: str) -> CourseId:
        """The course whose id or code is `word`, or whose title holds it. Raises `NotFound`, `Ambiguous`."""
        with reading(self._engine) as connection:
            return listing.find_course(connection, word)

    def overview(self, course: CourseId) -> CourseOverview:
        """A course in numbers, with its assignments and everybody in it, at one moment. Raises `NotFound`."""
        with reading(self._engine) as connection:
            return overview_of(connection, course)

    def student(self, course: CourseId, student: StudentId) -> StudentRecord:
        """All of one student, at one moment. Raises `NotFound`."""
        with reading(self._engine) as connection:
            return record_of(connection, course, student)

    def project_package(self, course: CourseId, assignment: AssignmentId) -> Path | None:
        """Where the zip of an assignment's published project lies, as it last came in; None where none came."""
        p = t.PublishedVersions
        query = select(p.package).where(p.course_id == course, p.assignment_id == assignment)
        with reading(self._engine) as connection:
            package = connection.execute(query.order_by(p.number.desc()).limit(1)).scalar()
        return self._store.path(package) if package else None

    def holdings(self, course: CourseId) -> Mapping[str, datetime]:
        """When each kind of data last came in, by `PieceKind`."""
        with reading(self._engine) as connection:
            return holdings_of(connection, course)

    def known(self, course: CourseId) -> KnownCourse:
        """What is here of a course, for what comes to be matched with. Raises `NotFound`."""
        with reading(self._engine) as connection:
            known = known_course(connection, self._store, course)
        if known is None:
            raise NotFound(f"The course {course} is not in the library.", "See the list of courses.")
        return known

    def alike(self, people: Sequence[str], titles: Sequence[str]) -> list[CourseInfo]:
        """Courses in which these people (user names, e-mail addresses) or assignments are, the likeliest first."""
        with reading(self._engine) as connection:
            found = alike(connection, people, titles)
            rows = connection.execute(select(t.Courses.__table__).where(t.Courses.id.in_(found), IS_HERE))
            infos = {row.id: course_of(row) for row in rows}
        return [infos[course] for course in found if course in infos]

    def watch(self) -> Watch:
        """What notices changes, by any process; close it before the library."""
        return Watch(self._engine)

    def import_report(self, course: CourseId) -> ImportReport | None:
        """What came of the last import of a course."""
        with reading(self._engine) as connection:
            return last_report(connection, course)

    def course_settings(self, course: CourseId) -> CourseSettings:
        """What the teacher decided for a course."""
        with reading(self._engine) as connection:
            return settings_of(connection, course)

    def set_course_settings(self, course: CourseId, settings: CourseSettings) -> None:
        """Keep what the teacher decided. Raises `BadOptions`."""
        with writing(self._engine) as connection:
            keep_settings(connection, course, settings)

    def change_course_settings(self, course: CourseId, **changes: Any) -> CourseSettings:
        """Change some of it, by the names of the fields; all that is decided now. Raises `BadOptions`."""
        with writing(self._engine) as connection:
            settings = replace(settings_of(connection, course), **changes)
            keep_settings(connection, course, settings)
        return settings

    def setting(self, name: str, default: Any = None) -> Any:
        """A setting of the library."""
        return setting(self._engine, name, default)

    def set_setting(self, name: str, value: Any) -> None:
        """Keep a setting of the library; None forgets it."""
        set_setting(self._engine, name, value)

    def pseudonym_key(self) -> bytes:
        """The key of this library's pseudonyms; made when it is first needed. Raises `LibraryDamaged`."""
        return key_of(self._engine, PSEUDONYM_KEY)

    def replace_pseudonym_key(self, key: bytes | None = None) -> bytes:
        """Set the key of this library's pseudonyms, or make a new one; the key that it is now."""
        key = key or secrets.token_bytes(32)
        self.set_setting(PSEUDONYM_KEY, key.hex())
        return key

    def look_at_clock(self, now: datetime) -> timedelta | None:
        """By how much the clock went back (negative) or far ahead since this library saw it; remembers `now`.

        What was announced by a clock that cannot be trusted is announced anew, and what is in the trash stays as long
        as if it were deleted now.
        """
        stored = self.setting(_LAST_SEEN)
        jump = clock_jump(datetime.fromisoformat(stored) if stored else None, now)
        if jump is not None:
            with writing(self._engine) as connection:
                forget_warnings(connection)
                count_trash_anew(connection, now)
        self.set_setting(_LAST_SEEN, now.isoformat())
        return jump

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """While nothing is taken in: what is removed meanwhile and then killed is swept up at the next start."""
        if (lock := FileLock.take(self.folder / "import.lock")) is None:
            raise LibraryBusy(
                "Something is being taken into the library, or out of it.", "Try again when that has ended."
            )
        try:
            self._sweep()
            self._unfinished.touch()
            yield
            self._all_is_swept()
        finally:
            lock.release()

    def sweep(self) -> None:
        """Remove the files that a killed import left, unless somebody imports at this moment."""
        if not self._unfinished.exists() or (lock := FileLock.take(self.folder / "import.lock")) is None:
            return
        try:
            self._sweep()
        finally:
            lock.release()

    def _all_is_swept(self) -> None:
        if not self._store.is_left:
            self._unfinished.unlink(missing_ok=True)

    def _sweep(self) -> None:
        """The same; the lock on imports is held."""
        if self._unfinished.exists():
            with reading(self._engine) as connection:
                named = set(connection.execute(select(t.Packages.sha256)).scalars())
            self._store.sweep(named)
            self._all_is_swept()
