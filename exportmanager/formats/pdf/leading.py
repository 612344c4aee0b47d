"""What leads through a PDF: named places, the outline, page labels, and what the document says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    Fit,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

Places = Mapping[str, tuple[IndirectObject, float]]
"""The page of each name, and how far above its lower edge it is."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An entry of the outline; `depth` counts from 0."""

    title: str
    depth: int
    destination: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """What a document is called, and its outline. `day` is that of its content, `language` may be "".

    Where it is not `is_whole`, nobody knows how many pages there will be.
    """

    title: str
    subject: str
    language: str
    day: date
    marks: tuple[Mark, ...]
    is_whole: bool = True


def pdf_object(value: Any) -> Any:
    """A value as an object of a PDF: a text that begins with ``/`` is a name, bytes are a text."""
    if isinstance(value, PdfObject):
        return value
    if isinstance(value, dict):
        return DictionaryObject({NameObject(key): pdf_object(item) for key, item in value.items()})
    if isinstance(value, list):
        return ArrayObject([pdf_object(item) for item in value])
    return _SIMPLE[type(value)](value)


_SIMPLE: dict[type, Any] = {
    bool: BooleanObject,
    int: NumberObject,
    float: FloatObject,
    str: NameObject,
    bytes: lambda value: TextStringObject(value.decode()),
    type(None): lambda _: NullObject(),
}


def name_places(writer: PdfWriter, places: Places) -> None:
    """A name for each place, all in one list (ISO 32000-2, 7.9.6)."""
    names: list[Any] = []
    for name, (page, top) in sorted(places.items()):
        names += [name.encode(), [page, "/XYZ", None, top, None]]
    tree = writer._add_object(pdf_object({"/Names": names}))
    writer.root_object.update(pdf_object({"/Names": {"/Dests": tree}}))


def outline(writer: PdfWriter, marks: tuple[Mark, ...], places: Places) -> None:
    """The outline; an entry without a place is left out."""
    above: list[Any] = []
    for mark in marks:
        if mark.destination not in places:
            continue
        page, top = places[mark.destination]
        del above[mark.depth :]
        added = writer.add_outline_item(
            title=mark.title,
            page_number=page,
            parent=above[-1] if above else None,
            fit=Fit.xyz(left=None, top=top, zoom=None),
            is_open=False,
        )
        above.append(added)


def label_pages(writer: PdfWriter, front: int) -> None:
    """The first are i, ii, iii; behind them it begins with 1 (ISO 32000-2, 12.4.2)."""
    labels = [0, {"/S": "/r"}, front, {"/S": "/D"}]
    writer.root_object.update(pdf_object({"/PageLabels": {"/Nums": labels}}))


def describe(writer: PdfWriter, guidance: Guidance, mark: bytes) -> None:
    """What the document is, and that it opens with its title and its outline. `mark` tells it from others."""
    day = f"D:{guidance.day:%Y%m%d}000000Z"
    facts = {"/Title": guidance.title, "/Subject": guidance.subject, "/Creator": "Export Manager"}
    writer.metadata = facts | {"/Producer": "Export Manager", "/CreationDate": day, "/ModDate": day}
    shown = {"/PageMode": "/UseOutlines", "/ViewerPreferences": {"/DisplayDocTitle": True}}
    told = {"/Lang": guidance.language.encode()} if guidance.language else {}
    writer.root_object.update(pdf_object(shown | told))
    writer.pdf_header = "%PDF-1.7"
    writer._ID = ArrayObject([ByteStringObject(mark), ByteStringObject(mark)])
