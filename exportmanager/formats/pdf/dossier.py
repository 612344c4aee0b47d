"""Draws the sections of a dossier, in a drawing process: facts, tables, what somebody wrote, code and its changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Literal

from reportlab.platypus import Flowable

from exportmanager.formats.colours import spans_of
from exportmanager.formats.pdf.boxes import Box, Column, kept_together
from exportmanager.formats.pdf.calls import Tell
from exportmanager.formats.pdf.lines import TextBlock, widths
from exportmanager.formats.pdf.part import Part
from exportmanager.formats.pdf.sheets import Sheets
from exportmanager.formats.pdf.spans import LineEnd, Look, Span, Words
from exportmanager.formats.pdf.style import BODY, CODE, HEADING, HEADINGS, INKS, MUTED, NOTE, PLACEHOLDER, TIGHT
from exportmanager.formats.pdf.tables import Cell, Grid, Row
from exportmanager.formats.pdf.view import Edition, Missed
from exportmanager.formats.texts import visible

_AT_ONCE = 50
"""Lines of code that are set as one block."""
_TAB = 4
_WIDEST, _HASH = 150.0, 240.0
"""Points that a word in a table may ask for, and a SHA-256 below another; a longer one is cut."""
_CELL = replace(TIGHT, size=8.5, leading=12, align="left")
_LOOKS = {kind: Look(mono=True, colour=ink, italic=kind == "comment") for kind, ink in INKS.items()}
_CODE, _NUMBER = Look(mono=True), Look(mono=True, colour=MUTED)
_BELOW = Look(mono=True, size=0.72, colour=MUTED)
_CHANGED = {
    "+": Look(mono=True, colour="#14532d", ground="#dcf3e2"),
    "-": Look(mono=True, colour="#7f1d1d", ground="#fbe3e1"),
    "@": Look(mono=True, colour=MUTED, italic=True),
}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences; `is_quiet`: in small print."""

    text: str
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of texts; of a text of several lines, those below the first are small. Without a `head`, facts."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """What somebody wrote, as it is, in a box; `mood` is one of `style.MOODS`. Prose is not set like code."""

    label: str
    text: str
    mood: str = "neutral"
    is_prose: bool = True


@dataclass(frozen=True, slots=True)
class Code:
    """The lines of a file with their numbers; `language` as Pygments calls it, or ""."""

    lines: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line of a file that was changed: added, removed, the same, or the head of what is changed there (``@``).

    `before` and `now` are its numbers, 0 where it has none.
    """

    sign: Literal["+", "-", " ", "@"]
    before: int
    now: int
    text: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What was changed in a file."""

    lines: tuple[ChangedLine, ...]


Block = Paragraph | Listing | Quoted | Code | Changes


@dataclass(frozen=True, slots=True)
class Section:
    """A title (`depth` counts from 0), and what stands below it."""

    title: str
    depth: int
    blocks: tuple[Block, ...]

    @property
    def letters(self) -> int:
        """About how much it is."""
        return sum(sum(map(len, _texts(block))) for block in self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionsWanted:
    """Sections, the first of which is the `first`th of the document. `instead` are words in place of their blocks."""

    sections: tuple[Section, ...]
    first: int
    edition: Edition
    head: str
    has_colours: bool = True
    instead: str = ""


def section_name(number: int) -> str:
    """The destination of a section."""
    return f"s{number}"


def draw_sections(wanted: SectionsWanted, *, tell: Tell) -> Part:
    """Draw them, telling the number of each that is done."""
    missed = Missed()
    sheets = Sheets(wanted.edition, missed)
    sheets.left = wanted.head
    for number, section in enumerate(wanted.sections, wanted.first):
        sheets.right = section.title
        sheets.flow(kept_together(list(_flowables(section, wanted, missed))), section_name(number))
        tell(number)
    return sheets.end()


def _flowables(section: Section, wanted: SectionsWanted, missed: Missed) -> Iterator[Flowable]:
    title = HEADINGS[min(section.depth, 2)]
    yield TextBlock([Words(visible(section.title), HEADING)], title, missed)
    if wanted.instead:
        yield TextBlock([Words(wanted.instead, PLACEHOLDER)], BODY, missed)
        return
    for block in section.blocks:
        drawn = Code(block.lines, "") if isinstance(block, Code) and not wanted.has_colours else block
        yield from _DRAWN[type(drawn)](drawn, missed)


def _paragraph(block: Paragraph, missed: Missed) -> Iterator[Flowable]:
    yield TextBlock([Words(visible(block.text))], NOTE if block.is_quiet else BODY, missed)


def _quoted(block: Quoted, missed: Missed) -> Iterator[Flowable]:
    lines = visible(block.text.expandtabs(_TAB)).split("\n")
    if block.is_prose:
        inner: list[Flowable] = [TextBlock([Words(line or " ")], TIGHT, missed) for line in lines]
    else:
        inner = list(_blocks([[Words(line, _CODE)] for line in lines], missed))
    yield Box(inner, block.mood, block.label, missed)


def _listing(block: Listing, missed: Missed) -> Iterator[Flowable]:
    looks: list[Look] = [Look()] * 99 if block.head else [Look(colour=MUTED), *[Look()] * 98]
    rows = [_row(block.head, [HEADING] * 99, missed, is_head=True)] if block.head else []
    yield Grid([*rows, *(_row(row, looks, missed) for row in block.rows)])


def _row(texts: Sequence[str], looks: Sequence[Look], missed: Missed, *, is_head: bool = False) -> Row:
    return Row(tuple(_cell(text, look, missed) for text, look in zip(texts, looks, strict=False)), is_head)


def _cell(text: str, look: Look, missed: Missed) -> Cell:
    first, *more = visible(text).split("\n")
    spans: list[Span] = [Words(first, look)]
    for line in more:
        spans += [LineEnd(), Words(line, _BELOW)]
    narrow, wide = widths(spans, _CELL)
    return Cell(Column([TextBlock(spans, _CELL, missed)]), narrow=min(narrow, _HASH if more else _WIDEST), wide=wide)


def _code(block: Code, missed: Missed) -> Iterator[Flowable]:
    lines = [line.expandtabs(_TAB) for line in block.lines]
    digits = len(str(len(lines)))
    drawn = []
    for number, (line, found) in enumerate(zip(lines, spans_of(lines, block.language), strict=True), 1):
        at, spans = 0, [Words(f"{number:>{digits}}  ", _NUMBER)]
        for start, end, kind in found:
            spans += [Words(line[at:start], _CODE), Words(line[start:end], _LOOKS[kind])]
            at = end
        drawn.append([*spans, Words(line[at:], _CODE)])
    yield Box(list(_blocks(drawn, missed)), "code", "")


def _changes(block: Changes, missed: Missed) -> Iterator[Flowable]:
    digits = max((len(str(max(line.before, line.now))) for line in block.lines), default=1)
    yield Box(list(_blocks([_changed(line, digits) for line in block.lines], missed)), "code", "")


def _changed(line: ChangedLine, digits: int) -> list[Words]:
    look = _CHANGED.get(line.sign, _CODE)
    if line.sign == "@":
        return [Words(line.text, look)]
    before, now = (f"{number or '':>{digits}} " for number in (line.before, line.now))
    return [Words(f"{before}{now}", _NUMBER), Words(f"{line.sign} {line.text.expandtabs(_TAB)}", look)]


def _blocks(lines: Sequence[Sequence[Words]], missed: Missed) -> Iterator[Flowable]:
    """Lines as blocks of a few: of all in one, every page would cost as much as all pages."""
    for first in range(0, len(lines), _AT_ONCE):
        spans: list[Span] = []
        for line in lines[first : first + _AT_ONCE]:
            spans += [*(words for words in line if words.text), LineEnd()]
        yield TextBlock(spans[:-1], CODE, missed)


_DRAWN: dict[type, Callable[[Any, Missed], Iterator[Flowable]]] = {
    Paragraph: _paragraph,
    Listing: _listing,
    Quoted: _quoted,
    Code: _code,
    Changes: _changes,
}


def _texts(block: Block) -> Iterator[str]:
    if isinstance(block, Listing):
        return chain.from_iterable(block.rows)
    if isinstance(block, Code):
        return iter(block.lines)
    return (line.text for line in block.lines) if isinstance(block, Changes) else iter((block.text,))
