"""Asks where blueprints are to come from: a file of this computer, or one in a public git repository."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QGridLayout, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from exportmanager.sources.git_page import InGit, split_page
from exportmanager.ui.kit import STEP, Elided, Text, button, column, labelled, named, row
from exportmanager.ui.says import Says
from exportmanager.ui.words import tr


class Field(Enum):
    """What a problem may be about: the file, or a field of what is asked of a repository."""

    FILE = "file"
    ADDRESS = "address"
    PATH = "path"
    REF = "branch or tag"


_HELP = {
    Field.ADDRESS: "Begins with https://, and everybody can read it: nothing is sent that signs you in.",
    Field.PATH: "Folders, name and ending of the file, for example blueprints/lab.json",
    Field.REF: "Empty for the usual one",
    Field.FILE: "a JSON file of blueprints",
}


class BlueprintPlace(QWidget):
    """`chosen` carries a Path or an `InGit` that is to be read; `changed`: what was read is not what is asked for now.

    `folder` is where the dialog for files begins.
    """

    chosen = Signal(object)
    changed = Signal()

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder
        self._file = ""
        self.says = {field: Says() for field in Field}
        self.by_file, self.by_git = QRadioButton(tr("&File")), QRadioButton(tr("&Git"))
        about = tr(_HELP[Field.FILE])
        self.file_button = button(tr("Choose a file..."), self._ask_for_file, icon="folder", about=about)
        self.file_name = Elided(tr("or drop one on this window"), colour="muted")
        self.address, self.path, self.ref = QLineEdit(), QLineEdit(), QLineEdit()
        self.get_button = button(tr("Get it"), self._get, icon="search", about=tr("shows what is in the file"))
        self._inputs: dict[Field, QWidget] = {
            Field.FILE: self.file_button, Field.ADDRESS: self.address, Field.PATH: self.path, Field.REF: self.ref,
        }  # fmt: skip
        self._file_page, self._git_page = QWidget(), QWidget()
        self._arrange()
        self._connect()
        self.by_file.setChecked(True)

    # How it looks

    def _arrange(self) -> None:
        where = QButtonGroup(self)
        for radio, about in (
            (self.by_file, tr("a file of this computer")),
            (self.by_git, tr("a file in a public git repository")),
        ):
            where.addButton(radio)
            named(radio, radio.text().replace("&", ""), about)
            radio.setToolTip(about)
        across = row(Text(tr("Import from"), wrap=False), self.by_file, self.by_git, spacing=2 * STEP)
        across.addStretch(1)
        line = row(self.file_button)
        line.addWidget(self.file_name, 1)
        self._file_page.setLayout(column(line, self.says[Field.FILE], spacing=STEP // 2))
        self._git_page.setLayout(self._grid())
        self.setLayout(column(across, self._file_page, self._git_page, spacing=STEP + STEP // 2))

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * STEP)
        grid.setVerticalSpacing(STEP)
        grid.setColumnStretch(1, 1)
        self.ref.setPlaceholderText(tr("the usual one"))
        titles = {
            Field.ADDRESS: tr("&Address of the repository"),
            Field.PATH: tr("&Path to blueprints"),
            Field.REF: tr("&Branch or tag"),
        }
        for number, (field, title) in enumerate(titles.items()):
            line = self._inputs[field]
            label = labelled(title, line, tr(_HELP[field]))
            label.setContentsMargins(0, (line.sizeHint().height() - label.fontMetrics().height()) // 2, 0, 0)
            grid.addWidget(label, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addLayout(self._cell(field, line), number, 1)
        return grid

    def _cell(self, field: Field, line: QWidget) -> QVBoxLayout:
        if field is Field.REF:
            return column(row(line, self.get_button), self.says[field], spacing=STEP // 4)
        return column(line, Text(tr(_HELP[field]), colour="muted"), self.says[field], spacing=STEP // 4)

    def _connect(self) -> None:
        self.by_file.toggled.connect(self._switched)
        for line in (self.address, self.path, self.ref):
            line.textChanged.connect(self._typed)
        self._typed()

    # What is asked for

    @property
    def is_git(self) -> bool:
        """Whether the fields for a repository are in sight."""
        return self.by_git.isChecked()

    def take_file(self, file: str) -> None:
        """Ask for a file by its path."""
        self._file = file
        self.folder = str(Path(file).parent)
        self.file_name.setText(Path(file).name or file)
        if self.is_git:
            self.by_file.setChecked(True)
        else:
            self._switched()

    def say(self, field: Field, sentence: str) -> None:
        """Say what is wrong, below what it is about, and go there."""
        self.says[field].say(sentence)
        self._inputs[field].setAccessibleDescription(f"{sentence} {tr(_HELP[field])}".strip())
        if sentence:
            self.says[field].announce()
            self._inputs[field].setFocus(Qt.FocusReason.OtherFocusReason)

    def enter(self) -> None:
        """Put the focus where the teacher goes on."""
        (self.address if self.is_git else self.file_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def _switched(self, _: bool = False) -> None:
        hidden, page = (self._file_page, self._git_page)[:: 1 if self.is_git else -1]
        hidden.hide()  # first: with both of them the window would need more room
        page.show()
        self._forget()
        if self._file and not self.is_git:
            self.chosen.emit(Path(self._file))

    def _typed(self, text: str = "") -> None:
        if text and text == self.address.text() and not (self.path.text() or self.ref.text()):
            self._take_apart(text)
        self.get_button.setEnabled(bool(self.address.text().strip() and self.path.text().strip()))
        self._forget()

    def _take_apart(self, address: str) -> None:
        """The address of a file's page in a browser says all three."""
        if (found := split_page(address)) is not None:
            self.address.setText(found.address)
            self.path.setText(found.path)
            self.ref.setText(found.ref)

    def _forget(self) -> None:
        for field in Field:
            self.say(field, "")
        self.changed.emit()

    def _get(self) -> None:
        self._forget()
        self.chosen.emit(InGit(self.address.text().strip(), self.path.text().strip(), self.ref.text().strip()))

    def _ask_for_file(self) -> None:
        dialog = QFileDialog(self.window(), tr("Choose a file"), self.folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("Blueprints (*.json)"), tr("All files (*)")])
        dialog.fileSelected.connect(self.take_file)
        dialog.open()
