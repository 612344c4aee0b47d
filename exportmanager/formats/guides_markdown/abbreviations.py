"""Abbreviations: ``*[HTML]: HyperText Markup Language`` explains each HTML on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.utils import is_code_block

_LINE = re.compile(r"\*\[([^\]]{1,80})\]:\s*(.+)")
_MOST = 200
_KEY = "abbreviations"


def abbreviation_rules(dialect: MarkdownIt) -> None:
    """Add the rules to a parser."""
    dialect.block.ruler.before("reference", "abbreviation", _definition, {"alt": ["paragraph", "reference"]})
    dialect.core.ruler.after("inline", "abbreviations", _mark)


def _definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    text = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    found = _LINE.fullmatch(text.strip())
    known = state.env.setdefault(_KEY, {})
    if found is None or is_code_block(state, start) or len(known) >= _MOST:
        return False
    if not silent:
        known.setdefault(found[1], found[2])
        state.line = start + 1
    return True


def _mark(state: StateCore) -> None:
    known: dict[str, str] = state.env.get(_KEY, {})
    if not known:
        return
    words = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)({words})(?!\w)")
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = [part for child in token.children for part in _parts(child, pattern, known)]


def _parts(token: Token, pattern: re.Pattern[str], known: dict[str, str]) -> Iterator[Token]:
    if token.type != "text":
        yield token
        return
    for number, part in enumerate(pattern.split(token.content)):
        if number % 2:
            yield Token("abbr_open", "abbr", 1, attrs={"title": known[part]}, level=token.level)
        yield Token("text", "", 0, content=part, level=token.level)
        if number % 2:
            yield Token("abbr_close", "abbr", -1, level=token.level)
