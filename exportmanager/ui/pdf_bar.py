"""The controls above the pages of a PDF: which page, and how large."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QSpinBox, QWidget

from exportmanager.formats.untrusted import printable
from exportmanager.ui import theme
from exportmanager.ui.kit import ICON, STEP, Text, ToolButton, named, row
from exportmanager.ui.pdf_layout import STEPS, Fit, Zoom
from exportmanager.ui.pdf_scroll import PagedArea
from exportmanager.ui.words import number, tr

_FITS = {Fit.WIDTH: "Fit width", Fit.PAGE: "Fit page"}


def icon_button(icon: str, words: str, about: str, clicked: Callable[[], object]) -> ToolButton:
    """A button that shows an icon, and its words in the tooltip; `about` says what it does."""
    made = ToolButton()
    made.setAutoRaise(True)
    made.setIcon(theme.icon(icon))
    made.setIconSize(ICON)
    made.setToolTip(words)
    named(made, words, about)
    made.clicked.connect(clicked)
    return made


class PageBar(QWidget):
    """Goes through `pages`, and zooms them."""

    def __init__(self, pages: PagedArea) -> None:
        super().__init__()
        self._pages = pages
        self.previous = icon_button(
            "chevron-up", tr("Previous page"), tr("Goes to the page before"), pages.previous_page
        )
        self.next = icon_button("chevron-down", tr("Next page"), tr("Goes to the page after"), pages.next_page)
        self.page, self.total = QSpinBox(), Text(wrap=False)
        self.smaller = icon_button("zoom-out", tr("Smaller"), tr("Makes the pages smaller"), pages.zoom_out)
        self.larger = icon_button("zoom-in", tr("Larger"), tr("Makes the pages larger"), pages.zoom_in)
        self.zoom = QComboBox()
        self._dress()
        layout = row(self.previous, self.next, self.page, self.total, spacing=STEP // 2)
        layout.addSpacing(STEP)
        for part in (self.smaller, self.zoom, self.larger):
            layout.addWidget(part)
        layout.addStretch(1)
        self.setLayout(layout)
        pages.page_changed.connect(self._show_page)
        pages.zoomed.connect(self._show_zoom)
        self.page.valueChanged.connect(self._go)
        self.zoom.activated.connect(self._choose_zoom)
        self._show_zoom()

    def _dress(self) -> None:
        named(self.page, tr("Page"), tr("Goes to the page of this number"))
        self.page.setToolTip(self.page.accessibleDescription())
        self.page.setKeyboardTracking(False)  # "12" is not page 1 and then page 12
        self.page.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.page.setMinimumWidth(self.fontMetrics().horizontalAdvance("0000") + 3 * STEP)
        for part in (self.zoom, self.zoom.view()):  # the list that opens is a control of its own
            named(part, tr("Zoom"), tr("How large the pages are shown"))
        self.zoom.setToolTip(self.zoom.accessibleDescription())
        for fit, words in _FITS.items():
            self.zoom.addItem(tr(words), fit)
        for step in STEPS:
            self.zoom.addItem(tr("{number} %", number=number(round(step * 100))), step)

    def _show_page(self, page: int) -> None:
        with QSignalBlocker(self.page):
            self.page.setRange(1, max(1, self._pages.count))
            self.page.setValue(page + 1)
        total, label = number(self._pages.count), printable(self._pages.label, 20)
        self.total.setText(
            tr("of {number}, printed {label}", number=total, label=label) if label else tr("of {number}", number=total)
        )
        self.previous.setEnabled(page > 0)
        self.next.setEnabled(page + 1 < self._pages.count)

    def _go(self, value: int) -> None:
        self._pages.go_to(value - 1)

    def _show_zoom(self) -> None:
        zoom = self._pages.zoom
        place = next(n for n in range(self.zoom.count()) if self.zoom.itemData(n) == zoom)
        self.zoom.setCurrentIndex(place)
        self.smaller.setEnabled(self._pages.factor > STEPS[0])
        self.larger.setEnabled(self._pages.factor < STEPS[-1])

    def _choose_zoom(self, place: int) -> None:
        zoom: Zoom = self.zoom.itemData(place)
        self._pages.set_zoom(zoom)
