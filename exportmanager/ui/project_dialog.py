"""Asks for the name and the stack of a project."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLineEdit, QWidget

from exportmanager.library.projects import LONGEST
from exportmanager.ui.kit import STEP, button, column, labelled
from exportmanager.ui.review_stack import StackChoice
from exportmanager.ui.words import tr


class ProjectDialog(QDialog):
    """Name and stack of a project. `asked` carries both: a text, and the id of a stack or ""."""

    asked = Signal(str, str)

    def __init__(self, title: str, name: str, stack: str, done: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.name = QLineEdit(name)
        self.name.setMaxLength(LONGEST)
        self.stack = StackChoice(with_unknown=True)
        self.stack.choose(stack)
        grid = QGridLayout()
        grid.setSpacing(STEP)
        for place, (words, field, about) in enumerate(
            (
                (tr("&Name"), self.name, tr("What the project is called in the list")),
                (tr("&Stack"), self.stack, self.stack.accessibleDescription()),
            )
        ):
            grid.addWidget(labelled(words, field, about), place, 0)
            grid.addWidget(field, place, 1)
        self.done_button = button(done, self._ask, icon="done", about=title, is_default=True)
        box = QDialogButtonBox()
        box.addButton(self.done_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(button(tr("Cancel"), self.reject), QDialogButtonBox.ButtonRole.RejectRole)
        layout = column(margin=2 * STEP, spacing=2 * STEP)
        layout.addLayout(grid)
        layout.addStretch(1)
        layout.addWidget(box)
        self.setLayout(layout)
        self.resize(480, self.sizeHint().height())
        self.name.textChanged.connect(self._check)
        self.name.selectAll()
        self._check(name)

    def _check(self, name: str) -> None:
        self.done_button.setEnabled(bool(name.strip()))

    def _ask(self) -> None:
        stack = self.stack.stack()
        self.asked.emit(self.name.text(), stack.id if stack else "")
        self.accept()
