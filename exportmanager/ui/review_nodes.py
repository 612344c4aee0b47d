"""The files of a workspace as a tree, made off the window's thread: folders with what is in them, searched by words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exportmanager.core.trees import EntryKind
from exportmanager.formats.untrusted import printable
from exportmanager.review.opening import Entry
from exportmanager.ui.rows import searchable


@dataclass(slots=True)
class FileNode:
    """A file, link or folder: `parent` and `children` are numbers of nodes; number 0 is the whole workspace.

    Folders in which there is nothing but another folder are one node with it, as in ``com/example/app``: whoever looks
    for files has to open one, and deep ones keep room for their names.
    `entry` is None for folders that only the paths of others name. `state` is "added", "changed", "removed" or "".
    `changes`: how many files in a folder have a state. `size` is that of everything in a folder, in bytes.
    """

    name: str
    path: str
    parent: int
    row: int
    entry: Entry | None = None
    state: str = ""
    children: Sequence[int] = ()
    size: int = 0
    changes: int = 0

    @property
    def is_folder(self) -> bool:
        """Whether others may be in it."""
        return self.entry is None or self.entry.kind is EntryKind.FOLDER


@dataclass(frozen=True, slots=True)
class FileNodes:
    """All of them, by number; the number of each path, how many are no folders, and which of those comes first.

    That is the first one that differs, or else the first one; 0 where there is none. All of this is found out with
    the nodes, since it takes its time.
    """

    nodes: Sequence[FileNode]
    places: Mapping[str, int]
    files: int
    first: int


NOTHING = FileNodes((FileNode("", "", -1, 0),), {}, 0, 0)


def nodes_of(entries: Sequence[Entry], states: Mapping[str, str], words: str = "") -> FileNodes:
    """The tree of `entries`, folders first, by name; only files whose path holds every word of `words`."""
    nodes = _nodes_of(entries, states, words)
    files = [number for number, node in enumerate(nodes) if number and not node.is_folder]
    changed = (number for number in files if nodes[number].state)
    first = next(changed, files[0] if files else 0)
    places = {node.path: number for number, node in enumerate(nodes) if node.path}
    return FileNodes(nodes, places, len(files), first)


def _nodes_of(entries: Sequence[Entry], states: Mapping[str, str], words: str) -> list[FileNode]:
    wanted = searchable(words).split()
    growing = _Growing()
    kept = [entry for entry in entries if all(word in searchable(entry.path) for word in wanted)]
    for entry in sorted(kept, key=_order):
        node = growing.nodes[growing.number(entry.path)]
        node.entry, node.size, node.state = entry, entry.size, states.get(entry.path, "")
        node.changes = int(bool(node.state))
    for node in reversed(growing.nodes[1:]):  # whoever holds others stands before them
        growing.nodes[node.parent].size += node.size
        growing.nodes[node.parent].changes += node.changes
        _join(growing.nodes, node)
    return growing.nodes


def _join(nodes: Sequence[FileNode], node: FileNode) -> None:
    """Make one of a folder and the only thing in it, if that is a folder, of which nothing is left then."""
    only = nodes[node.children[0]] if len(node.children) == 1 else None
    if only is None or not only.children:
        return
    node.name, node.path, node.children = f"{node.name}/{only.name}", only.path, only.children
    node.entry = only.entry
    for child in only.children:
        nodes[child].parent = nodes[node.parent].children[node.row]
    only.path, only.children = "", ()


class _Growing:
    """Nodes, to which more come, with the folders that they lie in."""

    def __init__(self) -> None:
        self.nodes = [FileNode("", "", -1, 0)]
        self._numbers = {"": 0}
        self._inside: dict[int, list[int]] = {}

    def number(self, path: str) -> int:
        """That of the node at `path`, which comes if it is not there, with all above it."""
        missing = []
        while path not in self._numbers:
            missing.append(path)
            path = path.rpartition("/")[0]
        number = self._numbers[path]
        for each in reversed(missing):
            number = self._add(each, number)
        return number

    def _add(self, path: str, parent: int) -> int:
        number, beside = len(self.nodes), self._inside.setdefault(parent, [])
        self.nodes.append(FileNode(printable(path.rpartition("/")[2]), path, parent, len(beside)))
        beside.append(number)
        self.nodes[parent].children = beside
        self._numbers[path] = number
        return number


def _order(entry: Entry) -> tuple[tuple[tuple[bool, str, str], ...], str]:
    """Folders before files at every level, then by name without regard to case."""
    parts = entry.path.split("/")
    is_folder = entry.kind is EntryKind.FOLDER
    last = len(parts) - 1
    return tuple((n == last and not is_folder, part.casefold(), part) for n, part in enumerate(parts)), entry.path
