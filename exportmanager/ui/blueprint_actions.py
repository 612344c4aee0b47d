"""What a teacher does with blueprints: rename, duplicate, delete and take that back, import; and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from exportmanager.core.blueprints import Additions
from exportmanager.core.course import Blueprint, CourseId
from exportmanager.jobs.desk import Desk
from exportmanager.ui.adding_asking import downloads
from exportmanager.ui.adding_words import short
from exportmanager.ui.blueprint_import import BlueprintImport
from exportmanager.ui.blueprint_rename import RenameDialog
from exportmanager.ui.blueprints_page import BlueprintsPage
from exportmanager.ui.notices import Notice, Notices
from exportmanager.ui.words import counted, tr

_NAMED = 3


class BlueprintActions(QObject):
    """Does what the page asks for. What was deleted or imported can be taken back while its notice is there."""

    def __init__(self, desk: Desk, notices: Notices, page: BlueprintsPage, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._notices = notices
        self._page = page
        self._window = window
        self._folder = ""
        self._undoable: list[tuple[Notice, Callable[[], object]]] = []
        self._undo_key = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), page, self.undo)
        self._undo_key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._undo_key.setEnabled(False)
        page.asked_rename.connect(self.rename)
        page.asked_duplicate.connect(self.duplicate)
        page.asked_removal.connect(self.remove)
        page.asked_import.connect(self.import_some)

    @property
    def _course(self) -> CourseId:
        assert self._page.sight is not None, "the page shows a course"
        return self._page.sight.overview.info.id

    def _ask(self, work: Callable[[], object], then: Callable[..., None], doing: str) -> None:
        self._desk.background.ask(self, work, then, partial(self._fail, doing))

    def _fail(self, doing: str, error: Exception) -> None:
        self._notices.say_problem(error, doing)
        self._desk.look()

    # One blueprint

    def rename(self, name: str) -> None:
        """Ask for another name."""
        dialog = RenameDialog(self._desk, self._course, name, self._window)
        dialog.renamed.connect(partial(self._came, self._course))
        dialog.open()

    def duplicate(self, name: str) -> None:
        """Add a copy."""
        work = partial(self._desk.program.library.blueprints.duplicate, self._course, name)
        self._ask(work, partial(self._came, self._course), tr("duplicating a blueprint"))

    def _came(self, course: CourseId, *blueprints: Blueprint) -> None:
        """These are there now, or called so."""
        self._page.select_soon(course, [blueprint.name for blueprint in blueprints])
        self._desk.look()

    # Deleting

    def remove(self, names: Collection[str]) -> None:
        """Delete them; that can be taken back."""
        self._remove(self._course, names)

    def _remove(self, course: CourseId, names: Collection[str]) -> None:
        work = partial(self._desk.program.library.blueprints.remove, course, names)
        self._ask(work, partial(self._removed, course), tr("deleting blueprints"))

    def _removed(self, course: CourseId, removed: Sequence[Blueprint]) -> None:
        text = counted(len(removed), "1 blueprint was deleted.", "%Ln blueprints were deleted.")
        self._say(text, _names(removed), partial(self._put_back, course, removed))
        self._desk.look()

    def _put_back(self, course: CourseId, removed: Sequence[Blueprint]) -> None:
        work = partial(self._desk.program.library.blueprints.put_back, course, removed)
        self._ask(work, partial(self._is_back, course), tr("putting blueprints back"))

    def _is_back(self, course: CourseId, blueprints: Sequence[Blueprint]) -> None:
        self._came(course, *blueprints)

    # Importing

    def import_some(self, file: str = "") -> None:
        """Ask where from; `file` is one that was dropped."""
        if self._page.sight is None:
            return
        info = self._page.sight.overview.info
        dialog = BlueprintImport(self._desk, info, self._folder or downloads(), self._window)
        dialog.added.connect(partial(self._added, info.id, info.title))
        dialog.finished.connect(partial(self._remember, dialog))
        dialog.open()
        if file:
            dialog.take(file)

    def _remember(self, dialog: BlueprintImport, _: int) -> None:
        self._folder = dialog.place.folder

    def _added(self, course: CourseId, title: str, found: Additions) -> None:
        added, skipped = found.added, len(found.skipped)
        text = counted(len(added), "1 blueprint was added to {course}.", "%Ln blueprints were added to {course}.")
        left_out = counted(skipped, "1 was left out: the course has it already.",
                           "%Ln were left out: the course has them already.") if skipped else ""  # fmt: skip
        names = [blueprint.name for blueprint in added]
        undo = partial(self._remove, course, names)
        self._say(text.format(course=title), f"{_names(added)} {left_out}".strip(), undo, mood="good")
        self._came(course, *added)

    # Taking back

    def _say(self, text: str, more: str, undo: Callable[[], object], *, mood: str = "info") -> None:
        notice = self._notices.say(text, more, mood=mood, actions=[(tr("Undo"), undo)])
        self._undoable.append((notice, undo))
        notice.gone.connect(partial(self._forget, notice))
        self._undo_key.setEnabled(True)

    def _forget(self, notice: Notice) -> None:
        self._undoable = [(other, undo) for other, undo in self._undoable if other is not notice]
        self._undo_key.setEnabled(bool(self._undoable))

    def undo(self) -> None:
        """Take back what was done last, if its notice is still there."""
        there = [(notice, undo) for notice, undo in self._undoable if notice in self._notices.bars]
        self._undoable = there
        if there:
            notice, undo = there[-1]
            notice.dismiss()
            undo()


def _names(blueprints: Sequence[Blueprint]) -> str:
    """The names of a few of them, as a sentence; commas are in many names."""
    names = [short(blueprint.name, 60) for blueprint in blueprints[:_NAMED]]
    if more := len(blueprints) - len(names):
        names.append(counted(more, "1 more", "%Ln more"))
    return f"{'; '.join(names)}."
