"""A finished export is read back from the disk: whatever became of it is found and said."""

from __future__ import annotations

import hashlib
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from exporting import bring_in, export, file_of, sha256

from exportmanager.core.errors import Cancelled, NotFound
from exportmanager.core.ledger import Sealed
from exportmanager.core.meter import Meter, Progress
from exportmanager.exports.pieces.archive import archive_in
from exportmanager.formats.manifest import MANIFEST
from exportmanager.program import Program
from exportmanager.shelf.verify import Verification, verify

WRONG_WHOLE = "Its SHA-256 is not the one it was made with."
WORKSPACE = "notes/read me.txt"


@pytest.fixture
def exported(program: Program, tmp_path: Path) -> tuple[Path, Sealed]:
    """An export on the shelf, and what the ledger says of it."""
    bring_in(program, tmp_path / "course")
    job = export(program)
    assert job.file is not None
    return file_of(program, job), job.file


def check(path: Path, file: Sealed) -> Verification:
    return verify(path, file, Meter())


def as_recorded(path: Path) -> Sealed:
    """The record of a file as it is now, so that only its members can be wrong."""
    return Sealed(path.name, path.stat().st_size, sha256(path))


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x40
    path.write_bytes(data)


def data_of(path: Path, name: str) -> tuple[str, int]:
    """The full name of the member that ends with `name`, and where the middle of its data lies."""
    with zipfile.ZipFile(path) as archive:
        info = next(info for info in archive.infolist() if info.filename.endswith(name))
        with path.open("rb") as file:
            file.seek(info.header_offset + 26)
            head = file.read(4)
    start = info.header_offset + 30 + int.from_bytes(head[:2], "little") + int.from_bytes(head[2:], "little")
    return info.filename, start + info.compress_size // 2


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Write the archive anew with other members."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    change(members)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def test_an_export_is_whole_and_all_of_its_files_were_checked(exported: tuple[Path, Sealed]) -> None:
    path, file = exported
    with zipfile.ZipFile(path) as archive:
        files = [info for info in archive.infolist() if not info.is_dir() and info.filename != MANIFEST]
    found = check(path, file)
    assert (found.problems, found.files) == ((), len(files))
    assert found.is_whole


def test_a_flipped_byte_in_any_member_is_found_and_its_file_named(exported: tuple[Path, Sealed]) -> None:
    path, file = exported
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        names = [i.filename for i in archive.infolist() if i.file_size and i.filename != MANIFEST]
    assert any(name.endswith(WORKSPACE) for name in names)
    for name in names:
        flip(path, data_of(path, name)[1])
        assert check(path, file).problems == (WRONG_WHOLE, f"{name} is damaged."), name
        path.write_bytes(whole)


def test_a_flipped_byte_in_the_manifest_is_found(exported: tuple[Path, Sealed]) -> None:
    path, _ = exported
    flip(path, data_of(path, MANIFEST)[1])
    assert not check(path, as_recorded(path)).is_whole


def test_any_flipped_byte_of_an_archive_is_found_and_breaks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "small.zip"
    with path.open("w+b") as out, archive_in(out, 0) as archive:
        archive.text("a.txt", "hello\n")
        archive.text("größe/b.txt", "line\n" * 30)
    file = as_recorded(path)
    whole = path.read_bytes()
    for at in range(len(whole)):
        for bit in (0x01, 0x80):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
            assert WRONG_WHOLE in check(path, file).problems, at


def test_a_file_that_was_cut_off_is_found(exported: tuple[Path, Sealed]) -> None:
    path, file = exported
    whole = path.read_bytes()
    for length in (len(whole) - 1, len(whole) // 2, 10, 0):
        path.write_bytes(whole[:length])
        problems = check(path, file).problems
        assert f"It has {length:,} bytes; it was made with {file.size:,}." in problems
        assert WRONG_WHOLE in problems
        assert len(problems) == 3


def test_bytes_that_were_added_are_found(exported: tuple[Path, Sealed]) -> None:
    path, file = exported
    path.write_bytes(path.read_bytes() + b"\0" * 10)
    assert len(check(path, file).problems) == 3


def test_a_file_that_was_added_is_named(exported: tuple[Path, Sealed]) -> None:
    path, _ = exported
    rewritten(path, lambda members: members.update({"extra.txt": b"slipped in"}))
    assert check(path, as_recorded(path)).problems == ("extra.txt is in the archive and not in the manifest.",)


def test_a_file_that_was_taken_out_is_named(exported: tuple[Path, Sealed]) -> None:
    path, _ = exported
    name = data_of(path, WORKSPACE)[0]
    rewritten(path, lambda members: members.pop(name))  # type: ignore[arg-type]
    assert check(path, as_recorded(path)).problems == (f"{name} is in the manifest and not in the archive.",)


def test_a_file_that_was_exchanged_is_named(exported: tuple[Path, Sealed]) -> None:
    path, _ = exported
    name = data_of(path, "main.py")[0]
    rewritten(path, lambda members: members.update({name: b"print('better')\n"}))
    assert check(path, as_recorded(path)).problems == (f"{name} is damaged.",)


def test_a_missing_manifest_is_found(exported: tuple[Path, Sealed]) -> None:
    path, file = exported
    rewritten(path, lambda members: members.pop(MANIFEST))  # type: ignore[arg-type]
    assert WRONG_WHOLE in check(path, file).problems


def test_only_the_first_of_very_many_problems_are_listed(exported: tuple[Path, Sealed]) -> None:
    path, _ = exported
    rewritten(path, lambda members: members.update({f"extra-{n:03}.txt": b"" for n in range(100)}))
    problems = check(path, as_recorded(path)).problems
    assert problems[-1] == "And 80 more like this."
    assert len(problems) == 21


def test_a_wrong_whole_hash_alone_is_found(exported: tuple[Path, Sealed]) -> None:
    path, file = exported
    other = Sealed(file.name, file.size, hashlib.sha256(b"").hexdigest())
    assert check(path, other).problems == (WRONG_WHOLE,)


def test_an_export_that_is_no_archive_is_verified_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("at,user\n")
    file = as_recorded(path)
    assert check(path, file) == Verification(0, ())
    path.write_text("at,USER\n")
    assert check(path, file).problems == (WRONG_WHOLE,)


def test_a_file_that_is_not_there_is_a_problem_with_a_next_step(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"not there\. It was moved or removed by hand: run the export again"):
        check(tmp_path / "gone.zip", Sealed("gone.zip", 1, "0" * 64))


def test_verifying_tells_how_far_it_is_and_can_be_stopped(exported: tuple[Path, Sealed]) -> None:
    path, file = exported
    seen: list[Progress] = []
    verify(path, file, Meter(seen.append))
    assert seen[0].total == file.size
    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)
    with pytest.raises(Cancelled):
        verify(path, file, Meter(stop=lambda: True))


def test_a_large_member_is_checked_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "large.zip"
    large = random.Random(1).randbytes(66 << 20)
    with path.open("w+b") as out, archive_in(out, 0) as archive:
        archive.zip.add("large.bin", large)
        archive.note([f"{hashlib.sha256(large).hexdigest()}  large.bin\n"])
    assert check(path, as_recorded(path)).is_whole
    flip(path, data_of(path, "large.bin")[1])
    assert check(path, as_recorded(path)).problems == ("large.bin is damaged.",)
