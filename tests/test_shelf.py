"""Drafts, locks, publishing and removing on a shelf in a real folder."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from exporting import drafts_in, names_in, read_only, wait_until

from exportmanager.core.errors import NoAccess, NoRoom
from exportmanager.core.ledger import Sealed
from exportmanager.core.shelf import Removal
from exportmanager.shelf.shelf import FolderShelf

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows gives files no such modes or links")


def ignore(_: object) -> None:
    """Nobody needs to know."""


def needed(_: str) -> bool:
    return True


def not_needed(_: str) -> bool:
    return False


@pytest.fixture
def shelf(tmp_path: Path) -> FolderShelf:
    return FolderShelf(tmp_path / "shelf")


def put(
    shelf: FolderShelf, name: str = "a.zip", data: bytes = b"data", announce: Callable[[str], None] = ignore
) -> Sealed:
    """Take `data` all the way to the shelf."""
    draft = shelf.new_draft()
    draft.create()
    draft.file.write(data)
    size, sha256 = draft.seal(ignore)
    published = shelf.publish(draft.token, name, announce)
    draft.release()
    return Sealed(published, size, sha256)


def test_a_published_file_holds_what_was_written_and_no_draft_is_left(shelf: FolderShelf) -> None:
    file = put(shelf, "a.zip", b"x" * 3_000_000)
    assert shelf.path_of(file).read_bytes() == b"x" * 3_000_000
    assert file == Sealed("a.zip", 3_000_000, hashlib.sha256(b"x" * 3_000_000).hexdigest())
    assert (names_in(shelf.folder), drafts_in(shelf.folder)) == (["a.zip"], [])


@POSIX
def test_only_this_user_can_read_a_draft(shelf: FolderShelf) -> None:
    draft = shelf.new_draft()
    draft.create()
    assert draft.path.stat().st_mode & 0o777 == 0o600
    draft.discard()


def test_the_hash_is_that_of_the_bytes_on_the_disk(shelf: FolderShelf) -> None:
    draft = shelf.new_draft()
    draft.create()
    draft.file.write(b"written")
    draft.file.flush()
    draft.path.write_bytes(b"changed")
    read: list[int] = []
    assert draft.seal(read.append) == (7, hashlib.sha256(b"changed").hexdigest())
    assert sum(read) == 7
    draft.discard()


def test_a_discarded_draft_leaves_nothing(shelf: FolderShelf) -> None:
    draft = shelf.new_draft()
    draft.create()
    draft.file.write(b"half")
    draft.discard()
    assert drafts_in(shelf.folder) == []


def test_the_draft_of_a_living_job_cannot_be_claimed(shelf: FolderShelf) -> None:
    draft = shelf.new_draft()
    assert shelf.claim(draft.token) is None
    draft.release()
    claimed = shelf.claim(draft.token)
    assert claimed is not None
    claimed.discard()


def test_the_draft_of_another_process_can_be_claimed_only_after_it_was_killed(shelf: FolderShelf) -> None:
    code = (
        "import sys; from pathlib import Path; from exportmanager.shelf.shelf import FolderShelf;"
        "d = FolderShelf(Path(sys.argv[1])).new_draft(); d.create(); d.file.write(b'x'); d.file.flush();"
        "print(d.token, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(shelf.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        token = child.stdout.readline().strip()
        assert shelf.claim(token) is None
        shelf.sweep(not_needed)
        assert drafts_in(shelf.folder) == [f"{token}.lock", f"{token}.part"]
        child.kill()
    claimed = wait_until(lambda: shelf.claim(token))
    claimed.release()
    shelf.sweep(not_needed)
    assert drafts_in(shelf.folder) == []


def test_a_taken_name_gets_a_number_and_no_file_is_written_over(shelf: FolderShelf) -> None:
    put(shelf, "a.zip", b"first")
    (shelf.folder / "a (2).zip").mkdir()
    assert put(shelf, "a.zip", b"second").name == "a (3).zip"
    assert (shelf.folder / "a.zip").read_bytes() == b"first"


@POSIX
def test_a_link_that_points_nowhere_takes_a_name_too(shelf: FolderShelf) -> None:
    shelf.folder.mkdir()
    (shelf.folder / "a.zip").symlink_to("nowhere")
    assert put(shelf, "a.zip").name == "a (2).zip"
    assert (shelf.folder / "a.zip").readlink() == Path("nowhere")


def test_a_file_that_appears_at_that_moment_is_not_written_over(shelf: FolderShelf) -> None:
    announced = []

    def announce(name: str) -> None:
        announced.append(name)
        if len(announced) == 1:
            (shelf.folder / name).write_bytes(b"the teacher's own")

    file = put(shelf, "a.zip", b"export", announce)
    assert (shelf.folder / "a.zip").read_bytes() == b"the teacher's own"
    assert shelf.path_of(file).read_bytes() == b"export"
    assert announced == ["a.zip", file.name] == ["a.zip", "a (2).zip"]


def test_a_disk_without_hard_links_is_written_to_as_carefully(
    shelf: FolderShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    put(shelf, "a.zip", b"first")
    announced: list[str] = []

    def announce(name: str) -> None:
        if not announced:
            (shelf.folder / name).write_bytes(b"the teacher's own")
        announced.append(name)

    assert put(shelf, "a.zip", b"second", announce).name == "a (3).zip"
    assert (shelf.folder / "a (2).zip").read_bytes() == b"the teacher's own"
    assert drafts_in(shelf.folder) == []


def test_many_that_publish_one_name_at_once_all_land(shelf: FolderShelf) -> None:
    done: list[Sealed] = []
    threads = [
        threading.Thread(target=lambda n=n: done.append(put(shelf, "a.zip", bytes([n]) * 1000))) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({file.name for file in done}) == 8
    assert all(shelf.holds(file, thoroughly=True) for file in done)


@pytest.mark.parametrize("letter", ["x", "é", "数", "🎓"])
def test_the_longest_names_get_a_number_and_keep_their_suffix(shelf: FolderShelf, letter: str) -> None:
    length = (255 - len(".zip")) // len(letter.encode())
    wanted = letter * length + ".zip"
    names = [put(shelf, wanted).name for _ in range(3)]
    assert names[0] == wanted
    assert [name[-8:] for name in names[1:]] == [" (2).zip", " (3).zip"]
    assert all(len(name.encode()) <= 255 for name in names)


def test_room_is_looked_for_with_some_to_spare(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path, disk_free=lambda _: 100_000_000)
    shelf.check_room(60_000_000)
    with pytest.raises(NoRoom, match=r"100 MB are free\. Remove something") as problem:
        shelf.check_room(99_000_000)
    assert "133 MB" in problem.value.what


def test_a_disk_that_does_not_say_how_much_is_free_gives_a_sentence(tmp_path: Path) -> None:
    def gone(path: Path) -> int:
        raise OSError(errno.EIO, "Input/output error", str(path))

    with pytest.raises(NoAccess, match="looking for room"):
        FolderShelf(tmp_path, disk_free=gone).check_room(1)


def test_the_real_disk_has_room_for_a_byte_and_none_for_an_exabyte(tmp_path: Path) -> None:
    with pytest.raises(NoRoom):
        FolderShelf(tmp_path).check_room(1 << 60)


def test_a_file_that_was_put_here_is_removed_and_then_it_was_gone(shelf: FolderShelf) -> None:
    file = put(shelf)
    assert shelf.holds(file, thoroughly=True)
    assert shelf.remove(file) is Removal.REMOVED
    assert shelf.remove(file) is Removal.WAS_GONE
    assert not shelf.holds(file, thoroughly=False)


def replaced(path: Path) -> None:
    path.unlink()
    path.write_bytes(b"the teacher's own file")


def edited(path: Path) -> None:
    path.write_bytes(b"DATA")


def linked(path: Path) -> None:
    other = path.with_name("other")
    path.rename(other)
    path.symlink_to(other)


def made_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("change", [replaced, edited, pytest.param(linked, marks=POSIX), made_a_folder])
def test_what_stands_in_its_place_is_left_alone(shelf: FolderShelf, change: Callable[[Path], None]) -> None:
    file = put(shelf)
    change(shelf.path_of(file))
    before = sorted(shelf.folder.iterdir()), os.lstat(shelf.path_of(file))
    assert shelf.remove(file) is Removal.NOT_OURS
    assert not shelf.holds(file, thoroughly=True)
    assert (sorted(shelf.folder.iterdir()), os.lstat(shelf.path_of(file))) == before


def test_a_file_on_a_read_only_shelf_stays_and_that_is_said(shelf: FolderShelf) -> None:
    file = put(shelf)
    with read_only(shelf.folder):
        assert shelf.remove(file) is Removal.REFUSED
        assert shelf.holds(file, thoroughly=True)
        with pytest.raises(NoAccess, match="preparing the shelf"):
            shelf.new_draft()
    assert shelf.remove(file) is Removal.REMOVED


def test_a_shelf_that_is_not_there_holds_nothing_and_breaks_nothing(shelf: FolderShelf) -> None:
    assert not shelf.is_reachable()
    assert shelf.claim("0" * 32) is None
    assert not shelf.holds(Sealed("a.zip", 1, "0" * 64), thoroughly=False)
    shelf.sweep(not_needed)
    assert not shelf.folder.exists()


def test_a_shelf_whose_place_is_a_file_is_said_to_be_unusable(tmp_path: Path) -> None:
    (tmp_path / "shelf").write_text("not a folder")
    with pytest.raises(NoAccess):
        FolderShelf(tmp_path / "shelf").new_draft()


def test_the_sweep_takes_only_what_dead_jobs_left(shelf: FolderShelf) -> None:
    dead, living, sealed = shelf.new_draft(), shelf.new_draft(), shelf.new_draft()
    for draft in (dead, living, sealed):
        draft.create()
    dead.release()
    sealed.release()
    drafts = dead.path.parent
    (drafts / "notes.part").write_text("a teacher's")
    shelf.sweep(lambda token: token == sealed.token)
    assert {p.name for p in drafts.glob("*.part")} == {living.path.name, sealed.path.name, "notes.part"}
    living.release()
    shelf.sweep(not_needed)
    assert drafts_in(shelf.folder) == ["notes.part"]


def test_a_draft_is_never_swept_up_while_it_is_being_made(shelf: FolderShelf) -> None:
    stop = threading.Event()

    def sweep() -> None:
        while not stop.is_set():
            shelf.sweep(not_needed)

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    try:
        for _ in range(400):
            draft = shelf.new_draft()
            assert shelf.claim(draft.token) is None
            draft.create()
            assert draft.path.exists()
            draft.discard()
    finally:
        stop.set()
        sweeper.join()
    shelf.sweep(not_needed)
    assert drafts_in(shelf.folder) == []


def test_a_needed_draft_keeps_its_bytes_for_whoever_finishes_it(shelf: FolderShelf) -> None:
    draft = shelf.new_draft()
    draft.create()
    draft.file.write(b"whole")
    size, sha256 = draft.seal(ignore)
    draft.release()
    shelf.sweep(needed)
    file = Sealed("a.zip", size, sha256)
    assert shelf.has_draft(draft.token, file)
    draft.path.write_bytes(b"WHOLE")
    assert not shelf.has_draft(draft.token, file)
