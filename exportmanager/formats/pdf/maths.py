"""Draws formulas: TeX, set by ziamath, as letters of its font and a few lines."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib.resources import files
from math import isfinite
from typing import Any
from xml.etree import ElementTree

from reportlab.lib.colors import getAllNamedColors

from exportmanager.formats.pdf.embedding import letters_of
from exportmanager.formats.pdf.fonts import face_named
from exportmanager.formats.pdf.inking import colour, number, spoken
from exportmanager.formats.pdf.shaping import code_of
from exportmanager.formats.pdf.spans import Drawn
from exportmanager.formats.pdf.style import INK
from exportmanager.formats.questions import BLANK

_FACE = "STIXTwoMathRegular"
"""A font that tells how formulas are set with it (OpenType, table ``MATH``)."""
_SCALE = 1.1
"""The small letters of STIX Two are smaller than those of Noto Sans."""
_LONGEST = 4_000
"""Characters of a formula that is drawn."""
_DEAREST = 6_000
"""Letters that may be set for one formula, counted as often as ziamath sets them: a second or two."""
_WIDEST = 5_000.0
"""Points: wider and higher ones are no formulas."""
_OF_ROWS = {"math", "mrow", "mtd", "mphantom", "mpadded"}
"""What ziamath sets twice: once to see how high it is."""
_DEFINES = re.compile(r"\\(?:def|newcommand|renewcommand|newenvironment)\b")
_LEFT_OUT = re.compile(r"\\(?:label|tag\*?|require)\s*\{[^{}]*\}|\\(?:nonumber|notag|displaylimits)\b|(?<!\\)%[^\n]*")
_NUMBERED = re.compile(r"\\(begin|end)\s*\{(align|eqnarray|gather|equation|multline|alignat)\}")
_WORD = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{3,}")
_MOST_WORDS = 7
"""Words outside of texts: more of them are prose between the dollar signs of prices."""
_UNREAD = re.compile(r"\\[A-Za-z]|^[&#\\]$")
"""What no formula says: ziamath prints a command that it does not know, and signs of tables outside of them."""
_TEXT = re.compile(r"(\\(?:text(?:bf|it|md|normal|rm|sf|tt|up)?|[fhm]box)\s*\{)((?:\\[{}]|[^{}])*)")
_ESCAPED = re.compile(r"\\([&%_#${}])")
_KEPT = {ord(sign): 0xE000 + ord(sign) for sign in "&<>%_#${}"}
"""Signs that stand for themselves in a text, on their way through latex2mathml, which would read or print them."""
_PUT_BACK = {code: sign for sign, code in _KEPT.items()}
_NAMED = {name.lower(): "#" + shade.hexval()[2:] for name, shade in getAllNamedColors().items()}
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")

Canvas = Any
"""reportlab has no types."""


def formula(tex: str, size: float, *, display: bool) -> Drawn | None:
    """The formula in letters of `size` points, beside a text of that size; on a line of its own with `display`.

    None where the TeX is not read: broken, with commands that are not known or that define others, or too much of it.
    """
    return _formula(tex.strip().replace(BLANK, r"\text{____}"), size, display)


def fitted(drawn: Drawn, width: float) -> Drawn:
    """The same, made so small that it is no wider than `width`."""
    if drawn.width <= width:
        return drawn
    factor = width / drawn.width

    def draw(canvas: Canvas, x: float, y: float) -> None:
        canvas.saveState()
        canvas.translate(x, y)
        canvas.scale(factor, factor)
        drawn.draw(canvas, 0, 0)
        canvas.restoreState()

    return replace(drawn, width=width, height=drawn.height * factor, depth=drawn.depth * factor, draw=draw)


@lru_cache(maxsize=2_000)
def _formula(tex: str, size: float, display: bool) -> Drawn | None:
    node = _node(tex, size * _SCALE, display) if _is_formula(tex) else None
    if node is None:
        return None
    box = node.bbox
    left, right = min(box.xmin, 0.0), max(box.xmax, node.xadvance())
    if not all(isfinite(side) and abs(side) < _WIDEST for side in (left, right, box.ymin, box.ymax)) or right <= left:
        return None
    marks = _Marks()
    marks.take(node, -left, 0.0)
    if marks.lacks:
        return None
    words = "" if display else tex  # a line says the words of what stands on it; what stands alone does so itself
    draw = marks.drawing(tex if display else "")
    return Drawn(right - left, max(box.ymax, 0.0), max(-box.ymin, 0.0), draw, words)


def _is_formula(tex: str) -> bool:
    if not tex or len(tex) > _LONGEST or _DEFINES.search(tex):
        return False
    return len(_WORD.findall(_TEXT.sub("", tex))) <= _MOST_WORDS


def _node(tex: str, size: float, display: bool) -> Any:
    """The formula as ziamath sets it; None where it does not, or would take too long."""
    read, math = _ziamath()
    face = face_named(_FACE)
    try:
        tree = ElementTree.fromstring(read(_tidied(tex), inline=not display))
        _finish(tree)
        if _cost(tree) > _DEAREST or any(_UNREAD.search(text) for text in tree.itertext()):
            return None
        return math(tree, size=size, font=str(files(face.package) / face.path)).node
    except Exception:  # it has no error of its own: what is no TeX raises whatever comes up
        return None


@cache
def _ziamath() -> tuple[Callable[..., str], Callable[..., Any]]:
    """What reads TeX, and what sets it. Loading it takes a fifth of a second, for guides with formulas only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it opens its own files in a way that is called old
        from ziamath.tex import tex2mml
        from ziamath.zmath import Math
    return tex2mml, Math


def _tidied(tex: str) -> str:
    """Without what only numbers equations (on the platform none are numbered), and with texts that can be read."""
    bare = (
        _NUMBERED.sub(r"\\\1{\2*}", _LEFT_OUT.sub("", tex)).replace(r"\not=", r"\neq ").replace(r"\binom{", r"\binom {")
    )
    return _TEXT.sub(lambda found: found[1] + _ESCAPED.sub(r"\1", found[2]).translate(_KEPT), bare)


def _finish(tree: ElementTree.Element) -> None:
    """Puts signs back into texts, and the small spaces of TeX around the names of functions."""
    for element in list(tree.iter()):
        element.text = element.text and element.text.translate(_PUT_BACK)
        if _name(element) in {"math", "mrow", "mtd"}:
            _space_functions(element)


def _space_functions(row: ElementTree.Element) -> None:
    for place in range(len(row) - 1, 0, -1):
        before, after = row[place - 1], row[place]
        if (_is_function(before) and _name(after) != "mo") or (_is_function(after) and _name(before) != "mo"):
            row.insert(place, ElementTree.Element("mspace", width="0.125em"))


def _is_function(element: ElementTree.Element) -> bool:
    while len(element) and _name(element) in {"msub", "msup", "msubsup", "munder", "mover", "munderover"}:
        element = element[0]
    return _name(element) in {"mi", "mo"} and len(element.text or "") > 1 and (element.text or "").isalpha()


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _cost(element: ElementTree.Element) -> int:
    """How many letters ziamath will set: with the depth of nested rows they double each time."""
    inner = sum(_cost(child) for child in element) or 1
    return inner * 2 if _name(element) in _OF_ROWS else inner


# What is on the page


@dataclass(slots=True)
class _Marks:
    """Operators for the letters and lines of a formula, from the left end of its base line.

    `lacks`: a letter of it is not in the font.
    """

    lacks: bool = False
    glyphs: dict[int, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    _pen: tuple[float, float] = (0.0, 0.0)
    _look: tuple[float, str] = (0.0, "")

    def take(self, node: Any, x: float, y: float) -> None:
        """All that a node of ziamath would draw at this place; `y` is counted upwards here, downwards there."""
        name = type(node).__name__
        if name == "Glyph":
            self._take_letter(node, x, y)
        elif name in _LINES:
            if not node.phantom:
                self.lines.append(f"{colour(_ink(node))} rg {colour(_ink(node))} RG {_LINES[name](node, x, y)}")
        else:
            self._take_ground(node, x, y)
            for (right, down), child in zip(node.nodexy, node.nodes, strict=False):
                self.take(child, x + right, y - down)

    def _take_letter(self, node: Any, x: float, y: float) -> None:
        for glyph, right, up in _parts(node.glyph, node.size / node.glyph.font.info.layout.unitsperem):
            self.lacks |= glyph.index == 0
            if not glyph.operators or node.phantom:
                continue
            if self._look != (node.size, _ink(node)):
                self._look = node.size, _ink(node)
                self.text.append(f"{colour(_ink(node))} rg /{_FACE} {number(node.size)} Tf")
            place = round(x + right, 2), round(y + up, 2)
            self.text.append(f"{number(place[0] - self._pen[0])} {number(place[1] - self._pen[1])} Td")
            self.text.append(f"({code_of(glyph.index)})Tj")
            self.glyphs.setdefault(glyph.index, unicodedata.normalize("NFKC", min(glyph.char, default=node.char)))
            self._pen = place

    def _take_ground(self, node: Any, x: float, y: float) -> None:
        if ground := _colour(node.style.mathbackground):
            box = node.bbox
            area = _box(x + box.xmin, y + box.ymin, box.xmax - box.xmin, box.ymax - box.ymin)
            self.lines.append(f"{colour(ground)} rg {area} f")

    def drawing(self, words: str) -> Callable[[Canvas, float, float], None]:
        """Draws all of it; what copies or speaks it gets `words`."""
        code = " ".join([*self.lines, spoken(words), "BDC BT", *self.text, "ET EMC Q"])

        def draw(canvas: Canvas, x: float, y: float) -> None:
            used = letters_of(canvas).used.setdefault(_FACE, {})
            for glyph, text in self.glyphs.items():
                used.setdefault(glyph, text)
            canvas._code.append(f"q 1 0 0 1 {number(x)} {number(y)} cm {code}")

        return draw


def _parts(glyph: Any, scale: float) -> list[tuple[Any, float, float]]:
    """A letter with its place; of one that was put together, such as a high bracket, its parts with theirs."""
    if type(glyph).__name__ != "AssembledGlyph":
        return [(glyph, 0.0, 0.0)]
    lengths = [offset * scale for offset in glyph.offsets]
    places = [(0.0, length) if glyph.vert else (length, 0.0) for length in lengths]
    return [(part, *place) for part, place in zip(glyph.glyphs, places, strict=True)]


def _across(node: Any, x: float, y: float) -> str:
    return f"{_box(x, y - node.lw, node.length, node.lw)} f"


def _upright(node: Any, x: float, y: float) -> str:
    return f"{_box(x - node.lw / 2, y - node.height, node.lw, node.height)} f"


def _frame(node: Any, x: float, y: float) -> str:
    return f"{number(node.lw)} w {_box(x, y, node.width, node.height)} S"


def _diagonal(node: Any, x: float, y: float) -> str:
    start, end = f"{number(x)} {number(y + node.height)} m", f"{number(x + node.width)} {number(y)} l"
    return f"{number(node.lw)} w {start} {end} S"


_LINES = {"HLine": _across, "VLine": _upright, "Box": _frame, "Diagonal": _diagonal}
"""What ziamath draws besides letters, by the names of its classes (ziamath.drawable)."""


def _box(x: float, y: float, width: float, height: float) -> str:
    return f"{number(x)} {number(y)} {number(width)} {number(height)} re"


def _ink(node: Any) -> str:
    """Black is what ziamath calls the colour that was not chosen."""
    return INK if node.style.mathcolor == "black" else _colour(node.style.mathcolor, INK)


def _colour(name: object, default: str = "") -> str:
    """A colour of TeX as ``#rrggbb``. (reportlab's own reading of colours runs what it reads.)"""
    text = str(name or "").strip()
    return text if _HEX.fullmatch(text) else _NAMED.get(text.lower(), default)
