"""One export from request to shelf: the flow that window, command line and API share."""

from __future__ import annotations

import contextlib
import getpass
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from exportmanager.core.course import Course, CourseId
from exportmanager.core.errors import BadOptions, Cancelled, NotFound, ProblemForTeacher, from_os_error
from exportmanager.core.export import Estimate, ExportKind, check_available
from exportmanager.core.ledger import RUN_AGAIN, Job, JobState, Ledger, Sealed
from exportmanager.core.meter import Meter, Progress
from exportmanager.core.names import portable_part
from exportmanager.core.options import Options, checked
from exportmanager.core.report import Report
from exportmanager.core.shelf import Draft, Shelf

_ASK_EVERY = 0.25
_BUG = "The export stopped because of a mistake in this program."


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What somebody asked for: a kind of export of a course, with its options."""

    kind: str
    course: CourseId
    options: Options


@dataclass(frozen=True, slots=True)
class Ticket:
    """An accepted request: its row in the ledger, and the draft whose lock says that it lives."""

    job: Job
    request: ExportRequest
    draft: Draft


def _current_user() -> str:
    with contextlib.suppress(OSError, KeyError, ImportError):  # a system without a name for this user
        return getpass.getuser()
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """Runs exports. `open_course` gives one moment of a course; where `shelf_days` gives None, files are kept."""

    kinds: Mapping[str, ExportKind]
    open_course: Callable[[CourseId], AbstractContextManager[Course]]
    ledger: Ledger
    shelf: Shelf
    clock: Callable[[], datetime]
    shelf_days: Callable[[], int | None]
    user: Callable[[], str] = field(default=_current_user)

    def submit(self, request: ExportRequest) -> Ticket:
        """Accept a request: from here on its job is in the ledger. Raises `NotFound`."""
        if request.kind not in self.kinds:
            raise NotFound(f"There is no export called {request.kind}.", "See the list of kinds.")
        draft = self.shelf.new_draft()
        try:
            job = self.ledger.create(
                kind=request.kind,
                course=request.course,
                options=request.options.model_dump(mode="json"),
                draft=draft.token,
                started_by=self.user(),
                now=self.clock(),
            )
        except BaseException:
            draft.discard()
            raise
        return Ticket(job, request, draft)

    def again(self, job_id: int) -> ExportRequest:
        """The request of a job that ended or whose file is gone, to submit once more. Raises `BadOptions`."""
        job = self.ledger.job(job_id)
        if job.state not in RUN_AGAIN:
            raise BadOptions(f"Job {job_id} is {job.state}.", "Only a job that ended without a file can be run again.")
        if job.kind not in self.kinds:
            raise NotFound(f"This version of the program has no export called {job.kind}.", "Choose another.")
        return ExportRequest(job.kind, job.course_id, checked(self.kinds[job.kind].Options, job.options))

    def run(
        self,
        ticket: Ticket,
        listener: Callable[[Progress], None] = lambda _: None,
        stop: Callable[[], bool] = bool,
        foretold: Callable[[Estimate], None] = lambda _: None,
    ) -> Job:
        """Do the work, in the calling thread; return the job as *exported*. `foretold` hears first what will come out.

        Raises `Cancelled` or a `ProblemForTeacher`; the ledger holds what happened, and nothing is left on the disk.
        """
        meter = Meter(listener, self._stop_or_asked(ticket.job.id, stop))
        with self._recorded(ticket):
            self.ledger.start(ticket.job.id)
            kind = self.kinds[ticket.request.kind]
            with self.open_course(ticket.request.course) as course:
                suffix, report = self._write(kind, course, ticket, meter, foretold)
                meter.stage("Reading it back", ticket.draft.size())
                size, sha256 = ticket.draft.seal(meter.advance)
                self._publish(ticket, report, size, sha256, _file_name(kind, suffix, course, self.clock()))
        ticket.draft.release()
        return self.ledger.job(ticket.job.id)

    def _write(
        self, kind: ExportKind, course: Course, ticket: Ticket, meter: Meter, foretold: Callable[[Estimate], None]
    ) -> tuple[str, Report]:
        """Write the draft; the suffix of its name, and what came of it."""
        check_available(kind, course)
        estimate = kind.estimate(course, ticket.request.options)
        foretold(estimate)
        self.shelf.check_room(estimate.bytes)
        ticket.draft.create()
        report = kind.write(course, ticket.request.options, ticket.draft.file, meter)
        return estimate.suffix or kind.suffix, report

    def _publish(self, ticket: Ticket, report: Report, size: int, sha256: str, wanted: str) -> None:
        now, days = self.clock(), self.shelf_days()
        expires_at = None if days is None else now + timedelta(days=days)

        def announce(name: str) -> None:
            self.ledger.seal(ticket.job.id, Sealed(name, size, sha256), report, expires_at, now)

        name = self.shelf.publish(ticket.draft.token, wanted, announce)
        self.ledger.publish(ticket.job.id, name)

    @contextlib.contextmanager
    def _recorded(self, ticket: Ticket) -> Iterator[None]:
        """Whatever ends the work early removes the draft, is written into the ledger, and goes on to the caller."""
        try:
            yield
        except (Cancelled, KeyboardInterrupt):
            self._end(ticket, JobState.CANCELLED)
            raise
        except ProblemForTeacher as problem:
            self._end(ticket, JobState.FAILED, problem.what, problem.next_step)
            raise
        except OSError as error:
            known = from_os_error(error, "writing the export")
            self._end(ticket, JobState.FAILED, known.what, known.next_step)
            raise known from error
        except BaseException:
            self._end(ticket, JobState.FAILED, _BUG)
            raise

    def _end(self, ticket: Ticket, state: JobState, problem: str = "", next_step: str = "") -> None:
        """Removing the draft comes first: on a full disk it makes the room that the ledger needs."""
        try:
            is_whole = self.ledger.job(ticket.job.id).state is JobState.SEALED
        except ProblemForTeacher:  # nobody can say: the next start finds out
            is_whole = True
        if is_whole:  # the next start gives it its name
            ticket.draft.release()
            return
        ticket.draft.discard()
        with contextlib.suppress(ProblemForTeacher):  # then the next start finds it interrupted, which is as true
            self.ledger.end(ticket.job.id, state, self.clock(), problem, next_step)

    def _stop_or_asked(self, job: int, stop: Callable[[], bool]) -> Callable[[], bool]:
        """Stop when told here, or, by way of the ledger, from another process."""
        asked_at = time.monotonic()

        def stopped() -> bool:
            nonlocal asked_at
            if stop():
                return True
            if (now := time.monotonic()) - asked_at < _ASK_EVERY:
                return False
            asked_at = now
            return self.ledger.is_asked_to_cancel(job)

        return stopped


def _file_name(kind: ExportKind, suffix: str, course: Course, now: datetime) -> str:
    title = (course.info.code or course.info.title)[:60]
    rest = f" {kind.title} {now.astimezone().date().isoformat()}{suffix}"
    while title and len(f"{portable_part(title)[0]}{rest}".encode()) > 240:  # there is room left for a number
        title = title[:-1]
    return portable_part(f"{title}{rest}")[0]
