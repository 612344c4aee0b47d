"""Words as glyphs: each letter in a face that has it, joined and placed as its script wants, ready to be drawn."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby, pairwise
from typing import NamedTuple

import uharfbuzz
from bidi.mirror import MIRRORED

from exportmanager.formats.pdf.fonts import EMOJI, IS_CJK, Face, Han, emoji, faces

JOINED = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0590-\u109f\u1100-\u11ff\u135d-\u135f\u1700-\u18af\u1900-\u1cff\u1dc0-\u1dff"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ua66f-\ua67f\ua800-\uabff"
    "\ufb1d-\ufdff\ufe00-\ufe0f\ufe20-\ufe2f\ufe70-\ufeff\U00010a00-\U00011fff\U0001e800-\U0001efff"
    "\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e0000-\U000e01ef\ud800-\udfff\x00-\x1f\x7f-\x9f\u00ad]"
)
"""What is not simply one glyph after another: marks, scripts that join, invisible signs, emoji made of several."""
INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
FORMS = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]+")
"""Arabic letters that are stored as one of their forms."""
FEATURES = {"kern": False, "liga": False, "clig": False}
REMEMBERED = 20_000
"""Words; more of them would cost more memory than time."""
BOX = "\u25a1"


class Moved(NamedTuple):
    """A glyph that moves from where it falls, right and up by thousandths of the size."""

    right: int
    up: int
    codes: str


class Cluster(NamedTuple):
    """Glyphs that belong together. `spoken`: their text, where the glyphs do not say it by themselves."""

    spoken: str
    glyphs: tuple[Moved, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Glyphs of one face from left to right; `width` in thousandths of the size.

    `codes`: the glyphs as they stand in a PDF's string; `clusters`: the same, where some move or are spoken apart.
    `glyphs`: each code and its text. `missing`: letters that a box stands for.
    """

    face: Face
    width: int
    codes: str
    glyphs: tuple[tuple[int, str], ...]
    clusters: tuple[Cluster, ...] = ()
    missing: str = ""


class Shaped(NamedTuple):
    """A word: its width in thousandths of the size, and its runs from left to right."""

    width: int
    runs: tuple[Run, ...]


@dataclass(slots=True)
class Chain:
    """The faces for words of one look, and the words that were set with them."""

    faces: tuple[Face, ...]
    emoji: Face
    words: dict[tuple[str, bool], Shaped] = field(default_factory=dict)
    letters: dict[str, tuple[Face, int, str, int] | None] = field(default_factory=dict)

    def shaped(self, word: str, rtl: bool = False) -> Shaped:
        """A word as glyphs; `rtl`: its letters run from right to left."""
        found = self.words.get((word, rtl))
        if found is None:
            if len(self.words) >= REMEMBERED:
                self.words.clear()
            runs = tuple(_joined(word, rtl, self) if rtl or JOINED.search(word) else _simple(word, self))
            found = self.words[word, rtl] = Shaped(sum(run.width for run in runs), runs)
        return found

    def letter(self, letter: str) -> tuple[Face, int, str, int] | None:
        """The face, glyph, code and width of a letter; None where no face has it."""
        if letter not in self.letters:
            self.letters[letter] = self._looked_up(letter)
        return self.letters[letter]

    def _looked_up(self, letter: str) -> tuple[Face, int, str, int] | None:
        if unicodedata.category(letter) == "Co":
            return None  # private: what a font has there means nothing elsewhere
        first = [self.emoji] if EMOJI.match(letter) else []
        if IS_CJK.match(letter):
            first = [face for face in self.faces if face.is_cjk]
        for face in (*first, *self.faces):
            if glyph := face.glyph(letter):
                return face, glyph, code_of(glyph), face.width(glyph)
        return None


@cache
def chain(bold: bool, italic: bool, mono: bool, han: Han = "SC") -> Chain:
    """The faces for words that look so."""
    return Chain(faces(bold, italic, mono, han), emoji(700 if bold else 400))


@cache
def code_of(glyph: int) -> str:
    """A glyph's two bytes as they stand between the brackets of a PDF's string; in ASCII, as reportlab wants it."""
    return "".join(_ESCAPED.get(byte) or chr(byte) for byte in glyph.to_bytes(2, "big"))


_ESCAPED = {byte: f"\\{byte:03o}" for byte in (10, 13, *range(128, 256))} | {byte: f"\\{chr(byte)}" for byte in b"()\\"}


def _simple(word: str, chain: Chain) -> Iterator[Run]:
    """A word of letters that stand one after another."""
    found = [(chain.letter(letter), letter) for letter in word.replace("\xa0", " ")]
    for face, group in groupby(found, lambda item: item[0] and item[0][0]):
        if face is None:
            yield from (_box(letter, chain) for _, letter in group)
            continue
        letters = [(*known, letter) for known, letter in group if known]
        glyphs = tuple({glyph: letter for _, glyph, _, _, letter in letters}.items())
        yield Run(face, sum(item[3] for item in letters), "".join(item[2] for item in letters), glyphs)


def _box(letter: str, chain: Chain) -> Run:
    """The sign for a letter that no face has; copied, it gives the letter."""
    known = chain.letter(BOX)
    assert known, "every chain ends in faces that have a box"
    face, glyph, code, width = known
    return Run(face, width, code, ((glyph, BOX),), (Cluster(letter, (Moved(0, 0, code),)),), letter)


def _joined(word: str, rtl: bool, chain: Chain) -> Iterator[Run]:
    """A word with marks, or of a script whose letters join."""
    text = FORMS.sub(lambda match: unicodedata.normalize("NFKC", match[0]), unicodedata.normalize("NFC", word))
    text = INVISIBLE.sub("", re.sub("[\ud800-\udfff]", "\ufffd", text)).replace("\xa0", " ")
    groups = [
        (face, "".join(letter for _, letter in group)) for face, group in groupby(_faced(text, chain), lambda i: i[0])
    ]
    for face, letters in reversed(groups) if rtl else groups:
        if face is None:
            yield from (_box(letter, chain) for letter in (reversed(letters) if rtl else letters))
        else:
            yield from _shaped(face, letters, rtl)


def _faced(text: str, chain: Chain) -> Iterator[tuple[Face | None, str]]:
    """Each letter and the face for it: marks and what a joiner joins stay with what stands before them."""
    face: Face | None = None
    before = ""
    for letter, after in pairwise([*text, ""]):
        if not (face and _stays(letter, before, face)):
            known = chain.letter(letter)
            face = known[0] if known else None
            if after == "\ufe0f" and chain.emoji.glyph(letter):
                face = chain.emoji
        yield face, letter
        before = letter


def _stays(letter: str, before: str, face: Face) -> bool:
    if unicodedata.category(letter)[0] == "M" or "\U0001f3fb" <= letter <= "\U0001f3ff" or letter >= "\U000e0000":
        return True
    return letter in "\u200c\u200d" or (before == "\u200d" and face.glyph(letter) > 0)


class _Glyph(NamedTuple):
    """A glyph as HarfBuzz places it: `left` and `up` in its word. `start` is where in the text its letters begin."""

    number: int
    start: int
    left: int
    up: int
    advance: int


def _shaped(face: Face, text: str, rtl: bool) -> Iterator[Run]:
    """Letters of one face, joined and placed."""
    found = _glyphs(face, text, rtl)
    if not found:
        return  # only signs that are not seen
    starts = sorted({glyph.start for glyph in found})
    ends = dict(pairwise([*starts, len(text)]))
    letters = _mirrored(text) if rtl else text
    clusters: list[Cluster] = []
    glyphs: list[tuple[int, str]] = []
    missing, fallen = "", 0
    for start, part in groupby(found, lambda glyph: glyph.start):
        said = letters[start : ends[start]]
        whole = _in_one(face, said, list(part))
        is_plain = len(whole) == 1 and whole[0].number > 0
        clusters.append(Cluster("" if is_plain else said, tuple(_moved(face, whole, fallen))))
        glyphs += [(glyph.number, said if is_plain else "") for glyph in whole]
        missing += "" if all(glyph.number for glyph in whole) else said
        fallen = whole[-1].left + face.width(whole[-1].number)
    width = sum(glyph.advance for glyph in found)
    if width != fallen:
        clusters.append(Cluster("", (Moved(width - fallen, 0, ""),)))
    codes = "".join(glyph.codes for cluster in clusters for glyph in cluster.glyphs)
    is_special = any(cluster.spoken or glyph.right or glyph.up for cluster in clusters for glyph in cluster.glyphs)
    yield Run(face, width, codes, tuple(glyphs), tuple(clusters) if is_special else (), missing)


def _glyphs(face: Face, text: str, rtl: bool) -> list[_Glyph]:
    """The glyphs from left to right."""
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if rtl else "ltr"
    buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
    buffer.flags = uharfbuzz.BufferFlags.REMOVE_DEFAULT_IGNORABLES
    uharfbuzz.shape(face.font, buffer, FEATURES)
    glyphs, pen = [], 0
    for info, place in zip(buffer.glyph_infos or (), buffer.glyph_positions or (), strict=True):
        glyphs.append(_Glyph(info.codepoint, info.cluster, pen + place.x_offset, place.y_offset, place.x_advance))
        pen += place.x_advance
    return glyphs


def _in_one(face: Face, letter: str, part: list[_Glyph]) -> list[_Glyph]:
    """An Arabic letter as one glyph that says which letter it is, where the font makes it of a body and dots."""
    if len(part) == 1:
        return part
    names = " ".join(face.font.get_glyph_name(glyph.number) or "" for glyph in part)
    if "rlig" in names:
        return part  # a form for one neighbour only
    form = re.search(r"\.(init|medi|fina)", names)
    alone = _arabic_forms().get((letter, form[1] if form else "isol"))
    number = face.glyph(alone) if alone else 0
    body = max(part, key=lambda glyph: glyph.advance)
    return [body._replace(number=number)] if number else part


@cache
def _arabic_forms() -> dict[tuple[str, str], str]:
    """The forms of Arabic letters as letters of their own, by letter and form (Unicode has them for old programs)."""
    forms = {}
    for code in (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD)):
        match unicodedata.decomposition(chr(code)).split():
            case [form, letter]:
                forms[chr(int(letter, 16)), form[1:5]] = chr(code)
    return forms


def _moved(face: Face, part: list[_Glyph], fallen: int) -> Iterator[Moved]:
    """Glyphs with how far they move. `fallen`: where the first would fall."""
    for glyph in part:
        yield Moved(glyph.left - fallen, glyph.up, code_of(glyph.number))
        fallen = glyph.left + face.width(glyph.number)


def _mirrored(text: str) -> str:
    """The text as its glyphs look where it runs from right to left: an opening bracket is drawn as a closing one."""
    return "".join(MIRRORED.get(letter, letter) for letter in text)
