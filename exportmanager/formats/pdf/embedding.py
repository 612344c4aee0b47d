"""Puts fonts into PDFs: subsets of the letters that were drawn; for a book in parts, each font once for all parts.

A glyph has the same two-byte code in every document: its number in the font's file. So the pages of several documents
can be joined, and share fonts that are made at the end (ISO 32000-1, 9.7: composite fonts).
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import uharfbuzz
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream, PDFString, PDFZCompress
from reportlab.pdfgen.canvas import Canvas

from exportmanager.formats.pdf.fonts import Face, face_named
from exportmanager.formats.pdf.shaping import Run

Used = dict[str, dict[int, str]]
"""The glyphs of each font by their codes, and the text that each stands for ("" for parts of letters)."""

_DROPPED = ("GPOS", "GSUB", "GDEF", "BASE", "STAT", "MVAR", "name", "OS/2", "post", "cmap", "gasp", "vhea", "vmtx")
"""Tables that a PDF's font has no need of."""
_SYMBOLIC = 4
_AT_ONCE = 100
"""Letters in one section of a ToUnicode map, at most."""


class BareCanvas(Canvas):  # type: ignore[misc]
    """A canvas whose pages begin without a font: reportlab's own would be in the file, not embedded."""

    def _make_preamble(self) -> None:
        self._preamble = "1 0 0 1 0 0 cm"


@dataclass(slots=True)
class Letters:
    """The letters drawn in one document so far. `embed`: the document brings its fonts itself."""

    used: Used = field(default_factory=dict)
    embed: bool = True
    _seen: set[Run] = field(default_factory=set)

    def add(self, runs: Iterable[Run]) -> None:
        """These glyphs are drawn."""
        for run in dict.fromkeys(runs):
            if run not in self._seen:
                self._seen.add(run)
                known = self.used.setdefault(run.face.name, {})
                for code, text in run.glyphs:
                    known[code] = known.get(code) or text


def letters_of(canvas: Any) -> Letters:
    """The record of the letters drawn on a canvas."""
    document = canvas._doc
    if not hasattr(document, "_letters"):
        document._letters = Letters()
        document.delayedFonts.append(_Fonts(document._letters))
    found: Letters = document._letters
    return found


def leave_fonts(canvas: Any) -> Letters:
    """Says, of a new canvas, that its document is a part of a book: its fonts come from `font_sheet` at the joining.

    Its pages name their fonts all the same, with the names that `font_sheet` uses.
    """
    letters = letters_of(canvas)
    letters.embed = False
    return letters


def font_sheet(used: Mapping[str, Mapping[int, str]]) -> bytes:
    """A PDF of one empty page with the fonts of all these letters in its ``/Resources /Font``."""
    target = io.BytesIO()
    canvas = BareCanvas(target, invariant=1)
    letters_of(canvas).used = {name: dict(glyphs) for name, glyphs in used.items()}
    canvas.showPage()
    canvas.save()
    return target.getvalue()


@dataclass(slots=True)
class _Fonts:
    """What reportlab asks for fonts when it writes the end of a document."""

    letters: Letters

    def addObjects(self, document: Any) -> None:  # noqa: N802 - reportlab's name
        fonts = document.idToObject["BasicFonts"].dict
        for name, glyphs in sorted(self.letters.used.items()) if self.letters.embed else ():
            fonts[name] = document.Reference(_font(document, face_named(name), glyphs), name)


def _font(document: Any, face: Face, glyphs: Mapping[int, str]) -> PDFDictionary:
    """A composite font of these glyphs."""
    codes = sorted(glyphs)
    tag = hashlib.sha256(repr((face.name, codes)).encode()).digest()
    name = PDFName("".join(chr(65 + byte % 26) for byte in tag[:6]) + "+" + face.name)
    program, numbers = _subset(face, codes)
    descendant = _dictionary(
        Type=PDFName("Font"),
        Subtype=PDFName("CIDFontType2"),
        BaseFont=name,
        CIDSystemInfo=_dictionary(Registry=PDFString("Adobe"), Ordering=PDFString("Identity"), Supplement=0),
        FontDescriptor=document.Reference(_descriptor(document, face, name, program), f"{face.name}-descriptor"),
        W=PDFArray(list(_widths(face, codes))),
        CIDToGIDMap=document.Reference(_stream(_map_of(numbers)), f"{face.name}-map"),
    )
    return _dictionary(
        Type=PDFName("Font"),
        Subtype=PDFName("Type0"),
        BaseFont=name,
        Encoding=PDFName("Identity-H"),
        DescendantFonts=PDFArray([document.Reference(descendant, f"{face.name}-descendant")]),
        ToUnicode=document.Reference(_stream(to_unicode(glyphs).encode()), f"{face.name}-unicode"),
    )


def _descriptor(document: Any, face: Face, name: PDFName, program: bytes) -> PDFDictionary:
    extents = face.font.get_font_extents("ltr")
    file = _stream(program)
    file.dictionary["Length1"] = len(program)
    return _dictionary(
        Type=PDFName("FontDescriptor"),
        FontName=name,
        Flags=_SYMBOLIC,
        FontBBox=PDFArray(_bounds(face)),
        ItalicAngle=-12 if "Italic" in face.name else 0,
        Ascent=extents.ascender,
        Descent=extents.descender,
        CapHeight=714,
        StemV=140 if face.is_bold else 90,
        FontFile2=document.Reference(file, f"{face.name}-file"),
    )


def _subset(face: Face, codes: list[int]) -> tuple[bytes, dict[int, int]]:
    """A font file of these glyphs in one weight, and the number of each in it."""
    wanted = uharfbuzz.SubsetInput()
    wanted.glyph_set.update(codes)
    wanted.flags = uharfbuzz.SubsetFlags.NO_HINTING | uharfbuzz.SubsetFlags.NO_LAYOUT_CLOSURE
    wanted.drop_table_tag_set.update(int.from_bytes(tag.ljust(4).encode(), "big") for tag in _DROPPED)
    wanted.pin_all_axes_to_default(face.face)
    if any(axis.tag == "wght" for axis in face.face.axis_infos):
        wanted.pin_axis_location(face.face, "wght", face.weight)
    plan = uharfbuzz.SubsetPlan(face.face, wanted)
    numbers = plan.old_to_new_glyph_mapping
    return plan.execute().blob.data, {code: numbers[code] for code in codes}


def _bounds(face: Face) -> list[int]:
    """The box around every glyph, in thousandths of the size (OpenType, table ``head``)."""
    box = struct.unpack(">4h", face.face.reference_table("head").data[36:44])
    return [value * 1000 // face.face.upem for value in box]


def _map_of(numbers: Mapping[int, int]) -> bytes:
    """The number in the subset of each code up to the highest."""
    places = bytearray(2 * max(numbers) + 2)
    for code, number in numbers.items():
        struct.pack_into(">H", places, 2 * code, number)
    return bytes(places)


def _widths(face: Face, codes: list[int]) -> Iterator[Any]:
    """Stretches of codes: the first, then the width of each."""
    for _, group in groupby(enumerate(codes), lambda pair: pair[1] - pair[0]):
        stretch = [code for _, code in group]
        yield stretch[0]
        yield PDFArray([face.width(code) for code in stretch])


def to_unicode(glyphs: Mapping[int, str]) -> str:
    """The map of codes to text (ISO 32000-1, 9.10.3; text as UTF-16, also above U+FFFF)."""
    lines = [f"<{code:04X}> <{utf_16(text)}>" for code, text in sorted(glyphs.items()) if text]
    sections = [lines[start : start + _AT_ONCE] for start in range(0, len(lines), _AT_ONCE)]
    body = "\n".join("\n".join([f"{len(part)} beginbfchar", *part, "endbfchar"]) for part in sections)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    )


def utf_16(text: str) -> str:
    """A text as a PDF's hexadecimal digits."""
    return text.encode("utf-16-be", "replace").hex().upper()


def _dictionary(**entries: Any) -> PDFDictionary:
    return PDFDictionary(entries)


def _stream(content: bytes) -> PDFStream:
    return PDFStream(content=content, filters=[PDFZCompress])
