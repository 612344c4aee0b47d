"""Draws what belongs to the platform: callouts, questions, buttons, actions; and formulas, code and footnotes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lxml.html import HtmlElement
from markdown_it.token import Token
from reportlab.platypus import Flowable

from exportmanager.formats.guides_html.drawing import BUTTONS
from exportmanager.formats.guides_html.style import MOODS, NAMES
from exportmanager.formats.guides_markdown import language_of
from exportmanager.formats.pdf.boxes import Box, Rule
from exportmanager.formats.pdf.elements import add_code
from exportmanager.formats.pdf.flow import Flow
from exportmanager.formats.pdf.maths import fitted, formula
from exportmanager.formats.pdf.spans import Drawn, Look
from exportmanager.formats.pdf.style import BUTTON, GAP, LINK, MONO, MUTED, NOTE, QUIET
from exportmanager.formats.untrusted import printable

_MOST_BOXES = 6


class Formula(Flowable):  # type: ignore[misc]
    """A formula on a line of its own, in the middle, made smaller where the line is too short."""

    def __init__(self, drawn: Drawn) -> None:
        super().__init__()
        self._drawn = self._fitted = drawn
        self.spaceBefore = self.spaceAfter = GAP

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """How much room it takes."""
        self._fitted = fitted(self._drawn, avail_width)
        self.width = avail_width
        return avail_width, self._fitted.height + self._fitted.depth

    def split(self, avail_width: float, avail_height: float) -> list[Flowable]:
        """A formula stays whole."""
        return []

    def draw(self) -> None:
        """Draws it."""
        self._fitted.draw(self.canv, (self.width - self._fitted.width) / 2, self._fitted.depth)


def _callout(flow: Flow, element: HtmlElement, token: Token, look: Look) -> None:
    name = (
        ""
        if token.info == "image"
        else "Teacher only"
        if token.info == "guidance"
        else NAMES.get(token.info, printable(token.meta["name"], 40))
    )
    if flow.boxed >= _MOST_BOXES:
        flow.block(element, look)
        return
    inner = flow.inner(boxed=1)
    inner.walk(element, look)
    mood = MOODS.get(token.info, "neutral")
    inner.flush()
    flow.add(Box(inner.out, mood, name, flow.missed), inner.narrow + 24, inner.wide + 24)


def _code(flow: Flow, element: HtmlElement, token: Token, look: Look) -> None:
    add_code(flow, token.content, language_of(token.info) if token.type == "fence" else "")


def _formula_below(flow: Flow, element: HtmlElement, token: Token, look: Look) -> None:
    tex = token.content.strip()
    drawn = formula(tex, flow.style.size, display=True) if tex else None
    if drawn:
        flow.add(Formula(drawn), min(drawn.width, 60.0), drawn.width)
    elif tex:
        flow.missed.add(f"Formula {printable(tex, 60)}", "its TeX cannot be read")
        add_code(flow, tex, "")


def _formula_in_line(flow: Flow, element: HtmlElement, token: Token, look: Look) -> None:
    tex = token.content.strip()
    is_display = token.type == "math_inline_double"
    drawn = formula(tex, flow.style.size * look.size, display=is_display)
    if drawn and is_display and not flow.is_measured:
        flow.add(Formula(drawn))
    elif drawn:
        flow.line.add_drawn(fitted(drawn, flow.sheet.view.width * 0.8))
    else:
        flow.missed.add(f"Formula {printable(tex, 60)}", "its TeX cannot be read")
        flow.line.add(tex, replace(look, mono=True, size=look.size * 0.9))


def _question(flow: Flow, element: HtmlElement, token: Token, look: Look) -> None:
    from exportmanager.formats.pdf.questions import question_flowables  # it draws texts in turn

    name = token.meta["id"]
    known = flow.sheet.view.assessments.get(name)
    if known is None:
        said = f"The question {printable(name, 80)} is not in this guide"
        flow.placeholder(said, f"Question {printable(name, 80)}", "it is not in this guide")
    elif token.block and not flow.sheet.in_question and not flow.is_measured:
        for flowable in question_flowables(known, flow.sheet.view):
            flow.add(flowable)
    else:
        flow.placeholder(f"Question {printable(known.name or known.id, 80)}", *_ONLY_NAMED)


_ONLY_NAMED = "A question in a question, a heading or a table", "it is only named there"


def _command(flow: Flow, element: HtmlElement, token: Token, look: Look) -> None:
    """A button that nobody can press, and what it does."""
    kind, argument = token.meta["kind"], token.meta["argument"]
    if kind == "go-to-section-titled":
        _way_to(flow, token.content, argument, look)
        return
    flow.line.add(f"\u00a0{token.content}\u00a0", BUTTON)
    if argument:
        flow.line.add(" ", look)
        flow.line.add(argument, MONO)
    if kind:
        flow.line.add(f" {BUTTONS.get(kind, kind)}", QUIET)


def _way_to(flow: Flow, words: str, title: str, look: Look) -> None:
    view = flow.sheet.view
    node = view.titles.get(title.strip())
    if node is not None:
        flow.line.add(words, replace(look, colour=LINK), f"#{view.destinations[node]}")
        return
    flow.line.add(f"{words} ", look)
    said = f"There is no page {printable(title, 80)}"
    flow.placeholder(said, f"Link to the page {printable(title, 80)}", "there is no such page")


def _action(flow: Flow, element: HtmlElement, token: Token, look: Look) -> None:
    """Words that do something on the platform, and what."""
    flow.walk(element, look)
    flow.line.add(" (", QUIET)
    flow.line.add("; ".join(token.meta["actions"]), replace(MONO, colour=MUTED))
    flow.line.add(")", QUIET)


def _footnote_sign(flow: Flow, element: HtmlElement, token: Token, look: Look) -> None:
    flow.line.add(f"[{token.meta['id'] + 1}]", replace(look, size=look.size * 0.7, rise=0.5))


def _footnotes(flow: Flow, element: HtmlElement, token: Token, look: Look) -> None:
    inner = flow.inner(NOTE)
    inner.walk(element, look)
    inner.flush()
    flow.add(Rule(90.0))
    for flowable in inner.out:
        flow.add(flowable)


TOKENS: dict[str, Callable[[Flow, HtmlElement, Token, Look], None]] = {
    "callout_open": _callout,
    "fence": _code,
    "code_block": _code,
    "math_block": _formula_below,
    "math_inline": _formula_in_line,
    "math_inline_double": _formula_in_line,
    "assessment": _question,
    "command": _command,
    "action_open": _action,
    "footnote_ref": _footnote_sign,
    "footnote_block_open": _footnotes,
}
"""How each type of token is drawn that a tree keeps."""
