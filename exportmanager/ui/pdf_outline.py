"""The outline of a PDF beside its pages: a click goes there, and it follows who scrolls."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem

from exportmanager.ui.kit import STEP, named, tip_of
from exportmanager.ui.pdf_file import Entry
from exportmanager.ui.words import number, tr

_FEW = 60
"""Lines that are all unfolded at first; of more only those of the first two levels are to be seen."""
_PLACE = Qt.ItemDataRole.UserRole


class PdfOutline(QTreeWidget):
    """`chosen` carries the page (from 0) that the keyboard or the mouse went to, and how many points down on it."""

    chosen = Signal(int, float)

    def __init__(self) -> None:
        super().__init__()
        named(self, tr("Outline of the document"), tr("Chapters, sections and pages; the chosen one is shown beside"))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMinimumSize(16 * STEP, 10 * STEP)
        self._items: list[QTreeWidgetItem] = []
        self._pages: list[int] = []
        self.currentItemChanged.connect(self._went_to)
        self.itemClicked.connect(self._went_to)  # also the one that was chosen already

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these lines, of which each stands under the last one before it that is less deep."""
        with QSignalBlocker(self):
            self.clear()
            self._items = []
            parents: list[QTreeWidgetItem] = []
            for entry in entries:
                item = self._item(entry)
                parents[entry.level :] = [item]
                if len(parents) > 1:
                    parents[-2].addChild(item)
                else:
                    self.addTopLevelItem(item)
                self._items.append(item)
            self._pages = [entry.page for entry in entries]
            self.setRootIsDecorated(any(entry.level for entry in entries))
            self.expandToDepth(0 if len(entries) > _FEW else 9)

    def _item(self, entry: Entry) -> QTreeWidgetItem:
        item = QTreeWidgetItem([entry.title])
        item.setData(0, _PLACE, (entry.page, entry.top))
        item.setSizeHint(0, QSize(0, self.fontMetrics().height() + STEP))
        where = tr("{title}, page {number}", title=entry.title, number=number(entry.page + 1))
        item.setToolTip(0, tip_of(where))
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, where)
        return item

    def mark(self, page: int) -> None:
        """Stand on the line that `page` belongs to; on the present one, where that is on it too."""
        place = bisect_right(self._pages, page) - 1
        current = self.currentItem()
        if place < 0 or (current is not None and current.data(0, _PLACE)[0] == page):
            return
        with QSignalBlocker(self):
            self.setCurrentItem(self._items[place])

    def _went_to(self, item: QTreeWidgetItem | None, *_: object) -> None:
        if item is not None:
            self.chosen.emit(*item.data(0, _PLACE))
