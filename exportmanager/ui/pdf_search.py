"""Looks for words in a PDF, some pages at a time and off the window's thread, and goes from one place to the next."""

from __future__ import annotations

from functools import partial
from itertools import chain

from PySide6.QtCore import QObject, QTimer, Signal

from exportmanager.jobs.desk import Desk
from exportmanager.ui.pdf_drawing import drawing
from exportmanager.ui.pdf_file import PdfFile, Place

_SOON = 250
"""Milliseconds: words are looked for when the teacher stops typing."""
_AT_ONCE = 20
"""Pages of one question: about 30 ms, in which nothing else can be asked of the file."""
_LATER = 10
_ENOUGH = 10_000


class PdfSearch(QObject):
    """`changed`: more was found, or another place is the current one; `moved` carries its page and its place there."""

    changed = Signal()
    moved = Signal(int, object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._file: PdfFile | None = None
        self.words = ""
        self.hits: dict[int, list[Place]] = {}
        self._current: tuple[int, int] | None = None
        self._to_do: list[int] = []
        self._first = 0
        self._round = 0
        self.timer = QTimer(self, singleShot=True, interval=_SOON)
        self.timer.timeout.connect(self._begin)
        self._later = QTimer(self, singleShot=True, interval=_LATER)
        self._later.timeout.connect(self._ask)

    def show_file(self, file: PdfFile | None) -> None:
        """Look in this one from now on; what was found in another is forgotten."""
        self._file = file
        self.look_for("", 0)

    def look_for(self, words: str, first: int) -> None:
        """Look for `words`, a moment from now, beginning on the page `first`."""
        self.words, self._first = words.strip(), first
        self._round += 1
        self._later.stop()
        self.hits, self._current, self._to_do = {}, None, []
        if self.words and self._file is not None:
            self.timer.start()
        else:
            self.timer.stop()
        self.changed.emit()

    @property
    def is_looking(self) -> bool:
        """Whether more may be found."""
        return self.timer.isActive() or bool(self._to_do)

    @property
    def count(self) -> int:
        """How many places were found so far."""
        return sum(map(len, self.hits.values()))

    @property
    def number(self) -> int:
        """Which one is the current one, counted from 1 in the order of the pages; 0 where there is none."""
        if self._current is None:
            return 0
        page, place = self._current
        return sum(len(found) for before, found in self.hits.items() if before < page) + place + 1

    def _begin(self) -> None:
        assert self._file is not None, "the timer runs only where there is one"
        total = len(self._file.sizes)
        self._to_do = [*range(self._first, total), *range(self._first)]
        self._ask()

    def _ask(self) -> None:
        assert self._file is not None, "there are pages to do"
        if drawing().is_busy:  # what is in sight comes first
            self._later.start()
            return
        work = partial(_found, self._file, self._to_do[:_AT_ONCE], self.words)
        self._desk.background.ask(self, work, partial(self._came, self._round), partial(self._in_vain, self._round))

    def _came(self, asked_in: int, found: dict[int, list[Place]]) -> None:
        if asked_in != self._round:
            return
        self.hits.update(found)
        del self._to_do[:_AT_ONCE]
        if self.count >= _ENOUGH:
            self._to_do = []
        if self._current is None and found:
            self._go(next(iter(found)), 0)
        self.changed.emit()
        if self._to_do:
            self._ask()

    def _in_vain(self, asked_in: int, error: Exception) -> None:
        """Our bug."""
        if asked_in == self._round:
            self._to_do = []
            self.changed.emit()
        self._desk.went_wrong.emit(error)

    # From one to the next

    def _go(self, page: int, place: int) -> None:
        self._current = page, place
        self.moved.emit(page, self.hits[page][place])

    def next(self) -> None:
        """Go to the next place, after the last to the first."""
        self._step(1)

    def previous(self) -> None:
        """Go to the place before, from the first to the last."""
        self._step(-1)

    def _step(self, by: int) -> None:
        if self.timer.isActive():  # Enter right after the last letter
            self.timer.stop()
            self._begin()
        elif self._current is not None:
            every = list(
                chain.from_iterable([(page, n) for n in range(len(self.hits[page]))] for page in sorted(self.hits))
            )
            self._go(*every[(every.index(self._current) + by) % len(every)])
            self.changed.emit()


def _found(file: PdfFile, pages: list[int], words: str) -> dict[int, list[Place]]:
    found = {page: file.find(page, words) for page in pages}
    return {page: places for page, places in found.items() if places}
