"""Joins parts into one PDF, in a drawing process: pages with their numbers and links, pictures and fonts once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, IndirectObject, StreamObject

from exportmanager.formats.pdf.calls import Tell
from exportmanager.formats.pdf.embedding import Used, font_sheet
from exportmanager.formats.pdf.leading import Guidance, describe, label_pages, name_places, outline, pdf_object
from exportmanager.formats.pdf.part import Link, Part, Sheet
from exportmanager.formats.pdf.sheets import page_numbers
from exportmanager.formats.pdf.view import PAPERS, Edition

_PIECE = 1 << 20
_FLATE = {"/Filter": "/FlateDecode"}


@dataclass(slots=True)
class _Page:
    """A page of the document. `number` draws its number at the foot, where it has one."""

    sheet: Sheet
    page: Any
    is_numbered: bool
    number: bytes = b""


@dataclass(slots=True)
class _Joining:
    """A document in the making. The pages in front have no numbers, and those behind them begin with 1."""

    writer: PdfWriter = field(default_factory=PdfWriter)
    front: int = 0
    pages: list[_Page] = field(default_factory=list)
    places: dict[str, tuple[IndirectObject, float]] = field(default_factory=dict)
    pictures: dict[str, IndirectObject] = field(default_factory=dict)
    letters: dict[str, dict[int, str]] = field(default_factory=dict)
    hash: Any = field(default_factory=lambda: hashlib.sha256(usedforsecurity=False))

    def kept(self, value: Any) -> IndirectObject:
        """An object of the document that others refer to."""
        return self.writer._add_object(value)


_in_hand = [_Joining()]
"""A process joins one document at a time, and gets its parts one by one."""


def begin(*, tell: Tell) -> None:
    """A new document."""
    _in_hand[0] = _Joining()


def add_front(part: Part, *, tell: Tell) -> None:
    """Add the pages before those that count."""
    _add(_in_hand[0], part, is_numbered=False)
    _in_hand[0].front = len(part.sheets)


def add_part(part: Part, is_numbered: bool, *, tell: Tell) -> None:
    """Add a part behind those that are there; without numbers its pages count all the same."""
    _add(_in_hand[0], part, is_numbered=is_numbered)


def _add(joining: _Joining, part: Part, *, is_numbered: bool) -> None:
    first = len(joining.pages)
    for sheet in part.sheets:
        joining.hash.update(sheet.code)
        page = pdf_object({"/Type": "/Page"})
        joining.kept(page)
        joining.pages.append(_Page(sheet, page, is_numbered))
    for name, place in part.places.items():
        page = joining.pages[first + place.page].page
        joining.places.setdefault(name, (page.indirect_reference, place.top))
    _merge(joining.letters, part.letters)
    if part.pictures:
        found: Any = PdfReader(BytesIO(part.pictures)).pages[0]["/Resources"]
        for name, picture in found["/XObject"].items():
            key = name.removeprefix("/")
            if key not in joining.pictures:
                joining.hash.update(key.encode())
                joining.pictures[key] = picture.get_object().clone(joining.writer).indirect_reference


def _merge(letters: dict[str, dict[int, str]], more: Used) -> None:
    for font, glyphs in more.items():
        letters.setdefault(font, {}).update(glyphs)


def finish(guidance: Guidance, edition: Edition, *, tell: Tell) -> None:
    """Put everything together, and tell the whole document piece by piece."""
    joining = _in_hand[0]
    _number(joining, edition, is_whole=guidance.is_whole)
    _fill(joining, edition)
    name_places(joining.writer, joining.places)
    outline(joining.writer, guidance.marks, joining.places)
    label_pages(joining.writer, joining.front)
    describe(joining.writer, guidance, joining.hash.digest()[:16])
    target = BytesIO()
    joining.writer.write(target)
    begin(tell=tell)
    with target.getbuffer() as whole:
        for start in range(0, len(whole), _PIECE):
            tell(bytes(whole[start : start + _PIECE]))


def _number(joining: _Joining, edition: Edition, *, is_whole: bool) -> None:
    counted = joining.pages[joining.front :]
    drawn, letters = page_numbers(len(counted), edition, is_whole=is_whole)
    _merge(joining.letters, letters)
    for page, number in zip(counted, drawn, strict=True):
        page.number = number if page.is_numbered else b""


def _fill(joining: _Joining, edition: Edition) -> None:
    """Give the pages what is on them, all in one list: a few thousand are no burden for readers."""
    fonts: Any = PdfReader(BytesIO(font_sheet(joining.letters))).pages[0]["/Resources"]
    font = joining.kept(fonts["/Font"].clone(joining.writer))
    plain = joining.kept(pdf_object({"/Font": font}))
    root: Any = joining.writer.root_object["/Pages"]
    for each in joining.pages:
        pictures = {f"/{name}": joining.pictures[name] for name in each.sheet.pictures}
        entries = {
            "/Parent": root.indirect_reference,
            "/Contents": [joining.kept(content) for content in _contents(each)],
            "/Resources": pdf_object({"/Font": font, "/XObject": pictures}) if pictures else plain,
        }
        links = [_link(joining, link) for link in each.sheet.links if _leads_somewhere(joining, link)]
        each.page.update(pdf_object(entries | ({"/Annots": links} if links else {})))
    refs = [each.page.indirect_reference for each in joining.pages]
    root.update(pdf_object({"/Kids": refs, "/Count": len(refs), "/MediaBox": [0.0, 0.0, *PAPERS[edition.paper]]}))


def _contents(page: _Page) -> Iterator[StreamObject]:
    drawn = StreamObject()
    drawn.update(pdf_object(_FLATE))
    drawn._data = page.sheet.code
    yield drawn
    if page.number:
        number = DecodedStreamObject()
        number.set_data(b"q\n%b\nQ" % page.number)
        yield number


def _leads_somewhere(joining: _Joining, link: Link) -> bool:
    return not link.target.startswith("#") or link.target[1:] in joining.places


def _link(joining: _Joining, link: Link) -> IndirectObject:
    """The annotation of a link (ISO 32000-2, 12.5.6.5)."""
    goes = {"/Dest": link.target[1:].encode()} if link.target.startswith("#") else {"/A": _opening(link.target)}
    kind = {"/Type": "/Annot", "/Subtype": "/Link", "/Border": [0, 0, 0]}
    return joining.kept(pdf_object(kind | {"/Rect": list(link.box)} | goes))


def _opening(address: str) -> dict[str, Any]:
    return {"/S": "/URI", "/URI": address.encode("ascii", "replace")}
