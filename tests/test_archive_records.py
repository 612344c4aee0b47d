"""The library knows its archives, how they stand, and which gaps were accepted."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from bagging import COURSE
from commanding import CommandLine
from conftest import Clock
from exporting import small_course
from proving import flip

from exportmanager.archive.certificate import beside, read_beside
from exportmanager.archive.options import ArchiveOptions
from exportmanager.core.archive import ArchiveRecord, Standing
from exportmanager.core.errors import BadOptions, NotFound
from exportmanager.core.meter import Meter
from exportmanager.core.report import Gap
from exportmanager.core.settings.archives import ArchiveSettings
from exportmanager.program import Program


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def record(program: Program, tmp_path: Path, out: Path) -> ArchiveRecord:
    """An archive of a course that lacks a workspace that was begun."""
    program.bring_in("folder", str(small_course(tmp_path / "course")))
    extra = tmp_path / "course" / "results.csv"
    extra.write_text(extra.read_text(encoding="utf-8").replace("s1,a1", "s1,a2"), encoding="utf-8")
    program.bring_in("folder", str(tmp_path / "course"))
    options = ArchiveOptions(exports=False, reader=False)
    return program.archives.archive(COURSE, options, out, Meter())


def test_an_archive_that_was_made_is_known_whole(program: Program, record: ArchiveRecord) -> None:
    (known,) = program.archives.proofs.all(COURSE)
    assert known == record
    assert (known.standing, known.form, known.encrypted) == (Standing.WHOLE, "zip", False)
    assert program.library.archives.at(record.path) == record
    assert known.certificate.open_gaps
    assert not known.is_proof


def test_accepting_every_gap_by_name_makes_it_a_proof_also_beside_the_archive(
    program: Program, record: ArchiveRecord
) -> None:
    proofs = program.archives.proofs
    first, *others = record.certificate.open_gaps
    assert proofs.accept(record, [first]) == []
    assert proofs.archive(record.id).is_proof is (not others)
    assert proofs.accept(record, others) == []
    known = proofs.archive(record.id)
    assert known.is_proof
    beside = read_beside(record.path)
    assert beside is not None
    assert set(beside.accepted) == {first, *others} == set(known.certificate.accepted)
    assert beside.sha256 == record.sha256
    proofs.verify(known, Meter())
    assert proofs.archive(record.id).is_proof


def test_an_archive_without_names_proves_nothing_for_deleting(program: Program, tmp_path: Path, out: Path) -> None:
    program.bring_in("folder", str(small_course(tmp_path / "course")))
    options = ArchiveOptions(exports=False, reader=False, privacy="pseudonymous")
    record = program.archives.archive(COURSE, options, out, Meter())
    assert (record.standing, record.certificate.open_gaps, record.is_proof) == (Standing.WHOLE, (), False)
    proof = program.deleting.proof(COURSE)
    assert not proof.is_safe
    assert proof.says.endswith("has pseudonyms only: the names would be gone with the course.")
    named = program.archives.archive(COURSE, ArchiveOptions(exports=False, reader=False), out, Meter())
    proof = program.deleting.proof(COURSE)
    assert (proof.archive, proof.is_safe) == (named, True)
    assert "everything that was received but what was left out by choice (1 thing), and is whole." in proof.says


def test_a_gap_that_it_does_not_have_cannot_be_accepted(program: Program, record: ArchiveRecord) -> None:
    with pytest.raises(BadOptions, match="has no gap"):
        program.archives.proofs.accept(record, [Gap(what="moon", why="it is far")])


def test_what_was_accepted_is_kept_where_the_disk_is_away(program: Program, record: ArchiveRecord, out: Path) -> None:
    out.rename(out.with_name("away"))
    assert program.archives.proofs.accept(record, record.certificate.open_gaps) == [record.path]
    out.with_name("away").rename(out)
    assert program.archives.proofs.archive(record.id).is_proof


def test_it_is_not_reachable_while_its_disk_is_away_and_whole_again_after(
    program: Program, record: ArchiveRecord, out: Path
) -> None:
    out.rename(out.with_name("away"))
    (known,) = program.archives.proofs.all()
    assert (known.standing, known.is_proof) == (Standing.NOT_REACHABLE, False)
    out.with_name("away").rename(out)
    assert program.archives.proofs.archive(record.id).standing is Standing.WHOLE


def test_it_turns_red_when_its_size_changed_and_waits_for_verifying_when_it_was_written_to(
    program: Program, record: ArchiveRecord
) -> None:
    flip(record.path, 500)
    os.utime(record.path)
    known = program.archives.proofs.archive(record.id)
    assert (known.standing, known.is_proof) == (None, False)
    with record.path.open("ab") as file:
        file.write(b"x")
    assert program.archives.proofs.archive(record.id).standing is Standing.CHANGED


def test_a_folder_turns_red_when_its_list_changed(program: Program, record: ArchiveRecord, out: Path) -> None:
    made = program.archives.archive(COURSE, ArchiveOptions(form="folder", exports=False, reader=False), out, Meter())
    proofs = program.archives.proofs
    assert proofs.archive(made.id).standing is Standing.WHOLE
    flip(made.path / "tagmanifest-sha256.txt", 3)
    assert proofs.archive(made.id).standing is Standing.CHANGED
    (made.path / "tagmanifest-sha256.txt").unlink()
    assert proofs.archive(made.id).standing is Standing.CHANGED


def test_verifying_is_remembered_with_what_was_found(program: Program, record: ArchiveRecord, clock: Clock) -> None:
    clock.forward(days=400)
    known, found = program.archives.proofs.verify(record, Meter())
    assert (known.standing, known.checked_at, found.damage) == (Standing.WHOLE, clock(), ())
    flip(record.path, record.size // 2)
    known, found = program.archives.proofs.verify(known, Meter())
    assert known.standing is Standing.CHANGED
    assert known.problem
    assert found.damage[0].path in known.problem
    flip(record.path, record.size // 2)
    assert program.archives.proofs.verify(known, Meter())[0].standing is Standing.WHOLE


def test_another_archive_in_its_place_is_no_proof_of_it(program: Program, record: ArchiveRecord, out: Path) -> None:
    (program.library.folder.parent / "course" / "workspaces" / "a1" / "s1" / "main.py").write_text("print('x')\n")
    program.bring_in("folder", str(program.library.folder.parent / "course"))
    other = program.archives.archive(COURSE, ArchiveOptions(exports=False, reader=False), out, Meter())
    shutil.copy2(other.path, record.path)
    known, _ = program.archives.proofs.verify(record, Meter())
    assert known.standing is Standing.CHANGED
    assert "another archive stands in its place" in known.problem


def test_a_second_archive_at_the_same_place_replaces_what_was_known(program: Program, record: ArchiveRecord) -> None:
    again = program.library.archives.add(replace(record, sha256="0" * 64))
    assert [one.id for one in program.library.archives.all()] == [again.id]


def test_it_can_be_found_elsewhere_and_forgotten(program: Program, record: ArchiveRecord, tmp_path: Path) -> None:
    proofs = program.archives.proofs
    record.path.rename(tmp_path / "moved.zip")
    with pytest.raises(NotFound):
        proofs.locate(record, tmp_path / "nowhere.zip")
    found = proofs.locate(record, tmp_path / "moved.zip")
    assert found.standing is None, "nobody has read it there"
    assert proofs.verify(found, Meter())[0].standing is Standing.WHOLE
    proofs.forget(record)
    assert proofs.all() == []
    assert (tmp_path / "moved.zip").exists()
    with pytest.raises(NotFound, match="no archive"):
        proofs.archive(record.id)


def test_another_archive_is_not_taken_for_it_and_keeps_its_certificate(
    program: Program, record: ArchiveRecord, out: Path
) -> None:
    (program.library.folder.parent / "course" / "workspaces" / "a1" / "s1" / "main.py").write_text("print('x')\n")
    program.bring_in("folder", str(program.library.folder.parent / "course"))
    other = program.archives.archive(COURSE, ArchiveOptions(exports=False, reader=False), out, Meter())
    proofs = program.archives.proofs
    for wrong in (other.path, out / "renamed.zip"):
        if wrong != other.path:
            shutil.copy2(other.path, wrong)  # without its certificate
        with pytest.raises(BadOptions, match="is another archive: of"):
            proofs.locate(record, wrong)
    assert proofs.archive(record.id).path == record.path
    program.library.archives.moved(record.id, other.path)  # as it may have come about in another way
    before = beside(other.path)[0].read_bytes()
    assert proofs.accept(record, record.certificate.gaps) == [other.path]
    assert beside(other.path)[0].read_bytes() == before


def test_a_copy_that_is_found_where_another_one_is_known_is_that_one(
    program: Program, record: ArchiveRecord, tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()
    copy = program.archives.copy(record, tmp_path / "second", Meter())
    program.archives.proofs.locate(copy, record.path)
    assert [(one.id, one.path) for one in program.library.archives.all()] == [(copy.id, record.path)]


def test_archives_are_due_after_the_months_that_are_set(program: Program, record: ArchiveRecord, clock: Clock) -> None:
    settings = program.settings("archives")
    assert isinstance(settings, ArchiveSettings)
    clock.forward(days=360)
    assert program.archives.proofs.due(settings) == []
    clock.forward(days=10)
    assert [one.id for one in program.archives.proofs.due(settings)] == [record.id]
    assert program.archives.proofs.due(ArchiveSettings(archive_months=0)) == []
    assert ArchiveSettings().is_due(None, clock())
    assert not ArchiveSettings(archive_months=1).is_due(clock() - timedelta(days=30), clock())


def test_the_commands_list_verify_and_accept(
    program: Program, record: ArchiveRecord, capsys: pytest.CaptureFixture[str]
) -> None:
    command = CommandLine(program.library.folder, capsys)
    (listed,) = command.json("archives", "list")
    assert (listed["id"], listed["standing"], listed["safe_to_delete"]) == (record.id, "whole", False)
    said = command("archives", "accept", record.id)
    assert (said.code, "1  gap: workspace of" in said.out) == (4, True)
    assert command("archives", "accept", record.id, "--gap", 99).code == 1
    numbers = [word for n in range(len(record.certificate.open_gaps)) for word in ("--gap", n + 1)]
    (accepted,) = command.json("archives", "accept", record.id, *numbers)
    assert (accepted["safe_to_delete"], accepted["open_gaps"]) == (True, [])
    assert "whole" in command("archives", "list").out
    flip(record.path, record.size // 2)
    assert command("archives", "verify", record.id).code == 1
    (listed,) = command.json("archives", "list")
    assert (listed["standing"], listed["safe_to_delete"]) == ("changed", False)
    (gone,) = command.json("archives", "forget", record.id)
    assert command.json("archives", "list") == []
    assert gone["id"] == record.id
