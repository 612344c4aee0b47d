"""Opens what is closed in a tree, as far as the window can lay it out without being felt to wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QTreeView

MOST = 1_000
"""Rows: some thousands take longer to lay out than a person fails to notice."""

_TOP = QModelIndex()


def _any(_: QModelIndex) -> bool:
    return True


def unfold(
    tree: QTreeView,
    *,
    under: QModelIndex = _TOP,
    only: Callable[[QModelIndex], bool] = _any,
    most: int = MOST,
) -> None:
    """Open what is in a tree or `under` a row, or only some of it, level by level, as long as that is `most` rows."""
    model = tree.model()
    waiting = deque([under])
    room = most - model.rowCount(under)
    if under.isValid():
        tree.expand(under)
    while waiting and room >= 0:
        parent = waiting.popleft()
        for row in range(model.rowCount(parent)):
            index = model.index(row, 0, parent)
            inside = model.rowCount(index)
            if not inside or not only(index):
                continue
            if (room := room - inside) < 0:
                return
            tree.expand(index)
            waiting.append(index)
