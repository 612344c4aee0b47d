"""Takes out of a text what only teachers see, before anything else is read in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from exportmanager.formats.guides_markdown.parsing import LONGEST, parse

GUIDANCE = "guidance"
"""The type of the callouts that students do not see."""
_MOST = 8
_OPEN = re.compile(r"\s*(\|\|\||:::)\s*guidance\s*(?:\.[\w-]+\s*)*", re.IGNORECASE)


def for_students(text: str) -> str:
    """The text without its callouts of guidance, and so without the footnotes and abbreviations that they explain.

    What is left may read otherwise than before: it is looked at again until there is none.
    """
    for _ in range(_MOST):
        if GUIDANCE not in text.casefold():
            return text
        lines = re.split(r"\r\n|\r|\n", text[:LONGEST])
        taken = {number for start, end in _guidance(text, lines) for number in range(start, end)}
        if not taken:
            return text
        text = "\n".join(line for number, line in enumerate(lines) if number not in taken)
    return text


def _guidance(text: str, lines: list[str]) -> Iterator[tuple[int, int]]:
    """The first line of each, and the one behind its end; those too that stand in the midst of HTML."""
    taken = 0
    for token in parse(text):
        first, behind = token.map or (0, 0)
        if token.type == "callout_open" and token.info == GUIDANCE:
            yield first, behind + _is_end(lines, behind, token.markup)
        elif token.type == "html_block":
            for number in range(max(first, taken), behind):
                if number >= taken and (found := _OPEN.fullmatch(lines[number])):
                    taken = 1 + next((n for n in range(number, len(lines)) if _is_end(lines, n, found[1])), len(lines))
                    yield number, taken


def _is_end(lines: list[str], number: int, sign: str) -> bool:
    return number < len(lines) and lines[number].strip() == sign
