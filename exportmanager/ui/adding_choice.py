"""A box to choose one of many from: it opens as any other, and finds what is typed anywhere in its words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter

from exportmanager.core.arrivals import Choice
from exportmanager.ui.adding_words import short
from exportmanager.ui.kit import named

_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class ChoiceBox(QComboBox):
    """`changed`: another one was chosen by hand. `entered`: somebody is done with it."""

    changed = Signal()
    entered = Signal()

    def __init__(self, placeholder: str) -> None:
        super().__init__()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(20)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        line, completer = self.lineEdit(), QCompleter(self.model(), self)
        assert line is not None, "it is editable"
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)
        line.setPlaceholderText(placeholder)
        line.setAcceptDrops(False)  # a file that is dropped here is for the dialog
        line.editingFinished.connect(self._read_typed)
        self.activated.connect(self._chosen)
        self._value: str | None = None
        self._first: tuple[Choice, ...] = ()
        self._others: tuple[Choice, ...] = ()

    def call(self, name: str, description: str) -> None:
        """What a screen reader says of it and of its parts."""
        line, completer = self.lineEdit(), self.completer()
        for part in (self, self.view(), line, completer.popup() if completer else None):
            if part is not None:
                named(part, name, description)
        self.setToolTip(description)

    def offer(self, first: Sequence[Choice], others: Sequence[Choice] = ()) -> None:
        """Offer the likeliest ones, and under a line all others; what is chosen stays if it is still there."""
        likely = {choice.value for choice in first}
        rest = tuple(choice for choice in others if choice.value not in likely)
        if (tuple(first), rest) == (self._first, self._others):
            return
        self._first, self._others = tuple(first), rest
        self.clear()
        words = _words((*self._first, *self._others))
        for choice in (*self._first, *self._others):
            self.addItem(words[choice.value], choice.value)
        if self._first and self._others:
            self.insertSeparator(len(self._first))
        self.choose(self._value)

    def choose(self, value: str | None) -> None:
        """Choose one; none where it is not there."""
        place = self.findData(value) if value is not None else -1
        self._value = value if place >= 0 else None
        self.setCurrentIndex(place)
        if place < 0:
            self.setEditText("")

    @property
    def value(self) -> str | None:
        """The chosen one."""
        return self._value

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes what was typed, and does not press the dialog's button."""
        if event.key() in _ENTER:
            self._read_typed()
            self.entered.emit()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel that scrolls a page does not change what the pointer happens to be over."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _chosen(self, place: int) -> None:
        value = self.itemData(place)
        if value is not None and value != self._value:
            self._value = value
            self.changed.emit()

    def _read_typed(self) -> None:
        """Take what was typed if it fits exactly one; else what was chosen before stands there again."""
        typed = self.currentText().strip().casefold()
        texts = [(n, self.itemText(n).casefold()) for n in range(self.count()) if self.itemData(n) is not None]
        whole = [n for n, text in texts if text == typed]
        fits = whole or [n for n, text in texts if typed and typed in text]
        if len(fits) == 1 and self.itemData(fits[0]) != self._value:
            self.setCurrentIndex(fits[0])
            self._chosen(fits[0])
        else:
            self.choose(self._value)


def _words(choices: Sequence[Choice]) -> dict[str, str]:
    """What each is called; two of one name are told apart by their ids."""
    seen: dict[str, int] = {}
    for choice in choices:
        seen[short(choice.words)] = seen.get(short(choice.words), 0) + 1
    return {
        choice.value: words if seen[words] == 1 else f"{words} ({choice.value})"
        for choice in choices
        for words in (short(choice.words),)
    }
