"""Pictures on printed pages: all kinds that are shown, hostile ones that are not, and what a PDF holds of them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from drawing_pdf import Shown, shown
from PIL import Image

from exportmanager.core.errors import BadSource
from exportmanager.formats.pdf.bitmaps import NotShown, bitmap_of

PATH = ".guides/img/a.png"
RED, BLUE = (200, 20, 30), (20, 30, 200)


def picture(mode: str = "RGB", kind: str = "PNG", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    """A picture, red at the left and blue at the right."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    out = BytesIO()
    (image.quantize(4) if mode == "P" else image.convert(mode)).save(out, kind, **options)
    return out.getvalue()


def noise(size: tuple[int, int], kind: str = "PNG") -> bytes:
    """A picture that looks like a photograph to whoever packs it."""
    image = Image.effect_noise(size, 60).convert("RGB")
    image.putpixel((0, 0), RED)
    out = BytesIO()
    image.save(out, kind)
    return out.getvalue()


def with_alpha(alpha: int) -> bytes:
    image = Image.new("RGBA", (60, 40), (*RED, 255))
    image.paste((*BLUE, alpha), (30, 0, 60, 40))
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def objects(found: Shown) -> Iterator[Any]:
    """The pictures that the document holds, each once, without masks."""
    seen = set()
    for page in found.pages:
        resources: Any = page["/Resources"]
        for reference in (resources.get("/XObject") or {}).values():
            if reference.idnum not in seen and (stream := reference.get_object())["/Subtype"] == "/Image":
                seen.add(reference.idnum)
                yield stream


def drawn(data: bytes, text: str = f"![]({PATH})") -> Shown:
    return shown(text, files={PATH: data})


def colours_of(found: Shown) -> list[tuple[int, ...]]:
    """The first and the last pixel of the first picture."""
    stream = next(objects(found))
    image = image_of(stream).convert("RGB")
    return [image.getpixel((1, 1)), image.getpixel((image.width - 2, image.height - 2))]  # type: ignore[list-item]


def image_of(stream: Any) -> Image.Image:
    """A picture of a document, as what is packed the same way: a JPEG, or a PNG."""
    if "/DCTDecode" in str(stream["/Filter"]):
        return Image.open(BytesIO(stream._data))
    space, bits = stream["/ColorSpace"], int(stream["/BitsPerComponent"])
    kind = 3 if isinstance(space, list) else 2 if space == "/DeviceRGB" else 0
    palette = chunk(b"PLTE", space[3].original_bytes) if isinstance(space, list) else b""
    return Image.open(BytesIO(png(stream["/Width"], stream["/Height"], stream._data, bits, kind, palette)))


@pytest.mark.parametrize(
    "data",
    [
        picture(),
        picture("P"),
        picture("RGBA"),
        picture("P", "GIF"),
        picture(kind="JPEG", quality=95),
        picture(kind="JPEG", quality=95, progressive=True),
        picture("CMYK", "JPEG", quality=95),
        picture(kind="WEBP", lossless=True),
        with_alpha(128),
        noise((30, 20)),
    ],
    ids=["rgb", "palette", "opaque", "gif", "jpeg", "progressive", "cmyk", "webp", "see-through", "noise"],
)
def test_pictures_of_all_kinds_are_shown(data: bytes) -> None:
    found = drawn(data)
    assert found.gaps == []
    (stream,) = objects(found)
    assert stream["/Width"] in {60, 30}


@pytest.mark.parametrize("mode", ["RGB", "P", "RGBA", "JPEG", "CMYK", "GIF", "WEBP"])
def test_pictures_keep_their_colours(mode: str) -> None:
    kind = mode if mode in {"JPEG", "GIF", "WEBP"} else "JPEG" if mode == "CMYK" else "PNG"
    found = drawn(picture("RGB" if mode in {"JPEG", "GIF", "WEBP"} else mode, kind))
    for colour, expected in zip(colours_of(found), (RED, BLUE), strict=True):
        assert all(abs(one - other) < 40 for one, other in zip(colour, expected, strict=True))


@pytest.mark.parametrize("mode", ["1", "L", "I;16"])
def test_pictures_in_grey_are_shown_in_grey(mode: str) -> None:
    image = Image.new("L", (60, 40), 0)
    image.paste(255, (30, 0, 60, 40))
    grey = image.point(lambda value: value * 256, "I").convert("I;16") if mode == "I;16" else image.convert(mode)
    out = BytesIO()
    grey.save(out, "PNG")
    dark, bright = colours_of(drawn(out.getvalue()))
    assert max(dark) < 10
    assert min(bright) > 240


def test_what_is_see_through_stays_so_and_what_is_not_costs_nothing() -> None:
    (stream,) = objects(drawn(with_alpha(128)))
    assert "/SMask" in stream
    (stream,) = objects(drawn(with_alpha(255)))
    assert "/SMask" not in stream


def test_the_first_picture_of_a_film_is_shown() -> None:
    out = BytesIO()
    frames = [Image.new("RGB", (60, 40), colour) for colour in (RED, BLUE)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    first, last = colours_of(drawn(out.getvalue()))
    assert first == last
    assert first[0] > first[2]


def test_a_png_is_kept_as_it_is_packed() -> None:
    data = picture(size=(200, 100))
    packed = data[data.index(b"IDAT") + 4 : data.index(b"IEND") - 8]
    assert packed in drawn(data).data


def test_a_jpeg_is_kept_as_it_is_packed_but_for_what_a_camera_noted() -> None:
    notes = Image.Exif()
    notes[0x010F] = "Camera of Nobody"
    found = drawn(picture(kind="JPEG", exif=notes, comment=b"At home"))
    assert b"Nobody" not in found.data
    assert b"At home" not in found.data
    (stream,) = objects(found)
    assert stream["/Filter"] == "/DCTDecode" or stream["/Filter"] == ["/DCTDecode"]


def test_a_photograph_that_a_camera_held_sideways_is_set_upright() -> None:
    notes = Image.Exif()
    notes[0x0112] = 6
    (stream,) = objects(drawn(picture(kind="JPEG", exif=notes)))
    assert (stream["/Width"], stream["/Height"]) == (40, 60)


def test_large_photographs_are_made_smaller_and_stay_small_files() -> None:
    found = drawn(noise((3000, 200)))
    (stream,) = objects(found)
    assert 1000 < stream["/Width"] < 1500
    assert len(found.data) < 250_000


def test_large_drawings_of_few_colours_stay_sharp() -> None:
    (stream,) = objects(drawn(picture("RGBA", size=(2400, 100))))
    assert stream["/Width"] == 2400


@pytest.mark.parametrize("step", [1, 9])
def test_no_colour_of_a_drawing_is_changed(step: int) -> None:
    image = Image.new("RGBA", (240, 10))
    colours = [(number, 255 - number, (number * step) % 256, 255) for number in range(0, 240, 9 // step)]
    for place, colour in enumerate(colours):
        image.paste(colour, (place, 0, place + 1, 10))
    out = BytesIO()
    image.save(out, "PNG")
    found = image_of(next(objects(drawn(out.getvalue()))))
    assert found.mode == "P"
    assert found.convert("RGB").tobytes() == image.convert("RGB").tobytes()


def test_equal_pictures_are_in_the_document_once() -> None:
    text = f"![]({PATH})\n\n![](b.png)\n\n![]({PATH})"
    found = shown(text, files={PATH: with_alpha(9), "b.png": with_alpha(9)})
    assert len(list(objects(found))) == 1
    assert found.data.count(b"/SMask") == 1


def test_small_pictures_stand_on_the_line() -> None:
    found = shown(f"before ![]({PATH}) behind", files={PATH: picture(size=(16, 16))})
    assert found.text == "before behind"
    assert len(list(objects(found))) == 1


@pytest.mark.parametrize(
    ("tag", "share"),
    [('width="50%"', 0.5), ('width="96"', 72 / 451), ('width="96px" height=9', 72 / 451), ('height="96"', 144 / 451),
     ('width="99999"', 0.5), ('width="nonsense"', 0.5), ('width="0"', 0.5)],
)  # fmt: skip
def test_an_author_says_how_wide_a_picture_is(tag: str, share: float) -> None:
    found = drawn(picture(size=(301, 150)), f'<img src="{PATH}" {tag}>')
    content = found.pages[0].get_contents()
    assert content is not None
    width = float(content.get_data().split(b" Do Q")[0].rsplit(b"q ", 1)[1].split()[0])
    assert width == pytest.approx(share * 451.3, abs=2)


def test_the_title_of_a_picture_is_its_caption_and_stays_with_it() -> None:
    rows = "line  \n" * 38
    found = shown(f'{rows}\n\n![]({PATH} "What it shows")', files={PATH: picture(size=(300, 200))})
    assert "What it shows" in found.pages[1].extract_text()
    assert len(found.pages[1].images) == 1


@pytest.mark.parametrize("target", [f"/{PATH}", f"./{PATH}?x=1", ".guides/img/../img/a.png", ".guides%2Fimg/a.png"])
def test_pictures_are_found_from_the_root_of_the_project(target: str) -> None:
    assert drawn(picture(), f"![]({target})").gaps == []


# What is not shown


@pytest.mark.parametrize(
    ("target", "what", "why"),
    [
        ("img/none.png", "Picture img/none.png", "it is not among the files of the project"),
        ("../../etc/passwd", "Picture ../../etc/passwd", "it is not among the files of the project"),
        ("/etc/passwd", "Picture etc/passwd", "it is not among the files of the project"),
        ("https://example.org/a.png", "Picture on the web at example.org", "it does not lie in the project"),
        ("//example.org/a.png", "Picture on the web at example.org", "it does not lie in the project"),
        ("broken.svg", "Picture broken.svg", "it is a drawing in SVG, which PDFs do not hold"),
        ("text.png", "Picture text.png", "it cannot be read as a picture"),
        ("link.png", "Picture link.png", "it is a link in the project, which is not followed"),
        ("large.png", "Picture large.png", "it cannot be read"),
    ],
)
def test_what_is_not_shown_leaves_a_note_and_a_gap(target: str, what: str, why: str) -> None:
    found = shown(f"![what it is]({target})", files=Awkward())
    assert found.text == f"{what}: what it is"
    assert found.gaps == [(what, why)]


class Awkward(dict[str, bytes]):
    """Files that cannot be read, each for another reason."""

    def __init__(self) -> None:
        super().__init__({"broken.svg": b"<svg/>", "text.png": b"no picture", "link.png": b"", "large.png": b""})

    def __getitem__(self, path: str) -> bytes:
        if path == "large.png":
            raise BadSource("It has more than 8 MB.")
        if path == "link.png":
            raise KeyError(path)
        return super().__getitem__(path)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, packed: bytes, bits: int = 8, kind: int = 2, palette: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + palette + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def test_a_small_file_that_says_it_is_huge_is_not_unpacked() -> None:
    bomb = png(60_000, 60_000, zlib.compress(bytes(1000)))
    with pytest.raises(NotShown, match="60,000 x 60,000 pixels"):
        bitmap_of(bomb, 1000)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        picture()[:100],
        picture(kind="JPEG", size=(400, 300))[:-2000],
        noise((200, 200))[:5000],
        noise((2000, 200))[:9000],
        picture("P", "GIF")[:30],
        picture(kind="WEBP")[:60],
        png(100, 100, zlib.compress(bytes(99))),
        png(100, 100, b"nonsense"),
        png(0, 0, zlib.compress(b"")),
        b"GIF89a" + bytes(50),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
)
def test_broken_pictures_are_not_shown(data: bytes) -> None:
    found = drawn(data)
    assert found.gaps
    assert f"Picture {PATH}" in found.text
    assert list(objects(found)) == []
