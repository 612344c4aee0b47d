"""Colours for code: the language of a file, and what each part of some of its lines is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from pygments.lexers import find_lexer_class_for_filename

from exportmanager.formats.guides_html.boxes import runs_of

CONTEXT = 200
"""Lines above those that are wanted, which a lexer should see: a comment or string may begin there."""
_LONGEST = 2_000
"""Characters of a line that a lexer gets to see: it is made for code that people wrote."""
_AT_ONCE = 20_000
"""Characters that `runs_of` colours."""
_SHEBANG = re.compile(r"#!\s*\S*?(?:/env\s+(?:-S\s+)?|/)(\w+?)[\d.]*(?:\s|$)")
_INTERPRETERS = {"python": "python", "sh": "bash", "bash": "bash", "zsh": "bash", "node": "javascript", "ruby": "ruby",
                 "perl": "perl", "php": "php", "Rscript": "r", "lua": "lua"}  # fmt: skip
_OFTEN = {
    ".py": "python", ".java": "java", ".c": "c", ".h": "c", ".cpp": "cpp", ".js": "javascript", ".ts": "typescript",
    ".html": "html", ".css": "css", ".json": "json", ".md": "markdown", ".sh": "bash", ".sql": "sql", ".txt": "",
    ".xml": "xml", ".svg": "xml", ".yml": "yaml", ".yaml": "yaml", ".r": "r", ".m": "matlab",
}  # fmt: skip


class Span(NamedTuple):
    """Characters `start` to before `end` of a line: `kind` is keyword, name, string, number or comment."""

    start: int
    end: int
    kind: str


def language_of_file(path: str, first_line: str = "") -> str:
    """What Pygments calls the language of a file, by its name or its first line; "" where that is not known."""
    name = path.rpartition("/")[2]
    suffix = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    if suffix in _OFTEN:
        return _OFTEN[suffix]
    if found := _SHEBANG.match(first_line):
        return _INTERPRETERS.get(found[1], "")
    lexer = find_lexer_class_for_filename(name)
    aliases: Sequence[str] = lexer.aliases if lexer else ()
    return aliases[0] if aliases else ""


def spans_of(lines: Sequence[str], language: str, above: int = 0) -> list[list[Span]]:
    """What is to be coloured in each of these lines but the first `above`, which say how they are to be read.

    Nothing is where lines are too long for a lexer; where they are many, it sees some at a time.
    """
    if not language:
        return [[] for _ in lines[above:]]
    first = above
    room = _AT_ONCE - sum(map(len, lines[above:])) - len(lines)
    while first and room > len(lines[first - 1]):
        first -= 1
        room -= len(lines[first])
    found = [spans for some in _portions(lines[first:]) for spans in _spans(some, language)]
    return found[above - first :]


def _portions(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many lines at a time as a lexer gets."""
    begin = letters = 0
    for number, line in enumerate(lines):
        if letters + len(line) + 1 > _AT_ONCE and number > begin:
            yield lines[begin:number]
            begin, letters = number, 0
        letters += len(line) + 1
    yield lines[begin:]


def _spans(lines: Sequence[str], language: str) -> list[list[Span]]:
    found: list[list[Span]] = [[] for _ in lines]
    if any(len(line) > _LONGEST for line in lines):
        return found
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    number = at = 0
    for name, run in runs_of("\n".join(lines), language):
        end = at + len(run)
        while at < end:
            here = min(end, starts[number + 1])
            stop = min(here, starts[number + 1] - 1)
            if name and stop > at:
                found[number].append(Span(at - starts[number], stop - starts[number], name.removeprefix("hl-")))
            at = here
            number += at == starts[number + 1]
    return found
