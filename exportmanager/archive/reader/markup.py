"""Makes HTML of values: whatever a student wrote goes through `text`, `label` or `href`, and so stays text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from exportmanager.exports.pieces.sheets import at
from exportmanager.formats.answers import number_of
from exportmanager.formats.untrusted import printable

_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What HTML cannot hold: control characters, halves of pairs, and what is no character."""
_HARMLESS = re.compile(r"[A-Za-z0-9_.\- ]*")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_.\-/]+")
_LONGEST = 4_096
NOT_LINKED = ", not linked: a browser might run it"
_SUFFIXES = """
    txt text md markdown rst log csv tsv json jsonl ipynb yaml yml toml ini cfg sql tex diff patch
    py java kt scala c h cc cpp cxx hh hpp hxx cs go rs swift rb lua pl r jl m hs ml asm pas
    js mjs cjs jsx ts tsx css scss sass less sh bash bat ps1 png jpg jpeg gif webp bmp ico tif tiff
    pdf mp3 wav ogg mp4 webm zip gz tar 7z jar class docx xlsx pptx odt ods odp db sqlite npy npz parquet
"""
_SHOWN = frozenset(_SUFFIXES.split())
"""Suffixes of files that browsers show as text or pictures, or save.

Others are not linked: pages would run their scripts, and what neither Firefox nor the system knows a type of becomes a
page there when it begins like one. (``download`` does not help: Chromium does not heed it for files.)
"""


def text(value: object) -> str:
    """Any text for HTML, also between quotes."""
    return html.escape(_NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", str(value)))


def label(name: str) -> str:
    """A name, shown so that no sign in it can turn the order of its letters or of those around it."""
    if _HARMLESS.fullmatch(name):  # nearly all are
        return name
    shown = name if name.isprintable() else printable(name, _LONGEST)
    return html.escape(shown) if shown.isascii() else f"<bdi>{html.escape(shown)}</bdi>"


def quoted(value: str) -> str:
    """A name between the quotes of an attribute."""
    return html.escape(value if value.isprintable() else printable(value, _LONGEST))


def href(path: str) -> str:
    """A path as a relative URL, between quotes."""
    return path if _PLAIN_PATH.fullmatch(path) else quote(path, safe="/", errors="replace")


def link_end(path: str, name: str) -> str:
    """What follows ``<a href="`` and the address of a folder in a link to a file; "" where there must be no link."""
    return f'{href(path)}">{label(name)}</a>' if path.rpartition(".")[2].lower() in _SHOWN else ""


def file_line(path: str, name: str, number: int) -> str:
    """A file that this program made, in a list, with its size."""
    return f'<li><a href="{href(path)}">{label(name)}</a> <small>{size(number)}</small></li>\n'


def written(value: str) -> str:
    """What somebody wrote that may be code, with its lines, in the direction of its script."""
    return f'<pre dir="auto">\n{text(value)}</pre>'  # the first line's end is not shown


def told(value: str) -> str:
    """What somebody wrote for people to read, with its lines."""
    return f'<pre class="told" dir="auto">\n{text(value)}</pre>'


def size(number: int) -> str:
    """A number of bytes in words."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= scale:
            return f"{number / scale:.1f} {unit}"
    return counted(number, "byte")


def counted(number: int, thing: str) -> str:
    """A number with its noun."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def points(number: float) -> str:
    """A number of points with its noun."""
    return f"{number_of(number)} {'point' if number == 1 else 'points'}"


def percent(grade: float | None) -> str:
    """A grade; "" for none."""
    return "" if grade is None else f"{grade:g} %"


def duration(seconds: int | None) -> str:
    """A length of time; "" for none."""
    if seconds is None:
        return ""
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min" if seconds >= 60 else f"{seconds} s"


def time_cell(seconds: int | None) -> str:
    """A length of time as a cell of a table, which is sorted by its seconds."""
    by = "" if seconds is None else f' data-by="{seconds}"'
    return f'<td class="number"{by}>{duration(seconds)}</td>'


def moment(value: datetime | None, zone: ZoneInfo) -> str:
    """A day and time in `zone`; "" for none."""
    local = at(value, zone)
    return local.isoformat(" ")[:16] if local else ""


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """What is known, as HTML, each by its name; what is not known is left out."""
    known = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in pairs if value)
    return f'<dl class="facts">{known}</dl>\n' if known else ""


def head_row(*names: str) -> str:
    """The header of a table; a column of numbers has a ``#`` before its name."""
    cells = "".join(
        f'<th scope="col" class="number">{name[1:]}</th>' if name[0] == "#" else f'<th scope="col">{name}</th>'
        for name in names
    )
    return f"<thead><tr>{cells}</tr></thead>"
