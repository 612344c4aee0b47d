"""A reader for PDFs: pages, outline, search; the preview of an export is one without outline and search."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QWidget

from exportmanager.jobs.desk import Desk
from exportmanager.ui.kit import STEP, Text, column, menu_button, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.pdf_bar import PageBar, icon_button
from exportmanager.ui.pdf_file import PdfFile
from exportmanager.ui.pdf_layout import Fit
from exportmanager.ui.pdf_link import LinkDialog
from exportmanager.ui.pdf_outline import PdfOutline
from exportmanager.ui.pdf_pages import PdfPages
from exportmanager.ui.pdf_search import PdfSearch
from exportmanager.ui.sheet import SearchField
from exportmanager.ui.words import number, tr

_Keys = QKeySequence.StandardKey
_OUTLINE = "outline beside PDFs"
_SHARES = [240, 700]


class PdfView(QWidget):
    """Shows a `PdfFile`. `memory`: where it is kept whether the outline is in sight; `only_pages`: there is none."""

    def __init__(self, desk: Desk, memory: Memory | None = None, *, only_pages: bool = False) -> None:
        super().__init__()
        self._memory = memory
        self._only_pages = only_pages
        self._file: PdfFile | None = None
        self.pages = PdfPages(desk)
        self.bar = PageBar(self.pages)
        self.outline = PdfOutline()
        self.search = PdfSearch(desk, self)
        self.field = SearchField(
            tr("Find in the document"), tr("Marks these words on all pages; Enter goes to the next")
        )
        self.found = Text(colour="muted", wrap=False)
        self._make_buttons()
        self._arrange()
        self._connect()
        self._show_found()

    def _make_buttons(self) -> None:
        self.outline_button = icon_button(
            "outline", tr("Outline"), tr("Shows or hides chapters, sections and pages"), self._fold_outline
        )
        self.outline_button.setCheckable(True)
        self.outline_button.setChecked(bool(self._memory.get(_OUTLINE, True)) if self._memory else True)
        self.previous = icon_button(
            "chevron-up", tr("Previous place"), tr("Goes to where the words stand before this"), self.search.previous
        )
        self.next = icon_button(
            "chevron-down", tr("Next place"), tr("Goes to where the words stand next"), self.search.next
        )
        self.more = menu_button(tr("More"), self.pages.menu, about=tr("copies words, and goes where links lead"))

    def _arrange(self) -> None:
        self._finding = QWidget()
        self._finding.setLayout(row(self.field, self.found, self.previous, self.next, spacing=STEP // 2))
        top = row(self.outline_button, self.bar)
        top.setStretch(1, 1)
        top.addWidget(self._finding)
        top.addWidget(self.more)
        if self._only_pages:
            self._finding.hide()
            self.outline_button.hide()
        self.body = QSplitter(Qt.Orientation.Horizontal)
        self.body.setChildrenCollapsible(False)
        self.body.addWidget(self.outline)
        self.body.addWidget(self.pages)
        self.body.setStretchFactor(1, 1)
        self.body.setSizes(_SHARES)
        layout = column(top)
        layout.addWidget(self.body, 1)
        self.setLayout(layout)
        self._show_outline()

    def _connect(self) -> None:
        self.field.textChanged.connect(self._look_for)
        self.field.left.connect(self.search.next)
        self.search.changed.connect(self._show_found)
        self.search.moved.connect(self.pages.show_hit)
        self.outline.chosen.connect(self.pages.go_to)
        self.pages.page_changed.connect(self.outline.mark)
        self.pages.asked_address.connect(self._ask_about)
        for keys, done in self._keys().items():
            QShortcut(keys, self, done).setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _keys(self) -> dict[_Keys | QKeySequence, Callable[[], object]]:
        keys: dict[_Keys | QKeySequence, Callable[[], object]] = {
            _Keys.ZoomIn: self.pages.zoom_in,
            _Keys.ZoomOut: self.pages.zoom_out,
            QKeySequence("Ctrl+0"): self._fit_width,
            QKeySequence("Ctrl+9"): self._fit_page,
            QKeySequence("Ctrl+G"): self._enter_page,
        }
        if self._only_pages:
            return keys
        keys[_Keys.Find] = self._enter_search
        keys[_Keys.FindNext] = self.search.next
        keys[_Keys.FindPrevious] = self.search.previous
        return keys

    # What is shown

    def show_file(self, file: PdfFile | None, *, keep_place: bool = False) -> None:
        """Show a document from its beginning, or from where the one before stood."""
        self._file = file
        self.field.clear()
        self.search.show_file(file)
        self.outline.show_entries(file.outline if file else ())
        self._show_outline()
        self.pages.show_file(file, keep_place=keep_place)

    def _fold_outline(self) -> None:
        if self._memory is not None:
            self._memory.put(_OUTLINE, self.outline_button.isChecked())
        self._show_outline()

    def _show_outline(self) -> None:
        has_outline = self._file is not None and bool(self._file.outline) and not self._only_pages
        self.outline_button.setEnabled(has_outline)
        self.outline.setVisible(has_outline and self.outline_button.isChecked())

    # Searching

    def _enter_search(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _look_for(self, words: str) -> None:
        self.search.look_for(words, self.pages.page)

    def _show_found(self) -> None:
        self.pages.show_hits(self.search.hits)
        if not self.search.words:
            said = ""
            self.pages.forget_hits()
        elif self.search.count:
            said = tr("{number} of {total}", number=number(self.search.number), total=number(self.search.count))
        else:
            said = tr("Looking ...") if self.search.is_looking else tr("Not found")
        self.found.setText(said)
        self.found.setVisible(bool(said))
        for part in (self.previous, self.next):
            part.setEnabled(self.search.count > 0)

    # Links and keys

    def _ask_about(self, address: str) -> None:
        LinkDialog(address, self.window()).open()

    def _fit_width(self) -> None:
        self.pages.set_zoom(Fit.WIDTH)

    def _fit_page(self) -> None:
        self.pages.set_zoom(Fit.PAGE)

    def _enter_page(self) -> None:
        self.bar.page.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.page.selectAll()
