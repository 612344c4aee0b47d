"""Reads a file of a workspace for people: what kind it is, and what can be shown of it without running anything."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from exportmanager.core.errors import BadOptions, BadSource, NotFound
from exportmanager.core.trees import EntryKind
from exportmanager.formats.colours import CONTEXT, Span, language_of_file, spans_of
from exportmanager.formats.hex import hex_rows
from exportmanager.formats.magic import form_of
from exportmanager.formats.markup_pages import Page, markdown_page, notebook_page
from exportmanager.formats.picture_heads import Head, picture_head
from exportmanager.formats.sheets import Sheet, sheet_of
from exportmanager.formats.texts import Encoding, Text, encoding_of, named_encoding
from exportmanager.formats.untrusted import is_safe, printable
from exportmanager.review.opening import Opened

LIMIT = 64 << 20
"""Bytes of a file that are read; of a larger one, its beginning."""
_HEAD = 1 << 20
_PICTURE = 16 << 20
_SUFFIXES = {".csv": "", ".tsv": "\t"}

As = Literal["", "text", "hex"]
"""How a file is to be shown: "" as what it is."""


@dataclass(frozen=True, slots=True)
class TextLook:
    """A text: its lines come from `text`, their colours from `spans`. Both may be asked by any thread."""

    size: int
    text: Text
    language: str

    def spans(self, start: int, stop: int) -> Sequence[Sequence[Span]]:
        """What is to be coloured in the lines from `start` to before `stop`, which are those of `text.lines`."""
        above = max(start - CONTEXT, 0)
        return spans_of(self.text.lines(above, stop), self.language, start - above)


@dataclass(frozen=True, slots=True)
class PageLook:
    """Markdown or a notebook (`form`) as a page; also as text."""

    size: int
    form: Literal["Markdown", "Notebook"]
    page: Page
    text: TextLook


@dataclass(frozen=True, slots=True)
class SheetLook:
    """A table; also as text."""

    size: int
    sheet: Sheet
    text: TextLook


@dataclass(frozen=True, slots=True)
class PictureLook:
    """A picture: its bytes, or in `why` a sentence why it is not drawn."""

    size: int
    head: Head
    data: bytes
    why: str = ""


@dataclass(frozen=True, slots=True)
class PdfLook:
    """A PDF, whole."""

    size: int
    data: bytes


@dataclass(frozen=True, slots=True)
class ArchiveLook:
    """An archive: what it holds (path and bytes), or in `why` a sentence why that cannot be told."""

    size: int
    members: Sequence[tuple[str, int]]
    why: str = ""


@dataclass(frozen=True, slots=True)
class BinaryLook:
    """Any other file: `data` is its beginning, if it is larger than `LIMIT`."""

    size: int
    data: bytes

    @property
    def row_count(self) -> int:
        """Rows of sixteen bytes."""
        return (len(self.data) + 15) // 16

    def rows(self, start: int, stop: int) -> list[str]:
        """Some of these rows, as text."""
        return hex_rows(self.data[16 * start : 16 * stop], 16 * start)


@dataclass(frozen=True, slots=True)
class LinkLook:
    """A link, and where it points."""

    target: str


Look = TextLook | PageLook | SheetLook | PictureLook | PdfLook | ArchiveLook | BinaryLook | LinkLook


def look_at(opened: Opened, path: str, encoding: str = "", shown_as: As = "") -> Look:
    """A file as people want to see it. `encoding` is the one that a teacher chose for a text.

    Raises `NotFound`, `BadSource`, and `BadOptions` for an encoding that is not known.
    """
    entry = opened.entry(path)
    if entry.kind is EntryKind.LINK:
        return LinkLook(printable(entry.link, 1000))
    if entry.kind is not EntryKind.FILE:
        raise NotFound(f"{printable(path)} is a folder.", "Choose a file in it.")
    head = opened.read(path, min(_HEAD, entry.size))
    if shown_as == "hex":
        return BinaryLook(entry.size, opened.read(path, LIMIT))
    if shown_as != "text" and not encoding and (found := _told_by_bytes(opened, path, entry.size, head)):
        return found
    stored = _encoding(head, encoding, must=shown_as == "text" or bool(encoding))
    data = head if entry.size <= len(head) else opened.read(path, LIMIT)
    if stored is None:
        return BinaryLook(entry.size, data)
    if entry.size > len(head) and not encoding:
        stored = encoding_of(data) or stored
    text = Text(data, stored, is_cut=entry.size > len(data))
    plain = TextLook(entry.size, text, language_of_file(path, "".join(text.lines(0, 1, 200))))
    return plain if shown_as == "text" else _told_by_name(opened, path, data, plain)


def _encoding(head: bytes, wanted: str, *, must: bool) -> Encoding | None:
    if not wanted:
        return encoding_of(head) or (Encoding("latin-1", "Latin-1") if must else None)
    if (chosen := named_encoding(wanted)) is None:
        raise BadOptions(f"There is no encoding called {printable(wanted)}.", "Use utf-8, utf-16, cp1252 or another.")
    return chosen


def _told_by_bytes(opened: Opened, path: str, size: int, head: bytes) -> Look | None:
    if picture := picture_head(head):
        return _picture_look(opened, path, size, picture)
    if head.startswith(b"%PDF-"):
        if size > LIMIT:
            return BinaryLook(size, opened.read(path, LIMIT))
        return PdfLook(size, opened.read(path, LIMIT))
    if form_of(lambda n: head[:n]):
        return _archive_look(opened, path, size)
    return None


def _picture_look(opened: Opened, path: str, size: int, head: Head) -> PictureLook:
    if not (head.width and head.height):
        return PictureLook(size, head, b"", "The picture is damaged: it says that it is empty.")
    if head.is_too_large or size > LIMIT:
        why = f"The picture has {head.width:,} × {head.height:,} pixels: to draw it would take too much memory."
        return PictureLook(size, head, b"", why)
    return PictureLook(size, head, opened.read(path, LIMIT))


def _archive_look(opened: Opened, path: str, size: int) -> ArchiveLook:
    try:
        with opened.archive(path) as container:
            return ArchiveLook(size, [(printable(e.path, 500), e.size) for e in container.entries])
    except BadSource as problem:
        return ArchiveLook(size, [], str(problem))


def _told_by_name(opened: Opened, path: str, data: bytes, plain: TextLook) -> Look:
    name = path.lower()
    if name.endswith(".ipynb") and not plain.text.is_cut and (page := notebook_page(data, path)):
        return PageLook(plain.size, "Notebook", page, plain)
    if name.endswith((".md", ".markdown")):
        page = markdown_page(plain.text.beginning(), partial(_picture_in, opened, path))
        return PageLook(plain.size, "Markdown", page, plain)
    for suffix, separator in _SUFFIXES.items():
        if name.endswith(suffix) and (sheet := sheet_of(plain.text, separator)):
            return SheetLook(plain.size, sheet, plain)
    return plain


def _picture_in(opened: Opened, page: str, address: str) -> bytes | None:
    """A picture that the page at `page` shows, if it lies in the same workspace."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), address))
    if not is_safe(path) or not opened.has(path) or opened.entry(path).size > _PICTURE:
        return None
    return opened.read(path, _PICTURE)
