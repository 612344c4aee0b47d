"""Assessments and buttons on a page: ``{Words|assessment}(id)``, ``{Words}(command)``, ``{Words|terminal}(ls)``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_BRACES = re.compile(r"\{([^{}\n]+)\}\(")
_KIND = re.compile(r"(.*)\|\s*([A-Za-z][\w-]*)\s*", re.DOTALL)
LONGEST_COMMAND = 1_000
"""Characters of a command; a page of nothing but beginnings would otherwise be read again and again."""
_CLASS = re.compile(r"\{\.[\w-]+\}")


def placement_rules(dialect: MarkdownIt) -> None:
    """Add the rules to a parser."""
    dialect.inline.ruler.before("link", "placement", _placement)
    dialect.core.ruler.push("assessments_apart", _set_assessments_apart)


def closing_place(text: str, start: int) -> int:
    """Where the parenthesis ends whose first character stands at `start`; -1 where it does not. Quotes hide others."""
    depth, quote = 1, ""
    limit = min(len(text), start + LONGEST_COMMAND)
    first = text.find(")", start, limit)
    for place in range(start, limit if first >= 0 else start):
        sign = text[place]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'" and text.find(sign, place + 1, limit) > 0:
            quote = sign
        elif sign in "()":
            depth += 1 if sign == "(" else -1
            if depth == 0:
                return place
    return first


def _placement(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "{":
        return False
    found = _BRACES.match(state.src, state.pos)
    end = closing_place(state.src, found.end()) if found else -1
    if found is None or end < 0:
        return _class_of_a_theme(state)
    if not silent:
        split = _KIND.fullmatch(found[1])
        words, kind = (split[1], split[2].casefold()) if split else (found[1], "")
        _push(state, words.strip(), kind, state.src[found.end() : end].strip())
    state.pos = end + 1
    return True


def _push(state: StateInline, words: str, kind: str, argument: str) -> None:
    if kind == "assessment":
        token = state.push("assessment", "", 0)
        token.meta = {"id": argument}
    else:
        token = state.push("command", "", 0)
        token.meta = {"kind": kind, "argument": argument}
    token.content = words


def _class_of_a_theme(state: StateInline) -> bool:
    """``*word*{.voc}``: how an old theme looks is of no use."""
    found = _CLASS.match(state.src, state.pos)
    if found is None or not state.pos or state.src[state.pos - 1] not in "*_":
        return False
    state.pos = found.end()
    return True


def _set_assessments_apart(state: StateCore) -> None:
    """An assessment in a paragraph becomes a block of its own between what stands before and behind it."""
    tokens: list[Token] = []
    before: list[Token] = []
    for token in state.tokens:
        is_paragraph = bool(before) and before[-1].type == "paragraph_open"
        if token.type == "inline" and is_paragraph and _has_assessment(token):
            tokens.pop()
            tokens += _split(before[-1], token)
        elif not (token.type == "paragraph_close" and before and _was_split(before)):
            tokens.append(token)
        before = [*before[-1:], token]
    state.tokens = tokens


def _has_assessment(token: Token) -> bool:
    return any(child.type == "assessment" for child in token.children or ())


def _was_split(before: list[Token]) -> bool:
    return len(before) == 2 and before[0].type == "paragraph_open" and _has_assessment(before[1])


def _split(opening: Token, inline: Token) -> Iterator[Token]:
    part: list[Token] = []
    for child in [*(inline.children or ()), None]:
        if child is not None and child.type != "assessment":
            part.append(child)
            continue
        if any(token.content.strip() or token.type not in {"text", "softbreak"} for token in part):
            yield opening
            yield inline.copy(children=part, content="".join(token.content for token in part))
            yield Token("paragraph_close", "p", -1, block=True, hidden=opening.hidden, level=opening.level)
        part = []
        if child is not None:
            yield child.copy(block=True, level=opening.level)
