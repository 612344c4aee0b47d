"""Words that are marked, ``==so==``, and words that were put in, ``++so++``; comparisons and C++ stay as they are."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

_MARKED = re.compile(r"(==|\+\+)(?=[^\s=+])([^\n=+]+)(?<!\s)\1(?![\w=+])")
_TAGS = {"==": "mark", "++": "ins"}


def mark_rules(dialect: MarkdownIt) -> None:
    """Add the rule to a parser."""
    dialect.inline.ruler.before("emphasis", "marked", _marked)


def _marked(state: StateInline, silent: bool) -> bool:
    before = state.src[state.pos - 1] if state.pos else " "
    found = _MARKED.match(state.src, state.pos) if state.src[state.pos] in "=+" else None
    if found is None or before.isalnum() or before in "=+":
        return False
    if not silent:
        tag, end = _TAGS[found[1]], found.end()
        limit, state.posMax, state.pos = state.posMax, found.end(2), found.start(2)
        state.push(f"{tag}_open", tag, 1)
        state.md.inline.tokenize(state)
        state.push(f"{tag}_close", tag, -1)
        state.posMax = limit
        state.pos = end
    else:
        state.pos = found.end()
    return True
