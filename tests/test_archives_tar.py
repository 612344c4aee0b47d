"""Tars from strangers: hard links, devices, holes, headers that lie, and everything that makes a tar end too early."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import subprocess
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from archiving import TAR_PACKERS, read, refusal, saved, saved_tar, tar_bytes, tar_info

from exportmanager.core.trees import Limits
from exportmanager.formats import tar_tree

Item = tuple[str | tarfile.TarInfo, bytes]
SAMPLE: list[Item] = [("a", b"1" * 600), ("b/c", b"2" * 600), ("d", b"3" * 10)]
CONTENTS = {"a": b"1" * 600, "b/c": b"2" * 600, "d": b"3" * 10}
END = 1024
"""Bytes of zeros at the end of a tar."""

both = pytest.mark.parametrize("suffix", TAR_PACKERS)


def gz(folder: Path, tar: bytes) -> Path:
    return saved(folder, ".tar.gz", gzip.compress(tar, 1))


def bare(*items: Item) -> bytes:
    """A tar without the zeros at its end."""
    whole = tar_bytes(*items)
    with tarfile.open(fileobj=io.BytesIO(whole)) as archive:
        archive.getmembers()
        return whole[: archive.offset]


# a tar that is not whole, in a gzip that is


def test_a_tar_cut_off_anywhere_before_it_was_packed_is_refused(tmp_path: Path) -> None:
    tar = bare(*SAMPLE)
    for length in [*range(0, len(tar), 64), len(tar)]:
        refusal(gz(tmp_path, tar[:length]))
    assert "cut off" in refusal(gz(tmp_path, tar))
    assert "cut off" in refusal(gz(tmp_path, tar + bytes(511)))
    assert read(gz(tmp_path, tar + bytes(512))).files == CONTENTS


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("at", [0, 100, 124, 148, 156, 257, 511])
def test_a_damaged_header_is_refused_wherever_it_stands(tmp_path: Path, number: int, at: int) -> None:
    tar = bytearray(tar_bytes(*SAMPLE))
    header = [0, 512 + 1024, 2 * (512 + 1024)][number]
    tar[header + at] ^= 0x55
    assert "damaged" in refusal(gz(tmp_path, bytes(tar)))


def test_a_header_of_zeros_in_the_middle_is_refused(tmp_path: Path) -> None:
    tar = bytearray(tar_bytes(*SAMPLE))
    tar[1536 : 1536 + 512] = bytes(512)
    assert "more where it should end" in refusal(gz(tmp_path, bytes(tar)))


def test_two_tars_in_one_file_are_refused_since_readers_see_only_the_first(tmp_path: Path) -> None:
    both_tars = tar_bytes(("a", b"1")) + tar_bytes(("b", b"2"))
    with tarfile.open(fileobj=io.BytesIO(both_tars)) as archive:
        assert archive.getnames() == ["a"]
    assert "more where it should end" in refusal(gz(tmp_path, both_tars))


def test_several_gzip_members_and_zstd_frames_are_one_tar(tmp_path: Path) -> None:
    tar = tar_bytes(*SAMPLE)
    parts = (tar[:1000], tar[1000:])
    assert read(saved(tmp_path, ".tar.gz", b"".join(map(gzip.compress, parts)))).files == CONTENTS
    frames = [zstandard.ZstdCompressor().compress(part) for part in parts]
    skippable = b"\x50\x2a\x4d\x18\x04\x00\x00\x00skip"
    assert read(saved(tmp_path, ".tar.zst", skippable + skippable.join(frames) + skippable)).files == CONTENTS
    refusal(saved(tmp_path, ".tar.zst", frames[0]))
    refusal(saved(tmp_path, ".tar.gz", gzip.compress(parts[0])))


@pytest.mark.parametrize("tail", [b"x", b"\x1f\x8b", b"PK\x03\x04" * 9])
def test_rubbish_after_the_packed_data_is_refused(tmp_path: Path, tail: bytes) -> None:
    for suffix, packer in TAR_PACKERS.items():
        refusal(saved(tmp_path, suffix, packer(tar_bytes(*SAMPLE)) + tail))


@both
def test_an_archive_of_no_bytes_in_a_whole_packing_is_refused(tmp_path: Path, suffix: str) -> None:
    refusal(saved(tmp_path, suffix, TAR_PACKERS[suffix](b"")))


@pytest.mark.parametrize("program", ["tar", "bsdtar"])
@pytest.mark.parametrize("suffix", [".tar.gz", ".tar.zst"])
def test_tars_by_other_programs_are_read(tmp_path: Path, program: str, suffix: str) -> None:
    if not shutil.which(program) or (suffix == ".tar.zst" and not shutil.which("zstd")):
        pytest.skip(f"{program} or zstd is not installed")
    folder = tmp_path / "ws"
    (folder / "empty").mkdir(parents=True)
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o750)
    (folder / "hard").hardlink_to(folder / "run.sh")
    (folder / "link").symlink_to("run.sh")
    (folder / f"{'long' * 50}ü").write_text("x")
    os.utime(folder / "run.sh", (1_700_000_001, 1_700_000_001))
    flag = "-z" if suffix == ".tar.gz" else "--zstd"
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    subprocess.run([program, flag, "-cf", tmp_path / f"s1{suffix}", "."], cwd=folder, check=True, env=environment)
    reading = read(tmp_path / f"s1{suffix}")
    assert reading.files == {"run.sh": b"#!/bin/sh\n", "hard": b"#!/bin/sh\n", f"{'long' * 50}ü": b"x"}
    assert reading.links == {"link": "run.sh"}
    assert reading.folders == ["empty"]
    assert (reading.entries["run.sh"].mode, reading.entries["run.sh"].modified) == (0o750, 1_700_000_001)
    assert reading.left_out == {}


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
def test_every_form_of_tar_is_read(tmp_path: Path, form: int) -> None:
    name = "ü日本" if form == tarfile.USTAR_FORMAT else f"{'ü' * 120}/{'日本' * 60}"
    assert read(gz(tmp_path, tar_bytes((name, b"x"), form=form))).files == {name: b"x"}


# hard links


def hard(name: str, to: str) -> tuple[tarfile.TarInfo, bytes]:
    return tar_info(name, tarfile.LNKTYPE, to), b""


@both
def test_a_hard_link_is_the_file_it_leads_to(tmp_path: Path, suffix: str) -> None:
    path = saved_tar(tmp_path, suffix, ("./a/file", b"content"), hard("b", "a/file"), hard("c", "./b"))
    assert read(path).files == {"a/file": b"content", "b": b"content", "c": b"content"}


def test_a_hard_link_to_a_link_is_that_link(tmp_path: Path) -> None:
    link = tar_info("link", tarfile.SYMTYPE, "file")
    reading = read(gz(tmp_path, tar_bytes(("file", b"x"), (link, b""), hard("other", "link"))))
    assert reading.links == {"link": "file", "other": "file"}


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ([hard("a", "nothing")], "leads to no file"),
        ([hard("a", "a")], "leads to no file"),
        ([hard("a", "b"), hard("b", "a")], "leads to no file"),
        ([hard("a", "/etc/passwd")], "absolute"),
        ([hard("a", "../../etc/passwd")], "climbs out"),
        ([(tar_info("d/", tarfile.DIRTYPE), b""), hard("a", "d")], "leads to no file"),
        ([hard("a", "later"), ("later", b"x")], "leads to no file"),
        ([hard("a", "")], "leads to no file"),
    ],
    ids=["to nothing", "to itself", "in a circle", "absolute", "out", "to a folder", "to a later one", "to no name"],
)
def test_a_hard_link_that_leads_to_no_earlier_file_is_refused(tmp_path: Path, items: list[Item], why: str) -> None:
    assert why in refusal(gz(tmp_path, tar_bytes(*items)))


def test_a_hard_link_through_links_in_a_circle_comes_to_an_end(tmp_path: Path) -> None:
    one, two = tar_info("one", tarfile.SYMTYPE, "two"), tar_info("two", tarfile.SYMTYPE, "one")
    reading = read(gz(tmp_path, tar_bytes((one, b""), (two, b""), hard("three", "one"))))
    assert reading.entries == {}
    assert len(reading.left_out) == 3


def test_hard_links_cannot_multiply_a_file_beyond_the_limit(tmp_path: Path) -> None:
    items: list[Item] = [("a", b"x" * 10_000), *(hard(f"{n}", "a") for n in range(50))]
    path = gz(tmp_path, tar_bytes(*items))
    assert len(read(path, Limits(bytes=600_000)).files) == 51
    assert "more than 400,000 bytes" in refusal(path, Limits(bytes=400_000))


def test_twenty_thousand_hard_links_are_found_at_once(tmp_path: Path) -> None:
    items: list[Item] = [("a", b"x"), *(hard(f"{n}", "a") for n in range(20_000))]
    assert len(read(gz(tmp_path, tar_bytes(*items))).files) == 20_001


# what is no file


KINDS = {"fifo": tarfile.FIFOTYPE, "block": tarfile.BLKTYPE, "char": tarfile.CHRTYPE, "unknown": b"Z"}


def test_devices_and_the_like_are_left_out_by_name(tmp_path: Path) -> None:
    items: list[Item] = [("file", b"x"), *((tar_info(f"dev/{name}", kind), b"") for name, kind in KINDS.items())]
    reading = read(gz(tmp_path, tar_bytes(*items)))
    assert reading.files == {"file": b"x"}
    assert reading.left_out == {f"dev/{name}": "it is a device, pipe or socket" for name in KINDS}


@both
def test_a_name_that_is_not_utf8_is_read_as_latin_1_and_said_so(tmp_path: Path, suffix: str) -> None:
    name = b"caf\xe9.txt".decode("utf-8", "surrogateescape")
    reading = read(saved_tar(tmp_path, suffix, (name, b"x"), ("other", b"y")))
    assert reading.files == {"café.txt": b"x", "other": b"y"}
    assert "Latin-1" in reading.left_out["café.txt"]


def test_two_names_that_become_one_are_refused(tmp_path: Path) -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    assert "twice" in refusal(gz(tmp_path, tar_bytes((name, b"x"), ("café", b"y"))))


def test_folders_come_only_if_they_are_empty(tmp_path: Path) -> None:
    folders = [(tar_info(name, tarfile.DIRTYPE, mode=0o755), b"") for name in (".", "full", "full/empty", "also-empty")]
    reading = read(gz(tmp_path, tar_bytes(*folders, ("full/file", b"x"))))
    assert (reading.folders, list(reading.files)) == (["also-empty", "full/empty"], ["full/file"])


# headers that lie, and bombs


def with_header(change: Callable[[tarfile.TarInfo], None], content: bytes = b"") -> bytes:
    info = tar_info("liar")
    change(info)
    return info.tobuf(tarfile.GNU_FORMAT) + content + bytes(END)


@pytest.mark.parametrize("size", [-512, -1, -(2**40), 2000, 2**33, 2**62])
def test_a_size_that_is_not_true_is_refused(tmp_path: Path, size: int) -> None:
    tar = with_header(lambda info: setattr(info, "size", size), bytes(512))
    refusal(gz(tmp_path, tar))
    refusal(gz(tmp_path, tar_bytes(("first", b"x"))[:1024] + tar))


@pytest.mark.parametrize("mtime", [-(2**40), 2**80])
def test_a_time_beyond_all_calendars_does_no_harm(tmp_path: Path, mtime: int) -> None:
    assert list(read(gz(tmp_path, with_header(lambda info: setattr(info, "mtime", mtime)))).files) == ["liar"]


def pax(**headers: str) -> bytes:
    info = tar_info("a")
    info.pax_headers = headers
    return tar_bytes((info, b""), form=tarfile.PAX_FORMAT)


@pytest.mark.parametrize(
    "headers",
    [
        {"mtime": "1e400"}, {"mtime": "nan"}, {"size": "-512"}, {"path": "../x"}, {"path": "/x"}, {"path": "a\0b"},
        {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "x"}, {"GNU.sparse.map": "0,x"},
        {"GNU.sparse.size": "9" * 5000},
    ],
    ids=lambda headers: f"{headers}"[:40],
)  # fmt: skip
def test_extended_headers_that_lie_are_refused(tmp_path: Path, headers: dict[str, str]) -> None:
    refusal(gz(tmp_path, pax(**headers)))


@pytest.mark.parametrize("kind", [b"L", b"K", b"x", b"g"])
def test_a_header_of_gigabytes_is_refused_before_it_is_read(tmp_path: Path, kind: bytes) -> None:
    info = tar_info("x", kind)
    info.size = 64 << 20
    path = gz(tmp_path, info.tobuf(tarfile.GNU_FORMAT) + bytes(info.size) + bytes(END))
    tracemalloc.start()
    try:
        assert "header" in refusal(path)
        assert tracemalloc.get_traced_memory()[1] < 45 << 20  # of which 32 are the unpacked tar
    finally:
        tracemalloc.stop()


def sparse(name: str, size: int, data: bytes = b"") -> bytes:
    """A GNU sparse file of `size` bytes, of which only the last are there."""
    info = tar_info(name, tarfile.GNUTYPE_SPARSE)
    info.size = len(data)
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    offset = size - len(data)
    header[386:398], header[398:410] = tarfile.itn(offset, 12), tarfile.itn(len(data), 12)  # type: ignore[attr-defined]
    header[483:495] = tarfile.itn(size, 12)  # type: ignore[attr-defined]
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + data.ljust(-(-len(data) // 512) * 512, b"\0") + bytes(END)


def test_a_file_with_a_hole_is_read_with_its_zeros(tmp_path: Path) -> None:
    assert read(gz(tmp_path, sparse("a", 10_000, b"end"))).files == {"a": bytes(9_997) + b"end"}


def test_a_hole_of_terabytes_is_a_bomb(tmp_path: Path) -> None:
    path = gz(tmp_path, sparse("a", 1 << 32, b"end"))
    tracemalloc.start()
    try:
        assert "zip bomb" in refusal(path, Limits(ratio_from=8 << 20))
        assert tracemalloc.get_traced_memory()[1] < 30 << 20
    finally:
        tracemalloc.stop()


def test_a_hundred_thousand_holes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tar_tree, "_HOLES_LIMIT", 0)
    assert "no honest archive" in refusal(gz(tmp_path, sparse("a", 100, b"x")))


def zstd_bomb(megabytes: int) -> bytes:
    """A frame of blocks that repeat one byte: 4 bytes for each 128 KB."""
    size = 1 << 17
    block = ((1 << 1) | (size << 3)).to_bytes(3, "little") + b"\0"
    last = (1 | (1 << 1) | (size << 3)).to_bytes(3, "little") + b"\0"
    return b"\x28\xb5\x2f\xfd\x00\x58" + block * (megabytes * 8 - 1) + last


def test_a_zstd_bomb_is_refused_and_memory_stays_flat(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="Windows does not count memory this way")
    path = saved(tmp_path, ".tar.zst", zstd_bomb(2000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()
    try:
        assert "zip bomb" in refusal(path, Limits(ratio_from=100 << 20))
        assert tracemalloc.get_traced_memory()[1] < 100 << 20
    finally:
        tracemalloc.stop()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150 << 10


def test_a_disk_that_is_full_while_unpacking_is_no_fault_of_the_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.SpooledTemporaryFile", lambda _: Full())
    with pytest.raises(OSError, match="No space left"):
        read(gz(tmp_path, tar_bytes(*SAMPLE)))
