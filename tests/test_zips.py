"""Zips: other people's programs read what is written, and no damage makes ours give what was not written."""

from __future__ import annotations

import contextlib
import io
import os
import random
import shutil
import stat
import subprocess
import tempfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exportmanager.core.errors import Damaged
from exportmanager.formats import zip_records
from exportmanager.formats.zip_moving import moved
from exportmanager.formats.zips import (
    DEFLATED,
    STORED,
    Member,
    ZipReader,
    ZipWriter,
    deflate,
    inflate,
    link_member,
    members_of,
    packed_of,
)

TEXT = b"def f(x):\n    return x + 1\n" * 400
PIECE = 1 << 26
NOISE = random.Random(1).randbytes(5000)
CHECKERS = {
    "unzip": ["unzip", "-tqq"],
    "zipinfo": ["zipinfo", "-1"],
    "7z": ["7z", "t", "-bso0"],
    "bsdtar": ["bsdtar", "-tf"],
}


def written(fill: Callable[[ZipWriter], object]) -> bytes:
    out = io.BytesIO()
    with ZipWriter(out) as archive:
        fill(archive)
    return out.getvalue()


def everything(archive: ZipWriter) -> None:
    """Every kind of entry that there is."""
    archive.add("text.py", TEXT, modified=1_700_000_001)
    archive.add("empty", b"")
    archive.add("noise.bin", NOISE, mode=0o600)
    archive.add("run.sh", b"#!/bin/sh\n", mode=0o755)
    archive.add_folder("an empty folder")
    archive.add("ünïcode/日本語 שלום \U0001f600.txt", b"x" * 100)
    archive.add_link("link", "run.sh")
    with archive.stream("streamed.csv") as stream:
        for _ in range(100):
            stream.write(b"a,b,c\r\n")
    with archive.stream("streamed and empty"):
        pass
    other = written(lambda inner: inner.add("inner", TEXT))
    (member,) = members_of(other)
    packed = packed_of(other, member)
    archive.copy(["copied.py"], [member], [packed])
    archive.copy_chunks("in pieces.py", member, [bytes(packed[:10]), bytes(packed[10:])])


def saved(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def contents(path: Path) -> dict[str, bytes]:
    with ZipReader(path) as reader:
        return {member.name: b"".join(reader.unpacked_chunks(member)) for member in reader.members()}


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
    )


@pytest.mark.parametrize("program", CHECKERS)
@pytest.mark.parametrize("fill", [everything, lambda _: None], ids=["everything", "nothing"])
def test_other_programs_accept_what_is_written(
    tmp_path: Path, program: str, fill: Callable[[ZipWriter], object]
) -> None:
    path = saved(tmp_path / "a.zip", written(fill))
    said = run(*CHECKERS[program], path)
    empty_is_a_warning = fill is not everything and program in {"unzip", "zipinfo"}
    assert said.returncode == (1 if empty_is_a_warning else 0), said.stdout + said.stderr


def test_python_reads_every_byte_back() -> None:
    data = written(everything)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.read("text.py") == archive.read("copied.py") == archive.read("in pieces.py") == TEXT
        assert archive.read("noise.bin") == NOISE
        assert archive.read("streamed.csv") == b"a,b,c\r\n" * 100
        assert archive.read("streamed and empty") == archive.read("empty") == b""
        assert "ünïcode/日本語 שלום \U0001f600.txt" in archive.namelist()
        assert archive.getinfo("an empty folder/").is_dir()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits")
@pytest.mark.parametrize("program", ["unzip", "bsdtar", "7z"])
def test_links_and_modes_and_times_come_back_out(tmp_path: Path, program: str) -> None:
    path = saved(tmp_path / "a.zip", written(everything))
    out = tmp_path / "out"
    out.mkdir()
    commands: dict[str, list[str | Path]] = {
        "unzip": ["unzip", "-q", path, "-d", out],
        "bsdtar": ["bsdtar", "-xf", path, "-C", out],
        "7z": ["7z", "x", "-bso0", f"-o{out}", path],
    }
    said = run(*commands[program])
    assert said.returncode == 0, said.stderr
    assert (out / "link").readlink() == Path("run.sh")
    assert stat.S_IMODE((out / "run.sh").stat().st_mode) == 0o755
    assert stat.S_IMODE((out / "noise.bin").stat().st_mode) == 0o600
    assert int((out / "text.py").stat().st_mtime) == 1_700_000_001
    assert (out / "ünïcode/日本語 שלום \U0001f600.txt").read_bytes() == b"x" * 100
    assert list((out / "an empty folder").iterdir()) == []


def test_the_same_members_give_the_same_bytes() -> None:
    assert written(everything) == written(everything)


def test_the_reader_gives_back_what_the_writer_took(tmp_path: Path) -> None:
    data = written(everything)
    path = saved(tmp_path / "a.zip", data)
    read = contents(path)
    assert read["text.py"] == TEXT
    assert read["link"] == b"run.sh"
    with ZipReader(path) as reader:
        members = list(reader.members())
        assert members == members_of(data)
        assert [reader.packed(member) for member in members] == [bytes(packed_of(data, member)) for member in members]
        assert [member.name for member in members if member.is_link] == ["link"]
        assert [member.name for member in members if member.is_folder] == ["an empty folder/"]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.binary(max_size=2000), st.booleans()), max_size=8))
def test_any_content_comes_back_as_it_was(files: list[tuple[bytes, bool]]) -> None:
    def fill(archive: ZipWriter) -> None:
        for number, (content, streamed) in enumerate(files):
            if streamed:
                with archive.stream(f"{number}") as stream:
                    stream.write(content)
            else:
                archive.add(f"{number}", content)

    data = written(fill)
    members = members_of(data)
    assert [bytes(inflate(m.method, packed_of(data, m), m.size)) for m in members] == [content for content, _ in files]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert [archive.read(name) for name in archive.namelist()] == [content for content, _ in files]


LAST_DOS = 4354819198
TIMES = {
    "1970": (0, 0),
    "before 1970": (-1, -1),
    "1901": (-0x80000000, -0x80000000),
    "before all timestamps": (-(10**12), -0x80000000),
    "before 1980 and odd": (315532799, 315532799),
    "today and odd": (1_772_000_001, 1_772_000_001),
    "the last timestamp": (0x7FFFFFFF, 0x7FFFFFFF),
    "after the last timestamp": (0x80000000, 0x80000000),
    "2100 and odd": (4_102_444_801, 4_102_444_800),
    "the last of DOS": (LAST_DOS, LAST_DOS),
    "2108": (LAST_DOS + 2, LAST_DOS),
    "after all calendars": (10**20, LAST_DOS),
}


@pytest.mark.parametrize(("given_", "kept"), TIMES.values(), ids=TIMES)
def test_times_come_back_as_far_as_a_zip_can_hold_them(tmp_path: Path, given_: int, kept: int) -> None:
    data = written(lambda archive: archive.add("a", b"", modified=given_))
    assert members_of(data)[0].modified == kept
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        year = archive.infolist()[0].date_time[0]
    assert 1980 <= year <= 2107
    assert run("unzip", "-tqq", saved(tmp_path / "a.zip", data)).returncode == 0


def test_a_copied_member_keeps_its_time_beyond_2038() -> None:
    first = written(lambda archive: archive.add("a", TEXT, modified=3_000_000_000))
    (member,) = members_of(first)
    second = written(lambda archive: archive.copy(["b"], [member], [packed_of(first, member)]))
    assert members_of(second)[0].modified == 3_000_000_000


@pytest.mark.parametrize("prefix", ["folder/", "ünïcode 日本/student/"])
def test_a_whole_package_is_copied_under_a_folder_as_if_member_by_member(tmp_path: Path, prefix: str) -> None:
    package = written(everything)
    members = members_of(package)

    def in_one_piece(archive: ZipWriter) -> None:
        archive.add("before", b"x" * 77)
        archive.copy_package(package, prefix)
        archive.copy_package(written(lambda _: None), "nothing/")
        archive.add("after", b"y")

    def one_by_one(archive: ZipWriter) -> None:
        archive.add("before", b"x" * 77)
        archive.copy([prefix + m.name for m in members], members, [packed_of(package, m) for m in members])
        archive.add("after", b"y")

    copied = saved(tmp_path / "a.zip", written(in_one_piece))
    assert contents(copied) == contents(saved(tmp_path / "b.zip", written(one_by_one)))
    assert [m._replace(offset=0) for m in members_of(copied.read_bytes())] == [
        m._replace(offset=0) for m in members_of((tmp_path / "b.zip").read_bytes())
    ]
    for command in CHECKERS.values():
        if shutil.which(command[0]):
            assert run(*command, copied).returncode == 0


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_package_is_moved_whole_or_called_damaged(data: st.DataObject) -> None:
    whole = bytearray(written(small))
    length = whole.index(b"PK\x01\x02") + 4 * len("p/")
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Damaged):
        entries, _, count = moved(bytes(whole), "p/", 0)
        assert (count, len(entries)) == (4, length)


# what can go wrong while writing


def test_a_member_that_is_shorter_than_it_says_is_not_copied() -> None:
    first = written(lambda archive: archive.add("a", TEXT))
    (member,) = members_of(first)
    packed = bytes(packed_of(first, member))
    for wrong in (packed[:-1], packed + b"x"):
        with pytest.raises(Damaged):
            written(lambda archive, data=wrong: archive.copy(["a"], [member], [data]))  # type: ignore[misc]
        with pytest.raises(Damaged):
            written(lambda archive, data=wrong: archive.copy_chunks("a", member, [data]))  # type: ignore[misc]


def test_an_archive_with_an_unfinished_member_cannot_be_closed() -> None:
    archive = ZipWriter(io.BytesIO())
    with pytest.raises(OSError, match="full"), archive.stream("a"):
        raise OSError("full")
    with pytest.raises(ValueError, match="a is not finished"):
        archive.add("b", b"")
    with pytest.raises(ValueError, match="a is not finished"):
        archive.close()
    archive.__exit__(ValueError)


def test_nothing_can_be_added_while_a_member_is_streamed() -> None:
    with (
        pytest.raises(ValueError, match="a is not finished"),
        ZipWriter(io.BytesIO()) as archive,
        archive.stream("a"),
    ):
        archive.add("b", b"")


def test_incompressible_data_are_stored_and_short_ones_too() -> None:
    assert deflate(NOISE) == (STORED, NOISE)
    assert deflate(b"") == (STORED, b"")
    assert deflate(TEXT)[0] == DEFLATED
    assert zlib.decompress(deflate(TEXT)[1], -15) == TEXT


def test_a_link_gets_another_target_and_is_otherwise_the_same() -> None:
    data = written(lambda archive: archive.add_link("l", "old", modified=5))
    (member,) = members_of(data)
    turned, packed = link_member(member, "ñew")
    second = written(lambda archive: archive.copy(["l"], [turned], [packed]))
    with zipfile.ZipFile(io.BytesIO(second)) as archive:
        assert archive.read("l").decode() == "ñew"
        assert stat.S_ISLNK(archive.infolist()[0].external_attr >> 16)


# zip64


def test_more_than_65535_entries(tmp_path: Path) -> None:
    count = 65_540
    (member,) = members_of(written(lambda archive: archive.add("x", b"")))

    def fill(archive: ZipWriter) -> None:
        archive.copy([f"{n}" for n in range(count)], [member] * count, [b""] * count)

    data = written(fill)
    path = saved(tmp_path / "a.zip", data)
    assert len(members_of(data)) == count
    with ZipReader(path) as reader:
        assert sum(1 for _ in reader.members()) == count
    with zipfile.ZipFile(path) as archive:
        assert len(archive.infolist()) == count
    assert run("unzip", "-tqq", path).returncode == 0
    assert len(run("bsdtar", "-tf", path).stdout.split()) == count


@pytest.mark.parametrize("count", [65_534, 65_535])
def test_the_last_count_without_zip64_and_the_first_with_it(count: int) -> None:
    (member,) = members_of(written(lambda archive: archive.add("x", b"")))
    data = written(lambda archive: archive.copy([f"{n}" for n in range(count)], [member] * count, [b""] * count))
    assert (b"PK\x06\x06" in data[-200:]) == (count == 65_535)
    assert len(members_of(data)) == count


class Zeros:
    """A sparse file in thought: what is written far out is not kept, so that 4 GiB cost nothing."""

    def __init__(self) -> None:
        self.kept: list[tuple[int, bytes]] = []
        self.at = 0

    def write(self, data: bytes) -> int:
        if len(data) < PIECE:  # a piece as large as that is known to be zeros
            self.kept.append((self.at, bytes(data)))
        self.at += len(data)
        return len(data)

    def tell(self) -> int:
        return self.at

    def save(self, path: Path) -> Path:
        with path.open("wb") as file:
            for at, data in self.kept:
                file.seek(at)
                file.write(data)
            file.truncate(self.at)
        return path


@pytest.mark.skipif(os.name == "nt", reason="a file with a hole is whole there")
def test_a_member_and_an_offset_above_4_gib(tmp_path: Path) -> None:
    size = (1 << 32) + 10
    piece = bytes(PIECE)
    out = Zeros()
    large = Member("large", 0, size, size, STORED, stat.S_IFREG | 0o644, 0, 0)
    with ZipWriter(out) as archive:  # type: ignore[arg-type]
        archive.copy_chunks("large", large, [piece] * (size // len(piece)) + [bytes(size % len(piece))])
        archive.add("after.txt", TEXT)
    path = out.save(tmp_path / "a.zip")
    with ZipReader(path) as reader:
        first, second = reader.members()
        assert first.size == first.packed == size
        assert second.offset > 1 << 32
        assert b"".join(reader.unpacked_chunks(second)) == TEXT
        assert len(next(reader.packed_chunks(first))) == 1 << 20
    with zipfile.ZipFile(path) as archive_:
        assert [info.file_size for info in archive_.infolist()] == [size, len(TEXT)]
        assert archive_.read("after.txt") == TEXT
    assert run("unzip", "-p", path, "after.txt").stdout.encode() == TEXT
    assert run("bsdtar", "-tf", path).stdout.split() == ["large", "after.txt"]
    assert "1 file" in run("7z", "l", path, "after.txt").stdout


@pytest.mark.parametrize("far", [0, 299, 300, 5000])
@pytest.mark.parametrize("length", [0, 299, 300, 500])
def test_headers_have_zip64_fields_for_what_does_not_fit_and_no_others(
    monkeypatch: pytest.MonkeyPatch, far: int, length: int
) -> None:
    monkeypatch.setattr(zip_records, "MAX32", 300)  # in place of 4 GiB
    member = Member("a", 0, length, length, STORED, 0, 0, far)
    local, central = zip_records.records(member)
    wide = (2 if length >= 300 else 0) + (1 if far >= 300 else 0)
    stamp = 9
    assert len(central) == 46 + len("a") + (4 + 8 * wide if wide else 0) + stamp
    assert len(local) == 30 + len("a") + (20 if length >= 300 else 0) + stamp
    assert list(zip_records.directory(central, 1)) == [member]


# what can be wrong with what is read


def test_a_file_cut_off_at_any_byte_is_damaged(tmp_path: Path) -> None:
    data = written(everything)
    path = tmp_path / "a.zip"
    for length in range(len(data)):
        with pytest.raises(Damaged):
            members_of(data[:length])
        if length % 97 == 0:
            with pytest.raises(Damaged):
                contents(saved(path, data[:length]))


def test_a_file_cut_off_after_a_zip_that_lies_in_it_is_damaged(tmp_path: Path) -> None:
    inner = written(lambda archive: archive.add("inner.txt", b"x"))
    member = Member("inner.zip", zlib.crc32(inner), len(inner), len(inner), STORED, 0o100644, 0, 0)
    data = written(lambda archive: archive.copy(["inner.zip"], [member], [inner]))
    cut = data[: data.index(inner) + len(inner)]
    assert zipfile.ZipFile(io.BytesIO(cut)).namelist() == ["inner.txt"]  # as others read it
    with pytest.raises(Damaged):
        members_of(cut)
    with pytest.raises(Damaged):
        contents(saved(tmp_path / "a.zip", cut))


def outcome(path: Path) -> dict[str, bytes] | None:
    """What is read from a damaged file; None where it is refused."""
    try:
        return contents(path)
    except Damaged:
        return None


def small(archive: ZipWriter) -> None:
    archive.add("one.txt", TEXT[:300])
    archive.add("two", NOISE[:50])
    archive.add_link("three", "one.txt")
    with archive.stream("four") as stream:
        stream.write(TEXT[:200])


@settings(max_examples=400)
@given(st.data())
def test_a_changed_byte_never_gives_fewer_files_or_other_contents(data: st.DataObject) -> None:
    whole = written(small)
    at = data.draw(st.integers(0, len(whole) - 1))
    value = data.draw(st.integers(0, 255))
    changed = bytearray(whole)
    changed[at] = value
    _judge(bytes(changed), whole)


def _judge(changed: bytes, whole: bytes) -> None:
    original = {m.name: bytes(inflate(m.method, packed_of(whole, m), m.size)) for m in members_of(whole)}
    with tempfile.TemporaryDirectory() as folder:
        read = outcome(saved(Path(folder) / "a.zip", changed))
    if read is not None:
        assert len(read) == len(original)
        assert list(read.values()) == list(original.values())  # a name may have been hit: the whole file has a hash
    with contextlib.suppress(Damaged):
        for member in members_of(changed):
            inflate(member.method, packed_of(changed, member), member.size)


def test_every_byte_of_the_directory_turned_over() -> None:
    whole = written(small)
    for at in range(whole.index(b"PK\x01\x02"), len(whole)):
        for mask in (0x01, 0xFF):
            changed = bytearray(whole)
            changed[at] ^= mask
            _judge(bytes(changed), whole)


@settings(max_examples=300)
@given(st.binary(max_size=400), st.booleans())
def test_rubbish_is_damaged_and_nothing_else(rubbish: bytes, with_end: bool) -> None:
    data = rubbish + (written(lambda _: None) if with_end else b"")
    if not rubbish and with_end:
        return
    with pytest.raises(Damaged):
        list(members_of(data))


@settings(max_examples=200)
@given(st.binary(max_size=300), st.integers(0, 2**64 - 1), st.sampled_from([STORED, DEFLATED]))
def test_inflating_rubbish_gives_that_many_bytes_or_is_damaged(packed: bytes, size: int, method: int) -> None:
    with contextlib.suppress(Damaged):
        assert len(inflate(method, packed, size)) == size


@pytest.mark.parametrize("lie", [-1, 1, 10**6, 2**32, 2**63, 2**64 - 1])
@pytest.mark.parametrize("method", [STORED, DEFLATED])
def test_a_lie_about_the_size_is_damaged(method: int, lie: int) -> None:
    packed = deflate(TEXT)[1] if method == DEFLATED else TEXT
    with pytest.raises(Damaged, match="not as long"):
        inflate(method, packed, len(TEXT) + lie)


def test_a_compression_that_is_not_known_is_named() -> None:
    with pytest.raises(Damaged, match="number 93"):
        inflate(93, b"", 0)


def test_bytes_after_the_end_of_the_compressed_data_are_damage() -> None:
    with pytest.raises(Damaged):
        inflate(DEFLATED, deflate(TEXT)[1] + b"more", len(TEXT))


def bomb(size: int, says: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)), packer.flush()])
    member = Member("bomb", 0, len(packed), says, DEFLATED, 0o100644, 0, 0)
    return written(lambda archive: archive.copy(["bomb"], [member], [packed]))


def test_a_bomb_takes_no_memory(tmp_path: Path) -> None:
    data = bomb(100 << 20, says=1000)
    path = saved(tmp_path / "a.zip", data)
    (member,) = members_of(data)
    tracemalloc.start()
    try:
        with pytest.raises(Damaged):
            inflate(member.method, packed_of(data, member), member.size)
        with pytest.raises(Damaged):
            contents(path)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_a_header_that_promises_terabytes_makes_no_room_for_them(tmp_path: Path) -> None:
    data = bytearray(written(small))
    at = data.index(b"PK\x01\x02")
    data[at + 20 : at + 24] = (0xFFFFFFF0).to_bytes(4, "little")
    path = saved(tmp_path / "a.zip", bytes(data))
    with ZipReader(path) as reader:
        first = next(reader.members())
        with pytest.raises(Damaged, match="cut off"):
            reader.packed(first)
    with pytest.raises(Damaged, match="cut off"):
        packed_of(bytes(data), first)


def test_a_member_whose_header_is_elsewhere_is_damaged() -> None:
    data = written(small)
    (first, *_) = members_of(data)
    for offset in (1, len(data) - 3, 2**63):
        with pytest.raises(Damaged, match="not where"):
            packed_of(data, first._replace(offset=offset))
