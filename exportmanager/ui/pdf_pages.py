"""The pages of a PDF on screen: drawn off the window's thread, with links, found words and what is selected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from math import sqrt

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from exportmanager.jobs.desk import Desk
from exportmanager.ui import theme
from exportmanager.ui.kit import tip_of
from exportmanager.ui.pdf_file import Link, PdfFile, Place, Words
from exportmanager.ui.pdf_layout import GAP
from exportmanager.ui.pdf_reader import PICTURE, PdfReader, Question
from exportmanager.ui.pdf_scroll import PagedArea
from exportmanager.ui.words import number, tr

_MOST_PIXELS = 16_000_000
"""Of a picture of a page; a larger page is drawn in so many and stretched."""
_MARKED = 200
"""Found words that are marked on a page, at most."""
_MENU_LINKS = 20
_LONG = 60
_FOUND, _CURRENT, _SELECTED = QColor(255, 214, 0, 90), QColor(255, 120, 0, 120), QColor(30, 110, 220, 80)
"""On paper, which is white in light and dark."""


class PdfPages(PagedArea):
    """`asked_address` carries where a link leads that leaves the document."""

    asked_address = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reader = PdfReader(desk, self)
        self.reader.answered.connect(self._answered)
        self._hits: Mapping[int, Sequence[Place]] = {}
        self._hit: tuple[int, Place] | None = None
        self._is_hit_awaited = False
        self._selection: tuple[int, Words] | None = None
        self._selecting: Question | None = None
        self._then_copy = False
        self._pressed: tuple[int, QPointF] | None = None
        self.menu, self.links = QMenu(self), QMenu(tr("Links on this page"), self)
        self.menu.aboutToShow.connect(self._fill_menu)
        copying = QAction(tr("Copy"), self)
        copying.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copying.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copying.triggered.connect(self.copy)
        self.addAction(copying)

    def show_file(self, file: PdfFile | None, *, keep_place: bool = False) -> None:
        """Show a document from its beginning, or from where the one before stood; None: none."""
        self._selection = self._selecting = self._hit = None
        self._hits = {}
        self.reader.show_file(file)
        self.show_sizes(file.sizes if file else (), file.labels if file else (), keep_place=keep_place)

    # What is found

    def show_hits(self, hits: Mapping[int, Sequence[Place]]) -> None:
        """Mark these words, by page."""
        self._hits = hits
        self.looked()
        self.viewport().update()

    def show_hit(self, page: int, place: Place) -> None:
        """Bring words into sight, and mark them more than the others."""
        self._hit = page, place
        self._is_hit_awaited = True
        self.looked()
        self._bring_hit()
        self.viewport().update()

    def forget_hits(self) -> None:
        """Mark nothing any more."""
        self._hit = None
        self.show_hits({})

    def _bring_hit(self) -> None:
        if self._hit is None or not self._is_hit_awaited:
            return
        page, place = self._hit
        areas = self.reader.known(_areas(page, place))
        if areas is None:
            return
        self._is_hit_awaited = False
        area = self.layout_of_pages.placed(page, areas[0]) if areas else self.layout_of_pages.area(page)
        down, across, view = self.verticalScrollBar(), self.horizontalScrollBar(), self.viewport().size()
        if not (down.value() + GAP <= area.top() and area.bottom() <= down.value() + view.height() - GAP):
            self.scroll_to(area.top() - view.height() / 3, page)
        if not (across.value() <= area.left() and area.right() <= across.value() + view.width()):
            across.setValue(round(area.left() - view.width() / 3))

    # What is needed

    def looked(self) -> None:
        """Have the reader answer what is needed now: what is in sight first, then its neighbours."""
        shown = self.shown()
        near = [page for page in (shown.stop, shown.start - 1) if 0 <= page < self.count]
        questions = [self._selecting] if self._selecting else []
        questions += [_areas(*self._hit)] if self._hit else []
        questions += [self._picture(page) for page in shown]
        questions += [_areas(page, *self._hits[page][:_MARKED]) for page in shown if page in self._hits]
        questions += [Question("links", page) for page in shown]
        questions += [self._picture(page) for page in near]
        self.reader.want(questions)

    def _picture(self, page: int) -> Question:
        size = QSizeF(self._paper(page).size()) * self.devicePixelRatioF()
        size *= min(1.0, sqrt(_MOST_PIXELS / (size.width() * size.height())))
        return Question(PICTURE, page, (max(1, round(size.width())), max(1, round(size.height()))))

    def _answered(self, question: Question, answer: object) -> None:
        if question == self._selecting:
            self._selecting = None
        if isinstance(answer, Words):
            self._select(question.page, answer)
        self._bring_hit()
        self.viewport().update()

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pages in sight, as far as their pictures are there."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate(-self.horizontalScrollBar().value(), -self.verticalScrollBar().value())
        for page in self.shown():
            self._draw(painter, page)
        painter.end()

    def _draw(self, painter: QPainter, page: int) -> None:
        area = self._paper(page)
        painter.fillRect(area, Qt.GlobalColor.white)
        if (picture := self.reader.picture(page)) is not None:
            painter.drawImage(area, picture)
        if page in self._hits:
            self._mark(painter, page, self.reader.known(_areas(page, *self._hits[page][:_MARKED])), _FOUND)
        if self._hit is not None and self._hit[0] == page:
            self._mark(painter, page, self.reader.known(_areas(*self._hit)), _CURRENT)
        if self._selection is not None and self._selection[0] == page:
            self._mark(painter, page, self._selection[1].areas, _SELECTED)
        painter.setPen(QColor(theme.colours().border))
        painter.drawRect(area.adjusted(-1, -1, 0, 0))

    def _paper(self, page: int) -> QRect:
        """Where a page stands in whole pixels: a picture of as many is drawn sharp."""
        area = self.layout_of_pages.area(page)
        return QRect(round(area.left()), round(area.top()), round(area.width()), round(area.height()))

    def _mark(self, painter: QPainter, page: int, areas: Iterable[QRectF] | None, colour: QColor) -> None:
        for area in areas or ():
            painter.fillRect(self.layout_of_pages.placed(page, area), colour)

    # Selecting and copying

    @property
    def selected_text(self) -> str:
        """What is selected; "" where nothing is."""
        return self._selection[1].text if self._selection else ""

    def _select(self, page: int, words: Words) -> None:
        self._selection = page, words
        if self._then_copy:
            self._then_copy = False
            self.copy()

    def copy(self) -> None:
        """Copy what is selected."""
        if text := self.selected_text:
            QGuiApplication.clipboard().setText(text.replace("\r\n", "\n"))

    def copy_page(self) -> None:
        """Select all words of the page in sight, and copy them."""
        if self.count:
            self._then_copy = True
            self._ask_selection(Question("whole", self.page))

    def _ask_selection(self, question: Question) -> None:
        self._selecting = question
        self.looked()

    # The mouse

    def _place(self, at: QPoint | QPointF) -> QPointF:
        scrolled = QPointF(self.horizontalScrollBar().value(), self.verticalScrollBar().value())
        return QPointF(at) + scrolled

    def _page_under(self, place: QPointF) -> int | None:
        page = self.layout_of_pages.page_at(place.y()) if self.count else 0
        return page if self.count and self.layout_of_pages.area(page).contains(place) else None

    def link_at(self, at: QPoint | QPointF) -> Link | None:
        """The link at a place of the view."""
        place = self._place(at)
        page = self._page_under(place)
        if page is None:
            return None
        on_page = QPointF(*self.layout_of_pages.on_page(page, place))
        links = self.reader.known(Question("links", page)) or ()
        return next((link for link in links if any(area.contains(on_page) for area in link.areas)), None)

    def follow(self, link: Link, _: bool = False) -> None:
        """Go where a link leads, or say that it leaves the document."""
        if link.page >= 0:
            self.go_to(link.page, link.top)
        elif link.address:
            self.asked_address.emit(link.address)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to select."""
        place = self._place(event.position())
        page = self._page_under(place)
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = None if page is None else (page, place)
            self._selection = None
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select as far as the mouse has come; else show what is under it."""
        link = self.link_at(event.position())
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if link else Qt.CursorShape.ArrowCursor)
            self.viewport().setToolTip(tip_of(link.address) if link else "")
            return
        page, begin = self._pressed
        place = self._place(event.position())
        if self._is_drag(event):
            told = self.layout_of_pages.on_page(page, begin), self.layout_of_pages.on_page(page, place)
            self._ask_selection(Question("between", page, told))

    def _is_drag(self, event: QMouseEvent) -> bool:
        moved = self._place(event.position()) - self._pressed[1] if self._pressed else QPointF()
        return moved.manhattanLength() >= QGuiApplication.styleHints().startDragDistance() / 2

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Follow the link that was clicked."""
        if event.button() is Qt.MouseButton.LeftButton and self._pressed is not None:
            link = None if self._is_drag(event) else self.link_at(event.position())
            self._pressed = None
            if link is not None:
                self.follow(link)

    # The menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The right mouse button, or the Menu key."""
        self.menu.popup(event.globalPos())

    def _fill_menu(self) -> None:
        """Copy, and where the links of the page lead: this is the keyboard's way to them."""
        self.menu.clear()
        copying = self.menu.addAction(theme.icon("copy"), tr("Copy"))
        copying.setEnabled(bool(self.selected_text))
        copying.triggered.connect(self.copy)
        self.menu.addAction(tr("Copy the words of this page")).triggered.connect(self.copy_page)
        self.menu.addMenu(self.links)
        self.links.clear()
        links = self.reader.known(Question("links", self.page)) or ()
        for link in links[:_MENU_LINKS]:
            self.links.addAction(_leads_to(link)).triggered.connect(partial(self.follow, link))
        self.links.setEnabled(bool(links))


def _areas(page: int, *places: Place) -> Question:
    return Question("areas", page, (places,))


def _leads_to(link: Link) -> str:
    if link.page >= 0:
        return tr("Page {number}", number=number(link.page + 1))
    cut = link.address if len(link.address) <= _LONG else f"{link.address[:_LONG]}…"
    return cut.replace("&", "&&")
