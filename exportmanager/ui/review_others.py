"""What a workspace is compared with: what lies beside it, or any file or folder that a teacher chooses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog

from exportmanager.core.errors import BadOptions
from exportmanager.formats.untrusted import printable
from exportmanager.jobs.desk import Desk
from exportmanager.review.beside import Beside, Counterpart
from exportmanager.review.opening import Opened
from exportmanager.review.where import Where
from exportmanager.ui.adding_asking import downloads
from exportmanager.ui.kit import tip_of
from exportmanager.ui.review_passphrase import AskPassphrase
from exportmanager.ui.words import tr

_FILE, _FOLDER = "file", "folder"
"""Entries of the list that ask for one first."""


def counterparts_at(beside: Beside, opened: Opened, path: Path, passphrase: str | None = None) -> Sequence[Counterpart]:
    """What lies in a file or folder, the likest first; of several, with its name. Raises `ProblemForTeacher`."""
    found = beside.inside(path, opened, passphrase)
    if len(found) == 1:
        return found
    return [one._replace(words=f"{one.words}, {printable(path.name)}") for one in found]


class OtherChoice(QComboBox):
    """`chosen` carries the `Counterpart` to compare with from now on, `refused` the problem with a file.

    `reading` says that a file which was chosen is being looked at, or that nothing came of it.

    Files that were chosen stay in the list, whichever workspace is looked at.
    """

    chosen = Signal(object)
    refused = Signal(object)
    reading = Signal(bool)

    def __init__(self, desk: Desk, beside: Beside) -> None:
        super().__init__()
        self._desk, self._others = desk, beside
        self._opened: Opened | None = None
        self._beside: Sequence[Counterpart] = ()
        self._files: list[Counterpart] = []
        self._current: Counterpart | None = None
        self._folder = ""
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(16)
        self.setPlaceholderText(tr("Choose..."))
        self.activated.connect(self._activate)

    def forget(self) -> None:
        """Offer nothing until there is another workspace."""
        self._opened = None
        self.clear()
        self.setEnabled(False)

    def show_others(self, opened: Opened, beside: Sequence[Counterpart]) -> None:
        """Offer these for a workspace, and choose what is called as that which was chosen before, or the first."""
        self._opened, self._beside = opened, beside
        words = self._current.words if self._current else ""
        offered = [*self._files, *beside]
        chosen = next((one for one in offered if one.words == words), next(iter(beside), None))
        self._fill(chosen)
        self.setEnabled(True)
        if chosen is not None:
            self.chosen.emit(chosen)

    def is_file(self, one: Counterpart) -> bool:
        """Whether it is from a file or folder that somebody chose."""
        return one in self._files

    def choose(self, where: Where) -> None:
        """Choose one of those that are offered."""
        found = next((one for one in (*self._files, *self._beside) if one.where == where), None)
        if found is not None:
            self._take(found)

    def _take(self, chosen: Counterpart) -> None:
        self._current = chosen
        self._fill(chosen)
        self.chosen.emit(chosen)

    def _fill(self, current: Counterpart | None) -> None:
        with QSignalBlocker(self):
            self.clear()
            offered = [*self._files, *self._beside]
            for one in offered:
                self.addItem(printable(tr(one.words)), one)
            if offered:
                self.insertSeparator(self.count())
            self.addItem(tr("Another file..."), _FILE)
            self.addItem(tr("Another folder..."), _FOLDER)
            self.setCurrentIndex(offered.index(current) if current is not None else -1)
        self.setToolTip(tip_of(self.currentText()))

    def _activate(self, place: int) -> None:
        chosen = self.itemData(place)
        if chosen in {_FILE, _FOLDER}:
            self._show_current()
            self._ask(chosen)
        else:
            self._take(([*self._files, *self._beside])[place])

    def _show_current(self) -> None:
        words = self._current.words if self._current else ""
        names = [one.words for one in (*self._files, *self._beside)]
        self.setCurrentIndex(names.index(words) if words in names else 0 if names else -1)

    # Another file

    def _ask(self, what: str) -> None:
        dialog = QFileDialog(self, tr("Compare with"), self._folder or downloads())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        is_folder = what == _FOLDER
        dialog.setFileMode(QFileDialog.FileMode.Directory if is_folder else QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.take)
        dialog.open()

    def take(self, file: str, passphrase: str | None = None) -> None:
        """Compare with what is in a file or folder; an encrypted archive asks for its passphrase."""
        if self._opened is None:
            return
        path = Path(file)
        self._folder = str(path.parent)
        self.reading.emit(True)
        work = partial(counterparts_at, self._others, self._opened, path, passphrase)
        then, otherwise = partial(self._took, self._opened), partial(self._refuse, self._opened, path)
        self._desk.background.ask(self, work, then, otherwise)

    def _took(self, opened: Opened, found: Sequence[Counterpart]) -> None:
        known = {one.where for one in found}
        self._files = [*found, *(one for one in self._files if one.where not in known)]
        if opened is self._opened:
            self._take(found[0])

    def _refuse(self, opened: Opened, path: Path, problem: Exception) -> None:
        if opened is not self._opened:  # another workspace is looked at meanwhile, and this one was let go of
            return
        self.reading.emit(False)
        if not isinstance(problem, BadOptions):
            self.refused.emit(problem)
            return
        dialog = AskPassphrase(self._desk, path, self.window())
        dialog.given.connect(partial(self.take, str(path)))
        dialog.open()
