"""Shows what would go, in numbers, and lets nobody do it who has not typed a word that says that it is meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QSizePolicy, QWidget

from exportmanager.jobs.desk import Desk
from exportmanager.ui.archive_words import from_shelf, trouble_of
from exportmanager.ui.fact_grid import FactGrid
from exportmanager.ui.kit import STEP, Text, button, column, labelled, line, row
from exportmanager.ui.overview_words import Fact
from exportmanager.ui.room import scrolled
from exportmanager.ui.says import Says
from exportmanager.ui.words import tr


class GoingDialog(QDialog):
    """`go_button`, called `go`, does it. What is special is added to `top` and, below the numbers, to `inside`."""

    confirmed = Signal()

    def __init__(self, desk: Desk, title: str, go: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._desk = desk
        self._expected = self._wrong = self._trouble = ""
        self.facts, self.from_shelf = FactGrid(), Text(colour="muted")
        self.asked_for, self.word = Text(), QLineEdit()
        self.asked_for.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.asked_for.setMinimumWidth(36 * STEP)  # an endless word must not make the window wider than the screen
        self.word.setMinimumWidth(36 * STEP)
        self.word_label = labelled(tr("&Type it"), self.word)
        self.word_label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.says = Says("info")
        self.says.setAccessibleName(tr("What will happen"))
        policy = self.says.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # else the field would move away from under the pointer
        self.says.setSizePolicy(policy)
        self.go_button = button(go, self._go, icon="remove", about=title)
        self.cancel_button = button(tr("Cancel"), self.reject, about=tr("closes, and everything stays"))
        self.top, self.inside = column(), column(self.facts, self.from_shelf, spacing=2 * STEP)
        self._arrange()
        self.word.textChanged.connect(self.changed)

    def _arrange(self) -> None:
        self.inside.setContentsMargins(0, 0, STEP, 0)
        box = QDialogButtonBox()
        box.addButton(self.go_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        self.go_button.setDefault(True)
        typing = row(self.word_label, self.word)
        typing.addStretch(1)
        layout = column(self.top, margin=2 * STEP, spacing=STEP + STEP // 2)
        layout.addWidget(scrolled(self.inside), 1)
        layout.addWidget(line())
        layout.addLayout(column(self.asked_for, typing))
        layout.addWidget(self.says)
        layout.addWidget(box)
        self.setLayout(layout)
        self.setMinimumSize(480, 380)

    def come_first(self, *widgets: QWidget) -> None:
        """Have Tab go through these, which stand above the word, and then on to that."""
        for before, after in pairwise([*widgets, self.word, self.go_button, self.cancel_button]):
            self.setTabOrder(before, after)

    # What goes, and the word

    def show_what_goes(self, facts: Sequence[Fact], shelf: Sequence[str]) -> None:
        """Show these numbers, and the names of exports that go from the shelf too."""
        self.facts.show_facts(facts)
        self.from_shelf.setText(from_shelf(shelf))
        self.from_shelf.setVisible(bool(shelf))

    def ask_for(self, sentence: str, word: str, wrong: str) -> None:
        """Ask in a `sentence` for a `word`; `wrong` is said of another one. No word: there is nobody to do it to."""
        self.asked_for.setText(sentence)
        self._expected, self._wrong = word, wrong
        self.word_label.setEnabled(bool(word))
        self.word.setEnabled(bool(word))

    # What can be done now

    def changed(self) -> None:
        """Something else is typed or ticked now."""
        self._trouble = ""
        self.look()

    def look(self) -> None:
        """See whether it can be done, and say why not."""
        reason = self.reason()
        typed, expected = seen(self.word.text()), seen(self._expected)
        is_meant = bool(expected) and typed == expected
        if not reason and not expected.startswith(typed):
            reason = self._wrong
        self.go_button.setEnabled(is_meant and not reason)
        self.says.say(self._trouble or reason, "problem" if self._trouble else "info")

    def reason(self) -> str:
        """Why it cannot be done now, whatever is typed; "" where it can."""
        return ""

    def fault(self, error: Exception, otherwise: str) -> None:
        """Say what went wrong; `otherwise` of a bug."""
        self._trouble = trouble_of(self._desk, error, otherwise)
        self.look()
        self.says.announce()

    def _go(self) -> None:
        if self.go_button.isEnabled():
            self.confirmed.emit()


def seen(text: str) -> str:
    """A text as it is seen: without what nobody sees and so nobody types, and with single spaces."""
    shown = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c)[0] != "C" or c.isspace())
    return " ".join("".join(shown).split())
