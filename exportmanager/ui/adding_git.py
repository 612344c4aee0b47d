"""Asks for a public git repository: its address, and a branch or tag."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QWidget

from exportmanager.ui.kit import STEP, Text, button, column, labelled
from exportmanager.ui.words import tr


class GitDialog(QDialog):
    """`given` carries the address, and the branch or tag ("" is the usual one)."""

    given = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("From a git repository"))
        self.address, self.ref = QLineEdit(), QLineEdit()
        self.address.setPlaceholderText(tr("begins with https"))
        self.ref.setPlaceholderText(tr("the usual one"))
        self.add_button = button(tr("Add"), self._add, icon="add", about=tr("gets the repository"), is_default=True)
        cancel = button(tr("Cancel"), self.reject, about=tr("closes without adding"))
        box = QDialogButtonBox()
        box.addButton(self.add_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        form = QFormLayout()
        form.setSpacing(STEP)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow(labelled(tr("&Address"), self.address, tr("Begins with https://")), self.address)
        form.addRow(labelled(tr("&Branch or tag"), self.ref, tr("Empty for the usual one")), self.ref)
        layout = column(margin=2 * STEP, spacing=2 * STEP)
        layout.addWidget(
            Text(tr("A project in a repository that everybody can read, at an address that begins with https://."))
        )
        layout.addLayout(form)
        layout.addStretch(1)
        layout.addWidget(box)
        self.setLayout(layout)
        self.resize(520, self.sizeHint().height())
        self.address.textChanged.connect(self._typed)
        self._typed("")
        self.address.setFocus()

    def _typed(self, address: str) -> None:
        self.add_button.setEnabled(bool(address.strip()))

    def _add(self) -> None:
        self.given.emit(self.address.text().strip(), self.ref.text().strip())
        self.accept()
