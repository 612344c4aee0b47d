"""Tick boxes that say how words are looked for, and in which versions of workspaces; kept for the next time."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QCheckBox

from exportmanager.review.expressions import Query
from exportmanager.review.places import Reach
from exportmanager.ui.memory import Memory
from exportmanager.ui.words import tr

_KEPT = "how words are found"


class FindOptions(QObject):
    """`how` and `where` are the boxes, in the order in which they stand."""

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self._memory = memory
        self.words = _box(tr("Whole words"), tr("Finds the words only where no letter stands before or after them"))
        self.case = _box(tr("Capital letters count"), tr("Finds the words only as they are written here"))
        self.regex = _box(tr("Regular expression"), tr("Reads what is written here as a regular expression of Python"))
        self.names = _box(tr("File names only"), tr("Looks at the names of files and folders, not at what is in them"))
        self.earlier = _box(tr("Earlier versions"), tr("Looks also at what came with earlier imports"))
        self.starters = _box(tr("Starter files"), tr("Looks also at what students began with"))
        self.how = (self.words, self.case, self.regex, self.names)
        self.where = (self.earlier, self.starters)
        kept = memory.get(_KEPT, [])
        for number, box in enumerate((*self.how, *self.where)):
            box.setChecked(number in kept if isinstance(kept, list) else False)

    def keep(self) -> None:
        """Tick the same ones the next time."""
        self._memory.put(_KEPT, [n for n, box in enumerate((*self.how, *self.where)) if box.isChecked()])

    def query(self, text: str) -> Query:
        """What is looked for."""
        return Query(
            text,
            regex=self.regex.isChecked(),
            words=self.words.isChecked(),
            case=self.case.isChecked(),
            names_only=self.names.isChecked(),
        )

    def reach(self) -> Reach:
        """Which versions of workspaces are looked into."""
        return Reach(earlier=self.earlier.isChecked(), starters=self.starters.isChecked())


def _box(words: str, about: str) -> QCheckBox:
    made = QCheckBox(words)
    made.setToolTip(about)
    made.setAccessibleDescription(about)
    return made
