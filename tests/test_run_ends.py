"""However an export ends early, that is recorded in sentences and nothing is left behind."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
from exporting import (
    COURSE,
    OddKind,
    bring_in,
    export,
    exporter_with,
    left_by,
    odd_request,
    read_only,
    run_odd,
    small_disk,
    ten_megabytes,
    wait_until,
)

from exportmanager.core.course import Course, CourseId
from exportmanager.core.errors import (
    Cancelled,
    NoAccess,
    NoRoom,
    NotFound,
    Unavailable,
)
from exportmanager.core.ledger import JobState
from exportmanager.core.meter import Meter, Progress
from exportmanager.core.run import ExportRequest
from exportmanager.program import Program
from exportmanager.shelf.shelf import FolderShelf

Writes = Callable[[Course, BinaryIO, Meter], object]


@pytest.fixture(autouse=True)
def _course(program: Program, tmp_path: Path) -> None:
    bring_in(program, tmp_path / "course")


@pytest.mark.parametrize("at", ["Packing", "Reading it back"])
def test_stop_ends_an_export_and_leaves_nothing(program: Program, at: str) -> None:
    stop = threading.Event()
    exporter = exporter_with(program, OddKind(ten_megabytes))

    def listen(progress: Progress) -> None:
        if progress.stage == at:
            stop.set()

    with pytest.raises(Cancelled):
        exporter.run(exporter.submit(odd_request()), listen, stop.is_set)
    assert left_by(program) == ("cancelled",)


def test_a_second_ctrl_c_is_a_cancellation_too(program: Program) -> None:
    def press(course: Course, out: BinaryIO, meter: Meter) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_odd(program, OddKind(press))
    assert left_by(program) == ("cancelled",)


def test_another_process_stops_an_export_within_a_second_while_a_large_file_is_copied(
    program: Program, second: Program
) -> None:
    def copy(course: Course, out: BinaryIO, meter: Meter) -> None:
        meter.stage("Packing", 1 << 40)
        while True:
            out.seek(0)
            out.write(bytes(1 << 20))
            meter.advance(1 << 20, "film.bin")

    exporter = exporter_with(program, OddKind(copy))
    ticket = exporter.submit(odd_request())
    ended: list[BaseException] = []
    give_up = threading.Event()

    def work() -> None:
        try:
            exporter.run(ticket, stop=give_up.is_set)
        except Cancelled as cancelled:
            ended.append(cancelled)

    thread = threading.Thread(target=work)
    thread.start()
    wait_until(lambda: second.ledger.job(ticket.job.id).state is JobState.EXPORTING)
    asked_at = time.monotonic()
    second.ledger.ask_to_cancel(ticket.job.id)
    thread.join(5)
    took = time.monotonic() - asked_at
    give_up.set()
    thread.join()
    assert took < 1
    assert len(ended) == 1
    assert left_by(program) == ("cancelled",)


def full(course: Course, out: BinaryIO, meter: Meter) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def buggy(course: Course, out: BinaryIO, meter: Meter) -> None:
    out.write(b"half")
    raise ZeroDivisionError("the name of a student")


def unplugged(course: Course, out: BinaryIO, meter: Meter) -> None:
    raise OSError(errno.EIO, "Input/output error", "/media/stick")


@pytest.mark.parametrize(
    ("writes", "error", "problem", "next_step"),
    [
        (full, NoRoom, "The disk became full while writing the export.", "Make room on it and run it again."),
        (buggy, ZeroDivisionError, "The export stopped because of a mistake in this program.", ""),
        (
            unplugged,
            NoAccess,
            "The disk did not answer as it should while writing the export (/media/stick): Input/output error.",
            "Check that the disk is still connected, then run it again.",
        ),
    ],
)
def test_a_failure_is_recorded_in_sentences_and_leaves_nothing(
    program: Program, writes: Writes, error: type[BaseException], problem: str, next_step: str
) -> None:
    with pytest.raises(error):
        run_odd(program, OddKind(writes))
    job = program.ledger.jobs()[0]
    assert (job.problem, job.next_step) == (problem, next_step)
    assert left_by(program) == ("failed",)


def test_a_disk_that_has_no_room_is_noticed_before_anything_is_written(program: Program) -> None:
    with pytest.raises(NoRoom, match="no room for this export"):
        run_odd(program, OddKind(buggy, needs=1 << 60))
    assert left_by(program) == ("failed",)
    assert program.ledger.jobs()[0].problem.startswith("The disk has no room for this export: it needs about")


def test_a_disk_that_becomes_full_in_the_middle_is_left_as_it_was(program: Program) -> None:
    with small_disk(program.shelf.folder, "4m") as disk:
        shelf = FolderShelf(disk, disk_free=lambda _: 1 << 40)
        with pytest.raises(NoRoom, match="became full"):
            run_odd(program, OddKind(ten_megabytes), shelf=shelf)
        assert left_by(program) == ("failed",)
        assert sum(path.stat().st_size for path in disk.rglob("*") if path.is_file()) == 0


def test_a_shelf_that_can_only_be_read_is_a_problem_with_a_next_step(program: Program) -> None:
    export(program)
    with read_only(program.shelf.folder), pytest.raises(NoAccess, match="Check who may read and write there"):
        export(program)
    assert len(program.ledger.jobs()) == 1


def test_an_export_that_a_course_does_not_have_says_why(program: Program) -> None:
    with pytest.raises(Unavailable, match="not available for this course: it has no logs"):
        run_odd(program, OddKind(buggy, reason="it has no logs."))
    assert left_by(program) == ("failed",)


def test_an_unknown_kind_or_course_leaves_no_job(program: Program) -> None:
    for request in (ExportRequest("nothing", COURSE, odd_request().options), odd_request(CourseId("nowhere"))):
        with pytest.raises(NotFound):
            exporter_with(program, OddKind(buggy)).submit(request)
    assert program.ledger.jobs() == []
