"""Draws code: coloured where its language is known, on a ground, every line whole."""

from __future__ import annotations

from exportmanager.formats.guides_html.boxes import runs_of
from exportmanager.formats.pdf.boxes import Box
from exportmanager.formats.pdf.lines import TextBlock
from exportmanager.formats.pdf.spans import LineEnd, Look, Span, Words
from exportmanager.formats.pdf.style import CODE, INKS
from exportmanager.formats.pdf.view import Missed
from exportmanager.formats.questions import on_paper

_LOOKS = {f"hl-{part}": Look(mono=True, colour=ink, italic=part == "comment") for part, ink in INKS.items()}
_LOOKS[""] = Look(mono=True)
_TAB = 4


def code_spans(text: str, language: str = "") -> list[Span]:
    """Lines of code as spans."""
    spans: list[Span] = []
    for kind, run in runs_of(_printed(text), language):
        look = _LOOKS[kind]
        for number, part in enumerate(run.split("\n")):
            if number:
                spans.append(LineEnd())
            if part:
                spans.append(Words(part, look))
    return spans


def code_block(text: str, language: str, missed: Missed) -> Box:
    """Lines of code in a box."""
    return Box([TextBlock(code_spans(text, language), CODE, missed)], "code", "")


def _printed(text: str) -> str:
    return on_paper(text).replace("\r\n", "\n").replace("\r", "\n").strip("\n").expandtabs(_TAB)
