"""What stands in lines: collects words, formulas and small pictures as spans, with single spaces between them."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from exportmanager.formats.pdf.spans import PLAIN, Drawn, LineEnd, Look, Span, Words
from exportmanager.formats.pdf.style import GROUND, MARKED
from exportmanager.formats.questions import on_paper

_SPACE = re.compile(r"[ \t\n\r\f]+")
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>\"]{1,2000}", re.IGNORECASE)
_SAFE = "%/:=&?~#+!$,;'@()*[]"
LOOKS: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("b", "strong", "dt"), {"bold": True}),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), {"italic": True}),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), {"mono": True, "size": 0.9, "ground": GROUND}),
    **dict.fromkeys(("u", "ins"), {"underline": True}),
    **dict.fromkeys(("s", "del", "strike"), {"strike": True}),
    "mark": {"ground": MARKED},
    "small": {"size": 0.85},
    "sub": {"size": 0.7, "rise": -0.2},
    "sup": {"size": 0.7, "rise": 0.5},
}
"""What each tag changes in how words look; sizes are factors."""


@lru_cache(maxsize=1024)
def changed(look: Look, tag: str) -> Look:
    """How words look that stand in a tag."""
    changes: dict[str, Any] = LOOKS.get(tag, {})
    if not changes or (look.mono and "mono" in changes):
        return look
    return replace(look, **changes | {"size": look.size * changes.get("size", 1.0)})


def address(href: str) -> str:
    """An address on the web or of a person as a PDF may hold it; "" for anything else."""
    href = href.strip()
    return quote(href, safe=_SAFE) if _ADDRESS.fullmatch(href) else ""


class Line:
    """Spans that are being collected."""

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._is_open = False

    def add(self, text: str, look: Look = PLAIN, link: str = "") -> None:
        """Add words; spaces at the begin of a line, and behind another, are left out."""
        text = _SPACE.sub(" ", on_paper(text))
        if not self._is_open:
            text = text.lstrip(" ")
        if not text:
            return
        self._is_open = not text.endswith(" ")
        last = self._spans[-1] if self._spans else None
        if isinstance(last, Words) and last.look == look and last.link == link:
            self._spans[-1] = Words(last.text + text, look, link)
        else:
            self._spans.append(Words(text, look, link))

    def add_drawn(self, drawn: Drawn) -> None:
        """Add something that stands on the line."""
        self._spans.append(drawn)
        self._is_open = True

    def end(self) -> None:
        """End the line; the text goes on below."""
        self._spans.append(LineEnd())
        self._is_open = False

    def take(self) -> list[Span]:
        """The spans so far, without spaces and ends of lines at their end; then there are none."""
        spans, self._spans, self._is_open = self._spans, [], False
        while spans and (
            isinstance(spans[-1], LineEnd) or (isinstance(spans[-1], Words) and not spans[-1].text.strip(" "))
        ):
            spans.pop()
        if spans and isinstance(last := spans[-1], Words):
            spans[-1] = replace(last, text=last.text.rstrip(" "))
        return spans
