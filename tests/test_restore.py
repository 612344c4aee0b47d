"""Restoring archives: the course comes back as it was, row by row and byte by byte, or the library stays as it is."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from bagging import COURSE, archived, bring_in_twice, everything, files_of, stored_rows
from commanding import CommandLine, ended, started
from conftest import Clock
from exporting import sha256, small_disk

from exportmanager.archive.restoring import Restored, restore
from exportmanager.core.course import AssignmentId, StudentId
from exportmanager.core.errors import BadOptions, BadSource, Cancelled, Damaged, NoRoom, NotFound, ProblemForTeacher
from exportmanager.core.meter import Meter, Progress
from exportmanager.library.rows import TABLES, person_column
from exportmanager.library.settings import PRIVACY_KEY, PSEUDONYM_KEY
from exportmanager.program import Program

PASSPHRASE = "a long passphrase"
OWN = {"alembic_version", "archives", "jobs", "projects", "settings", "sqlite_sequence"}
"""Tables of what a library has besides courses: they do not come back with one. Any other table has to."""


class Made:
    """A program with the course, and archives of it in every form, made once."""

    def __init__(self, folder: Path) -> None:
        self.program = Program(folder / "library", Clock())
        bring_in_twice(self.program, folder / "course")
        self.program.library.change_course_settings(COURSE, include_inactive=True)
        question = """'course-1', 'a1', 'q1', 'One', 'multiple-choice', 2.5, 0, '{"text":"Größe 数?"}'"""
        in_database(self.program, f"INSERT INTO assessments VALUES ({question})")
        self.zip = archived(self.program, folder / "zip")
        self.folder = archived(self.program, folder / "folder", form="folder")
        self.secret = archived(self.program, folder / "secret", PASSPHRASE)
        self.nameless = archived(self.program, folder / "nameless", privacy="pseudonymous")
        self.foreign = packed_again(self.zip.path, folder)


def packed_again(archive: Path, folder: Path) -> Path:
    """The same archive, unpacked and packed by other programs."""
    subprocess.run(["unzip", "-q", archive, "-d", folder / "unpacked"], check=True)
    path = folder / "by another program.zip"
    shutil.make_archive(str(path.with_suffix("")), "zip", folder / "unpacked")
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    made = Made(tmp_path_factory.mktemp("made"))
    yield made
    made.program.close()


def tables_of(program: Program) -> set[str]:
    """The tables of a library's database that hold courses, whatever the program says of them."""
    with closing(sqlite3.connect(program.library.folder / "library.sqlite3")) as database:
        names = {row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert names > OWN
    return names - OWN


def rows_in(program: Program, table: str) -> list[str]:
    """The rows of a table, but for what is this library's own."""
    rows = stored_rows(program.library.folder, table)
    return sorted(json.dumps({k: v for k, v in row.items() if (table, k) != ("imports", "id")}) for row in rows)


def packages_of(program: Program) -> dict[str, str]:
    folder = program.library.folder / "workspaces"
    return {path.relative_to(folder).as_posix(): sha256(path) for path in folder.rglob("*") if path.is_file()}


def exported(program: Program) -> dict[str, str]:
    """What each kind of export gives of the course."""
    found = {}
    with program.library.course(COURSE) as course:
        for name, kind in program.kinds.items():
            if kind.unavailable(course) is None and name not in {"pdf", "dossier"}:  # no guides; about one student only
                out = io.BytesIO()
                kind.write(course, kind.Options(), out, Meter())
                found[name] = hashlib.sha256(out.getvalue()).hexdigest()
    return found


def same_keys(made: Made, program: Program) -> None:
    """Pseudonyms are made with keys of each library."""
    for key in (PSEUDONYM_KEY, PRIVACY_KEY):
        program.library.set_setting(key, made.program.library.setting(key))


def restored(made: Made, program: Program, form: str, **parts: Any) -> Restored:
    path = made.foreign if form == "foreign" else getattr(made, form).path
    return restore(path, program.library, Meter(), PASSPHRASE if form == "secret" else None, **parts)


@pytest.mark.parametrize("form", ["zip", "folder", "secret", "foreign"])
def test_every_row_and_byte_comes_back_as_it_was(made: Made, program: Program, form: str) -> None:
    found = restored(made, program, form)
    for table in tables_of(made.program):
        assert rows_in(made.program, table), f"the test has nothing in {table}"
        assert rows_in(program, table) == rows_in(made.program, table), table
    assert packages_of(program) == packages_of(made.program)
    assert (found.title, found.was_here, found.damage) == ("A small course", False, ())
    assert found.workspaces == len(rows_in(made.program, "workspaces"))
    assert not (program.library.folder / "import.unfinished").exists()


def test_the_archive_that_it_came_from_still_proves_that_all_is_kept(made: Made, tmp_path: Path) -> None:
    program = Program(tmp_path / "library", made.program.clock)
    program.archives.restore(made.zip.path, Meter())
    (record,) = program.library.archives.all()
    program.archives.proofs.accept(record, record.certificate.open_gaps)
    assert program.deleting.proof(COURSE).is_safe
    program.close()


def test_exports_of_what_came_back_are_the_same(made: Made, program: Program) -> None:
    restored(made, program, "zip")
    was = exported(made.program)
    same_keys(made, program)
    assert len(was) > 5
    assert exported(program) == was


def test_an_archive_of_what_came_back_holds_the_same(made: Made, program: Program, tmp_path: Path) -> None:
    restored(made, program, "zip")
    same_keys(made, program)
    again = files_of(archived(program, tmp_path / "again").path)
    assert {name: data for name, data in again.items() if name.startswith("data/")} == {
        name: data for name, data in files_of(made.zip.path).items() if name.startswith("data/")
    }


def test_what_is_here_already_just_so_is_not_restored_again(made: Made, program: Program) -> None:
    restored(made, program, "zip")
    found = restored(made, program, "folder")
    assert found.was_here
    assert not found.rows


def test_a_course_that_is_here_otherwise_is_left_alone(made: Made, program: Program) -> None:
    restored(made, program, "zip")
    keep_note(program)
    with pytest.raises(BadSource, match="already"):
        restored(made, program, "zip")
    assert "another word" in "".join(rows_in(program, "teacher_notes"))


def keep_note(program: Program) -> None:
    program.library.notes.keep(COURSE, StudentId("s2"), AssignmentId("a1"), "another word", program.clock())


def test_a_course_in_the_trash_has_to_be_put_back_first(made: Made, program: Program) -> None:
    restored(made, program, "zip")
    program.library.trash.put_in(COURSE, program.clock())
    with pytest.raises(BadSource, match="trash"):
        restored(made, program, "zip")


def test_a_pseudonymous_archive_comes_back_with_pseudonyms(made: Made, program: Program) -> None:
    restored(made, program, "nameless")
    rows = "".join(row for table in TABLES for row in rows_in(program, table))
    assert "ada@example.org" not in rows
    assert len(rows_in(program, "workspaces")) == len(rows_in(made.program, "workspaces"))


def test_old_access_that_was_announced_then_is_announced_anew(made: Made, program: Program, tmp_path: Path) -> None:
    settings = {"remove_old_access": True, "retention_months": 6}
    restored(made, program, "zip")
    program.library.change_course_settings(COURSE, **settings)
    program.tidy()  # announces
    record = archived(program, tmp_path / "out")
    clock = Clock()
    clock.forward(days=400)
    later = Program(tmp_path / "later", clock)
    restore(record.path, later.library, Meter())
    later.tidy()
    assert len(rows_in(later, "access_events")) == len(rows_in(made.program, "access_events"))
    later.close()


# One student


def test_one_student_comes_with_what_is_needed_of_the_course(made: Made, program: Program) -> None:
    found = restored(made, program, "zip", student="s1")
    assert found.student == "Ada Example"
    for table in ("students", "results", "workspaces", "answers", "access_events", "teacher_notes"):
        column = person_column(table) or ""
        rows = [row for row in stored_rows(made.program.library.folder, table) if row[column] == "s1"]
        assert rows_in(program, table) == sorted(map(json.dumps, rows)), table
    for table in ("courses", "modules", "assignments", "published_versions", "blueprints"):
        assert rows_in(program, table) == rows_in(made.program, table)
    assert rows_in(program, "imports") == []
    assert len(program.library.courses()) == 1
    assert program.library.overview(COURSE).info.title == "A small course"


def test_a_student_is_added_to_a_course_that_is_here_and_nothing_else_changes(made: Made, program: Program) -> None:
    restored(made, program, "zip")
    keep_note(program)
    with closing(sqlite3.connect(program.library.folder / "library.sqlite3")) as database, database:
        database.execute("PRAGMA foreign_keys=ON")
        database.execute("DELETE FROM students WHERE id='s1'")
    restored(made, program, "folder", student="s1")
    for table in tables_of(program) - {"teacher_notes"}:
        assert rows_in(program, table) == rows_in(made.program, table), table
    assert "another word" in "".join(rows_in(program, "teacher_notes"))


def in_database(program: Program, *statements: str) -> None:
    with closing(sqlite3.connect(program.library.folder / "library.sqlite3")) as database, database:
        for statement in ("PRAGMA foreign_keys=ON", *statements):
            database.execute(statement)


def test_a_student_of_whom_something_is_here_gets_the_rest_and_what_is_otherwise_is_counted(
    made: Made, program: Program
) -> None:
    restored(made, program, "zip")
    in_database(
        program,
        "DELETE FROM answers WHERE student_id='s1'",
        "DELETE FROM workspaces WHERE student_id='s1' AND assignment_id='a2'",
        "UPDATE results SET grade=55 WHERE student_id='s1'",
    )
    looked = restored(made, program, "zip", student="s1", only_look=True)
    assert rows_in(program, "answers") != rows_in(made.program, "answers")
    found = restored(made, program, "zip", student="s1")
    assert looked == found
    assert {table: count for table, count in found.rows.items() if count} == {"answers": 1, "workspaces": 1}
    assert (found.workspaces, found.stayed, found.was_here) == (1, 1, False)
    assert '"grade": 55' in "".join(rows_in(program, "results"))
    again = restored(made, program, "zip", student="s1")
    assert (again.rows["answers"], again.stayed, again.bytes) == (0, 1, 0)


def test_a_student_who_is_here_just_so_is_said_to_be(made: Made, program: Program) -> None:
    restored(made, program, "zip")
    for only_look in (True, False):
        found = restored(made, program, "folder", student="s1", only_look=only_look)
        assert (found.was_here, found.student, found.workspaces, found.bytes) == (True, "Ada Example", 0, 0)


def test_somebody_else_of_the_same_id_is_not_mixed_up_with_the_student(made: Made, program: Program) -> None:
    restored(made, program, "zip")
    new = "first_name='Eve', last_name='Newcomer', username='eve', email='eve@example.org'"
    in_database(program, f"UPDATE students SET {new} WHERE id='s1'", "DELETE FROM answers WHERE student_id='s1'")
    before = {table: rows_in(program, table) for table in tables_of(program)}
    for only_look in (True, False):
        with pytest.raises(BadSource, match="Eve Newcomer has the id s1"):
            restored(made, program, "zip", student="s1", only_look=only_look)
    assert {table: rows_in(program, table) for table in tables_of(program)} == before


def test_a_student_who_only_changed_name_or_address_is_still_the_same(made: Made, program: Program) -> None:
    restored(made, program, "zip")
    in_database(program, "UPDATE students SET last_name='Married', email='new@example.org' WHERE id='s1'")
    assert restored(made, program, "zip", student="s1").stayed == 1


def test_other_work_in_the_library_is_not_buried_under_what_is_older(
    made: Made, program: Program, tmp_path: Path
) -> None:
    """The library's only version came in anew; the archive has a first and a second one."""
    builder = everything(tmp_path / "later")
    builder.file("s1", "a1", "main.py", "print('written after the archive')\n")
    program.bring_in("folder", str(builder.write()))
    before = rows_in(program, "workspaces"), packages_of(program)
    with pytest.raises(BadSource, match="other files of this student in Hello"):
        restored(made, program, "zip", student="s1")
    assert (rows_in(program, "workspaces"), packages_of(program)) == before


def test_a_student_of_another_course_too_stays_as_he_is_there(made: Made, program: Program, tmp_path: Path) -> None:
    builder = everything(tmp_path / "other")
    builder.course |= {"id": "course-2", "title": "Another course"}
    program.bring_in("folder", str(builder.write()))
    there = [row for row in rows_in(program, "workspaces") if "course-2" in row]
    restored(made, program, "zip", student="s2")
    assert [row for row in rows_in(program, "workspaces") if "course-2" in row] == there
    assert program.library.course_ids() == {"course-1", "course-2"}


def test_two_processes_that_restore_the_same_do_it_once(made: Made, tmp_path: Path) -> None:
    said = [started("restore", made.zip.path, "--json", library=tmp_path / "library") for _ in range(2)]
    found = [json.loads(one.out)[0]["was_here"] for one in map(ended, said)]
    assert sorted(found) == [False, True]
    program = Program(tmp_path / "library", Clock())
    for table in tables_of(program):
        assert rows_in(program, table) == rows_in(made.program, table), table
    assert len(program.library.archives.all()) == 1
    program.close()


def test_a_student_who_is_not_in_the_archive_is_not_found(made: Made, program: Program) -> None:
    with pytest.raises(NotFound, match="no student s99"):
        restored(made, program, "zip", student="s99")
    assert packages_of(program) == {}


# Only looking, stopping, full disks


def test_looking_says_what_would_come_and_changes_nothing(made: Made, program: Program) -> None:
    looked = restored(made, program, "zip", only_look=True)
    assert program.library.course_ids() == set()
    assert packages_of(program) == {}
    assert looked == restored(made, program, "zip")


def test_looking_at_one_student_says_just_what_then_comes(made: Made, program: Program) -> None:
    looked = restored(made, program, "folder", student="s2", only_look=True)
    assert program.library.course_ids() == set()
    assert looked == restored(made, program, "folder", student="s2")


def test_looking_refuses_what_would_be_refused(plain: Path, program: Program) -> None:
    change_rows(plain, "results", lambda row: row.update(student_id="nobody"))
    with pytest.raises(BadSource, match="do not belong together"):
        restore(plain, program.library, Meter(), only_look=True)


@pytest.mark.parametrize("stage", ["Verifying", "Restoring", "Taking it into the library"])
def test_stop_leaves_nothing_behind(made: Made, program: Program, stage: str) -> None:
    here = [""]

    def listen(progress: Progress) -> None:
        here[0] = progress.stage

    with pytest.raises(Cancelled):
        restore(made.zip.path, program.library, Meter(listen, lambda: here[0] == stage))
    assert program.library.course_ids() == set()
    assert packages_of(program) == {}


def test_a_full_disk_is_said_and_leaves_nothing(made: Made, tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", "700k"):
        program = Program(tmp_path / "small" / "library", Clock())
        filler = tmp_path / "small" / "filler"
        free = shutil.disk_usage(tmp_path / "small").free
        filler.write_bytes(bytes(max(free - 12_000, 0)))
        with pytest.raises(NoRoom):
            restored(made, program, "zip")
        filler.unlink()
        assert program.library.course_ids() == set()
        assert packages_of(program) == {}
        program.close()


# What is not trusted


@pytest.fixture
def plain(made: Made, tmp_path: Path) -> Path:
    """The archive as a folder, to be spoiled."""
    return Path(shutil.copytree(made.folder.path, tmp_path / "bag"))


def sign(bag: Path, *names: str) -> None:
    """Make the manifests say that files are as they are now."""
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        lines = (bag / manifest).read_text().splitlines()
        now = [f"{sha256(bag / path)}  {path}" if (path := line[66:]) in names else line for line in lines]
        (bag / manifest).write_text("".join(f"{line}\n" for line in now))
        names = (*names, manifest, "certificate.json")
        certificate = json.loads((bag / "certificate.json").read_text())
        certificate["payload_sha256"] = sha256(bag / "manifest-sha256.txt")
        (bag / "certificate.json").write_text(json.dumps(certificate))


def change_rows(bag: Path, table: str, change: Callable[[dict[str, Any]], Any]) -> None:
    path = bag / "data" / "library" / f"{table}.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        change(row)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    sign(bag, path.relative_to(bag).as_posix())


def refused(bag: Path, program: Program) -> ProblemForTeacher:
    with pytest.raises(ProblemForTeacher) as raised:
        restore(bag, program.library, Meter())
    assert program.library.course_ids() == set()
    assert packages_of(program) == {}
    assert raised.value.next_step
    return raised.value


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("courses", "taken_on", "soon"),
        ("courses", "has_children", 7),
        ("students", "role", "wizard"),
        ("students", "extra", "[" * 5000),
        ("students", "course_id", "course-2"),
        ("students", "id", "../../x"),
        ("results", "grade", "good"),
        ("results", "student_id", "nobody"),
        ("assignments", "position", 2**70),
        ("assignments", "title", None),
        ("access_events", "at", "2025-03-01T10:00"),
        ("access_events", "digest", "no hex"),
        ("workspaces", "package", "0" * 64),
        ("workspaces", "gaps", '[{"what": 1}]'),
        ("imports", "report", "{}"),
    ],
)
def test_a_row_that_the_program_would_not_have_written_is_refused(
    plain: Path, program: Program, table: str, column: str, value: Any
) -> None:
    change_rows(plain, table, lambda row: row.update({column: value}))
    refused(plain, program)


@pytest.mark.parametrize("name", ["../../evil.py", "/evil.py", "C:\\evil.py", "a/../../evil"])
def test_a_path_that_leads_astray_is_refused(plain: Path, program: Program, name: str) -> None:
    def rename(row: dict[str, Any]) -> None:
        row["members"][0][0] = row["manifest"][0][0] = name

    change_rows(plain, "packages", rename)
    refused(plain, program)


def to_a_path(key: str, row: dict[str, Any]) -> None:
    row[key] = f"../../{row[key][:20]}"


def test_a_hash_that_is_a_path_is_only_a_name(plain: Path, program: Program) -> None:
    """Packages are named by what they are."""
    for table in ("packages", "places", "workspaces", "published_versions"):
        key = "sha256" if table == "packages" else "package"
        change_rows(plain, table, partial(to_a_path, key))
    restore(plain, program.library, Meter())
    assert packages_of(program).keys() == {f"{h[:2]}/{h}.zip" for h in packages_of(program).values()}
    assert not list(program.library.folder.parent.glob("*.zip"))


def test_a_file_whose_hash_is_a_lie_is_refused(plain: Path, program: Program) -> None:
    def lie(row: dict[str, Any]) -> None:
        row["manifest"][0][3] = "0" * 64

    change_rows(plain, "packages", lie)
    assert isinstance(refused(plain, program), Damaged | BadSource)


@pytest.mark.parametrize(("key", "value"), [("version", 2), ("schema", "9999"), ("schema", None), ("format", "other")])
def test_an_archive_of_a_newer_version_is_refused(plain: Path, program: Program, key: str, value: Any) -> None:
    about = plain / "data/library/archive.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {key: value}))
    sign(plain, "data/library/archive.json")
    problem = refused(plain, program)
    assert "newer" in problem.what or "no archive" in problem.what


def test_what_an_older_archive_does_not_know_is_empty(plain: Path, program: Program) -> None:
    change_rows(plain, "students", lambda row: (row.pop("email"), row.pop("extra"), row.pop("enrolled_on")))
    (plain / "data/library/teacher_notes.jsonl").unlink()
    manifest = plain / "manifest-sha256.txt"
    manifest.write_text("".join(f"{s}\n" for s in manifest.read_text().splitlines() if "teacher_notes" not in s))
    sign(plain)
    found = restore(plain, program.library, Meter())
    assert found.damage  # only that the sum of bytes is another one
    with program.library.course(COURSE) as course:
        assert {(s.email, s.enrolled_on) for s in course.students()} == {("", None)}


def test_an_older_archive_of_a_course_that_is_here_just_so_is_known_as_such(plain: Path, program: Program) -> None:
    about = plain / "data/library/archive.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"schema": "0004"}))
    sign(plain, "data/library/archive.json")
    change_rows(plain, "students", lambda row: row.pop("extra"))
    restore(plain, program.library, Meter())
    assert restore(plain, program.library, Meter()).was_here
    keep_note(program)
    with pytest.raises(BadSource, match="already"):
        restore(plain, program.library, Meter())


def spoil(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def workspace_file(bag: Path, student: str) -> Path:
    places = [json.loads(line) for line in (bag / "data/library/places.jsonl").read_text().splitlines()]
    folder: str = next(place["folder"] for place in places if place["student"] == student)
    return next(path for path in sorted((bag / folder).rglob("*")) if path.is_file())


def test_damage_in_a_workspace_is_named_and_others_can_still_be_restored(plain: Path, program: Program) -> None:
    spoil(workspace_file(plain, "s2"))
    assert "Bo Sample" in refused(plain, program).what
    assert restore(plain, program.library, Meter(), student="s1").workspaces == 3


def test_damage_in_what_is_not_needed_is_only_said(plain: Path, program: Program) -> None:
    spoil(plain / "index.html")
    found = restore(plain, program.library, Meter())
    assert [damage.path for damage in found.damage] == ["index.html"]


def test_damage_in_the_rows_is_refused(plain: Path, program: Program) -> None:
    spoil(plain / "data/library/results.jsonl")
    assert "results.jsonl" in refused(plain, program).what


def test_what_is_no_archive_is_refused(program: Program, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as other:
        other.writestr("a.txt", "hello")
    refused(tmp_path / "x.zip", program)


def test_a_wrong_passphrase_is_said(made: Made, program: Program) -> None:
    with pytest.raises(BadOptions, match="passphrase"):
        restore(made.secret.path, program.library, Meter(), "another passphrase")


# The command line


def test_the_command_restores_and_says_so(
    made: Made, program: Program, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run = CommandLine(program.library.folder, capsys)
    assert "Would come" in run("restore", made.zip.path, "--dry-run").out
    assert run.json("courses") == []
    (record,) = run.json("restore", made.zip.path)
    assert (record["id"], record["was_here"], record["rows"]["students"]) == ("course-1", False, 5)
    (known,) = run.json("archives", "list")
    assert (known["path"], known["standing"]) == (str(made.zip.path), "whole")
    assert "just as it is" in run("restore", made.folder.path).out
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    said = run("restore", made.secret.path, "--student", "s1", "--passphrase-file", tmp_path / "passphrase")
    assert said.code == 0
    assert "Ada Example" in said.out
    assert run("restore", tmp_path / "missing.zip").code == 1
