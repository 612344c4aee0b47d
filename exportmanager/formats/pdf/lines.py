"""Text on a page: spans broken into lines, in every direction and script, split over pages, with their links."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFString
from reportlab.platypus import Flowable

from exportmanager.formats.pdf.bidi import in_order
from exportmanager.formats.pdf.cutting import Kind, Piece, pieces_of
from exportmanager.formats.pdf.embedding import Letters, letters_of
from exportmanager.formats.pdf.filling import Line, filled
from exportmanager.formats.pdf.inking import Inked, LinkBox, colour, number
from exportmanager.formats.pdf.spans import Span
from exportmanager.formats.pdf.view import Missed

_ABOVE, _BELOW = 0.78, 0.22
"""How much of its size a line of letters takes above and below its base line; the leading adds half on each side."""
_FEWEST = 2
"""Lines of a block that stand together on a page."""
_TALL = 4
"""Leadings: a line that is higher, with a picture in it, may stand alone."""
_MARK = 8.0
"""The room of the mark where a line of code goes on in the next."""
_MARK_COLOUR = "#9aa4af"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStyle:
    """How a block of text is set; lengths in points.

    `align`: "start" is the left, or the right where the text runs from right to left. `before` and `after` are the
    space around the block, `left` is how far its lines stand in from the edge where they start. `preserve` keeps
    every space, and breaks a long line anywhere, with a small mark (code).
    """

    size: float = 10.0
    leading: float = 14.0
    align: Literal["start", "left", "centre", "right"] = "start"
    colour: str = "#1f2328"
    before: float = 0.0
    after: float = 0.0
    left: float = 0.0
    keep_with_next: bool = False
    preserve: bool = False


def widths(spans: Sequence[Span], style: TextStyle) -> tuple[float, float]:
    """How narrow the spans can be set without cutting a word, and how wide they are on one line, in points."""
    pieces, _ = pieces_of(spans, style)
    narrowest = widest = word = line = 0.0
    for piece in pieces:
        line = 0.0 if piece.kind is Kind.END else line + piece.width
        word = 0.0 if piece.kind in {Kind.END, Kind.SPACE} else word + piece.width
        narrowest, widest = max(narrowest, word), max(widest, line)
        if piece.can_end:
            word = 0.0
    side = style.left + (_MARK if style.preserve else 0.0)
    return narrowest + side, widest + side


def is_right_to_left(spans: Sequence[Span], style: TextStyle) -> bool:
    """Whether the first letter with a direction runs from right to left: then the text starts at the right."""
    return pieces_of(spans, style)[1] == 1


@dataclass(frozen=True, slots=True)
class _Row:
    """A line with its height above and below the base line."""

    line: Line
    above: float
    below: float

    @property
    def height(self) -> float:
        return self.above + self.below


class TextBlock(Flowable):  # type: ignore[misc]
    """Spans set as lines: left or right by the first strong letter, split over pages, links live.

    Letters that no font has are drawn as a visible sign and counted in `missed`. A link ``#name`` becomes an
    annotation that goes to the destination `name` (a string, which may be defined in another part of the book).
    """

    def __init__(self, spans: Sequence[Span], style: TextStyle, missed: Missed) -> None:
        super().__init__()
        self._spans, self._style, self._missed = spans, style, missed
        self._known: tuple[list[Piece], int] | None = None
        self._rows: list[_Row] = []
        self._room = -1.0
        self.spaceBefore, self.spaceAfter = style.before, style.after
        self.keepWithNext = style.keep_with_next

    @property
    def _pieces(self) -> tuple[list[Piece], int]:
        """The pieces and their direction; what no font has is counted once, when they are first asked for."""
        if self._known is None:
            self._known = pieces_of(self._spans, self._style)
            for what, count in _missing(self._known[0]).items():
                self._missed.counts[what, "no font here has them"] += count
        return self._known

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Breaks the lines; the width and height they take."""
        self._break(avail_width)
        return avail_width, sum(row.height for row in self._rows)

    def _break(self, width: float) -> None:
        if self._room == width:
            return
        self._room = width
        preserve = self._style.preserve
        room = max(width - self._style.left - (_MARK if preserve else 0.0), 1.0)
        self._rows = [self._row(line) for line in filled(self._pieces[0], room, preserve=preserve)]

    def _row(self, line: Line) -> _Row:
        style = self._style
        spare = (style.leading - style.size) / 2
        above, below = style.size * _ABOVE + spare, style.size * _BELOW + spare
        for piece in line.pieces:
            if piece.drawn:
                above, below = max(above, piece.drawn.height + 1), max(below, piece.drawn.depth + 1)
            elif piece.ink and piece.ink.size > style.size:
                above, below = max(above, piece.ink.size), max(below, piece.ink.size * 0.3)
        return _Row(line, above, below)

    def split(self, avail_width: float, avail_height: float) -> list[Any]:
        """Two blocks, the first of which fits the height, with at least two lines each; none if that cannot be."""
        self._break(avail_width)
        count, used = 0, 0.0
        for row in self._rows:
            used += row.height
            if used > avail_height + 0.01:
                break
            count += 1
        fewest = _FEWEST if all(row.height < _TALL * self._style.leading for row in self._rows) else 1
        count = min(count, len(self._rows) - fewest)
        if count < fewest:
            return []
        return [self._part(self._rows[:count]), self._part(self._rows[count:])]

    def _part(self, rows: list[_Row]) -> TextBlock:
        """Some of the lines, as they are; set anew if the width is another."""
        part = TextBlock((), self._style, self._missed)
        part._known = list(_joined(rows)), self._pieces[1]
        part._rows, part._room = rows, self._room
        return part

    def draw(self) -> None:
        """Draws the lines."""
        canvas = self.canv
        inked = Inked(letters_of(canvas))
        y = sum(row.height for row in self._rows)
        for row in self._rows:
            y -= row.above
            inked.add_line(in_order(row.line.pieces) if self._is_mixed else row.line.pieces, self._left_of(row), y)
            if row.line.goes_on and self._style.preserve:
                inked.above.append(_mark(self._room - _MARK + 1.5, y, self._style.size))
            y -= row.below
        if code := inked.code():
            canvas._code.append(code)
        for drawn, x, base in inked.drawn:
            drawn.draw(canvas, x, base)
        for link in inked.links:
            _add_link(canvas, link)

    @cached_property
    def _is_mixed(self) -> bool:
        return any(piece.level for piece in self._pieces[0])

    def _left_of(self, row: _Row) -> float:
        style, rtl = self._style, self._pieces[1] == 1
        spare = self._room - style.left - sum(piece.width for piece in row.line.pieces)
        align = ("right" if rtl else "left") if style.align == "start" else style.align
        indent = 0.0 if rtl else style.left
        return indent + {"left": 0.0, "centre": spare / 2, "right": spare}[align]


def line_code(
    spans: Sequence[Span], style: TextStyle, x: float, y: float, letters: Letters, *, right: bool = False
) -> bytes:
    """One line as operators for the content of a page; `x`, `y` is the left end of its base line, or the right end.

    For heads and page numbers that are put on pages when all are joined. Links and things drawn are left out.
    """
    pieces, _ = pieces_of(spans, style)
    inked = Inked(letters)
    inked.add_line(in_order(pieces), x - sum(piece.width for piece in pieces) * right, y)
    return inked.code().encode("latin-1")


def _joined(rows: Sequence[_Row]) -> Iterator[Piece]:
    """The pieces of some lines, from which the same lines come out again."""
    for row in rows:
        yield from row.line.pieces
        if not row.line.goes_on:
            yield Piece(Kind.END, "\n", 0.0)
        elif row.line.space:
            yield row.line.space


def _missing(pieces: Sequence[Piece]) -> Counter[str]:
    """What no font has, by script, and how many letters of it."""
    letters = "".join(run.missing for piece in pieces for run in piece.runs if run.missing)
    return Counter(_named(letter) for letter in letters)


def _named(letter: str) -> str:
    """What a letter is to a teacher: the names of letters begin with their script."""
    if unicodedata.category(letter)[0] not in "LM":
        return "Signs and emoji"
    script = unicodedata.name(letter).split()[0].title()
    return f"Letters of the script {'Han' if script == 'Cjk' else script}"


def _mark(x: float, y: float, size: float) -> str:
    """A small bent arrow: the line goes on."""
    points = [(x + 4.5, y + size * 0.5), (x + 4.5, y + size * 0.2), (x, y + size * 0.2)]
    path = " ".join(f"{number(a)} {number(b)} {'l' if at else 'm'}" for at, (a, b) in enumerate(points))
    a, b = points[-1]
    tip = f"{number(a + 1.4)} {number(b + 1.4)} m {number(a)} {number(b)} l {number(a + 1.4)} {number(b - 1.4)} l"
    return f"{colour(_MARK_COLOUR)} RG 0.6 w {path} S {tip} S"


def _add_link(canvas: Any, link: LinkBox) -> None:
    target, *box = link
    if target.startswith("#"):
        action = {"S": PDFName("GoTo"), "D": PDFString(target[1:])}
    else:
        action = {"S": PDFName("URI"), "URI": PDFString(target)}
    annotation = {
        "Type": PDFName("Annot"),
        "Subtype": PDFName("Link"),
        "Rect": PDFArray([round(value, 2) for value in canvas._absRect(box, 1)]),
        "Border": PDFArray([0, 0, 0]),
        "A": PDFDictionary(action),
    }
    canvas._addAnnotation(PDFDictionary(annotation))
