"""Text of any encoding, as lines: only those that are asked for are decoded, and nothing in them stays invisible.

What reads all of a text does so in slices: one call on 50 MB would keep Python's lock, and the window waiting.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import itemgetter
from unicodedata import category

from charset_normalizer import from_bytes

_SAMPLE = 64 << 10
_BLOCK = 64 << 10
_SLICE = 1 << 20
LONGEST = 10_000
"""Characters of a line that are shown."""
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),  # begins as the one of UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_PATTERN = 2_000
"""Bytes in which UTF-16 shows itself."""
_ALPHABETS = range(1, 0x20)
"""First bytes of the characters of alphabets that are not Latin: Greek, Cyrillic, Hebrew, Arabic, and of India."""
_RETURN = 0x0D
_FALLBACK = "cp1252"
_WESTERN = frozenset("ÄÖÜäöüßÀÂÇÈÉÊËÎÏÔÙÛàâçèéêëîïôùûÁÍÓÚÑáíóúñ¿¡ÅÆØåæøÃÕãõ€£§°²³µ«»–—‘’‚“”„…·×")
"""Where nothing else is beyond ASCII, statistics of a few letters know less than this."""
_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)
"""Control characters, and those that turn text round or cannot be seen; joiners of letters and emoji are none."""
_WHITE = "\t\n\r\f"
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How text is stored: `codec` for Python, `label` for people, and how many bytes of a mark come first."""

    codec: str
    label: str
    mark: int = 0


def encoding_of(data: bytes) -> Encoding | None:
    """The encoding of the text that begins with `data`; None where it is no text."""
    sample = data[:_SAMPLE]
    if wide := wide_encoding(sample):
        return wide
    if sample.startswith(codecs.BOM_UTF8):
        return Encoding("utf-8", "UTF-8 (BOM)", len(codecs.BOM_UTF8))
    if b"\0" in sample or len(_CONTROLS.findall(sample)) * 50 > len(sample):
        return None
    try:
        decoder = codecs.getincrementaldecoder("utf-8")()
        for piece in _slices(data):  # the last character may be cut
            decoder.decode(piece)
    except UnicodeDecodeError:
        return guessed_encoding(sample)
    return Encoding("utf-8", "ASCII" if data.isascii() else "UTF-8")


def wide_encoding(head: bytes) -> Encoding | None:
    """UTF-16 or UTF-32, where a text that begins with `head` is stored so; None for all else."""
    for mark, codec, label in _WIDE:
        if head.startswith(mark):
            return Encoding(codec, label, len(mark))
    codec = _without_mark(head[:_PATTERN])
    return Encoding(codec, "UTF-16") if codec else None


def decoded(pieces: Iterable[bytes], codec: str) -> Iterator[str]:
    """The text of bytes that come in pieces, cut anywhere; a mark stands for what is no character."""
    decoder = codecs.getincrementaldecoder(codec)("replace")
    for piece in pieces:
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def _slices(data: bytes, start: int = 0) -> Iterator[bytes]:
    return (data[at : at + _SLICE] for at in range(start, len(data), _SLICE))


def named_encoding(name: str) -> Encoding | None:
    """The encoding that somebody chose by its name; None where Python knows none of that name that reads any text."""
    try:
        codec = codecs.lookup(name).name
        "a".encode(codec)  # the codecs that are not for text are refused here
        bytes(range(256)).decode(codec, "replace")
    except (LookupError, ValueError):
        return None
    return Encoding(codec, name)


def _without_mark(head: bytes) -> str:
    """UTF-16 without a mark: every second byte is NUL, or the one that all letters of an alphabet begin with."""
    even, odd = head[::2], head[1::2]
    if len(odd) < 4 or b"\0" not in head:
        return ""
    for codec, low, high in (("utf-16-le", even, odd), ("utf-16-be", odd, even)):
        if low.count(0) * 20 < len(low) and _is_of_one_alphabet(high) and _is_written(head, codec):
            return codec
    return ""


def _is_of_one_alphabet(high: bytes) -> bool:
    counts = Counter(high)
    latin = counts.pop(0, 0)  # also spaces, digits and ends of lines
    other, often = max(counts.items(), key=itemgetter(1), default=(0, 0))
    return latin * 10 > len(high) * 7 or (other in _ALPHABETS and latin > 0 and (latin + often) * 20 > len(high) * 19)


def _is_written(head: bytes, codec: str) -> bool:
    """Whether it is letters and signs: numbers of two bytes look like UTF-16, but like control characters too."""
    try:
        text = codecs.getincrementaldecoder(codec)().decode(head)  # the last character may be cut
    except UnicodeDecodeError:
        return False
    odd = sum(category(letter)[0] == "C" and letter not in _WHITE for letter in text)
    return odd * 50 <= len(text)


def guessed_encoding(sample: bytes) -> Encoding:
    """The likeliest of the encodings that any bytes may be: one for a language or a region."""
    if all(letter.isascii() or letter in _WESTERN for letter in sample.decode(_FALLBACK, "replace")):
        return Encoding(_FALLBACK, "CP1252")
    found = from_bytes(sample[:8192]).best()
    codec = found.encoding if found else _FALLBACK
    return Encoding(codec, codec.replace("_", "-").upper())


def visible(text: str) -> str:
    """`text` with control characters as pictures (``␛``), and those that cannot be seen by number (``⟨U+202E⟩``)."""
    return _ODD.sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\N{SYMBOL FOR DELETE}" if code == 0x7F else f"⟨U+{code:04X}⟩"


class Text:
    """The lines of a text. `encoding` is how it is stored, `is_cut` whether only its beginning is here."""

    def __init__(self, data: bytes, encoding: Encoding, *, is_cut: bool = False) -> None:
        self.encoding, self.is_cut = encoding, is_cut
        if encoding.codec != "utf-8":  # from here on a line feed is one byte, and no other character has that byte
            pieces = decoded(_slices(data, encoding.mark), encoding.codec)
            data = b"".join([piece.encode("utf-8", "replace") for piece in pieces])
        elif encoding.mark:
            data = b"".join(_slices(data, encoding.mark))
        self._data = data
        self._end = b"\r" if b"\n" not in data and b"\r" in data else b"\n"

    @cached_property
    def line_ends(self) -> str:
        """How lines end: LF, CRLF, CR, mixed; "" where there is one line."""
        if self._end == b"\r":
            return "CR"
        feeds = self._counts[-1]
        if not feeds:
            return ""
        both = sum(self._data.count(b"\r\n", at, at + _BLOCK + 1) for at in range(0, len(self._data), _BLOCK))
        return "LF" if not both else "CRLF" if both == feeds else "mixed"

    @property
    def ends_with_newline(self) -> bool:
        """Whether the last line is ended too."""
        return self._data.endswith(self._end)

    @cached_property
    def _counts(self) -> list[int]:
        """How many lines end before each block."""
        blocks = range(0, len(self._data), _BLOCK)
        return list(accumulate((self._data.count(self._end, at, at + _BLOCK) for at in blocks), initial=0))

    @property
    def line_count(self) -> int:
        """How many lines there are; what follows the last end is one, unless it is empty."""
        return self._counts[-1] + (bool(self._data) and not self.ends_with_newline)

    def lines(self, start: int, stop: int, longest: int = LONGEST) -> list[str]:
        """The lines from `start` (counted from 0) to before `stop`, as they are shown, without their ends.

        A line of more than `longest` characters is cut, and says how many bytes are missing.
        """
        return [self._shown(at, end, longest) for at, end in self._spots(start, stop)]

    def raw_lines(self, start: int, stop: int, longest: int) -> list[str]:
        """The same as they are, each of at most `longest` characters."""
        return [self._piece(at, end, longest) for at, end in self._spots(start, stop)]

    def _spots(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """Where lines begin and end, without their ends."""
        at = self._place(start)
        for _ in range(start, min(stop, self.line_count)):
            end = self._data.find(self._end, at)
            after = len(self._data) if end < 0 else end
            cut = after > at and self._end == b"\n" and self._data[after - 1] == _RETURN
            yield at, after - cut
            at = after + 1

    def beginning(self, limit: int = 2 << 20) -> str:
        """The first `limit` bytes (as UTF-8), or all, as it is, with LF at the end of lines."""
        return self._data[:limit].decode("utf-8", "ignore").replace("\r\n", "\n").replace("\r", "\n")

    def _place(self, line: int) -> int:
        """Where a line begins."""
        block = max(bisect_left(self._counts, line) - 1, 0)
        at, left = block * _BLOCK, line - self._counts[block]
        for _ in range(left):
            at = self._data.find(self._end, at) + 1
            if not at:
                return len(self._data)
        return at

    def _piece(self, at: int, end: int, longest: int) -> str:
        """At most `longest` characters of a line: a character has four bytes or fewer."""
        is_cut = end - at > 4 * longest
        return self._data[at : at + 4 * longest if is_cut else end].decode("utf-8", "ignore" if is_cut else "replace")[
            :longest
        ]

    def _shown(self, at: int, end: int, longest: int) -> str:
        piece = self._piece(at, end, longest)
        missing = end - at - len(piece.encode("utf-8", "replace")) if end - at > longest else 0
        return f"{visible(piece)} … ({missing:,} bytes more)" if missing > 0 else visible(piece)
