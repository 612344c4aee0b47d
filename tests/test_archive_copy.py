"""A second copy of an archive: the same bytes, read back where it lies; whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from bagging import COURSE, archived
from commanding import CommandLine
from exporting import small_course, small_disk
from proving import flip

from exportmanager.archive.certificate import read_beside
from exportmanager.archive.verifying import verify
from exportmanager.core.archive import ArchiveRecord, Standing
from exportmanager.core.errors import BadOptions, Cancelled, Damaged, NoAccess, NoRoom, NotFound
from exportmanager.core.meter import Meter, Progress
from exportmanager.program import Program

PASSPHRASE = "a long passphrase"


@pytest.fixture
def usb(tmp_path: Path) -> Path:
    folder = tmp_path / "usb"
    folder.mkdir()
    return folder


def made(program: Program, folder: Path, passphrase: str | None = None, form: str = "zip") -> ArchiveRecord:
    program.bring_in("folder", str(small_course(folder / "course")))
    return archived(program, folder / "out", passphrase, form=form, exports=False, reader=False)


@pytest.mark.parametrize(("form", "passphrase"), [("zip", None), ("folder", None), ("zip", PASSPHRASE)])
def test_a_copy_is_the_same_and_stands_with_its_certificate(
    program: Program, tmp_path: Path, usb: Path, form: str, passphrase: str | None
) -> None:
    record = made(program, tmp_path, passphrase, form)
    copy = program.archives.copy(record, usb, Meter())
    assert (copy.bag, copy.sha256, copy.standing) == (record.bag, record.sha256, Standing.WHOLE)
    assert copy.path == usb / record.path.name
    assert {path.name for path in usb.iterdir()} == {path.name for path in record.path.parent.iterdir()}
    assert verify(copy.path, Meter(), passphrase, recorded=record.sha256).damage == ()
    beside = read_beside(copy.path)
    assert beside is not None
    assert beside.place == (copy.path.name if passphrase else str(copy.path))
    assert [one.id for one in program.archives.proofs.all(COURSE)] == [copy.id, record.id]
    assert {one.standing for one in program.archives.proofs.all()} == {Standing.WHOLE}


def test_what_is_accepted_is_accepted_of_all_copies(program: Program, tmp_path: Path, usb: Path) -> None:
    course = small_course(tmp_path / "course")
    (course / "workspaces" / "a1" / "s1" / "far").symlink_to("../../../../elsewhere")
    program.bring_in("folder", str(course))
    record = archived(program, tmp_path / "out", exports=False, reader=False)
    gap = record.certificate.open_gaps[0]
    copy = program.archives.copy(record, usb, Meter())
    program.archives.proofs.accept(record, [gap])
    beside = read_beside(copy.path)
    assert beside is not None
    assert gap in beside.accepted
    later = usb / "later"
    later.mkdir()
    assert gap in program.archives.copy(record, later, Meter()).certificate.accepted


def test_a_name_that_is_taken_is_never_written_over(program: Program, tmp_path: Path, usb: Path) -> None:
    record = made(program, tmp_path)
    (usb / record.path.name).write_text("mine")
    copy = program.archives.copy(record, usb, Meter())
    assert copy.path.name == f"{record.path.stem} (2).zip"
    assert (usb / record.path.name).read_text() == "mine"


@pytest.mark.parametrize("form", ["zip", "folder"])
def test_an_archive_that_was_changed_is_not_copied(program: Program, tmp_path: Path, usb: Path, form: str) -> None:
    record = made(program, tmp_path, form=form)
    flip(record.path if form == "zip" else record.path / "data" / "coursework" / "README.txt", 300)
    with pytest.raises(Damaged, match="is not as it was made; it was not copied"):
        program.archives.copy(record, usb, Meter())
    assert list(usb.iterdir()) == []


def test_a_copy_that_does_not_come_out_right_is_said_of_the_copy(program: Program, tmp_path: Path, usb: Path) -> None:
    record = made(program, tmp_path, form="folder")

    def spoil(progress: Progress) -> None:
        for file in usb.rglob("data/coursework/README.txt") if progress.stage == "Verifying" else ():
            file.write_text("not this")

    with pytest.raises(
        Damaged, match="did not come out right, and was removed. data/coursework/README.txt: its content"
    ):
        program.archives.copy(record, usb, Meter(spoil))
    assert list(usb.iterdir()) == []


def test_stopped_or_away_nothing_is_left(program: Program, tmp_path: Path, usb: Path) -> None:
    record = made(program, tmp_path)
    with pytest.raises(Cancelled):
        program.archives.copy(record, usb, Meter(stop=lambda: True))
    with pytest.raises(NoAccess, match="There is no folder"):
        program.archives.copy(record, usb / "gone", Meter())
    with pytest.raises(BadOptions, match="belongs to the library"):
        program.archives.copy(record, program.library.folder, Meter())
    assert list(usb.iterdir()) == []
    record.path.unlink()
    with pytest.raises(NotFound, match="is not there"):
        program.archives.copy(record, usb, Meter())


def test_on_a_disk_without_room_nothing_is_left(program: Program, tmp_path: Path, usb: Path) -> None:
    record = made(program, tmp_path)
    with small_disk(usb, "64k"):
        with pytest.raises(NoRoom, match="has no room for this archive"):
            program.archives.copy(record, usb, Meter())
        assert list(usb.iterdir()) == []


def test_the_command_copies(program: Program, tmp_path: Path, usb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = made(program, tmp_path)
    (copy,) = CommandLine(program.library.folder, capsys).json("archives", "copy", record.id, "--to", usb)
    assert Path(copy["path"]) == usb / record.path.name
    assert copy["sha256"] == record.sha256
