"""What takes packed files: a zip, a folder in one, or plain files, which hold the same afterwards."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from exportmanager.archive.encrypting import Forward
from exportmanager.core.errors import Damaged
from exportmanager.formats.members import FolderMembers, Members, Within
from exportmanager.formats.zip_reading import unpacked
from exportmanager.formats.zips import Member, ZipReader, ZipWriter, members_of, packed_of

AT = 1_772_000_000
LARGE = b"a line that shrinks well\n" * 100_000


def package() -> bytes:
    """A small zip of ours."""
    out = io.BytesIO()
    with ZipWriter(out) as writer:
        writer.add("main.py", b"print('hello')\n" * 9, modified=AT)
        writer.add("src/run.sh", b"#!/bin/sh\n", mode=0o755, modified=AT)
        writer.add_folder("empty", modified=AT)
        writer.add("large.txt", LARGE, modified=AT)
    return out.getvalue()


def fill(members: Members) -> None:
    """Put something in, in every way there is."""
    small = package()
    members.copy_package(small, "whole/")
    found = members_of(small)
    members.copy([f"copied/{m.name}" for m in found], found, [packed_of(small, m) for m in found])
    with ZipReader(io.BytesIO(small)) as reader:
        for member in reader.members():
            if not member.is_folder:
                members.copy_chunks(f"chunks/{member.name}", member, reader.packed_chunks(member))
    members.add("added.txt", b"added", modified=AT)
    members.add_folder("nothing/in it", modified=AT)
    with members.stream("streamed.txt", modified=AT) as out:
        for start in range(0, len(LARGE), 70_000):
            out.write(LARGE[start : start + 70_000])
    with members.stream("streamed empty.txt"):
        pass


@contextmanager
def zipped(path: Path) -> Iterator[Members]:
    with path.open("xb+") as out, ZipWriter(out) as writer:
        yield writer


@contextmanager
def forward(path: Path) -> Iterator[Members]:
    with path.open("xb+") as out, ZipWriter(out) as writer:
        yield Forward(writer)


@contextmanager
def within(path: Path) -> Iterator[Members]:
    with path.open("xb+") as out, ZipWriter(out) as writer:
        yield Within(Within(writer, "outer/"), "inner/")


@contextmanager
def plain(path: Path) -> Iterator[Members]:
    yield FolderMembers(path)


def contents(path: Path) -> dict[str, tuple[bytes, bool]]:
    """Each file with its bytes and whether it can be run; folders end with a slash."""
    if path.is_dir():
        found = {}
        for file in path.rglob("*"):
            name = file.relative_to(path).as_posix()
            if file.is_file():
                found[name] = (file.read_bytes(), bool(file.stat().st_mode & stat.S_IXUSR))
                assert file.stat().st_mtime in {AT, 0}
            elif not any(file.iterdir()):
                found[f"{name}/"] = (b"", False)
        return found
    with zipfile.ZipFile(path) as archive:
        return {
            info.filename: (archive.read(info), bool(info.external_attr >> 16 & stat.S_IXUSR) and not info.is_dir())
            for info in archive.infolist()
        }


@pytest.mark.parametrize("kind", [forward, within, plain])
def test_whatever_takes_them_holds_the_same_files(
    tmp_path: Path, kind: Callable[[Path], AbstractContextManager[Members]]
) -> None:
    with zipped(tmp_path / "expected") as expected, kind(tmp_path / "found") as found:
        fill(expected)
        fill(found)
    first, second = contents(tmp_path / "expected"), contents(tmp_path / "found")
    assert {name.removeprefix("outer/inner/"): value for name, value in second.items()} == first
    assert len(first) == 4 + 4 + 3 + 4
    assert first["whole/src/run.sh"] == (b"#!/bin/sh\n", True)


def test_a_folder_never_writes_over_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("the teacher's")
    with pytest.raises(FileExistsError):
        FolderMembers(tmp_path).copy_package(package(), "")
    assert (tmp_path / "main.py").read_text() == "the teacher's"


@pytest.mark.parametrize(("crc", "size"), [(1, 135), (None, 3)], ids=["hash", "size"])
def test_a_folder_takes_no_damaged_file(tmp_path: Path, crc: int | None, size: int) -> None:
    small = package()
    member = members_of(small)[0]
    spoiled, data = member._replace(crc=member.crc if crc is None else crc, size=size), packed_of(small, member)
    with pytest.raises(Damaged):
        FolderMembers(tmp_path / "one").copy(["x"], [spoiled], [data])
    with pytest.raises(Damaged):
        FolderMembers(tmp_path / "two").copy_chunks("x", spoiled, [bytes(data)])


@pytest.mark.parametrize("name", ["large.txt", "src/run.sh"])
def test_packed_bytes_are_unpacked_as_they_come(name: str) -> None:
    small = package()
    member = next(m for m in members_of(small) if m.name == name)
    data, unpack = bytes(packed_of(small, member)), unpacked(member)
    pieces = [piece for start in range(0, len(data), 7) for piece in unpack(data[start : start + 7])]
    assert b"".join(pieces) == (LARGE if name == "large.txt" else b"#!/bin/sh\n")
    assert max(map(len, pieces)) <= 1 << 20


def test_a_folder_in_a_folder_knows_how_much_comes_before_its_names() -> None:
    with ZipWriter(io.BytesIO()) as writer:
        inner = Within(Within(writer, "one/"), "\N{PILE OF POO}/")
        assert (writer.depth, Within(writer, "ä/").depth, inner.depth) == (0, 2, 7)


def test_links_are_taken_by_zips_and_not_by_folders(tmp_path: Path) -> None:
    with ZipWriter(io.BytesIO()) as writer:
        assert writer.takes_links
        assert Within(writer, "x/").takes_links
    assert not FolderMembers(tmp_path).takes_links


def test_what_a_member_announces_is_what_must_come(tmp_path: Path) -> None:
    member = Member("x", 0, 5, 5, 0, 0o100644, AT, 0)
    with pytest.raises(Damaged), zipped(tmp_path / "x.zip") as members:
        members.copy_chunks("x", member, [b"four"])
