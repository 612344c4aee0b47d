"""Archive again: what changed since the last archive, by whom and in which assignment."""

from __future__ import annotations

from pathlib import Path

import pytest
from bagging import archived
from building import CourseBuilder
from commanding import CommandLine
from conftest import Clock
from proving import flip

from exportmanager.archive.comparing import Changes, in_words
from exportmanager.core.archive import ArchiveRecord
from exportmanager.core.errors import BadSource
from exportmanager.core.meter import Meter
from exportmanager.program import Program

PASSPHRASE = "a long passphrase"


def built(folder: Path) -> CourseBuilder:
    builder = CourseBuilder(folder)
    builder.file("s1", "a1", "main.py")
    builder.file("s1", "a1", "old.py")
    builder.file("s2", "a1", "main.py", "for i in range(3):\n    print(i)\n")
    builder.add("answers", student="s1", assignment="a1", assessment="q1", attempt="1", answer="one")
    return builder


def changed(builder: CourseBuilder) -> None:
    """Another student and assignment, one workspace of which one file came, one changed and one went."""
    builder.student("s9", first_name="Nova", last_name="Newcomer", username="nova")
    builder.course["modules"][0]["assignments"].append({"id": "a3", "title": "Sets"})
    builder.file("s1", "a1", "main.py", "print('again')\n")
    builder.file("s1", "a1", "new.py")
    (builder.folder / "workspaces" / "a1" / "s1" / "old.py").unlink()
    builder.add("answers", student="s1", assignment="a1", assessment="q1", attempt="2", answer="two")
    builder.write()


def twice(
    program: Program, folder: Path, clock: Clock, passphrase: str | None = None, form: str = "zip"
) -> ArchiveRecord:
    """Archive a course, change it, and archive it again."""
    builder = built(folder / "course")
    program.bring_in("folder", str(builder.write()))
    options = {"exports": False, "reader": False}
    archived(program, folder / "out", passphrase, **options)
    clock.forward(days=7)
    changed(builder)
    program.bring_in("folder", str(builder.folder))
    return archived(program, folder / "out", passphrase, form=form, **options)


def check(changes: Changes | None) -> None:
    assert changes
    assert [one.name for one in changes.students_added] == ["Nova Newcomer"]
    assert [one.id for one in changes.assignments_added] == ["a3"]
    assert (changes.students_removed, changes.assignments_removed) == ([], [])
    newest, earlier = sorted(changes.work, key=lambda work: work.version)
    assert (newest.student, newest.assignment, newest.version) == ("Ada Example", "Hello", 0)
    assert newest.files == (["new.py"], ["main.py"], ["old.py"])
    assert (earlier.version, list(earlier.files.added)) == (1, ["main.py", "old.py"])
    assert changes.rows["answers"] == (1, 2)
    assert "coursework/students.csv" in changes.others.changed


@pytest.mark.parametrize("form", ["zip", "folder"])
def test_students_assignments_and_files_that_came_changed_and_went_are_named(
    program: Program, tmp_path: Path, clock: Clock, form: str
) -> None:
    record = twice(program, tmp_path, clock, form=form)
    changes = program.archives.proofs.since_last(record)
    check(changes)
    assert changes
    assert set(in_words(changes)) >= {
        "New student Nova Newcomer (s9)",
        "New assignment Sets (a3)",
        "Ada Example, Hello: 1 file added, 1 changed, 1 removed",
        "Ada Example, Hello, version 1: 2 files added",
        "answers: 1 before, 2 now",
    }


def test_encrypted_archives_are_compared_with_their_passphrase(program: Program, tmp_path: Path, clock: Clock) -> None:
    record = twice(program, tmp_path, clock, PASSPHRASE)
    assert program.archives.proofs.since_last(record) is None
    check(program.archives.proofs.since_last(record, PASSPHRASE))


def test_the_first_archive_of_a_course_has_nothing_to_be_compared_with(program: Program, tmp_path: Path) -> None:
    program.bring_in("folder", str(built(tmp_path / "course").write()))
    assert program.archives.proofs.since_last(archived(program, tmp_path / "out", exports=False)) is None


def test_an_archive_of_what_did_not_change_says_so(program: Program, tmp_path: Path, clock: Clock) -> None:
    program.bring_in("folder", str(built(tmp_path / "course").write()))
    archived(program, tmp_path / "out", exports=False, reader=False)
    clock.forward(days=1)
    again = archived(program, tmp_path / "out", exports=False, earlier_versions=False)
    changes = program.archives.proofs.since_last(again)
    assert changes is not None
    assert not changes
    assert list(in_words(changes)) == ["Nothing changed."]


def test_an_archive_of_the_very_same_is_compared_with_the_one_before_and_not_with_its_own_copies(
    program: Program, tmp_path: Path, clock: Clock
) -> None:
    program.bring_in("folder", str(built(tmp_path / "course").write()))
    first = archived(program, tmp_path / "out", exports=False, reader=False)
    (tmp_path / "copies").mkdir()
    program.archives.copy(first, tmp_path / "copies", Meter())
    assert program.archives.proofs.since_last(first) is None
    clock.forward(days=1)
    again = archived(program, tmp_path / "out", exports=False, reader=False)
    assert again.bag == first.bag
    changes = program.archives.proofs.since_last(again)
    assert changes is not None
    assert list(in_words(changes)) == ["Nothing changed."]


def test_an_archive_that_was_changed_is_not_compared(program: Program, tmp_path: Path, clock: Clock) -> None:
    record = twice(program, tmp_path, clock, form="folder")
    flip(record.path / "manifest-sha256.txt", 3)
    with pytest.raises(BadSource, match="was changed since it was made"):
        program.archives.proofs.since_last(record)


def test_the_command_says_what_changed(
    program: Program, tmp_path: Path, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    record = twice(program, tmp_path, clock)
    command = CommandLine(program.library.folder, capsys)
    assert "New student Nova Newcomer (s9)" in command("archives", "changes", record.id).out
    said = command("archive", record.course, "--to", tmp_path / "out", "--no-exports", "--no-reader")
    assert "Since the archive before it:\n  Nothing changed.\n" in said.out
    (found,) = command.json("archives", "changes", record.id)
    assert found["changes"]["work"][0]["files"]["added"] == ["new.py"]
