"""The queue of exports: asked for in the window, run on pool threads, told of by signals."""

from __future__ import annotations

import os
from functools import partial

from PySide6.QtCore import QObject, Signal

from exportmanager.core.errors import Cancelled, ProblemForTeacher
from exportmanager.core.ledger import Job
from exportmanager.core.meter import Progress
from exportmanager.core.run import ExportRequest, Ticket
from exportmanager.jobs.background import Background
from exportmanager.jobs.runs import Listener, Outcome, Runs, Stop
from exportmanager.program import Program


class JobQueue(QObject):
    """Runs exports, several at once.

    `changed` carries a Job that is new or stands elsewhere now, `progressed` (job id, Progress), `ended`
    (Job, Outcome), `refused` the problem of a request that never became a job.
    """

    changed = Signal(object)
    progressed = Signal(int, object)
    ended = Signal(object, object)
    refused = Signal(object)

    def __init__(self, program: Program, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._background = background
        self._silent: set[int] = set()
        self.runs = Runs(max(2, min(4, os.cpu_count() or 2)), self)
        self.runs.progressed.connect(self._progressed)
        self.runs.ended.connect(self._ended)

    def submit(self, request: ExportRequest, *, notify: bool = True) -> None:
        """Ask for an export; it is in the ledger a moment later."""
        submitted = partial(self._submitted, notify)
        self._background.ask(self, partial(self._program.exporter.submit, request), submitted, self.refused.emit)

    def run_again(self, job: int) -> None:
        """Ask for the same once more; the row that ended leaves the shelf."""
        submitted = partial(self._submitted, True)
        self._background.ask(self, partial(self._submit_again, job), submitted, self.refused.emit)

    def _submit_again(self, job: int) -> Ticket:
        ticket = self._program.exporter.submit(self._program.exporter.again(job))
        self._program.ledger.dismiss(job)
        return ticket

    def _submitted(self, notify: bool, ticket: Ticket) -> None:
        if not notify:
            self._silent.add(ticket.job.id)
        self.runs.start(str(ticket.job.id), partial(self._run, ticket))
        self.changed.emit(ticket.job)  # now `runs_here` is true of it, and whether it waits

    def _run(self, ticket: Ticket, listen: Listener, stop: Stop) -> tuple[Job, Outcome]:
        """On a pool thread: the export, and how the ledger has it then."""
        try:
            return self._program.exporter.run(ticket, listen, stop), Outcome()
        except Cancelled:
            outcome = Outcome(was_stopped=True)
        except ProblemForTeacher as problem:
            outcome = Outcome(problem=problem)
        except Exception as bug:  # it becomes a report that can be copied
            outcome = Outcome(bug=bug)
        return self._program.ledger.job(ticket.job.id), outcome

    def stop(self, job: int) -> None:
        """Stop a job; one that another process runs is asked to stop."""
        if str(job) in self.runs.keys:
            self.runs.stop(str(job))
        else:
            ask = partial(self._program.ledger.ask_to_cancel, job)
            self._background.ask(self, ask, self._asked, self.refused.emit)

    def _asked(self, _: None) -> None:
        """The other process says the rest, in the ledger."""

    def runs_here(self, job: int) -> bool:
        """Whether this process runs the job, or will."""
        return str(job) in self.runs.keys

    def notifies(self, job: int) -> bool:
        """Whether the teacher wants to hear when the job ends."""
        return job not in self._silent

    def _progressed(self, key: str, progress: Progress) -> None:
        self.progressed.emit(int(key), progress)

    def _ended(self, key: str, outcome: Outcome) -> None:
        if not outcome.is_done:  # not even the ledger could be read afterwards
            self.refused.emit(outcome.problem or outcome.bug)
            return
        job, own = outcome.value
        self.changed.emit(job)
        self.ended.emit(job, own)
        self._silent.discard(job.id)

    def close(self) -> None:
        """Stop everything and wait for it."""
        self.runs.close()
