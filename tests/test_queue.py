"""The queue of exports: real exports of a real course on a real pool, told of by signals."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from exporting import COURSE, OddKind, bring_in, drafts_in, names_in, odd_request, ten_megabytes
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from exportmanager.core.course import Course
from exportmanager.core.ledger import Job, JobState
from exportmanager.core.meter import Meter, Progress
from exportmanager.core.run import ExportRequest
from exportmanager.jobs.background import Background
from exportmanager.jobs.queue import JobQueue
from exportmanager.jobs.runs import Outcome
from exportmanager.program import Program


class Listening(QObject):
    def __init__(self, queue: JobQueue) -> None:
        super().__init__()
        self.states: list[tuple[int, JobState]] = []
        self.progress: list[tuple[int, Progress]] = []
        self.ended: list[tuple[Job, Outcome]] = []
        self.refused: list[Exception] = []
        queue.changed.connect(self._changed)
        queue.progressed.connect(self._progressed)
        queue.ended.connect(self._ended)
        queue.refused.connect(self._refused)

    def _changed(self, job: Job) -> None:
        self.states.append((job.id, job.state))

    def _progressed(self, job: int, progress: Progress) -> None:
        self.progress.append((job, progress))

    def _ended(self, job: Job, outcome: Outcome) -> None:
        self.ended.append((job, outcome))

    def _refused(self, error: Exception) -> None:
        self.refused.append(error)


@pytest.fixture
def queue(qtbot: QtBot, program: Program, tmp_path: Path) -> Iterator[JobQueue]:
    bring_in(program, tmp_path / "course")
    background = Background()
    queue = JobQueue(program, background)
    yield queue
    queue.close()
    background.close()


@pytest.fixture
def heard(queue: JobQueue) -> Listening:
    return Listening(queue)


def coursework(program: Program, **options: Any) -> ExportRequest:
    return ExportRequest("coursework", COURSE, program.kinds["coursework"].Options(**options))


def know(program: Program, kind: OddKind) -> None:
    """Let the program know `kind` as well."""
    program.__dict__["kinds"] = {**program.kinds, kind.id: kind}


class Gate:
    """An export that goes on until it is let go or stopped."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.open = threading.Event()

    def __call__(self, course: Course, out: Any, meter: Meter) -> None:
        self.began.set()
        meter.stage("Packing", 10)
        while not self.open.wait(0.001):
            meter.advance(0)
        out.write(b"done")


def test_an_export_is_in_the_ledger_at_once_and_on_the_shelf_in_the_end(
    qtbot: QtBot, program: Program, queue: JobQueue, heard: Listening
) -> None:
    queue.submit(coursework(program))
    qtbot.waitUntil(lambda: bool(heard.ended))
    job, outcome = heard.ended[0]
    assert outcome.is_done
    assert heard.states == [(job.id, JobState.CREATED), (job.id, JobState.EXPORTED)]
    assert job.file is not None
    assert names_in(program.shelf.folder) == [job.file.name]
    assert heard.progress[-1][1].fraction == 1.0


def test_stop_ends_an_export_within_a_second_and_leaves_nothing(
    qtbot: QtBot, program: Program, queue: JobQueue, heard: Listening
) -> None:
    gate = Gate()
    know(program, OddKind(gate))
    queue.submit(odd_request())
    qtbot.waitUntil(gate.began.is_set)
    queue.stop(heard.states[0][0])
    qtbot.waitUntil(lambda: bool(heard.ended), timeout=1_000)
    job, outcome = heard.ended[0]
    assert outcome.was_stopped
    assert job.state is JobState.CANCELLED
    assert names_in(program.shelf.folder) == drafts_in(program.shelf.folder) == []


def test_several_exports_run_at_once(qtbot: QtBot, program: Program, queue: JobQueue, heard: Listening) -> None:
    gate = Gate()
    know(program, OddKind(gate))
    queue.submit(odd_request())
    qtbot.waitUntil(gate.began.is_set)
    queue.submit(coursework(program))
    qtbot.waitUntil(lambda: bool(heard.ended))
    assert heard.ended[0][0].kind == "coursework"
    gate.open.set()
    qtbot.waitUntil(lambda: len(heard.ended) == 2)


def test_a_job_that_another_process_runs_is_asked_to_stop(
    qtbot: QtBot, program: Program, second: Program, queue: JobQueue
) -> None:
    ticket = second.exporter.submit(coursework(second))
    queue.stop(ticket.job.id)
    qtbot.waitUntil(lambda: second.ledger.is_asked_to_cancel(ticket.job.id))
    ticket.draft.discard()


def test_what_was_stopped_can_be_run_again_with_the_same_options_and_its_old_row_leaves_the_shelf(
    qtbot: QtBot, program: Program, queue: JobQueue, heard: Listening
) -> None:
    ticket = program.exporter.submit(coursework(program, order="student"))
    program.ledger.end(ticket.job.id, JobState.INTERRUPTED, program.clock())
    ticket.draft.discard()
    queue.run_again(ticket.job.id)
    qtbot.waitUntil(lambda: bool(heard.ended))
    job = heard.ended[0][0]
    assert job.state is JobState.EXPORTED
    assert job.options["order"] == "student"
    assert [row.id for row in program.ledger.shelf()] == [job.id]


def test_a_request_that_cannot_be_a_job_is_refused_in_words(qtbot: QtBot, queue: JobQueue, heard: Listening) -> None:
    queue.submit(odd_request())
    qtbot.waitUntil(lambda: bool(heard.refused))
    assert "no export called odd" in str(heard.refused[0])


def test_a_bug_in_a_kind_reaches_the_window_and_the_ledger(
    qtbot: QtBot, program: Program, queue: JobQueue, heard: Listening
) -> None:
    def broken(course: Course, out: Any, meter: Meter) -> None:
        raise ZeroDivisionError

    know(program, OddKind(broken))
    queue.submit(odd_request())
    qtbot.waitUntil(lambda: bool(heard.ended))
    assert isinstance(heard.ended[0][1].bug, ZeroDivisionError)
    assert heard.ended[0][0].state is JobState.FAILED


def test_closing_stops_what_runs_and_the_ledger_says_so(
    qtbot: QtBot, program: Program, queue: JobQueue, heard: Listening
) -> None:
    gate = Gate()
    know(program, OddKind(gate))
    queue.submit(odd_request())
    qtbot.waitUntil(gate.began.is_set)
    queue.close()
    assert program.ledger.jobs()[0].state is JobState.CANCELLED
    assert drafts_in(program.shelf.folder) == []


def test_a_job_can_be_asked_for_without_a_notification(
    qtbot: QtBot, program: Program, queue: JobQueue, heard: Listening
) -> None:
    know(program, OddKind(ten_megabytes))
    queue.submit(odd_request(), notify=False)
    qtbot.waitUntil(lambda: bool(heard.states))
    assert not queue.notifies(heard.states[0][0])
    queue.submit(odd_request())
    qtbot.waitUntil(lambda: len(heard.ended) == 2)
    assert queue.notifies(max(job.id for job, _ in heard.ended))
