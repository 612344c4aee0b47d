"""Text of any encoding, as lines: only those that are asked for are decoded, and nothing in them stays invisible."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from charset_normalizer import from_bytes

_SAMPLE = 64 << 10
_BLOCK = 64 << 10
LONGEST = 10_000
"""Characters of a line that are shown."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8 (BOM)"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_RETURN = 0x0D
_FALLBACK = "cp1252"
_WESTERN = frozenset("ÄÖÜäöüßÀÂÇÈÉÊËÎÏÔÙÛàâçèéêëîïôùûÁÍÓÚÑáíóúñ¿¡ÅÆØåæøÃÕãõ€£§°²³µ«»–—‘’‚“”„…·×")
"""Where nothing else is beyond ASCII, statistics of a few letters know less than this."""
_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)
"""Control characters, and those that turn text round or cannot be seen; joiners of letters and emoji are none."""
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How text is stored: `codec` for Python, `label` for people, and how many bytes of a mark come first."""

    codec: str
    label: str
    mark: int = 0


def encoding_of(data: bytes) -> Encoding | None:
    """The encoding of the text that begins with `data`; None where it is no text."""
    for mark, codec, label in _BOMS:
        if data.startswith(mark):
            return Encoding(codec, label, len(mark))
    sample = data[:_SAMPLE]
    if wide := _wide(sample):
        return Encoding(wide, "UTF-16")
    if b"\0" in sample or len(_CONTROLS.findall(sample)) * 50 > len(sample):
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)  # the last character may be cut
        return Encoding("utf-8", "ASCII" if data.isascii() else "UTF-8")
    except UnicodeDecodeError:
        return _guessed(sample)


def named_encoding(name: str) -> Encoding | None:
    """The encoding that somebody chose by its name; None where Python knows none of that name for text."""
    try:
        info = codecs.lookup(name)
        "a".encode(info.name)
    except (LookupError, UnicodeError):
        return None
    return Encoding(info.name, name)


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark: Latin letters have a NUL in every second place."""
    even, odd = sample[0:2000:2], sample[1:2000:2]
    if len(odd) < 4:
        return ""
    for codec, low, high in (("utf-16-le", even, odd), ("utf-16-be", odd, even)):
        if high.count(0) * 10 > len(high) * 7 and low.count(0) * 20 < len(low):
            return codec
    return ""


def _guessed(sample: bytes) -> Encoding:
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
        data = data[encoding.mark :]
        if encoding.codec != "utf-8":  # from here on a line feed is one byte, and no other character has that byte
            data = data.decode(encoding.codec, "replace").encode("utf-8", "replace")
        self._data = data
        self._end = b"\r" if b"\n" not in data and b"\r" in data else b"\n"

    @cached_property
    def line_ends(self) -> str:
        """How lines end: LF, CRLF, CR, mixed; "" where there is one line."""
        both, feeds = self._data.count(b"\r\n"), self._data.count(b"\n")
        if self._end == b"\r":
            return "CR"
        if not feeds:
            return ""
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
