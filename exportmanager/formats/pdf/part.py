"""A part of a document as a process hands it over: what draws each page, and what that needs of the whole document."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from exportmanager.formats.pdf.embedding import BareCanvas, Used, leave_fonts


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: the page of the part, counted from 0, and how far above its lower edge, in points."""

    page: int
    top: float


@dataclass(frozen=True, slots=True)
class Link:
    """A rectangle (left, bottom, right, top) that leads to an address, or to ``#`` and a name in the document."""

    box: tuple[float, ...]
    target: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its operators (deflated), its links, and the names of the pictures that it draws."""

    code: bytes
    links: tuple[Link, ...]
    pictures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """`pictures` is a PDF whose only page has all of them in its resources (empty: none); equal ones have one name.

    `letters` are those that were drawn, whose fonts the document has to bring. `missed` is what is not drawn as it was
    meant, and how often.
    """

    sheets: tuple[Sheet, ...]
    places: dict[str, Place]
    pictures: bytes
    letters: Used
    missed: tuple[tuple[tuple[str, str], int], ...] = ()


class PartCanvas(BareCanvas):
    """A reportlab canvas that gives a `Part`. Links may go to names that are on other parts."""

    def __init__(self, size: tuple[float, float]) -> None:
        super().__init__(BytesIO(), pagesize=size, invariant=1)
        self._letters = leave_fonts(self)
        self._places: dict[str, Place] = {}
        self._links: list[Link] = []
        self._sheets: list[Sheet] = []
        self._pictures: dict[str, None] = {}

    def note(self, name: str, top: float) -> None:
        """From so far above the lower edge on, this page is `name`."""
        self._places.setdefault(name, Place(len(self._sheets), round(top, 2)))

    def link(self, name: str, box: tuple[float, float, float, float]) -> None:
        """A link to a name in the document."""
        self._links.append(Link(tuple(round(value, 2) for value in self._absRect(box, 1)), f"#{name}"))

    def _addAnnotation(self, annotation: Any, *_: Any) -> None:
        """A link as reportlab knows it."""
        known, action = annotation.dict, annotation.dict["A"].dict
        target = action["URI"].s if "URI" in action else f"#{action['D'].s}"
        self._links.append(Link(tuple(known["Rect"].sequence), target))

    def showPage(self) -> None:
        """End the page."""
        if self._extgstate.getState() or self._shadingUsed or self._colorsUsed:
            raise ValueError("transparency, shadings and spot colours are not handed over")
        names = tuple(dict.fromkeys(str(self._doc.getXObjectName(key)) for key in self._formsinuse))
        self._sheets.append(Sheet(zlib.compress(self.taken()), tuple(self._links), names))
        self._pictures.update(dict.fromkeys(self._formsinuse))
        self._links = []
        self._startPage()

    def taken(self) -> bytes:
        """What was drawn on the page so far, which then is empty again."""
        code = "\n".join(self._code).encode("latin-1")
        self._code.clear()
        return code

    def part(self, missed: tuple[tuple[tuple[str, str], int], ...]) -> Part:
        """All pages that were ended."""
        return Part(tuple(self._sheets), self._places, self._picture_page(), self._letters.used, missed)

    def _picture_page(self) -> bytes:
        if not self._pictures:
            return b""
        self._formsinuse = list(self._pictures)
        super().showPage()
        pdf: bytes = self._doc.GetPDFData(self)
        return pdf
