"""Deleted courses: shown first, gone from everywhere, put back as they were, and after 30 days gone for good."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from building import CourseBuilder
from commanding import CommandLine
from conftest import Clock
from exporting import OddKind, exporter_with, file_of, names_in, odd_request

from exportmanager.archive.options import ArchiveOptions
from exportmanager.core.course import AssignmentId, CourseId, StudentId
from exportmanager.core.errors import BadOptions, BadSource, LibraryBusy, NoAccess, NotFound
from exportmanager.core.ledger import JobState
from exportmanager.core.locks import FileLock
from exportmanager.core.meter import Meter
from exportmanager.core.run import ExportRequest
from exportmanager.library.db import FILE_NAME, copy_database
from exportmanager.program import Program

COURSE, OTHER = CourseId("course-1"), CourseId("course-2")


@pytest.fixture
def full(program: Program, tmp_path: Path) -> Program:
    """Two courses that share a student and a workspace; one file on the shelf, one note."""
    for course in (COURSE, OTHER):
        builder = CourseBuilder(tmp_path / course)
        builder.course |= {"id": course, "code": course.upper(), "title": f"Course {course}"}
        os.utime(builder.file("s1", "a1", "shared.py", "print('in both')\n"), (0, 0))
        builder.file("s2", "a1", "own.py", f"print('{course}')\n")
        builder.add("answers", student="s1", assignment="a1", assessment="q", attempt=1, answer="42")
        program.bring_in("folder", str(builder.write()))
    program.library.notes.keep(COURSE, StudentId("s1"), AssignmentId("a1"), "Asked for more time.", program.clock())
    export(program)
    return program


def export(program: Program) -> None:
    options = program.kinds["coursework"].Options()
    program.exporter.run(program.exporter.submit(ExportRequest("coursework", COURSE, options)))


def packages(program: Program) -> set[str]:
    return {path.stem for path in (program.library.folder / "workspaces").glob("??/*.zip")}


def delete(program: Program) -> None:
    program.deleting.delete(COURSE, "COURSE-1", without_archive=True)


def everything(program: Program) -> list[str]:
    with closing(sqlite3.connect(program.library.folder / FILE_NAME)) as database:
        return [line for line in database.iterdump() if "clock-last-seen" not in line]


def test_what_goes_is_shown_with_numbers(full: Program) -> None:
    going = full.deleting.going(COURSE)
    assert (going.students, going.workspaces, going.files, going.answers, going.notes) == (3, 2, 2, 1, 1)
    assert going.elsewhere == 3, "by their user names: there they stay"
    assert going.word == "COURSE-1"
    assert len(going.shelf) == 1


@pytest.mark.parametrize("typed", ["", "course-2", "COURSE-1x", "Course course-1"])
def test_another_word_deletes_nothing(full: Program, typed: str) -> None:
    with pytest.raises(BadOptions, match="Type COURSE-1|is not the course's code"):
        full.deleting.delete(COURSE, typed, without_archive=True)
    assert COURSE in {summary.info.id for summary in full.library.courses()}


def test_without_an_archive_it_has_to_be_said(full: Program) -> None:
    with pytest.raises(BadOptions, match="There is no archive of this course"):
        full.deleting.delete(COURSE, "COURSE-1")
    assert full.deleting.trash() == []


def test_a_whole_archive_makes_it_safe_until_the_course_changes(full: Program, tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "disk").mkdir()
    clock.forward(minutes=1)
    record = full.archives.archive(COURSE, ArchiveOptions(), tmp_path / "disk", Meter())
    assert full.deleting.proof(COURSE).is_safe == record.is_proof
    full.archives.proofs.accept(record, record.certificate.open_gaps)
    assert full.deleting.proof(COURSE).is_safe
    clock.forward(minutes=1)
    full.library.notes.keep(COURSE, StudentId("s1"), AssignmentId("a1"), "More.", clock())
    changed = full.deleting.proof(COURSE)
    assert not changed.is_safe
    assert "has changed on" in changed.says


def test_a_deleted_course_is_nowhere(full: Program, second: Program) -> None:
    delete(full)
    for program in (full, second):
        assert [summary.info.id for summary in program.library.courses()] == [OTHER]
        for look in (program.library.overview, program.library.known, program.deleting.going):
            with pytest.raises(NotFound):
                look(COURSE)
        with pytest.raises(NotFound):
            program.library.find_course("COURSE-1")
        assert [trashed.info.id for trashed in program.deleting.trash()] == [COURSE]


def test_put_back_it_is_as_it_was(full: Program) -> None:
    before, files = everything(full), packages(full)
    delete(full)
    full.deleting.put_back(COURSE)
    assert everything(full) == before
    assert packages(full) == files


def test_it_is_not_taken_in_while_it_is_in_the_trash(full: Program, tmp_path: Path) -> None:
    delete(full)
    with pytest.raises(BadSource, match="is in the trash"):
        full.bring_in("folder", str(tmp_path / COURSE))
    full.deleting.put_back(COURSE)
    full.bring_in("folder", str(tmp_path / COURSE))


def test_after_thirty_days_it_goes_with_what_only_it_has(full: Program, clock: Clock) -> None:
    delete(full)
    before = packages(full)
    clock.forward(days=29)
    full.tidy()
    assert full.deleting.trash()
    clock.forward(days=2)
    full.tidy(watching_since=clock() - timedelta(days=2))
    assert full.deleting.trash() == []
    assert full.library.course_ids() == {OTHER}
    assert len(before - packages(full)) == 1, "the workspace that both courses have stays"
    assert not full.ledger.jobs([JobState.EXPORTED])
    dump = "\n".join(everything(full))
    assert "Asked for more time" not in dump


def test_what_should_have_gone_while_nobody_was_looking_gets_one_more_day(full: Program, clock: Clock) -> None:
    """So that a clock that is wrong by a month does not empty the trash."""
    full.tidy()
    delete(full)
    clock.forward(days=35)
    full.tidy()
    (trashed,) = full.deleting.trash()
    assert (trashed.goes_at, trashed.is_last_day) == (clock() + timedelta(days=1), True)
    clock.forward(hours=20)
    assert [one.info.id for one in full.tidy().last_day] == [COURSE]
    assert full.deleting.trash()
    clock.forward(hours=5)
    assert [one.info.id for one in full.tidy().purged] == [COURSE]
    assert full.deleting.trash() == []
    assert not full.library.setting("trash-last-days")


def test_a_clock_that_is_put_right_within_that_day_has_lost_nothing(full: Program, clock: Clock) -> None:
    full.tidy()
    delete(full)
    for days in (45, -45):
        clock.forward(days=days)
        full.tidy()
    (trashed,) = full.deleting.trash()
    assert (trashed.trashed_at, trashed.is_last_day) == (clock(), False)


def test_put_back_and_deleted_again_it_has_all_its_days(full: Program, clock: Clock) -> None:
    delete(full)
    clock.forward(days=31)
    full.tidy()
    full.deleting.put_back(COURSE)
    delete(full)
    (trashed,) = full.deleting.trash()
    assert (trashed.goes_at, trashed.is_last_day) == (clock() + timedelta(days=30), False)


def test_a_jump_of_the_clock_is_not_forgotten_where_a_start_is_killed(full: Program, clock: Clock) -> None:
    full.tidy()
    delete(full)
    clock.forward(days=400)
    full.library.look_at_clock(clock())  # and then it was killed
    full.tidy(watching_since=clock() - timedelta(days=400))
    (trashed,) = full.deleting.trash()
    assert trashed.trashed_at == clock()


def test_while_the_shelf_is_away_a_course_waits_and_everything_else_goes_on(full: Program, clock: Clock) -> None:
    delete(full)
    shelf = full.shelf.folder
    shelf.rename(shelf.with_name("away"))
    with pytest.raises(NoAccess, match="cannot be reached"):
        full.deleting.purge(COURSE)
    clock.forward(days=31)
    full.tidy(watching_since=clock() - timedelta(days=31))
    assert [trashed.info.id for trashed in full.deleting.trash()] == [COURSE]
    shelf.with_name("away").rename(shelf)
    full.tidy(watching_since=clock() - timedelta(days=31))
    assert full.deleting.trash() == []


def test_while_an_export_of_it_is_made_it_does_not_go_for_good(full: Program) -> None:
    def write(course: Any, out: Any, meter: Any) -> None:
        delete(full)
        with pytest.raises(LibraryBusy, match="export"):
            full.deleting.purge(COURSE)

    exporter = exporter_with(full, OddKind(write))
    exporter.run(exporter.submit(odd_request()))
    full.deleting.purge(COURSE)
    assert full.ledger.jobs() == []


def test_for_good_nothing_of_it_stays_but_its_archive_and_what_is_known_of_that(
    program: Program, tmp_path: Path
) -> None:
    """No row, no file, no job, and no copy of the database has it any more."""
    builder = CourseBuilder(tmp_path / "course")
    builder.file("s1", "a1", "own.py", "print('own')\n")
    builder.add("answers", student="s1", assignment="a1", assessment="q", attempt=1, answer="forty-two")
    program.bring_in("folder", str(builder.write()))
    (tmp_path / "out").mkdir()
    record = program.archives.archive(COURSE, ArchiveOptions(exports=False), tmp_path / "out", Meter())
    copy = copy_database(program.library._engine, "before-0005-from-0004")
    with closing(sqlite3.connect(copy)) as older, older:  # as one was before there were archives
        for statement in ("DROP TABLE archives", "DROP TABLE projects", "DROP TABLE teacher_notes",
                          "ALTER TABLE courses DROP COLUMN trashed_at"):  # fmt: skip
            older.execute(statement)
    (copy.parent / "damaged.sqlite3").write_text("no database")
    for kind in ("coursework", "grades"):
        program.exporter.run(program.exporter.submit(ExportRequest(kind, COURSE, program.kinds[kind].Options())))
    program.deleting.delete(COURSE, "SMALL", without_archive=True)
    program.deleting.purge(COURSE)
    assert rows_about(program.library.folder / FILE_NAME) == {"archives": 1}
    assert rows_about(copy) == {"packages": 1}
    assert packages(program) == set()
    assert names_in(program.shelf.folder) == []
    assert record.path.exists()
    program.library.archives.forget(record.id)
    program.close()
    copy.unlink()
    kept = [path for path in program.library.folder.rglob("*") if path.is_file()]
    assert [path.name for path in kept if b"Specimen" in path.read_bytes() or b"SMALL" in path.read_bytes()] == []


def rows_about(database: Path) -> dict[str, int]:
    """How many rows of each table are a course's, where there are any."""
    with closing(sqlite3.connect(database)) as opened:
        names = [row[0] for row in opened.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        columns = {name: {row[1] for row in opened.execute(f"PRAGMA table_info({name})")} for name in names}
        of_courses = [name for name in names if name in ("courses", "packages") or "course_id" in columns[name]]
        counts = {name: opened.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in of_courses}
    return {name: count for name, count in counts.items() if count}


def test_an_export_that_was_missing_goes_when_it_comes_back(full: Program, tmp_path: Path) -> None:
    (job,) = full.ledger.jobs([JobState.EXPORTED])
    file_of(full, job).rename(tmp_path / "taken along.zip")
    delete(full)
    full.deleting.purge(COURSE)
    (left,) = full.ledger.jobs()
    assert (left.state, left.report, left.options) == (JobState.MISSING, None, {})
    (tmp_path / "taken along.zip").rename(file_of(full, job))
    full.tidy()
    assert not file_of(full, job).exists()
    assert full.ledger.job(job.id).state is JobState.REMOVED


def test_its_words_are_not_in_the_database_file_any_more(full: Program) -> None:
    delete(full)
    full.deleting.purge(COURSE)
    kept = b"".join(path.read_bytes() for path in full.library.folder.glob(f"{FILE_NAME}*"))
    assert b"Asked for more time" not in kept


@pytest.mark.parametrize("days", [-3, 400])
def test_a_clock_that_jumped_removes_nothing(full: Program, clock: Clock, days: int) -> None:
    full.tidy()
    delete(full)
    clock.forward(days=days)
    full.tidy()
    (trashed,) = full.deleting.trash()
    assert trashed.trashed_at == clock.now


def test_while_something_is_imported_nothing_goes_for_good(full: Program, clock: Clock) -> None:
    delete(full)
    clock.forward(days=31)
    lock = FileLock.take(full.library.folder / "import.lock")
    assert lock is not None
    try:
        with pytest.raises(LibraryBusy):
            full.deleting.purge(COURSE)
        full.tidy(watching_since=clock() - timedelta(days=31))
        assert full.deleting.trash()
    finally:
        lock.release()
    full.tidy(watching_since=clock() - timedelta(days=31))
    assert full.deleting.trash() == []


def test_while_something_is_imported_no_course_is_deleted(full: Program) -> None:
    """What comes in at that moment may be work that no archive has."""
    lock = FileLock.take(full.library.folder / "import.lock")
    assert lock is not None
    try:
        with pytest.raises(LibraryBusy, match="into the library, or out of it"):
            delete(full)
    finally:
        lock.release()
    assert COURSE in {summary.info.id for summary in full.library.courses()}
    assert full.deleting.trash() == []


def test_what_was_restored_later_is_not_in_an_archive_that_was_whole(
    full: Program, tmp_path: Path, clock: Clock
) -> None:
    (tmp_path / "disk").mkdir()
    options = ArchiveOptions(exports=False, reader=False)
    first = full.archives.archive(COURSE, options, tmp_path / "disk", Meter())
    full.erasing.erase(COURSE, StudentId("s2"), Meter())
    clock.forward(minutes=1)
    record = full.archives.archive(COURSE, options, tmp_path / "disk", Meter())
    full.archives.proofs.accept(record, record.certificate.open_gaps)
    full.archives.proofs.accept(first, first.certificate.open_gaps)
    assert full.deleting.proof(COURSE).archive == full.library.archives.archive(record.id)
    clock.forward(minutes=1)
    full.archives.restore(first.path, Meter(), student="s2")
    assert not full.deleting.proof(COURSE).is_safe
    delete(full)
    full.deleting.purge(COURSE)
    assert not full.library.setting("restored-at")


def test_what_a_kill_left_of_a_purge_is_swept_up(full: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def kill(_: object) -> None:
        raise Killed

    delete(full)
    before = packages(full)
    monkeypatch.setattr(full.library.trash._store, "remove", kill)
    with pytest.raises(Killed):
        full.deleting.purge(COURSE)
    assert packages(full) == before
    monkeypatch.undo()
    full.tidy()
    assert len(before - packages(full)) == 1
    assert full.deleting.trash() == []


def test_twice_is_a_sentence(full: Program) -> None:
    delete(full)
    with pytest.raises(NotFound):
        delete(full)
    full.deleting.purge(COURSE)
    for again in (full.deleting.purge, full.deleting.put_back):
        with pytest.raises(NotFound, match="not here any more"):
            again(COURSE)


def test_the_command_line_shows_deletes_lists_and_puts_back(full: Program, capsys: pytest.CaptureFixture[str]) -> None:
    run = CommandLine(full.library.folder, capsys)
    shown = run("delete", "COURSE-1")
    assert "To delete it: delete course-1 --type COURSE-1 --without-archive" in shown.err
    assert "There is no archive" in shown.out
    assert run("delete", "COURSE-1", "--type", "COURSE-1").code == 1, "no archive proves it"
    assert run("delete", "COURSE-1", "--type", "COURSE-1", "--without-archive").code == 0
    assert "Course course-1 is in the trash" in run("delete", "COURSE-1").err
    assert [record["id"] for record in run.json("trash")] == [COURSE]
    assert run("put-back", "course-1").code == 0
    assert run.json("trash") == []
    run("delete", "COURSE-1", "--type", "COURSE-1", "--without-archive")
    assert "--yes" in run("purge", "course-1").err
    assert run.json("trash")
    assert run("purge", "course-1", "--yes").code == 0
    assert [record["id"] for record in run.json("courses")] == [OTHER]


def test_a_note_is_kept_shown_replaced_and_removed(full: Program, capsys: pytest.CaptureFixture[str]) -> None:
    run = CommandLine(full.library.folder, capsys)
    assert "Asked for more time." in run("note", "COURSE-1", "s1", "a1").out
    assert run("note", "COURSE-1", "s1", "a1", "Got two days.").code == 0
    assert full.library.notes.of(COURSE, StudentId("s1")) == {"a1": "Got two days."}
    assert run("note", "COURSE-1", "s1", "a1", "One line.\nAnother one.").out == "One line.\nAnother one.\n"
    assert "There is no note." in run("note", "COURSE-1", "s1", "a1", "").out
    assert run("note", "COURSE-1", "nobody", "a1", "x").code == 1
    assert run("note", "COURSE-1", "s1", "a1", "x" * 20_001).code == 1
