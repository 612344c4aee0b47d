"""Erasing one student: nothing in the library's folder names them afterwards, and everybody else's is as it was."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from bagging import COURSE, archived, bring_in_twice, everything, files_of, rows_of, stored_rows
from commanding import CommandLine
from conftest import Clock
from exporting import OddKind, export, exporter_with, odd_request

from exportmanager.archive.verifying import verify
from exportmanager.core.course import StudentId
from exportmanager.core.erasing import Erasure, Person, Scrubber
from exportmanager.core.errors import BadOptions, Cancelled, LibraryBusy, NotFound, ProblemForTeacher
from exportmanager.core.ledger import JobState
from exportmanager.core.meter import Meter
from exportmanager.core.run import ExportRequest
from exportmanager.library.rows import TABLES, person_column
from exportmanager.program import Program

ADA = StudentId("s1")
WORDS = ("Ada Example", "ada@example.org")
NOTE = "One student was erased on"


@pytest.fixture
def filled(program: Program, tmp_path: Path) -> Program:
    """A program with the course, in which one student is named wherever that can be."""
    builder = everything(tmp_path / "course")
    builder.file("s1", "a1", "own.txt", "by Ada Example, ada@example.org")
    shutil.rmtree(builder.folder / "workspaces" / "a2" / "s1")
    (builder.folder / "workspaces" / "a2" / "s1.zip").write_bytes(b"PK damaged")
    program.bring_in("folder", str(builder.write()))
    assert "Ada Example" in str(program.library.import_report(COURSE))
    bring_in_twice(program, tmp_path / "again")
    return program


def found_in(folder: Path, *words: str) -> list[str]:
    """The files below a folder in which one of these words stands, in any of the ways that a program writes it."""
    ways = {
        way
        for word in words
        for way in (word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be"), json.dumps(word)[1:-1].encode())
    }
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(way in path.read_bytes() for way in ways)]


def erase(program: Program, student: str = ADA) -> Any:
    return program.erasing.erase(COURSE, StudentId(student), Meter())


def others_rows(program: Program, table: str) -> list[str]:
    """The rows of a table that are not hers."""
    column, rows = person_column(table), stored_rows(program.library.folder, table)
    return sorted(json.dumps(row) for row in rows if column is None or row[column] != ADA)


def test_nothing_in_the_librarys_folder_names_who_was_erased(filled: Program, tmp_path: Path) -> None:
    record = archived(filled, tmp_path / "out")
    export(filled)
    filled.exporter.run(filled.exporter.submit(request_for(filled, "student", students=["s1"])))
    backups = filled.library.folder / "backups"
    backups.mkdir(exist_ok=True)
    (backups / "before-0005.sqlite3").write_bytes((filled.library.folder / "library.sqlite3").read_bytes())
    assert len(found_in(filled.library.folder, *WORDS)) > 3
    erased = erase(filled)
    assert erased.is_clean
    assert erased.mentions.rows == erased.mentions.packages == 0
    assert erased.erasure.backups == ("before-0005.sqlite3",)
    assert found_in(filled.library.folder, *WORDS) == []
    assert record.path.exists()
    assert filled.library.archives.archive(record.id).is_proof is record.is_proof
    with pytest.raises(NotFound):
        filled.library.student(COURSE, ADA)


def request_for(program: Program, kind: str, **options: Any) -> ExportRequest:
    return ExportRequest(kind, COURSE, program.kinds[kind].Options(**options))


def test_what_is_not_theirs_stays_as_it_is(filled: Program) -> None:
    before = {table: others_rows(filled, table) for table in TABLES}
    packages = {row["package"] for row in stored_rows(filled.library.folder, "workspaces") if row["student_id"] != ADA}
    erase(filled)
    for table in set(TABLES) - {"imports"}:
        assert others_rows(filled, table) == before[table], table
    assert packages <= {path.stem for path in (filled.library.folder / "workspaces").rglob("*.zip")}
    assert len(stored_rows(filled.library.folder, "imports")) == len(before["imports"])
    assert filled.library.import_report(COURSE) is not None


def test_a_package_that_somebody_else_has_too_stays(program: Program, tmp_path: Path) -> None:
    builder = everything(tmp_path / "course")
    builder.file("s2", "a2", "main.py", "print('a2')\n" * 20)  # just what she has there
    program.bring_in("folder", str(builder.write()))
    going = program.erasing.going(COURSE, ADA)
    assert going.packages == 1
    erase(program)
    with program.library.course(COURSE) as course:
        for workspace in course.workspaces():
            assert course.package_path(workspace.package.sha256).is_file()


def test_what_goes_is_shown_first_and_is_what_goes(filled: Program) -> None:
    of_all = export(filled)
    of_others = filled.exporter.run(filled.exporter.submit(request_for(filled, "coursework", students=["s2"])))
    hers = filled.exporter.run(filled.exporter.submit(request_for(filled, "student", students=["s1"])))
    of_nobody = filled.exporter.run(filled.exporter.submit(request_for(filled, "blueprints")))
    going = filled.erasing.going(COURSE, ADA)
    assert set(going.shelf) == {job.file.name for job in (of_all, hers) if job.file}
    assert going.rows["workspaces"] == 4
    assert (going.rows["students"], going.rows["teacher_notes"]) == (1, 1)
    erase(filled)
    states = {job.id: filled.ledger.job(job.id).state for job in (of_all, of_others, hers, of_nobody)}
    assert states[of_all.id] == states[hers.id] == JobState.REMOVED
    assert states[of_others.id] == states[of_nobody.id] == JobState.EXPORTED


def test_the_same_student_goes_from_every_course_and_from_the_trash(filled: Program, tmp_path: Path) -> None:
    for number, name, trashed in ((2, "Ada", True), (3, "Other", False)):
        builder = everything(tmp_path / str(number))
        builder.course |= {"id": f"course-{number}", "title": f"Course {number}", "code": f"C{number}"}
        builder.tables["roster"][0] |= {"id": "x9", "first_name": name}
        builder.tables["roster"][0]["email"] = "ada@example.org" if trashed else ""
        for table in ("results", "answers", "access", "coach-logs"):
            builder.tables[table] = []
        builder.file("x9", "a1", "main.py")
        (builder.folder / "workspaces" / "a1" / "s1").rename(tmp_path / f"s1-{number}-1")
        (builder.folder / "workspaces" / "a2" / "s1").rename(tmp_path / f"s1-{number}-2")
        filled.bring_in("folder", str(builder.write()))
        if trashed:
            filled.library.trash.put_in(f"course-{number}", filled.clock())  # type: ignore[arg-type]
    people = filled.erasing.going(COURSE, ADA).people
    assert [(person.course, person.id) for person in people] == [("course-1", "s1"), ("course-2", "x9")]
    erase(filled)
    assert found_in(filled.library.folder, *WORDS) == []
    filled.library.trash.put_back("course-2")  # type: ignore[arg-type]
    left = [row["id"] for row in stored_rows(filled.library.folder, "students") if row["course_id"] == "course-3"]
    assert "x9" in left


def test_what_others_wrote_is_counted_and_not_changed(filled: Program) -> None:
    filled.library.notes.keep(COURSE, StudentId("s2"), "a1", "worked with Ada Example", filled.clock())  # type: ignore[arg-type]
    mentions = erase(filled).mentions
    assert (mentions.rows, mentions.packages) == (1, 0)
    assert filled.library.notes.of(COURSE, StudentId("s2")) == {"a1": "worked with Ada Example"}


def test_others_files_that_name_them_are_counted(program: Program, tmp_path: Path) -> None:
    builder = everything(tmp_path / "course")
    builder.file("s2", "a1", "team.txt", "with Ada Example")
    builder.file("s3", "a1", "wide.txt", "with Ada Example".encode("utf-16-le"))
    program.bring_in("folder", str(builder.write()))
    assert erase(program).mentions.packages == 2


def test_while_an_export_is_made_nobody_is_erased(filled: Program) -> None:
    tried: list[ProblemForTeacher] = []

    def write(course: Any, out: Any, meter: Any) -> None:
        with pytest.raises(LibraryBusy) as raised:
            erase(filled)
        tried.append(raised.value)

    exporter = exporter_with(filled, OddKind(write))
    exporter.run(exporter.submit(odd_request()))
    assert "export" in tried[0].what
    assert filled.library.erasure.intended() is None


def test_an_open_reader_makes_the_next_start_clean_up(filled: Program, second: Program) -> None:
    with second.library.course(COURSE) as course:
        next(iter(course.results()))
        erased = erase(filled)
        assert not erased.is_clean
    filled.tidy()
    assert found_in(filled.library.folder, *WORDS) == []
    assert filled.library.erasure.intended() is None


def test_what_was_intended_when_the_program_was_killed_is_done_at_the_next_start(filled: Program) -> None:
    export(filled)
    filled.library.erasure.intend(filled.erasing.going(COURSE, ADA).people)
    filled.tidy()
    assert found_in(filled.library.folder, *WORDS) == []
    assert filled.library.erasure.intended() is None
    assert filled.ledger.shelf() == []


def test_stop_erases_nothing_of_the_course_neither_now_nor_later(filled: Program) -> None:
    before = {table: stored_rows(filled.library.folder, table) for table in TABLES}
    asked = iter([False])
    with pytest.raises(Cancelled):
        filled.erasing.erase(COURSE, ADA, Meter(stop=lambda: next(asked, True)))
    filled.tidy()
    assert {table: stored_rows(filled.library.folder, table) for table in TABLES} == before
    assert filled.library.erasure.intended() is None


def test_nobody_of_that_id_is_not_found(filled: Program) -> None:
    with pytest.raises(NotFound, match="no student s99"):
        filled.erasing.going(COURSE, StudentId("s99"))


# Texts and JSON

BO = Person(course=COURSE, course_title="", id=StudentId("s1"), first_name="Bo", last_name="Sample", username="bo1",
            email="bo@example.org")  # fmt: skip


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("Bo Sample, Hello", "(erased), Hello"),
        ("Sample, Bo", "(erased)"),
        ("mail BO@example.org now", "mail (erased) now"),
        ("Bo Samples", "Bo Samples"),
        ("classes1 and s1/a1", "classes1 and (erased)/a1"),
        ("robo1 bo1", "robo1 (erased)"),
    ],
)
def test_words_are_taken_out_of_texts_where_they_stand_alone(text: str, now: str) -> None:
    assert Scrubber([BO]).of_course(COURSE).text(text) == now


def test_ids_mean_somebody_else_in_another_course() -> None:
    scrubbing = Scrubber([BO]).of_course("course-2")
    assert scrubbing.text("s1 is Bo Sample") == "s1 is (erased)"


def test_json_stays_json_and_lists_of_ids_lose_theirs() -> None:
    scrubbing = Scrubber([BO]).of_course(COURSE)
    value = {"students": ["s1", "s2"], "n": 3, "d": [{"who": "Bo Sample", "before": "old@example.org", "now": "x"}]}
    assert scrubbing.value(value) == {
        "students": ["s2"],
        "n": 3,
        "d": [{"who": "(erased)", "before": "", "now": ""}],
    }
    assert json.loads(scrubbing.json('{"a": "\\u0042o Sample"}')) == {"a": "(erased)"}
    assert scrubbing.json('{"a":  1}') == '{"a":  1}'


# From an archive


@pytest.fixture(scope="module")
def archive_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Program, Path]]:
    """A program with the course, and a folder for archives."""
    folder = tmp_path_factory.mktemp("archives")
    program = Program(folder / "library", Clock())
    bring_in_twice(program, folder / "course")
    yield program, folder
    program.close()


@pytest.mark.parametrize(("form", "passphrase"), [("zip", None), ("folder", None), ("zip", "a long passphrase")])
def test_an_archive_is_made_anew_without_a_student(
    archive_of_all: tuple[Program, Path], tmp_path: Path, form: str, passphrase: str | None
) -> None:
    program, _ = archive_of_all
    old = archived(program, tmp_path / "out", passphrase, form=form, exports=form == "folder")
    new = program.erasing.from_archive(old.path, COURSE, ADA, Meter(), passphrase)
    assert new.path.parent == old.path.parent
    assert old.path.exists()
    found = verify(new.path, Meter(), passphrase)
    assert found.damage == ()
    assert found.certificate
    assert [note for note in found.certificate.notes if note.startswith(NOTE)]
    assert {one.id for one in found.certificate.students} == {"s2", "s3", "s4"}
    assert not list(program.library.folder.glob("erasing-*"))
    if passphrase:
        assert found_in(tmp_path / "out", *WORDS) == []
        return
    files = files_of(new.path)
    assert [name for name, data in files.items() for word in WORDS if word.encode() in data] == []
    before = files_of(old.path)
    assert {row["id"] for row in rows_of(files, "students")} == {"s2", "s3", "s4", "t1"}
    mine = [name for name in before if "/s1" in name or "user1" in name or "Ada" in name]
    assert mine
    of_others = {n for n in before if n.startswith("data/coursework/workspaces/") and n not in mine}
    assert all(files[name] == before[name] for name in of_others)


def test_the_old_archive_goes_only_where_that_is_asked_for(
    archive_of_all: tuple[Program, Path], tmp_path: Path
) -> None:
    program, _ = archive_of_all
    old = archived(program, tmp_path / "out", exports=False)
    (gap, *_) = old.certificate.open_gaps or (None,)
    if gap:
        program.archives.proofs.accept(old, [gap])
    new = program.erasing.from_archive(old.path, COURSE, ADA, Meter(), replaces=True)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        [new.path.name, f"{new.path.name}.certificate.json", f"{new.path.name}.certificate.pdf"]
    )
    assert old.id not in [record.id for record in program.library.archives.all()]
    again = program.erasing.from_archive(new.path, COURSE, StudentId("s2"), Meter())
    assert len([note for note in again.certificate.notes if note.startswith(NOTE)]) == 2


def test_an_archive_that_is_pseudonymous_or_of_another_course_or_student_is_refused(
    archive_of_all: tuple[Program, Path], tmp_path: Path
) -> None:
    program, _ = archive_of_all
    nameless = archived(program, tmp_path / "out", privacy="pseudonymous", exports=False)
    with pytest.raises(BadOptions, match="pseudonymous"):
        program.erasing.from_archive(nameless.path, COURSE, ADA, Meter())
    record = archived(program, tmp_path / "out", exports=False, reader=False)
    with pytest.raises(NotFound):
        program.erasing.from_archive(record.path, COURSE, StudentId("s99"), Meter())
    with pytest.raises(BadOptions, match="another course"):
        program.erasing.from_archive(record.path, "course-2", ADA, Meter())  # type: ignore[arg-type]
    assert len([path for path in (tmp_path / "out").iterdir() if path.suffix == ".zip"]) == 2


# The command line


def test_the_command_shows_first_and_erases_when_told(
    filled: Program, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = archived(filled, tmp_path / "out", exports=False, reader=False)
    run = CommandLine(filled.library.folder, capsys)
    shown = run("erase", "SMALL", "s1")
    assert "A small course (s1)" in shown.out
    assert "Nothing was erased" in shown.err
    assert found_in(filled.library.folder, *WORDS)
    (told,) = run.json("erase", "SMALL", "s1", "--yes", "--archive", record.path, "--replace")
    assert told["erased"] is True
    assert [Path(path).exists() for path in told["made"]] == [True]
    assert not record.path.exists()
    assert found_in(filled.library.folder, *WORDS) == []
    assert found_in(tmp_path / "out", *WORDS) == []
    assert run("erase", "SMALL", "s1", "--yes").code == 1


def test_the_database_is_sound_afterwards(filled: Program) -> None:
    assert isinstance(erase(filled).erasure, Erasure)
    with closing(sqlite3.connect(filled.library.folder / "library.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA freelist_count").fetchall() == [(0,)]
