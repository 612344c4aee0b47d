"""Containers made to harm: refused or told of in a sentence, alone or inside of others, and nothing is written."""

from __future__ import annotations

import gzip
import io
import random
import stat
import struct
import tarfile
import tempfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import zstandard
from archiving import saved, tar_bytes, tar_info, zip_bytes, zip_info
from hypothesis import given, settings
from hypothesis import strategies as st

from exportmanager.core.errors import BadSource
from exportmanager.core.trees import DEFAULT_LIMITS, EntryKind, Findings, Limits
from exportmanager.formats.containers import open_container
from exportmanager.formats.packing import pack

GOOD: dict[str, bytes] = {"s1/main.py": b"print()\n" * 60, "s2/data.bin": random.Random(7).randbytes(400)}
SMALL = Limits(ratio=100, ratio_from=1 << 20)


def zip_of(*names: str) -> bytes:
    return zip_bytes(*((name, b"x") for name in names))


def tar_of(*names: str) -> bytes:
    return tar_bytes(*((name, b"x") for name in names))


def tar_link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> bytes:
    return tar_bytes(("ok", b"1"), (tar_info(name, kind, target), b""))


def records(whole: bytes) -> Iterator[int]:
    """Where the records of a zip's list begin."""
    at = whole.index(b"PK\x01\x02")
    while at >= 0:
        yield at
        at = whole.find(b"PK\x01\x02", at + 1)


def changed(whole: bytes, *changes: tuple[int, str, int]) -> bytes:
    """The bytes with numbers (struct codes) put at places."""
    data = bytearray(whole)
    for at, code, value in changes:
        struct.pack_into(f"<{code}", data, at, value)
    return bytes(data)


def quoted_overlap() -> bytes:
    """Two members, of which the first holds the header of the second as a stored block of its deflate data.

    As in "A better zip bomb" (David Fifield, 2019).
    """
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = kernel.compress(bytes(4096)) + kernel.flush()
    crc_b = zlib.crc32(bytes(4096))
    local_b = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 33, crc_b, len(packed), 4096, 1, 0) + b"b"
    quote = b"\x00" + struct.pack("<2H", len(local_b), len(local_b) ^ 0xFFFF) + local_b
    content_a = local_b + bytes(4096)
    sizes_a = (zlib.crc32(content_a), len(quote) + len(packed), len(content_a))
    local_a = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 33, *sizes_a, 1, 0) + b"a"
    start_b = len(local_a) + 5
    data = local_a + quote + packed
    central = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, *sizes, 1, 0, 0, 0, 0, 0, offset) + name
        for name, sizes, offset in ((b"a", sizes_a, 0), (b"b", (crc_b, len(packed), 4096), start_b))
    )
    return data + central + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, len(central), len(data), 0)


PLAIN = zip_bytes(("a", b"first " * 20), ("b", b"second " * 20))
FIRST, SECOND = records(PLAIN)
END = PLAIN.index(b"PK\x05\x06")
ENCRYPTED = changed(PLAIN, (6, "H", 1), (FIRST + 8, "H", 1))

HOSTILE: dict[str, bytes] = {
    "climbing": zip_of("ok", "../x"),
    "climbing deeper": zip_of("ok", "a/b/../../../x"),
    "climbing with backslashes": zip_of("ok", "a\\..\\..\\x"),
    "absolute": zip_of("ok", "/etc/passwd"),
    "drive": zip_of("ok", "C:/x"),
    "share": zip_of("ok", "\\\\server\\share\\x"),
    "NUL": zip_of("ok", "a_b").replace(b"a_b", b"a\0b"),
    "climbing tar": tar_of("ok", "../x"),
    "absolute tar": gzip.compress(tar_of("ok", "/etc/passwd")),
    "drive in a tar": zstandard.compress(tar_of("ok", "c:\\x")),
    "hard link out": tar_link("x", "../../etc/passwd", tarfile.LNKTYPE),
    "twice": zip_of("ok", "a/b", "a//b"),
    "twice in a tar": tar_of("a", "a"),
    "through a file": zip_of("a", "a/b"),
    "through a link": tar_bytes((tar_info("l", tarfile.SYMTYPE, "/tmp"), b""), ("l/x", b"1")),
    "overlapping": changed(PLAIN, (SECOND + 42, "L", 0)),
    "overlapping a little": changed(PLAIN, (FIRST + 20, "L", 0x100)),
    "quoted overlap": quoted_overlap(),
    "local name": PLAIN[:30] + b"z" + PLAIN[31:],
    "local size": changed(PLAIN, (22, "L", 119)),
    "local packed size": changed(PLAIN, (18, "L", 1)),
    "local CRC": changed(PLAIN, (14, "L", 1)),
    "local method": changed(PLAIN, (8, "H", 0)),
    "encrypted": ENCRYPTED,
    "encrypted in the local header only": changed(PLAIN, (6, "H", 1)),
    "Deflate64": changed(PLAIN, (8, "H", 9), (FIRST + 10, "H", 9)),
    "bzip2": zip_bytes(("a", bytes(100)), method=zipfile.ZIP_BZIP2),
    "LZMA": zip_bytes(("a", bytes(100)), method=zipfile.ZIP_LZMA),
    "more listed than there is": changed(PLAIN, (END + 8, "H", 3), (END + 10, "H", 3)),
    "fewer listed than there are": changed(PLAIN, (END + 8, "H", 1), (END + 10, "H", 1)),
    "list elsewhere": changed(PLAIN, (END + 16, "L", 0)),
    "list longer": changed(PLAIN, (END + 12, "L", 0xFFFFFFF0)),
    "second disk": changed(PLAIN, (END + 4, "H", 1)),
    "zip64 without sizes": changed(PLAIN, (FIRST + 24, "L", 0xFFFFFFFF)),
    "appended": PLAIN + b"more",
    "prepended": b"#!/bin/sh\n" + PLAIN,
    "web page": b"<!DOCTYPE html><html><title>Log in</title></html>",
    "JSON": b'{"error": "not found"}',
    "empty": b"",
    "tar without end": tar_of("a")[:1024],
    "tar of two": tar_of("a") + tar_of("b"),
    "gzip of text": gzip.compress(b"text " * 500),
    "gzip cut off": gzip.compress(tar_bytes(("a", random.Random(1).randbytes(5000))))[:-9],
    "zstd cut off": zstandard.compress(tar_bytes(("a", random.Random(1).randbytes(5000))))[:-9],
    "zstd of nothing": zstandard.compress(b""),
    "bomb": zip_bytes(("a", bytes(4 << 20))),
    "tar bomb": gzip.compress(tar_bytes(("a", bytes(4 << 20)))),
    "zstd bomb": zstandard.compress(tar_bytes(("a", bytes(4 << 20)))),
    "one file behind many names": gzip.compress(
        tar_bytes(("a", bytes(9000)), *((tar_info(f"{n}", tarfile.LNKTYPE, "a"), b"") for n in range(400)))
    ),
}  # fmt: skip

hostile = pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)


@pytest.fixture
def nothing_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for an archive, beside which nothing may appear, nor stay in the folder for temporary files."""
    folder, temporary = tmp_path / "a" / "b" / "in", tmp_path / "temporary"
    folder.mkdir(parents=True)
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    yield folder
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.parent != folder] == []


def refused(work: Callable[[], object]) -> str:
    """The sentence of the problem that `work` ends with."""
    with pytest.raises(BadSource) as raised:
        work()
    assert raised.value.what.endswith(".")
    assert raised.value.what.isprintable()
    return raised.value.what


def read_all(path: Path, limits: Limits = DEFAULT_LIMITS) -> dict[str, bytes]:
    with open_container(path, limits) as container:
        out = io.BytesIO()
        pack(container.tree(), out, Findings())
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@hostile
def test_a_hostile_archive_is_refused_with_a_sentence(nothing_written: Path, data: bytes) -> None:
    refused(lambda: read_all(saved(nothing_written, ".zip", data), SMALL))


@hostile
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "deflated"])
def test_a_hostile_archive_inside_is_refused_alone(nothing_written: Path, data: bytes, method: int) -> None:
    good = zip_bytes(*GOOD.items())
    path = saved(nothing_written, ".zip", zip_bytes(("amy.zip", data), ("ben.zip", good), method=method))
    with open_container(path, SMALL) as container:
        refused(lambda: pack(container.inner("amy.zip"), io.BytesIO(), Findings()))
        packed = pack(container.inner("ben.zip"), io.BytesIO(), Findings())
    assert [file.path for file in packed.files] == list(GOOD)


@hostile
def test_a_hostile_archive_beside_good_files_of_a_folder_is_refused_alone(nothing_written: Path, data: bytes) -> None:
    (nothing_written / "amy.zip").write_bytes(data)
    (nothing_written / "ben.txt").write_bytes(b"fine")
    with open_container(nothing_written, SMALL) as container:
        refused(lambda: pack(container.inner("amy.zip"), io.BytesIO(), Findings()))
        assert container.read("ben.txt", 9) == b"fine"


LINKS = {"absolute": "/etc/passwd", "climbing": "../../x", "drive": "C:\\x", "share": "\\\\server\\x", "self": "link"}


@pytest.mark.parametrize("target", LINKS.values(), ids=LINKS)
def test_links_that_lead_out_of_an_inner_archive_are_left_out(tmp_path: Path, target: str) -> None:
    zipped = zip_bytes(("a", b"1"), (zip_info("link", stat.S_IFLNK | 0o777), target.encode()))
    for name, data in {"zip": zipped, "tar": tar_link("link", target)}.items():
        with open_container(saved(tmp_path, ".zip", zip_bytes((name, data)))) as container:
            findings = Findings()
            found = [entry.kind for entry in container.inner(name).entries(findings)]
        assert found == [EntryKind.FILE]
        assert [gap.what.split()[:2] for gap in findings.gaps] == [["link", "link"]]


def test_devices_are_left_out_by_name(tmp_path: Path) -> None:
    devices = [(tar_info(name, kind), b"") for name, kind in (("fifo", b"6"), ("char", b"3"), ("block", b"4"))]
    with open_container(saved(tmp_path, ".x", tar_bytes(("ok", b"1"), *devices))) as container:
        assert {note.path for note in container.left_out} == {"fifo", "char", "block"}
        assert [entry.path for entry in container.entries] == ["ok"]


# bombs


def nested_bomb(levels: int) -> bytes:
    """As 42.zip: zips in zips, sixteen times the same in each."""
    data = bytes(8 << 20)
    for _ in range(levels):
        data = zip_bytes(*((f"lib {n}.zip", data) for n in range(16)))
    return data


def test_a_bomb_of_nested_zips_is_refused_as_soon_as_it_is_opened_up(tmp_path: Path) -> None:
    path = saved(tmp_path, ".zip", nested_bomb(3))
    assert path.stat().st_size < 100_000
    tracemalloc.start()
    try:
        with open_container(path, SMALL) as container:
            sentences = {
                refused(partial(pack, container.inner(entry.path), io.BytesIO(), Findings()))
                for entry in container.entries
                if container.is_archive(entry.path)
            }
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()
    assert sentences
    assert all("zip bomb" in sentence for sentence in sentences)


def test_a_bomb_in_one_archive_does_not_take_the_others_along(tmp_path: Path) -> None:
    bomb, modest = zip_bytes(("a", bytes(3 << 20))), zip_bytes(("a", random.Random(4).randbytes(200_000)))
    names = [f"{n}" for n in range(12)]
    archives = [(name, bomb if int(name) % 2 else modest) for name in names]
    with open_container(saved(tmp_path, ".zip", zip_bytes(*archives)), SMALL) as container:
        for name in names:
            work = partial(pack, container.inner(name), io.BytesIO(), Findings())
            if int(name) % 2:
                assert "zip bomb" in refused(work)
            else:
                assert work().bytes == 200_000


def test_many_small_bombs_count_for_the_whole(tmp_path: Path) -> None:
    modest = zip_bytes(("a", bytes(900_000)))  # below where the ratio begins to count, each by itself
    path = saved(tmp_path, ".zip", zip_bytes(*((f"{n}", modest) for n in range(30))))
    with open_container(path, SMALL) as container:
        pack(container.inner("0"), io.BytesIO(), Findings())
        assert "zip bomb" in refused(
            lambda: [pack(container.inner(f"{n}"), io.BytesIO(), Findings()) for n in range(1, 30)]
        )


@pytest.mark.parametrize("packer", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_a_tar_bomb_inside_is_refused_before_the_disk_is_full(
    tmp_path: Path, packer: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = packer(tar_bytes(("a", bytes(60 << 20))))
    path = saved(tmp_path, ".zip", zip_bytes(("s1", bomb)))
    tracemalloc.start()
    try:
        with open_container(path, SMALL) as container:
            assert "zip bomb" in refused(lambda: pack(container.inner("s1"), io.BytesIO(), Findings()))
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()


def test_large_members_never_lie_in_memory_whole(tmp_path: Path) -> None:
    large = random.Random(3).randbytes(1 << 20) * 40
    inner = zip_bytes(("large", large))
    path = saved(tmp_path, ".zip", zip_bytes(("s1.zip", inner), ("s2.zip", inner), method=zipfile.ZIP_STORED))
    with (tmp_path / "out").open("wb") as out:
        tracemalloc.start()
        try:
            with open_container(path) as container:
                pack(container.inner("s1.zip"), out, Findings())
            assert tracemalloc.get_traced_memory()[1] < 32 << 20
        finally:
            tracemalloc.stop()


def million_zip() -> bytes:
    """A zip that lists a million members, and the list of them."""
    record = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0)
    central = b"".join(record + b"%07d" % number for number in range(1_000_000))
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1_000_000, 1_000_000, len(central), 4)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 4 + len(central), 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return b"PK\x03\x04" + central + wide + locator + end


def million_tar() -> bytes:
    """A thousand frames of a thousand headers."""
    header = tar_info("x").tobuf(tarfile.USTAR_FORMAT)
    return zstandard.compress(header * 1000) * 1000 + zstandard.compress(bytes(1024))


@pytest.mark.parametrize("make", [million_zip, million_tar])
def test_a_million_tiny_members_are_refused_without_listing_them(tmp_path: Path, make: Callable[[], bytes]) -> None:
    resource = pytest.importorskip("resource", reason="Windows does not count memory this way")
    path = saved(tmp_path, ".zip", make())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "more than 500,000 files" in refused(lambda: open_container(path, Limits(ratio_from=4 << 30)))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10


def test_a_disk_that_is_full_while_an_inner_archive_is_unpacked_is_no_fault_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(28, "No space left on device")

    path = saved(tmp_path, ".zip", zip_bytes(("s1", gzip.compress(tar_bytes(("a", b"1"))))))
    with open_container(path) as container:
        monkeypatch.setattr("tempfile.SpooledTemporaryFile", lambda _: Full())
        with pytest.raises(OSError, match="No space left"):
            list(container.inner("s1").entries(Findings()))


# cut off, and changed


CONTAINERS: dict[str, bytes] = {
    "zip": zip_bytes(*GOOD.items()),
    "stored zip": zip_bytes(*GOOD.items(), method=zipfile.ZIP_STORED),
    "tar": tar_bytes(*GOOD.items()),
    "tar.gz": gzip.compress(tar_bytes(*GOOD.items()), mtime=0),
    "tar.zst": zstandard.ZstdCompressor(write_checksum=True).compress(tar_bytes(*GOOD.items())),
}
each = pytest.mark.parametrize("name", CONTAINERS)


@each
def test_a_container_cut_off_at_every_fiftieth_is_refused(tmp_path: Path, name: str) -> None:
    whole = CONTAINERS[name]
    end = len(whole) if name != "tar" else tar_bytes(*GOOD.items()).rindex(b"ustar")
    for part in range(50):
        refused(partial(read_all, saved(tmp_path, ".zip", whole[: end * part // 50])))


@each
def test_an_inner_archive_cut_off_at_every_fiftieth_is_refused_alone(tmp_path: Path, name: str) -> None:
    whole = CONTAINERS[name]
    end = len(whole) if name != "tar" else tar_bytes(*GOOD.items()).rindex(b"ustar")
    parts = {f"{part:02}": whole[: end * part // 50] for part in range(50)}
    with open_container(saved(tmp_path, ".zip", zip_bytes(*parts.items(), ("whole", whole)))) as container:
        for part in parts:
            refused(partial(pack, container.inner(part), io.BytesIO(), Findings()))
        assert len(pack(container.inner("whole"), io.BytesIO(), Findings()).files) == len(GOOD)


@each
@settings(max_examples=300)
@given(data=st.data())
def test_changed_bytes_give_equal_contents_or_a_problem_for_the_teacher(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    whole = bytearray(CONTAINERS[name])
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read_all(saved(tmp_path_factory.getbasetemp(), ".zip", bytes(whole)))
    except BadSource:
        return
    contents = {content for path, content in found.items() if not path.endswith("/")}
    if name != "tar":  # a plain one has no checksum of contents
        assert contents <= {*GOOD.values(), b""}


@settings(max_examples=200)
@given(data=st.data())
def test_changed_bytes_anywhere_in_a_zip_of_archives_end_in_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    method = data.draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
    whole = bytearray(zip_bytes(*CONTAINERS.items(), ("notes.txt", b"1"), method=method))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path = saved(tmp_path_factory.getbasetemp(), ".zip", bytes(whole))
    try:
        container = open_container(path)
    except BadSource:
        return
    with container:
        for entry in container.entries:
            if entry.kind is EntryKind.FILE and container.is_archive(entry.path):
                try:
                    packed = pack(container.inner(entry.path), io.BytesIO(), Findings())
                except BadSource:
                    continue
                assert len(packed.files) == len(GOOD)


@settings(max_examples=300)
@given(start=st.sampled_from([*CONTAINERS.values(), PLAIN, b"PK\x05\x06", b"\x28\xb5\x2f\xfd", b""]), rest=st.binary())
def test_any_bytes_end_in_nothing_else(tmp_path_factory: pytest.TempPathFactory, start: bytes, rest: bytes) -> None:
    path = saved(tmp_path_factory.getbasetemp(), ".zip", start[: len(rest) * 7] + rest)
    try:
        read_all(path)
    except BadSource:
        return
