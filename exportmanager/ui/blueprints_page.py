"""The Blueprints tab: the page templates of a course, the page that each makes, and what can be done with them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QSplitter, QWidget

from exportmanager.core.course import Blueprint, CourseId
from exportmanager.core.options import FieldKind
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import CourseSight, Offer
from exportmanager.ui import theme
from exportmanager.ui.blueprint_preview import BlueprintPreview
from exportmanager.ui.blueprint_words import length_of, page_of
from exportmanager.ui.export_actions import offers_for
from exportmanager.ui.kit import Empty, button, search_words
from exportmanager.ui.list_page import ListPage, ListWords
from exportmanager.ui.memory import Memory
from exportmanager.ui.rows import Column, Rows
from exportmanager.ui.words import counted, number, tr

_SHARES = "shares of blueprints and page"
_SUFFIX = ".json"


class BlueprintsPage(ListPage):
    """The blueprints of a course. `asked_export_of` carries the id of a kind, twice None, and names, or None for all.

    `asked_import` carries the path of a file that was dropped, or "". The other signals carry a name, or names.
    """

    asked_export_of = Signal(str, object, object, object)
    asked_import = Signal(str)
    asked_rename = Signal(str)
    asked_duplicate = Signal(str)
    asked_removal = Signal(object)

    def __init__(self, desk: Desk, memory: Memory) -> None:
        words = ListWords(
            name=tr("Blueprints"),
            about=tr("The page templates of the course; the menu key lists what can be done with the selected ones"),
            search=tr("Search blueprints"),
            search_about=tr("Shows the blueprints in whose name or layout every word stands"),
            one="1 blueprint",
            many="%Ln blueprints",
        )
        self._memory = memory
        self._wanted: tuple[CourseId, frozenset[str]] = (CourseId(""), frozenset())
        self.preview = BlueprintPreview(desk, memory)
        self.import_button = button(tr("Import..."), self.import_some, icon="add", about=tr("blueprints"))
        self.export_button = button(tr("Export..."), self.export_selection, icon="export", about=tr("blueprints"))
        first = button(tr("Import blueprints..."), self.import_some, icon="add", about=tr("from a file, or from git"))
        rows: Rows[Blueprint] = Rows(_columns(), key=_name)
        text = tr(
            "A blueprint is a template for pages of guides: a text and a layout under a name. "
            "Import some from a file, or from a public git repository."
        )
        nothing = Empty(tr("This course has no blueprints"), text, first)
        super().__init__(rows, memory, "blueprints", words, nothing, beside=[self.import_button, self.export_button])
        self.search.setPlaceholderText(search_words())  # beside two buttons there is little room
        self._make_actions()
        self.setAcceptDrops(True)
        self.table.picked.connect(self._picked)
        self._picked()

    def body(self) -> QWidget:
        """The table, and beside it the page."""
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        for part in (self.sheet, self.preview):
            self._split.addWidget(part)
        sizes = self._memory.get(_SHARES)
        self._split.setSizes(sizes if isinstance(sizes, list) and len(sizes) == 2 else [400, 400])
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 1)
        self._split.splitterMoved.connect(self._keep_shares)
        return self._split

    def _keep_shares(self, *_: object) -> None:
        self._memory.put(_SHARES, self._split.sizes())

    # What it shows

    def show_course(self, sight: CourseSight) -> None:
        """Show the blueprints of a course, in its order unless the teacher sorts them."""
        self.show_rows(sight, sight.blueprints)
        self.preview.setVisible(bool(sight.blueprints))
        self.export_button.setVisible(bool(sight.blueprints))
        self._select_wanted()
        self._picked()

    def select_soon(self, course: CourseId, names: Collection[str]) -> None:
        """Select these of a course as soon as they are there."""
        self._wanted = (course, frozenset(names))
        self._select_wanted()

    def _select_wanted(self) -> None:
        """Names that are not there yet are waited for; those that the search hides are not shown by force."""
        course, names = self._wanted
        if self.sight is None or self.sight.overview.info.id != course:
            return
        if any(blueprint.name in names for blueprint in self.sight.blueprints):
            self.table.select_keys(names)
            self._wanted = (course, frozenset())

    def _picked(self) -> None:
        chosen: Sequence[Blueprint] = self.table.chosen()
        self.preview.show_blueprints(chosen)
        for action in (self.rename_action, self.duplicate_action):
            action.setEnabled(len(chosen) == 1)
        self.remove_action.setEnabled(bool(chosen))
        self.export_action.setEnabled(self._offer() is not None)
        self.export_button.setEnabled(self._offer() is not None)

    # What can be done

    def _make_actions(self) -> None:
        """They are the table's own, so that their keys work in it, and only there."""
        self.rename_action = self._action(tr("Rename..."), "rename", self._rename, "F2")
        self.duplicate_action = self._action(tr("Duplicate"), "copy", self._duplicate, "Ctrl+D")
        self.remove_action = self._action(tr("Delete"), "remove", self._remove, QKeySequence.StandardKey.Delete)
        self.export_action = self._action(tr("Export..."), "export", self.export_selection)
        self.import_action = self._action(tr("Import..."), "add", self.import_some)

    def _action(self, text: str, icon: str, done, keys: str | QKeySequence.StandardKey = "") -> QAction:
        action = QAction(theme.icon(icon), text, self.table)
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(done)
        self.table.addAction(action)
        return action

    def fill_menu(self, menu: QMenu) -> None:
        """Add what can be done with the selected ones, and what with all."""
        chosen = self.table.chosen_count()
        of = counted(chosen, "Export 1 blueprint...", "Export %Ln blueprints...") if chosen else tr("Export all...")
        self.export_action.setText(of)
        menu.addActions([self.rename_action, self.duplicate_action, self.remove_action])
        menu.addSeparator()
        menu.addActions([self.export_action, self.import_action])

    def export_selection(self, _: bool = False) -> None:
        """Ask for an export of what is selected, or of all of them where nothing is."""
        if offer := self._offer():
            self.asked_export_of.emit(offer.kind.id, None, None, self._names() or None)

    def _offer(self) -> Offer | None:
        offers = offers_for(self.sight.offers, FieldKind.BLUEPRINTS) if self.sight and self.sight.blueprints else ()
        return next((offer for offer in offers if not offer.reason), None)

    def import_some(self, _: bool = False) -> None:
        """Ask where to import blueprints from."""
        self.asked_import.emit("")

    def _names(self) -> tuple[str, ...]:
        return tuple(row.name for row in self.table.chosen())

    def _rename(self) -> None:
        self.asked_rename.emit(*self._names())

    def _duplicate(self) -> None:
        self.asked_duplicate.emit(*self._names())

    def _remove(self) -> None:
        names = self._names()
        self.table.stand_below_chosen()
        self.asked_removal.emit(names)

    # Files dropped on the tab

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a file of blueprints; whatever else it is, the window may know."""
        if _dropped(event):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask about the file that was dropped."""
        if file := _dropped(event):
            event.acceptProposedAction()
            self.asked_import.emit(file)


def _dropped(event: QDropEvent) -> str:
    """The path of the one file that may hold blueprints; "" if it is something else."""
    files = [url.toLocalFile() for url in event.mimeData().urls()]
    return files[0] if len(files) == 1 and Path(files[0]).suffix.casefold() == _SUFFIX else ""


def _name(row: Blueprint) -> str:
    return row.name


def _columns() -> list[Column[Blueprint]]:
    return [
        Column(id="name", title=tr("Name"), text=_name, is_wide=True),
        Column(id="layout", title=tr("Layout"), text=page_of),
        Column(
            id="length",
            title=tr("Length"),
            text=lambda row: number(len(row.content)),
            sort=lambda row: len(row.content),
            tip=length_of,
            is_number=True,
        ),
    ]
