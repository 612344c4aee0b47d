"""Packing: one pass over a tree, the same identity from wherever it came, and nothing lost without a word."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import random
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pytest
import zstandard
from archiving import zip_bytes, zip_info

from exportmanager.core.errors import Cancelled, Damaged, HostileArchive
from exportmanager.core.trees import EntryKind, Findings, TreeEntry
from exportmanager.formats.archives import open_tree
from exportmanager.formats.packing import Packed, pack
from exportmanager.formats.zips import DEFLATED, STORED, ZipReader, inflate, members_of, packed_of

LARGE_NOISE = random.Random(3).randbytes((4 << 20) + 1)
LARGE_TEXT = b"print('the same line again')\n" * 200_000


@dataclass
class ListTree:
    """A tree of given entries."""

    given: list[TreeEntry]

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        yield from self.given


class Slow(io.BytesIO):
    """A file that gives less than it is asked for, as files on network disks may."""

    most = 1 << 20

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self.most if size is None or size < 0 else min(size, self.most))


class Broken(io.BytesIO):
    """A file that fails when half of it was read."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= len(self.getvalue()) // 2:
            raise OSError(5, "Input/output error")
        return super().read(min(size or 0, 1 << 20))


class FullDisk(io.BytesIO):
    """A disk with room for so many bytes."""

    room = 1000

    def write(self, data: bytes) -> int:  # type: ignore[override]
        if self.tell() + len(data) > self.room:
            raise OSError(28, "No space left on device")
        return super().write(data)


def file(path: str, content: bytes, opener: Callable[[bytes], BinaryIO] = io.BytesIO, *, size: int = -1) -> TreeEntry:
    return TreeEntry(path=path, size=len(content) if size < 0 else size, open=lambda: opener(content))


def packed_tree(
    *entries: TreeEntry, check: Callable[[], None] = lambda: None
) -> tuple[Packed, dict[str, bytes], Findings]:
    """What came of packing, the contents of the zip, and what was left out."""
    out, findings = io.BytesIO(), Findings()
    packed = pack(ListTree(list(entries)), out, findings, check)
    assert packed.sha256 == hashlib.sha256(out.getvalue()).hexdigest()
    assert packed.packed_bytes == len(out.getvalue())
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        contents = {name: archive.read(name) for name in archive.namelist()}
    for known in packed.files:
        if known.link is None:
            assert (known.size, known.sha256) == (
                len(contents[known.path]),
                hashlib.sha256(contents[known.path]).hexdigest(),
            )
    return packed, contents, findings


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A workspace with one of everything."""
    folder = tmp_path / "ws"
    (folder / "src" / "deep").mkdir(parents=True)
    (folder / "empty").mkdir()
    (folder / "src" / "main.py").write_bytes(b"print()\n")
    (folder / "src.txt").write_bytes(b"")
    (folder / "src" / "deep" / "ü 日本.bin").write_bytes(random.Random(4).randbytes(3000))
    (folder / "run.sh").write_bytes(b"#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    (folder / "src" / "link").symlink_to("../run.sh")
    return folder


def tar_of(folder: Path) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.add(folder, ".")
    return out.getvalue()


def zip_of(folder: Path) -> bytes:
    items: list[tuple[zipfile.ZipInfo, bytes]] = []
    for path in sorted(folder.rglob("*"), reverse=True):
        name = path.relative_to(folder).as_posix()
        info = zip_info(name + "/" * (path.is_dir() and not path.is_symlink()), path.lstat().st_mode)
        content = os.fsencode(path.readlink()) if path.is_symlink() else b"" if path.is_dir() else path.read_bytes()
        items.append((info, content))
    return zip_bytes(*items)


def made(path: Path, modified: int | None = None) -> tuple[Packed, bytes]:
    out, findings = io.BytesIO(), Findings()
    packed = pack(open_tree(path), out, findings, modified=modified)
    assert findings.gaps == []
    return packed, out.getvalue()


@pytest.mark.skipif(os.name == "nt", reason="needs links and permission bits")
def test_the_same_tree_has_the_same_identity_wherever_it_came_from(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zip_of(tree))
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(tar_of(tree)))
    (tmp_path / "a.tgz").write_bytes(gzip.compress(tar_of(tree), 1))
    (tmp_path / "a.tar.zst").write_bytes(zstandard.ZstdCompressor().compress(tar_of(tree)))
    first, data = made(tree, modified=0)
    assert [known.path for known in first.files] == [
        "run.sh",
        "src.txt",
        "src/deep/ü 日本.bin",
        "src/link",
        "src/main.py",
    ]
    assert [member.name for member in members_of(data) if member.is_folder] == ["empty/"]
    for suffix in ("zip", "tar.gz", "tgz", "tar.zst"):
        other, same = made(tmp_path / f"a.{suffix}", modified=0)
        assert other.identity == first.identity
        assert (other.files, same) == (first.files, data)


def test_packing_twice_gives_the_same_bytes(tree: Path) -> None:
    assert made(tree) == made(tree)


def test_times_are_those_of_the_files_unless_one_is_given(tree: Path) -> None:
    os.utime(tree / "run.sh", (1_700_000_001, 1_700_000_001))
    own, given = made(tree), made(tree, modified=77)
    assert {m.name: m.modified for m in members_of(own[1])}["run.sh"] == 1_700_000_001
    assert {m.modified for m in members_of(given[1])} == {77}
    assert own[0].identity == given[0].identity


def _turn_link(folder: Path) -> None:
    (folder / "src/link").unlink()
    (folder / "src/link").symlink_to("main.py")


def _link_to_file(folder: Path) -> None:
    (folder / "src/link").unlink()
    (folder / "src/link").write_bytes(b"../run.sh")


def _folder_to_file(folder: Path) -> None:
    (folder / "empty").rmdir()
    (folder / "empty").write_bytes(b"")


CHANGES: dict[str, Callable[[Path], object]] = {
    "content": lambda folder: (folder / "src.txt").write_bytes(b"x"),
    "name": lambda folder: (folder / "src.txt").rename(folder / "src.text"),
    "executable": lambda folder: (folder / "run.sh").chmod(0o644),
    "link": _turn_link,
    "link to file": _link_to_file,
    "empty folder": lambda folder: (folder / "empty").rmdir(),
    "folder to file": _folder_to_file,
}


@pytest.mark.skipif(os.name == "nt", reason="needs links and permission bits")
@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_changes_the_identity(tree: Path, change: str) -> None:
    before = made(tree)[0].identity
    CHANGES[change](tree)
    assert made(tree)[0].identity != before


def test_names_and_contents_cannot_be_mixed_up_in_the_identity() -> None:
    one, _, _ = packed_tree(file("a\n", b"b"))
    other, _, _ = packed_tree(file("a", b"\nb"))
    assert one.identity != other.identity


@pytest.mark.parametrize("size", [0, 1, (4 << 20) - 1, 4 << 20, (4 << 20) + 1])
@pytest.mark.parametrize("claimed", [-1, 0, 10, 1 << 40])
def test_files_of_every_size_come_whole_whatever_size_was_listed(size: int, claimed: int) -> None:
    content = LARGE_NOISE[:size]
    packed, contents, _ = packed_tree(file("a", content, size=claimed))
    assert contents == {"a": content}
    assert packed.bytes == size


@pytest.mark.parametrize("most", [1 << 20, 3 << 20, (4 << 20) - 1])
@pytest.mark.parametrize("size", [2 << 20, (4 << 20) - 1, 4 << 20, (4 << 20) + 1, 5 << 20])
def test_a_disk_that_gives_less_than_asked_for_loses_nothing(
    monkeypatch: pytest.MonkeyPatch, most: int, size: int
) -> None:
    monkeypatch.setattr(Slow, "most", most)
    content = (LARGE_NOISE * 2)[:size]
    _, contents, _ = packed_tree(file("a", content, Slow))
    assert contents == {"a": content}


def test_large_files_are_stored_or_deflated_by_whether_they_shrink() -> None:
    out = io.BytesIO()
    pack(ListTree([file("noise", LARGE_NOISE), file("text", LARGE_TEXT)]), out, Findings())
    noise, text = members_of(out.getvalue())
    assert (noise.method, text.method) == (STORED, DEFLATED)
    assert len(inflate(text.method, packed_of(out.getvalue(), text), text.size)) == len(LARGE_TEXT)
    assert text.packed < len(LARGE_TEXT) // 20


def test_a_large_file_reads_back_in_pieces(tmp_path: Path) -> None:
    with (tmp_path / "a.zip").open("wb") as out:
        pack(ListTree([file("text", LARGE_TEXT)]), out, Findings())
    with ZipReader(tmp_path / "a.zip") as reader:
        assert b"".join(reader.unpacked_chunks(next(reader.members()))) == LARGE_TEXT


def test_modes_let_the_owner_read_and_are_recorded_as_they_were() -> None:
    entries = [
        TreeEntry(path=f"{mode:o}", mode=mode, open=lambda: io.BytesIO(b"x")) for mode in (0, 0o444, 0o755, 0o4777)
    ]
    out = io.BytesIO()
    packed = pack(ListTree(entries), out, Findings())
    modes = [member.mode for member in members_of(out.getvalue())]
    assert modes == [stat.S_IFREG | mode for mode in (0o600, 0o644, 0o755, 0o777)]
    assert [known.mode for known in packed.files] == [0, 0o444, 0o755, 0o4777]


def test_what_is_packed_is_measured() -> None:
    packed, _, _ = packed_tree(
        TreeEntry(path="a folder", kind=EntryKind.FOLDER),
        file("b", b"12"),
        TreeEntry(path="l", kind=EntryKind.LINK, link="b"),
    )
    assert (packed.bytes, packed.longest_path, packed.portable) == (2, 8, True)
    assert [(known.path, known.link) for known in packed.files] == [("b", None), ("l", "b")]
    assert packed_tree(file("a:b", b""))[0].portable is False
    assert packed_tree(file("\U0001f600", b""))[0].longest_path == 2
    assert packed_tree()[0].longest_path == 0


# what goes wrong


@pytest.mark.parametrize("content", [b"x" * 1000, LARGE_TEXT, LARGE_NOISE], ids=["small", "large text", "large noise"])
def test_a_file_that_cannot_be_read_on_is_left_out_by_name_and_the_rest_is_whole(content: bytes) -> None:
    packed, contents, findings = packed_tree(file("a", b"1"), file("broken", content, Broken), file("z", b"2"))
    assert contents == {"a": b"1", "z": b"2"}
    assert [known.path for known in packed.files] == ["a", "z"]
    (gap,) = findings.gaps
    assert (gap.what, gap.why) == ("broken", "it could not be read (Input/output error)")


def test_a_file_that_cannot_be_opened_is_left_out_by_name() -> None:
    def refuse(_: bytes) -> BinaryIO:
        raise PermissionError(13, "Permission denied")

    _, contents, findings = packed_tree(file("a", b"", refuse), file("b", b"1"))
    assert contents == {"b": b"1"}
    assert [(gap.what, gap.why) for gap in findings.gaps] == [("a", "the system gave no permission to read it")]


@pytest.mark.parametrize(
    "content", [LARGE_NOISE[:200_000], LARGE_NOISE, LARGE_TEXT], ids=["small", "large", "large text"]
)
def test_a_full_disk_ends_the_packing_and_is_no_fault_of_the_file(content: bytes) -> None:
    findings = Findings()
    with pytest.raises(OSError, match="No space left"):
        pack(ListTree([file("a", content), file("b", b"1")]), FullDisk(), findings)
    assert findings.gaps == []


def test_a_full_disk_for_temporary_files_ends_the_packing_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exportmanager.formats.packing.tempfile.SpooledTemporaryFile", lambda _: FullDisk())
    findings = Findings()
    with pytest.raises(OSError, match="No space left"):
        pack(ListTree([file("a", LARGE_NOISE)]), io.BytesIO(), findings)
    assert findings.gaps == []


def test_a_damaged_member_refuses_the_whole_archive(tmp_path: Path) -> None:
    whole = zip_bytes(("a", b"1"), ("b", b"content"), method=zipfile.ZIP_STORED)
    (tmp_path / "a.zip").write_bytes(whole.replace(b"content", b"CONTENT"))
    with pytest.raises(HostileArchive, match="damaged"):
        pack(open_tree(tmp_path / "a.zip"), io.BytesIO(), Findings())


@pytest.mark.parametrize("calls", range(12))
def test_the_work_ends_when_check_says_so(calls: int) -> None:
    left = calls

    def check() -> None:
        nonlocal left
        if left == 0:
            raise Cancelled
        left -= 1

    with pytest.raises(Cancelled):
        packed_tree(file("a", b"1"), file("large", LARGE_NOISE * 2), file("z", b"2"), check=check)


def test_a_copy_that_is_too_short_is_noticed_while_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    class Forgetful(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(size) if self.tell() == 0 else b""

    monkeypatch.setattr("exportmanager.formats.packing.tempfile.SpooledTemporaryFile", lambda _: Forgetful())
    with pytest.raises(Damaged, match="announced"):
        pack(ListTree([file("a", LARGE_NOISE)]), io.BytesIO(), Findings())
