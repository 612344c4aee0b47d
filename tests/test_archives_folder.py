"""Folders from strangers: links are looked at and never followed, whatever happens to the folder meanwhile."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from archiving import read, refusal

from exportmanager.core.trees import EntryKind, Findings, Limits, TreeEntry
from exportmanager.formats.archives import open_tree

SECRET = b"nobody may read this"

posix = pytest.mark.skipif(os.name == "nt", reason="needs links, pipes and bytes in names")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace, with a file beside it that must never be read."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_bytes(SECRET)
    (tmp_path / "ws" / "sub").mkdir(parents=True)
    (tmp_path / "ws" / "a.txt").write_bytes(b"1")
    (tmp_path / "ws" / "sub" / "secret.txt").write_bytes(b"2")
    return tmp_path / "ws"


def test_files_come_sorted_with_content_mode_and_time(folder: Path) -> None:
    (folder / "sub.txt").write_bytes(b"3")
    (folder / "a.txt").chmod(0o640)
    os.utime(folder / "a.txt", (1_700_000_001, 1_700_000_001))
    reading = read(folder)
    assert reading.files == {"a.txt": b"1", "sub.txt": b"3", "sub/secret.txt": b"2"}
    assert reading.entries["a.txt"].modified == 1_700_000_001
    if os.name != "nt":
        assert reading.entries["a.txt"].mode == 0o640


def test_empty_folders_come_and_others_do_not(folder: Path) -> None:
    (folder / "empty" / "emptier").mkdir(parents=True)
    assert read(folder).folders == ["empty/emptier"]


def test_an_empty_folder_is_an_empty_workspace(tmp_path: Path) -> None:
    assert read(tmp_path).entries == {}


@posix
def test_links_are_kept_or_left_out_and_nothing_outside_is_read(folder: Path) -> None:
    (folder / "inside").symlink_to("sub/secret.txt")
    (folder / "sub" / "up").symlink_to("../a.txt")
    (folder / "absolute").symlink_to(folder.parent / "outside" / "secret.txt")
    (folder / "climbing").symlink_to("../outside/secret.txt")
    (folder / "folder").symlink_to("../outside")
    (folder / "self").symlink_to("self")
    reading = read(folder)
    assert reading.links == {"inside": "sub/secret.txt", "sub/up": "../a.txt"}
    assert len(reading.left_out) == 4
    assert SECRET not in b"".join(found.content for found in reading.entries.values())


@posix
def test_pipes_and_sockets_are_left_out_by_name_and_not_waited_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(folder / "sub" / "pipe")
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        reading = read(folder)
    assert list(reading.files) == ["a.txt", "sub/secret.txt"]
    assert reading.left_out == dict.fromkeys(["sub/pipe", "socket"], "it is a device, pipe or socket")


@posix
@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="the system lets root read everything")
def test_what_the_system_does_not_let_us_read_is_left_out_by_name(folder: Path) -> None:
    (folder / "a.txt").chmod(0)
    (folder / "sub").chmod(0)
    findings = Findings()
    entries = list(open_tree(folder).entries(findings))
    (folder / "sub").chmod(0o700)
    assert [entry.path for entry in entries] == ["a.txt"]
    assert [gap.what for gap in findings.gaps] == ["sub"]
    assert findings.gaps[0].why == "the system gave no permission to read it"


@posix
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS makes names UTF-8")
def test_a_name_that_is_not_utf8_is_read_as_latin_1_and_said_so(folder: Path) -> None:
    (folder / os.fsdecode(b"latin-\xe9.txt")).write_bytes(b"x")
    (folder / os.fsdecode(b"dir-\xff")).mkdir()
    (folder / os.fsdecode(b"dir-\xff") / "f").write_bytes(b"y")
    reading = read(folder)
    assert reading.files == {"a.txt": b"1", "dir-ÿ/f": b"y", "latin-é.txt": b"x", "sub/secret.txt": b"2"}
    assert "Latin-1" in reading.left_out["latin-é.txt"]


@posix
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS makes names UTF-8")
def test_two_names_that_become_one_are_refused(folder: Path) -> None:
    (folder / os.fsdecode(b"\xe9")).write_bytes(b"x")
    (folder / "é").write_bytes(b"y")
    assert "twice" in refusal(folder)


def test_a_folder_beyond_the_limits_is_refused(folder: Path) -> None:
    assert "more than 2 files" in refusal(folder, Limits(files=2))
    (folder / "large").write_bytes(bytes(1000))
    assert "more than 900 bytes" in refusal(folder, Limits(bytes=900))


@posix
def test_a_file_with_a_hole_of_terabytes_is_not_read(folder: Path) -> None:
    with (folder / "hole").open("wb") as file:
        try:
            file.truncate(1 << 42)
        except OSError:
            pytest.skip("this disk has no sparse files")
    assert "bytes, and no more are read" in refusal(folder)


@posix
def test_folders_nested_without_end_are_left_out_by_name(tmp_path: Path) -> None:
    deep = tmp_path / "ws" / "/".join("d" * 600)
    deep.mkdir(parents=True)
    (tmp_path / "ws" / "file").write_bytes(b"x")
    reading = read(tmp_path / "ws")
    assert reading.files == {"file": b"x"}
    assert list(reading.left_out.values()) == ["it lies more than 200 folders deep"]


def test_a_folder_that_is_gone_is_named(folder: Path) -> None:
    tree = open_tree(folder)
    folder.rename(folder.parent / "elsewhere")
    findings = Findings()
    assert list(tree.entries(findings)) == []
    assert [gap.what for gap in findings.gaps] == ["the folder itself"]


# replaced while it is read


def opened(entry: TreeEntry) -> bytes:
    assert entry.open is not None
    with entry.open() as file:
        return file.read()


@pytest.fixture
def entries(folder: Path) -> Iterator[Iterator[TreeEntry]]:
    """The entries of the workspace, of which none was read yet, but all were listed."""
    (folder / "0-first").write_bytes(b"")
    found = iter(open_tree(folder).entries(Findings()))
    assert next(found).path == "0-first"
    yield found
    list(found)


@posix
def test_a_file_replaced_by_a_link_is_not_followed(folder: Path, entries: Iterator[TreeEntry]) -> None:
    (folder / "a.txt").unlink()
    (folder / "a.txt").symlink_to("../outside/secret.txt")
    with pytest.raises(OSError, match="changed while it was read"):
        opened(next(entries))


@posix
def test_a_folder_replaced_by_a_link_is_not_followed(folder: Path, entries: Iterator[TreeEntry]) -> None:
    assert opened(next(entries)) == b"1"
    (folder / "sub").rename(folder / "was-sub")
    (folder / "sub").symlink_to("../outside")
    assert (folder / "sub" / "secret.txt").read_bytes() == SECRET
    with pytest.raises(OSError, match="changed while it was read"):
        opened(next(entries))


@posix
def test_the_whole_folder_replaced_by_a_link_is_not_followed(folder: Path, entries: Iterator[TreeEntry]) -> None:
    next(entries)
    folder.rename(folder.parent / "was")
    (folder.parent / "outside" / "sub").mkdir()
    (folder.parent / "outside" / "sub" / "secret.txt").write_bytes(SECRET)
    folder.symlink_to("outside")
    assert opened(next(entries)) == b"2"


@posix
def test_a_file_replaced_by_a_pipe_is_not_waited_for(folder: Path, entries: Iterator[TreeEntry]) -> None:
    (folder / "a.txt").unlink()
    os.mkfifo(folder / "a.txt")
    with pytest.raises(OSError, match="changed while it was read"):
        opened(next(entries))


@posix
def test_a_file_replaced_by_a_folder_is_not_read(folder: Path, entries: Iterator[TreeEntry]) -> None:
    (folder / "a.txt").unlink()
    (folder / "a.txt").mkdir()
    with pytest.raises(OSError, match="changed while it was read"):
        opened(next(entries))


def test_a_file_that_is_gone_raises_what_the_packer_names(folder: Path, entries: Iterator[TreeEntry]) -> None:
    (folder / "a.txt").unlink()
    with pytest.raises(FileNotFoundError):
        opened(next(entries))


def test_a_tree_that_was_read_leaves_no_folder_open(folder: Path) -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("this system does not list open files")
    (folder / "sub" / "sub").mkdir()
    before = sorted(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for _ in range(5):
        assert [entry.kind for entry in open_tree(folder).entries(Findings())][-1] is EntryKind.FOLDER
    assert sorted(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
