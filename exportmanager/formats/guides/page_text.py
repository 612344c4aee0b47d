"""What the text of a page refers to: the assessments and pictures it shows, and whether its boxes are closed."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from exportmanager.core.guide import ContentType

# None of these may search the same stretch again and again: a stranger's page would keep it busy for days.
_PLACEMENT = re.compile(r"\|[ \t]*assessment[ \t]*\}\([ \t]*([^()\s]+)[ \t]*\)")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})(.*)")
_TICKS = re.compile(r"`+")
_CALLOUT = "|||"
_PICTURE = re.compile(r"!\[[^\[\]]*\]\([ \t]*(?:<([^<>\n]*)>|([^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*))")
_PICTURE_BY_NAME = re.compile(r"!\[([^\[\]]*)\]\[([^\[\]\n]*)\]")
_NAMED = re.compile(r"^ {0,3}\[([^\[\]\n]+)\]:[ \t]*<?([^\s<>]+)", re.MULTILINE)
_IMG = re.compile(r"<img\b[^<>]*?(?<![\w-])src[ \t]*=[ \t]*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z][\w-]*")
_REMOTE = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:|//|#)")


@dataclass(frozen=True, slots=True)
class PageText:
    """What was found in a text, in its order: ids of assessments, and local pictures as paths from the project's root.

    Code shows nothing, it is only shown; neither do comments.
    """

    assessments: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    has_open_callout: bool = False


def look_at(text: str, written_in: ContentType) -> PageText:
    """Look through the text of a page."""
    seen = _without_comments(text.replace("\r\n", "\n"))
    is_markdown = written_in is ContentType.MARKDOWN
    if is_markdown:
        seen = "\n".join("" if is_code else line for line, is_code in lines_with_code(seen))
        seen = "\n\n".join(_without_code_spans(part) for part in seen.split("\n\n"))
    found = list(_targets(seen, with_markdown=is_markdown))
    return PageText(
        assessments=tuple(_placements(seen)),
        pictures=tuple(dict.fromkeys(path for target in found if (path := local_path(target)))),
        has_open_callout=is_markdown and _ends_in_a_callout(seen),
    )


def lines_with_code(text: str) -> Iterator[tuple[str, bool]]:
    """The lines of a Markdown text, and whether each belongs to a fenced block of code.

    Fences in lists are indented, so that any indentation opens one, as it does in guides.
    """
    fence = ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if fence:
            yield line, True
            if found and found[1].startswith(fence) and not found[2].strip():
                fence = ""
        else:
            if found and not (found[1][0] == "`" and "`" in found[2]):
                fence = found[1]
            yield line, bool(fence)


def _without_code_spans(text: str) -> str:
    """A paragraph without what stands between two runs of as many backticks."""
    if "`" not in text:
        return text
    runs = [(found.start(), found.end()) for found in _TICKS.finditer(text)]
    partners: dict[int, int] = {}
    closing: dict[int, int] = {}
    for number in reversed(range(len(runs))):
        start, end = runs[number]
        if (partner := closing.get(end - start)) is not None:
            partners[number] = partner
        closing[end - start] = number
    pieces, at, number = [], 0, 0
    while number < len(runs):
        if (partner := partners.get(number)) is not None:
            pieces.append(text[at : runs[number][0]])
            at, number = runs[partner][1], partner
        number += 1
    return "".join([*pieces, text[at:]])


def _without_comments(text: str) -> str:
    first, *rest = text.split("<!--")
    return first + "".join(part.partition("-->")[2] if "-->" in part else part for part in rest)


def _placements(text: str) -> Iterator[str]:
    """The ids in ``{label|assessment}(id)``; the label is anything that begins with a brace on the same line."""
    for line in text.split("\n"):
        brace = line.find("{")
        for found in _PLACEMENT.finditer(line):
            if 0 <= brace < found.start():
                yield found[1]


def _targets(text: str, *, with_markdown: bool) -> Iterator[str]:
    """Where pictures point, as it is written."""
    if with_markdown:
        for found in _PICTURE.finditer(text):
            yield found[1] or found[2] or ""
        names = {name.casefold(): target for name, target in reversed(_NAMED.findall(text))}
        for found in _PICTURE_BY_NAME.finditer(text):
            yield names.get((found[2] or found[1]).casefold(), "")
    for found in _IMG.finditer(text):
        yield html.unescape(found[1] or found[2] or found[3] or "")


def local_path(target: str) -> str:
    """The file of the project that a picture's `target` means, from its root; "" for one that lies elsewhere."""
    if not target or _REMOTE.match(target):
        return ""
    plain = unquote(target.partition("#")[0].partition("?")[0]).lstrip("/")
    path = posixpath.normpath(plain) if plain else ""
    return "" if path == "." else path


def _ends_in_a_callout(text: str) -> bool:
    """Whether a box that ``|||type`` opens is open at the end; ``|||`` alone closes it."""
    is_open = False
    for line in text.split("\n"):
        found = line.strip()
        if found.startswith(_CALLOUT):
            kind = found[len(_CALLOUT) :].strip()
            is_open = bool(_WORD.fullmatch(kind)) if kind else False
    return is_open
