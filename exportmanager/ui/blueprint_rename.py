"""Asks for another name of a blueprint; what is wrong with it is said below the field."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QWidget

from exportmanager.core.course import Blueprint, CourseId
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.jobs.desk import Desk
from exportmanager.ui.kit import STEP, button, column, labelled
from exportmanager.ui.says import Says
from exportmanager.ui.words import tr


class RenameDialog(QDialog):
    """Has it renamed, and closes once it is. `renamed` carries the blueprint as it is called now."""

    renamed = Signal(object)

    def __init__(self, desk: Desk, course: CourseId, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Rename blueprint"))
        self._desk, self._course, self._name = desk, course, name
        self.name = QLineEdit(name)
        self.says = Says()
        self.rename_button = button(tr("Rename"), self.rename, icon="done", about=name, is_default=True)
        cancel = button(tr("Cancel"), self.reject, about=tr("leaves its name as it is"))
        box = QDialogButtonBox()
        box.addButton(self.rename_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        label = labelled(tr("&Name"), self.name, tr("What the blueprint is called in this course"))
        layout = column(margin=2 * STEP, spacing=2 * STEP)
        layout.addLayout(column(label, self.name, self.says, spacing=STEP // 2))
        layout.addStretch(1)
        layout.addWidget(box)
        self.setLayout(layout)
        self.resize(440, self.sizeHint().height())
        self.name.textEdited.connect(self._typed)
        self.name.selectAll()
        self.name.setFocus()

    def _typed(self, _: str) -> None:
        self._say("")

    def _say(self, sentence: str) -> None:
        self.says.say(sentence)
        self.name.setAccessibleDescription(sentence or tr("What the blueprint is called in this course"))
        if sentence:
            self.says.announce()

    def rename(self) -> None:
        """Call it as the field says."""
        if self.name.text() == self._name:
            self.reject()
            return
        self.rename_button.setEnabled(False)
        work = partial(self._desk.program.library.blueprints.rename, self._course, self._name, self.name.text())
        self._desk.background.ask(self, work, self._renamed, self._refused)

    def _renamed(self, blueprint: Blueprint) -> None:
        self.renamed.emit(blueprint)
        self.accept()

    def _refused(self, error: Exception) -> None:
        self.rename_button.setEnabled(True)
        if isinstance(error, ProblemForTeacher):
            self._say(f"{tr(error.what)} {tr(error.next_step)}".strip())
            self.name.setFocus()
        else:
            self._desk.went_wrong.emit(error)
