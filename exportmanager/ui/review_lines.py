"""Lines of files for the window, some thousand at a time; asked off its thread, as is what is found in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from exportmanager.formats.colours import Span
from exportmanager.formats.texts import LONGEST
from exportmanager.ui.review_code import Line

PAGE = 2_000
"""Lines that are shown at a time; more of them, and the window would wait while they are laid out."""
MOST_FOUND = 5_000
_LETTERS = 250_000
"""Letters of a page: where it has more, its long lines are cut."""
_SHORTEST = 120
_SLICE = 2_000


class Rows(Protocol):
    """What lines come from; any thread may ask."""

    @property
    def line_count(self) -> int:
        """How many there are."""

    def lines(self, start: int, stop: int, longest: int = LONGEST) -> list[str]:
        """Those from `start` (counted from 0) to before `stop`, each with at most about `longest` letters."""


Colours = Callable[[int, int], Sequence[Sequence[Span]]]
"""Gives the colours of the lines from the first number to before the second."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown; `colours` is None where there are none. `is_cut`: the file goes on after it."""

    text: Rows
    colours: Colours | None = None
    is_cut: bool = False


@dataclass(slots=True)
class Wish:
    """Words that are looked for, until others are. `is_partly`: not all of the file was looked through."""

    words: str
    is_over: bool = False
    is_partly: bool = False
    found: list[tuple[int, Span]] = field(default_factory=list)


def page_of(shown: Shown, page: int) -> list[Line]:
    """The lines of a page."""
    start = page * PAGE
    stop = min(start + PAGE, shown.text.line_count)
    lines = shown.text.lines(start, stop)
    if sum(map(len, lines)) > _LETTERS:
        lines = shown.text.lines(start, stop, max(_SHORTEST, min(LONGEST, _LETTERS // max(1, len(lines)))))
    return [Line(text, start + n + 1) for n, text in enumerate(lines)]


def coloured(colours: Colours, start: int, first: int, after: int) -> dict[int, Sequence[Span]]:
    """The colours of some rows of the page that begins with line `start`."""
    return {first + n: found for n, found in enumerate(colours(start + first, start + after)) if found}


def find_in(shown: Shown, wish: Wish) -> Wish:
    """Look for words in all of a text, without regard to case; given up once it `is_over`."""
    pattern = re.compile(re.escape(wish.words), re.IGNORECASE)
    wish.is_partly = shown.is_cut
    for start in range(0, shown.text.line_count, _SLICE):
        for n, line in enumerate(shown.text.lines(start, start + _SLICE)):
            wish.is_partly |= len(line) > LONGEST
            wish.found += [(start + n, Span(*match.span(), "found")) for match in pattern.finditer(line)]
        if wish.is_over or len(wish.found) >= MOST_FOUND:
            wish.is_partly = True
            break
    return wish
