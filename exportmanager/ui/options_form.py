"""A form made from options: every field has its label, its help, and what is wrong with it beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from exportmanager.core.options import Field
from exportmanager.ui import theme
from exportmanager.ui.day_input import DayInput
from exportmanager.ui.inputs import Choices, Input, input_for
from exportmanager.ui.kit import ICON, STEP, Text, ToolButton, column, labelled, named, row
from exportmanager.ui.option_inputs import FolderInput, Radios, Switch
from exportmanager.ui.says import Says
from exportmanager.ui.tick_list import TickList
from exportmanager.ui.words import tr

LABELS = 184
"""Pixels of the labels' column: longer ones wrap."""


class Fold(QWidget):
    """What few people want to change, behind a button that opens it. `toggled`: it was opened or closed."""

    toggled = Signal()

    def __init__(self, title: str, inside: QWidget) -> None:
        super().__init__()
        self.inside = inside
        self.button = ToolButton()
        self.button.setText(title)
        self.button.setCheckable(True)
        self.button.setAutoRaise(True)
        self.button.setIconSize(ICON)
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.toggled.connect(self._toggled)
        self.setLayout(column(self.button, inside))
        self._toggled(False)

    def open(self) -> None:
        """Show what is inside."""
        self.button.setChecked(True)

    def _toggled(self, is_open: bool) -> None:
        self.inside.setVisible(is_open)
        self.button.setIcon(theme.icon("chevron-down" if is_open else "chevron-right"))
        self.toggled.emit()
        state = tr("open") if is_open else tr("closed")
        named(self.button, f"{self.button.text()}, {state}", tr("Shows or hides options that few people change"))


class OptionsForm(QWidget):
    """Asks for `fields`, beginning with `values` (where one is missing: its default).

    `changed`: some value is another now. It knows nothing of what the options are for.
    """

    changed = Signal()

    def __init__(
        self,
        fields: Iterable[Field],
        values: Mapping[str, Any] | None = None,
        choices: Choices | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.fields = tuple(fields)
        self.inputs: dict[str, Input] = {field.name: input_for(field, choices or Choices()) for field in self.fields}
        self.faults = {field.name: Says() for field in self.fields}
        self._untouched = set(self.inputs)
        self._is_own_doing = False
        self.fold: Fold | None = None
        self._beside = row(spacing=3 * STEP)
        self._cells: list[QWidget] = []
        self._grids: list[QGridLayout] = []
        self.setLayout(self._arranged())
        for name, made in self.inputs.items():
            made.changed.connect(partial(self._changed, name))
        self._set(dict(values or {}))

    # Values

    def values(self) -> dict[str, Any]:
        """What is chosen, by the names of the fields, for `core.options.checked`."""
        return {name: made.value() for name, made in self.inputs.items()}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Choose these, as if the teacher had; names that are no field are passed over."""
        self._set(values)
        self._untouched -= values.keys()
        self.changed.emit()

    def offer(self, values: Mapping[str, Any]) -> None:
        """Choose these where the teacher has not chosen yet."""
        self._set({name: value for name, value in values.items() if name in self._untouched})
        self.changed.emit()

    def _set(self, values: Mapping[str, Any]) -> None:
        self._is_own_doing = True
        for name, value in values.items():
            if name in self.inputs:
                self.inputs[name].set_value(value)
        self._is_own_doing = False

    def _changed(self, name: str) -> None:
        if not self._is_own_doing:
            self._untouched.discard(name)
            self.changed.emit()

    # Problems

    def problems(self) -> dict[str, str]:
        """What the form itself wants: a sentence for each tick list in which nothing is ticked."""
        lists = {name: made for name, made in self.inputs.items() if isinstance(made, TickList)}
        return {name: made.problem() for name, made in lists.items() if made.problem()}

    def show_faults(self, faults: Mapping[str, str]) -> None:
        """Say beside each field what is wrong with it; the others are in order."""
        for field in self.fields:
            sentence = faults.get(field.name, "")
            self.faults[field.name].say(tr(sentence) if sentence else "")
            self._describe(field, sentence)
            if sentence and field.advanced and self.fold is not None:
                self.fold.open()

    def _describe(self, field: Field, sentence: str) -> None:
        made = self.inputs[field.name]
        said = f"{tr(sentence)} {tr(field.help)}".strip() if sentence else tr(field.help)
        if isinstance(made, TickList):
            made.describe(tr(sentence) if sentence else "")
        elif isinstance(made, Radios):
            for radio in made.buttons:
                radio.setAccessibleDescription(said)
        else:
            (made.line if isinstance(made, (FolderInput, DayInput)) else made).setAccessibleDescription(said)

    def enter(self) -> None:
        """Put the focus into the first field."""
        for made in self.inputs.values():
            if made.isVisibleTo(self):
                made.setFocus(Qt.FocusReason.TabFocusReason)
                return

    # Arranging

    def _arranged(self) -> QVBoxLayout:
        """Tick lists side by side, as they need room; then the other fields; last, those that few want."""
        lists = [field for field in self.fields if isinstance(self.inputs[field.name], TickList)]
        others = [field for field in self.fields if field not in lists]
        usual = [field for field in others if not field.advanced]
        advanced = [field for field in others if field.advanced]
        if not lists and not usual:  # nothing stands before them
            usual, advanced = advanced, []
        layout = column(spacing=2 * STEP)
        if lists:
            self._cells = [self._list_cell(field) for field in lists]
            for cell in self._cells:
                self._beside.addWidget(cell, 1)
            layout.addLayout(self._beside, 1)
        if usual:
            layout.addLayout(self._grid(usual))
        if advanced:
            inside = QWidget()
            inside.setLayout(self._grid(advanced))
            self.fold = Fold(tr("More options"), inside)
            layout.addWidget(self.fold)
        if not lists:
            layout.addStretch(1)
        return layout

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put tick lists one under the other where there is no room side by side."""
        super().resizeEvent(event)
        room = sum(cell.minimumSizeHint().width() + self._beside.spacing() for cell in self._cells)
        ways = QBoxLayout.Direction
        self._beside.setDirection(ways.LeftToRight if room <= self.width() else ways.TopToBottom)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the widest part; tick lists need not stand side by side."""
        widths = [cell.minimumSizeHint().width() for cell in self._cells] + [
            grid.minimumSize().width() for grid in self._grids
        ]
        return QSize(max(widths, default=0), super().minimumSizeHint().height())

    def _list_cell(self, field: Field) -> QWidget:
        cell = QWidget()
        layout = column(self.inputs[field.name], self.faults[field.name], spacing=STEP // 2)
        layout.setStretch(0, 1)
        cell.setLayout(layout)
        return cell

    def _grid(self, fields: Iterable[Field]) -> QGridLayout:
        grid = QGridLayout()
        self._grids.append(grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * STEP)
        grid.setVerticalSpacing(2 * STEP)
        grid.setColumnStretch(1, 1)
        for number, field in enumerate(fields):
            made = self.inputs[field.name]
            if not isinstance(made, Switch):
                grid.addWidget(_label(field, made), number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addLayout(self._cell(field, made), number, 1)
        return grid

    def _cell(self, field: Field, made: Input) -> QVBoxLayout:
        cell = column(spacing=STEP // 2)
        if isinstance(made, (FolderInput, Radios)) or made.sizePolicy().horizontalPolicy() is _EXPANDS:
            cell.addWidget(made)
        else:
            cell.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
        if field.help:
            cell.addWidget(Text(tr(field.help), colour="muted"))
        cell.addWidget(self.faults[field.name])
        return cell


_EXPANDS = QSizePolicy.Policy.Expanding


def _label(field: Field, made: Input) -> QLabel:
    """The label of a field, as high as its first line, so that both stand on one line."""
    target = made.focusProxy() or made
    label = labelled(tr(field.title), made, tr(field.help))
    label.setBuddy(target)
    label.setWordWrap(True)
    label.setFixedWidth(LABELS)
    label.setContentsMargins(0, max(0, (target.sizeHint().height() - label.fontMetrics().height()) // 2), 0, 0)
    return label
