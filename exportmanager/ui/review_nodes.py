"""The files of a workspace as a tree, made off the window's thread: folders with what is in them, searched by words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from exportmanager.core.trees import EntryKind
from exportmanager.formats.untrusted import printable
from exportmanager.review.opening import Entry
from exportmanager.ui.rows import searchable


@dataclass(slots=True)
class FileNode:
    """A file, link or folder: `parent` and `children` are numbers of nodes; number 0 is the whole workspace.

    `entry` is None for folders that only the paths of others name. `state` is "added", "changed", "removed" or "".
    `changes`: how many files in a folder have a state. `size` is that of everything in a folder, in bytes.
    """

    name: str
    path: str
    parent: int
    row: int
    entry: Entry | None = None
    state: str = ""
    children: list[int] = field(default_factory=list)
    size: int = 0
    changes: int = 0

    @property
    def is_folder(self) -> bool:
        """Whether others may be in it."""
        return self.entry is None or self.entry.kind is EntryKind.FOLDER


def nodes_of(entries: Sequence[Entry], states: Mapping[str, str], words: str = "") -> list[FileNode]:
    """The tree of `entries`, folders first, by name; only files whose path holds every word of `words`."""
    wanted = searchable(words).split()
    nodes = [FileNode("", "", -1, 0)]
    known = {"": 0}
    kept = [entry for entry in entries if all(word in searchable(entry.path) for word in wanted)]
    for entry in sorted(kept, key=_order):
        parent = _folder(nodes, known, entry.path.rpartition("/")[0])
        if entry.path not in known:
            known[entry.path] = _add(nodes, parent, entry.path)
        node = nodes[known[entry.path]]
        node.entry, node.size, node.state = entry, entry.size, states.get(entry.path, "")
        node.changes = int(bool(node.state))
    for node in reversed(nodes[1:]):  # whoever holds others stands before them
        nodes[node.parent].size += node.size
        nodes[node.parent].changes += node.changes
    return nodes


def _order(entry: Entry) -> tuple[tuple[tuple[bool, str, str], ...], str]:
    """Folders before files at every level, then by name without regard to case."""
    parts = entry.path.split("/")
    is_folder = entry.kind is EntryKind.FOLDER
    last = len(parts) - 1
    return tuple((n == last and not is_folder, part.casefold(), part) for n, part in enumerate(parts)), entry.path


def _folder(nodes: list[FileNode], known: dict[str, int], path: str) -> int:
    if path not in known:
        known[path] = _add(nodes, _folder(nodes, known, path.rpartition("/")[0]), path)
    return known[path]


def _add(nodes: list[FileNode], parent: int, path: str) -> int:
    number = len(nodes)
    nodes.append(FileNode(printable(path.rpartition("/")[2]), path, parent, len(nodes[parent].children)))
    nodes[parent].children.append(number)
    return number
