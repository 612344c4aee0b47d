"""Turns Markdown into a tree of HTML, so that the HTML which authors mix into it stands where it belongs."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from lxml.html import HtmlElement, HTMLParser, fragment_fromstring
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from exportmanager.formats.guides_html.cleaning import rough
from exportmanager.formats.guides_html.drawing import OF_A_LINE, alignment, without_guidance
from exportmanager.formats.guides_markdown import for_students, parse

DEEPEST = 39
"""From this level on, Markdown in Markdown is not read."""
BLOCKS = frozenset(
    {"address", "article", "aside", "center", "fieldset", "footer", "form", "header", "legend", "main", "nav"}
)
"""What stands in lines of its own, besides what the window knows."""
_OPTIONS: Any = {"xhtmlOut": False, "breaks": False, "langPrefix": "language-", "highlight": None}
_KEPT = "kept-"
_NO_LETTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_SWALLOWING = re.compile(
    r"<(script|style|textarea|title|select|template|noscript|xmp|noembed|noframes|plaintext)\b", re.IGNORECASE
)
_AS_BLOCKS = ("callout_open", "fence", "code_block", "math_block")
_IN_LINES = ("command", "math_inline", "math_inline_double", "footnote_ref", "action_open")
Env = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tree:
    """A text as a tree. Where an element has the `id` of a kept token, that is what it stands for.

    `swallowed`: tags that would have hidden the rest of the text, and are shown as they are written.
    """

    root: HtmlElement
    kept: list[Token] = field(default_factory=list)
    swallowed: list[str] = field(default_factory=list)
    is_too_deep: bool = False

    def token_of(self, element: HtmlElement) -> Token | None:
        """The token that an element stands for."""
        name = element.get("id", "")
        number = name[len(_KEPT) :]
        if not name.startswith(_KEPT) or not number.isdecimal() or int(number[:9]) >= len(self.kept):
            return None
        return self.kept[int(number[:9])]


def tree_of_markdown(text: str, *, for_teacher: bool) -> Tree:
    """A Markdown text as a tree; without what is for teachers, if it is not for one."""
    tokens = parse(text if for_teacher else for_students(text))
    shown = tokens if for_teacher else list(without_guidance(tokens))
    drawing = _Drawing()
    root = tree_of_html(drawing.render(shown, OptionsDict(_OPTIONS), {})).root
    is_too_deep = any(token.level >= DEEPEST for token in shown)
    return Tree(root, drawing.kept, drawing.swallowed, is_too_deep)


def tree_of_html(html: str) -> Tree:
    """HTML as a tree of what may be shown."""
    clean = _NO_LETTERS.sub("\N{REPLACEMENT CHARACTER}", rough(html, BLOCKS | {"caption"}))
    return Tree(fragment_fromstring(clean, create_parent="div", parser=HTMLParser(huge_tree=True)))


class _Drawing(RendererHTML):
    """A method for each type of token that is kept, or drawn otherwise; markdown-it calls it with these arguments."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Token] = []
        self.swallowed: list[str] = []
        rules: dict[str, Any] = self.rules
        rules |= dict.fromkeys(_AS_BLOCKS, self._block) | dict.fromkeys(_IN_LINES, self._inline)

    def _keep(self, token: Token) -> str:
        self.kept.append(token)
        return f'id="{_KEPT}{len(self.kept) - 1}"'

    def _block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        kept = self._keep(tokens[idx])
        return f"<div {kept}>" if tokens[idx].nesting else f"<div {kept}></div>\n"

    def _inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        kept = self._keep(tokens[idx])
        return f"<span {kept}>" if tokens[idx].nesting else f"<span {kept}></span>"

    def callout_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """The end of a box."""
        return "</div>\n"

    def action_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """The end of words that do something."""
        return "</span>"

    def assessment(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """A question: a block of its own, but for those in headings and tables."""
        token = tokens[idx]
        return (self._block if token.block else self._inline)(tokens, idx, options, env)

    def html_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """HTML as it came; what would stand in a line gets one of its own."""
        html = tokens[idx].content
        tag = next((found[1] for found in _SWALLOWING.finditer(html) if not _is_closed(html, found)), "")
        tag = tag or ("!--" if html.lstrip().startswith("<!--") and "-->" not in html else "")
        if tag:
            self.swallowed.append(f"<{tag}>")
            return f"<pre>{escape(html)}</pre>\n"
        return f"<div>{html}</div>\n" if OF_A_LINE.match(html) else html

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """HTML in a line, as it came."""
        html = tokens[idx].content
        found = _SWALLOWING.match(html)
        rest = "".join(token.content for token in tokens[idx + 1 :] if token.type == "html_inline") if found else ""
        if found and not _is_closed(html + rest, found):
            self.swallowed.append(f"<{found[1]}>")
            return escape(html)
        return html

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """A cell, aligned as its column."""
        return f"<{tokens[idx].tag}{alignment(tokens[idx])}>"

    td_open = th_open

    def footnote_block_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """Where the footnotes end."""
        return "</ol></div>\n"

    def footnote_block_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """Where they begin."""
        return f"<div {self._keep(tokens[idx])}><ol>\n"

    def footnote_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """A footnote."""
        return "<li>"

    def footnote_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """Its end."""
        return "</li>\n"

    def footnote_anchor(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        """The way back, which paper does not need."""
        return ""


def _is_closed(html: str, found: re.Match[str]) -> bool:
    return html.lower().rfind(f"</{found[1].lower()}") > found.end()
