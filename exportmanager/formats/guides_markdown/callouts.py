"""Callouts, ``|||type`` ... ``|||`` and the ``::: type`` of an old theme; one ends where the next begins."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from mdit_py_plugins.utils import is_code_block

_OPEN = re.compile(r"(\|\|\||:::)\s*([A-Za-z][\w-]*)\s*(?:\.[\w-]+\s*)*")
_FENCE = re.compile(r"(```|~~~)")
_LINE = "|||"


def callout_rule(dialect: MarkdownIt) -> None:
    """Add the rule to a parser."""
    alternatives: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    dialect.block.ruler.before("table", "callout", _callout, alternatives)


def _callout(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    line = _text(state, start)
    found = _OPEN.fullmatch(line)
    if is_code_block(state, start) or not (found or line == _LINE):
        return False
    if silent:
        return True
    if found is None:  # the end of a callout that was over
        state.line = start + 1
        return True
    last = _last_line(state, start + 1, end, found[1])
    _push(state, start, last, found)
    is_closed = last < end and _text(state, last) == found[1]
    state.line = last + is_closed
    return True


def _push(state: StateBlock, start: int, last: int, found: re.Match[str]) -> None:
    name = found[2]
    parent, limit = state.parentType, state.lineMax
    state.parentType, state.lineMax = "callout", last
    opening = state.push("callout_open", "div", 1)
    opening.info, opening.meta, opening.map, opening.block = name.casefold(), {"name": name}, [start, last], True
    opening.markup = found[1]
    state.md.block.tokenize(state, start + 1, last)
    closing = state.push("callout_close", "div", -1)
    closing.info, closing.block = opening.info, True
    state.parentType, state.lineMax = parent, limit


def _last_line(state: StateBlock, start: int, end: int, sign: str) -> int:
    """The line that ends a callout: its end, the begin of another, or what no longer belongs to the list around it."""
    fence = ""
    for line in range(start, end):
        text = _text(state, line)
        if text and state.sCount[line] < state.blkIndent:
            return line
        if found := _FENCE.match(text):
            fence = "" if fence == found[1] else fence or found[1]
        other = _OPEN.fullmatch(text)
        if not fence and (text == sign or (other is not None and other[1] == sign)):
            return line
    return end


def _text(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()
