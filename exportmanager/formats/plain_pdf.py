"""Draws plain pages: headings, paragraphs, facts, lists and coloured grids, in every script."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import category

from reportlab.lib.colors import HexColor

from exportmanager.formats.pdf.embedding import BareCanvas, letters_of
from exportmanager.formats.pdf.lines import TextBlock, TextStyle, line_code, widths
from exportmanager.formats.pdf.spans import Look, Words
from exportmanager.formats.pdf.view import PAPERS, Missed

A4 = PAPERS["A4"]
MARGIN = 46.0
INK, FAINT, RULE = "#1c1e21", "#5c6169", "#c9ccd1"
_LEADING = 1.38
_JOINERS = "\u200c\u200d"
"""They change how the letters beside them look; what else cannot be seen is left out."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell of a grid: its letter, and the colours of that and of its ground."""

    letter: str
    ink: str
    ground: str


class PlainPdf:
    """Pages (A4) that are filled from top to bottom; the same calls give the same bytes. Lengths are in points."""

    def __init__(self, title: str, footer: str) -> None:
        self._out = io.BytesIO()
        self._canvas = BareCanvas(self._out, pagesize=A4, invariant=1, pageCompression=1)
        self._canvas.setTitle(title)
        self._footer = footer
        self._page = 1
        self._size = A4
        self._y = A4[1] - MARGIN

    @property
    def _width(self) -> float:
        return self._size[0] - 2 * MARGIN

    def close(self) -> bytes:
        """All pages."""
        self._end_page()
        self._canvas.save()
        return self._out.getvalue()

    def new_page(self, *, wide: bool = False) -> None:
        """Begin another page."""
        self._end_page()
        self._page += 1
        self._size = (A4[1], A4[0]) if wide else A4
        self._canvas.setPageSize(self._size)
        self._y = self._size[1] - MARGIN

    def _end_page(self) -> None:
        footer = _cut(self._footer, 7.5, self._width - 50)
        _text(self._canvas, f"Page {self._page:,}", MARGIN, MARGIN - 20, 7.5, FAINT)
        _text(self._canvas, footer, MARGIN + 50, MARGIN - 20, 7.5, FAINT)
        self._canvas.showPage()

    def space(self, points: float) -> None:
        """Leave room."""
        self._y -= points

    def _need(self, points: float) -> None:
        if self._y - points < MARGIN:
            self.new_page()

    def heading(self, text: str, size: float = 13) -> None:
        """A heading, which stays with what follows it."""
        self._need(size * _LEADING + 40)
        self._y -= size * 0.6
        self._lines(text, size, INK, MARGIN, self._width, bold=True)
        self._y -= size * 0.25

    def paragraph(self, text: str, size: float = 9.5, colour: str = INK, indent: float = 0) -> None:
        """Text, over as many lines and pages as it takes."""
        self._lines(text, size, colour, MARGIN + indent, self._width - indent)
        self._y -= size * 0.35

    def banner(self, text: str, ink: str, ground: str, size: float = 10.5) -> None:
        """Text on a ground."""
        block = TextBlock(_words(text, bold=True), _style(size, ink), Missed())
        height = block.wrap(self._width - 20, 0)[1] + 12
        self._need(height)
        self._canvas.setFillColor(HexColor(ground))
        self._canvas.roundRect(MARGIN, self._y - height, self._width, height, 4, stroke=0, fill=1)
        self._y -= height
        block.drawOn(self._canvas, MARGIN + 10, self._y + 6)
        self._y -= 8

    def facts(self, pairs: Sequence[tuple[str, str]], label: float = 120) -> None:
        """Names of things, and beside them what they are."""
        for name, value in pairs:
            self._need(9 * _LEADING)
            top, page = self._y, self._page
            self._lines(name, 9, FAINT, MARGIN, label - 8)
            under = self._y if page == self._page else self._size[1] - MARGIN
            self._y = top if page == self._page else self._y
            self._lines(value, 9, INK, MARGIN + label, self._width - label)
            self._y = min(self._y, under) - 1.5

    def row(self, cells: Sequence[str], widths: Sequence[float], colour: str = INK, size: float = 9) -> None:
        """A line of a table, each cell on one line; a rule below it."""
        self._need(size * 1.8)
        self._y -= size * 1.2
        x = MARGIN
        for cell, width in zip(cells, widths, strict=True):
            _text(self._canvas, _cut(cell, size, width - 6), x, self._y, size, colour)
            x += width
        self._y -= size * 0.5
        self._rule(MARGIN, x, self._y)

    def _rule(self, left: float, right: float, y: float) -> None:
        self._canvas.setStrokeColor(HexColor(RULE))
        self._canvas.setLineWidth(0.4)
        self._canvas.line(left, y, right, y)

    def _lines(self, text: str, size: float, colour: str, x: float, width: float, *, bold: bool = False) -> None:
        """Text over as many lines and pages as it takes."""
        blocks = [TextBlock(_words(text, bold=bold), _style(size, colour), Missed())]
        while blocks:
            block = blocks.pop(0)
            height = block.wrap(width, self._y - MARGIN)[1]
            if height > self._y - MARGIN:
                blocks = block.split(width, self._y - MARGIN) or [block]
                if len(blocks) == 1:
                    self.new_page()
                continue
            self._y -= height
            block.drawOn(self._canvas, x, self._y)

    def legend(self, marks: Sequence[tuple[Mark, str]]) -> None:
        """What the marks of a grid mean."""
        x = MARGIN
        self._need(18)
        self._y -= 14
        for mark, means in marks:
            width = 18 + _length(means, 8.5) + 14
            if x + width > MARGIN + self._width:
                x, self._y = MARGIN, self._y - 15
            self._marks([(x, self._y - 2, mark)], 11, 7.5)
            _text(self._canvas, means, x + 16, self._y, 8.5, INK)
            x += width
        self._y -= 8

    def _marks(self, placed: Sequence[tuple[float, float, Mark]], side: float, size: float) -> None:
        """Marks at the lower left corners of their cells."""
        drawn = {mark: self._mark(mark, side, size) for mark in {mark: None for *_, mark in placed}}
        self._canvas._code += [f"q 1 0 0 1 {x:.2f} {y:.2f} cm {drawn[mark]} Q" for x, y, mark in placed]

    def _mark(self, mark: Mark, side: float, size: float) -> str:
        """A mark as operators of the page, its lower left corner at 0, 0."""
        ground = "{:.3f} {:.3f} {:.3f} rg".format(*HexColor(mark.ground).rgb())
        words, style = _words(mark.letter, bold=True), _style(size, mark.ink)
        left, base = (side - widths(words, style)[1]) / 2, (side - size * 0.71) / 2
        letter = line_code(words, style, left, base, letters_of(self._canvas)).decode("latin-1")
        return f"{ground} 0.4 0.4 {side - 0.8:.2f} {side - 0.8:.2f} re f {letter}"

    def grid(
        self,
        names: Sequence[str],
        titles: Sequence[str],
        mark: Callable[[int, int], Mark | None],
        legend: Sequence[tuple[Mark, str]],
        heading: str,
    ) -> None:
        """Rows of `names` and columns of `titles`, over as many pages as they take; `mark` tells a cell's."""
        side, label, head = 13.0, 168.0, 96.0
        wide = len(titles) > (A4[0] - 2 * MARGIN - label) // side
        width = (A4[1] if wide else A4[0]) - 2 * MARGIN
        height = (A4[0] if wide else A4[1]) - 2 * MARGIN
        across, down = int((width - label) // side), int((height - head - 66) // side)
        for first in range(0, len(titles), across):
            for top in range(0, len(names), down):
                self.new_page(wide=wide)
                columns, rows = range(first, min(first + across, len(titles))), range(top, min(top + down, len(names)))
                which = f"{top + 1:,} to {rows[-1] + 1:,} of {len(names):,}"
                some = "" if len(titles) <= across else f"; {first + 1} to {columns[-1] + 1} of {len(titles)}"
                self.heading(f"{heading}: {which}{some}", 11)
                self.legend(legend)
                self._y -= head
                self._titles(titles, columns, MARGIN + label, side, head)
                self._rows(names, rows, columns, mark, label, side)

    def _titles(self, titles: Sequence[str], columns: range, x: float, side: float, head: float) -> None:
        for number, column in enumerate(columns):
            self._canvas.saveState()
            self._canvas.translate(x + number * side + side * 0.68, self._y + 4)
            self._canvas.rotate(90)
            _text(self._canvas, _cut(titles[column], 7, head - 8), 0, 0, 7, INK)
            self._canvas.restoreState()

    def _rows(
        self,
        names: Sequence[str],
        rows: range,
        columns: range,
        mark: Callable[[int, int], Mark | None],
        label: float,
        side: float,
    ) -> None:
        placed = []
        right = MARGIN + label + len(columns) * side
        for row in rows:
            self._y -= side
            if row % 5 == 0:
                self._rule(MARGIN, right, self._y + side)
            _text(self._canvas, _cut(names[row], 8, label - 6), MARGIN, self._y + 3.6, 8, INK)
            for number, column in enumerate(columns):
                if found := mark(row, column):
                    placed.append((MARGIN + label + number * side, self._y, found))
        self._marks(placed, side, 7.5)


def _words(text: str, *, bold: bool = False) -> list[Words]:
    """A text without letters that cannot be seen, or that turn others round."""
    seen = " ".join(text.split())
    if not (seen.isascii() and seen.isprintable()):
        seen = "".join(c for c in seen if category(c) not in {"Cc", "Cf", "Cs"} or c in _JOINERS)
    return [Words(seen, Look(bold=bold))]


def _style(size: float, colour: str) -> TextStyle:
    return TextStyle(size=size, leading=size * _LEADING, colour=colour, align="left")


def _length(text: str, size: float) -> float:
    return widths(_words(text), _style(size, INK))[1]


def _text(canvas: Any, line: str, x: float, y: float, size: float, colour: str) -> None:
    """One line; `x`, `y` is the left end of its base line."""
    canvas._code.append(line_code(_words(line), _style(size, colour), x, y, letters_of(canvas)).decode("latin-1"))


def _cut(text: str, size: float, width: float) -> str:
    """As much of a text as fits, and a sign that there is more."""
    if _length(text, size) <= width:
        return text
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if _length(f"{text[:middle]}\N{HORIZONTAL ELLIPSIS}", size) <= width:
            fits = middle
        else:
            too_long = middle
    return f"{text[:fits].rstrip()}\N{HORIZONTAL ELLIPSIS}"
