"""Goes through a tree of HTML and collects what it draws: lines of text, and between them flowables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from lxml.html import HtmlElement
from markdown_it.token import Token
from reportlab.platypus import Flowable

from exportmanager.formats.pdf.bitmaps import Bitmap, NotShown
from exportmanager.formats.pdf.inlines import Line, changed
from exportmanager.formats.pdf.lines import TextBlock, TextStyle, widths
from exportmanager.formats.pdf.markup import Tree
from exportmanager.formats.pdf.spans import PLAIN, Look, Span, Words
from exportmanager.formats.pdf.style import BODY, PLACEHOLDER
from exportmanager.formats.pdf.view import Missed, PdfView

DEEPEST = 80
"""Tags in tags that are gone through."""
SIDES: dict[str, Literal["left", "centre", "right"]] = {"left": "left", "center": "centre", "right": "right"}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What all parts of one text share. `elements` draw tags, `tokens` draw what a tag stands for, by their names."""

    view: PdfView
    tree: Tree
    elements: Mapping[str, Callable[[Flow, HtmlElement, Look, str], None]]
    tokens: Mapping[str, Callable[[Flow, HtmlElement, Token, Look], None]]
    in_question: bool = False
    abbreviations: dict[str, str] = field(default_factory=dict)
    bitmaps: dict[str, Bitmap | NotShown] = field(default_factory=dict)


class Flow:
    """Collects flowables in `out`; `narrow` and `wide` are the widths that they need and would like, in points.

    `level` counts tags, `boxed` the boxes and tables around. In a tight flow, paragraphs stand close together.
    """

    def __init__(self, sheet: Sheet, style: TextStyle = BODY) -> None:
        self.sheet, self.style = sheet, style
        self.out: list[Flowable] = []
        self.line = Line()
        self.narrow = self.wide = 0.0
        self.level = self.boxed = self.listed = 0
        self.is_tight = self.is_measured = False

    @property
    def missed(self) -> Missed:
        """What could not be drawn."""
        return self.sheet.view.missed

    def inner(self, style: TextStyle | None = None, *, boxed: int = 0, listed: int = 0) -> Flow:
        """An empty flow for what stands in something of this one."""
        flow = Flow(self.sheet, style or self.style)
        flow.level, flow.boxed, flow.listed = self.level, self.boxed + boxed, self.listed + listed
        flow.is_measured = self.is_measured
        return flow

    def walk(self, element: HtmlElement, look: Look = PLAIN, link: str = "") -> None:
        """Draw what an element holds."""
        if element.text:
            self.line.add(element.text, look, link)
        for child in element:
            self._visit(child, look, link)
            if child.tail:
                self.line.add(child.tail, look, link)

    def _visit(self, child: HtmlElement, look: Look, link: str) -> None:
        if not isinstance(child.tag, str):  # a comment
            return
        if self.level >= DEEPEST:
            self._flatten(child, look)
            return
        self.level += 1
        if token := self.sheet.tree.token_of(child):
            self.sheet.tokens[token.type](self, child, token, look)
        elif element := self.sheet.elements.get(child.tag):
            element(self, child, look, link)
        else:
            self.walk(child, changed(look, child.tag), link)
        self.level -= 1

    def _flatten(self, child: HtmlElement, look: Look) -> None:
        self.missed.add("Tags in tags", "they are nested too deeply, and only their text is shown")
        self.line.add(child.text_content(), look)

    def block(self, element: HtmlElement, look: Look = PLAIN, link: str = "") -> None:
        """Draw what an element holds in lines of its own."""
        self.flush()
        style, side = self.style, SIDES.get(element.get("align", "").lower())
        if side:
            self.style = replace(style, align=side)
        self.walk(element, look, link)
        self.flush()
        self.style = style

    def flush(self) -> None:
        """End the paragraph."""
        if spans := self.line.take():
            self.text(spans, replace(self.style, after=2.0) if self.is_tight else self.style)

    def text(self, spans: list[Span], style: TextStyle) -> None:
        """Add a paragraph."""
        narrow, wide = widths(spans, style) if self.is_measured else (0.0, 0.0)
        self.add(TextBlock(spans, style, self.missed), narrow + style.left, wide + style.left)

    def add(self, flowable: Flowable, narrow: float = 0.0, wide: float = 0.0) -> None:
        """Add anything, with the widths that it needs and would like, below what is there."""
        self.flush()
        self.out.append(flowable)
        self.narrow, self.wide = max(self.narrow, narrow), max(self.wide, wide)

    def add_flow(self, flow: Flow, make: Callable[[list[Flowable]], Flowable], inset: float = 0.0) -> None:
        """Add what another flow collected, in what `make` makes of it."""
        flow.flush()
        if flow.out:
            self.add(make(flow.out), flow.narrow + inset, flow.wide + inset)

    def placeholder(self, words: str, what: str, why: str, link: str = "") -> None:
        """Words in place of something, which is counted as missed."""
        self.missed.add(what, why)
        self.line.add(f"\u00a0{words}\u00a0", PLACEHOLDER, link)


def words(text: str, **look: Any) -> Words:
    """A few words of our own."""
    return Words(text, Look(**look))
