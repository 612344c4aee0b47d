"""Reads the files of a folder, zip, tar, tar.gz or tar.zst that a stranger made, and nothing outside of it.

Refused whole (`HostileArchive`): absolute and climbing paths, drive letters, NUL, duplicate and overlapping members,
paths that lead through a file or link, more than `Limits` allow (counted while reading), encrypted, damaged and cut-off
archives. Left out one by one, with a finding: links that point outside, devices, pipes and sockets, files the system
does not let us read.
"""

from __future__ import annotations

from pathlib import Path

from exportmanager.core.trees import DEFAULT_LIMITS, Limits, Tree
from exportmanager.formats.containers import SUFFIXES, OpenedTree
from exportmanager.formats.untrusted import printable, safe_path, unreadable

__all__ = ["SUFFIXES", "open_tree", "printable", "safe_path", "unreadable"]


def open_tree(path: Path, limits: Limits = DEFAULT_LIMITS) -> Tree:
    """The tree at `path`: a folder, or an archive, by its content. It is opened when its entries are asked for."""
    return OpenedTree(path, limits)
