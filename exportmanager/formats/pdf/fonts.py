"""The fonts of PDFs: which face has a letter, under which code, and how wide it is there.

All are TrueType fonts from packages (Noto and JetBrains Mono, under the SIL Open Font License), so that the same pages
come out on every computer. They are opened when a letter first needs them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import product
from typing import Literal

import uharfbuzz

Han = Literal["SC", "TC", "JP", "KR"]
"""How Han letters are drawn: as in mainland China, Taiwan, Japan or Korea."""

NOTO, WESTERN, CJK = "manimgx_fonts", "justmytype_western_core", "justmytype_intl_cjk"
REGULAR, BOLD = 400, 700
SCRIPTS = (
    "Hebrew", "Arabic", "Armenian", "Georgian", "Ethiopic", "Devanagari", "Bengali", "Gujarati", "Gurmukhi", "Kannada",
    "Malayalam", "Oriya", "Sinhala", "Tamil", "Telugu", "Thai", "Lao", "Khmer", "Myanmar",
)  # fmt: skip
EMOJI = re.compile("[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff]")
"""Drawn as emoji, also where another face has them."""
CHINESE_JAPANESE = (
    "\u2e80-\u303f\u3040-\u30ff\u3100-\u31ff\u3200-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
)
IS_CJK = re.compile(f"[{CHINESE_JAPANESE}\uac00-\ud7af]")
"""Drawn as in China, Japan or Korea, also where another face has them."""


@dataclass(frozen=True, eq=False)
class Face:
    """One weight of a font. `name` is its own, and what a page's content calls it."""

    name: str
    package: str
    path: str
    weight: int

    @property
    def is_cjk(self) -> bool:
        """Whether it is for Chinese, Japanese or Korean."""
        return self.package == CJK

    @property
    def is_bold(self) -> bool:
        """Whether it is the bold one."""
        return self.weight == BOLD

    @cached_property
    def face(self) -> uharfbuzz.Face:
        """The font as it is in its file, with all its weights."""
        return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(files(self.package) / self.path)))

    @cached_property
    def font(self) -> uharfbuzz.Font:
        """The font in this weight; its unit is a thousandth of the size."""
        font = uharfbuzz.Font(self.face)
        font.scale = (1000, 1000)
        font.set_variations({"wght": self.weight})
        return font

    def glyph(self, letter: str) -> int:
        """The number of the glyph of a letter; 0 where this font has none."""
        return self.font.get_nominal_glyph(ord(letter)) or 0

    def width(self, glyph: int) -> int:
        """How wide a glyph is, in thousandths of the size."""
        return int(self.font.get_glyph_h_advance(glyph))


_known: dict[str, Face] = {}


def face_named(name: str) -> Face:
    """The face with this name, opened by this process or not."""
    if name not in _known:
        for bold, italic, mono in product((False, True), repeat=3):
            faces(bold, italic, mono, "SC")
    return _known[name]


def _face(stem: str, package: str, path: str, weight: int) -> Face:
    """The one `Face` there is of a file and weight."""
    name = stem + ("-Bold" if weight == BOLD else "")
    return _known.setdefault(name, Face(name, package, path, weight))


def _western(folder: str, file: str, weight: int) -> Face:
    return _face(re.sub(r"\W.*", "", file.replace("-", "")), WESTERN, f"fonts/ofl/{folder}/{file}.ttf", weight)


def _noto(name: str, weight: int) -> Face:
    return _face(f"Noto{name}".replace("-", ""), NOTO, f"Noto{name}[wght].ttf", weight)


def _han(country: str, weight: int) -> Face:
    path = f"fonts/ofl/notosans{country.lower()}/NotoSans{country}[wght].ttf"
    return _face(f"NotoSans{country}", CJK, path, weight)


@cache
def faces(bold: bool, italic: bool, mono: bool, han: Han) -> tuple[Face, ...]:
    """The faces that a letter is looked for in, in this order; the last resort is Chinese, Japanese and Korean."""
    weight = BOLD if bold else REGULAR
    sans = _noto("Sans-Italic" if italic else "Sans", weight)
    code = _western("jetbrainsmono", f"JetBrainsMono{'-Italic' if italic else ''}[wght]", weight)
    wide = _western("notosansmono", "NotoSansMono[wdth,wght]", weight)
    signs = (
        _noto("SansSymbols", weight),
        _western("notosanssymbols2", "NotoSansSymbols2-Regular", REGULAR),
        _western("stixtwomath", "STIXTwoMath-Regular", REGULAR),
        emoji(weight),
    )
    countries = (han, *(other for other in ("SC", "JP", "KR", "TC") if other != han))
    return (
        *((code, wide, sans, *signs) if mono else (sans, signs[0], signs[1], wide, *signs[2:])),
        *(_noto(f"Sans{script}", weight) for script in SCRIPTS),
        *(_han(country, weight) for country in countries),
    )


@cache
def emoji(weight: int) -> Face:
    """Emoji in one colour; those in several cannot be put into a PDF."""
    return _noto("Emoji", weight)


def han_of(text: str) -> Han:
    """How the Han letters of a text are best drawn, by what stands beside them and by which of them they are."""
    if re.search("[\u3040-\u30ff\u31f0-\u31ff]", text):
        return "JP"
    if re.search("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]", text):
        return "KR"
    letters = "".join(re.findall("[\u4e00-\u9fff]", text))
    return "TC" if not _written(letters, "gb2312") and _written(letters, "big5") else "SC"


def _written(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
