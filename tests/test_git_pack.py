"""A git pack is unpacked into a file: what it holds is right, or it is refused, and no lie costs memory."""

from __future__ import annotations

import hashlib
import io
import itertools
import tempfile
import tracemalloc
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from dulwich.object_format import SHA1
from dulwich.pack import create_delta, pack_object_header
from hypothesis import given
from hypothesis import strategies as st

from exportmanager.core.errors import HostileArchive
from exportmanager.core.meter import Meter
from exportmanager.core.trees import Limits
from exportmanager.sources.git_pack import GitObjects, Kind, unpacked

LIMITS = Limits(files=1_000, bytes=10 << 20)
TEXT = b"".join(b"line %d\n" % number for number in range(500))


def id_of(data: bytes, kind: str = "blob") -> bytes:
    return hashlib.sha1(f"{kind} {len(data)}\0".encode() + data).hexdigest().encode()


def entry(kind: int, data: bytes, *, size: int | None = None, base: bytes | int | None = None) -> bytes:
    """An object as it stands in a pack; `size` may lie."""
    head = bytes(pack_object_header(kind, base, len(data) if size is None else size, object_format=SHA1))
    return head + zlib.compress(data)


def delta_of(before: bytes, after: bytes) -> bytes:
    return b"".join(create_delta(before, after))


def pack_of(*entries: bytes, count: int | None = None) -> bytes:
    body = b"PACK\0\0\0\2" + (len(entries) if count is None else count).to_bytes(4) + b"".join(entries)
    return body + hashlib.sha1(body).digest()


def unpack(pack: bytes) -> GitObjects:
    return unpacked(io.BytesIO(pack), io.BytesIO(), LIMITS, Meter())


def content(objects: GitObjects, id: bytes) -> bytes:
    with objects.open(objects.get(id, Kind.BLOB)) as file:
        return file.read()


def refused(pack: bytes, sentence: str = "damaged") -> None:
    with tempfile.TemporaryFile() as plain, pytest.raises(HostileArchive, match=sentence):
        unpacked(io.BytesIO(pack), plain, LIMITS, Meter())


@contextmanager
def little_memory(most: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


def test_whole_objects_are_found_by_their_id() -> None:
    objects = unpack(pack_of(entry(Kind.BLOB, TEXT), entry(Kind.BLOB, b""), entry(Kind.TREE, b"")))
    assert content(objects, id_of(TEXT)) == TEXT
    assert content(objects, id_of(b"")) == b""
    assert objects.get(id_of(b"", "tree"), Kind.TREE).size == 0


@given(st.permutations(range(6)), st.lists(st.booleans(), min_size=6, max_size=6))
def test_differences_are_put_together_in_any_order_and_from_any_depth(
    order: Sequence[int], by_offset: Sequence[bool]
) -> None:
    texts = [TEXT + b"more\n" * number for number in range(6)]
    entries: list[bytes] = []
    places: dict[int, int] = {}
    for number in order:
        at = 12 + sum(map(len, entries))
        places[number] = at
        if number == 0:
            entries.append(entry(Kind.BLOB, texts[0]))
            continue
        delta = delta_of(texts[number - 1], texts[number])
        before = places.get(number - 1)
        if by_offset[number] and before is not None:
            entries.append(entry(Kind.OFFSET_DELTA, delta, base=at - before))
        else:
            entries.append(entry(Kind.ID_DELTA, delta, base=bytes.fromhex(id_of(texts[number - 1]).decode())))
    objects = unpack(pack_of(*entries))
    for text in texts:
        assert content(objects, id_of(text)) == text


@given(st.integers(0, 100_000), st.integers(0, 7))
def test_a_changed_bit_is_noticed(at: int, bit: int) -> None:
    pack = bytearray(pack_of(entry(Kind.BLOB, TEXT), entry(Kind.BLOB, b"x")))
    pack[at % len(pack)] ^= 1 << bit
    refused(bytes(pack))


@given(st.integers(0, 100_000), st.integers(0, 255))
def test_a_changed_byte_under_a_right_checksum_is_refused_or_changes_an_id(at: int, byte: int) -> None:
    delta = entry(Kind.ID_DELTA, delta_of(TEXT, TEXT + b"x"), base=bytes.fromhex(id_of(TEXT).decode()))
    pack = bytearray(pack_of(entry(Kind.BLOB, TEXT), delta, entry(Kind.TREE, b"x"))[:-20])
    pack[at % len(pack)] = byte
    try:
        objects = unpack(bytes(pack) + hashlib.sha1(pack).digest())
        data = content(objects, id_of(TEXT))
    except HostileArchive:
        return
    assert data == TEXT


@given(st.binary(max_size=200))
def test_any_bytes_under_a_right_checksum_are_a_pack_or_refused(data: bytes) -> None:
    body = b"PACK\0\0\0\2\0\0\0\2" + data
    with pytest.raises(HostileArchive):
        unpack(body + hashlib.sha1(body).digest())


def test_a_pack_cut_off_anywhere_is_refused() -> None:
    pack = pack_of(entry(Kind.BLOB, TEXT))
    for end in range(len(pack)):
        refused(pack[:end])


@pytest.mark.parametrize(
    "pack",
    [
        b"",
        b"PACK",
        pack_of(entry(Kind.BLOB, TEXT), count=2),
        pack_of(entry(Kind.BLOB, TEXT), count=0),
        pack_of(entry(Kind.BLOB, TEXT), b"more", count=1),
        pack_of(entry(Kind.BLOB, TEXT, size=len(TEXT) - 1)),
        pack_of(entry(Kind.BLOB, TEXT, size=len(TEXT) + 1)),
        pack_of(entry(5, TEXT)),
        pack_of(entry(0, TEXT)),
        pack_of(b"\xff" * 100_000),
        pack_of(b"\xe0" + b"\xff" * 100_000),
        pack_of(entry(Kind.OFFSET_DELTA, b"\1\1\1x", base=5)),
        pack_of(entry(Kind.OFFSET_DELTA, b"\1\1\1x", base=500)),
        pack_of(entry(Kind.OFFSET_DELTA, b"\1\1\1x", base=0)),
        pack_of(entry(Kind.ID_DELTA, b"\1\1\1x", base=b"\1" * 20)),
        pack_of(entry(Kind.BLOB, b"a"), entry(Kind.OFFSET_DELTA, b"", base=len(entry(Kind.BLOB, b"a")))),
        pack_of(entry(Kind.BLOB, b"a"), entry(Kind.OFFSET_DELTA, b"\1", base=len(entry(Kind.BLOB, b"a")))),
        pack_of(entry(Kind.BLOB, b"a"), entry(Kind.OFFSET_DELTA, b"\2\1\1x", base=len(entry(Kind.BLOB, b"a")))),
        pack_of(entry(Kind.BLOB, b"a"), entry(Kind.OFFSET_DELTA, b"\1\2\1x", base=len(entry(Kind.BLOB, b"a")))),
        pack_of(entry(Kind.BLOB, b"a"), entry(Kind.OFFSET_DELTA, b"\1\1\0", base=len(entry(Kind.BLOB, b"a")))),
        b"PACK\0\0\0\4\0\0\0\0" + hashlib.sha1(b"PACK\0\0\0\4\0\0\0\0").digest(),
    ],
)
def test_a_pack_that_is_not_right_is_refused(pack: bytes) -> None:
    refused(pack)


def test_what_is_not_in_the_pack_is_not_there() -> None:
    objects = unpack(pack_of(entry(Kind.BLOB, TEXT)))
    with pytest.raises(HostileArchive, match="is not there"):
        objects.get(b"1" * 40, Kind.BLOB)
    with pytest.raises(HostileArchive, match="is not there"):
        objects.get(id_of(TEXT), Kind.TREE)


def test_more_objects_than_allowed_are_refused_before_they_are_read() -> None:
    refused(pack_of(count=4_000_000_000), "more than 1,000 files")


def test_a_file_that_unpacks_to_too_much_is_refused_in_little_memory() -> None:
    pack = pack_of(entry(Kind.BLOB, bytes(64 << 20)))
    with little_memory(8 << 20):
        refused(pack, "more than 10,485,760 bytes")


def test_a_huge_size_that_is_a_lie_costs_nothing() -> None:
    with little_memory(8 << 20):
        refused(pack_of(entry(Kind.BLOB, b"x", size=1 << 60)))


def varint(number: int) -> bytes:
    """A size as deltas write it."""
    data = b""
    while number > 127:
        data += bytes([number & 0x7F | 0x80])
        number >>= 7
    return data + bytes([number])


def test_differences_that_double_again_and_again_are_refused_in_little_memory() -> None:
    size = 1 << 16
    entries = [entry(Kind.BLOB, bytes(size))]
    for _ in range(20):
        copies = [b"\xb0\xff\xff"] * (2 * size // 0xFFFF)
        rest = 2 * size - 0xFFFF * len(copies)
        copies.append(b"\xb0" + rest.to_bytes(2, "little"))
        delta = varint(size) + varint(2 * size) + b"".join(copies)
        entries.append(entry(Kind.OFFSET_DELTA, delta, base=len(entries[-1])))
        size *= 2
    with little_memory(64 << 20):
        refused(pack_of(*entries), "more than 10,485,760 bytes")


def test_one_difference_that_makes_too_much_is_refused_before_it_is_made() -> None:
    start = entry(Kind.BLOB, b"a")
    delta = varint(1) + varint(1 << 40) + b"\x90\x01" * 100
    with little_memory(8 << 20):
        refused(pack_of(start, entry(Kind.OFFSET_DELTA, delta, base=len(start))), "larger than can be put together")


def test_a_folder_list_larger_than_any_honest_one_is_not_read() -> None:
    objects = unpack(pack_of(entry(Kind.TREE, bytes(9 << 20))))
    with pytest.raises(HostileArchive, match="larger than any honest one"):
        objects.read(objects.get(id_of(bytes(9 << 20), "tree"), Kind.TREE))


def test_parts_are_read_side_by_side() -> None:
    objects = unpack(pack_of(entry(Kind.BLOB, TEXT), entry(Kind.BLOB, TEXT[::-1])))
    files = [objects.open(objects.get(id_of(text), Kind.BLOB)) for text in (TEXT, TEXT[::-1])]
    pieces: list[bytes] = [b"", b""]
    for turn in itertools.cycle((0, 1)):
        piece = files[turn].read(100)
        pieces[turn] += piece
        if not piece:
            break
    assert pieces[0] == TEXT
    assert TEXT[::-1].startswith(pieces[1])
