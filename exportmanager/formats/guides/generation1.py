"""Guides of up to 2015: one file with all sections, each after a few lines of YAML between two lines of ``---``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from exportmanager.core.guide import Guide, GuideNode, NodeKind
from exportmanager.formats.guides.guide_files import GuideFiles
from exportmanager.formats.guides.page_text import lines_with_code

SECTIONS = ".guides/sections.md"
_MARK = "---"
_KEY = re.compile(r"([A-Za-z_][\w-]*):(?:[ \t]+(.*))?$")
_BARE_HEADING = re.compile(r"^( {0,3}#{1,6})(?=[^\s#])")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "[]": [], "{}": {}}


def read_generation1(files: GuideFiles) -> Guide:
    """The guide, each section a page, as https://github.com/codio/new-guides-converter reads it."""
    nodes = []
    for number, (front, body) in enumerate(_sections(files.text(SECTIONS)), 1):
        fields = _front_matter(front)
        title = str(fields.get("title") or "").strip()
        path = f"{re.sub(r'[^a-zA-Z0-9]', '-', title)}-{number}"
        nodes.append(
            GuideNode(
                kind=NodeKind.PAGE,
                id=files.unique_id("", path, title),
                title=title or path,
                path=path,
                content_path=SECTIONS,
                content=_with_spaced_headings(body),
                fields=fields,
            )
        )
    return Guide(generation=1, nodes=tuple(nodes))


def _sections(text: str) -> Iterator[tuple[list[str], str]]:
    """The lines of YAML and the text of each section. A line of ``---`` that no title follows is a rule in a text."""
    lines = text.replace("\r\n", "\n").split("\n")
    marks = [number for number, line in enumerate(lines) if line.rstrip() == _MARK]
    fronts = [(start, end) for start, end in pairwise(marks) if _is_front_matter(lines, start)]
    ends = [*(start for start, _ in fronts[1:]), len(lines)]
    for (start, end), following in zip(fronts, ends, strict=False):
        yield lines[start + 1 : end], "\n".join(lines[end + 1 : following]).strip("\n") + "\n"


def _is_front_matter(lines: list[str], mark: int) -> bool:
    """A section begins with its title: that was the first key, always."""
    return mark + 1 < len(lines) and lines[mark + 1].startswith("title:")


def _with_spaced_headings(body: str) -> str:
    """These guides write ``#Heading``, which Markdown takes for text since then."""
    lines = lines_with_code(body)
    return "\n".join(line if is_code else _BARE_HEADING.sub(r"\1 ", line, count=1) for line, is_code in lines)


def _front_matter(lines: list[str]) -> dict[str, Any]:
    """What the lines say; of YAML only what these guides use: plain values, and lists of small objects.

    A library for YAML would be one more parser for strangers' files, for a format that has not been written since 2015.
    """
    found: list[tuple[str, str, list[str]]] = []
    for line in lines:
        if key := _KEY.match(line):
            found.append((key[1], (key[2] or "").strip(), []))
        elif found and line.strip():
            found[-1][2].append(line.strip())
    return {key: _value(text, below) for key, text, below in found}


def _value(text: str, below: list[str]) -> Any:
    if not below:
        return _scalar(text)
    if below[0].startswith("-"):
        return _items(below)
    return " ".join([text, *below]).lstrip("|>-+ ")


def _items(lines: list[str]) -> list[Any]:
    items: list[Any] = []
    for line in lines:
        text = line
        if line.startswith("-"):
            text = line[1:].strip()
            items.append({})
        key, colon, value = text.partition(":")
        if colon and isinstance(items[-1], dict):
            items[-1][key.strip()] = _scalar(value.strip())
        else:
            items[-1] = _scalar(text)
    return items


def _scalar(text: str) -> Any:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1].replace("''", "'") if text[0] == "'" else re.sub(r'\\(["\\])', r"\1", text[1:-1])
    if re.fullmatch(r"-?\d{1,9}", text):
        return int(text)
    return _WORDS.get(text, text)
