"""The ledger in the library's database. Each arrow between states is one function here, and checks where it starts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, func, insert, not_, or_, select, update

from exportmanager import __version__
from exportmanager.core.course import CourseId
from exportmanager.core.errors import NotFound
from exportmanager.core.ledger import RUN_AGAIN, UNFINISHED, WITHOUT_FILE, Job, JobState, Sealed
from exportmanager.core.report import Report
from exportmanager.library.db import reading, writing
from exportmanager.library.tables import Courses, Jobs


class LibraryLedger:
    """Implements `core.ledger.Ledger`; every call is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(
        self, *, kind: str, course: CourseId, options: dict[str, Any], draft: str, started_by: str, now: datetime
    ) -> Job:
        """A new job."""
        with writing(self._engine) as connection:
            found = connection.execute(select(Courses.title, Courses.code).where(Courses.id == course)).first()
            if found is None:
                raise NotFound(f"The course {course} is not in the library.", "See the list of courses.")
            row = {
                "kind": kind,
                "course_id": course,
                "course_title": found.title,
                "course_code": found.code,
                "options": options,
                "state": JobState.CREATED.value,
                "draft": draft,
                "created_at": now,
                "started_by": started_by,
                "program": __version__,
                "problem": "",
                "next_step": "",
                "asked_to_cancel": False,
            }
            key = connection.execute(insert(Jobs).values(row)).inserted_primary_key
        assert key is not None, "the database numbers jobs"
        return self.job(key[0])

    def start(self, job: int) -> None:
        """created -> exporting."""
        self._move(job, [JobState.CREATED], state=JobState.EXPORTING.value)

    def seal(self, job: int, file: Sealed, report: Report, expires_at: datetime | None, now: datetime) -> None:
        """exporting -> sealed; sealed -> sealed when its name had to change."""
        self._move(
            job,
            [JobState.EXPORTING, JobState.SEALED],
            state=JobState.SEALED.value,
            file_name=file.name,
            file_size=file.size,
            file_sha256=file.sha256,
            report=report.model_dump_json(),
            expires_at=expires_at,
            finished_at=now,
        )

    def publish(self, job: int, name: str) -> None:
        """sealed -> exported; missing -> exported, where another process may have been faster."""
        sources = [JobState.SEALED, JobState.MISSING]
        with writing(self._engine) as connection:
            self._move_on(connection, job, sources, [JobState.EXPORTED], state=JobState.EXPORTED.value, file_name=name)
            before = (Jobs.file_name == name, Jobs.state == JobState.EXPORTED.value, Jobs.id != job)
            gone_as = func.coalesce(Jobs.removing, JobState.MISSING.value)  # two files cannot have one name
            connection.execute(update(Jobs).where(*before).values(state=gone_as, removing=None))

    def end(self, job: int, state: JobState, now: datetime, problem: str = "", next_step: str = "") -> None:
        """created, exporting -> failed, cancelled or interrupted."""
        assert state in {JobState.FAILED, JobState.CANCELLED, JobState.INTERRUPTED}, "an end without a file"
        self._move(
            job,
            [JobState.CREATED, JobState.EXPORTING],
            state=state.value,
            finished_at=now,
            problem=problem,
            next_step=next_step,
        )

    def leave(self, job: int, state: JobState, now: datetime) -> None:
        """sealed, exported -> expired, removed or missing; what another process said before stays."""
        gone = (JobState.EXPIRED, JobState.REMOVED, JobState.MISSING)
        assert state in gone, "a way off the shelf"
        self._move(job, [JobState.SEALED, JobState.EXPORTED], gone, state=state.value, finished_at=now)

    def leave_after_all(self, job: int, now: datetime) -> None:
        """missing -> removed: what was let go meanwhile came back, and went then."""
        state = JobState.REMOVED
        self._move(job, [JobState.MISSING], [state], state=state.value, finished_at=now)

    def _move(
        self, job: int, from_states: Iterable[JobState], unless: Collection[JobState] = (), **values: Any
    ) -> None:
        with writing(self._engine) as connection:
            self._move_on(connection, job, from_states, unless, **values)

    def _move_on(
        self,
        connection: Connection,
        job: int,
        from_states: Iterable[JobState],
        unless: Collection[JobState],
        **values: Any,
    ) -> None:
        """Change a job that stands in one of `from_states`; leave alone one that stands where it should go already."""
        stands = connection.execute(select(Jobs.state).where(Jobs.id == job)).scalar()
        if stands in [state.value for state in unless]:
            return
        assert stands in [state.value for state in from_states], f"job {job} is {stands}: no {values['state']} follows"
        connection.execute(update(Jobs).where(Jobs.id == job).values(values | {"removing": None, "dismissed": False}))

    def intend(self, job: int, state: JobState | None) -> None:
        """Note that the file is about to go."""
        self._set(job, removing=state.value if state else None)

    def keep(self, job: int, expires_at: datetime | None) -> None:
        """Set until when a file is kept."""
        self._set(job, expires_at=expires_at, overdue_seen_at=None)

    def overdue_seen(self, job: int, at: datetime) -> None:
        """The file was shown as overdue."""
        self._set(job, overdue_seen_at=at)

    def ask_to_cancel(self, job: int) -> None:
        """Tell whichever process runs the job to stop. Raises `NotFound` for a job that is not running."""
        if self.job(job).state not in UNFINISHED:
            raise NotFound(f"Job {job} is not running: it is {self.job(job).state}.", "See the list of jobs.")
        self._set(job, asked_to_cancel=True)

    def _set(self, job: int, **values: Any) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(Jobs).where(Jobs.id == job).values(values))

    def is_asked_to_cancel(self, job: int) -> bool:
        """Whether somebody wants the job to stop."""
        with reading(self._engine) as connection:
            return bool(connection.execute(select(Jobs.asked_to_cancel).where(Jobs.id == job)).scalar())

    def dismiss(self, job: int) -> None:
        """Take a row without a file off the shelf. Raises `NotFound` for a job that is running or has one."""
        ended = Jobs.state.in_([state.value for state in RUN_AGAIN])
        with writing(self._engine) as connection:
            change = update(Jobs).where(Jobs.id == job, ended).values(dismissed=True)
            is_done = connection.execute(change).rowcount
        if not is_done:
            raise NotFound(f"Job {job} cannot be dismissed: it is {self.job(job).state}.", "See the list of jobs.")

    def job(self, job: int) -> Job:
        """One row."""
        with reading(self._engine) as connection:
            row = connection.execute(select(Jobs.__table__).where(Jobs.id == job)).first()
        if row is None:
            raise NotFound(f"There is no job {job}.", "See the list of jobs.")
        return _job_of(row)

    def jobs(self, states: Iterable[JobState] | None = None, course: CourseId | None = None) -> Sequence[Job]:
        """The rows, newest first."""
        query = select(Jobs.__table__).order_by(Jobs.id.desc())
        if states is not None:
            query = query.where(Jobs.state.in_([state.value for state in states]))
        if course is not None:
            query = query.where(Jobs.course_id == course)
        with reading(self._engine) as connection:
            return [_job_of(row) for row in connection.execute(query)]

    def shelf(self) -> Sequence[Job]:
        """What the shelf shows, newest first."""
        always = [state.value for state in (*UNFINISHED, JobState.EXPORTED)]
        until_dismissed = [state.value for state in WITHOUT_FILE]
        is_shown = or_(Jobs.state.in_(always), and_(Jobs.state.in_(until_dismissed), not_(Jobs.dismissed)))
        with reading(self._engine) as connection:
            query = select(Jobs.__table__).where(is_shown).order_by(Jobs.id.desc())
            return [_job_of(row) for row in connection.execute(query)]


def _job_of(row: Row[Any]) -> Job:
    data = dict(row._mapping)
    name, size, sha256 = data.pop("file_name"), data.pop("file_size"), data.pop("file_sha256")
    del data["asked_to_cancel"]
    data["state"] = JobState(data["state"])
    data["removing"] = JobState(data["removing"]) if data["removing"] else None
    data["report"] = Report.model_validate_json(data["report"]) if data["report"] else None
    return Job(**data, file=Sealed(name, size, sha256) if sha256 else None)
