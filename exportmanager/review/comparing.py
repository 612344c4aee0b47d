"""Compares two workspaces file by file, and two files side by side; and says what a workspace may be compared with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from exportmanager.core.errors import BadSource
from exportmanager.core.export import counted
from exportmanager.core.guide import AUTHORS_FILES
from exportmanager.core.trees import EntryKind
from exportmanager.formats.comparing import Row, RowKind, go_on, rows
from exportmanager.formats.comparing_words import Span, differences
from exportmanager.formats.texts import LONGEST, Text, encoding_of
from exportmanager.review.opening import Entry, Opened

MOST_BYTES = 16 << 20
"""Of a file that is compared line by line."""
_PIECE = 1 << 20
_SLICE = 20_000
"""Lines that are read at once."""


class Change(Enum):
    """What became of a file from the left to the right; in the order in which people want to see them."""

    CHANGED = "changed"
    RENAMED = "renamed"
    ADDED = "added"
    REMOVED = "removed"
    SAME = "same"


class FileRow(NamedTuple):
    """A file in two workspaces, None where it is not there; `trouble` is why it could not be read, "" if it could."""

    change: Change
    left: Entry | None
    right: Entry | None
    trouble: str = ""

    @property
    def path(self) -> str:
        """Where it is, on the right if it is there."""
        entry = self.right or self.left
        assert entry is not None, "a row is about a file"
        return entry.path


class _Side:
    """A workspace, and what its files are by content; files are read only if there is no other way to tell."""

    def __init__(self, opened: Opened, check: Callable[[], None]) -> None:
        self._opened, self._check = opened, check
        self.entries = {entry.path: entry for entry in opened.entries()}
        self._sums: dict[str, str] = {}

    def content(self, entry: Entry) -> str:
        """What is the same for files and links of the same content. Raises `BadSource`."""
        if entry.kind is not EntryKind.FILE:
            return f"{entry.kind.value} {entry.link}"
        if entry.path not in self._sums:
            self._sums[entry.path] = entry.sha256 or self._sum(entry.path)
        return self._sums[entry.path]

    def _sum(self, path: str) -> str:
        digest = hashlib.sha256()
        with self._opened.stream(path) as file:
            while piece := file.read(_PIECE):
                self._check()
                digest.update(piece)
        return digest.hexdigest()

    def names(self) -> set[str]:
        """What lies at the top."""
        return {path.partition("/")[0] for path in self.entries}

    def step_inside(self, others: Set[str]) -> None:
        """Let paths begin in the folder that holds all there is, unless the other one has it (among `others`) too."""
        names = self.names()
        if len(names) == 1 and not names & others and not names & self.entries.keys():
            self.entries = {path.partition("/")[2]: entry for path, entry in self.entries.items()}

    def only(self, other: _Side) -> list[Entry]:
        """What the other one has not."""
        return [entry for path, entry in self.entries.items() if path not in other.entries]


def compare(
    left: Opened, right: Opened, check: Callable[[], None] = go_on, *, within_folders: bool = False
) -> list[FileRow]:
    """What differs between two workspaces: changed files first, each kind by path. Raises `BadSource`.

    That a student has not got what only authors have in a project, such as the guide, is no difference.
    `check` is called while files are read, and may raise to end the work. `within_folders`: where all of one lies in
    one folder, as in zips that desktops make, what is in that is compared, whatever the folder is called.
    """
    here, there = _Side(left, check), _Side(right, check)
    if within_folders:
        names = here.names(), there.names()
        here.step_inside(names[1])
        there.step_inside(names[0])
    found = [_in_both(here, there, path) for path in here.entries if path in there.entries]
    removed, added = here.only(there), there.only(here)
    if left.is_published and not right.is_published:
        removed = [entry for entry in removed if not entry.path.startswith(AUTHORS_FILES)]
    renamed = list(_renamed(here, there, removed, added))
    moved = {row.left for row in renamed} | {row.right for row in renamed}
    found += renamed
    found += (FileRow(Change.REMOVED, entry, None) for entry in removed if entry not in moved)
    found += (FileRow(Change.ADDED, None, entry) for entry in added if entry not in moved)
    order = list(Change)
    return sorted(found, key=lambda row: (order.index(row.change), row.path))


def _in_both(here: _Side, there: _Side, path: str) -> FileRow:
    left, right = here.entries[path], there.entries[path]
    if left.kind is not right.kind or (left.kind is EntryKind.FILE and left.size != right.size):
        return FileRow(Change.CHANGED, left, right)
    try:
        is_same = here.content(left) == there.content(right)
    except BadSource as problem:
        return FileRow(Change.CHANGED, left, right, problem.what)
    return FileRow(Change.SAME if is_same else Change.CHANGED, left, right)


def _renamed(here: _Side, there: _Side, removed: Sequence[Entry], added: Sequence[Entry]) -> Iterator[FileRow]:
    """Files that have the same content elsewhere: under the same name, if they can be. Empty ones say nothing."""
    sizes = {entry.size for entry in removed} & {entry.size for entry in added} - {0}
    by_content: dict[str, list[Entry]] = {}
    for entry in added:
        if entry.size in sizes and (content := _content(there, entry)):
            by_content.setdefault(content, []).append(entry)
    for entry in removed:
        if entry.size in sizes and (places := by_content.get(_content(here, entry))):
            new = next((place for place in places if _name(place) == _name(entry)), places[0])
            places.remove(new)
            yield FileRow(Change.RENAMED, entry, new)


def _content(side: _Side, entry: Entry) -> str:
    """What a file is by content; "" where it cannot be read, which whoever opens it is told."""
    try:
        return side.content(entry) if entry.kind is EntryKind.FILE else ""
    except BadSource:
        return ""


def _name(entry: Entry) -> str:
    return entry.path.rpartition("/")[2]


class Shown(NamedTuple):
    """A row as it is shown: the lines, "" where there is none, and where they differ."""

    left: str
    right: str
    left_spans: Sequence[Span]
    right_spans: Sequence[Span]


@dataclass(frozen=True)
class Compared:
    """Two files side by side. `notes` are sentences on what lines do not show; without texts there are only these.

    `is_same`: they are the same byte by byte. `rows` are all of them, in the order of both files, and `changes` the
    numbers of those at which something begins to differ.
    """

    is_same: bool
    notes: Sequence[str]
    left: Text | None = None
    right: Text | None = None
    rows: Sequence[Row] = ()
    changes: Sequence[int] = ()
    ignore_space: bool = False

    def lines(self, row: Row, longest: int = LONGEST) -> tuple[str, str]:
        """Both lines of a row as they are shown, of about `longest` letters at most; "" where there is none."""
        return _shown(self.left, row.left, longest), _shown(self.right, row.right, longest)

    def shown(self, row: Row, longest: int = LONGEST) -> Shown:
        """A row as it is shown, with the differences inside its lines."""
        left, right = self.lines(row, longest)
        if row.kind is not RowKind.CHANGED:
            return Shown(left, right, (), ())
        return Shown(left, right, *differences(left, right, ignore_space=self.ignore_space))


def _lines(text: Text, check: Callable[[], None]) -> list[str]:
    found: list[str] = []
    for start in range(0, text.line_count, _SLICE):
        check()
        found += text.raw_lines(start, start + _SLICE, MOST_BYTES)
    return found


def _shown(text: Text | None, line: int | None, longest: int) -> str:
    return "" if text is None or line is None else text.lines(line, line + 1, longest)[0]


def _changes(found: Sequence[Row]) -> list[int]:
    kinds = [RowKind.SAME, *(row.kind for row in found)]
    pairs = zip(kinds, kinds[1:], strict=False)
    return [at for at, (before, kind) in enumerate(pairs) if before is RowKind.SAME is not kind]


def compare_file(
    left: Opened,
    left_path: str | None,
    right: Opened,
    right_path: str | None,
    check: Callable[[], None] = go_on,
    *,
    ignore_space: bool = False,
) -> Compared:
    """A file in two workspaces; None for where it is not. Raises `BadSource`; `KeyError` for no file.

    `check` is called often meanwhile, and may raise to end the work.
    """
    data, other = _data(left, left_path, check), _data(right, right_path, check)
    is_in_both = left_path is not None and right_path is not None
    is_same = is_in_both and data == other
    if max(len(data), len(other)) > MOST_BYTES:
        return Compared(False, [f"Only files of up to {MOST_BYTES >> 20} MB are compared line by line."])
    encoding, other_encoding = encoding_of(data), encoding_of(other)
    if encoding is None or other_encoding is None:
        return Compared(is_same, [_of_bytes(len(data), len(other), is_same=is_same)])
    check()
    text, other_text = Text(data, encoding), Text(other, other_encoding)
    notes = list(_notes(text, other_text)) if is_in_both and not is_same else []
    found = rows(_lines(text, check), _lines(other_text, check), check, ignore_space=ignore_space)
    return Compared(is_same, notes, text, other_text, found, _changes(found), ignore_space)


def _data(opened: Opened, path: str | None, check: Callable[[], None]) -> bytes:
    check()
    return b"" if path is None else opened.read(path, MOST_BYTES + 1)


def _of_bytes(size: int, other: int, *, is_same: bool) -> str:
    if is_same:
        return f"They are no text, and the same: {counted(size, 'byte')}."
    return f"They are no text, and differ: {counted(size, 'byte')} on the left, {counted(other, 'byte')} on the right."


def _notes(left: Text, right: Text) -> Iterator[str]:
    """What differs between two texts that their lines do not show."""
    if left.encoding.label != right.encoding.label and {left.encoding.label, right.encoding.label} != {
        "ASCII",
        "UTF-8",
    }:
        yield f"The encoding is {left.encoding.label} on the left, {right.encoding.label} on the right."
    if left.line_ends and right.line_ends and left.line_ends != right.line_ends:
        yield f"Line ends are {left.line_ends} on the left, {right.line_ends} on the right."
    bare = [side for side, text in (("left", left), ("right", right)) if text.line_count and not text.ends_with_newline]
    if len(bare) == 1:
        yield f"The file on the {bare[0]} has no newline at its end."
