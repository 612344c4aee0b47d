"""Pages one under the other that can be scrolled and zoomed; what stands on them is drawn by `PdfPages`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from exportmanager.ui.kit import STEP, named
from exportmanager.ui.pdf_layout import GAP, Fit, Layout, Zoom, larger, smaller
from exportmanager.ui.words import number, tr

_LINE = 5 * STEP
_NEAR_TOP = 20
"""Points: a heading so near the top of its page is shown with the edge of the paper."""
_Key = Qt.Key


@dataclass(frozen=True, slots=True)
class _Anchor:
    """What stands at the top of the view: a page, and a fraction of its height."""

    page: int
    part: float


class PagedArea(QAbstractScrollArea):
    """`page_changed` carries the page in sight (from 0), `zoomed` says that pages are of another size."""

    page_changed = Signal(int)
    zoomed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sizes: Sequence[tuple[float, float]] = ()
        self._labels: Sequence[str] = ()
        self.layout_of_pages = Layout((), Fit.WIDTH, 1, 1)
        self._zoom: Zoom = Fit.WIDTH
        self._page = 0
        self._is_going = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # else fitting would go to and fro
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.viewport().setMouseTracking(True)
        self.setMinimumSize(20 * STEP, 15 * STEP)
        self._describe()

    def _describe(self) -> None:
        about = tr("Page {page} of {total}", page=number(self._page + 1), total=number(self.count))
        named(self, tr("Pages of the document"), about if self.count else "")

    # What is shown

    def show_sizes(
        self, sizes: Sequence[tuple[float, float]], labels: Sequence[str] = (), *, keep_place: bool = False
    ) -> None:
        """Show pages of these sizes (points) from the first on, or from the place where the ones before stood."""
        anchor = self._anchor() if keep_place else _Anchor(0, 0)
        self._sizes, self._labels = sizes, labels
        self._lay_out(anchor)
        self._describe()

    @property
    def page(self) -> int:
        """The page in sight, from 0."""
        return self._page

    @property
    def label(self) -> str:
        """What number the page in sight calls itself by, where it is another one."""
        label = self._labels[self._page] if self._page < len(self._labels) else ""
        return "" if label == str(self._page + 1) else label

    @property
    def count(self) -> int:
        """How many pages there are."""
        return len(self._sizes)

    @property
    def zoom(self) -> Zoom:
        """How large pages are."""
        return self._zoom

    @property
    def factor(self) -> float:
        """How large the page in sight is, 1 being its printed size."""
        return self.layout_of_pages.factor(self._page) if self.count else 1.0

    def set_zoom(self, zoom: Zoom) -> None:
        """Make pages larger or smaller; what is at the top stays there."""
        if zoom != self._zoom:
            anchor = self._anchor()
            self._zoom = zoom
            self._lay_out(anchor)

    def zoom_in(self) -> None:
        """One step larger."""
        self.set_zoom(larger(self.factor))

    def zoom_out(self) -> None:
        """One step smaller."""
        self.set_zoom(smaller(self.factor))

    def shown(self) -> range:
        """The pages of which something is in sight."""
        top = self.verticalScrollBar().value()
        return self.layout_of_pages.between(top, top + self.viewport().height()) if self.count else range(0)

    def looked(self) -> None:
        """Something else is in sight."""

    # Going to and fro

    def go_to(self, page: int, top: float = 0) -> None:
        """Go to a page, `top` points down on it."""
        if self.count:
            page = min(max(0, page), self.count - 1)
            down = top if _NEAR_TOP < top <= self._sizes[page][1] else 0
            self.scroll_to(self.layout_of_pages.placed(page, QRectF(0, down, 0, 0)).top() - GAP, page)

    def next_page(self) -> None:
        """Go to the next page."""
        self.go_to(self._page + 1)

    def previous_page(self) -> None:
        """Go to the page before."""
        self.go_to(self._page - 1)

    def scroll_to(self, y: float, page: int) -> None:
        """Scroll there; `page` is the one in sight, also where the document ends too soon to bring it to the top."""
        self._is_going = True
        self.verticalScrollBar().setValue(round(y))
        self._is_going = False
        self._in_sight(page)

    def _in_sight(self, page: int) -> None:
        self._page = page
        self._describe()
        self.page_changed.emit(page)
        self.looked()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Move what is drawn; a page is in sight when it stands where one begins to read."""
        self.viewport().scroll(dx, dy)
        if not self._is_going and self.count:
            reading = self.verticalScrollBar().value() + self.viewport().height() / 3
            self._in_sight(self.layout_of_pages.page_at(reading))

    def _anchor(self) -> _Anchor:
        if not self.count:
            return _Anchor(0, 0)
        top = self.verticalScrollBar().value() + GAP
        page = self.layout_of_pages.page_at(top + 1)  # scroll bars know whole pixels only
        area = self.layout_of_pages.area(page)
        return _Anchor(page, max(0, top - area.top()) / area.height())

    def _lay_out(self, anchor: _Anchor) -> None:
        view = self.viewport().size()
        pages = Layout(self._sizes, self._zoom, view.width(), view.height(), self.logicalDpiY())
        self.layout_of_pages, was_going, self._is_going = pages, self._is_going, True
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setRange(0, max(0, round(pages.width) - view.width()))
        down.setRange(0, max(0, round(pages.height) - view.height()))
        across.setValue(across.maximum() // 2)
        across.setPageStep(view.width())
        down.setPageStep(max(_LINE, view.height() - _LINE))
        across.setSingleStep(_LINE)
        down.setSingleStep(_LINE)
        self._is_going = was_going
        if self.count:
            page = min(anchor.page, self.count - 1)
            area = pages.area(page)
            self.scroll_to(area.top() - GAP + anchor.part * area.height(), page)
        self.viewport().update()
        self.zoomed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the pages to the new room."""
        super().resizeEvent(event)
        self._lay_out(self._anchor())

    # The keyboard and the wheel

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows scroll; Page Up, Page Down and Space leaf, Home and End go to the first and last page."""
        is_back = event.key() == _Key.Key_PageUp or bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in {_Key.Key_Home, _Key.Key_End}:
            self.go_to(0 if event.key() == _Key.Key_Home else self.count - 1)
        elif event.key() not in {_Key.Key_PageUp, _Key.Key_PageDown, _Key.Key_Space}:
            super().keyPressEvent(event)
        elif self._zoom is Fit.PAGE:
            self.go_to(self._page + (-1 if is_back else 1))
        else:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + (-bar.pageStep() if is_back else bar.pageStep()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl zoom, else scroll."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
        elif event.angleDelta().y():
            (self.zoom_in if event.angleDelta().y() > 0 else self.zoom_out)()
