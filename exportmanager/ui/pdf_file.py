"""A PDF in memory: the words and links of its pages, and its outline; asked off the window's thread."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QFile, QLoggingCategory, QModelIndex, QPointF, QRectF
from PySide6.QtPdf import QPdfBookmarkModel, QPdfDocument, QPdfLinkModel, QPdfSelection

from exportmanager.core.errors import Damaged, NoAccess, ProblemForTeacher
from exportmanager.jobs.background import check_open

LARGEST = 256 << 20
"""Bytes of a PDF that is shown here: it is read into memory, so that the shelf can let its file go at any time."""
_MOST_SIDE = 14_400.0  # PDF 32000-1, annex C.2: no page is larger, in points
_A4 = (595.0, 842.0)
_ELSEWHERE = "Open it with this computer's own program for PDFs."
# Two lines for each link or bookmark without a place on its page, which is no fault: the log would be full of them.
_QUIET = "qt.pdf.links.warning=false\nqt.pdf.bookmarks.warning=false"

_LOOK = 0.05
"""Seconds between two looks whether the answer is still wanted."""


class _Turn:
    """A lock that a thread of a `Background` stops waiting for when that is closed.

    A page that is drawn has it until the window's thread takes the picture, which then waits for all threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        while not self._lock.acquire(timeout=_LOOK):
            check_open()

    def __exit__(self, *_: object) -> None:
        self.release()

    def take(self) -> bool:
        """Take it, if nobody has it."""
        return self._lock.acquire(blocking=False)

    def release(self) -> None:
        """Give it back."""
        self._lock.release()


TURN = _Turn()
"""Who asks a PDF holds this: Qt lets one at a time do so, and a thread that waits for Qt holds up all of Python."""

Place = tuple[int, int]
"""Where words stand in the text of a page: the first letter, and how many."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the outline: how deep it stands (from 0), and the page that it leads to, `top` points down on it."""

    title: str
    level: int
    page: int
    top: float


@dataclass(frozen=True, slots=True)
class Link:
    """Leads from these areas to a page, `top` points down on it; or to an `address`, and then `page` is -1."""

    areas: tuple[QRectF, ...]
    page: int
    top: float
    address: str


@dataclass(frozen=True, slots=True)
class Words:
    """Words on a page, and the areas that they cover."""

    text: str
    areas: tuple[QRectF, ...]


class PdfFile:
    """Answers take from a moment to seconds; any thread may ask, and they are given one after the other.

    Pages count from 0; `labels` are the numbers that they call themselves by. Distances are in points (1/72 inch), from
    the top left corner of a page.
    Raises `Damaged` or `NoAccess` for what cannot be shown.
    """

    def __init__(self, data: QByteArray | bytes) -> None:
        QLoggingCategory.setFilterRules(_QUIET)
        self._texts: dict[int, str] = {}
        with TURN:
            self.document = QPdfDocument()
            buffer = QBuffer(self.document)  # its child: it must be there until the document has closed
            buffer.setData(QByteArray(data))
            buffer.open(QBuffer.OpenModeFlag.ReadOnly)
            self.document.load(buffer)
            self._check()
            self.sizes = tuple(map(self._size, range(self.document.pageCount())))
            self.labels = tuple(map(self.document.pageLabel, range(len(self.sizes))))
            self.outline = tuple(self._entries())

    def _check(self) -> None:
        if self.document.error() in {_Fault.IncorrectPassword, _Fault.UnsupportedSecurityScheme}:
            raise NoAccess("This PDF is locked with a password.", _ELSEWHERE)
        if self.document.status() is not QPdfDocument.Status.Ready and self.document.error() is not _Fault.None_:
            raise Damaged("This PDF is damaged: it cannot be shown.", "If it is an export, run that again.")
        if not self.document.pageCount():
            raise Damaged("This PDF is empty: it has no pages.")

    def _size(self, page: int) -> tuple[float, float]:
        size = self.document.pagePointSize(page)
        width, height = size.width(), size.height()
        is_sound = 1 <= width <= _MOST_SIDE and 1 <= height <= _MOST_SIDE
        return (width, height) if is_sound else _A4

    def _entries(self) -> Sequence[Entry]:
        model = QPdfBookmarkModel()
        model.setDocument(self.document)
        entries = []
        waiting = [model.index(row, 0) for row in reversed(range(model.rowCount(QModelIndex())))]
        while waiting:
            index = waiting.pop()
            entries.append(_entry(model, index))
            waiting += [model.index(row, 0, index) for row in reversed(range(model.rowCount(index)))]
        return entries

    # What stands on a page

    def text(self, page: int) -> str:
        """All the words of a page."""
        if page not in self._texts:
            with TURN:
                self._texts[page] = self.document.getAllText(page).text()
        return self._texts[page]

    def find(self, page: int, words: str) -> list[Place]:
        """Where `words` stand on a page: small letters find capitals too, and a space finds the end of a line."""
        pattern = r"\s+".join(map(re.escape, words.split()))
        text = self.text(page)
        found = re.finditer(pattern, text, re.IGNORECASE) if pattern else ()
        return [_in_utf16(text, match.start(), match.end()) for match in found]

    def areas(self, page: int, places: Sequence[Place]) -> list[QRectF]:
        """What these words cover on a page."""
        with TURN:
            found = [self.document.getSelectionAtIndex(page, *place) for place in places]
        return [area for selection in found for area in _areas(selection)]

    def between(self, page: int, start: tuple[float, float], end: tuple[float, float]) -> Words | None:
        """The words from one place of a page to another; None where one of them is not near a word."""
        with TURN:
            selection = self.document.getSelection(page, QPointF(*start), QPointF(*end))
        return Words(selection.text(), _areas(selection)) if selection.isValid() else None

    def whole(self, page: int) -> Words:
        """All the words of a page, with what they cover."""
        with TURN:
            selection = self.document.getAllText(page)
        return Words(selection.text(), _areas(selection))

    def links(self, page: int) -> list[Link]:
        """The links of a page."""
        with TURN:
            model = QPdfLinkModel()
            model.setDocument(self.document)
            model.setPage(page)
            links = [model.index(row, 0).data(_ITS_LINK) for row in range(model.rowCount(QModelIndex()))]
            return [
                Link(tuple(link.rectangles()), link.page(), link.location().y(), link.url().toString())
                for link in links
            ]


_Fault = QPdfDocument.Error
_ITS_LINK = QPdfLinkModel.Role.Link.value
_Role = QPdfBookmarkModel.Role


def _entry(model: QPdfBookmarkModel, index: QModelIndex) -> Entry:
    title, level, page, place = (
        index.data(role.value) for role in (_Role.Title, _Role.Level, _Role.Page, _Role.Location)
    )
    return Entry(" ".join(str(title).split()), int(level), int(page), place.y())


def _areas(selection: QPdfSelection) -> tuple[QRectF, ...]:
    return tuple(outline.boundingRect() for outline in selection.bounds())


def _in_utf16(text: str, start: int, end: int) -> Place:
    """QtPdf counts as Qt does: what is beyond the first 65,536 characters of Unicode counts twice."""
    if text.isascii():
        return start, end - start
    before, within = (len(part.encode("utf-16-le")) // 2 for part in (text[:start], text[start:end]))
    return before, within


def read_pdf(path: Path) -> PdfFile:
    """Read a file. Raises `NoAccess` or `Damaged`."""
    if path.stat().st_size > LARGEST:
        raise too_large()
    file = QFile(path)
    if not file.open(QFile.OpenModeFlag.ReadOnly):
        raise NoAccess("This PDF could not be read.", "Check that its file is still on the shelf.")
    data = file.readAll()
    file.close()
    return PdfFile(data)


def too_large() -> ProblemForTeacher:
    """What is said of a PDF that is larger than `LARGEST`."""
    return NoAccess("This PDF is too large to be shown here.", _ELSEWHERE)
