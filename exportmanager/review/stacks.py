"""What code runs with: the stacks of `resources/stacks.json`, and which of them a workspace needs."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from exportmanager.core.errors import NotFound
from exportmanager.core.trees import EntryKind
from exportmanager.resources_dir import resources
from exportmanager.review.opening import Opened

_WORD = re.compile(r"[^\s,;/()\d-]+|\d+(?:\.\d+)*")
_MARKS = 20
"""So many files does one count as that only this language has, such as ``go.mod``."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A language in a version; `image` is the container that has it, `id` as in ``python-3.12``."""

    id: str
    title: str
    image: str


@cache
def stacks() -> Sequence[Stack]:
    """All of them; of each language the version comes first that is usual."""
    return [_stack(language, version) for language in _languages() for version in language["versions"]]


def stack_of(word: str) -> Stack:
    """The stack with this id. Raises `NotFound`."""
    for stack in stacks():
        if stack.id == word:
            return stack
    raise NotFound(f"There is no stack {word}.", f"Use one of {', '.join(stack.id for stack in stacks())}.")


def match(text: str) -> Stack | None:
    """The stack that a course means with words such as ``Python 3.12 with Turtle``; the usual version of a language."""
    words = _WORD.findall(text.casefold())
    for number, word in enumerate(words):
        for language in _languages():
            if word == language["id"] or word in language["names"]:
                return _stack(language, _version(language, words[number + 1 : number + 2]))
    return None


def guess(opened: Opened) -> Stack | None:
    """What a workspace runs with: as its assignment says, or else by its files. Raises `BadSource`."""
    if opened.stack and (found := next((s for s in stacks() if s.id == opened.stack), None) or match(opened.stack)):
        return found
    counts: Counter[int] = Counter()
    for entry in opened.entries():
        if entry.kind is EntryKind.FILE:
            name = entry.path.rpartition("/")[2]
            suffix = f".{name.rpartition('.')[2].lower()}"
            for number, language in enumerate(_languages()):
                counts[number] += (suffix in language["suffixes"]) + _MARKS * (entry.path in language["files"])
    best = max(counts, key=lambda number: (counts[number], -number), default=0)
    return _stack(_languages()[best], _usual(_languages()[best])) if counts[best] else None


@cache
def _languages() -> Sequence[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((resources() / "stacks.json").read_text(encoding="utf-8"))["languages"]
    return found


def _stack(language: dict[str, Any], version: str) -> Stack:
    parts = language["id"], language["title"]
    name, title = (f"{parts[0]}-{version}", f"{parts[1]} {version}") if version else parts
    return Stack(name, title, language["versions"][version])


def _usual(language: dict[str, Any]) -> str:
    return str(next(iter(language["versions"])))


def _version(language: dict[str, Any], after: list[str]) -> str:
    """The version that the word after the language's name is, or begins with."""
    known = [v for word in after for v in language["versions"] if v and f"{word}.".startswith(f"{v}.")]
    return str(known[0]) if known else _usual(language)
