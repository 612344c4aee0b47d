"""Erasing one student: nothing in the library's folder names them afterwards, and everybody else's is as it was."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bagging import COURSE, archived, bring_in_twice, everything, files_of, rows_of, stored_rows
from commanding import CommandLine, ended, paused, started
from conftest import Clock
from exporting import OddKind, export, exporter_with, file_of, odd_request, small_disk
from sqlalchemy import String, Text

from exportmanager.archive.options import ArchiveOptions
from exportmanager.archive.verifying import verify
from exportmanager.core.course import CourseId, StudentId
from exportmanager.core.erasing import Erasure, Person, Scrubber
from exportmanager.core.errors import BadOptions, Cancelled, LibraryBusy, NoAccess, NoRoom, NotFound, ProblemForTeacher
from exportmanager.core.ledger import JobState
from exportmanager.core.meter import Meter
from exportmanager.core.run import ExportRequest
from exportmanager.library import erase as erase_module
from exportmanager.library.base import Table
from exportmanager.library.rows import TABLES, person_column
from exportmanager.library.types import Json
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
    for student in ("s1", "s2"):  # just the same, also in its time
        os.utime(builder.file(student, "a2", "main.py", "print('a2')\n" * 20), (0, 0))
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


def test_an_address_that_several_have_is_nobodys(filled: Program, tmp_path: Path) -> None:
    """Such as one that a school gave to all: else everybody would go with the one who asked."""
    builder = everything(tmp_path / "other")
    builder.course |= {"id": "course-2", "title": "Another course"}
    for row in builder.tables["roster"]:
        row |= {"email": "ada@example.org", "username": f"other-{row['id']}"}
    filled.bring_in("folder", str(builder.write()))
    people = filled.erasing.going(COURSE, ADA).people
    assert [(person.course, person.id, person.email) for person in people] == [("course-1", "s1", "")]
    before = [row for row in stored_rows(filled.library.folder, "students") if row["course_id"] == "course-2"]
    erase(filled)
    assert [row for row in stored_rows(filled.library.folder, "students") if row["course_id"] == "course-2"] == before


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


def test_a_file_that_another_program_has_open_goes_at_the_next_start(
    filled: Program, second: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, which removes nothing that is open."""
    folder = filled.library.folder / "workspaces"
    unlink = Path.unlink

    def refusing(path: Path, missing_ok: bool = False) -> None:
        if path.parent.parent == folder:
            raise PermissionError(13, "it is open elsewhere")
        unlink(path, missing_ok=missing_ok)

    before = len(list(folder.glob("*/*.zip")))
    with monkeypatch.context() as open_elsewhere:
        open_elsewhere.setattr(Path, "unlink", refusing)
        erased = erase(filled)
        second.library.sweep()
    assert not erased.is_clean
    assert len(list(folder.glob("*/*.zip"))) == before
    second.library.sweep()
    assert len(list(folder.glob("*/*.zip"))) == before - erased.erasure.packages


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


NO_NAMES = {
    "archives": {"bag", "course_id", "course_title", "path", "form", "sha256", "standing"},
    "jobs": {"kind", "course_id", "course_title", "course_code", "state", "draft", "started_by", "program",
             "file_sha256", "removing"},
    "packages": {"sha256", "manifest"},  # lists of files of others, which are their own words
    "projects": {"stack", "package"},
    "settings": {"name"},
}  # fmt: skip
"""Texts in tables of no course that tell of no student."""


def test_every_text_that_may_name_somebody_is_looked_through() -> None:
    """So that a new table, or a new column, is not forgotten."""
    for name, table in Table.metadata.tables.items():
        texts = {column.name for column in table.columns if isinstance(column.type, String | Text | Json)}
        if name not in TABLES:
            scrubbed = {*erase_module._TEXTS.get(name, ()), *erase_module._JSON.get(name, ())}
            assert texts == scrubbed | NO_NAMES[name], name
            assert not scrubbed & NO_NAMES[name]
    assert erase_module._JSON["imports"] == ("report",)


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("Bo Sample, Hello", "(erased), Hello"),
        ("Sample, Bo", "(erased)"),
        ("mail BO@example.org now", "mail (erased) now"),
        ("Bo Samples", "Bo Samples"),
        ("classes1 and s1/a1", "classes1 and (erased)/a1"),
        ("robo1 bo1", "robo1 (erased)"),
        ("Bo_Sample_a1.zip, bo-sample/x and Sample.Bo", "(erased)_a1.zip, (erased)/x and (erased)"),
        ("Boxsample", "Boxsample"),
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


def test_a_name_is_known_however_its_accents_are_written() -> None:
    person = replace(BO, first_name="Zo\u00eb")
    assert Scrubber([person]).of_course(COURSE).text("Zoe\u0308 Sample, Zo\u00eb_Sample") == "(erased), (erased)"


NUMBER = Person(course=COURSE, course_title="", id=StudentId("12"), first_name="Will", last_name="", username="34",
                email="")  # fmt: skip


def test_a_number_is_an_id_and_one_word_is_a_name_only_where_that_is_all() -> None:
    scrubbing = Scrubber([NUMBER]).of_course(COURSE)
    choice = {"students": ["12", "7"], "assignments": ["12"]}
    gap = {"student_id": "12", "why": "12 files will follow", "who": "Will"}
    certificate = {"students": [{"id": "12", "name": "Will"}], "counts": [{"id": "12"}]}
    assert scrubbing.value(choice) == choice | {"students": ["7"]}
    assert scrubbing.value(gap) == gap | {"student_id": "(erased)", "who": "(erased)"}
    assert scrubbing.value(certificate) == certificate | {"students": [{"id": "(erased)", "name": "(erased)"}]}


# From an archive


def made_anew(program: Program, path: Path, course: CourseId, student: StudentId, *rest: Any, **how: Any) -> Any:
    made = program.erasing.from_archive(path, course, student, *rest, **how)
    assert made is not None
    return made


def test_an_archive_of_a_course_that_has_gone_is_known_by_the_students_address(filled: Program, tmp_path: Path) -> None:
    builder = everything(tmp_path / "2")
    builder.course |= {"id": "course-2", "title": "Course 2", "code": "C2"}
    builder.tables["roster"][0] |= {"id": "x9"}
    for table in ("results", "answers", "access", "coach-logs"):
        builder.tables[table] = []
    for place in ("a1", "a2"):
        (builder.folder / "workspaces" / place / "s1").rename(builder.folder / "workspaces" / place / "x9")
    filled.bring_in("folder", str(builder.write()))
    old = filled.archives.archive(CourseId("course-2"), ArchiveOptions(), tmp_path, Meter())
    filled.deleting.delete(CourseId("course-2"), "C2", without_archive=True)
    filled.deleting.purge(CourseId("course-2"))
    new = made_anew(filled, old.path, COURSE, ADA, Meter())
    assert new.course == "course-2"
    assert "x9" in {one.id for one in old.certificate.students}
    assert "x9" not in {one.id for one in new.certificate.students}


def test_what_was_accepted_stays_so_where_it_named_who_was_erased(program: Program, tmp_path: Path) -> None:
    builder = everything(tmp_path / "course")
    builder.file("s1", "a1", "main.py").with_name("away.txt").symlink_to("../../../away.txt")
    program.bring_in("folder", str(builder.write()))
    old = archived(program, tmp_path / "out")
    hers = [gap for gap in old.certificate.open_gaps if "Ada Example" in gap.who]
    assert hers
    program.archives.proofs.accept(old, list(old.certificate.open_gaps))
    new = made_anew(program, old.path, COURSE, ADA, Meter())
    assert new.certificate.open_gaps == ()


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
    new = made_anew(program, old.path, COURSE, ADA, Meter(), passphrase)
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


def test_the_old_archive_goes_only_where_that_is_asked_for(filled: Program, tmp_path: Path) -> None:
    program = filled
    (tmp_path / "again" / "workspaces" / "a2" / "s3.zip").write_bytes(b"PK damaged")
    program.bring_in("folder", str(tmp_path / "again"))
    old = archived(program, tmp_path / "out", exports=False)
    program.archives.proofs.accept(old, old.certificate.open_gaps)
    of_others = [gap for gap in old.certificate.open_gaps if "Cy" in gap.who]
    assert of_others
    new = made_anew(program, old.path, COURSE, ADA, Meter(), replaces=True)
    assert set(of_others) <= set(new.certificate.accepted), "they need not be accepted once more"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        [new.path.name, f"{new.path.name}.certificate.json", f"{new.path.name}.certificate.pdf"]
    )
    assert old.id not in [record.id for record in program.library.archives.all()]
    again = made_anew(program, new.path, COURSE, StudentId("s2"), Meter())
    assert len([note for note in again.certificate.notes if note.startswith(NOTE)]) == 2


def test_an_old_archive_that_cannot_go_is_named_with_the_new_one(
    filled: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = archived(filled, tmp_path / "out", exports=False, reader=False)
    unlink = Path.unlink

    def refusing(path: Path, missing_ok: bool = False) -> None:
        if path == old.path:
            raise PermissionError(13, "it is open elsewhere")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refusing)
    with pytest.raises(NoAccess, match=r"\(2\).zip was made without the student, but .* could not be removed"):
        filled.erasing.from_archive(old.path, COURSE, ADA, Meter(), replaces=True)
    assert filled.library.student(COURSE, ADA)


def test_an_archive_that_is_pseudonymous_or_of_another_course_or_without_the_student_stays(
    archive_of_all: tuple[Program, Path], tmp_path: Path
) -> None:
    program, _ = archive_of_all
    nameless = archived(program, tmp_path / "out", privacy="pseudonymous", exports=False)
    with pytest.raises(BadOptions, match="pseudonymous"):
        program.erasing.from_archive(nameless.path, COURSE, ADA, Meter())
    record = archived(program, tmp_path / "out", exports=False, reader=False)
    assert program.erasing.from_archive(record.path, COURSE, StudentId("s99"), Meter()) is None
    with pytest.raises(BadOptions, match="another course"):
        program.erasing.from_archive(record.path, "course-2", ADA, Meter())  # type: ignore[arg-type]
    assert len([path for path in (tmp_path / "out").iterdir() if path.suffix == ".zip"]) == 2


def test_what_an_encrypted_archive_was_unpacked_to_goes_also_after_a_kill(
    archive_of_all: tuple[Program, Path], program: Program, tmp_path: Path
) -> None:
    """It lies readable in a folder for this user only, while a process works on it; not after the next start."""
    secret = archived(archive_of_all[0], tmp_path / "out", "a long passphrase", exports=False, reader=False)
    (tmp_path / "passphrase").write_text("a long passphrase")
    command = ("erase", COURSE, "s1", "--archive", secret.path, "--passphrase-file", tmp_path / "passphrase", "--yes")
    library = program.library.folder
    process = started(*command, library=library)
    paused(process, lambda: list(library.glob("erasing-*/workspaces/??/*.zip")))
    process.kill()
    ended(process)
    (unpacked,) = (path for path in library.glob("erasing-*") if path.is_dir())
    assert stat.S_IMODE(unpacked.stat().st_mode) == 0o700
    assert list(unpacked.glob("workspaces/??/*.zip"))
    program.tidy()
    assert list(library.glob("erasing-*")) == []
    assert found_in(library, *WORDS, "Bo", "user1", "user2") == []
    assert [path.name for path in (tmp_path / "out").glob("*archive*.zip")] == [secret.path.name]


def test_unpacked_files_that_cannot_go_now_do_not_keep_the_program_from_starting(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "in use", str(path))

    left = program.library.folder / "erasing-0"
    left.mkdir()
    left.with_suffix(".lock").touch()
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", refuse)
        program.tidy()
    assert left.exists()
    program.tidy()
    assert list(program.library.folder.glob("erasing-*")) == []


def test_a_full_disk_is_said_and_leaves_nothing_of_the_archive(
    archive_of_all: tuple[Program, Path], tmp_path: Path
) -> None:
    secret = archived(archive_of_all[0], tmp_path / "out", "a long passphrase", exports=False, reader=False)
    before = sorted((tmp_path / "out").iterdir())
    with small_disk(tmp_path / "small", "900k"):
        program = Program(tmp_path / "small" / "library", Clock())
        filler = tmp_path / "small" / "filler"
        filler.write_bytes(bytes(max(shutil.disk_usage(tmp_path / "small").free - 100_000, 0)))
        with pytest.raises(NoRoom):
            program.erasing.from_archive(secret.path, COURSE, ADA, Meter(), "a long passphrase")
        assert list(program.library.folder.glob("erasing-*")) == []
        program.close()
    assert sorted((tmp_path / "out").iterdir()) == before


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


def test_a_student_of_a_course_that_has_gone_is_erased_from_its_archive(
    filled: Program, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = archived(filled, tmp_path / "out", exports=False, reader=False)
    run = CommandLine(filled.library.folder, capsys)
    filled.deleting.delete(COURSE, "SMALL", without_archive=True)
    assert "A small course (s1)" in run("erase", "SMALL", "s1").out, "it is in the trash"
    filled.deleting.purge(COURSE)
    assert found_in(filled.library.folder, *WORDS), "its archive is still known"
    assert run("erase", COURSE, "s1", "--yes").code == 1
    shown = run("erase", COURSE, "s1", "--archive", record.path)
    assert "The library has nothing of this student" in shown.err
    assert f"erase {COURSE} s1 --archive '{record.path}' --yes" in shown.err
    assert run("erase", COURSE, "s99", "--archive", record.path, "--yes").code == 1
    assert record.path.exists()
    (told,) = run.json("erase", COURSE, "s1", "--archive", record.path, "--replace", "--yes")
    assert [Path(path).exists() for path in told["made"]] == [True]
    assert not record.path.exists()
    assert found_in(filled.library.folder, *WORDS) == []
    assert found_in(tmp_path / "out", *WORDS) == []


def test_a_file_on_the_shelf_that_somebody_wrote_to_stays_and_is_named(
    filled: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    file = file_of(filled, export(filled))
    (size, text) = file.stat().st_size, "the teacher's own words, "
    file.write_text((text * size)[:size])
    said = CommandLine(filled.library.folder, capsys)("erase", "SMALL", "s1", "--yes")
    assert f"{file.name} was changed since it was exported, and stays on the shelf" in said.err
    assert file.exists()


def test_no_archive_is_begun_while_a_student_is_erased(filled: Program, tmp_path: Path) -> None:
    """What it began with would hold the student, whom nothing finds in it later."""
    filled.library.erasure.intend(filled.erasing.going(COURSE, ADA).people)
    with pytest.raises(LibraryBusy, match="A student is being erased"):
        filled.archives.archive(COURSE, ArchiveOptions(), tmp_path, Meter())
    assert not filled.archives.drafts.are_alive()
    filled.library.erasure.withdraw()
    assert filled.archives.archive(COURSE, ArchiveOptions(), tmp_path, Meter()).path.exists()


def test_backups_stay_where_nobody_was_erased_after_all(filled: Program) -> None:
    backup = filled.library.folder / "backups" / "before-0005.sqlite3"
    backup.parent.mkdir(exist_ok=True)
    backup.touch()
    asked = iter([False])
    with pytest.raises(Cancelled):
        filled.erasing.erase(COURSE, ADA, Meter(stop=lambda: next(asked, True)))
    assert backup.exists()


def test_what_a_killed_export_left_does_not_keep_a_student(filled: Program) -> None:
    """Its draft is unlocked, and its row says that it is being made."""
    ticket = filled.exporter.submit(request_for(filled, "coursework"))
    ticket.draft.create()
    ticket.draft.file.write(b"Ada Example")
    ticket.draft.release()
    erase(filled)
    assert filled.ledger.job(ticket.job.id).state is JobState.INTERRUPTED
    assert found_in(filled.library.folder, *WORDS) == []


def test_the_database_is_sound_afterwards(filled: Program) -> None:
    assert isinstance(erase(filled).erasure, Erasure)
    with closing(sqlite3.connect(filled.library.folder / "library.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA freelist_count").fetchall() == [(0,)]
