"""Shows a page of a guide: its own pictures and nothing else; no link leads out of the window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontDatabase,
    QGuiApplication,
    QImage,
    QResizeEvent,
    QTextDocument,
)
from PySide6.QtWidgets import QMenu, QTextBrowser

from exportmanager.formats.guides_html import PageColours, style_sheet
from exportmanager.ui import theme
from exportmanager.ui.guide_sight import PageSight
from exportmanager.ui.kit import STEP, named
from exportmanager.ui.words import tr

_IMAGE = QTextDocument.ResourceType.ImageResource
_SOON = 100
"""Milliseconds until pictures are fitted to another width: dragging a splitter is one change."""
_ADDRESSES = {"http", "https", "mailto"}


class GuideView(QTextBrowser):
    """`asked_page` carries the id of a node, `asked_unfold` that of an assessment to be shown as it came."""

    asked_page = Signal(str)
    asked_unfold = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        named(self, tr("Page of the guide"), tr("The page as students read it; nothing on it runs or is loaded"))
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(2 * STEP)
        self.setMinimumSize(20 * STEP, 10 * STEP)
        self.anchorClicked.connect(self._follow)
        self._pictures: Mapping[str, QImage] = {}
        self._html = ""
        self._ground = ""
        self._fitting = QTimer(self, singleShot=True, interval=_SOON)
        self._fitting.timeout.connect(self._fit_pictures)

    def show_page(self, page: PageSight, *, keep_place: bool) -> None:
        """Show a page, from its top unless it is the one that was there."""
        place = self.verticalScrollBar().value() if keep_place else 0
        self._pictures = page.pictures
        self._html = page.html
        self._set_html()
        self.verticalScrollBar().setValue(place)

    def show_nothing(self) -> None:
        """Let go of the page."""
        self.show_page(PageSight("", {}), keep_place=False)

    def _set_html(self) -> None:
        self._ground = theme.colours().base
        self.document().setDefaultStyleSheet(style_sheet(_page_colours()))
        self.setHtml(self._html)

    # What it loads

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """The pictures of the page; whatever else a page may name is not there."""
        address = QUrl(name)
        picture = self._pictures.get(address.path()) if address.scheme() == "guide" else None
        return None if picture is None else self._fitted(picture)

    def _fitted(self, picture: QImage) -> QImage:
        room = self.viewport().width() - 6 * STEP
        ratio = self.devicePixelRatioF()
        if picture.width() <= room or room <= 0:
            return picture
        smaller = picture.scaledToWidth(round(room * ratio), Qt.TransformationMode.SmoothTransformation)
        smaller.setDevicePixelRatio(ratio)
        return smaller

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the pictures to the new width, soon."""
        super().resizeEvent(event)
        if self._pictures and event.size().width() != event.oldSize().width():
            self._fitting.start()

    def _fit_pictures(self) -> None:
        for path, picture in self._pictures.items():
            self.document().addResource(_IMAGE, QUrl(f"guide:{quote(path)}"), self._fitted(picture))
        self.document().markContentsDirty(0, self.document().characterCount())

    def changeEvent(self, event: QEvent) -> None:
        """Put the colours on anew when light and dark change."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._html and self._ground != theme.colours().base:
            place = self.verticalScrollBar().value()
            self._set_html()
            self.verticalScrollBar().setValue(place)

    # Where links lead

    def _follow(self, link: QUrl) -> None:
        if link.scheme() == "page":
            self.asked_page.emit(link.path())
        elif link.scheme() == "unfold":
            self.asked_unfold.emit(link.path())
        elif not link.scheme() and link.hasFragment():
            self.scrollToAnchor(link.fragment())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Copy what is selected, or the address under the mouse."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._address = self.anchorAt(event.pos())
        copy = menu.addAction(theme.icon("copy"), tr("Copy"))
        copy.setEnabled(self.textCursor().hasSelection())
        copy.triggered.connect(self.copy)
        if QUrl(self._address).scheme() in _ADDRESSES:
            menu.addAction(tr("Copy the address")).triggered.connect(self.copy_address)
        menu.addAction(tr("Select all")).triggered.connect(self.selectAll)
        menu.popup(event.globalPos())

    def copy_address(self) -> None:
        """Copy the address of the link that the menu was opened on."""
        QGuiApplication.clipboard().setText(self._address)


def _page_colours() -> PageColours:
    c = theme.colours()
    mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    return PageColours(
        text=c.text, muted=c.muted, base=c.base, ground=c.window, border=c.border, accent=c.accent, link=c.link,
        warning=c.warning, loss=c.loss, good=c.good, mono=mono,
    )  # fmt: skip
