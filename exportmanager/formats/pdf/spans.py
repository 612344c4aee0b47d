"""What a line is made of: words in a look, things drawn among them, and ends of lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How words look. `size` is a factor of the text around; `colour` and `ground` are ``#rrggbb`` or "" (as around).

    `rise` lifts the words by so many of their sizes (negative: below the line).
    """

    bold: bool = False
    italic: bool = False
    mono: bool = False
    underline: bool = False
    strike: bool = False
    size: float = 1.0
    colour: str = ""
    ground: str = ""
    rise: float = 0.0


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Words:
    """A text; a line may end within it. `link` is an address, or ``#`` and a destination in the document, or ""."""

    text: str
    look: Look = PLAIN
    link: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Something that stands on the line like a word: a formula, a picture. All lengths in points.

    `draw` is called with a reportlab canvas and the left end of its base line. `words` are what a reader that copies
    or speaks the text should get.
    """

    width: float
    height: float
    depth: float
    draw: Callable[[Any, float, float], None]
    words: str = ""


@dataclass(frozen=True, slots=True)
class LineEnd:
    """A line ends here."""


Span = Words | Drawn | LineEnd
