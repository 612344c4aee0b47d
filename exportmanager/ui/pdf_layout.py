"""Where the pages of a document stand one under the other, and how large, at a zoom."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QPointF, QRectF

GAP = 12.0
"""Pixels around pages."""
STEPS = (0.25, 0.33, 0.5, 0.67, 0.75, 0.9, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0)


class Fit(Enum):
    """Each page is as large as there is room."""

    WIDTH = "width"
    PAGE = "page"


Zoom = Fit | float
"""How large pages are: fitted, or a factor of their printed size."""


class Layout:
    """Pages of `sizes` (points) in a view with room for `width` x `height` pixels, of which an inch has `dpi`.

    All other measures are pixels from the top left corner of the whole.
    """

    def __init__(
        self, sizes: Sequence[tuple[float, float]], zoom: Zoom, width: float, height: float, dpi: float = 96.0
    ) -> None:
        self._dpi = dpi
        room = max(1.0, width - 2 * GAP), max(1.0, height - 2 * GAP)
        scales = [_scale(size, zoom, room, dpi) for size in sizes]
        self.width = max([width, *(size[0] * scale + 2 * GAP for size, scale in zip(sizes, scales, strict=True))])
        self._scales = scales
        self._areas: list[QRectF] = []
        top = GAP
        for (wide, high), scale in zip(sizes, scales, strict=True):
            self._areas.append(QRectF((self.width - wide * scale) / 2, top, wide * scale, high * scale))
            top += high * scale + GAP
        self._tops = [area.top() for area in self._areas]
        self.height = top

    def area(self, page: int) -> QRectF:
        """Where a page stands."""
        return self._areas[page]

    def page_at(self, y: float) -> int:
        """The page at this height, or the one above where there is none."""
        return max(0, bisect_right(self._tops, y) - 1)

    def between(self, top: float, bottom: float) -> range:
        """The pages of which something stands between these heights."""
        first = self.page_at(top)
        if self._areas[first].bottom() < top:
            first += 1
        return range(first, max(first, bisect_right(self._tops, bottom)))

    def factor(self, page: int) -> float:
        """How large a page is drawn, 1 being its printed size."""
        return self._scales[page] * 72 / self._dpi

    def on_page(self, page: int, place: QPointF) -> tuple[float, float]:
        """A place, in points on a page; what lies beside the page is taken for its edge."""
        area, scale = self._areas[page], self._scales[page]
        x, y = place.x() - area.left(), place.y() - area.top()
        return min(max(0.0, x), area.width()) / scale, min(max(0.0, y), area.height()) / scale

    def placed(self, page: int, area: QRectF) -> QRectF:
        """Where an area of a page, in points, stands."""
        paper, scale = self._areas[page], self._scales[page]
        left, top = paper.left() + area.left() * scale, paper.top() + area.top() * scale
        return QRectF(left, top, area.width() * scale, area.height() * scale)


def _scale(size: tuple[float, float], zoom: Zoom, room: tuple[float, float], dpi: float) -> float:
    """Pixels for each point."""
    if isinstance(zoom, Fit):
        across, down = room[0] / size[0], room[1] / size[1]
        return across if zoom is Fit.WIDTH else min(across, down)
    return zoom * dpi / 72


def larger(factor: float) -> float:
    """The next step of zooming in."""
    return next((step for step in STEPS if step > factor * 1.01), STEPS[-1])


def smaller(factor: float) -> float:
    """The next step of zooming out."""
    return next((step for step in reversed(STEPS) if step < factor * 0.99), STEPS[0])
