"""Blueprint files of the platform, read tolerantly: the shape of their JSON is not documented.

Taken are a list of page templates, or an object with such a list in it. A template's name is under ``name`` or
``title``, its text under ``content``, ``markdown`` or ``text``; every other key is kept with it as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exportmanager.core.course import Blueprint
from exportmanager.core.errors import MalformedFile
from exportmanager.formats.json import parse_json
from exportmanager.formats.untrusted import printable

_NAMES = ("name", "title")
_TEXTS = ("content", "markdown", "text")
_DEPTH = 3
_LISTED = 20


@dataclass(frozen=True, slots=True)
class BlueprintFile:
    """The blueprints of a file, in its order, and what was odd about them, in sentences."""

    blueprints: tuple[Blueprint, ...]
    findings: tuple[str, ...] = ()


def read_blueprint_file(data: bytes, name: str) -> BlueprintFile:
    """The blueprints in the bytes of a file. Raises `MalformedFile`, which calls it `name`, where there are none."""
    value = parse_json(data, name)
    if isinstance(value, dict) and _is_blueprint(value):
        value = [value]
    lists = [items for items in _lists_in(value, _DEPTH) if any(_is_blueprint(item) for item in items)]
    if not lists:
        raise MalformedFile(name, 0, "there are no blueprints in it.", "Export the blueprints again.")
    findings: list[str] = []
    found = tuple(_read(max(lists, key=len), findings))
    for title, count in Counter(blueprint.name for blueprint in found).items():
        if count > 1:
            findings.append(f"{count} blueprints are called {printable(title, 80)}.")
    more = len(findings) - _LISTED
    return BlueprintFile(found, (*findings[:_LISTED], *([f"{more:,} more like these."] if more > 0 else ())))


def _lists_in(value: Any, depth: int) -> Iterator[list[Any]]:
    """The list that `value` is, or those in the object that it is."""
    if isinstance(value, list):
        yield value
    elif isinstance(value, dict) and depth:
        for inner in value.values():
            yield from _lists_in(inner, depth - 1)


def _is_blueprint(item: Any) -> bool:
    return isinstance(item, dict) and bool(_key(item, _NAMES)) and bool(_key(item, _TEXTS))


def _key(item: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    """The first of `keys` that holds text, or else an empty text; "" if none does."""
    texts = [key for key in keys if isinstance(item.get(key), str)]
    return next((key for key in texts if item[key].strip()), "".join(texts[:1]))


def _read(items: list[Any], findings: list[str]) -> Iterator[Blueprint]:
    position = 0
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            findings.append(f"Item {number} is no blueprint, and is left out: {printable(str(item), 40)}.")
            continue
        yield _blueprint(item, number, position, findings)
        position += 1


def _blueprint(item: Mapping[str, Any], number: int, position: int, findings: list[str]) -> Blueprint:
    named, told = _key(item, _NAMES), _key(item, _TEXTS)
    name = item[named].strip() if named else ""
    if not name:
        name = f"Blueprint {number}"
        findings.append(f"Item {number} has no name, and is called {name}.")
    if not told:
        findings.append(f"The blueprint {printable(name, 80)} has no text.")
    layout = {key: value for key, value in item.items() if key not in {named, told}}
    return Blueprint(name, item[told] if told else "", layout, position)
