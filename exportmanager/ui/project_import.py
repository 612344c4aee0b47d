"""Asks which of several files and folders become projects, and for the name and the stack of each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QGridLayout, QLineEdit, QScrollArea, QWidget

from exportmanager.core.errors import ProblemForTeacher
from exportmanager.formats.untrusted import printable
from exportmanager.jobs.desk import Desk
from exportmanager.library.projects import LONGEST
from exportmanager.review.stacks import Stack
from exportmanager.ui.kit import STEP, Elided, Text, button, column, named
from exportmanager.ui.project_taking import NewProject, guessed_stack, name_of
from exportmanager.ui.review_stack import StackChoice
from exportmanager.ui.words import counted, number, tr


class _Line:
    """A file or folder that can be read: whether it is taken in, its name and its stack."""

    def __init__(self, path: Path, stack: Stack | None) -> None:
        self.path = path
        file = printable(path.name)
        self.tick = QCheckBox()
        named(self.tick, tr("Import {name}", name=file), tr("Takes it in as a project"))
        self.tick.setChecked(True)
        self.name = QLineEdit(name_of(path))
        self.name.setMaxLength(LONGEST)
        self.name.setCursorPosition(0)
        named(self.name, tr("Name of {name}", name=file), tr("What the project is called in the list"))
        self.stack = StackChoice(with_unknown=True)
        self.stack.setAccessibleName(tr("Stack of {name}", name=file))
        self.stack.choose(stack.id if stack else "")

    @property
    def has_name(self) -> bool:
        return bool(self.name.text().strip())

    def wanted(self) -> NewProject:
        stack = self.stack.stack()
        return NewProject(self.path, self.name.text(), stack.id if stack else "")


class ProjectsImport(QDialog):
    """`asked` carries a tuple of `NewProject`. The files are looked at one after the other, while this is open."""

    asked = Signal(object)

    def __init__(self, desk: Desk, paths: Sequence[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Import projects"))
        self._desk, self._paths = desk, tuple(paths)
        self._looked_at = 0
        self.lines: list[_Line] = []
        self.said = Text()
        self.import_button = button(tr("Import"), self._ask, icon="done", about=tr("the ticked ones"), is_default=True)
        self._grid = QGridLayout()
        self._arrange()
        self.resize(720, 420)
        self._look_at_next()

    def _arrange(self) -> None:
        self._grid.setSpacing(STEP)
        self._grid.setColumnStretch(1, 2)
        self._grid.setColumnStretch(2, 3)
        for place, words in enumerate((tr("File or folder"), tr("Name"), tr("Stack")), 1):
            self._grid.addWidget(Text(words, colour="muted", wrap=False), 0, place)
        inside = QWidget()
        layout = column(margin=STEP)
        layout.addLayout(self._grid)
        layout.addStretch(1)
        inside.setLayout(layout)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        named(area, tr("Projects"), tr("Each with the name and stack that it is taken in with"))
        box = QDialogButtonBox()
        box.addButton(self.import_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(button(tr("Cancel"), self.reject), QDialogButtonBox.ButtonRole.RejectRole)
        layout = column(self.said, margin=2 * STEP, spacing=2 * STEP)
        layout.addWidget(area, 1)
        layout.addWidget(box)
        self.setLayout(layout)

    # Looking at them

    def _look_at_next(self) -> None:
        self._check()
        if self._looked_at == len(self._paths):
            return
        path = self._paths[self._looked_at]
        work = partial(guessed_stack, self._desk.program, path)
        self._desk.background.ask(self, work, partial(self._add, path), partial(self._refuse, path))

    def _add(self, path: Path, stack: Stack | None) -> None:
        line = _Line(path, stack)
        self.lines.append(line)
        self._put_name(path).setBuddy(line.name)
        for at, part in ((0, line.tick), (2, line.name), (3, line.stack)):
            self._grid.addWidget(part, self._looked_at, at)
        line.tick.toggled.connect(self._check)
        line.name.textChanged.connect(self._check)
        self._look_at_next()

    def _refuse(self, path: Path, problem: Exception) -> None:
        why = tr(problem.what) if isinstance(problem, ProblemForTeacher) else tr("It could not be read.")
        self._put_name(path)
        self._grid.addWidget(Text(why, colour="warning"), self._looked_at, 2, 1, 2)
        if not isinstance(problem, ProblemForTeacher):
            self._desk.went_wrong.emit(problem)
        self._look_at_next()

    def _put_name(self, path: Path) -> Elided:
        """In the next row, which is that with the number of those that were looked at."""
        self._looked_at += 1
        shown = Elided(printable(path.name))
        shown.cut = Qt.TextElideMode.ElideMiddle
        self._grid.addWidget(shown, self._looked_at, 1)
        return shown

    # Taking them in

    def _check(self, _: object = None) -> None:
        ticked = [line for line in self.lines if line.tick.isChecked()]
        for line in self.lines:
            for part in (line.name, line.stack):
                part.setEnabled(line.tick.isChecked())
        is_done = self._looked_at == len(self._paths)
        self.import_button.setEnabled(is_done and bool(ticked) and all(line.has_name for line in ticked))
        if not is_done:
            at, total = number(self._looked_at + 1), number(len(self._paths))
            self.said.setText(tr("Looking at {number} of {total} ...", number=at, total=total))
        elif any(not line.has_name for line in ticked):
            self.said.setText(tr("Each project needs a name."))
        else:
            self.said.setText(counted(len(ticked), "1 project will be taken in.", "%Ln projects will be taken in."))

    def _ask(self) -> None:
        self.asked.emit(tuple(line.wanted() for line in self.lines if line.tick.isChecked()))
        self.accept()
