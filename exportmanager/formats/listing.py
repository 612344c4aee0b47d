"""What a stranger's folder or archive holds, listed: in order, each name once, and cut into trees at any folder."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from exportmanager.core.errors import HostileArchive
from exportmanager.core.trees import EntryKind, Findings, TreeEntry
from exportmanager.formats.counting import Counter
from exportmanager.formats.untrusted import (
    NOT_UTF8,
    Placed,
    inside,
    latin1_path,
    order,
    ordered,
    path_trouble,
    plain_path,
    printable,
    reachable,
    safe_path,
    unique,
)

_Where = TypeVar("_Where")
_P = TypeVar("_P", bound=Placed)


class Item(NamedTuple, Generic[_Where]):
    """A file, link or folder; `where` tells its reader how to come to it."""

    path: str
    kind: EntryKind
    size: int
    modified: int
    where: _Where


class LeftOut(NamedTuple):
    """What lies at `path` and is not read, and why."""

    path: str
    why: str


@dataclass(slots=True)
class Notes:
    """What is noticed while listing. What is `refused` refuses the trees in which it lies, and no other."""

    check: Callable[[], None]
    left_out: list[LeftOut] = field(default_factory=list)
    refused: list[LeftOut] = field(default_factory=list)

    def path(self, untrusted: str) -> str | None:
        """The path of an entry; None where it is refused. Raises `HostileArchive`."""
        path = plain_path(untrusted)
        if why := path_trouble(path):
            self.refuse(path, why)
            return None
        return path

    def readable(self, raw: str) -> str:
        """A path in letters that can be written; where they are not those it had, that is noted."""
        path = latin1_path(raw)
        if path is None:
            return raw
        self.leave_out(path, NOT_UTF8)
        return path

    def leave_out(self, path: str, why: str) -> None:
        """What lies at `path` is not read."""
        self.left_out.append(LeftOut(path, why))

    def refuse(self, path: str, why: str) -> None:
        """What lies at `path` spoils every tree that it would be in; `why` is a sentence."""
        self.refused.append(LeftOut(path, why))


class _Ordered(Generic[_P]):
    """Items or notes in such an order that what lies in a folder stands together, behind it."""

    def __init__(self, things: list[_P]) -> None:
        self.things = things

    @cached_property
    def _keys(self) -> list[str]:
        return [order(thing.path) for thing in self.things]

    def below(self, folder: str) -> Sequence[_P]:
        """What lies in `folder`; "": everything."""
        if not folder or not self.things:
            return self.things
        start = bisect_left(self._keys, f"{order(folder)}\0")
        return self.things[start : bisect_left(self._keys, f"{order(folder)}\1", start)]

    def find(self, path: str) -> _P:
        """What stands at `path`. Raises `KeyError`."""
        at = bisect_left(self._keys, order(path))
        if at == len(self._keys) or self.things[at].path != path:
            raise KeyError(path)
        return self.things[at]


class Listing(Generic[_Where]):
    """The items of a folder or archive and what was noted of them, whole or below any folder.

    Raises `HostileArchive` for a file without a name and for more folders than `counter` allows. A second file of one
    name, and a path that leads through a file or link, are refused where they lie.
    """

    def __init__(self, items: Iterable[Item[_Where]], notes: Notes, counter: Counter) -> None:
        found = ordered(unique(items, notes.refuse))
        self._items = _Ordered(list(reachable(found, notes.refuse, counter)))
        self._left_out = _Ordered(ordered(notes.left_out))
        self._refused = _Ordered(ordered(notes.refused))
        self.find = self._items.find

    @property
    def items(self) -> Sequence[Item[_Where]]:
        """All of them."""
        return self._items.things

    @property
    def left_out(self) -> Sequence[LeftOut]:
        """What cannot be read, and what is refused."""
        return sorted([*self._left_out.things, *self._refused.things])

    def holds(self, folder: str) -> bool:
        """Whether there is such a folder."""
        if not folder or any(known.below(folder) for known in (self._items, self._left_out, self._refused)):
            return True
        try:
            return self.find(folder).kind is EntryKind.FOLDER
        except KeyError:
            return False

    def entries(
        self, folder: str, findings: Findings, made: Callable[[Item[_Where], str], TreeEntry]
    ) -> Iterator[TreeEntry]:
        """What lies in `folder` as a tree; `made` turns an item into an entry with the path that it is given.

        Raises `HostileArchive` for what is refused there. A link that leads out of `folder` is left out.
        """
        for refused in self._refused.below(folder):
            raise HostileArchive(refused.why)
        cut = len(folder) + 1 if folder else 0
        for path, why in self._left_out.below(folder):
            findings.left_out(printable(path[cut:]), why)
        entries = []
        for item in self._items.below(folder):
            findings.check()
            entries.append(made(item, _cut(item.path, cut)))
        yield from inside(entries, findings)


def _cut(path: str, length: int) -> str:
    """`path` without the folder before it; what remains may look absolute to Windows only now."""
    path = path[length:]
    return safe_path(path) if length and "\\" in path else path
