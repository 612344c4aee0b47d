"""What has expired leaves the shelf, in time and never too early, and nothing else does."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import Clock
from exporting import COURSE, bring_in, export, file_of, names_in, read_only, small_course

from exportmanager.core.errors import NoAccess, NotFound
from exportmanager.core.ledger import Job, JobState, Sealed
from exportmanager.core.retention import Due
from exportmanager.core.shelf import Removal
from exportmanager.program import Program
from exportmanager.shelf.shelf import FolderShelf


@pytest.fixture
def job(program: Program, tmp_path: Path) -> Job:
    """An export that was made just now."""
    bring_in(program, tmp_path / "course")
    program.tidy()
    return export(program)


def due(program: Program, job: Job, **watching: object) -> Due:
    return program.janitor.due(program.ledger.job(job.id), **watching)  # type: ignore[arg-type]


def state(program: Program, job: Job) -> JobState:
    return program.ledger.job(job.id).state


def forget_the_course(program: Program) -> None:
    with closing(sqlite3.connect(program.library.folder / "library.sqlite3")) as database, database:
        database.execute("PRAGMA foreign_keys = ON")
        database.execute("DELETE FROM courses WHERE id = ?", (COURSE,))


def test_a_file_stays_seven_days_with_a_warning_in_the_last_24_hours(program: Program, clock: Clock, job: Job) -> None:
    assert job.expires_at == clock.now + timedelta(days=7)
    assert due(program, job) is Due.STAYS
    clock.forward(days=6, seconds=-1)
    assert due(program, job) is Due.STAYS
    clock.forward(seconds=1)
    assert due(program, job) is Due.SOON
    clock.forward(days=1, seconds=-1)
    assert due(program, job) is Due.SOON
    assert program.janitor.expire(watching_since=program.started_at) == []
    assert file_of(program, job).exists()


def test_a_file_goes_at_once_when_the_program_was_open_as_it_became_due(
    program: Program, clock: Clock, job: Job
) -> None:
    clock.forward(days=7)
    ((tried, removal),) = program.janitor.expire(watching_since=program.started_at)
    assert (tried.id, removal) == (job.id, Removal.REMOVED)
    assert state(program, job) is JobState.EXPIRED
    assert names_in(program.shelf.folder) == []


def test_what_became_overdue_while_the_program_was_closed_goes_24_hours_after_it_was_shown(
    program: Program, clock: Clock, job: Job
) -> None:
    clock.forward(days=30)
    assert program.tidy().removed == []
    assert due(program, job) is Due.OVERDUE
    clock.forward(hours=23)
    assert program.tidy().removed == []  # a second look does not begin the 24 hours anew
    clock.forward(hours=1)
    assert [removal for _, removal in program.tidy().removed] == [Removal.REMOVED]
    assert state(program, job) is JobState.EXPIRED
    assert program.tidy().removed == []


def test_what_is_overdue_was_not_watched_by_a_program_that_started_later(
    program: Program, clock: Clock, job: Job
) -> None:
    clock.forward(days=7, seconds=1)
    assert due(program, job, watching_since=clock.now) is Due.OVERDUE
    assert due(program, job, watching_since=clock.now - timedelta(seconds=2)) is Due.GOES


def test_what_is_overdue_goes_on_request(program: Program, clock: Clock, job: Job) -> None:
    assert program.janitor.expire(on_request=True) == []
    clock.forward(days=8)
    assert len(program.janitor.expire(on_request=True)) == 1
    assert state(program, job) is JobState.EXPIRED


@pytest.mark.parametrize(("days", "kept_for"), [(1, timedelta(days=1)), (30, timedelta(days=30)), (0, None)])
def test_for_how_long_files_are_kept_can_be_set(
    program: Program, clock: Clock, job: Job, days: int, kept_for: timedelta | None
) -> None:
    program.change_settings("shelf", {"shelf_days": days})
    later = export(program)
    assert later.expires_at == (None if kept_for is None else clock.now + kept_for)
    assert job.expires_at == clock.now + timedelta(days=7)


def test_a_file_can_be_kept_longer(program: Program, clock: Clock, job: Job) -> None:
    clock.forward(days=8)
    program.tidy()
    program.ledger.keep(job.id, clock.now + timedelta(days=10))
    clock.forward(days=9)
    assert due(program, job) is Due.SOON
    clock.forward(days=2)
    assert program.tidy().removed == []
    clock.forward(days=1)
    assert len(program.tidy().removed) == 1


def test_a_file_can_be_kept_until_somebody_removes_it(program: Program, clock: Clock, job: Job) -> None:
    program.ledger.keep(job.id, None)
    clock.forward(days=10_000)
    assert program.tidy().removed == []
    assert program.janitor.expire(on_request=True, watching_since=program.started_at) == []
    assert due(program, job) is Due.KEPT
    assert program.janitor.take_off(job.id) is Removal.REMOVED
    assert state(program, job) is JobState.REMOVED


def test_what_may_be_the_last_copy_of_a_course_never_goes_by_itself(
    program: Program, clock: Clock, job: Job, tmp_path: Path
) -> None:
    forget_the_course(program)
    clock.forward(days=1000)
    for _ in range(3):
        clock.forward(days=2)
        assert program.tidy().removed == []
    assert program.janitor.expire(watching_since=program.started_at, on_request=True) == []
    assert due(program, job) is Due.LAST_COPY
    assert file_of(program, job).exists()
    program.bring_in("folder", str(tmp_path / "course"))
    assert due(program, job) is Due.OVERDUE


def test_the_last_copy_can_be_removed_by_hand(program: Program, job: Job) -> None:
    forget_the_course(program)
    assert program.janitor.take_off(job.id) is Removal.REMOVED


def test_a_clock_that_was_set_back_is_noticed_once(program: Program, clock: Clock, job: Job) -> None:
    clock.forward(days=-3)
    assert program.tidy().clock_jump == timedelta(days=-3)
    assert program.tidy().clock_jump is None
    clock.forward(minutes=-5)  # a correction over the network
    assert program.tidy().clock_jump is None
    clock.forward(days=400)
    assert program.tidy().clock_jump == timedelta(days=400)
    assert program.tidy().clock_jump is None


def test_after_a_clock_was_wrong_the_24_hours_begin_anew(program: Program, clock: Clock, job: Job) -> None:
    clock.forward(days=100)
    program.tidy()
    clock.forward(days=-92)  # it was wrong: only eight days have gone by
    assert program.tidy().removed == []
    assert due(program, job) is Due.OVERDUE
    clock.forward(hours=23)
    assert program.tidy().removed == []
    clock.forward(hours=1)
    assert len(program.tidy().removed) == 1


class BusyShelf(FolderShelf):
    """A shelf whose files another program has open, as Windows would say."""

    def remove(self, file: Sealed) -> Removal:
        return Removal.IN_USE


def test_a_file_that_is_open_elsewhere_is_tried_again_later(program: Program, clock: Clock, job: Job) -> None:
    clock.forward(days=7)
    busy = replace(program.janitor, shelf=BusyShelf(program.shelf.folder))
    assert [removal for _, removal in busy.expire(watching_since=program.started_at)] == [Removal.IN_USE]
    assert (state(program, job), program.ledger.job(job.id).removing) == (JobState.EXPORTED, None)
    assert [removal for _, removal in program.janitor.expire(watching_since=program.started_at)] == [Removal.REMOVED]


def test_a_shelf_that_can_only_be_read_keeps_its_files_and_does_not_stop_a_start(
    program: Program, clock: Clock, job: Job
) -> None:
    clock.forward(days=8)
    program.tidy()
    clock.forward(days=1)
    with read_only(program.shelf.folder):
        assert [removal for _, removal in program.tidy().removed] == [Removal.REFUSED]
        assert (state(program, job), program.ledger.job(job.id).removing) == (JobState.EXPORTED, None)
    assert [removal for _, removal in program.tidy().removed] == [Removal.REMOVED]


def test_another_file_in_its_place_is_left_alone_and_the_row_says_missing(
    program: Program, clock: Clock, job: Job
) -> None:
    file_of(program, job).write_bytes(b"x" * (job.file.size if job.file else 0))
    clock.forward(days=7)
    assert [removal for _, removal in program.janitor.expire(watching_since=program.started_at)] == [Removal.NOT_OURS]
    assert state(program, job) is JobState.MISSING
    assert file_of(program, job).read_bytes().startswith(b"xxx")


@pytest.mark.parametrize("gone_as", [JobState.EXPIRED, JobState.REMOVED])
def test_a_row_whose_file_went_stays_listed_and_can_be_run_again(program: Program, job: Job, gone_as: JobState) -> None:
    program.janitor.take_off(job.id, gone_as)
    (listed,) = program.ledger.jobs()
    assert (listed.state, listed.file, listed.report) == (gone_as, job.file, job.report)
    again = program.exporter.run(program.exporter.submit(program.exporter.again(job.id)))
    assert (again.state, again.options) == (JobState.EXPORTED, job.options)
    assert again.file == job.file  # the same bytes, under the name that is free again


def test_a_file_can_be_taken_off_only_once(program: Program, job: Job) -> None:
    program.janitor.take_off(job.id)
    with pytest.raises(NotFound, match="it is removed"):
        program.janitor.take_off(job.id)


def test_a_file_that_was_removed_by_hand_is_noticed_and_so_is_its_return(
    program: Program, job: Job, tmp_path: Path
) -> None:
    path = file_of(program, job)
    path.rename(tmp_path / "elsewhere.zip")
    assert [changed.state for changed in program.tidy().reconciled] == [JobState.MISSING]
    assert program.tidy().reconciled == []
    path.write_bytes(b"another file, of another size")
    assert program.tidy().reconciled == []
    path.write_bytes(b"x" * (job.file.size if job.file else 0))  # and one of the same size
    assert program.tidy().reconciled == []
    (tmp_path / "elsewhere.zip").replace(path)
    assert [changed.state for changed in program.tidy().reconciled] == [JobState.EXPORTED]


def test_a_shelf_that_cannot_be_reached_changes_nothing(
    program: Program, clock: Clock, job: Job, tmp_path: Path
) -> None:
    unfinished = program.exporter.submit(program.exporter.again(_failed(program)))
    unfinished.draft.release()
    clock.forward(days=7)
    away = program.shelf.folder.rename(tmp_path / "disk in another room")
    before = program.ledger.jobs()
    for _ in range(2):
        tidied = program.tidy()
        assert (tidied.reconciled, tidied.removed) == ([], [])
        clock.forward(days=2)
    assert program.janitor.expire(watching_since=program.started_at, on_request=True) == []
    with pytest.raises(NoAccess, match=r"cannot be reached\. Connect its disk"):
        program.janitor.take_off(job.id)
    assert program.ledger.jobs() == before
    assert not program.shelf.folder.exists()
    away.rename(program.shelf.folder)
    assert [changed.state for changed in program.tidy().reconciled] == [JobState.INTERRUPTED]
    assert due(program, job) is Due.OVERDUE


def _failed(program: Program) -> int:
    ticket = program.exporter.submit(program.exporter.again(_removed(program)))
    program.ledger.end(ticket.job.id, JobState.FAILED, program.clock())
    ticket.draft.discard()
    return ticket.job.id


def _removed(program: Program) -> int:
    job = export(program)
    program.janitor.take_off(job.id)
    return job.id


@pytest.mark.parametrize("intent", [JobState.EXPIRED, JobState.REMOVED])
def test_what_a_crash_left_half_removed_is_said_as_it_was_meant(program: Program, job: Job, intent: JobState) -> None:
    program.ledger.intend(job.id, intent)
    file_of(program, job).unlink()
    assert [changed.state for changed in program.tidy().reconciled] == [intent]


def test_an_intent_whose_file_is_still_there_changes_nothing(program: Program, job: Job) -> None:
    program.ledger.intend(job.id, JobState.EXPIRED)
    assert program.tidy().reconciled == []
    assert state(program, job) is JobState.EXPORTED


def test_files_of_a_teacher_on_the_shelf_are_never_touched(program: Program, clock: Clock, job: Job) -> None:
    own = program.shelf.folder / "my notes.zip"
    own.write_text("mine")
    (program.shelf.folder / "folder").mkdir()
    small_course(program.shelf.folder / "course")
    clock.forward(days=30)
    program.tidy()
    clock.forward(days=30)
    program.tidy()
    assert names_in(program.shelf.folder) == ["course", "folder", "my notes.zip"]
    assert own.read_text() == "mine"
