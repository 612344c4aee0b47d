"""Encodings that no mark tells are found and nothing else is taken for them; large texts are read in slices."""

from __future__ import annotations

import array
import gzip
import os
import struct
import zlib
from random import Random

import pytest

from exportmanager.formats import texts
from exportmanager.formats.texts import Encoding, Text, encoding_of, named_encoding

WIDE = ("utf-16-le", "utf-16-be")


@pytest.mark.parametrize("codec", WIDE)
@pytest.mark.parametrize(
    "text",
    [
        "hi\r\n",
        "print('hello')\r\n" * 200,
        "Größe: 12 €\r\n",
        "Привет, мир\r\nи всё\r\n",
        "Καλημέρα 1\n",
        "שלום עולם\n",
    ],
)
def test_utf_16_is_known_without_a_mark(text: str, codec: str) -> None:
    found = encoding_of(text.encode(codec))
    assert found == Encoding(codec, "UTF-16")
    assert encoding_of((text * 2000).encode(codec)[:-1]) == found


def numbers(kind: str, *values: int) -> bytes:
    return array.array(kind, values).tobytes()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(numbers("H", *range(1000)), id="numbers of two bytes"),
        pytest.param(numbers("H", *Random(1).choices(range(256), k=1000)), id="small numbers of two bytes"),
        pytest.param(numbers("H", 1, 2, 3, 4, 5, 6, 7, 8), id="few numbers"),
        pytest.param(numbers("h", *Random(2).choices(range(-300, 300), k=2000)), id="sound"),
        pytest.param(numbers("I", *Random(3).choices(range(32, 120), k=500)), id="numbers of four bytes"),
        pytest.param(struct.pack(">200H", *Random(4).choices(range(0x400, 0x600), k=200)), id="addresses"),
        pytest.param(bytes(4000), id="nothing"),
        pytest.param(b"A\0" * 20 + bytes(3000), id="a name with room behind it"),
        pytest.param(b"SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20\0\0\0\x0c\0\0\0\x02" + bytes(60), id="SQLite"),
        pytest.param(b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\0\x3e\0\x01\0\0\0" + bytes(40), id="a program"),
        pytest.param(b"\xca\xfe\xba\xbe\0\0\0\x41\0\x1d\x0a\0\x02\0\x03\x07\0\x04\x0c\0\x05\0\x06\x01\0", id="Java"),
        pytest.param(zlib.compress(os.urandom(3000)), id="packed"),
        pytest.param(gzip.compress(b"x" * 100, mtime=0), id="gzip"),
        pytest.param(Random(5).randbytes(4000), id="noise"),
        pytest.param(bytes(v for n in range(600) for v in (0, n % 256)), id="grey"),
    ],
)
def test_what_is_no_text_is_not_taken_for_utf_16(data: bytes) -> None:
    assert encoding_of(data) is None


@pytest.mark.parametrize("codec", ["utf-16-le", "cp1252", "gb18030", "shift_jis", "utf-7"])
def test_a_text_that_is_decoded_in_slices_is_the_same(codec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = "a line, 日本 \r\n\r\nand\n" if codec not in {"cp1252"} else "für 5 €\r\n"
    data = (whole * 40).encode(codec) + b"\xff"
    expected = data.decode(codec, "replace")
    for size in (1, 2, 3, 7, 64):
        monkeypatch.setattr(texts, "_SLICE", size)
        found = Text(data, Encoding(codec, codec))
        assert found.beginning() == expected.replace("\r\n", "\n")
        assert found.line_count == len(expected.split("\n"))


def test_a_mark_is_no_part_of_the_first_line() -> None:
    data = "\ufeffone\ntwo\n".encode()
    found = encoding_of(data)
    assert found is not None
    assert Text(data, found).lines(0, 9) == ["one", "two"]


@pytest.mark.parametrize(("ends", "name"), [(b"\r\n", "CRLF"), (b"\n", "LF")])
def test_ends_of_lines_are_counted_across_blocks(ends: bytes, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_BLOCK", 3)
    found = Text((b"ab" + ends) * 20, Encoding("utf-8", "ASCII"))
    assert (found.line_ends, found.line_count) == (name, 20)
    assert Text((b"ab" + ends) * 20 + b"c\r\nd\n", Encoding("utf-8", "ASCII")).line_ends == "mixed"


@pytest.mark.parametrize("name", ["idna", "undefined", "rot13", "base64", "nonsense", "", "a\0b", "\udcff", "x" * 9999])
def test_a_codec_that_does_not_read_every_text_is_none(name: str) -> None:
    assert named_encoding(name) is None
