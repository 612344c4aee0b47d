"""What asks for one option, besides tick lists: each has `value`, `set_value` and `changed`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QWidget,
)

from exportmanager.core.options import Field
from exportmanager.ui.kit import STEP, button, row
from exportmanager.ui.words import tr

_BESIDE = 44
"""Characters of radio buttons that stand side by side; longer ones stand one under the other."""
_LONGEST = 44
"""Characters of a choice that a box shows whole."""
_FAR = 999_999_999
_ACROSS, _DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class _WheelGuard(QObject):
    """Keeps a wheel that scrolls the form from changing what the pointer happens to be over."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def _guarded(made: QWidget) -> None:
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.installEventFilter(_WheelGuard(made))


class Switch(QCheckBox):
    """Yes or no."""

    changed = Signal()

    def __init__(self, title: str) -> None:
        super().__init__(title.replace("&", "&&"))
        self.toggled.connect(self.changed)

    def value(self) -> bool:
        """Whether it is ticked."""
        return self.isChecked()

    def set_value(self, value: bool) -> None:
        """Tick it, or not."""
        self.setChecked(value)


class OneOf(QComboBox):
    """One of several values, each with its words."""

    changed = Signal()

    def __init__(self, choices: Sequence[tuple[Any, str]]) -> None:
        super().__init__()
        self._values = [value for value, _ in choices]
        self.addItems([words for _, words in choices])
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(min(_LONGEST, max(len(words) for _, words in choices)))
        _guarded(self)
        self.currentIndexChanged.connect(self._changed)

    def _changed(self, _: int) -> None:
        self.changed.emit()

    def value(self) -> Any:
        """The chosen one."""
        return self._values[self.currentIndex()]

    def set_value(self, value: Any) -> None:
        """Choose one; nothing happens where it is none of them."""
        if value in self._values:
            self.setCurrentIndex(self._values.index(value))


class Radios(QWidget):
    """One of two or three values, all in sight."""

    changed = Signal()

    def __init__(self, choices: Sequence[tuple[Any, str]]) -> None:
        super().__init__()
        self._values = [value for value, _ in choices]
        self._group = QButtonGroup(self)
        self._is_short = sum(len(words) for _, words in choices) <= _BESIDE
        self._box = QBoxLayout(_ACROSS if self._is_short else _DOWN)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(STEP)
        for number, (_, words) in enumerate(choices):
            radio = QRadioButton(words.replace("&", "&&"))
            self._group.addButton(radio, number)
            self._box.addWidget(radio)
        self._box.addStretch(1)
        self.setLayout(self._box)
        self.buttons[0].setChecked(True)
        self.setFocusProxy(self.buttons[0])
        self._group.idToggled.connect(self._toggled)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the widest button; they need not stand side by side."""
        widest = max(button.minimumSizeHint().width() for button in self.buttons)
        return QSize(widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand side by side where there is room."""
        super().resizeEvent(event)
        if self._is_short:
            room = sum(button.sizeHint().width() + self._box.spacing() for button in self.buttons)
            self._box.setDirection(_ACROSS if room <= self.width() else _DOWN)

    @property
    def buttons(self) -> Sequence[QRadioButton]:
        """The buttons, in the order of the choices."""
        return [button for button in self._group.buttons() if isinstance(button, QRadioButton)]

    def _toggled(self, _: int, is_checked: bool) -> None:
        if is_checked:
            self.setFocusProxy(self.buttons[self._group.checkedId()])
            self.changed.emit()

    def value(self) -> Any:
        """The chosen one."""
        return self._values[self._group.checkedId()]

    def set_value(self, value: Any) -> None:
        """Choose one; nothing happens where it is none of them."""
        if value in self._values:
            self.buttons[self._values.index(value)].setChecked(True)


class Line(QLineEdit):
    """A line of text; `is_optional`: none at all is None."""

    changed = Signal()

    def __init__(self, *, is_optional: bool) -> None:
        super().__init__()
        self._is_optional = is_optional
        self.textChanged.connect(self.changed)

    def value(self) -> str | None:
        """What was written."""
        return self.text() or (None if self._is_optional else "")

    def set_value(self, value: str | None) -> None:
        """Write it."""
        self.setText(value or "")


class Number(QSpinBox):
    """A whole number within limits. Where None is a value of its own, it stands one below the smallest."""

    changed = Signal()

    def __init__(self, field: Field) -> None:
        super().__init__()
        lowest = -_FAR if field.minimum is None else field.minimum
        self._none = lowest - 1 if field.optional else None
        self.setRange(lowest if self._none is None else self._none, _FAR if field.maximum is None else field.maximum)
        if self._none is not None:
            self.setSpecialValueText(tr("not set"))
        elif field.zero and lowest == 0:
            self.setSpecialValueText(tr(field.zero))
        if field.unit:
            self.setSuffix(f" {tr(field.unit)}")
        self.setGroupSeparatorShown(True)
        _guarded(self)
        self.valueChanged.connect(self._changed)

    def _changed(self, _: int) -> None:
        self.changed.emit()

    def value(self) -> int | None:  # type: ignore[override]
        """The number."""
        number = super().value()
        return None if number == self._none else number

    def set_value(self, value: int | None) -> None:
        """Set it."""
        if value is not None:
            self.setValue(value)
        elif self._none is not None:
            self.setValue(self._none)


class FolderInput(QWidget):
    """A folder: its whole path, or none for the `default`, which is said in words."""

    changed = Signal()

    def __init__(self, title: str, default: str) -> None:
        super().__init__()
        self._title = title
        self.line = QLineEdit()
        self.line.setPlaceholderText(default)
        self.line.setClearButtonEnabled(True)
        self.choose = button(tr("Choose..."), self._choose, icon="folder", about=title)
        self.reset = button(tr("Default"), self.line.clear, about=title)
        self.reset.setToolTip(default)
        layout = row(self.line, self.choose, self.reset)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.setFocusProxy(self.line)
        self.line.textChanged.connect(self._changed)
        self._changed()

    def _changed(self) -> None:
        self.reset.setEnabled(bool(self.line.text()))
        self.changed.emit()

    def _choose(self) -> None:
        dialog = QFileDialog(self.window(), self._title, self.line.text())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.line.setText)
        dialog.open()

    def value(self) -> str:
        """The path; "" for the default."""
        return self.line.text().strip()

    def set_value(self, value: str | None) -> None:
        """Set it."""
        self.line.setText(value or "")
