"""Boxes that hold other things one below the other, and split over pages with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from exportmanager.formats.pdf.lines import TextBlock
from exportmanager.formats.pdf.spans import Words
from exportmanager.formats.pdf.style import GAP, HEADING, LABEL, LINE, MOODS
from exportmanager.formats.pdf.view import Missed

_BAR = 3.0
_LONGEST_RUN = 8
"""Headings that follow each other and are kept together with what they stand above."""
ROOMY = 400.0
"""Where so many points are left and nothing may stand alone, something has to all the same."""


class Column(Flowable):  # type: ignore[misc]
    """Flowables below each other, set in by `inset` (left, top, right, bottom, in points).

    What is kept with the next is never the last of a page.
    """

    def __init__(
        self, children: Sequence[Flowable], inset: tuple[float, float, float, float] = (0, 0, 0, 0), gap: float = 0
    ) -> None:
        super().__init__()
        self.children, self.inset = list(children), inset
        self.spaceBefore = self.spaceAfter = gap
        self._wrapped = -1.0
        self._tops: list[float] = []
        self._heights: list[float] = []

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Sets the children; the width and height they take."""
        left, top, right, bottom = self.inset
        if avail_width != self._wrapped:
            self._set(avail_width - left - right)
            self._wrapped = avail_width
        inner = self._tops[-1] + self._heights[-1] if self._tops else 0.0
        self.width, self.height = avail_width, top + inner + bottom
        return self.width, self.height

    def _set(self, width: float) -> None:
        """Where each child begins below the first, and how high it is."""
        self._tops, self._heights = [], []
        place = after = 0.0
        for child in self.children:
            if self._tops:
                place += max(after, child.getSpaceBefore())
            self._tops.append(place)
            self._heights.append(child.wrap(width, 1e6)[1])
            place += self._heights[-1]
            after = child.getSpaceAfter()

    def split(self, avail_width: float, avail_height: float) -> list[Flowable]:
        """This part and the rest; nothing where no part fits the height."""
        self.wrap(avail_width, avail_height)
        if self.height <= avail_height:
            return [self]
        left, top, right, bottom = self.inset
        room = avail_height - top - bottom
        fitting = sum(1 for t, h in zip(self._tops, self._heights, strict=True) if t + h <= room)
        child = self.children[fitting] if fitting < len(self.children) else None
        parts = child.split(avail_width - left - right, room - self._tops[fitting]) if child else []
        if len(parts) > 1:
            head, tail = [*self.children[:fitting], parts[0]], [*parts[1:], *self.children[fitting + 1 :]]
        else:
            count = self._kept(fitting, is_roomy=avail_height > ROOMY)
            head, tail = self.children[:count], self.children[count:]
        return [self._part(head), self._rest(tail)] if head and tail else []

    def _kept(self, count: int, *, is_roomy: bool) -> int:
        """How many of the first `count` children may end a page."""
        kept = count
        while kept and self.children[kept - 1].getKeepWithNext():
            kept -= 1
        return kept or (count if is_roomy else 0)

    def _part(self, children: list[Flowable]) -> Column:
        """The same box around some of its children."""
        part = Column(children, self.inset)
        part.spaceBefore, part.spaceAfter = self.spaceBefore, self.spaceAfter
        return part

    def _rest(self, children: list[Flowable]) -> Column:
        """What follows on the next page."""
        return self._part(children)

    def draw(self) -> None:
        """Draws the children."""
        left, top, _, _ = self.inset
        for child, place, height in zip(self.children, self._tops, self._heights, strict=True):
            child.drawOn(self.canv, left, self.height - top - place - height)


class Box(Column):
    """A box with a coloured ground and a bar at its side; `mood` is one of `style.MOODS`."""

    def __init__(self, flowables: Sequence[Flowable], mood: str, label: str, missed: Missed | None = None) -> None:
        look = MOODS[mood]
        style = replace(LABEL, colour=look.label)
        head: list[Any] = [TextBlock([Words(label, HEADING)], style, missed or Missed())] if label else []
        super().__init__([*head, *flowables], (12, 7, 10, 6) if look.ground else (12, 1, 0, 1), GAP)
        self._mood, self._look = mood, look

    def _part(self, children: list[Flowable]) -> Column:
        return Box(children, self._mood, "")

    def draw(self) -> None:
        """Draws the ground, the bar and what stands on it."""
        canvas = self.canv
        canvas.saveState()
        for colour, width in ((self._look.ground, self.width), (self._look.bar, _BAR)):
            if colour:
                canvas.setFillColor(HexColor(colour))
                canvas.rect(0, 0, width, self.height, stroke=0, fill=1)
        canvas.restoreState()
        super().draw()


class Item(Column):
    """An item of a list: what it holds, and a sign beside its first line, at the right where `is_rtl`."""

    def __init__(
        self, flowables: Sequence[Flowable], marker: Flowable | None, inset: float, gap: float, *, is_rtl: bool = False
    ) -> None:
        super().__init__(flowables, (0, 0, inset, 0) if is_rtl else (inset, 0, 0, 0), gap)
        self._marker, self._is_rtl = marker, is_rtl

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Sets the children; an item without any is a line high."""
        width, height = super().wrap(avail_width, avail_height)
        if self._marker:
            self._marker_height = self._marker.wrap(max(max(self.inset) - 5.0, 1.0), avail_height)[1]
            self.height = height = max(height, self._marker_height)
        return width, height

    def _part(self, children: list[Flowable]) -> Column:
        part = Item(children, self._marker, max(self.inset), 0, is_rtl=self._is_rtl)
        part.spaceBefore, part.spaceAfter = self.spaceBefore, self.spaceAfter
        return part

    def _rest(self, children: list[Flowable]) -> Column:
        rest = Item(children, None, max(self.inset), 0, is_rtl=self._is_rtl)
        rest.spaceAfter = self.spaceAfter
        return rest

    def draw(self) -> None:
        """Draws the sign and what the item holds."""
        if self._marker:
            left = self.width - self.inset[2] + 5.0 if self._is_rtl else 0.0
            self._marker.drawOn(self.canv, left, self.height - self._marker_height)
        super().draw()


class Rule(Flowable):  # type: ignore[misc]
    """A thin line, over the whole width or `length` points."""

    def __init__(self, length: float = 0) -> None:
        super().__init__()
        self._length = length
        self.spaceBefore = self.spaceAfter = GAP

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """As wide as there is room."""
        self.width = min(self._length or avail_width, avail_width)
        return self.width, 1.0

    def draw(self) -> None:
        """Draws it."""
        self.canv.setStrokeColor(HexColor(LINE))
        self.canv.setLineWidth(0.7)
        self.canv.line(0, 0.5, self.width, 0.5)


def kept_together(flowables: Sequence[Flowable]) -> list[Flowable]:
    """The same, with what is kept with the next in one column with it."""
    out: list[Flowable] = []
    run: list[Flowable] = []
    for flowable in flowables:
        run.append(flowable)
        if not flowable.getKeepWithNext() or len(run) > _LONGEST_RUN:
            out.append(_run(run))
            run = []
    return [*out, _run(run)] if run else out


def _run(run: list[Flowable]) -> Flowable:
    column = Column(run) if len(run) > 1 or run[0].getKeepWithNext() else run[0]
    column.spaceBefore, column.spaceAfter = run[0].getSpaceBefore(), run[-1].getSpaceAfter()
    return column
