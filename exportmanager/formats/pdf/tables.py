"""Draws tables: columns as wide as they need, the heading again on each page, rows split where they must be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lxml.html import HtmlElement
from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from exportmanager.formats.pdf.boxes import ROOMY, Column
from exportmanager.formats.pdf.flow import SIDES, Flow
from exportmanager.formats.pdf.inlines import changed
from exportmanager.formats.pdf.spans import Look
from exportmanager.formats.pdf.style import BODY, CAPTION, GAP, GROUND, LINE

_PAD = 6.0, 4.0
"""Beside and above what stands in a cell, in points."""
_MOST_COLUMNS = 60
_DEEPEST = 3
"""Tables in tables; what stands in the next is shown without."""
_LOW = 90.0
"""Rows that are no higher stay whole."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell over `span` columns; `narrow` and `wide` are the widths it needs and would like, in points."""

    body: Column
    span: int = 1
    narrow: float = 0.0
    wide: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table."""

    cells: tuple[Cell, ...]
    is_head: bool = False


class Grid(Flowable):  # type: ignore[misc]
    """A table with lines between its cells; the rows of its head begin each page."""

    def __init__(self, rows: Sequence[Row], columns: int = 0) -> None:
        super().__init__()
        self._rows = list(rows)
        self._heads = next((n for n, row in enumerate(rows) if not row.is_head), 0)
        self._count = columns or max(sum(cell.span for cell in row.cells) for row in rows)
        self._wrapped = -1.0
        self._widths: list[float] = []
        self._heights: list[float] = []
        self.spaceBefore = self.spaceAfter = GAP

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Sets the cells; the width and height they take."""
        if avail_width != self._wrapped:
            self._wrapped = avail_width
            self._widths = column_widths(self._rows, self._count, avail_width)
            self._heights = [self._height(row) for row in self._rows]
        self.width, self.height = sum(self._widths), sum(self._heights)
        return self.width, self.height

    def _height(self, row: Row) -> float:
        inner = (cell.body.wrap(width - 2 * _PAD[0], 1e6)[1] for cell, _, width in self._placed(row))
        return max(inner, default=0.0) + 2 * _PAD[1]

    def _placed(self, row: Row) -> Iterator[tuple[Cell, float, float]]:
        """The cells of a row, each with its left end and its width."""
        first = 0
        for cell in row.cells:
            yield cell, sum(self._widths[:first]), sum(self._widths[first : first + cell.span])
            first += cell.span

    def split(self, avail_width: float, avail_height: float) -> list[Flowable]:
        """The rows that fit the height and the others, both below the head; nothing where none fits."""
        self.wrap(avail_width, avail_height)
        if self.height <= avail_height:
            return [self]
        fitting, used = 0, 0.0
        while fitting < len(self._rows) - 1 and used + self._heights[fitting] <= avail_height:
            used += self._heights[fitting]
            fitting += 1
        if fitting >= self._heads and self._heights[fitting] > _LOW:
            self._split_row(fitting, avail_height - used - 2 * _PAD[1])
            fitting += used + self._heights[fitting] <= avail_height
        if fitting <= self._heads:
            return self._without_head().split(avail_width, avail_height) if self._heads and avail_height > ROOMY else []
        head = slice(0, self._heads)
        rest = [*self._rows[head], *self._rows[fitting:]], [*self._heights[head], *self._heights[fitting:]]
        return [self._part(self._rows[:fitting], self._heights[:fitting]), self._part(*rest)]

    def _without_head(self) -> Grid:
        """The same with a head that is a row like the others: it leaves them no room on any page."""
        return self._part([replace(row, is_head=False) for row in self._rows], self._heights)

    def _split_row(self, number: int, room: float) -> None:
        """Make two rows of one, if that can be; the first of them fits the room."""
        if parts := self._row_parts(self._rows[number], room):
            self._rows[number : number + 1] = parts
            self._heights[number : number + 1] = [self._height(part) for part in parts]

    def _row_parts(self, row: Row, room: float) -> tuple[Row, Row] | None:
        """The part of a row that fits the height, and the rest."""
        above, below = [], []
        for cell, _, width in self._placed(row):
            parts = cell.body.split(width - 2 * _PAD[0], room) or [Column([]), cell.body]
            above.append(replace(cell, body=parts[0]))
            below.append(replace(cell, body=parts[1] if len(parts) > 1 else Column([])))
        if not any(cell.body.children for cell in above) or not any(cell.body.children for cell in below):
            return None
        return replace(row, cells=tuple(above)), replace(row, cells=tuple(below))

    def _part(self, rows: list[Row], heights: list[float]) -> Grid:
        """A table of some of the rows, with the columns of this one."""
        part = Grid(rows, self._count)
        part._widths, part._wrapped, part._heights = self._widths, self._wrapped, heights
        return part

    def draw(self) -> None:
        """Draws the ground of the head, what stands in the cells, and the lines."""
        canvas = self.canv
        top = self.height
        canvas.saveState()
        canvas.setFillColor(HexColor(GROUND))
        head = sum(self._heights[: self._heads])
        if head:
            canvas.rect(0, top - head, self.width, head, stroke=0, fill=1)
        canvas.setStrokeColor(HexColor(LINE))
        canvas.setLineWidth(0.5)
        canvas.lines(list(self._lines()))
        canvas.restoreState()
        for row, height in zip(self._rows, self._heights, strict=True):
            for cell, left, _ in self._placed(row):
                cell.body.drawOn(canvas, left + _PAD[0], top - _PAD[1] - cell.body.height)
            top -= height

    def _lines(self) -> Iterator[tuple[float, float, float, float]]:
        top = self.height
        yield 0, top, self.width, top
        for row, height in zip(self._rows, self._heights, strict=True):
            below = top - height
            yield 0, below, self.width, below
            yield 0, top, 0, below
            for _, left, width in self._placed(row):
                yield left + width, top, left + width, below
            top = below


def column_widths(rows: Sequence[Row], count: int, room: float) -> list[float]:
    """How wide each column is: as it would like, or as it needs, or as there is room."""
    narrow, wide = [0.0] * count, [0.0] * count
    for row in sorted(rows, key=lambda row: max((cell.span for cell in row.cells), default=1)):
        first = 0
        for cell in row.cells:
            _widen(narrow, first, cell.span, cell.narrow + 2 * _PAD[0])
            _widen(wide, first, cell.span, cell.wide + 2 * _PAD[0])
            first += cell.span
    wide = [max(pair) for pair in zip(narrow, wide, strict=True)]
    if sum(wide) <= room:
        return [width + 0.1 for width in wide] if sum(wide) + count * 0.1 <= room else wide
    if sum(narrow) >= room:
        return _shrunk(narrow, room)
    factor = (room - sum(narrow)) / (sum(wide) - sum(narrow))
    return [low + (high - low) * factor for low, high in zip(narrow, wide, strict=True)]


def _shrunk(narrow: list[float], room: float) -> list[float]:
    """Columns that do not fit: the wide ones give way first."""
    limit, left, columns = room, room, sorted(narrow)
    for number, width in enumerate(columns):
        limit = left / (len(columns) - number)
        if width > limit:
            break
        left -= width
    return [min(width, limit) for width in narrow]


def _widen(widths: list[float], first: int, span: int, wanted: float) -> None:
    missing = wanted - sum(widths[first : first + span])
    if missing > 0:
        for number in range(first, first + span):
            widths[number] += missing / span


def table(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    """A ``<table>``, with its caption above it."""
    flow.flush()
    if flow.boxed >= _DEEPEST + 3:
        flow.block(element, look)
        return
    for child in element.iterchildren("caption"):
        inner = flow.inner(replace(CAPTION, keep_with_next=True))
        inner.walk(child, look)
        flow.add_flow(inner, _kept)
    found = list(_rows(element))
    columns = max((len(cells) for _, cells in found), default=0)
    rows = [_row(flow, cells, is_head, columns) for is_head, cells in found if cells]
    if rows:
        grid = Grid(rows)
        flow.add(grid, sum(column_widths(rows, grid._count, 0.0)), sum(column_widths(rows, grid._count, 1e6)))


def _kept(out: list[Flowable]) -> Flowable:
    column = Column(out)
    column.keepWithNext = True
    return column


def _rows(element: HtmlElement) -> Iterator[tuple[bool, list[HtmlElement]]]:
    """The rows of a table, and whether they are its head."""
    is_above = True
    for part in element:
        for row in [part] if part.tag == "tr" else part.iterchildren("tr") if isinstance(part.tag, str) else ():
            cells = [cell for cell in row if cell.tag in {"td", "th"}][:_MOST_COLUMNS]
            is_above = is_above and (part.tag == "thead" or bool(cells) and all(cell.tag == "th" for cell in cells))
            yield is_above, cells


def _row(flow: Flow, cells: Sequence[HtmlElement], is_head: bool, columns: int) -> Row:
    return Row(tuple(_cell(flow, cell, columns) for cell in cells), is_head)


def _cell(flow: Flow, element: HtmlElement, columns: int) -> Cell:
    size = 9.5 if columns < 6 else 8.5 if columns < 10 else 7.0
    style = replace(BODY, size=size, leading=size * 1.4, after=4)
    style = replace(style, align=SIDES.get(element.get("align", "").lower(), "start"))
    inner = flow.inner(style, boxed=1)
    inner.is_tight = inner.is_measured = True
    inner.walk(element, changed(Look(), "b") if element.tag == "th" else Look())
    inner.flush()
    span = element.get("colspan", "1")
    count = min(max(int(span), 1), _MOST_COLUMNS) if span.isdecimal() and len(span) < 4 else 1
    return Cell(Column(inner.out), count, inner.narrow, inner.wide)
