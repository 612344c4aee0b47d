"""Spans cut into pieces: words, parts of words, spaces, things drawn; their widths, and where a line may end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import groupby
from typing import Protocol

from exportmanager.formats.pdf.bidi import RIGHT_TO_LEFT, base_level, levels
from exportmanager.formats.pdf.fonts import CHINESE_JAPANESE, Han, han_of
from exportmanager.formats.pdf.shaping import Chain, Run, chain
from exportmanager.formats.pdf.spans import Drawn, Look, Span, Words


class Kind(Enum):
    """What a piece is."""

    WORD = 1
    SPACE = 2
    DRAWN = 3
    END = 4


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """How letters are put on the page: their size and rise in points, their colour as ``#rrggbb``."""

    look: Look
    size: float
    rise: float
    colour: str
    link: str
    chain: Chain


@dataclass(slots=True, eq=False)
class Piece:
    """A part of a line. `width` in points. `can_end`: a line may end after it. `level` as in `bidi`."""

    kind: Kind
    text: str
    width: float
    ink: Ink | None = None
    runs: tuple[Run, ...] = ()
    can_end: bool = False
    level: int = 0
    drawn: Drawn | None = None


class Setting(Protocol):
    """What of a style decides about pieces."""

    @property
    def size(self) -> float: ...  # noqa: D102
    @property
    def colour(self) -> str: ...  # noqa: D102
    @property
    def preserve(self) -> bool: ...  # noqa: D102


_OPENING = "(\\[{‘“«（［｛〔〈《「『【〘〖〝｟"
_CLOSING = (
    ")\\]}’”»,.!?;:%、。，．：；？！）］｝〕〉》」』】〙〗〟｠…‥・ー々〻ゝゞヽヾ％"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ"
)
_BLANK = " \t\n\r\f\v\u0085\u2028\u2029"
_TOKENS = re.compile(f"[{_BLANK}]+|[^{_BLANK}]+")
_PRESERVED = re.compile(f"\n|\t|[{_BLANK.replace(chr(9), '').replace(chr(10), '')}]+|[^{_BLANK}]+")
_CJK_UNIT = re.compile(
    f"[{_OPENING}]*(?:[{CHINESE_JAPANESE}]|[^{CHINESE_JAPANESE}{_OPENING}{_CLOSING}]+)[{_CLOSING}]*|.", re.DOTALL
)
_BREAKS = re.compile(f"[{CHINESE_JAPANESE}]")
"""Korean has spaces between words."""
_ENDS = re.compile(f"[{CHINESE_JAPANESE}]$")
_NOT_FIRST = re.compile(f"[{_CLOSING}]")
_NOT_LAST = re.compile(f"[{_OPENING}]$")
_HYPHENS = r"(?<=\w-)(?=\w)|(?<=[\u2013\u2014])(?=\w)|(?<=\u200b)"
_PARTS = re.compile(_HYPHENS)
_PATH_PARTS = re.compile(rf"{_HYPHENS}|(?<=[\w.~][/\\])(?=\w)|(?<=\w[?&=#])(?=\w)")
_PATH = 16
"""Letters; in words that are longer a line may end after a slash."""
LONGEST = 60
"""Letters of one piece, so that a word without end costs no more than others."""
_TAB = 4


def pieces_of(spans: Sequence[Span], style: Setting) -> tuple[list[Piece], int]:
    """The pieces in the order in which they are read, and the direction of all: 1 from right to left, else 0."""
    text = "".join(span.text for span in spans if isinstance(span, Words))
    base, found = 0, None
    if not text.isascii() and RIGHT_TO_LEFT.search(text):
        prose = "".join(span.text for span in spans if isinstance(span, Words) and not span.look.mono)
        base = 0 if style.preserve else base_level(prose)
        found = levels([_for_levels(span) for span in spans], base)
    cutter = _Cutter(style, "SC" if text.isascii() else han_of(text), found)
    for span in spans:
        cutter.add(span)
    return cutter.pieces, base


def _for_levels(span: Span) -> tuple[str, bool]:
    if isinstance(span, Words):
        return span.text, span.look.mono
    return ("\ufffc" if isinstance(span, Drawn) else "\u2028"), False


class _Cutter:
    """Cuts span after span."""

    def __init__(self, style: Setting, han: Han, found: list[int] | None) -> None:
        self._style, self._han, self._levels = style, han, found
        self._place = 0
        self.pieces: list[Piece] = []
        self._space: Piece | None = None
        self._column = 0

    def add(self, span: Span) -> None:
        """The pieces of one more span."""
        if isinstance(span, Words):
            self._add_words(span)
            return
        level = self._levels[self._place] if self._levels else 0
        self._place += 1
        if isinstance(span, Drawn):
            self.pieces.append(Piece(Kind.DRAWN, span.words, span.width, level=level, drawn=span))
        else:
            self._end_line()

    def _end_line(self) -> None:
        self.pieces.append(Piece(Kind.END, "\n", 0.0))
        self._column = 0

    def _add_words(self, span: Words) -> None:
        ink = self._ink(span)
        if self.pieces and span.text:
            self._join(self.pieces[-1], span.text[0])
        for token in (_PRESERVED if self._style.preserve else _TOKENS).findall(span.text):
            for level, part in self._by_level(token) if self._levels else ((0, token),):
                if part[0] in _BLANK:
                    self._add_blank(part, ink, level)
                else:
                    self._add_word(part, ink, level)

    def _by_level(self, token: str) -> list[tuple[int, str]]:
        """A token in parts of one direction."""
        assert self._levels is not None
        found = self._levels[self._place : self._place + len(token)]
        self._place += len(token)
        pairs = groupby(zip(found, token, strict=True), lambda pair: pair[0])
        return [(level, "".join(letter for _, letter in group)) for level, group in pairs]

    def _add_blank(self, token: str, ink: Ink, level: int) -> None:
        if not self._style.preserve:
            if not self.pieces or self.pieces[-1].kind is not Kind.SPACE:
                self._add_space(" ", ink, level)
        elif token == "\n":
            self._end_line()
        elif token == "\t":
            self._add_space(" " * (_TAB - self._column % _TAB), ink, level)
        else:
            self._add_space(" " * len(token), ink, level)

    def _add_space(self, text: str, ink: Ink, level: int) -> None:
        """A space; the one before once more where it is the same (there are as many spaces as words)."""
        self._column += len(text)
        last = self._space
        if last and last.ink is ink and last.text == text and last.level == level:
            self.pieces.append(last)
            return
        width, runs = ink.chain.shaped(text)
        self._space = Piece(Kind.SPACE, text, width * ink.size / 1000, ink, runs, True, level)
        self.pieces.append(self._space)

    def _add_word(self, word: str, ink: Ink, level: int) -> None:
        self._column += len(word)
        for unit, can_end in units_of(word) if len(word) <= LONGEST else cut(word):
            self.pieces.append(piece_of(unit, ink, level, can_end=can_end))

    def _join(self, before: Piece, letter: str) -> None:
        """Between Chinese or Japanese letters a line may end, also where a span does."""
        if before.kind is Kind.WORD and (_ENDS.search(before.text) or _BREAKS.match(letter)):
            before.can_end = not (_NOT_LAST.search(before.text) or _NOT_FIRST.match(letter) or letter in _BLANK)

    def _ink(self, span: Words) -> Ink:
        look = span.look
        size = round(self._style.size * look.size, 2)
        faces = chain(look.bold, look.italic, look.mono, self._han)
        return Ink(look, size, round(look.rise * size, 2), look.colour or self._style.colour, span.link, faces)


def piece_of(text: str, ink: Ink, level: int = 0, *, can_end: bool = False) -> Piece:
    """A word, or a part of one."""
    width, runs = ink.chain.shaped(text, level % 2 == 1)
    return Piece(Kind.WORD, text, width * ink.size / 1000, ink, runs, can_end, level)


@lru_cache(maxsize=20_000)
def units_of(word: str) -> tuple[tuple[str, bool], ...]:
    """What `cut` gives, remembered."""
    return tuple(cut(word))


def cut(word: str) -> list[tuple[str, bool]]:
    """A word in parts of at most `LONGEST` letters, each with whether a line may end after it."""
    if word.isalpha() and word.isascii() and len(word) <= LONGEST:
        return [(word, False)]
    parts = (_PARTS if len(word) < _PATH else _PATH_PARTS).split(word)
    units = [unit for part in parts for unit in (_CJK_UNIT.findall(part) if _BREAKS.search(part) else (part,))]
    short = [piece for unit in units for piece in _short(unit)]
    return [*short[:-1], (short[-1][0], False)]


def _short(unit: str) -> Iterator[tuple[str, bool]]:
    starts = range(0, len(unit), LONGEST)
    yield from ((unit[start : start + LONGEST], start == starts[-1]) for start in starts)
