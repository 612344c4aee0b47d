"""Links that do something on the platform: ``[Words](open_file a.txt panel=1; cmd ls)``. They are no addresses."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkLabel
from markdown_it.rules_inline import StateInline

from exportmanager.formats.guides_markdown.placements import LONGEST_COMMAND, closing_place

_VERBS = (
    "open_files", "open_file", "open_preview", "open_terminal", "open_tutor", "open_vm", "cmd", "close_all",
    "close_file", "close_preview", "close_terminal", "close_tutor",
)  # fmt: skip
_BEGIN = re.compile(rf"\(\s*(?={'|'.join(_VERBS)})(?:{'|'.join(_VERBS)})(?=[\s;)])")
_PART = re.compile(r"""(?:"[^"]*"|'[^']*'|[^;"']|["'])+""")


def action_rule(dialect: MarkdownIt) -> None:
    """Add the rule to a parser."""
    dialect.inline.ruler.before("link", "action", _action)


def _action(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "[" or state.src.find("](", state.pos, state.pos + LONGEST_COMMAND) < 0:
        return False
    end_of_words = parseLinkLabel(state, state.pos, True)
    begin = end_of_words + 1
    if end_of_words < 0 or not _BEGIN.match(state.src, begin) or (end := closing_place(state.src, begin + 1)) < 0:
        return False
    if not silent:
        _push(state, end_of_words, [part.strip() for part in _PART.findall(state.src[begin + 1 : end]) if part.strip()])
    state.pos = end + 1
    return True


def _push(state: StateInline, end_of_words: int, actions: list[str]) -> None:
    start, limit = state.pos, state.posMax
    state.pos, state.posMax = start + 1, end_of_words
    state.push("action_open", "span", 1).meta = {"actions": actions}
    state.linkLevel += 1
    state.md.inline.tokenize(state)
    state.linkLevel -= 1
    state.push("action_close", "span", -1).meta = {"actions": actions}
    state.posMax = limit
