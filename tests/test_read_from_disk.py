"""What is to prove that a file was written is read from its disk, not from what the system remembers of it."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from bagging import archived, bring_in_twice
from proving import tiny_folder, tiny_zip

from exportmanager.archive.verifying import verify as verify_archive
from exportmanager.core.archive import ArchiveRecord
from exportmanager.core.errors import Cancelled
from exportmanager.core.ledger import Sealed
from exportmanager.core.meter import Meter
from exportmanager.formats.files import NewFile, Pace, disk_sha256, file_sha256, forget_cached, sync_tree
from exportmanager.formats.members import FolderMembers
from exportmanager.program import Program
from exportmanager.shelf.copies import save_copy
from exportmanager.shelf.shelf import FolderShelf
from exportmanager.shelf.verify import verify

SIZE = 1 << 20
DATA = os.urandom(SIZE)
SHA256 = hashlib.sha256(DATA).hexdigest()


def from_disk(do: Callable[[], object]) -> int:
    """How many bytes this process fetched from disks meanwhile."""

    def fetched() -> int:
        lines = Path("/proc/self/io").read_text().splitlines()
        return next(int(line.partition(":")[2]) for line in lines if line.startswith("read_bytes"))

    before = fetched()
    do()
    return fetched() - before


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that was written and brought to a disk; the system remembers it."""
    path = tmp_path / "file.zip"
    with path.open("wb") as out:
        out.write(DATA)
        out.flush()
        os.fsync(out.fileno())
        forget = getattr(os, "posix_fadvise", None)
        if forget is None or not Path("/proc/self/io").exists():
            pytest.skip("this system does not forget, or does not count what it reads")
        forget(out.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        if from_disk(path.read_bytes) < SIZE:
            pytest.skip("the folder for tests is not on a disk, or not on one of its own")
    return path


def test_what_is_remembered_is_not_fetched_but_what_was_forgotten_is(file: Path) -> None:
    assert from_disk(lambda: file_sha256(file)) == 0
    with file.open("rb") as opened:
        forget_cached(opened.fileno())
    assert from_disk(lambda: file_sha256(file)) >= SIZE


def test_a_hash_that_proves_something_is_of_what_the_disk_gives_back(file: Path) -> None:
    assert from_disk(lambda: disk_sha256(file)) >= SIZE
    assert disk_sha256(file) == SHA256


def test_a_finished_export_is_read_back_from_the_disk(file: Path) -> None:
    draft = FolderShelf(file.parent / "shelf").new_draft()
    draft.create()
    draft.file.write(DATA)
    sealed = []
    assert from_disk(lambda: sealed.append(draft.seal(lambda _: None))) >= SIZE
    assert sealed == [(SIZE, SHA256)]
    draft.discard()


def test_a_saved_copy_and_a_verified_export_are_read_from_the_disk(file: Path, tmp_path: Path) -> None:
    known = Sealed(file.name, SIZE, SHA256)
    assert from_disk(lambda: save_copy(file, known, tmp_path / "copy.zip", Meter())) >= SIZE
    assert from_disk(lambda: verify(file.rename(tmp_path / "file.csv"), known, Meter())) >= SIZE


@pytest.mark.parametrize("form", ["zip", "folder"])
def test_an_archive_is_read_back_from_its_disk(file: Path, tmp_path: Path, form: str) -> None:
    assert file.is_file(), "this system tells what is read from disks"
    path = tiny_folder(tmp_path) if form == "folder" else tiny_zip(tmp_path)
    sync_tree(tmp_path, lambda: None)
    assert from_disk(lambda: verify_archive(path, Meter())) > 0


def test_a_new_archive_is_read_back_from_its_disk(file: Path, tmp_path: Path) -> None:
    with closing(Program(tmp_path / "library")) as program:
        bring_in_twice(program, tmp_path / "course")
        made: list[ArchiveRecord] = []
        fetched = from_disk(lambda: made.append(archived(program, file.parent / "stick", exports=False)))
    assert fetched >= made[0].size


def test_a_long_file_reaches_its_disk_while_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    monkeypatch.setattr(os, "fsync", lambda number: sizes.append(os.fstat(number).st_size))
    with NewFile(tmp_path / "long.bin") as out:
        for _ in range(100):
            out.write(DATA)
        on_the_way = list(sizes)
        out.write(b"end")
        out.sync()
    assert on_the_way[0] == 4 * SIZE
    assert on_the_way[-1] >= 100 * SIZE - (64 << 20)
    assert sizes[len(on_the_way) :] == [100 * SIZE + 3]
    with pytest.raises(FileExistsError):
        NewFile(tmp_path / "long.bin")


def test_a_folder_reaches_its_disk_while_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs = []
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "sync", lambda: syncs.append(len(list(tmp_path.rglob("*.bin")))), raising=False)
    folder = FolderMembers(tmp_path / "folder")
    for number in range(10):
        folder.add(f"{number}.bin", DATA)
    assert syncs[0] == 4


@pytest.mark.parametrize(("speed", "longest", "syncs"), [(500e6, 0.25, 20), (8e6, 0.55, 600), (0.5e6, 8.5, 1_010)])
def test_the_slower_a_disk_the_less_is_on_its_way_to_it(speed: float, longest: float, syncs: int) -> None:
    now = waiting = 0.0
    took = []

    def sync() -> None:
        nonlocal now, waiting
        took.append(waiting / speed)
        now, waiting = now + waiting / speed, 0.0

    pace = Pace(sync, lambda: now)
    for _ in range(16_000):
        waiting += 65_536
        pace.wrote(65_536)
    assert max(took) <= longest, "the first is a guess"
    assert max(took[1:]) <= max(0.3, 1.1 * (1 << 20) / speed)
    assert len(took) <= syncs


def test_where_files_reach_the_disk_one_by_one_stop_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(os, "fsync", synced.append)
    for number in range(5):
        (tmp_path / f"{number}.bin").write_bytes(DATA)

    def stop() -> None:
        if len(synced) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        sync_tree(tmp_path, stop)
    sync_tree(tmp_path, lambda: None)
    assert len(synced) == 3 + 5 + 1, "the folder's own list of names too"
