"""How blueprints come to others: added beside those there, told apart by name, and never over one."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from exportmanager.core.course import Blueprint
from exportmanager.core.errors import BadOptions
from exportmanager.core.names import folded

NAME_LIMIT = 200
"""Letters of a name. One that comes with more is cut, one that is typed with more is refused."""

_NUMBER_ROOM = 10
_NUMBERED = re.compile(r"(.+) \(\d{1,7}\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Addition:
    """What becomes of a blueprint that `came`: it is added as `becomes`, or left out where that is None.

    `equal_to` is the name of the one that says the same, for which it is left out; "" where it is added.
    """

    came: Blueprint
    becomes: Blueprint | None
    equal_to: str = ""


@dataclass(frozen=True, slots=True)
class Additions:
    """What becomes of each blueprint that came, in their order."""

    each: tuple[Addition, ...]

    @property
    def added(self) -> tuple[Blueprint, ...]:
        """Those that are added, as they will be called and where they will stand."""
        return tuple(addition.becomes for addition in self.each if addition.becomes)

    @property
    def skipped(self) -> tuple[Addition, ...]:
        """Those that are left out."""
        return tuple(addition for addition in self.each if not addition.becomes)


def additions(known: Sequence[Blueprint], coming: Sequence[Blueprint], *, skip_equal: bool) -> Additions:
    """What becomes of blueprints that come where some are `known`: they go after those, under names that are free.

    `skip_equal` leaves out each that is there already: under its name with the same text and layout, or under the name
    that told it apart when it came before. What is known stays as it is.
    """
    names = Names(blueprint.name for blueprint in known)
    there = _There(known)
    position = max((blueprint.position for blueprint in known), default=-1)
    each = []
    for came in coming:
        if skip_equal and (equal_to := there.equal_to(came, is_taken=names.is_taken(came.name))):
            each.append(Addition(came, None, equal_to))
            continue
        position += 1
        becomes = replace(came, name=names.unused(came.name), position=position)
        there.remember(becomes)
        each.append(Addition(came, becomes))
    return Additions(tuple(each))


class _There:
    """What is there, to be found by what it says: under its name, and under the name before a number in it."""

    def __init__(self, blueprints: Iterable[Blueprint]) -> None:
        self._same: dict[tuple[str, str], str] = {}
        self._apart: dict[tuple[str, str], str] = {}
        for blueprint in blueprints:
            self.remember(blueprint)

    def remember(self, blueprint: Blueprint) -> None:
        """Note one."""
        said = _said(blueprint)
        self._same[key_of(_fitting(blueprint.name)), said] = blueprint.name
        if numbered := _NUMBERED.fullmatch(blueprint.name):
            self._apart.setdefault((key_of(numbered[1]), said), blueprint.name)

    def equal_to(self, came: Blueprint, *, is_taken: bool) -> str:
        """The name of the one that says the same as one that came; "" if there is none.

        Only a name that is taken may have been told apart.
        """
        name, said = _fitting(came.name), _said(came)
        found = self._same.get((key_of(name), said), "")
        return found or (self._apart.get((key_of(_cut(name)), said), "") if is_taken else "")


def _said(blueprint: Blueprint) -> str:
    """What a blueprint says but for its name: equal ones say the same text."""
    return json.dumps([blueprint.content, dict(blueprint.layout)], ensure_ascii=False, sort_keys=True)


class Names:
    """The names of blueprints, compared as they are on screen: whatever their case and the spaces in them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._taken = {key_of(name) for name in names}
        self._numbers: dict[str, int] = {}  # the last that was given: a thousand like it are not counted through again

    def is_taken(self, name: str) -> bool:
        """Whether one is called so."""
        return key_of(_fitting(name)) in self._taken

    def unused(self, name: str) -> str:
        """`name`, or what it is told apart by, such as "Lab report (2)"; from now on it is taken."""
        plain = found = _fitting(name)
        number = self._numbers.get(key_of(plain), 1)
        while key_of(found) in self._taken:
            number += 1
            found = f"{_cut(plain)} ({number})"
        self._numbers[key_of(plain)] = number
        self._taken.add(key_of(found))
        return found


def key_of(name: str) -> str:
    """What two names have in common that look the same."""
    return folded(" ".join(unicodedata.normalize("NFKC", name).split()))


def _fitting(name: str) -> str:
    return name if len(name) <= NAME_LIMIT else f"{name[: NAME_LIMIT - 1].rstrip()}…"


def _cut(name: str) -> str:
    """A name that leaves room for a number."""
    room = NAME_LIMIT - _NUMBER_ROOM
    return name if len(name) <= room else f"{name[: room - 1].rstrip()}…"


def checked_name(name: str, others: Collection[str]) -> str:
    """A name that somebody typed, with single spaces. Raises `BadOptions`, also if one of the `others` is called so."""
    found = " ".join(name.split())
    if not found:
        raise BadOptions("A blueprint needs a name.", "Type one.")
    if len(found) > NAME_LIMIT:
        raise BadOptions(f"This name has {len(found):,} letters, and {NAME_LIMIT} is the most.", "Shorten it.")
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in found):
        raise BadOptions("The name holds characters that cannot be shown.", "Type it again.")
    if Names(others).is_taken(found):
        raise BadOptions("Another blueprint is called so.", "Choose another name.")
    return found
