"""The settings: a section for each group of them, saved together with OK, or not at all with Cancel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QScrollArea, QVBoxLayout, QWidget

from exportmanager.core.errors import BadOptions, ProblemForTeacher
from exportmanager.core.options import FieldKind, faults, fields_of
from exportmanager.core.settings.group import Group
from exportmanager.jobs.desk import Desk
from exportmanager.program import Program
from exportmanager.ui.kit import STEP, Text, button, column, line, named, row
from exportmanager.ui.options_form import OptionsForm
from exportmanager.ui.says import Says
from exportmanager.ui.settings_sections import KeySection, KeyWish, LibrarySection
from exportmanager.ui.theme import Theme
from exportmanager.ui.words import tr
from exportmanager.user_config import choose_library

_SHELF_FOLDER = "shelf_folder"
_APPEARANCE = "appearance"
_Values = dict[str, dict[str, Any]]
"""The values of each group, by its id."""


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What is to be saved."""

    values: _Values
    key: KeyWish | None
    library: Path | None


class SettingsDialog(QDialog):
    """`asked_to_move_shelf` carries the folder (None: in the library) that the shelf is to move to."""

    asked_to_move_shelf = Signal(object)

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Settings"))
        self._desk = desk
        self._theme = theme
        self._look_before = theme.wanted
        self._before: _Values = {}
        self._shelf_folder: str | None = None
        self.forms: dict[str, OptionsForm] = {}
        self.key = KeySection(desk)
        self.library = LibrarySection(desk.program.library.folder)
        self.problem = Says()
        self.ok_button = button(tr("OK"), self.save, is_default=True, about=tr("save the settings"))
        self.cancel_button = button(tr("Cancel"), self.reject, about=tr("leave the settings as they were"))
        self.ok_button.setEnabled(False)  # for the moment that it takes to read them
        self._sections = column(margin=2 * STEP, spacing=3 * STEP)
        self.setLayout(self._arranged())
        self.resize(720, 620)
        desk.background.ask(self, partial(_read, desk.program), self._show, self._could_not_read)

    def _arranged(self) -> QVBoxLayout:
        inside = QWidget()
        inside.setLayout(self._sections)
        self._scroll = scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        named(scroll, tr("Settings"), tr("The settings, in sections"))
        buttons = row()
        buttons.addWidget(self.problem, 1000)
        buttons.addStretch(1)
        box = QDialogButtonBox()  # the desktop says which of them stands first
        box.addButton(self.ok_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        self.ok_button.setDefault(True)
        buttons.addWidget(box)
        buttons.setContentsMargins(2 * STEP, STEP, 2 * STEP, 2 * STEP)
        layout = column(spacing=0)
        layout.addWidget(scroll, 1)
        layout.addWidget(line())
        layout.addLayout(buttons)
        return layout

    # Showing

    def _show(self, values: _Values) -> None:
        self._before = values
        for group in self._desk.program.groups.values():
            form = OptionsForm(fields_of(group.Options), values[group.id])
            form.changed.connect(self._try)
            self.forms[group.id] = form
            self._add(group.title, group.summary, form)
        for section in (self.key, self.library):
            self._add(section.title, section.summary, section)
        self._sections.addStretch(1)
        self.ok_button.setEnabled(True)
        next(iter(self.forms.values())).enter()

    def _add(self, title: str, summary: str, inside: QWidget) -> None:
        if self._sections.count():
            self._sections.addWidget(line())
        words = column(Text(tr(title), size="heading"), Text(tr(summary), colour="muted"), spacing=STEP // 2)
        self._sections.addLayout(column(words, inside, spacing=2 * STEP))

    def _could_not_read(self, error: Exception) -> None:
        self.problem.say(str(error) if isinstance(error, ProblemForTeacher) else tr("The settings cannot be read."))
        self._desk.background.went_wrong.emit(error)

    def _values(self) -> _Values:
        return {name: form.values() for name, form in self.forms.items()}

    def _try(self) -> None:
        """Look as is chosen, at once."""
        for values in self._values().values():
            if _APPEARANCE in values:
                self._theme.choose(values[_APPEARANCE])

    # Saving

    def save(self) -> None:
        """Save what was changed, and close; where something does not fit, say it beside its field."""
        self.problem.say("")
        values = self._values()
        if self._show_faults({group.id: faults(group.Options, values[group.id]) for group in self._groups()}):
            return
        changed = _changed(self._before, values)
        self._shelf_folder = changed.get("shelf", {}).pop(_SHELF_FOLDER, None)
        self.ok_button.setEnabled(False)
        folders = {group.id: _folders(group, values[group.id]) for group in self._groups()}
        wishes = _Wishes(changed, self.key.wanted(), self.library.wanted)
        self._desk.background.ask(self, partial(_save, self._desk.program, folders, wishes), self._saved, self._refused)

    def _groups(self) -> list[Group]:
        return [group for group in self._desk.program.groups.values() if group.id in self.forms]

    def _show_faults(self, found: Mapping[str, Mapping[str, str]]) -> bool:
        """Say each fault beside its field; whether there was one."""
        wrong = {name: sentences for name, sentences in found.items() if sentences}
        for name, form in self.forms.items():
            form.show_faults(found.get(name, {}))
        if not wrong:
            return False
        group, sentences = next(iter(wrong.items()))
        field = next(iter(sentences))
        if field in self.forms[group].inputs:
            self.forms[group].inputs[field].setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.ensureWidgetVisible(self.forms[group].faults[field])
        self.problem.say(tr("Something does not fit yet; it says so beside the field."))
        return True

    def _saved(self, missing: Mapping[str, Mapping[str, str]]) -> None:
        self.ok_button.setEnabled(True)
        if self._show_faults(missing):
            return
        if self._shelf_folder is not None:
            self.asked_to_move_shelf.emit(Path(self._shelf_folder) if self._shelf_folder else None)
        self.accept()

    def _refused(self, error: Exception) -> None:
        self.ok_button.setEnabled(True)
        if isinstance(error, _BadKey):
            self.key.say_fault(str(error))
        elif isinstance(error, ProblemForTeacher):
            self.problem.say(str(error))
        else:
            self.problem.say(tr("The settings could not be saved."))
            self._desk.background.went_wrong.emit(error)

    def done(self, result: int) -> None:
        """Close; without OK the window looks again as it did."""
        if result != QDialog.DialogCode.Accepted.value:
            self._theme.choose(self._look_before)
        super().done(result)


class _BadKey(BadOptions):
    """The key that was written is none."""


def _read(program: Program) -> _Values:
    return {name: program.settings(name).model_dump() for name in program.groups}


def _changed(before: _Values, after: _Values) -> _Values:
    return {
        group: {name: value for name, value in values.items() if value != before[group][name]}
        for group, values in after.items()
    }


def _folders(group: Group, values: Mapping[str, Any]) -> dict[str, str]:
    """The folders among the values of a group, by field."""
    fields = [field.name for field in fields_of(group.Options) if field.kind is FieldKind.FOLDER]
    return {name: values[name] for name in fields if values[name]}


def _save(program: Program, folders: Mapping[str, Mapping[str, str]], wishes: _Wishes) -> dict[str, dict[str, str]]:
    """Keep what was wished; instead, where a chosen folder is not there, a sentence for its field."""
    missing = {
        group: {name: f"There is no folder {path}." for name, path in chosen.items() if not Path(path).is_dir()}
        for group, chosen in folders.items()
    }
    if any(missing.values()):
        return missing
    if wishes.key is not None:
        try:
            program.replace_pseudonym_key(wishes.key.key)
        except BadOptions as problem:
            raise _BadKey(problem.what, problem.next_step) from problem
    for group, values in wishes.values.items():
        if values:
            program.change_settings(group, values)
    if wishes.library is not None:
        choose_library(wishes.library)
    return {}
