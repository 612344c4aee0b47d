"""The parts that pages are drawn with: coloured boxes, code, labels, placeholders."""

from __future__ import annotations

from functools import cache, lru_cache
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import Any

from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Name, Number, Operator, String, _TokenType
from pygments.util import ClassNotFound

_COLOURED = 20_000
"""Characters of code that are coloured: lexers are made for files that mean no harm."""
_CLASSES = (
    (Comment, "hl-comment"), (Keyword, "hl-keyword"), (Operator.Word, "hl-keyword"), (String, "hl-string"),
    (Number, "hl-number"), (Name.Function, "hl-name"), (Name.Class, "hl-name"), (Name.Builtin, "hl-name"),
    (Name.Tag, "hl-keyword"), (Name.Attribute, "hl-name"), (Name.Decorator, "hl-name"),
)  # fmt: skip


BOX_END = '<p class="end"></p></td></tr></table>\n'
"""With an end of its own: Qt would let a whole line follow a table in a box."""


def box_begin(mood: str) -> str:
    """The begin of a box with a bar at its side in the colour of `mood`; it ends with `BOX_END`."""
    return (
        f'<table class="box" width="100%" cellspacing="0"><tr><td class="bar {mood}" width="4"></td>'
        f'<td class="body {mood}">\n'
    )


def box(mood: str, inner: str) -> str:
    """`inner` (HTML) in a box."""
    return f"{box_begin(mood)}{inner}{BOX_END}"


def label(words: str) -> str:
    """What a box is, above what stands in it."""
    return f'<p class="label">{escape(words)}</p>\n'


def placeholder(words: str) -> str:
    """Words in place of something that is not shown."""
    return f'<span class="placeholder">&nbsp;{escape(words)}&nbsp;</span>'


def mono(text: str) -> str:
    """A few words of code in a line."""
    return f"<code>{escape(text)}</code>"


def code_block(text: str, language: str = "") -> str:
    """Lines of code, coloured where the language is known."""
    inner = coloured(text.rstrip("\n"), language)
    table = '<table class="code" width="100%" cellspacing="0" cellpadding="8">'
    return f"{table}<tr><td><pre>{inner}</pre></td></tr></table>\n"


def coloured(text: str, language: str) -> str:
    """Code as HTML, with a class for each part that has a colour."""
    runs = runs_of(text, language)
    return "".join(f'<span class="{name}">{escape(run)}</span>' if name else escape(run) for name, run in runs)


def runs_of(text: str, language: str) -> list[tuple[str, str]]:
    """Code as pairs of a class, "" for what has no colour, and a stretch of the text."""
    lexer = _lexer(language) if language and len(text) <= _COLOURED else None
    if lexer is None:
        return [("", text)]
    parts = ((_class_of(kind), part) for kind, part in lexer.get_tokens(text))
    return [(name, "".join(part for _, part in run)) for name, run in groupby(parts, key=itemgetter(0))]


@lru_cache(maxsize=64)
def _lexer(language: str) -> Any:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@cache
def _class_of(kind: _TokenType) -> str:
    return next((name for parent, name in _CLASSES if kind in parent), "")
