"""A choice of what code runs with: languages in their versions, as the stack catalogue has them."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox

from exportmanager.review.stacks import Stack, match, stacks
from exportmanager.ui.kit import named
from exportmanager.ui.words import tr


class StackChoice(QComboBox):
    """`with_unknown`: nothing needs to be chosen."""

    def __init__(self, *, with_unknown: bool = False) -> None:
        super().__init__()
        named(self, tr("Stack"), tr("The language and version that the code runs with"))
        self.setToolTip(self.accessibleDescription())
        if with_unknown:
            self.addItem(tr("Not known"), None)
        for stack in stacks():
            self.addItem(stack.title, stack)

    def choose(self, word: str) -> None:
        """Choose the one that an id or the words of a course mean; nothing changes where none does."""
        found = next((stack for stack in stacks() if stack.id == word), None) or match(word)
        if found is not None:
            self.setCurrentIndex(self.findText(found.title))

    def stack(self) -> Stack | None:
        """The one that is chosen."""
        chosen = self.currentData()
        return chosen if isinstance(chosen, Stack) else None


def title_of(word: str) -> str:
    """What people call a stack, by its id; else as it is written."""
    return next((stack.title for stack in stacks() if stack.id == word), word)
