"""A language that nobody speaks: each text in brackets, with accents and a third longer, to see what is translated."""

from __future__ import annotations

import re

from PySide6.QtCore import QTranslator

_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ACCENTED = "áƀçðéƒĝĥíĵķļɱñóþɋřšţúṽŵẋýžÁɃÇÐÉƑĜĤÍĴĶĻṀÑÓÞɊŘŠŢÚṼŴẊÝŽ"
_LETTERS = str.maketrans(_PLAIN, _ACCENTED)
_KEPT = re.compile(r"\{[^{}]*\}|%L?n|%L?\d|&&|&\w|https?://\S+|\*\.\w+")
"""What a translation leaves as it is: places for values, the letter of a keyboard way, addresses, patterns of names."""
_LONGER = 0.3
_FILLING = "ø"
_TWO_LETTERS = re.compile(r"[A-Za-z]{2,}")


def pseudo(text: str) -> str:
    """`text` in that language."""
    if not text.strip():
        return text
    said, at = [], 0
    for kept in _KEPT.finditer(text):
        said += [text[at : kept.start()].translate(_LETTERS), kept.group()]
        at = kept.end()
    said.append(text[at:].translate(_LETTERS))
    more = max(0, round(len(text) * _LONGER) - len("[]"))
    return f"[{''.join(said)}{_filled(more)}]"


def _filled(number: int) -> str:
    """So many characters that can be wrapped as words can."""
    return "".join(" " if n % 6 == 0 else _FILLING for n in range(number))


def untranslated(text: str) -> str:
    """What of a text on screen is not in that language: "" where all of it is.

    Values filled into a translated text are in it too, so words of plain letters count wherever they stand.
    """
    rest = text.replace("&", "")
    return " ".join(_TWO_LETTERS.findall(rest))


class PseudoTranslator(QTranslator):
    """Installed in an application, it translates everything that is handed to be translated, Qt's own texts too."""

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        """`text` in that language."""
        return pseudo(text)

    def isEmpty(self) -> bool:
        """Qt leaves out a translator that has nothing."""
        return False
