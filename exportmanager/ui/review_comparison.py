"""Two workspaces compared, and a file in both, read off the window's thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exportmanager.core.errors import Cancelled
from exportmanager.core.trees import EntryKind
from exportmanager.formats.untrusted import printable
from exportmanager.jobs.background import check_open
from exportmanager.review.comparing import Change, Compared, FileRow, compare, compare_file
from exportmanager.review.opening import Entry, Opened
from exportmanager.review.where import Where
from exportmanager.ui.review_opened import OpenWorkspaces
from exportmanager.ui.review_side import Page, page_of
from exportmanager.ui.words import tr


class Halt:
    """Ends a comparison that nobody waits for any more; one for each."""

    def __init__(self) -> None:
        self._is_called = False

    def call(self) -> None:
        """Let it end soon."""
        self._is_called = True

    def check(self) -> None:
        """Raises `Cancelled` once it was called, or the window closes."""
        check_open()
        if self._is_called:
            raise Cancelled


@dataclass(frozen=True, slots=True)
class Comparison:
    """Another workspace, and what differs from it in this one."""

    other: Opened
    rows: Sequence[FileRow]


@dataclass(frozen=True, slots=True)
class Both:
    """A file in both, and the first page of it."""

    compared: Compared
    page: Page


def comparison_of(
    openings: OpenWorkspaces, opened: Opened, where: Where, halt: Halt, *, within_folders: bool = False
) -> Comparison:
    """Open another workspace and compare, as `compare` does. Raises `ProblemForTeacher`, `Cancelled`."""
    other = openings.open(where)
    try:
        return Comparison(other, compare(other, opened, halt.check, within_folders=within_folders))
    except BaseException:
        openings.let_go(other)
        raise


def both_of(comparison: Comparison, opened: Opened, found: FileRow, halt: Halt, *, ignore_space: bool) -> Both:
    """Compare a file line by line. Raises `ProblemForTeacher`, `Cancelled`."""
    left, right = found.left, found.right
    if any(entry.kind is not EntryKind.FILE for entry in (left, right) if entry is not None):
        note = tr("On the left it is {left}, on the right {right}.", left=_what(left), right=_what(right))
        return Both(Compared(found.change is Change.SAME, [note]), Page((), ()))
    paths = (left.path if left else None), (right.path if right else None)
    compared = compare_file(comparison.other, paths[0], opened, paths[1], halt.check, ignore_space=ignore_space)
    return Both(compared, page_of(compared, 0, halt.check))


def _what(entry: Entry | None) -> str:
    """What an entry is, one of which at least is no file."""
    if entry is None:
        return tr("not there")
    if entry.kind is EntryKind.LINK:
        return tr("a link to {target}", target=printable(entry.link))
    return tr("an empty folder") if entry.kind is EntryKind.FOLDER else tr("a file")
