"""The files of a workspace beside the one that is looked at; the wish for a file stays from student to student."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QSplitter, QWidget

from exportmanager.jobs.desk import Desk
from exportmanager.ui.kit import STEP, Text, column, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.review_file import FileView
from exportmanager.ui.review_files import FileTree
from exportmanager.ui.review_nodes import NOTHING, FileNodes, nodes_of
from exportmanager.ui.review_sight import Wanted, WorkspaceSight
from exportmanager.ui.sheet import SearchField
from exportmanager.ui.words import counted, tr

_SHARES = "shares of files and file"
_SOON = 150


class FileBrowser(QWidget):
    """A tree of files with a search, and the file that is chosen in it."""

    def __init__(self, desk: Desk, memory: Memory) -> None:
        super().__init__()
        self._desk, self._memory = desk, memory
        self._sight: WorkspaceSight | None = None
        self._next: Wanted | None = None
        self._wish = ""
        self._is_own_doing = False
        self._question = 0
        self.search = SearchField(tr("Search files"), tr("Shows files whose path holds every word"))
        self.search.setMaximumWidth(16_777_215)
        self.count = Text(colour="muted")
        self.tree = FileTree()
        self.view = FileView(desk, memory)
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._arrange()
        self._soon.timeout.connect(self._filter)
        self.search.textChanged.connect(self._soon.start)
        self.search.left.connect(self.tree.setFocus)
        self.tree.chosen.connect(self._chose)

    def _arrange(self) -> None:
        left = QWidget()
        layout = column(self.search, spacing=STEP // 2)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.count)
        left.setLayout(layout)
        left.setMinimumWidth(18 * STEP)
        self.body = QSplitter(Qt.Orientation.Horizontal)
        self.body.setChildrenCollapsible(False)
        self.body.addWidget(left)
        self.body.addWidget(self.view)
        self.body.setStretchFactor(1, 1)
        sizes = self._memory.get(_SHARES)
        self.body.setSizes(sizes if isinstance(sizes, list) and len(sizes) == 2 else [240, 640])
        self.body.splitterMoved.connect(self._keep_shares)
        outer = row(self.body)
        outer.setContentsMargins(0, STEP // 2, 0, 0)
        self.setLayout(outer)

    def _keep_shares(self, *_: object) -> None:
        self._memory.put(_SHARES, self.body.sizes())

    def show_workspace(self, sight: WorkspaceSight, wanted: Wanted | None = None) -> None:
        """Show its files: `wanted`, or the one that was chosen before, or the first that differs."""
        self._sight = sight
        self._question += 1
        self._soon.stop()
        if wanted is not None:
            self._wish = wanted.path
        self.search.clear()
        self._soon.stop()
        self._fill(sight.nodes, wanted)

    def show_file(self, wanted: Wanted) -> None:
        """Show a file of the workspace that is shown."""
        self._wish = wanted.path
        self._next = wanted
        if self.tree.path == wanted.path or not self.tree.choose(wanted.path):
            self._chose(wanted.path)

    def forget(self) -> None:
        """Let go of the workspace; which file is wished for stays."""
        self._sight = None
        self._question += 1
        self._is_own_doing = True
        self.tree.show_nodes(NOTHING)
        self._is_own_doing = False
        self.count.setText("")
        self.view.forget()

    def _fill(self, nodes: FileNodes, wanted: Wanted | None = None) -> None:
        self._next = wanted
        self._is_own_doing = True
        self.tree.show_nodes(nodes, self._wish)
        self._is_own_doing = False
        assert self._sight is not None, "its files are shown"
        path = self.tree.path or (wanted.path if wanted else "")
        self._say_count()
        if path:
            self._show(path)
        elif self.tree.files.files:
            self.view.forget()
        else:
            self.view.say_empty()

    def _say_count(self) -> None:
        assert self._sight is not None, "it is counted"
        said = [counted(self.tree.files.files, "1 file", "%Ln files")]
        if self._sight.states is not None:
            changed = len(self._sight.states)
            said.append(counted(changed, "1 differs from the starter files", "%Ln differ from the starter files"))
        self.count.setText(", ".join(said))

    def _chose(self, path: str) -> None:
        if not self._is_own_doing:
            self._wish = path
            self._show(path)

    def _show(self, path: str) -> None:
        assert self._sight is not None, "one of its files is chosen"
        wanted = self._next if self._next is not None and self._next.path == path else Wanted(path)
        self._next = None
        self.view.show_file(self._sight.opened, wanted)

    # Searching

    def _filter(self) -> None:
        if self._sight is None:
            return
        self._question += 1
        work = partial(nodes_of, self._sight.entries, self._sight.states or {}, self.search.text())
        self._desk.background.ask(self, work, partial(self._filtered, self._question, self.search.text()))

    def _filtered(self, question: int, words: str, nodes: FileNodes) -> None:
        if question != self._question:
            return
        self._is_own_doing = True
        self.tree.show_nodes(nodes, self.view.path, are_found=bool(words))
        self._is_own_doing = False
        self._say_count()
        if (path := self.tree.path) and path != self.view.path:
            self._chose(path)

    def focus_search(self) -> None:
        """Put the focus into the search field for files."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()
