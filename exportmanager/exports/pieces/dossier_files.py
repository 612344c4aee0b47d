"""The files of a workspace for a dossier: the code to print, what differs from the starter files, a list of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from exportmanager.core.errors import Damaged
from exportmanager.core.guide import AUTHORS_FILES
from exportmanager.core.meter import Meter
from exportmanager.core.package import PackedFile
from exportmanager.formats.colours import language_of_file
from exportmanager.formats.comparing import Row, RowKind, rows
from exportmanager.formats.notebooks import notebook_lines
from exportmanager.formats.pdf.dossier import Block, Changes, Code, Listing, Paragraph, Section
from exportmanager.formats.pdf.dossier import ChangedLine as Line
from exportmanager.formats.texts import Text, encoding_of
from exportmanager.formats.untrusted import printable
from exportmanager.formats.zips import Member, ZipReader

_LARGEST, _NOTEBOOK = 512 << 10, 16 << 20
"""Bytes of a file that is printed; most of a notebook may be pictures, which are not."""
_LONGEST = 2_000
"""Characters of a line that are printed."""
_OF_A_FILE, _OF_ALL, _OF_SAME, _OF_CHANGES = 4_000, 9_000, 2_000, 2_500
"""Lines on paper: of one file, of all files, of those that are as in the starter files, and of differences."""
_PER_LINE = 90
"""Letters of code in a line on paper."""
_LISTED = 1_000
_CONTEXT = 3
_BEYOND = "the dossier would be too long"


@dataclass(frozen=True, slots=True)
class Files:
    """The files in a package, with what the library recorded of them."""

    package: bytes | Path
    entries: Sequence[PackedFile]


@dataclass(slots=True)
class FilesTold:
    """What a dossier says of the files: sections with code and differences, and how many files there are.

    `short` are pairs of a file of the student's own work that is not printed whole, for its length, and why.
    """

    code: list[Section] = field(default_factory=list)
    changes: list[Section] = field(default_factory=list)
    listed: list[tuple[str, str, str, str]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    short: list[tuple[str, str]] = field(default_factory=list)
    files: int = 0


def files_told(workspace: Files, starter: Files | None, meter: Meter) -> FilesTold:
    """Read what is to be printed. Raises `Cancelled`, and `Damaged` where a package is no zip of ours."""
    with ExitStack() as stack:
        before = _Read(starter, stack) if starter else None
        work = _Work(_Read(workspace, stack), before, meter)
        return work.told()


class _Read:
    """A package that is open."""

    def __init__(self, files: Files, stack: ExitStack) -> None:
        self._reader = stack.enter_context(
            ZipReader(BytesIO(files.package) if isinstance(files.package, bytes) else files.package)
        )
        self.entries = {entry.path: entry for entry in files.entries}
        self._members: Mapping[str, Member] = {member.name: member for member in self._reader.members()}

    def lines(self, path: str) -> list[str] | str:
        """The lines of a text, or why they are not printed."""
        entry = self.entries[path]
        if entry.link is not None:
            return f"a link to {printable(entry.link, 200)}"
        too_large = f"larger than {_LARGEST >> 10} KiB"
        if entry.size > (_NOTEBOOK if is_notebook(path) else _LARGEST):
            return too_large
        member = self._members.get(path)
        if member is None:
            raise Damaged(f"{printable(path)} is not in its package.")
        data = b"".join(self._reader.unpacked_chunks(member))
        if is_notebook(path) and (cells := notebook_lines(data, path)) is not None:
            return [line[:_LONGEST] for line in cells]
        if len(data) > _LARGEST:
            return too_large
        encoding = encoding_of(data)
        if encoding is None:
            return "not text"
        text = Text(data, encoding)
        return text.lines(0, text.line_count, _LONGEST)


@dataclass(slots=True)
class _Work:
    """Goes through the files: those that the student changed first, for they are what there is to judge."""

    mine: _Read
    before: _Read | None
    meter: Meter
    used: int = 0
    of_same: int = 0
    of_changes: int = 0
    found: dict[str, Section] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    short: dict[str, str] = field(default_factory=dict)

    def told(self) -> FilesTold:
        paths = sorted(self.mine.entries)
        same = {path for path in paths if self._is_same(path)}
        changes = []
        by_weight = sorted(paths, key=lambda path: path in same)
        for path in by_weight:
            self.meter.advance(0, printable(path))
            self._print(path, is_same=path in same)
            if self.before and path in self.before.entries and path not in same:
                changes.append(self._changed(self.before, path))
        removed = self.before.entries.keys() - self.mine.entries.keys() if self.before else ()
        return FilesTold(
            code=[self.found[path] for path in paths if path in self.found],
            changes=changes,
            listed=[self._row(path, is_same=path in same) for path in sorted(by_weight[:_LISTED])],
            removed=sorted(path for path in removed if not path.startswith(AUTHORS_FILES)),
            short=[(printable(path, 200), why) for path, why in sorted(self.short.items())],
            files=len(paths),
        )

    def _is_same(self, path: str) -> bool:
        before = self.before.entries.get(path) if self.before else None
        mine = self.mine.entries[path]
        return before is not None and (before.sha256, before.link) == (mine.sha256, mine.link)

    def _print(self, path: str, *, is_same: bool) -> None:
        """Make a section of the file, or of its beginning, or note why there is none."""
        room = min(_OF_A_FILE, _OF_ALL - self.used, _OF_SAME - self.of_same if is_same else _OF_ALL)
        lines = self.mine.lines(path) if room > 0 else _BEYOND
        if isinstance(lines, str):
            self._leave_out(path, lines, is_same=is_same)
            return
        shown = _fitting(lines, room)
        if lines and (not shown or (is_same and len(shown) < len(lines))):
            self._leave_out(path, _BEYOND, is_same=is_same)
            return
        length = _length(shown)
        self.used += length
        self.of_same += length if is_same else 0
        if len(shown) < len(lines):
            self.short[path] = f"only its first {len(shown):,} of {len(lines):,} lines are printed: {_BEYOND}"
        self.found[path] = Section(printable(path, 200), 1, tuple(self._blocks(path, shown)))

    def _leave_out(self, path: str, why: str, *, is_same: bool) -> None:
        self.why[path] = why
        if why == _BEYOND and not is_same:
            self.short[path] = f"it is listed, but not printed: {_BEYOND}"

    def _blocks(self, path: str, lines: Sequence[str]) -> Iterator[Block]:
        """The lines of a file, and what is to be said of them."""
        if not lines:
            nothing = "The notebook has no cells." if is_notebook(path) else "The file is empty."
            yield Paragraph(nothing, is_quiet=True)
            return
        if is_notebook(path) and lines[0].startswith("[cell "):
            yield Paragraph("A notebook: its cells, and what they gave, one below the other.", is_quiet=True)
            yield Code(tuple(lines), "")
        else:
            yield Code(tuple(lines), language_of_file(path, lines[0]))
        if why := self.short.get(path):
            yield Paragraph(f"{why[:1].upper()}{why[1:]}.")

    def _changed(self, before: _Read, path: str) -> Section:
        """What differs from the starter file, or why that is not printed."""
        old, new = before.lines(path), self.mine.lines(path)
        title = printable(path, 200)
        if isinstance(old, str) or isinstance(new, str):
            why = new if isinstance(new, str) else old
            return Section(title, 1, (Paragraph(f"The file is another one. It is not compared: {why}."),))
        lines = tuple(_unified(old, new))
        length = _length([line.text for line in lines])
        if self.of_changes + length > _OF_CHANGES:
            return Section(title, 1, (Paragraph(f"The file is another one. It is not compared: {_BEYOND}."),))
        self.of_changes += length
        same = "Its lines are the same: only how they end, or how the text is stored, differs."
        return Section(title, 1, (Changes(lines) if lines else Paragraph(same),))

    def _row(self, path: str, *, is_same: bool) -> tuple[str, str, str, str]:
        entry = self.mine.entries[path]
        is_new = self.before is not None and path not in self.before.entries
        state = "the same" if is_same else "new" if is_new else "changed" if self.before else ""
        here = self.short.get(path, "printed") if path in self.found else f"listed only: {self.why[path]}"
        sha = "" if entry.link is not None else f"\n{entry.sha256}"
        return f"{printable(path, 200)}{sha}", f"{entry.size:,}", state, here


def listing_of(told: FilesTold) -> Listing:
    """The list of all files."""
    return Listing(("File, and its SHA-256", "Bytes", "Starter file", "In this dossier"), tuple(told.listed))


def beyond_list(told: FilesTold) -> int:
    """How many files are not even listed."""
    return told.files - len(told.listed)


def is_notebook(path: str) -> bool:
    """Whether a file is called like a notebook."""
    return path.lower().endswith(".ipynb")


def _fitting(lines: Sequence[str], room: int) -> Sequence[str]:
    """As many of the lines as `room` lines on paper hold."""
    for number, line in enumerate(lines):
        room -= _length([line])
        if room < 0:
            return lines[:number]
    return lines


def _length(lines: Sequence[str]) -> int:
    return sum(1 + len(line) // _PER_LINE for line in lines)


def _unified(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """What differs, with a few lines around, as ``diff -u`` says it."""
    found = rows(old, new)
    for first, last in _stretches(found):
        part = found[first:last]
        at = next((row.left for row in part if row.left is not None), 0)
        there = next((row.right for row in part if row.right is not None), 0)
        yield Line("@", 0, 0, f"@@ from line {at + 1} before, line {there + 1} now @@")
        yield from _lines(part, old, new)


def _stretches(found: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Where rows that differ are, with those around them; what touches is one."""
    first = last = -1
    for number, row in enumerate(found):
        if row.kind is RowKind.SAME:
            continue
        if last < 0 or number - _CONTEXT > last:
            if last >= 0:
                yield first, min(last, len(found))
            first = max(number - _CONTEXT, 0)
        last = number + _CONTEXT + 1
    if last >= 0:
        yield first, min(last, len(found))


def _lines(part: Sequence[Row], old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """The lines of some rows; of those that differ first what was, then what is."""
    added: list[Line] = []
    for row in part:
        if row.kind is RowKind.SAME and row.left is not None and row.right is not None:
            yield from added
            added = []
            yield Line(" ", row.left + 1, row.right + 1, new[row.right])
            continue
        if row.left is not None:
            yield Line("-", row.left + 1, 0, old[row.left])
        if row.right is not None:
            added.append(Line("+", 0, row.right + 1, new[row.right]))
    yield from added
