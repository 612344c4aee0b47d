"""A copy of an export elsewhere is whole or not there, and never takes the place of a file unless it may."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from exporting import read_only, sha256, small_disk

from exportmanager.core.errors import AlreadyThere, Cancelled, Damaged, NoAccess, NoRoom, NotFound, ProblemForTeacher
from exportmanager.core.ledger import Sealed
from exportmanager.core.meter import Meter, Progress
from exportmanager.shelf.copies import save_copy

DATA = bytes(range(256)) * 20_000


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "shelf" / "Course 2026.zip"
    path.parent.mkdir()
    path.write_bytes(DATA)
    return path


@pytest.fixture
def file(source: Path) -> Sealed:
    return Sealed(source.name, len(DATA), sha256(source))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "target").mkdir()
    return tmp_path / "target"


def assert_refused(source: Path, file: Sealed, target: Path, problem: type[ProblemForTeacher], says: str) -> None:
    with pytest.raises(problem, match=says) as found:
        save_copy(source, file, target, Meter())
    assert found.value.next_step


def test_into_a_folder_a_copy_keeps_its_name(source: Path, file: Sealed, folder: Path) -> None:
    saved = save_copy(source, file, folder, Meter())
    assert saved == folder / "Course 2026.zip"
    assert saved.read_bytes() == DATA == source.read_bytes()
    assert os.listdir(folder) == ["Course 2026.zip"]  # noqa: PTH208 - hidden names too


def test_a_copy_may_get_another_name(source: Path, file: Sealed, folder: Path) -> None:
    assert save_copy(source, file, folder / "for Ada.zip", Meter()).read_bytes() == DATA


def test_a_file_that_is_there_stays_as_it_is(source: Path, file: Sealed, folder: Path) -> None:
    (folder / file.name).write_text("the teacher's own")
    for target in (folder, folder / file.name):
        assert_refused(source, file, target, AlreadyThere, "is there already")
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [(file.name, "the teacher's own")]


def test_a_file_that_is_there_is_replaced_when_it_may_be(source: Path, file: Sealed, folder: Path) -> None:
    (folder / file.name).write_text("an older copy")
    assert save_copy(source, file, folder, Meter(), replace=True).read_bytes() == DATA


def test_a_file_that_appears_meanwhile_is_not_written_over(source: Path, file: Sealed, folder: Path) -> None:
    def appear(progress: Progress) -> None:
        (folder / file.name).write_text("the teacher's own")

    with pytest.raises(AlreadyThere):
        save_copy(source, file, folder, Meter(appear))
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [(file.name, "the teacher's own")]


def test_a_link_that_points_nowhere_is_not_written_through(source: Path, file: Sealed, folder: Path) -> None:
    if os.name == "nt":
        pytest.skip("links need rights on Windows")
    (folder / file.name).symlink_to(folder / "elsewhere")
    assert_refused(source, file, folder, AlreadyThere, "is there already")
    assert not (folder / "elsewhere").exists()


def test_a_folder_is_never_replaced(source: Path, file: Sealed, folder: Path) -> None:
    (folder / file.name).mkdir()
    with pytest.raises(ProblemForTeacher):
        save_copy(source, file, folder, Meter(), replace=True)
    assert (folder / file.name).is_dir()
    assert len(list(folder.iterdir())) == 1


def test_a_folder_that_is_missing_is_said_to_be(source: Path, file: Sealed, folder: Path) -> None:
    assert_refused(source, file, folder / "no" / "such.zip", NoAccess, "There is no folder")
    assert list(folder.iterdir()) == []


def test_a_name_that_is_too_long_is_a_problem_for_the_teacher(source: Path, file: Sealed, folder: Path) -> None:
    assert_refused(source, file, folder / ("x" * 400 + ".zip"), NoAccess, "too long")


def test_a_full_disk_is_noticed_before(source: Path, file: Sealed, tmp_path: Path) -> None:
    with small_disk(tmp_path / "stick", "1m") as stick:
        assert_refused(source, file, stick, NoRoom, r"5 MB are needed, 1 MB are free")
        assert list(stick.iterdir()) == []


def test_a_disk_that_becomes_full_meanwhile_is_left_as_it_was(source: Path, file: Sealed, tmp_path: Path) -> None:
    with small_disk(tmp_path / "stick", "8m") as stick:

        def fill(progress: Progress) -> None:
            if not (stick / "film.mp4").exists():
                (stick / "film.mp4").write_bytes(bytes(6 << 20))

        with pytest.raises(NoRoom, match="became full") as problem:
            save_copy(source, file, stick, Meter(fill))
        assert problem.value.next_step
        assert [path.name for path in stick.iterdir()] == ["film.mp4"]


def test_a_disk_that_can_only_be_read_is_said_to_be(source: Path, file: Sealed, folder: Path) -> None:
    with read_only(folder):
        assert_refused(source, file, folder, NoAccess, "no permission")


def test_a_damaged_export_is_not_copied(source: Path, file: Sealed, folder: Path) -> None:
    source.write_bytes(DATA[:-1] + b"?")
    assert_refused(source, file, folder, Damaged, "damaged; it was not copied")
    assert list(folder.iterdir()) == []


def test_an_export_that_was_cut_off_is_not_copied(source: Path, file: Sealed, folder: Path) -> None:
    source.write_bytes(DATA[: len(DATA) // 2])
    assert_refused(source, file, folder, Damaged, "damaged")
    assert list(folder.iterdir()) == []


def test_a_copy_that_does_not_come_out_right_is_not_there(source: Path, file: Sealed, folder: Path) -> None:
    def spoil(progress: Progress) -> None:
        if progress.stage == "Reading the copy back":
            (draft,) = folder.iterdir()
            with draft.open("r+b") as bad:
                bad.write(b"bad sector")

    with pytest.raises(Damaged, match="did not come out right"):
        save_copy(source, file, folder, Meter(spoil))
    assert list(folder.iterdir()) == []


def test_an_export_that_has_gone_is_said_to_have(source: Path, file: Sealed, folder: Path) -> None:
    source.unlink()
    assert_refused(source, file, folder, NotFound, "is not there")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("stage", ["Copying", "Reading the copy back"])
def test_stop_leaves_nothing_behind(source: Path, file: Sealed, folder: Path, stage: str) -> None:
    seen: list[Progress] = []

    def stop() -> bool:
        return bool(seen) and seen[-1].stage == stage

    with pytest.raises(Cancelled):
        save_copy(source, file, folder, Meter(seen.append, stop))
    assert list(folder.iterdir()) == []
    assert source.read_bytes() == DATA


def test_progress_counts_each_byte_twice_once_written_once_read_back(source: Path, file: Sealed, folder: Path) -> None:
    seen: list[Progress] = []
    save_copy(source, file, folder, Meter(seen.append))
    last = {progress.stage: progress for progress in seen}
    assert {stage: (p.done, p.total) for stage, p in last.items()} == {
        "Copying": (len(DATA), len(DATA)),
        "Reading the copy back": (len(DATA), len(DATA)),
    }
