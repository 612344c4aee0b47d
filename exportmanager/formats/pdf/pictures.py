"""Draws the pictures of a project: those on lines, those with a caption, and words in place of those it has not."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement
from reportlab.platypus import Flowable

from exportmanager.core.errors import ProblemForTeacher
from exportmanager.formats.guides import local_path
from exportmanager.formats.pdf.bitmaps import Bitmap, NotShown, bitmap_of
from exportmanager.formats.pdf.boxes import Column
from exportmanager.formats.pdf.flow import Flow
from exportmanager.formats.pdf.inlines import address
from exportmanager.formats.pdf.lines import TextBlock
from exportmanager.formats.pdf.spans import Drawn, Look, Words
from exportmanager.formats.pdf.style import CAPTION, GAP, TALLEST
from exportmanager.formats.pdf.view import PdfView
from exportmanager.formats.untrusted import printable

_PIXEL = 0.75
"""Points: pages are drawn as if a screen had 96 dots an inch."""
_FINEST = 220 / 72
"""Pixels a point: more are not seen on paper."""
_OF_A_LINE = 22.0
"""Points: pictures that are no higher stand among the words."""
_LENGTH = re.compile(r"\s*(\d{1,4})(?:\.\d+)?\s*(%|px)?\s*")


class Picture(Flowable):  # type: ignore[misc]
    """A picture that is made as small as the room asks for; lengths in points."""

    def __init__(self, bitmap: Bitmap, width: float, align: str = "left") -> None:
        super().__init__()
        self._bitmap, self._wanted, self._align = bitmap, width, align
        self.spaceBefore = self.spaceAfter = GAP

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """How large it will be."""
        shape = self._bitmap.height / self._bitmap.width
        self._drawn = min(self._wanted, avail_width, TALLEST / shape)
        self._room, self.height = avail_width, self._drawn * shape
        return avail_width, self.height

    def split(self, avail_width: float, avail_height: float) -> list[Flowable]:
        """A picture stays whole."""
        return []

    def draw(self) -> None:
        """Draws it."""
        free = self._room - self._drawn
        x = {"centre": free / 2, "right": free}.get(self._align, 0.0)
        self._bitmap.draw(self.canv, x, 0, self._drawn, self.height)


def picture(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    """An ``<img>``: on the line if it is small, else below it, with its title as a caption."""
    source = element.get("src", "").strip()
    alt = element.get("alt", "").strip()
    bitmap = flow.sheet.bitmaps.get(source) or _read(source, flow.sheet.view)
    flow.sheet.bitmaps[source] = bitmap
    if isinstance(bitmap, NotShown):
        _missing(flow, source, alt, str(bitmap))
        return
    width = _width(element, bitmap, flow.sheet.view.width)
    height = width * bitmap.height / bitmap.width
    if height <= _OF_A_LINE:
        flow.line.add_drawn(_on_the_line(bitmap, width, height, alt))
        return
    caption = element.get("title", "").strip()
    align = str(flow.style.align)
    parts: list[Any] = [Picture(bitmap, width, align)]
    if caption:
        parts[0].keepWithNext, parts[0].spaceAfter = True, 0
        parts.append(TextBlock([Words(caption)], CAPTION, flow.missed))
    flow.add(Column(parts, gap=GAP), min(width, 60.0), width)


def _read(source: str, view: PdfView) -> Bitmap | NotShown:
    """The picture, or why it is not shown."""
    path = local_path(source)
    if why := _why_not(source, path, view):
        return NotShown(why)
    try:
        return bitmap_of(view.files.read(path), round(view.width * _FINEST))
    except NotShown as problem:
        return problem
    except KeyError:
        return NotShown("is a link in the project, which is not followed")
    except (ProblemForTeacher, OSError):
        return NotShown("cannot be read")


def _why_not(source: str, path: str, view: PdfView) -> str:
    if not path:
        return "does not lie in the project" if source else "is not named"
    if path not in view.files.paths():
        return "is not among the files of the project"
    return "is a drawing in SVG, which PDFs do not hold" if path.casefold().endswith(".svg") else ""


def _missing(flow: Flow, source: str, alt: str, why: str) -> None:
    link = address(source)
    host = _host(source)
    where = f"on the web at {host}" if host else printable(local_path(source) or source, 80)
    said = f"Picture {where}" if where else "Picture"
    flow.placeholder(f"{said}: {alt}" if alt else said, f"Picture {where}".strip(), f"it {why}", link)


def _host(source: str) -> str:
    """Where on the web a picture lies."""
    try:
        parts = urlsplit(source)
        is_remote = parts.scheme in {"http", "https"} or source.startswith("//")
        return printable(parts.hostname or "", 80) if is_remote else ""
    except ValueError:  # such as a wrong IPv6 address
        return ""


def _width(element: HtmlElement, bitmap: Bitmap, line: float) -> float:
    """How wide the author wants it, or its pixels are, in points."""
    found = _LENGTH.fullmatch(element.get("width", ""))
    if found and int(found[1]):
        return line * int(found[1]) / 100 if found[2] == "%" else int(found[1]) * _PIXEL
    found = _LENGTH.fullmatch(element.get("height", ""))
    if found and int(found[1]) and found[2] != "%":
        return int(found[1]) * _PIXEL * bitmap.width / bitmap.height
    return bitmap.width * _PIXEL


def _on_the_line(bitmap: Bitmap, width: float, height: float, alt: str) -> Drawn:
    depth = min(height * 0.2, 4.0)

    def draw(canvas: Any, x: float, y: float) -> None:
        bitmap.draw(canvas, x, y - depth, width, height)

    return Drawn(width, height - depth, depth, draw, alt)
