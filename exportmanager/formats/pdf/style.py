"""How pages are set: sizes in points, and colours that are quiet on a screen and clear on paper."""

from __future__ import annotations

from dataclasses import dataclass, replace

from exportmanager.formats.pdf.lines import TextStyle
from exportmanager.formats.pdf.spans import Look

INK = "#1f2328"
MUTED = "#656d76"
LINK = "#0b57a4"
LINE = "#d0d7de"
"""Rules, and the lines of tables."""
GROUND = "#f4f6f8"
"""Under code and the headings of tables."""
MARKED = "#fff3b0"

BODY = TextStyle(size=10, leading=14.5, colour=INK, before=0, after=7)
TIGHT = replace(BODY, after=2)
"""Paragraphs of lists whose items stand close together, and of tables."""
HEADINGS = (
    TextStyle(size=19, leading=24, colour=INK, before=18, after=9, keep_with_next=True),
    TextStyle(size=14.5, leading=19, colour=INK, before=16, after=7, keep_with_next=True),
    TextStyle(size=12, leading=16, colour=INK, before=13, after=5, keep_with_next=True),
    TextStyle(size=10.5, leading=15, colour=INK, before=11, after=4, keep_with_next=True),
    TextStyle(size=10, leading=14.5, colour=INK, before=10, after=3, keep_with_next=True),
    TextStyle(size=10, leading=14.5, colour=MUTED, before=10, after=3, keep_with_next=True),
)
"""From h1 to h6; their words are `HEADING`."""
CODE = TextStyle(size=8.5, leading=12, colour=INK, preserve=True)
LABEL = TextStyle(size=8, leading=11, colour=MUTED, after=3, keep_with_next=True)
"""What a box is, above what stands in it; its words are `HEADING`."""
NOTE = TextStyle(size=8.5, leading=12, colour=MUTED, before=2, after=6)
"""Small print: notes, footnotes, what is not shown."""
CAPTION = TextStyle(size=8.5, leading=12, colour=MUTED, before=3, after=8)

HEADING = Look(bold=True)
MONO = Look(mono=True, size=0.9)
"""Code in a line."""
CODE_WORDS = Look(mono=True, size=0.9, ground=GROUND)
QUIET = Look(colour=MUTED)
BUTTON = Look(bold=True, size=0.9, ground="#dfe5ec")
PLACEHOLDER = Look(italic=True, colour=MUTED, ground=GROUND)
"""Words in place of something that is not shown."""

GAP = 9.0
"""Around boxes, tables, code, pictures."""
INDENT = 18.0
"""How far lists and definitions stand in."""
TALLEST = 460.0
"""The height of the tallest picture: with a heading, in a box, it still fits every page."""


@dataclass(frozen=True, slots=True)
class Mood:
    """The colours of a box, as ``#rrggbb``: its ground, the bar at its side ("": none), and its label."""

    ground: str
    bar: str
    label: str


MOODS = {
    "info": Mood("#eff5fc", "#3d7fc7", "#23598f"),
    "warning": Mood("#fdf6e3", "#c98a04", "#85590a"),
    "important": Mood("#fdf0ef", "#c9443a", "#a02c24"),
    "good": Mood("#eef8f0", "#3a9152", "#256b39"),
    "neutral": Mood("#f6f7f9", "#9aa4af", MUTED),
    "teacher": Mood("#f8f2fb", "#8a4fae", "#6d3a8c"),
    "question": Mood("#f7f9fc", "#5b7ea6", "#34567d"),
    "code": Mood(GROUND, "", MUTED),
    "plain": Mood("", LINE, MUTED),
}
"""The moods of boxes: those of guides_html.style, and of code; ``plain`` has no ground (quotations)."""
INKS = {
    "keyword": "#9a2a6e",
    "name": "#1f5fa8",
    "string": "#1d6b34",
    "number": "#8a5200",
    "comment": "#6a737d",
}
"""The colours of code, by what guides_html calls its parts."""
