"""Draws the tokens of a page as HTML: what markdown-it draws by itself is left to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from exportmanager.formats.guides_html import boxes
from exportmanager.formats.guides_html.style import MOODS, NAMES
from exportmanager.formats.guides_html.view import PageView
from exportmanager.formats.guides_markdown import for_students, language_of, parse

BUTTONS = {
    "terminal": "runs in the terminal",
    "background": "runs in the background",
    "debugger": "debugger",
    "reset": "starts again",
    "upload-file": "uploads a file",
    "custom": "custom",
}
"""What a button does, for teachers; the usual one runs a command and shows its output below."""
_OPTIONS: Any = {"xhtmlOut": False, "breaks": False, "langPrefix": "language-", "highlight": None}
OF_A_LINE = re.compile(r"\s*<(?:a|b|em|embed|i|iframe|img|object|span|strong|u|video|audio)\b", re.IGNORECASE)
Env = MutableMapping[str, Any]


def draw(text: str, view: PageView, *, is_in_question: bool = False) -> str:
    """A Markdown text as HTML that still has to be cleaned. In a question, further questions are only named."""
    drawing = _Drawing(view, is_in_question)
    tokens = parse(text if view.for_teacher else for_students(text))
    return drawing.render(tokens, OptionsDict(_OPTIONS), {})


class _Drawing(RendererHTML):
    """A method for each type of token that is drawn otherwise; markdown-it calls it with these arguments."""

    def __init__(self, view: PageView, is_in_question: bool) -> None:
        super().__init__()
        self._view = view
        self._is_in_question = is_in_question

    def render(self, tokens: Sequence[Token], options: OptionsDict, env: Env) -> str:
        """Draw tokens, but for callouts that are not for whom the page is."""
        shown = tokens if self._view.for_teacher else list(without_guidance(tokens))
        return super().render(shown, options, env)

    # Boxes

    def callout_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """A coloured box, with its type in words."""
        token = tokens[idx]
        say = self._view.say
        kind = say("Teacher only") if token.info == "guidance" else say(NAMES.get(token.info, token.meta["name"]))
        return boxes.box_begin(MOODS.get(token.info, "neutral")) + boxes.label(kind)

    def callout_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """The end of the box."""
        return boxes.BOX_END

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """Code between fences."""
        return boxes.code_block(tokens[idx].content, language_of(tokens[idx].info))

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """Code that is indented."""
        return boxes.code_block(tokens[idx].content)

    def math_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """TeX on lines of its own."""
        return f'<pre class="math">{escape(tokens[idx].content.strip())}</pre>\n'

    def math_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """TeX in a line."""
        return f'<span class="math">{escape(tokens[idx].content.strip())}</span>'

    math_inline_double = math_inline

    def html_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """HTML as it came; what would stand in a line gets one of its own, for Qt would put it into the one before."""
        html = tokens[idx].content
        return f"<div>{html}</div>\n" if OF_A_LINE.match(html) else html

    # Tables

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """A table with lines."""
        return '<table class="grid" border="1" cellspacing="0">\n'

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """A heading, aligned as its column."""
        return f"<{tokens[idx].tag}{alignment(tokens[idx])}>"

    td_open = th_open

    # What belongs to the platform

    def assessment(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """The question where it stands on the page."""
        from exportmanager.formats.guides_html.questions import question_box  # it draws texts in turn

        token = tokens[idx]
        known = self._view.assessments.get(token.meta["id"])
        if known is not None and not self._is_in_question:
            return question_box(known, self._view)
        say = self._view.say
        words = say("Question {id}", id=known.name or known.id) if known else ""
        words = words or say("The question {id} is not in this guide", id=token.meta["id"])
        return f"<p>{boxes.placeholder(words)}</p>\n"

    def command(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """A button that cannot be pressed, with what it does."""
        token = tokens[idx]
        kind, argument, say = token.meta["kind"], token.meta["argument"], self._view.say
        if kind == "go-to-section-titled":
            return self._way_to(token.content, argument)
        note = say(BUTTONS.get(kind, kind)) if kind else ""
        button = f'<span class="button">&nbsp;{escape(token.content)}&nbsp;</span>'
        what = f" {boxes.mono(argument)}" if argument else ""
        return button + what + (f' <span class="note">{escape(note)}</span>' if note else "")

    def _way_to(self, words: str, title: str) -> str:
        page = self._view.pages_by_title.get(title)
        if page is not None:
            return f'<a href="page:{quote(page)}">{escape(words)}</a>'
        missing = self._view.say("There is no page {title}", title=title)
        return f"{escape(words)} {boxes.placeholder(missing)}"

    def action_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """Words that do something on the platform."""
        return '<span class="action">'

    def action_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """What they do."""
        return f'</span> <span class="note">({boxes.mono("; ".join(tokens[idx].meta["actions"]))})</span>'

    # Footnotes

    def footnote_ref(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """The number of a footnote in the text."""
        number = tokens[idx].meta["id"] + 1
        return f'<sup><a href="#fn{number}">[{number}]</a></sup>'

    def footnote_block_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """Where the footnotes begin."""
        return "<hr>\n<ol>\n"

    def footnote_block_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """Where they end."""
        return "</ol>\n"

    def footnote_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """A footnote."""
        return f'<li id="fn{tokens[idx].meta["id"] + 1}">'

    def footnote_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """Its end."""
        return "</li>\n"

    def footnote_anchor(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """The way back, which a short page does not need."""
        return ""


def alignment(token: Token) -> str:
    """markdown-it writes it as a style."""
    side = str(token.attrs.get("style", "")).removeprefix("text-align:")
    return f' align="{escape(side)}"' if side else ""


def without_guidance(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens that students see."""
    depth = 0
    for token in tokens:
        is_guidance = token.info == "guidance" and token.type.startswith("callout_")
        depth += token.nesting if is_guidance else 0
        if not depth and not is_guidance:
            yield token
