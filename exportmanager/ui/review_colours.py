"""The colours of code: syntax, found words, and lines that differ; taken from the theme, in light and dark."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QTextCharFormat

from exportmanager.ui import theme

_SYNTAX = {
    "keyword": ("accent", True),
    "name": ("link", False),
    "string": ("good", False),
    "number": ("warning", False),
    "comment": ("muted", False),
}
"""Each kind of words in code: its colour of `theme.Colours`, which all can be read on the page, and whether it is bold.
"""
_GROUNDS = {"added": "good", "removed": "loss", "changed": "warning", "absent": "muted", "found": "accent"}
_LINE, _WORDS = 0.13, 0.32
"""How much of its colour a line's ground, and that of words in it, has."""


def syntax_format(kind: str) -> QTextCharFormat | None:
    """How words of a kind are written; None: as all others."""
    if kind not in _SYNTAX:
        return None
    colour, is_bold = _SYNTAX[kind]
    made = QTextCharFormat()
    made.setForeground(QColor(getattr(theme.colours(), colour)))
    if is_bold:
        made.setFontWeight(QFont.Weight.DemiBold)
    made.setFontItalic(kind == "comment")
    return made


def ground(kind: str, *, of_words: bool = False) -> QColor:
    """What lies under a line ("added", "removed", "changed", "absent"), or under words of it (also "found")."""
    base, over = QColor(theme.colours().base), QColor(getattr(theme.colours(), _GROUNDS[kind]))
    share = _WORDS if of_words else _LINE
    pairs = ((base.red(), over.red()), (base.green(), over.green()), (base.blue(), over.blue()))
    return QColor(*(round((1 - share) * low + share * high) for low, high in pairs))


def words_format(kind: str) -> QTextCharFormat:
    """How words are marked that were found, or that differ within a line: a ground, and a line under them."""
    made = QTextCharFormat()
    made.setBackground(ground(kind, of_words=True))
    made.setFontUnderline(kind != "found")
    return made
