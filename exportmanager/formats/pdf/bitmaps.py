"""Reads pictures from strangers' bytes and makes of them what a PDF holds, as small as it can be."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream, PDFString

MOST_PIXELS = 40_000_000
"""Pixels of a picture that is opened: in memory they take 160 MB."""
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PHOTO = 0.45
"""A picture without loss that shrinks to this as a JPEG is a photograph, where nobody sees the loss."""
_SMALL = 20_000
"""Bytes from which on a photograph is looked for."""
_QUALITY = 85
_FEW = 256
"""Colours that a palette holds."""
_APART = 4
_SHARP = 3
"""Screenshots of few colours are larger when they are made smaller: up to so many times too wide, they stay."""
_GREY = {"1", "I", "I;16", "I;16B", "I;16L", "F"}
_ORIENTATION = 0x0112
_COLOURS = {0: "DeviceGray", 2: "DeviceRGB"}
Image.MAX_IMAGE_PIXELS = None  # the limit is our own, and it is kept before anything is decoded


class NotShown(Exception):
    """A picture is not shown; the message says why, and follows "it"."""


@dataclass(frozen=True, slots=True)
class Bitmap:
    """A picture for PDFs: its size in pixels, the entries of its object, its packed bytes, and what is see-through.

    `key` is the same for equal pictures.
    """

    width: int
    height: int
    key: str
    entries: dict[str, Any]
    data: bytes
    mask: Bitmap | None = None

    def draw(self, canvas: Any, x: float, y: float, width: float, height: float) -> None:
        """Draw it on a reportlab canvas; equal pictures are in the document once."""
        name = self._in(canvas._doc)
        canvas._code.append(f"q {width:.3f} 0 0 {height:.3f} {x:.3f} {y:.3f} cm /{name} Do Q")
        canvas._formsinuse.append(self.key)

    def _in(self, document: Any) -> str:
        """Its name in the document, where it is from now on."""
        name = str(document.getXObjectName(self.key))
        if name not in document.idToObject:
            entries = {key: _entry(value) for key, value in self.entries.items()}
            size = {"Width": self.width, "Height": self.height, "Length": len(self.data)}
            kind = {"Type": PDFName("XObject"), "Subtype": PDFName("Image")}
            if self.mask:
                self.mask._in(document)
                entries["SMask"] = document.Reference(document.idToObject[document.getXObjectName(self.mask.key)])
            document.Reference(PDFStream(PDFDictionary(kind | entries | size), self.data), name)
        return name


def _entry(value: Any) -> Any:
    """An entry of an object as reportlab writes it: names are texts, and texts of bytes are bytes."""
    if isinstance(value, str):
        return PDFName(value)
    if isinstance(value, bytes):
        return PDFString(value, enc="raw")
    if isinstance(value, tuple):
        return PDFArray([_entry(item) for item in value])
    return PDFDictionary({key: _entry(item) for key, item in value.items()}) if isinstance(value, dict) else value


def bitmap_of(data: bytes, widest: int) -> Bitmap:
    """The picture in `data`, at most `widest` pixels wide; the first of a film. Raises `NotShown`."""
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise NotShown(f"has {image.width:,} x {image.height:,} pixels, which is too much")
            return _untouched(image, data, widest) or _made(image, widest)
    except NotShown:
        raise
    except Exception as error:  # decoders that are given nonsense raise whatever comes
        raise NotShown("cannot be read as a picture") from error


def _untouched(image: Image.Image, data: bytes, widest: int) -> Bitmap | None:
    """The picture without its bytes being packed anew; nothing where that cannot be."""
    if image.width > widest:
        return None
    if image.format == "PNG":
        found = _png(data)
        return found if found and _is_whole(found) else None
    is_upright = image.getexif().get(_ORIENTATION, 1) == 1
    if image.format != "JPEG" or image.mode not in {"L", "RGB"} or not is_upright:
        return None
    size = image.size
    image.draft(None, (max(size[0] // 8, 1), max(size[1] // 8, 1)))
    image.load()  # it is whole
    return _bitmap(size, _jpeg_entries(image.mode), _without_notes(data))


def _made(image: Image.Image, widest: int) -> Bitmap:
    """The picture decoded, made smaller, and packed again."""
    image.load()
    picture, alpha = _without_alpha(ImageOps.exif_transpose(image))
    is_drawn = picture.getcolors(_FEW) is not None
    widest = widest * _SHARP if is_drawn else widest
    mask = _png(_packed(_scaled(alpha, widest), "PNG")) if alpha else None
    picture = _scaled(picture, widest)
    photo = b"" if is_drawn else _packed(picture, "JPEG", quality=_QUALITY, optimize=True)
    plain = b"" if image.format == "JPEG" and photo else _packed(_with_palette(picture), "PNG")
    if photo and (not plain or (len(plain) > _SMALL and len(photo) < len(plain) * _PHOTO)):
        return _bitmap(picture.size, _jpeg_entries(picture.mode), photo, mask)
    found = _png(plain)
    assert found, "what was packed here can be unpacked"
    return _bitmap(picture.size, found.entries, found.data, mask)


def _without_alpha(picture: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """A picture in grey or colours with 8 bits, and how much of it is seen, where that is not all."""
    alpha = None
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        alpha = picture.getchannel("A")
        alpha = alpha if alpha.getextrema() != (255, 255) else None
    if picture.mode in {"L", "RGB"}:
        return picture, alpha
    return _eight_bits(picture).convert("L" if picture.mode in _GREY else "RGB"), alpha


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Grey with more than 8 bits, with 8."""
    return picture.point(lambda value: value / 256) if picture.mode.startswith("I") else picture


def _scaled(picture: Image.Image, widest: int) -> Image.Image:
    if picture.width <= widest:
        return picture
    height = max(round(picture.height * widest / picture.width), 1)
    return picture.resize((widest, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _with_palette(picture: Image.Image) -> Image.Image:
    """The same with a palette, where it has so few colours that nothing is lost."""
    found = picture.getcolors(_FEW) if picture.mode == "RGB" else None
    if found is None:
        return picture
    colours: list[Any] = [colour for _, colour in sorted(found)]
    places = [_places({colour[band] for colour in colours}) for band in range(3)]
    if max(map(max, places)) > 255:  # slowly, then
        return picture.quantize(_FEW, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    palette = Image.new("P", (1, 1))
    palette.putpalette([places[band][colour[band]] for colour in colours for band in range(3)])
    apart = picture.point([place for band in places for place in band])
    simple = apart.quantize(palette=palette, dither=Image.Dither.NONE)
    simple.putpalette([value for colour in colours for value in colour])
    return simple


def _places(values: set[int]) -> list[int]:
    """Where each of 256 values goes, so that those used are so far apart as Pillow tells colours of a palette apart."""
    places = [0] * 256
    for number, value in enumerate(sorted(values)):
        places[value] = number * _APART
    return places


def _packed(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _bitmap(size: tuple[int, int], entries: dict[str, Any], data: bytes, mask: Bitmap | None = None) -> Bitmap:
    seed = hashlib.sha256(repr((size, sorted(entries.items()), mask.key if mask else "")).encode() + data)
    return Bitmap(size[0], size[1], f"picture-{seed.hexdigest()[:32]}", entries, data, mask)


def _jpeg_entries(mode: str) -> dict[str, Any]:
    space = "DeviceGray" if mode == "L" else "DeviceRGB"
    return {"Filter": "DCTDecode", "ColorSpace": space, "BitsPerComponent": 8}


def _without_notes(jpeg: bytes) -> bytes:
    """A JPEG without what cameras note in it: where it was taken, by whom, and a small copy."""
    kept, place = [jpeg[:2]], 2
    while jpeg[place : place + 1] == b"\xff" and jpeg[place + 1] != 0xDA:
        end = place + 2 + struct.unpack(">H", jpeg[place + 2 : place + 4])[0]
        is_note = 0xE1 <= jpeg[place + 1] <= 0xEF and jpeg[place + 1] != 0xEE or jpeg[place + 1] == 0xFE
        kept += [] if is_note else [jpeg[place:end]]
        place = end
    return b"".join([*kept, jpeg[place:]])


def _png(data: bytes) -> Bitmap | None:
    """A PNG as it is packed: a PDF unpacks the same way. Nothing for one that is interlaced, deep, or see-through."""
    chunks = list(_chunks(data))
    head = next((body for kind, body in chunks if kind == b"IHDR"), b"")
    width, height, depth, colour, _, _, is_interlaced = struct.unpack(">IIBBBBB", head)
    kinds = {kind for kind, _ in chunks}
    if is_interlaced or depth > 8 or colour not in {0, 2, 3} or b"tRNS" in kinds:
        return None
    packed = b"".join(body for kind, body in chunks if kind == b"IDAT")
    channels = 3 if colour == 2 else 1
    palette = next((body for kind, body in chunks if kind == b"PLTE"), b"")
    space = _COLOURS.get(colour) or ("Indexed", "DeviceRGB", len(palette) // 3 - 1, palette)
    row = {"Predictor": 15, "Colors": channels, "BitsPerComponent": depth, "Columns": width}
    entries = {"Filter": "FlateDecode", "DecodeParms": row, "ColorSpace": space, "BitsPerComponent": depth}
    return _bitmap((width, height), entries, packed)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The parts of a PNG: their names and what they hold."""
    place = len(_SIGNATURE)
    while place + 12 <= len(png):
        length = struct.unpack(">I", png[place : place + 4])[0]
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += 12 + length


def _is_whole(png: Bitmap) -> bool:
    """Whether all lines of pixels are there; what reads a PNG otherwise says what is wrong with it."""
    row = png.entries["DecodeParms"]
    size: int = png.height * (1 + (png.width * row["Colors"] * row["BitsPerComponent"] + 7) // 8)
    try:
        return len(zlib.decompressobj().decompress(png.data, size)) == size
    except zlib.error:
        return False
