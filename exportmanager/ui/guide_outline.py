"""The outline of a guide: chapters, sections and pages as a tree, with how many questions they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem

from exportmanager.core.guide import Guide, GuideNode, NodeKind
from exportmanager.ui.guide_sight import NodeFacts
from exportmanager.ui.guide_words import facts_in_words, title_of
from exportmanager.ui.kit import STEP, named, tip_of
from exportmanager.ui.words import number, tr

_ID = Qt.ItemDataRole.UserRole
_FEW = 60
"""Nodes that are all unfolded at first; of a larger guide only the chapters are to be seen."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class GuideOutline(QTreeWidget):
    """`chosen` carries the id of the node that the keyboard or mouse went to."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        named(self, tr("Outline of the guide"), tr("Chapters, sections and pages; the chosen one is shown beside"))
        self.setHeaderLabels([tr("Page"), tr("Questions")])
        self.setUniformRowHeights(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMinimumSize(20 * STEP, 10 * STEP)
        self.headerItem().setTextAlignment(1, _RIGHT)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._guide: Guide | None = None
        self._items: dict[str, QTreeWidgetItem] = {}
        self.currentItemChanged.connect(self._went_to)

    def show_guide(self, guide: Guide, facts: Mapping[str, NodeFacts]) -> None:
        """Show a guide; of the very one that was shown all stays, and of a newer one the page that was chosen."""
        if guide is self._guide:
            return
        before = self.chosen_id()
        self._guide = None  # what the tree says while it is filled anew is not of interest
        self.clear()
        self._items = {}
        self.setRootIsDecorated(any(node.children for node in guide.nodes))
        self.addTopLevelItems([self._item(node, facts) for node in guide.nodes])
        if len(self._items) <= _FEW:
            self.expandAll()
        self._guide = guide
        self.choose(before if before in self._items else next(self._pages_first(guide), ""))

    def forget(self) -> None:
        """Let go of the guide."""
        self._guide = None
        self._items = {}
        self.clear()

    def _pages_first(self, guide: Guide) -> Iterator[str]:
        """Where reading begins: the first node with a text."""
        yield from (node.id for node in guide.walk() if node.content.strip())
        yield from (node.id for node in guide.walk())

    def _item(self, node: GuideNode, facts: Mapping[str, NodeFacts]) -> QTreeWidgetItem:
        held = facts[node.id]
        title = tr("{page} (teacher only)", page=title_of(node)) if node.teacher_only else title_of(node)
        item = QTreeWidgetItem([title, number(held.questions or None)])
        item.setData(0, _ID, node.id)
        item.setSizeHint(0, QSize(0, self.fontMetrics().height() + STEP))
        words = f"{title_of(node)}\n{facts_in_words(node, held)}"
        item.setToolTip(0, tip_of(words))
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, words)
        item.setTextAlignment(1, _RIGHT)
        if node.kind is NodeKind.CHAPTER:
            font = item.font(0)
            font.setBold(True)
            item.setFont(0, font)
        self._items[node.id] = item
        item.addChildren([self._item(child, facts) for child in node.children])
        return item

    def choose(self, node: str) -> None:
        """Go to a node."""
        if item := self._items.get(node):
            self.setCurrentItem(item)
            self.scrollToItem(item)

    def chosen_id(self) -> str:
        """The id of the node that is shown; "" where there is none."""
        item = self.currentItem()
        return str(item.data(0, _ID)) if item else ""

    def _went_to(self, *_: object) -> None:
        if self._guide is not None and (node := self.chosen_id()):
            self.chosen.emit(node)
