"""Pieces put into lines: as many as fit, ended where a line may end; what is wider than a line is cut."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from exportmanager.formats.pdf.cutting import Kind, Piece, piece_of
from exportmanager.formats.pdf.spans import Drawn

_ENOUGH = 0.6
"""Of a line of code: one that would be shorter is filled up with a part of a word."""
_AFTER = "/\\.-_,;:?&=+)>"


@dataclass(slots=True)
class Line:
    """Pieces in the order in which they are read. `goes_on`: only for want of room does it end, in place of `space`."""

    pieces: list[Piece]
    goes_on: bool = False
    space: Piece | None = None


def filled(pieces: Sequence[Piece], room: float, *, preserve: bool) -> list[Line]:
    """The lines; `room` is their width in points. At least one line, of which none is wider than the room."""
    filler = _Filler(room, preserve)
    for piece in pieces:
        filler.add(piece)
    if filler.line or not filler.lines:
        filler.end(goes_on=False)
    return filler.lines


class _Filler:
    """Fills one line after the other."""

    def __init__(self, room: float, preserve: bool) -> None:
        self._room, self._preserve = room, preserve
        self.lines: list[Line] = []
        self._start()

    def _start(self) -> None:
        self.line: list[Piece] = []
        self._used = 0.0
        self._last, self._used_last = 0, 0.0

    def end(self, *, goes_on: bool) -> None:
        """The line is as long as it gets. Spaces at its end are not drawn."""
        space = None
        while self.line and self.line[-1].kind is Kind.SPACE:
            space = self.line.pop()
        self.lines.append(Line(self.line, goes_on, space))
        self._start()

    def add(self, piece: Piece) -> None:
        """The next piece, in this line or the next."""
        if piece.kind is Kind.END:
            self.end(goes_on=False)
        elif piece.kind is Kind.SPACE:
            self._add_space(piece)
        elif self._used + piece.width <= self._room:
            self._take(piece)
        else:
            self._make_room(piece)

    def _add_space(self, piece: Piece) -> None:
        if self.line or (self._preserve and not self._is_wrapped()):
            self._take(piece)

    def _is_wrapped(self) -> bool:
        return bool(self.lines) and self.lines[-1].goes_on

    def _take(self, piece: Piece) -> None:
        self.line.append(piece)
        self._used += piece.width
        if piece.can_end:
            self._last, self._used_last = len(self.line), self._used

    def _make_room(self, piece: Piece) -> None:
        """The piece does not fit: end the line where it may end, else cut the piece."""
        if self._last and (not self._preserve or self._used_last >= _ENOUGH * self._room):
            rest = self.line[self._last :]
            del self.line[self._last :]
            self.end(goes_on=True)
            for part in (*rest, piece):
                self.add(part)
            return
        head, tail = _cut(piece, self._room - self._used, must=not self.line)
        if head:
            self._take(head)
        self.end(goes_on=True)
        if tail:
            self.add(tail)


def _cut(piece: Piece, room: float, *, must: bool) -> tuple[Piece | None, Piece | None]:
    """The part of a piece that fits the room, and the rest; `must`: at least something of it."""
    if piece.drawn:
        return (_shrunk(piece, piece.drawn, room), None) if must else (None, piece)
    assert piece.ink, "words have one"
    text = piece.text
    count = _fitting(piece, room)
    count = _better(text, count) if count else int(must) * _first(text)
    if not count:
        return None, piece
    head = piece_of(text[:count], piece.ink, piece.level, can_end=True)
    rest = text[count:]
    return head, piece_of(rest, piece.ink, piece.level, can_end=piece.can_end) if rest else None


def _fitting(piece: Piece, room: float) -> int:
    """How many letters of a piece fit."""
    assert piece.ink
    low, high = 0, len(piece.text)
    while low < high:
        middle = (low + high + 1) // 2
        if piece_of(piece.text[:middle], piece.ink, piece.level).width <= room:
            low = middle
        else:
            high = middle - 1
    while low and low < len(piece.text) and _is_mark(piece.text[low]):
        low -= 1
    return low


def _better(text: str, count: int) -> int:
    """A nearby place after a sign at which words are better cut."""
    best = max(text.rfind(sign, 0, count) for sign in _AFTER) + 1
    return best if best * 2 > count else count


def _first(text: str) -> int:
    """The length of the first letter with its marks."""
    count = 1
    while count < len(text) and _is_mark(text[count]):
        count += 1
    return count


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "M" or letter in "\u200c\u200d" or "\U0001f3fb" <= letter <= "\U0001f3ff"


def _shrunk(piece: Piece, drawn: Drawn, room: float) -> Piece:
    """Something drawn that is wider than a line, made smaller."""
    factor = max(room, 1.0) / drawn.width

    def draw(canvas: Any, x: float, y: float) -> None:
        canvas.saveState()
        canvas.translate(x, y)
        canvas.scale(factor, factor)
        drawn.draw(canvas, 0.0, 0.0)
        canvas.restoreState()

    small = Drawn(drawn.width * factor, drawn.height * factor, drawn.depth * factor, draw, drawn.words)
    return replace(piece, width=small.width, drawn=small, can_end=True)
