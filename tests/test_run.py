"""One export from request to shelf: its states in order, its end however it ends, and nothing left behind."""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from conftest import Clock
from exporting import (
    COURSE,
    OddKind,
    bring_in,
    export,
    exporter_with,
    file_of,
    left_by,
    names_in,
    odd_request,
    run_odd,
    sha256,
    ten_megabytes,
    wait_until,
)

from exportmanager.core.course import Course
from exportmanager.core.errors import (
    BadOptions,
    NotFound,
    Unavailable,
)
from exportmanager.core.ledger import JobState
from exportmanager.core.meter import Meter, Progress
from exportmanager.core.run import ExportRequest
from exportmanager.program import Program

Writes = Callable[[Course, BinaryIO, Meter], object]


@pytest.fixture(autouse=True)
def _course(program: Program, tmp_path: Path) -> None:
    bring_in(program, tmp_path / "course")


def test_an_export_stands_on_the_shelf_as_the_ledger_says(program: Program, clock: Clock) -> None:
    job = export(program)
    path = file_of(program, job)
    assert (job.state, job.created_at, job.finished_at) == (JobState.EXPORTED, clock.now, clock.now)
    assert job.expires_at == clock.now + timedelta(days=7)
    assert path.parent == program.shelf.folder
    assert job.file is not None
    assert (path.stat().st_size, sha256(path)) == (job.file.size, job.file.sha256)
    assert job.report is not None
    assert {count.thing: (count.done, count.expected) for count in job.report.counts}["workspaces"] == (2, 2)
    assert zipfile.ZipFile(path).testzip() is None
    assert left_by(program) == ("exported", path.name)


def test_a_job_passes_through_its_states_in_order_each_to_be_seen_by_others(
    program: Program, second: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, ...]] = []

    def look(*_: object) -> None:
        job = second.ledger.jobs()[0]
        on_shelf = names_in(program.shelf.folder)
        seen.append((job.state.value, job.file.name if job.file else "", *on_shelf))

    move = os.link

    def watched(source: Path, target: Path) -> None:
        look()
        move(source, target)

    monkeypatch.setattr(os, "link", watched)
    kind = OddKind(look)
    exporter = exporter_with(program, kind)
    ticket = exporter.submit(odd_request())
    look()
    name = "SMALL Odd data 2026-03-02.bin"
    exporter.run(ticket)
    look()
    assert seen == [("created", ""), ("exporting", ""), ("sealed", name), ("exported", name, name)]


def test_progress_counts_bytes_to_the_end_of_each_stage(program: Program) -> None:
    seen: list[Progress] = []
    exporter = program.exporter
    kind = program.kinds["coursework"]
    job = exporter.run(exporter.submit(ExportRequest("coursework", COURSE, kind.Options())), seen.append)
    last = {progress.stage: progress for progress in seen}
    assert list(last) == ["Packing", "Reading it back"]
    assert all(progress.done == progress.total > 0 for progress in last.values())
    assert job.file is not None
    assert last["Reading it back"].total == job.file.size


def test_a_long_export_says_how_long_it_will_take(program: Program) -> None:
    seen: list[Progress] = []

    def slowly(course: Course, out: BinaryIO, meter: Meter) -> None:
        meter.stage("Packing", 100)
        began = time.monotonic()
        wait_until(lambda: time.monotonic() - began > 0.6)
        meter.advance(50)
        meter.advance(50)

    exporter = exporter_with(program, OddKind(slowly))
    exporter.run(exporter.submit(odd_request()), seen.append)
    half = next(progress for progress in seen if progress.done == 50)
    assert half.seconds_left is not None
    assert 0.5 < half.seconds_left < 5


def test_exports_of_the_same_day_get_names_of_their_own(program: Program) -> None:
    jobs = [export(program) for _ in range(3)]
    assert [job.file.name for job in jobs if job.file] == [
        "SMALL Coursework data 2026-03-02.zip",
        "SMALL Coursework data 2026-03-02 (2).zip",
        "SMALL Coursework data 2026-03-02 (3).zip",
    ]
    assert len({sha256(file_of(program, job)) for job in jobs}) == 1


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc: a course?", ".._.._etc_ a course_ Odd data 2026-03-02.bin"),
        ("🎓" * 200, "🎓" * 54 + " Odd data 2026-03-02.bin"),
        ("x" * 300, "x" * 60 + " Odd data 2026-03-02.bin"),
    ],
    ids=["hostile", "wide", "long"],
)
def test_whatever_a_course_is_called_its_file_gets_a_name_with_kind_and_day(
    program: Program, tmp_path: Path, title: str, name: str
) -> None:
    course = bring_in(program, tmp_path / "other", id="other", title=title, code="")
    exporter = exporter_with(program, OddKind(ten_megabytes))
    names = []
    for _ in range(2):
        job = exporter.run(exporter.submit(odd_request(course)))
        names.append(file_of(program, job).name)
    assert names == [name, name.replace(".bin", " (2).bin")]


@pytest.mark.parametrize("end", [JobState.FAILED, JobState.CANCELLED, JobState.INTERRUPTED])
def test_what_ended_without_a_file_can_be_run_again_with_its_options(program: Program, end: JobState) -> None:
    options = program.kinds["coursework"].Options.model_validate({"assignments": ["a1"], "order": "student"})
    ticket = program.exporter.submit(ExportRequest("coursework", COURSE, options))
    with pytest.raises(BadOptions, match="is created"):
        program.exporter.again(ticket.job.id)
    program.ledger.end(ticket.job.id, end, program.clock())
    ticket.draft.discard()
    request = program.exporter.again(ticket.job.id)
    assert request == ExportRequest("coursework", COURSE, options)
    job = program.exporter.run(program.exporter.submit(request))
    assert (job.state, job.id) == (JobState.EXPORTED, ticket.job.id + 1)
    with pytest.raises(BadOptions, match=r"is exported\. Only a job that ended without a file"):
        program.exporter.again(job.id)


def test_a_job_of_a_kind_that_this_version_lacks_says_so(program: Program) -> None:
    with pytest.raises(Unavailable):
        run_odd(program, OddKind(ten_megabytes, reason="it has none."))
    with pytest.raises(NotFound, match="has no export called odd"):
        program.exporter.again(program.ledger.jobs()[0].id)
