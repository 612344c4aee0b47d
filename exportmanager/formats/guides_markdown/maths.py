"""TeX between dollars, ``$...$`` and ``$$...$$``; prices and the variables of a shell have dollars too, and stay."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.dollarmath.index import math_block_dollar

_INLINE = re.compile(r"\$(?![\s$])((?:[^$\\`]|\\.)+)(?<!\s)\$(?!\d)", re.DOTALL)
_DISPLAY = re.compile(r"\$\$((?:[^$\\`]|\\.)+)\$\$", re.DOTALL)
_TEX = re.compile(r"[\\^_={}]")
_WORDS = re.compile(r"[A-Za-z]{3,}\W+[A-Za-z]{3,}")


def math_rules(dialect: MarkdownIt) -> None:
    """Add the rules to a parser."""
    dialect.inline.ruler.before("escape", "math_inline", _inline)
    block = math_block_dollar(allow_labels=False, allow_blank_lines=False)
    alternatives: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    dialect.block.ruler.before("fence", "math_block", block, alternatives)


def _inline(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "$" or state.src[max(state.pos - 1, 0)].isdigit():
        return False
    display = _DISPLAY.match(state.src, state.pos)
    found = display or _INLINE.match(state.src, state.pos)
    if found is None or _is_prose(found[1]):
        return False
    if not silent:
        token = state.push("math_inline_double" if display else "math_inline", "", 0)
        token.content = found[1].strip()
    state.pos = found.end()
    return True


def _is_prose(text: str) -> bool:
    """Whether what stands between two dollars are words between two prices."""
    return _TEX.search(text) is None and _WORDS.search(text) is not None
