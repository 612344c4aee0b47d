"""Lines as operators of a PDF: one text object for a block, with a change of font or colour only where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby

from exportmanager.formats.pdf.cutting import Ink, Piece
from exportmanager.formats.pdf.embedding import Letters, utf_16
from exportmanager.formats.pdf.fonts import Face
from exportmanager.formats.pdf.shaping import Run, chain
from exportmanager.formats.pdf.spans import Drawn

UNDERLINE, STRIKE, THICK = -0.12, 0.27, 0.055
"""Above the base line, and how thick they are, in sizes."""
GROUND_DEPTH, GROUND_HEIGHT, GROUND_SIDE = 0.26, 1.24, 0.08
_NEAR = 0.01
LinkBox = tuple[str, float, float, float, float]


@dataclass(slots=True)
class Inked:
    """What stands on a page: operators for what lies below the text, for it and above it; links; things drawn."""

    letters: Letters
    below: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    links: list[LinkBox] = field(default_factory=list)
    drawn: list[tuple[Drawn, float, float]] = field(default_factory=list)
    _font: tuple[str, float] = ("", 0.0)
    _colour: str = ""
    _rise: float = 0.0
    _start: tuple[float, float] = (0.0, 0.0)
    _pen: tuple[float, float] = (0.0, 0.0)

    def code(self) -> str:
        """All operators, between which and others nothing leaks."""
        text = ["BT", *self.text, "ET"] if self.text else []
        return " ".join(["q", *self.below, *text, *self.above, "Q"]) if text or self.below else ""

    def add_line(self, pieces: Sequence[Piece], x: float, y: float) -> None:
        """A line whose pieces stand in this order from left to right; `x`, `y` is the left end of its base line."""
        for ink, group in groupby(pieces, lambda piece: piece.ink):
            part = list(group)
            width = sum(piece.width for piece in part)
            if ink is None:
                x = self._add_drawn(part, x, y)
                continue
            self._move(x, y, width)
            self._add_text(part, ink)
            self._add_marks(ink, x, y, width)
            x += width

    def _add_drawn(self, pieces: Sequence[Piece], x: float, y: float) -> float:
        for piece in pieces:
            if piece.drawn:
                self.drawn.append((piece.drawn, x, y))
                if piece.drawn.words:
                    self._add_words(piece.drawn, x, y)
            x += piece.width
        return x

    def _add_words(self, drawn: Drawn, x: float, y: float) -> None:
        """An unseen space that is copied and spoken as the words."""
        run = chain(False, False, False).shaped(" ").runs[0]
        stretch = drawn.width * 100_000 / (run.width * 10)
        self._move(x, y, drawn.width)
        self._set(run.face, 10.0)
        self.letters.add([run])
        self.text.append(f"3 Tr {stretch:.0f} Tz {spoken(drawn.words)} BDC ({run.codes})Tj EMC 100 Tz 0 Tr")

    def _move(self, x: float, y: float, width: float) -> None:
        """To where text of this width begins, unless the text before ended there."""
        if not self.text or self._pen[1] != y or abs(self._pen[0] - x) > _NEAR:
            self.text.append(f"{number(x - self._start[0])} {number(y - self._start[1])} Td")
            self._start = (round(x, 3), round(y, 3))
        self._pen = (x + width, y)

    def _set(self, face: Face, size: float) -> None:
        if self._font != (face.name, size):
            self._font = (face.name, size)
            self.text.append(f"/{face.name} {number(size)} Tf")

    def _add_text(self, pieces: Sequence[Piece], ink: Ink) -> None:
        if self._colour != ink.colour:
            self._colour = ink.colour
            self.text.append(f"{colour(ink.colour)} rg")
        if self._rise != ink.rise:
            self._rise = ink.rise
            self.text.append(f"{number(ink.rise)} Ts")
        runs = [run for piece in pieces for run in piece.runs]
        self.letters.add(runs)
        for face, group in groupby(runs, lambda run: run.face):
            self._set(face, ink.size)
            for is_plain, part in groupby(group, lambda run: not run.clusters):
                if is_plain:
                    self.text.append(f"({''.join([run.codes for run in part])})Tj")
                else:
                    self.text += [clustered(run, ink) for run in part]

    def _add_marks(self, ink: Ink, x: float, y: float, width: float) -> None:
        """What goes with words: ground, underline, strike, link."""
        look, size, base = ink.look, ink.size, y + ink.rise
        if look.ground:
            side = GROUND_SIDE * size
            box = _box(x - side, base - GROUND_DEPTH * size, width + 2 * side, GROUND_HEIGHT * size)
            self.below.append(f"{colour(look.ground)} rg {box}")
        for is_there, height in ((look.underline, UNDERLINE), (look.strike, STRIKE)):
            if is_there:
                line = _box(x, base + (height - THICK / 2) * size, width, THICK * size)
                self.above.append(f"{colour(ink.colour)} rg {line}")
        if ink.link:
            self._add_link((ink.link, x, base - GROUND_DEPTH * size, x + width, base + size))

    def _add_link(self, link: LinkBox) -> None:
        """One box for what stands side by side."""
        if self.links and self.links[-1][0] == link[0] and abs(self.links[-1][3] - link[1]) < _NEAR:
            _, left, bottom, _, top = self.links.pop()
            link = (link[0], left, min(bottom, link[2]), link[3], max(top, link[4]))
        self.links.append(link)


def clustered(run: Run, ink: Ink) -> str:
    """A run some of whose glyphs move, or say their text apart."""
    parts: list[str] = []
    up = 0.0
    for cluster in run.clusters:
        if cluster.spoken:
            parts.append(f"{spoken(cluster.spoken)} BDC")
        for glyph in cluster.glyphs:
            if glyph.up != up:
                up = glyph.up
                parts.append(f"{number(ink.rise + up * ink.size / 1000)} Ts")
            move = f"{number(-glyph.right)} " if glyph.right else ""
            parts.append(f"[{move}({glyph.codes})]TJ")
        if cluster.spoken:
            parts.append("EMC")
    return " ".join([*parts, f"{number(ink.rise)} Ts"] if up else parts)


def spoken(text: str) -> str:
    """The tag and property list of marked content that reads as `text`."""
    return f"/Span<</ActualText<FEFF{utf_16(text)}>>>"


@cache
def colour(value: str) -> str:
    """``#rrggbb`` as a PDF's three numbers."""
    return " ".join(number(int(value[at : at + 2], 16) / 255) for at in (1, 3, 5))


def number(value: float) -> str:
    """A number with no more digits than a page shows."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _box(x: float, y: float, width: float, height: float) -> str:
    return f"{number(x)} {number(y)} {number(width)} {number(height)} re f"
