"""Sheets of paper that fill with flowables from top to bottom, with a running head, on a reportlab canvas."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from exportmanager.formats.pdf.embedding import Used
from exportmanager.formats.pdf.lines import TextBlock, TextStyle, widths
from exportmanager.formats.pdf.part import Part, PartCanvas
from exportmanager.formats.pdf.spans import Look, Words
from exportmanager.formats.pdf.style import LINE, MUTED
from exportmanager.formats.pdf.view import PAPERS, Edition, Missed

SIDE, TOP, BOTTOM = 62.0, 72.0, 68.0
"""Margins, in points."""
FOOT = 36.0
"""Where the page number is, above the lower edge."""
_ABOVE = 10.0
"""So much above a place is seen by who goes there."""
_HEAD = 30.0
"""How far the running head stands above what is on the page."""
_HEAD_STYLE = TextStyle(size=8, leading=10, colour=MUTED, align="left")
_RIGHT_STYLE = TextStyle(size=8, leading=10, colour=MUTED, align="right")
_FOOT_STYLE = TextStyle(size=8, leading=10, colour=MUTED, align="centre")
_WARNING = Look(bold=True, colour="#a02c24")
NOT_FOR_STUDENTS = "Not for students"


def is_for_teachers(edition: Edition) -> bool:
    """Whether it holds what students should not see."""
    return edition.solutions or edition.teacher_notes


def line_width(edition: Edition) -> float:
    """How wide the lines on this edition's paper are, in points."""
    return PAPERS[edition.paper][0] - 2 * SIDE


class _Shrunk(Flowable):  # type: ignore[misc]
    """What cannot be split and is higher than a page: made smaller, so that all of it is there."""

    def __init__(self, flowable: Flowable, height: float, room: float) -> None:
        super().__init__()
        self._flowable, self._height, self._room = flowable, height, room

    def draw(self) -> None:
        """Draws it, from the top of a page of this height."""
        scale = min(1.0, self._room / max(self._height, 1.0))
        self.canv.translate(0, self._room - self._height * scale)
        self.canv.scale(scale, scale)
        self._flowable.drawOn(self.canv, 0, 0)


class Sheets:
    """A part of a document in the making. `left` and `right` are what the next running head says."""

    def __init__(self, edition: Edition, missed: Missed) -> None:
        self._edition, self._missed = edition, missed
        self._size = PAPERS[edition.paper]
        self._canvas = PartCanvas(self._size)
        self._room = self._full = self._size[1] - TOP - BOTTOM
        self._after = 0.0
        self.left = self.right = ""
        self.has_head = True

    def note(self, name: str) -> None:
        """What comes next on this page is `name`: links and the outline lead there."""
        self._canvas.note(name, BOTTOM + self._room + _ABOVE)

    def flow(self, flowables: Iterable[Flowable], name: str = "") -> None:
        """Add flowables below what is there, on as many pages as it takes; `name` is where the first of them begins.

        Those that must not be parted are one already (`boxes.kept_together`).
        """
        waiting = deque(flowables)
        while waiting:
            flowable = waiting.popleft()
            height, parts = self._fitted(flowable)
            if not parts:
                self.end_page()
                waiting.appendleft(flowable)
                continue
            if name:
                self.note(name)
                name = ""
            self._draw(parts[0], height)
            if len(parts) > 1:
                self.end_page()
                waiting.extendleft(reversed(parts[1:]))
        if name:
            self.note(name)

    def _fitted(self, flowable: Flowable) -> tuple[float, list[Flowable]]:
        """The part of a flowable that fits on this page, and the rest; how high the first is. Nothing if none fits."""
        width = line_width(self._edition)
        room = self._room - self._gap(flowable)
        height = flowable.wrap(width, room)[1]
        if height <= room:
            return height, [flowable]
        parts = flowable.split(width, room) if room > 0 else []
        if len(parts) > 1:
            return parts[0].wrap(width, room)[1], parts
        return (self._full, [_Shrunk(flowable, height, self._full)]) if self._is_empty else (0.0, [])

    @property
    def _is_empty(self) -> bool:
        return self._room == self._full

    def _gap(self, flowable: Flowable) -> float:
        return 0.0 if self._is_empty else max(self._after, float(flowable.getSpaceBefore()))

    def _draw(self, flowable: Flowable, height: float) -> None:
        self._room -= self._gap(flowable) + max(height, 0.01)  # what takes no room was drawn, too
        flowable.drawOn(self._canvas, SIDE, BOTTOM + self._room)
        self._after = float(flowable.getSpaceAfter())

    def end_page(self) -> None:
        """End the page, unless nothing is on it."""
        if self._is_empty:
            return
        if self.has_head:
            self._draw_head()
        self._canvas.showPage()
        self._room = self._full

    def end(self) -> Part:
        """End the part."""
        self.end_page()
        return self._canvas.part(tuple(sorted(self._missed.counts.items())))

    def _draw_head(self) -> None:
        """What the page belongs to: left the assignment, right the chapter, between them for whom it is not."""
        y = self._size[1] - TOP + _HEAD
        warning = [Words(NOT_FOR_STUDENTS, _WARNING)] if is_for_teachers(self._edition) else []
        between = widths(warning, _HEAD_STYLE)[1] + 16 if warning else 0.0
        half = (line_width(self._edition) - between) / 2
        self._canvas.setStrokeColor(HexColor(LINE))
        self._canvas.setLineWidth(0.5)
        self._canvas.line(SIDE, y - 6, self._size[0] - SIDE, y - 6)
        for text, style, x in ((self.left, _HEAD_STYLE, SIDE), (self.right, _RIGHT_STYLE, SIDE + half + between)):
            self._draw_line(text, style, x, y, half)
        if warning:
            block = TextBlock(warning, _HEAD_STYLE, self._missed)
            block.drawOn(self._canvas, SIDE + half + 8, y - block.wrap(between, 99)[1] + 8)

    def _draw_line(self, text: str, style: TextStyle, x: float, y: float, width: float) -> None:
        """As much of a text as fits one line."""
        if not text:
            return
        block = TextBlock([Words(shortened(text, style, width - 8))], style, self._missed)
        height = block.wrap(width, 99)[1]
        block.drawOn(self._canvas, x, y - height + 8)


def page_numbers(total: int, edition: Edition, *, is_whole: bool) -> tuple[list[bytes], Used]:
    """What draws "1 of 340" (or "1") and all the others at the foot of pages, and the letters that takes."""
    behind = f" of {total:,}" if is_whole else ""
    canvas, missed, drawn = PartCanvas(PAPERS[edition.paper]), Missed(), []
    for number in range(1, total + 1):
        block = TextBlock([Words(f"{number:,}{behind}")], _FOOT_STYLE, missed)
        block.wrap(line_width(edition), 99)
        block.drawOn(canvas, SIDE, FOOT)
        drawn.append(canvas.taken())
    return drawn, canvas.part(()).letters


def shortened(text: str, style: TextStyle, width: float, look: Look | None = None) -> str:
    """As much of `text` as fits a line of `width` points, with a sign where more would follow."""
    line = " ".join(text.split())[:300]
    if _width(line, style, look) <= width:
        return line
    low, high = 0, len(line)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _width(f"{line[:middle]}…", style, look) <= width else (low, middle - 1)
    return f"{line[:low].rstrip()}…"


def _width(text: str, style: TextStyle, look: Look | None) -> float:
    return widths([Words(text, look) if look else Words(text)], style)[1]
