"""What a crash left is made true by the next start, also while other processes change the same rows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from conftest import Clock
from exporting import COURSE, bring_in, drafts_in, export, file_of, names_in

from exportmanager.core.course import CourseId
from exportmanager.core.ledger import Job, JobState, Sealed
from exportmanager.core.report import Report
from exportmanager.core.run import ExportRequest, Ticket
from exportmanager.core.shelf import Removal
from exportmanager.program import Program
from exportmanager.shelf.shelf import FileDraft, FolderShelf


@pytest.fixture
def ticket(program: Program, tmp_path: Path) -> Ticket:
    """A job that was asked for and lives."""
    bring_in(program, tmp_path / "course")
    return _ticket(program)


def _ticket(program: Program) -> Ticket:
    kind = program.kinds["coursework"]
    return program.exporter.submit(ExportRequest("coursework", COURSE, kind.Options()))


def sealed(program: Program, ticket: Ticket, name: str = "a.zip", data: bytes = b"whole") -> Sealed:
    """Take a job as far as sealed, as if its process ended there."""
    program.ledger.start(ticket.job.id)
    ticket.draft.create()
    ticket.draft.file.write(data)
    size, sha256 = ticket.draft.seal(lambda _: None)
    file = Sealed(name, size, sha256)
    program.ledger.seal(ticket.job.id, file, Report(), None, program.clock())
    return file


def job_of(program: Program, ticket: Ticket) -> Job:
    return program.ledger.job(ticket.job.id)


@pytest.mark.parametrize("started", [False, True])
def test_a_job_that_died_before_its_file_was_whole_is_interrupted(
    program: Program, ticket: Ticket, started: bool
) -> None:
    if started:
        program.ledger.start(ticket.job.id)
        ticket.draft.create()
        ticket.draft.file.write(b"half")
    ticket.draft.release()
    assert [job.state for job in program.tidy().reconciled] == [JobState.INTERRUPTED]
    assert drafts_in(program.shelf.folder) == []
    assert program.tidy().reconciled == []


def test_a_living_job_is_left_alone_at_every_step(program: Program, ticket: Ticket, second: Program) -> None:
    assert second.tidy().reconciled == []
    sealed(program, ticket)
    assert second.tidy().reconciled == []
    assert job_of(program, ticket).state is JobState.SEALED
    assert len(drafts_in(program.shelf.folder)) == 2
    ticket.draft.release()
    assert [job.state for job in second.tidy().reconciled] == [JobState.EXPORTED]


def test_a_sealed_draft_gets_its_name(program: Program, ticket: Ticket) -> None:
    sealed(program, ticket)
    ticket.draft.release()
    (job,) = program.tidy().reconciled
    assert file_of(program, job).read_bytes() == b"whole"
    assert (names_in(program.shelf.folder), drafts_in(program.shelf.folder)) == (["a.zip"], [])


def test_a_sealed_draft_gets_another_name_where_its_own_was_taken_meanwhile(program: Program, ticket: Ticket) -> None:
    sealed(program, ticket)
    ticket.draft.release()
    (program.shelf.folder / "a.zip").write_text("the teacher's own")
    (job,) = program.tidy().reconciled
    assert (job.state, job.file and job.file.name) == (JobState.EXPORTED, "a (2).zip")
    assert file_of(program, job).read_bytes() == b"whole"
    assert (program.shelf.folder / "a.zip").read_text() == "the teacher's own"


def test_a_file_that_had_its_name_already_is_exported(program: Program, ticket: Ticket) -> None:
    file = sealed(program, ticket)
    program.shelf.publish(ticket.draft.token, file.name, lambda _: None)
    ticket.draft.release()
    assert [job.state for job in program.tidy().reconciled] == [JobState.EXPORTED]
    assert names_in(program.shelf.folder) == ["a.zip"]


def test_a_crash_between_the_two_names_of_a_file_leaves_one(program: Program, ticket: Ticket) -> None:
    sealed(program, ticket)
    draft = program.shelf.folder / ".drafts" / f"{ticket.draft.token}.part"
    (program.shelf.folder / "a.zip").hardlink_to(draft)
    ticket.draft.release()
    assert [job.state for job in program.tidy().reconciled] == [JobState.EXPORTED]
    assert (names_in(program.shelf.folder), drafts_in(program.shelf.folder)) == (["a.zip"], [])


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"WHOLE"), lambda p: p.write_bytes(b"")])
def test_a_sealed_draft_that_is_not_whole_is_never_published(
    program: Program, ticket: Ticket, damage: Callable[[Path], object]
) -> None:
    sealed(program, ticket)
    ticket.draft.release()
    damage(program.shelf.folder / ".drafts" / f"{ticket.draft.token}.part")
    assert [job.state for job in program.tidy().reconciled] == [JobState.MISSING]
    assert (names_in(program.shelf.folder), drafts_in(program.shelf.folder)) == ([], [])


def test_a_job_that_dies_while_another_process_sweeps_keeps_its_whole_file(program: Program, ticket: Ticket) -> None:
    class Unlucky(FolderShelf):
        """The living job of another process is sealed and dies after the ledger was read, before the sweep."""

        def sweep(self, is_needed: Callable[[str], bool]) -> None:
            sealed(program, ticket)
            ticket.draft.release()
            super().sweep(is_needed)

    replace(program.janitor, shelf=Unlucky(program.shelf.folder)).reconcile()
    (job,) = program.tidy().reconciled
    assert (job.state, file_of(program, job).read_bytes()) == (JobState.EXPORTED, b"whole")


def test_a_job_that_ends_between_the_list_and_the_lock_keeps_its_end(program: Program, ticket: Ticket) -> None:
    class Slow(FolderShelf):
        """The job of another process ends after the ledger was read."""

        def claim(self, token: str) -> FileDraft | None:
            if token == ticket.draft.token and job_of(program, ticket).state is JobState.CREATED:
                program.ledger.end(ticket.job.id, JobState.CANCELLED, program.clock())
                ticket.draft.discard()
            return super().claim(token)

    assert replace(program.janitor, shelf=Slow(program.shelf.folder)).reconcile() == []
    assert job_of(program, ticket).state is JobState.CANCELLED
    assert drafts_in(program.shelf.folder) == []


@pytest.fixture
def expired(program: Program, clock: Clock, tmp_path: Path) -> Job:
    """An export whose time has come."""
    bring_in(program, tmp_path / "course")
    job = export(program)
    clock.forward(days=7)
    return job


class Beside(FolderShelf):
    """Calls `then` once, before or after a file is removed: another process that starts at this moment."""

    def __init__(self, folder: Path, then: Callable[[], object], *, before: bool) -> None:
        super().__init__(folder)
        self.then, self.before = then, before

    def remove(self, file: Sealed) -> Removal:
        then, self.then = self.then, int
        if self.before:
            then()
        removal = super().remove(file)
        if not self.before:
            then()
        return removal


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("what", ["expires too", "looks for missing files"])
def test_two_processes_that_remove_one_file_agree(
    program: Program, second: Program, expired: Job, before: bool, what: str
) -> None:
    def then() -> object:
        if what == "expires too":
            return second.janitor.expire(on_request=True)
        return second.janitor.reconcile()

    shelf = Beside(program.shelf.folder, then, before=before)
    replace(program.janitor, shelf=shelf).expire(watching_since=program.started_at)
    assert program.ledger.job(expired.id).state is JobState.EXPIRED
    assert names_in(program.shelf.folder) == []


def test_a_file_that_another_process_took_off_first_is_no_problem(
    program: Program, second: Program, expired: Job
) -> None:
    def courses() -> Collection[CourseId]:
        second.janitor.expire(on_request=True)  # after this process read the ledger
        return program.library.course_ids()

    assert replace(program.janitor, courses=courses).expire(watching_since=program.started_at) == []
    assert program.ledger.job(expired.id).state is JobState.EXPIRED


def test_two_processes_that_see_a_file_come_back_agree(program: Program, second: Program, expired: Job) -> None:
    path = file_of(program, expired)
    away = path.rename(path.with_name("away.zip"))
    program.janitor.reconcile()
    away.rename(path)

    class Both(FolderShelf):
        def holds(self, file: Sealed, *, thoroughly: bool) -> bool:
            held = super().holds(file, thoroughly=thoroughly)
            if thoroughly:
                second.janitor.reconcile()
            return held

    replace(program.janitor, shelf=Both(program.shelf.folder)).reconcile()
    assert program.ledger.job(expired.id).state is JobState.EXPORTED


def test_a_file_that_was_made_again_belongs_to_its_new_job_alone(program: Program, tmp_path: Path) -> None:
    bring_in(program, tmp_path / "course")
    first = export(program)
    file_of(program, first).unlink()
    program.tidy()
    again = program.exporter.run(program.exporter.submit(program.exporter.again(first.id)))
    assert again.file == first.file
    assert program.tidy().reconciled == []
    assert program.ledger.job(first.id).state is JobState.MISSING


def test_a_removal_that_died_half_way_does_not_claim_the_next_file_of_that_name(
    program: Program, tmp_path: Path
) -> None:
    bring_in(program, tmp_path / "course")
    first = export(program)
    program.ledger.intend(first.id, JobState.EXPIRED)
    file_of(program, first).unlink()  # here the process died
    second = export(program)
    assert second.file == first.file
    program.tidy()
    states = {job.id: job.state for job in program.ledger.jobs()}
    assert states == {first.id: JobState.EXPIRED, second.id: JobState.EXPORTED}
    assert file_of(program, second).exists()


def test_a_sealed_draft_does_not_take_the_file_of_another_job_for_its_own(program: Program, ticket: Ticket) -> None:
    data = file_of(program, export(program)).read_bytes()
    sealed(program, ticket, names_in(program.shelf.folder)[0], data)  # the same bytes and name, chosen at one moment
    ticket.draft.release()
    (job,) = program.tidy().reconciled
    assert (job.state, job.file and job.file.name) == (JobState.EXPORTED, "SMALL Coursework data 2026-03-02 (2).zip")
    assert len(names_in(program.shelf.folder)) == 2


def test_a_start_leaves_the_time_of_an_interruption(program: Program, ticket: Ticket, clock: Clock) -> None:
    ticket.draft.release()
    clock.forward(hours=5)
    (job,) = program.tidy().reconciled
    assert isinstance(job.finished_at, datetime)
    assert job.finished_at == clock.now
