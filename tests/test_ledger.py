"""The ledger's arrows, each of them allowed or refused, and what a row keeps."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from conftest import Clock
from exporting import COURSE, bring_in

from exportmanager import __version__
from exportmanager.core.course import CourseId
from exportmanager.core.errors import NotFound
from exportmanager.core.ledger import RUN_AGAIN, UNFINISHED, WITHOUT_FILE, JobState, Ledger, Sealed
from exportmanager.core.report import Count, Gap, Report
from exportmanager.program import Program

FILE = Sealed("Größe 数.zip", 5_000_000_000, "ab" * 32)
REPORT = Report(counts=(Count(thing="files", expected=2, done=1),), gaps=(Gap(what="file", who="Ada", why="gone"),))
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

ENDS = (JobState.FAILED, JobState.CANCELLED, JobState.INTERRUPTED)
WAYS_OFF = (JobState.EXPIRED, JobState.REMOVED, JobState.MISSING)

Arrow = Callable[[Ledger, int], None]
ARROWS: dict[str, Arrow] = {
    "start": lambda ledger, job: ledger.start(job),
    "seal": lambda ledger, job: ledger.seal(job, FILE, REPORT, None, NOW),
    "publish": lambda ledger, job: ledger.publish(job, FILE.name),
    **{f"end as {s}": lambda ledger, job, s=s: ledger.end(job, s, NOW) for s in ENDS},  # type: ignore[misc]
    **{f"leave as {s}": lambda ledger, job, s=s: ledger.leave(job, s, NOW) for s in WAYS_OFF},  # type: ignore[misc]
    "leave after all": lambda ledger, job: ledger.leave_after_all(job, NOW),
}
WAY_TO: dict[JobState, list[str]] = {
    JobState.CREATED: [],
    JobState.EXPORTING: ["start"],
    JobState.SEALED: ["start", "seal"],
    JobState.EXPORTED: ["start", "seal", "publish"],
    **{state: ["start", f"end as {state}"] for state in ENDS},
    **{state: ["start", "seal", "publish", f"leave as {state}"] for state in WAYS_OFF},
}
ALLOWED: dict[tuple[JobState, str], JobState] = {
    (JobState.CREATED, "start"): JobState.EXPORTING,
    **{(state, f"end as {end}"): end for state in (JobState.CREATED, JobState.EXPORTING) for end in ENDS},
    (JobState.EXPORTING, "seal"): JobState.SEALED,
    (JobState.SEALED, "seal"): JobState.SEALED,  # its name had to change
    (JobState.SEALED, "publish"): JobState.EXPORTED,
    (JobState.MISSING, "publish"): JobState.EXPORTED,
    (JobState.EXPORTED, "publish"): JobState.EXPORTED,  # another process was faster
    **{(state, f"leave as {way}"): way for state in (JobState.SEALED, JobState.EXPORTED) for way in WAYS_OFF},
    **{(state, f"leave as {way}"): state for state in WAYS_OFF for way in WAYS_OFF},  # likewise
    (JobState.MISSING, "leave after all"): JobState.REMOVED,
    (JobState.REMOVED, "leave after all"): JobState.REMOVED,
}


@pytest.fixture
def ledger(program: Program, tmp_path: Path) -> Ledger:
    bring_in(program, tmp_path / "course")
    return program.ledger


def new(ledger: Ledger, draft: str = "0" * 32) -> int:
    return ledger.create(kind="coursework", course=COURSE, options={}, draft=draft, started_by="ada", now=NOW).id


def moved(ledger: Ledger, state: JobState, draft: str = "0" * 32) -> int:
    job = new(ledger, draft)
    for arrow in WAY_TO[state]:
        ARROWS[arrow](ledger, job)
    assert ledger.job(job).state is state
    return job


def test_every_state_can_be_reached_and_is_tested_from() -> None:
    assert set(WAY_TO) == set(JobState)
    assert set(UNFINISHED) | set(RUN_AGAIN) | {JobState.EXPORTED} == set(JobState)


@pytest.mark.parametrize("state", JobState)
def test_from_each_state_only_its_own_arrows_lead_on(ledger: Ledger, state: JobState) -> None:
    for number, (name, arrow) in enumerate(ARROWS.items()):
        job = moved(ledger, state, f"{number:032}")
        before = ledger.job(job)
        if target := ALLOWED.get((state, name)):
            arrow(ledger, job)
            assert ledger.job(job).state is target, name
        else:
            with pytest.raises(AssertionError):
                arrow(ledger, job)
            assert ledger.job(job) == before, name


def test_no_arrow_leads_to_a_state_that_is_not_its_own(ledger: Ledger) -> None:
    with pytest.raises(AssertionError):
        ledger.end(moved(ledger, JobState.EXPORTING, "1" * 32), JobState.EXPORTED, NOW)
    with pytest.raises(AssertionError):
        ledger.leave(moved(ledger, JobState.EXPORTED, "2" * 32), JobState.FAILED, NOW)


def test_a_job_that_is_not_there_cannot_be_moved(ledger: Ledger) -> None:
    with pytest.raises(AssertionError):
        ledger.start(99)
    with pytest.raises(NotFound, match="There is no job 99"):
        ledger.job(99)


def test_what_another_process_said_of_a_file_that_went_stays(ledger: Ledger) -> None:
    job = moved(ledger, JobState.EXPIRED)
    before = ledger.job(job)
    ledger.leave(job, JobState.MISSING, NOW + timedelta(days=1))
    assert ledger.job(job) == before


def test_a_row_keeps_all_that_it_is_given(ledger: Ledger) -> None:
    options = {"assignments": ["a1"], "naming": "names", "note": "数 \u202e"}
    berlin = datetime(2026, 3, 2, 13, tzinfo=timezone(timedelta(hours=1)))
    made = ledger.create(
        kind="coursework", course=COURSE, options=options, draft="d" * 32, started_by="ada", now=berlin
    )
    assert (made.kind, made.course_id, made.course_title, made.course_code) == (
        "coursework", COURSE, "A small course", "SMALL",
    )  # fmt: skip
    assert (made.options, made.draft, made.started_by, made.program) == (options, "d" * 32, "ada", __version__)
    assert (made.created_at, made.created_at.tzinfo) == (NOW, UTC)
    assert (made.state, made.file, made.report, made.expires_at) == (JobState.CREATED, None, None, None)
    ledger.start(made.id)
    ledger.seal(made.id, FILE, REPORT, NOW + timedelta(days=7), NOW)
    ledger.publish(made.id, "Größe 数 (2).zip")
    kept = ledger.job(made.id)
    assert kept.file == Sealed("Größe 数 (2).zip", FILE.size, FILE.sha256)
    assert (kept.report, kept.expires_at, kept.finished_at) == (REPORT, NOW + timedelta(days=7), NOW)


def test_an_end_keeps_its_sentences(ledger: Ledger) -> None:
    job = moved(ledger, JobState.EXPORTING)
    ledger.end(job, JobState.FAILED, NOW, "The disk is full.", "Make room.")
    assert (ledger.job(job).problem, ledger.job(job).next_step) == ("The disk is full.", "Make room.")
    assert ledger.job(job).finished_at == NOW


def test_a_job_of_a_course_that_is_not_there_is_refused(ledger: Ledger) -> None:
    with pytest.raises(NotFound, match="nowhere is not in the library"):
        ledger.create(kind="x", course=CourseId("nowhere"), options={}, draft="d", started_by="", now=NOW)
    assert ledger.jobs() == []


def test_jobs_come_newest_first_by_state_and_by_course(program: Program, ledger: Ledger, tmp_path: Path) -> None:
    other = bring_in(program, tmp_path / "other", id="course-2")
    first, second = moved(ledger, JobState.EXPORTED, "1" * 32), moved(ledger, JobState.FAILED, "2" * 32)
    third = ledger.create(kind="x", course=other, options={}, draft="3" * 32, started_by="", now=NOW).id
    assert [job.id for job in ledger.jobs()] == [third, second, first]
    assert [job.id for job in ledger.jobs([JobState.EXPORTED, JobState.CREATED])] == [third, first]
    assert [job.id for job in ledger.jobs(course=COURSE)] == [second, first]
    assert ledger.jobs([]) == []


def test_the_number_of_a_job_is_never_given_twice(program: Program, ledger: Ledger) -> None:
    job = new(ledger)
    with closing(sqlite3.connect(program.library.folder / "library.sqlite3")) as database, database:
        database.execute("DELETE FROM jobs")
    assert new(ledger) == job + 1


def test_a_job_outlives_its_course(program: Program, ledger: Ledger) -> None:
    job = moved(ledger, JobState.EXPORTED)
    with closing(sqlite3.connect(program.library.folder / "library.sqlite3")) as database, database:
        database.execute("PRAGMA foreign_keys = ON")
        database.execute("DELETE FROM courses")
    assert ledger.job(job).course_title == "A small course"


@pytest.mark.parametrize("state", JobState)
def test_only_a_running_job_can_be_asked_to_stop(ledger: Ledger, state: JobState) -> None:
    job = moved(ledger, state)
    if state in UNFINISHED:
        ledger.ask_to_cancel(job)
        assert ledger.is_asked_to_cancel(job)
    else:
        with pytest.raises(NotFound, match=f"is not running: it is {state}"):
            ledger.ask_to_cancel(job)
        assert not ledger.is_asked_to_cancel(job)


def test_keeping_a_file_longer_starts_its_way_off_the_shelf_anew(ledger: Ledger, clock: Clock) -> None:
    job = moved(ledger, JobState.EXPORTED)
    ledger.overdue_seen(job, NOW)
    assert ledger.job(job).overdue_seen_at == NOW
    ledger.keep(job, NOW + timedelta(days=30))
    assert (ledger.job(job).expires_at, ledger.job(job).overdue_seen_at) == (NOW + timedelta(days=30), None)
    ledger.keep(job, None)
    assert ledger.job(job).expires_at is None


def test_an_intent_to_remove_can_be_taken_back_and_ends_with_the_file(ledger: Ledger) -> None:
    job = moved(ledger, JobState.EXPORTED)
    ledger.intend(job, JobState.EXPIRED)
    assert ledger.job(job).removing is JobState.EXPIRED
    ledger.intend(job, None)
    assert ledger.job(job).removing is None
    ledger.intend(job, JobState.REMOVED)
    ledger.leave(job, JobState.REMOVED, NOW)
    assert (ledger.job(job).state, ledger.job(job).removing) == (JobState.REMOVED, None)


@pytest.mark.parametrize(("intent", "gone_as"), [(None, JobState.MISSING), (JobState.EXPIRED, JobState.EXPIRED)])
def test_a_name_on_the_shelf_belongs_to_the_job_that_took_it_last(
    ledger: Ledger, intent: JobState | None, gone_as: JobState
) -> None:
    first, other = moved(ledger, JobState.EXPORTED, "1" * 32), moved(ledger, JobState.SEALED, "2" * 32)
    ledger.publish(other, "another name.zip")
    ledger.intend(first, intent)
    second = moved(ledger, JobState.EXPORTED, "3" * 32)
    states = {job.id: job.state for job in ledger.jobs()}
    assert states == {first: gone_as, other: JobState.EXPORTED, second: JobState.EXPORTED}
    assert ledger.job(first).removing is None


@pytest.mark.parametrize("state", JobState)
def test_only_a_job_that_ended_without_a_file_can_be_dismissed(ledger: Ledger, state: JobState) -> None:
    job = moved(ledger, state)
    assert not ledger.job(job).dismissed
    if state in RUN_AGAIN:
        ledger.dismiss(job)
        ledger.dismiss(job)
        assert ledger.job(job).dismissed
        assert ledger.job(job).state is state
    else:
        with pytest.raises(NotFound, match=f"Job {job} cannot be dismissed: it is {state}"):
            ledger.dismiss(job)
        assert not ledger.job(job).dismissed


def test_a_job_that_is_not_there_cannot_be_dismissed(ledger: Ledger) -> None:
    with pytest.raises(NotFound, match="There is no job 99"):
        ledger.dismiss(99)


def test_the_shelf_shows_what_runs_what_is_there_and_what_nobody_dismissed(ledger: Ledger) -> None:
    jobs: dict[JobState, int] = {}
    for number, state in enumerate(state for state in JobState if state is not JobState.EXPORTED):
        jobs[state] = moved(ledger, state, f"{number:032}")
    jobs[JobState.EXPORTED] = moved(ledger, JobState.EXPORTED, "f" * 32)  # last: who exports takes the name
    shown = {*UNFINISHED, JobState.EXPORTED, *WITHOUT_FILE}
    assert [job.id for job in ledger.shelf()] == sorted((jobs[state] for state in shown), reverse=True)
    for gone in RUN_AGAIN:
        ledger.dismiss(jobs[gone])
    assert {job.state for job in ledger.shelf()} == {*UNFINISHED, JobState.EXPORTED}
    assert len(ledger.jobs()) == len(JobState), "the list of jobs still has them all"


def test_a_dismissed_job_whose_file_came_back_and_went_again_is_shown_again(ledger: Ledger) -> None:
    job = moved(ledger, JobState.MISSING)
    ledger.dismiss(job)
    assert ledger.shelf() == []
    ledger.publish(job, FILE.name)
    assert [shown.state for shown in ledger.shelf()] == [JobState.EXPORTED]
    ledger.leave(job, JobState.MISSING, NOW)
    assert [(shown.state, shown.dismissed) for shown in ledger.shelf()] == [(JobState.MISSING, False)]
