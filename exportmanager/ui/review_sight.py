"""What the review shows, read off the window's thread: a workspace with its files, and a file as it is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from exportmanager.core.errors import NotFound
from exportmanager.core.report import Gap
from exportmanager.core.trees import EntryKind
from exportmanager.formats.colours import Span
from exportmanager.review.looking import (
    ArchiveLook,
    As,
    BinaryLook,
    Look,
    PageLook,
    PdfLook,
    PictureLook,
    TextLook,
    look_at,
)
from exportmanager.review.opening import Entry, Opened
from exportmanager.review.where import Where
from exportmanager.ui.guide_sight import decoded
from exportmanager.ui.pdf_file import PdfFile
from exportmanager.ui.review_code import Line
from exportmanager.ui.review_facts import facts_in_words
from exportmanager.ui.review_lines import PAGE, Shown, page_of
from exportmanager.ui.review_nodes import FileNodes, nodes_of
from exportmanager.ui.review_opened import OpenWorkspaces
from exportmanager.ui.words import size, tr

_WIDEST, _FITTED = 6_000, 2_560
"""Pixels of a picture's longer side; what is larger is made smaller at once, to be shown whole, or fitted."""


@dataclass(frozen=True, slots=True)
class WorkspaceSight:
    """A workspace that is open. `states`: which files differ from the starter files; None: there are none."""

    where: Where
    opened: Opened
    entries: Sequence[Entry]
    nodes: FileNodes
    states: Mapping[str, str] | None
    gaps: Sequence[Gap]
    passphrase: str | None = None


def workspace_sight(openings: OpenWorkspaces, where: Where, passphrase: str | None = None) -> WorkspaceSight:
    """Open a workspace. Raises `ProblemForTeacher`."""
    opened = openings.open(where, passphrase)
    try:
        entries = opened.entries()
        states = _states(openings, where, entries)
        nodes = nodes_of(entries, states or {})
        return WorkspaceSight(where, opened, entries, nodes, states, opened.gaps, passphrase)
    except BaseException:
        openings.let_go(opened)
        raise


def _states(openings: OpenWorkspaces, where: Where, entries: Sequence[Entry]) -> Mapping[str, str] | None:
    """Which files of a student differ from the published ones, by their SHA-256, which the library knows."""
    if where.kind != "workspace":
        return None
    try:
        with openings.files.open(Where.of_published(where.course, where.assignment)) as published:
            starter = {entry.path: entry for entry in published.entries()}
    except NotFound:
        return None
    states = {}
    for entry in entries:
        if entry.kind is EntryKind.FOLDER:
            continue
        before = starter.get(entry.path)
        if before is None:
            states[entry.path] = "added"
        elif (before.sha256, before.link) != (entry.sha256, entry.link):
            states[entry.path] = "changed"
    return states


@dataclass(frozen=True, slots=True)
class FileSight:
    """A file as it is looked at: `shown` and its first page of `lines` where it is text, or bytes shown as such.

    `facts` is what is known of it, in words. `fitted` is a `picture` that is large made smaller. `members` are
    the rows of a table of what is in an archive.
    """

    path: str
    look: Look
    facts: Sequence[str] = ()
    shown: Shown | None = None
    lines: Sequence[Line] = ()
    picture: QImage = field(default_factory=QImage)
    fitted: QImage = field(default_factory=QImage)
    pictures: Mapping[str, QImage] = field(default_factory=dict)
    pdf: PdfFile | None = None
    members: Sequence[Sequence[str]] = ()
    go_to: int = -1
    marks: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a file is to be shown: its path, and where a teacher chose so its encoding and how; a line from 0.

    `marks` are places in `found`, which is the part of that line in which something was found.
    """

    path: str
    encoding: str = ""
    shown_as: As = ""
    line: int = -1
    found: str = ""
    marks: tuple[tuple[int, int], ...] = ()


class _Bytes:
    """Rows of bytes as lines."""

    def __init__(self, look: BinaryLook) -> None:
        self._look = look

    @property
    def line_count(self) -> int:
        """Sixteen bytes each."""
        return self._look.row_count

    def lines(self, start: int, stop: int, longest: int = 0) -> list[str]:
        """All rows are short."""
        return self._look.rows(start, min(stop, self.line_count))


def file_sight(opened: Opened, wanted: Wanted) -> FileSight:
    """Read a file. Raises `ProblemForTeacher`."""
    sight = _sight_of(opened, wanted)
    return replace(sight, facts=facts_in_words(sight.look))


def _sight_of(opened: Opened, wanted: Wanted) -> FileSight:
    shown_as: As = "text" if wanted.line >= 0 and not wanted.shown_as else wanted.shown_as
    look = look_at(opened, wanted.path, wanted.encoding, shown_as)
    if isinstance(look, TextLook):
        return _of_rows(wanted, look, Shown(look.text, look.spans if look.language else None, look.text.is_cut))
    if isinstance(look, BinaryLook):
        return _of_rows(wanted, look, Shown(_Bytes(look), is_cut=look.size > len(look.data)))
    return FileSight(wanted.path, look, **_beside(look))


def _beside(look: Look) -> dict[str, Any]:
    """What belongs to a look that is no text."""
    if isinstance(look, PictureLook) and look.data:
        whole, fitted = _pictures(look.data)
        return {"picture": whole, "fitted": fitted}
    if isinstance(look, PageLook):
        drawn = {name.partition(":")[2]: decoded(data) for name, data in look.page.pictures.items()}
        return {"pictures": {name: picture for name, picture in drawn.items() if picture is not None}}
    if isinstance(look, ArchiveLook):
        return {"members": [[tr("Name"), tr("Size")], *([path, size(count)] for path, count in look.members)]}
    return {"pdf": PdfFile(look.data)} if isinstance(look, PdfLook) else {}


def _of_rows(wanted: Wanted, look: Look, shown: Shown) -> FileSight:
    line = min(wanted.line, shown.text.line_count - 1)
    lines = page_of(shown, max(0, line) // PAGE)
    begin = lines[line % PAGE].text.find(wanted.found) if line >= 0 and wanted.found else -1
    marks = [Span(begin + start, begin + end, "found") for start, end in wanted.marks] if begin >= 0 else []
    return FileSight(wanted.path, look, shown=shown, lines=lines, go_to=line, marks=marks)


def _pictures(data: bytes) -> tuple[QImage, QImage]:
    """A picture, smaller where it is very large, and one that is quickly fitted; null ones where it is damaged.

    Each is read by itself: while Qt scales a picture that is in memory already, no other thread of Python goes on.
    """
    whole = _picture(data, _WIDEST)
    return whole, _picture(data, _FITTED) if max(whole.width(), whole.height()) > _FITTED else whole


def _picture(data: bytes, widest: int) -> QImage:
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if max(size.width(), size.height()) > widest:
        reader.setScaledSize(size.scaled(QSize(widest, widest), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()
