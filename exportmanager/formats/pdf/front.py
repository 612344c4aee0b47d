"""The pages before all others: the title page, and the table of contents with page numbers and links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable, Spacer

from exportmanager.core.guide import NodeKind
from exportmanager.formats.pdf.boxes import kept_together
from exportmanager.formats.pdf.calls import Tell
from exportmanager.formats.pdf.lines import TextBlock, TextStyle, widths
from exportmanager.formats.pdf.part import Part
from exportmanager.formats.pdf.sheets import NOT_FOR_STUDENTS, Sheets, is_for_teachers
from exportmanager.formats.pdf.spans import Look, Words
from exportmanager.formats.pdf.style import HEADING, HEADINGS, INK, LINE, MUTED
from exportmanager.formats.pdf.view import Edition, Missed

CONTENTS = "contents"
"""The destination of the table of contents."""
_BIG = TextStyle(size=30, leading=37, colour=INK, after=10)
_SMALL = TextStyle(size=13, leading=18, colour=MUTED, after=4)
_LISTED = TextStyle(size=11, leading=16, colour=INK, after=2)
_FACT = TextStyle(size=9.5, leading=14, colour=MUTED, after=1)
_WARNING = TextStyle(size=13, leading=18, colour="#a02c24", before=10)
_MOST_LISTED = 18
_NUMBER = 44.0
"""Room for a page number, in points."""
_STEP = 14.0
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table of contents; `depth` counts from 0, `number` is that of the page ("": pages have none)."""

    title: str
    depth: int
    kind: NodeKind | None
    destination: str
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What stands on these pages. `above` and `title` name the document, `below` are smaller lines under the title.

    `listed` are the names of what is in it, `facts` the small print at the foot.
    """

    edition: Edition
    title: str
    above: str = ""
    below: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()


def draw_front(front: Front, *, tell: Tell) -> Part:
    """Draw the title page and the table of contents."""
    missed = Missed()
    sheets = Sheets(front.edition, missed)
    sheets.has_head = False
    sheets.flow(_title_page(front, missed))
    sheets.end_page()
    sheets.has_head, sheets.left = True, front.title
    sheets.note(CONTENTS)
    title = TextBlock([Words("Contents", HEADING)], HEADINGS[0], missed)
    sheets.flow(kept_together([title, *(ContentsLine(line, missed) for line in front.lines)]))
    return sheets.end()


def _title_page(front: Front, missed: Missed) -> list[Flowable]:
    def block(text: str, style: TextStyle, look: Look | None = None) -> TextBlock:
        return TextBlock([Words(text, look or Look())], style, missed)

    listed, more = front.listed[:_MOST_LISTED], len(front.listed) - _MOST_LISTED
    return [
        Spacer(0, 110),
        *([block(front.above, _SMALL)] if front.above else []),
        block(front.title, _BIG, HEADING),
        *(block(text, _SMALL) for text in front.below),
        *([block(NOT_FOR_STUDENTS, _WARNING, HEADING)] if is_for_teachers(front.edition) else []),
        _Rule(),
        *(block(text, _LISTED) for text in listed),
        *([block(f"and {more:,} more", _LISTED)] if more > 0 else []),
        Spacer(0, 22),
        *(block(text, _FACT) for text in front.facts),
    ]


class _Rule(Flowable):  # type: ignore[misc]
    """A short line between the title and the rest."""

    def wrap(self, *_: float) -> tuple[float, float]:
        return 0.0, 44.0

    def draw(self) -> None:
        self.canv.setStrokeColor(HexColor(LINE))
        self.canv.setLineWidth(1.5)
        self.canv.line(0, 22, 80, 22)


class ContentsLine(Flowable):  # type: ignore[misc]
    """A title, dots, and the number of its page; all of it is a link."""

    def __init__(self, line: Line, missed: Missed) -> None:
        super().__init__()
        self._line = line
        is_top = line.kind is None
        is_strong = is_top or (line.depth <= 1 and line.kind is NodeKind.CHAPTER)
        size, before = (11.5, 10.0) if is_top else (10.0, 5.0 if is_strong else 0.0)
        self._style = TextStyle(size=size, leading=size * 1.5, colour=INK, align="left")
        self._look = HEADING if is_strong else Look()
        self._spans = [Words(line.title, self._look)]
        self._title = TextBlock(self._spans, self._style, missed)
        self._number = TextBlock([Words(line.number)], TextStyle(size=size, leading=size * 1.5, align="right"), missed)
        self._inset = min(line.depth, _DEEPEST) * _STEP
        self.spaceBefore = before
        self.keepWithNext = is_strong

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Its width and height."""
        self.width = avail_width
        self._number.wrap(_NUMBER, avail_height)
        self.height = self._title.wrap(avail_width - self._inset - _NUMBER, avail_height)[1]
        return self.width, self.height

    def draw(self) -> None:
        """Draws it."""
        canvas: Any = self.canv
        self._title.drawOn(canvas, self._inset, 0)
        if self._line.number:
            self._number.drawOn(canvas, self.width - _NUMBER, 0)
            self._draw_dots(canvas)
        canvas.link(self._line.destination, (0, 0, self.width, self.height))

    def _draw_dots(self, canvas: Any) -> None:
        """Dots between a title that needs one line and its number."""
        begin = self._inset + widths(self._spans, self._style)[1] + 6
        end = self.width - widths([Words(self._line.number)], self._style)[1] - 6
        if self.height <= self._style.leading and begin < end:
            canvas.saveState()
            canvas.setStrokeColor(HexColor(MUTED))
            canvas.setLineWidth(0.7)
            canvas.setLineCap(1)
            canvas.setDash([0, 4])
            first = begin + (4 - begin % 4)  # dots of all lines stand below each other
            canvas.line(first, self._style.leading * 0.3, end, self._style.leading * 0.3)
            canvas.restoreState()
